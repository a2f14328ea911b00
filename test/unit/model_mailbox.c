/**
 * @file model_mailbox.c  Mailboxes: settings, PINs and their lock, the snapshot
 */
#include "model_test.h"
#include "greeting.h"
#include "mailbox.h"
#include "snapshot.h"

static struct mailbox mailbox_of(const struct extension *e)
{
	struct mailbox m;

	assert_int_equal(mailbox_get(&m, db, e->tenant, e->id), 0);
	return m;
}

static struct mailbox mailbox_on(const struct extension *e, const char *pin)
{
	struct mailbox m = mailbox_of(e);

	m.active = true;
	mailbox_pin_set(&m, secret, pin);
	assert_int_equal(mailbox_change(db, &m), 0);
	return m;
}

static enum pin_result tried(const struct mailbox *m, const char *pin, int64_t now)
{
	enum pin_result r = PIN_NONE;

	assert_int_equal(mailbox_pin_try(&r, db, secret, m->tenant, m->extension_id, pin, now), 0);
	return r;
}

static void test_every_extension_has_one(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct mailbox m = mailbox_of(&e), found;

	assert_false(m.active);
	assert_string_equal(m.number, "1001");
	assert_int_equal(m.max_ms, MAILBOX_MS_DEFAULT);
	assert_int_equal(mailbox_by_number(&found, db, mine.id, "1001"), 0);
	assert_int_equal(mailbox_by_number(&found, db, other.id, "1001"), ENOENT);
	assert_int_equal(mailbox_get(&found, db, other.id, e.id), ENOENT);
	assert_int_equal(extension_remove(db, mine.id, e.id), 0);
	assert_int_equal(mailbox_get(&found, db, mine.id, e.id), ENOENT);
}

static void test_change(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct mailbox m = mailbox_of(&e), again;

	strcpy(m.emails, "maya@mine.example.com");
	m.attach = ATTACH_WAV;
	m.keep_days = 30;
	assert_int_equal(mailbox_change(db, &m), 0);
	again = mailbox_of(&e);
	assert_memory_equal(&m, &again, sizeof(m));
	m.version = 1;
	assert_int_equal(mailbox_change(db, &m), ESTALE);
}

static void test_check(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct mailbox m = mailbox_of(&e);
	struct field_errors good = {0}, bad = {0}, many = {0};

	assert_int_equal(mailbox_check(&good, db, &m), 0);
	assert_int_equal(good.count, 0);
	strcpy(m.emails, "maya@mine.example.com nobody");
	m.max_ms = 1;
	m.max_messages = 0;
	m.keep_days = -1;
	strcpy(m.greeting_id, "0192f0c1-0000-7000-8000-000000000000");
	assert_int_equal(mailbox_check(&bad, db, &m), 0);
	assert_field(&bad, "emails", "nobody");
	assert_field(&bad, "maxMs", "between");
	assert_field(&bad, "maxMessages", "between");
	assert_field(&bad, "keepDays", "between");
	assert_field(&bad, "greetingId", "mailbox");
	strcpy(m.emails, "a@b.c b@b.c c@b.c d@b.c e@b.c f@b.c");
	assert_int_equal(mailbox_check(&many, db, &m), 0);
	assert_field(&many, "emails", "5 addresses");
}

static void test_pins(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct extension f = extension_make(mine.id, "1002", "Tom");
	struct mailbox m = mailbox_of(&e), tom = mailbox_on(&f, "2580");

	assert_int_equal(tried(&m, "2580", 0), PIN_NONE);
	m = mailbox_on(&e, "2580");
	assert_null(strstr(m.pin, "2580"));
	assert_string_not_equal(m.pin, tom.pin);
	assert_int_equal(tried(&m, "2580", 0), PIN_GOOD);
	assert_int_equal(tried(&m, "2581", 0), PIN_WRONG);
	assert_int_equal(tried(&m, "", 0), PIN_WRONG);
	assert_true(pin_good("2580", "1001"));
	assert_false(pin_good("258", "1001"));
	assert_false(pin_good("25a0", "1001"));
	assert_false(pin_good("1001", "1001"));
	assert_false(pin_good("7777", "1001"));
	assert_false(pin_good("1234", "1001"));
	assert_false(pin_good("8765", "1001"));
	assert_false(pin_good("12345678901", "1001"));
}

