/**
 * @file fax_documents.c  Documents to be faxed: sent here, looked at page by page
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "clock.h"
#include "fax_box.h"
#include "fax_document.h"
#include "faxes.h"
#include "job_row.h"
#include "text.h"

struct document_work {
	struct request *rq;
	struct fax_document d;
	struct fax_parts parts;
	struct field_errors fe;
	const char *quality; /* NULL: its extension's */
	int64_t page;
	char blob[BLOB_KEY];
};

/** How a document reads */
json_t *document_json(const struct fax_document *d, const struct fax_parts *parts)
{
	json_t *o = json_object(), *files = json_array();

	put_text(o, "id", d->id);
	put_text(o, "name", d->name);
	put_text(o, "quality", d->fine ? "fine" : "standard");
	put_text(o, "picture", d->picture);
	put_text(o, "state", fax_document_state_name(d->state));
	put_int(o, "pages", d->pages);
	put_int(o, "seconds", d->seconds);
	put_word(o, "reason", d->reason);
	put_int(o, "createdAt", d->created_at);
	for (unsigned i = 0; i < parts->count; i++)
		json_array_append_new(files, json_string(parts->v[i].name));
	json_object_set_new(o, "files", files);
	return o;
}

/** The only part of a document, by its name; its file is still to be put there */
void document_one(struct fax_parts *parts, const struct fax_document *d)
{
	parts->count = 1;
	str_ncpy(parts->v[0].name, d->name, sizeof(parts->v[0].name));
	blob_key(parts->v[0].source, d->tenant, clock_wall_ms());
}

/** Adds a document whose parts are there, and what converts it */
int document_take(struct fax_document *d, const struct fax_parts *parts, struct db *db)
{
	struct job_row job = {.tenant = d->tenant, .kind = JOB_convert};
	int err = fax_document_add(db, d, parts);

	str_ncpy(job.object_id, d->id, sizeof(job.object_id));
	return err ? err : job_add(db, &job);
}

static int add_fn(struct db *db, void *obj)
{
	struct document_work *x = obj;

	int err = x->quality ? 0 : fax_box_fine(&x->d.fine, db, x->d.tenant, x->d.extension_id);

	return err ? err : document_take(&x->d, &x->parts, db);
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
	x->quality = quality;
	x->d.fine = quality && !strcmp(quality, "fine");
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
	document_one(&x.parts, &x.d);
	err = blob_put(api_of(rq)->conf.blobs, x.parts.v[0].source, rq->file->buf, rq->file->end);
	if (!err)
		err = store_write_wait(api_of(rq)->conf.store, add_fn, &x);
	if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 201, document_json(&x.d, &x.parts));
}

/* The files of one of the documents that are joined, behind those before */
static int parts_append(struct document_work *x, struct db *db, const char *id)
{
	const struct who *w = who_of(x->rq);
	struct fax_document d;
	struct fax_parts more;
	int err = fax_document_get(&d, db, w->tenant, id);

	if (err == ENOENT || (!err && !who_has(w, d.extension_id))) {
		field_error(&x->fe, "documentIds", "names a document that does not exist");
		return 0;
	}
	err = err ? err : fax_parts_get(&more, db, w->tenant, id);
	if (err)
		return err;
	if (d.state == DOCUMENT_REFUSED)
		field_error(&x->fe, "documentIds", "%.100s cannot be faxed: %s", d.name, d.reason);
	else if (x->parts.count + more.count > DOCUMENT_PARTS)
		field_error(&x->fe, "documentIds", "must be at most %d files", DOCUMENT_PARTS);
	else
		memcpy(&x->parts.v[x->parts.count], more.v, more.count * sizeof(more.v[0]));
	if (!x->fe.count)
		x->parts.count += more.count;
	return 0;
}

static int join_fn(struct db *db, void *obj)
{
	struct document_work *x = obj;
	const json_t *ids = json_object_get(x->rq->body, "documentIds"), *id;
	size_t i;
	int err = 0;

	json_array_foreach(ids, i, id)
	{
		err = parts_append(x, db, json_string_value(id));
		if (err || x->fe.count)
			break;
	}
	if (!err && !x->fe.count && !x->parts.count)
		field_error(&x->fe, "documentIds", "must name a document");
	return err;
}

