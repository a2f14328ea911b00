/**
 * @file model_call_flow.c  Call flows: what is refused, kept and shown to calls; PINs
 */
#include "call_flow.h"
#include "model_test.h"
#include "snapshot.h"

static void flow_fill(struct call_flow *f, const char *number)
{
	memset(f, 0, sizeof(*f));
	f->tenant = mine.id;
	str_ncpy(f->number, number, sizeof(f->number));
	str_ncpy(f->name, "Night", sizeof(f->name));
}

static void test_what_was_written_is_read(void **state)
{
	struct call_flow f, g;
	struct tenant *t;

	flow_fill(&f, "7");
	call_flow_pin(f.pin, secret, mine.id, "7", "4711");
	f.has_night_dest = true;
	f.night_dest.kind = DEST_music;
	assert_int_equal(call_flow_add(db, &f), 0);
	assert_int_equal(call_flow_by_number(&g, db, mine.id, "7"), 0);
	assert_memory_equal(&f, &g, sizeof(f));
	assert_int_equal(call_flow_by_number(&g, db, other.id, "7"), ENOENT);
	f.night = true;
	assert_int_equal(call_flow_change(db, &f), 0);
	assert_int_equal(tenant_load(&t, db, mine.id), 0);
	assert_true(tenant_call_flow(t, f.id)->night);
	assert_true(tenant_call_flow_number(t, "7")->pin);
	assert_null(tenant_call_flow_number(t, "8"));
	shared_unref(t);
	f.version = 1;
	assert_int_equal(call_flow_change(db, &f), ESTALE);
	assert_int_equal(call_flow_remove(db, mine.id, f.id), 0);
	assert_int_equal(call_flow_remove(db, mine.id, f.id), ENOENT);
}

static void test_what_is_refused(void **state)
{
	static const char *const wrong[] = {"", "0", "07", "1a"};
	struct field_errors fe = {0};
	struct call_flow f, g;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct field_errors one = {0};

		flow_fill(&f, wrong[i]);
		assert_int_equal(call_flow_check(&one, db, &f), 0);
		assert_field(&one, "number", "between 1 and 99");
	}
	flow_fill(&f, "7");
	assert_int_equal(call_flow_add(db, &f), 0);
	flow_fill(&g, "7");
	g.has_day_dest = true;
	g.day_dest = (struct dest){DEST_callflow, "gone"};
	assert_int_equal(call_flow_check(&fe, db, &g), 0);
	assert_field(&fe, "number", "already used by Night");
	assert_field(&fe, "day", "does not exist");
}

static void test_pins(void **state)
{
	char a[SECRET_MAC], b[SECRET_MAC];

	assert_true(pin_digits("4711"));
	assert_false(pin_digits("471"));
	assert_false(pin_digits("47a1"));
	assert_false(pin_digits("12345678901"));
	call_flow_pin(a, secret, mine.id, "7", "4711");
	call_flow_pin(b, secret, mine.id, "7", "4711");
	assert_string_equal(a, b);
	call_flow_pin(b, secret, mine.id, "8", "4711");
	assert_string_not_equal(a, b);
}

static enum pin_result turned(const char *pin, int64_t now, bool night)
{
	struct call_flow f;
	enum pin_result r = PIN_NONE;

	assert_int_equal(call_flow_turn(&r, &f, db, secret, mine.id, "7", pin, now), 0);
	assert_int_equal(call_flow_by_number(&f, db, mine.id, "7"), 0);
	assert_int_equal(f.night, night);
	return r;
}

static void test_wrong_pins_lock_the_code_for_a_while_and_a_new_pin_opens_it(void **state)
{
	enum { T = 1000000, MINUTE = 60000 };
	struct call_flow f;

	flow_fill(&f, "7");
	call_flow_pin(f.pin, secret, mine.id, "7", "4711");
	assert_int_equal(call_flow_add(db, &f), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(turned("4712", T, false), PIN_WRONG);
	assert_int_equal(turned("4711", T, true), PIN_GOOD);
	for (int i = 0; i < 4; i++)
		assert_int_equal(turned("4712", T, true), PIN_WRONG);
	assert_int_equal(turned("4712", T, true), PIN_LOCKED);
	assert_int_equal(turned("4711", T + 14 * MINUTE, true), PIN_LOCKED);
	assert_int_equal(turned("4711", T + 15 * MINUTE, false), PIN_GOOD);
	for (int i = 0; i < 5; i++)
		(void)turned("4712", T, false);
	assert_int_equal(call_flow_by_number(&f, db, mine.id, "7"), 0);
	call_flow_pin(f.pin, secret, mine.id, "7", "2580");
	assert_int_equal(call_flow_change(db, &f), 0);
	assert_int_equal(turned("2580", T, true), PIN_GOOD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_was_written_is_read),
		TEST(test_what_is_refused),
		TEST(test_pins),
		TEST(test_wrong_pins_lock_the_code_for_a_while_and_a_new_pin_opens_it),
	};

	return RUN(tests);
}
