/**
 * @file rate_plan.c  Rate plans
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "own.h"
#include "rate_plan.h"
#include "row.h"
#include "tenant.h"

#define COLUMNS "tenant_id, id, name, currency, created_at, version"

static int plan_one(const struct db_row *row, void *arg)
{
	struct rate_plan *p = arg;

	memset(p, 0, sizeof(*p));
	p->tenant = db_int(row, 0);
	db_copy(p->id, sizeof(p->id), row, 1);
	db_copy(p->name, sizeof(p->name), row, 2);
	db_copy(p->currency, sizeof(p->currency), row, 3);
	p->created_at = db_int(row, 4);
	p->version = db_int(row, 5);
	return 0;
}

/** Says that plans or rates have changed, so that of two loads the younger wins; their functions do
 * it by themselves */
int rates_touch(struct db *db)
{
	int64_t version;

	return counter_next(&version, db, "rates");
}

/* Whoever uses it would find amounts of two currencies under one name. */
static int currency_fixed(struct field_errors *fe, struct db *db, const struct rate_plan *p)
{
	int64_t n = 0;
	int err = db_number(db, &n,
			    "SELECT count(*) FROM tenant WHERE rate_plan = $1 AND currency <> $2",
			    "ss", p->id, p->currency);

	if (!err && p->id[0] && n)
		field_error(fe, "currency", "must stay that of the tenants that use the plan");
	return err;
}

static int room_check(struct field_errors *fe, struct db *db, const struct rate_plan *p)
{
	int64_t n = 0;
	int err = p->id[0]
			  ? 0
			  : db_number(db, &n, "SELECT count(*) FROM rate_plan WHERE tenant_id = $1",
				      "i", p->tenant);

	if (n >= RATE_PLANS_MAX)
		field_error(fe, "name", "is one too many: there are %d plans already",
			    RATE_PLANS_MAX);
	return err;
}

/** Checks a plan before it is added or changed; 0 or what the database said */
int rate_plan_check(struct field_errors *fe, struct db *db, const struct rate_plan *p)
{
	struct rate_plan same;
	int err;

	field_text(fe, "name", p->name, 1, sizeof(p->name));
	field_currency(fe, "currency", p->currency);
	err = rate_plan_by_name(&same, db, p->tenant, p->name);
	if (!err && strcmp(same.id, p->id))
		field_error(fe, "name", "is already used");
	err = err == ENOENT ? 0 : err;
	if (!err)
		err = currency_fixed(fe, db, p);
	return err ? err : room_check(fe, db, p);
}

/** Adds a plan and fills in its id, time and version */
int rate_plan_add(struct db *db, struct rate_plan *p)
{
	int err;

	p->created_at = clock_wall_ms();
	p->version = 1;
	str_ncpy(p->id, id_new().s, sizeof(p->id));
	err = db_exec(db, "INSERT INTO rate_plan (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6)",
		      "isssii", p->tenant, p->id, p->name, p->currency, p->created_at, p->version);
	return err ? err : rates_touch(db);
}

/** One plan by its id; ENOENT */
int rate_plan_get(struct rate_plan *p, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, plan_one, p,
		       "SELECT " COLUMNS " FROM rate_plan WHERE tenant_id = $1 AND id = $2", "is",
		       tenant, id);
}

/** One plan by its name; ENOENT */
int rate_plan_by_name(struct rate_plan *p, struct db *db, int64_t tenant, const char *name)
{
	return db_find(db, plan_one, p,
		       "SELECT " COLUMNS " FROM rate_plan WHERE tenant_id = $1 AND name = $2", "is",
		       tenant, name);
}

/** Changes a plan; 0, ENOENT, ESTALE when somebody else changed it meanwhile */
int rate_plan_change(struct db *db, struct rate_plan *p)
{
	struct rate_plan old;
	int err = rate_plan_get(&old, db, p->tenant, p->id);

	if (err)
		return err;
	if (p->version && p->version != old.version)
		return ESTALE;
	p->version = old.version + 1;
	err = db_change(db,
			"UPDATE rate_plan SET name = $3, currency = $4, version = $5 "
			"WHERE tenant_id = $1 AND id = $2",
			"isssi", p->tenant, p->id, p->name, p->currency, p->version);
	return err ? err : rates_touch(db);
}

/** Removes a plan with its rates; ENOENT, EBUSY while a tenant uses it */
int rate_plan_remove(struct db *db, int64_t tenant, const char *id)
{
	int64_t n = 0;
	int err = db_number(db, &n, "SELECT count(*) FROM tenant WHERE rate_plan = $1", "s", id);

	if (err || n)
		return err ? err : EBUSY;
	err = db_change(db, "DELETE FROM rate_plan WHERE tenant_id = $1 AND id = $2", "is", tenant,
			id);
	return err ? err : rates_touch(db);
}

struct list_arg {
	rate_plan_h *h;
	void *arg;
};

static int plan_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct rate_plan p;

	(void)plan_one(row, &p);
	return l->h(&p, l->arg);
}

/** Shows plans in the order of their names, from behind one of them on */
int rate_plan_list(struct db *db, int64_t tenant, const char *after, unsigned limit, rate_plan_h *h,
		   void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, plan_each, &l,
			"SELECT " COLUMNS " FROM rate_plan WHERE tenant_id = $1 AND name > $2 "
			"ORDER BY name LIMIT $3",
			"isi", tenant, after ? after : "", row_limit(limit));
}

/** Counts the rates of a plan and the tenants that use it */
int rate_plan_counts(struct db *db, const struct rate_plan *p, int64_t *rates, int64_t *tenants)
{
	int err = db_number(db, rates,
			    "SELECT count(*) FROM rate WHERE tenant_id = $1 AND plan_id = $2", "is",
			    p->tenant, p->id);

	return err ? err
		   : db_number(db, tenants, "SELECT count(*) FROM tenant WHERE rate_plan = $1", "s",
			       p->id);
}

/**
 * Lets a tenant use a plan
 *
 * @param fe     Says when there is no such plan, or it has another currency than the tenant
 * @param db     Connection
 * @param tenant Whose prices they become
 * @param id     Plan; "" for none: nothing is priced
 *
 * @return 0, ENOENT when there is no such tenant, or what the database said
 */
int rate_plan_use(struct field_errors *fe, struct db *db, int64_t tenant, const char *id)
{
	struct rate_plan p;
	struct tenant_row t;
	int err = tenant_get(&t, db, tenant);

	if (err)
		return err;
	err = id[0] ? rate_plan_get(&p, db, 0, id) : 0;
	if (err == ENOENT) {
		field_error(fe, "ratePlanId", "does not exist");
		return 0;
	}
	if (!err && id[0] && strcmp(p.currency, t.currency)) {
		field_error(fe, "ratePlanId", "is in %s, and the tenant counts in %s", p.currency,
			    t.currency);
		return 0;
	}
	if (!err)
		err = db_change(db, "UPDATE tenant SET rate_plan = $2 WHERE id = $1", "is", tenant,
				id);
	return err ? err : tenant_touch(db, tenant);
}
