/**
 * @file model_hours.c  Time conditions: weekdays, nights, holidays, the changes of the clocks; what
 * is refused and kept
 */
#include <time.h>
#include "hours.h"
#include "model_test.h"

/* Wall ms of a UTC time */
static int64_t utc(const char *text)
{
	struct tm tm = {0};

	assert_non_null(strptime(text, "%Y-%m-%d %H:%M", &tm));
	return (int64_t)timegm(&tm) * 1000;
}

static bool open_at(const struct hours_rule *rules, unsigned n, const char *zone, const char *at)
{
	struct zone *z;
	bool open;

	assert_int_equal(zone_load(&z, zone), 0);
	open = hours_open(rules, n, z, utc(at));
	mem_deref(z);
	return open;
}

enum { WEEK = 0x1f, NINE = 9 * 60, FIVE = 17 * 60 };

static void test_usual_week(void **state)
{
	const struct hours_rule r[] = {{.open = true, .days = WEEK, .from = NINE, .to = FIVE}};

	assert_true(open_at(r, 1, "UTC", "2026-11-26 09:00")); /* a Thursday */
	assert_false(open_at(r, 1, "UTC", "2026-11-26 08:59"));
	assert_true(open_at(r, 1, "UTC", "2026-11-26 16:59"));
	assert_false(open_at(r, 1, "UTC", "2026-11-26 17:00"));
	assert_false(open_at(r, 1, "UTC", "2026-11-28 12:00"));
	assert_false(open_at(r, 0, "UTC", "2026-11-26 12:00"));
}

static void test_holidays_stand_above(void **state)
{
	const struct hours_rule r[] = {
		{.open = false, .first = "12-24", .last = "01-01"},
		{.open = false, .first = "2026-11-26"},
		{.open = true, .days = WEEK, .from = NINE, .to = FIVE},
	};

	assert_false(open_at(r, 3, "UTC", "2026-11-26 12:00"));
	assert_true(open_at(r, 3, "UTC", "2027-11-26 12:00"));
	assert_true(open_at(r, 3, "UTC", "2026-12-23 12:00"));
	assert_false(open_at(r, 3, "UTC", "2026-12-24 12:00"));
	assert_false(open_at(r, 3, "UTC", "2027-01-01 12:00"));
	assert_true(open_at(r, 3, "UTC", "2027-01-04 12:00"));
}

/* From Friday 22:00 to 06:00 belongs to Friday, also on Saturday morning. */
static void test_over_midnight(void **state)
{
	const struct hours_rule r[] = {{.open = true, .days = 1 << 4, .from = 22 * 60, .to = 360}};

	assert_true(open_at(r, 1, "UTC", "2026-11-27 23:00"));
	assert_true(open_at(r, 1, "UTC", "2026-11-28 05:59"));
	assert_false(open_at(r, 1, "UTC", "2026-11-28 06:00"));
	assert_false(open_at(r, 1, "UTC", "2026-11-27 05:00"));
	assert_false(open_at(r, 1, "UTC", "2026-11-28 23:00"));
}

/* New York opens at nine of its clocks: 14:00 UTC in winter, 13:00 in summer. On 8 March 2026 its
 * clocks went from 2:00 to 3:00, on 1 November from 2:00 back to 1:00. */
static void test_clocks_change(void **state)
{
	const struct hours_rule r[] = {{.open = true, .from = NINE, .to = FIVE}};
	const struct hours_rule night[] = {{.open = true, .from = 60, .to = 120}};
	const char *ny = "America/New_York";

	assert_false(open_at(r, 1, ny, "2026-03-07 13:30"));
	assert_true(open_at(r, 1, ny, "2026-03-07 14:00"));
	assert_true(open_at(r, 1, ny, "2026-03-08 13:00"));
	assert_false(open_at(r, 1, ny, "2026-03-08 21:00"));
	assert_true(open_at(r, 1, ny, "2026-10-31 13:00"));
	assert_false(open_at(r, 1, ny, "2026-11-01 13:00"));
	assert_true(open_at(r, 1, ny, "2026-11-01 14:00"));
	/* the hour that comes twice is open twice; the one that is left out never */
	assert_true(open_at(night, 1, ny, "2026-11-01 05:30"));
	assert_true(open_at(night, 1, ny, "2026-11-01 06:30"));
	assert_false(open_at(night, 1, ny, "2026-11-01 07:00"));
	assert_true(open_at(night, 1, ny, "2026-03-08 06:59"));
	assert_false(open_at(night, 1, ny, "2026-03-08 07:00"));
}

/* It is Friday in Auckland while it is Thursday in London. */
static void test_the_weekday_is_the_zones(void **state)
{
	const struct hours_rule r[] = {{.open = true, .days = 1 << 4}};

	assert_true(open_at(r, 1, "Pacific/Auckland", "2026-11-26 12:00"));
	assert_false(open_at(r, 1, "Europe/London", "2026-11-26 12:00"));
}

static void hours_fill(struct hours *h, const char *first, const char *last)
{
	memset(h, 0, sizeof(*h));
	h->tenant = mine.id;
	str_ncpy(h->name, "Office", sizeof(h->name));
	h->rule_count = 1;
	h->rules[0] = (struct hours_rule){.open = true, .days = WEEK, .from = NINE, .to = FIVE};
	str_ncpy(h->rules[0].first, first, HOURS_DAY);
	str_ncpy(h->rules[0].last, last, HOURS_DAY);
}

static void test_what_is_refused(void **state)
{
	static const struct {
		const char *first, *last, *part;
	} rows[] = {
		{"2026-12-24", "", NULL},
		{"02-29", "", NULL},
		{"2026-02-29", "", "not like 2026-12-24"},
		{"12-32", "", "not like 2026-12-24"},
		{"tomorrow", "", "not like 2026-12-24"},
		{"2026-12-24", "12-26", "two kinds"},
		{"2026-12-24", "2026-12-23", "before its first"},
		{"12-24", "01-06", NULL},
	};
	struct hours h;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct field_errors fe = {0};

		hours_fill(&h, rows[i].first, rows[i].last);
		assert_int_equal(hours_check(&fe, db, &h), 0);
		assert_field(&fe, "rules", rows[i].part);
	}
}

static void test_what_was_written_is_read(void **state)
{
	struct dest gone = {DEST_hours, "gone"};
	struct field_errors fe = {0};
	struct hours h, f;

	hours_fill(&h, "12-24", "12-26");
	h.has_open = true;
	h.open = (struct dest){.kind = DEST_music};
	h.has_closed = true;
	h.closed = gone;
	assert_int_equal(hours_check(&fe, db, &h), 0);
	assert_field(&fe, "closed", "does not exist");
	h.has_closed = false;
	memset(&h.closed, 0, sizeof(h.closed));
	assert_int_equal(hours_add(db, &h), 0);
	assert_int_equal(hours_get(&f, db, mine.id, h.id), 0);
	assert_memory_equal(&h, &f, sizeof(h));
	assert_int_equal(hours_get(&f, db, other.id, h.id), ENOENT);
	assert_int_equal(hours_remove(db, other.id, h.id), ENOENT);
	assert_int_equal(hours_remove(db, mine.id, h.id), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_usual_week),
		TEST(test_holidays_stand_above),
		TEST(test_over_midnight),
		TEST(test_clocks_change),
		TEST(test_what_is_refused),
		TEST(test_the_weekday_is_the_zones),
		TEST(test_what_was_written_is_read),
	};

	return RUN(tests);
}
