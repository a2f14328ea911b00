/**
 * @file setting_use.c  When a setting acted last, and how often on that day
 */
#include <errno.h>
#include <string.h>
#include "setting_use.h"

/** A setting acted: one call more on its day; 0, also when the tenant is gone, or errno */
int setting_use_add(struct db *db, const struct setting_use *u)
{
	return db_exec(
		db,
		"INSERT INTO setting_use (tenant_id, object_id, name, day, calls, last_at) "
		"SELECT id, $2, $3, $4, 1, $5 FROM tenant WHERE id = $1 "
		"ON CONFLICT (tenant_id, object_id, name) DO UPDATE SET "
		"calls = CASE WHEN setting_use.day = $4 THEN setting_use.calls + 1 ELSE 1 END, "
		"day = $4, last_at = $5",
		"issii", u->tenant, u->object_id, u->name, u->day, u->last_at);
}

struct list_arg {
	setting_use_h *h;
	void *arg;
};

static int use_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct setting_use u = {.tenant = db_int(row, 0),
				.day = db_int(row, 3),
				.calls = db_int(row, 4),
				.last_at = db_int(row, 5)};

	db_copy(u.object_id, sizeof(u.object_id), row, 1);
	db_copy(u.name, sizeof(u.name), row, 2);
	return l->h(&u, l->arg);
}

/** Shows what is known of an extension or a rule; 0 or errno */
int setting_use_list(struct db *db, int64_t tenant, const char *object_id, setting_use_h *h,
		     void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, use_each, &l,
			"SELECT tenant_id, object_id, name, day, calls, last_at FROM setting_use "
			"WHERE tenant_id = $1 AND object_id = $2",
			"is", tenant, object_id);
}
