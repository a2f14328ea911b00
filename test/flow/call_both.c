/**
 * @file call_both.c  Recording calls: rules, the key, transfers, what is written
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include "both.h"
#include "extension.h"
#include "fake/fake.h"
#include "settings.h"

struct found {
	unsigned count;
	struct recorded v[8];
};

static int found_h(const struct recorded *r, void *arg)
{
	struct found *f = arg;

	f->v[f->count++] = *r;
	return 0;
}

static int find_fn(struct db *db, void *obj)
{
	return recorded_list(db, world.northwind->id, &(struct recorded_filter){.limit = 8},
			     found_h, obj);
}

/* Newest first */
static struct found recordings(void)
{
	struct found f = {0};

	world_settle();
	assert_int_equal(store_read(world.store, find_fn, &f), 0);
	return f;
}

struct ruling {
	const char *number;
	enum recording_rule rule;
};

static int rule_fn(struct db *db, void *obj)
{
	const struct ruling *r = obj;
	struct extension e;
	int err = extension_by_number(&e, db, world.northwind->id, r->number);

	e.recording = r->rule;
	return err ? err : extension_change(db, &e);
}

static void rule(const char *number, enum recording_rule which)
{
	struct ruling r = {number, which};

	assert_int_equal(store_write_wait(world.store, rule_fn, &r), 0);
	world_reload();
}

static int empty_fn(struct db *db, void *obj)
{
	int err = db_exec(db, "DELETE FROM recording", "");

	return err ? err : db_exec(db, "UPDATE extension SET recording = 'none'", "");
}

static int reset(void **state)
{
	int err = world_reset(state);

	if (!err)
		err = store_write_wait(world.store, empty_fn, NULL);
	rule("1010", RULE_NONE);
	return err;
}

static struct fake *talk(const char *from, const char *to, struct fake **callee)
{
	struct fake *caller;
	unsigned n = fake_out_count();

	fake_register(world.northwind->id, to, "Desk", false);
	caller = fake_invite(from, to);
	*callee = fake_out(n);
	fake_answer(*callee);
	return caller;
}

static void test_nobody_wants_it(void **state)
{
	struct fake *tom, *maya = talk("1001", "1002", &tom);

	assert_false(fake_is_recorded(maya));
	fake_hangup(maya);
	assert_int_equal(recordings().count, 0);
}

static void by_rule(const char *number, enum recording_rule which, bool recorded)
{
	struct fake *tom, *maya;
	struct found f;

	rule(number, which);
	maya = talk("1001", "1002", &tom);
	assert_int_equal(fake_is_recorded(maya), recorded);
	fake_run(4000);
	fake_hangup(tom);
	f = recordings();
	assert_int_equal(f.count, recorded);
	if (recorded) {
		assert_string_equal(f.v[0].call_id, world.last->id);
		assert_int_equal(f.v[0].by, BY_RULE);
		assert_in_range(f.v[0].duration_ms, 3900, 4200);
		assert_string_equal(f.v[0].extension_id,
				    tenant_extension(world.northwind, number)->id);
		assert_true(story_has("Recording began, by the rule of"));
	}
	assert_int_equal(store_write_wait(world.store, empty_fn, NULL), 0);
	rule(number, RULE_NONE);
}

static void test_rules(void **state)
{
	by_rule("1001", RULE_ALL, true);
	by_rule("1001", RULE_OUTBOUND, true);
	by_rule("1001", RULE_INBOUND, false);
	by_rule("1002", RULE_ALL, true);
	by_rule("1002", RULE_INBOUND, true);
	by_rule("1002", RULE_OUTBOUND, false);
}

/* The call goes on, and is not shown as recorded. */
static void test_the_disk_fills_up(void **state)
{
	struct fake *tom, *maya;
	struct call *c;
	bool paused;

	rule("1001", RULE_ALL);
	maya = talk("1001", "1002", &tom);
	c = list_head(exchange_calls(world.x))->data;
	fake_run(4000);
	assert_true(both_running(c, &paused));
	fake_recorded(maya, RECORD_ERROR);
	assert_false(both_running(c, &paused));
	fake_hangup(tom);
	assert_int_equal(recordings().count, 1);
	assert_true(story_has("The recording could not be written: the disk is full. What was said "
			      "until then is kept"));
	maya = talk("1001", "1002", &tom);
	fake_run(200);
	fake_recorded(maya, RECORD_ERROR);
	fake_hangup(tom);
	assert_int_equal(recordings().count, 1);
	assert_true(story_has("Nothing of it is kept"));
}

