/**
 * @file fax_forget.c  Faxes that are deleted, with everything that is theirs
 */
#include <errno.h>
#include <string.h>
#include "fax_document.h"
#include "fax_forget.h"
#include "fax_sent.h"
#include "own.h"

enum { OLD = 50 };

/** What is old enough: ids, with the file that is the row's own */
struct old {
	unsigned count, limit;
	struct {
		char id[ID_SIZE], blob[BLOB_KEY];
	} v[OLD];
};

static int blob_drop(struct blobs *blobs, const char *key)
{
	int err = key[0] ? blob_delete(blobs, key) : 0;

	return err == ENOENT ? 0 : err;
}

static int pages_drop(struct db *db, struct blobs *blobs, int64_t tenant, const char *id,
		      int64_t pages)
{
	char blob[BLOB_KEY];
	int err = 0;

	for (int64_t i = PAGE_THUMB; !err && i <= pages; i++) {
		err = fax_page_get(blob, db, tenant, id, i);
		err = err == ENOENT ? 0 : err ? err : blob_drop(blobs, blob);
	}
	return err ? err : fax_pages_remove(db, tenant, id);
}

static int parts_drop(struct db *db, struct blobs *blobs, int64_t tenant, const char *id)
{
	struct fax_parts parts;
	int err = fax_parts_get(&parts, db, tenant, id);

	for (unsigned i = 0; !err && i < parts.count; i++)
		err = blob_drop(blobs, parts.v[i].source);
	return err ? err : fax_parts_remove(db, tenant, id);
}

/** Deletes a received fax */
int fax_received_forget(struct db *db, struct blobs *blobs, const struct fax_received *f)
{
	int err = pages_drop(db, blobs, f->tenant, f->id, f->pages);

	if (!err)
		err = blob_drop(blobs, f->pdf);
	if (!err)
		err = blob_drop(blobs, f->blob);
	return err ? err : fax_received_remove(db, f->tenant, f->id);
}

static int old_h(const struct db_row *row, void *arg)
{
	struct old *o = arg;

	if (o->count == o->limit)
		return DB_STOP;
	db_copy(o->v[o->count].id, ID_SIZE, row, 0);
	db_copy(o->v[o->count++].blob, BLOB_KEY, row, 1);
	return 0;
}

static int received_old(struct old *o, struct db *db, struct blobs *blobs, int64_t tenant,
			int64_t before)
{
	struct fax_received f;
	int err = db_query(db, old_h, o,
			   "SELECT id, '' FROM fax_received WHERE tenant_id = $1 AND "
			   "received_at < $2 AND state IN ('complete', 'incomplete', 'failed') "
			   "ORDER BY id LIMIT $3",
			   "iid", tenant, before, (int)o->limit);

	for (unsigned i = 0; !err && i < o->count; i++) {
		err = fax_received_get(&f, db, tenant, o->v[i].id);
		err = err ? err : fax_received_forget(db, blobs, &f);
	}
	return err;
}

static int sent_old(struct old *o, struct db *db, struct blobs *blobs, int64_t tenant,
		    int64_t before)
{
	int err = db_query(db, old_h, o,
			   "SELECT id, blob FROM fax WHERE tenant_id = $1 AND ended_at > 0 AND "
			   "ended_at < $2 AND state IN ('sent', 'failed', 'cancelled') "
			   "ORDER BY id LIMIT $3",
			   "iid", tenant, before, (int)o->limit);

	for (unsigned i = 0; !err && i < o->count; i++) {
		err = blob_drop(blobs, o->v[i].blob);
		err = err ? err : pages_drop(db, blobs, tenant, o->v[i].id, 1); /* its cover page */
		err = err ? err : fax_sent_drop(db, blobs, tenant, o->v[i].id, 0);
		if (!err)
			err = db_exec(db,
				      "DELETE FROM fax_attempt WHERE tenant_id = $1 AND fax_id = "
				      "$2",
				      "is", tenant, o->v[i].id);
		if (!err)
			err = db_exec(db, "DELETE FROM fax WHERE tenant_id = $1 AND id = $2", "is",
				      tenant, o->v[i].id);
	}
	return err;
}

/* What was uploaded and no fax is left of, sent or not */
static int documents_old(struct old *o, struct db *db, struct blobs *blobs, int64_t tenant,
			 int64_t before)
{
	struct fax_document d;
	int err = db_query(db, old_h, o,
			   "SELECT id, blob FROM fax_document WHERE tenant_id = $1 AND "
			   "created_at < $2 AND state <> 'converting' AND NOT EXISTS (SELECT 1 "
			   "FROM fax WHERE fax.tenant_id = $1 AND fax.document_id = "
			   "fax_document.id) ORDER BY id LIMIT $3",
			   "iid", tenant, before, (int)o->limit);

	for (unsigned i = 0; !err && i < o->count; i++) {
		err = fax_document_get(&d, db, tenant, o->v[i].id);
		if (!err)
			err = pages_drop(db, blobs, tenant, d.id, d.pages);
		if (!err)
			err = blob_drop(blobs, o->v[i].blob);
		if (!err)
			err = parts_drop(db, blobs, tenant, d.id);
		if (!err)
			err = db_exec(db,
				      "DELETE FROM fax_document WHERE tenant_id = $1 AND id = $2",
				      "is", tenant, d.id);
	}
	return err;
}

/**
 * Forgets faxes, received and sent, that ended before a time, and documents that nobody needs
 *
 * @param n      Result: how many went; 0 when there are none left
 * @param db     Connection
 * @param blobs  Where their files are
 * @param tenant Whose
 * @param before Wall ms
 * @param limit  Most of each
 *
 * @return 0 or errno
 */
int fax_forget_old(unsigned *n, struct db *db, struct blobs *blobs, int64_t tenant, int64_t before,
		   unsigned limit)
{
	int (*const kinds[])(struct old *, struct db *, struct blobs *, int64_t,
			     int64_t) = {received_old, sent_old, documents_old};
	AUTO struct old *o = mem_zalloc(sizeof(*o), NULL);
	int err = o ? 0 : ENOMEM;

	*n = 0;
	for (size_t i = 0; !err && i < COUNT(kinds); i++) {
		o->count = 0;
		o->limit = limit < OLD ? limit : OLD;
		err = kinds[i](o, db, blobs, tenant, before);
		*n += o->count;
	}
	return err;
}

/** Whether a fax of any tenant is on its way, so that its files in the fax folder are needed */
int fax_file_needed(bool *needed, struct db *db, const char *id)
{
	int64_t n = 1;
	int err = db_number(
		db, &n,
		"SELECT (SELECT count(*) FROM fax WHERE id = $1 AND state IN "
		"('queued', 'converting', 'sending', 'cancelling')) + (SELECT count(*) FROM "
		"fax_received WHERE id = $1 AND state IN ('receiving', 'converting'))",
		"s", id);

	*needed = err || n > 0;
	return err;
}
