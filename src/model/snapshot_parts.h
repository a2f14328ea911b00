/* Parts of a snapshot that are built by files of their own, after the extensions */
#ifndef CARILLON_SNAPSHOT_PARTS_H
#define CARILLON_SNAPSHOT_PARTS_H

#include "snapshot.h"

/* A part while it is built */
struct part {
	struct tenant *t;
	int64_t room;	/* rows that part_rows() made room for */
	uint32_t count; /* rows that are there                 */
	int err;
};

void *part_rows(struct part *p, struct db *db, const char *count, size_t row);
const char *part_keep(struct part *p, const char *s);

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
int mailboxes_build(struct tenant *t, struct db *db);
int sounds_build(struct tenant *t, struct db *db);
int listeners_build(struct tenant *t, struct db *db);

#endif