/* Only when the file is completed: then the call is over. */
static void test_no_room_at_the_end(void **state)
{
	struct fake *tom;

	rule("1001", RULE_ALL);
	world.afterword[0] = '\0';
	(void)talk("1001", "1002", &tom);
	fake_run(4000);
	fake_disk(true);
	fake_hangup(tom);
	fake_disk(false);
	assert_int_equal(recordings().count, 1);
	assert_non_null(strstr(world.afterword, "The recording could not be written"));
}

static int refuse_fn(struct db *db, void *obj)
{
	return db_exec(db,
		       "CREATE TRIGGER refuse BEFORE UPDATE ON recording BEGIN SELECT "
		       "RAISE(ABORT, 'no'); END",
		       "");
}

static int admit_fn(struct db *db, void *obj)
{
	return db_exec(db, "DROP TRIGGER refuse", "");
}

static int begun_fn(struct db *db, void *obj)
{
	return db_exec(db, "DELETE FROM recording WHERE state = 'recording'", "");
}

static void test_the_store_refuses(void **state)
{
	struct fake *tom;

	rule("1001", RULE_ALL);
	world.afterword[0] = '\0';
	(void)talk("1001", "1002", &tom);
	fake_run(4000);
	assert_int_equal(store_write_wait(world.store, refuse_fn, NULL), 0);
	fake_hangup(tom);
	assert_int_equal(recordings().count, 0);
	assert_int_equal(store_write_wait(world.store, admit_fn, NULL), 0);
	assert_non_null(strstr(world.afterword, "The recording could not be stored"));
	/* there was no room for its row when it began, and there is at the end */
	(void)talk("1001", "1002", &tom);
	fake_run(4000);
	assert_int_equal(store_write_wait(world.store, begun_fn, NULL), 0);
	fake_hangup(tom);
	assert_int_equal(recordings().count, 1);
}

static void test_key(void **state)
{
	struct fake *tom, *maya = talk("1001", "1002", &tom);

	fake_press(tom, "*");
	fake_run(2000);
	fake_press(tom, "2");
	assert_false(fake_is_recorded(maya));
	fake_press(tom, "*2");
	assert_true(fake_is_recorded(maya));
	fake_run(3000);
	fake_press(maya, "*2");
	assert_false(fake_is_recorded(maya));
	fake_run(3000);
	fake_hangup(maya);
	assert_int_equal(recordings().count, 1);
	assert_int_equal(recordings().v[0].by, BY_KEY);
	assert_in_range(recordings().v[0].duration_ms, 2900, 3200);
	assert_true(story_has("Maya Chen stopped the recording"));
}

/* Somebody from outside has no say. */
static void test_outsider_presses(void **state)
{
	struct fake *maya, *outside;

	fake_register(world.northwind->id, "1001", "Desk", false);
	outside = fake_invite_trunk("+14155559999", "+14155550110");
	maya = fake_out(0);
	fake_answer(maya);
	fake_press(outside, "*2");
	assert_false(fake_is_recorded(outside));
	fake_press(maya, "*2");
	assert_true(fake_is_recorded(outside));
	fake_hangup(maya);
}

static void test_pause(void **state)
{
	struct fake *tom, *maya = talk("1001", "1002", &tom);
	struct call *c = exchange_calls(world.x)->tail->data;
	bool paused;

	assert_int_equal(both_start(c, BY_API, "1001"), 0);
	assert_int_equal(both_start(c, BY_API, "1001"), EALREADY);
	both_pause(c, true, "Maya Chen");
	assert_false(fake_is_recorded(maya));
	assert_true(both_running(c, &paused));
	assert_true(paused);
	both_pause(c, false, "Maya Chen");
	assert_true(fake_is_recorded(maya));
	fake_run(1000);
	fake_hangup(maya);
	assert_true(story_has("Maya Chen paused the recording"));
	assert_int_equal(recordings().count, 1);
}

static void test_pause_by_key(void **state)
{
	struct fake *tom, *maya = talk("1001", "1002", &tom);

	fake_press(tom, "*5");
	assert_false(fake_is_recorded(maya));
	fake_press(tom, "*2");
	assert_true(fake_is_recorded(maya));
	fake_press(maya, "*5");
	assert_false(fake_is_recorded(maya));
	fake_press(tom, "*5");
	assert_true(fake_is_recorded(maya));
	fake_run(1000);
	fake_hangup(maya);
	assert_true(story_has("Maya Chen paused the recording"));
	assert_true(story_has("Tom Becker went on with the recording"));
	assert_int_equal(recordings().count, 1);
}

/* What a rule records nobody who talks can end; it can be paused. */
static void test_rule_is_not_ended_by_key(void **state)
{
	struct fake *tom, *maya;

	rule("1001", RULE_ALL);
	maya = talk("1001", "1002", &tom);
	fake_press(maya, "*2");
	assert_true(fake_is_recorded(maya));
	fake_press(maya, "*5");
	assert_false(fake_is_recorded(maya));
	fake_press(maya, "*5");
	fake_run(1000);
	fake_hangup(maya);
	assert_true(story_has("Maya Chen may only pause what a rule records"));
	assert_int_equal(recordings().count, 1);
}

