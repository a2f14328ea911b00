/** @file memory.c  See memory.h */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "memory.h"

enum { LIFE_MAX = 20000, PATIENCE = 5, BUCKETS = 4096 };

static _Thread_local struct {
	unsigned asked, fail; /* fail: which one, 0 for none */
	bool watched;
} memory;
static struct block {
	const void *p;
	struct block *next;
} * blocks[BUCKETS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long in_use;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *data, size_t size);
void __real_free(void *data);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *data, size_t size);
void __wrap_free(void *data);

static bool fails(void)
{
	return ++memory.asked == memory.fail;
}

static struct block **place_of(const void *p)
{
	struct block **b = &blocks[((uintptr_t)p >> 4) % BUCKETS];

	while (*b && (*b)->p != p)
		b = &(*b)->next;
	return b;
}

/* Only what the thread that sweeps asked for: others keep statements and the like */
static void *counted(void *p)
{
	struct block *b, **place;

	if (!p || !memory.watched)
		return p;
	b = __real_malloc(sizeof(*b));
	pthread_mutex_lock(&lock);
	place = place_of(p);
	*b = (struct block){p, *place};
	*place = b;
	++in_use;
	pthread_mutex_unlock(&lock);
	return p;
}

static void forget(const void *p)
{
	struct block *b, **place;

	pthread_mutex_lock(&lock);
	place = place_of(p);
	b = *place;
	if (b) {
		*place = b->next;
		--in_use;
	}
	pthread_mutex_unlock(&lock);
	__real_free(b);
}

void *__wrap_malloc(size_t size)
{
	return counted(fails() ? NULL : __real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
	return counted(fails() ? NULL : __real_calloc(n, size));
}

void *__wrap_realloc(void *data, size_t size)
{
	if (fails())
		return NULL;
	forget(data);
	return counted(__real_realloc(data, size));
}

void __wrap_free(void *data)
{
	forget(data);
	__real_free(data);
}

static unsigned live(void (*life)(void), unsigned fail)
{
	unsigned asked;

	memory.asked = 0;
	memory.fail = fail;
	life();
	asked = memory.asked;
	memory.fail = 0;
	return asked;
}

/* True when as much is in use as before */
static bool over(void (*after)(void), long before)
{
	for (unsigned i = 0; i < PATIENCE && (!i || in_use != before); i++)
		after();
	return in_use == before;
}

/* What is kept for good, such as a thread's prepared statements, is there after this */
static void warm_up(void (*life)(void), void (*after)(void))
{
	unsigned count = live(life, 0);

	after();
	for (unsigned i = 1; i <= count; i++) {
		(void)live(life, i);
		after();
	}
}

void memory_sweep(void (*life)(void), void (*after)(void), unsigned least)
{
	unsigned count;
	long before;

	memory.watched = true;
	warm_up(life, after);
	(void)live(life, 0);
	(void)over(after, in_use);
	before = in_use;
	count = live(life, 0);
	assert_true(over(after, before));
	assert_in_range(count, least, LIFE_MAX);
	for (unsigned i = 1; i <= count; i++) {
		(void)live(life, i);
		if (!over(after, before))
			fail_msg("allocation %u of %u failed: %ld left", i, count, in_use - before);
	}
}
