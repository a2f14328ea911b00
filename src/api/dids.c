/**
 * @file dids.c  Phone numbers: the tenant's for administrators, those that lead to oneself for
 * others
 */
#include <string.h>
#include "did.h"
#include "resource.h"
#include "text.h"

RESOURCE_MODEL(did);

static json_t *did_json(struct resource_work *x, const void *row)
{
	const struct did *d = row;
	struct dest fax = {.kind = DEST_fax};
	json_t *o = json_object();

	put_text(o, "id", d->id);
	put_text(o, "number", d->number);
	put_text(o, "title", d->title);
	put_text(o, "kind", did_kind_name(d->kind));
	json_object_set_new(o, "dest", dest_json(x->db, d->tenant, &d->dest));
	put_bool(o, "active", d->active);
	put_words(o, "faxEmails", d->fax_emails);
	str_ncpy(fax.target, d->fax_target, sizeof(fax.target));
	json_object_set_new(o, "faxDest",
			    dest_json(x->db, d->tenant, d->fax_target[0] ? &fax : NULL));
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
	return did_list(x->db, x->tenant, all ? NULL : &own, request_query(x->rq, "q"),
			page_after(&x->page), page_ask(&x->page), row_h, x);
}

static void fresh(void *row)
{
	struct did *d = row;

	d->active = true;
}

/* A number may be any tenant's: only the platform says whose it is. */
static void number_take(struct did *d, struct resource_work *x)
{
	const char *kind = request_text(x->rq, "kind");

	if (who_of(x->rq)->user.role == USER_platform) {
		text_take(x->rq, "number", d->number, sizeof(d->number), &x->fe);
		if (kind)
			d->kind = strcmp(kind, "fax") ? DID_VOICE : DID_FAX;
		return;
	}
	if (request_has(x->rq, "number") && strcmp(request_text(x->rq, "number"), d->number))
		field_error(&x->fe, "number", "is the platform's to give");
	if (kind && strcmp(kind, did_kind_name(d->kind)))
		field_error(&x->fe, "kind", "is the platform's to give");
}

static void fax_take(struct did *d, struct resource_work *x)
{
	struct dest fax = {.kind = DEST_fax};

	if (!request_has(x->rq, "faxDest"))
		return;
	if (dest_take(x->rq->body, "faxDest", &fax, &x->fe) && fax.kind != DEST_fax)
		field_error(&x->fe, "faxDest", "must be somebody's faxes");
	str_ncpy(d->fax_target, fax.target, sizeof(d->fax_target));
}

static int did_take(struct resource_work *x)
{
	struct did *d = x->row;

	number_take(d, x);
	text_take(x->rq, "title", d->title, sizeof(d->title), &x->fe);
	emails_take(x->rq, "faxEmails", d->fax_emails, sizeof(d->fax_emails), &x->fe);
	d->active = request_bool(x->rq, "active", d->active);
	(void)dest_take(x->rq->body, "dest", &d->dest, &x->fe);
	fax_take(d, x);
	return 0;
}

static const struct resource dids = {
	.audit = "did",
	.model = &did_model,
	.title = offsetof(struct did, number),
	.fresh_h = fresh,
	.list_h = list_h,
	.json_h = did_json,
	.take_h = did_take,
};

/** GET /dids */
void dids_get(struct request *rq, struct reply *rp)
{
	resource_list(&dids, rq, rp);
}

/** GET /dids/{id} */
void did_get_one(struct request *rq, struct reply *rp)
{
	resource_show(&dids, rq, rp);
}

/** POST /dids: a number for the tenant that a platform administrator acts through */
void did_post(struct request *rq, struct reply *rp)
{
	if (tenant_chosen(rq, rp))
		resource_add(&dids, rq, rp);
}

/** PATCH /dids/{id}: where it leads; the number itself is the platform's to give */
void did_patch(struct request *rq, struct reply *rp)
{
	resource_change(&dids, rq, rp);
}

/** DELETE /dids/{id} */
void did_delete(struct request *rq, struct reply *rp)
{
	if (tenant_chosen(rq, rp))
		resource_remove(&dids, rq, rp);
}
