/**
 * @file calls.c  Call history: one row per conversation; its legs and story when opened
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "calls.h"
#include "recordings.h"
#include "text.h"

enum { EXTENSION_DIGITS = 6 };

/** A party of a call, as JSON */
json_t *party_of(const struct cdr_party *p)
{
	json_t *o = json_object();

	put_text(o, "number", p->number);
	put_text(o, "name", p->name);
	return o;
}

static json_t *cause_json(enum cause cause)
{
	json_t *o = json_object();

	put_text(o, "code", cause_name(cause));
	put_int(o, "q850", cause_q850(cause));
	put_text(o, "text", cause_text(cause));
	return o;
}

/* Who hid the number sees the own calls as the own. */
static json_t *from_json(const struct cdr *c, const struct who *w)
{
	struct cdr_party own = c->from;

	if (!strcmp(own.number, "anonymous") && own.extension[0] &&
	    !strcmp(own.extension, w->extension.number)) {
		str_ncpy(own.number, w->extension.number, sizeof(own.number));
		str_ncpy(own.name, w->extension.name, sizeof(own.name));
	}
	return party_of(&own);
}

static json_t *call_json(const struct cdr *c, const struct who *w)
{
	json_t *o = json_object();
	char summary[CDR_TEXT] = "";

	cdr_summary(summary, sizeof(summary), c);
	put_text(o, "id", c->id);
	put_time(o, "startedAt", c->started_at);
	put_time(o, "answeredAt", c->answered_at);
	put_time(o, "endedAt", c->ended_at);
	put_text(o, "dir", cdr_dir_name(c->dir));
	put_text(o, "type", cdr_type_name(c->type));
	put_text(o, "result", cdr_result_name(c->result));
	json_object_set_new(o, "from", from_json(c, w));
	json_object_set_new(o, "to", party_of(&c->to));
	json_object_set_new(o, "answeredBy",
			    c->answered_by.number[0] ? party_of(&c->answered_by) : json_null());
	put_int(o, "durationMs", c->duration_ms);
	put_int(o, "billedMs", c->billed_ms);
	put_money(o, "cost", c->cost, c->currency);
	json_object_set_new(o, "cause", cause_json(c->cause));
	put_text(o, "summary", summary);
	put_bool(o, "cut", c->cut);
	put_text(o, "note", c->note);
	put_word(o, "rating", cdr_rating_name(c->rating));
	return o;
}

static json_t *leg_json(const struct cdr_leg *l)
{
	json_t *o = json_object();

	put_text(o, "id", l->id);
	put_text(o, "role", l->role == CDR_CALLER ? "caller" : "called");
	put_text(o, "number", l->party.number);
	put_text(o, "name", l->party.name);
	put_text(o, "device", l->device);
	put_int(o, "billedMs", l->billed_ms);
	put_money(o, "cost", l->cost, l->currency);
	put_time(o, "startedAt", l->started_at);
	put_time(o, "ringingAt", l->ringing_at);
	put_time(o, "answeredAt", l->answered_at);
	put_time(o, "endedAt", l->ended_at);
	json_object_set_new(o, "cause", cause_json(l->cause));
	put_text(o, "callId", l->call_id);
	put_text(o, "codec", l->codec);
	put_text(o, "remoteIp", l->remote_ip);
	put_text(o, "userAgent", l->user_agent);
	put_int(o, "packetsIn", l->packets_in);
	put_int(o, "packetsOut", l->packets_out);
	put_int(o, "lost", l->lost);
	json_object_set_new(o, "jitterMs", json_real((double)l->jitter_us / 1000));
	json_object_set_new(o, "mos",
			    l->mos_milli ? json_real((double)l->mos_milli / 1000) : json_null());
	return o;
}

static json_t *detail_json(const struct cdr *c, const struct who *w)
{
	json_t *o = call_json(c, w), *legs = json_array(), *story = json_array();

	for (unsigned i = 0; i < c->leg_count; i++)
		json_array_append_new(legs, leg_json(&c->legs[i]));
	for (unsigned i = 0; i < c->line_count; i++) {
		json_t *line = json_object();

		put_int(line, "at", c->lines[i].at);
		put_text(line, "text", c->lines[i].text);
		put_text(line, "kind", c->lines[i].kind);
		json_array_append_new(story, line);
	}
	json_object_set_new(o, "legs", legs);
	json_object_set_new(o, "story", story);
	return o;
}

