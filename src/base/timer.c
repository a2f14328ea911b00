/**
 * @file timer.c  A binary heap in place of libre's timer list (re_tmr.h)
 *
 * The list of libre 1.1.0 is searched linearly: at 300 calls/s most CPU goes into it, because every
 * SIP transaction arms a timer of 32 s. The place in the heap is kept in the tmr's unused list
 * element, so that cancelling is O(log n) too; so is the number of its start, because timers of the
 * same millisecond run in the order they were started, as libre's do.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "own.h"
#include "timer.h"

enum { POLL_MS = 5 }; /* with a movable clock, how long the loop may sleep in real time */

static __thread struct tmr **heap;
static __thread size_t used, size;
static __thread uintptr_t starts;
static pthread_key_t heap_key; /* frees a thread's heap when it ends */
static pthread_once_t heap_once = PTHREAD_ONCE_INIT;

/* The list element's data pointer holds the index plus one; 0 is "not queued". */
static size_t place_of(const struct tmr *t)
{
	return (size_t)(uintptr_t)t->le.data;
}

static void place(size_t i, struct tmr *t)
{
	heap[i] = t;
	t->le.data = (void *)(uintptr_t)(i + 1);
}

/* The list element's list pointer holds which start of this thread it was. */
static bool sooner(const struct tmr *a, const struct tmr *b)
{
	if (a->jfs != b->jfs)
		return a->jfs < b->jfs;
	return (uintptr_t)a->le.list < (uintptr_t)b->le.list;
}

static void sift_up(size_t i)
{
	struct tmr *t = heap[i];

	while (i) {
		size_t parent = (i - 1) / 2;

		if (!sooner(t, heap[parent]))
			break;
		place(i, heap[parent]);
		i = parent;
	}
	place(i, t);
}

static void sift_down(size_t i)
{
	struct tmr *t = heap[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= used)
			break;
		if (child + 1 < used && sooner(heap[child + 1], heap[child]))
			++child;
		if (!sooner(heap[child], t))
			break;
		place(i, heap[child]);
		i = child;
	}
	place(i, t);
}

static void heap_remove(struct tmr *t)
{
	size_t i = place_of(t);

	if (!i)
		return;
	--i;
	t->le.data = NULL;
	if (i == --used)
		return;
	place(i, heap[used]);
	sift_down(i);
	sift_up(place_of(heap[i]) - 1);
}

static void heap_free(void *arg)
{
	free(arg);
	heap = NULL;
	used = size = 0;
}

static void heap_key_create(void)
{
	CHECK(!pthread_key_create(&heap_key, heap_free));
}

static void heap_grow(void)
{
	size = size ? size * 2 : 1024;
	heap = realloc(heap, size * sizeof(struct tmr *));
	CHECK(heap != NULL);
	pthread_once(&heap_once, heap_key_create);
	CHECK(!pthread_setspecific(heap_key, heap));
}

static void heap_add(struct tmr *t)
{
	if (used == size)
		heap_grow();
	t->le.list = (void *)++starts;
	place(used, t);
	sift_up(used++);
}

/** Milliseconds of the clock that timers run on */
uint64_t tmr_jiffies(void)
{
	return clock_mono_ms();
}

/** Prepares a timer that was never started */
void tmr_init(struct tmr *tmr)
{
	if (tmr)
		memset(tmr, 0, sizeof(*tmr));
}

/**
 * Starts a timer, or restarts it; without a handler it is cancelled
 *
 * @param tmr   Timer, zeroed or initialised
 * @param delay Milliseconds
 * @param th    Handler
 * @param arg   Its argument
 */
void tmr_start(struct tmr *tmr, uint64_t delay, tmr_h *th, void *arg)
{
	if (!tmr)
		return;
	if (tmr->th)
		heap_remove(tmr);
	tmr->th = th;
	tmr->arg = arg;
	if (!th)
		return;
	tmr->jfs = tmr_jiffies() + delay;
	heap_add(tmr);
}

/** Cancels a timer; no callback comes after */
void tmr_cancel(struct tmr *tmr)
{
	tmr_start(tmr, 0, NULL, NULL);
}

/** Milliseconds until the timer runs out, 0 if it is not running or due */
uint64_t tmr_get_expire(const struct tmr *tmr)
{
	uint64_t now = tmr_jiffies();

	return (tmr && tmr->th && tmr->jfs > now) ? tmr->jfs - now : 0;
}

/** Milliseconds that libre's loop may sleep, 0 for "no timer"; fits the int it makes of it */
uint64_t tmr_next_timeout(struct list *tmrl)
{
	uint64_t now, left;

	if (!used)
		return clock_movable() ? POLL_MS : 0;
	now = tmr_jiffies();
	left = heap[0]->jfs <= now ? 1 : heap[0]->jfs - now;
	if (left > INT_MAX)
		left = INT_MAX;
	return clock_movable() && left > POLL_MS ? POLL_MS : left;
}

/** Runs what is due; called by libre's loop after each wait */
void tmr_poll(struct list *tmrl)
{
	uint64_t now = tmr_jiffies();

	while (used && heap[0]->jfs <= now) {
		struct tmr *t = heap[0];
		tmr_h *th = t->th;

		heap_remove(t);
		t->th = NULL;
		th(t->arg);
	}
}

/** Nothing to print: the heap has no list to walk */
void tmr_debug(void)
{
}

/** Prints how many timers this thread has */
int tmr_status(struct re_printf *pf, void *unused)
{
	return re_hprintf(pf, "%zu timers\n", used);
}

/** How many timers this thread has */
size_t timer_count(void)
{
	return used;
}

/** Runs what is due on this thread, for a thread (or a test) without libre's loop */
void timer_run(void)
{
	tmr_poll(NULL);
}

static void self_test_h(void *arg)
{
	*(bool *)arg = true;
}

/**
 * Proves that libre's timers are these. Call at start.
 *
 * @return 0, or ENOSYS when the executable was linked with libre's own list
 */
int timer_self_test(void)
{
	struct tmr t = {0};
	bool ran = false;
	size_t before = used;

	tmr_start(&t, 0, self_test_h, &ran);
	if (used != before + 1)
		return ENOSYS;
	tmr_poll(NULL);
	tmr_cancel(&t);
	return ran ? 0 : ENOSYS;
}
