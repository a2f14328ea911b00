/**
 * @file desk_call.h  Calling by one's desk phone: it rings first, then the number is called
 *
 * Until somebody answers at the desk the call's caller is nobody (leg_nobody()); from then on it is
 * that phone, and the call is what it would be had the number been dialled there. Core thread only.
 */
#ifndef CARILLON_DESK_CALL_H
#define CARILLON_DESK_CALL_H

#include "exchange.h"
#include "id.h"

enum { DESK_RING_MS = 30000 }; /* so long the own phones ring */

int desk_call_start(char id[ID_SIZE], struct exchange *x, int64_t tenant, const char *extension,
		    const char *number);
int desk_call_cancel(struct exchange *x, int64_t tenant, const char *extension, const char *id);

#endif
