/**
 * @file api_tries.c  Addresses from which too much is tried
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "inside.h"
#include "own.h"

static void addresses_that_fail_often_are_locked(void **state)
{
	struct tries *t;
	int64_t now = 1000000, until = 0;

	assert_int_equal(tries_alloc(&t), 0);
	for (int i = 0; i < 9; i++)
		assert_int_equal(tries_failed(t, "192.0.2.1", 10, now), 0);
	assert_int_equal(tries_locked(t, "192.0.2.1", now), 0);
	until = tries_failed(t, "192.0.2.1", 10, now);
	assert_int_equal(until, now + 300000);
	assert_int_equal(tries_locked(t, "192.0.2.1", now), until);
	assert_int_equal(tries_locked(t, "192.0.2.2", now), 0);
	assert_int_equal(tries_locked(t, "192.0.2.1", until), 0);
	for (int i = 0; i < 9; i++)
		assert_int_equal(tries_failed(t, "192.0.2.1", 10, until), 0);
	assert_int_equal(tries_failed(t, "192.0.2.1", 10, until),
			 until + 600000); /* twice as long */
	/* an hour of peace, and it begins anew */
	assert_int_equal(tries_failed(t, "192.0.2.1", 1, until + 3600001),
			 until + 3600001 + 300000);
	mem_deref(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_that_fail_often_are_locked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
