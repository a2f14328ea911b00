/**
 * @file dest_mailbox.c  The owner's menu: who is let in, what each key does, what is written
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "clock.h"
#include "fake/fake.h"
#include "greeting.h"
#include "mailbox.h"
#include "settings.h"
#include "voicemail.h"
#include "waiting.h"

static const struct tenant_extension *tom(void)
{
	return tenant_extension(world.northwind, "1002");
}

struct leaving {
	const char *extension, *from;
	bool urgent;
	struct voicemail v;
};

static int leave_fn(struct db *db, void *obj)
{
	struct leaving *l = obj;
	struct voicemail *v = &l->v;
	int err;

	v->tenant = world.northwind->id;
	strcpy(v->id, id_new().s);
	strcpy(v->extension_id, tenant_extension(world.northwind, l->extension)->id);
	strcpy(v->from_number, l->from);
	v->created_at = clock_wall_ms();
	blob_key(v->blob, v->tenant, v->created_at);
	err = blob_put(world.blobs, v->blob, "RIFF", 4);
	if (!err)
		err = voicemail_begin(db, v);
	return err ? err : voicemail_finish(db, v->tenant, v->id, 5000, l->urgent);
}

static struct voicemail left_by(const char *from)
{
	struct leaving l = {.extension = "1002", .from = from};

	clock_advance(2); /* ids sort by their millisecond */
	assert_int_equal(store_write_wait(world.store, leave_fn, &l), 0);
	return l.v;
}

struct found {
	const char *extension, *folder;
	unsigned count;
	struct voicemail v[10];
};

static int found_h(const struct voicemail *v, void *arg)
{
	struct found *f = arg;

	f->v[f->count++] = *v;
	return 0;
}

static int find_fn(struct db *db, void *obj)
{
	struct found *f = obj;

	return voicemail_list(db, world.northwind->id,
			      tenant_extension(world.northwind, f->extension)->id, f->folder, NULL,
			      10, found_h, f);
}

static struct found in_folder(const char *extension, const char *folder)
{
	struct found f = {.extension = extension, .folder = folder};

	world_settle();
	assert_int_equal(store_read(world.store, find_fn, &f), 0);
	return f;
}

static int empty_fn(struct db *db, void *obj)
{
	struct mailbox m;
	int err = db_exec(db, "DELETE FROM voicemail_message", "");

	if (!err)
		err = db_exec(db, "DELETE FROM greeting", "");
	if (!err)
		err = db_exec(db, "UPDATE mailbox SET pin_failures = 0, pin_locked_until = 0", "");
	if (!err)
		err = mailbox_get(&m, db, world.northwind->id, tom()->id);
	if (err)
		return err;
	m.greeting_id[0] = '\0';
	mailbox_pin_set(&m, exchange_conf(world.x)->secret, "1002");
	return mailbox_change(db, &m);
}

static int reset(void **state)
{
	int err = world_reset(state);

	if (!err)
		err = store_write_wait(world.store, empty_fn, NULL);
	world_reload();
	return err;
}

static bool hears(const struct fake *f, const char *part)
{
	bool found = strstr(fake_hears_play(f), part);

	if (!found)
		print_message("heard: %s\n", fake_hears_play(f));
	return found;
}

static void press(const struct fake *f, const char *keys)
{
	fake_press(f, keys);
	for (int i = 0; i < 3; i++) /* a reply may let keys act that ask again */
		world_settle();
}

static struct fake *tom_at_the_door(void)
{
	struct fake *f;

	world_send("1002", DEST_mailbox, "", &f);
	return f;
}

static struct fake *tom_inside(void)
{
	struct fake *f = tom_at_the_door();

	assert_string_equal(fake_hears_play(f), "vm-password");
	press(f, "1002#");
	assert_true(hears(f, "vm-youhave"));
	return f;
}

