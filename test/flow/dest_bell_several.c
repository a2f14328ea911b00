/**
 * @file dest_bell_several.c  Closed browsers of members of a group, of a follow me's places and of
 * a queue's agents
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
#include "follow.h"
#include "queue.h"
#include "queue_line.h"
#include "ring_group.h"

#define TOM_TOLD "Tom Becker is told of the call in 1 closed browser"

static unsigned serial = 640;

static int group_fn(struct db *db, void *obj)
{
	return ring_group_add(db, obj);
}

static int follow_fn(struct db *db, void *obj)
{
	return follow_change(db, obj);
}

static int queue_fn(struct db *db, void *obj)
{
	return queue_add(db, obj);
}

/* A group of 1002 and 1003, each rung 10 s; its number */
static const char *group_make(enum strategy strategy, uint32_t second_delay_ms, const char *prefix)
{
	static struct ring_group g;

	g = (struct ring_group){.tenant = world.northwind->id, .strategy = strategy};
	snprintf(g.number, sizeof(g.number), "%u", ++serial);
	strcpy(g.name, "Desk");
	strcpy(g.prefix, prefix);
	g.member_count = 2;
	for (unsigned i = 0; i < 2; i++) {
		snprintf(g.members[i].number, sizeof(g.members[i].number), "100%u", i + 2);
		g.members[i].ring_ms = 10000;
	}
	g.members[1].delay_ms = second_delay_ms;
	assert_int_equal(store_write_wait(world.store, group_fn, &g), 0);
	world_reload();
	return g.number;
}

/* Tom's follow me: his own phones after 4 s, for 10 s, and Priya at once, for 20 s */
static void follow_make(void)
{
	struct extension_settings s = world_settings("1002");
	struct follow f = {.tenant = s.tenant, .count = 2};

	strcpy(f.extension_id, s.extension_id);
	f.dests[0].delay_ms = 4000;
	f.dests[0].ring_ms = 10000;
	strcpy(f.dests[1].number, "1003");
	f.dests[1].ring_ms = 20000;
	s.follow = true;
	assert_int_equal(store_write_wait(world.store, follow_fn, &f), 0);
	world_set(&s);
}

static void agent_is(const char *number, bool in, bool paused)
{
	struct extension_settings s = world_settings(number);

	s.agent = in;
	s.paused = paused;
	world_set(&s);
}

/* A queue of 1002 and 1003 in turn, each rung 10 s */
static const char *queue_make(void)
{
	static struct queue q;

	q = (struct queue){.tenant = world.northwind->id};
	queue_defaults(&q);
	q.strategy = QUEUE_roundrobin;
	q.ring_ms = 10000;
	q.announce_ms = 0;
	q.agent_count = 2;
	snprintf(q.number, sizeof(q.number), "%u", ++serial);
	strcpy(q.name, "Desk");
	strcpy(q.agents[0].number, "1002");
	strcpy(q.agents[1].number, "1003");
	q.agents[0].level = q.agents[1].level = 1;
	assert_int_equal(store_write_wait(world.store, queue_fn, &q), 0);
	world_reload();
	agent_is("1002", true, false);
	agent_is("1003", true, false);
	return q.number;
}

static int reset(void **state)
{
	int err = world_reset(state);

	fake_register(world.northwind->id, "1001", "phone", false);
	world_mailboxes(false);
	for (unsigned i = 2; i <= 3; i++) {
		struct extension_settings nothing = world_settings(i == 2 ? "1002" : "1003");

		world_set(&nothing);
	}
	return err;
}

static void asleep(const char *number)
{
	world_bell(number, number, clock_wall_ms() + 3600000);
}

static void desk(const char *number)
{
	fake_register(world.northwind->id, number, "phone", false);
}

/* The browser is opened: it registers, and has a line from now on. */
static void wakes(const char *number)
{
	const struct binding *b[BINDINGS_MAX];
	unsigned n;

	desk(number);
	n = registrar_find(exchange_stack(world.x), world.northwind->id, number, b, BINDINGS_MAX);
	bells_clear(exchange_bells(world.x), world.northwind->id,
		    tenant_extension(world.northwind, number)->id);
	world_bell(number, b[n - 1]->device, clock_wall_ms() + 3600000);
	bells_came(exchange_bells(world.x), world.northwind->id, number, b[n - 1]->contact);
}

static bool awaited(const char *number)
{
	return bells_awaited(exchange_bells(world.x), world.northwind->id, number);
}

static struct fake *calls(const char *number)
{
	struct fake *f = fake_invite("1001", number);

	fake_run(100);
	return f;
}

static void nobody_is_left(void)
{
	assert_int_equal(fake_live(), 0);
	assert_int_equal(fake_streams(), 0);
	assert_true(list_isempty(exchange_calls(world.x)));
	assert_false(awaited("1002"));
	assert_false(awaited("1003"));
}

/* --- ring groups --- */

