/**
 * @file dest_places.c  Members of a group and places of a follow me: who is rung, by which trunk,
 * what is said to whom must press 1
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "fake/fake.h"
#include "follow.h"
#include "out_route.h"
#include "ring_group.h"

#define MOBILE "+16285550177"

static struct trunk first;
static struct ring_group group;

static int trunk_keep(const struct trunk *t, void *arg)
{
	first = *t;
	return 0;
}

static int make_fn(struct db *db, void *obj)
{
	struct out_route r = {.tenant = world.northwind->id, .prefix = "+", .priority = 1};
	struct trunk second;
	int err = trunk_list(db, 0, 0, 1, trunk_keep, NULL);

	second = first;
	second.tenant = world.northwind->id;
	second.port = 5999;
	strcpy(second.name, "Second way");
	if (!err)
		err = trunk_add(db, &second);
	r.trunk = second.id;
	if (!err)
		err = out_route_add(db, &r);
	group = (struct ring_group){.tenant = world.northwind->id,
				    .number = "600",
				    .name = "Desk",
				    .strategy = STRATEGY_sequence,
				    .member_count = 2};
	strcpy(group.members[0].number, MOBILE);
	strcpy(group.members[1].number, "1003");
	group.members[0].ring_ms = group.members[1].ring_ms = 20000;
	return err ? err : ring_group_add(db, &group);
}

static int group_fn(struct db *db, void *obj)
{
	return ring_group_change(db, &group);
}

static int follow_fn(struct db *db, void *obj)
{
	return follow_change(db, obj);
}

/* Tom's follow me: two places, without a delay */
static void follow_set(const char *a, const char *b)
{
	struct extension_settings s = world_settings("1002");
	struct follow f = {.tenant = s.tenant, .count = 2, .prefix = "Tom:"};

	strcpy(f.extension_id, s.extension_id);
	strcpy(f.dests[0].number, a);
	strcpy(f.dests[1].number, b);
	f.dests[0].ring_ms = f.dests[1].ring_ms = 20000;
	s.follow = true;
	assert_int_equal(store_write_wait(world.store, follow_fn, &f), 0);
	world_set(&s);
}

static int setup(void **state)
{
	int err = world_setup(state);

	return err ? err : store_write_wait(world.store, make_fn, NULL);
}

static int reset(void **state)
{
	int err = world_reset(state);
	struct extension_settings nothing = world_settings("1003");

	world_set(&nothing);
	world_mailboxes(false);
	fake_register(world.northwind->id, "1003", "Priya", false);
	group.members[0].confirm = false;
	assert_int_equal(store_write_wait(world.store, group_fn, NULL), 0);
	world_reload();
	return err;
}

static void nobody_is_left(void)
{
	assert_int_equal(fake_live(), 0);
	assert_int_equal(fake_streams(), 0);
	assert_true(list_isempty(exchange_calls(world.x)));
}

static bool to_mobile(unsigned i, unsigned port)
{
	char host[32];

	snprintf(host, sizeof(host), ":%u", port);
	return strstr(fake_out(i)->to.uri, "6285550177") &&
	       (port == first.port || strstr(fake_out(i)->to.uri, host));
}

static void test_a_trunk_that_refuses_hands_over(void **state)
{
	struct fake *maya = fake_invite("1001", "600");

	assert_int_equal(fake_out_count(), 1);
	assert_true(to_mobile(0, first.port));
	fake_refuse(fake_out(0), 503);
	assert_int_equal(fake_out_count(), 2); /* not Priya: her turn has not come */
	assert_true(to_mobile(1, 5999));
	fake_answer(fake_out(1));
	assert_ptr_equal(fake_hears(maya), fake_out(1));
	fake_hangup(maya);
	nobody_is_left();
}

static void test_a_silent_trunk_hands_over_within_the_ring_time(void **state)
{
	struct fake *maya = fake_invite("1001", "600");

	fake_out(0)->silent = true;
	fake_run(5900);
	assert_int_equal(fake_out_count(), 1);
	fake_run(200);
	assert_int_equal(fake_out_count(), 2);
	assert_true(fake_out(0)->cancelled);
	assert_true(to_mobile(1, 5999));
	fake_ring(fake_out(1));
	fake_run(13800);
	assert_int_equal(fake_out_count(), 2);
	fake_run(300); /* 20 s in all */
	assert_true(fake_out(1)->cancelled);
	assert_int_equal(fake_out_count(), 3);
	assert_string_equal(fake_out(2)->to.to_user, "1003");
	fake_hangup(maya);
	assert_true(story_has(": no reply"));
	nobody_is_left();
}

