/**
 * @file db_sqlite.c  SQLite as an engine: WAL, every commit synced
 */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>
#include "db.h"
#include "log.h"
#include "own.h"

enum { STATEMENTS = 512, BUCKETS = 128, BUSY_MS = 5000, COPY_PAGES = 1000, COPY_PAUSE_MS = 50 };

struct statement {
	struct le le;
	sqlite3_stmt *stmt;
	const char *sql;
	size_t count;
	int index[DB_ARGS]; /* where SQLite puts $1, $2, ...: in the order of their mention */
};

struct db_sqlite {
	struct db db;
	sqlite3 *handle;
	struct hash *statements;
	size_t count;
};

static void statement_destructor(void *arg)
{
	struct statement *st = arg;

	hash_unlink(&st->le);
	sqlite3_finalize(st->stmt);
}

static void sqlite_destructor(void *arg)
{
	struct db_sqlite *s = arg;

	hash_flush(s->statements);
	mem_deref(s->statements);
	sqlite3_close(s->handle);
}

static int sqlite_errno(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_CONSTRAINT:
		return rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY
			       ? EEXIST
			       : EINVAL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return EBUSY;
	case SQLITE_FULL:
		return ENOSPC;
	case SQLITE_NOMEM:
		return ENOMEM;
	case SQLITE_READONLY:
		return EROFS;
	case SQLITE_ERROR:
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		return EINVAL;
	default:
		return EIO;
	}
}

/* A taken key is news for the asker, everything else also for the operator; of a full disk the
 * store tells once. */
static int sqlite_failed(struct db_sqlite *s, int rc, const char *what)
{
	if ((rc & 0xff) != SQLITE_CONSTRAINT && (rc & 0xff) != SQLITE_FULL)
		log_error("store.sql", "error=\"%s\" code=%d at=\"%.60s\"",
			  s->handle ? sqlite3_errmsg(s->handle) : sqlite3_errstr(rc), rc, what);
	s->db.full |= (rc & 0xff) == SQLITE_FULL;
	return sqlite_errno(rc);
}

