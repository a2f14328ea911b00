/**
 * @file model_login.c  Sign-ins: tokens, ends, other tenants
 */
#include "login.h"
#include "model_test.h"

static const int64_t now = INT64_C(1795000000000);
static const int64_t hour = INT64_C(3600) * 1000;

static struct login login_start(const struct user *u, char token[LOGIN_TOKEN], bool remember,
				int64_t at)
{
	struct login l;

	login_make(&l, token, u, remember, "192.0.2.7", "Firefox", at);
	assert_int_equal(login_add(db, &l), 0);
	return l;
}

static void test_find(void **state)
{
	struct user u = user_make(mine.id, "maya@example.com", ""), who;
	char token[LOGIN_TOKEN];
	struct login l = login_start(&u, token, false, now), f;

	assert_int_equal(strlen(token), 43);
	assert_int_equal(strlen(l.csrf), 43);
	assert_string_not_equal(token, l.csrf);
	assert_int_equal(login_find(&f, &who, db, token, now), 0);
	assert_memory_equal(&l, &f, sizeof(l));
	assert_string_equal(who.id, u.id);
	assert_int_equal(login_find(&f, &who, db, l.token_hash, now), ENOENT);
	assert_int_equal(login_find(&f, &who, db, "", now), ENOENT);
	assert_int_equal(login_find(&f, &who, db, "' OR 1=1 --", now), ENOENT);
}

static void test_token_is_not_stored(void **state)
{
	struct user u = user_make(mine.id, "maya@example.com", "");
	char token[LOGIN_TOKEN];
	int64_t n = -1;

	login_start(&u, token, false, now);
	assert_int_equal(db_number(db, &n,
				   "SELECT count(*) FROM login WHERE token_hash = $1 OR csrf = $1 "
				   "OR id = $1",
				   "s", token),
			 0);
	assert_int_equal(n, 0);
}

static void test_expires(void **state)
{
	struct user u = user_make(mine.id, "maya@example.com", ""), who;
	char browser[LOGIN_TOKEN], remembered[LOGIN_TOKEN];
	struct login f;

	login_start(&u, browser, false, now);
	login_start(&u, remembered, true, now);
	assert_int_equal(login_find(&f, &who, db, browser, now + 12 * hour - 1), 0);
	assert_int_equal(login_find(&f, &who, db, browser, now + 12 * hour), ENOENT);
	assert_int_equal(login_find(&f, &who, db, remembered, now + 30 * 24 * hour - 1), 0);
	assert_int_equal(login_find(&f, &who, db, remembered, now + 30 * 24 * hour), ENOENT);
	assert_int_equal(login_purge(db, now + 12 * hour), 0);
	assert_int_equal(login_find(&f, &who, db, browser, now), ENOENT);
	assert_int_equal(login_find(&f, &who, db, remembered, now), 0);
}

static int list_h(const struct login *l, void *arg)
{
	listed_add(arg, l->id);
	return 0;
}

static void test_end(void **state)
{
	struct user u = user_make(mine.id, "maya@example.com", ""), who;
	struct user v = user_make(mine.id, "tom@example.com", "");
	char a_token[LOGIN_TOKEN], b_token[LOGIN_TOKEN], c_token[LOGIN_TOKEN];
	struct login a = login_start(&u, a_token, false, now), f;
	struct login b = login_start(&u, b_token, false, now + 1);
	struct listed l = {0};

	login_start(&v, c_token, false, now);
	assert_int_equal(login_list(db, mine.id, u.id, now + 1, list_h, &l), 0);
	assert_int_equal(l.count, 2);
	assert_string_equal(l.last, a.id);
	assert_int_equal(login_end(db, mine.id, v.id, a.id), ENOENT); /* not Tom's */
	assert_int_equal(login_end(db, mine.id, u.id, a.id), 0);
	assert_int_equal(login_find(&f, &who, db, a_token, now), ENOENT);
	login_start(&u, a_token, false, now);
	assert_int_equal(login_end_all(db, mine.id, u.id, b.id), 0);
	assert_int_equal(login_find(&f, &who, db, a_token, now), ENOENT);
	assert_int_equal(login_find(&f, &who, db, b_token, now), 0);
	assert_int_equal(login_end_all(db, mine.id, u.id, NULL), 0);
	assert_int_equal(login_find(&f, &who, db, b_token, now), ENOENT);
	assert_int_equal(login_find(&f, &who, db, c_token, now), 0);
}

static void test_ends_with_its_user(void **state)
{
	struct user u = user_make(mine.id, "maya@example.com", ""), who;
	char token[LOGIN_TOKEN];
	struct login l = login_start(&u, token, false, now), f;

	assert_int_equal(user_remove(db, mine.id, u.id), 0);
	assert_int_equal(login_find(&f, &who, db, token, now), ENOENT);
	assert_int_equal(login_add(db, &l), EINVAL);
}

static void test_seen_and_acting(void **state)
{
	struct user u = user_make(0, "admin@localhost", ""), m = user_make(mine.id, "m@x.y", ""),
		    who;
	char token[LOGIN_TOKEN], other_token[LOGIN_TOKEN];
	struct login l = login_start(&u, token, false, now), f;
	struct login of_tenant = login_start(&m, other_token, false, now);

	assert_int_equal(login_seen(db, 0, l.id, now + 5), 0);
	assert_int_equal(login_act_for(db, l.id, mine.id), 0);
	assert_int_equal(login_find(&f, &who, db, token, now), 0);
	assert_int_equal(f.last_seen_at, now + 5);
	assert_int_equal(f.acting_for, mine.id);
	assert_int_equal(login_act_for(db, of_tenant.id, other.id), ENOENT); /* platform only */
}

static void test_other_tenant_finds_nothing(void **state)
{
	struct user u = user_make(mine.id, "maya@example.com", ""), who;
	char token[LOGIN_TOKEN];
	struct login l = login_start(&u, token, false, now), f;
	struct listed list = {0};

	assert_int_equal(login_seen(db, other.id, l.id, now), ENOENT);
	assert_int_equal(login_end(db, other.id, u.id, l.id), ENOENT);
	assert_int_equal(login_end_all(db, other.id, u.id, NULL), 0);
	assert_int_equal(login_list(db, other.id, u.id, now, list_h, &list), 0);
	assert_int_equal(list.count, 0);
	assert_int_equal(login_find(&f, &who, db, token, now), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_find),
		TEST(test_token_is_not_stored),
		TEST(test_expires),
		TEST(test_end),
		TEST(test_ends_with_its_user),
		TEST(test_seen_and_acting),
		TEST(test_other_tenant_finds_nothing),
	};

	return RUN(tests);
}
