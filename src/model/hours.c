/**
 * @file hours.c  Time conditions
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include "clock.h"
#include "dest_exit.h"
#include "hours.h"
#include "own.h"
#include "row.h"
#include "tenant.h"

#define COLUMNS "tenant_id, id, name, timezone, created_at, version"

enum { DAY_S = 86400 };

/** A day as the zone's calendar shows it */
struct day {
	char full[HOURS_DAY], yearly[HOURS_DAY]; /* 2026-12-24, 12-24 */
	unsigned weekday;			 /* 0 is Monday       */
};

static struct day day_of(int64_t local_s)
{
	time_t t = (time_t)local_s;
	struct day d = {0};
	struct tm tm;

	gmtime_r(&t, &tm);
	(void)strftime(d.full, sizeof(d.full), "%Y-%m-%d", &tm);
	(void)strftime(d.yearly, sizeof(d.yearly), "%m-%d", &tm);
	d.weekday = (unsigned)(tm.tm_wday + 6) % 7;
	return d;
}

/* Dates are compared as they are written; those of each year may go over New Year. */
static bool date_matches(const struct hours_rule *r, const struct day *d)
{
	const char *last = r->last[0] ? r->last : r->first;
	const char *day = strlen(r->first) == 5 ? d->yearly : d->full;

	if (!r->first[0])
		return true;
	if (strcmp(r->first, last) <= 0)
		return strcmp(day, r->first) >= 0 && strcmp(day, last) <= 0;
	return strcmp(day, r->first) >= 0 || strcmp(day, last) <= 0;
}

static bool day_matches(const struct hours_rule *r, const struct day *d)
{
	return (!r->days || (r->days & 1u << d->weekday)) && date_matches(r, d);
}

static bool rule_matches(const struct hours_rule *r, int64_t minute, const struct day *today,
			 const struct day *yesterday)
{
	if (r->from < r->to)
		return minute >= r->from && minute < r->to && day_matches(r, today);
	if (r->from == r->to)
		return day_matches(r, today);
	return (minute >= r->from && day_matches(r, today)) ||
	       (minute < r->to && day_matches(r, yesterday));
}

/**
 * Says whether it is open
 *
 * @param rules Rules, the most special first
 * @param n     How many
 * @param z     Whose clocks
 * @param at    Wall ms
 *
 * @return What the first matching rule says; false when none matches
 */
bool hours_open(const struct hours_rule *rules, unsigned n, const struct zone *z, int64_t at)
{
	int64_t local = (at + zone_ahead_ms(z, at)) / 1000;
	struct day today = day_of(local), yesterday = day_of(local - DAY_S);
	int64_t minute = local % DAY_S / 60;

	for (unsigned i = 0; i < n; i++) {
		if (rule_matches(&rules[i], minute, &today, &yesterday))
			return rules[i].open;
	}
	return false;
}

static struct dest hours_dest(const struct hours *h)
{
	struct dest d = {.kind = DEST_hours};

	str_ncpy(d.target, h->id, sizeof(d.target));
	return d;
}

static int hours_read(const struct db_row *row, void *arg)
{
	struct hours *h = arg;

	memset(h, 0, sizeof(*h));
	h->tenant = db_int(row, 0);
	db_copy(h->id, sizeof(h->id), row, 1);
	db_copy(h->name, sizeof(h->name), row, 2);
	db_copy(h->timezone, sizeof(h->timezone), row, 3);
	h->created_at = db_int(row, 4);
	h->version = db_int(row, 5);
	return 0;
}

static int rule_read(const struct db_row *row, void *arg)
{
	struct hours *h = arg;
	struct hours_rule *r = &h->rules[h->rule_count];

	if (h->rule_count == HOURS_RULES)
		return DB_STOP;
	r->open = db_int(row, 0);
	r->days = (uint8_t)db_int(row, 1);
	r->from = db_int(row, 2);
	r->to = db_int(row, 3);
	db_copy(r->first, sizeof(r->first), row, 4);
	db_copy(r->last, sizeof(r->last), row, 5);
	++h->rule_count;
	return 0;
}