static void test_a_member_who_wakes_rings_for_what_is_left(void **state)
{
	const char *number = group_make(STRATEGY_simultaneous, 0, "Desk:");
	struct fake *maya;

	asleep("1002");
	desk("1003");
	maya = calls(number);
	assert_int_equal(maya->rang, 180);
	assert_int_equal(fake_out_count(), 1);
	fake_run(6000);
	wakes("1002");
	assert_int_equal(fake_out_count(), 2);
	assert_string_equal(fake_out(1)->to.to_user, "1002");
	assert_string_equal(fake_out(1)->to.from.name, "Desk: Maya Chen");
	fake_ring(fake_out(1));
	fake_run(3500);
	assert_false(fake_out(1)->cancelled);
	fake_run(1000);
	assert_true(fake_out(1)->cancelled);
	assert_int_not_equal(maya->final, 0);
	assert_true(story_has(TOM_TOLD));
	nobody_is_left();
}

static void test_a_member_who_wakes_answers(void **state)
{
	const char *number = group_make(STRATEGY_simultaneous, 0, "");
	struct fake *maya;

	asleep("1002");
	desk("1003");
	maya = calls(number);
	wakes("1002");
	fake_answer(fake_out(1));
	assert_true(fake_out(0)->elsewhere);
	assert_ptr_equal(fake_hears(maya), fake_out(1));
	assert_false(awaited("1002"));
	fake_hangup(maya);
	nobody_is_left();
}

static void test_nobody_wakes(void **state)
{
	const char *number = group_make(STRATEGY_simultaneous, 0, "");
	struct fake *maya;

	asleep("1002");
	maya = calls(number);
	assert_int_equal(maya->rang, 180);
	fake_run(9700);
	assert_int_equal(maya->final, 0);
	fake_run(400);
	assert_int_equal(maya->final, 480);
	assert_int_equal(fake_out_count(), 0);
	nobody_is_left();
}

static void test_somebody_else_answers(void **state)
{
	const char *number = group_make(STRATEGY_simultaneous, 0, "");
	struct fake *maya;

	asleep("1002");
	desk("1003");
	maya = calls(number);
	fake_answer(fake_out(0));
	assert_false(awaited("1002"));
	wakes("1002");
	fake_run(100);
	assert_int_equal(fake_out_count(), 1);
	fake_hangup(maya);
	nobody_is_left();
}

/* The turn of who does not wake ends with its time. */
static void test_in_a_sequence_each_wakes_in_turn(void **state)
{
	const char *number = group_make(STRATEGY_sequence, 0, "");
	struct fake *maya;

	asleep("1002");
	asleep("1003");
	maya = calls(number);
	assert_true(awaited("1002"));
	assert_false(awaited("1003"));
	fake_run(10100);
	assert_false(awaited("1002"));
	assert_true(awaited("1003"));
	wakes("1002");
	assert_int_equal(fake_out_count(), 0);
	wakes("1003");
	assert_int_equal(fake_out_count(), 1);
	fake_answer(fake_out(0));
	assert_ptr_equal(fake_hears(maya), fake_out(0));
	fake_hangup(maya);
	nobody_is_left();
}

static void test_in_a_sequence_who_refuses_hands_over(void **state)
{
	const char *number = group_make(STRATEGY_sequence, 0, "");
	struct fake *maya;

	asleep("1002");
	desk("1003");
	maya = calls(number);
	wakes("1002");
	fake_refuse(fake_out(0), 486);
	assert_int_equal(fake_out_count(), 2);
	assert_string_equal(fake_out(1)->to.to_user, "1003");
	fake_hangup(maya);
	nobody_is_left();
}

static void test_who_declines_is_not_rung_again(void **state)
{
	const char *number = group_make(STRATEGY_simultaneous, 0, "");
	struct fake *maya;

	asleep("1002");
	desk("1002");
	desk("1003");
	maya = calls(number);
	assert_int_equal(fake_out_count(), 2);
	fake_refuse(fake_out(0), 603);
	assert_false(awaited("1002"));
	wakes("1002");
	assert_int_equal(fake_out_count(), 2);
	assert_int_equal(maya->final, 0);
	fake_hangup(maya);
	nobody_is_left();
}

/* Whoever opens the portal before it would be told of the call needs no push, and rings. */
static void test_who_woke_before_the_turn_rings_in_it(void **state)
{
	const char *number = group_make(STRATEGY_simultaneous, 5000, "");
	struct fake *maya;

	desk("1002");
	asleep("1003");
	maya = calls(number);
	wakes("1003");
	assert_int_equal(fake_out_count(), 1);
	fake_run(5000);
	assert_int_equal(fake_out_count(), 2);
	assert_string_equal(fake_out(1)->to.to_user, "1003");
	fake_hangup(maya);
	assert_false(story_has("Priya Raman is told"));
	nobody_is_left();
}

