/**
 * @file extension.c  Extensions
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "dest_use.h"
#include "emergency.h"
#include "extension.h"
#include "mailbox.h"
#include "number.h"
#include "own.h"
#include "row.h"
#include "tenant.h"
#include "text.h"

enum { NUMBER_MIN = 2, NUMBER_MAX = 6 };

#define COLUMNS                                                                                    \
	"tenant_id, id, number, name, caller_id_name, caller_id_number, ring_ms, call_waiting, "   \
	"created_at, version, recording, emergency_address"

static void extension_read(struct extension *e, const struct db_row *row)
{
	memset(e, 0, sizeof(*e));
	e->tenant = db_int(row, 0);
	db_copy(e->id, sizeof(e->id), row, 1);
	db_copy(e->number, sizeof(e->number), row, 2);
	db_copy(e->name, sizeof(e->name), row, 3);
	db_copy(e->caller_id_name, sizeof(e->caller_id_name), row, 4);
	db_copy(e->caller_id_number, sizeof(e->caller_id_number), row, 5);
	e->ring_ms = db_int(row, 6);
	e->call_waiting = db_int(row, 7);
	e->created_at = db_int(row, 8);
	e->version = db_int(row, 9);
	(void)recording_rule_parse(&e->recording, db_text(row, 10));
	db_copy(e->emergency_address, sizeof(e->emergency_address), row, 11);
}

static int extension_one(const struct db_row *row, void *arg)
{
	extension_read(arg, row);
	return 0;
}

/** One extension of the tenant by its id; ENOENT */
int extension_get(struct extension *e, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, extension_one, e,
		       "SELECT " COLUMNS " FROM extension WHERE tenant_id = $1 AND id = $2", "is",
		       tenant, id);
}

/** One extension of the tenant by its number; ENOENT */
int extension_by_number(struct extension *e, struct db *db, int64_t tenant, const char *number)
{
	return db_find(db, extension_one, e,
		       "SELECT " COLUMNS " FROM extension WHERE tenant_id = $1 AND number = $2",
		       "is", tenant, number);
}

/** Checks the form of a number that is dialled inside: an extension's, a ring group's, a queue's; 0
 * or what the database said */
int extension_number_check(struct field_errors *fe, struct db *db, int64_t tenant,
			   const char *number)
{
	size_t n = strlen(number);
	bool emergency = false;
	int err = emergency_asked(&emergency, db, tenant, number);

	if (n < NUMBER_MIN || n > NUMBER_MAX || strspn(number, "0123456789") != n)
		field_error(fe, "number", "must have %d to %d digits", NUMBER_MIN, NUMBER_MAX);
	else if (emergency)
		field_error(fe, "number", "is an emergency number");
	return err;
}

/* A caller ID that belongs to somebody else would be a lie: own DIDs only. */
static int caller_id_check(struct field_errors *fe, struct db *db, const struct extension *e)
{
	int64_t n = 0;
	int err;

	if (!e->caller_id_number[0])
		return 0;
	err = db_number(db, &n,
			"SELECT count(*) FROM did WHERE tenant_id = $1 AND number = $2 AND fax = 0",
			"is", e->tenant, e->caller_id_number);
	if (!err && !n)
		field_error(fe, "callerIdNumber", "must be one of your own numbers");
	return err;
}

/**
 * Checks an extension before it is added (id "") or changed
 *
 * @return 0 or what the database said; what is wrong is in fe
 */
int extension_check(struct field_errors *fe, struct db *db, const struct extension *e)
{
	int err = extension_number_check(fe, db, e->tenant, e->number);

	if (err)
		return err;
	field_text(fe, "name", e->name, 1, sizeof(e->name));
	field_text(fe, "callerIdName", e->caller_id_name, 0, sizeof(e->caller_id_name));
	emergency_address_check(fe, "emergencyAddress", e->emergency_address);
	if (e->ring_ms < RING_MS_MIN || e->ring_ms > RING_MS_MAX)
		field_error(fe, "ringMs", "must be between %d and %d seconds", RING_MS_MIN / 1000,
			    RING_MS_MAX / 1000);
	err = number_used(fe, db, e->tenant, e->number, e->id);
	return err ? err : caller_id_check(fe, db, e);
}

static int mailbox_make(struct db *db, const struct extension *e)
{
	struct mailbox m;

	mailbox_defaults(&m, e->tenant, e->id);
	return mailbox_add(db, &m);
}

/** Adds an extension with its mailbox, and fills in its id, time and version; EEXIST when the
 * number is taken */
