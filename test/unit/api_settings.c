/**
 * @file api_settings.c  What an extension does with its calls: own and others', versions, refusals
 */
#include "api_house.h"
#include "out_route.h"

static struct person maya, admin;
static char mine[160], toms[160];

static int setup(void **state)
{
	house_open(state);
	maya = sign_in("maya@northwind.localhost");
	admin = sign_in("admin@northwind.localhost");
	snprintf(mine, sizeof(mine), "/api/v1/extensions/%s/settings", house.northwind.maya.id);
	snprintf(toms, sizeof(toms), "/api/v1/extensions/%s/settings", house.northwind.tom.id);
	return 0;
}

static int teardown(void **state)
{
	free(maya.me);
	free(admin.me);
	return house_close(state);
}

static void own_settings_are_changed_and_told(void **state)
{
	int changed = house.changed;
	struct http_response *r;
	char v[64];

	expect(&maya, "GET", mine, NULL, 200, "\"dnd\":false");
	r = ask(&maya, "PUT", mine, "{\"dnd\":true,\"dndUntil\":4102444800000}");
	assert_int_equal(r->status, 200);
	assert_string_equal(member(v, sizeof(v), r->body, "dnd"), "true");
	assert_string_equal(member(v, sizeof(v), r->body, "dndUntil"), "4102444800000");
	assert_string_equal(member(v, sizeof(v), r->body, "forwardAll"), "");
	http_free(r);
	assert_int_equal(house.changed, changed + 1);
	expect(&maya, "PUT", mine, "{\"dnd\":false,\"dndUntil\":null}", 200, "\"dndUntil\":null");
}

static void part_that_is_left_out_stays(void **state)
{
	expect(&maya, "PUT", mine, "{\"forwardBusy\":true,\"forwardBusyNumber\":\"1002\"}", 200,
	       "\"forwardBusy\":true");
	expect(&maya, "PUT", mine, "{\"ringMs\":20000,\"voicemail\":true}", 200,
	       "\"forwardBusyNumber\":\"1002\"");
	expect(&maya, "GET", mine, NULL, 200, "\"voicemail\":true");
	expect(&maya, "GET", mine, NULL, 200, "\"ringMs\":20000");
}

static void wrong_entries_are_named(void **state)
{
	expect(&maya, "PUT", mine, "{\"forwardAll\":true,\"forwardAllNumber\":\"1001\"}", 422,
	       "\"forwardAllNumber\":\"is the extension itself\"");
	expect(&maya, "PUT", mine, "{\"forwardAll\":true,\"forwardAllNumber\":\"\"}", 422,
	       "must be there");
	expect(&maya, "PUT", mine, "{\"forwardNoAnswerNumber\":\"1099\"}", 422,
	       "\"forwardNoAnswerNumber\":\"is 1099, which nobody here has\"");
	expect(&maya, "PUT", mine, "{\"ringMs\":1}", 422, "ringMs");
	expect(&maya, "PUT", mine, "{\"dnd\":1}", 422, "dnd");
	expect(&maya, "GET", mine, NULL, 200, "\"forwardAll\":false");
}

static void others_are_for_administrators(void **state)
{
	char path[160];

	expect(&maya, "GET", toms, NULL, 403, NULL);
	expect(&maya, "PUT", toms, "{\"dnd\":true}", 403, NULL);
	expect(&admin, "PUT", toms, "{\"dnd\":true}", 200, "\"dnd\":true");
	snprintf(path, sizeof(path), "/api/v1/extensions/%s/settings", house.harbor.maya.id);
	expect(&admin, "GET", path, NULL, 404, NULL);
	expect(&admin, "PUT", path, "{\"dnd\":true}", 404, NULL);
}

static void two_who_change_the_same_do_not_overwrite(void **state)
{
	struct http_response *r = ask(&admin, "GET", toms, NULL);
	char etag[32], heads[512];

	assert_non_null(http_head(r, "ETag", etag, sizeof(etag)));
	http_free(r);
	snprintf(heads, sizeof(heads), "Cookie: %s\r\nX-CSRF-Token: %s\r\nIf-Match: %s\r\n",
		 admin.cookie, admin.csrf, etag);
	r = http_ask(house.port, "PUT", toms, heads, "{\"voicemail\":true}");
	assert_int_equal(r->status, 200);
	http_free(r);
	r = http_ask(house.port, "PUT", toms, heads, "{\"dnd\":false}");
	assert_int_equal(r->status, 412);
	http_free(r);
}

