/**
 * @file dest_queue.c  Queues on fake phones: who waits, who is rung, who is left alone
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "fake/fake.h"
#include "queue.h"
#include "queue_line.h"

static unsigned serial = 720;

static int queue_fn(struct db *db, void *obj)
{
	return queue_add(db, obj);
}

static void agent_put(struct queue *q, const char *number, int64_t level)
{
	q->agents[q->agent_count] = (struct queue_agent){.level = level};
	strcpy(q->agents[q->agent_count++].number, number);
}

/* A queue of 1002, 1003 and 1004, each rung 10 s */
static struct queue queue_of(enum queue_strategy strategy)
{
	struct queue q = {.tenant = world.northwind->id};

	queue_defaults(&q);
	q.strategy = strategy;
	q.ring_ms = 10000;
	q.announce_ms = 0;
	snprintf(q.number, sizeof(q.number), "%u", ++serial);
	strcpy(q.name, "Desk");
	agent_put(&q, "1002", 1);
	agent_put(&q, "1003", 1);
	agent_put(&q, "1004", 1);
	return q;
}

static void queue_put(struct queue *q)
{
	assert_int_equal(store_write_wait(world.store, queue_fn, q), 0);
	world_reload();
}

static void agent_is(const char *number, bool in, bool paused)
{
	struct extension_settings s = world_settings(number);

	s.agent = in;
	s.paused = paused;
	world_set(&s);
	queue_lines_wake(exchange_queue_lines(world.x), world.northwind->id);
	fake_run(10);
}

static int reset(void **state)
{
	int err = world_reset(state);

	world_mailboxes(false);
	for (unsigned i = 1; i <= 3; i++) {
		static const char *const numbers[] = {"", "1002", "1003", "1004"};

		fake_register(world.northwind->id, numbers[i], "phone", false);
		agent_is(numbers[i], true, false);
	}
	return err;
}

static void nobody_is_left(void)
{
	assert_int_equal(fake_live(), 0);
	assert_int_equal(fake_streams(), 0);
	assert_true(list_isempty(exchange_calls(world.x)));
}

static struct fake *calls(const char *user, const struct queue *q)
{
	struct fake *f = fake_invite(user, q->number);

	fake_run(10);
	return f;
}

/* The phone of an agent that rings now; NULL for none */
static struct fake *rings(const char *agent)
{
	for (unsigned i = fake_out_count(); i-- > 0;) {
		struct fake *f = fake_out(i);

		if (!strcmp(f->to.to_user, agent) && f->d && !f->answered && !f->cancelled &&
		    !f->left)
			return f;
	}
	return NULL;
}

static void is_rung(const char *agent)
{
	static const char *const all[] = {"1002", "1003", "1004"};

	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(all[i], agent))
			assert_null(rings(all[i]));
		else
			assert_non_null(rings(all[i]));
	}
}

static void test_everybody_is_rung_and_one_answers(void **state)
{
	struct queue q = queue_of(QUEUE_all);
	struct fake *maya, *tom, *priya;

	strcpy(q.prefix, "Desk:");
	queue_put(&q);
	maya = calls("1001", &q);
	assert_true(maya->answered);
	assert_string_equal(fake_hears_play(maya), "music");
	tom = rings("1002");
	priya = rings("1003");
	assert_non_null(tom);
	assert_non_null(priya);
	assert_non_null(rings("1004"));
	assert_string_equal(tom->to.from.name, "Desk: Maya Chen");
	fake_run(3000);
	fake_answer(priya);
	assert_true(tom->cancelled);
	assert_true(tom->elsewhere);
	assert_ptr_equal(fake_hears(maya), priya);
	fake_hangup(maya);
	assert_int_equal(world.last->result, CDR_answered);
	assert_in_range(world.last->answered_at - world.last->started_at, 3000, 3100);
	assert_string_equal(world.last->answered_by.name, "Priya Raman");
	nobody_is_left();
}

static void test_the_place_is_spoken(void **state)
{
	struct queue q = queue_of(QUEUE_longest);
	struct fake *maya, *luis;

	q.announce_ms = 30000;
	q.agent_count = 1;
	queue_put(&q);
	maya = calls("1001", &q);
	assert_string_equal(fake_hears_play(maya), "queue-youarenext");
	fake_played(maya);
	assert_string_equal(fake_hears_play(maya), "music");
	luis = calls("1005", &q);
	assert_string_equal(fake_hears_play(luis), "queue-thereare&digits/2&queue-callswaiting");
	fake_played(luis);
	fake_run(30000);
	assert_string_equal(fake_hears_play(maya), "queue-youarenext");
	fake_hangup(maya);
	assert_int_equal(world.last->result, CDR_cancelled);
	assert_int_equal(world.last->answered_at, 0);
	fake_run(30000);
	assert_string_equal(fake_hears_play(luis), "queue-youarenext");
	fake_hangup(luis);
	nobody_is_left();
}

