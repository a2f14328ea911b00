/**
 * @file keys.h  What a party keys during a call: '*' and a digit
 *
 * *1 passes the other party on, *2 records, *3 makes it a call of three, *4 asks somebody first and
 * then connects the two, *5 pauses the recording. After *1, *3 and *4 the number is keyed and ended
 * by '#', while the other party hears music. Only phones of the tenant have these keys. Core thread
 * only.
 */
#ifndef CARILLON_KEYS_H
#define CARILLON_KEYS_H

#include "call.h"

void keys_press(struct call *c, struct leg *leg, char digit);
void keys_stop(struct call *c);

#endif
