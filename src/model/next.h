/**
 * @file next.h  What comes after a dest, and what an extension does at its door
 *
 * Pure functions over the snapshot: a call asks them as it goes (call/flow.c, dest/extension.c),
 * and "What happens if someone calls me now?" walks them without one. Any thread.
 */
#ifndef CARILLON_NEXT_H
#define CARILLON_NEXT_H

#include "exit.h"
#include "snapshot.h"

enum { WHY_SIZE = 200 };

/** When something is asked; times until which settings hold are compared with it */
struct moment {
	int64_t at; /* wall ms */
	const struct zone *zone;
};

enum door_id { DOOR_RING, DOOR_BLOCKED, DOOR_DND, DOOR_FORWARD, DOOR_FOLLOW };

/** What an extension does with a call that has come to it */
struct door {
	enum door_id id;
	struct dest dest; /* DOOR_FORWARD: where to                                       */
	const struct tenant_block *block; /* DOOR_BLOCKED: by which rule */
	char why[WHY_SIZE]; /* a sentence: "Maya Chen does not want to be disturbed (...)"   */
};

struct moment moment_of(const struct tenant *t, int64_t at);
bool extension_dnd(const struct tenant_extension *e, const struct moment *now);
void extension_door(struct door *door, const struct tenant *t, const struct tenant_extension *e,
		    const char *caller, const struct moment *now);
const struct tenant_block *caller_blocked(const struct tenant *t, const struct tenant_extension *e,
					  const char *caller);
bool dest_next(const struct tenant *t, const struct dest *d, enum exit_id exit,
	       const struct moment *now, struct dest *next);
int dest_next_forward(const struct tenant *t, const struct tenant_extension *e, enum exit_id exit,
		      const struct moment *now);
bool dest_next_why(char why[WHY_SIZE], const struct tenant *t, const struct dest *d,
		   enum exit_id exit, const struct moment *now);

#endif
