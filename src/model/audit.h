/**
 * @file audit.h  The audit log: who did what to whom, and when
 *
 * Rows are only ever added. Functions with a struct db run on the store's writer or in
 * store_read().
 */
#ifndef CARILLON_AUDIT_H
#define CARILLON_AUDIT_H

#include <stdint.h>
#include "db.h"
#include "field.h"
#include "id.h"

struct audit {
	int64_t tenant, at;
	char id[ID_SIZE];
	char user_id[ID_SIZE], who[MODEL_EMAIL], ip[64]; /* who: e-mail, "system", ... */
	char action[MODEL_WORD]; /* "extension.add", "password.reveal", ...            */
	char object_id[ID_SIZE], object[MODEL_NAME]; /* what it was done to            */
};

typedef int(audit_h)(const struct audit *a, void *arg);

int audit_add(struct db *db, struct audit *a);
int audit_list(struct db *db, int64_t tenant, int64_t before_at, const char *before_id,
	       unsigned limit, audit_h *h, void *arg);

#endif
