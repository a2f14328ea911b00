/**
 * @file db.c  Binding values by type, and reading rows
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include "db.h"
#include "own.h"

static size_t db_values(struct db_value values[DB_ARGS], const char *fmt, va_list ap)
{
	size_t n = 0;

	for (; *fmt; fmt++) {
		struct db_value *v = &values[n++];

		CHECK(n <= DB_ARGS);
		*v = (struct db_value){.type = DB_INT};
		switch (*fmt) {
		case 'i':
			v->i = va_arg(ap, int64_t);
			break;
		case 'd':
			v->i = va_arg(ap, int);
			break;
		case 's':
		case 'z':
			v->s = va_arg(ap, const char *);
			v->type = v->s && (v->s[0] || *fmt == 's') ? DB_TEXT : DB_NULL;
			break;
		default:
			CHECK(!"a letter of fmt");
		}
	}
	return n;
}

static int db_run(struct db *db, db_row_h *h, void *arg, const char *sql, const char *fmt,
		  va_list ap)
{
	struct db_value values[DB_ARGS];
	size_t n = db_values(values, fmt, ap);
	int err;

	db->changed = 0;
	err = db->driver->run_h(db, sql, values, n, h, arg);
	return err == DB_STOP ? 0 : err;
}

/**
 * Runs a statement whose rows nobody wants
 *
 * @param db  Connection
 * @param sql One statement of the common subset; a text that lives as long as the program
 * @param fmt A letter per parameter, see db.h
 *
 * @return 0, EEXIST when a unique key is taken, EINVAL when another constraint forbids it, ENOSPC,
 *         EIO, EBUSY, ENOMEM
 */
int db_exec(struct db *db, const char *sql, const char *fmt, ...)
{
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = db_run(db, NULL, NULL, sql, fmt, ap);
	va_end(ap);
	return err;
}

/** As db_exec(), but ENOENT when it changed no row */
int db_change(struct db *db, const char *sql, const char *fmt, ...)
{
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = db_run(db, NULL, NULL, sql, fmt, ap);
	va_end(ap);
	if (!err && !db->changed)
		err = ENOENT;
	return err;
}

/**
 * Runs a statement and shows its rows one after the other
 *
 * The handler may run other statements on the same connection.
 *
 * @param db  Connection
 * @param h   Sees each row; what it returns but 0 and DB_STOP is returned here
 * @param arg Its argument
 * @param sql One statement; a text that lives as long as the program
 * @param fmt A letter per parameter, see db.h
 *
 * @return 0 also when there is no row, or as db_exec()
 */
int db_query(struct db *db, db_row_h *h, void *arg, const char *sql, const char *fmt, ...)
{
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = db_run(db, h, arg, sql, fmt, ap);
	va_end(ap);
	return err;
}

/** Says that this transaction has work for whoever listens to store_news_fd() after its commit */
void db_tell(struct db *db)
{
	db->told = true;
}

struct found {
	db_row_h *h;
	void *arg;
	bool any;
};

static int found_row(const struct db_row *row, void *arg)
{
	struct found *f = arg;
	int err;

	f->any = true;
	err = f->h(row, f->arg);
	return err ? err : DB_STOP;
}

/** As db_query(), for the first row only; ENOENT when there is none */
int db_find(struct db *db, db_row_h *h, void *arg, const char *sql, const char *fmt, ...)
{
	struct found f = {.h = h, .arg = arg};
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = db_run(db, found_row, &f, sql, fmt, ap);
	va_end(ap);
	return err || f.any ? err : ENOENT;
}

static int number_row(const struct db_row *row, void *arg)
{
	*(int64_t *)arg = db_int(row, 0);
	return 0;
}

/** The first column of the first row as a number; ENOENT when there is no row */
int db_number(struct db *db, int64_t *v, const char *sql, const char *fmt, ...)
{
	struct found f = {.h = number_row, .arg = v};
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = db_run(db, found_row, &f, sql, fmt, ap);
	va_end(ap);
	return err || f.any ? err : ENOENT;
}

/** Column i as a number, 0 for NULL */
int64_t db_int(const struct db_row *row, int i)
{
	CHECK(i < row->columns);
	return row->driver->int_h(row, i);
}

/** Column i as text, "" for NULL; good until the row handler returns */
const char *db_text(const struct db_row *row, int i)
{
	const char *s;

	CHECK(i < row->columns);
	s = row->driver->text_h(row, i);
	return s ? s : "";
}

/** True when column i is NULL */
bool db_null(const struct db_row *row, int i)
{
	CHECK(i < row->columns);
	return row->driver->null_h(row, i);
}

/** Copies column i; what does not fit is cut */
void db_copy(char *buf, size_t size, const struct db_row *row, int i)
{
	str_ncpy(buf, db_text(row, i), size);
}
