/**
 * @file dest_bell.c  A call waits for a browser whose portal is closed
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "bells.h"
#include "clock.h"
#include "fake/fake.h"

static int reset(void **state)
{
	int err = world_reset(state);

	fake_register(world.northwind->id, "1001", "phone", false);
	world_mailboxes(false);
	return err;
}

static void tom_asleep(void)
{
	world_bell("1002", "browser", clock_wall_ms() + 3600000);
}

/* Tom's phone registers; `fresh` false: one that is there says so again. */
static void tom_comes(bool fresh)
{
	const struct binding *b[BINDINGS_MAX];
	unsigned n;

	if (fresh)
		fake_register(world.northwind->id, "1002", "browser", false);
	n = registrar_find(exchange_stack(world.x), world.northwind->id, "1002", b, BINDINGS_MAX);
	bells_came(exchange_bells(world.x), world.northwind->id, "1002", b[n - 1]->contact);
}

static void test_who_comes_rings(void **state)
{
	struct fake *maya;

	tom_asleep();
	maya = fake_invite("1001", "1002");
	fake_run(100);
	assert_int_equal(maya->rang, 180);
	assert_int_equal(fake_out_count(), 0);
	fake_run(20000);
	assert_int_equal(maya->final, 0);
	tom_comes(true);
	fake_run(100);
	assert_int_equal(fake_out_count(), 1);
	fake_answer(fake_out(0));
	fake_run(30000);
	assert_true(maya->answered);
	assert_ptr_equal(fake_hears(maya), fake_out(0));
	fake_hangup(maya);
	assert_true(story_has("is told of the call in 1 closed browser"));
	assert_true(story_has("has come back, and rings"));
}

static void test_nobody_comes(void **state)
{
	struct fake *maya;

	tom_asleep();
	maya = fake_invite("1001", "1002");
	fake_run(BELL_WAIT_MS - 200);
	assert_int_equal(maya->final, 0);
	fake_run(400);
	assert_int_equal(maya->final, 480);
}

/* At the last moment there is still time to press a button. */
static void test_who_comes_late_rings_a_while(void **state)
{
	struct fake *maya;

	tom_asleep();
	maya = fake_invite("1001", "1002");
	fake_run(BELL_WAIT_MS - 200);
	tom_comes(true);
	fake_ring(fake_out(0));
	fake_run(14000);
	assert_int_equal(maya->final, 0);
	assert_false(fake_out(0)->cancelled);
	fake_run(3000);
	assert_true(fake_out(0)->cancelled);
	assert_int_not_equal(maya->final, 0);
}

static void test_who_is_there_rings_once(void **state)
{
	struct fake *maya;

	tom_asleep();
	fake_register(world.northwind->id, "1002", "phone", false);
	maya = fake_invite("1001", "1002");
	fake_run(100);
	assert_int_equal(fake_out_count(), 1);
	tom_comes(false);
	fake_refuse(fake_out(0), 486);
	tom_comes(false);
	fake_run(100);
	assert_int_equal(fake_out_count(), 1);
	assert_int_equal(maya->final, 0); /* the browser may still come */
	tom_comes(true);
	assert_int_equal(fake_out_count(), 2);
	fake_hangup(maya);
	assert_true(fake_out(1)->cancelled);
}

static void test_who_declines_is_not_waited_for(void **state)
{
	struct fake *maya;

	tom_asleep();
	fake_register(world.northwind->id, "1002", "phone", false);
	maya = fake_invite("1001", "1002");
	fake_run(100);
	fake_refuse(fake_out(0), 603);
	fake_run(100);
	assert_int_not_equal(maya->final, 0);
}

static void test_browser_with_a_line_is_not_waited_for(void **state)
{
	const struct binding *b[BINDINGS_MAX];
	struct fake *maya;

	fake_register(world.northwind->id, "1002", "browser", false);
	assert_int_equal(registrar_find(exchange_stack(world.x), world.northwind->id, "1002", b,
					BINDINGS_MAX),
			 1);
	world_bell("1002", b[0]->device, clock_wall_ms() + 3600000);
	maya = fake_invite("1001", "1002");
	fake_run(100);
	fake_refuse(fake_out(0), 486);
	fake_run(100);
	assert_int_equal(maya->final, 486);
}

static void test_bell_of_an_ended_sign_in(void **state)
{
	struct fake *maya;

	world_bell("1002", "browser", clock_wall_ms());
	maya = fake_invite("1001", "1002");
	fake_run(100);
	assert_int_equal(maya->final, 480);
	bells_expire(exchange_bells(world.x), clock_wall_ms());
}

static void test_bells_that_are_gone(void **state)
{
	struct fake *maya;

	tom_asleep();
	world_bell("1002", "other", clock_wall_ms() + 3600000);
	bells_remove(exchange_bells(world.x), "browser");
	maya = fake_invite("1001", "1002");
	fake_run(100);
	assert_int_equal(maya->final, 0);
	fake_hangup(maya);
	bells_clear(exchange_bells(world.x), world.harbor->id,
		    tenant_extension(world.northwind, "1002")->id);
	maya = fake_invite("1001", "1002");
	fake_run(100);
	assert_int_equal(maya->final, 0);
	fake_hangup(maya);
	bells_clear(exchange_bells(world.x), world.northwind->id,
		    tenant_extension(world.northwind, "1002")->id);
	maya = fake_invite("1001", "1002");
	fake_run(100);
	assert_int_equal(maya->final, 480);
}

/* The phone of another tenant with the same number is none of hers. */
static void test_phones_of_others_do_not_join(void **state)
{
	struct fake *maya;

	tom_asleep();
	maya = fake_invite("1001", "1002");
	fake_run(100);
	fake_register(world.harbor->id, "1002", "browser", false);
	assert_false(bells_awaited(exchange_bells(world.x), world.harbor->id, "1002"));
	assert_true(bells_awaited(exchange_bells(world.x), world.northwind->id, "1002"));
	bells_came(exchange_bells(world.x), world.harbor->id, "1002", "sip:1002@127.0.0.1:6002");
	bells_came(exchange_bells(world.x), world.northwind->id, "1003", "sip:1002@127.0.0.1:6002");
	fake_run(100);
	assert_int_equal(fake_out_count(), 0);
	fake_hangup(maya);
	assert_false(bells_awaited(exchange_bells(world.x), world.northwind->id, "1002"));
}

/* push = no */
static void test_nothing_is_pushed_without_a_pusher(void **state)
{
	struct pusher *kept = world.pusher;
	struct fake *maya;

	world.pusher = NULL;
	assert_int_equal(reset(state), 0);
	world.pusher = kept;
	tom_asleep();
	maya = fake_invite("1001", "1002");
	fake_run(100);
	assert_int_equal(maya->final, 480);
}

#define T(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_who_comes_rings),
		T(test_nobody_comes),
		T(test_who_comes_late_rings_a_while),
		T(test_who_is_there_rings_once),
		T(test_who_declines_is_not_waited_for),
		T(test_browser_with_a_line_is_not_waited_for),
		T(test_bell_of_an_ended_sign_in),
		T(test_bells_that_are_gone),
		T(test_phones_of_others_do_not_join),
		T(test_nothing_is_pushed_without_a_pusher),
	};

	return cmocka_run_group_tests(tests, world_bells_setup, world_bells_teardown);
}
