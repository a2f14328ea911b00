/**
 * @file model_exit.c  Exits: each has a name of its own, a sentence and a cause that refuses a call
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "exit.h"

static void test_rows(void **state)
{
	for (int i = 0; i < EXIT_MAX; i++) {
		enum exit_id exit = (enum exit_id)i;

		assert_true(strlen(exit_text(exit)) > 0);
		assert_true(exit == EXIT_done || cause_sip(exit_cause(exit)) >= 400);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(exit_name(exit), exit_name((enum exit_id)k));
	}
	assert_string_equal(exit_name(EXIT_noanswer), "noanswer");
	assert_int_equal(exit_cause(EXIT_busy), CAUSE_BUSY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
