/**
 * @file call_reach.c  What is foretold of a call is what happens to it, whatever the rules are
 *
 * Each round gives some extensions random settings: Do Not Disturb, forwards, follow me, mailboxes,
 * phones or none, closed browsers that are told, and a ring group of some of them. The walk without
 * a call and a real call in which nobody ever answers must come to the same end: one outcome, 16
 * hops at most, nothing left behind, a story that has a beginning and an end. CARILLON_ROUNDS and
 * CARILLON_SEED repeat a run.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <string.h>
#include "clock.h"
#include "fake/draw.h"
#include "fake/fake.h"
#include "fake/graph.h"
#include "follow.h"
#include "outside.h"
#include "queue_line.h"
#include "reach.h"
#include "ring_group.h"

enum { ROUNDS = 300, PEOPLE = GRAPH_PEOPLE, HOUR_MS = 3600000 };

static const char *const places[] = {"1001", "1002", "1003", "1004",	    "1005",
				     "1099", "600",  "700",  "+16285550177"};

/* Nobody may forward to itself. */
static const char *place_draw(const char *but)
{
	const char *place;

	do {
		place = places[draw(COUNT(places))];
	} while (!strcmp(place, but));
	return place;
}

static void settings_draw(struct extension_settings *s, const char *own)
{
	s->dnd = !draw(5);
	s->dnd_until = draw(3) ? 0 : 1;
	s->follow = !draw(3);
	s->agent = draw(2);
	s->paused = s->agent && !draw(3);
	for (int i = 0; i < FORWARD_MAX; i++) {
		s->forward[i].on = !draw(3);
		s->forward[i].until = draw(4) ? 0 : 1;
		strcpy(s->forward[i].number, place_draw(own));
	}
}

static struct ring_group group;

static int group_fn(struct db *db, void *obj)
{
	return ring_group_add(db, obj);
}

static void group_make(void)
{
	group = (struct ring_group){.tenant = world.northwind->id, .number = "600"};
	strcpy(group.name, "Desk");
	assert_int_equal(store_write_wait(world.store, group_fn, &group), 0);
}

/* Members come in every strategy, some of them outside. */
static int group_draw(struct db *db)
{
	group.strategy = (enum strategy)draw(STRATEGY_MAX);
	group.member_count = draw(4);
	for (unsigned i = 0; i < group.member_count; i++) {
		group.members[i] = (struct ring_member){.delay_ms = draw(3) * 4000,
							.ring_ms = 5000 + draw(3) * 5000};
		strcpy(group.members[i].number,
		       draw(4) ? graph_people[draw(PEOPLE)] : "+16285550177");
	}
	return ring_group_change(db, &group);
}

static int rules_fn(struct db *db, void *obj)
{
	int err = db_exec(db, "UPDATE trunk SET active = $1, version = version + 1", "d",
			  (int)draw(3) > 0);

	if (!err)
		err = group_draw(db);
	for (unsigned i = 0; i < PEOPLE && !err; i++) {
		struct extension_settings s = world_settings(graph_people[i]);
		struct follow f = {.tenant = s.tenant, .count = draw(3), .ignore_busy = draw(2)};

		str_ncpy(f.extension_id, s.extension_id, sizeof(f.extension_id));
		for (unsigned d = 0; d < f.count; d++) {
			strcpy(f.dests[d].number, draw(2) ? "" : place_draw(graph_people[i]));
			f.dests[d].delay_ms = draw(3) * 4000;
			f.dests[d].ring_ms = 5000 + draw(3) * 5000;
		}
		settings_draw(&s, graph_people[i]);
		err = extension_settings_change(db, &s, "Ana");
		if (!err)
			err = follow_change(db, &f);
		if (!err)
			err = db_exec(db,
				      "UPDATE mailbox SET active = $3 WHERE tenant_id = $1 AND "
				      "extension_id = $2",
				      "isd", s.tenant, s.extension_id, (int)draw(2));
	}
	return err;
}

static bool connected[PEOPLE], asleep[PEOPLE];

static void phones_h(struct reach_phones *p, const char *extension, void *arg)
{
	memset(p, 0, sizeof(*p));
	for (unsigned i = 0; i < PEOPLE; i++) {
		if (!strcmp(graph_people[i], extension))
			*p = (struct reach_phones){connected[i], asleep[i], false};
	}
}

