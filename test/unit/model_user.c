/**
 * @file model_user.c  Users: fields, passwords, locking, other tenants
 */
#include <time.h>
#include "model_test.h"

enum { NOW = 1000000 };

static void test_add_and_find(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct user u = user_make(mine.id, "Maya@Example.com", e.id), f;

	assert_string_equal(u.email, "maya@example.com");
	assert_int_equal(user_get(&f, db, mine.id, u.id), 0);
	assert_string_equal(f.extension_id, e.id);
	assert_int_equal(user_by_email(&f, db, "MAYA@example.com"), 0);
	assert_string_equal(f.id, u.id);
	assert_int_equal(user_by_extension(&f, db, mine.id, e.id), 0);
	assert_string_equal(f.id, u.id);
	assert_int_equal(user_by_extension(&f, db, other.id, e.id), ENOENT);
	assert_int_equal(user_by_email(&f, db, "nobody@example.com"), ENOENT);
}

static void test_address_once_over_all_tenants(void **state)
{
	struct user u = user_make(mine.id, "maya@example.com", "");
	struct field_errors fe = {0};

	u.tenant = other.id;
	assert_int_equal(user_add(db, &u), EEXIST);
	assert_int_equal(
		user_check(&fe, db,
			   &(struct user){.tenant = other.id, .email = "maya@example.com"}),
		0);
	assert_field(&fe, "email", "already used");
}

static void test_check(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct user maya = user_make(mine.id, "maya@example.com", e.id), u = maya;
	struct field_errors good = {0}, bad = {0};

	assert_int_equal(user_check(&good, db, &u), 0);
	assert_int_equal(good.count, 0);
	strcpy(u.id, "");
	strcpy(u.email, "no address");
	strcpy(u.name, "");
	strcpy(u.theme, "pink");
	strcpy(u.timezone, "Mars/Olympus");
	strcpy(u.permissions, "send_fax");
	u.role = USER_platform;
	assert_int_equal(user_check(&bad, db, &u), 0);
	assert_field(&bad, "email", "address");
	assert_field(&bad, "name", "empty");
	assert_field(&bad, "theme", "system");
	assert_field(&bad, "timezone", "zone such as");
	assert_field(&bad, "role", "fit");
	assert_field(&bad, "extensionId", "belongs to maya@example.com");
	assert_field(&bad, "permissions", "does not have");
	memset(&bad, 0, sizeof(bad));
	strcpy(u.permissions, "cdr fly");
	strcpy(u.extension_id, "nowhere");
	assert_int_equal(user_check(&bad, db, &u), 0);
	assert_field(&bad, "permissions", "no permission");
	assert_field(&bad, "extensionId", "does not exist");
}