static int sqlite_script(struct db *db, const char *sql)
{
	struct db_sqlite *s = OWNER(db, struct db_sqlite, db);
	int rc = sqlite3_exec(s->handle, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : sqlite_failed(s, rc, sql);
}

/* The database holds secrets: SQLite gives its other files the mode of this one. */
static int sqlite_touch(const char *where)
{
	int fd = open(where, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int sqlite_settle(struct db_sqlite *s, enum db_open how)
{
	static const char common[] = "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL;"
				     "PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;";
	int err;

	sqlite3_extended_result_codes(s->handle, 1);
	sqlite3_busy_timeout(s->handle, BUSY_MS);
	err = sqlite_script(&s->db, how == DB_READ ? "PRAGMA query_only=ON; PRAGMA cache_size=-8192"
						   : "PRAGMA journal_mode=WAL;"
						     "PRAGMA wal_autocheckpoint=4000;"
						     "PRAGMA cache_size=-65536");
	return err ? err : sqlite_script(&s->db, common);
}

static int sqlite_open(struct db **dbp, const char *where, enum db_open how)
{
	struct db_sqlite *s;
	int rc, err = how == DB_CREATE ? sqlite_touch(where) : 0;

	if (err)
		return err;
	s = mem_zalloc(sizeof(*s), sqlite_destructor);
	if (!s)
		return ENOMEM;
	s->db.driver = &db_sqlite;
	err = hash_alloc(&s->statements, BUCKETS);
	if (!err) {
		rc = sqlite3_open_v2(where, &s->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
				     NULL);
		err = rc == SQLITE_OK ? sqlite_settle(s, how) : sqlite_failed(s, rc, where);
	}
	if (err)
		mem_deref(s);
	else
		*dbp = &s->db;
	return err;
}

static int sqlite_begin(struct db *db, bool write)
{
	return sqlite_script(db, write ? "BEGIN IMMEDIATE" : "BEGIN");
}

static int sqlite_commit(struct db *db)
{
	return sqlite_script(db, "COMMIT");
}

static bool sqlite_within(struct db *db)
{
	return !sqlite3_get_autocommit(OWNER(db, struct db_sqlite, db)->handle);
}

static void sqlite_rollback(struct db *db)
{
	if (sqlite_within(db))
		(void)sqlite_script(db, "ROLLBACK");
}

static bool sqlite_lost(struct db *db)
{
	int moved = 0;

	sqlite3_file_control(OWNER(db, struct db_sqlite, db)->handle, "main",
			     SQLITE_FCNTL_HAS_MOVED, &moved);
	return moved;
}

static bool statement_same(struct le *le, void *arg)
{
	const struct statement *st = le->data;

	return !strcmp(st->sql, arg) && !sqlite3_stmt_busy(st->stmt);
}

/* SQLite numbers $1 by the order of mention, PostgreSQL by the digits: the digits are meant. */
static void statement_count(struct statement *st)
{
	for (size_t i = 0; i < DB_ARGS; i++) {
		char name[8];

		(void)re_snprintf(name, sizeof(name), "$%zu", i + 1);
		st->index[i] = sqlite3_bind_parameter_index(st->stmt, name);
		if (st->index[i])
			st->count = i + 1;
	}
}

static int statement_prepare(struct statement **stp, struct db_sqlite *s, const char *sql)
{
	struct le *le =
		hash_lookup(s->statements, hash_joaat_str(sql), statement_same, (void *)sql);
	struct statement *st;
	int rc;

	if (le) {
		*stp = le->data;
		return 0;
	}
	CHECK(s->count < STATEMENTS);
	st = mem_zalloc(sizeof(*st), statement_destructor);
	if (!st)
		return ENOMEM;
	rc = sqlite3_prepare_v3(s->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &st->stmt, NULL);
	if (rc != SQLITE_OK) {
		mem_deref(st);
		return sqlite_failed(s, rc, sql);
	}
	st->sql = sql;
	statement_count(st);
	hash_append(s->statements, hash_joaat_str(sql), &st->le, st);
	++s->count;
	*stp = st;
	return 0;
}

static int statement_bind(struct statement *st, const struct db_value *values, size_t count)
{
	CHECK(st->count == count);
	for (size_t i = 0; i < count; i++) {
		const struct db_value *v = &values[i];
		int rc = SQLITE_OK;

		if (!st->index[i])
			continue;
		if (v->type == DB_INT)
			rc = sqlite3_bind_int64(st->stmt, st->index[i], v->i);
		else if (v->type == DB_TEXT)
			rc = sqlite3_bind_text(st->stmt, st->index[i], v->s, -1, SQLITE_STATIC);
		if (rc != SQLITE_OK)
			return sqlite_errno(rc);
	}
	return 0;
}

static int statement_step(struct db_sqlite *s, struct statement *st, db_row_h *h, void *arg)
{
	struct db_row row = {.driver = &db_sqlite, .stmt = st->stmt};
	int rc, err = 0;

	row.columns = sqlite3_column_count(st->stmt);
	while ((rc = sqlite3_step(st->stmt)) == SQLITE_ROW && !err) {
		if (h)
			err = h(&row, arg);
		if (err)
			return err;
	}
	return rc == SQLITE_DONE ? 0 : sqlite_failed(s, rc, st->sql);
}

static int sqlite_run(struct db *db, const char *sql, const struct db_value *values, size_t count,
		      db_row_h *h, void *arg)
{
	struct db_sqlite *s = OWNER(db, struct db_sqlite, db);
	struct statement *st = NULL;
	int err = statement_prepare(&st, s, sql);

	if (err)
		return err;
	err = statement_bind(st, values, count);
	if (!err)
		err = statement_step(s, st, h, arg);
	db->changed = sqlite3_stmt_readonly(st->stmt) ? 0 : sqlite3_changes64(s->handle);
	sqlite3_reset(st->stmt);
	sqlite3_clear_bindings(st->stmt);
	return err;
}

static int64_t sqlite_int(const struct db_row *row, int i)
{
	return sqlite3_column_int64(row->stmt, i);
}

static const char *sqlite_text(const struct db_row *row, int i)
{
	return (const char *)sqlite3_column_text(row->stmt, i);
}

static bool sqlite_null(const struct db_row *row, int i)
{
	return sqlite3_column_type(row->stmt, i) == SQLITE_NULL;
}

/* A few pages at a time: a writer may go on in between, and then the copy begins anew by itself. */
static int sqlite_pages(sqlite3 *to, sqlite3 *from)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int rc = b ? SQLITE_OK : sqlite3_errcode(to);

	while (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED) {
		rc = sqlite3_backup_step(b, COPY_PAGES);
		if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
			sqlite3_sleep(COPY_PAUSE_MS);
	}
	if (b)
		(void)sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? 0 : sqlite_errno(rc);
}

/* One transaction of the reader holds the state of its beginning, so that a copy under load ends.
 */
static int sqlite_copy(const char *where, const char *file)
{
	sqlite3 *from = NULL, *to = NULL;
	int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), err;

	if (fd < 0)
		return errno;
	err = sqlite_errno(sqlite3_open_v2(where, &from, SQLITE_OPEN_READWRITE, NULL));
	if (!err)
		err = sqlite_errno(sqlite3_open_v2(file, &to, SQLITE_OPEN_READWRITE, NULL));
	if (!err) {
		sqlite3_busy_timeout(from, BUSY_MS);
		err = sqlite_errno(
			sqlite3_exec(from, "BEGIN; SELECT 1 FROM sqlite_schema", NULL, NULL, NULL));
	}
	if (!err)
		err = sqlite_pages(to, from);
	if (!err)
		err = sqlite_errno(
			sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL));
	sqlite3_close(to);
	sqlite3_close(from);
	if (!err && fsync(fd))
		err = errno;
	close(fd);
	return err;
}

/** SQLite 3.35 or later; `where` is the file */
static uint64_t sqlite_memory(void)
{
	return (uint64_t)sqlite3_memory_used();
}

const struct db_driver db_sqlite = {
	.name = "sqlite",
	.open_h = sqlite_open,
	.begin_h = sqlite_begin,
	.commit_h = sqlite_commit,
	.rollback_h = sqlite_rollback,
	.within_h = sqlite_within,
	.lost_h = sqlite_lost,
	.copy_h = sqlite_copy,
	.run_h = sqlite_run,
	.script_h = sqlite_script,
	.int_h = sqlite_int,
	.text_h = sqlite_text,
	.null_h = sqlite_null,
	.memory_h = sqlite_memory,
};
