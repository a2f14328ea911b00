/**
 * @file model_device.c  Devices: digests, sealed passwords, user names, browsers, other tenants
 */
#include "clock.h"
#include "model_test.h"

static void test_credentials(void **state)
{
	struct device d = {.kind = DEVICE_PHONE, .auth_user = "1001"};
	char plain[SECRET_PLAIN];

	/* printf 1001:mine.example.com:sesame | md5sum, sha256sum */
	assert_int_equal(device_credentials(&d, secret, "mine.example.com", "sesame"), 0);
	assert_string_equal(d.ha1_md5, "de902ea854500eb55c6ecf53fec5fd5c");
	assert_string_equal(d.ha1_sha256, "76ce0f045b263999328db4d1d0bdfae8"
					  "8a6d3f7bc246ee1b224db8879e15f324");
	assert_true(secret_open(plain, secret, d.sealed));
	assert_string_equal(plain, "sesame");
	assert_null(strstr(d.sealed, "sesame"));
}

static void test_browser_password_is_not_kept(void **state)
{
	struct device d = {.kind = DEVICE_BROWSER, .auth_user = "1001-wabc"};

	assert_int_equal(device_credentials(&d, secret, "mine.example.com", "sesame"), 0);
	assert_string_equal(d.sealed, "");
	assert_int_equal(strlen(d.ha1_sha256), 64);
}

static void test_password_made_up(void **state)
{
	char a[SECRET_PLAIN], b[SECRET_PLAIN];

	device_password(a);
	device_password(b);
	assert_int_equal(strlen(a), 20);
	assert_string_not_equal(a, b);
}

static void test_password_too_long(void **state)
{
	struct device d = {.kind = DEVICE_PHONE, .auth_user = "1001"};
	char plain[SECRET_PLAIN + 1];

	memset(plain, 'x', sizeof(plain));
	plain[SECRET_PLAIN] = '\0';
	assert_int_equal(device_credentials(&d, secret, "mine.example.com", plain), EINVAL);
}

static void test_user_names(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct device a = device_make(&e, mine.domain, DEVICE_PHONE);
	struct device b = device_make(&e, mine.domain, DEVICE_PHONE);
	struct device w = device_make(&e, mine.domain, DEVICE_BROWSER);

	assert_string_equal(a.auth_user, "1001");
	assert_string_equal(b.auth_user, "1001-2");
	assert_int_equal(strncmp(w.auth_user, "1001-w", 6), 0);
	assert_int_equal(strlen(w.auth_user), 16);
	assert_int_equal(device_add(db, &a), EEXIST);
}

static void test_find_and_change(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct device d = device_make(&e, mine.domain, DEVICE_PHONE), old = d, f;

	assert_int_equal(device_get(&f, db, mine.id, d.id), 0);
	assert_string_equal(f.extension, "1001");
	assert_string_equal(f.sealed, d.sealed);
	assert_int_equal(device_by_auth(&f, db, mine.id, "1001"), 0);
	assert_string_equal(f.id, d.id);
	strcpy(d.name, "Desk");
	d.sdes = true;
	assert_int_equal(device_credentials(&d, secret, mine.domain, "other"), 0);
	assert_int_equal(device_change(db, &d), 0);
	assert_int_equal(device_get(&f, db, mine.id, d.id), 0);
	assert_string_equal(f.name, "Desk");
	assert_true(f.sdes);
	assert_string_equal(f.ha1_sha256, d.ha1_sha256);
	assert_int_equal(device_change(db, &old), ESTALE);
}

static void test_seen(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct device d = device_make(&e, mine.domain, DEVICE_PHONE), f;
	struct tenant_row before, after;

	assert_int_equal(tenant_get(&before, db, mine.id), 0);
	assert_int_equal(device_seen(db, mine.id, d.id, "Yealink", 77), 0);
	assert_int_equal(device_get(&f, db, mine.id, d.id), 0);
	assert_string_equal(f.user_agent, "Yealink");
	assert_int_equal(f.last_seen_at, 77);
	assert_int_equal(f.version, d.version);
	assert_int_equal(tenant_get(&after, db, mine.id), 0);
	assert_int_equal(after.version, before.version);
}

