/**
 * @file received.c  Faxes that came in: one's own, and as an administrator those of the tenant
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "fax_document.h"
#include "fax_received.h"
#include "faxes.h"

struct received_work {
	struct request *rq;
	struct page page;
	struct fax_received f;
	int64_t number; /* of a page */
	char blob[BLOB_KEY];
};

static json_t *received_json(const struct fax_received *f)
{
	json_t *o = json_object();

	put_text(o, "id", f->id);
	put_text(o, "extensionId", f->extension_id);
	put_text(o, "to", f->to);
	put_text(o, "from", f->from);
	put_word(o, "ident", f->ident);
	put_text(o, "state", fax_received_state_name(f->state));
	put_word(o, "reason", f->reason);
	put_int(o, "pages", f->pages);
	put_int(o, "rate", f->rate);
	put_bool(o, "ecm", f->ecm);
	put_bool(o, "t38", f->t38);
	put_time(o, "readAt", f->read_at);
	put_int(o, "receivedAt", f->received_at);
	return o;
}

static int row_h(const struct fax_received *f, void *arg)
{
	struct received_work *x = arg;

	return page_add(&x->page, received_json(f), f->id) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct received_work *x = obj;
	const struct who *w = who_of(x->rq);

	if (!w->admin && !w->extension.id[0])
		return 0;
	return fax_received_list(db, w->tenant, w->admin ? "" : w->extension.id,
				 page_after(&x->page), page_ask(&x->page), row_h, x);
}

/** GET /received-faxes */
void received_faxes_get(struct request *rq, struct reply *rp)
{
	struct received_work x = {.rq = rq};

	page_list(&x.page, rq, rp, list_fn, &x);
}

/* The fax that the path names; ENOENT also for what is not one's own, or not there yet */
static int received_of(struct received_work *x, struct db *db)
{
	const struct who *w = who_of(x->rq);
	int err = fax_received_get(&x->f, db, w->tenant, x->rq->ids[0]);

	if (!err && x->f.state != RECEIVED_COMPLETE && x->f.state != RECEIVED_INCOMPLETE)
		err = ENOENT;
	return !err && !w->admin && strcmp(x->f.extension_id, w->extension.id) ? ENOENT : err;
}

static int get_fn(struct db *db, void *obj)
{
	return received_of(obj, db);
}

/** GET /received-faxes/{id} */
void received_fax_get(struct request *rq, struct reply *rp)
{
	struct received_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, get_fn, &x);

	if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 200, received_json(&x.f));
}

static int page_fn(struct db *db, void *obj)
{
	struct received_work *x = obj;
	int err = received_of(x, db);

	return err ? err : fax_page_get(x->blob, db, x->f.tenant, x->f.id, x->number);
}

/** GET /received-faxes/{id}/pages/{page}: a page dot by dot, PNG */
void received_fax_page_get(struct request *rq, struct reply *rp)
{
	struct received_work x = {.rq = rq, .number = strtoll(rq->ids[1], NULL, 10)};
	int err = store_read(api_of(rq)->conf.store, page_fn, &x);

	if (err)
		answer_error(rp, err);
	else
		blob_answer(rq, rp, x.blob, "image/png");
}

static void file_answer(struct request *rq, struct reply *rp, bool pdf)
{
	struct received_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, get_fn, &x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	blob_answer(rq, rp, pdf ? x.f.pdf : x.f.blob, pdf ? "application/pdf" : "image/tiff");
	if (request_query(rq, "download"))
		reply_header(rp, "Content-Disposition", "attachment; filename=\"fax-%.8s.%s\"",
			     x.f.id, pdf ? "pdf" : "tif");
}

/** GET /received-faxes/{id}/pdf: the pages, dot by dot */
void received_fax_pdf_get(struct request *rq, struct reply *rp)
{
	file_answer(rq, rp, true);
}

/** GET /received-faxes/{id}/tiff: as the machine wrote it */
void received_fax_tiff_get(struct request *rq, struct reply *rp)
{
	file_answer(rq, rp, false);
}

static int read_fn(struct db *db, void *obj)
{
	struct received_work *x = obj;
	int err = received_of(x, db);

	if (err)
		return err;
	x->f.read_at = !request_bool(x->rq, "read", true) ? 0
		       : x->f.read_at			  ? x->f.read_at
							  : clock_wall_ms();
	return fax_received_change(db, &x->f);
}

/** PATCH /received-faxes/{id} */
void received_fax_patch(struct request *rq, struct reply *rp)
{
	struct received_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, read_fn, &x);

	if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 200, received_json(&x.f));
}

/* The files first: a row without them can be deleted again, files without a row never */
static int delete_fn(struct db *db, void *obj)
{
	struct received_work *x = obj;
	struct blobs *blobs = api_of(x->rq)->conf.blobs;
	int err = received_of(x, db);

	for (x->number = 1; !err && x->number <= x->f.pages; x->number++) {
		err = fax_page_get(x->blob, db, x->f.tenant, x->f.id, x->number);
		err = err == ENOENT ? 0 : err ? err : blob_delete(blobs, x->blob);
	}
	if (!err)
		err = fax_pages_remove(db, x->f.tenant, x->f.id);
	if (!err)
		err = blob_delete(blobs, x->f.pdf);
	if (!err)
		err = blob_delete(blobs, x->f.blob);
	if (!err)
		err = fax_received_remove(db, x->f.tenant, x->f.id);
	if (!err)
		audit_note(db, x->rq, "fax.delete", x->f.id, x->f.from);
	return err;
}

/** DELETE /received-faxes/{id} */
void received_fax_delete(struct request *rq, struct reply *rp)
{
	struct received_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, delete_fn, &x);

	if (err)
		answer_error(rp, err);
	else
		reply_done(rp);
}