static void test_not_before_the_answer(void **state)
{
	fake_register(world.northwind->id, "1002", "Desk", false);
	fake_invite("1001", "1002");
	assert_int_equal(both_start(exchange_calls(world.x)->tail->data, BY_API, "1001"), ENOTCONN);
}

static void test_too_short(void **state)
{
	struct fake *tom, *maya;

	rule("1001", RULE_ALL);
	maya = talk("1001", "1002", &tom);
	fake_run(100);
	fake_hangup(maya);
	assert_int_equal(recordings().count, 0);
}

/* Whoever was called passes the call on: the same piece goes on. */
static void test_passed_on_by_the_called(void **state)
{
	struct fake *tom, *maya;

	rule("1002", RULE_ALL);
	maya = talk("1001", "1002", &tom);
	fake_run(1000);
	fake_register(world.northwind->id, "1003", "Desk", false);
	fake_refer(tom, "1003", NULL);
	fake_answer(fake_out(1));
	assert_true(fake_is_recorded(maya));
	fake_run(5000);
	fake_hangup(maya);
	assert_int_equal(recordings().count, 1);
	assert_in_range(recordings().v[0].duration_ms, 5900, 6300);
}

/* The caller passes it on and leaves: a second piece, of whoever remained. */
static void test_passed_on_by_the_caller(void **state)
{
	struct fake *tom, *maya;
	struct found f;

	rule("1001", RULE_ALL);
	maya = talk("1001", "1002", &tom);
	fake_run(1000);
	fake_register(world.northwind->id, "1003", "Desk", false);
	fake_refer(maya, "1003", NULL);
	fake_answer(fake_out(1));
	assert_true(fake_is_recorded(tom));
	fake_run(5000);
	fake_hangup(tom);
	f = recordings();
	assert_int_equal(f.count, 2);
	assert_string_equal(f.v[0].call_id, f.v[1].call_id);
	assert_in_range(f.v[0].duration_ms, 4900, 5200);
}

static void test_attended(void **state)
{
	struct fake *tom, *tom2, *priya, *maya;
	struct found f;

	maya = talk("1001", "1002", &tom);
	fake_press(tom, "*2");
	fake_run(1000);
	fake_hold(tom, true);
	tom2 = talk("1002", "1003", &priya);
	assert_false(fake_is_recorded(tom2));
	fake_run(1000);
	fake_refer(tom, "1003", tom2);
	assert_true(fake_is_recorded(maya));
	fake_run(3000);
	fake_hangup(priya);
	f = recordings();
	assert_int_equal(f.count, 2);
	assert_string_not_equal(f.v[0].call_id, f.v[1].call_id);
	assert_string_equal(f.v[0].call_id, world.last->id);
	assert_in_range(f.v[0].duration_ms, 2900, 3200);
	assert_true(story_has("The recording goes on"));
}

static int tone_fn(struct db *db, void *obj)
{
	struct tenant_row t;
	int err = tenant_get(&t, db, world.northwind->id);

	if (err ||
	    !settings_set_flag(t.settings, sizeof(t.settings), "recordingTone", *(bool *)obj))
		return err ? err : EINVAL;
	return tenant_change(db, &t);
}

static void tone(bool on)
{
	assert_int_equal(store_write_wait(world.store, tone_fn, &on), 0);
	world_reload();
}

/* Whoever is recorded is told so, also who comes later. */
static void test_tone(void **state)
{
	struct fake *tom, *maya, *priya;

	tone(true);
	rule("1001", RULE_ALL);
	maya = talk("1001", "1002", &tom);
	assert_string_equal(fake_hears_play(maya), "tone:record");
	assert_string_equal(fake_hears_play(tom), "tone:record");
	fake_register(world.northwind->id, "1003", "Desk", false);
	fake_refer(tom, "1003", NULL);
	priya = fake_out(1);
	fake_answer(priya);
	assert_string_equal(fake_hears_play(priya), "tone:record");
	fake_hangup(maya);
	tone(false);
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nobody_wants_it),
		TEST(test_rules),
		TEST(test_the_disk_fills_up),
		TEST(test_no_room_at_the_end),
		TEST(test_the_store_refuses),
		TEST(test_key),
		TEST(test_outsider_presses),
		TEST(test_pause),
		TEST(test_pause_by_key),
		TEST(test_rule_is_not_ended_by_key),
		TEST(test_not_before_the_answer),
		TEST(test_too_short),
		TEST(test_passed_on_by_the_called),
		TEST(test_passed_on_by_the_caller),
		TEST(test_attended),
		TEST(test_tone),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