static void test_who_is_not_to_be_rung_is_not_woken(void **state)
{
	const char *number = group_make(STRATEGY_simultaneous, 0, "");
	struct extension_settings s = world_settings("1002");
	struct fake *maya, *priya;

	s.dnd = true;
	world_set(&s);
	asleep("1002");
	asleep("1003");
	priya = fake_invite("1003", "*43");
	maya = calls(number);
	assert_false(awaited("1002"));
	assert_false(awaited("1003"));
	assert_int_equal(maya->final, 480);
	fake_hangup(priya);
	nobody_is_left();
}

/* --- follow me --- */

static void test_own_phones_of_a_follow_me_wake_after_their_delay(void **state)
{
	struct fake *maya;

	follow_make();
	asleep("1002");
	desk("1003");
	maya = calls("1002");
	assert_int_equal(fake_out_count(), 1);
	assert_false(awaited("1002"));
	fake_run(4000);
	assert_true(awaited("1002"));
	wakes("1002");
	assert_int_equal(fake_out_count(), 2);
	fake_answer(fake_out(1));
	assert_ptr_equal(fake_hears(maya), fake_out(1));
	assert_true(fake_out(0)->elsewhere);
	fake_hangup(maya);
	nobody_is_left();
}

static void test_a_colleague_of_a_follow_me_wakes(void **state)
{
	struct fake *maya;

	follow_make();
	asleep("1003");
	maya = calls("1002");
	assert_true(awaited("1003"));
	fake_run(12000);
	wakes("1003");
	fake_run(7000);
	assert_false(fake_out(0)->cancelled);
	fake_run(1100);
	assert_true(fake_out(0)->cancelled);
	assert_int_not_equal(maya->final, 0);
	nobody_is_left();
}

/* --- queues --- */

static void test_an_agent_wakes(void **state)
{
	const char *number = queue_make();
	struct fake *maya;

	asleep("1002");
	maya = calls(number);
	assert_true(awaited("1002"));
	fake_run(4000);
	wakes("1002");
	fake_answer(fake_out(0));
	assert_ptr_equal(fake_hears(maya), fake_out(0));
	assert_false(awaited("1002"));
	fake_hangup(maya);
	nobody_is_left();
}

/* Who does not wake has had its turn, as one who does not answer. */
static void test_the_next_agent_follows_one_who_does_not_wake(void **state)
{
	const char *number = queue_make();
	struct fake *maya;

	asleep("1002");
	desk("1003");
	maya = calls(number);
	assert_int_equal(fake_out_count(), 0);
	fake_run(10100);
	assert_false(awaited("1002"));
	assert_int_equal(fake_out_count(), 1);
	assert_string_equal(fake_out(0)->to.to_user, "1003");
	fake_answer(fake_out(0));
	fake_hangup(maya);
	assert_true(story_has("No phone of Tom Becker rang"));
	nobody_is_left();
}

static void test_agents_who_are_out_paused_or_left_alone_sleep_on(void **state)
{
	const char *number = queue_make();
	struct extension_settings s;
	struct fake *maya;

	asleep("1002");
	asleep("1003");
	agent_is("1002", false, false);
	agent_is("1003", true, true);
	maya = calls(number);
	fake_run(6000);
	assert_false(awaited("1002"));
	assert_false(awaited("1003"));
	s = world_settings("1003");
	s.agent = s.dnd = true;
	world_set(&s);
	fake_run(6000);
	assert_false(awaited("1003"));
	agent_is("1003", true, false);
	fake_run(6000);
	assert_true(awaited("1003"));
	fake_hangup(maya);
	assert_true(story_has("Priya Raman is passed over: Do Not Disturb is on"));
	nobody_is_left();
}

static void test_the_caller_of_a_queue_hangs_up(void **state)
{
	const char *number = queue_make();
	struct fake *maya;

	asleep("1002");
	maya = calls(number);
	assert_true(awaited("1002"));
	fake_hangup(maya);
	nobody_is_left();
	wakes("1002");
	fake_run(100);
	assert_int_equal(fake_out_count(), 0);
}

#define T(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_a_member_who_wakes_rings_for_what_is_left),
		T(test_a_member_who_wakes_answers),
		T(test_nobody_wakes),
		T(test_somebody_else_answers),
		T(test_in_a_sequence_each_wakes_in_turn),
		T(test_in_a_sequence_who_refuses_hands_over),
		T(test_who_declines_is_not_rung_again),
		T(test_who_woke_before_the_turn_rings_in_it),
		T(test_who_is_not_to_be_rung_is_not_woken),
		T(test_own_phones_of_a_follow_me_wake_after_their_delay),
		T(test_a_colleague_of_a_follow_me_wakes),
		T(test_an_agent_wakes),
		T(test_the_next_agent_follows_one_who_does_not_wake),
		T(test_agents_who_are_out_paused_or_left_alone_sleep_on),
		T(test_the_caller_of_a_queue_hangs_up),
	};

	return cmocka_run_group_tests(tests, world_bells_setup, world_bells_teardown);
}