static void parts_unlink(struct document_work *x, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		(void)blob_delete(api_of(x->rq)->conf.blobs, x->parts.v[i].source);
}

/* Each document has its files for itself: the same octets by another name */
static int parts_link(struct document_work *x)
{
	struct blobs *blobs = api_of(x->rq)->conf.blobs;
	char from[BLOB_KEY], path[BLOB_PATH];
	unsigned linked = 0;
	int64_t octets = 0;
	struct stat st;
	int err = 0;

	while (!err && linked < x->parts.count && octets <= DOCUMENT_OCTETS) {
		struct fax_part *p = &x->parts.v[linked];

		str_ncpy(from, p->source, sizeof(from));
		blob_key(p->source, x->d.tenant, clock_wall_ms());
		err = blob_link(blobs, p->source, from);
		blob_path(path, blobs, p->source);
		if (!err && !stat(path, &st))
			octets += st.st_size;
		linked += !err;
	}
	if (!err && octets > DOCUMENT_OCTETS) {
		field_error(&x->fe, "documentIds", "must be at most %d MB together",
			    DOCUMENT_OCTETS >> 20);
		err = EINVAL;
	}
	if (err)
		parts_unlink(x, linked);
	return err;
}

static void joined_name(struct fax_document *d, const struct fax_parts *parts, const char *name)
{
	if (name && name[0])
		text_printf(d->name, sizeof(d->name), "%s", name);
	else if (parts->count > 1)
		text_printf(d->name, sizeof(d->name), "%.90s and %u more", parts->v[0].name,
			    parts->count - 1);
	else
		str_ncpy(d->name, parts->v[0].name, sizeof(d->name));
}

/** POST /fax-documents/joined: the files of several documents, in this order, as one */
void fax_document_joined_post(struct request *rq, struct reply *rp)
{
	struct document_work x = {.rq = rq};
	const struct who *w = who_of(rq);
	struct store *store = api_of(rq)->conf.store;
	const char *picture = request_text(rq, "picture");
	int err = store_read(store, join_fn, &x);

	x.d.tenant = w->tenant;
	x.quality = request_text(rq, "quality");
	x.d.fine = x.quality && !strcmp(x.quality, "fine");
	str_ncpy(x.d.picture, picture ? picture : "auto", sizeof(x.d.picture));
	str_ncpy(x.d.extension_id, w->extension.id, sizeof(x.d.extension_id));
	if (!err && !x.fe.count) {
		joined_name(&x.d, &x.parts, request_text(rq, "name"));
		err = parts_link(&x);
	}
	if (!err && !x.fe.count) {
		err = store_write_wait(store, add_fn, &x);
		if (err)
			parts_unlink(&x, x.parts.count);
	}
	if (answer_fields(rp, &x.fe))
		return;
	if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 201, document_json(&x.d, &x.parts));
}

static int get_fn(struct db *db, void *obj)
{
	struct document_work *x = obj;
	const struct who *w = who_of(x->rq);
	int err = fax_document_get(&x->d, db, w->tenant, x->rq->ids[0]);

	if (!err && !who_has(w, x->d.extension_id))
		err = ENOENT;
	if (!err)
		err = fax_parts_get(&x->parts, db, w->tenant, x->d.id);
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
		reply_json(rp, 200, document_json(&x.d, &x.parts));
}

/** What doc-convert wrote, of at most 16 MiB; NULL when it is not there */
struct mbuf *file_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	struct mbuf *mb = NULL;

	if (fd >= 0 && !fstat(fd, &st) && st.st_size > 0 && st.st_size < (16 << 20))
		mb = mbuf_alloc((size_t)st.st_size);
	if (mb && read(fd, mb->buf, (size_t)st.st_size) == st.st_size)
		mb->end = (size_t)st.st_size;
	else
		mb = mem_deref(mb);
	if (fd >= 0)
		close(fd);
	return mb;
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
