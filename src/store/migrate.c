/**
 * @file migrate.c  Bringing the schema up to this program's
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "log.h"
#include "migrate.h"
#include "own.h"
#include "text.h"

static int migrate_version(int64_t *version, struct db *db)
{
	return db_number(db, version, "SELECT coalesce(max(number), 0) FROM schema_version", "");
}

static int migrate_apply(struct db *db, const struct migration *m)
{
	int64_t version = 0;
	int err = migrate_version(&version, db);

	/* Another process may have been faster while this one waited for the lock. */
	if (err || version >= m->number)
		return err;
	err = db->driver->script_h(db, m->sql);
	if (err)
		return err;
	return db_exec(db,
		       "INSERT INTO schema_version (number, name, applied_at) VALUES ($1, $2, $3)",
		       "dsi", m->number, m->name, clock_wall_ms());
}

static int migrate_one(struct db *db, const struct migration *m)
{
	int err = db->driver->begin_h(db, true);

	if (err)
		return err;
	err = migrate_apply(db, m);
	if (!err)
		err = db->driver->commit_h(db);
	if (err) {
		db->driver->rollback_h(db);
		log_error("store.migrate", "number=%d name=%s error=\"%s\"", m->number, m->name,
			  strerror(err));
		return err;
	}
	log_info("store.migrate", "number=%d name=%s", m->number, m->name);
	return 0;
}

static int migrate_newer(int64_t version, int known, char *error, size_t size)
{
	(void)text_printf(error, size,
			  "The database has schema %lld, this program knows schemas up to %d. "
			  "Start the newer program that wrote it, or restore a backup.",
			  (long long)version, known);
	return ENOTSUP;
}

/**
 * Applies what is missing
 *
 * @param db    A connection that may write
 * @param list  Migrations in the order of their numbers
 * @param count How many
 * @param error Sentence for the operator when it fails
 * @param size  Its size
 *
 * @return 0, ENOTSUP when the database was written by a newer program, or as db_exec()
 */
int migrate(struct db *db, const struct migration *list, size_t count, char *error, size_t size)
{
	int64_t version = 0;
	int err, known = count ? list[count - 1].number : 0;

	err = db->driver->script_h(db, "CREATE TABLE IF NOT EXISTS schema_version ("
				       "number INTEGER NOT NULL PRIMARY KEY,"
				       "name TEXT NOT NULL, applied_at BIGINT NOT NULL)");
	if (!err)
		err = migrate_version(&version, db);
	if (!err && version > known)
		return migrate_newer(version, known, error, size);
	for (size_t i = 0; i < count && !err; i++) {
		if (list[i].number <= version)
			continue;
		err = migrate_one(db, &list[i]);
		if (err)
			(void)text_printf(error, size, "Schema %d (%s) could not be applied.",
					  list[i].number, list[i].name);
	}
	if (err && !error[0])
		(void)text_printf(error, size, "The database could not be read.");
	return err;
}
