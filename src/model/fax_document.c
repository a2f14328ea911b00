/**
 * @file fax_document.c  Documents that can be faxed
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "fax_document.h"
#include "own.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, extension_id, name, source, blob, fine, picture, state, pages, seconds, "  \
	"reason, created_at"

static const char *const states[] = {"converting", "ready", "refused"};

/** As stored, and as the API says it */
const char *fax_document_state_name(enum fax_document_state s)
{
	return states[s];
}

/** Adds a document that is to be converted; gives it an id unless it has one */
int fax_document_add(struct db *db, struct fax_document *d)
{
	if (!d->id[0])
		str_ncpy(d->id, id_new().s, sizeof(d->id));
	d->state = DOCUMENT_CONVERTING;
	d->created_at = clock_wall_ms();
	return db_exec(db,
		       "INSERT INTO fax_document (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, '', $6, "
		       "$7, $8, 0, 0, '', $9)",
		       "issssdssi", d->tenant, d->id, d->extension_id, d->name, d->source, d->fine,
		       d->picture, states[d->state], d->created_at);
}

static int read_h(const struct db_row *row, void *arg)
{
	struct fax_document *d = arg;

	memset(d, 0, sizeof(*d));
	d->tenant = db_int(row, 0);
	db_copy(d->id, sizeof(d->id), row, 1);
	db_copy(d->extension_id, sizeof(d->extension_id), row, 2);
	db_copy(d->name, sizeof(d->name), row, 3);
	db_copy(d->source, sizeof(d->source), row, 4);
	db_copy(d->blob, sizeof(d->blob), row, 5);
	d->fine = db_int(row, 6);
	db_copy(d->picture, sizeof(d->picture), row, 7);
	for (size_t i = 0; i < COUNT(states); i++) {
		if (!strcmp(states[i], db_text(row, 8)))
			d->state = (enum fax_document_state)i;
	}
	d->pages = db_int(row, 9);
	d->seconds = db_int(row, 10);
	db_copy(d->reason, sizeof(d->reason), row, 11);
	d->created_at = db_int(row, 12);
	return 0;
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