static int next_read(const struct dest_exit *row, void *arg)
{
	struct hours *h = arg;

	if (row->exit == EXIT_open) {
		h->has_open = true;
		h->open = row->next;
	} else if (row->exit == EXIT_closed) {
		h->has_closed = true;
		h->closed = row->next;
	}
	return 0;
}

static int rest_read(struct hours *h, struct db *db)
{
	struct dest d = hours_dest(h);
	int err = db_query(db, rule_read, h,
			   "SELECT is_open, days, from_minute, to_minute, first_day, last_day FROM "
			   "hours_rule WHERE tenant_id = $1 AND hours_id = $2 ORDER BY place",
			   "is", h->tenant, h->id);

	return err ? err : dest_exit_list(db, h->tenant, &d, next_read, h);
}

/** One time condition of the tenant by its id; ENOENT */
int hours_get(struct hours *h, struct db *db, int64_t tenant, const char *id)
{
	int err = db_find(db, hours_read, h,
			  "SELECT " COLUMNS " FROM hours WHERE tenant_id = $1 AND id = $2", "is",
			  tenant, id);

	return err ? err : rest_read(h, db);
}

/* 2026-12-24 or 12-24, and a day that the calendar has (29 February in a leap year) */
static bool day_good(const char *s)
{
	struct tm tm = {0};
	char text[16];
	const char *end;

	if (!s[0])
		return true;
	if (strlen(s) != 5 && strlen(s) != 10)
		return false;
	(void)re_snprintf(text, sizeof(text), "%s%s", strlen(s) == 5 ? "2024-" : "", s);
	end = strptime(text, "%Y-%m-%d", &tm);
	if (!end || *end)
		return false;
	tm.tm_hour = 12;
	return timegm(&tm) >= 0 && day_of((int64_t)timegm(&tm)).full[0] &&
	       !strcmp(day_of((int64_t)timegm(&tm)).full, text);
}

static void rule_check(struct field_errors *fe, const struct hours_rule *r)
{
	if (r->from < 0 || r->from >= HOURS_MINUTES || r->to < 0 || r->to > HOURS_MINUTES)
		field_error(fe, "rules", "has a time of day beyond 00:00 to 24:00");
	if (!day_good(r->first) || !day_good(r->last))
		field_error(fe, "rules",
			    "has a date that is not like 2026-12-24, or 12-24 for each year");
	else if (r->last[0] && strlen(r->first) != strlen(r->last))
		field_error(fe, "rules", "has a first and a last day of two kinds");
	else if (strlen(r->first) == 10 && r->last[0] && strcmp(r->first, r->last) > 0)
		field_error(fe, "rules", "has a last day before its first");
}

static struct dest_next while_open(const struct hours *h, const struct dest *self)
{
	return (struct dest_next){self, "this time condition", h->has_open, &h->open};
}

static struct dest_next while_closed(const struct hours *h, const struct dest *self)
{
	return (struct dest_next){self, "this time condition", h->has_closed, &h->closed};
}

/** Checks a time condition before it is added (id "") or changed; 0 or what the database said */
int hours_check(struct field_errors *fe, struct db *db, const struct hours *h)
{
	const struct dest self = hours_dest(h);
	const struct dest_next open = while_open(h, &self), closed = while_closed(h, &self);
	int64_t n = 0;
	int err = 0;

	field_text(fe, "name", h->name, 1, sizeof(h->name));
	if (h->timezone[0])
		(void)field_timezone(fe, "timezone", h->timezone);
	for (unsigned i = 0; i < h->rule_count; i++)
		rule_check(fe, &h->rules[i]);
	if (!h->id[0])
		err = db_number(db, &n, "SELECT count(*) FROM hours WHERE tenant_id = $1", "i",
				h->tenant);
	if (n >= HOURS_MAX)
		field_error(fe, "name", "cannot be added: there are %d already", HOURS_MAX);
	if (!err)
		err = dest_next_check(fe, "open", db, h->tenant, &open);
	return err ? err : dest_next_check(fe, "closed", db, h->tenant, &closed);
}

