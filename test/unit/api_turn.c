/**
 * @file api_turn.c  Credentials of TURN servers: coturn's REST scheme
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "turn.h"

/* The password by: printf %s 1433895918:506F | openssl dgst -sha1 -hmac geheim -binary | base64 */
static void password_of_a_user(void **state)
{
	struct api_conf conf = {.turn_urls = "turn:a.example  turns:b.example?transport=tcp",
				.turn_secret = "geheim",
				.turn_lifetime_s = 3600};
	int64_t ends;
	json_t *list = turn_servers_json(&conf, "506F", INT64_C(1433892318999), &ends);
	const json_t *o = json_array_get(list, 0), *urls = json_object_get(o, "urls");

	assert_int_equal(ends, INT64_C(1433895918000));
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(json_array_size(urls), 2);
	assert_string_equal(json_string_value(json_array_get(urls, 0)), "turn:a.example");
	assert_string_equal(json_string_value(json_array_get(urls, 1)),
			    "turns:b.example?transport=tcp");
	assert_string_equal(json_string_value(json_object_get(o, "username")), "1433895918:506F");
	assert_string_equal(json_string_value(json_object_get(o, "credential")),
			    "ZC9DQPinKvysEsNcl18VsMPnU08=");
	json_decref(list);
}

static void no_server_no_credentials(void **state)
{
	struct api_conf conf = {.turn_urls = "", .turn_secret = "", .turn_lifetime_s = 3600};
	int64_t ends = 1;
	json_t *list = turn_servers_json(&conf, "506F", 1000, &ends);

	assert_int_equal(json_array_size(list), 0);
	assert_int_equal(ends, 0);
	json_decref(list);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(password_of_a_user),
		cmocka_unit_test(no_server_no_credentials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
