/* The rows of all kinds, and what several of them need */
#ifndef CARILLON_DESTS_PRIVATE_H
#define CARILLON_DESTS_PRIVATE_H

#include "call.h"
#include "exchange.h"
#include "flow.h"
#include "place.h"
#include "story.h"

#define X(name, ...) extern const struct dest_ops dest_##name;
#include "tbl/dest_kinds.h"
#undef X

/* phones.c */
unsigned phones_find(struct hunt_target *targets, unsigned max, const struct step *s,
		     const struct tenant_extension *ext);

enum { PHONES_MAX = BINDINGS_MAX + 1 };

unsigned phones_wake(struct hunt_target *targets, unsigned max, const struct step *s,
		     const struct tenant_extension *ext);
void phones_time(struct hunt_target *targets, unsigned n, uint32_t ring_ms);
void target_prefix(struct hunt_target *t, const char *prefix);

/* places.c: a member of a group, or a place of a follow me */
struct ring {
	const char *number;		      /* "": the owner's own phones           */
	const struct tenant_extension *owner; /* of the follow me; NULL for a group   */
	const char *prefix;		      /* before the caller's name, or ""      */
	uint32_t delay_ms, ring_ms;
	unsigned turn;
	bool confirm, busy_ends;
	bool idle_only; /* who is on a call is passed over, call waiting or not */
};

unsigned ring_find(struct hunt_target *targets, unsigned max, struct step *s, const struct ring *r);

/* follow.c */
void follow_start(struct step *s, const struct tenant_extension *owner);

/* outside.c */
unsigned outside_targets(struct hunt_target *targets, unsigned max, struct call *call,
			 const char *dialled);

/* emergency.c */
void emergency_called(struct step *s);

/* external.c */
unsigned external_find(struct hunt_target *targets, unsigned max, struct step *s,
		       const char *number);

#endif
