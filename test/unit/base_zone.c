/**
 * @file base_zone.c  Clocks and midnights of time zones, across the changes of the clock
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "own.h"
#include "zone.h"

enum { HOUR_MS = 3600 * 1000 };

static void offsets_follow_the_seasons(void **state)
{
	assert_int_equal(zone_offset_ms("America/New_York", 1763985600000), -5 * HOUR_MS); /* Nov */
	assert_int_equal(zone_offset_ms("America/New_York", 1751328000000), -4 * HOUR_MS); /* Jul */
	assert_int_equal(zone_offset_ms("Asia/Kolkata", 1751328000000), 11 * HOUR_MS / 2);
	assert_int_equal(zone_offset_ms("UTC", 1751328000000), 0);
}

static void unknown_zones_are_utc(void **state)
{
	static const char *const bad[] = {
		"", "Nowhere/X", "../../../etc/passwd", "/etc/passwd", "America", "zone.tab"};

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(zone_offset_ms(bad[i], 1751328000000), 0);
	assert_int_equal(zone_offset_ms(NULL, 1751328000000), 0);
}

static void day_begins_at_midnight_there(void **state)
{
	/* 2025-11-24 12:00 UTC is 07:00 in New York: the day began at 05:00 UTC */
	assert_int_equal(zone_day_start("America/New_York", 1763985600000), 1763960400000);
	/* 2025-11-24 03:00 UTC is still the 23rd there */
	assert_int_equal(zone_day_start("America/New_York", 1763953200000), 1763874000000);
	/* 2025-11-02, the clock goes back at 2: noon is 17:00 UTC, midnight was 04:00 UTC */
	assert_int_equal(zone_day_start("America/New_York", 1762102800000), 1762056000000);
	/* 2025-03-09, it goes forward: noon is 16:00 UTC, midnight was 05:00 UTC */
	assert_int_equal(zone_day_start("America/New_York", 1741536000000), 1741496400000);
}

static void clocks_are_read_as_there(void **state)
{
	struct zone *z;
	char text[ZONE_CLOCK];

	assert_int_equal(zone_load(&z, "America/Los_Angeles"), 0);
	zone_clock(text, z, 1763985600000); /* 12:00 UTC in November */
	assert_string_equal(text, "04:00");
	zone_clock(text, z, 1763985600000 + 14 * 3600000 + 5 * 60000);
	assert_string_equal(text, "18:05");
	assert_int_equal(zone_day(z, 1763985600000), 1763971200000);
	mem_deref(z);
}

static void days_are_written_as_there(void **state)
{
	char text[64];

	zone_text(text, sizeof(text), "America/New_York", 1795667818000);
	assert_string_equal(text, "25 November 2026, 23:36");
	zone_stamp(text, sizeof(text), "Asia/Kolkata", 1795667818000);
	assert_string_equal(text, "2026-11-26 10:06");
	zone_text(text, sizeof(text), "", 1793495200000);
	assert_string_equal(text, "1 November 2026, 01:06 UTC");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_follow_the_seasons),
		cmocka_unit_test(unknown_zones_are_utc),
		cmocka_unit_test(day_begins_at_midnight_there),
		cmocka_unit_test(clocks_are_read_as_there),
		cmocka_unit_test(days_are_written_as_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
