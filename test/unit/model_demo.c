/**
 * @file model_demo.c  The demo: what product.md promises is there, and every check is passed
 */
#include "clock.h"
#include "cdr.h"
#include "demo.h"
#include "did.h"
#include "expand.h"
#include "fax_box.h"
#include "mailbox.h"
#include "model_test.h"
#include "out_route.h"
#include "trunk.h"
#include "voicemail.h"

static struct demo_conf conf;
static int64_t northwind, harbor;

static int64_t tenant_id(const char *domain)
{
	struct tenant_row t;

	assert_int_equal(tenant_by_domain(&t, db, domain), 0);
	return t.id;
}

static struct blobs *blobs;

static int fill(void **state)
{
	int err = setup(state);
	char path[160];

	if (err || tenant_remove(db, mine.id) || tenant_remove(db, other.id))
		return -1;
	snprintf(path, sizeof(path), "%s/blobs", folder.path);
	if (blobs_alloc(&blobs, path))
		return -1;
	conf = (struct demo_conf){.secret = secret,
				  .sip_port = 5070,
				  .now = clock_wall_ms(),
				  .blobs = blobs,
				  .sounds = "/usr/share/asterisk/sounds/en_US_f_Allison"};
	if (demo_fill(db, &conf))
		return -1;
	northwind = tenant_id("northwind.localhost");
	harbor = tenant_id("harbor.localhost");
	return 0;
}

static void test_only_once(void **state)
{
	assert_int_equal(demo_fill(db, &conf), EEXIST);
}

