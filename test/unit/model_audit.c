/**
 * @file model_audit.c  The audit log: order, pages, other tenants
 */
#include "audit.h"
#include "model_test.h"

static struct audit last;

static int list_h(const struct audit *a, void *arg)
{
	last = *a;
	listed_add(arg, a->action);
	return 0;
}

static void add(int64_t tenant, int64_t at, const char *action)
{
	struct audit a = {.tenant = tenant, .at = at, .who = "maya@example.com", .ip = "192.0.2.1"};

	str_ncpy(a.action, action, sizeof(a.action));
	str_ncpy(a.object, "1001 Maya", sizeof(a.object));
	assert_int_equal(audit_add(db, &a), 0);
	assert_true(id_valid(a.id));
}

static void test_newest_first_by_pages(void **state)
{
	struct listed all = {0}, first = {0}, second = {0}, none = {0};

	add(mine.id, 10, "a");
	add(mine.id, 20, "b");
	add(mine.id, 20, "c");
	add(other.id, 15, "other");
	assert_int_equal(audit_list(db, mine.id, 0, NULL, 0, list_h, &all), 0);
	assert_int_equal(all.count, 3);
	assert_string_equal(last.action, "a");
	assert_string_equal(last.who, "maya@example.com");
	assert_string_equal(last.object, "1001 Maya");
	assert_int_equal(audit_list(db, mine.id, 0, NULL, 2, list_h, &first), 0);
	assert_int_equal(first.count, 2);
	add(mine.id, 30, "later"); /* does not disturb the next page */
	assert_int_equal(audit_list(db, mine.id, last.at, last.id, 2, list_h, &second), 0);
	assert_string_equal(second.all, "a");
	assert_int_equal(audit_list(db, 999, 0, NULL, 0, list_h, &none), 0);
	assert_int_equal(none.count, 0);
}

static void test_time_is_filled_in(void **state)
{
	struct listed l = {0};

	add(mine.id, 0, "now");
	assert_int_equal(audit_list(db, mine.id, 0, NULL, 1, list_h, &l), 0);
	assert_true(last.at > INT64_C(1700000000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_newest_first_by_pages),
		TEST(test_time_is_filled_in),
	};

	return RUN(tests);
}
