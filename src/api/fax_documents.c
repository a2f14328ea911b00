/**
 * @file fax_documents.c  Documents to be faxed: sent here, looked at page by page
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "fax_document.h"
#include "faxes.h"
#include "job_row.h"
#include "text.h"

struct document_work {
	struct request *rq;
	struct fax_document d;
	int64_t page;
	char blob[BLOB_KEY];
};

static json_t *document_json(const struct fax_document *d)
{
	json_t *o = json_object();

	put_text(o, "id", d->id);
	put_text(o, "name", d->name);
	put_text(o, "quality", d->fine ? "fine" : "standard");
	put_text(o, "picture", d->picture);
	put_text(o, "state", fax_document_state_name(d->state));
	put_int(o, "pages", d->pages);
	put_int(o, "seconds", d->seconds);
	put_word(o, "reason", d->reason);
	put_int(o, "createdAt", d->created_at);
	return o;
}

static int add_fn(struct db *db, void *obj)
{
	struct document_work *x = obj;
	struct job_row job = {.tenant = x->d.tenant, .kind = JOB_convert};
	int err = fax_document_add(db, &x->d);

	str_ncpy(job.object_id, x->d.id, sizeof(job.object_id));
	return err ? err : job_add(db, &job);
}

/* What the query says of it: ?name=&quality=&picture= */
static bool options_take(struct document_work *x, struct reply *rp)
{
	const char *name = request_query(x->rq, "name");
	const char *quality = request_query(x->rq, "quality");
	const char *picture = request_query(x->rq, "picture");

	if (quality && strcmp(quality, "fine") && strcmp(quality, "standard"))
		reply_field(rp, "quality", "must be fine or standard");
	if (picture && strcmp(picture, "auto") && strcmp(picture, "text") &&
	    strcmp(picture, "photo"))
		reply_field(rp, "picture", "must be auto, text or photo");
	if (name && (strlen(name) >= sizeof(x->d.name) || !text_utf8(name, strlen(name))))
		reply_field(rp, "name", "must be at most %d characters",
			    (int)sizeof(x->d.name) - 1);
	if (!x->rq->file || !x->rq->file->end)
		reply_field(rp, "file", "must not be empty");
	if (reply_status(rp))
		return false;
	x->d.fine = !quality || !strcmp(quality, "fine");
	str_ncpy(x->d.picture, picture ? picture : "auto", sizeof(x->d.picture));
	str_ncpy(x->d.name, name ? name : "Document", sizeof(x->d.name));
	return true;
}

/** POST /fax-documents */
void fax_document_post(struct request *rq, struct reply *rp)
{
	struct document_work x = {.rq = rq};
	const struct who *w = who_of(rq);
	int err;

	if (!options_take(&x, rp))
		return;
	x.d.tenant = w->tenant;
	str_ncpy(x.d.extension_id, w->extension.id, sizeof(x.d.extension_id));
	blob_key(x.d.source, w->tenant, clock_wall_ms());
	err = blob_put(api_of(rq)->conf.blobs, x.d.source, rq->file->buf, rq->file->end);
	if (!err)
		err = store_write_wait(api_of(rq)->conf.store, add_fn, &x);
	if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 201, document_json(&x.d));
}

static int get_fn(struct db *db, void *obj)
{
	struct document_work *x = obj;
	const struct who *w = who_of(x->rq);
	int err = fax_document_get(&x->d, db, w->tenant, x->rq->ids[0]);

	if (!err && !w->admin && strcmp(x->d.extension_id, w->extension.id))
		err = ENOENT;
	if (!err && x->page)
		err = fax_page_get(x->blob, db, w->tenant, x->d.id, x->page);
	return err;
}

/** GET /fax-documents/{id} */
void fax_document_get_one(struct request *rq, struct reply *rp)
{
	struct document_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, get_fn, &x);

	if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 200, document_json(&x.d));
}

/** Answers with a blob as a file of a type */
void blob_answer(const struct request *rq, struct reply *rp, const char *blob, const char *type)
{
	off_t size = 0;
	int fd, err = blob_open(&fd, &size, api_of(rq)->conf.blobs, blob);

	if (err)
		answer_error(rp, err);
	else
		reply_file(rp, type, fd, size);
}

/** GET /fax-documents/{id}/pages/{page}: what will be sent, dot by dot */
void fax_document_page_get(struct request *rq, struct reply *rp)
{
	struct document_work x = {.rq = rq, .page = strtoll(rq->ids[1], NULL, 10)};
	int err = x.page > 0 ? store_read(api_of(rq)->conf.store, get_fn, &x) : ENOENT;

	if (err)
		answer_error(rp, err);
	else
		blob_answer(rq, rp, x.blob, "image/png");
}
