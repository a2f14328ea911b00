/**
 * @file call_test_call.c  Test calls: the own phones ring, and whoever answers hears an echo test
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include "fake/fake.h"
#include "test_call.h"

/* Each test begins with one phone of 1002, nothing set, no mailboxes. */
static int reset(void **state)
{
	struct extension_settings s = world_settings("1002");
	int err = world_reset(state);

	world_set(&s);
	world_mailboxes(false);
	fake_register(world.northwind->id, "1002", "phone", false);
	return err;
}

static int call_tom(const char *from)
{
	char id[ID_SIZE] = "";
	int err = test_call_start(id, world.x, world.northwind->id, "1002", from);

	assert_true(err || id_valid(id));
	fake_run(0);
	return err;
}

static void test_phone_rings_and_hears_an_echo(void **state)
{
	struct fake *tom;

	assert_int_equal(call_tom(""), 0);
	tom = fake_out(0);
	assert_string_equal(tom->to.from.user, "1002");
	assert_string_equal(tom->to.from.name, "Test call");
	fake_ring(tom);
	fake_answer(tom);
	assert_string_equal(fake_hears_play(tom), "demo-echotest");
	fake_played(tom);
	assert_string_equal(fake_hears_play(tom), "echo:0");
	assert_int_equal(fake_streams(), 1);
	fake_hangup(tom);
	assert_int_equal(world.last->type, CDR_TYPE_test);
	assert_int_equal(world.last->result, CDR_answered);
	assert_string_equal(world.last->answered_by.name, "Tom Becker");
	assert_true(story_has("A test call to Tom Becker, as if 1002 called"));
}

static void test_echo_does_not_last_for_ever(void **state)
{
	struct fake *tom;

	assert_int_equal(call_tom(""), 0);
	tom = fake_out(0);
	fake_answer(tom);
	fake_run(TEST_CALL_MS + 1000);
	assert_true(tom->hungup);
	assert_int_equal(world.last->cause, CAUSE_TOO_LONG);
}

static void test_one_at_a_time(void **state)
{
	assert_int_equal(call_tom(""), 0);
	assert_int_equal(call_tom(""), EALREADY);
	fake_refuse(fake_out(0), 486);
	assert_int_equal(world.last->cause, CAUSE_BUSY);
	assert_int_equal(call_tom(""), 0);
}

static void test_nobody_is_there(void **state)
{
	char id[ID_SIZE];

	assert_int_equal(test_call_start(id, world.x, world.northwind->id, "1999", ""), ENOENT);
	assert_int_equal(test_call_start(id, world.x, 4711, "1002", ""), ENOENT);
}

static void test_mailbox_is_told_and_not_entered(void **state)
{
	world_mailboxes(true);
	assert_int_equal(call_tom(""), 0);
	fake_refuse(fake_out(0), 486);
	assert_int_equal(world.last->cause, CAUSE_TESTED);
	assert_int_equal(world.last->result, CDR_noanswer);
	assert_true(story_has("A caller would come to: Leave a message, Tom Becker."));
	assert_int_equal(fake_streams(), 0);
}

static void test_picked_up_by_a_colleague(void **state)
{
	struct fake *maya;

	fake_register(world.northwind->id, "1001", "phone", false);
	assert_int_equal(call_tom(""), 0);
	fake_ring(fake_out(0));
	maya = fake_invite("1001", "**1002");
	assert_true(maya->answered && fake_out(0)->cancelled);
	assert_string_equal(fake_hears_play(maya), "demo-echotest");
	fake_hangup(maya);
	assert_int_equal(fake_live(), 0);
}

static void test_hidden_caller_is_hidden(void **state)
{
	assert_int_equal(call_tom("anonymous"), 0);
	assert_true(fake_out(0)->to.from.hidden);
	fake_refuse(fake_out(0), 486);
	assert_string_equal(world.last->from.number, "anonymous");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, reset)
		T(test_phone_rings_and_hears_an_echo),
		T(test_echo_does_not_last_for_ever),
		T(test_one_at_a_time),
		T(test_nobody_is_there),
		T(test_mailbox_is_told_and_not_entered),
		T(test_picked_up_by_a_colleague),
		T(test_hidden_caller_is_hidden),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
