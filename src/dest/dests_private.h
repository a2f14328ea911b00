/* The rows of all kinds, and what several of them need */
#ifndef CARILLON_DESTS_PRIVATE_H
#define CARILLON_DESTS_PRIVATE_H

#include "call.h"
#include "exchange.h"
#include "flow.h"
#include "story.h"

#define X(name, ...) extern const struct dest_ops dest_##name;
#include "tbl/dest_kinds.h"
#undef X

/* phones.c */
unsigned phones_find(struct hunt_target *targets, unsigned max, const struct step *s,
		     const struct tenant_extension *ext);

/* follow.c */
void follow_start(struct step *s, const struct tenant_extension *owner);

/* outside.c */
unsigned outside_targets(struct hunt_target *targets, unsigned max, struct call *call,
			 const char *dialled);

/* external.c */
unsigned external_find(struct hunt_target *targets, unsigned max, struct step *s,
		       const char *number);

#endif
