/**
 * @file api_login.c  Signing in and out, locks, CSRF, own sign-ins and password
 */
#include "api_house.h"

static int login_from(const char *ip, const char *email, const char *password, char *body,
		      size_t size)
{
	char from[64] = "";
	struct http_response *r;
	char text[512];
	int status;

	snprintf(text, sizeof(text), "{\"email\":\"%s\",\"password\":\"%s\"}", email, password);
	if (ip)
		snprintf(from, sizeof(from), "X-Forwarded-For: %s\r\n", ip);
	r = http_ask(house.port, "POST", "/api/v1/login", from, text);
	status = r->status;
	if (body)
		snprintf(body, size, "%s", r->body);
	http_free(r);
	return status;
}

static int login(const char *email, const char *password, char *body, size_t size)
{
	return login_from(NULL, email, password, body, size);
}

static void signs_in_and_out(void **state)
{
	struct person maya = sign_in("Maya@Northwind.localhost");
	char v[128];

	assert_string_equal(member(v, sizeof(v), maya.me, "user.email"),
			    "maya@northwind.localhost");
	assert_string_equal(member(v, sizeof(v), maya.me, "tenant.domain"), "northwind.localhost");
	assert_string_equal(member(v, sizeof(v), maya.me, "extension.number"), "1001");
	assert_string_equal(member(v, sizeof(v), maya.me, "user.role"), "user");
	expect(&maya, "GET", "/api/v1/me", NULL, 200, "\"number\":\"1001\"");
	expect(NULL, "GET", "/api/v1/me", NULL, 401, "Sign in first");
	expect(&maya, "POST", "/api/v1/logout", NULL, 204, NULL);
	expect(&maya, "GET", "/api/v1/me", NULL, 401, "Your sign-in has ended");
	free(maya.me);
}

static void cookie_is_guarded(void **state)
{
	struct http_response *r =
		http_ask(house.port, "POST", "/api/v1/login", "",
			 "{\"email\":\"maya@northwind.localhost\",\"password\":\"" HOUSE_PASSWORD
			 "\",\"remember\":true}");
	char value[256];

	assert_int_equal(r->status, 200);
	http_head(r, "Set-Cookie", value, sizeof(value));
	assert_non_null(strstr(value, "; HttpOnly; SameSite=Strict"));
	assert_non_null(strstr(value, "; Max-Age=2592000"));
	assert_null(strstr(value, "Secure")); /* plain HTTP on loopback */
	assert_true(strcspn(value, ";") >= strlen("carillon_session=") + 43);
	http_free(r);
}

static void over_https_the_name_of_a_cookie_says_so(void **state)
{
	static const char tls[] = "X-Forwarded-Proto: https\r\n";
	char value[256], heads[400];
	struct http_response *r = http_ask(
		house.port, "POST", "/api/v1/login", tls,
		"{\"email\":\"maya@northwind.localhost\",\"password\":\"" HOUSE_PASSWORD "\"}");

	assert_int_equal(r->status, 200);
	http_head(r, "Set-Cookie", value, sizeof(value));
	http_free(r);
	assert_int_equal(strncmp(value, "__Host-carillon_session=", 24), 0);
	assert_non_null(strstr(value, "; Path=/; HttpOnly; SameSite=Strict; Secure"));
	value[strcspn(value, ";")] = '\0';
	snprintf(heads, sizeof(heads), "%sCookie: %s\r\n", tls, value);
	r = http_ask(house.port, "GET", "/api/v1/me", heads, NULL);
	assert_int_equal(r->status, 200);
	http_free(r);
	/* a cookie that came without TLS signs nobody in over it */
	snprintf(heads, sizeof(heads), "%sCookie: %s\r\n", tls, value + strlen("__Host-"));
	r = http_ask(house.port, "GET", "/api/v1/me", heads, NULL);
	assert_int_equal(r->status, 401);
	http_free(r);
}

static void forged_requests_are_refused(void **state)
{
	struct person maya = sign_in("maya@northwind.localhost"), thief = maya;

	thief.csrf[0] = '\0';
	expect(&thief, "PATCH", "/api/v1/me", "{\"theme\":\"dark\"}", 403, "X-CSRF-Token");
	str_ncpy(thief.csrf, "0123456789012345678901234567890123456789012", sizeof(thief.csrf));
	expect(&thief, "PATCH", "/api/v1/me", "{\"theme\":\"dark\"}", 403, "X-CSRF-Token");
	expect(&maya, "PATCH", "/api/v1/me", "{\"theme\":\"dark\"}", 200, "\"theme\":\"dark\"");
	expect(&maya, "PATCH", "/api/v1/me", "{\"role\":\"admin\"}", 422, "is not known here");
	expect(&maya, "PATCH", "/api/v1/me", "{\"timezone\":\"Nowhere/X\"}", 422, "timezone");
	free(maya.me);
}

