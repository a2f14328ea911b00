/**
 * @file dnc.c  Numbers that no fax is sent to
 */
#include "dnc.h"
#include "resource.h"
#include "text.h"

RESOURCE_MODEL(dnc);

static json_t *dnc_json(struct resource_work *x, const void *row)
{
	const struct dnc *d = row;
	json_t *o = json_object();

	put_text(o, "id", d->id);
	put_text(o, "number", d->number);
	put_text(o, "note", d->note);
	put_text(o, "addedBy", d->added_by);
	put_time(o, "addedAt", d->created_at);
	return o;
}

static int row_h(const struct dnc *d, void *arg)
{
	return resource_row(arg, d, d->number);
}

static int list_h(struct resource_work *x)
{
	return dnc_list(x->db, x->tenant, request_query(x->rq, "q"), page_after(&x->page),
			page_ask(&x->page), row_h, x);
}

static int dnc_take(struct resource_work *x)
{
	struct dnc *d = x->row;

	text_take(x->rq, "note", d->note, sizeof(d->note), &x->fe);
	if (d->id[0])
		return 0;
	text_take(x->rq, "number", d->number, sizeof(d->number), &x->fe);
	text_printf(d->added_by, sizeof(d->added_by), "%s", who_of(x->rq)->user.name);
	return 0;
}

static const struct resource dnc = {
	.audit = "dnc",
	.model = &dnc_model,
	.title = offsetof(struct dnc, number),
	.list_h = list_h,
	.json_h = dnc_json,
	.take_h = dnc_take,
};

/** GET /dnc?q= */
void dnc_get_all(struct request *rq, struct reply *rp)
{
	resource_list(&dnc, rq, rp);
}

/** GET /dnc/{id} */
void dnc_get_one(struct request *rq, struct reply *rp)
{
	resource_show(&dnc, rq, rp);
}

/** POST /dnc */
void dnc_post(struct request *rq, struct reply *rp)
{
	resource_add(&dnc, rq, rp);
}

/** PATCH /dnc/{id}: the note */
void dnc_patch(struct request *rq, struct reply *rp)
{
	resource_change(&dnc, rq, rp);
}

/** DELETE /dnc/{id} */
void dnc_delete(struct request *rq, struct reply *rp)
{
	resource_remove(&dnc, rq, rp);
}
