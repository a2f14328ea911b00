/**
 * @file job_timetable.c  Jobs run when they are due, whatever is killed in between
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <errno.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <cmocka.h>
#include "clock.h"
#include "folder.h"
#include "log.h"
#include "own.h"
#include "schema.h"
#include "timetable.h"

enum { MINUTE = 60000, PATIENCE_MS = 10000, TENANT = 7 };

static struct folder folder;
static struct actor *core;
static struct store *store;
static struct timetable *timetable;
static struct job_run *started; /* what start_h() got last */

static _Atomic enum job_result answer;
static _Atomic unsigned tried, most, at_once, ended;
static _Atomic int hold_ms;
static _Atomic bool disk_full, wait_for_stop;

static enum job_result try(struct job_run *run, void *arg)
{
	unsigned n = atomic_fetch_add(&at_once, 1) + 1;

	if (n > atomic_load(&most))
		atomic_store(&most, n);
	if (atomic_load(&hold_ms))
		usleep((unsigned)atomic_load(&hold_ms) * 1000);
	while (atomic_load(&wait_for_stop) && !job_run_stopping(run))
		usleep(1000);
	atomic_fetch_sub(&at_once, 1);
	atomic_fetch_add(&tried, 1);
	snprintf(run->row.error, sizeof(run->row.error), "try %u", run->row.tries);
	return job_run_stopping(run) ? JOB_BACK : atomic_load(&answer);
}

static int on_end(struct db *db, const struct job_row *row, void *arg)
{
	atomic_fetch_add(&ended, 1);
	return atomic_load(&disk_full) ? ENOSPC : 0;
}

static void start(struct job_run *run, void *arg)
{
	started = run;
}

static void stop(struct job_run *run, void *arg)
{
	started = NULL;
	job_run_finish(run, JOB_BACK);
}

static const struct job_ops blocking = {.run_h = try, .ended_h = on_end};
static const struct job_ops living = {.start_h = start, .stop_h = stop};

static void open_house(const struct job_ops *ops)
{
	char error[256];

	assert_int_equal(actor_alloc(&core, "core", 1000), 0);
	assert_int_equal(actor_attach(core), 0);
	assert_int_equal(store_alloc(&store, &db_sqlite, folder.file, error, sizeof(error)), 0);
	assert_int_equal(timetable_alloc(&timetable, store, core, 3), 0);
	timetable_kind(timetable, JOB_mail, ops, NULL);
	assert_int_equal(timetable_start(timetable), 0);
}

static void close_house(void)
{
	timetable_stop(timetable);
	if (core)
		actor_run(core);
	store = mem_deref(store);
	timetable = mem_deref(timetable);
	core = mem_deref(core);
}

static int setup(void **state)
{
	folder_make(&folder);
	assert_int_equal(schema_put(&db_sqlite, folder.file), 0);
	atomic_store(&answer, JOB_OK);
	tried = most = at_once = ended = 0;
	hold_ms = 0;
	disk_full = wait_for_stop = false;
	started = NULL;
	return 0;
}

static int teardown(void **state)
{
	close_house();
	folder_remove(&folder);
	return 0;
}

static int add_fn(struct db *db, void *obj)
{
	return job_add(db, obj);
}

static struct job_row added(int64_t due_at)
{
	struct job_row j = {.tenant = TENANT, .kind = JOB_mail, .due_at = due_at};

	assert_int_equal(store_write_wait(store, add_fn, &j), 0);
	return j;
}

static int get_fn(struct db *db, void *obj)
{
	struct job_row *j = obj;
	char id[ID_SIZE];

	memcpy(id, j->id, sizeof(id));
	return job_get(j, db, TENANT, id);
}

static struct job_row stored(const char *id)
{
	struct job_row j = {0};

	memcpy(j.id, id, ID_SIZE);
	assert_int_equal(store_read(store, get_fn, &j), 0);
	return j;
}

typedef bool(until_h)(const void *arg);

struct until {
	struct tmr tmr;
	until_h *h;
	const void *arg;
	uint64_t end;
	bool met;
};

static void on_until(void *arg)
{
	struct until *u = arg;

	u->met = u->h(u->arg);
	if (u->met || !u->end--)
		re_cancel();
	else
		tmr_start(&u->tmr, 1, on_until, u);
}

