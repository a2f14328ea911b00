/**
 * @file model_voicemail.c  Messages: from recording to purge, folders, counts, other tenants
 */
#include "model_test.h"
#include "clock.h"
#include "mail.h"
#include "mailbox.h"
#include "voicemail.h"

static struct extension maya, tom;

static int setup_people(void **state)
{
	int err = setup(state);

	maya = extension_make(mine.id, "1001", "Maya");
	tom = extension_make(mine.id, "1002", "Tom");
	return err;
}

#define PEOPLE(f) cmocka_unit_test_setup_teardown(f, setup_people, teardown)

static struct voicemail begun(const struct extension *e)
{
	struct voicemail v = {
		.tenant = e->tenant, .from_number = "+14155550110", .created_at = clock_wall_ms()};

	clock_advance(2); /* ids sort by their millisecond */
	strcpy(v.id, id_new().s);
	strcpy(v.extension_id, e->id);
	blob_key(v.blob, v.tenant, v.created_at);
	assert_int_equal(voicemail_begin(db, &v), 0);
	return v;
}

static struct voicemail left(const struct extension *e, bool urgent)
{
	struct voicemail v = begun(e);

	assert_int_equal(voicemail_finish(db, v.tenant, v.id, 5000, urgent), 0);
	assert_int_equal(voicemail_get(&v, db, v.tenant, v.id), 0);
	return v;
}

static int list_h(const struct voicemail *v, void *arg)
{
	listed_add(arg, v->id);
	return 0;
}

static unsigned folder_count(const struct extension *e, const char *name)
{
	struct listed l = {0};

	assert_int_equal(voicemail_list(db, mine.id, e->id, name, NULL, 0, list_h, &l), 0);
	return l.count;
}

static struct voicemail_counts counts(const struct extension *e)
{
	struct voicemail_counts c;

	assert_int_equal(voicemail_counts(&c, db, e->tenant, e->id), 0);
	return c;
}

static void test_there_once_complete(void **state)
{
	struct voicemail v = begun(&maya), found;

	assert_int_equal(voicemail_get(&found, db, mine.id, v.id), ENOENT);
	assert_int_equal(folder_count(&maya, ""), 0);
	assert_int_equal(counts(&maya).fresh, 0);
	assert_int_equal(voicemail_finish(db, mine.id, v.id, 5000, true), 0);
	assert_int_equal(voicemail_finish(db, mine.id, v.id, 1, false), ENOENT);
	assert_int_equal(voicemail_get(&found, db, mine.id, v.id), 0);
	assert_int_equal(found.state, VOICEMAIL_NEW);
	assert_int_equal(found.duration_ms, 5000);
	assert_true(found.urgent);
	assert_int_equal(voicemail_get(&found, db, other.id, v.id), ENOENT);
	assert_int_equal(folder_count(&maya, "new"), 1);
	assert_int_equal(folder_count(&tom, "new"), 0);
	assert_int_equal(counts(&maya).urgent_fresh, 1);
}

static void test_folders(void **state)
{
	struct voicemail a = left(&maya, false), b = left(&maya, false), c = left(&maya, false);

	assert_int_equal(voicemail_mark(db, &a, VOICEMAIL_READ, 7), 0);
	assert_int_equal(voicemail_mark(db, &b, VOICEMAIL_SAVED, 7), 0);
	assert_int_equal(folder_count(&maya, "new"), 1);
	assert_int_equal(folder_count(&maya, "old"), 2);
	assert_int_equal(voicemail_delete(db, &c, 7), 0);
	assert_int_equal(folder_count(&maya, "new"), 0);
	assert_int_equal(folder_count(&maya, "deleted"), 1);
	assert_int_equal(folder_count(&maya, ""), 2);
	assert_int_equal(counts(&maya).fresh, 0);
	assert_int_equal(counts(&maya).old, 2);
	assert_int_equal(voicemail_undelete(db, &c), 0);
	assert_int_equal(counts(&maya).fresh, 1);
	assert_int_equal(voicemail_mark(db, &a, VOICEMAIL_NEW, 9), 0);
	assert_int_equal(a.read_at, 0);
	assert_int_equal(counts(&maya).fresh, 2);
}

static void test_pages(void **state)
{
	struct voicemail v[3];
	struct listed l = {0};

	for (int i = 0; i < 3; i++)
		v[i] = left(&maya, false);
	assert_int_equal(voicemail_list(db, mine.id, maya.id, "", v[2].id, 1, list_h, &l), 0);
	assert_int_equal(l.count, 1);
	assert_string_equal(l.last, v[1].id);
}

static void test_forwarded(void **state)
{
	struct voicemail v = left(&maya, true), copy = v;
	char key[BLOB_KEY];

	blob_key(key, mine.id, 0);
	assert_int_equal(voicemail_mark(db, &v, VOICEMAIL_SAVED, 7), 0);
	assert_int_equal(voicemail_copy(db, &copy, tom.id, "Maya", key), 0);
	assert_int_equal(folder_count(&tom, "new"), 1);
	assert_int_equal(folder_count(&maya, "old"), 1);
	assert_int_equal(voicemail_get(&copy, db, mine.id, copy.id), 0);
	assert_string_equal(copy.forwarded_by, "Maya");
	assert_string_equal(copy.blob, key);
	assert_int_equal(copy.duration_ms, 5000);
}

static void test_cut(void **state)
{
	struct voicemail v = begun(&maya);
	struct listed l = {0};

	left(&maya, false);
	assert_int_equal(voicemail_cut(db, list_h, &l), 0);
	assert_int_equal(l.count, 1);
	assert_string_equal(l.last, v.id);
	assert_int_equal(voicemail_drop(db, mine.id, v.id), 0);
	assert_int_equal(voicemail_drop(db, mine.id, v.id), ENOENT);
}

