/**
 * @file model_reset.c  A link for a new password is good once, for an hour, and for its user alone
 */
#include "model_test.h"
#include "clock.h"
#include "reset.h"

static const int64_t hour = INT64_C(3600000);

static void link_finds_its_user(void **state)
{
	struct user u = user_make(mine.id, "maya@x.example", ""), found;
	char token[LOGIN_TOKEN];

	assert_int_equal(reset_make(db, token, u.tenant, u.id, 1000), 0);
	assert_int_equal(reset_find(&found, db, token, 1000 + hour - 1), 0);
	assert_string_equal(found.email, "maya@x.example");
	assert_int_equal(reset_find(&found, db, token, 1000 + hour), ENOENT);
	assert_int_equal(reset_find(&found, db, "", 1000), ENOENT);
}

static void link_is_good_once(void **state)
{
	struct user u = user_make(mine.id, "maya@x.example", "");
	char token[LOGIN_TOKEN];

	assert_int_equal(reset_make(db, token, u.tenant, u.id, 1000), 0);
	assert_int_equal(reset_take(db, token, 1000), 0);
	assert_int_equal(reset_take(db, token, 1000), ENOENT);
}

static void later_link_makes_the_earlier_one_useless(void **state)
{
	struct user u = user_make(mine.id, "maya@x.example", ""), found;
	char first[LOGIN_TOKEN], second[LOGIN_TOKEN];

	assert_int_equal(reset_make(db, first, u.tenant, u.id, 1000), 0);
	assert_int_equal(reset_make(db, second, u.tenant, u.id, 1000), 0);
	assert_int_equal(reset_find(&found, db, first, 1000), ENOENT);
	assert_int_equal(reset_find(&found, db, second, 1000), 0);
}

static void link_goes_with_its_user(void **state)
{
	struct user u = user_make(mine.id, "maya@x.example", ""), found;
	char token[LOGIN_TOKEN];

	assert_int_equal(reset_make(db, token, u.tenant, u.id, 1000), 0);
	assert_int_equal(user_remove(db, u.tenant, u.id), 0);
	assert_int_equal(reset_find(&found, db, token, 1000), ENOENT);
	assert_int_equal(reset_make(db, token, u.tenant, u.id, 1000), EINVAL);
}

static void token_does_not_stand_in_the_database(void **state)
{
	struct user u = user_make(mine.id, "maya@x.example", "");
	char token[LOGIN_TOKEN];
	int64_t n;

	assert_int_equal(reset_make(db, token, u.tenant, u.id, 1000), 0);
	assert_int_equal(db_number(db, &n,
				   "SELECT COUNT(*) FROM password_reset WHERE token_hash = $1", "s",
				   token),
			 0);
	assert_int_equal(n, 0);
}

static void old_links_are_forgotten(void **state)
{
	struct user u = user_make(mine.id, "maya@x.example", "");
	char token[LOGIN_TOKEN];
	int64_t n;

	assert_int_equal(reset_make(db, token, u.tenant, u.id, 1000), 0);
	assert_int_equal(reset_purge(db, 1000 + hour), 0);
	assert_int_equal(db_number(db, &n, "SELECT COUNT(*) FROM password_reset", ""), 0);
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(link_finds_its_user),
		TEST(link_is_good_once),
		TEST(later_link_makes_the_earlier_one_useless),
		TEST(link_goes_with_its_user),
		TEST(token_does_not_stand_in_the_database),
		TEST(old_links_are_forgotten),
	};

	return RUN(tests);
}
