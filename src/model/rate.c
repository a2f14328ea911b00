/**
 * @file rate.c  Rates of a rate plan
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "own.h"
#include "rate.h"
#include "row.h"
#include "text.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, plan_id, prefix, description, per_minute, connect, minimum_s, "            \
	"increment_s, per_page, created_at, version"

static int rate_one(const struct db_row *row, void *arg)
{
	struct rate *r = arg;

	memset(r, 0, sizeof(*r));
	r->tenant = db_int(row, 0);
	db_copy(r->id, sizeof(r->id), row, 1);
	db_copy(r->plan_id, sizeof(r->plan_id), row, 2);
	db_copy(r->prefix, sizeof(r->prefix), row, 3);
	db_copy(r->description, sizeof(r->description), row, 4);
	r->per_minute = db_int(row, 5);
	r->connect = db_int(row, 6);
	r->minimum_s = db_int(row, 7);
	r->increment_s = db_int(row, 8);
	r->per_page = db_int(row, 9);
	r->created_at = db_int(row, 10);
	r->version = db_int(row, 11);
	return 0;
}

static bool digits(const char *s)
{
	return s[0] && strspn(s, "0123456789") == strlen(s);
}

/** Takes "+44", "44" or "+44 20" as a prefix; false when it is none */
bool rate_prefix_read(char prefix[RATE_PREFIX], const char *text)
{
	char bare[RATE_PREFIX];
	size_t n = 0;

	for (text += *text == '+'; *text; text++) {
		if (*text == ' ' && n)
			continue;
		if (n + 1 == sizeof(bare))
			return false;
		bare[n++] = *text;
	}
	bare[n] = '\0';
	if (!digits(bare))
		return false;
	str_ncpy(prefix, bare, RATE_PREFIX);
	return true;
}

static void money_check(struct field_errors *fe, const char *name, money_t m)
{
	if (m < 0 || m > RATE_MONEY_MAX)
		field_error(fe, name, "must be between 0 and a million");
}

static void seconds_check(struct field_errors *fe, const char *name, int64_t s, int64_t min)
{
	if (s < min || s > RATE_SECONDS_MAX)
		field_error(fe, name, "must be between %d and %d", (int)min, RATE_SECONDS_MAX);
}

/** What can be said of a rate without the others */
void rate_fields_check(struct field_errors *fe, const struct rate *r)
{
	if (!digits(r->prefix))
		field_error(fe, "prefix", "must be the first digits of a number, such as 44");
	field_text(fe, "description", r->description, 0, sizeof(r->description));
	money_check(fe, "perMinute", r->per_minute);
	money_check(fe, "connectFee", r->connect);
	money_check(fe, "perPage", r->per_page);
	seconds_check(fe, "minimumSeconds", r->minimum_s, 0);
	seconds_check(fe, "incrementSeconds", r->increment_s, 1);
}

static int prefix_find(struct rate *r, struct db *db, int64_t tenant, const char *plan_id,
		       const char *prefix)
{
	return db_find(db, rate_one, r,
		       "SELECT " COLUMNS " FROM rate WHERE tenant_id = $1 AND plan_id = $2 AND "
		       "prefix = $3",
		       "iss", tenant, plan_id, prefix);
}

static int plan_check(struct field_errors *fe, struct db *db, const struct rate *r)
{
	struct rate_plan p = {.tenant = r->tenant};
	int64_t rates = 0, tenants;
	int err = rate_plan_get(&p, db, r->tenant, r->plan_id);

	if (err == ENOENT)
		field_error(fe, "planId", "does not exist");
	else if (!err && !r->id[0])
		err = rate_plan_counts(db, &p, &rates, &tenants);
	if (!err && rates >= RATES_MAX)
		field_error(fe, "prefix", "is one too many: there are %d rates already", RATES_MAX);
	return err == ENOENT ? 0 : err;
}

/** Checks a rate before it is added or changed; 0 or what the database said */
int rate_check(struct field_errors *fe, struct db *db, const struct rate *r)
{
	struct rate same;
	int err;

	rate_fields_check(fe, r);
	err = prefix_find(&same, db, r->tenant, r->plan_id, r->prefix);
	if (!err && strcmp(same.id, r->id))
		field_error(fe, "prefix", "has a rate in this plan already");
	return err && err != ENOENT ? err : plan_check(fe, db, r);
}

