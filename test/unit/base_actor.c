/**
 * @file base_actor.c  Inbox: post, ask, time-out, full inbox, stop, threads, no memory
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <cmocka.h>
#include "actor.h"

/* How many allocations still succeed; SIZE_MAX for all of them */
static size_t memory_left = SIZE_MAX;

static bool poor(void)
{
	if (memory_left == SIZE_MAX)
		return false;
	return !memory_left || !memory_left--;
}

static void *poor_malloc(size_t size)
{
	return poor() ? NULL : malloc(size);
}

static void *poor_zalloc(size_t size, mem_destroy_h *destructor)
{
	return poor() ? NULL : mem_zalloc(size, destructor);
}

static void *poor_shared(size_t size, mem_destroy_h *destructor)
{
	return poor() ? NULL : shared_alloc(size, destructor);
}

#define malloc poor_malloc
#define mem_zalloc poor_zalloc
#define shared_alloc poor_shared
#include "actor.c"
#undef malloc
#undef mem_zalloc
#undef shared_alloc

struct note {
	int n;
};

static _Atomic int made, freed;
static int seen[64], seen_count;

static void note_destructor(void *arg)
{
	++freed;
}

static struct note *note_new(int n)
{
	struct note *note = mem_zalloc(sizeof(*note), note_destructor);

	++made;
	note->n = n;
	return note;
}

static void note_h(void *arg)
{
	struct note *note = arg;

	if (seen_count < 64)
		seen[seen_count++] = note->n;
}

static void nothing_h(void *arg)
{
}

static int setup(void **state)
{
	made = freed = 0;
	seen_count = 0;
	memory_left = SIZE_MAX;
	return 0;
}

static bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

static void runs_in_order_and_releases(void **state)
{
	struct actor *a = NULL;

	assert_int_equal(actor_alloc(&a, "test", 10), 0);
	assert_false(readable(actor_fd(a)));
	for (int i = 0; i < 5; i++)
		assert_int_equal(actor_post(a, note_h, note_new(i)), 0);
	assert_int_equal(actor_post(a, nothing_h, NULL), 0);
	assert_int_equal(actor_depth(a), 6);
	assert_true(readable(actor_fd(a)));
	assert_int_equal(seen_count, 0);
	actor_run(a);
	assert_int_equal(seen_count, 5);
	for (int i = 0; i < 5; i++)
		assert_int_equal(seen[i], i);
	assert_int_equal(freed, 5);
	assert_int_equal(actor_depth(a), 0);
	assert_false(readable(actor_fd(a)));
	mem_deref(a);
}

static struct actor *self;

static void post_again_h(void *arg)
{
	note_h(arg);
	assert_int_equal(actor_post(self, note_h, note_new(9)), 0);
}

static void post_from_handler_waits_for_next_run(void **state)
{
	assert_int_equal(actor_alloc(&self, "test", 1), 0);
	actor_post(self, post_again_h, note_new(1));
	actor_run(self);
	assert_int_equal(seen_count, 1);
	assert_int_equal(actor_depth(self), 1);
	assert_true(readable(actor_fd(self)));
	actor_run(self);
	assert_int_equal(seen_count, 2);
	assert_int_equal(seen[1], 9);
	self = mem_deref(self);
}

static void full_inbox_refuses_and_releases(void **state)
{
	struct actor *a = NULL;

	assert_int_equal(actor_alloc(&a, "test", 2), 0);
	assert_int_equal(actor_post(a, note_h, note_new(0)), 0);
	assert_int_equal(actor_post(a, note_h, note_new(1)), 0);
	assert_int_equal(actor_post(a, note_h, note_new(2)), ENOBUFS);
	assert_int_equal(freed, 1);
	assert_int_equal(actor_depth(a), 2);
	actor_run(a);
	assert_int_equal(seen_count, 2);
	assert_int_equal(actor_post(a, note_h, note_new(3)), 0);
	actor_run(a);
	assert_int_equal(seen[2], 3);
	mem_deref(a);
	assert_int_equal(made, freed);
}

