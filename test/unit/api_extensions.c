/**
 * @file api_extensions.c  Extensions, devices, users: what is written, told to calls, and refused
 */
#include "api_house.h"

static struct person admin;

static int setup(void **state)
{
	house_open(state);
	admin = sign_in("admin@northwind.localhost");
	return 0;
}

static int teardown(void **state)
{
	free(admin.me);
	return house_close(state);
}

/** Adds and returns the id */
static void add(char *id, size_t size, const char *path, const char *body)
{
	struct http_response *r = ask(&admin, "POST", path, body);

	if (r->status != 201)
		fail_msg("%s %s: %d %s", path, body, r->status, r->body);
	member(id, size, r->body, "id");
	http_free(r);
}

static void extension_is_added_shown_and_removed(void **state)
{
	int changed = house.changed, revoked = house.revoked;
	struct http_response *r = ask(&admin, "POST", "/api/v1/extensions",
				      "{\"number\":\"1077\",\"name\":\"Priya \\u00dc\","
				      "\"recording\":\"inbound\"}");
	char id[64], path[128], v[128];

	assert_int_equal(r->status, 201);
	member(id, sizeof(id), r->body, "id");
	assert_true(strlen(member(v, sizeof(v), r->body, "sipPassword")) >= 12);
	assert_string_equal(member(v, sizeof(v), r->body, "devices.0.username"), "1077");
	assert_string_equal(member(v, sizeof(v), r->body, "ringMs"), "30000");
	assert_string_equal(member(v, sizeof(v), r->body, "recording"), "inbound");
	assert_int_equal(house.changed, changed + 1);
	http_free(r);
	snprintf(path, sizeof(path), "/api/v1/extensions/%s", id);
	r = ask(&admin, "GET", path, NULL);
	assert_string_equal(member(v, sizeof(v), r->body, "presence"), "offline");
	assert_null(strstr(r->body, "sipPassword"));
	http_free(r);
	expect(&admin, "DELETE", path, NULL, 204, NULL);
	assert_int_equal(house.revoked, revoked + 1);
	assert_string_equal(house.revoked_extension, "1077");
	expect(&admin, "GET", path, NULL, 404, NULL);
}

static void wrong_entries_are_named(void **state)
{
	expect(&admin, "POST", "/api/v1/extensions", "{\"number\":\"1002\",\"name\":\"X\"}", 422,
	       "\"number\":\"is already used by Tom Becker\"");
	expect(&admin, "POST", "/api/v1/extensions", "{\"number\":\"911\",\"name\":\"X\"}", 422,
	       "emergency");
	expect(&admin, "POST", "/api/v1/extensions", "{\"number\":\"1'; DROP\",\"name\":\"X\"}",
	       422, "\"number\"");
	expect(&admin, "POST", "/api/v1/extensions",
	       "{\"number\":\"1090\",\"name\":\"X\",\"callerIdNumber\":\"+16285550177\"}", 422,
	       "callerIdNumber"); /* another tenant's */
	expect(&admin, "POST", "/api/v1/extensions",
	       "{\"number\":\"1090\",\"name\":\"X\",\"ringMs\":1}", 422, "ringMs");
	expect(&admin, "POST", "/api/v1/extensions",
	       "{\"number\":\"1090\",\"name\":\"X\",\"recording\":true}", 422, "recording");
	expect(&admin, "GET", "/api/v1/extensions?q=1090", NULL, 200, "\"rows\":[]");
}

static void two_who_change_the_same_do_not_overwrite(void **state)
{
	struct http_response *r;
	char path[128], etag[32], heads[512];

	snprintf(path, sizeof(path), "/api/v1/extensions/%s", house.northwind.tom.id);
	r = ask(&admin, "GET", path, NULL);
	assert_non_null(http_head(r, "ETag", etag, sizeof(etag)));
	http_free(r);
	snprintf(heads, sizeof(heads), "Cookie: %s\r\nX-CSRF-Token: %s\r\nIf-Match: %s\r\n",
		 admin.cookie, admin.csrf, etag);
	r = http_ask(house.port, "PATCH", path, heads, "{\"name\":\"Tom B.\"}");
	assert_int_equal(r->status, 200);
	http_free(r);
	r = http_ask(house.port, "PATCH", path, heads, "{\"name\":\"Tom C.\"}");
	assert_int_equal(r->status, 412);
	http_free(r);
	r = http_ask(house.port, "DELETE", path, heads, NULL);
	assert_int_equal(r->status, 412);
	http_free(r);
	expect(&admin, "GET", path, NULL, 200, "\"name\":\"Tom B.\"");
}

static void number_that_a_did_leads_to_stays(void **state)
{
	char path[128];

	snprintf(path, sizeof(path), "/api/v1/extensions/%s", house.northwind.maya.id);
	expect(&admin, "DELETE", path, NULL, 409, "still in use by the phone number +14155550110");
}

