/**
 * @file tenant.h  Tenants as rows: one customer each
 *
 * snapshot.h has the immutable `struct tenant` that calls and SIP read; this is the row behind it.
 * Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_TENANT_H
#define CARILLON_TENANT_H

#include <stdint.h>
#include "db.h"
#include "field.h"
#include "id.h"

struct tenant; /* snapshot.h */

struct tenant_row {
	int64_t id; /* first column of every key; 0 is the platform */
	char uuid[ID_SIZE], name[MODEL_NAME], domain[MODEL_DOMAIN];
	char country[3], currency[4], timezone[MODEL_WORD];
	char permissions[MODEL_TOKENS], settings[MODEL_SETTINGS];
	bool md5_allowed;
	int64_t version; /* grows with every change of anything the tenant owns */
	char home_node[MODEL_WORD];
	int64_t lease_epoch, created_at;
	char rate_plan[ID_SIZE]; /* rate_plan_use() sets it; "": nothing is priced */
	int64_t extensions_version,
		phones_version; /* `version` of the last change of these parts */
};

/** What most changes leave as it is; TENANT_EXTENSIONS: also mailboxes and people's permissions */
enum { TENANT_EXTENSIONS = 1, TENANT_PHONES = 2, TENANT_BULK = 3 };

/** Sees one tenant; 0, DB_STOP or errno */
typedef int(tenant_h)(const struct tenant_row *t, void *arg);

int tenant_check(struct field_errors *fe, struct db *db, const struct tenant_row *t);
int tenant_add(struct db *db, struct tenant_row *t);
int tenant_get(struct tenant_row *t, struct db *db, int64_t id);
int tenant_by_uuid(struct tenant_row *t, struct db *db, const char *uuid);
int tenant_by_domain(struct tenant_row *t, struct db *db, const char *domain);
int tenant_change(struct db *db, struct tenant_row *t);
int tenant_remove(struct db *db, int64_t id);
int tenant_list(struct db *db, const char *q, const char *after, unsigned limit, tenant_h *h,
		void *arg);
int tenant_touch(struct db *db, int64_t id);
int tenant_touch_but(struct db *db, int64_t id, unsigned kept);
int tenant_counts(struct db *db, int64_t id, int64_t *extensions, int64_t *devices, int64_t *users);

#endif
