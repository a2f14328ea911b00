/**
 * @file dest_extension.c  What an extension does with its calls: Do Not Disturb, forwards,
 * voicemail
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "clock.h"
#include "fake/fake.h"

enum { HOUR_MS = 3600000 };

static void forward(const char *from, enum forward_kind kind, const char *to, int64_t until)
{
	struct extension_settings s = world_settings(from);

	s.forward[kind] = (struct extension_forward){.on = true, .until = until};
	strcpy(s.forward[kind].number, to);
	world_set(&s);
}

static void dnd(const char *number, int64_t until)
{
	struct extension_settings s = world_settings(number);

	s.dnd = true;
	s.dnd_until = until;
	world_set(&s);
}

/* Each test begins with phones of 1001 to 1003, nothing set, no mailboxes. */
static int reset(void **state)
{
	static const char *const numbers[] = {"1001", "1002", "1003"};
	int err = world_reset(state);

	for (size_t i = 0; i < COUNT(numbers); i++) {
		struct extension_settings s = world_settings(numbers[i]);

		world_set(&s);
		if (strcmp(numbers[i], "1002"))
			fake_register(world.northwind->id, numbers[i], "phone", false);
	}
	world_mailboxes(false);
	return err;
}

static void tom_registers(void)
{
	fake_register(world.northwind->id, "1002", "phone", false);
}

static void test_dnd_is_busy(void **state)
{
	struct fake *maya;

	tom_registers();
	dnd("1002", 0);
	maya = fake_invite("1001", "1002");
	assert_int_equal(fake_out_count(), 0);
	assert_int_equal(maya->final, 486);
	assert_int_equal(world.last->result, CDR_busy);
	assert_true(story_has("Tom Becker: Do Not Disturb is on (set "));
	assert_true(story_has(" by Ana Souza)"));
}

static enum presence toms_presence(void)
{
	return exchange_presence(world.x, world.northwind->id, "1002");
}

static void test_dnd_is_seen_until_it_ends(void **state)
{
	unsigned told;

	tom_registers();
	assert_int_equal(toms_presence(), PRESENCE_AVAILABLE);
	told = world.disturbed;
	dnd("1002", clock_wall_ms() + 10000);
	assert_int_equal(toms_presence(), PRESENCE_DND);
	fake_run(9000);
	assert_int_equal(world.disturbed, told);
	fake_run(2000);
	assert_int_equal(world.disturbed, told + 1);
	assert_int_equal(toms_presence(), PRESENCE_AVAILABLE);
}

static void test_dnd_leads_to_voicemail(void **state)
{
	struct fake *maya;

	tom_registers();
	world_mailboxes(true);
	dnd("1002", 0);
	maya = fake_invite("1001", "1002");
	assert_int_equal(fake_out_count(), 0);
	assert_true(maya->answered);
	assert_string_not_equal(fake_hears_play(maya), "");
	fake_hangup(maya);
	assert_true(story_has("does not want to be disturbed, on to Leave a message"));
}

/* Busy is not what somebody is who does not want to be disturbed. */
static void test_dnd_does_not_forward_as_busy(void **state)
{
	struct extension_settings s = world_settings("1002");

	tom_registers();
	s.dnd = true;
	s.forward[FORWARD_busy].on = true;
	strcpy(s.forward[FORWARD_busy].number, "1003");
	world_set(&s);
	assert_int_equal(fake_invite("1001", "1002")->final, 486);
}

static void test_dnd_ends_at_its_time(void **state)
{
	tom_registers();
	dnd("1002", clock_wall_ms() + HOUR_MS);
	assert_int_equal(fake_invite("1001", "1002")->final, 486);
	fake_run(HOUR_MS);
	fake_invite("1001", "1002");
	assert_int_equal(fake_out_count(), 1);
}

static void test_forward_all(void **state)
{
	struct fake *maya, *priya;

	tom_registers();
	forward("1002", FORWARD_all, "1003", 0);
	maya = fake_invite("1001", "1002");
	assert_int_equal(fake_out_count(), 1);
	priya = fake_out(0);
	assert_string_equal(priya->to.to_user, "1003");
	assert_string_equal(priya->to.from.name, "Maya Chen");
	fake_answer(priya);
	fake_hangup(maya);
	assert_true(story_has("Tom Becker: every call is forwarded to Priya Raman (set "));
	assert_string_equal(world.last->answered_by.name, "Priya Raman");
}

static void test_forward_all_ends_at_its_time(void **state)
{
	tom_registers();
	forward("1002", FORWARD_all, "1003", clock_wall_ms() + HOUR_MS);
	fake_run(HOUR_MS);
	fake_invite("1001", "1002");
	assert_string_equal(fake_out(0)->to.to_user, "1002");
}

/* Whom one forwards to can still reach one. */
static void test_who_stands_in_gets_through(void **state)
{
	tom_registers();
	forward("1002", FORWARD_all, "1003", 0);
	fake_invite("1003", "1002");
	assert_string_equal(fake_out(0)->to.to_user, "1002");
}