static void test_a_busy_mobile_is_not_rung_by_another_trunk(void **state)
{
	struct fake *maya = fake_invite("1001", "600");

	fake_refuse(fake_out(0), 486);
	assert_int_equal(fake_out_count(), 2);
	assert_string_equal(fake_out(1)->to.to_user, "1003");
	fake_hangup(maya);
	nobody_is_left();
}

/* Whoever rang in vain, or did not press 1, is not called a second time. */
static void test_who_was_reached_is_reached_once(void **state)
{
	struct fake *maya;

	group.members[0].confirm = true;
	assert_int_equal(store_write_wait(world.store, group_fn, NULL), 0);
	world_reload();
	maya = fake_invite("1001", "600");
	fake_answer(fake_out(0));
	fake_run(20100);
	assert_true(fake_out(0)->hungup);
	assert_int_equal(fake_out_count(), 2);
	assert_string_equal(fake_out(1)->to.to_user, "1003");
	fake_hangup(maya);
	nobody_is_left();
}

static int name_fn(struct db *db, void *obj)
{
	return db_exec(db,
		       "UPDATE mailbox SET active = 1, spoken_name = "
		       "'1/2026/11/0190a000-0000-7000-8000-000000000001' WHERE "
		       "extension_id = (SELECT id FROM extension WHERE tenant_id = $1 AND "
		       "number = '1001')",
		       "i", world.northwind->id);
}

static void test_the_name_is_said_to_whom_must_press_1(void **state)
{
	struct fake *maya;

	assert_int_equal(store_write_wait(world.store, name_fn, NULL), 0);
	group.members[0].confirm = true;
	assert_int_equal(store_write_wait(world.store, group_fn, NULL), 0);
	world_reload();
	maya = fake_invite("1001", "600");
	fake_answer(fake_out(0));
	assert_memory_equal(fake_hears_play(fake_out(0)), "followme/call-from&file:", 24);
	assert_non_null(strstr(fake_hears_play(fake_out(0)), "000000000001&followme/options"));
	fake_press(fake_out(0), "1");
	assert_ptr_equal(fake_hears(maya), fake_out(0));
	fake_hangup(maya);
	nobody_is_left();
}

static void test_follow_me_goes_by_the_next_trunk_and_shows_its_prefix(void **state)
{
	struct fake *maya;

	follow_set(MOBILE, "1003");
	maya = fake_invite("1001", "1002");
	assert_int_equal(fake_out_count(), 2);
	assert_string_equal(fake_out(0)->to.from.name, "Tom: Tom Becker");
	assert_string_equal(fake_out(1)->to.from.name, "Tom: Maya Chen");
	fake_ring(fake_out(1));
	fake_refuse(fake_out(0), 500);
	assert_int_equal(fake_out_count(), 3);
	assert_true(to_mobile(2, 5999));
	fake_answer(fake_out(2));
	assert_true(fake_out(1)->cancelled);
	fake_hangup(maya);
	nobody_is_left();
}

/* A colleague is rung by the same rule as a member of a group. */
static void test_a_colleague_who_forwards_all_is_passed_over(void **state)
{
	struct extension_settings priya = world_settings("1003");
	struct fake *maya;

	follow_set("1003", MOBILE);
	priya.forward[FORWARD_all].on = true;
	strcpy(priya.forward[FORWARD_all].number, "1002");
	world_set(&priya);
	maya = fake_invite("1001", "1002");
	assert_int_equal(fake_out_count(), 1);
	assert_true(to_mobile(0, first.port));
	fake_hangup(maya);
	assert_true(story_has("Priya Raman is passed over: Priya Raman: every call is forwarded"));
	nobody_is_left();
}

/* A row of before they were refused. */
static void test_a_group_is_passed_over_with_a_word(void **state)
{
	struct fake *maya;

	follow_set("600", "1003");
	maya = fake_invite("1001", "1002");
	assert_int_equal(fake_out_count(), 1);
	assert_string_equal(fake_out(0)->to.to_user, "1003");
	fake_hangup(maya);
	assert_true(story_has("600 is passed over: it is a ring group"));
	nobody_is_left();
}

#define T(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_a_trunk_that_refuses_hands_over),
		T(test_a_silent_trunk_hands_over_within_the_ring_time),
		T(test_a_busy_mobile_is_not_rung_by_another_trunk),
		T(test_who_was_reached_is_reached_once),
		T(test_the_name_is_said_to_whom_must_press_1),
		T(test_follow_me_goes_by_the_next_trunk_and_shows_its_prefix),
		T(test_a_colleague_who_forwards_all_is_passed_over),
		T(test_a_group_is_passed_over_with_a_word),
	};

	return cmocka_run_group_tests_name("places", tests, setup, world_teardown);
}