static void test_check(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct device d = device_make(&e, mine.domain, DEVICE_PHONE);
	struct field_errors good = {0}, bad = {0};

	assert_int_equal(device_check(&good, db, &d), 0);
	assert_int_equal(good.count, 0);
	strcpy(d.id, "");
	strcpy(d.name, "");
	strcpy(d.extension_id, "nowhere");
	assert_int_equal(device_check(&bad, db, &d), 0);
	assert_field(&bad, "name", "empty");
	assert_field(&bad, "username", "already used by Phone");
	assert_field(&bad, "extensionId", "does not exist");
	memset(&bad, 0, sizeof(bad));
	strcpy(d.auth_user, "a:b");
	assert_int_equal(device_check(&bad, db, &d), 0);
	assert_field(&bad, "username", "letters");
}

static void test_needs_an_extension_of_its_tenant(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct device d = device_make(&e, mine.domain, DEVICE_PHONE);

	d.tenant = other.id;
	assert_int_equal(device_add(db, &d), EINVAL);
}

static int list_h(const struct device *d, void *arg)
{
	listed_add(arg, d->auth_user);
	return 0;
}

static void test_list(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct extension f = extension_make(mine.id, "1002", "Tom");
	struct device first = device_make(&e, mine.domain, DEVICE_PHONE);
	struct listed all = {0}, one = {0}, page = {0}, none = {0};

	clock_advance(1);
	device_make(&f, mine.domain, DEVICE_PHONE);
	clock_advance(1);
	device_make(&e, mine.domain, DEVICE_PHONE);
	assert_int_equal(device_list(db, mine.id, NULL, NULL, 0, list_h, &all), 0);
	assert_string_equal(all.all, "1001 1002 1001-2");
	assert_int_equal(device_list(db, mine.id, e.id, NULL, 0, list_h, &one), 0);
	assert_string_equal(one.all, "1001 1001-2");
	assert_int_equal(device_list(db, mine.id, NULL, first.id, 1, list_h, &page), 0);
	assert_string_equal(page.all, "1002");
	assert_int_equal(device_list(db, other.id, NULL, NULL, 0, list_h, &none), 0);
	assert_int_equal(device_list(db, other.id, e.id, NULL, 0, list_h, &none), 0);
	assert_int_equal(none.count, 0);
}

static void test_browsers_end(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct device phone = device_make(&e, mine.domain, DEVICE_PHONE);
	struct device a = device_make(&e, mine.domain, DEVICE_BROWSER);
	struct device b = device_make(&e, mine.domain, DEVICE_BROWSER);
	struct listed l = {0};

	a.expires_at = 100;
	b.expires_at = 200;
	assert_int_equal(device_change(db, &a), 0);
	assert_int_equal(device_change(db, &b), 0);
	assert_int_equal(device_browsers(db, 100, list_h, &l), 0);
	assert_string_equal(l.all, b.auth_user);
	assert_int_equal(device_purge(db, 150), 0);
	assert_int_equal(device_get(&a, db, mine.id, a.id), ENOENT);
	assert_int_equal(device_get(&b, db, mine.id, b.id), 0);
	assert_int_equal(device_get(&phone, db, mine.id, phone.id), 0);
}

static void test_other_tenant_finds_nothing(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct device d = device_make(&e, mine.domain, DEVICE_PHONE), f = d;

	f.tenant = other.id;
	assert_int_equal(device_change(db, &f), ENOENT);
	assert_int_equal(device_get(&f, db, other.id, d.id), ENOENT);
	assert_int_equal(device_by_auth(&f, db, other.id, "1001"), ENOENT);
	assert_int_equal(device_seen(db, other.id, d.id, "x", 1), ENOENT);
	assert_int_equal(device_remove(db, other.id, d.id), ENOENT);
	assert_int_equal(device_get(&f, db, mine.id, d.id), 0);
	assert_int_equal(device_remove(db, mine.id, d.id), 0);
	assert_int_equal(device_remove(db, mine.id, d.id), ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_credentials),
		TEST(test_browser_password_is_not_kept),
		TEST(test_password_made_up),
		TEST(test_password_too_long),
		TEST(test_user_names),
		TEST(test_find_and_change),
		TEST(test_seen),
		TEST(test_check),
		TEST(test_needs_an_extension_of_its_tenant),
		TEST(test_list),
		TEST(test_browsers_end),
		TEST(test_other_tenant_finds_nothing),
	};

	return RUN(tests);
}
