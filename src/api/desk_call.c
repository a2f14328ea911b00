/**
 * @file desk_call.c  Calls by one's own desk phone: it rings first, then the number is called
 */
#include <errno.h>
#include <string.h>
#include "cdr.h"
#include "clock.h"
#include "inside.h"
#include "own.h"

enum { CALLS = 20, CALLS_MS = 60000 }; /* so many calls of one's own in a minute */

struct desks {
	struct live_registration *v;
	size_t n;
	int64_t tenant;
	json_t *rows;
};

static int rows_fn(struct db *db, void *obj)
{
	struct desks *x = obj;

	for (size_t i = 0; i < x->n; i++) {
		const struct live_registration *r = &x->v[i];
		struct device d = {.name = ""};
		json_t *o;

		if (r->transport[0] == 'w') /* ws, wss: a browser */
			continue;
		(void)device_get(&d, db, x->tenant, r->device);
		o = json_object();
		put_text(o, "name", d.name[0] ? d.name : r->user_agent);
		json_array_append_new(x->rows, o);
	}
	return 0;
}

/** GET /phone/desk: the desk phones of one's own that are registered */
void phone_desk_get(struct request *rq, struct reply *rp)
{
	const struct api *api = api_of(rq);
	const struct who *w = who_of(rq);
	struct desks x = {.tenant = w->tenant, .rows = json_array()};
	int err = 0;

	if (w->extension.id[0])
		err = api->live.registrations_h(&x.v, &x.n, w->tenant, w->extension.number,
						api->live.arg);
	if (!err)
		err = store_read(api->conf.store, rows_fn, &x);
	mem_deref(x.v);
	rows_answer(rp, x.rows, err);
}

struct made {
	const struct who *w;
	int64_t calls, oldest;
};

static int made_fn(struct db *db, void *obj)
{
	struct made *m = obj;

	return cdr_made(&m->calls, &m->oldest, db, m->w->tenant, m->w->extension.id,
			clock_wall_ms() - CALLS_MS);
}

static bool too_often(const struct made *m, struct reply *rp)
{
	if (m->calls < CALLS)
		return false;
	answer_later(rp, m->oldest + CALLS_MS - clock_wall_ms(),
		     "You made %d calls within a minute. Try again in a moment.", CALLS);
	return true;
}

static void answer(struct reply *rp, int err, const char *id, const char *to)
{
	if (!err)
		reply_json(rp, 201, json_pack("{s:s}", "callId", id));
	else if (err == EINVAL)
		reply_field(rp, "to", "leads nowhere: there is no number %s here. Check it", to);
	else if (err == ENETUNREACH)
		reply_field(rp, "to",
			    "may not be called: no route leads to %s. Ask your administrator", to);
	else if (err == ENOTCONN)
		reply_problem(rp, 409,
			      "No desk phone of yours is connected. Switch one on, or "
			      "call in the browser.");
	else if (err == EALREADY)
		reply_problem(rp, 409,
			      "Your desk phone rings for another call already. Answer it, "
			      "or decline it there.");
	else if (err == EBUSY)
		reply_problem(rp, 503, "The system takes no more calls now. Try again later.");
	else
		answer_error(rp, err);
}

/** POST /phone/desk-call: one's desk phone rings, and who answers there is connected with `to` */
void desk_call_post(struct request *rq, struct reply *rp)
{
	const struct api *api = api_of(rq);
	const struct who *w = who_of(rq);
	const char *to = request_text(rq, "to");
	struct made m = {.w = w};
	char id[ID_SIZE] = "";
	int err;

	if (!w->extension.id[0]) {
		reply_problem(rp, 409,
			      "No extension belongs to you. Ask your administrator for "
			      "one.");
		return;
	}
	if (strspn(to, "+0123456789*#") != strlen(to)) {
		reply_field(rp, "to", "must be a number: digits, also with +, * and #");
		return;
	}
	err = store_read(api->conf.store, made_fn, &m);
	if (err)
		answer_error(rp, err);
	else if (!too_often(&m, rp))
		answer(rp,
		       api->live.desk_call_h(id, w->tenant, w->extension.number, to, api->live.arg),
		       id, to);
}

/** DELETE /phone/desk-call/{id}: one's desk phone rings no more for it, and nobody is called */
void desk_call_delete(struct request *rq, struct reply *rp)
{
	const struct api *api = api_of(rq);
	const struct who *w = who_of(rq);
	int err = w->extension.id[0] ? api->live.desk_cancel_h(w->tenant, rq->ids[0],
							       w->extension.number, api->live.arg)
				     : ENOENT;

	if (err)
		answer_error(rp, err);
	else
		reply_done(rp);
}
