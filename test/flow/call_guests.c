/**
 * @file call_guests.c  Three in a call by *3, listening and speaking into a call, conferences
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "fake/fake.h"

/* Tom called Maya; Priya has a phone. */
static struct fake *maya, *tom, *priya;

static int talk(void **state)
{
	return world_talk(state, &tom, &maya);
}

static void all_hear(const struct fake *a, const struct fake *b, const struct fake *c)
{
	assert_true(fake_mixed(a, b) && fake_mixed(a, c));
	assert_true(fake_mixed(b, a) && fake_mixed(b, c));
	assert_true(fake_mixed(c, a) && fake_mixed(c, b));
}

static void two_hear(const struct fake *a, const struct fake *b)
{
	assert_ptr_equal(fake_hears(a), b);
	assert_ptr_equal(fake_hears(b), a);
	assert_string_equal(fake_hears_play(a), "");
	assert_string_equal(fake_hears_play(b), "");
}

/* By *3, the number, and *3 again once Priya has answered. */
static void three_talk(void)
{
	unsigned n = fake_out_count();

	fake_keys(maya, "*3");
	assert_string_equal(fake_hears_play(tom), "music");
	fake_keys(maya, "1003#");
	priya = fake_out(n);
	fake_keys(maya, "*3"); /* not yet: nobody answered */
	fake_answer(priya);
	two_hear(maya, priya);
	assert_string_equal(fake_hears_play(tom), "music");
	fake_keys(maya, "*3");
	all_hear(maya, tom, priya);
}

static void over(const struct fake *hangs, const struct fake *last)
{
	fake_hangup((struct fake *)hangs);
	assert_true(last->hungup);
	assert_int_equal(fake_live(), 0);
	assert_int_equal(fake_streams(), 0);
	assert_string_equal(world.last->answered_by.name, "Maya Chen");
	assert_string_equal(world.last->from.number, "1002");
	assert_int_equal(world.ended, world.started);
}

static void test_third_leaves(void **state)
{
	three_talk();
	fake_hangup(priya);
	two_hear(maya, tom);
	over(maya, tom);
}

static void test_asker_leaves(void **state)
{
	three_talk();
	fake_hangup(maya);
	two_hear(priya, tom);
	assert_string_equal(tom->identity, "Priya Raman");
	over(priya, tom);
	assert_true(story_has("Maya Chen brought Priya Raman in"));
	assert_true(story_has("Maya Chen left; the two others talk on"));
}

static void test_caller_leaves(void **state)
{
	three_talk();
	fake_hangup(tom);
	two_hear(priya, maya);
	over(priya, maya);
}

static void test_third_is_let_go(void **state)
{
	three_talk();
	fake_keys(priya, "*3");
	all_hear(maya, tom, priya);
	fake_keys(tom, "*3");
	assert_true(priya->hungup);
	two_hear(maya, tom);
	over(tom, maya);
}

static void test_one_of_three_holds(void **state)
{
	three_talk();
	fake_hold(tom, true);
	assert_false(fake_mixed(maya, tom));
	assert_true(fake_mixed(maya, priya) && fake_mixed(priya, maya));
	fake_hold(maya, true);
	assert_string_equal(fake_hears_play(priya), "music");
	fake_hold(tom, false);
	assert_true(fake_mixed(priya, tom) && fake_mixed(tom, priya));
	fake_hold(maya, false);
	all_hear(maya, tom, priya);
	fake_hangup(priya);
	over(tom, maya);
}

static void test_three_cannot_be_transferred(void **state)
{
	three_talk();
	fake_keys(maya, "*1");
	fake_keys(maya, "*4");
	all_hear(maya, tom, priya);
	fake_hangup(maya);
	over(priya, tom);
}

/* Maya holds Tom, calls Priya on the same phone, and presses *3 there. */
static void test_held_call_is_brought_in(void **state)
{
	struct fake *second;
	unsigned n = fake_out_count();

	fake_hangup(tom);
	maya = fake_invite("1001", "1003");
	priya = fake_out(n);
	fake_answer(priya);
	fake_hold(maya, true);
	assert_string_equal(fake_hears_play(priya), "music");
	fake_register(world.northwind->id, "1002", "Desk", false);
	second = fake_invite("1001", "1002");
	tom = fake_out(n + 1);
	fake_answer(tom);
	fake_keys(second, "*3");
	all_hear(second, tom, priya);
	assert_true(maya->hungup);
	assert_int_equal(maya->cause, CAUSE_TRANSFERRED);
	fake_hangup(second);
	two_hear(priya, tom);
	fake_hangup(priya);
	assert_true(tom->hungup);
	assert_int_equal(fake_live(), 0);
	assert_int_equal(world.ended, world.started);
}

