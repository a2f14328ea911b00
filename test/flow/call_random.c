/**
 * @file call_random.c  Random lives of calls: whatever phones do, in whatever order, nothing is
 * left
 *
 * Each round is a seeded sequence of calls, answers, refusals, holds, transfers, reloads, lost
 * audio and passing time on a handful of phones. Afterwards every dialog was let go, every stream
 * closed, and each call that began has exactly one record. CARILLON_ROUNDS and CARILLON_SEED repeat
 * a run.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <string.h>
#include "fake/fake.h"

enum { ROUNDS = 2000, STEPS = 40, CALLS_MAX = 40 };

static uint64_t seed;

static unsigned pick(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % n);
}

static const char *const people[] = {"1001", "1002", "1003", "1004", "1005"};
static const char *const places[] = {
	"1001",		"1002", "1003",	 "1004",   "4711",   "+16285550177",
	"+14155550110", "*43",	"*9664", "1005",   "resume", "",
	"*411",		"*8",	"*5900", "**1003", "*9170",  "*991002"};
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
		struct fake *f = known[pick(count)];

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
	if (pick(5))
		(void)fake_invite(people[pick(COUNT(people))], places[pick(COUNT(places))]);
	else
		(void)fake_invite_trunk("+12125550100", pick(2) ? "+14155550110" : "+16285550177");
}

static bool talking(const struct fake *f)
{
	return f->answered && !f->hungup;
}

/* What a callee's phone may do. */
static void step_called(struct fake *f)
{
	static const uint16_t codes[] = {486, 603, 404, 480, 500, 503, 408, 302};

	switch (pick(4)) {
	case 0:
		fake_ring(f);
		break;
	case 1:
		fake_ring_early(f);
		break;
	case 2:
		fake_answer(f);
		break;
	default:
		fake_refuse(f, codes[pick(COUNT(codes))]);
	}
}

/* What either phone may do while it talks. */
static void step_talking(struct fake *f)
{
	struct fake *other = any_live();

	switch (pick(14)) {
	case 0:
	case 9:
		fake_hangup(f);
		break;
	case 1:
	case 2:
		fake_hold(f, pick(2));
		break;
	case 3:
	case 4:
		fake_refer(f, places[pick(COUNT(places))], NULL);
		break;
	case 5:
		fake_refer(f, "1002", other);
		break;
	case 6:
		fake_silence(f, pick(2) ? 3000 : 0);
		fake_lost(f, pick(2));
		break;
	case 7:
		fake_played(f);
		break;
	case 10:
	case 11:
		fake_press(f, pick(2) ? "*1" : "*4");
		break;
	case 12:
	case 13:
		fake_press(f, places[pick(COUNT(places))]);
		fake_press(f, "#");
		break;
	default:
		fake_silent_event(f);
	}
}

static void step(void)
{
	struct fake *f = any_live();

	if (!f || !pick(4)) {
		step_invite();
		return;
	}
	if (!pick(8)) {
		fake_run(pick(2) ? 500 : 35000);
		return;
	}
	if (!pick(12)) {
		look();
		if (count < FAKE_DIALOGS - 24)
			(void)fake_invite_replaces(people[pick(COUNT(people))], f);
		return;
	}
	if (talking(f))
		step_talking(f);
	else if (f->incoming)
		fake_hangup(f);
	else
		step_called(f);
}

static void round_run(uint64_t number)
{
	seed = number * 0x9e3779b97f4a7c15u + 1;
	assert_int_equal(world_reset(NULL), 0);
	for (unsigned i = 0; i < COUNT(people); i++) {
		for (unsigned n = pick(3); n; n--)
			fake_register(world.northwind->id, people[i], "phone", pick(2));
	}
	for (unsigned i = 0; i < STEPS; i++)
		step();
	exchange_close(world.x);
	if (fake_live() || fake_streams() || world.started != world.ended)
		print_error("round %llu\n", (unsigned long long)number);
	assert_int_equal(fake_live(), 0);
	assert_int_equal(fake_streams(), 0);
	assert_int_equal(world.started, world.ended);
}

static void test_nothing_is_left_whatever_happens(void **state)
{
	const char *rounds = getenv("CARILLON_ROUNDS"), *first = getenv("CARILLON_SEED");
	uint64_t from = first ? strtoull(first, NULL, 10) : 1;
	uint64_t n = rounds ? strtoull(rounds, NULL, 10) : ROUNDS;

	for (uint64_t i = from; i < from + n; i++)
		round_run(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_left_whatever_happens),
	};

	return cmocka_run_group_tests_name("random calls", tests, world_setup, world_teardown);
}
