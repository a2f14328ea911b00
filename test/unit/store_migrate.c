/**
 * @file store_migrate.c  Migrations: in order, once, whole or not at all, never backwards
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <cmocka.h>
#include "folder.h"
#include "log.h"
#include "migrate.h"
#include "own.h"
#include "store.h"

static const struct db_driver *driver = &db_sqlite;
static struct folder folder;
static char error[256];

static const struct migration list[] = {
	{1, "first", "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY); INSERT INTO a VALUES (1);"},
	{2, "second", "CREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY); INSERT INTO a VALUES (2);"},
};

static int setup(void **state)
{
	folder_make(&folder);
	error[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	folder_remove(&folder);
	return 0;
}

static struct db *db_make(void)
{
	struct db *db = NULL;

	assert_int_equal(driver->open_h(&db, folder.file, DB_CREATE), 0);
	return db;
}

static int64_t number(struct db *db, const char *sql)
{
	int64_t v = -1;

	(void)db_number(db, &v, sql, "");
	return v;
}

static void test_applies_what_is_missing(void **state)
{
	struct db *db = db_make();

	assert_int_equal(migrate(db, list, 1, error, sizeof(error)), 0);
	assert_int_equal(number(db, "SELECT max(number) FROM schema_version"), 1);
	assert_int_equal(migrate(db, list, 2, error, sizeof(error)), 0);
	assert_int_equal(migrate(db, list, 2, error, sizeof(error)), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM schema_version"), 2);
	assert_int_equal(number(db, "SELECT count(*) FROM a"), 2);
	mem_deref(db);
}

static void test_newer_database_is_refused(void **state)
{
	struct db *db = db_make();

	assert_int_equal(migrate(db, list, 2, error, sizeof(error)), 0);
	assert_int_equal(migrate(db, list, 1, error, sizeof(error)), ENOTSUP);
	assert_non_null(strstr(error, "schema 2"));
	assert_non_null(strstr(error, "up to 1"));
	mem_deref(db);
}

static void test_broken_migration_leaves_nothing(void **state)
{
	const struct migration broken[] = {
		list[0],
		{2, "broken", "CREATE TABLE b (id BIGINT); INSERT INTO nowhere VALUES (1);"}};
	struct db *db = db_make();

	assert_int_equal(migrate(db, broken, 2, error, sizeof(error)), EINVAL);
	assert_non_null(strstr(error, "broken"));
	assert_int_equal(number(db, "SELECT max(number) FROM schema_version"), 1);
	assert_int_equal(number(db, "SELECT count(*) FROM b"), -1);
	mem_deref(db);
}

/* Where the child is killed: after the script, before the commit, after it */
static enum { AFTER_SCRIPT, BEFORE_COMMIT, AFTER_COMMIT } point;

static int killing_script(struct db *db, const char *sql)
{
	int err = db_sqlite.script_h(db, sql);

	if (point == AFTER_SCRIPT && strstr(sql, "TABLE b"))
		raise(SIGKILL);
	return err;
}

static int killing_commit(struct db *db)
{
	int err;

	if (point == BEFORE_COMMIT)
		raise(SIGKILL);
	err = db_sqlite.commit_h(db);
	if (point == AFTER_COMMIT)
		raise(SIGKILL);
	return err;
}

static void child_migrate(void)
{
	struct db_driver killing = db_sqlite;
	struct db *db = db_make();

	killing.script_h = killing_script;
	killing.commit_h = killing_commit;
	db->driver = &killing;
	(void)migrate(db, list, 2, error, sizeof(error));
	_exit(0);
}

static void test_kill_leaves_before_or_after(void **state)
{
	for (point = AFTER_SCRIPT; point <= AFTER_COMMIT; point++) {
		struct db *db = db_make();
		int64_t expected = point == AFTER_COMMIT ? 2 : 1;
		int status;
		pid_t pid;

		assert_int_equal(migrate(db, list, 1, error, sizeof(error)), 0);
		mem_deref(db);
		pid = fork();
		if (!pid)
			child_migrate();
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		db = db_make();
		assert_int_equal(number(db, "SELECT max(number) FROM schema_version"), expected);
		assert_int_equal(number(db, "SELECT count(*) FROM a"), expected);
		assert_int_equal(number(db, "SELECT count(*) FROM b"), expected == 2 ? 0 : -1);
		assert_int_equal(migrate(db, list, 2, error, sizeof(error)), 0);
		mem_deref(db);
		folder_remove(&folder);
		folder_make(&folder);
	}
}

/* The program's own migrations, killed at whatever moment it is. */
static void test_kill_at_any_moment(void **state)
{
	for (int i = 0; i < 10; i++) {
		struct store *s = NULL;
		pid_t pid = fork();

		if (!pid) {
			(void)store_alloc(&s, driver, folder.file, error, sizeof(error));
			pause();
		}
		usleep((useconds_t)i * 2000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		assert_int_equal(store_alloc(&s, driver, folder.file, error, sizeof(error)), 0);
		mem_deref(s);
		folder_remove(&folder);
		folder_make(&folder);
	}
}

static void test_own_migrations_are_in_order(void **state)
{
	assert_true(migration_count > 0);
	for (size_t i = 0; i < migration_count; i++) {
		assert_int_equal(migrations[i].number, i + 1);
		assert_true(strlen(migrations[i].name) > 0);
	}
}

static void test_store_refuses_a_newer_database(void **state)
{
	struct store *s = NULL;
	struct db *db;

	assert_int_equal(store_alloc(&s, driver, folder.file, error, sizeof(error)), 0);
	s = mem_deref(s);
	db = db_make();
	assert_int_equal(db_exec(db, "INSERT INTO schema_version VALUES (9999, 'future', 0)", ""),
			 0);
	mem_deref(db);
	assert_int_equal(store_alloc(&s, driver, folder.file, error, sizeof(error)), ENOTSUP);
	assert_null(s);
	assert_non_null(strstr(error, "newer program"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_applies_what_is_missing),
		TEST(test_newer_database_is_refused),
		TEST(test_broken_migration_leaves_nothing),
		TEST(test_kill_leaves_before_or_after),
		TEST(test_kill_at_any_moment),
		TEST(test_own_migrations_are_in_order),
		TEST(test_store_refuses_a_newer_database),
	};

	log_set_level(LOG_ERROR + 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