static void test_recording_goes_on(void **state)
{
	fake_keys(maya, "*2");
	assert_true(fake_is_recorded(tom));
	three_talk();
	assert_true(fake_is_recorded(tom) || fake_is_recorded(maya));
	fake_hangup(tom);
	assert_true(fake_is_recorded(priya) || fake_is_recorded(maya));
	over(maya, priya);
}

/* Whose person may see live calls hears both, unheard. */
static void test_listens(void **state)
{
	struct fake *ear;

	world_permit("1003", "realtime");
	ear = fake_invite("1003", "*331001");
	assert_true(ear->answered);
	assert_true(fake_mixed(ear, maya) && fake_mixed(ear, tom));
	assert_false(fake_mixed(maya, ear) || fake_mixed(tom, ear));
	assert_true(fake_mixed(maya, tom) && fake_mixed(tom, maya));
	fake_hangup(ear);
	two_hear(maya, tom);
	ear = fake_invite("1003", "*341002");
	all_hear(ear, maya, tom);
	fake_hold(ear, true);
	assert_false(fake_mixed(maya, ear));
	fake_hold(ear, false);
	all_hear(ear, maya, tom);
	fake_hangup(maya);
	assert_true(tom->hungup);
	assert_true(ear->hungup);
	assert_int_equal(fake_live(), 0);
	assert_int_equal(world.ended, world.started);
}

static void test_who_may_not_listen(void **state)
{
	struct fake *ear = fake_invite("1005", "*331001");

	assert_int_equal(ear->final, 403);
	world_permit("1003", "realtime");
	ear = fake_invite("1003", "*331007");
	assert_int_equal(ear->final, 480);
	two_hear(maya, tom);
	fake_hangup(tom);
}

static void test_listens_while_it_is_passed_on(void **state)
{
	struct fake *ear;

	world_permit("1003", "realtime");
	ear = fake_invite("1003", "*331001");
	fake_register(world.northwind->id, "1005", "Desk", false);
	fake_keys(maya, "*11005#");
	priya = fake_out(1);
	fake_answer(priya);
	assert_true(fake_mixed(ear, priya) && fake_mixed(ear, tom) && fake_mixed(tom, priya));
	fake_hangup(tom);
	assert_true(ear->hungup);
}

static void test_conference(void **state)
{
	struct fake *a, *b, *c;

	fake_hangup(tom);
	a = fake_invite("1002", "*304711");
	assert_string_equal(fake_hears_play(a), "conf-onlyperson");
	fake_played(a);
	assert_string_equal(fake_hears_play(a), "music");
	b = fake_invite("1003", "*304711");
	assert_string_equal(fake_hears_play(a), "tone:beep");
	fake_played(a);
	assert_true(fake_mixed(a, b));
	c = fake_invite("1005", "*304711");
	fake_played(a);
	fake_played(b);
	fake_played(c);
	all_hear(a, b, c);
	fake_hold(b, true);
	assert_false(fake_mixed(a, b));
	assert_true(fake_mixed(a, c));
	fake_hold(b, false);
	all_hear(a, b, c);
	fake_hangup(a);
	assert_true(fake_mixed(b, c) && fake_mixed(c, b));
	fake_hangup(b);
	assert_string_equal(fake_hears_play(c), "music");
	fake_hangup(c);
	assert_int_equal(fake_live(), 0);
	assert_int_equal(fake_streams(), 0);
}

#define TEST(f) cmocka_unit_test_setup(f, talk)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_third_leaves),
		TEST(test_asker_leaves),
		TEST(test_caller_leaves),
		TEST(test_third_is_let_go),
		TEST(test_one_of_three_holds),
		TEST(test_three_cannot_be_transferred),
		TEST(test_held_call_is_brought_in),
		TEST(test_recording_goes_on),
		TEST(test_listens),
		TEST(test_who_may_not_listen),
		TEST(test_listens_while_it_is_passed_on),
		TEST(test_conference),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
