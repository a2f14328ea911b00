/**
 * @file dids.c  Phone numbers: the tenant's for administrators, those that lead to oneself for
 * others
 */
#include "did.h"
#include "resource.h"
#include "text.h"

RESOURCE_MODEL(did);

static json_t *did_json(struct resource_work *x, const void *row)
{
	const struct did *d = row;
	json_t *o = json_object();

	put_text(o, "id", d->id);
	put_text(o, "number", d->number);
	put_text(o, "title", d->title);
	put_text(o, "kind", did_kind_name(d->kind));
	json_object_set_new(o, "dest", dest_json(x->db, d->tenant, &d->dest));
	put_bool(o, "active", d->active);
	return o;
}

static int row_h(const struct did *d, void *arg)
{
	return resource_row(arg, d, d->number);
}

static int list_h(struct resource_work *x)
{
	const struct who *w = who_of(x->rq);
	struct dest own = {.kind = DEST_extension};
	bool all = who_may(w, "inbound_routes");

	if (!all && !w->extension.id[0])
		return 0;
	text_printf(own.target, sizeof(own.target), "%s", w->extension.number);
	return did_list(x->db, x->tenant, all ? NULL : &own, page_after(&x->page),
			page_ask(&x->page), row_h, x);
}

static int did_take(struct resource_work *x)
{
	struct did *d = x->row;

	text_take(x->rq, "title", d->title, sizeof(d->title), &x->fe);
	d->active = request_bool(x->rq, "active", d->active);
	(void)dest_take(x->rq->body, "dest", &d->dest, &x->fe);
	return 0;
}

static const struct resource dids = {
	.audit = "did",
	.model = &did_model,
	.title = offsetof(struct did, number),
	.list_h = list_h,
	.json_h = did_json,
	.take_h = did_take,
};

/** GET /dids */
void dids_get(struct request *rq, struct reply *rp)
{
	resource_list(&dids, rq, rp);
}

/** PATCH /dids/{id}: where it leads; the number itself is the platform's to give */
void did_patch(struct request *rq, struct reply *rp)
{
	resource_change(&dids, rq, rp);
}
