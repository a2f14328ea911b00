/**
 * @file hours.c  Time conditions
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "clock.h"
#include "dest_use.h"
#include "hours.h"
#include "inside.h"
#include "own.h"
#include "text.h"

struct hours_work {
	struct request *rq;
	struct db *db;
	struct page page;
	struct hours h;
	struct field_errors fe;
	char where[DEST_USE];
	json_t *json;
};

static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static json_t *days_json(uint8_t days)
{
	json_t *list = json_array();

	for (size_t i = 0; i < COUNT(weekdays); i++) {
		if (days & 1u << i)
			json_array_append_new(list, json_string(weekdays[i]));
	}
	return list;
}

static void put_clock(json_t *o, const char *name, int64_t minute)
{
	char text[ZONE_CLOCK];

	text_printf(text, sizeof(text), "%02u:%02u", (unsigned)(minute / 60),
		    (unsigned)(minute % 60));
	put_text(o, name, text);
}

static json_t *rules_json(const struct hours *h)
{
	json_t *rows = json_array();

	for (unsigned i = 0; i < h->rule_count; i++) {
		const struct hours_rule *r = &h->rules[i];
		json_t *o = json_object();

		put_bool(o, "open", r->open);
		json_object_set_new(o, "days", days_json(r->days));
		put_clock(o, "from", r->from);
		put_clock(o, "to", r->to);
		put_text(o, "firstDay", r->first);
		put_text(o, "lastDay", r->last);
		json_array_append_new(rows, o);
	}
	return rows;
}

static bool open_now(const struct hours *h, const struct who *w)
{
	AUTO struct zone *z = NULL;

	return !zone_load(&z, h->timezone[0] ? h->timezone : w->row.timezone) &&
	       hours_open(h->rules, h->rule_count, z, clock_wall_ms());
}

static json_t *hours_json(struct db *db, const struct hours *h, const struct who *w)
{
	json_t *o = json_object();

	put_text(o, "id", h->id);
	put_text(o, "name", h->name);
	put_text(o, "timezone", h->timezone);
	json_object_set_new(o, "rules", rules_json(h));
	json_object_set_new(o, "open", dest_json(db, h->tenant, h->has_open ? &h->open : NULL));
	json_object_set_new(o, "closed",
			    dest_json(db, h->tenant, h->has_closed ? &h->closed : NULL));
	put_bool(o, "openNow", open_now(h, w));
	return o;
}

static int row_h(const struct hours *h, void *arg)
{
	struct hours_work *x = arg;

	return page_add(&x->page, hours_json(x->db, h, who_of(x->rq)), h->id) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct hours_work *x = obj;

	x->db = db;
	return hours_list(db, who_of(x->rq)->tenant, page_after(&x->page), page_ask(&x->page),
			  row_h, x);
}

/** GET /time-conditions */
void hours_get_all(struct request *rq, struct reply *rp)
{
	struct hours_work x = {.rq = rq};
	int err;

	if (!page_begin(&x.page, rq, rp))
		return;
	err = store_read(api_of(rq)->conf.store, list_fn, &x);
	if (err)
		page_error(&x.page, rp, err);
	else
		page_reply(&x.page, rp);
}

static int show_fn(struct db *db, void *obj)
{
	struct hours_work *x = obj;
	int err = hours_get(&x->h, db, who_of(x->rq)->tenant, x->h.id[0] ? x->h.id : x->rq->ids[0]);

	if (!err)
		x->json = hours_json(db, &x->h, who_of(x->rq));
	return err;
}

