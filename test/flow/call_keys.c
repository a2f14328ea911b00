/**
 * @file call_keys.c  Transfers by keys: *1 at once, *4 after asking
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

static void asks_priya(void)
{
	unsigned n = fake_out_count();

	fake_keys(maya, "*4");
	assert_string_equal(fake_hears_play(tom), "music");
	fake_keys(maya, "1003#");
	priya = fake_out(n);
	fake_ring(priya);
	assert_string_equal(fake_hears_play(tom), "music");
	assert_string_equal(fake_hears_play(maya), "tone:ring");
}

static void back_together(void)
{
	assert_ptr_equal(fake_hears(maya), tom);
	assert_ptr_equal(fake_hears(tom), maya);
	assert_string_equal(fake_hears_play(tom), "");
	fake_hangup(tom);
	assert_true(maya->hungup);
	assert_string_equal(world.last->answered_by.name, "Maya Chen");
	assert_int_equal(fake_live(), 0);
}

static void test_number_is_not_finished(void **state)
{
	fake_keys(maya, "*1");
	assert_null(fake_hears(maya));
	assert_string_equal(fake_hears_play(tom), "music");
	fake_keys(maya, "#");
	assert_ptr_equal(fake_hears(tom), maya);
	fake_keys(maya, "*1");
	fake_keys(maya, "7777#");
	assert_string_equal(fake_hears_play(maya), "pbx-invalid");
	fake_run(10100);
	back_together();
}

static void test_number_ends_after_a_while(void **state)
{
	fake_keys(maya, "*11003");
	assert_int_equal(fake_out_count(), 1);
	fake_run(10100);
	assert_int_equal(fake_out_count(), 2);
	fake_answer(fake_out(1));
	assert_ptr_equal(fake_hears(tom), fake_out(1));
	fake_run(2100);
	assert_true(maya->hungup);
	fake_hangup(tom);
}

static void test_blind_fails(void **state)
{
	fake_keys(maya, "*11003#");
	fake_refuse(fake_out(1), 486);
	back_together();
}

static void test_asks_and_connects(void **state)
{
	asks_priya();
	fake_answer(priya);
	assert_ptr_equal(fake_hears(maya), priya);
	fake_hangup(maya);
	assert_ptr_equal(fake_hears(tom), priya);
	assert_string_equal(tom->identity, "Priya Raman");
	fake_hangup(tom);
	assert_true(priya->hungup);
	assert_string_equal(world.last->answered_by.name, "Priya Raman");
	assert_int_equal(world.started, 1);
}

static void test_hangs_up_while_it_rings(void **state)
{
	asks_priya();
	fake_hangup(maya);
	assert_string_equal(fake_hears_play(tom), "tone:ring");
	fake_answer(priya);
	assert_ptr_equal(fake_hears(tom), priya);
	fake_hangup(priya);
	assert_true(tom->hungup);
}

static void test_asked_refuses(void **state)
{
	asks_priya();
	fake_refuse(priya, 486);
	assert_true(!world.last);
	back_together();
}

static void test_asked_hangs_up(void **state)
{
	asks_priya();
	fake_answer(priya);
	fake_hangup(priya);
	back_together();
}

static void test_comes_back(void **state)
{
	asks_priya();
	fake_keys(maya, "*4");
	assert_true(priya->cancelled);
	asks_priya();
	fake_answer(priya);
	fake_keys(maya, "*4");
	assert_true(priya->hungup);
	back_together();
}

static void test_waiting_party_hangs_up(void **state)
{
	asks_priya();
	fake_hangup(tom);
	fake_answer(priya);
	assert_ptr_equal(fake_hears(maya), priya);
	fake_hangup(priya);
	assert_true(maya->hungup);
}

/* What the asker hears of the system the party hears from its beginning. */
static void test_into_a_mailbox(void **state)
{
	world_mailboxes(true);
	fake_hangup(tom);
	fake_register(world.northwind->id, "1001", "Desk", false);
	tom = fake_invite("1002", "1001");
	maya = fake_out(1);
	fake_answer(maya);
	fake_keys(maya, "*4");
	fake_keys(maya, "*991003#");
	fake_run(1000);
	fake_hangup(maya);
	assert_non_null(strstr(fake_hears_play(tom), "vm-"));
	fake_hangup(tom);
	assert_int_equal(fake_live(), 0);
}

static void test_nobody_from_outside(void **state)
{
	struct fake *outside;

	fake_hangup(tom);
	outside = fake_invite_trunk("+12125550100", "+14155550110");
	maya = fake_out(fake_out_count() - 1);
	fake_answer(maya);
	fake_keys(outside, "*1");
	assert_ptr_equal(fake_hears(outside), maya);
	fake_hangup(outside);
}

#define TEST(f) cmocka_unit_test_setup(f, talk)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_number_is_not_finished),
		TEST(test_number_ends_after_a_while),
		TEST(test_blind_fails),
		TEST(test_asks_and_connects),
		TEST(test_hangs_up_while_it_rings),
		TEST(test_asked_refuses),
		TEST(test_asked_hangs_up),
		TEST(test_comes_back),
		TEST(test_waiting_party_hangs_up),
		TEST(test_into_a_mailbox),
		TEST(test_nobody_from_outside),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
