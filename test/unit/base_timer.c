/**
 * @file base_timer.c  The heap: order, cancel and restart inside handlers, libre's loop uses it
 */
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "clock.h"
#include "timer.h"

enum { FOREVER = 1000000000 };

static int ran[64], ran_count;

/* Each timer knows its number; arg is the timer itself. */
struct numbered {
	struct tmr tmr;
	int n;
	struct numbered *other;
	unsigned again;
};

static void numbered_h(void *arg)
{
	const struct numbered *t = arg;

	if (ran_count < 64)
		ran[ran_count++] = t->n;
}

static int setup(void **state)
{
	ran_count = 0;
	assert_int_equal(timer_count(), 0);
	return 0;
}

static void libre_uses_the_heap(void **state)
{
	assert_int_equal(timer_self_test(), 0);
	assert_int_equal(timer_count(), 0);
}

static void runs_when_due_and_once(void **state)
{
	struct numbered t = {.n = 1};

	assert_false(tmr_isrunning(&t.tmr));
	tmr_start(&t.tmr, 1000000, numbered_h, &t);
	assert_true(tmr_isrunning(&t.tmr));
	assert_int_equal(timer_count(), 1);
	timer_run();
	assert_int_equal(ran_count, 0);
	clock_advance(1000000);
	timer_run();
	timer_run();
	assert_int_equal(ran_count, 1);
	assert_false(tmr_isrunning(&t.tmr));
	assert_int_equal(timer_count(), 0);
}

static void runs_by_time_not_by_start(void **state)
{
	static const int delay[] = {50, 10, 40, 0, 30, 20, 60};
	struct numbered t[7];

	for (int i = 0; i < 7; i++) {
		t[i] = (struct numbered){.n = delay[i]};
		tmr_start(&t[i].tmr, (uint64_t)delay[i] * 1000, numbered_h, &t[i]);
	}
	clock_advance(100000);
	timer_run();
	assert_int_equal(ran_count, 7);
	for (int i = 0; i < 7; i++)
		assert_int_equal(ran[i], i * 10);
}

static void same_time_runs_in_order_of_start(void **state)
{
	struct numbered t[60];

	for (int i = 0; i < 60; i++) {
		t[i] = (struct numbered){.n = i};
		tmr_start(&t[i].tmr, 0, numbered_h, &t[i]);
		t[i].tmr.jfs = t[0].tmr.jfs; /* however long this loop takes */
	}
	clock_advance(1);
	timer_run();
	assert_int_equal(ran_count, 60);
	for (int i = 0; i < 60; i++)
		assert_int_equal(ran[i], i);
}

static void cancelled_never_runs(void **state)
{
	struct numbered t[5];

	for (int i = 0; i < 5; i++) {
		t[i] = (struct numbered){.n = i};
		tmr_start(&t[i].tmr, 1000, numbered_h, &t[i]);
	}
	tmr_cancel(&t[0].tmr);
	tmr_cancel(&t[2].tmr);
	tmr_cancel(&t[2].tmr);
	tmr_cancel(&t[4].tmr);
	assert_int_equal(timer_count(), 2);
	clock_advance(2000);
	timer_run();
	assert_int_equal(ran_count, 2);
	assert_int_equal(ran[0], 1);
	assert_int_equal(ran[1], 3);
}

static void without_timer_or_handler(void **state)
{
	struct tmr t = {0};

	tmr_init(NULL);
	tmr_cancel(NULL);
	tmr_start(NULL, 1, numbered_h, NULL);
	tmr_start(&t, 1, NULL, NULL);
	assert_int_equal(timer_count(), 0);
	assert_int_equal(tmr_get_expire(NULL), 0);
	assert_int_equal(tmr_get_expire(&t), 0);
}

static void restart_takes_the_new_time(void **state)
{
	struct numbered t = {.n = 1};

	tmr_start(&t.tmr, 1000, numbered_h, &t);
	tmr_start(&t.tmr, FOREVER, numbered_h, &t);
	assert_int_equal(timer_count(), 1);
	clock_advance(2000);
	timer_run();
	assert_int_equal(ran_count, 0);
	tmr_start(&t.tmr, 0, numbered_h, &t);
	timer_run();
	assert_int_equal(ran_count, 1);
}

