/**
 * @file dids.c  Phone numbers: the tenant's for administrators, those that lead to oneself for
 * others
 */
#include <string.h>
#include "did.h"
#include "inside.h"
#include "text.h"

struct did_work {
	struct request *rq;
	struct db *db;
	struct page page;
	int err;
};

static json_t *dest_json(struct db *db, const struct did *d, int *err)
{
	json_t *o = json_object();
	char label[MODEL_NAME * 2];

	*err = dest_label(label, sizeof(label), db, d->tenant, &d->dest);
	put_text(o, "kind", dest_kind_name(d->dest.kind));
	put_text(o, "target", d->dest.target);
	put_text(o, "label", *err ? dest_kind_label(d->dest.kind) : label);
	return o;
}

static int row_h(const struct did *d, void *arg)
{
	struct did_work *x = arg;
	json_t *o = json_object();
	int err;

	put_text(o, "id", d->id);
	put_text(o, "number", d->number);
	put_text(o, "title", d->title);
	put_text(o, "kind", did_kind_name(d->kind));
	json_object_set_new(o, "dest", dest_json(x->db, d, &err));
	put_bool(o, "active", d->active);
	return page_add(&x->page, o, d->number) ? 0 : DB_STOP;
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
