/**
 * @file job_timetable_memory.c  Jobs while memory fails on the core: late, but none is lost
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <cmocka.h>
#include "clock.h"
#include "folder.h"
#include "memory.h"
#include "schema.h"
#include "timetable.h"

enum { MOMENTS = 30, PATIENCE = 10000, LEASE_MS = 3600000 };

static struct folder folder;
static struct actor *core;
static struct store *store;
static _Atomic unsigned done, wanted;
static unsigned moments;
static struct tmr tmr;

static enum job_result try(struct job_run *run, void *arg)
{
	return JOB_OK;
}

static int on_end(struct db *db, const struct job_row *row, void *arg)
{
	atomic_fetch_add(&done, row->state == JOB_DONE);
	return 0;
}

static const struct job_ops ops = {.run_h = try, .ended_h = on_end};

static int add_fn(struct db *db, void *obj)
{
	return job_add(db, obj);
}

static void on_moment(void *arg)
{
	const struct timetable *t = arg;

	if (!moments-- || (atomic_load(&done) >= atomic_load(&wanted) && !timetable_running(t)))
		re_cancel();
	else
		tmr_start(&tmr, 1, on_moment, arg);
}

/* Runs the loop of the core until every job is done, but not for long */
static void core_runs(struct timetable *t, unsigned patience)
{
	moments = patience;
	tmr_start(&tmr, 0, on_moment, t);
	assert_int_equal(re_main(NULL), 0);
	tmr_cancel(&tmr);
}

/* In the order of house.c */
static void house_close(struct timetable *t)
{
	if (t)
		timetable_stop(t);
	if (core)
		actor_run(core);
	store = mem_deref(store);
	mem_deref(t);
	core = mem_deref(core);
}

static void house_lives(bool adds, unsigned patience)
{
	struct job_row j = {.tenant = 7, .kind = JOB_mail};
	struct timetable *t = NULL;
	char error[256];
	int err = actor_alloc(&core, "core", 1000);

	err = err ? err : actor_attach(core);
	err = err ? err : store_alloc(&store, &db_sqlite, folder.file, error, sizeof(error));
	if (!err && adds && !(err = store_write_wait(store, add_fn, &j)))
		atomic_fetch_add(&wanted, 1);
	err = err ? err : timetable_alloc(&t, store, core, 1);
	if (!err) {
		timetable_kind(t, JOB_mail, &ops, NULL);
		err = timetable_start(t);
	}
	if (!err)
		core_runs(t, patience);
	house_close(t);
}

static void a_job(void)
{
	house_lives(true, MOMENTS);
}

static void nothing_else(void)
{
	assert_null(core);
}

static int setup(void **state)
{
	folder_make(&folder);
	assert_int_equal(schema_put(&db_sqlite, folder.file), 0);
	return libre_init();
}

static int teardown(void **state)
{
	libre_close();
	folder_remove(&folder);
	return 0;
}

static void test_a_job(void **state)
{
	memory_sweep(a_job, nothing_else, 20);
	clock_advance(LEASE_MS);
	house_lives(false, PATIENCE);
	assert_int_equal(atomic_load(&done), atomic_load(&wanted));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_job, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
