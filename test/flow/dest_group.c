/**
 * @file dest_group.c  Ring groups, pick-up and parked calls on fake phones
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "fake/fake.h"
#include "ring_group.h"

static unsigned serial = 600;

static int group_fn(struct db *db, void *obj)
{
	return ring_group_add(db, obj);
}

/* A group of 1002 and 1003, each rung 10 s */
static struct ring_group group_of(enum strategy strategy)
{
	struct ring_group g = {.tenant = world.northwind->id, .strategy = strategy};

	snprintf(g.number, sizeof(g.number), "%u", ++serial);
	strcpy(g.name, "Desk");
	g.member_count = 2;
	for (unsigned i = 0; i < 2; i++) {
		snprintf(g.members[i].number, sizeof(g.members[i].number), "100%u", i + 2);
		g.members[i].ring_ms = 10000;
	}
	return g;
}

static void group_add(struct ring_group *g)
{
	assert_int_equal(store_write_wait(world.store, group_fn, g), 0);
	world_reload();
}

static int reset(void **state)
{
	int err = world_reset(state);

	world_mailboxes(false);
	fake_register(world.northwind->id, "1002", "Tom", false);
	fake_register(world.northwind->id, "1003", "Priya", false);
	return err;
}

static void nobody_is_left(void)
{
	assert_int_equal(fake_live(), 0);
	assert_int_equal(fake_streams(), 0);
	assert_true(list_isempty(exchange_calls(world.x)));
}

static void test_everybody_at_once(void **state)
{
	struct ring_group g = group_of(STRATEGY_simultaneous);
	struct fake *maya;

	g.members[1].delay_ms = 5000;
	strcpy(g.prefix, "Desk:");
	group_add(&g);
	maya = fake_invite("1001", g.number);
	assert_int_equal(fake_out_count(), 1);
	assert_string_equal(fake_out(0)->to.from.name, "Desk: Maya Chen");
	fake_run(5100);
	assert_int_equal(fake_out_count(), 2);
	fake_ring(fake_out(0));
	fake_ring(fake_out(1));
	fake_answer(fake_out(1));
	assert_true(fake_out(0)->cancelled);
	assert_true(fake_out(0)->elsewhere);
	assert_ptr_equal(fake_hears(maya), fake_out(1));
	fake_hangup(maya);
	nobody_is_left();
}

static void test_one_after_the_other(void **state)
{
	struct ring_group g = group_of(STRATEGY_sequence);
	struct fake *maya;

	group_add(&g);
	maya = fake_invite("1001", g.number);
	assert_int_equal(fake_out_count(), 1);
	fake_ring(fake_out(0));
	fake_run(9900);
	assert_int_equal(fake_out_count(), 1);
	fake_run(300);
	assert_true(fake_out(0)->cancelled);
	assert_int_equal(fake_out_count(), 2);
	fake_ring(fake_out(1));
	fake_run(10100);
	assert_int_equal(maya->final, 480);
	assert_int_equal(world.last->result, CDR_noanswer);
	nobody_is_left();
}

/* Who declines speaks for oneself: the next is rung at once. */
static void test_a_decline_moves_on(void **state)
{
	struct ring_group g = group_of(STRATEGY_sequence);
	struct fake *maya;

	group_add(&g);
	maya = fake_invite("1001", g.number);
	fake_ring(fake_out(0));
	fake_refuse(fake_out(0), 603);
	assert_int_equal(maya->final, 0);
	assert_int_equal(fake_out_count(), 2);
	fake_answer(fake_out(1));
	assert_true(maya->answered);
	fake_hangup(maya);
	nobody_is_left();
}

static void test_a_decline_stops_the_same_persons_phones_only(void **state)
{
	struct ring_group g = group_of(STRATEGY_simultaneous);
	struct fake *maya;

	fake_register(world.northwind->id, "1002", "Tom at home", false);
	group_add(&g);
	maya = fake_invite("1001", g.number);
	assert_int_equal(fake_out_count(), 3);
	fake_ring(fake_out(0));
	fake_refuse(fake_out(0), 603);
	assert_true(fake_out(1)->cancelled);
	assert_false(fake_out(2)->cancelled);
	fake_answer(fake_out(2));
	assert_ptr_equal(fake_hears(maya), fake_out(2));
	fake_hangup(maya);
	nobody_is_left();
}

static void test_every_order_is_tried(void **state)
{
	struct ring_group g = group_of(STRATEGY_random);
	unsigned first = 0;

	group_add(&g);
	for (unsigned i = 0; i < 60; i++) {
		unsigned before = fake_out_count();
		struct fake *maya = fake_invite("1001", g.number);

		first |= strcmp(fake_out(before)->to.to_user, "1002") ? 2 : 1;
		fake_hangup(maya);
	}
	assert_int_equal(first, 3); /* by chance not once in 2^59 */
	nobody_is_left();
}

