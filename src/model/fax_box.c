/**
 * @file fax_box.c  What an extension has done with its faxes
 */
#include <errno.h>
#include <string.h>
#include "fax_box.h"
#include "own.h"
#include "tenant.h"
#include "text.h"

static const char *const names[] = {"always", "failures", "never"};

/** As stored, and as the API says it */
const char *fax_result_mail_name(enum fax_result_mail r)
{
	return names[r];
}

/** The reverse; ENOENT for another word */
int fax_result_mail_parse(enum fax_result_mail *r, const char *name)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		if (!strcmp(names[i], name)) {
			*r = (enum fax_result_mail)i;
			return 0;
		}
	}
	return ENOENT;
}

static int box_one(const struct db_row *row, void *arg)
{
	struct fax_box *b = arg;

	memset(b, 0, sizeof(*b));
	b->tenant = db_int(row, 0);
	db_copy(b->extension_id, sizeof(b->extension_id), row, 1);
	db_copy(b->number, sizeof(b->number), row, 2);
	db_copy(b->name, sizeof(b->name), row, 3);
	db_copy(b->emails, sizeof(b->emails), row, 4);
	b->version = db_int(row, 6);
	b->ecm = db_int(row, 7);
	b->rate = db_int(row, 8);
	b->detect = db_int(row, 9);
	b->fine = db_int(row, 10);
	b->header = db_int(row, 11);
	db_copy(b->station, sizeof(b->station), row, 12);
	return fax_result_mail_parse(&b->result, db_text(row, 5));
}

/** That of an extension of the tenant; ENOENT when there is no such extension */
int fax_box_get(struct fax_box *b, struct db *db, int64_t tenant, const char *extension_id)
{
	return db_find(db, box_one, b,
		       "SELECT e.tenant_id, e.id, e.number, e.name, coalesce(b.emails, ''), "
		       "coalesce(b.result, 'always'), coalesce(b.version, 0), coalesce(b.ecm, 1), "
		       "coalesce(b.rate, 14400), coalesce(b.detect, 1), "
		       "coalesce(b.fine, 1), coalesce(b.header, 1), coalesce(b.station, '') "
		       "FROM extension e "
		       "LEFT JOIN fax_box b ON b.tenant_id = e.tenant_id AND b.extension_id = e.id "
		       "WHERE e.tenant_id = $1 AND e.id = $2",
		       "is", tenant, extension_id);
}

/** The quality of a document that nobody has chosen one for: its extension's; without one fine */
int fax_box_fine(bool *fine, struct db *db, int64_t tenant, const char *extension_id)
{
	struct fax_box b = {.fine = true};
	int err = extension_id[0] ? fax_box_get(&b, db, tenant, extension_id) : 0;

	*fine = err || b.fine;
	return err == ENOENT ? 0 : err;
}

/** Checks what somebody typed */
void fax_box_check(struct field_errors *fe, const struct fax_box *b)
{
	emails_check(fe, "emails", b->emails);
	if (b->rate != 4800 && b->rate != 9600 && b->rate != 14400)
		field_error(fe, "rate", "must be 4800, 9600 or 14400");
	if (!text_printable(b->station))
		field_error(fe, "stationName", "must be one line");
}

/** Writes it; 0, ENOENT, or ESTALE when somebody else changed it meanwhile */
int fax_box_change(struct db *db, struct fax_box *b)
{
	struct fax_box old;
	int err = fax_box_get(&old, db, b->tenant, b->extension_id);

	if (err)
		return err;
	if (b->version != old.version)
		return ESTALE;
	b->version++;
	err = db_exec(
		db,
		"INSERT INTO fax_box (tenant_id, extension_id, emails, result, version, ecm, "
		"rate, detect, fine, header, station) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT "
		"(tenant_id, extension_id) DO UPDATE SET emails = $3, result = $4, version = $5, "
		"ecm = $6, rate = $7, detect = $8, fine = $9, header = $10, station = $11",
		"isssididdds", b->tenant, b->extension_id, b->emails, names[b->result], b->version,
		b->ecm, b->rate, b->detect, b->fine, b->header, b->station);
	return err ? err : tenant_touch_but(db, b->tenant, TENANT_PHONES);
}
