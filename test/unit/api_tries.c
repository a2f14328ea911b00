/**
 * @file api_tries.c  Addresses from which too much is tried
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "inside.h"
#include "own.h"
#include "text.h"

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

static unsigned place(const char *key)
{
	char hash[TEXT_SHA256];
	size_t at = 0;

	text_sha256(hash, key, strlen(key));
	for (int i = 0; i < 8; i++)
		at = at * 31 + (unsigned char)hash[i];
	return at % 512;
}

/* Whoever may name e-mails to have forgotten chose those that stood where the own address did, so
 * that eight of them made it forgotten */
static void a_lock_is_not_pushed_out_by_chosen_keys(void **state)
{
	static const char own[] = "192.0.2.1";
	struct tries *t;
	char key[64];
	int64_t until;

	assert_int_equal(tries_alloc(&t), 0);
	until = tries_failed(t, own, 1, 1000000);
	for (unsigned i = 0, chosen = 0; chosen < 8; i++) {
		snprintf(key, sizeof(key), "forgot %u@example.com", i);
		if (place(key) != place(own))
			continue;
		(void)tries_failed(t, key, 3, 1000001);
		++chosen;
	}
	assert_int_equal(tries_locked(t, own, 1000002), until);
	mem_deref(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_that_fail_often_are_locked),
		cmocka_unit_test(a_lock_is_not_pushed_out_by_chosen_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
