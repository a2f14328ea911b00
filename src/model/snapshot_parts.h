/* Parts of a snapshot that are built by files of their own, after the extensions */
#ifndef CARILLON_SNAPSHOT_PARTS_H
#define CARILLON_SNAPSHOT_PARTS_H

#include "snapshot.h"

/* What snapshots share with the one before as long as it stays as it was; shared objects */
struct directory {
	int64_t version; /* of the tenant, when it may last have changed */
	struct arena *arena;
	struct tenant_extension *rows; /* without what belongs to other parts */
	uint32_t count;
	struct tenant_mailbox *mailboxes;
	struct index *by_id, *by_number;
};

struct phones {
	int64_t version;
	struct arena *arena;
	struct tenant_device *rows;
	struct index *by_auth;
};

/* A part while it is built */
struct part {
	struct tenant *t;
	struct arena *arena;
	int64_t room;	/* rows that part_rows() made room for */
	uint32_t count; /* rows that are there                 */
	int err;
};

void *part_rows(struct part *p, struct db *db, const char *count, size_t row);
const char *part_keep(struct part *p, const char *s);

int directory_take(struct tenant *t, struct db *db, const struct tenant *old, int64_t version);
int phones_take(struct tenant *t, struct db *db, const struct tenant *old, int64_t version);

/* Each reads its part; 0, ENOMEM or errno */
int settings_build(struct tenant *t, struct db *db);
int exits_build(struct tenant *t, struct db *db);
int codes_build(struct tenant *t, struct db *db);
int follows_build(struct tenant *t, struct db *db);
int blocks_build(struct tenant *t, struct db *db);
int groups_build(struct tenant *t, struct db *db);
int queues_build(struct tenant *t, struct db *db);
int call_flows_build(struct tenant *t, struct db *db);
int hours_build(struct tenant *t, struct db *db);
void hours_drop(struct tenant *t);
int mailboxes_build(struct tenant *t, struct directory *d, struct db *db);
int sounds_build(struct tenant *t, struct db *db);
int listeners_build(struct tenant *t, struct db *db);

#endif
