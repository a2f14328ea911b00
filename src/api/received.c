/**
 * @file received.c  Faxes that came in: one's own, and as an administrator those of the tenant
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "emails.h"
#include "fax_document.h"
#include "fax_forget.h"
#include "fax_mail.h"
#include "fax_received.h"
#include "faxes.h"
#include "job_row.h"
#include "text.h"

struct received_work {
	struct request *rq;
	struct page page;
	struct fax_received f;
	int64_t number; /* of a page */
	char blob[BLOB_KEY];
	struct db *db; /* of the transaction that mails it */
	char emails[EMAILS];
	struct fax_document d;
	struct fax_parts parts;
	struct field_errors fe;
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

/** A received fax; ENOENT also for what is not one's own, or not there yet */
int received_find(struct fax_received *f, struct db *db, const struct request *rq, const char *id)
{
	const struct who *w = who_of(rq);
	int err = fax_received_get(f, db, w->tenant, id);

	if (!err && f->state == RECEIVED_RECEIVING)
		err = ENOENT;
	return !err && !who_has(w, f->extension_id) ? ENOENT : err;
}

/* The one that the path names */
static int received_of(struct received_work *x, struct db *db)
{
	return received_find(&x->f, db, x->rq, x->rq->ids[0]);
}

/* While it is being filed it is shown, and nothing else: EBUSY */
static int filed_of(struct received_work *x, struct db *db)
{
	int err = received_of(x, db);

	return !err && x->f.state == RECEIVED_CONVERTING ? EBUSY : err;
}

static int filed_fn(struct db *db, void *obj)
{
	return filed_of(obj, db);
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
	int err = x.number <= 0 ? ENOENT : store_read(api_of(rq)->conf.store, page_fn, &x);

	if (err)
		answer_error(rp, err);
	else
		blob_answer(rq, rp, x.blob, "image/png");
}

/** GET /received-faxes/{id}/thumbnail: its first page, small, PNG */
void received_fax_thumb_get(struct request *rq, struct reply *rp)
{
	struct received_work x = {.rq = rq, .number = PAGE_THUMB};
	int err = store_read(api_of(rq)->conf.store, page_fn, &x);

	if (err)
		answer_error(rp, err);
	else
		blob_answer(rq, rp, x.blob, "image/png");
}

static void file_answer(struct request *rq, struct reply *rp, bool pdf)
{
	struct received_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, filed_fn, &x);
	const char *blob = pdf ? x.f.pdf : x.f.blob;

	if (!err && !blob[0])
		err = ENOENT; /* it could not be converted */
	if (err) {
		answer_error(rp, err);
		return;
	}
	blob_answer(rq, rp, blob, pdf ? "application/pdf" : "image/tiff");
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

static int delete_fn(struct db *db, void *obj)
{
	struct received_work *x = obj;
	int err = filed_of(x, db);

	if (!err)
		err = fax_received_forget(db, api_of(x->rq)->conf.blobs, &x->f);
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

/* --- sent on -----------------------------------------------------------------------------------
 */

static int address_h(const char *address, void *arg)
{
	const struct received_work *x = arg;

	return fax_mail_forward(x->db, &x->f, address);
}

static int mail_fn(struct db *db, void *obj)
{
	struct received_work *x = obj;
	int err = filed_of(x, db);

	x->db = db;
	err = err ? err : emails_each(x->emails, address_h, x);
	if (!err)
		audit_note(db, x->rq, "fax.mail", x->f.id, x->emails);
	return err;
}

/** POST /received-faxes/{id}/mail: the PDF to the addresses in "to" */
void received_fax_mail_post(struct request *rq, struct reply *rp)
{
	struct received_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, filed_fn, &x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	emails_take(rq, "to", x.emails, sizeof(x.emails), &x.fe);
	emails_check(&x.fe, "to", x.emails);
	if (!x.fe.count && !x.emails[strspn(x.emails, " ")])
		field_error(&x.fe, "to", "must name an address");
	if (answer_fields(rp, &x.fe))
		return;
	err = store_write_wait(api_of(rq)->conf.store, mail_fn, &x);
	if (err)
		answer_error(rp, err);
	else
		reply_done(rp);
}

static int document_fn(struct db *db, void *obj)
{
	struct received_work *x = obj;

	return document_take(&x->d, &x->parts, db);
}

/** POST /received-faxes/{id}/document: its pages as a document, which can be faxed on */
void received_fax_document_post(struct request *rq, struct reply *rp)
{
	struct received_work x = {.rq = rq};
	const struct who *w = who_of(rq);
	const struct api *api = api_of(rq);
	int err = store_read(api->conf.store, filed_fn, &x);

	if (!err) {
		x.d.tenant = w->tenant;
		x.d.fine = true;
		str_ncpy(x.d.extension_id, w->extension.id, sizeof(x.d.extension_id));
		str_ncpy(x.d.picture, "auto", sizeof(x.d.picture));
		text_printf(x.d.name, sizeof(x.d.name), "Fax%s%s", x.f.from[0] ? " from " : "",
			    x.f.from);
		document_one(&x.parts, &x.d);
		err = blob_link(api->conf.blobs, x.parts.v[0].source, x.f.blob);
	}
	if (!err) {
		err = store_write_wait(api->conf.store, document_fn, &x);
		if (err)
			(void)blob_delete(api->conf.blobs, x.parts.v[0].source);
	}
	if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 201, document_json(&x.d, &x.parts));
}
