/**
 * @file store_store.c  The store: group commit, who hears when, full disk, lost file, kill -9
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <cmocka.h>
#include <dirent.h>
#include "clock.h"
#include "folder.h"
#include "own.h"

/* How many allocations of the store still succeed; INT_MAX for all of them */
static _Atomic int memory_left = INT_MAX;

static void *poor_zalloc(size_t size, mem_destroy_h *destructor)
{
	int left = memory_left;

	while (left != INT_MAX && left > 0 &&
	       !atomic_compare_exchange_weak(&memory_left, &left, left - 1))
		;
	return left > 0 ? mem_zalloc(size, destructor) : NULL;
}

#define mem_zalloc poor_zalloc
#include "store.c"
#undef mem_zalloc

enum { KILLS = 20, KILL_THREADS = 4, KILL_AFTER_US = 40000 };

static const struct db_driver *driver = &db_sqlite;
static struct folder folder;

static struct store *store_make(const struct db_driver *with)
{
	struct store *s = NULL;
	char error[256];

	assert_int_equal(store_alloc(&s, with, folder.file, error, sizeof(error)), 0);
	return s;
}

static int setup(void **state)
{
	folder_make(&folder);
	return 0;
}

static int teardown(void **state)
{
	folder_remove(&folder);
	return 0;
}

static int put(struct db *db, void *obj)
{
	return db_exec(db, "INSERT INTO counter (name, value) VALUES ($1, 1)", "s", obj);
}

static int count(struct db *db, void *obj)
{
	return db_number(db, obj, "SELECT count(*) FROM counter", "");
}

static int has(struct db *db, void *obj)
{
	int64_t v;

	return db_number(db, &v, "SELECT value FROM counter WHERE name = $1", "s", obj);
}

static void assert_count(struct store *s, int64_t expected)
{
	int64_t n = -1;

	assert_int_equal(store_read(s, count, &n), 0);
	assert_int_equal(n, expected);
}

/* A driver whose commit can be made to fail */
static int commit_error;

static int flaky_commit(struct db *db)
{
	return commit_error ? commit_error : db_sqlite.commit_h(db);
}

static struct db_driver flaky(void)
{
	struct db_driver d = db_sqlite;

	d.commit_h = flaky_commit;
	return d;
}

/* An asker with an inbox */
struct asker {
	struct store *store;
	struct actor *inbox;
	pthread_t thread;
	unsigned done, failed, present;
	int err;
};

/* What travels: whose, and which name it writes */
struct letter {
	struct asker *asker;
	char name[32];
};

static int letter_put(struct db *db, void *obj)
{
	return put(db, ((struct letter *)obj)->name);
}

static void letter_done(int err, void *obj)
{
	struct letter *l = obj;
	struct asker *a = l->asker;

	assert_true(pthread_equal(a->thread, pthread_self()));
	++a->done;
	a->failed += err != 0;
	a->err = err;
	a->present += store_read(a->store, has, l->name) == 0;
}

static void asker_init(struct asker *a, struct store *s)
{
	memset(a, 0, sizeof(*a));
	a->store = s;
	a->thread = pthread_self();
	assert_int_equal(actor_alloc(&a->inbox, "asker", 100000), 0);
}

static void asker_write(struct asker *a, store_fn *fn, const char *name)
{
	struct letter *l = mem_zalloc(sizeof(*l), NULL);

	l->asker = a;
	str_ncpy(l->name, name, sizeof(l->name));
	assert_int_equal(store_write(a->store, fn, l, a->inbox, letter_done), 0);
}

static void asker_wait(struct asker *a, unsigned n)
{
	struct pollfd p = {.fd = actor_fd(a->inbox), .events = POLLIN};

	while (a->done < n) {
		assert_int_equal(poll(&p, 1, 20000), 1);
		actor_run(a->inbox);
	}
}

