/**
 * @file dest_setting.c  Feature codes by phone: settings that are changed, numbers that are hidden,
 * calls that are made again
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "clock.h"
#include "fake/fake.h"

static const struct tenant_settings *toms(void)
{
	static const struct tenant_settings none;
	const struct tenant_extension *e = tenant_extension(world.northwind, "1002");

	return e->settings ? e->settings : &none;
}

static int reset(void **state)
{
	int err = world_reset(state);
	struct extension_settings s = world_settings("1002");

	world_set(&s);
	fake_register(world.northwind->id, "1002", "phone", false);
	return err;
}

/* Tom dials a code, hears what came of it, and the call is over. */
static void dials(const char *code, const char *hears)
{
	struct fake *tom = fake_invite("1002", code);

	assert_true(tom->answered);
	world_settle();
	assert_string_equal(fake_hears_play(tom), hears);
	fake_played(tom);
	assert_true(tom->hungup);
}

static void test_dnd(void **state)
{
	dials("*78", "do-not-disturb&activated");
	assert_true(toms()->dnd);
	assert_string_equal(toms()->dnd_by, "Tom Becker by phone");
	assert_true(story_has("Tom Becker switched Do Not Disturb on"));
	fake_hangup(fake_invite("1001", "1002"));
	assert_int_equal(fake_out_count(), 0);
	dials("*79", "do-not-disturb&de-activated");
	assert_false(toms()->dnd);
	dials("*77", "do-not-disturb&activated");
	dials("*77", "do-not-disturb&de-activated");
	fake_invite("1001", "1002");
	assert_int_equal(fake_out_count(), 1);
}

static void test_forwards(void **state)
{
	dials("*721003",
	      "call-fwd-unconditional&activated&for&digits/1&digits/0&digits/0&digits/3");
	assert_true(toms()->forward[FORWARD_all].on);
	assert_string_equal(toms()->forward[FORWARD_all].number, "1003");
	assert_true(story_has("switched forwarding of every call on, to 1003"));
	dials("*73", "call-fwd-unconditional&de-activated");
	assert_false(toms()->forward[FORWARD_all].on);
	assert_string_equal(toms()->forward[FORWARD_all].number, "1003");
	dials("*901003#", "call-fwd-on-busy&activated&for&digits/1&digits/0&digits/0&digits/3");
	dials("*921001", "call-fwd-no-ans&activated&for&digits/1&digits/0&digits/0&digits/1");
	assert_true(toms()->forward[FORWARD_busy].on && toms()->forward[FORWARD_noanswer].on);
	dials("*91", "call-fwd-on-busy&de-activated");
	dials("*93", "call-fwd-no-ans&de-activated");
	assert_false(toms()->forward[FORWARD_busy].on || toms()->forward[FORWARD_noanswer].on);
}

static void test_outside_number_is_kept_in_full(void **state)
{
	struct fake *tom = fake_invite("1002", "*722125550100");

	world_settle();
	assert_string_equal(toms()->forward[FORWARD_all].number, "+12125550100");
	fake_hangup(tom);
}

static void test_number_that_is_none(void **state)
{
	dials("*721099", "check-number-dial-again");
	assert_false(toms()->forward[FORWARD_all].on);
	assert_true(story_has("\"1099\" is no number to forward to"));
	dials("*721002", "check-number-dial-again");
	assert_false(toms()->forward[FORWARD_all].on);
}

static void test_number_is_asked_for(void **state)
{
	struct fake *tom = fake_invite("1002", "*72");

	assert_string_equal(fake_hears_play(tom), "vm-enter-num-to-call");
	fake_press(tom, "1003#");
	world_settle();
	assert_string_equal(fake_hears_play(tom),
			    "call-fwd-unconditional&activated&for&digits/1&digits/0&digits/0&"
			    "digits/3");
	fake_played(tom);
	assert_true(tom->hungup);
	assert_true(toms()->forward[FORWARD_all].on);
}

static void test_nothing_is_keyed(void **state)
{
	struct fake *tom = fake_invite("1002", "*72");

	fake_run(11000);
	assert_string_equal(fake_hears_play(tom), "goodbye");
	fake_played(tom);
	assert_true(tom->hungup);
	assert_false(toms()->forward[FORWARD_all].on);
}

/* What was keyed is done, though the phone has hung up meanwhile. */
static void test_hangs_up_at_once(void **state)
{
	fake_hangup(fake_invite("1002", "*78"));
	world_settle();
	assert_true(toms()->dnd);
}

static void test_hidden_number(void **state)
{
	fake_invite("1001", "*671002");
	assert_true(fake_out(0)->to.from.hidden);
	assert_false(fake_out(0)->to.from.asserted);
	fake_invite("1001", "*676285550177");
	assert_string_equal(fake_out(1)->to.to_user, "+16285550177");
	assert_true(fake_out(1)->to.from.hidden && fake_out(1)->to.from.asserted);
}

static void test_time(void **state)
{
	struct fake *tom = fake_invite("1002", "*9170");

	assert_int_equal(strncmp(fake_hears_play(tom), "at-tone-time-exactly&", 21), 0);
	fake_played(tom);
	assert_true(tom->hungup);
}

/* Whoever calls from outside names himself: who calls him back, by a click, would dial that code */
static void test_no_caller_is_a_code(void **state)
{
	fake_hangup(fake_invite_trunk("*7219005550123", "+14155550110"));
	assert_true(story_has("anonymous called"));
	assert_false(story_has("*72"));
}

/* Who is passed on to it would let the other see, in the call's story, whom he called last. */
static void test_nobody_else_lets_call_again(void **state)
{
	struct fake *maya, *tom;

	fake_hangup(fake_invite("1002", "1003"));
	world_settle();
	fake_register(world.northwind->id, "1001", "phone", false);
	tom = fake_invite("1002", "1001");
	maya = fake_out(fake_out_count() - 1);
	fake_answer(maya);
	fake_refer(maya, "*870", NULL);
	world_settle();
	assert_ptr_equal(fake_hears(tom), maya);
	fake_hangup(tom);
	assert_false(story_has("Dialling again"));
	assert_true(story_has("only who dials it"));
}

#define T(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_dnd),
		T(test_forwards),
		T(test_outside_number_is_kept_in_full),
		T(test_number_that_is_none),
		T(test_number_is_asked_for),
		T(test_nothing_is_keyed),
		T(test_hangs_up_at_once),
		T(test_hidden_number),
		T(test_time),
		T(test_no_caller_is_a_code),
		T(test_nobody_else_lets_call_again),
	};

	return cmocka_run_group_tests_name("setting", tests, world_setup, world_teardown);
}