static void cancel_other_h(void *arg)
{
	struct numbered *t = arg;

	numbered_h(t);
	tmr_cancel(&t->other->tmr);
	tmr_cancel(&t->tmr);
}

static void cancel_inside_a_handler(void **state)
{
	struct numbered due = {.n = 2}, later = {.n = 3}, first = {.n = 1, .other = &due};

	tmr_start(&first.tmr, 10, cancel_other_h, &first);
	tmr_start(&due.tmr, 20, numbered_h, &due);
	tmr_start(&later.tmr, 30, numbered_h, &later);
	clock_advance(1000);
	timer_run();
	assert_int_equal(ran_count, 2);
	assert_int_equal(ran[0], 1);
	assert_int_equal(ran[1], 3);
}

static void again_h(void *arg)
{
	struct numbered *t = arg;

	numbered_h(t);
	assert_false(tmr_isrunning(&t->tmr));
	if (t->again--)
		tmr_start(&t->tmr, 1000, again_h, t);
}

static void restart_inside_a_handler(void **state)
{
	struct numbered t = {.n = 1, .again = 3};

	tmr_start(&t.tmr, 1000, again_h, &t);
	for (int i = 1; i <= 4; i++) {
		clock_advance(1000);
		timer_run();
		assert_int_equal(ran_count, i);
	}
	clock_advance(FOREVER);
	timer_run();
	assert_int_equal(ran_count, 4);
}

static void free_h(void *arg)
{
	numbered_h(arg);
	mem_deref(arg);
}

static void owner_may_go_inside_a_handler(void **state)
{
	struct numbered *t = mem_zalloc(sizeof(*t), NULL);

	t->n = 7;
	tmr_start(&t->tmr, 0, free_h, t);
	timer_run();
	assert_int_equal(ran_count, 1);
	assert_int_equal(ran[0], 7);
}

static void expire_counts_down(void **state)
{
	struct numbered t = {.n = 1};

	tmr_start(&t.tmr, FOREVER, numbered_h, &t);
	assert_in_range(tmr_get_expire(&t.tmr), FOREVER - 60000, FOREVER);
	clock_advance(FOREVER / 2);
	assert_in_range(tmr_get_expire(&t.tmr), FOREVER / 2 - 60000, FOREVER / 2);
	clock_advance(FOREVER);
	assert_int_equal(tmr_get_expire(&t.tmr), 0);
	tmr_cancel(&t.tmr);
}

static void next_timeout_is_the_first(void **state)
{
	struct numbered a = {.n = 1}, b = {.n = 2};

	assert_int_equal(tmr_next_timeout(NULL), 0);
	tmr_start(&a.tmr, FOREVER, numbered_h, &a);
	assert_in_range(tmr_next_timeout(NULL), FOREVER - 60000, FOREVER);
	tmr_start(&b.tmr, 0, numbered_h, &b);
	assert_int_equal(tmr_next_timeout(NULL), 1); /* 0 would mean "sleep for ever" */
	tmr_cancel(&a.tmr);
	tmr_cancel(&b.tmr);
}

/* libre hands the value to epoll_wait() as an int; a negative one means "sleep for ever". */
static void next_timeout_fits_an_int(void **state)
{
	struct numbered t = {.n = 1};

	tmr_start(&t.tmr, (uint64_t)INT_MAX * 2, numbered_h, &t);
	assert_int_equal(tmr_next_timeout(NULL), INT_MAX);
	tmr_cancel(&t.tmr);
}

static void status_tells_the_number(void **state)
{
	struct numbered t = {.n = 1};
	char buf[64];

	tmr_start(&t.tmr, FOREVER, numbered_h, &t);
	assert_true(re_snprintf(buf, sizeof(buf), "%H", tmr_status, NULL) > 0);
	assert_string_equal(buf, "1 timers\n");
	tmr_debug();
	tmr_cancel(&t.tmr);
}