static void test_pin_lets_in(void **state)
{
	struct fake *f;

	left_by("1001");
	f = tom_inside();
	assert_true(hears(f, "vm-youhave&digits/1&vm-INBOX&vm-message&"));
	fake_hangup(f);
	assert_true(story_has("Tom Becker opened the mailbox of Tom Becker"));
	assert_int_equal(in_folder("1002", "new").count, 1);
}

static void test_wrong_pin(void **state)
{
	struct fake *f = tom_at_the_door();

	press(f, "1003#");
	assert_true(hears(f, "vm-incorrect&vm-password"));
	press(f, "10*1002#");
	assert_true(hears(f, "vm-youhave&vm-no&vm-INBOX"));
	fake_hangup(f);
}

static void test_three_wrong_pins(void **state)
{
	struct fake *f = tom_at_the_door();

	press(f, "1#");
	press(f, "2#");
	press(f, "3#");
	assert_true(hears(f, "vm-invalid-password&vm-goodbye"));
	fake_played(f);
	assert_true(f->hungup);
	assert_true(story_has("keyed a wrong PIN"));
	f = tom_at_the_door();
	press(f, "4#");
	press(f, "5#");
	press(f, "1002#");
	assert_true(hears(f, "vm-invalid-password&vm-goodbye"));
	fake_hangup(f);
	assert_true(story_has("locked for a while"));
}

static int let_in_fn(struct db *db, void *obj)
{
	struct tenant_row t;
	int err = tenant_get(&t, db, world.northwind->id);

	if (!settings_set_flag(t.settings, sizeof(t.settings), "mailboxOwnDevice", *(bool *)obj))
		return EINVAL;
	return err ? err : tenant_change(db, &t);
}

static void own_device_let_in(bool on)
{
	assert_int_equal(store_write_wait(world.store, let_in_fn, &on), 0);
	world_reload();
}

static void test_own_device_is_let_in(void **state)
{
	struct fake *f;

	own_device_let_in(true);
	f = tom_at_the_door();
	world_settle();
	assert_true(hears(f, "vm-youhave"));
	fake_hangup(f);
	world_send("1001", DEST_mailbox, "1002", &f);
	assert_string_equal(fake_hears_play(f), "vm-password");
	fake_hangup(f);
	own_device_let_in(false);
}

/* Whose mailbox is asked first; nobody learns which there are. */
static void test_any_mailbox(void **state)
{
	struct fake *f;

	world_send("1001", DEST_mailbox, "any", &f);
	assert_string_equal(fake_hears_play(f), "vm-login");
	press(f, "7777#");
	assert_string_equal(fake_hears_play(f), "vm-password");
	press(f, "7777#");
	assert_true(hears(f, "vm-incorrect&vm-password"));
	fake_hangup(f);
	world_send("1001", DEST_mailbox, "any", &f);
	press(f, "1002#1002#");
	assert_true(hears(f, "vm-youhave"));
	fake_hangup(f);
}

static void test_listens_in_order(void **state)
{
	struct voicemail a = left_by("1001"), b = left_by("1003");
	struct fake *f = tom_inside();
	struct found old;

	press(f, "1");
	assert_true(hears(f, a.blob));
	fake_played(f);
	world_settle();
	assert_true(hears(f, "vm-press&digits/1&to-listen-to-it"));
	assert_int_equal(in_folder("1002", "new").count, 1);
	press(f, "1");
	assert_true(hears(f, a.blob));
	press(f, "6");
	assert_true(hears(f, b.blob));
	press(f, "2");
	assert_true(hears(f, "vm-message&vm-saved&vm-nomore"));
	fake_hangup(f);
	old = in_folder("1002", "old");
	assert_int_equal(old.count, 2);
	assert_int_equal(old.v[0].state, VOICEMAIL_SAVED);
	assert_int_equal(old.v[1].state, VOICEMAIL_READ);
}

/* Whoever hangs up in the middle has not heard it. */
static void test_stays_new(void **state)
{
	struct fake *f;

	left_by("1001");
	f = tom_inside();
	press(f, "1");
	fake_hangup(f);
	assert_int_equal(in_folder("1002", "new").count, 1);
}

