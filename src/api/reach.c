/**
 * @file reach.c  "What happens if someone calls me now?"
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "did.h"
#include "inside.h"
#include "own.h"
#include "reach.h"
#include "text.h"

struct reach_work {
	struct request *rq;
	struct dest start;
	char extension_id[ID_SIZE];	      /* whose call it would be; "" for nobody's */
	char of[PHONE_SIZE + MODEL_NAME + 1]; /* what is called, as people read it */
};

static json_t *step_json(const struct reach_step *s)
{
	json_t *o = json_object();

	put_text(o, "kind", dest_kind_name(s->dest.kind));
	put_text(o, "target", s->dest.target);
	put_text(o, "label", s->label);
	put_text(o, "text", s->text);
	put_bool(o, "rings", s->rings);
	put_bool(o, "answers", s->answers);
	put_int(o, "phones", s->phones);
	put_int(o, "ringMs", s->ring_ms);
	put_text(o, "exit", exit_name(s->exit));
	return o;
}

/** The steps of a walk, in their order */
json_t *reach_steps_json(const struct reach *r)
{
	json_t *rows = json_array();

	for (unsigned i = 0; i < r->count; i++)
		json_array_append_new(rows, step_json(&r->steps[i]));
	return rows;
}

static json_t *reach_json(const struct reach *r, const char *of, int64_t at)
{
	json_t *o = json_object(), *last = json_object();
	bool reachable = false;

	for (unsigned i = 0; i < r->count; i++)
		reachable |= r->steps[i].rings;
	put_text(o, "of", of);
	put_time(o, "at", at);
	put_bool(o, "rings", reachable);
	json_object_set_new(o, "steps", reach_steps_json(r));
	put_text(last, "code", cause_name(r->end));
	put_text(last, "text", cause_text(r->end));
	json_object_set_new(o, "end", last);
	return o;
}

static int extension_fn(struct db *db, void *obj)
{
	struct reach_work *x = obj;
	struct extension e;
	int err = extension_get(&e, db, who_of(x->rq)->tenant, x->rq->ids[0]);

	if (err)
		return err;
	x->start.kind = DEST_extension;
	str_ncpy(x->start.target, e.number, sizeof(x->start.target));
	str_ncpy(x->extension_id, e.id, sizeof(x->extension_id));
	text_printf(x->of, sizeof(x->of), "%s %s", e.number, e.name);
	return 0;
}

static int did_fn(struct db *db, void *obj)
{
	struct reach_work *x = obj;
	const struct who *w = who_of(x->rq);
	struct did d;
	int err = did_get(&d, db, w->tenant, x->rq->ids[0]);

	if (err)
		return err;
	x->start = d.dest;
	str_ncpy(x->of, d.number, sizeof(x->of));
	if (d.dest.kind == DEST_extension && !strcmp(d.dest.target, w->extension.number))
		str_ncpy(x->extension_id, w->extension.id, sizeof(x->extension_id));
	return 0;
}

static void reach_reply(struct reach_work *x, struct reply *rp)
{
	const struct api_live *live = &api_of(x->rq)->live;
	const char *from = request_query(x->rq, "from");
	AUTO struct reach *r = NULL;
	int64_t at = 0;
	int err;

	if (!request_query_int(x->rq, "at", &at) || at <= 0)
		at = clock_wall_ms();
	err = live->reach_h(&r, who_of(x->rq)->tenant, &x->start,
			    from && from[0] ? from : "somebody", at, live->arg);
	if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 200, reach_json(r, x->of, at));
}

/** GET /extensions/{id}/reach?at=&from= */
void extension_reach_get(struct request *rq, struct reply *rp)
{
	struct reach_work x = {.rq = rq};
	int err;

	if (!extension_allowed(rq, rp, rq->ids[0]))
		return;
	err = store_read(api_of(rq)->conf.store, extension_fn, &x);
	if (err)
		answer_error(rp, err);
	else
		reach_reply(&x, rp);
}

/** GET /dids/{id}/reach?at=&from= */
void did_reach_get(struct request *rq, struct reply *rp)
{
	struct reach_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, did_fn, &x);

	if (!err && !x.extension_id[0] && !who_may(who_of(rq), "inbound_routes"))
		err = ENOENT;
	if (err)
		answer_error(rp, err);
	else
		reach_reply(&x, rp);
}
