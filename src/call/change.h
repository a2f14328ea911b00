/**
 * @file change.h  What a running step asks of the store, or changes in it
 *
 * The function runs on the store's writer; the reply comes back on the core thread, after the
 * commit, to the step that asked if it is still the one being run. A change that calls must see
 * brings the tenant's new snapshot with it, which is swapped in whether or not the step is still
 * there. Core thread only.
 */
#ifndef CARILLON_CHANGE_H
#define CARILLON_CHANGE_H

#include "call.h"
#include "db.h"

struct change;

/** On the writer's thread: reads and writes only what is in the change */
typedef int(change_h)(struct db *db, struct change *c);
/** On the core thread */
typedef void(change_done_h)(struct step *s, struct change *c, int err);

/** First member of what a kind of dest asks; made by change_alloc() */
struct change {
	struct exchange *exchange;
	int64_t tenant;
	char call[ID_SIZE], extension[SIP_NAME]; /* extension: whose things; told to the portal */
	unsigned hop;
	bool publish; /* the tenant's rows were changed */
	change_h *h;
	change_done_h *done_h;
	const struct tenant *old; /* shares what stays the same */
	struct tenant *snapshot;
};

void *change_alloc(size_t size, struct step *s, change_h *h, change_done_h *done_h);
int change_post(struct change *c);

#endif