static void test_check_address(void **state)
{
	static const struct {
		const char *email;
		bool good;
	} rows[] = {
		{"a@b.c", true},    {"admin@localhost", true}, {"a.b+c@example.com", true},
		{"", false},	    {"@b.c", false},	       {"a@", false},
		{"a@b@c.d", false}, {"a b@c.d", false},	       {"a@.c", false},
		{"a@b.", false},    {"a@b.c\r\nx", false},     {"<a@b.c>", false},
		{"A@b.c", false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct user u = {.tenant = mine.id};
		struct field_errors fe = {0};

		str_ncpy(u.email, rows[i].email, sizeof(u.email));
		assert_int_equal(user_check(&fe, db, &u), 0);
		assert_field(&fe, "email", rows[i].good ? NULL : "such as");
	}
}

static void test_change(void **state)
{
	struct user u = user_make(mine.id, "maya@example.com", ""), old = u, f;

	strcpy(u.name, "Maya Chen");
	strcpy(u.theme, "dark");
	strcpy(u.permissions, "cdr users");
	u.role = USER_admin;
	assert_int_equal(user_change(db, &u), 0);
	assert_int_equal(user_get(&f, db, mine.id, u.id), 0);
	assert_string_equal(f.name, "Maya Chen");
	assert_string_equal(f.theme, "dark");
	assert_string_equal(f.permissions, "cdr users");
	assert_int_equal(f.role, USER_admin);
	assert_int_equal(f.version, u.version);
	assert_true(user_administers(&f));
	assert_int_equal(user_change(db, &old), ESTALE);
}

static int list_h(const struct user *u, void *arg)
{
	listed_add(arg, u->email);
	return 0;
}

static void test_list(void **state)
{
	struct listed all = {0}, some = {0}, page = {0}, platform = {0};

	user_make(mine.id, "tom@example.com", "");
	user_make(mine.id, "maya@example.com", "");
	user_make(other.id, "ana@example.com", "");
	user_make(0, "admin@localhost", "");
	assert_int_equal(user_list(db, mine.id, NULL, NULL, 0, list_h, &all), 0);
	assert_string_equal(all.all, "maya@example.com tom@example.com");
	assert_int_equal(user_list(db, mine.id, "TOM", NULL, 0, list_h, &some), 0);
	assert_string_equal(some.all, "tom@example.com");
	assert_int_equal(user_list(db, mine.id, NULL, "maya@example.com", 1, list_h, &page), 0);
	assert_string_equal(page.all, "tom@example.com");
	assert_int_equal(user_list(db, 0, NULL, NULL, 0, list_h, &platform), 0);
	assert_string_equal(platform.all, "admin@localhost");
}

static void test_other_tenant_finds_nothing(void **state)
{
	struct user u = user_make(mine.id, "maya@example.com", ""), f = u;

	f.tenant = other.id;
	assert_int_equal(user_change(db, &f), ENOENT);
	assert_int_equal(user_get(&f, db, other.id, u.id), ENOENT);
	assert_int_equal(user_set_password(db, other.id, u.id, "x"), ENOENT);
	assert_int_equal(user_remove(db, other.id, u.id), ENOENT);
	assert_int_equal(user_get(&f, db, mine.id, u.id), 0);
	assert_int_equal(user_remove(db, mine.id, u.id), 0);
	assert_int_equal(user_remove(db, mine.id, u.id), ENOENT);
}

static void test_password_policy(void **state)
{
	static const struct {
		const char *plain, *wrong;
	} rows[] = {
		{"correct battery", NULL},
		{"violet-otter-42", NULL},
		{"gr\xc3\xbc\xc3\x9f-dich-gott", NULL},
		{"short", "at least 10"},
		{"\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", "at least 10"},
		{"P4ssw0rd2026!", "common"},
		{"password1234", "common"},
		{"qwertyuiop", "common"},
		{"1234567890", "common"},
		{"0987654321", "common"},
		{"aaaaaaaaaaaa", "common"},
		{"abababababab", "common"},
		{"iloveyou12345", "common"},
		{"Summer2026!!", "common"},
		{"correcthorsebatterystaple", "common"},
		{"maya.chen2026", "like your name"},
		{"bad\xff\xff\xff\xff\xff\xff\xff\xff", "characters"},
	};
	struct user u = {.email = "maya.chen@example.com", .name = "Maya Chen"};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct field_errors fe = {0};

		assert_int_equal(password_check(&fe, "password", rows[i].plain, &u),
				 !rows[i].wrong);
		assert_field(&fe, "password", rows[i].wrong);
	}
}

static void test_password_long(void **state)
{
	struct field_errors fe = {0};
	char plain[PASSWORD_MAX + 1];

	for (size_t i = 0; i < PASSWORD_MAX; i++)
		plain[i] = "xq7z!kw"[i * i % 7];
	plain[PASSWORD_MAX] = '\0';
	assert_false(password_check(&fe, "password", plain, NULL));
	assert_field(&fe, "password", "at most 255");
	plain[PASSWORD_MAX - 1] = '\0';
	memset(&fe, 0, sizeof(fe));
	assert_true(password_check(&fe, "password", plain, NULL));
}