static void unknown_and_wrong_are_the_same(void **state)
{
	char wrong[1024], unknown[1024], id[16];

	assert_int_equal(login("tom@harbor.localhost", "not this one", unknown, sizeof(unknown)),
			 401);
	assert_int_equal(login("maya@harbor.localhost", "not this one", wrong, sizeof(wrong)), 401);
	member(id, sizeof(id), wrong, "requestId");
	memcpy(strstr(wrong, id), "            ", 12);
	member(id, sizeof(id), unknown, "requestId");
	memcpy(strstr(unknown, id), "            ", 12);
	assert_string_equal(wrong, unknown);
}

static void locked(const char *email)
{
	char body[1024], v[32];

	clock_advance(24 * 3600 * 1000);
	for (int i = 0; i < 4; i++)
		assert_int_equal(login(email, "wrong wrong", NULL, 0), 401);
	assert_int_equal(login(email, "wrong wrong", body, sizeof(body)), 429);
	assert_in_range(atoi(member(v, sizeof(v), body, "retryAfterMs")), 890000, 900000);
	assert_int_equal(login(email, HOUSE_PASSWORD, NULL, 0), 429); /* even with the right one */
}

static void five_failures_lock(void **state)
{
	locked("maya@northwind.localhost");
	assert_int_equal(
		login_from("192.0.2.7", "maya@northwind.localhost", HOUSE_PASSWORD, NULL, 0), 200);
	assert_int_equal(login("maya@northwind.localhost", HOUSE_PASSWORD, NULL, 0), 429);
	clock_advance(15 * 60 * 1000 + 1000);
	assert_int_equal(login("maya@northwind.localhost", HOUSE_PASSWORD, NULL, 0), 200);
	locked("nobody@northwind.localhost"); /* tells nothing about who exists */
	assert_int_equal(login("maya@northwind.localhost", HOUSE_PASSWORD, NULL, 0), 200);
}

static void administrator_unlocks(void **state)
{
	struct person admin;
	char path[128];

	locked("maya@northwind.localhost");
	admin = sign_in("admin@northwind.localhost");
	snprintf(path, sizeof(path), "/api/v1/users/%s", house.northwind.maya_user.id);
	expect(&admin, "GET", path, NULL, 200, "\"locked\":true");
	snprintf(path, sizeof(path), "/api/v1/users/%s/unlock", house.northwind.maya_user.id);
	expect(&admin, "POST", path, NULL, 204, NULL);
	assert_int_equal(login("maya@northwind.localhost", HOUSE_PASSWORD, NULL, 0), 200);
	free(admin.me);
}

static int audit_fn(struct db *db, void *obj)
{
	int64_t *n = obj;
	int err =
		db_number(db, &n[0],
			  "SELECT count(*) FROM audit WHERE tenant_id = $1 AND action = 'sign-in' "
			  "AND who = 'maya@northwind.localhost' AND ip = '127.0.0.1'",
			  "i", house.northwind.row.id);

	return err ? err
		   : db_number(db, &n[1],
			       "SELECT count(*) FROM audit WHERE tenant_id = $1 AND "
			       "action = 'sign-in.failed' AND object = 'maya@northwind.localhost'",
			       "i", house.northwind.row.id);
}

static void sign_ins_are_audited(void **state)
{
	int64_t before[2], after[2];

	assert_int_equal(store_read(house.store, audit_fn, before), 0);
	assert_int_equal(login("maya@northwind.localhost", HOUSE_PASSWORD, NULL, 0), 200);
	assert_int_equal(login("maya@northwind.localhost", "wrong wrong", NULL, 0), 401);
	assert_int_equal(store_read(house.store, audit_fn, after), 0);
	assert_int_equal(after[0], before[0] + 1);
	assert_int_equal(after[1], before[1] + 1);
}

static void own_sign_ins_are_listed_and_ended(void **state)
{
	struct person here = sign_in("maya@northwind.localhost");
	struct person there = sign_in("maya@northwind.localhost");
	struct person other = sign_in("maya@harbor.localhost");
	struct http_response *r = ask(&here, "GET", "/api/v1/me/sessions", NULL);
	json_t *root = json_loads(r->body, 0, NULL), *row;
	char path[128] = "";
	size_t i;

	json_array_foreach(json_object_get(root, "rows"), i, row)
	{
		if (!json_is_true(json_object_get(row, "current")) && !path[0])
			snprintf(path, sizeof(path), "/api/v1/me/sessions/%s",
				 json_string_value(json_object_get(row, "id")));
	}
	assert_string_not_equal(path, "");
	expect(&other, "DELETE", path, NULL, 404, NULL);
	expect(&here, "DELETE", path, NULL, 204, NULL);
	expect(&there, "GET", "/api/v1/me", NULL, 401, NULL);
	expect(&here, "GET", "/api/v1/me", NULL, 200, NULL);
	json_decref(root);
	http_free(r);
	free(here.me);
	free(there.me);
	free(other.me);
}

