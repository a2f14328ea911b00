/**
 * @file dest_voicemail.c  Leaving a message: what the caller hears, what is kept and what is not
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <semaphore.h>
#include <string.h>
#include "fake/fake.h"
#include "mailbox.h"
#include "voicemail.h"
#include "waiting.h"

#define SAVED "vm-msgsaved&vm-goodbye"
#define UNSAVED "im-sorry&please-try-call-later&vm-goodbye"

struct found {
	unsigned count;
	struct voicemail last;
};

static int found_h(const struct voicemail *v, void *arg)
{
	struct found *f = arg;

	++f->count;
	f->last = *v;
	return 0;
}

static int find_fn(struct db *db, void *obj)
{
	return voicemail_list(db, world.northwind->id,
			      tenant_extension(world.northwind, "1002")->id, "", NULL, 0, found_h,
			      obj);
}

static struct found messages(void)
{
	struct found f = {0};

	world_settle();
	assert_int_equal(store_read(world.store, find_fn, &f), 0);
	return f;
}

static int empty_fn(struct db *db, void *obj)
{
	return db_exec(db, "DELETE FROM voicemail_message", "");
}

static int reset(void **state)
{
	int err = world_reset(state);

	return err ? err : store_write_wait(world.store, empty_fn, NULL);
}

static struct fake *greeted(void)
{
	struct fake *maya;

	world_send("1001", DEST_voicemail, "1002", &maya);
	assert_true(maya->answered);
	assert_string_equal(fake_hears_play(maya), "vm-theperson&digits/1&digits/0&digits/0&"
						   "digits/2&vm-isunavail&vm-intro&beep");
	return maya;
}

static struct fake *speaking(uint64_t ms)
{
	struct fake *maya = greeted();

	assert_false(fake_is_recorded(maya));
	fake_played(maya);
	assert_true(fake_is_recorded(maya));
	fake_run(ms);
	return maya;
}

static void test_hangs_up(void **state)
{
	struct fake *maya = speaking(5000);
	struct found f;

	assert_int_equal(messages().count, 0);
	fake_hangup(maya);
	f = messages();
	assert_int_equal(f.count, 1);
	assert_int_equal(f.last.state, VOICEMAIL_NEW);
	assert_string_equal(f.last.from_number, "1001");
	assert_string_equal(f.last.from_name, "Maya Chen");
	assert_in_range(f.last.duration_ms, 4900, 5200);
	assert_int_equal(world.last->result, CDR_voicemail);
	assert_true(story_has("The mailbox of Tom Becker answered"));
	assert_true(story_has("Maya Chen left a message"));
}

static void test_says_nothing(void **state)
{
	fake_hangup(speaking(300));
	assert_int_equal(messages().count, 0);
	assert_true(story_has("hung up before the message"));
	fake_hangup(greeted());
	assert_int_equal(messages().count, 0);
	assert_true(story_has("left no message"));
}

/* What was said until then is kept, and nobody is told that the message was left. */
static void test_the_disk_fills_up(void **state)
{
	struct fake *maya = speaking(5000);

	fake_recorded(maya, RECORD_ERROR);
	world_settle();
	assert_string_equal(fake_hears_play(maya), UNSAVED);
	fake_hangup(maya);
	assert_int_equal(messages().count, 1);
	assert_true(story_has("The message could not be recorded: the disk is full. What was said "
			      "until then is kept"));
	assert_false(story_has("left a message"));
	maya = speaking(200);
	fake_recorded(maya, RECORD_ERROR);
	assert_string_equal(fake_hears_play(maya), UNSAVED);
	fake_hangup(maya);
	assert_int_equal(messages().count, 1);
	assert_true(story_has("Nothing of it is kept"));
}

static int refuse_fn(struct db *db, void *obj)
{
	return db_exec(db,
		       "CREATE TRIGGER refuse BEFORE UPDATE ON voicemail_message BEGIN SELECT "
		       "RAISE(ABORT, 'no'); END",
		       "");
}

static int admit_fn(struct db *db, void *obj)
{
	return db_exec(db, "DROP TRIGGER refuse", "");
}