static void detail_shows_what_is_registered(void **state)
{
	struct http_response *r;
	char path[128], v[128], name[128];

	snprintf(path, sizeof(path), "/api/v1/extensions/%s", house.northwind.maya.id);
	r = ask(&admin, "GET", path, NULL);
	assert_string_equal(member(v, sizeof(v), r->body, "presence"), "busy");
	assert_string_equal(member(v, sizeof(v), r->body, "registered"), "1");
	assert_string_equal(member(v, sizeof(v), r->body, "user.email"),
			    "maya@northwind.localhost");
	assert_string_equal(member(v, sizeof(v), r->body, "devices.0.registered"), "true");
	assert_string_equal(member(v, sizeof(v), r->body, "registrations.0.transport"), "udp");
	assert_string_equal(member(v, sizeof(v), r->body, "registrations.0.userAgent"),
			    "Yealink ? T46U");
	(void)member(name, sizeof(name), r->body, "devices.0.name");
	assert_string_equal(member(v, sizeof(v), r->body, "registrations.0.device"), name);
	http_free(r);
}

static void new_password_ends_registrations(void **state)
{
	int revoked = house.revoked;
	char path[128];

	snprintf(path, sizeof(path), "/api/v1/extensions/%s/password", house.northwind.maya.id);
	expect(&admin, "POST", path, NULL, 200, "\"sipPassword\":\"");
	assert_int_equal(house.revoked, revoked + 1);
	assert_string_equal(house.revoked_extension, "1001");
}

static void device_is_added_and_revoked(void **state)
{
	char path[128], id[64];
	int changed = house.changed, revoked = house.revoked;

	snprintf(path, sizeof(path), "/api/v1/extensions/%s/devices", house.northwind.tom.id);
	expect(&admin, "POST", path, "{\"name\":\"\"}", 422, NULL);
	add(id, sizeof(id), path, "{\"name\":\"Kitchen\",\"srtp\":\"sdes\"}");
	snprintf(path, sizeof(path), "/api/v1/extensions/%s", house.northwind.tom.id);
	expect(&admin, "GET", path, NULL, 200, "\"srtp\":\"sdes\"");
	snprintf(path, sizeof(path), "/api/v1/devices/%s", id);
	expect(&admin, "DELETE", path, NULL, 204, NULL);
	expect(&admin, "DELETE", path, NULL, 404, NULL);
	assert_int_equal(house.changed, changed + 2);
	assert_int_equal(house.revoked, revoked + 1);
}

static void pages_follow_each_other(void **state)
{
	char body[128], path[512], v[512], id[64], next[400] = "";
	int rows = 0, pages = 0;

	for (int i = 0; i < 12; i++) {
		snprintf(body, sizeof(body), "{\"number\":\"20%02d\",\"name\":\"Page %d\"}", i, i);
		add(id, sizeof(id), "/api/v1/extensions", body);
	}
	do {
		struct http_response *r;
		json_t *root;

		snprintf(path, sizeof(path), "/api/v1/extensions?q=page&limit=5%s%s",
			 next[0] ? "&cursor=" : "", next);
		r = ask(&admin, "GET", path, NULL);
		assert_int_equal(r->status, 200);
		root = json_loads(r->body, 0, NULL);
		rows += (int)json_array_size(json_object_get(root, "rows"));
		json_decref(root);
		member(next, sizeof(next), r->body, "next");
		http_free(r);
	} while (++pages < 10 && strcmp(next, "null"));
	assert_int_equal(rows, 12);
	assert_int_equal(pages, 3);
	expect(&admin, "GET", "/api/v1/extensions?limit=101", NULL, 422, "\"limit\"");
	expect(&admin, "GET", "/api/v1/extensions?limit=x", NULL, 422, "\"limit\"");
	expect(&admin, "GET", "/api/v1/extensions?cursor=zz", NULL, 422, "\"cursor\"");
	(void)v;
}

static void user_lives(void **state)
{
	struct http_response *r =
		ask(&admin, "POST", "/api/v1/users",
		    "{\"email\":\"New@Northwind.localhost\",\"name\":\"New\",\"role\":\"user\","
		    "\"permissions\":[\"cdr\"]}");
	char id[64], path[128], plain[64], body[256];
	struct person p;

	assert_int_equal(r->status, 201);
	member(id, sizeof(id), r->body, "id");
	member(plain, sizeof(plain), r->body, "password");
	http_free(r);
	snprintf(body, sizeof(body), "{\"email\":\"new@northwind.localhost\",\"password\":\"%s\"}",
		 plain);
	expect(NULL, "POST", "/api/v1/login", body, 200, "\"permissions\":[\"cdr\"]");
	snprintf(path, sizeof(path), "/api/v1/users/%s", id);
	snprintf(body, sizeof(body), "{\"extensionId\":\"%s\"}", house.harbor.maya.id);
	expect(&admin, "PATCH", path, body, 422, "extensionId"); /* another tenant's */
	expect(&admin, "PATCH", path, "{\"role\":\"agent\"}", 200, "\"role\":\"agent\"");
	expect(&admin, "PATCH", path, "{\"permissions\":[\"nonsense\"]}", 422, "permissions");
	snprintf(path, sizeof(path), "/api/v1/users/%s/password", id);
	expect(&admin, "POST", path, "{\"password\":\"" HOUSE_PASSWORD "\"}", 200, HOUSE_PASSWORD);
	p = sign_in("new@northwind.localhost");
	snprintf(path, sizeof(path), "/api/v1/users/%s", id);
	expect(&admin, "DELETE", path, NULL, 204, NULL);
	expect(&p, "GET", "/api/v1/me", NULL, 401, NULL);
	free(p.me);
}