enum { MANY = 100000 };

static struct tmr *ran_many[MANY];
static size_t ran_many_count;

static void many_h(void *arg)
{
	ran_many[ran_many_count++] = arg;
}

struct expected {
	uint64_t at;
	uint32_t started; /* how many starts came before */
	struct tmr *tmr;
};

static int expected_compare(const void *a, const void *b)
{
	const struct expected *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->started < y->started ? -1 : 1;
}

/* Half are started twice, a third of all is cancelled; the rest runs as a sort would have it. */
static void many_random_timers(void **state)
{
	struct tmr *t = calloc(MANY, sizeof(*t));
	struct expected *e = calloc(MANY, sizeof(*e));
	size_t n = 0;

	srandom(1);
	for (uint32_t i = 0; i < MANY; i++)
		tmr_start(&t[i], (uint64_t)random() % 5000, many_h, &t[i]);
	for (uint32_t i = 0; i < MANY; i += 2)
		tmr_start(&t[i], 60000 + (uint64_t)random() % 5000, many_h, &t[i]);
	for (uint32_t i = 0; i < MANY; i += 3)
		tmr_cancel(&t[i]);
	for (uint32_t i = 0; i < MANY; i++) {
		if (t[i].th)
			e[n++] = (struct expected){t[i].jfs, i + (i % 2 ? 0 : MANY), &t[i]};
	}
	assert_int_equal(timer_count(), n);
	qsort(e, n, sizeof(*e), expected_compare);
	ran_many_count = 0;
	while (timer_count()) { /* in several runs, as the clock goes */
		clock_advance(1000);
		timer_run();
	}
	assert_int_equal(ran_many_count, n);
	for (size_t i = 0; i < n; i++)
		assert_ptr_equal(ran_many[i], e[i].tmr);
	free(e);
	free(t);
}

static void *other_thread(void *arg)
{
	struct numbered t = {.n = 2};
	size_t before = timer_count();

	tmr_start(&t.tmr, FOREVER, numbered_h, &t);
	*(size_t *)arg = timer_count();
	tmr_cancel(&t.tmr);
	return (void *)before;
}

static void each_thread_has_its_own(void **state)
{
	struct numbered t = {.n = 1};
	size_t theirs = 0;
	pthread_t thread;
	void *before;

	tmr_start(&t.tmr, FOREVER, numbered_h, &t);
	assert_int_equal(pthread_create(&thread, NULL, other_thread, &theirs), 0);
	pthread_join(thread, &before);
	assert_null(before);
	assert_int_equal(theirs, 1);
	assert_int_equal(timer_count(), 1);
	tmr_cancel(&t.tmr);
}

static void stop_h(void *arg)
{
	numbered_h(arg);
	re_cancel();
}

static void libre_loop_runs_them(void **state)
{
	struct numbered a = {.n = 1}, b = {.n = 2};

	assert_int_equal(libre_init(), 0);
	tmr_start(&b.tmr, 2, stop_h, &b);
	tmr_start(&a.tmr, 1, numbered_h, &a);
	assert_int_equal(re_main(NULL), 0);
	assert_int_equal(ran_count, 2);
	assert_int_equal(ran[0], 1);
	assert_int_equal(ran[1], 2);
	libre_close();
}

#define test(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(libre_uses_the_heap),	  test(runs_when_due_and_once),
		test(runs_by_time_not_by_start),  test(same_time_runs_in_order_of_start),
		test(cancelled_never_runs),	  test(without_timer_or_handler),
		test(restart_takes_the_new_time), test(cancel_inside_a_handler),
		test(restart_inside_a_handler),	  test(owner_may_go_inside_a_handler),
		test(expire_counts_down),	  test(next_timeout_is_the_first),
		test(next_timeout_fits_an_int),	  test(status_tells_the_number),
		test(many_random_timers),	  test(each_thread_has_its_own),
		test(libre_loop_runs_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
