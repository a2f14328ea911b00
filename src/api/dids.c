/**
 * @file dids.c  Phone numbers: the tenant's for administrators, those that lead to oneself for
 * others
 */
#include <errno.h>
#include <string.h>
#include "did.h"
#include "inside.h"
#include "text.h"

struct did_work {
	struct request *rq;
	struct db *db;
	struct page page;
	struct did d;
	struct field_errors fe;
	json_t *json;
};

static json_t *did_json(struct db *db, const struct did *d)
{
	json_t *o = json_object();

	put_text(o, "id", d->id);
	put_text(o, "number", d->number);
	put_text(o, "title", d->title);
	put_text(o, "kind", did_kind_name(d->kind));
	json_object_set_new(o, "dest", dest_json(db, d->tenant, &d->dest));
	put_bool(o, "active", d->active);
	return o;
}

static int row_h(const struct did *d, void *arg)
{
	struct did_work *x = arg;

	return page_add(&x->page, did_json(x->db, d), d->number) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct did_work *x = obj;
	const struct who *w = who_of(x->rq);
	struct dest own = {.kind = DEST_extension};
	bool all = who_may(w, "inbound_routes");

	x->db = db;
	if (!all && !w->extension.id[0])
		return 0;
	text_printf(own.target, sizeof(own.target), "%s", w->extension.number);
	return did_list(db, w->tenant, all ? NULL : &own, page_after(&x->page), page_ask(&x->page),
			row_h, x);
}

/** GET /dids */
void dids_get(struct request *rq, struct reply *rp)
{
	struct did_work x = {.rq = rq};
	int err;

	if (!page_begin(&x.page, rq, rp))
		return;
	err = store_read(api_of(rq)->conf.store, list_fn, &x);
	if (err)
		page_error(&x.page, rp, err);
	else
		page_reply(&x.page, rp);
}

static int change_fn(struct db *db, void *obj)
{
	struct did_work *x = obj;
	int err = did_get(&x->d, db, who_of(x->rq)->tenant, x->rq->ids[0]);

	if (err)
		return err;
	if (!version_matches(x->rq, x->d.version))
		return ESTALE;
	text_take(x->rq, "title", x->d.title, sizeof(x->d.title), &x->fe);
	x->d.active = request_bool(x->rq, "active", x->d.active);
	(void)dest_take(x->rq->body, "dest", &x->d.dest, &x->fe);
	if (!x->fe.count)
		err = did_check(&x->fe, db, &x->d);
	if (!err && x->fe.count)
		err = EINVAL;
	if (!err)
		err = did_change(db, &x->d);
	if (!err)
		audit_note(db, x->rq, "did.change", x->d.id, x->d.number);
	return err;
}

static int show_fn(struct db *db, void *obj)
{
	struct did_work *x = obj;

	x->json = did_json(db, &x->d);
	return 0;
}

/** PATCH /dids/{id}: where it leads; the number itself is the platform's to give */
void did_patch(struct request *rq, struct reply *rp)
{
	struct did_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, change_fn, &x);

	if (answer_fields(rp, &x.fe))
		return;
	if (!err)
		tenant_changed(rq, x.d.tenant);
	if (!err)
		err = store_read(api_of(rq)->conf.store, show_fn, &x);
	if (err) {
		answer_error(rp, err);
		return;
	}
	answer_etag(rp, x.d.version);
	reply_json(rp, 200, x.json);
}
