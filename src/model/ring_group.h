/**
 * @file ring_group.h  Ring groups: a number that rings several members
 *
 * What follows a call that nobody took stands in dest_exit.h, as for every kind of dest. Functions
 * with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_RING_GROUP_H
#define CARILLON_RING_GROUP_H

#include "dest.h"
#include "id.h"
#include "phone.h"

enum {
	RING_MEMBERS = 32,
	RING_GROUPS = 500, /* of one tenant */
	RING_PREFIX = 32,
	RING_DELAY_MAX = 300000,
	RING_MEMBER_MS_MIN = 3000,
	RING_MEMBER_MS_MAX = 300000,
	RING_MEMBER_MS_DEFAULT = 30000,
};

enum strategy {
#define X(strategy, label) STRATEGY_##strategy,
#include "tbl/strategies.h"
#undef X
	STRATEGY_MAX
};

struct ring_member {
	char number[PHONE_SIZE];   /* an extension, or an outside number in E.164 form       */
	int64_t delay_ms, ring_ms; /* delay: from the call's arrival, or from its turn       */
	bool confirm;		   /* whoever answers must press 1                           */
};

struct ring_group {
	int64_t tenant;
	char id[ID_SIZE], number[PHONE_SIZE], name[MODEL_NAME];
	enum strategy strategy;
	bool music;		  /* callers hear music instead of ringing */
	char music_id[ID_SIZE];	  /* which; "": what the tenant chose      */
	char prefix[RING_PREFIX]; /* before the caller's name              */
	unsigned member_count;
	struct ring_member members[RING_MEMBERS];
	bool has_next;
	struct dest next; /* where a call goes that nobody took */
	int64_t created_at, version;
};

typedef int(ring_group_h)(const struct ring_group *g, void *arg);

const char *strategy_name(enum strategy strategy);
int strategy_parse(enum strategy *strategy, const char *name);

int ring_group_check(struct field_errors *fe, struct db *db, struct ring_group *g);
int ring_group_add(struct db *db, struct ring_group *g);
int ring_group_get(struct ring_group *g, struct db *db, int64_t tenant, const char *id);
int ring_group_by_number(struct ring_group *g, struct db *db, int64_t tenant, const char *number);
int ring_group_change(struct db *db, struct ring_group *g);
int ring_group_remove(struct db *db, int64_t tenant, const char *id);
int ring_group_list(struct db *db, int64_t tenant, const char *after, unsigned limit,
		    ring_group_h *h, void *arg);

#endif
