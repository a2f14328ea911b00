/**
 * @file audit.c  The audit log
 */
#include <string.h>
#include "audit.h"
#include "clock.h"
#include "own.h"
#include "row.h"

#define COLUMNS "tenant_id, at, id, user_id, who, ip, action, object_id, object"

/** Adds a line and fills in its id; `at` 0 is the present time */
int audit_add(struct db *db, struct audit *a)
{
	if (!a->at)
		a->at = clock_wall_ms();
	str_ncpy(a->id, id_new().s, sizeof(a->id));
	return db_exec(db,
		       "INSERT INTO audit (" COLUMNS ") VALUES "
		       "($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		       "iisssssss", a->tenant, a->at, a->id, a->user_id, a->who, a->ip, a->action,
		       a->object_id, a->object);
}

struct list_arg {
	audit_h *h;
	void *arg;
};

static int audit_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct audit a = {.tenant = db_int(row, 0), .at = db_int(row, 1)};

	db_copy(a.id, sizeof(a.id), row, 2);
	db_copy(a.user_id, sizeof(a.user_id), row, 3);
	db_copy(a.who, sizeof(a.who), row, 4);
	db_copy(a.ip, sizeof(a.ip), row, 5);
	db_copy(a.action, sizeof(a.action), row, 6);
	db_copy(a.object_id, sizeof(a.object_id), row, 7);
	db_copy(a.object, sizeof(a.object), row, 8);
	return l->h(&a, l->arg);
}

/**
 * Shows lines, newest first
 *
 * @param db        Connection
 * @param tenant    Whose
 * @param before_at With before_id, the line after which the page begins; 0 for the first page
 * @param before_id Its id
 * @param limit     Most of them; 0 for all
 * @param h         Sees each
 * @param arg       Its argument
 *
 * @return 0 or errno
 */
int audit_list(struct db *db, int64_t tenant, int64_t before_at, const char *before_id,
	       unsigned limit, audit_h *h, void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, audit_each, &l,
			"SELECT " COLUMNS " FROM audit WHERE tenant_id = $1 AND (at, id) < "
			"($2, $3) ORDER BY at DESC, id DESC LIMIT $4",
			"iisi", tenant, before_at ? before_at : INT64_MAX,
			before_id ? before_id : "", row_limit(limit));
}
