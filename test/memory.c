/** @file memory.c  See memory.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "memory.h"

enum { LIFE_MAX = 20000, PATIENCE = 5 };

static _Thread_local struct {
	unsigned asked, fail; /* fail: which one, 0 for none */
} memory;
static _Atomic long in_use;

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

static void *counted(void *p, bool anew)
{
	in_use += p && anew;
	return p;
}

void *__wrap_malloc(size_t size)
{
	return counted(fails() ? NULL : __real_malloc(size), true);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return counted(fails() ? NULL : __real_calloc(n, size), true);
}

void *__wrap_realloc(void *data, size_t size)
{
	return counted(fails() ? NULL : __real_realloc(data, size), !data);
}

void __wrap_free(void *data)
{
	in_use -= data != NULL;
	__real_free(data);
}

static unsigned live(void (*life)(void), void (*after)(void), unsigned fail, long before)
{
	unsigned asked;

	memory.asked = 0;
	memory.fail = fail;
	life();
	asked = memory.asked;
	memory.fail = 0;
	for (unsigned i = 0; i < PATIENCE && (!i || in_use != before); i++)
		after();
	return asked;
}

void memory_sweep(void (*life)(void), void (*after)(void), unsigned least)
{
	unsigned count;
	long before;

	(void)live(life, after, 0, in_use);
	before = in_use;
	count = live(life, after, 0, before);
	assert_int_equal(in_use, before);
	assert_in_range(count, least, LIFE_MAX);
	for (unsigned i = 1; i <= count; i++) {
		(void)live(life, after, i, before);
		if (in_use != before)
			fail_msg("allocation %u of %u failed: %ld left", i, count, in_use - before);
	}
}
