/**
 * @file fax_wait.h  Faxes that wait for a free line
 *
 * A fax asks for room before its try begins. Where each trunk that works has as many calls as it
 * may, it waits here, and the oldest for which there is room is called first; the room is kept for
 * it until it dials. Only some may wait so, and of one tenant fewer, for each holds a place among
 * the jobs that run: the others come back later. Core thread only.
 */
#ifndef CARILLON_FAX_WAIT_H
#define CARILLON_FAX_WAIT_H

#include <re.h>
#include "phone.h"

struct house;

/** It may go on: there is room, or nothing to wait for */
typedef void(fax_room_h)(void *arg);

/** A fax's place, in the object of its try; all zero for none */
struct fax_wait {
	struct le le;
	struct house *house;
	int64_t tenant, trunk; /* trunk: where room is kept; 0: nowhere */
	char to[PHONE_SIZE];
	fax_room_h *h;
	void *arg;
};

enum fax_room { FAX_ROOM, FAX_WAITS, FAX_CROWDED };

enum fax_room fax_wait_ask(struct fax_wait *w, bool again);
void fax_wait_dial(struct fax_wait *w);
void fax_wait_drop(struct fax_wait *w);

#endif