static void test_write_then_read(void **state)
{
	struct store *s = store_make(driver);

	assert_int_equal(store_write_wait(s, put, "a"), 0);
	assert_count(s, 1);
	assert_int_equal(store_write_wait(s, put, "a"), EEXIST);
	assert_true(store_healthy(s));
	mem_deref(s);
	s = store_make(driver);
	assert_count(s, 1);
	mem_deref(s);
}

static void test_done_comes_after_the_commit(void **state)
{
	struct store *s = store_make(driver);
	struct asker a;
	char name[16];

	asker_init(&a, s);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		asker_write(&a, letter_put, name);
	}
	asker_wait(&a, 100);
	assert_int_equal(a.failed, 0);
	assert_int_equal(a.present, 100); /* each was readable when its asker heard of it */
	mem_deref(a.inbox);
	mem_deref(s);
}

static int put_two_and_fail(struct db *db, void *obj)
{
	assert_int_equal(put(db, "first"), 0);
	assert_int_equal(put(db, "second"), 0);
	return EPERM;
}

static void test_failure_undoes_only_its_own(void **state)
{
	struct store *s = store_make(driver);
	struct asker a;

	asker_init(&a, s);
	asker_write(&a, letter_put, "before");
	asker_write(&a, put_two_and_fail, "x");
	asker_write(&a, letter_put, "after");
	asker_wait(&a, 3);
	assert_int_equal(a.failed, 1);
	assert_count(s, 2);
	assert_int_equal(store_read(s, has, "first"), ENOENT);
	assert_true(store_healthy(s));
	mem_deref(a.inbox);
	mem_deref(s);
}

static sem_t gate;

static int wait_at_gate(struct db *db, void *obj)
{
	sem_wait(&gate);
	return 0;
}

static void test_waiting_writes_share_a_commit(void **state)
{
	struct store *s = store_make(driver);
	uint64_t before = store_commits(s);
	struct asker a;
	char name[16];

	sem_init(&gate, 0, 0);
	asker_init(&a, s);
	asker_write(&a, wait_at_gate, "gate");
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		asker_write(&a, letter_put, name);
	}
	sem_post(&gate);
	asker_wait(&a, 501);
	assert_int_equal(a.failed, 0);
	assert_count(s, 500);
	assert_in_range(store_commits(s) - before, 1, 3);
	mem_deref(a.inbox);
	mem_deref(s);
}

static void test_failed_commit_acknowledges_nothing(void **state)
{
	struct db_driver d = flaky();
	struct store *s = store_make(&d);
	struct asker a;

	asker_init(&a, s);
	commit_error = ENOSPC;
	asker_write(&a, letter_put, "a");
	asker_write(&a, letter_put, "b");
	asker_wait(&a, 2);
	assert_int_equal(a.failed, 2);
	assert_int_equal(a.present, 0);
	assert_int_equal(a.err, ENOSPC);
	assert_false(store_healthy(s));
	commit_error = EIO; /* this one also gives up the connection */
	assert_int_equal(store_write_wait(s, put, "c"), EIO);
	commit_error = 0;
	assert_int_equal(store_write_wait(s, put, "d"), 0);
	assert_true(store_healthy(s));
	assert_count(s, 1);
	mem_deref(a.inbox);
	mem_deref(s);
}

static int shrink(struct db *db, void *obj)
{
	return db->driver->script_h(db, "PRAGMA max_page_count=1");
}

static int grow(struct db *db, void *obj)
{
	return db->driver->script_h(db, "PRAGMA max_page_count=1000000");
}

static int put_much(struct db *db, void *obj)
{
	static char name[20000];

	memset(name, 'x', sizeof(name) - 1);
	name[0] = *(char *)obj;
	return put(db, name);
}