/* Runs the core's loop until something is so; false when patience ends */
static bool until(until_h *h, const void *arg)
{
	struct until u = {.h = h, .arg = arg, .end = PATIENCE_MS};

	tmr_start(&u.tmr, 0, on_until, &u);
	re_main(NULL);
	tmr_cancel(&u.tmr);
	return u.met;
}

static bool is_done(const void *id)
{
	return stored(id).state == JOB_DONE;
}

static bool is_failed(const void *id)
{
	return stored(id).state == JOB_FAILED;
}

static bool was_tried(const void *n)
{
	return atomic_load(&tried) >= *(const unsigned *)n && !timetable_running(timetable);
}

static bool is_running(const void *arg)
{
	return atomic_load(&at_once) > 0;
}

static bool is_started(const void *arg)
{
	return started != NULL;
}

static bool claimed_by_other(const void *token)
{
	struct job_row j = stored(started ? started->row.id : "");

	return strcmp(j.token, token) != 0;
}

static bool end_was_refused(const void *arg)
{
	return atomic_load(&ended) > 0;
}

static bool time_passes(const void *ms)
{
	static uint64_t since;
	uint64_t now = clock_mono_ms();

	if (!since)
		since = now;
	if (now - since < *(const uint64_t *)ms)
		return false;
	since = 0;
	return true;
}

static void job_runs_at_once_when_it_is_due(void **state)
{
	struct job_row j;

	open_house(&blocking);
	j = added(0);
	assert_true(until(is_done, j.id));
	assert_int_equal(tried, 1);
	assert_int_equal(ended, 1);
}

static void job_that_is_due_later_runs_when_the_clock_says_so(void **state)
{
	const uint64_t short_while = 50;
	struct job_row j;

	open_house(&blocking);
	j = added(clock_wall_ms() + 30 * MINUTE);
	assert_true(until(time_passes, &short_while));
	assert_int_equal(tried, 0);
	clock_advance(30 * MINUTE);
	assert_true(until(is_done, j.id));
}

static void failed_try_is_repeated_after_its_pause(void **state)
{
	const unsigned once = 1, twice = 2;
	struct job_row j;

	answer = JOB_AGAIN;
	open_house(&blocking);
	j = added(0);
	assert_true(until(was_tried, &once));
	assert_int_equal(stored(j.id).state, JOB_WAIT);
	assert_string_equal(stored(j.id).error, "try 1");
	clock_advance(MINUTE);
	assert_true(until(was_tried, &twice));
	assert_string_equal(stored(j.id).error, "try 2");
}

static void job_that_can_never_succeed_is_tried_once(void **state)
{
	struct job_row j;

	answer = JOB_NEVER;
	open_house(&blocking);
	j = added(0);
	assert_true(until(is_failed, j.id));
	assert_int_equal(tried, 1);
}

static void work_threads_share_the_jobs(void **state)
{
	const unsigned all = 9;

	hold_ms = 20;
	open_house(&blocking);
	for (unsigned i = 0; i < all; i++)
		added(0);
	assert_true(until(was_tried, &all));
	assert_int_equal(tried, all);
	assert_in_range(most, 2, 3);
}

static void lease_is_renewed_while_a_job_runs(void **state)
{
	const uint64_t short_while = 100;
	struct job_row j;
	char token[ID_SIZE];

	open_house(&living);
	j = added(0);
	assert_true(until(is_started, NULL));
	memcpy(token, started->row.token, sizeof(token));
	for (int i = 0; i < 4; i++) {
		clock_advance(MINUTE / 2);
		assert_true(until(time_passes, &short_while));
	}
	assert_false(claimed_by_other(token));
	assert_int_equal(stored(j.id).tries, 1);
	job_run_finish(started, JOB_OK);
	assert_true(until(is_done, j.id));
}

static void end_that_the_disk_refused_is_written_later(void **state)
{
	struct job_row j;

	disk_full = true;
	open_house(&blocking);
	j = added(0);
	assert_true(until(end_was_refused, NULL));
	assert_int_equal(stored(j.id).state, JOB_RUN);
	disk_full = false;
	assert_true(until(is_done, j.id));
	assert_int_equal(tried, 1);
}

