/**
 * @file base_random.c  Random numbers: fair, never twice, of every size, each thread its own
 */
#include <ctype.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "random.h"

enum { MANY = 20000, CHUNK = 16 };

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, CHUNK);
}

static void every_number_below_the_limit_comes_as_often(void **state)
{
	static const uint8_t limits[] = {1, 2, 10, 58, 62, 200, 255};

	for (size_t l = 0; l < sizeof(limits); l++) {
		int count[256] = {0}, expected = 100000 / limits[l];

		for (int i = 0; i < 100000; i++)
			++count[random_below(limits[l])];
		for (int i = 0; i < 256; i++) {
			if (i < limits[l])
				assert_in_range(count[i], expected * 2 / 3, expected * 4 / 3);
			else
				assert_int_equal(count[i], 0);
		}
	}
}

static uint8_t drawn[2 * MANY][CHUNK];

static void *draw(void *arg)
{
	uint8_t(*v)[CHUNK] = arg;

	for (int i = 0; i < MANY; i++)
		rand_bytes(v[i], CHUNK);
	return NULL;
}

static void nothing_is_given_out_twice_on_any_thread(void **state)
{
	pthread_t t;

	assert_int_equal(pthread_create(&t, NULL, draw, drawn + MANY), 0);
	draw(drawn);
	pthread_join(t, NULL);
	qsort(drawn, 2 * (size_t)MANY, CHUNK, compare);
	for (int i = 1; i < 2 * MANY; i++)
		assert_memory_not_equal(drawn[i - 1], drawn[i], CHUNK);
}

static void any_size_is_filled(void **state)
{
	static const size_t sizes[] = {1, 7, 511, 512, 513, 4000};
	static uint8_t b[4001];

	for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
		size_t last_seen = 0;

		for (int i = 0; i < 8 && !last_seen; i++) { /* one byte is 0 once in 256 */
			memset(b, 0, sizeof(b));
			rand_bytes(b, sizes[s]);
			last_seen = b[sizes[s] - 1];
			assert_int_equal(b[sizes[s]], 0);
		}
		assert_true(last_seen);
	}
}

static void text_is_of_letters_and_digits(void **state)
{
	char text[65];

	rand_str(text, sizeof(text));
	assert_int_equal(strlen(text), 64);
	for (size_t i = 0; i < 64; i++)
		assert_true(isalnum((unsigned char)text[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_below_the_limit_comes_as_often),
		cmocka_unit_test(nothing_is_given_out_twice_on_any_thread),
		cmocka_unit_test(any_size_is_filled),
		cmocka_unit_test(text_is_of_letters_and_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
