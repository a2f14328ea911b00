/**
 * @file dnc.c  The do-not-contact list
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "dnc.h"
#include "row.h"
#include "tenant.h"
#include "text.h"

#define COLUMNS "tenant_id, id, number, note, added_by, created_at, version"

static int dnc_read(const struct db_row *row, void *arg)
{
	struct dnc *d = arg;

	memset(d, 0, sizeof(*d));
	d->tenant = db_int(row, 0);
	db_copy(d->id, sizeof(d->id), row, 1);
	db_copy(d->number, sizeof(d->number), row, 2);
	db_copy(d->note, sizeof(d->note), row, 3);
	db_copy(d->added_by, sizeof(d->added_by), row, 4);
	d->created_at = db_int(row, 5);
	d->version = db_int(row, 6);
	return 0;
}

/** One entry of the tenant by its id; ENOENT */
int dnc_get(struct dnc *d, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, dnc_read, d,
		       "SELECT " COLUMNS " FROM dnc WHERE tenant_id = $1 AND id = $2", "is", tenant,
		       id);
}

/** Asked at the last moment, before dialling; true also when the database cannot say */
bool dnc_has(struct db *db, int64_t tenant, const char *number)
{
	int64_t n = 1;

	return db_number(db, &n, "SELECT count(*) FROM dnc WHERE tenant_id = $1 AND number = $2",
			 "is", tenant, number) ||
	       n > 0;
}

/** How many there are */
int dnc_count(int64_t *n, struct db *db, int64_t tenant)
{
	return db_number(db, n, "SELECT count(*) FROM dnc WHERE tenant_id = $1", "i", tenant);
}

static void room_check(struct field_errors *fe, int64_t count)
{
	if (count >= DNC_NUMBERS)
		field_error(fe, "number", "cannot be added: there are %d on the list already",
			    DNC_NUMBERS);
}

static bool number_check(struct field_errors *fe, struct dnc *d, const char *country)
{
	char e164[PHONE_SIZE];

	if (phone_e164(e164, sizeof(e164), d->number, country)) {
		str_ncpy(d->number, e164, sizeof(d->number));
		return true;
	}
	field_error(fe, "number", "must be a number such as +12125550100");
	return false;
}

static int new_check(struct field_errors *fe, struct db *db, struct dnc *d)
{
	struct tenant_row t;
	int64_t n = 0;
	int err = tenant_get(&t, db, d->tenant);

	if (!err)
		err = dnc_count(&n, db, d->tenant);
	if (err || !number_check(fe, d, t.country))
		return err;
	if (dnc_has(db, d->tenant, d->number))
		field_error(fe, "number", "is on the list already");
	else
		room_check(fe, n);
	return 0;
}

/**
 * Checks an entry before it is added (id "") or changed, and brings a new one's number into the
 * form in which it is kept
 *
 * @return 0 or what the database said; what is wrong is in fe
 */
int dnc_check(struct field_errors *fe, struct db *db, struct dnc *d)
{
	field_text(fe, "note", d->note, 0, sizeof(d->note));
	return d->id[0] ? 0 : new_check(fe, db, d);
}

/** Adds an entry and fills in its id and version, and its time unless it has one; 0 or errno */
int dnc_add(struct db *db, struct dnc *d)
{
	if (!d->created_at)
		d->created_at = clock_wall_ms();
	d->version = 1;
	str_ncpy(d->id, id_new().s, sizeof(d->id));
	return db_exec(db, "INSERT INTO dnc (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       "issssii", d->tenant, d->id, d->number, d->note, d->added_by, d->created_at,
		       d->version);
}

/**
 * Adds an entry of a list that somebody brings in, unless it is there already: then that one stays
 *
 * @param what    What became of it
 * @param fe      What is wrong with it when it is refused
 * @param db      The writer's connection
 * @param d       Tenant, number as it was written, note, who adds it, and when or 0
 * @param country Of the tenant, for numbers without one
 * @param count   How many there are (dnc_count()); one more when it is added
 *
 * @return 0 or what the database said
 */
int dnc_bring(enum dnc_brought *what, struct field_errors *fe, struct db *db, struct dnc *d,
	      const char *country, int64_t *count)
{
	int64_t n = 0;
	int err;

	*what = DNC_REFUSED;
	if (!number_check(fe, d, country) || !field_text(fe, "note", d->note, 0, sizeof(d->note)))
		return 0;
	err = db_number(db, &n, "SELECT count(*) FROM dnc WHERE tenant_id = $1 AND number = $2",
			"is", d->tenant, d->number);
	if (err || n) {
		*what = DNC_KNOWN;
		return err;
	}
	room_check(fe, *count);
	if (fe->count)
		return 0;
	*what = DNC_ADDED;
	++*count;
	return dnc_add(db, d);
}

/** Changes the note of an entry; 0, ENOENT, ESTALE when somebody else changed it meanwhile */
int dnc_change(struct db *db, struct dnc *d)
{
	struct dnc old;
	int err = dnc_get(&old, db, d->tenant, d->id);

	if (err)
		return err;
	if (d->version && d->version != old.version)
		return ESTALE;
	d->version = old.version + 1;
	return db_change(db,
			 "UPDATE dnc SET note = $3, version = $4 WHERE tenant_id = $1 AND id = $2",
			 "issi", d->tenant, d->id, d->note, d->version);
}

/** Faxes may be sent to the number again; ENOENT */
int dnc_remove(struct db *db, int64_t tenant, const char *id)
{
	return db_change(db, "DELETE FROM dnc WHERE tenant_id = $1 AND id = $2", "is", tenant, id);
}

struct list_arg {
	dnc_h *h;
	void *arg;
};

static int dnc_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct dnc d;
	int err = dnc_read(row, &d);

	return err ? err : l->h(&d, l->arg);
}

/**
 * Shows entries by number
 *
 * @param db     Connection
 * @param tenant Whose
 * @param q      Part of the number or of the note; NULL or "" for all
 * @param after  Number after which the page begins; NULL or "" for the first
 * @param limit  Most of them; 0 for all
 * @param h      Sees each
 * @param arg    Its argument
 *
 * @return 0 or errno
 */
int dnc_list(struct db *db, int64_t tenant, const char *q, const char *after, unsigned limit,
	     dnc_h *h, void *arg)
{
	struct list_arg l = {h, arg};
	char like[2 * MODEL_NAME];

	field_search(like, sizeof(like), q);
	return db_query(db, dnc_each, &l,
			"SELECT " COLUMNS " FROM dnc WHERE tenant_id = $1 AND number > $2 AND "
			"($3 = '' OR number LIKE $3 ESCAPE '\\' OR lower(note) LIKE $3 ESCAPE "
			"'\\') ORDER BY number LIMIT $4",
			"issi", tenant, after ? after : "", like, row_limit(limit));
}
