/**
 * @file base_own.c  AUTO and TAKE, CHECK, shared objects held by several threads
 */
#include <pthread.h>
#include <signal.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "own.h"

static bool memory_fails;

static void *poor_calloc(size_t n, size_t size)
{
	return memory_fails ? NULL : calloc(n, size);
}

#define calloc poor_calloc
#include "own.c"
#undef calloc

static int freed;

static void freed_destructor(void *arg)
{
	++freed;
}

static void auto_releases(void **state)
{
	freed = 0;
	{
		AUTO void *p = mem_zalloc(8, freed_destructor);

		assert_non_null(p);
		assert_int_equal(freed, 0);
	}
	assert_int_equal(freed, 1);
}

static void auto_allows_null(void **state)
{
	freed = 0;
	{
		AUTO void *p = NULL;

		assert_null(p);
	}
	assert_int_equal(freed, 0);
}

static void *made(void)
{
	AUTO int *p = mem_zalloc(sizeof(*p), freed_destructor);

	*p = 42;
	return TAKE(p);
}

static void take_hands_on(void **state)
{
	int *p, *q;

	freed = 0;
	p = made();
	assert_int_equal(freed, 0);
	assert_int_equal(*p, 42);
	q = TAKE(p);
	assert_null(p);
	mem_deref(q);
	assert_int_equal(freed, 1);
}

static void check_aborts_only_when_false(void **state)
{
	int status = 0;
	pid_t pid;

	CHECK(1 + 1 == 2);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		signal(SIGABRT, SIG_DFL);
		close(STDERR_FILENO);
		CHECK(1 + 1 == 3);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

struct box {
	int before;
	int member;
};

static void owner_and_count(void **state)
{
	struct box b[3];

	assert_ptr_equal(OWNER(&b[1].member, struct box, member), &b[1]);
	assert_int_equal(COUNT(b), 3);
}

static void shared_lives_until_the_last(void **state)
{
	char *p = shared_alloc(100, freed_destructor);
	const char *q;

	freed = 0;
	assert_non_null(p);
	for (int i = 0; i < 100; i++)
		assert_int_equal(p[i], 0);
	assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
	q = shared_ref(p);
	assert_ptr_equal(q, p);
	assert_null(shared_unref(p));
	assert_int_equal(freed, 0);
	shared_unref(q);
	assert_int_equal(freed, 1);
}

static void shared_allows_null(void **state)
{
	assert_null(shared_ref(NULL));
	assert_null(shared_unref(NULL));
}

static void shared_without_destructor(void **state)
{
	assert_null(shared_unref(shared_alloc(1, NULL)));
}

static void shared_without_memory(void **state)
{
	memory_fails = true;
	freed = 0;
	assert_null(shared_alloc(1, freed_destructor));
	memory_fails = false;
	assert_int_equal(freed, 0);
}

enum { THREADS = 4, ROUNDS = 5000 };

static _Atomic int last;

static void last_destructor(void *arg)
{
	++last;
}

/* Reads and refs the object; the destructor must see what the others did. */
static void *holder(void *arg)
{
	long sum = 0;

	for (int i = 0; i < ROUNDS; i++) {
		int *p = shared_ref(arg);

		sum += *p;
		shared_unref(p);
	}
	shared_unref(arg);
	return (void *)sum;
}

static void shared_by_threads(void **state)
{
	int *p = shared_alloc(sizeof(*p), last_destructor);
	pthread_t t[THREADS];

	last = 0;
	*p = 7;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, holder, shared_ref(p)), 0);
	shared_unref(p);
	for (int i = 0; i < THREADS; i++) {
		void *sum;

		pthread_join(t[i], &sum);
		assert_int_equal((long)sum, 7L * ROUNDS);
	}
	assert_int_equal(last, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(auto_releases),
		cmocka_unit_test(auto_allows_null),
		cmocka_unit_test(take_hands_on),
		cmocka_unit_test(check_aborts_only_when_false),
		cmocka_unit_test(owner_and_count),
		cmocka_unit_test(shared_lives_until_the_last),
		cmocka_unit_test(shared_allows_null),
		cmocka_unit_test(shared_without_destructor),
		cmocka_unit_test(shared_without_memory),
		cmocka_unit_test(shared_by_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
