/**
 * @file model_tenant.c  Tenants: fields, keys, versions, removal
 */
#include "model_test.h"

static int64_t version(void)
{
	struct tenant_row t;

	assert_int_equal(tenant_get(&t, db, mine.id), 0);
	return t.version;
}

static void test_add_and_find(void **state)
{
	struct tenant_row t;

	assert_int_equal(tenant_get(&t, db, mine.id), 0);
	assert_memory_equal(&t, &mine, sizeof(t));
	assert_int_equal(tenant_by_uuid(&t, db, mine.uuid), 0);
	assert_int_equal(t.id, mine.id);
	assert_int_equal(tenant_by_domain(&t, db, "other.example.com"), 0);
	assert_int_equal(t.id, other.id);
	assert_int_equal(tenant_get(&t, db, 999), ENOENT);
	assert_int_equal(tenant_by_domain(&t, db, "nobody.example.com"), ENOENT);
}

static void test_check(void **state)
{
	static const struct {
		const char *domain;
		bool good;
	} domains[] = {
		{"a.b", true},
		{"sip.example.com", true},
		{"northwind.localhost", true},
		{"localhost", false},
		{"", false},
		{"Sip.example.com", false},
		{"a..b", false},
		{".a.b", false},
		{"a.b.", false},
		{"-a.b", false},
		{"a-.b", false},
		{"10.0.0.1", false},
		{"a b.c", false},
		{"a.b'; --", false},
		{"xn--bcher-kva.de", true},
	};

	for (size_t i = 0; i < COUNT(domains); i++) {
		struct field_errors fe = {0};
		struct tenant_row t = mine;

		t.id = 0;
		str_ncpy(t.domain, domains[i].domain, sizeof(t.domain));
		assert_int_equal(tenant_check(&fe, db, &t), 0);
		assert_field(&fe, "domain", domains[i].good ? NULL : "such as");
	}
}

static void test_check_other_fields(void **state)
{
	struct field_errors fe = {0};
	struct tenant_row t = mine;

	assert_int_equal(tenant_check(&fe, db, &t), 0);
	assert_int_equal(fe.count, 0);
	t.name[0] = '\0';
	strcpy(t.country, "us");
	strcpy(t.currency, "XX");
	strcpy(t.timezone, "../../etc/passwd");
	strcpy(t.permissions, "fly");
	strcpy(t.settings, "[1]");
	strcpy(t.domain, other.domain);
	assert_int_equal(tenant_check(&fe, db, &t), 0);
	assert_int_equal(fe.count, 7);
	assert_field(&fe, "name", "empty");
	assert_field(&fe, "domain", "already used");
	assert_field(&fe, "settings", "JSON");
}

static void test_domain_stays_while_there_are_devices(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct tenant_row t = mine;
	struct field_errors fe = {0};

	strcpy(t.domain, "new.example.com");
	assert_int_equal(tenant_check(&fe, db, &t), 0);
	assert_int_equal(fe.count, 0);
	device_make(&e, mine.domain, DEVICE_PHONE);
	assert_int_equal(tenant_check(&fe, db, &t), 0);
	assert_field(&fe, "domain", "devices");
}

static void test_change(void **state)
{
	struct tenant_row t = mine, again;

	strcpy(t.name, "New name");
	t.md5_allowed = true;
	assert_int_equal(tenant_change(db, &t), 0);
	assert_int_equal(t.version, mine.version + 1);
	assert_int_equal(tenant_get(&again, db, mine.id), 0);
	assert_string_equal(again.name, "New name");
	assert_true(again.md5_allowed);
	assert_int_equal(tenant_change(db, &mine), ESTALE); /* its version is old */
	mine.version = 0;
	assert_int_equal(tenant_change(db, &mine), 0);
	mine.id = 999;
	assert_int_equal(tenant_change(db, &mine), ENOENT);
}

static void test_tenant_keeps_what_its_users_hold(void **state)
{
	struct user u = user_make(mine.id, "a@example.com", "");

	strcpy(u.permissions, "cdr");
	assert_int_equal(user_change(db, &u), 0);
	mine.version = 0;
	strcpy(mine.permissions, "users");
	assert_int_equal(tenant_change(db, &mine), EBUSY);
	strcpy(mine.permissions, "cdr");
	assert_int_equal(tenant_change(db, &mine), 0);
}

static void test_version_grows_with_what_it_owns(void **state)
{
	int64_t before = version();
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct device d = device_make(&e, mine.domain, DEVICE_PHONE);
	int64_t after = version();

	assert_true(after >= before + 2);
	device_make(&e, mine.domain, DEVICE_BROWSER);
	assert_int_equal(version(), after); /* browsers are not in the snapshot */
	assert_int_equal(device_remove(db, mine.id, d.id), 0);
	assert_int_equal(version(), after + 1);
}

static void test_ids_are_never_given_twice(void **state)
{
	struct tenant_row t;
	int64_t last = other.id;

	assert_int_equal(tenant_remove(db, other.id), 0);
	tenant_make(&t, "third.example.com");
	assert_int_equal(t.id, last + 1);
}

static void test_remove_takes_all_along(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct device d = device_make(&e, mine.domain, DEVICE_PHONE);
	struct user u = user_make(mine.id, "a@example.com", e.id);

	assert_int_equal(tenant_remove(db, mine.id), 0);
	assert_int_equal(tenant_remove(db, mine.id), ENOENT);
	assert_int_equal(extension_get(&e, db, mine.id, e.id), ENOENT);
	assert_int_equal(device_get(&d, db, mine.id, d.id), ENOENT);
	assert_int_equal(user_get(&u, db, mine.id, u.id), ENOENT);
}

static int list_h(const struct tenant_row *t, void *arg)
{
	listed_add(arg, t->domain);
	return 0;
}

static void test_list(void **state)
{
	struct listed all = {0}, some = {0}, page = {0}, wild = {0};

	assert_int_equal(tenant_list(db, NULL, NULL, 0, list_h, &all), 0);
	assert_string_equal(all.all, "mine.example.com other.example.com");
	assert_int_equal(tenant_list(db, "OTHER", NULL, 0, list_h, &some), 0);
	assert_string_equal(some.all, "other.example.com");
	assert_int_equal(tenant_list(db, "", "mine.example.com", 1, list_h, &page), 0);
	assert_string_equal(page.all, "other.example.com");
	assert_int_equal(tenant_list(db, "%", NULL, 0, list_h, &wild), 0);
	assert_int_equal(wild.count, 0);
}

static void test_counts(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	int64_t extensions, devices, users;

	extension_make(other.id, "1001", "Ana");
	device_make(&e, mine.domain, DEVICE_PHONE);
	device_make(&e, mine.domain, DEVICE_BROWSER);
	user_make(mine.id, "a@example.com", "");
	assert_int_equal(tenant_counts(db, mine.id, &extensions, &devices, &users), 0);
	assert_int_equal(extensions, 1);
	assert_int_equal(devices, 1);
	assert_int_equal(users, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_add_and_find),
		TEST(test_check),
		TEST(test_check_other_fields),
		TEST(test_domain_stays_while_there_are_devices),
		TEST(test_change),
		TEST(test_tenant_keeps_what_its_users_hold),
		TEST(test_version_grows_with_what_it_owns),
		TEST(test_ids_are_never_given_twice),
		TEST(test_remove_takes_all_along),
		TEST(test_list),
		TEST(test_counts),
	};

	return RUN(tests);
}