static void test_full_disk_is_told_and_got_over(void **state)
{
	struct store *s = store_make(driver);
	uint64_t errors = log_count(LOG_ERROR);

	log_set_level(LOG_ERROR);
	assert_int_equal(store_write_wait(s, put, "before"), 0);
	assert_int_equal(store_write_wait(s, shrink, NULL), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(store_write_wait(s, put_much, "1"), ENOSPC);
	assert_count(s, 1); /* reading goes on */
	log_set_level(LOG_ERROR + 1);
	assert_int_equal(log_count(LOG_ERROR), errors + 1); /* one row in the log, not three */
	assert_false(store_healthy(s));
	assert_int_equal(store_write_wait(s, grow, NULL), 0);
	assert_int_equal(store_write_wait(s, put_much, "1"), 0);
	assert_true(store_healthy(s));
	assert_count(s, 2);
	mem_deref(s);
}

/* In a process of its own: the limit of a file's size stands for a disk that takes no more. */
static int child_limited(void)
{
	struct rlimit none = {.rlim_cur = 4096, .rlim_max = RLIM_INFINITY};
	struct rlimit all = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
	struct store *s = store_make(driver);
	int bad = store_write_wait(s, put, "a");

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &none);
	bad |= store_write_wait(s, put, "b") == 0;
	bad |= store_healthy(s);
	setrlimit(RLIMIT_FSIZE, &all);
	bad |= store_write_wait(s, put, "c") != 0;
	bad |= !store_healthy(s);
	bad |= store_read(s, has, "b") != ENOENT || store_read(s, has, "c") != 0;
	mem_deref(s);
	return bad;
}

static void test_refused_write_is_told_and_got_over(void **state)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(child_limited());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
}

static void test_lost_file_is_told_and_got_over(void **state)
{
	struct store *s = store_make(driver);
	char away[160];
	int64_t n;

	snprintf(away, sizeof(away), "%s.away", folder.file);
	assert_int_equal(store_write_wait(s, put, "a"), 0);
	assert_count(s, 1);
	assert_int_equal(rename(folder.file, away), 0);
	assert_int_equal(store_write_wait(s, put, "b"), EIO);
	assert_false(store_healthy(s));
	assert_int_equal(store_read(s, count, &n), EIO);
	assert_int_equal(access(folder.file, F_OK), -1); /* no empty one was made instead */
	assert_int_equal(rename(away, folder.file), 0);
	assert_int_equal(store_write_wait(s, put, "c"), 0);
	assert_true(store_healthy(s));
	assert_count(s, 2);
	mem_deref(s);
}

static void test_reader_cannot_write(void **state)
{
	struct store *s = store_make(driver);

	assert_int_not_equal(store_read(s, put, "a"), 0);
	assert_count(s, 0);
	mem_deref(s);
}

static unsigned open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (readdir(d))
		++n;
	closedir(d);
	return n;
}

static void *read_once(void *arg)
{
	int64_t n;

	return (void *)(intptr_t)store_read(arg, count, &n);
}

static void test_thread_closes_its_connection(void **state)
{
	struct store *s = store_make(driver);
	unsigned before;
	pthread_t t;
	void *err;

	assert_count(s, 0);
	before = open_files();
	for (int i = 0; i < 5; i++) {
		pthread_create(&t, NULL, read_once, s);
		pthread_join(t, &err);
		assert_null(err);
	}
	/* SQLite keeps a few descriptors until the locks of the process are gone */
	assert_in_range(open_files(), before, before + 5);
	mem_deref(s);
	assert_in_range(open_files(), 0, before - 1);
}

static void test_release_finishes_what_waits(void **state)
{
	struct store *s = store_make(driver);
	struct asker a;
	char name[16];

	asker_init(&a, s);
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		asker_write(&a, letter_put, name);
	}
	mem_deref(s);
	mem_deref(a.inbox);
	s = store_make(driver);
	assert_count(s, 50);
	mem_deref(s);
}