static void test_lock(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct mailbox m = mailbox_on(&e, "2580");
	int64_t now = 1000000, minute = 60000;

	for (int i = 0; i < 4; i++)
		assert_int_equal(tried(&m, "0000", now), PIN_WRONG);
	assert_int_equal(tried(&m, "2580", now), PIN_GOOD);
	for (int i = 0; i < 5; i++)
		assert_int_equal(tried(&m, "0000", now), i < 4 ? PIN_WRONG : PIN_LOCKED);
	assert_int_equal(tried(&m, "2580", now), PIN_LOCKED);
	assert_int_equal(tried(&m, "2580", now + 14 * minute), PIN_LOCKED);
	now += 15 * minute;
	for (int i = 0; i < 5; i++)
		assert_int_equal(tried(&m, "0000", now), i < 4 ? PIN_WRONG : PIN_LOCKED);
	assert_int_equal(tried(&m, "2580", now + 29 * minute), PIN_LOCKED);
	assert_int_equal(tried(&m, "2580", now + 30 * minute), PIN_GOOD);
	for (int i = 0; i < 5; i++)
		assert_int_equal(tried(&m, "0000", now), i < 4 ? PIN_WRONG : PIN_LOCKED);
	m = mailbox_on(&e, "1470");
	assert_int_equal(tried(&m, "1470", now), PIN_GOOD);
}

static void test_greetings(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct greeting g = {.tenant = mine.id, .name = "Holidays", .duration_ms = 3000}, found;
	struct mailbox m;

	strcpy(g.extension_id, e.id);
	strcpy(g.blob, "1/2026/11/0192f0c1-0000-7000-8000-000000000000");
	assert_int_equal(greeting_add(db, &g), 0);
	assert_int_equal(greeting_get(&found, db, mine.id, e.id, g.id), 0);
	assert_memory_equal(&g, &found, sizeof(g));
	assert_int_equal(greeting_get(&found, db, other.id, e.id, g.id), ENOENT);
	assert_int_equal(greeting_use(db, mine.id, e.id, g.id), 0);
	m = mailbox_of(&e);
	assert_string_equal(m.greeting_id, g.id);
	assert_int_equal(greeting_remove(db, &g), 0);
	m = mailbox_of(&e);
	assert_string_equal(m.greeting_id, "");
	for (int i = 0; i < GREETINGS_MAX; i++)
		assert_int_equal(greeting_add(db, &g), 0);
	assert_int_equal(greeting_add(db, &g), EBUSY);
}

static void test_snapshot(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct greeting g = {.tenant = mine.id, .name = "Hello", .duration_ms = 3000};
	struct tenant *t;

	extension_make(mine.id, "1002", "Tom");
	mailbox_on(&e, "2580");
	strcpy(g.extension_id, e.id);
	strcpy(g.blob, "1/2026/11/0192f0c1-0000-7000-8000-000000000000");
	assert_int_equal(greeting_add(db, &g), 0);
	assert_int_equal(greeting_use(db, mine.id, e.id, g.id), 0);
	assert_int_equal(tenant_load(&t, db, mine.id), 0);
	assert_null(tenant_extension(t, "1002")->mailbox);
	assert_non_null(tenant_extension(t, "1001")->mailbox);
	assert_string_equal(tenant_extension(t, "1001")->mailbox->greeting, g.blob);
	assert_true(tenant_extension(t, "1001")->mailbox->has_pin);
	shared_unref(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_extension_has_one),
		TEST(test_change),
		TEST(test_check),
		TEST(test_pins),
		TEST(test_lock),
		TEST(test_greetings),
		TEST(test_snapshot),
	};

	return RUN(tests);
}
