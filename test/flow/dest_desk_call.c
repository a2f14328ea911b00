/**
 * @file dest_desk_call.c  Calls by the desk phone: it rings first, and who answers there is the
 * caller
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include "desk_call.h"
#include "fake/fake.h"

/* Each test begins with a desk phone of 1001 and one of 1002, nothing set, no mailboxes. */
static int reset(void **state)
{
	int err = world_reset(state);

	for (unsigned i = 0; i < 2; i++) {
		struct extension_settings s = world_settings(i ? "1002" : "1001");

		world_set(&s);
	}
	world_mailboxes(false);
	fake_register(world.northwind->id, "1001", "phone", false);
	fake_register(world.northwind->id, "1002", "phone", false);
	return err;
}

static int call(const char *number)
{
	char id[ID_SIZE] = "";
	int err = desk_call_start(id, world.x, world.northwind->id, "1001", number);

	assert_true(err || id_valid(id));
	fake_run(0);
	return err;
}

static void test_desk_first_then_the_number(void **state)
{
	struct fake *maya, *tom;

	assert_int_equal(call("1002"), 0);
	assert_int_equal(fake_out_count(), 1);
	maya = fake_out(0);
	assert_string_equal(maya->to.to_user, "1001");
	assert_string_equal(maya->to.from.user, "1002");
	assert_string_equal(maya->to.from.name, "Tom Becker");
	assert_true(maya->to.answer_at_once);
	fake_ring(maya);
	assert_int_equal(fake_out_count(), 1);
	fake_answer(maya);
	fake_run(0);
	tom = fake_out(1);
	assert_string_equal(tom->to.to_user, "1002");
	assert_string_equal(tom->to.from.user, "1001");
	assert_false(tom->to.answer_at_once);
	fake_ring(tom);
	assert_string_equal(fake_hears_play(maya), "tone:ring");
	fake_answer(tom);
	assert_ptr_equal(fake_hears(maya), tom);
	assert_ptr_equal(fake_hears(tom), maya);
	fake_hangup(maya);
	assert_true(tom->hungup);
	assert_int_equal(fake_live(), 0);
	assert_int_equal(world.last->result, CDR_answered);
	assert_int_equal(world.last->dir, CALL_INTERNAL);
	assert_string_equal(world.last->from.extension, "1001");
	assert_string_equal(world.last->to.extension, "1002");
	assert_string_equal(world.last->answered_by.name, "Tom Becker");
	assert_int_equal(world.last->leg_count, 2);
	assert_int_equal(world.last->legs[0].role, CDR_CALLER);
	assert_string_equal(world.last->legs[0].party.extension, "1001");
	assert_true(story_has("called Tom Becker by the desk phone, which rings first"));
}

static void test_outside_by_the_own_routes(void **state)
{
	assert_int_equal(call("+16285550177"), 0);
	fake_answer(fake_out(0));
	fake_run(0);
	assert_string_equal(fake_out(1)->to.to_user, "+16285550177");
	fake_answer(fake_out(1));
	fake_hangup(fake_out(1));
	assert_true(fake_out(0)->hungup);
	assert_int_equal(world.last->dir, CALL_OUT);
	assert_string_equal(world.last->to.number, "+16285550177");
}

static void test_browsers_do_not_ring(void **state)
{
	fake_register(world.northwind->id, "1001", "browser", true);
	assert_int_equal(call("1002"), 0);
	assert_int_equal(fake_out_count(), 1);
	fake_refuse(fake_out(0), 486);
	fake_forget();
	fake_register(world.northwind->id, "1001", "browser", true);
	assert_int_equal(call("1002"), ENOTCONN);
	assert_int_equal(fake_live(), 0);
	assert_int_equal(fake_streams(), 0);
}

static void test_of_several_none_answers_by_itself(void **state)
{
	fake_register(world.northwind->id, "1001", "second", false);
	assert_int_equal(call("1002"), 0);
	assert_int_equal(fake_out_count(), 2);
	assert_false(fake_out(0)->to.answer_at_once || fake_out(1)->to.answer_at_once);
	fake_answer(fake_out(1));
	assert_true(fake_out(0)->elsewhere);
	fake_run(0);
	assert_string_equal(fake_out(2)->to.to_user, "1002");
	fake_hangup(fake_out(1));
	assert_true(fake_out(2)->cancelled);
	assert_int_equal(world.last->result, CDR_cancelled);
}

