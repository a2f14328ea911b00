/**
 * @file guests.h  Whoever else hears a call: a third party, or a leg of another call
 *
 * The two that talk stay each other's peer; while there are guests everybody hears the others
 * through a mix. A third party belongs to the call and takes the place of one of the two that
 * leaves. A leg of another call listens, or speaks too; its own call ends with this one. Core
 * thread only.
 */
#ifndef CARILLON_GUESTS_H
#define CARILLON_GUESTS_H

#include "call.h"

struct guests;

int guests_add(struct call *c, struct leg *leg, bool speaks);
void guests_remove(struct call *c, struct leg *leg);
void guests_refresh(struct call *c);
void guests_end(struct call *c);
struct leg *guests_third(struct call *c);

/* what happens to the legs of the call */
bool guests_hear(struct leg *leg);
void guests_part(struct leg *leg);
bool guests_left(struct call *c, struct leg *leg);
bool guests_replaced(struct call *c, const struct leg *old, struct leg *new_leg);

/* three.c */
bool three_key(struct call *c, struct leg *leg);

#endif
