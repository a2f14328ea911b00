/**
 * @file did.c  DIDs
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "did.h"
#include "own.h"
#include "row.h"
#include "tenant.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, number, title, fax, dest_kind, dest_target, active, created_at, version, " \
	"fax_emails, fax_target"

static int did_read(struct did *d, const struct db_row *row)
{
	memset(d, 0, sizeof(*d));
	d->tenant = db_int(row, 0);
	db_copy(d->id, sizeof(d->id), row, 1);
	db_copy(d->number, sizeof(d->number), row, 2);
	db_copy(d->title, sizeof(d->title), row, 3);
	d->kind = db_int(row, 4) ? DID_FAX : DID_VOICE;
	db_copy(d->dest.target, sizeof(d->dest.target), row, 6);
	d->active = db_int(row, 7);
	d->created_at = db_int(row, 8);
	d->version = db_int(row, 9);
	db_copy(d->fax_emails, sizeof(d->fax_emails), row, 10);
	db_copy(d->fax_target, sizeof(d->fax_target), row, 11);
	return dest_kind_parse(&d->dest.kind, db_text(row, 5));
}

static int did_one(const struct db_row *row, void *arg)
{
	return did_read(arg, row);
}

/** "voice" or "fax" */
const char *did_kind_name(enum did_kind kind)
{
	return kind == DID_FAX ? "fax" : "voice";
}

/** One DID of the tenant by its id; ENOENT */
int did_get(struct did *d, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, did_one, d,
		       "SELECT " COLUMNS " FROM did WHERE tenant_id = $1 AND id = $2", "is", tenant,
		       id);
}

/** The DID of any tenant by its E.164 number; ENOENT */
int did_by_number(struct did *d, struct db *db, const char *number)
{
	return db_find(db, did_one, d, "SELECT " COLUMNS " FROM did WHERE number = $1", "s",
		       number);
}

/* Whose it is stays a secret: it may be another tenant's. */
static int number_used(struct field_errors *fe, struct db *db, const struct did *d)
{
	struct did other;
	int err = did_by_number(&other, db, d->number);

	if (!err && (other.tenant != d->tenant || strcmp(other.id, d->id)))
		field_error(fe, "number", "is already in use");
	return err == ENOENT ? 0 : err;
}

static int fax_target_check(struct field_errors *fe, struct db *db, const struct did *d)
{
	struct field_errors wrong = {0};
	struct dest fax = {.kind = DEST_fax};
	int err;

	if (!d->fax_target[0])
		return 0;
	str_ncpy(fax.target, d->fax_target, sizeof(fax.target));
	err = dest_check(&wrong, db, d->tenant, &fax);
	if (wrong.count)
		field_error(fe, "faxDest", "%s", wrong.v[0].text);
	return err;
}

/** Checks a DID before it is added (id "") or changed; 0 or what the database said */
int did_check(struct field_errors *fe, struct db *db, const struct did *d)
{
	char e164[PHONE_SIZE];
	int err;

	if (!phone_e164(e164, sizeof(e164), d->number, "") || strcmp(e164, d->number))
		field_error(fe, "number", "must be written like +14155550110");
	field_text(fe, "title", d->title, 0, sizeof(d->title));
	emails_check(fe, "faxEmails", d->fax_emails);
	err = number_used(fe, db, d);
	err = err ? err : fax_target_check(fe, db, d);
	return err ? err : dest_check(fe, db, d->tenant, &d->dest);
}

/** Adds a DID and fills in its id, time and version; EEXIST when the number is taken */
int did_add(struct db *db, struct did *d)
{
	int err;

	d->created_at = clock_wall_ms();
	d->version = 1;
	str_ncpy(d->id, id_new().s, sizeof(d->id));
	err = db_exec(db,
		      "INSERT INTO did (" COLUMNS ") VALUES "
		      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		      "isssdssdiiss", d->tenant, d->id, d->number, d->title, d->kind == DID_FAX,
		      dest_kind_name(d->dest.kind), d->dest.target, d->active, d->created_at,
		      d->version, d->fax_emails, d->fax_target);
	return err ? err : tenant_touch_but(db, d->tenant, TENANT_BULK);
}

/** Changes a DID; 0, ENOENT, ESTALE when somebody else changed it meanwhile, EEXIST */
int did_change(struct db *db, struct did *d)
{
	struct did old;
	int err = did_get(&old, db, d->tenant, d->id);

	if (err)
		return err;
	if (d->version && d->version != old.version)
		return ESTALE;
	d->version = old.version + 1;
	d->created_at = old.created_at;
	err = db_change(db,
			"UPDATE did SET number = $3, title = $4, fax = $5, dest_kind = $6, "
			"dest_target = $7, active = $8, version = $9, fax_emails = $10, "
			"fax_target = $11 "
			"WHERE tenant_id = $1 AND id = $2",
			"isssdssdiss", d->tenant, d->id, d->number, d->title, d->kind == DID_FAX,
			dest_kind_name(d->dest.kind), d->dest.target, d->active, d->version,
			d->fax_emails, d->fax_target);
	return err ? err : tenant_touch_but(db, d->tenant, TENANT_BULK);
}

/** Removes a DID; ENOENT */
int did_remove(struct db *db, int64_t tenant, const char *id)
{
	int err =
		db_change(db, "DELETE FROM did WHERE tenant_id = $1 AND id = $2", "is", tenant, id);

	return err ? err : tenant_touch_but(db, tenant, TENANT_BULK);
}

struct list_arg {
	did_h *h;
	void *arg;
};

static int did_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct did d;
	int err = did_read(&d, row);

	return err ? err : l->h(&d, l->arg);
}

/**
 * Shows the tenant's DIDs in the order of their numbers
 *
 * @param db       Connection
 * @param tenant   Whose
 * @param leads_to Only those that lead there; NULL for all
 * @param q        Part of the number or the title; NULL or "" for all
 * @param after    Number after which the page begins; NULL or "" for the first
 * @param limit    Most of them; 0 for all
 * @param h        Sees each
 * @param arg      Its argument
 *
 * @return 0 or errno
 */
int did_list(struct db *db, int64_t tenant, const struct dest *leads_to, const char *q,
	     const char *after, unsigned limit, did_h *h, void *arg)
{
	struct list_arg l = {h, arg};
	char like[2 * MODEL_NAME];

	field_search(like, sizeof(like), q);

	return db_query(
		db, did_each, &l,
		"SELECT " COLUMNS " FROM did WHERE tenant_id = $1 AND number > $2 AND "
		"($3 = '' OR (dest_kind = $3 AND dest_target = $4)) AND "
		"($5 = '' OR number LIKE $5 ESCAPE '\\' OR lower(title) LIKE $5 ESCAPE '\\') "
		"ORDER BY number LIMIT $6",
		"issssi", tenant, after ? after : "",
		leads_to ? dest_kind_name(leads_to->kind) : "", leads_to ? leads_to->target : "",
		like, row_limit(limit));
}