static void test_made_up_password_is_good(void **state)
{
	struct field_errors fe = {0};
	char a[16], b[16];

	password_make(a, sizeof(a));
	password_make(b, sizeof(b));
	assert_string_not_equal(a, b);
	assert_int_equal(strlen(a), 15);
	assert_true(password_check(&fe, "password", a, NULL));
}

static void test_verify(void **state)
{
	struct user u = user_make(mine.id, "maya@example.com", ""), f;
	char hash[USER_HASH], again[USER_HASH];

	assert_int_equal(password_hash(hash, "violet-otter-42"), 0);
	assert_int_equal(password_hash(again, "violet-otter-42"), 0);
	assert_string_not_equal(hash, again);
	assert_int_equal(strncmp(hash, "$argon2id$", 10), 0);
	assert_int_equal(user_verify(&u, "", 0, NOW), SIGN_IN_WRONG); /* has none yet */
	assert_int_equal(user_set_password(db, mine.id, u.id, hash), 0);
	assert_int_equal(user_get(&f, db, mine.id, u.id), 0);
	assert_int_equal(user_verify(&f, "violet-otter-42", 0, NOW), SIGN_IN_OK);
	assert_int_equal(user_verify(&f, "violet-otter-43", 0, NOW), SIGN_IN_WRONG);
	assert_int_equal(user_verify(NULL, "violet-otter-42", 0, NOW), SIGN_IN_WRONG);
	assert_int_equal(user_verify(&f, "violet-otter-42", NOW + 1, NOW), SIGN_IN_LOCKED);
	assert_int_equal(user_verify(NULL, "violet-otter-42", NOW + 1, NOW), SIGN_IN_LOCKED);
}

/* Processor time of this thread: what others do on the machine does not count */
static uint64_t cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static uint64_t verify_us(const struct user *u, const char *plain, int64_t locked)
{
	uint64_t best = UINT64_MAX;

	for (int i = 0; i < 3; i++) {
		uint64_t start = cpu_us(), took;

		(void)user_verify(u, plain, locked, NOW);
		took = cpu_us() - start;
		best = took < best ? took : best;
	}
	return best;
}

/* An unknown address must cost a hash like a known one, within a factor of two */
static void test_unknown_takes_as_long(void **state)
{
	struct user u = {.id = "x"};
	uint64_t known, unknown, locked;

	assert_int_equal(password_hash(u.hash, "violet-otter-42"), 0);
	known = verify_us(&u, "wrong password", 0);
	unknown = verify_us(NULL, "wrong password", 0);
	locked = verify_us(&u, "violet-otter-42", NOW + 1);
	assert_true(unknown > known / 2 && unknown < known * 2);
	assert_true(locked > known / 2 && locked < known * 2);
}

static void fail_times(const char *email, int times, int64_t *until)
{
	for (int i = 0; i < times; i++)
		assert_int_equal(lock_failed(until, db, email, "192.0.2.1", NOW), 0);
}

static void test_locking(void **state)
{
	struct user u = user_make(mine.id, "maya@example.com", "");
	int64_t until = -1;

	fail_times("Maya@example.com", 4, &until);
	assert_int_equal(until, 0);
	fail_times("maya@example.com", 1, &until);
	assert_int_equal(until, NOW + 15 * 60 * 1000);
	assert_int_equal(user_get(&u, db, mine.id, u.id), 0);
	assert_int_equal(u.locked_until, until);
	fail_times("maya@example.com", 5, &until);
	assert_int_equal(until, NOW + 30 * 60 * 1000);
	fail_times("maya@example.com", 100, &until);
	assert_int_equal(until, NOW + INT64_C(64) * 15 * 60 * 1000);
	assert_int_equal(lock_clear(db, "MAYA@example.com", NULL), 0);
	assert_int_equal(lock_get(&until, db, "maya@example.com", "192.0.2.1"), 0);
	assert_int_equal(until, 0);
	fail_times("maya@example.com", 4, &until);
	assert_int_equal(until, 0); /* counted anew */
}

