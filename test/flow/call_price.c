/**
 * @file call_price.c  What calls cost: every leg through a trunk, at the price of its dialling
 *
 * Prices are those of the demo's plan: +44 0.0215 a minute, 30 s and then each 6 s; +447 0.085 and
 * 0.01 for the connection; +49 0.0225.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "fake/fake.h"
#include "rate.h"

static int reset(void **state)
{
	return world_reset(state);
}

static void cost_is(const char *currency, int64_t cost, int64_t billed_ms)
{
	assert_string_equal(world.last->currency, currency);
	assert_int_equal(world.last->cost, cost);
	assert_int_equal(world.last->billed_ms, billed_ms);
}

static void test_minimum_and_increments(void **state)
{
	struct fake *maya = fake_invite("1001", "+442079460177");

	fake_ring(fake_out(0));
	fake_run(20000); /* ringing costs nothing */
	fake_answer(fake_out(0));
	fake_run(31000);
	fake_hangup(maya);
	cost_is("USD", 12900, 36000);
	assert_int_equal(world.last->legs[0].cost, 0);
	assert_string_equal(world.last->legs[0].currency, "");
	assert_int_equal(world.last->legs[1].cost, 12900);
	assert_int_equal(world.last->legs[1].billed_ms, 36000);
}

static void test_longest_prefix_and_connection(void **state)
{
	struct fake *maya = fake_invite("1001", "+447700900123");

	fake_answer(fake_out(0));
	fake_run(2000);
	fake_hangup(maya);
	cost_is("USD", 10000 + 42500, 30000);
}

static void test_nobody_answered(void **state)
{
	(void)fake_invite("1001", "+442079460177");
	fake_refuse(fake_out(0), 486);
	cost_is("USD", 0, 0);
}

static void test_no_price_is_no_zero(void **state)
{
	struct fake *maya = fake_invite("1001", "+81312345678");

	fake_answer(fake_out(0));
	fake_run(5000);
	fake_hangup(maya);
	assert_string_equal(world.last->currency, "");
	assert_in_range(world.last->billed_ms, 5000, 5200);
}

static void test_inside_is_free(void **state)
{
	struct fake *tom, *maya;

	assert_int_equal(world_talk(state, &tom, &maya), 0);
	fake_run(5000);
	fake_hangup(maya);
	assert_string_equal(world.last->currency, "");
	assert_int_equal(world.last->cost, 0);
}

static void test_help_is_free(void **state)
{
	struct fake *maya = fake_invite("1001", "911");

	fake_answer(fake_out(0));
	fake_run(5000);
	fake_hangup(maya);
	assert_string_equal(world.last->currency, "");
}

static int dearer_fn(struct db *db, void *obj)
{
	int err = db_exec(db, "UPDATE rate SET per_minute = per_minute * 2", "");

	return err ? err : rates_touch(db);
}

static int cheaper_fn(struct db *db, void *obj)
{
	int err = db_exec(db, "UPDATE rate SET per_minute = per_minute / 2", "");

	return err ? err : rates_touch(db);
}

static void test_price_of_the_dialling(void **state)
{
	struct fake *maya = fake_invite("1001", "+442079460177");

	fake_answer(fake_out(0));
	assert_int_equal(store_write_wait(world.store, dearer_fn, NULL), 0);
	world_reload();
	fake_run(1000);
	fake_hangup(maya);
	cost_is("USD", 10750, 30000);
	maya = fake_invite("1001", "+442079460177");
	fake_answer(fake_out(1));
	fake_run(1000);
	fake_hangup(maya);
	cost_is("USD", 21500, 30000);
	assert_int_equal(store_write_wait(world.store, cheaper_fn, NULL), 0);
	world_reload();
}

static void test_forwarded_outside(void **state)
{
	struct extension_settings s = world_settings("1001");
	struct fake *caller;

	s.forward[FORWARD_all] = (struct extension_forward){.on = true};
	strcpy(s.forward[FORWARD_all].number, "+4930123456");
	world_set(&s);
	caller = fake_invite_trunk("+12125550100", "+14155550110");
	fake_answer(fake_out(0));
	fake_run(61000);
	fake_hangup(caller);
	assert_int_equal(world.last->dir, CDR_IN);
	cost_is("USD", 24750, 66000); /* the leg outside, not the one that came in */
	s.forward[FORWARD_all].on = false;
	s.version = 0;
	world_set(&s);
}

/* Maya asks a number outside, then hands it to Tom: the carrier counts one call. */
static void test_moved_leg_is_charged_once(void **state)
{
	struct fake *tom, *maya, *maya2, *out;
	int64_t cost = 0;

	assert_int_equal(world_talk(state, &tom, &maya), 0);
	maya2 = fake_invite("1001", "+442079460177");
	out = fake_out(1);
	fake_answer(out);
	fake_run(10000);
	fake_refer(maya, "+442079460177", maya2);
	assert_int_equal(maya->refer_code, 202);
	assert_non_null(world.last); /* the call that she left */
	cost += world.last->cost;
	assert_ptr_equal(fake_hears(tom), out);
	fake_run(30000);
	fake_hangup(out);
	fake_run(5000);
	cost += world.last->cost;
	assert_int_equal(world.ended, world.started);
	assert_int_equal(cost, 15050); /* 40 s in one are 42, and no second minimum */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, reset)
		T(test_minimum_and_increments),
		T(test_longest_prefix_and_connection),
		T(test_nobody_answered),
		T(test_no_price_is_no_zero),
		T(test_inside_is_free),
		T(test_help_is_free),
		T(test_price_of_the_dialling),
		T(test_forwarded_outside),
		T(test_moved_leg_is_charged_once),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
