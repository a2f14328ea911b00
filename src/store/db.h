/**
 * @file db.h  A connection to the database, and the SQL both engines speak
 *
 * Statements are prepared once per connection and bound by type; a value never stands in the SQL.
 * Common subset only: parameters $1, $2, ...; RETURNING, ON CONFLICT, row values; int64
 * milliseconds; JSON as text; flags as 0 and 1; no AUTOINCREMENT, no rowid, no triggers. What
 * differs between engines is behind struct db_driver. A connection belongs to one thread: the
 * store's writer, or the thread that called store_read().
 */
#ifndef CARILLON_DB_H
#define CARILLON_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DB_ARGS = 40 }; /* parameters of one statement    */
enum { DB_STOP = -1 }; /* a row handler has seen enough  */

struct db;
struct db_row;

/** How a connection is opened: DB_CREATE also makes what is not there, DB_READ cannot write */
enum db_open { DB_CREATE, DB_WRITE, DB_READ };

/** Sees one row; returns 0, DB_STOP, or an errno that db_query() hands back */
typedef int(db_row_h)(const struct db_row *row, void *arg);

/** One bound value */
struct db_value {
	enum { DB_NULL, DB_INT, DB_TEXT } type;
	int64_t i;
	const char *s;
};

/** A row under the cursor; good until the handler returns */
struct db_row {
	const struct db_driver *driver;
	void *stmt;
	int columns;
};

/** Base of every driver's connection */
struct db {
	const struct db_driver *driver;
	int64_t changed; /* rows that the last statement changed                    */
	bool told;	 /* db_tell(): the transaction has work for whoever listens */
	bool full;	 /* the machine had no room for a statement of it           */
};

/** An engine */
struct db_driver {
	const char *name;
	/** Opens; the connection is a mem object */
	int (*open_h)(struct db **dbp, const char *where, enum db_open how);
	/** Begins a transaction that may write, or one that only reads a snapshot */
	int (*begin_h)(struct db *db, bool write);
	int (*commit_h)(struct db *db);
	void (*rollback_h)(struct db *db);
	/** True while a transaction is open (an engine may end one by itself on a full disk) */
	bool (*within_h)(struct db *db);
	/** True when the connection no longer leads to the database: file moved, server gone */
	bool (*lost_h)(struct db *db);
	/** Copies the whole database, while others use it, into a file that is not there yet */
	int (*copy_h)(const char *where, const char *file);
	int (*run_h)(struct db *db, const char *sql, const struct db_value *values, size_t count,
		     db_row_h *h, void *arg);
	/** Several statements at once, without parameters: for migrations */
	int (*script_h)(struct db *db, const char *sql);
	int64_t (*int_h)(const struct db_row *row, int i);
	const char *(*text_h)(const struct db_row *row, int i);
	bool (*null_h)(const struct db_row *row, int i);
	/** Bytes of memory that all connections of this process hold; any thread */
	uint64_t (*memory_h)(void);
};

extern const struct db_driver db_sqlite;

/*
 * `fmt` has a letter per parameter: i int64_t, d int or bool, s text (NULL is SQL's NULL),
 * z text of which "" is stored as NULL. EEXIST says that a unique key is taken.
 */
int db_exec(struct db *db, const char *sql, const char *fmt, ...);
int db_change(struct db *db, const char *sql, const char *fmt, ...);
int db_query(struct db *db, db_row_h *h, void *arg, const char *sql, const char *fmt, ...);
int db_find(struct db *db, db_row_h *h, void *arg, const char *sql, const char *fmt, ...);
int db_number(struct db *db, int64_t *v, const char *sql, const char *fmt, ...);

void db_tell(struct db *db);

int64_t db_int(const struct db_row *row, int i);
const char *db_text(const struct db_row *row, int i);
bool db_null(const struct db_row *row, int i);
void db_copy(char *buf, size_t size, const struct db_row *row, int i);

#endif
