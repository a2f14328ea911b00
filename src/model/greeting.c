/**
 * @file greeting.c  Greetings of a mailbox
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "greeting.h"
#include "own.h"
#include "tenant.h"

#define COLUMNS "tenant_id, id, extension_id, name, blob, duration_ms, created_at"

static void greeting_read(struct greeting *g, const struct db_row *row)
{
	memset(g, 0, sizeof(*g));
	g->tenant = db_int(row, 0);
	db_copy(g->id, sizeof(g->id), row, 1);
	db_copy(g->extension_id, sizeof(g->extension_id), row, 2);
	db_copy(g->name, sizeof(g->name), row, 3);
	db_copy(g->blob, sizeof(g->blob), row, 4);
	g->duration_ms = db_int(row, 5);
	g->created_at = db_int(row, 6);
}

static int greeting_one(const struct db_row *row, void *arg)
{
	greeting_read(arg, row);
	return 0;
}

/** Adds a greeting and fills in its id and time; EBUSY when the mailbox has GREETINGS_MAX */
int greeting_add(struct db *db, struct greeting *g)
{
	int64_t n = 0;
	int err = db_number(db, &n,
			    "SELECT count(*) FROM greeting WHERE tenant_id = $1 AND "
			    "extension_id = $2",
			    "is", g->tenant, g->extension_id);

	if (err || n >= GREETINGS_MAX)
		return err ? err : EBUSY;
	str_ncpy(g->id, id_new().s, sizeof(g->id));
	g->created_at = clock_wall_ms();
	return db_exec(db, "INSERT INTO greeting (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7)",
		       "issssii", g->tenant, g->id, g->extension_id, g->name, g->blob,
		       g->duration_ms, g->created_at);
}

/** One greeting of a mailbox; ENOENT */
int greeting_get(struct greeting *g, struct db *db, int64_t tenant, const char *extension_id,
		 const char *id)
{
	return db_find(db, greeting_one, g,
		       "SELECT " COLUMNS " FROM greeting WHERE tenant_id = $1 AND id = $2 AND "
		       "extension_id = $3",
		       "iss", tenant, id, extension_id);
}

struct list_arg {
	greeting_h *h;
	void *arg;
};

static int greeting_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct greeting g;

	greeting_read(&g, row);
	return l->h(&g, l->arg);
}

/** Shows the greetings of a mailbox, oldest first */
int greeting_list(struct db *db, int64_t tenant, const char *extension_id, greeting_h *h, void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, greeting_each, &l,
			"SELECT " COLUMNS " FROM greeting WHERE tenant_id = $1 AND "
			"extension_id = $2 ORDER BY id",
			"is", tenant, extension_id);
}

/** Makes a greeting the one that callers hear, or with "" the spoken one; the id must be there */
int greeting_use(struct db *db, int64_t tenant, const char *extension_id, const char *id)
{
	int err = db_change(db,
			    "UPDATE mailbox SET greeting_id = $3, version = version + 1 "
			    "WHERE tenant_id = $1 AND extension_id = $2",
			    "iss", tenant, extension_id, id);

	return err ? err : tenant_touch_but(db, tenant, TENANT_PHONES);
}

static int old_name(const struct db_row *row, void *arg)
{
	db_copy(arg, BLOB_KEY, row, 0);
	return 0;
}

/**
 * Gives the owner of a mailbox a spoken name in place of the old one
 *
 * @param old          Result: the blob it had, for the caller to delete; "" for none
 * @param db           Connection
 * @param tenant       Whose
 * @param extension_id Extension of the mailbox
 * @param blob         Recording; "": the name is spelled
 * @param ms           Its length
 *
 * @return 0, ENOENT or errno
 */
int spoken_name_set(char old[BLOB_KEY], struct db *db, int64_t tenant, const char *extension_id,
		    const char *blob, int64_t ms)
{
	int err = db_find(db, old_name, old,
			  "SELECT spoken_name FROM mailbox WHERE tenant_id = $1 AND "
			  "extension_id = $2",
			  "is", tenant, extension_id);

	if (!err)
		err = db_change(db,
				"UPDATE mailbox SET spoken_name = $3, spoken_name_ms = $4 WHERE "
				"tenant_id = $1 AND extension_id = $2",
				"issi", tenant, extension_id, blob, ms);
	return err ? err : tenant_touch_but(db, tenant, TENANT_PHONES);
}

/** Removes a greeting; callers who heard it hear the spoken one. Its file is the caller's */
int greeting_remove(struct db *db, const struct greeting *g)
{
	int err = db_change(db, "DELETE FROM greeting WHERE tenant_id = $1 AND id = $2", "is",
			    g->tenant, g->id);

	if (!err)
		err = db_exec(db,
			      "UPDATE mailbox SET greeting_id = '', version = version + 1 "
			      "WHERE tenant_id = $1 AND extension_id = $2 AND greeting_id = $3",
			      "iss", g->tenant, g->extension_id, g->id);
	return err ? err : tenant_touch_but(db, g->tenant, TENANT_PHONES);
}
