/**
 * @file agent.c  Queues as they are now: who waits, what agents do; and being an agent oneself
 */
#include <errno.h>
#include <string.h>
#include "extension_settings.h"
#include "inside.h"
#include "own.h"
#include "queue.h"
#include "text.h"

/** The queues that are asked for, found in the database before the core is asked */
struct chosen {
	struct request *rq;
	const char *agent; /* only those that this number is an agent of; NULL: all */
	unsigned count;
	char ids[QUEUES][ID_SIZE];
	struct extension_settings s;
	struct field_errors fe;
};

static json_t *callers_json(const struct live_queue *q)
{
	json_t *rows = json_array();

	for (unsigned i = 0; i < q->caller_count; i++) {
		const struct live_queue_caller *c = &q->callers[i];
		json_t *o = json_object();

		put_text(o, "callId", c->call);
		put_text(o, "number", c->number);
		put_text(o, "name", c->name);
		put_time(o, "since", c->since);
		json_array_append_new(rows, o);
	}
	return rows;
}

static json_t *agents_json(const struct live_queue *q)
{
	json_t *rows = json_array();

	for (unsigned i = 0; i < q->agent_count; i++) {
		const struct live_queue_agent *a = &q->agents[i];
		json_t *o = json_object();

		put_text(o, "number", a->number);
		put_text(o, "name", a->name);
		put_int(o, "level", a->level);
		put_text(o, "state", a->state);
		put_text(o, "reason", a->reason);
		put_time(o, "since", a->since);
		put_time(o, "until", a->until);
		put_int(o, "taken", a->taken);
		json_array_append_new(rows, o);
	}
	return rows;
}

static json_t *live_queue_json(const struct live_queue *q)
{
	json_t *o = json_object();

	put_text(o, "id", q->id);
	put_text(o, "number", q->number);
	put_text(o, "name", q->name);
	put_int(o, "waiting", q->waiting);
	json_object_set_new(o, "callers", callers_json(q));
	json_object_set_new(o, "agents", agents_json(q));
	return o;
}

static int chosen_h(const struct queue *q, void *arg)
{
	struct chosen *x = arg;
	bool wanted = !x->agent;

	for (unsigned i = 0; i < q->agent_count && !wanted; i++)
		wanted = !strcmp(q->agents[i].number, x->agent);
	if (wanted && x->count < QUEUES)
		str_ncpy(x->ids[x->count++], q->id, ID_SIZE);
	return 0;
}

static int chosen_fn(struct db *db, void *obj)
{
	struct chosen *x = obj;
	const struct who *w = who_of(x->rq);
	int err = x->agent ? extension_settings_get(&x->s, db, w->tenant, w->extension.id) : 0;

	x->count = 0;
	return err ? err : queue_list(db, w->tenant, NULL, 0, chosen_h, x);
}

/* One question for each queue, so that the core does other things between them. */
static int rows_add(json_t *rows, const struct chosen *x)
{
	const struct api_live *live = &api_of(x->rq)->live;
	int err = 0;

	for (unsigned i = 0; i < x->count && !err; i++) {
		AUTO struct live_queue *q = NULL;

		err = live->queue_h(&q, who_of(x->rq)->tenant, x->ids[i], live->arg);
		if (!err)
			json_array_append_new(rows, live_queue_json(q));
		if (err == ENOENT) /* it was removed just now */
			err = 0;
	}
	return err;
}

/** GET /live-queues */
void live_queues_get(struct request *rq, struct reply *rp)
{
	AUTO struct chosen *x = mem_zalloc(sizeof(*x), NULL);
	json_t *rows = json_array();
	int err = ENOMEM;

	if (x) {
		x->rq = rq;
		err = store_read(api_of(rq)->conf.store, chosen_fn, x);
	}
	if (!err)
		err = rows_add(rows, x);
	rows_answer(rp, rows, err);
}

static void agent_reply(struct chosen *x, struct reply *rp)
{
	json_t *o = json_object(), *rows = json_array();
	int err = store_read(api_of(x->rq)->conf.store, chosen_fn, x);

	if (!err)
		err = rows_add(rows, x);
	put_bool(o, "loggedIn", x->s.agent);
	put_bool(o, "paused", x->s.paused);
	put_text(o, "reason", x->s.pause_reason);
	json_object_set_new(o, "set", mark_json(&x->s.agent_mark));
	json_object_set_new(o, "queues", rows);
	if (err) {
		json_decref(o);
		answer_error(rp, err);
	} else {
		reply_json(rp, 200, o);
	}
}

/* Whoever has no extension is no agent. */
static struct chosen *agent_begin(struct request *rq, struct reply *rp)
{
	const struct who *w = who_of(rq);
	struct chosen *x = w->extension.id[0] ? mem_zalloc(sizeof(*x), NULL) : NULL;

	if (!x) {
		answer_error(rp, w->extension.id[0] ? ENOMEM : ENOENT);
		return NULL;
	}
	x->rq = rq;
	x->agent = w->extension.number;
	return x;
}

/** GET /me/agent */
void me_agent_get(struct request *rq, struct reply *rp)
{
	AUTO struct chosen *x = agent_begin(rq, rp);

	if (x)
		agent_reply(x, rp);
}

static int agent_fn(struct db *db, void *obj)
{
	struct chosen *x = obj;
	const struct who *w = who_of(x->rq);
	int err = chosen_fn(db, x);

	if (err)
		return err;
	x->s.agent = request_bool(x->rq, "loggedIn", x->s.agent);
	x->s.paused = request_bool(x->rq, "paused", x->s.paused);
	text_take(x->rq, "reason", x->s.pause_reason, sizeof(x->s.pause_reason), &x->fe);
	if (x->s.agent && !x->count)
		field_error(&x->fe, "loggedIn", "is for agents of a queue");
	if (x->s.paused && !x->s.agent)
		field_error(&x->fe, "paused", "is for whoever is logged in");
	err = extension_settings_check(&x->fe, db, &x->s);
	if (err || x->fe.count)
		return err ? err : EINVAL;
	err = extension_settings_change(db, &x->s, w->user.name);
	if (!err)
		audit_note(db, x->rq, "extension.agent", w->extension.id, w->extension.number);
	return err;
}

/** PUT /me/agent: what is left out stays as it is; who logs out is not paused any more, and who
 * logs in, or says so again, winds up no more */
void me_agent_put(struct request *rq, struct reply *rp)
{
	AUTO struct chosen *x = agent_begin(rq, rp);
	int err;

	if (!x)
		return;
	err = store_write_wait(api_of(rq)->conf.store, agent_fn, x);
	if (answer_refused(rp, &x->fe, err))
		return;
	settings_tell(rq, &who_of(rq)->extension);
	if (request_bool(rq, "loggedIn", false)) {
		const struct api_live *live = &api_of(rq)->live;

		(void)live->agent_ready_h(who_of(rq)->tenant, who_of(rq)->extension.id, live->arg);
	}
	agent_reply(x, rp);
}