int extension_add(struct db *db, struct extension *e)
{
	int err;

	e->created_at = clock_wall_ms();
	e->version = 1;
	str_ncpy(e->id, id_new().s, sizeof(e->id));
	err = db_exec(db,
		      "INSERT INTO extension (" COLUMNS ") VALUES "
		      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		      "isssssidiiss", e->tenant, e->id, e->number, e->name, e->caller_id_name,
		      e->caller_id_number, e->ring_ms, e->call_waiting, e->created_at, e->version,
		      recording_rule_name(e->recording), e->emergency_address);
	if (!err)
		err = mailbox_make(db, e);
	return err ? err : tenant_touch(db, e->tenant);
}

/* What leads to the old number leads to the new one; phones sign in again under it. */
static int extension_renumbered(struct db *db, const struct extension *e, const char *old)
{
	int err;

	if (!strcmp(old, e->number))
		return 0;
	err = dest_extension_renamed(db, e->tenant, old, e->number);
	if (!err)
		err = db_exec(db,
			      "UPDATE follow_dest SET number = $3 WHERE tenant_id = $1 AND "
			      "number = $2",
			      "iss", e->tenant, old, e->number);
	if (err)
		return err;
	return db_exec(db, "DELETE FROM binding WHERE tenant_id = $1 AND extension = $2", "is",
		       e->tenant, old);
}

/**
 * Changes an extension; a new number is followed by the DIDs, forwards and exits that lead to
 * it
 *
 * @param db Connection
 * @param e  Extension; its version is 0 or the one that was read, and is set to the new one
 *
 * @return 0, ENOENT, ESTALE when somebody else changed it meanwhile, EEXIST when the number is
 *         taken
 */
int extension_change(struct db *db, struct extension *e)
{
	struct extension old;
	int err = extension_get(&old, db, e->tenant, e->id);

	if (err)
		return err;
	if (e->version && e->version != old.version)
		return ESTALE;
	e->version = old.version + 1;
	e->created_at = old.created_at;
	err = db_change(db,
			"UPDATE extension SET number = $3, name = $4, caller_id_name = $5, "
			"caller_id_number = $6, ring_ms = $7, call_waiting = $8, version = $9, "
			"recording = $10, emergency_address = $11 WHERE tenant_id = $1 AND id = $2",
			"isssssidiss", e->tenant, e->id, e->number, e->name, e->caller_id_name,
			e->caller_id_number, e->ring_ms, e->call_waiting, e->version,
			recording_rule_name(e->recording), e->emergency_address);
	if (!err)
		err = extension_renumbered(db, e, old.number);
	return err ? err : tenant_touch_but(db, e->tenant, TENANT_PHONES);
}

/**
 * Removes an extension with its devices and registrations; its user stays
 *
 * @return 0, ENOENT, or EBUSY while a DID or another dest leads to it
 */
int extension_remove(struct db *db, int64_t tenant, const char *id)
{
	struct extension e;
	char where[DEST_USE] = "";
	int err = extension_get(&e, db, tenant, id);

	if (err)
		return err;
	err = dest_extension_used(where, db, tenant, e.number);
	if (err || where[0])
		return err ? err : EBUSY;
	err = db_exec(db,
		      "UPDATE portal_user SET extension_id = NULL, version = version + 1 "
		      "WHERE tenant_id = $1 AND extension_id = $2",
		      "is", tenant, id);
	if (!err)
		err = db_exec(db, "DELETE FROM binding WHERE tenant_id = $1 AND extension = $2",
			      "is", tenant, e.number);
	if (!err)
		err = db_exec(db,
			      "DELETE FROM call_block WHERE tenant_id = $1 AND extension_id = $2",
			      "is", tenant, id);
	if (!err)
		err = db_change(db, "DELETE FROM extension WHERE tenant_id = $1 AND id = $2", "is",
				tenant, id);
	return err ? err : tenant_touch(db, tenant);
}

struct list_arg {
	extension_h *h;
	void *arg;
};

static int extension_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct extension e;

	extension_read(&e, row);
	return l->h(&e, l->arg);
}

/**
 * Shows the tenant's extensions in the order of their numbers
 *
 * @param db     Connection
 * @param tenant Whose
 * @param q      Part of number or name; NULL or "" for all
 * @param after  Number after which the page begins; NULL or "" for the first
 * @param limit  Most of them; 0 for all
 * @param h      Sees each
 * @param arg    Its argument
 *
 * @return 0 or errno
 */
int extension_list(struct db *db, int64_t tenant, const char *q, const char *after, unsigned limit,
		   extension_h *h, void *arg)
{
	struct list_arg l = {h, arg};
	char like[2 * MODEL_NAME];

	field_search(like, sizeof(like), q);
	return db_query(db, extension_each, &l,
			"SELECT " COLUMNS " FROM extension WHERE tenant_id = $1 AND number > $2 "
			"AND ($3 = '' OR number LIKE $3 ESCAPE '\\' OR "
			"lower(name) LIKE $3 ESCAPE '\\') ORDER BY number LIMIT $4",
			"issi", tenant, after ? after : "", like, row_limit(limit));
}
