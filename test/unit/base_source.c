/**
 * @file base_source.c  Whom an address counts as
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "own.h"
#include "source.h"

static void an_address_counts_as_its_source(void **state)
{
	static const char *const v[][2] = {
		{"192.0.2.1", "192.0.2.1"},
		{"::ffff:192.0.2.1", "192.0.2.1"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
		{"2001:db8:1:2::1", "2001:db8:1:2::"},
		{"2001:db8:1:3::1", "2001:db8:1:3::"},
		{"::1", "::"},
		{"::fffe:192.0.2.1", "::"},
	};
	char text[SOURCE_TEXT];
	struct sa sa;

	for (size_t i = 0; i < COUNT(v); i++) {
		assert_int_equal(sa_set_str(&sa, v[i][0], 5060), 0);
		source_print(text, &sa);
		assert_string_equal(text, v[i][1]);
		source_of(&sa, &sa);
		assert_int_equal(sa_port(&sa), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_counts_as_its_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