static void test_not_taken_at_the_desk(void **state)
{
	assert_int_equal(call("1002"), 0);
	fake_ring(fake_out(0));
	assert_int_equal(call("1002"), EALREADY);
	fake_run(DESK_RING_MS + 1000);
	assert_true(fake_out(0)->cancelled);
	assert_int_equal(fake_out_count(), 1);
	assert_int_equal(world.last->result, CDR_cancelled);
	assert_string_equal(world.last->to.extension, ""); /* Tom has missed nothing */
	assert_true(story_has("The own phone did not take the call: Tom Becker was not called"));
	assert_int_equal(call("1002"), 0);
}

static void test_callee_is_busy(void **state)
{
	assert_int_equal(call("1002"), 0);
	fake_answer(fake_out(0));
	fake_run(0);
	fake_refuse(fake_out(1), 486);
	assert_string_equal(fake_hears_play(fake_out(0)), "tone:busy");
	fake_run(5000);
	assert_true(fake_out(0)->hungup);
	assert_int_equal(world.last->cause, CAUSE_BUSY);
}

static void test_nobody_else_takes_it(void **state)
{
	struct fake *tom;

	assert_int_equal(call("+16285550177"), 0);
	fake_ring(fake_out(0));
	tom = fake_invite("1002", "**1001");
	assert_false(tom->answered);
	assert_false(fake_out(0)->cancelled);
}

static void test_ended_from_above_while_it_rings(void **state)
{
	assert_int_equal(call("1002"), 0);
	fake_ring(fake_out(0));
	call_end(exchange_calls(world.x)->head->data, CAUSE_NORMAL);
	assert_true(fake_out(0)->cancelled);
	assert_int_equal(fake_streams(), 0);
}

static void test_taken_back_while_it_rings(void **state)
{
	char id[ID_SIZE] = "";

	assert_int_equal(desk_call_start(id, world.x, world.northwind->id, "1001", "1002"), 0);
	fake_run(0);
	fake_ring(fake_out(0));
	assert_int_equal(desk_call_cancel(world.x, world.northwind->id, "1002", id), ENOENT);
	assert_int_equal(desk_call_cancel(world.x, 4711, "1001", id), ENOENT);
	assert_false(fake_out(0)->cancelled);
	assert_int_equal(desk_call_cancel(world.x, world.northwind->id, "1001", id), 0);
	fake_run(0);
	assert_true(fake_out(0)->cancelled);
	assert_int_equal(fake_out_count(), 1);
	assert_int_equal(fake_live(), 0);
	assert_int_equal(world.last->result, CDR_cancelled);
	assert_true(story_has("Taken back in the portal: Tom Becker was not called"));
	assert_int_equal(desk_call_cancel(world.x, world.northwind->id, "1001", id), ENOENT);
}

/* Whoever talks by then is not cut off by a late wish. */
static void test_not_taken_back_once_answered(void **state)
{
	char id[ID_SIZE] = "";

	assert_int_equal(desk_call_start(id, world.x, world.northwind->id, "1001", "1002"), 0);
	fake_run(0);
	fake_answer(fake_out(0));
	fake_run(0);
	assert_int_equal(desk_call_cancel(world.x, world.northwind->id, "1001", id), ENOENT);
	fake_answer(fake_out(1));
	assert_ptr_equal(fake_hears(fake_out(0)), fake_out(1));
	fake_hangup(fake_out(0));
}

static void test_what_cannot_be(void **state)
{
	char id[ID_SIZE];

	assert_int_equal(call("4711"), EINVAL);
	assert_int_equal(desk_call_start(id, world.x, world.northwind->id, "1999", "1002"), ENOENT);
	assert_int_equal(desk_call_start(id, world.x, 4711, "1001", "1002"), ENOENT);
	fake_forget();
	assert_int_equal(call("1002"), ENOTCONN);
	assert_int_equal(fake_out_count(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, reset)
		T(test_desk_first_then_the_number),
		T(test_outside_by_the_own_routes),
		T(test_browsers_do_not_ring),
		T(test_of_several_none_answers_by_itself),
		T(test_not_taken_at_the_desk),
		T(test_callee_is_busy),
		T(test_nobody_else_takes_it),
		T(test_ended_from_above_while_it_rings),
		T(test_taken_back_while_it_rings),
		T(test_not_taken_back_once_answered),
		T(test_what_cannot_be),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
