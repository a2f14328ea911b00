/**
 * @file rates.c  All rate plans as one immutable object
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "phone.h"
#include "rate.h"
#include "rates.h"
#include "snapshot.h"

struct entry {
	char prefix[RATE_PREFIX];
	money_t per_minute, connect, per_page;
	uint32_t minimum_s, increment_s;
};

/* A plan and where its rates stand, which are in the order of their prefixes */
struct plan {
	char id[ID_SIZE], currency[CURRENCY_SIZE];
	uint32_t first, count;
};

struct rates {
	int64_t version;
	struct plan *plans;
	struct entry *v;
	uint32_t plan_count, plan_room, count, room;
};

static void rates_destructor(void *arg)
{
	struct rates *r = arg;

	mem_deref(r->plans);
	mem_deref(r->v);
}

static int plan_keep(const struct rate_plan *p, void *arg)
{
	struct rates *r = arg;
	struct plan *plan = &r->plans[r->plan_count];

	if (r->plan_count == r->plan_room)
		return DB_STOP;
	str_ncpy(plan->id, p->id, sizeof(plan->id));
	str_ncpy(plan->currency, p->currency, sizeof(plan->currency));
	++r->plan_count;
	return 0;
}

static int rate_keep(const struct rate *rate, void *arg)
{
	struct rates *r = arg;
	struct entry *e = &r->v[r->count];

	if (r->count == r->room)
		return DB_STOP;
	str_ncpy(e->prefix, rate->prefix, sizeof(e->prefix));
	e->per_minute = rate->per_minute;
	e->connect = rate->connect;
	e->per_page = rate->per_page;
	e->minimum_s = (uint32_t)rate->minimum_s;
	e->increment_s = (uint32_t)rate->increment_s;
	++r->count;
	return 0;
}

static int rates_room(struct rates *r, struct db *db)
{
	int64_t plans = 0, rates = 0;
	int err = db_number(db, &plans, "SELECT count(*) FROM rate_plan", "");

	if (!err)
		err = db_number(db, &rates, "SELECT count(*) FROM rate", "");
	if (err)
		return err;
	r->plan_room = (uint32_t)(plans < RATE_PLANS_MAX ? plans : RATE_PLANS_MAX);
	r->room = (uint32_t)(rates < (int64_t)RATE_PLANS_MAX * RATES_MAX
				     ? rates
				     : (int64_t)RATE_PLANS_MAX * RATES_MAX);
	r->plans = mem_zalloc((r->plan_room + 1) * sizeof(*r->plans), NULL);
	r->v = mem_zalloc((r->room + 1) * sizeof(*r->v), NULL);
	return r->plans && r->v ? 0 : ENOMEM;
}

static int entry_compare(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->prefix, ((const struct entry *)b)->prefix);
}

static int plans_fill(struct rates *r, struct db *db)
{
	int err = rate_plan_list(db, 0, NULL, 0, plan_keep, r);

	for (uint32_t i = 0; i < r->plan_count && !err; i++) {
		struct plan *p = &r->plans[i];

		p->first = r->count;
		err = rate_list(db, 0, p->id, NULL, NULL, 0, rate_keep, r);
		p->count = r->count - p->first;
		/* a database may order texts as a language does */
		qsort(r->v + p->first, p->count, sizeof(*r->v), entry_compare);
	}
	return err;
}

/**
 * Loads all rate plans
 *
 * @param rp Result, a shared object
 * @param db Connection, inside store_read()
 *
 * @return 0, ENOMEM or what the database said
 */
int rates_load(struct rates **rp, struct db *db)
{
	struct rates *r = shared_alloc(sizeof(*r), rates_destructor);
	int err;

	if (!r)
		return ENOMEM;
	err = rates_room(r, db);
	if (!err)
		err = db_number(db, &r->version,
				"SELECT coalesce(max(value), 0) FROM counter WHERE name = 'rates'",
				"");
	if (!err)
		err = plans_fill(r, db);
	if (err)
		shared_unref(r);
	else
		*rp = r;
	return err;
}

/** Grows with every change of a plan or rate */
int64_t rates_version(const struct rates *r)
{
	return r->version;
}

static const struct plan *plan_find(const struct rates *r, const char *id)
{
	for (uint32_t i = 0; i < r->plan_count; i++) {
		if (!strcmp(r->plans[i].id, id))
			return &r->plans[i];
	}
	return NULL;
}

static const struct entry *longest(const struct rates *r, const struct plan *p, const char *digits)
{
	const struct entry *found = NULL;
	struct entry key = {0};
	size_t n = strspn(digits, "0123456789");

	for (n = n < RATE_PREFIX ? n : RATE_PREFIX - 1; n && !found; n--) {
		memcpy(key.prefix, digits, n);
		key.prefix[n] = '\0';
		found = bsearch(&key, r->v + p->first, p->count, sizeof(*r->v), entry_compare);
	}
	return found;
}

/**
 * What an E.164 number costs by a plan: the longest prefix wins
 *
 * @param p       Result; zeros when nothing is known
 * @param r       All plans; NULL for none
 * @param plan_id Plan; "" for none
 * @param e164    Number with "+"; a short code has no price
 *
 * @return Whether it is known
 */
bool rates_find(struct price *p, const struct rates *r, const char *plan_id, const char *e164)
{
	const struct plan *plan = r && plan_id[0] ? plan_find(r, plan_id) : NULL;
	const struct entry *e = plan && e164[0] == '+' ? longest(r, plan, e164 + 1) : NULL;

	memset(p, 0, sizeof(*p));
	if (!e)
		return false;
	str_ncpy(p->currency, plan->currency, sizeof(p->currency));
	p->per_minute = e->per_minute;
	p->connect = e->connect;
	p->per_page = e->per_page;
	p->minimum_ms = (int64_t)e->minimum_s * 1000;
	p->increment_ms = (int64_t)e->increment_s * 1000;
	return true;
}

/** What an outside number costs a tenant; calling for help never costs */
bool rates_price(struct price *p, const struct rates *r, const struct tenant *t,
		 const char *dialled)
{
	if (!phone_listed(t->emergency, dialled))
		return rates_find(p, r, t->rate_plan, dialled);
	memset(p, 0, sizeof(*p));
	return false;
}
