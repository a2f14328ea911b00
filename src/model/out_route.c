/**
 * @file out_route.c  Outbound routes
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "out_route.h"
#include "own.h"
#include "row.h"
#include "tenant.h"

#define COLUMNS "tenant_id, id, prefix, strip, prepend, trunk_id, priority, created_at, version"

static void out_route_read(struct out_route *r, const struct db_row *row)
{
	memset(r, 0, sizeof(*r));
	r->tenant = db_int(row, 0);
	db_copy(r->id, sizeof(r->id), row, 1);
	db_copy(r->prefix, sizeof(r->prefix), row, 2);
	r->strip = db_int(row, 3);
	db_copy(r->prepend, sizeof(r->prepend), row, 4);
	r->trunk = db_int(row, 5);
	r->priority = db_int(row, 6);
	r->created_at = db_int(row, 7);
	r->version = db_int(row, 8);
}

static int out_route_one(const struct db_row *row, void *arg)
{
	out_route_read(arg, row);
	return 0;
}

static int room_check(struct field_errors *fe, struct db *db, const struct out_route *r)
{
	int64_t n = 0;
	int err = r->id[0]
			  ? 0
			  : db_number(db, &n, "SELECT count(*) FROM out_route WHERE tenant_id = $1",
				      "i", r->tenant);

	if (n >= OUT_ROUTES_MAX)
		field_error(fe, "prefix", "is one too many: there are %d routes already",
			    OUT_ROUTES_MAX);
	return err;
}

/** Checks a route before it is added or changed; 0 or what the database said */
int out_route_check(struct field_errors *fe, struct db *db, const struct out_route *r)
{
	int64_t n = 0;
	int err;

	if (strcmp(r->prefix, "+") && !phone_dialable(r->prefix))
		field_error(fe, "prefix", "must be the beginning of a number, such as +44");
	if (r->prepend[0] && strcmp(r->prepend, "+") && !phone_dialable(r->prepend))
		field_error(fe, "prepend", "must consist of digits");
	if (r->strip < 0 || r->strip > (int64_t)strlen(r->prefix))
		field_error(fe, "strip", "must not be more than the prefix has");
	if (r->priority < 0 || r->priority > 1000)
		field_error(fe, "priority", "must be between 0 and 1000");
	err = db_number(db, &n, "SELECT count(*) FROM trunk WHERE tenant_id IN (0, $1) AND id = $2",
			"ii", r->tenant, r->trunk);
	if (!err && !n)
		field_error(fe, "trunkId", "does not exist");
	return err ? err : room_check(fe, db, r);
}

/** Adds a route and fills in its id, time and version */
int out_route_add(struct db *db, struct out_route *r)
{
	int err;

	r->created_at = clock_wall_ms();
	r->version = 1;
	str_ncpy(r->id, id_new().s, sizeof(r->id));
	err = db_exec(db,
		      "INSERT INTO out_route (" COLUMNS ") VALUES "
		      "($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		      "issisiiii", r->tenant, r->id, r->prefix, r->strip, r->prepend, r->trunk,
		      r->priority, r->created_at, r->version);
	return err ? err : tenant_touch_but(db, r->tenant, TENANT_BULK);
}

/** One route of the tenant by its id; ENOENT */
int out_route_get(struct out_route *r, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, out_route_one, r,
		       "SELECT " COLUMNS " FROM out_route WHERE tenant_id = $1 AND id = $2", "is",
		       tenant, id);
}

/** Changes a route; 0, ENOENT, ESTALE when somebody else changed it meanwhile */
int out_route_change(struct db *db, struct out_route *r)
{
	struct out_route old;
	int err = out_route_get(&old, db, r->tenant, r->id);

	if (err)
		return err;
	if (r->version && r->version != old.version)
		return ESTALE;
	r->version = old.version + 1;
	err = db_change(db,
			"UPDATE out_route SET prefix = $3, strip = $4, prepend = $5, "
			"trunk_id = $6, priority = $7, version = $8 "
			"WHERE tenant_id = $1 AND id = $2",
			"issisiii", r->tenant, r->id, r->prefix, r->strip, r->prepend, r->trunk,
			r->priority, r->version);
	return err ? err : tenant_touch_but(db, r->tenant, TENANT_BULK);
}

/** Removes a route; ENOENT */
int out_route_remove(struct db *db, int64_t tenant, const char *id)
{
	int err = db_change(db, "DELETE FROM out_route WHERE tenant_id = $1 AND id = $2", "is",
			    tenant, id);

	return err ? err : tenant_touch_but(db, tenant, TENANT_BULK);
}

struct list_arg {
	out_route_h *h;
	void *arg;
};

static int out_route_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct out_route r;

	out_route_read(&r, row);
	return l->h(&r, l->arg);
}

/** Shows the tenant's routes: longest prefix first, then by priority */
int out_route_list(struct db *db, int64_t tenant, out_route_h *h, void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, out_route_each, &l,
			"SELECT " COLUMNS " FROM out_route WHERE tenant_id = $1 "
			"ORDER BY length(prefix) DESC, prefix, priority, id",
			"i", tenant);
}