static void stop_gives_back_what_runs(void **state)
{
	struct job_row j;

	wait_for_stop = true;
	open_house(&blocking);
	j = added(0);
	assert_true(until(is_running, NULL));
	close_house();
	wait_for_stop = false;
	open_house(&blocking);
	assert_true(until(is_done, j.id));
	assert_int_equal(stored(j.id).tries, 1);
}

static void stop_gives_back_what_lives_on_the_core(void **state)
{
	struct job_row j;

	open_house(&living);
	j = added(0);
	assert_true(until(is_started, NULL));
	close_house();
	assert_null(started);
	open_house(&blocking);
	assert_true(until(is_done, j.id));
}

static void drained_timetable_claims_nothing(void **state)
{
	const uint64_t short_while = 50;
	struct job_row j;

	open_house(&blocking);
	timetable_drain(timetable);
	j = added(0);
	assert_true(until(time_passes, &short_while));
	assert_int_equal(stored(j.id).state, JOB_WAIT);
}

/* The child claims the job and is killed while it tries */
static void child_killed_in_a_try(void)
{
	int fd[2];
	char c;
	pid_t child;

	assert_int_equal(pipe(fd), 0);
	child = fork();
	if (!child) {
		wait_for_stop = true;
		open_house(&blocking);
		added(0);
		if (!until(is_running, NULL) || write(fd[1], "x", 1) != 1)
			_exit(1);
		pause();
	}
	close(fd[1]);
	assert_int_equal(read(fd[0], &c, 1), 1);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(fd[0]);
}

static int any_fn(struct db *db, void *obj)
{
	return db_number(db, obj, "SELECT COUNT(*) FROM job WHERE state = 'run' AND tries = 1", "");
}

static void killed_program_leaves_a_lease_that_runs_out(void **state)
{
	const uint64_t short_while = 100;
	const unsigned once = 1;
	int64_t running = 0;

	open_house(&blocking);
	assert_int_equal(store_read(store, any_fn, &running), 0);
	assert_int_equal(running, 1);
	assert_true(until(time_passes, &short_while));
	assert_int_equal(tried, 0);
	clock_advance(MINUTE);
	assert_true(until(was_tried, &once));
	assert_int_equal(store_read(store, any_fn, &running), 0);
	assert_int_equal(running, 0);
}

static int worn_fn(struct db *db, void *obj)
{
	struct job_row *j = obj;
	int err = job_add(db, j);

	return err ? err
		   : db_exec(db,
			     "UPDATE job SET state = 'run', tries = tries_max, lease_until = 1, "
			     "lease_token = 'x' WHERE id = $1",
			     "s", j->id);
}

static void job_that_always_kills_the_program_fails(void **state)
{
	struct job_row j = {.tenant = TENANT, .kind = JOB_mail};

	open_house(&blocking);
	assert_int_equal(store_write_wait(store, worn_fn, &j), 0);
	assert_true(until(is_failed, j.id));
	assert_int_equal(tried, 0);
	assert_non_null(strstr(stored(j.id).error, "The program ended each time"));
}

static int killed_setup(void **state)
{
	int err = setup(state);

	child_killed_in_a_try();
	return err;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* First, because it forks: a child must not inherit half of another thread */
		cmocka_unit_test_setup_teardown(killed_program_leaves_a_lease_that_runs_out,
						killed_setup, teardown),
		TEST(job_runs_at_once_when_it_is_due),
		TEST(job_that_is_due_later_runs_when_the_clock_says_so),
		TEST(failed_try_is_repeated_after_its_pause),
		TEST(job_that_can_never_succeed_is_tried_once),
		TEST(work_threads_share_the_jobs),
		TEST(lease_is_renewed_while_a_job_runs),
		TEST(end_that_the_disk_refused_is_written_later),
		TEST(stop_gives_back_what_runs),
		TEST(stop_gives_back_what_lives_on_the_core),
		TEST(drained_timetable_claims_nothing),
		TEST(job_that_always_kills_the_program_fails),
	};
	int failed;

	log_set_level(LOG_ERROR + 1);
	if (libre_init())
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	libre_close();
	return failed;
}