static unsigned due(int64_t now, const char *last)
{
	struct listed l = {0};

	assert_int_equal(voicemail_due(db, now, 100, list_h, &l), 0);
	if (last)
		assert_string_equal(l.last, last);
	return l.count;
}

static void test_due(void **state)
{
	struct voicemail a = left(&maya, false), b = left(&maya, false), c = left(&tom, false);
	int64_t now = clock_wall_ms(), day = 86400000;
	struct mailbox m;

	assert_int_equal(due(now, NULL), 0);
	assert_int_equal(voicemail_delete(db, &a, now), 0);
	assert_int_equal(due(now + VOICEMAIL_UNDO_MS - 1, NULL), 0);
	assert_int_equal(due(now + VOICEMAIL_UNDO_MS + 1, a.id), 1);
	assert_int_equal(voicemail_undelete(db, &a), 0);
	assert_int_equal(voicemail_mark(db, &a, VOICEMAIL_SAVED, now), 0);
	assert_int_equal(voicemail_mark(db, &b, VOICEMAIL_READ, now), 0);
	assert_int_equal(due(now + 400 * day, NULL), 0);
	assert_int_equal(mailbox_get(&m, db, mine.id, maya.id), 0);
	m.keep_days = 30;
	assert_int_equal(mailbox_change(db, &m), 0);
	assert_int_equal(due(now + 29 * day, NULL), 0);
	assert_int_equal(due(now + 31 * day, b.id), 1);
	assert_int_equal(extension_remove(db, mine.id, tom.id), 0);
	assert_int_equal(due(now, c.id), 1);
}

static int counts_h(int64_t tenant, const char *extension, const struct voicemail_counts *c,
		    void *arg)
{
	char text[64];

	snprintf(text, sizeof(text), "%s:%d/%d", extension, (int)c->fresh, (int)c->old);
	listed_add(arg, text);
	return 0;
}

static void test_counts_of_all(void **state)
{
	struct voicemail v = left(&tom, false);
	struct listed l = {0};

	left(&maya, false);
	left(&maya, false);
	begun(&maya);
	assert_int_equal(voicemail_mark(db, &v, VOICEMAIL_READ, 7), 0);
	assert_int_equal(voicemail_counts_each(db, counts_h, &l), 0);
	assert_int_equal(l.count, 2);
	assert_non_null(strstr(l.all, "1001:2/0"));
	assert_non_null(strstr(l.all, "1002:0/1"));
}

static int mail_seen(const struct mail *m, void *arg)
{
	char text[800], caller[64] = "", time[64] = "";

	mail_field_get(caller, sizeof(caller), m, "caller");
	mail_field_get(time, sizeof(time), m, "time");
	snprintf(text, sizeof(text), "%s|%s|%s|%s|%s", m->to, caller, time, m->file_name,
		 m->file_type);
	listed_add(arg, text);
	assert_int_equal(m->state, JOB_WAIT);
	return 0;
}

static struct listed mails(void)
{
	const struct mail_filter all = {.limit = 50};
	struct listed l = {0};

	assert_int_equal(mail_list(db, mine.id, &all, mail_seen, &l), 0);
	return l;
}

static void mailed(const struct extension *e, const char *emails, enum mailbox_attach attach)
{
	struct mailbox m;

	assert_int_equal(mailbox_get(&m, db, mine.id, e->id), 0);
	strcpy(m.emails, emails);
	m.attach = attach;
	assert_int_equal(mailbox_change(db, &m), 0);
}

/* Once for each address, in the transaction of the message, by the reader's clock. */
static void test_mails(void **state)
{
	struct user u = user_make(mine.id, "maya@mine.example.com", maya.id);
	struct voicemail v;
	struct listed l;

	strcpy(u.timezone, "America/New_York");
	assert_int_equal(user_change(db, &u), 0);
	mailed(&maya, "maya@mine.example.com desk@example.com", ATTACH_OPUS);
	v = begun(&maya);
	assert_int_equal(mails().count, 0);
	v.created_at = 0;
	assert_int_equal(db_exec(db, "UPDATE voicemail_message SET created_at = $1", "i",
				 (int64_t)1795667818000),
			 0);
	assert_int_equal(voicemail_finish(db, mine.id, v.id, 5000, false), 0);
	assert_int_equal(voicemail_finish(db, mine.id, v.id, 5000, false), ENOENT);
	l = mails();
	assert_int_equal(l.count, 2);
	assert_non_null(strstr(l.all, "maya@mine.example.com|+14155550110|25 November 2026, 23:36|"
				      "voicemail-1001.ogg|audio/ogg"));
	assert_non_null(strstr(l.all, "desk@example.com|+14155550110|26 November 2026, 04:36|"));
}

static void test_mails_of_a_copy(void **state)
{
	struct voicemail v = left(&maya, false);
	char key[BLOB_KEY];

	assert_int_equal(mails().count, 0);
	mailed(&tom, "tom@example.com", ATTACH_NONE);
	blob_key(key, mine.id, 0);
	assert_int_equal(voicemail_copy(db, &v, tom.id, "Maya", key), 0);
	assert_int_equal(mails().count, 1);
	assert_non_null(strstr(mails().all, "||")); /* nothing is attached */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PEOPLE(test_there_once_complete),
		PEOPLE(test_folders),
		PEOPLE(test_pages),
		PEOPLE(test_forwarded),
		PEOPLE(test_cut),
		PEOPLE(test_due),
		PEOPLE(test_counts_of_all),
		PEOPLE(test_mails),
		PEOPLE(test_mails_of_a_copy),
	};

	return RUN(tests);
}