static void test_forward_to_nobody_rings(void **state)
{
	tom_registers();
	forward("1002", FORWARD_all, "1099", 0);
	fake_invite("1001", "1002");
	assert_string_equal(fake_out(0)->to.to_user, "1002");
}

/* To the outside it is Tom who calls, not Maya. */
static void test_forward_outside_is_on_behalf(void **state)
{
	tom_registers();
	forward("1002", FORWARD_all, "+16285550177", 0);
	fake_invite("1001", "1002");
	assert_int_equal(fake_out_count(), 1);
	assert_string_equal(fake_out(0)->to.to_user, "+16285550177");
	assert_string_equal(fake_out(0)->to.from.name, "Tom Becker");
	assert_int_equal(fake_out(0)->to.max_forwards, 16);
}

static void test_forward_busy(void **state)
{
	tom_registers();
	forward("1002", FORWARD_busy, "1003", 0);
	fake_invite("1001", "1002");
	fake_refuse(fake_out(0), 486);
	assert_int_equal(fake_out_count(), 2);
	assert_string_equal(fake_out(1)->to.to_user, "1003");
}

static void test_forward_noanswer(void **state)
{
	struct fake *maya;

	tom_registers();
	forward("1002", FORWARD_noanswer, "1003", 0);
	maya = fake_invite("1001", "1002");
	fake_ring(fake_out(0));
	fake_run(31000);
	assert_true(fake_out(0)->cancelled);
	assert_string_equal(fake_out(1)->to.to_user, "1003");
	fake_answer(fake_out(1));
	fake_hangup(maya);
	assert_true(story_has("Tom Becker: nobody answered, forwarded to Priya Raman (set "));
}

static void test_forward_unregistered(void **state)
{
	forward("1002", FORWARD_unregistered, "1003", 0);
	fake_invite("1001", "1002");
	assert_string_equal(fake_out(0)->to.to_user, "1003");
}

/* One forward does not stand in for another. */
static void test_forwards_keep_to_their_case(void **state)
{
	forward("1002", FORWARD_busy, "1003", 0);
	assert_int_equal(fake_invite("1001", "1002")->final, 480);
	tom_registers();
	forward("1002", FORWARD_unregistered, "1003", 0);
	fake_invite("1001", "1002");
	fake_refuse(fake_out(0), 486);
	assert_int_equal(fake_out_count(), 1);
}

static void test_no_answer_goes_to_voicemail(void **state)
{
	struct fake *maya;

	tom_registers();
	world_mailboxes(true);
	maya = fake_invite("1001", "1002");
	fake_ring(fake_out(0));
	fake_run(31000);
	assert_true(maya->answered);
	fake_hangup(maya);
	assert_true(story_has("Tom Becker: nobody answered, on to Leave a message"));
}

static void test_circle_ends(void **state)
{
	struct extension_settings s = world_settings("1003");
	struct fake *maya;

	forward("1002", FORWARD_all, "1003", 0);
	s.forward[FORWARD_all].on = true;
	strcpy(s.forward[FORWARD_all].number, "1002");
	world_set(&s);
	maya = fake_invite("1001", "1002");
	assert_int_equal(maya->final, 482);
	assert_int_equal(fake_out_count(), 0);
	assert_true(story_has("ended as a circle"));
}

/* By a DID and by a transfer the same is done as for a colleague's call. */
static void test_every_entrance_is_the_same(void **state)
{
	struct fake *ana, *maya, *tom;

	forward("1001", FORWARD_all, "1003", 0);
	ana = fake_invite_trunk("+12125550100", "+14155550110");
	assert_string_equal(fake_out(0)->to.to_user, "1003");
	fake_hangup(ana);
	tom_registers();
	forward("1003", FORWARD_all, "1001", 0);
	tom = fake_invite("1002", "1001");
	assert_int_equal(tom->final, 482); /* 1001 and 1003 point at each other */
	forward("1001", FORWARD_busy, "1003", 0);
	maya = fake_invite("1001", "1002");
	fake_answer(fake_out(1));
	fake_refer(maya, "1003", NULL);
	assert_int_equal(fake_out_count(), 3);
	assert_string_equal(fake_out(2)->to.to_user, "1001");
}

#define T(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_dnd_is_busy),
		T(test_dnd_is_seen_until_it_ends),
		T(test_dnd_leads_to_voicemail),
		T(test_dnd_does_not_forward_as_busy),
		T(test_dnd_ends_at_its_time),
		T(test_forward_all),
		T(test_forward_all_ends_at_its_time),
		T(test_who_stands_in_gets_through),
		T(test_forward_to_nobody_rings),
		T(test_forward_outside_is_on_behalf),
		T(test_forward_busy),
		T(test_forward_noanswer),
		T(test_forward_unregistered),
		T(test_forwards_keep_to_their_case),
		T(test_no_answer_goes_to_voicemail),
		T(test_circle_ends),
		T(test_every_entrance_is_the_same),
	};

	return cmocka_run_group_tests_name("extension", tests, world_setup, world_teardown);
}