static void test_sign_ins(void **state)
{
	static const struct {
		const char *email;
		const char *domain;
		enum user_role role;
		const char *extension;
	} rows[] = {
		{"maya@northwind.localhost", "northwind.localhost", USER_user, "1001"},
		{"tom@northwind.localhost", "northwind.localhost", USER_user, "1002"},
		{"priya@northwind.localhost", "northwind.localhost", USER_agent, "1003"},
		{"admin@northwind.localhost", "northwind.localhost", USER_admin, NULL},
		{"ana@harbor.localhost", "harbor.localhost", USER_user, "1001"},
		{"admin@harbor.localhost", "harbor.localhost", USER_admin, NULL},
		{"admin@localhost", NULL, USER_platform, NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct field_errors fe = {0};
		struct extension e;
		struct user u;

		assert_int_equal(user_by_email(&u, db, rows[i].email), 0);
		assert_int_equal(u.tenant, rows[i].domain ? tenant_id(rows[i].domain) : 0);
		assert_int_equal(u.role, rows[i].role);
		assert_int_equal(user_verify(&u, "carillon-demo", 0, conf.now), SIGN_IN_OK);
		assert_int_equal(user_check(&fe, db, &u), 0);
		assert_int_equal(fe.count, 0);
		assert_int_equal(u.extension_id[0] != 0, rows[i].extension != NULL);
		if (rows[i].extension) {
			assert_int_equal(extension_get(&e, db, u.tenant, u.extension_id), 0);
			assert_string_equal(e.number, rows[i].extension);
		}
	}
}

/* Faxes come by mail without a setting of theirs */
static void test_fax_addresses(void **state)
{
	static const char *const emails[] = {"maya@northwind.localhost", "tom@northwind.localhost",
					     "priya@northwind.localhost", "ana@harbor.localhost"};

	for (size_t i = 0; i < COUNT(emails); i++) {
		struct field_errors fe = {0};
		struct fax_box b;
		struct user u;

		assert_int_equal(user_by_email(&u, db, emails[i]), 0);
		assert_int_equal(fax_box_get(&b, db, u.tenant, u.extension_id), 0);
		assert_string_equal(b.emails, emails[i]);
		fax_box_check(&fe, &b);
		assert_int_equal(fe.count, 0);
	}
}

static void check_extension(int64_t tenant, int number)
{
	struct field_errors fe = {0};
	char text[16], plain[SECRET_PLAIN], expected[32];
	struct extension e;
	struct device d;

	snprintf(text, sizeof(text), "%d", number);
	snprintf(expected, sizeof(expected), "demo-%d", number);
	assert_int_equal(extension_by_number(&e, db, tenant, text), 0);
	assert_int_equal(extension_check(&fe, db, &e), 0);
	assert_int_equal(device_by_auth(&d, db, tenant, text), 0);
	assert_int_equal(device_check(&fe, db, &d), 0);
	assert_int_equal(fe.count, 0);
	assert_string_equal(d.extension_id, e.id);
	assert_true(secret_open(plain, secret, d.sealed));
	assert_string_equal(plain, expected);
}

static void test_extensions(void **state)
{
	struct tenant_row t;
	struct extension e;
	int64_t extensions, devices, users;

	for (int n = 1001; n <= 1010; n++)
		check_extension(northwind, n);
	for (int n = 1001; n <= 1003; n++)
		check_extension(harbor, n);
	assert_int_equal(extension_by_number(&e, db, northwind, "1001"), 0);
	assert_string_equal(e.name, "Maya Chen");
	assert_int_equal(extension_by_number(&e, db, northwind, "1002"), 0);
	assert_string_equal(e.name, "Tom Becker");
	assert_int_equal(extension_by_number(&e, db, northwind, "1003"), 0);
	assert_string_equal(e.name, "Priya Raman");
	assert_int_equal(tenant_counts(db, northwind, &extensions, &devices, &users), 0);
	assert_int_equal(extensions, 10);
	assert_int_equal(devices, 10);
	assert_int_equal(users, 4);
	assert_int_equal(tenant_get(&t, db, northwind), 0);
	assert_string_equal(t.name, "Northwind Dental");
	assert_int_equal(tenant_get(&t, db, harbor), 0);
	assert_string_equal(t.name, "Harbor Legal");
}

static void test_tenants_are_good(void **state)
{
	int64_t ids[] = {northwind, harbor};

	for (size_t i = 0; i < COUNT(ids); i++) {
		struct field_errors fe = {0};
		struct tenant_row t;

		assert_int_equal(tenant_get(&t, db, ids[i]), 0);
		assert_int_equal(tenant_check(&fe, db, &t), 0);
		assert_int_equal(fe.count, 0);
	}
}

static void test_dids(void **state)
{
	static const struct {
		const char *number, *domain, *extension;
		enum did_kind kind;
	} rows[] = {
		{"+14155550110", "northwind.localhost", "1001", DID_VOICE},
		{"+14155550111", "northwind.localhost", "1001", DID_FAX},
		{"+16285550177", "harbor.localhost", "1001", DID_VOICE},
		{"+16285550199", "harbor.localhost", "1001", DID_FAX},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct field_errors fe = {0};
		struct did d;

		assert_int_equal(did_by_number(&d, db, rows[i].number), 0);
		assert_int_equal(d.tenant, tenant_id(rows[i].domain));
		assert_int_equal(d.kind, rows[i].kind);
		assert_true(d.active);
		assert_int_equal(d.dest.kind, rows[i].kind == DID_FAX ? DEST_fax : DEST_extension);
		assert_int_equal(did_check(&fe, db, &d), 0);
		assert_int_equal(fe.count, 0);
		if (rows[i].extension)
			assert_string_equal(d.dest.target, rows[i].extension);
	}
}

static void test_outside_leads_back(void **state)
{
	struct tenants *ts;
	struct dest d;
	struct sa sa;
	const struct tenant *t;
	const struct trunk *trunk;

	assert_int_equal(tenants_alloc(&ts), 0);
	assert_int_equal(tenants_load(ts, db, conf.now), 0);
	t = tenants_by_id(ts, northwind);
	assert_int_equal(dest_resolve(&d, t, "628 555 0177"), 0);
	assert_int_equal(d.kind, DEST_external);
	trunk = trunks_by_id(tenants_trunks(ts), tenant_route(t, d.target)->trunk);
	assert_string_equal(trunk->host, "127.0.0.1");
	assert_int_equal(trunk->port, 5070);
	sa_set_str(&sa, "127.0.0.1", 5070);
	assert_ptr_equal(trunks_by_address(tenants_trunks(ts), &sa), trunk);
	assert_int_equal(tenants_by_did(ts, d.target, NULL)->id, harbor);
	assert_non_null(tenant_route(tenants_by_id(ts, harbor), "+14155550110"));
	mem_deref(ts);
}

static int call_h(const struct cdr *c, void *arg)
{
	struct cdr *whole;

	++*(unsigned *)arg;
	assert_in_range(c->started_at, conf.now - INT64_C(7) * 24 * 3600 * 1000, conf.now);
	assert_true(c->ended_at <= conf.now && c->ended_at == c->started_at + c->duration_ms);
	assert_int_equal(cdr_get(&whole, db, c->tenant, c->id), 0);
	assert_int_equal(whole->leg_count, 2);
	assert_true(whole->line_count >= 3);
	for (unsigned i = 1; i < whole->line_count; i++)
		assert_true(whole->lines[i].at >= whole->lines[i - 1].at);
	mem_deref(whole);
	return 0;
}

static void test_past_calls(void **state)
{
	static const char *const extensions[] = {"1001", "1002"};

	for (size_t i = 0; i < COUNT(extensions); i++) {
		struct cdr_filter f = {.tenant = northwind, .limit = 100};
		struct cdr_cursor next;
		unsigned n = 0, missed = 0;

		str_ncpy(f.extension, extensions[i], sizeof(f.extension));
		assert_int_equal(cdr_list(&next, db, &f, call_h, &n), 0);
		assert_true(n >= 5);
		f.missed = true;
		assert_int_equal(cdr_list(&next, db, &f, call_h, &missed), 0);
		assert_true(missed >= 1);
	}
}

static int empty(void **state)
{
	blobs = mem_deref(blobs);
	return teardown(state);
}

static int heard_h(const struct voicemail *v, void *arg)
{
	struct listed *l = arg;
	int fd;

	assert_int_equal(blob_open(&fd, NULL, blobs, v->blob), 0);
	close(fd);
	assert_in_range(v->duration_ms, 2000, 60000);
	listed_add(l, v->from_name);
	return 0;
}

static void test_messages(void **state)
{
	struct listed all = {0}, fresh = {0};
	struct mailbox m;

	assert_int_equal(mailbox_by_number(&m, db, northwind, "1001"), 0);
	assert_true(m.active);
	assert_int_equal(voicemail_list(db, northwind, m.extension_id, "", NULL, 0, heard_h, &all),
			 0);
	assert_int_equal(
		voicemail_list(db, northwind, m.extension_id, "new", NULL, 0, heard_h, &fresh), 0);
	assert_int_equal(all.count, 2);
	assert_string_equal(fresh.all, "Grace Kim");
}

#undef TEST
#define TEST(f) cmocka_unit_test_setup_teardown(f, fill, empty)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_only_once),	       TEST(test_sign_ins),
		TEST(test_fax_addresses),      TEST(test_extensions),
		TEST(test_tenants_are_good),   TEST(test_dids),
		TEST(test_outside_leads_back), TEST(test_past_calls),
		TEST(test_messages),
	};

	return RUN(tests);
}
