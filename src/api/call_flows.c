/**
 * @file call_flows.c  Call flows: switches between day and night
 */
#include <errno.h>
#include <string.h>
#include "call_flow.h"
#include "dest_use.h"
#include "inside.h"
#include "text.h"

struct flow_work {
	struct request *rq;
	struct db *db;
	struct page page;
	struct call_flow f;
	struct field_errors fe;
	char where[DEST_USE];
	json_t *json;
};

static json_t *flow_json(struct db *db, const struct call_flow *f)
{
	json_t *o = json_object();

	put_text(o, "id", f->id);
	put_text(o, "number", f->number);
	put_text(o, "name", f->name);
	put_bool(o, "hasPin", f->pin[0]);
	put_bool(o, "isNight", f->night);
	json_object_set_new(o, "day",
			    dest_json(db, f->tenant, f->has_day_dest ? &f->day_dest : NULL));
	json_object_set_new(o, "night",
			    dest_json(db, f->tenant, f->has_night_dest ? &f->night_dest : NULL));
	return o;
}

static int row_h(const struct call_flow *f, void *arg)
{
	struct flow_work *x = arg;

	return page_add(&x->page, flow_json(x->db, f), f->id) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct flow_work *x = obj;

	x->db = db;
	return call_flow_list(db, who_of(x->rq)->tenant, page_after(&x->page), page_ask(&x->page),
			      row_h, x);
}

/** GET /call-flows */
void call_flows_get(struct request *rq, struct reply *rp)
{
	struct flow_work x = {.rq = rq};
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
	struct flow_work *x = obj;
	int err = call_flow_get(&x->f, db, who_of(x->rq)->tenant,
				x->f.id[0] ? x->f.id : x->rq->ids[0]);

	if (!err)
		x->json = flow_json(db, &x->f);
	return err;
}

static void flow_reply(struct flow_work *x, struct reply *rp, unsigned status)
{
	int err = store_read(api_of(x->rq)->conf.store, show_fn, x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	answer_etag(rp, x->f.version);
	reply_json(rp, status, x->json);
}

/** GET /call-flows/{id} */
void call_flow_get_one(struct request *rq, struct reply *rp)
{
	struct flow_work x = {.rq = rq};

	flow_reply(&x, rp, 200);
}

/* A PIN is bound to the number: with another number it must be given anew. */
static void pin_take(struct flow_work *x, const char *old_number)
{
	const char *pin = request_text(x->rq, "pin");

	if (!request_has(x->rq, "pin")) {
		if (x->f.pin[0] && strcmp(old_number, x->f.number))
			field_error(&x->fe, "pin", "must be given again with another number");
		return;
	}
	x->f.pin[0] = '\0';
	if (!pin || !pin[0])
		return;
	if (call_flow_pin_good(pin))
		call_flow_pin(x->f.pin, api_of(x->rq)->conf.secret, x->f.tenant, x->f.number, pin);
	else
		field_error(&x->fe, "pin", "must have %d to %d digits", CALL_FLOW_PIN_MIN,
			    CALL_FLOW_PIN_MAX);
}

static void body_take(struct flow_work *x)
{
	const struct request *rq = x->rq;
	struct call_flow *f = &x->f;
	char old[CALL_FLOW_NUMBER];

	text_printf(old, sizeof(old), "%s", f->number);
	text_take(rq, "number", f->number, sizeof(f->number), &x->fe);
	text_take(rq, "name", f->name, sizeof(f->name), &x->fe);
	pin_take(x, old);
	f->night = request_bool(rq, "isNight", f->night);
	if (request_has(rq, "day"))
		f->has_day_dest = dest_take(rq->body, "day", &f->day_dest, &x->fe);
	if (request_has(rq, "night"))
		f->has_night_dest = dest_take(rq->body, "night", &f->night_dest, &x->fe);
}

static int checked(struct flow_work *x, struct db *db)
{
	int err = 0;

	body_take(x);
	if (!x->fe.count)
		err = call_flow_check(&x->fe, db, &x->f);
	return err ? err : x->fe.count ? EINVAL : 0;
}

static int add_fn(struct db *db, void *obj)
{
	struct flow_work *x = obj;
	int err;

	x->f.tenant = who_of(x->rq)->tenant;
	err = checked(x, db);
	if (!err)
		err = call_flow_add(db, &x->f);
	if (!err)
		audit_note(db, x->rq, "call_flow.add", x->f.id, x->f.name);
	return err;
}

static void written(struct flow_work *x, struct reply *rp, int err, unsigned status)
{
	if (answer_fields(rp, &x->fe))
		return;
	if (err) {
		answer_error(rp, err);
		return;
	}
	tenant_changed(x->rq, x->f.tenant);
	flow_reply(x, rp, status);
}

/** POST /call-flows */
void call_flow_post(struct request *rq, struct reply *rp)
{
	struct flow_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, add_fn, &x);

	written(&x, rp, err, 201);
}

static int change_fn(struct db *db, void *obj)
{
	struct flow_work *x = obj;
	int err = call_flow_get(&x->f, db, who_of(x->rq)->tenant, x->rq->ids[0]);

	if (!err && !version_matches(x->rq, x->f.version))
		err = ESTALE;
	if (!err)
		err = checked(x, db);
	if (!err)
		err = call_flow_change(db, &x->f);
	if (!err)
		audit_note(db, x->rq, "call_flow.change", x->f.id, x->f.name);
	return err;
}

/** PATCH /call-flows/{id} */
void call_flow_patch(struct request *rq, struct reply *rp)
{
	struct flow_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, change_fn, &x);

	written(&x, rp, err, 200);
}

static int remove_fn(struct db *db, void *obj)
{
	struct flow_work *x = obj;
	struct dest d = {.kind = DEST_callflow};
	int err = call_flow_get(&x->f, db, who_of(x->rq)->tenant, x->rq->ids[0]);

	if (!err && !version_matches(x->rq, x->f.version))
		err = ESTALE;
	if (err)
		return err;
	text_printf(d.target, sizeof(d.target), "%s", x->f.id);
	err = dest_used(x->where, db, x->f.tenant, &d);
	if (!err && x->where[0])
		err = EBUSY;
	if (!err)
		err = call_flow_remove(db, x->f.tenant, x->f.id);
	if (!err)
		audit_note(db, x->rq, "call_flow.remove", x->f.id, x->f.name);
	return err;
}

/** DELETE /call-flows/{id} */
void call_flow_delete(struct request *rq, struct reply *rp)
{
	struct flow_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, remove_fn, &x);

	if (dest_in_use(rp, x.f.name, x.where))
		return;
	if (err) {
		answer_error(rp, err);
		return;
	}
	tenant_changed(rq, x.f.tenant);
	reply_done(rp);
}
