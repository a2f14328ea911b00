/**
 * @file live_calls.c  What goes on now: live calls, presence
 */
#include <errno.h>
#include <string.h>
#include "inside.h"
#include "log.h"
#include "own.h"
#include "text.h"

/** How a presence is called */
const char *presence_word(enum live_presence p)
{
	static const char *const words[] = {"offline", "available", "ringing", "busy", "dnd"};

	return words[p];
}

/** The presence of a number; whoever is not in the list is offline */
enum live_presence presence_of(const struct live_extension *v, size_t n, const char *number,
			       unsigned *registered)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(v[i].number, number))
			continue;
		if (registered)
			*registered = v[i].registered;
		return v[i].presence;
	}
	return LIVE_OFFLINE;
}

/** Rows of the tenant have changed: calls must see it before the reply is sent */
void tenant_changed(const struct request *rq, int64_t tenant)
{
	const struct api_live *live = &api_of(rq)->live;
	int err = live->changed_h(tenant, live->arg);

	if (err)
		log_error("tenant.stale", "tenant=%lld err=%d", (long long)tenant, err);
}

static json_t *party_json(const char *number, const char *name)
{
	json_t *o = json_object();

	put_text(o, "number", number);
	put_text(o, "name", name);
	return o;
}

static json_t *live_call_json(const struct live_call *c)
{
	json_t *o = json_object();

	put_text(o, "id", c->id);
	json_object_set_new(o, "from", party_json(c->from_number, c->from_name));
	json_object_set_new(o, "to", party_json(c->to_number, c->to_name));
	put_text(o, "state", c->state);
	put_text(o, "recording", c->recording);
	put_time(o, "startedAt", c->started_at);
	put_time(o, "answeredAt", c->answered_at);
	return o;
}

/** GET /live-calls */
void live_calls_get(struct request *rq, struct reply *rp)
{
	const struct api_live *live = &api_of(rq)->live;
	AUTO struct live_call *v = NULL;
	json_t *rows = json_array();
	size_t n = 0;
	int err = live->calls_h(&v, &n, who_of(rq)->tenant, live->arg);

	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows, live_call_json(&v[i]));
	rows_answer(rp, rows, err);
}

static json_t *live_leg_json(const struct live_leg *l)
{
	json_t *o = json_object();

	put_text(o, "id", l->call);
	put_text(o, "callId", l->call_id);
	put_text(o, "recording", l->recording);
	put_bool(o, "byRule", l->by_rule);
	put_bool(o, "voicemail", l->mailbox);
	json_object_set_new(o, "line",
			    l->line[0] ? party_json(l->line, l->line_name) : json_null());
	return o;
}

/** GET /phone/calls: what one's own phones are in */
void phone_calls_get(struct request *rq, struct reply *rp)
{
	const struct api_live *live = &api_of(rq)->live;
	const struct who *w = who_of(rq);
	AUTO struct live_leg *v = NULL;
	json_t *rows = json_array();
	size_t n = 0;
	int err = w->extension.id[0]
			  ? live->legs_h(&v, &n, w->tenant, w->extension.number, live->arg)
			  : 0;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows, live_leg_json(&v[i]));
	rows_answer(rp, rows, err);
}

/** POST /live-calls/{id}/voicemail: the caller is let in by whom it rings */
void live_voicemail_post(struct request *rq, struct reply *rp)
{
	const struct api_live *live = &api_of(rq)->live;
	const struct who *w = who_of(rq);
	int err = ENOENT;

	if (w->extension.id[0])
		err = live->to_mailbox_h(w->tenant, rq->ids[0], w->extension.number, live->arg);
	if (!err)
		reply_done(rp);
	else if (err == ENOTCONN)
		reply_problem(rp, 409, "It does not ring any more, or nobody takes a message.");
	else
		answer_error(rp, err);
}

static int hangup_audit_fn(struct db *db, void *obj)
{
	const struct request *rq = obj;

	audit_note(db, rq, "call.hangup", rq->ids[0], "");
	return 0;
}

/** DELETE /live-calls/{id} */
void live_call_delete(struct request *rq, struct reply *rp)
{
	const struct api *api = api_of(rq);
	int err = api->live.hangup_h(who_of(rq)->tenant, rq->ids[0], api->live.arg);

	if (!err)
		err = store_write_wait(api->conf.store, hangup_audit_fn, rq);
	if (err)
		answer_error(rp, err);
	else
		reply_done(rp);
}