static void test_deletes_and_takes_back(void **state)
{
	struct fake *f;

	left_by("1001");
	f = tom_inside();
	press(f, "13");
	assert_true(hears(f, "vm-deleted&"));
	assert_int_equal(in_folder("1002", "").count, 0);
	press(f, "3");
	assert_true(hears(f, "vm-undeleted&"));
	assert_int_equal(in_folder("1002", "").count, 1);
	press(f, "3");
	fake_hangup(f);
	assert_int_equal(in_folder("1002", "deleted").count, 1);
}

/* There is a way back to what was deleted after going on, until the call ends and beyond. */
static void test_goes_back_to_what_was_deleted(void **state)
{
	struct voicemail a = left_by("1001"), b = left_by("1003");
	struct fake *f = tom_inside();

	assert_false(strstr(fake_hears_play(f), "vm-deleted"));
	press(f, "136");
	assert_true(hears(f, b.blob));
	press(f, "8");
	assert_true(hears(f, a.blob));
	press(f, "66");
	assert_true(hears(f, "vm-nomore"));
	assert_true(hears(f, "vm-press&digits/5&vm-for&vm-deleted&vm-messages"));
	press(f, "5");
	assert_true(hears(f, a.blob));
	press(f, "3");
	assert_true(hears(f, "vm-undeleted&"));
	assert_int_equal(in_folder("1002", "").count, 2);
	fake_hangup(f);
}

static int refuse_fn(struct db *db, void *obj)
{
	return db_exec(
		db,
		"CREATE TRIGGER refuse BEFORE UPDATE OF deleted_at ON voicemail_message BEGIN "
		"SELECT RAISE(ABORT, 'no'); END",
		"");
}

static int admit_fn(struct db *db, void *obj)
{
	return db_exec(db, "DROP TRIGGER refuse", "");
}

/* Nobody is told that something is done which is not. */
static void test_the_store_refuses(void **state)
{
	struct fake *f;

	left_by("1001");
	f = tom_inside();
	assert_int_equal(store_write_wait(world.store, refuse_fn, NULL), 0);
	press(f, "13");
	assert_int_equal(store_write_wait(world.store, admit_fn, NULL), 0);
	assert_true(hears(f, "im-sorry&vm-pls-try-again&"));
	assert_false(hears(f, "vm-deleted"));
	fake_hangup(f);
}

static void test_calls_back(void **state)
{
	struct fake *f;

	left_by("1001");
	fake_register(world.northwind->id, "1001", "Yealink", false);
	f = tom_inside();
	press(f, "14");
	fake_run(0);
	assert_int_equal(fake_out_count(), 1);
	assert_string_equal(fake_out(0)->to.to_user, "1001");
	fake_hangup(f);
	assert_true(story_has("calls back 1001"));
}

/* A PIN is no licence to call outside at somebody's cost. */
static void test_outsider_calls_nobody(void **state)
{
	struct dest dest = {.kind = DEST_mailbox, .target = "1002"};
	struct fake *f;

	left_by("+14155551234");
	fake_register(world.northwind->id, "1001", "Yealink", false);
	f = fake_invite_trunk("+14155559999", "+14155550110");
	flow_goto(exchange_calls(world.x)->tail->data, &dest);
	press(f, "1002#14");
	assert_true(hears(f, "vm-nonumber"));
	assert_int_equal(fake_out_count(), 1); /* Maya's phone, before */
	fake_hangup(f);
}

