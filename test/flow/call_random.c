/**
 * @file call_random.c  Random lives of calls over random graphs: whatever phones do, in whatever
 * order, nothing is left
 *
 * Each round is a tenant whose numbers, groups and queues of every strategy, time conditions, call
 * flows, blocks, forwards, follow me, mailboxes and trunks lead anywhere, and a seeded sequence of
 * calls, answers, refusals, holds, transfers, reloads, parking, lost audio, failing trunks and
 * passing time on a handful of phones. Each call has one outcome, 16 hops at most and a story from
 * start to end; afterwards every dialog was let go and every stream closed. CARILLON_ROUNDS and
 * CARILLON_SEED repeat a run.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <string.h>
#include "fake/draw.h"
#include "fake/fake.h"
#include "fake/graph.h"

enum { ROUNDS = 250, STEPS = 40, PHONES_MAX = 16 };

static const char *const places[] = {
	"4711", "+16285550177", "+14155550110", "*43",	 "*9664",   "resume", "",	 "*411",
	"*8",	"*5900",	"**1003",	"*9170", "*991002", "*5901",  "*281",	 "*282",
	"710",	"711",		"*22",		"*23",	 "*24",	    "*307",   "*331001", "*341002",
	"*732", "+12125550100", "*674711",	"*69",	 "*870",    "*97",    "*98",	 "*78",
	"*79",	"*721003",	"*73",		"*21",	 "*81004",  "*72",
};
static const char *place(void)
{
	return draw(2) ? places[draw(COUNT(places))] : graph_number();
}

static struct fake *known[FAKE_DIALOGS];
static unsigned count;

static void look(void)
{
	count = fake_all(known);
}

static struct fake *any_live(void)
{
	look();
	for (unsigned tries = 0; count && tries < 8; tries++) {
		struct fake *f = known[draw(count)];

		if (f->d)
			return f;
	}
	return NULL;
}

static void step_invite(void)
{
	look();
	if (count > FAKE_DIALOGS - 24)
		return;
	if (draw(5))
		(void)fake_invite(graph_people[draw(GRAPH_PEOPLE)], place());
	else
		(void)fake_invite_trunk("+12125550100", draw(2) ? "+14155550110" : "+16285550177");
}

static bool talking(const struct fake *f)
{
	return f->answered && !f->hungup;
}

/* What a callee's phone may do. */
static void step_called(struct fake *f)
{
	static const uint16_t codes[] = {486, 603, 404, 480, 500, 503, 408, 302};

	switch (draw(5)) {
	case 0:
		fake_ring(f);
		break;
	case 4:
		f->silent = true; /* as a trunk that is down */
		break;
	case 1:
		fake_ring_early(f);
		break;
	case 2:
		fake_answer(f);
		break;
	default:
		fake_refuse(f, codes[draw(COUNT(codes))]);
	}
}

/* What either phone may do while it talks. */
static void step_talking(struct fake *f)
{
	struct fake *other = any_live();

	switch (draw(14)) {
	case 0:
	case 9:
		fake_hangup(f);
		break;
	case 1:
	case 2:
		fake_hold(f, draw(2));
		break;
	case 3:
	case 4:
		fake_refer(f, place(), NULL);
		break;
	case 5:
		fake_refer(f, "1002", other);
		break;
	case 6:
		fake_silence(f, draw(2) ? 3000 : 0);
		fake_lost(f, draw(2));
		break;
	case 7:
		fake_played(f);
		break;
	case 10:
	case 11:
		fake_press(f, draw(2) ? "*1" : "*4");
		break;
	case 12:
	case 13:
		fake_press(f, place());
		fake_press(f, "#");
		break;
	default:
		fake_silent_event(f);
	}
}

static void step(void)
{
	struct fake *f = any_live();

	if (!f || !draw(4)) {
		step_invite();
		return;
	}
	if (!draw(8)) {
		fake_run(draw(2) ? 500 : 35000);
		fake_trunks(draw(4));
		return;
	}
	if (!draw(12)) {
		look();
		if (count < FAKE_DIALOGS - 24)
			(void)fake_invite_replaces(graph_people[draw(GRAPH_PEOPLE)], f);
		return;
	}
	if (talking(f))
		step_talking(f);
	else if (f->incoming && !draw(4))
		fake_hangup(f);
	else if (!f->incoming)
		step_called(f);
}

/* --- what must be true of each call that ended ---------------------------------------------------
 */

static unsigned lines_of(const struct cdr *c, const char *kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->line_count; i++)
		n += !strcmp(c->lines[i].kind, kind);
	return n;
}

static void on_ended(struct call *call, const struct cdr *c)
{
	unsigned hops = call_hops(call), loops = lines_of(c, "loop");

	assert_true(c->result < CDR_RESULTS && c->ended_at >= c->started_at);
	assert_string_equal(c->lines[0].kind, "start");
	assert_string_equal(c->lines[c->line_count - 1].kind, "end");
	assert_int_equal(lines_of(c, "end"), 1);
	if (!lines_of(c, "more"))
		assert_int_equal(hops > FLOW_HOPS ? hops - FLOW_HOPS : 0, loops);
}

/* Who called was answered, or refused once, or gave up. */
static void one_outcome_each(void)
{
	look();
	for (unsigned i = 0; i < count; i++) {
		const struct fake *f = known[i];

		if (!f->incoming)
			continue;
		assert_true(f->refused <= 1);
		assert_false(f->refused && f->answered);
		assert_true(f->refused || f->answered || f->left || f->cancelled);
	}
}

static void phones_draw(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < GRAPH_PEOPLE; i++) {
		for (unsigned of = draw(4) ? 1 + draw(2) : 0; of && n < PHONES_MAX; of--, n++)
			fake_register(world.northwind->id, graph_people[i], "phone", draw(2));
	}
}

static void round_run(void)
{
	graph_draw();
	assert_int_equal(world_reset(NULL), 0);
	fake_trunks(draw(4));
	phones_draw();
	for (unsigned i = 0; i < STEPS; i++)
		step();
	exchange_close(world.x);
	assert_int_equal(fake_live(), 0);
	assert_int_equal(fake_streams(), 0);
	assert_int_equal(world.started, world.ended);
	one_outcome_each();
}

static void test_nothing_is_left_whatever_happens(void **state)
{
	graph_make();
	world.ended_h = on_ended;
	draw_rounds(ROUNDS, round_run);
	world.ended_h = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_left_whatever_happens),
	};

	return cmocka_run_group_tests_name("random calls", tests, world_setup, world_teardown);
}