static void follow_me_is_set_and_refused(void **state)
{
	char path[160];

	snprintf(path, sizeof(path), "/api/v1/extensions/%s/follow-me", house.northwind.maya.id);
	expect(&maya, "GET", path, NULL, 200, "\"destinations\":[]");
	expect(&maya, "PUT", path, "{\"enabled\":true}", 422, "must have at least one");
	expect(&maya, "PUT", path,
	       "{\"enabled\":true,\"destinations\":[{\"number\":\"\"},"
	       "{\"number\":\"+1 212 555 0100\",\"delayMs\":5000,\"confirm\":true}]}",
	       200, "\"number\":\"+12125550100\",\"delayMs\":5000,\"ringMs\":30000");
	expect(&maya, "PUT", path, "{\"destinations\":[{\"number\":\"1099\"}]}", 422,
	       "nobody here has");
	expect(&maya, "GET", path, NULL, 200, "\"warnings\":[\"+12125550100: told by the core\"]");
	expect(&maya, "PUT", path, "{\"enabled\":false}", 200, "\"confirm\":true");
	snprintf(path, sizeof(path), "/api/v1/extensions/%s/follow-me", house.northwind.tom.id);
	expect(&maya, "GET", path, NULL, 403, NULL);
}

static void own_callers_are_blocked_by_oneself_others_by_administrators(void **state)
{
	struct http_response *r;
	char body[256], path[128], id[64];

	snprintf(body, sizeof(body),
		 "{\"extensionId\":\"%s\",\"kind\":\"prefix\",\"pattern\":\"+1900\"}",
		 house.northwind.maya.id);
	r = ask(&maya, "POST", "/api/v1/call-blocks", body);
	assert_int_equal(r->status, 201);
	member(id, sizeof(id), r->body, "id");
	http_free(r);
	expect(&maya, "POST", "/api/v1/call-blocks", "{\"kind\":\"anonymous\"}", 403, NULL);
	expect(&maya, "GET", "/api/v1/call-blocks", NULL, 403, NULL);
	expect(&admin, "POST", "/api/v1/call-blocks", "{\"kind\":\"anonymous\"}", 201,
	       "\"action\":\"reject\"");
	expect(&admin, "POST", "/api/v1/call-blocks", "{\"kind\":\"number\",\"pattern\":\"x\"}",
	       422, "\"pattern\"");
	snprintf(path, sizeof(path), "/api/v1/call-blocks/%s", id);
	expect(&maya, "PATCH", path, "{\"active\":false}", 200, "\"active\":false");
	expect(&maya, "PATCH", path, "{\"extensionId\":null}", 403, NULL);
	expect(&maya, "DELETE", path, NULL, 204, NULL);
	expect(&maya, "DELETE", path, NULL, 404, NULL);
}

static void numbers_are_put_on_the_list_by_who_may(void **state)
{
	struct http_response *r;
	char path[128], id[64];

	expect(&maya, "GET", "/api/v1/dnc", NULL, 403, NULL);
	expect(&admin, "POST", "/api/v1/dnc", "{\"number\":\"nobody\"}", 422, "\"number\"");
	r = ask(&admin, "POST", "/api/v1/dnc",
		"{\"number\":\"+1 628 555 0102\",\"note\":\"Asked us to\"}");
	assert_int_equal(r->status, 201);
	assert_non_null(strstr(r->body, "\"number\":\"+16285550102\""));
	member(id, sizeof(id), r->body, "id");
	http_free(r);
	expect(&admin, "POST", "/api/v1/dnc", "{\"number\":\"+16285550102\"}", 422,
	       "on the list already");
	expect(&admin, "GET", "/api/v1/dnc?q=0102", NULL, 200, "Asked us to");
	snprintf(path, sizeof(path), "/api/v1/dnc/%s", id);
	expect(&admin, "PATCH", path, "{\"note\":\"By letter\"}", 200, "By letter");
	expect(&maya, "DELETE", path, NULL, 403, NULL);
	expect(&admin, "DELETE", path, NULL, 204, NULL);
	expect(&admin, "GET", path, NULL, 404, NULL);
}

