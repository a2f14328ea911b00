/**
 * @file outside.h  Whether an outside number can be called now, and what that costs
 *
 * What a call would find at the trunks of its routes, asked without a call. Core thread.
 */
#ifndef CARILLON_OUTSIDE_H
#define CARILLON_OUTSIDE_H

#include "exchange.h"

enum { OUTSIDE_WHY = 200 };

/** Whether a call that can wait should be made now */
enum outside_room {
	ROOM_FREE,  /* a trunk takes it                                            */
	ROOM_LATER, /* each trunk that works has as many calls as it may: wait     */
	ROOM_NONE,  /* no route, or every trunk is down: there is nothing to wait for */
};

enum outside_room outside_room(int64_t *trunk, struct exchange *x, const struct tenant *t,
			       const char *e164);

bool outside_price(struct price *p, struct exchange *x, const struct tenant *t,
		   const char *dialled);
bool outside_open(char *why, size_t size, struct exchange *x, const struct tenant *t,
		  const char *e164);

#endif
