/**
 * @file model_purge.c  Old calls and audit lines go, with all that belongs to them and nothing else
 */
#include "model_test.h"
#include "audit.h"
#include "cdr.h"
#include "clock.h"
#include "job_row.h"
#include "purge.h"

static void call_at(int64_t tenant, const char *number, int64_t at)
{
	struct cdr *c;

	assert_int_equal(cdr_alloc(&c, 1, 1), 0);
	c->tenant = tenant;
	str_ncpy(c->id, id_new().s, sizeof(c->id));
	c->result = CDR_answered;
	str_ncpy(c->from.number, number, sizeof(c->from.number));
	str_ncpy(c->from.extension, number, sizeof(c->from.extension));
	c->started_at = at;
	c->ended_at = at + 1000;
	c->leg_count = c->line_count = 1;
	str_ncpy(c->legs[0].id, id_new().s, ID_SIZE);
	str_ncpy(c->lines[0].text, "Something happened", CDR_TEXT);
	assert_int_equal(cdr_write(db, c), 0);
	mem_deref(c);
}

static int64_t rows(const char *sql)
{
	int64_t n = -1;

	assert_int_equal(db_number(db, &n, sql, ""), 0);
	return n;
}

static void old_calls_go_with_legs_and_stories(void **state)
{
	unsigned n;

	extension_make(mine.id, "1001", "Maya");
	call_at(mine.id, "1001", 1000);
	call_at(mine.id, "1001", 2000);
	assert_int_equal(rows("SELECT COUNT(*) FROM call_extension"), 2);
	assert_int_equal(purge_calls(&n, db, mine.id, 2000, 100), 0);
	assert_int_equal(n, 1);
	assert_int_equal(rows("SELECT COUNT(*) FROM call WHERE started_at = 2000"), 1);
	assert_int_equal(rows("SELECT COUNT(*) FROM call"), 1);
	assert_int_equal(rows("SELECT COUNT(*) FROM call_leg"), 1);
	assert_int_equal(rows("SELECT COUNT(*) FROM call_story"), 1);
	assert_int_equal(rows("SELECT COUNT(*) FROM call_extension"), 1);
}

static void calls_of_others_stay(void **state)
{
	unsigned n;

	call_at(other.id, "1001", 1000);
	assert_int_equal(purge_calls(&n, db, mine.id, 5000, 100), 0);
	assert_int_equal(n, 0);
	assert_int_equal(rows("SELECT COUNT(*) FROM call"), 1);
}

static void oldest_go_first_when_there_are_many(void **state)
{
	unsigned n;

	for (int64_t at = 5; at > 0; at--)
		call_at(mine.id, "1001", at * 1000);
	assert_int_equal(purge_calls(&n, db, mine.id, 100000, 2), 0);
	assert_int_equal(n, 2);
	assert_int_equal(rows("SELECT MIN(started_at) FROM call"), 3000);
}

static void old_audit_lines_go(void **state)
{
	struct audit a = {.tenant = mine.id, .at = 1000, .action = "x"};
	unsigned n;

	assert_int_equal(audit_add(db, &a), 0);
	a.at = 2000;
	assert_int_equal(audit_add(db, &a), 0);
	assert_int_equal(purge_audit(&n, db, mine.id, 2000, 100), 0);
	assert_int_equal(n, 1);
	assert_int_equal(rows("SELECT at FROM audit"), 2000);
}

static void night_is_scheduled_once(void **state)
{
	const int64_t noon = INT64_C(1732622400000); /* 26 November 2024, 12:00 UTC */
	int64_t due;

	assert_int_equal(purge_schedule(db, noon), 0);
	assert_int_equal(purge_schedule(db, noon), 0);
	assert_int_equal(rows("SELECT COUNT(*) FROM job WHERE kind = 'purge'"), 1);
	assert_int_equal(job_next(&due, db, JOB_purge), 0);
	assert_int_equal(due - noon, 15 * 3600 * 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(old_calls_go_with_legs_and_stories),
		TEST(calls_of_others_stay),
		TEST(oldest_go_first_when_there_are_many),
		TEST(old_audit_lines_go),
		TEST(night_is_scheduled_once),
	};

	return RUN(tests);
}
