/**
 * @file base_id.c  UUIDv7: form, order, difference; random tokens
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "clock.h"
#include "id.h"

enum { MANY = 1000 };

static int64_t id_time(const struct id *id)
{
	unsigned long high, low;

	assert_int_equal(sscanf(id->s, "%8lx-%4lx", &high, &low), 2);
	return (int64_t)(high << 16 | low);
}

static void form_version_and_variant(void **state)
{
	for (int i = 0; i < MANY; i++) {
		struct id id = id_new();

		assert_true(id_valid(id.s));
		assert_int_equal(id.s[14], '7');	   /* RFC 9562 section 4.2 */
		assert_non_null(strchr("89ab", id.s[19])); /* section 4.1 */
	}
}

static void holds_the_time(void **state)
{
	int64_t before = clock_wall_ms();
	struct id id = id_new();

	assert_true(id_time(&id) >= before);
	assert_true(id_time(&id) <= clock_wall_ms());
}

static void sorts_by_time(void **state)
{
	struct id before = id_new();

	for (int i = 0; i < MANY; i++) {
		struct id id;

		clock_advance(1);
		id = id_new();
		assert_true(strcmp(before.s, id.s) < 0);
		before = id;
	}
}

static void sorts_within_a_millisecond(void **state)
{
	struct id before = id_new();

	for (int i = 0; i < MANY; i++) {
		struct id id = id_new();

		assert_true(strcmp(before.s, id.s) < 0);
		before = id;
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void no_two_are_equal(void **state)
{
	static struct id ids[MANY];

	for (int i = 0; i < MANY; i++)
		ids[i] = id_new();
	qsort(ids, MANY, sizeof(ids[0]), compare);
	for (int i = 1; i < MANY; i++)
		assert_string_not_equal(ids[i - 1].s, ids[i].s);
}

static void valid_takes_only_its_form(void **state)
{
	static const char *const bad[] = {
		"",
		"0192f0c1-aaaa-7bbb-8ccc-0123456789a",	 /* one short */
		"0192f0c1-aaaa-7bbb-8ccc-0123456789abc", /* one long */
		"0192F0C1-aaaa-7bbb-8ccc-0123456789ab",	 /* upper case */
		"0192f0c1-aaaa-7bbb-8ccc-0123456789ag",
		"0192f0c1aaaaa-7bbb-8ccc-0123456789ab",
		"0192f0c1-aaaa-7bbb-8ccc-0123456-89ab",
		"0192f0c1-aaaa-7bbb-8ccc-01234567/../",
		"0192f0c1-aaaa-7bbb-8ccc-01234567' --",
	};

	assert_true(id_valid("0192f0c1-aaaa-7bbb-8ccc-0123456789ab"));
	assert_false(id_valid(NULL));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(id_valid(bad[i]));
}

static void random_text_fills_its_size(void **state)
{
	char a[33], b[33], one[1] = {'x'};

	id_random(a, sizeof(a));
	id_random(b, sizeof(b));
	assert_int_equal(strlen(a), 32);
	assert_int_equal(
		strspn(a, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), 32);
	assert_string_not_equal(a, b);
	id_random(one, sizeof(one));
	assert_int_equal(one[0], '\0');
}

static void random_bytes_stay_inside(void **state)
{
	unsigned char b[34], seen = 0;

	memset(b, 0xee, sizeof(b));
	for (int i = 0; i < 100; i++) {
		id_random_bytes(b + 1, 32);
		seen |= b[1] ^ b[2];
	}
	assert_int_equal(b[0], 0xee);
	assert_int_equal(b[33], 0xee);
	assert_int_equal(seen, 0xff); /* fails by chance once in 10^28 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(form_version_and_variant),
		cmocka_unit_test(holds_the_time),
		cmocka_unit_test(sorts_by_time),
		cmocka_unit_test(sorts_within_a_millisecond),
		cmocka_unit_test(no_two_are_equal),
		cmocka_unit_test(valid_takes_only_its_form),
		cmocka_unit_test(random_text_fills_its_size),
		cmocka_unit_test(random_bytes_stay_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