static bool outside_h(char why[REACH_TEXT], const char *number, void *arg)
{
	return outside_open(why, REACH_TEXT, world.x, world.northwind, number);
}

static unsigned waiting_h(const struct tenant_queue *q, void *arg)
{
	return queue_line_waiting(exchange_queue_lines(world.x), world.northwind->id, q->id);
}

static bool agent_h(const struct tenant_queue *q, const struct tenant_extension *agent, void *arg)
{
	struct queue_agent_live live;

	queue_agent_look(&live, exchange_queue_lines(world.x), world.northwind, q, agent);
	return live.state == AGENT_FREE;
}

/* What a caller who waits comes to: served by the system, or this code. */
static void foretell(struct reach *r, const char *number)
{
	struct dest start = {.kind = strcmp(number, "600") ? DEST_extension : DEST_group};
	struct moment now = moment_of(world.northwind, clock_wall_ms());
	const struct reach_asks asks = {.phones_h = phones_h,
					.outside_h = outside_h,
					.waiting_h = waiting_h,
					.agent_h = agent_h};

	strcpy(start.target, number);
	reach_walk(r, world.northwind, &start, "1009", &now, &asks);
	assert_in_range(r->count, 1, REACH_STEPS);
}

/* How it went, for whoever has to find out why */
static bool agrees(const struct reach *r, const struct fake *caller)
{
	const struct reach_step *last = &r->steps[r->count - 1];

	for (unsigned i = 0; i < r->count; i++) {
		if (r->steps[i].answers)
			return caller->answered;
	}
	return last->dest.kind == DEST_external && last->rings ? caller->final >= 400
							       : caller->final == cause_sip(r->end);
}

static void same_end(const struct reach *r, struct fake *caller, const char *number)
{
	if (agrees(r, caller))
		return;
	print_error("%s: foretold %s, came to %u\n", number, cause_text(r->end), caller->final);
	for (unsigned i = 0; i < r->count; i++)
		print_error("  foretold: %s\n", r->steps[i].text);
	if (caller->d)
		fake_hangup(caller);
	for (unsigned i = 0; i < world.last->line_count; i++)
		print_error("  happened: %s\n", world.last->lines[i].text);
	fail();
}

static void story_is_whole(void)
{
	const struct cdr *c = world.last;

	assert_true(c->line_count >= 2);
	assert_string_equal(c->lines[0].kind, "start");
	assert_string_equal(c->lines[c->line_count - 1].kind, "end");
}

static void phones_ring(void)
{
	struct fake *all[FAKE_DIALOGS];
	unsigned n = fake_all(all);

	for (unsigned i = 0; i < n; i++) {
		if (!all[i]->incoming && all[i]->d)
			fake_ring(all[i]);
	}
}

static void call(const char *number)
{
	struct fake *caller;
	struct reach r;

	foretell(&r, number);
	caller = fake_invite("1009", number);
	for (unsigned i = 0; i < 1000 && !caller->final && !caller->answered; i++) {
		phones_ring();
		fake_run(2000);
	}
	same_end(&r, caller, number);
	if (caller->d)
		fake_hangup(caller);
	story_is_whole();
}

static void round_run(void)
{
	assert_int_equal(world_reset(NULL), 0);
	assert_int_equal(store_write_wait(world.store, rules_fn, NULL), 0);
	world_reload();
	for (unsigned i = 0; i < PEOPLE; i++) {
		connected[i] = draw(2);
		if (connected[i])
			fake_register(world.northwind->id, graph_people[i], "phone", false);
		asleep[i] = !draw(3);
		if (asleep[i])
			world_bell(graph_people[i], graph_people[i], clock_wall_ms() + HOUR_MS);
	}
	for (unsigned i = 0; i < PEOPLE; i++)
		call(graph_people[i]);
	call("600");
	exchange_close(world.x);
	assert_int_equal(fake_live(), 0);
	assert_int_equal(fake_streams(), 0);
	assert_int_equal(world.started, world.ended);
}

static void test_what_is_foretold_happens(void **state)
{
	group_make();
	draw_rounds(ROUNDS, round_run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_foretold_happens)};

	return cmocka_run_group_tests_name("reach", tests, world_bells_setup, world_bells_teardown);
}
