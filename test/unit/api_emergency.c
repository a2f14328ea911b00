/**
 * @file api_emergency.c  The address on file and who is mailed: whose it is, what is refused
 */
#include "api_house.h"

#define NUMBERS "/api/v1/emergency-numbers"
#define OWN "/api/v1/phone/emergency"

static struct person maya, admin;
static char mine[160], extension[128];

static int setup(void **state)
{
	house_open(state);
	maya = sign_in("maya@northwind.localhost");
	admin = sign_in("admin@northwind.localhost");
	snprintf(extension, sizeof(extension), "/api/v1/extensions/%s", house.northwind.maya.id);
	snprintf(mine, sizeof(mine), "%s/settings", extension);
	return 0;
}

static int teardown(void **state)
{
	free(maya.me);
	free(admin.me);
	return house_close(state);
}

static void none_is_on_file_at_first(void **state)
{
	expect(&admin, "GET", NUMBERS, NULL, 200, "\"address\":\"\",\"notify\":[]");
	expect(&maya, "GET", OWN, NULL, 200, "{\"numbers\":[\"911\",\"112\"],\"address\":\"\"}");
	expect(&maya, "GET", NUMBERS, NULL, 404, NULL);
	expect(&maya, "PATCH", NUMBERS, "{\"address\":\"1 My Lane\"}", 404, NULL);
	expect(&admin, "GET", OWN, NULL, 404, NULL); /* has no extension */
	expect(NULL, "GET", OWN, NULL, 401, NULL);
}

static void what_is_left_out_stays(void **state)
{
	int changed = house.changed;

	expect(&admin, "PATCH", NUMBERS,
	       "{\"address\":\" 12 High Street\\r\\nFloor 3\\n\",\"notify\":\"Desk@x.example, "
	       "guard@x.example\"}",
	       200,
	       "\"usual\":[\"911\",\"112\"],\"address\":\"12 High Street\\nFloor 3\","
	       "\"notify\":[\"desk@x.example\",\"guard@x.example\"]");
	assert_int_equal(house.changed, changed + 1);
	expect(&admin, "PATCH", NUMBERS, "{\"numbers\":[\"118\"]}", 200,
	       "\"address\":\"12 High Street\\nFloor 3\",\"notify\":[\"desk@x.example\"");
	expect(&admin, "PATCH", NUMBERS, "{\"notify\":\"\"}", 200, "\"numbers\":[\"118\"]");
	expect(&admin, "GET", NUMBERS, NULL, 200, "\"notify\":[]");
	expect(&maya, "GET", OWN, NULL, 200,
	       "{\"numbers\":[\"118\"],\"address\":\"12 High Street\\nFloor 3\"}");
}

static void an_own_address_comes_first(void **state)
{
	expect(&admin, "PATCH", NUMBERS, "{\"address\":\"12 High Street\"}", 200, NULL);
	expect(&maya, "PUT", mine, "{\"emergencyAddress\":\"1 Home Lane\\nSpringfield\"}", 200,
	       "\"emergencyAddress\":\"1 Home Lane\\nSpringfield\",\"emergencyAddressUsual\":\"12 "
	       "High Street\"");
	expect(&maya, "GET", OWN, NULL, 200, "\"address\":\"1 Home Lane\\nSpringfield\"");
	expect(&admin, "GET", extension, NULL, 200,
	       "\"emergencyAddress\":\"1 Home Lane\\nSpringfield\"");
	expect(&admin, "PATCH", extension, "{\"name\":\"Maya C.\"}", 200, "1 Home Lane");
	expect(&admin, "PATCH", extension, "{\"emergencyAddress\":\"\"}", 200,
	       "\"emergencyAddress\":\"\"");
	expect(&maya, "GET", OWN, NULL, 200, "\"address\":\"12 High Street\"");
}

static void wrong_entries_are_named(void **state)
{
	expect(&admin, "PATCH", NUMBERS, "{\"address\":\"12 High\\u0007Street\"}", 422,
	       "\"address\":\"must not hold control characters\"");
	expect(&admin, "PATCH", NUMBERS, "{\"address\":\"1\\n2\\n3\\n4\\n5\\n6\"}", 422,
	       "\"address\":\"must have at most 5 lines\"");
	expect(&admin, "PATCH", NUMBERS, "{\"notify\":\"nobody\"}", 422,
	       "\"notify\":\"contains nobody, which is no address\"");
	expect(&admin, "PATCH", NUMBERS,
	       "{\"notify\":\"a@x.de b@x.de c@x.de d@x.de e@x.de f@x.de\"}", 422,
	       "\"notify\":\"has room for 5 addresses\"");
	expect(&maya, "PUT", mine, "{\"emergencyAddress\":\"a\\tb\"}", 422,
	       "\"emergencyAddress\":\"must not hold control characters\"");
	expect(&admin, "PATCH", extension, "{\"emergencyAddress\":\"1\\n2\\n3\\n4\\n5\\n6\"}", 422,
	       "\"emergencyAddress\":\"must have at most 5 lines\"");
	expect(&admin, "GET", NUMBERS, NULL, 200, "\"address\":\"\",\"notify\":[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(none_is_on_file_at_first, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_left_out_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(an_own_address_comes_first, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_entries_are_named, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