static void test_first_come_first_served(void **state)
{
	struct queue q = queue_of(QUEUE_longest);
	struct fake *maya, *hannah, *tom;

	q.agent_count = 1;
	queue_put(&q);
	maya = calls("1001", &q);
	hannah = calls("1005", &q);
	tom = rings("1002");
	assert_string_equal(tom->to.from.user, "1001");
	fake_run(10100); /* in vain; nobody overtakes while it is tried again */
	assert_true(tom->cancelled);
	assert_null(rings("1002"));
	fake_run(5100);
	tom = rings("1002");
	assert_string_equal(tom->to.from.user, "1001");
	fake_answer(tom);
	fake_run(10);
	assert_null(rings("1002"));
	fake_hangup(tom);
	fake_run(10);
	assert_string_equal(rings("1002")->to.from.user, "1005");
	fake_answer(rings("1002"));
	fake_hangup(hannah);
	assert_true(maya->hungup);
	nobody_is_left();
}

/* Each waiting caller rings somebody else: an agent is never offered two. */
static void test_two_callers_ring_two_agents(void **state)
{
	struct queue q = queue_of(QUEUE_longest), second = queue_of(QUEUE_all);
	struct fake *maya, *hannah, *omar;
	unsigned n;

	queue_put(&q);
	queue_put(&second);
	maya = calls("1001", &q);
	hannah = calls("1005", &q);
	assert_int_equal(fake_out_count(), 2);
	assert_string_not_equal(fake_out(0)->to.to_user, fake_out(1)->to.to_user);
	omar = calls("1006", &second);
	assert_int_equal(fake_out_count(), 3);
	fake_run(1000);
	n = fake_out_count();
	assert_int_equal(n, 3);
	fake_hangup(maya);
	fake_hangup(hannah);
	fake_run(10);
	assert_int_equal(fake_out_count(), 5); /* who became free rings beside */
	fake_hangup(omar);
	nobody_is_left();
}

static void serve(const struct queue *q, const char *agent)
{
	struct fake *maya = calls("1001", q);

	is_rung(agent);
	fake_answer(rings(agent));
	fake_run(1000);
	fake_hangup(maya);
	fake_run(1000);
}

static void test_the_longest_idle_is_next(void **state)
{
	struct queue q = queue_of(QUEUE_longest);

	queue_put(&q);
	agent_is("1003", false, false);
	fake_run(1000);
	agent_is("1003", true, false); /* came last */
	serve(&q, "1002");
	serve(&q, "1004");
	serve(&q, "1003");
	serve(&q, "1002");
	nobody_is_left();
}

static void test_in_turn(void **state)
{
	struct queue q = queue_of(QUEUE_roundrobin);

	queue_put(&q);
	serve(&q, "1002");
	serve(&q, "1003");
	serve(&q, "1004");
	agent_is("1002", true, true);
	serve(&q, "1003");
	nobody_is_left();
}

static void test_the_fewest_calls(void **state)
{
	struct queue q = queue_of(QUEUE_fewest);

	queue_put(&q);
	agent_is("1003", true, true);
	agent_is("1004", true, true);
	serve(&q, "1002");
	serve(&q, "1002");
	agent_is("1003", true, false);
	serve(&q, "1003");
	serve(&q, "1003");
	fake_run(86400000); /* another day: nobody took any */
	serve(&q, "1002");
	nobody_is_left();
}

static void test_anybody(void **state)
{
	struct queue q = queue_of(QUEUE_random);
	unsigned found = 0;

	queue_put(&q);
	for (unsigned i = 0; i < 60; i++) {
		unsigned before = fake_out_count();
		struct fake *maya = calls("1001", &q);

		assert_int_equal(fake_out_count(), before + 1);
		found |= 1u << (fake_out(before)->to.to_user[3] - '2');
		fake_hangup(maya);
	}
	assert_int_equal(found, 7); /* by chance not once in 10^10 */
	nobody_is_left();
}

static void test_levels(void **state)
{
	struct queue q = queue_of(QUEUE_all);
	struct fake *maya;

	q.agents[0].level = 2;
	queue_put(&q);
	maya = calls("1001", &q);
	assert_null(rings("1002"));
	fake_refuse(rings("1003"), 603);
	fake_run(10);
	assert_null(rings("1002"));
	fake_ring(rings("1004"));
	fake_run(10100); /* nobody of the first level answered */
	is_rung("1002");
	assert_true(maya->answered);
	fake_hangup(maya);
	assert_true(story_has("Luis Ortega did not answer within 10 s"));
	nobody_is_left();
}

static void test_who_is_passed_over(void **state)
{
	struct queue q = queue_of(QUEUE_all);
	struct extension_settings s = world_settings("1003");
	struct fake *maya, *tom;

	agent_put(&q, "1006", 1);
	queue_put(&q);
	agent_is("1004", false, false);
	agent_is("1006", true, false);
	s.agent = s.paused = true;
	strcpy(s.pause_reason, "Lunch");
	world_set(&s);
	tom = fake_invite("1002", "*43");
	maya = calls("1001", &q);
	assert_int_equal(fake_out_count(), 0);
	fake_hangup(tom);
	fake_run(10);
	is_rung("1002");
	fake_hangup(maya);
	assert_true(story_has("Tom Becker is passed over: on another call"));
	assert_true(story_has("Priya Raman is passed over: paused (Lunch)"));
	assert_true(story_has("Luis Ortega is passed over: is not logged in"));
	assert_true(story_has("Omar Haddad is passed over: no phone is connected"));
	nobody_is_left();
}