static void nobody_grants_what_they_lack(void **state)
{
	struct http_response *r =
		ask(&admin, "POST", "/api/v1/users",
		    "{\"email\":\"clerk@northwind.localhost\",\"name\":\"Clerk\",\"role\":\"user\","
		    "\"password\":\"" HOUSE_PASSWORD "\",\"permissions\":[\"users\"]}");
	struct person clerk;
	char path[128];

	assert_int_equal(r->status, 201);
	http_free(r);
	clerk = sign_in("clerk@northwind.localhost");
	expect(&clerk, "POST", "/api/v1/users",
	       "{\"email\":\"a@b.localhost\",\"name\":\"A\",\"role\":\"admin\"}", 422, "\"role\"");
	expect(&clerk, "POST", "/api/v1/users",
	       "{\"email\":\"a@b.localhost\",\"name\":\"A\",\"role\":\"user\","
	       "\"permissions\":[\"users\",\"pbx_cdr\"]}",
	       422, "must be among your own");
	snprintf(path, sizeof(path), "/api/v1/users/%s", house.northwind.admin_user.id);
	expect(&clerk, "PATCH", path, "{\"name\":\"Mine\"}", 403, "administrator");
	expect(&clerk, "DELETE", path, NULL, 403, NULL);
	expect(&admin, "DELETE", path, NULL, 409, "yourself");
	expect(&admin, "PATCH", path, "{\"role\":\"user\"}", 422, "by yourself");
	snprintf(path, sizeof(path), "/api/v1/users/%s/password", house.northwind.admin_user.id);
	expect(&clerk, "POST", path, "{\"password\":\"" HOUSE_PASSWORD "\"}", 403, NULL);
	expect(&admin, "POST", "/api/v1/users",
	       "{\"email\":\"x@y.localhost\",\"name\":\"A\",\"role\":\"platform\"}", 422,
	       "\"role\"");
	free(clerk.me);
}

/* A new password of somebody who may do more would give all that */
static void nobody_becomes_who_holds_more(void **state)
{
	struct person clerk = sign_in("clerk@northwind.localhost");
	char path[128], id[64];

	add(id, sizeof(id), "/api/v1/users",
	    "{\"email\":\"chief@northwind.localhost\",\"name\":\"Chief\",\"role\":\"user\","
	    "\"permissions\":[\"users\",\"pbx_cdr\"]}");
	snprintf(path, sizeof(path), "/api/v1/users/%s/password", id);
	expect(&clerk, "POST", path, "{\"password\":\"" HOUSE_PASSWORD "\"}", 403, "administrator");
	snprintf(path, sizeof(path), "/api/v1/users/%s", id);
	expect(&clerk, "PATCH", path, "{\"email\":\"mine@northwind.localhost\",\"permissions\":[]}",
	       403, NULL);
	expect(&clerk, "DELETE", path, NULL, 403, NULL);
	snprintf(path, sizeof(path), "/api/v1/users/%s/second-step", id);
	expect(&clerk, "DELETE", path, NULL, 403, NULL);
	expect(&clerk, "GET", "/api/v1/users", NULL, 200, "chief@");
	snprintf(path, sizeof(path), "/api/v1/users/%s", id);
	expect(&admin, "PATCH", path, "{\"permissions\":[\"users\"]}", 200, NULL);
	expect(&clerk, "PATCH", path, "{\"name\":\"Equal\"}", 200, "Equal");
	free(clerk.me);
}

static void live_calls_are_hung_up(void **state)
{
	int before = house.hung_up;

	expect(&admin, "GET", "/api/v1/live-calls", NULL, 200, "\"state\":\"up\"");
	expect(&admin, "DELETE", "/api/v1/live-calls/0192f0c1-0000-7000-8000-000000000001", NULL,
	       204, NULL);
	expect(&admin, "DELETE", "/api/v1/live-calls/gone", NULL, 404, NULL);
	assert_int_equal(house.hung_up, before + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extension_is_added_shown_and_removed),
		cmocka_unit_test(wrong_entries_are_named),
		cmocka_unit_test(two_who_change_the_same_do_not_overwrite),
		cmocka_unit_test(number_that_a_did_leads_to_stays),
		cmocka_unit_test(detail_shows_what_is_registered),
		cmocka_unit_test(new_password_ends_registrations),
		cmocka_unit_test(device_is_added_and_revoked),
		cmocka_unit_test(pages_follow_each_other),
		cmocka_unit_test(user_lives),
		cmocka_unit_test(nobody_grants_what_they_lack),
		cmocka_unit_test(nobody_becomes_who_holds_more),
		cmocka_unit_test(live_calls_are_hung_up),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