/* Who guesses locks himself out, not the owner elsewhere; whose sign-in does not free the guesser
 */
static void test_the_owner_elsewhere_is_not_locked(void **state)
{
	struct user u = user_make(mine.id, "maya@example.com", "");
	int64_t until;

	fail_times("maya@example.com", 5, &until);
	assert_int_equal(lock_get(&until, db, "maya@example.com", "198.51.100.9"), 0);
	assert_int_equal(until, 0);
	assert_int_equal(user_signed_in(db, &u, "198.51.100.9", NOW), 0);
	assert_int_equal(lock_get(&until, db, "maya@example.com", "192.0.2.1"), 0);
	assert_int_equal(until, NOW + 15 * 60 * 1000);
}

static void test_a_subnet_of_ipv6_is_one_source(void **state)
{
	int64_t until = 0;

	for (int i = 0; i < 5; i++) {
		char ip[32];

		snprintf(ip, sizeof(ip), "2001:db8:1:2::%d", i);
		assert_int_equal(lock_failed(&until, db, "maya@example.com", ip, NOW), 0);
	}
	assert_int_equal(until, NOW + 15 * 60 * 1000);
	assert_int_equal(lock_get(&until, db, "maya@example.com", "2001:db8:1:3::1"), 0);
	assert_int_equal(until, 0);
}

static void test_unknown_address_is_locked_too(void **state)
{
	int64_t until = 0;

	fail_times("nobody@example.com", 5, &until);
	assert_int_equal(until, NOW + 15 * 60 * 1000);
	assert_int_equal(lock_get(&until, db, "nobody@example.com", "192.0.2.1"), 0);
	assert_int_equal(until, NOW + 15 * 60 * 1000);
	assert_int_equal(lock_get(&until, db, "somebody@example.com", "192.0.2.1"), 0);
	assert_int_equal(until, 0);
}

static void test_sign_in_forgets_failures(void **state)
{
	struct user u = user_make(mine.id, "maya@example.com", "");
	int64_t until;

	fail_times("maya@example.com", 4, &until);
	assert_int_equal(user_signed_in(db, &u, "192.0.2.1", NOW), 0);
	fail_times("maya@example.com", 4, &until);
	assert_int_equal(until, 0);
	assert_int_equal(user_get(&u, db, mine.id, u.id), 0);
	assert_int_equal(u.last_login_at, NOW);
}

static void test_purge_keeps_locks(void **state)
{
	int64_t until, n = 0, day = INT64_C(24) * 3600 * 1000;

	fail_times("a@example.com", 1, &until);
	fail_times("b@example.com", 200, &until); /* locked for 16 hours */
	assert_int_equal(lock_purge(db, NOW + day), 0);
	assert_int_equal(db_number(db, &n, "SELECT count(*) FROM login_lock_source", ""), 0);
	assert_int_equal(n, 2);
	assert_int_equal(lock_purge(db, NOW + day + 1), 0);
	assert_int_equal(db_number(db, &n, "SELECT count(*) FROM login_lock_source", ""), 0);
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_add_and_find),
		TEST(test_address_once_over_all_tenants),
		TEST(test_check),
		TEST(test_check_address),
		TEST(test_change),
		TEST(test_list),
		TEST(test_other_tenant_finds_nothing),
		TEST(test_password_policy),
		TEST(test_password_long),
		TEST(test_made_up_password_is_good),
		TEST(test_verify),
		TEST(test_unknown_takes_as_long),
		TEST(test_locking),
		TEST(test_the_owner_elsewhere_is_not_locked),
		TEST(test_a_subnet_of_ipv6_is_one_source),
		TEST(test_unknown_address_is_locked_too),
		TEST(test_sign_in_forgets_failures),
		TEST(test_purge_keeps_locks),
	};

	return RUN(tests);
}