static void dropped_with_messages_releases_them(void **state)
{
	struct actor *a = NULL;

	assert_int_equal(actor_alloc(&a, "test", 9), 0);
	actor_post(a, note_h, note_new(0));
	actor_post(a, note_h, note_new(1));
	mem_deref(a);
	assert_int_equal(seen_count, 0);
	assert_int_equal(freed, 2);
}

static void posts_soon_h(void *arg)
{
	struct actor *other = *(struct actor **)arg;

	assert_int_equal(actor_post_soon(other, note_h, note_new(1)), 0);
	assert_int_equal(actor_post_soon(other, note_h, note_new(2)), 0);
	assert_int_equal(actor_depth(other), 2);
	assert_false(readable(actor_fd(other)));
}

static void cancel_h(void *arg)
{
	re_cancel();
}

static void posts_of_a_round_wake_once_at_its_end(void **state)
{
	struct actor *loop = NULL, *other = NULL, **otherp = mem_zalloc(sizeof(*otherp), NULL);
	struct tmr end = {.le = LE_INIT};
	eventfd_t wakes = 0;

	assert_int_equal(libre_init(), 0);
	assert_int_equal(actor_alloc(&loop, "loop", 9), 0);
	assert_int_equal(actor_alloc(&other, "other", 9), 0);
	assert_int_equal(actor_attach(loop), 0);
	*otherp = other;
	actor_post(loop, posts_soon_h, otherp);
	tmr_init(&end);
	tmr_start(&end, 50, cancel_h, NULL);
	assert_int_equal(re_main(NULL), 0);
	assert_int_equal(eventfd_read(actor_fd(other), &wakes), 0);
	assert_int_equal(wakes, 1);
	actor_run(other);
	assert_int_equal(seen_count, 2);
	mem_deref(other);
	mem_deref(loop);
	libre_close();
}

static void without_a_loop_posts_soon_wake_at_once(void **state)
{
	struct actor *a = NULL;

	assert_int_equal(actor_alloc(&a, "test", 9), 0);
	assert_int_equal(actor_post_soon(a, note_h, note_new(1)), 0);
	assert_true(readable(actor_fd(a)));
	actor_run(a);
	assert_false(readable(actor_fd(a)));
	mem_deref(a);
}

static void a_receiver_that_goes_is_not_woken(void **state)
{
	struct actor *loop = NULL, *other = NULL;

	assert_int_equal(libre_init(), 0);
	assert_int_equal(actor_alloc(&loop, "loop", 9), 0);
	assert_int_equal(actor_alloc(&other, "other", 9), 0);
	assert_int_equal(actor_attach(loop), 0);
	actor_post_soon(other, note_h, note_new(1));
	mem_deref(other);
	assert_int_equal(owed.n, 0);
	mem_deref(loop);
	libre_close();
	assert_int_equal(freed, 1);
}

static pthread_t handler_thread;
static char handler_name[16];

static void thread_h(void *arg)
{
	note_h(arg);
	handler_thread = pthread_self();
	pthread_getname_np(pthread_self(), handler_name, sizeof(handler_name));
}

static void started_actor_has_a_thread(void **state)
{
	struct actor *a = NULL;

	assert_int_equal(actor_alloc(&a, "a-name-of-fifteen-and-more", 9), 0);
	assert_int_equal(actor_start(a), 0);
	assert_int_equal(actor_post(a, thread_h, note_new(3)), 0);
	actor_stop(a);
	assert_int_equal(seen_count, 1);
	assert_false(pthread_equal(handler_thread, pthread_self()));
	assert_string_equal(handler_name, "a-name-of-fifte");
	assert_int_equal(freed, 1);
	actor_stop(a); /* twice is harmless */
	mem_deref(a);
}

