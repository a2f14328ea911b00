/**
 * @file hours.c  Time conditions
 */
#include <stdio.h>
#include <string.h>
#include "clock.h"
#include "hours.h"
#include "own.h"
#include "resource.h"
#include "text.h"

RESOURCE_MODEL(hours);

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

static json_t *hours_json(struct resource_work *x, const void *row)
{
	const struct hours *h = row;
	json_t *o = json_object();

	put_text(o, "id", h->id);
	put_text(o, "name", h->name);
	put_text(o, "timezone", h->timezone);
	json_object_set_new(o, "rules", rules_json(h));
	json_object_set_new(o, "open", dest_json(x->db, h->tenant, h->has_open ? &h->open : NULL));
	json_object_set_new(o, "closed",
			    dest_json(x->db, h->tenant, h->has_closed ? &h->closed : NULL));
	put_bool(o, "openNow", open_now(h, who_of(x->rq)));
	return o;
}

static int row_h(const struct hours *h, void *arg)
{
	return resource_row(arg, h, h->id);
}

static int list_h(struct resource_work *x)
{
	return hours_list(x->db, x->tenant, page_after(&x->page), page_ask(&x->page), row_h, x);
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

static int hours_take(struct resource_work *x)
{
	const json_t *rows = json_object_get(x->rq->body, "rules");
	struct hours *h = x->row;
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
	return 0;
}

static const struct resource time_conditions = {
	.audit = "hours",
	.model = &hours_model,
	.title = offsetof(struct hours, name),
	.dest = DEST_hours,
	.target = offsetof(struct hours, id),
	.list_h = list_h,
	.json_h = hours_json,
	.take_h = hours_take,
};

/** GET /time-conditions */
void hours_get_all(struct request *rq, struct reply *rp)
{
	resource_list(&time_conditions, rq, rp);
}

/** GET /time-conditions/{id} */
void hours_get_one(struct request *rq, struct reply *rp)
{
	resource_show(&time_conditions, rq, rp);
}

/** POST /time-conditions */
void hours_post(struct request *rq, struct reply *rp)
{
	resource_add(&time_conditions, rq, rp);
}

/** PATCH /time-conditions/{id} */
void hours_patch(struct request *rq, struct reply *rp)
{
	resource_change(&time_conditions, rq, rp);
}

/** DELETE /time-conditions/{id} */
void hours_delete(struct request *rq, struct reply *rp)
{
	resource_remove(&time_conditions, rq, rp);
}
