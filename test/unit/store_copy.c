/**
 * @file store_copy.c  A backup is one state of the database, whole or not at all, while others
 * write
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdatomic.h>
#include <pthread.h>
#include <sys/stat.h>
#include <cmocka.h>
#include "folder.h"
#include "own.h"
#include "store.h"

enum { ROWS = 20000 };

static struct folder folder;
static struct store *store;
static char backup[128];
static _Atomic bool over;

static int make_fn(struct db *db, void *obj)
{
	int err = db_exec(db, "CREATE TABLE pair (a BIGINT NOT NULL, b BIGINT NOT NULL)", "");

	if (!err)
		err = db_exec(db,
			      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
			      "WHERE i < $1) INSERT INTO pair SELECT 0, 0 FROM n",
			      "d", ROWS);
	return err;
}

/* One transaction: every row of a state has the same number */
static int change_fn(struct db *db, void *obj)
{
	int err = db_exec(db, "UPDATE pair SET a = a + 1", "");

	return err ? err : db_exec(db, "UPDATE pair SET b = b + 1", "");
}

static int setup(void **state)
{
	char error[256];

	folder_make(&folder);
	snprintf(backup, sizeof(backup), "%s/backup.db", folder.path);
	over = false;
	return store_alloc(&store, &db_sqlite, folder.file, error, sizeof(error)) ||
	       store_write_wait(store, make_fn, NULL);
}

static int teardown(void **state)
{
	store = mem_deref(store);
	folder_remove(&folder);
	return 0;
}

static void *writer(void *arg)
{
	while (!over)
		(void)store_write_wait(store, change_fn, NULL);
	return NULL;
}

static int64_t number(const char *sql)
{
	struct db *db = NULL;
	int64_t n = -1;

	assert_int_equal(db_sqlite.open_h(&db, backup, DB_READ), 0);
	assert_int_equal(db_number(db, &n, sql, ""), 0);
	mem_deref(db);
	return n;
}

static void copy_is_one_state_while_others_write(void **state)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, writer, NULL), 0);
	assert_int_equal(store_copy(&db_sqlite, folder.file, backup), 0);
	over = true;
	pthread_join(thread, NULL);
	assert_int_equal(number("SELECT COUNT(*) FROM pair"), ROWS);
	assert_int_equal(number("SELECT COUNT(DISTINCT a) FROM pair"), 1);
	assert_int_equal(number("SELECT COUNT(*) FROM pair WHERE a <> b"), 0);
}

static void copy_is_for_its_owner_only(void **state)
{
	struct stat st;

	assert_int_equal(store_copy(&db_sqlite, folder.file, backup), 0);
	assert_int_equal(stat(backup, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void file_that_is_there_is_left_alone(void **state)
{
	FILE *f = fopen(backup, "w");

	fputs("dear", f);
	fclose(f);
	assert_int_equal(store_copy(&db_sqlite, folder.file, backup), EEXIST);
	f = fopen(backup, "r");
	assert_int_equal(fgetc(f), 'd');
	fclose(f);
}

static void failed_copy_leaves_nothing(void **state)
{
	char nowhere[160], part[160];

	snprintf(nowhere, sizeof(nowhere), "%s/none/backup.db", folder.path);
	assert_int_equal(store_copy(&db_sqlite, folder.file, nowhere), ENOENT);
	assert_int_equal(store_copy(&db_sqlite, nowhere, backup), ENOENT);
	snprintf(part, sizeof(part), "%s.part", backup);
	assert_int_equal(access(backup, F_OK), -1);
	assert_int_equal(access(part, F_OK), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(copy_is_one_state_while_others_write),
		TEST(copy_is_for_its_owner_only),
		TEST(file_that_is_there_is_left_alone),
		TEST(failed_copy_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
