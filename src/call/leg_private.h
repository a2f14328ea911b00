/* What leg.c and leg_sdp.c share */
#ifndef CARILLON_LEG_PRIVATE_H
#define CARILLON_LEG_PRIVATE_H

#include "leg.h"

extern const struct dialog_handlers leg_dialog_handlers;

int leg_alloc(struct leg **lp, struct call *call, struct engine *e, enum leg_role role);
int leg_take_answer(struct leg *leg, const char *sdp, size_t len);
int leg_offer(struct leg *leg);
int leg_tell_hold(struct leg *leg, bool held);
int leg_take_offer(struct leg *leg, const char *sdp, size_t len);

#endif