static void test_wrap_up(void **state)
{
	struct queue q = queue_of(QUEUE_longest);
	struct fake *maya;

	q.agent_count = 1;
	q.wrapup_ms = 20000;
	queue_put(&q);
	serve(&q, "1002");
	maya = calls("1001", &q);
	assert_null(rings("1002"));
	fake_run(17000);
	assert_null(rings("1002"));
	fake_run(2100);
	assert_non_null(rings("1002"));
	fake_hangup(maya);
	assert_true(story_has("Tom Becker is passed over: has just ended a call"));
	nobody_is_left();
}

static void test_waits_no_longer(void **state)
{
	struct queue q = queue_of(QUEUE_longest);
	struct fake *maya;

	q.max_wait_ms = 30000;
	q.next[QUEUE_TIMEOUT] = (struct queue_next){true, {DEST_echo, "0"}};
	queue_put(&q);
	maya = calls("1001", &q);
	fake_run(29000);
	assert_string_equal(fake_hears_play(maya), "music");
	fake_run(1100);
	assert_null(rings("1002"));
	fake_hangup(maya);
	assert_true(story_has("Waited as long as the queue lets callers"));
	assert_true(story_has("waited too long, on to Echo test"));
	nobody_is_left();
}

static void test_full_and_empty(void **state)
{
	struct queue q = queue_of(QUEUE_longest);
	struct fake *maya, *hannah;

	q.max_callers = 1;
	queue_put(&q);
	maya = calls("1001", &q);
	hannah = calls("1005", &q);
	assert_int_equal(hannah->final, 486);
	agent_is("1002", false, false);
	agent_is("1003", false, false);
	assert_true(maya->answered);
	assert_string_equal(fake_hears_play(maya), "music");
	agent_is("1004", false, false); /* the last one goes: nobody waits for nobody */
	assert_string_equal(fake_hears_play(maya), "tone:busy");
	fake_run(5000);
	assert_true(story_has("No agent is logged in any more"));
	assert_int_equal(world.last->result, CDR_noanswer);
	hannah = calls("1005", &q);
	assert_int_equal(hannah->final, 480);
	nobody_is_left();
}

static void test_waits_for_whoever_comes(void **state)
{
	struct queue q = queue_of(QUEUE_longest);
	struct fake *maya;

	q.leave_empty = false;
	q.agent_count = 1;
	queue_put(&q);
	agent_is("1002", false, false);
	maya = calls("1001", &q);
	fake_run(60000);
	assert_string_equal(fake_hears_play(maya), "music");
	agent_is("1002", true, false);
	is_rung("1002");
	fake_answer(rings("1002"));
	assert_ptr_equal(fake_hears(maya), fake_out(0));
	fake_hangup(maya);
	nobody_is_left();
}

static void test_a_colleague_picks_it_up(void **state)
{
	struct queue q = queue_of(QUEUE_all);
	struct fake *maya, *hannah;

	queue_put(&q);
	maya = calls("1001", &q);
	hannah = fake_invite("1005", "**1002");
	assert_true(fake_out(0)->cancelled);
	assert_true(fake_out(0)->elsewhere);
	assert_ptr_equal(fake_hears(maya), hannah);
	fake_hangup(hannah);
	assert_true(maya->hungup);
	nobody_is_left();
}

/* An agent who passes the call on has time to wrap up from then on. */
static void test_a_transfer_ends_the_agents_call(void **state)
{
	struct queue q = queue_of(QUEUE_longest);
	struct fake *maya, *tom;

	q.agent_count = 1;
	q.wrapup_ms = 5000;
	queue_put(&q);
	maya = calls("1001", &q);
	tom = rings("1002");
	fake_answer(tom);
	fake_refer(tom, "*9664", NULL);
	fake_run(100);
	fake_hangup(tom);
	fake_hangup(calls("1005", &q));
	assert_true(story_has("has just ended a call"));
	fake_run(5100);
	fake_hangup(calls("1005", &q));
	assert_false(story_has("is passed over"));
	fake_hangup(maya);
	nobody_is_left();
}

#define FLOW(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOW(test_everybody_is_rung_and_one_answers),
		FLOW(test_the_place_is_spoken),
		FLOW(test_first_come_first_served),
		FLOW(test_two_callers_ring_two_agents),
		FLOW(test_the_longest_idle_is_next),
		FLOW(test_in_turn),
		FLOW(test_the_fewest_calls),
		FLOW(test_anybody),
		FLOW(test_levels),
		FLOW(test_who_is_passed_over),
		FLOW(test_wrap_up),
		FLOW(test_waits_no_longer),
		FLOW(test_full_and_empty),
		FLOW(test_waits_for_whoever_comes),
		FLOW(test_a_colleague_picks_it_up),
		FLOW(test_a_transfer_ends_the_agents_call),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