/** Reads a time of the query, in wall milliseconds; answers when it is none */
void time_read(const struct request *rq, struct reply *rp, const char *name, int64_t *at)
{
	if (request_query(rq, name) && (!request_query_int(rq, name, at) || *at < 0))
		reply_field(rp, name, "must be a time in milliseconds");
}

static void words_read(const struct request *rq, struct reply *rp, struct cdr_filter *f)
{
	const char *dir = request_query(rq, "dir"), *result = request_query(rq, "result");
	const char *q = request_query(rq, "q"), *type = request_query(rq, "type");

	f->by_dir = dir && !cdr_dir_parse(&f->dir, dir);
	if (dir && !f->by_dir)
		reply_field(rp, "dir", "must be in, out or internal");
	f->by_type = type && !cdr_type_parse(&f->type, type);
	if (type && !f->by_type)
		reply_field(rp, "type", "must be voice, fax, conference, voicemail or test");
	f->missed = result && !strcmp(result, "missed");
	f->by_result = result && !f->missed && !cdr_result_parse(&f->result, result);
	if (result && !f->missed && !f->by_result)
		reply_field(rp, "result",
			    "must be answered, missed, busy, noanswer, failed, "
			    "cancelled or voicemail");
	if (q && !text_printf(f->q, sizeof(f->q), "%s", q))
		reply_field(rp, "q", "is too long");
}

/* An extension's calls are those in which it took part, also by a group; a number's came to it. */
static void line_read(const struct request *rq, struct reply *rp, struct cdr_filter *f, bool all)
{
	const char *line = request_query(rq, "line");
	bool inside = line && strlen(line) <= EXTENSION_DIGITS;

	if (line && !text_printf(all && inside ? f->extension : f->line, PHONE_SIZE, "%s", line))
		reply_field(rp, "line", "is too long");
}

/**
 * Reads a query for calls
 *
 * @param f    Result
 * @param none Set when nobody's calls are asked for: one's own, without an extension
 * @param rq   Request
 * @param rp   Reply
 *
 * @return false when the reply says what is wrong
 */
bool calls_filter(struct cdr_filter *f, bool *none, const struct request *rq, struct reply *rp)
{
	const char *scope = request_query(rq, "scope");
	const struct who *w = who_of(rq);
	bool all = scope && !strcmp(scope, "tenant");

	memset(f, 0, sizeof(*f));
	f->tenant = w->tenant;
	time_read(rq, rp, "from", &f->from);
	time_read(rq, rp, "to", &f->to);
	words_read(rq, rp, f);
	if (scope && !all && strcmp(scope, "mine"))
		reply_field(rp, "scope", "must be mine or tenant");
	else if (all && !who_may(w, "pbx_cdr"))
		reply_problem(rp, 403, "Ask your administrator for the permission \"pbx_cdr\".");
	*none = !w->tenant || (!all && !w->extension.id[0]);
	if (!all)
		text_printf(f->extension, sizeof(f->extension), "%s", w->extension.number);
	line_read(rq, rp, f, all);
	return !reply_status(rp);
}

static bool key_read(struct cdr_filter *f, const char *key)
{
	char *end;

	if (!key)
		return true;
	f->before_at = strtoll(key, &end, 10);
	return *end == ' ' && id_valid(end + 1) &&
	       text_printf(f->before_id, sizeof(f->before_id), "%s", end + 1);
}

struct calls_work {
	struct request *rq;
	struct db *db;
	struct page page;
	struct cdr_filter filter;
	struct cdr_cursor next;
	bool technical;
	struct cdr *call;
	json_t *recordings;
};

static json_t *end_json(const struct cdr_leg *l)
{
	json_t *o = json_object();

	put_text(o, "codec", l->codec);
	put_text(o, "callId", l->call_id);
	return o;
}

static int any_recorded_h(const struct recorded *r, void *arg)
{
	*(bool *)arg = true;
	return 0;
}

