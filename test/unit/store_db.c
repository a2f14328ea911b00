/**
 * @file store_db.c  Binding by type, numbered parameters, rows, what errors mean
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "folder.h"
#include "log.h"
#include "db.h"
#include "own.h"

static const struct db_driver *driver = &db_sqlite;
static struct folder folder;
static struct db *db;

static int setup(void **state)
{
	folder_make(&folder);
	return driver->open_h(&db, folder.file, DB_CREATE) ||
	       driver->script_h(db, "CREATE TABLE t (a BIGINT NOT NULL PRIMARY KEY, b TEXT, c TEXT "
				    "NOT NULL DEFAULT 'x')");
}

static int teardown(void **state)
{
	db = mem_deref(db);
	folder_remove(&folder);
	return 0;
}

struct seen {
	unsigned rows, stop_at;
	int64_t a;
	char b[32];
	bool null;
	int err;
};

static int see(const struct db_row *row, void *arg)
{
	struct seen *s = arg;

	s->a = db_int(row, 0);
	db_copy(s->b, sizeof(s->b), row, 1);
	s->null = db_null(row, 1);
	if (++s->rows == s->stop_at)
		return s->err;
	return 0;
}

static void fill(int n)
{
	for (int i = 0; i < n; i++)
		assert_int_equal(db_exec(db, "INSERT INTO t (a, b) VALUES ($1, $2)", "ds", i, "b"),
				 0);
}

static void test_binds_by_number_not_by_order(void **state)
{
	struct seen s = {0};

	assert_int_equal(
		db_exec(db, "INSERT INTO t (b, a) VALUES ($2, $1)", "is", INT64_C(-7), "seven"), 0);
	assert_int_equal(db_find(db, see, &s,
				 "SELECT a, b FROM t WHERE b = $2 AND a = $1 AND b = $2", "is",
				 INT64_C(-7), "seven"),
			 0);
	assert_int_equal(s.a, -7);
	assert_string_equal(s.b, "seven");
}

static void test_binds_many(void **state)
{
	int64_t v = 0;

	assert_int_equal(db_number(db, &v, "SELECT $1+$2+$3+$4+$5+$6+$7+$8+$9+$10+$11",
				   "ddddddddddd", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
			 0);
	assert_int_equal(v, 66);
}

static void test_null_and_empty(void **state)
{
	struct seen s = {0};

	assert_int_equal(db_exec(db, "INSERT INTO t (a, b) VALUES (1, $1)", "s", NULL), 0);
	assert_int_equal(db_exec(db, "INSERT INTO t (a, b) VALUES (2, $1)", "z", ""), 0);
	assert_int_equal(db_exec(db, "INSERT INTO t (a, b) VALUES (3, $1)", "s", ""), 0);
	for (int a = 1; a <= 3; a++) {
		assert_int_equal(db_find(db, see, &s, "SELECT a, b FROM t WHERE a = $1", "d", a),
				 0);
		assert_string_equal(s.b, "");
		assert_int_equal(s.null, a < 3);
	}
}

static void test_value_is_never_sql(void **state)
{
	const char *evil = "'); DROP TABLE t; --";
	struct seen s = {0};

	assert_int_equal(db_exec(db, "INSERT INTO t (a, b) VALUES (1, $1)", "s", evil), 0);
	assert_int_equal(db_find(db, see, &s, "SELECT a, b FROM t", ""), 0);
	assert_string_equal(s.b, evil);
}

static void test_errors(void **state)
{
	fill(1);
	assert_int_equal(db_exec(db, "INSERT INTO t (a) VALUES (0)", ""), EEXIST);
	assert_int_equal(db_exec(db, "INSERT INTO t (a, c) VALUES (5, $1)", "s", NULL), EINVAL);
	assert_int_equal(db_exec(db, "SELECT nothing FROM nowhere", ""), EINVAL);
	assert_int_equal(db_change(db, "UPDATE t SET b = 'x' WHERE a = 77", ""), ENOENT);
	assert_int_equal(db_change(db, "UPDATE t SET b = 'x' WHERE a = 0", ""), 0);
	assert_int_equal(db->changed, 1);
	assert_int_equal(db_find(db, see, &(struct seen){0}, "SELECT a, b FROM t WHERE a = 9", ""),
			 ENOENT);
}

static void test_handler_stops_and_fails(void **state)
{
	struct seen stop = {.stop_at = 2, .err = DB_STOP}, fail = {.stop_at = 3, .err = EPERM};
	struct seen all = {0};

	fill(5);
	assert_int_equal(db_query(db, see, &stop, "SELECT a, b FROM t ORDER BY a", ""), 0);
	assert_int_equal(stop.rows, 2);
	assert_int_equal(db_query(db, see, &fail, "SELECT a, b FROM t ORDER BY a", ""), EPERM);
	assert_int_equal(fail.rows, 3);
	assert_int_equal(db_query(db, see, &all, "SELECT a, b FROM t ORDER BY a", ""), 0);
	assert_int_equal(all.rows, 5);
}

static int nest(const struct db_row *row, void *arg)
{
	struct seen *s = arg, inner = {0};

	assert_int_equal(db_query(db, see, &inner, "SELECT a, b FROM t ORDER BY a", ""), 0);
	assert_int_equal(inner.rows, 4);
	++s->rows;
	return 0;
}

static void test_same_statement_within_itself(void **state)
{
	struct seen s = {0};

	fill(4);
	assert_int_equal(db_query(db, nest, &s, "SELECT a, b FROM t ORDER BY a", ""), 0);
	assert_int_equal(s.rows, 4);
}

static void test_transactions(void **state)
{
	int64_t n = -1;

	assert_int_equal(driver->begin_h(db, true), 0);
	assert_true(driver->within_h(db));
	fill(3);
	driver->rollback_h(db);
	assert_false(driver->within_h(db));
	assert_int_equal(db_number(db, &n, "SELECT count(*) FROM t", ""), 0);
	assert_int_equal(n, 0);
}

/* What was acknowledged survives a loss of power: FULL syncs the log at every commit. */
static void test_sqlite_is_durable(void **state)
{
	struct seen mode = {0};
	int64_t v = -1;

	if (driver != &db_sqlite)
		skip();
	assert_int_equal(db_number(db, &v, "PRAGMA synchronous", ""), 0);
	assert_int_equal(v, 2);
	assert_int_equal(db_number(db, &v, "PRAGMA foreign_keys", ""), 0);
	assert_int_equal(v, 1);
	assert_int_equal(
		db_find(db, see, &mode, "SELECT 0, journal_mode FROM pragma_journal_mode", ""), 0);
	assert_string_equal(mode.b, "wal");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_binds_by_number_not_by_order),
		TEST(test_binds_many),
		TEST(test_null_and_empty),
		TEST(test_value_is_never_sql),
		TEST(test_errors),
		TEST(test_handler_stops_and_fails),
		TEST(test_same_statement_within_itself),
		TEST(test_transactions),
		TEST(test_sqlite_is_durable),
	};

	log_set_level(LOG_ERROR + 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
