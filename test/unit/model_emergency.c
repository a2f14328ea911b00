/**
 * @file model_emergency.c  The numbers that a tenant's people call for help
 */
#include "emergency.h"
#include "expand.h"
#include "model_test.h"
#include "snapshot.h"

static struct tenant_row row(void)
{
	struct tenant_row t;

	assert_int_equal(tenant_get(&t, db, mine.id), 0);
	return t;
}

static void test_the_countrys_until_there_is_a_list(void **state)
{
	char numbers[EMERGENCY_SIZE];
	struct tenant_row t = row();

	emergency_numbers(numbers, &t);
	assert_string_equal(numbers, "911 112");
	assert_true(emergency_set(&t, "118"));
	emergency_numbers(numbers, &t);
	assert_string_equal(numbers, "118");
	assert_true(emergency_set(&t, ""));
	emergency_numbers(numbers, &t);
	assert_string_equal(numbers, "911 112");
}

static void refused(const char *numbers, const char *why)
{
	struct field_errors fe = {0};

	assert_int_equal(emergency_check(&fe, db, mine.id, numbers), 0);
	if (why)
		assert_field(&fe, "numbers", why);
	else
		assert_int_equal(fe.count, 0);
}

static void test_what_a_list_may_be(void **state)
{
	refused("", NULL);
	refused("112 15 116117", NULL);
	refused("1", "digits");
	refused("1161171", "digits");
	refused("11a", "digits");
	refused("112 15 112", "112 twice");
	refused("10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26", "at most 16");
}

static void test_dialled_it_leads_outside_without_a_route(void **state)
{
	struct tenant_row t = row();
	struct tenant *snapshot;
	struct dest d;

	assert_true(emergency_set(&t, "118"));
	assert_int_equal(tenant_change(db, &t), 0);
	assert_int_equal(tenant_load(&snapshot, db, mine.id), 0);
	assert_int_equal(dest_resolve(&d, snapshot, "118"), 0);
	assert_int_equal(d.kind, DEST_external);
	assert_string_equal(d.target, "118");
	assert_int_not_equal(dest_resolve(&d, snapshot, "911"), 0);
	shared_unref(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_countrys_until_there_is_a_list),
		TEST(test_what_a_list_may_be),
		TEST(test_dialled_it_leads_outside_without_a_route),
	};

	return RUN(tests);
}