/* What whoever looks for a fault reads of many calls at once. */
static int technical_put(json_t *o, struct db *db, const struct cdr *c)
{
	struct cdr_leg ends[2];
	json_t *technical = json_object();
	bool recorded = false;
	int err = cdr_ends(ends, db, c);

	if (!err)
		err = recorded_of_call(db, c->tenant, c->id, any_recorded_h, &recorded);
	json_object_set_new(technical, "caller", end_json(&ends[0]));
	json_object_set_new(technical, "called", end_json(&ends[1]));
	put_bool(technical, "recorded", recorded);
	json_object_set_new(o, "technical", technical);
	return err;
}

static int row_h(const struct cdr *c, void *arg)
{
	struct calls_work *x = arg;
	char key[PAGE_KEY];
	json_t *o = call_json(c, who_of(x->rq));
	int err = x->technical ? technical_put(o, x->db, c) : 0;

	if (err) {
		json_decref(o);
		return err;
	}
	text_printf(key, sizeof(key), "%" PRId64 " %s", c->started_at, c->id);
	return page_add(&x->page, o, key) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct calls_work *x = obj;
	const char *technical = request_query(x->rq, "technical");

	x->db = db;
	x->technical = technical && !strcmp(technical, "true");
	return cdr_list(&x->next, db, &x->filter, row_h, x);
}

/** GET /calls */
void calls_get(struct request *rq, struct reply *rp)
{
	struct calls_work x = {.rq = rq};
	bool none;
	int err = 0;

	if (!calls_filter(&x.filter, &none, rq, rp) || !page_begin(&x.page, rq, rp))
		return;
	if (!key_read(&x.filter, page_after(&x.page)))
		reply_field(rp, "cursor", "is not one of ours");
	x.filter.limit = x.page.limit;
	if (!none && !reply_status(rp))
		err = store_read(api_of(rq)->conf.store, list_fn, &x);
	if (err || reply_status(rp)) {
		page_error(&x.page, rp, err);
		return;
	}
	/* a page may end before it is full, where the store has looked far enough for one answer */
	x.page.more = x.next.more;
	if (x.next.more)
		text_printf(x.page.last, sizeof(x.page.last), "%" PRId64 " %s", x.next.at,
			    x.next.id);
	page_reply(&x.page, rp);
}

/* The call that the request names, for whoever may see it; else ENOENT. */
static int call_of(struct calls_work *x, struct db *db)
{
	const struct who *w = who_of(x->rq);
	int err = cdr_get(&x->call, db, w->tenant, x->rq->ids[0]);

	if (!err && !who_may(w, "pbx_cdr"))
		err = cdr_took_part(db, x->call, w->extension.number);
	return err;
}

static int show_fn(struct db *db, void *obj)
{
	struct calls_work *x = obj;
	const struct who *w = who_of(x->rq);
	int err = call_of(x, db);

	return err ? err : recordings_of_call(x->recordings, db, w->tenant, x->call->id);
}

/** GET /calls/{id} */
void call_show(struct request *rq, struct reply *rp)
{
	struct calls_work x = {.rq = rq, .recordings = json_array()};
	int err = store_read(api_of(rq)->conf.store, show_fn, &x);
	json_t *o;

	if (err) {
		answer_error(rp, err);
	} else {
		o = detail_json(x.call, who_of(rq));
		json_object_set(o, "recordings", x.recordings);
		reply_json(rp, 200, o);
	}
	json_decref(x.recordings);
	mem_deref(x.call);
}

struct note_work {
	struct calls_work calls;
	struct field_errors fe;
};

static int note_fn(struct db *db, void *obj)
{
	struct note_work *x = obj;
	const struct request *rq = x->calls.rq;
	int err = call_of(&x->calls, db);
	struct cdr *c = x->calls.call;
	const char *rating = request_text(rq, "rating");

	if (err)
		return err;
	text_take(rq, "note", c->note, sizeof(c->note), &x->fe);
	if (request_has(rq, "rating"))
		err = cdr_rating_parse(&c->rating, rating ? rating : "");
	return err || x->fe.count ? err : cdr_note(db, c);
}

/** PATCH /calls/{id}: what whoever was in it says of it */
void call_patch(struct request *rq, struct reply *rp)
{
	struct note_work x = {.calls.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, note_fn, &x);

	if (!answer_refused(rp, &x.fe, err))
		reply_json(rp, 200, call_json(x.calls.call, who_of(rq)));
	mem_deref(x.calls.call);
}
