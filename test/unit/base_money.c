/**
 * @file base_money.c  Reading, printing and pricing without a rounding error
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "money.h"
#include "own.h"

static const struct sample {
	const char *text;
	money_t value;
	const char *printed;
} samples[] = {
	{"0", 0, "0.00"},
	{"-0", 0, "0.00"},
	{"12", 12000000, "12.00"},
	{"12.5", 12500000, "12.50"},
	{"12.50", 12500000, "12.50"},
	{"1.25", 1250000, "1.25"},
	{"0.0125", 12500, "0.0125"},
	{"-0.0125", -12500, "-0.0125"},
	{"0.000001", 1, "0.000001"},
	{"-0.000001", -1, "-0.000001"},
	{"0.100000", 100000, "0.10"},
	{"007.01", 7010000, "7.01"},
	{"999999999999.999999", 999999999999999999, "999999999999.999999"},
	{"-999999999999.999999", -999999999999999999, "-999999999999.999999"},
};

static void parse_and_print(void **state)
{
	for (size_t i = 0; i < COUNT(samples); i++) {
		char buf[32];
		money_t m = 77;

		assert_int_equal(money_parse(&m, samples[i].text), 0);
		assert_int_equal(m, samples[i].value);
		assert_true(money_print(buf, sizeof(buf), m));
		assert_string_equal(buf, samples[i].printed);
		assert_int_equal(money_parse(&m, buf), 0);
		assert_int_equal(m, samples[i].value);
	}
}

static void parse_refuses(void **state)
{
	static const char *const wrong[] = {
		"",
		"-",
		".",
		"-.",
		".5",
		"5.",
		"-5.",
		"+5",
		" 5",
		"5 ",
		"5,00",
		"1e3",
		"0x1",
		"--5",
		"5-",
		"1.2.3",
		"1..2",
		"12.1234567",
		"0.0000001",
		"1234567890123",
		"1234567890123.00",
		"99999999999999999999999",
		"five",
		"5\n",
		"$5",
		"NaN",
	};

	for (size_t i = 0; i < COUNT(wrong); i++) {
		money_t m = 77;

		if (money_parse(&m, wrong[i]) != EINVAL)
			fail_msg("\"%s\" is taken", wrong[i]);
		assert_int_equal(m, 77);
	}
}

static void print_at_the_ends(void **state)
{
	char buf[32], small[5] = "dirt";

	assert_true(money_print(buf, sizeof(buf), INT64_MAX));
	assert_string_equal(buf, "9223372036854.775807");
	assert_true(money_print(buf, sizeof(buf), INT64_MIN));
	assert_string_equal(buf, "-9223372036854.775808");
	assert_false(money_print(small, sizeof(small), 12500000));
	assert_string_equal(small, "");
	assert_true(money_print(small, sizeof(small), 2500000));
	assert_string_equal(small, "2.50");
}

static const struct price {
	money_t rate;
	int64_t ms, minimum, increment;
	money_t price;
} prices[] = {
	{60000, 0, 60000, 60000, 0}, /* not answered */
	{60000, -5, 60000, 60000, 0},
	{60000, 1, 60000, 60000, 60000}, /* the minimum */
	{60000, 60000, 60000, 60000, 60000},
	{60000, 60001, 60000, 60000, 120000},
	{60000, 120000, 60000, 60000, 120000},
	{60000, 30001, 30000, 6000, 36000}, /* 30/6 */
	{60000, 36000, 30000, 6000, 36000},
	{60000, 36001, 30000, 6000, 42000},
	{60000, 1, 0, 1000, 1000}, /* by the second */
	{60000, 1000, 0, 1000, 1000},
	{60000, 1001, 0, 1000, 2000},
	{60000, 1500, 0, 1, 1500},
	{60000, 1500, 0, 0, 1500}, /* an increment below 1 counts as 1 */
	{60000, 1500, 0, -7, 1500},
	{1, 1, 0, 1, 1}, /* up to the next micro-unit */
	{1, 60000, 0, 1, 1},
	{1, 60001, 0, 1, 2},
	{0, 3600000, 60000, 60000, 0},
	{125000, 3600000, 60000, 60000, 7500000},
	{999999999999999999, 60000, 0, 1, 999999999999999999},
	{INT64_MAX, 60000, 0, 1, INT64_MAX},
	{INT64_MAX, 120000, 0, 1, INT64_MAX}, /* never wraps to a credit */
	{INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX},
	{1000000, INT64_MAX, 60000, INT64_MAX, INT64_MAX},
	{INT64_MAX, INT64_MAX, INT64_MAX - 1, INT64_MAX, INT64_MAX}, /* the largest product */
};

static void price_table(void **state)
{
	for (size_t i = 0; i < COUNT(prices); i++) {
		const struct price *p = &prices[i];
		money_t m = money_per_minute(p->rate, p->ms, p->minimum, p->increment);

		if (m != p->price)
			fail_msg("row %zu: %" PRId64 " instead of %" PRId64, i, m, p->price);
	}
}

static void what_is_counted_of_a_duration(void **state)
{
	assert_int_equal(money_billed_ms(0, 30000, 6000), 0);
	assert_int_equal(money_billed_ms(-1, 30000, 6000), 0);
	assert_int_equal(money_billed_ms(1, 30000, 6000), 30000);
	assert_int_equal(money_billed_ms(30001, 30000, 6000), 36000);
	assert_int_equal(money_billed_ms(1500, 0, 0), 1500);
	assert_int_equal(money_billed_ms(INT64_MAX, 1, INT64_MAX), INT64_MAX);
}

static void price_never_falls_with_time(void **state)
{
	money_t before = 0;

	for (int64_t ms = 0; ms < 200000; ms += 137) {
		money_t m = money_per_minute(12345, ms, 30000, 6000);

		assert_true(m >= before);
		before = m;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_and_print),
		cmocka_unit_test(parse_refuses),
		cmocka_unit_test(print_at_the_ends),
		cmocka_unit_test(price_table),
		cmocka_unit_test(what_is_counted_of_a_duration),
		cmocka_unit_test(price_never_falls_with_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