static sem_t gate;

static void gate_h(void *arg)
{
	sem_wait(&gate);
}

static void stop_drains(void **state)
{
	struct actor *a = NULL;

	sem_init(&gate, 0, 0);
	assert_int_equal(actor_alloc(&a, "test", 100), 0);
	assert_int_equal(actor_start(a), 0);
	actor_post(a, gate_h, NULL);
	for (int i = 0; i < 50; i++)
		assert_int_equal(actor_post(a, note_h, note_new(i)), 0);
	sem_post(&gate);
	mem_deref(a); /* stops, and so finishes what waits */
	assert_int_equal(seen_count, 50);
	assert_int_equal(seen[49], 49);
	assert_int_equal(freed, 50);
	sem_destroy(&gate);
}

static void double_h(void *arg)
{
	struct note *note = arg;

	note->n *= 2;
}

static void ask_returns_the_answer(void **state)
{
	struct actor *a = NULL;
	struct note *note = note_new(21);
	void *obj = note;

	assert_int_equal(actor_alloc(&a, "test", 9), 0);
	assert_int_equal(actor_start(a), 0);
	assert_int_equal(actor_ask(a, double_h, &obj, 10000), 0);
	assert_ptr_equal(obj, note);
	assert_int_equal(note->n, 42);
	assert_int_equal(freed, 0);
	mem_deref(obj);
	mem_deref(a);
	assert_int_equal(freed, 1);
}

static void ask_times_out_and_leaves_the_object(void **state)
{
	struct actor *a = NULL;
	void *obj = note_new(1);

	assert_int_equal(actor_alloc(&a, "test", 9), 0); /* nobody runs it */
	assert_int_equal(actor_ask(a, note_h, &obj, 1), ETIMEDOUT);
	assert_null(obj);
	assert_int_equal(freed, 0);
	actor_run(a); /* late: handled, and nobody hears of it */
	assert_int_equal(seen_count, 1);
	assert_int_equal(freed, 1);
	obj = note_new(2);
	assert_int_equal(actor_ask(a, note_h, &obj, 0), ETIMEDOUT);
	mem_deref(a); /* never handled */
	assert_int_equal(seen_count, 1);
	assert_int_equal(freed, 2);
}

static void ask_of_a_full_actor_keeps_the_object(void **state)
{
	struct actor *a = NULL;
	void *obj = note_new(1);

	assert_int_equal(actor_alloc(&a, "test", 0), 0);
	assert_int_equal(actor_ask(a, note_h, &obj, 1000), ENOBUFS);
	assert_non_null(obj);
	assert_int_equal(freed, 0);
	mem_deref(obj);
	mem_deref(a);
	assert_int_equal(freed, 1);
}

static void without_memory(void **state)
{
	struct actor *a = NULL;
	void *obj;

	memory_left = 0;
	assert_int_equal(actor_alloc(&a, "test", 9), ENOMEM);
	assert_null(a);
	memory_left = SIZE_MAX;
	assert_int_equal(actor_alloc(&a, "test", 9), 0);
	obj = note_new(1);
	memory_left = 0;
	assert_int_equal(actor_post(a, note_h, obj), ENOMEM);
	memory_left = SIZE_MAX;
	assert_int_equal(freed, 1);
	obj = note_new(2);
	for (size_t i = 0; i < 3; i++) { /* the question, its handle, its message */
		memory_left = i;
		assert_int_equal(actor_ask(a, note_h, &obj, 0), ENOMEM);
		memory_left = SIZE_MAX;
		assert_non_null(obj);
		assert_int_equal(freed, 1);
	}
	mem_deref(obj);
	assert_int_equal(actor_depth(a), 0);
	mem_deref(a);
	assert_int_equal(freed, 2);
}