static void signs_out_everywhere(void **state)
{
	struct person here = sign_in("maya@northwind.localhost");
	struct person there = sign_in("maya@northwind.localhost");

	expect(&here, "POST", "/api/v1/logout-everywhere", NULL, 204, NULL);
	expect(&here, "GET", "/api/v1/me", NULL, 401, NULL);
	expect(&there, "GET", "/api/v1/me", NULL, 401, NULL);
	free(here.me);
	free(there.me);
}

static void sign_in_ends_by_time(void **state)
{
	struct person maya = sign_in("maya@northwind.localhost");

	clock_advance(11 * 3600 * 1000);
	expect(&maya, "GET", "/api/v1/me", NULL, 200, NULL);
	clock_advance(3600 * 1000 + 1000);
	expect(&maya, "GET", "/api/v1/me", NULL, 401, NULL);
	free(maya.me);
}

static void password_is_changed(void **state)
{
	struct person here = sign_in("maya@harbor.localhost");
	struct person there = sign_in("maya@harbor.localhost");

	expect(&here, "POST", "/api/v1/me/password",
	       "{\"current\":\"nonsense\",\"password\":\"another good one\"}", 422,
	       "\"current\":\"is wrong\"");
	expect(&here, "POST", "/api/v1/me/password",
	       "{\"current\":\"" HOUSE_PASSWORD "\",\"password\":\"short\"}", 422, "\"password\"");
	expect(&here, "POST", "/api/v1/me/password",
	       "{\"current\":\"" HOUSE_PASSWORD "\",\"password\":\"another good one\"}", 204, NULL);
	expect(&there, "GET", "/api/v1/me", NULL, 401, NULL);
	expect(&here, "GET", "/api/v1/me", NULL, 200, NULL);
	assert_int_equal(login("maya@harbor.localhost", HOUSE_PASSWORD, NULL, 0), 401);
	assert_int_equal(login("maya@harbor.localhost", "another good one", NULL, 0), 200);
	free(here.me);
	free(there.me);
}

static void address_that_tries_many_is_locked(void **state)
{
	char email[64];
	int status = 0;

	clock_advance(24 * 3600 * 1000);
	for (int i = 0; i < 50; i++) {
		snprintf(email, sizeof(email), "guess%d@northwind.localhost", i);
		status = login(email, "wrong wrong", NULL, 0);
	}
	assert_int_equal(status, 429);
	assert_int_equal(login("maya@northwind.localhost", HOUSE_PASSWORD, NULL, 0), 429);
	clock_advance(5 * 60 * 1000 + 1000);
	assert_int_equal(login("maya@northwind.localhost", HOUSE_PASSWORD, NULL, 0), 200);
}

/* Whoever has one address of IPv6 has the others of its subnet */
static void a_subnet_that_tries_many_is_locked(void **state)
{
	char email[64], ip[64];

	clock_advance(24 * 3600 * 1000);
	for (int i = 0; i < 50; i++) {
		snprintf(email, sizeof(email), "spray%d@northwind.localhost", i);
		snprintf(ip, sizeof(ip), "2001:db8:7:1::%x", i + 1);
		(void)login_from(ip, email, "wrong wrong", NULL, 0);
	}
	assert_int_equal(login_from("2001:db8:7:1::ffff", "maya@northwind.localhost",
				    HOUSE_PASSWORD, NULL, 0),
			 429);
	assert_int_equal(
		login_from("2001:db8:7:2::1", "maya@northwind.localhost", HOUSE_PASSWORD, NULL, 0),
		200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_in_and_out),
		cmocka_unit_test(cookie_is_guarded),
		cmocka_unit_test(over_https_the_name_of_a_cookie_says_so),
		cmocka_unit_test(forged_requests_are_refused),
		cmocka_unit_test(unknown_and_wrong_are_the_same),
		cmocka_unit_test(five_failures_lock),
		cmocka_unit_test(administrator_unlocks),
		cmocka_unit_test(sign_ins_are_audited),
		cmocka_unit_test(own_sign_ins_are_listed_and_ended),
		cmocka_unit_test(signs_out_everywhere),
		cmocka_unit_test(sign_in_ends_by_time),
		cmocka_unit_test(password_is_changed),
		cmocka_unit_test(address_that_tries_many_is_locked),
		cmocka_unit_test(a_subnet_that_tries_many_is_locked),
	};

	return cmocka_run_group_tests(tests, house_open, house_close);
}
