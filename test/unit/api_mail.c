/**
 * @file api_mail.c  Forgotten passwords tell nothing; administrators see what became of mails
 */
#include "api_house.h"
#include "mail.h"
#include "reset.h"

#define FORGOT "/api/v1/auth/forgot"
#define RESET "/api/v1/auth/reset"
#define NEW "a rather new password"

static struct person maya, admin;

static int setup(void **state)
{
	int err = house_open(state);

	maya = sign_in("maya@northwind.localhost");
	admin = sign_in("admin@northwind.localhost");
	return err;
}

static int teardown(void **state)
{
	free(maya.me);
	free(admin.me);
	return house_close(state);
}

static void forgot(const char *email, int status)
{
	char body[128];

	snprintf(body, sizeof(body), "{\"email\":\"%s\"}", email);
	expect(NULL, "POST", FORGOT, body, status, NULL);
}

static int token_fn(struct db *db, void *obj)
{
	return reset_make(db, obj, house.northwind.row.id, house.northwind.maya_user.id,
			  clock_wall_ms());
}

static void reset(const char *token, const char *password, int status, const char *part)
{
	char body[256];

	snprintf(body, sizeof(body), "{\"token\":\"%s\",\"password\":\"%s\"}", token, password);
	expect(NULL, "POST", RESET, body, status, part);
}

static int count_fn(struct db *db, void *obj)
{
	return db_number(db, obj, "SELECT COUNT(*) FROM job WHERE kind = 'mail'", "");
}

static int64_t mails(void)
{
	int64_t n = 0;

	assert_int_equal(store_read(house.store, count_fn, &n), 0);
	return n;
}

static void known_and_unknown_address_get_the_same_answer(void **state)
{
	struct http_response *a, *b;

	a = http_ask(house.port, "POST", FORGOT, "", "{\"email\":\"maya@northwind.localhost\"}");
	b = http_ask(house.port, "POST", FORGOT, "", "{\"email\":\"mia@northwind.localhost\"}");
	assert_int_equal(a->status, 204);
	assert_int_equal(b->status, 204);
	assert_string_equal(a->body, b->body);
	http_free(a);
	http_free(b);
	assert_int_equal(mails(), 1);
}

static void known_and_unknown_address_are_limited_alike(void **state)
{
	for (int i = 0; i < 3; i++) {
		forgot("maya@northwind.localhost", 204);
		forgot("mia@northwind.localhost", 204);
	}
	forgot("maya@northwind.localhost", 429);
	forgot("mia@northwind.localhost", 429);
	clock_advance(6 * 60000);
	forgot("maya@northwind.localhost", 204);
}

static void one_source_cannot_ask_for_everybody(void **state)
{
	char email[64];

	for (int i = 0; i < 20; i++) {
		snprintf(email, sizeof(email), "user%d@northwind.localhost", i);
		forgot(email, 204);
	}
	forgot("maya@northwind.localhost", 429);
}

static void new_password_by_a_link_ends_what_was_signed_in(void **state)
{
	char token[LOGIN_TOKEN];

	assert_int_equal(store_write_wait(house.store, token_fn, token), 0);
	reset(token, NEW, 204, NULL);
	expect(&maya, "GET", "/api/v1/me", NULL, 401, NULL);
	expect(&admin, "GET", "/api/v1/me", NULL, 200, NULL);
	expect(NULL, "POST", "/api/v1/login",
	       "{\"email\":\"maya@northwind.localhost\",\"password\":\"" NEW "\"}", 200, NULL);
	reset(token, NEW, 422, "is not good any more");
}

static void bad_password_does_not_use_the_link_up(void **state)
{
	char token[LOGIN_TOKEN];

	assert_int_equal(store_write_wait(house.store, token_fn, token), 0);
	reset(token, "short", 422, "\"password\"");
	reset(token, NEW, 204, NULL);
}

static void links_cannot_be_guessed_for_long(void **state)
{
	for (int i = 0; i < 20; i++)
		reset("guess", NEW, 422, "\"token\"");
	reset("guess", NEW, 429, NULL);
}

static int audited_fn(struct db *db, void *obj)
{
	return db_number(db, obj,
			 "SELECT COUNT(*) FROM audit WHERE tenant_id = $1 AND action IN "
			 "('password.forgotten', 'password.reset')",
			 "i", house.northwind.row.id);
}

static void both_steps_are_audited(void **state)
{
	char token[LOGIN_TOKEN];
	int64_t n = 0;

	forgot("maya@northwind.localhost", 204);
	assert_int_equal(store_write_wait(house.store, token_fn, token), 0);
	reset(token, NEW, 204, NULL);
	assert_int_equal(store_read(house.store, audited_fn, &n), 0);
	assert_int_equal(n, 2);
}

static int mail_fn(struct db *db, void *obj)
{
	struct mail *m = obj;

	m->tenant = house.northwind.row.id;
	m->template = TEMPLATE_fax_result;
	str_ncpy(m->to, "tom@example.com", sizeof(m->to));
	mail_field(m, "recipient", "+14155550199");
	mail_field(m, "result", "sent");
	return mail_add(db, m);
}

static struct mail mail_of_tenant(void)
{
	static struct mail m;

	memset(&m, 0, sizeof(m));
	assert_int_equal(store_write_wait(house.store, mail_fn, &m), 0);
	return m;
}

static void administrators_see_mails_of_their_tenant(void **state)
{
	struct person other = sign_in("admin@harbor.localhost");

	mail_of_tenant();
	expect(&admin, "GET", "/api/v1/mail?state=waiting&q=TOM", NULL, 200,
	       "\"subject\":\"Fax to +14155550199: sent\"");
	expect(&admin, "GET", "/api/v1/mail?state=failed", NULL, 200, "\"rows\":[]");
	expect(&admin, "GET", "/api/v1/mail?state=lost", NULL, 422, "\"state\"");
	expect(&maya, "GET", "/api/v1/mail", NULL, 403, NULL);
	expect(&other, "GET", "/api/v1/mail", NULL, 200, "\"rows\":[]");
	free(other.me);
}

static int sent_fn(struct db *db, void *obj)
{
	return db_exec(db, "UPDATE job SET state = 'done'", "");
}

static void mail_is_retried_unless_it_was_sent(void **state)
{
	struct person other = sign_in("admin@harbor.localhost");
	struct mail m = mail_of_tenant();
	char path[128];

	snprintf(path, sizeof(path), "/api/v1/mail/%s/retry", m.id);
	expect(&other, "POST", path, NULL, 404, NULL);
	expect(&admin, "POST", path, NULL, 200, "\"state\":\"waiting\"");
	assert_int_equal(store_write_wait(house.store, sent_fn, NULL), 0);
	expect(&admin, "POST", path, NULL, 409, NULL);
	free(other.me);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(known_and_unknown_address_get_the_same_answer),
		TEST(known_and_unknown_address_are_limited_alike),
		TEST(one_source_cannot_ask_for_everybody),
		TEST(new_password_by_a_link_ends_what_was_signed_in),
		TEST(bad_password_does_not_use_the_link_up),
		TEST(links_cannot_be_guessed_for_long),
		TEST(both_steps_are_audited),
		TEST(administrators_see_mails_of_their_tenant),
		TEST(mail_is_retried_unless_it_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