static void hours_reply(struct hours_work *x, struct reply *rp, unsigned status)
{
	int err = store_read(api_of(x->rq)->conf.store, show_fn, x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	answer_etag(rp, x->h.version);
	reply_json(rp, status, x->json);
}

/** GET /time-conditions/{id} */
void hours_get_one(struct request *rq, struct reply *rp)
{
	struct hours_work x = {.rq = rq};

	hours_reply(&x, rp, 200);
}

static void days_take(struct hours_rule *r, const json_t *list, struct field_errors *fe)
{
	json_t *word;
	size_t i;

	json_array_foreach(list, i, word)
	{
		size_t d = 0;

		while (d < COUNT(weekdays) && strcmp(weekdays[d], json_string_value(word)))
			++d;
		if (d < COUNT(weekdays))
			r->days |= (uint8_t)(1u << d);
		else
			field_error(fe, "rules",
				    "has a day that is none of mon tue wed thu fri sat sun");
	}
}

/* "09:30"; absent: midnight */
static int64_t clock_take(const json_t *row, const char *name, struct field_errors *fe)
{
	const char *s = json_string_value(json_object_get(row, name));
	unsigned h, m;
	char rest;

	if (!s || !s[0])
		return 0;
	if (strlen(s) == 5 && sscanf(s, "%2u:%2u%c", &h, &m, &rest) == 2 && m < 60 &&
	    h * 60 + m <= HOURS_MINUTES)
		return (int64_t)h * 60 + m;
	field_error(fe, "rules", "has a time that is not like 09:30");
	return 0;
}

static void rule_take(struct hours_rule *r, const json_t *row, struct field_errors *fe)
{
	const char *first = json_string_value(json_object_get(row, "firstDay"));
	const char *last = json_string_value(json_object_get(row, "lastDay"));

	memset(r, 0, sizeof(*r));
	r->open = json_is_true(json_object_get(row, "open"));
	days_take(r, json_object_get(row, "days"), fe);
	r->from = clock_take(row, "from", fe);
	r->to = clock_take(row, "to", fe);
	if (!text_printf(r->first, sizeof(r->first), "%s", first ? first : "") ||
	    !text_printf(r->last, sizeof(r->last), "%s", last ? last : ""))
		field_error(fe, "rules", "has a date that is too long");
}

static void body_take(struct hours_work *x)
{
	const json_t *rows = json_object_get(x->rq->body, "rules");
	struct hours *h = &x->h;
	json_t *row;
	size_t i;

	text_take(x->rq, "name", h->name, sizeof(h->name), &x->fe);
	text_take(x->rq, "timezone", h->timezone, sizeof(h->timezone), &x->fe);
	if (rows)
		h->rule_count = 0;
	json_array_foreach(rows, i, row) rule_take(&h->rules[h->rule_count++], row, &x->fe);
	if (request_has(x->rq, "open"))
		h->has_open = dest_take(x->rq->body, "open", &h->open, &x->fe);
	if (request_has(x->rq, "closed"))
		h->has_closed = dest_take(x->rq->body, "closed", &h->closed, &x->fe);
}

static int checked(struct hours_work *x, struct db *db)
{
	int err = 0;

	body_take(x);
	if (!x->fe.count)
		err = hours_check(&x->fe, db, &x->h);
	return err ? err : x->fe.count ? EINVAL : 0;
}

static int add_fn(struct db *db, void *obj)
{
	struct hours_work *x = obj;
	int err;

	x->h.tenant = who_of(x->rq)->tenant;
	err = checked(x, db);
	if (!err)
		err = hours_add(db, &x->h);
	if (!err)
		audit_note(db, x->rq, "hours.add", x->h.id, x->h.name);
	return err;
}

static void written(struct hours_work *x, struct reply *rp, int err, unsigned status)
{
	if (answer_fields(rp, &x->fe))
		return;
	if (err) {
		answer_error(rp, err);
		return;
	}
	tenant_changed(x->rq, x->h.tenant);
	hours_reply(x, rp, status);
}

/** POST /time-conditions */
void hours_post(struct request *rq, struct reply *rp)
{
	struct hours_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, add_fn, &x);

	written(&x, rp, err, 201);
}

static int change_fn(struct db *db, void *obj)
{
	struct hours_work *x = obj;
	int err = hours_get(&x->h, db, who_of(x->rq)->tenant, x->rq->ids[0]);

	if (!err && !version_matches(x->rq, x->h.version))
		err = ESTALE;
	if (!err)
		err = checked(x, db);
	if (!err)
		err = hours_change(db, &x->h);
	if (!err)
		audit_note(db, x->rq, "hours.change", x->h.id, x->h.name);
	return err;
}

/** PATCH /time-conditions/{id} */
void hours_patch(struct request *rq, struct reply *rp)
{
	struct hours_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, change_fn, &x);

	written(&x, rp, err, 200);
}

static int remove_fn(struct db *db, void *obj)
{
	struct hours_work *x = obj;
	struct dest d = {.kind = DEST_hours};
	int err = hours_get(&x->h, db, who_of(x->rq)->tenant, x->rq->ids[0]);

	if (!err && !version_matches(x->rq, x->h.version))
		err = ESTALE;
	if (err)
		return err;
	text_printf(d.target, sizeof(d.target), "%s", x->h.id);
	err = dest_used(x->where, db, x->h.tenant, &d);
	if (!err && x->where[0])
		err = EBUSY;
	if (!err)
		err = hours_remove(db, x->h.tenant, x->h.id);
	if (!err)
		audit_note(db, x->rq, "hours.remove", x->h.id, x->h.name);
	return err;
}

/** DELETE /time-conditions/{id} */
void hours_delete(struct request *rq, struct reply *rp)
{
	struct hours_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, remove_fn, &x);

	if (dest_in_use(rp, x.h.name, x.where))
		return;
	if (err) {
		answer_error(rp, err);
		return;
	}
	tenant_changed(rq, x.h.tenant);
	reply_done(rp);
}
