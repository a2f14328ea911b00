/**
 * @file api_second_step.c  The second step: set up, asked for, lost, and required of administrators
 */
#include "api_house.h"
#include "clock.h"
#include "second_step.h"

static char shown[TOTP_SECRET];

#define PASSWORD "{\"password\":\"" HOUSE_PASSWORD "\"}"
#define STEP "/api/v1/me/second-step"

/* Of the next period: each code is good once */
static const char *fresh_code(void)
{
	static char code[TOTP_CODE];

	clock_advance(TOTP_STEP_MS);
	totp(code, shown, clock_wall_ms() / TOTP_STEP_MS);
	return code;
}

static int login(const char *email, const char *code, const char *part)
{
	char text[512], more[64] = "";
	struct http_response *r;
	int status;

	if (code)
		snprintf(more, sizeof(more), ",\"code\":\"%s\"", code);
	snprintf(text, sizeof(text), "{\"email\":\"%s\",\"password\":\"%s\"%s}", email,
		 HOUSE_PASSWORD, more);
	r = http_ask(house.port, "POST", "/api/v1/login", "", text);
	status = r->status;
	if (part && !strstr(r->body, part))
		fail_msg("%s: %d %s", text, status, r->body);
	http_free(r);
	return status;
}

/* Returns one of the recovery codes */
static const char *set_up(const struct person *p)
{
	static char code[32];
	struct http_response *r = ask(p, "POST", STEP, PASSWORD);
	char body[64];

	assert_int_equal(r->status, 200);
	member(shown, sizeof(shown), r->body, "secret");
	assert_non_null(strstr(r->body, "otpauth://totp/Carillon:"));
	http_free(r);
	expect(p, "POST", STEP "/confirm", "{\"code\":\"000000\"}", 422, "\"code\":\"is wrong");
	snprintf(body, sizeof(body), "{\"code\":\"%s\"}", fresh_code());
	r = ask(p, "POST", STEP "/confirm", body);
	assert_int_equal(r->status, 200);
	snprintf(code, sizeof(code), "%.11s", strstr(r->body, "[\"") + 2);
	http_free(r);
	return code;
}

static void a_code_is_asked_for_once_it_is_set_up(void **state)
{
	static const char email[] = "maya@northwind.localhost";
	struct person maya = sign_in(email);
	const char *recovery, *code;

	expect(&maya, "GET", STEP, NULL, 200, "\"on\":false");
	expect(&maya, "POST", STEP, "{\"password\":\"wrong wrong\"}", 422,
	       "\"password\":\"is wrong");
	expect(&maya, "POST", STEP "/confirm", "{\"code\":\"123456\"}", 404, NULL);
	assert_int_equal(login(email, NULL, NULL), 200);
	recovery = set_up(&maya);
	expect(&maya, "GET", STEP, NULL, 200, "\"recoveryLeft\":10");
	expect(&maya, "POST", STEP, PASSWORD, 409, NULL);
	assert_int_equal(login(email, NULL, "\"secondStep\":true"), 401);
	assert_int_equal(login(email, "000000", "\"secondStep\":true"), 401);
	code = fresh_code();
	assert_int_equal(login(email, code, "\"csrf\""), 200);
	assert_int_equal(login(email, code, "code is wrong"), 401); /* once */
	assert_int_equal(login(email, recovery, NULL), 200);
	assert_int_equal(login(email, recovery, NULL), 401);
	expect(&maya, "GET", STEP, NULL, 200, "\"recoveryLeft\":9");
	expect(&maya, "POST", STEP "/recovery", PASSWORD, 200, "recoveryCodes");
	expect(&maya, "POST", STEP "/off", PASSWORD, 204, NULL);
	expect(&maya, "POST", STEP "/recovery", PASSWORD, 404, NULL);
	assert_int_equal(login(email, NULL, NULL), 200);
	free(maya.me);
}

static void wrong_codes_lock(void **state)
{
	static const char email[] = "maya@harbor.localhost";
	struct person maya = sign_in(email);

	set_up(&maya);
	for (int i = 0; i < 4; i++)
		assert_int_equal(login(email, "000000", NULL), 401);
	assert_int_equal(login(email, "000000", NULL), 429);
	assert_int_equal(login(email, fresh_code(), NULL), 429);
	clock_advance(15 * 60 * 1000 + 1000);
	assert_int_equal(login(email, fresh_code(), NULL), 200);
	expect(&maya, "POST", STEP "/off", PASSWORD, 204, NULL);
	free(maya.me);
}

static void an_administrator_helps_who_lost_the_app(void **state)
{
	static const char email[] = "maya@northwind.localhost";
	struct person maya = sign_in(email), admin = sign_in("admin@northwind.localhost");
	struct person other = sign_in("admin@harbor.localhost");
	char path[192], user[128];

	set_up(&maya);
	snprintf(user, sizeof(user), "/api/v1/users/%s", house.northwind.maya_user.id);
	snprintf(path, sizeof(path), "%s/second-step", user);
	expect(&admin, "GET", user, NULL, 200, "\"secondStep\":true");
	expect(&maya, "DELETE", path, NULL, 403, NULL);
	expect(&other, "DELETE", path, NULL, 404, NULL);
	assert_int_equal(login(email, NULL, NULL), 401);
	expect(&admin, "DELETE", path, NULL, 204, NULL);
	expect(&admin, "GET", user, NULL, 200, "\"secondStep\":false");
	assert_int_equal(login(email, NULL, NULL), 200);
	free(maya.me);
	free(admin.me);
	free(other.me);
}

static void administrators_may_be_required_to(void **state)
{
	struct person admin = sign_in("admin@northwind.localhost"), again;
	struct person maya = sign_in("maya@northwind.localhost");

	expect(&admin, "PATCH", "/api/v1/second-step-rule", "{\"administrators\":true}", 409,
	       "for yourself first");
	set_up(&admin);
	expect(&maya, "PATCH", "/api/v1/second-step-rule", "{\"administrators\":true}", 403, NULL);
	expect(&admin, "PATCH", "/api/v1/second-step-rule", "{\"administrators\":true}", 200,
	       "true");
	expect(&admin, "GET", "/api/v1/users", NULL, 200, NULL);
	expect(&admin, "POST", STEP "/off", PASSWORD, 204, NULL);
	again = sign_in("admin@northwind.localhost");
	expect(&again, "GET", "/api/v1/me", NULL, 200, "\"owesSecondStep\":true");
	expect(&again, "GET", "/api/v1/users", NULL, 403, "second step");
	expect(&again, "POST", "/api/v1/phone/session", "{\"deviceName\":\"A\"}", 403,
	       "second step");
	expect(&again, "POST", "/api/v1/me/account/reveal", PASSWORD, 403, "second step");
	expect(&maya, "GET", "/api/v1/me", NULL, 200, "\"owesSecondStep\":false");
	set_up(&again);
	expect(&again, "GET", "/api/v1/users", NULL, 200, NULL);
	expect(&again, "PATCH", "/api/v1/second-step-rule", "{\"administrators\":false}", 200,
	       "false");
	expect(&again, "POST", STEP "/off", PASSWORD, 204, NULL);
	free(admin.me);
	free(again.me);
	free(maya.me);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_asked_for_once_it_is_set_up),
		cmocka_unit_test(wrong_codes_lock),
		cmocka_unit_test(an_administrator_helps_who_lost_the_app),
		cmocka_unit_test(administrators_may_be_required_to),
	};

	return cmocka_run_group_tests(tests, house_open, house_close);
}
