/**
 * @file call_roll.c  Who is in a call is known from the roll, and no longer than it lasts
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "fake/fake.h"
#include "roll.h"

static enum presence of(const struct tenant *t, const char *extension)
{
	return exchange_presence(world.x, t->id, extension);
}

static void ring_tom(struct fake **tom, struct fake **maya)
{
	fake_register(world.northwind->id, "1001", "Yealink", false);
	fake_register(world.northwind->id, "1002", "Yealink", false);
	*maya = fake_invite("1001", "1002");
	*tom = fake_out(0);
	fake_ring(*tom);
}

static void test_rings_then_talks_then_is_free(void **state)
{
	struct fake *tom, *maya;

	ring_tom(&tom, &maya);
	assert_int_equal(of(world.northwind, "1001"), PRESENCE_BUSY);
	assert_int_equal(of(world.northwind, "1002"), PRESENCE_RINGING);
	fake_answer(tom);
	assert_int_equal(of(world.northwind, "1002"), PRESENCE_BUSY);
	fake_hangup(maya);
	assert_int_equal(of(world.northwind, "1001"), PRESENCE_AVAILABLE);
	assert_int_equal(of(world.northwind, "1002"), PRESENCE_AVAILABLE);
	assert_int_equal(roll_count(exchange_roll(world.x)), 0);
}

static void test_the_same_number_elsewhere_is_free(void **state)
{
	struct fake *tom, *maya;

	fake_register(world.harbor->id, "1002", "Snom", false);
	ring_tom(&tom, &maya);
	fake_answer(tom);
	assert_int_equal(of(world.harbor, "1002"), PRESENCE_AVAILABLE);
	fake_hangup(tom);
}

static void test_a_call_is_found_by_its_tenant_only(void **state)
{
	struct fake *tom, *maya;
	struct call *c;

	ring_tom(&tom, &maya);
	c = exchange_calls(world.x)->tail->data;
	assert_ptr_equal(exchange_call_find(world.x, world.northwind->id, call_id(c)), c);
	assert_null(exchange_call_find(world.x, world.harbor->id, call_id(c)));
	fake_hangup(maya);
}

static void test_a_device_that_lost_counts_no_more(void **state)
{
	struct fake *tom, *maya;
	bool talks, rings;

	fake_register(world.northwind->id, "1002", "Grandstream", false);
	ring_tom(&tom, &maya);
	fake_ring(fake_out(1));
	fake_answer(tom);
	assert_true(
		roll_engaged(&talks, &rings, exchange_roll(world.x), world.northwind->id, "1002"));
	assert_true(talks);
	assert_false(rings);
	fake_hangup(tom);
}

static void test_legs_of_a_trunk_are_counted_until_they_end(void **state)
{
	struct fake *one, *two;
	int64_t trunk = tenants_trunks(world.tenants)->v[0].id;

	one = fake_invite("1001", "+16285550133");
	two = fake_invite("1002", "+16285550134");
	assert_int_equal(roll_trunk(exchange_roll(world.x), trunk, 9), 2);
	assert_int_equal(roll_trunk(exchange_roll(world.x), trunk, 1), 1);
	fake_hangup(one);
	assert_int_equal(roll_trunk(exchange_roll(world.x), trunk, 9), 1);
	fake_hangup(two);
	assert_int_equal(roll_trunk(exchange_roll(world.x), trunk, 9), 0);
}

#define ROLL_TEST(f) cmocka_unit_test_setup(f, world_reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ROLL_TEST(test_rings_then_talks_then_is_free),
		ROLL_TEST(test_the_same_number_elsewhere_is_free),
		ROLL_TEST(test_a_call_is_found_by_its_tenant_only),
		ROLL_TEST(test_a_device_that_lost_counts_no_more),
		ROLL_TEST(test_legs_of_a_trunk_are_counted_until_they_end),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