static void test_the_store_refuses(void **state)
{
	struct fake *maya = speaking(5000);

	world.afterword[0] = '\0';
	assert_int_equal(store_write_wait(world.store, refuse_fn, NULL), 0);
	fake_hangup(maya);
	assert_int_equal(messages().count, 0);
	assert_int_equal(store_write_wait(world.store, admit_fn, NULL), 0);
	assert_non_null(strstr(world.afterword, "The message could not be stored"));
}

static sem_t gate;

static int wait_fn(struct db *db, void *obj)
{
	return sem_wait(&gate);
}

static void gate_close(void)
{
	assert_int_equal(sem_init(&gate, 0, 0), 0);
	assert_int_equal(store_write(world.store, wait_fn, NULL, NULL, NULL), 0);
}

/* At the end of the process the exchange goes before the writer has done what was posted. */
static void test_dropped_while_the_exchange_goes(void **state)
{
	struct fake *maya = speaking(300);

	gate_close();
	fake_hangup(maya);
	exchange_close(world.x);
	world.x = mem_deref(world.x);
	assert_int_equal(sem_post(&gate), 0);
	assert_int_equal(store_write_wait(world.store, empty_fn, NULL), 0);
	sem_destroy(&gate);
}

/* Ten seconds of silence end it, and are no message by themselves. */
static void test_silence(void **state)
{
	struct fake *maya = speaking(10200);

	fake_recorded(maya, RECORD_SILENCE);
	assert_int_equal(messages().count, 0);
	assert_string_equal(fake_hears_play(maya), "vm-goodbye");
	fake_played(maya);
	assert_true(maya->hungup);
	assert_true(story_has("Maya Chen said nothing"));
	maya = speaking(14000);
	fake_recorded(maya, RECORD_SILENCE);
	world_settle();
	assert_string_equal(fake_hears_play(maya), SAVED);
	fake_played(maya);
	assert_true(maya->hungup);
	assert_int_equal(messages().count, 1);
}

static struct fake *reviewing(uint64_t ms)
{
	struct fake *maya = speaking(ms);

	fake_press(maya, "#");
	assert_non_null(strstr(fake_hears_play(maya), "vm-review-urgent"));
	return maya;
}

static void test_saved_by_key(void **state)
{
	struct fake *maya = reviewing(5000);

	fake_press(maya, "2");
	assert_int_equal(messages().count, 1);
	assert_false(messages().last.urgent);
	fake_played(maya);
	assert_true(maya->hungup);
	assert_int_equal(messages().count, 1);
}

/* Who is told that the message is saved may rely on it: not before it is on the disk. */
static void test_told_after_the_commit(void **state)
{
	struct fake *maya = reviewing(5000);

	gate_close();
	fake_press(maya, "2");
	fake_press(maya, "3"); /* too late */
	fake_run(20000);
	actor_run(world.core);
	assert_string_equal(fake_hears_play(maya), "");
	assert_int_equal(sem_post(&gate), 0);
	assert_int_equal(messages().count, 1);
	sem_destroy(&gate);
	assert_string_equal(fake_hears_play(maya), SAVED);
	fake_played(maya);
	assert_true(maya->hungup);
	assert_true(story_has("Maya Chen left a message"));
}

static void test_told_that_the_store_refuses(void **state)
{
	struct fake *maya = reviewing(5000);

	assert_int_equal(store_write_wait(world.store, refuse_fn, NULL), 0);
	fake_press(maya, "#");
	world_settle();
	assert_int_equal(store_write_wait(world.store, admit_fn, NULL), 0);
	assert_string_equal(fake_hears_play(maya), UNSAVED);
	fake_played(maya);
	assert_true(maya->hungup);
	assert_int_equal(messages().count, 0);
	assert_true(story_has("The message could not be stored"));
	assert_false(story_has("left a message"));
}

static void test_urgent(void **state)
{
	struct fake *maya = reviewing(5000);

	fake_press(maya, "4");
	assert_string_equal(fake_hears_play(maya), "vm-marked-urgent");
	fake_played(maya);
	assert_non_null(strstr(fake_hears_play(maya), "vm-review-nonurgent"));
	fake_hangup(maya);
	assert_true(messages().last.urgent);
	assert_true(story_has("left a message, urgent"));
}

static void test_listens(void **state)
{
	struct fake *maya = reviewing(5000);

	fake_press(maya, "1");
	assert_non_null(strstr(fake_hears_play(maya), "file:/"));
	fake_played(maya);
	assert_non_null(strstr(fake_hears_play(maya), "vm-review-urgent"));
	fake_hangup(maya);
	assert_int_equal(messages().count, 1);
}