static void test_forwards(void **state)
{
	struct voicemail v = left_by("1001");
	struct found maya;
	struct voicemail_counts c;
	struct fake *f = tom_inside();

	press(f, "15");
	assert_string_equal(fake_hears_play(f), "vm-extension&vm-then-pound");
	press(f, "1001#");
	assert_true(hears(f, "vm-msgforwarded"));
	maya = in_folder("1001", "new");
	assert_int_equal(maya.count, 1);
	assert_string_equal(maya.v[0].forwarded_by, "Tom Becker");
	assert_string_not_equal(maya.v[0].blob, v.blob);
	assert_int_equal(blob_delete(world.blobs, v.blob), 0);
	assert_int_equal(blob_open(&(int){0}, NULL, world.blobs, maya.v[0].blob), 0);
	waiting_get(&c, world.x, world.northwind->id, "1001");
	assert_int_equal(c.fresh, 1);
	press(f, "57777#");
	assert_true(hears(f, "pbx-invalid"));
	fake_hangup(f);
}

static void test_says_when_and_who(void **state)
{
	struct fake *f;

	left_by("+14155551234");
	f = tom_inside();
	press(f, "17");
	assert_true(hears(f, "vm-received&digits/"));
	assert_true(hears(f, "vm-from-phonenumber&letters/plus&digits/1&digits/4"));
	fake_hangup(f);
}

static void test_changes_the_pin(void **state)
{
	struct fake *f = tom_inside();

	press(f, "4");
	assert_string_equal(fake_hears_play(f), "vm-newpassword");
	press(f, "1234#");
	assert_true(hears(f, "vm-invalid-password&vm-newpassword"));
	press(f, "2580#");
	press(f, "2581#");
	assert_true(hears(f, "vm-mismatch&vm-newpassword"));
	press(f, "2580#2580#");
	assert_true(hears(f, "vm-passchanged"));
	fake_hangup(f);
	f = tom_at_the_door();
	press(f, "2580#");
	assert_true(hears(f, "vm-youhave"));
	fake_hangup(f);
}

static struct fake *greeting_recorded(uint64_t ms)
{
	struct fake *f = tom_inside();

	press(f, "31");
	assert_string_equal(fake_hears_play(f), "vm-rec-unv&beep");
	fake_played(f);
	assert_true(fake_is_recorded(f));
	fake_run(ms);
	return f;
}

static const char *greeting_of_tom(void)
{
	return tenant_extension(tenants_by_id(world.tenants, world.northwind->id), "1002")
		->mailbox->greeting;
}

static void test_records_a_greeting(void **state)
{
	struct fake *f = greeting_recorded(4000);

	press(f, "#");
	assert_true(hears(f, "vm-saved&"));
	assert_string_not_equal(greeting_of_tom(), "");
	press(f, "2");
	assert_true(hears(f, greeting_of_tom()));
	press(f, "3");
	assert_string_equal(greeting_of_tom(), "");
	fake_hangup(f);
}

static void test_greeting_not_finished(void **state)
{
	fake_hangup(greeting_recorded(4000));
	world_settle();
	assert_string_equal(greeting_of_tom(), "");
	fake_hangup(greeting_recorded(200));
	assert_string_equal(greeting_of_tom(), "");
}

static void test_nobody_keys(void **state)
{
	struct fake *f = tom_inside();

	for (int i = 0; i < 3; i++) {
		assert_false(f->hungup);
		fake_played(f);
		fake_run(9000);
	}
	assert_true(hears(f, "vm-goodbye"));
	fake_played(f);
	assert_true(f->hungup);
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pin_lets_in),
		TEST(test_wrong_pin),
		TEST(test_three_wrong_pins),
		TEST(test_own_device_is_let_in),
		TEST(test_any_mailbox),
		TEST(test_listens_in_order),
		TEST(test_stays_new),
		TEST(test_deletes_and_takes_back),
		TEST(test_goes_back_to_what_was_deleted),
		TEST(test_the_store_refuses),
		TEST(test_calls_back),
		TEST(test_outsider_calls_nobody),
		TEST(test_forwards),
		TEST(test_says_when_and_who),
		TEST(test_changes_the_pin),
		TEST(test_records_a_greeting),
		TEST(test_greeting_not_finished),
		TEST(test_nobody_keys),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
