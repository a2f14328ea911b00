/**
 * @file call_memory.c  Calls while memory fails: refused or gone on with, no crash, nothing is left
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "fake/fake.h"
#include "fake/gone.h"
#include "memory.h"

static struct fake *rung(void)
{
	return fake_out_count() && fake_out(0)->d ? fake_out(0) : NULL;
}

static void answered_held_and_hung_up(void)
{
	struct fake *maya, *tom;

	fake_register(world.northwind->id, "1002", "Yealink", false);
	fake_register(world.northwind->id, "1002", "Polycom", false);
	maya = fake_invite("1001", "1002");
	tom = rung();
	if (!tom)
		return;
	fake_ring_early(tom);
	if (tom->d)
		fake_answer(tom);
	if (maya->d && maya->answered)
		fake_hold(maya, true);
	fake_run(1000);
	if (maya->d && maya->answered)
		fake_hold(maya, false);
	if (tom->d)
		fake_hangup(tom);
}

static void everybody_in_a_group(void)
{
	fake_register(world.northwind->id, "1001", "Yealink", false);
	fake_register(world.northwind->id, "1002", "Yealink", false);
	fake_register(world.northwind->id, "1003", "Yealink", false);
	(void)fake_invite_trunk("+14155550123", "+14155550110");
	fake_run(2000);
	if (rung())
		fake_answer(rung());
	fake_run(2000);
}

static void nobody_answers(void)
{
	fake_register(world.northwind->id, "1002", "Yealink", false);
	(void)fake_invite("1001", "1002");
	if (rung())
		fake_ring(rung());
	fake_run(61000);
}

static void transferred(void)
{
	struct fake *maya, *tom;

	fake_register(world.northwind->id, "1002", "Yealink", false);
	fake_register(world.northwind->id, "1003", "Yealink", false);
	maya = fake_invite("1001", "1002");
	tom = rung();
	if (!tom)
		return;
	fake_answer(tom);
	if (maya->d && tom->d && maya->answered)
		fake_refer(tom, "1003", NULL);
	fake_run(1000);
	if (fake_out_count() > 1 && fake_out(1)->d)
		fake_answer(fake_out(1));
	fake_run(1000);
}

static void outside_and_refused(void)
{
	(void)fake_invite("1001", "+14155550123");
	if (rung())
		fake_refuse(rung(), 503);
	fake_run(1000);
	if (fake_out_count() > 1 && fake_out(1)->d)
		fake_answer(fake_out(1));
	fake_run(1000);
}

#define LIFE(life)                                                                                 \
	static void test_##life(void **state)                                                      \
	{                                                                                          \
		memory_sweep(life, everybody_is_gone, 10);                                         \
	}

LIFE(answered_held_and_hung_up)
LIFE(everybody_in_a_group)
LIFE(nobody_answers)
LIFE(transferred)
LIFE(outside_and_refused)

#define T(life) cmocka_unit_test_setup(test_##life, world_reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(answered_held_and_hung_up),
		T(everybody_in_a_group),
		T(nobody_answers),
		T(transferred),
		T(outside_and_refused),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