static void codes_are_found_and_changed(void **state)
{
	expect(&maya, "GET", "/api/v1/feature-codes?q=disturb", NULL, 200, "\"code\":\"*78\"");
	expect(&maya, "GET", "/api/v1/feature-codes?q=nothing+such", NULL, 200, "\"rows\":[]");
	expect(&maya, "PUT", "/api/v1/feature-codes", "{\"name\":\"dnd_on\",\"code\":\"*55\"}", 403,
	       NULL);
	expect(&admin, "PUT", "/api/v1/feature-codes", "{\"name\":\"dnd_on\",\"code\":\"*55\"}",
	       200, "\"defaultCode\":\"*78\"");
	expect(&maya, "GET", "/api/v1/feature-codes?q=*55", NULL, 200, "dnd_on");
	expect(&admin, "PUT", "/api/v1/feature-codes", "{\"name\":\"dnd_on\",\"code\":\"*79\"}",
	       422, "already dialled for");
	expect(&admin, "PUT", "/api/v1/feature-codes", "{\"name\":\"nonesuch\"}", 422,
	       "no feature");
}

static int way_out_fn(struct db *db, void *obj)
{
	struct trunk t = {.by_ip = true, .active = true, .port = 5060};
	struct out_route r = {.tenant = house.northwind.row.id, .prefix = "+"};
	int err;

	strcpy(t.name, "Carrier");
	strcpy(t.host, "192.0.2.1");
	strcpy(t.transport, "udp");
	err = trunk_add(db, &t);
	r.trunk = t.id;
	return err ? err : out_route_add(db, &r);
}

static void reach_tells_whether_the_outside_can_be_called(void **state)
{
	char path[160];

	assert_int_equal(store_write_wait(house.store, way_out_fn, NULL), 0);
	expect(&maya, "PUT", mine, "{\"forwardAll\":true,\"forwardAllNumber\":\"+16285550177\"}",
	       200, NULL);
	snprintf(path, sizeof(path), "/api/v1/extensions/%s/reach", house.northwind.maya.id);
	expect(&maya, "GET", path, NULL, 200, "+16285550177 is called");
	house.trunks_down = true;
	expect(&maya, "GET", path, NULL, 200,
	       "+16285550177 cannot be called now. Trunk Carrier is down (no answer)");
	expect(&maya, "GET", path, NULL, 200, "\"rings\":false");
	expect(&maya, "GET", path, NULL, 200, "\"code\":\"TRUNK_DOWN\"");
	house.trunks_down = false;
	expect(&maya, "PUT", mine, "{\"forwardAll\":false}", 200, NULL);
}

static void reach_tells_what_would_happen(void **state)
{
	char path[160];

	snprintf(path, sizeof(path), "/api/v1/extensions/%s/reach", house.northwind.maya.id);
	expect(&maya, "PUT", mine,
	       "{\"dnd\":false,\"forwardAll\":false,\"ringMs\":20000,\"voicemail\":false}", 200,
	       NULL);
	expect(&maya, "GET", path, NULL, 200, "\"rings\":true");
	expect(&maya, "GET", path, NULL, 200, "phone of Maya");
	expect(&maya, "PUT", mine, "{\"dnd\":true,\"dndUntil\":4102444800000}", 200, NULL);
	expect(&maya, "GET", path, NULL, 200, "\"code\":\"DND\"");
	strcat(path, "?at=4102444800001");
	expect(&maya, "GET", path, NULL, 200, "\"rings\":true");
	expect(&maya, "PUT", mine, "{\"dnd\":false,\"dndUntil\":null}", 200, NULL);
	snprintf(path, sizeof(path), "/api/v1/extensions/%s/reach", house.northwind.tom.id);
	expect(&maya, "GET", path, NULL, 403, NULL);
	snprintf(path, sizeof(path), "/api/v1/dids/%s/reach", house.northwind.did.id);
	expect(&admin, "GET", path, NULL, 200, "\"steps\":[{");
	snprintf(path, sizeof(path), "/api/v1/dids/%s/reach", house.harbor.did.id);
	expect(&admin, "GET", path, NULL, 404, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_settings_are_changed_and_told),
		cmocka_unit_test(part_that_is_left_out_stays),
		cmocka_unit_test(wrong_entries_are_named),
		cmocka_unit_test(others_are_for_administrators),
		cmocka_unit_test(two_who_change_the_same_do_not_overwrite),
		cmocka_unit_test(follow_me_is_set_and_refused),
		cmocka_unit_test(own_callers_are_blocked_by_oneself_others_by_administrators),
		cmocka_unit_test(numbers_are_put_on_the_list_by_who_may),
		cmocka_unit_test(codes_are_found_and_changed),
		cmocka_unit_test(reach_tells_what_would_happen),
		cmocka_unit_test(reach_tells_whether_the_outside_can_be_called),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
