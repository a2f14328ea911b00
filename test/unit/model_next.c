/**
 * @file model_next.c  What comes after a dest, and which row or code says so
 */
#include "model_test.h"
#include "clock.h"
#include "dest_exit.h"
#include "expand.h"
#include "next.h"

static struct tenant *load(void)
{
	struct tenant *t;

	assert_int_equal(tenant_load(&t, db, mine.id), 0);
	return t;
}

static void row(const char *target, enum exit_id exit, const char *to)
{
	struct dest_exit x = {.dest = {DEST_announce, ""}, .next = {DEST_extension, ""}};

	str_ncpy(x.dest.target, target, sizeof(x.dest.target));
	str_ncpy(x.next.target, to, sizeof(x.next.target));
	x.exit = exit;
	assert_int_equal(dest_exit_set(db, mine.id, &x), 0);
}

static const char *after(const struct tenant *t, const char *target, enum exit_id exit)
{
	struct moment now = moment_of(t, clock_wall_ms());
	struct dest d = {.kind = DEST_announce};
	static struct dest next;

	str_ncpy(d.target, target, sizeof(d.target));
	return dest_next(t, &d, exit, &now, &next) ? next.target : "";
}

static void test_the_nearest_row_speaks(void **state)
{
	struct tenant *t;

	row("closed", EXIT_done, "1");
	row("closed", EXIT_ANY, "2");
	row("", EXIT_failed, "3");
	row("", EXIT_ANY, "4");
	t = load();
	assert_string_equal(after(t, "closed", EXIT_done), "1");
	assert_string_equal(after(t, "closed", EXIT_failed), "2");
	assert_string_equal(after(t, "open", EXIT_failed), "3");
	assert_string_equal(after(t, "open", EXIT_busy), "4");
	shared_unref(t);
}

static void test_without_a_row_nothing_comes(void **state)
{
	struct tenant *t;

	row("closed", EXIT_done, "1");
	t = load();
	assert_string_equal(after(t, "closed", EXIT_busy), "");
	assert_string_equal(after(t, "open", EXIT_done), "");
	shared_unref(t);
}

static void code_set(enum feature_id id, const char *code, bool active)
{
	struct feature_code c = {.tenant = mine.id, .id = id, .active = active};

	str_ncpy(c.code, code, sizeof(c.code));
	assert_int_equal(feature_code_set(db, &c), 0);
}

static void test_tenant_chooses_its_codes(void **state)
{
	struct tenant *t;
	struct dest d;

	code_set(FEATURE_echo_test, "*55", true);
	code_set(FEATURE_music, "*9664", false);
	t = load();
	assert_int_equal(dest_resolve(&d, t, "*55"), 0);
	assert_int_equal(d.kind, DEST_echo);
	assert_int_equal(dest_resolve(&d, t, "*43"), ENOENT);
	assert_int_equal(dest_resolve(&d, t, "*9664"), ENOENT);
	assert_int_equal(dest_resolve(&d, t, "*9196"), 0);
	shared_unref(t);
}

static void test_codes_are_checked(void **state)
{
	struct feature_code c = {.tenant = mine.id, .id = FEATURE_music, .active = true};
	static const char *const bad[] = {"", "9", "*", "*a", "*123456789", "55*", "*4#"};
	struct field_errors fe = {0};

	for (size_t i = 0; i < COUNT(bad); i++) {
		memset(&fe, 0, sizeof(fe));
		str_ncpy(c.code, bad[i], sizeof(c.code));
		assert_int_equal(feature_code_check(&fe, db, &c), 0);
		assert_field(&fe, "code", "must be");
	}
	memset(&fe, 0, sizeof(fe));
	str_ncpy(c.code, "*43", sizeof(c.code));
	assert_int_equal(feature_code_check(&fe, db, &c), 0);
	assert_field(&fe, "code", "Echo test");
	memset(&fe, 0, sizeof(fe));
	str_ncpy(c.code, "*66", sizeof(c.code));
	assert_int_equal(feature_code_check(&fe, db, &c), 0);
	assert_int_equal(fe.count, 0);
}

static void test_why_says_who_and_when(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct extension_settings s = {.tenant = mine.id};
	struct dest d = {DEST_extension, "1001"};
	char why[WHY_SIZE], clock[ZONE_CLOCK], expected[WHY_SIZE];
	struct moment now;
	struct tenant *t;

	extension_make(mine.id, "1002", "Tom");
	str_ncpy(s.extension_id, e.id, sizeof(s.extension_id));
	s.forward[FORWARD_busy].on = true;
	str_ncpy(s.forward[FORWARD_busy].number, "1002", PHONE_SIZE);
	assert_int_equal(extension_settings_change(db, &s, "Ana"), 0);
	t = load();
	now = moment_of(t, s.forward[FORWARD_busy].mark.at);
	zone_clock(clock, t->zone, now.at);
	assert_true(dest_next_why(why, t, &d, EXIT_busy, &now));
	snprintf(expected, sizeof(expected),
		 "Maya: everybody was busy, forwarded to Tom (set %s by Ana)", clock);
	assert_string_equal(why, expected);
	now.at += 48LL * 3600000;
	assert_true(dest_next_why(why, t, &d, EXIT_busy, &now));
	assert_non_null(strstr(why, "(set 20"));
	assert_false(dest_next_why(why, t, &d, EXIT_noanswer, &now));
	shared_unref(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_nearest_row_speaks),   TEST(test_without_a_row_nothing_comes),
		TEST(test_tenant_chooses_its_codes), TEST(test_codes_are_checked),
		TEST(test_why_says_who_and_when),
	};

	return RUN(tests);
}