static void test_begins_anew(void **state)
{
	struct fake *maya = reviewing(5000);
	struct found f;

	fake_press(maya, "3");
	assert_string_equal(fake_hears_play(maya), "beep");
	fake_played(maya);
	fake_run(2000);
	fake_hangup(maya);
	f = messages();
	assert_int_equal(f.count, 1);
	assert_in_range(f.last.duration_ms, 1900, 2200);
}

static void test_too_short(void **state)
{
	struct fake *maya = speaking(300);

	fake_press(maya, "#");
	assert_string_equal(fake_hears_play(maya), "vm-tooshort&beep");
	fake_played(maya);
	assert_true(fake_is_recorded(maya));
	fake_run(3000);
	fake_hangup(maya);
	assert_int_equal(messages().count, 1);
}

static void test_skips_the_greeting(void **state)
{
	struct fake *maya = greeted();

	fake_press(maya, "#");
	assert_string_equal(fake_hears_play(maya), "beep");
	fake_played(maya);
	assert_true(fake_is_recorded(maya));
	fake_hangup(maya);
}

/* Nobody decides what shall become of it. */
static void test_review_times_out(void **state)
{
	struct fake *maya = reviewing(5000);

	for (int i = 0; i < 3; i++) {
		fake_played(maya);
		fake_run(11000);
	}
	world_settle();
	assert_string_equal(fake_hears_play(maya), SAVED);
	fake_played(maya);
	assert_true(maya->hungup);
	assert_int_equal(messages().count, 1);
}

static void test_full(void **state)
{
	struct voicemail_counts c = {.fresh = 60, .old = 40};
	struct fake *maya;

	waiting_set(world.x, world.northwind->id, "1002", &c);
	world_send("1001", DEST_voicemail, "1002", &maya);
	assert_string_equal(fake_hears_play(maya), "vm-mailboxfull");
	fake_hangup(maya);
	assert_int_equal(messages().count, 0);
	assert_true(story_has("The mailbox of Tom Becker is full"));
	assert_int_equal(world.last->result, CDR_answered);
}

static int switch_fn(struct db *db, void *obj)
{
	struct mailbox m;
	int err = mailbox_by_number(&m, db, world.northwind->id, "1002");

	m.active = *(bool *)obj;
	return err ? err : mailbox_change(db, &m);
}

static void mailbox_switch(bool on)
{
	assert_int_equal(store_write_wait(world.store, switch_fn, &on), 0);
	world_reload();
}

static void test_switched_off(void **state)
{
	struct fake *maya;

	mailbox_switch(false);
	world_send("1001", DEST_voicemail, "1002", &maya);
	assert_string_equal(fake_hears_play(maya), "vm-nobox");
	fake_played(maya);
	assert_string_equal(fake_hears_play(maya), "tone:busy");
	fake_hangup(maya);
	assert_true(story_has("Tom Becker takes no messages"));
	mailbox_switch(true);
}

/* The counts reach the lamp. */
static void test_lamp(void **state)
{
	struct voicemail_counts c;

	waiting_get(&c, world.x, world.northwind->id, "1002");
	assert_int_equal(c.fresh, 0);
	fake_hangup(speaking(5000));
	world_settle();
	waiting_get(&c, world.x, world.northwind->id, "1002");
	assert_int_equal(c.fresh, 1);
	waiting_get(&c, world.x, world.harbor->id, "1002");
	assert_int_equal(c.fresh, 0);
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_hangs_up),
		TEST(test_the_disk_fills_up),
		TEST(test_hangs_up),
		TEST(test_the_store_refuses),
		TEST(test_hangs_up),
		TEST(test_says_nothing),
		TEST(test_silence),
		TEST(test_saved_by_key),
		TEST(test_urgent),
		TEST(test_listens),
		TEST(test_begins_anew),
		TEST(test_too_short),
		TEST(test_full),
		TEST(test_skips_the_greeting),
		TEST(test_switched_off),
		TEST(test_review_times_out),
		TEST(test_lamp),
		TEST(test_told_after_the_commit),
		TEST(test_told_that_the_store_refuses),
		TEST(test_dropped_while_the_exchange_goes),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