static void without_descriptors(void **state)
{
	struct rlimit old, none;
	struct actor *a = NULL;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = (struct rlimit){.rlim_cur = 0, .rlim_max = old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(actor_alloc(&a, "test", 9), EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_null(a);
}

static void tick_h(void *arg)
{
	re_cancel();
}

static void libre_loop_runs_an_attached_actor(void **state)
{
	struct actor *a = NULL;
	struct tmr guard = {0};

	assert_int_equal(libre_init(), 0);
	assert_int_equal(actor_alloc(&a, "core", 9), 0);
	assert_int_equal(actor_attach(a), 0);
	actor_post(a, note_h, note_new(5));
	actor_post(a, tick_h, NULL);
	tmr_start(&guard, 10000, tick_h, NULL);
	assert_int_equal(re_main(NULL), 0);
	assert_true(tmr_isrunning(&guard));
	tmr_cancel(&guard);
	assert_int_equal(seen_count, 1);
	mem_deref(a);
	libre_close();
}

enum { THREADS = 4, ROUNDS = 500 };

static long total; /* the actor's own; read after actor_stop() */

static void sum_h(void *arg)
{
	struct note *note = arg;

	total += note->n;
	note->n = -note->n;
}

static void *poster(void *arg)
{
	struct actor *a = arg;
	long wrong = 0;

	for (int i = 0; i < ROUNDS; i++) {
		void *obj = note_new(1);

		wrong += actor_post(a, sum_h, note_new(1)) != 0;
		wrong += actor_ask(a, sum_h, &obj, 60000) != 0;
		wrong += ((struct note *)obj)->n != -1;
		mem_deref(obj);
	}
	return (void *)wrong;
}

static void many_threads(void **state)
{
	struct actor *a = NULL;
	pthread_t t[THREADS];

	total = 0;
	assert_int_equal(actor_alloc(&a, "test", 100000), 0);
	assert_int_equal(actor_start(a), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, poster, a), 0);
	for (int i = 0; i < THREADS; i++) {
		void *wrong;

		pthread_join(t[i], &wrong);
		assert_int_equal((long)wrong, 0);
	}
	actor_stop(a);
	assert_int_equal(total, 2L * THREADS * ROUNDS);
	mem_deref(a);
	assert_int_equal(made, freed);
}

/* Askers that give up while the actor works: each object is freed once, by whoever is last. */
static void *impatient(void *arg)
{
	long wrong = 0;

	for (int i = 0; i < ROUNDS; i++) {
		void *obj = note_new(i);
		int err = actor_ask(arg, double_h, &obj, 0);

		wrong += err ? err != ETIMEDOUT || obj : !obj;
		mem_deref(obj);
	}
	return (void *)wrong;
}

static void late_answers_are_dropped(void **state)
{
	struct actor *a = NULL;
	pthread_t t[THREADS];

	assert_int_equal(actor_alloc(&a, "test", 100000), 0);
	assert_int_equal(actor_start(a), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, impatient, a), 0);
	for (int i = 0; i < THREADS; i++) {
		void *wrong;

		pthread_join(t[i], &wrong);
		assert_int_equal((long)wrong, 0);
	}
	mem_deref(a);
	assert_int_equal(made, THREADS * ROUNDS);
	assert_int_equal(freed, made);
}

#define test(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(runs_in_order_and_releases),
		test(post_from_handler_waits_for_next_run),
		test(full_inbox_refuses_and_releases),
		test(dropped_with_messages_releases_them),
		test(posts_of_a_round_wake_once_at_its_end),
		test(without_a_loop_posts_soon_wake_at_once),
		test(a_receiver_that_goes_is_not_woken),
		test(started_actor_has_a_thread),
		test(stop_drains),
		test(ask_returns_the_answer),
		test(ask_times_out_and_leaves_the_object),
		test(ask_of_a_full_actor_keeps_the_object),
		test(without_memory),
		test(without_descriptors),
		test(libre_loop_runs_an_attached_actor),
		test(many_threads),
		test(late_answers_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