/** Adds a rate and fills in its id, time and version; EEXIST */
int rate_add(struct db *db, struct rate *r)
{
	int err;

	r->created_at = clock_wall_ms();
	r->version = 1;
	str_ncpy(r->id, id_new().s, sizeof(r->id));
	err = db_exec(db,
		      "INSERT INTO rate (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
		      "$9, $10, $11, $12)",
		      "issssiiiiiii", r->tenant, r->id, r->plan_id, r->prefix, r->description,
		      r->per_minute, r->connect, r->minimum_s, r->increment_s, r->per_page,
		      r->created_at, r->version);
	return err ? err : rates_touch(db);
}

/** One rate by its id; ENOENT */
int rate_get(struct rate *r, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, rate_one, r,
		       "SELECT " COLUMNS " FROM rate WHERE tenant_id = $1 AND id = $2", "is",
		       tenant, id);
}

/** Changes a rate; 0, ENOENT, ESTALE when somebody else changed it meanwhile */
int rate_change(struct db *db, struct rate *r)
{
	struct rate old;
	int err = rate_get(&old, db, r->tenant, r->id);

	if (err)
		return err;
	if (r->version && r->version != old.version)
		return ESTALE;
	r->version = old.version + 1;
	err = db_change(db,
			"UPDATE rate SET prefix = $3, description = $4, per_minute = $5, "
			"connect = $6, minimum_s = $7, increment_s = $8, per_page = $9, "
			"version = $10 WHERE tenant_id = $1 AND id = $2",
			"isssiiiiii", r->tenant, r->id, r->prefix, r->description, r->per_minute,
			r->connect, r->minimum_s, r->increment_s, r->per_page, r->version);
	return err ? err : rates_touch(db);
}

/** Removes a rate; ENOENT */
int rate_remove(struct db *db, int64_t tenant, const char *id)
{
	int err = db_change(db, "DELETE FROM rate WHERE tenant_id = $1 AND id = $2", "is", tenant,
			    id);

	return err ? err : rates_touch(db);
}

/** Removes every rate of a plan */
int rate_remove_all(struct db *db, int64_t tenant, const char *plan_id)
{
	int err = db_exec(db, "DELETE FROM rate WHERE tenant_id = $1 AND plan_id = $2", "is",
			  tenant, plan_id);

	return err ? err : rates_touch(db);
}

static bool same_price(const struct rate *a, const struct rate *b)
{
	return a->per_minute == b->per_minute && a->connect == b->connect &&
	       a->per_page == b->per_page && a->minimum_s == b->minimum_s &&
	       a->increment_s == b->increment_s && !strcmp(a->description, b->description);
}

/** Adds a rate of good fields, or changes the one of its prefix */
int rate_bring(enum rate_brought *what, struct db *db, struct rate *r)
{
	struct rate old;
	int err = prefix_find(&old, db, r->tenant, r->plan_id, r->prefix);

	*what = err ? RATE_ADDED : same_price(&old, r) ? RATE_KNOWN : RATE_CHANGED;
	if (err)
		return err == ENOENT ? rate_add(db, r) : err;
	str_ncpy(r->id, old.id, sizeof(r->id));
	r->version = old.version;
	return *what == RATE_KNOWN ? 0 : rate_change(db, r);
}

struct list_arg {
	rate_h *h;
	void *arg;
};

static int rate_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct rate r;

	(void)rate_one(row, &r);
	return l->h(&r, l->arg);
}

/**
 * Shows rates of a plan in the order of their prefixes
 *
 * @param db      Connection
 * @param tenant  0
 * @param plan_id Plan
 * @param q       The beginning of a prefix, or a part of a description; NULL or "" for all
 * @param after   Prefix after which the page begins; NULL or "" for the first
 * @param limit   Most of them; 0 for all
 * @param h       Sees each
 * @param arg     Its argument
 *
 * @return 0 or errno
 */
int rate_list(struct db *db, int64_t tenant, const char *plan_id, const char *q, const char *after,
	      unsigned limit, rate_h *h, void *arg)
{
	struct list_arg l = {h, arg};
	char like[2 * MODEL_NAME], begins[RATE_PREFIX + 1] = "";

	field_search(like, sizeof(like), q);
	if (q && rate_prefix_read(begins, q))
		str_ncpy(begins + strlen(begins), "%", 2);
	return db_query(db, rate_each, &l,
			"SELECT " COLUMNS " FROM rate WHERE tenant_id = $1 AND plan_id = $2 AND "
			"prefix > $3 AND ($4 = '' OR lower(description) LIKE $4 ESCAPE '\\' OR "
			"prefix LIKE $5) ORDER BY prefix LIMIT $6",
			"issssi", tenant, plan_id, after ? after : "", like, begins,
			row_limit(limit));
}