static void test_file_is_for_the_owner_only(void **state)
{
	struct store *s = store_make(driver);
	struct stat st;

	assert_int_equal(stat(folder.file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	mem_deref(s);
}

/* Whatever allocation fails: nobody waits for ever, and what was acknowledged is there. */
static void test_without_memory(void **state)
{
	struct store *s = store_make(driver);
	unsigned failed = 0;
	char name[16];

	for (int left = 0; left < 10; left++) {
		int err;

		snprintf(name, sizeof(name), "n%d", left);
		memory_left = left;
		err = store_write_wait(s, put, name);
		memory_left = INT_MAX;
		assert_true(!err || err == ENOMEM);
		failed += err != 0;
		assert_int_equal(store_read(s, has, name), err ? ENOENT : 0);
	}
	assert_in_range(failed, 3, 6);
	assert_int_equal(store_write_wait(s, put, "after"), 0);
	mem_deref(s);
}

static void test_no_folder_is_an_error(void **state)
{
	struct store *s = NULL;
	char error[256];

	assert_int_equal(store_alloc(&s, driver, "/nonexistent/carillon.db", error, sizeof(error)),
			 ENOENT);
	assert_null(s);
	assert_non_null(strstr(error, "/nonexistent/carillon.db"));
}

/* The child writes numbers from several threads and says each on the pipe once it is on disk. */
struct producer {
	struct store *store;
	int fd;
	int64_t base;
};

static void *produce(void *arg)
{
	struct producer *p = arg;
	char name[32];

	for (int64_t i = p->base;; i += KILL_THREADS) {
		snprintf(name, sizeof(name), "%lld", (long long)i);
		if (!store_write_wait(p->store, put, name) &&
		    write(p->fd, &i, sizeof(i)) != sizeof(i))
			return NULL;
	}
}

static void child_produce(int fd, int64_t base)
{
	struct producer p[KILL_THREADS];
	struct store *s = store_make(driver);
	pthread_t t;

	for (int i = 0; i < KILL_THREADS; i++) {
		p[i] = (struct producer){.store = s, .fd = fd, .base = base + i};
		pthread_create(&t, NULL, produce, &p[i]);
	}
	pause();
}

static void kill_once(int64_t base, int64_t *acknowledged, size_t *n, size_t max)
{
	int fds[2];
	int64_t v;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (!pid) {
		close(fds[0]);
		child_produce(fds[1], base);
		_exit(1);
	}
	close(fds[1]);
	/* the first word says that it runs */
	assert_int_equal(read(fds[0], &v, sizeof(v)), sizeof(v));
	acknowledged[(*n)++] = v;
	usleep(KILL_AFTER_US);
	kill(pid, SIGKILL);
	while (read(fds[0], &v, sizeof(v)) == sizeof(v) && *n < max)
		acknowledged[(*n)++] = v;
	waitpid(pid, NULL, 0);
	close(fds[0]);
}

static void test_acknowledged_survives_kill(void **state)
{
	enum { MAX = 200000 };
	int64_t *acknowledged = calloc(MAX, sizeof(*acknowledged));
	size_t n = 0;
	char name[32];
	struct store *s;

	for (int k = 0; k < KILLS; k++)
		kill_once((int64_t)k * 1000000, acknowledged, &n, MAX);
	s = store_make(driver);
	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%lld", (long long)acknowledged[i]);
		assert_int_equal(store_read(s, has, name), 0);
	}
	print_message("%zu acknowledged writes survived %d kills\n", n, KILLS);
	assert_true(n >= KILLS);
	mem_deref(s);
	free(acknowledged);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_acknowledged_survives_kill), /* forks: before there are threads */
		TEST(test_refused_write_is_told_and_got_over),
		TEST(test_write_then_read),
		TEST(test_done_comes_after_the_commit),
		TEST(test_failure_undoes_only_its_own),
		TEST(test_waiting_writes_share_a_commit),
		TEST(test_failed_commit_acknowledges_nothing),
		TEST(test_full_disk_is_told_and_got_over),
		TEST(test_lost_file_is_told_and_got_over),
		TEST(test_reader_cannot_write),
		TEST(test_thread_closes_its_connection),
		TEST(test_release_finishes_what_waits),
		TEST(test_file_is_for_the_owner_only),
		TEST(test_without_memory),
		TEST(test_no_folder_is_an_error),
	};

	log_set_level(LOG_ERROR + 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