/* In place of what was there before */
static int rest_write(struct db *db, const struct hours *h)
{
	const struct dest self = hours_dest(h);
	const struct dest_next open = while_open(h, &self), closed = while_closed(h, &self);
	int err = db_exec(db, "DELETE FROM hours_rule WHERE tenant_id = $1 AND hours_id = $2", "is",
			  h->tenant, h->id);

	for (unsigned i = 0; i < h->rule_count && !err; i++) {
		const struct hours_rule *r = &h->rules[i];

		err = db_exec(db,
			      "INSERT INTO hours_rule (tenant_id, hours_id, place, is_open, days, "
			      "from_minute, to_minute, first_day, last_day) VALUES "
			      "($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			      "isidiiiss", h->tenant, h->id, (int64_t)i, r->open, (int64_t)r->days,
			      r->from, r->to, r->first, r->last);
	}
	if (!err)
		err = dest_next_write(db, h->tenant, EXIT_open, &open);
	return err ? err : dest_next_write(db, h->tenant, EXIT_closed, &closed);
}

/** Adds a time condition and fills in its id, time and version */
int hours_add(struct db *db, struct hours *h)
{
	int err;

	h->created_at = clock_wall_ms();
	h->version = 1;
	str_ncpy(h->id, id_new().s, sizeof(h->id));
	err = db_exec(db, "INSERT INTO hours (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6)",
		      "isssii", h->tenant, h->id, h->name, h->timezone, h->created_at, h->version);
	return err ? err : rest_write(db, h);
}

/** Changes a time condition; 0, ENOENT, ESTALE when somebody else changed it meanwhile */
int hours_change(struct db *db, struct hours *h)
{
	AUTO struct hours *old = mem_zalloc(sizeof(*old), NULL);
	int err = old ? hours_get(old, db, h->tenant, h->id) : ENOMEM;

	if (err)
		return err;
	if (h->version && h->version != old->version)
		return ESTALE;
	h->version = old->version + 1;
	err = db_change(db,
			"UPDATE hours SET name = $3, timezone = $4, version = $5 WHERE "
			"tenant_id = $1 AND id = $2",
			"isssi", h->tenant, h->id, h->name, h->timezone, h->version);
	return err ? err : rest_write(db, h);
}

/** Removes a time condition; ENOENT. Whoever asks has looked whether something leads to it */
int hours_remove(struct db *db, int64_t tenant, const char *id)
{
	struct dest d = {.kind = DEST_hours};
	int err = db_change(db, "DELETE FROM hours WHERE tenant_id = $1 AND id = $2", "is", tenant,
			    id);

	if (err)
		return err;
	str_ncpy(d.target, id, sizeof(d.target));
	err = dest_exit_forget(db, tenant, &d);
	return err ? err : tenant_touch_but(db, tenant, TENANT_BULK);
}

struct list_arg {
	struct db *db;
	hours_h *fn;
	void *arg;
	struct hours *h;
};

static int hours_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	int err = hours_read(row, l->h);

	if (!err)
		err = rest_read(l->h, l->db);
	return err ? err : l->fn(l->h, l->arg);
}

/**
 * Shows the tenant's time conditions in the order of their ids, which is that of their making
 *
 * @param db     Connection
 * @param tenant Whose
 * @param after  Id after which the page begins; NULL or "" for the first
 * @param limit  Most of them; 0 for all
 * @param fn     Sees each
 * @param arg    Its argument
 *
 * @return 0 or errno
 */
int hours_list(struct db *db, int64_t tenant, const char *after, unsigned limit, hours_h *fn,
	       void *arg)
{
	AUTO struct hours *h = mem_zalloc(sizeof(*h), NULL);
	struct list_arg l = {db, fn, arg, h};

	if (!h)
		return ENOMEM;
	return db_query(db, hours_each, &l,
			"SELECT " COLUMNS " FROM hours WHERE tenant_id = $1 AND id > $2 "
			"ORDER BY id LIMIT $3",
			"isi", tenant, after ? after : "", row_limit(limit));
}
