/**
 * @file fax_document.c  Documents that can be faxed
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "fax_document.h"
#include "own.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, extension_id, name, blob, fine, picture, state, pages, seconds, reason, "  \
	"created_at"

static const char *const states[] = {"converting", "ready", "refused"};

/** As stored, and as the API says it */
const char *fax_document_state_name(enum fax_document_state s)
{
	return states[s];
}

/* A release before this one reads the first part only, in the document's own row */
static const char *first_source(const struct fax_parts *parts)
{
	return parts->count ? parts->v[0].source : "";
}

static int part_add(struct db *db, const struct fax_document *d, const struct fax_part *p,
		    unsigned number)
{
	return db_exec(db,
		       "INSERT INTO fax_part (tenant_id, document_id, number, name, source) "
		       "VALUES ($1, $2, $3, $4, $5)",
		       "isiss", d->tenant, d->id, (int64_t)number, p->name, p->source);
}

/** Adds a document that is to be converted, of one part at least; gives it an id unless it has one
 */
int fax_document_add(struct db *db, struct fax_document *d, const struct fax_parts *parts)
{
	int err;

	if (!d->id[0])
		str_ncpy(d->id, id_new().s, sizeof(d->id));
	d->state = DOCUMENT_CONVERTING;
	d->created_at = clock_wall_ms();
	err = db_exec(db,
		      "INSERT INTO fax_document (source, " COLUMNS ") VALUES ($1, $2, $3, $4, $5, "
		      "'', $6, $7, $8, 0, 0, '', $9)",
		      "sisssdssi", first_source(parts), d->tenant, d->id, d->extension_id, d->name,
		      d->fine, d->picture, states[d->state], d->created_at);
	for (unsigned i = 0; !err && i < parts->count; i++)
		err = part_add(db, d, &parts->v[i], i + 1);
	return err;
}

static int part_h(const struct db_row *row, void *arg)
{
	struct fax_parts *parts = arg;
	struct fax_part *p = &parts->v[parts->count];

	if (parts->count == DOCUMENT_PARTS)
		return DB_STOP;
	db_copy(p->name, sizeof(p->name), row, 0);
	db_copy(p->source, sizeof(p->source), row, 1);
	parts->count++;
	return 0;
}

/** The files a document is made of, in their order; none when there is no such document */
int fax_parts_get(struct fax_parts *parts, struct db *db, int64_t tenant, const char *id)
{
	parts->count = 0;
	return db_query(db, part_h, parts,
			"SELECT name, source FROM fax_part WHERE tenant_id = $1 AND document_id = "
			"$2 ORDER BY number",
			"is", tenant, id);
}

static int read_h(const struct db_row *row, void *arg)
{
	struct fax_document *d = arg;

	memset(d, 0, sizeof(*d));
	d->tenant = db_int(row, 0);
	db_copy(d->id, sizeof(d->id), row, 1);
	db_copy(d->extension_id, sizeof(d->extension_id), row, 2);
	db_copy(d->name, sizeof(d->name), row, 3);
	db_copy(d->blob, sizeof(d->blob), row, 4);
	d->fine = db_int(row, 5);
	db_copy(d->picture, sizeof(d->picture), row, 6);
	for (size_t i = 0; i < COUNT(states); i++) {
		if (!strcmp(states[i], db_text(row, 7)))
			d->state = (enum fax_document_state)i;
	}
	d->pages = db_int(row, 8);
	d->seconds = db_int(row, 9);
	db_copy(d->reason, sizeof(d->reason), row, 10);
	d->created_at = db_int(row, 11);
	return 0;
}

/** Forgets the parts of a document; their files are the caller's */
int fax_parts_remove(struct db *db, int64_t tenant, const char *id)
{
	return db_exec(db, "DELETE FROM fax_part WHERE tenant_id = $1 AND document_id = $2", "is",
		       tenant, id);
}

/** One document of the tenant; ENOENT */
int fax_document_get(struct fax_document *d, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, read_h, d,
		       "SELECT " COLUMNS " FROM fax_document WHERE tenant_id = $1 AND id = $2",
		       "is", tenant, id);
}

/** Adds the picture of a page, of a document or of a received fax */
int fax_page_add(struct db *db, int64_t tenant, const char *id, unsigned number, const char *blob)
{
	return db_exec(db,
		       "INSERT INTO fax_page (tenant_id, document_id, number, blob) "
		       "VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, document_id, number) "
		       "DO UPDATE SET blob = excluded.blob",
		       "isis", tenant, id, (int64_t)number, blob);
}

static int blob_h(const struct db_row *row, void *arg)
{
	db_copy(arg, BLOB_KEY, row, 0);
	return 0;
}

/** The picture of a page; ENOENT */
int fax_page_get(char blob[BLOB_KEY], struct db *db, int64_t tenant, const char *id, int64_t number)
{
	return db_find(db, blob_h, blob,
		       "SELECT blob FROM fax_page WHERE tenant_id = $1 AND document_id = $2 AND "
		       "number = $3",
		       "isi", tenant, id, number);
}

/** Forgets the pictures of a document or of a received fax; their files are the caller's */
int fax_pages_remove(struct db *db, int64_t tenant, const char *id)
{
	return db_exec(db, "DELETE FROM fax_page WHERE tenant_id = $1 AND document_id = $2", "is",
		       tenant, id);
}

/** The conversion has ended: ready with its pages, or refused with a reason */
int fax_document_end(struct db *db, const struct fax_document *d)
{
	return db_change(db,
			 "UPDATE fax_document SET state = $3, blob = $4, pages = $5, seconds = $6, "
			 "reason = $7 WHERE tenant_id = $1 AND id = $2",
			 "isssiis", d->tenant, d->id, states[d->state], d->blob, d->pages,
			 d->seconds, d->reason);
}
