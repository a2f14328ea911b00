/**
 * @file sip_throttle.c  Tests of the delay after wrong passwords
 */
#include "sip_rig.h"

static struct throttle *table;
static struct sa here, there;
static const struct pl realm = PL("northwind.localhost"), user = PL("1001"), other = PL("1002");

static int open_table(void **state)
{
	assert_int_equal(sa_set_str(&here, "192.0.2.1", 5060), 0);
	assert_int_equal(sa_set_str(&there, "192.0.2.2", 5060), 0);
	return throttle_alloc(&table, 16);
}

static int close_table(void **state)
{
	table = mem_deref(table);
	return 0;
}

static bool wrong_tries(const struct sa *sa, unsigned n)
{
	bool blocked = false;

	while (n--)
		blocked = throttle_wrong(table, sa, &realm, &user);
	return blocked;
}

static void the_tenth_wrong_try_within_a_minute_starts_the_delay(void **state)
{
	assert_false(wrong_tries(&here, THROTTLE_TRIES - 1));
	assert_false(throttle_blocked(table, &here, &realm, &user));
	assert_true(wrong_tries(&here, 1));
	assert_true(throttle_blocked(table, &here, &realm, &user));
}

static void another_source_or_account_is_not_blocked(void **state)
{
	struct sa port = here;

	assert_true(wrong_tries(&here, THROTTLE_TRIES));
	assert_false(throttle_blocked(table, &there, &realm, &user));
	assert_false(throttle_blocked(table, &here, &realm, &other));
	sa_set_port(&port, 9999); /* another port is the same source */
	assert_true(throttle_blocked(table, &port, &realm, &user));
}

static void an_ipv6_subnet_is_one_source(void **state)
{
	struct sa one, same, other_net;

	assert_int_equal(sa_set_str(&one, "2001:db8:1:2::5", 5060), 0);
	assert_int_equal(sa_set_str(&same, "2001:db8:1:2:9::7", 5060), 0);
	assert_int_equal(sa_set_str(&other_net, "2001:db8:1:3::5", 5060), 0);
	assert_true(wrong_tries(&one, THROTTLE_TRIES));
	assert_true(throttle_blocked(table, &same, &realm, &user));
	assert_false(throttle_blocked(table, &other_net, &realm, &user));
}

static void slow_tries_are_forgiven(void **state)
{
	for (unsigned i = 0; i < 5; i++) {
		assert_false(wrong_tries(&here, THROTTLE_TRIES - 1));
		clock_advance(THROTTLE_WINDOW_MS);
	}
	assert_false(throttle_blocked(table, &here, &realm, &user));
}

static void the_delay_ends_and_grows_each_time(void **state)
{
	uint64_t delay = THROTTLE_DELAY_MS;

	for (unsigned i = 0; i < 8; i++) {
		assert_true(wrong_tries(&here, THROTTLE_TRIES));
		clock_advance(delay - 1000);
		assert_true(throttle_blocked(table, &here, &realm, &user));
		clock_advance(1001);
		assert_false(throttle_blocked(table, &here, &realm, &user));
		delay = MIN(2 * delay, (uint64_t)THROTTLE_DELAY_MAX_MS);
	}
}

static void a_right_password_clears_the_count(void **state)
{
	assert_false(wrong_tries(&here, THROTTLE_TRIES - 1));
	throttle_right(table, &here, &realm, &user);
	assert_false(wrong_tries(&here, THROTTLE_TRIES - 1));
}

static void a_full_table_forgets_those_who_block_nobody(void **state)
{
	char name[16];
	struct pl pl;

	assert_true(wrong_tries(&here, THROTTLE_TRIES));
	for (unsigned i = 0; i < 1000; i++) {
		(void)text_printf(name, sizeof(name), "u%u", i);
		pl_set_str(&pl, name);
		(void)throttle_wrong(table, &here, &realm, &pl);
	}
	assert_true(throttle_blocked(table, &here, &realm, &user));
}

#define T(f) cmocka_unit_test_setup_teardown(f, open_table, close_table)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_tenth_wrong_try_within_a_minute_starts_the_delay),
		T(another_source_or_account_is_not_blocked),
		T(an_ipv6_subnet_is_one_source),
		T(slow_tries_are_forgiven),
		T(the_delay_ends_and_grows_each_time),
		T(a_right_password_clears_the_count),
		T(a_full_table_forgets_those_who_block_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