static void test_who_is_on_a_call_is_passed_over(void **state)
{
	struct ring_group g = group_of(STRATEGY_rollover);
	struct fake *tom, *maya;

	group_add(&g);
	tom = fake_invite("1002", "*43");
	maya = fake_invite("1001", g.number);
	assert_int_equal(fake_out_count(), 1);
	assert_string_equal(fake_out(0)->to.to_user, "1003");
	fake_hangup(maya);
	assert_true(story_has("Tom Becker is passed over: on another call"));
	fake_hangup(tom);
	nobody_is_left();
}

static void test_a_machine_does_not_swallow_the_call(void **state)
{
	struct ring_group g = group_of(STRATEGY_sequence);
	struct fake *maya;

	g.members[0].confirm = true;
	g.music = true;
	group_add(&g);
	maya = fake_invite("1001", g.number);
	assert_int_equal(maya->rang, 183);
	assert_string_equal(fake_hears_play(maya), "music");
	fake_answer(fake_out(0));
	assert_false(maya->answered);
	assert_string_equal(
		fake_hears_play(fake_out(0)),
		"followme/call-from&digits/1&digits/0&digits/0&digits/1&followme/options");
	fake_run(20100);
	assert_true(fake_out(0)->hungup);
	assert_int_equal(fake_out_count(), 2);
	assert_string_equal(fake_hears_play(maya), "music");
	fake_answer(fake_out(1));
	assert_ptr_equal(fake_hears(maya), fake_out(1));
	fake_hangup(maya);
	assert_true(story_has("answered, but nobody pressed 1"));
	nobody_is_left();
}

static void test_pressing_1_takes_the_call(void **state)
{
	struct ring_group g = group_of(STRATEGY_simultaneous);
	struct fake *maya;

	g.members[0].confirm = true;
	group_add(&g);
	maya = fake_invite("1001", g.number);
	fake_answer(fake_out(0));
	assert_false(fake_out(1)->cancelled);
	fake_press(fake_out(0), "1");
	assert_true(fake_out(1)->cancelled);
	assert_ptr_equal(fake_hears(maya), fake_out(0));
	fake_hangup(maya);
	nobody_is_left();
}

static void test_a_parked_call_goes_back(void **state)
{
	struct fake *maya = fake_invite("1001", "1002"), *tom = fake_out(0);

	fake_answer(tom);
	fake_refer(tom, "*5900", NULL);
	assert_string_equal(fake_hears_play(maya), "music");
	assert_string_equal(fake_hears_play(tom),
			    "digits/star&digits/5&digits/9&digits/0&digits/1");
	fake_played(tom);
	assert_int_equal(tom->notify_code, 200);
	fake_run(119000);
	assert_int_equal(fake_out_count(), 1);
	fake_run(2000);
	assert_int_equal(fake_out_count(), 2);
	fake_answer(fake_out(1));
	assert_ptr_equal(fake_hears(maya), fake_out(1));
	fake_hangup(maya);
	nobody_is_left();
}

static void test_who_parks_and_hangs_up_at_once(void **state)
{
	struct fake *maya = fake_invite("1001", "1002"), *tom = fake_out(0), *priya;

	fake_answer(tom);
	fake_refer(tom, "*5900", NULL);
	fake_hangup(tom);
	assert_string_equal(fake_hears_play(maya), "music");
	priya = fake_invite("1003", "*5901");
	assert_true(priya->answered);
	assert_ptr_equal(fake_hears(priya), maya);
	assert_string_equal(priya->identity, "Maya Chen");
	fake_hangup(priya);
	assert_true(maya->hungup);
	nobody_is_left();
}

static void test_two_pick_up_the_same_call(void **state)
{
	struct fake *maya = fake_invite("1001", "1002"), *tom = fake_out(0), *priya, *late;

	fake_ring(tom);
	priya = fake_invite("1003", "**1002");
	late = fake_invite("1004", "**1002");
	assert_true(tom->cancelled);
	assert_true(tom->elsewhere);
	assert_ptr_equal(fake_hears(maya), priya);
	assert_int_equal(late->final, 480);
	fake_hangup(maya);
	assert_true(priya->hungup);
	nobody_is_left();
}

#define FLOW(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW(test_everybody_at_once),
		FLOW(test_one_after_the_other),
		FLOW(test_a_decline_moves_on),
		FLOW(test_a_decline_stops_the_same_persons_phones_only),
		FLOW(test_every_order_is_tried),
		FLOW(test_who_is_on_a_call_is_passed_over),
		FLOW(test_a_machine_does_not_swallow_the_call),
		FLOW(test_pressing_1_takes_the_call),
		FLOW(test_a_parked_call_goes_back),
		FLOW(test_who_parks_and_hangs_up_at_once),
		FLOW(test_two_pick_up_the_same_call),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
