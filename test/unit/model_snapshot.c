/**
 * @file model_snapshot.c  Immutable tenants: what they hold, lookups, the registry, swaps, speed
 */
#include "clock.h"
#include "did.h"
#include "expand.h"
#include "fax_box.h"
#include "greeting.h"
#include "mailbox.h"
#include "model_test.h"
#include "out_route.h"
#include "snapshot.h"

enum { MANY = 10000, LOAD_MS = 2000, BYTES_PER_EXTENSION = 700 };

static struct trunk trunk_make(int64_t tenant, const char *host, bool by_ip)
{
	struct trunk t = {.tenant = tenant,
			  .name = "Carrier",
			  .port = 5060,
			  .transport = "udp",
			  .by_ip = by_ip,
			  .active = true};

	str_ncpy(t.host, host, sizeof(t.host));
	assert_int_equal(trunk_add(db, &t), 0);
	return t;
}

static void did_make(int64_t tenant, const char *number, const char *extension)
{
	struct did d = {.tenant = tenant, .active = true, .title = "Main"};

	str_ncpy(d.number, number, sizeof(d.number));
	str_ncpy(d.dest.target, extension, sizeof(d.dest.target));
	assert_int_equal(did_add(db, &d), 0);
}

static void route_make(int64_t tenant, const char *prefix, int64_t priority, int64_t trunk)
{
	struct out_route r = {.tenant = tenant, .priority = priority, .trunk = trunk};

	str_ncpy(r.prefix, prefix, sizeof(r.prefix));
	assert_int_equal(out_route_add(db, &r), 0);
}

static struct tenant *load(int64_t id)
{
	struct tenant *t;

	assert_int_equal(tenant_load(&t, db, id), 0);
	return t;
}

static struct tenants *registry(void)
{
	struct tenants *ts;

	assert_int_equal(tenants_alloc(&ts), 0);
	assert_int_equal(tenants_load(ts, db, clock_wall_ms()), 0);
	return ts;
}

static void test_holds_what_the_rows_say(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya Chen");
	struct device d = device_make(&e, mine.domain, DEVICE_PHONE);
	struct tenant *t;

	extension_make(other.id, "2001", "Ana");
	device_make(&e, mine.domain, DEVICE_BROWSER);
	did_make(mine.id, "+14155550110", "1001");
	t = load(mine.id);
	assert_int_equal(t->id, mine.id);
	assert_string_equal(t->domain, mine.domain);
	assert_string_equal(t->country, "US");
	assert_string_equal(t->settings, "{}");
	assert_int_equal(t->extension_count, 1);
	assert_string_equal(tenant_extension(t, "1001")->name, "Maya Chen");
	assert_int_equal(tenant_extension(t, "1001")->ring_ms, 30000);
	assert_ptr_equal(tenant_extension_by_id(t, e.id), tenant_extension(t, "1001"));
	assert_null(tenant_extension(t, "2001"));
	assert_null(tenant_extension(t, "100"));
	assert_null(tenant_extension(t, "10010"));
	assert_null(tenant_extension(t, ""));
	assert_string_equal(tenant_device(t, "1001")->ha1_sha256, d.ha1_sha256);
	assert_string_equal(tenant_device(t, "1001")->extension_id,
			    tenant_extension(t, "1001")->id);
	assert_null(tenant_device(t, "1001-2"));
	assert_string_equal(tenant_did(t, "+14155550110")->dest.target, "1001");
	assert_null(tenant_did(t, "+14155550111"));
	shared_unref(t);
}

static void extensions_same(const struct tenant *a, const struct tenant *b)
{
	assert_int_equal(a->extension_count, b->extension_count);
	for (uint32_t i = 0; i < a->extension_count; i++) {
		const struct tenant_extension *x = &a->extensions[i], *y = &b->extensions[i];

		assert_string_equal(x->id, y->id);
		assert_string_equal(x->number, y->number);
		assert_string_equal(x->name, y->name);
		assert_int_equal(x->ring_ms, y->ring_ms);
		assert_int_equal(x->listens, y->listens);
		assert_int_equal(x->receives_fax, y->receives_fax);
		assert_int_equal(x->fax_detect, y->fax_detect);
		assert_ptr_equal(tenant_extension(a, x->number), x);
		assert_ptr_equal(tenant_extension_by_id(a, x->id), x);
		assert_int_equal(!x->mailbox, !y->mailbox);
		assert_int_equal(!x->settings, !y->settings);
		if (x->settings)
			assert_int_equal(x->settings->dnd, y->settings->dnd);
		if (!x->mailbox)
			continue;
		assert_int_equal(x->mailbox->has_pin, y->mailbox->has_pin);
		assert_string_equal(x->mailbox->greeting, y->mailbox->greeting);
		assert_string_equal(x->mailbox->spoken_name, y->mailbox->spoken_name);
	}
}

static void credential_same(const struct tenant *a, const struct tenant *b, const char *auth_user)
{
	const struct tenant_device *x = tenant_device(a, auth_user),
				   *y = tenant_device(b, auth_user);

	assert_int_equal(!x, !y);
	if (!x)
		return;
	assert_string_equal(x->name, y->name);
	assert_string_equal(x->ha1_sha256, y->ha1_sha256);
	assert_string_equal(x->extension_id, y->extension_id);
}

/* Builds on the snapshot before, which is let go, and reads all as well: both are the same. */
static void renewed(struct tenant **tp)
{
	struct tenant *t, *read = load(mine.id);

	assert_int_equal(tenant_renew(&t, db, mine.id, *tp), 0);
	extensions_same(t, read);
	credential_same(t, read, "1001");
	credential_same(t, read, "1001-2");
	credential_same(t, read, "1002");
	assert_int_equal(t->version, read->version);
	shared_unref(read);
	shared_unref(*tp);
	*tp = t;
}

static void test_what_is_shared_is_what_would_be_read(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya"), f;
	struct device d = device_make(&e, mine.domain, DEVICE_PHONE), second;
	struct extension_settings s = {.tenant = mine.id, .dnd = true};
	struct fax_box box;
	struct greeting g = {.tenant = mine.id, .name = "Away", .blob = "recording"};
	struct mailbox m;
	struct tenant *t = load(mine.id);
	struct user u;

	f = extension_make(mine.id, "1002", "Tom");
	renewed(&t);
	str_ncpy(e.name, "Maya Chen", sizeof(e.name));
	assert_int_equal(extension_change(db, &e), 0);
	renewed(&t);
	str_ncpy(e.number, "1005", sizeof(e.number));
	assert_int_equal(extension_change(db, &e), 0);
	renewed(&t);
	second = device_make(&f, mine.domain, DEVICE_PHONE);
	renewed(&t);
	str_ncpy(d.name, "Kitchen", sizeof(d.name));
	assert_int_equal(device_change(db, &d), 0);
	renewed(&t);
	assert_int_equal(device_remove(db, mine.id, second.id), 0);
	renewed(&t);
	str_ncpy(s.extension_id, e.id, sizeof(s.extension_id));
	assert_int_equal(extension_settings_change(db, &s, "Maya"), 0);
	renewed(&t);
	assert_int_equal(mailbox_get(&m, db, mine.id, e.id), 0);
	mailbox_pin_set(&m, secret, "2580");
	assert_int_equal(mailbox_change(db, &m), 0);
	renewed(&t);
	str_ncpy(g.extension_id, e.id, sizeof(g.extension_id));
	assert_int_equal(greeting_add(db, &g), 0);
	assert_int_equal(greeting_use(db, mine.id, e.id, g.id), 0);
	renewed(&t);
	u = user_make(mine.id, "maya@example.com", e.id);
	renewed(&t);
	str_ncpy(u.permissions, mine.permissions, sizeof(u.permissions));
	assert_int_equal(user_change(db, &u), 0);
	renewed(&t);
	assert_int_equal(fax_box_get(&box, db, mine.id, e.id), 0);
	box.detect = !box.detect;
	assert_int_equal(fax_box_change(db, &box), 0);
	renewed(&t);
	assert_int_equal(user_remove(db, mine.id, u.id), 0);
	renewed(&t);
	mine.permissions[0] = '\0';
	mine.version = 0;
	assert_int_equal(tenant_change(db, &mine), 0);
	renewed(&t);
	assert_int_equal(extension_remove(db, mine.id, e.id), 0);
	renewed(&t);
	assert_null(tenant_device(t, "1001"));
	shared_unref(t);
}

static void test_a_setting_leaves_phones_and_extensions_shared(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct extension_settings s = {.tenant = mine.id, .dnd = true};
	struct tenant *old, *t;

	device_make(&e, mine.domain, DEVICE_PHONE);
	old = load(mine.id);
	str_ncpy(s.extension_id, e.id, sizeof(s.extension_id));
	assert_int_equal(extension_settings_change(db, &s, "Maya"), 0);
	assert_int_equal(tenant_renew(&t, db, mine.id, old), 0);
	assert_true(tenant_extension(t, "1001")->settings->dnd);
	assert_null(tenant_extension(old, "1001")->settings);
	assert_ptr_equal(t->phones, old->phones);
	assert_ptr_equal(t->directory, old->directory);
	shared_unref(old);
	assert_string_equal(tenant_extension(t, "1001")->name, "Maya");
	assert_non_null(tenant_device(t, "1001"));
	str_ncpy(e.name, "Maya Chen", sizeof(e.name));
	assert_int_equal(extension_change(db, &e), 0);
	old = t;
	assert_int_equal(tenant_renew(&t, db, mine.id, old), 0);
	assert_ptr_equal(t->phones, old->phones);
	assert_string_equal(tenant_extension(old, "1001")->name, "Maya");
	assert_string_equal(tenant_extension(t, "1001")->name, "Maya Chen");
	shared_unref(old);
	shared_unref(t);
}

static void test_empty_tenant(void **state)
{
	struct tenant *t = load(other.id);

	assert_null(tenant_extension(t, "1001"));
	assert_null(tenant_device(t, "1001"));
	assert_null(tenant_did(t, "+1"));
	assert_null(tenant_route(t, "+1"));
	shared_unref(t);
	assert_int_equal(tenant_load(&t, db, 999), ENOENT);
}

static void test_routes(void **state)
{
	struct trunk a = trunk_make(0, "192.0.2.1", true), b = trunk_make(0, "192.0.2.2", true);
	const struct tenant_route *r;
	char number[PHONE_SIZE];
	struct tenant *t;

	route_make(mine.id, "+", 0, a.id);
	route_make(mine.id, "+44", 5, a.id);
	route_make(mine.id, "+44", 1, b.id);
	t = load(mine.id);
	assert_int_equal(tenant_route(t, "+14155550110")->trunk, a.id);
	assert_int_equal(tenant_route(t, "+442079460000")->trunk, b.id);
	assert_null(tenant_route(t, "911"));
	r = tenant_route(t, "+14155550110");
	assert_true(tenant_route_number(number, sizeof(number), r, "+14155550110"));
	assert_string_equal(number, "+14155550110");
	assert_true(tenant_route_number(
		number, sizeof(number),
		&(struct tenant_route){.strip = 3, .prepend = "0", .prefix = "+44"},
		"+442079460000"));
	assert_string_equal(number, "02079460000");
	assert_false(tenant_route_number(number, 4, r, "+14155550110"));
	shared_unref(t);
}

static void assert_means(const struct tenant *t, const char *dialled, int kind, const char *target)
{
	struct dest d;
	int err = dest_resolve(&d, t, dialled);

	if (kind < 0) {
		assert_int_equal(err, ENOENT);
		return;
	}
	assert_int_equal(err, 0);
	assert_int_equal(d.kind, kind);
	assert_string_equal(d.target, target);
}

static void test_the_longest_code_wins(void **state)
{
	struct tenant *t = load(mine.id);

	assert_means(t, "*8", DEST_pickup, "");
	assert_means(t, "*8#", DEST_pickup, "");
	assert_means(t, "*81001", DEST_intercom, "1001");
	assert_means(t, "*81001#", DEST_intercom, "1001");
	assert_means(t, "**1001", DEST_pickup, "1001");
	assert_means(t, "**", -1, "");
	assert_means(t, "**10x1", -1, "");
	assert_means(t, "*5900", DEST_park, "");
	assert_means(t, "*5901", DEST_park, "01");
	assert_means(t, "*59", -1, "");
	assert_means(t, "*43", DEST_echo, "0");
	assert_means(t, "*430", -1, "");
	shared_unref(t);
}

static void test_what_a_dialled_string_means(void **state)
{
	struct trunk a = trunk_make(0, "192.0.2.1", true);
	struct tenant *t;

	extension_make(mine.id, "1001", "Maya");
	extension_make(other.id, "2001", "Ana");
	did_make(mine.id, "+14155550110", "1001");
	did_make(other.id, "+16285550177", "2001");
	route_make(mine.id, "911", 0, a.id);
	t = load(mine.id);
	assert_means(t, "1001", DEST_extension, "1001");
	assert_means(t, "2001", -1, "");
	assert_means(t, "+16285550177", DEST_external, "+16285550177");
	assert_means(t, "(628) 555-0177", DEST_external, "+16285550177");
	assert_means(t, "16285550177", DEST_external, "+16285550177");
	assert_means(t, "011442079460000", DEST_external, "+442079460000");
	assert_means(t, "+14155550110", DEST_external, "+14155550110"); /* also one's own */
	assert_means(t, "911", DEST_external, "911");
	assert_means(t, "9112", -1, "");
	assert_means(t, "112", DEST_external, "112"); /* of the country: no route is needed */
	assert_means(t, "118", -1, "");
	assert_means(t, "*43", DEST_echo, "0");
	assert_means(t, "*9195", DEST_echo, "5000");
	assert_means(t, "*9664", DEST_music, "");
	assert_means(t, "*4711", -1, "");
	assert_means(t, "*43#", DEST_echo, "0");
	assert_means(t, "*431", -1, "");
	assert_means(t, "", -1, "");
	assert_means(t, "+", -1, "");
	assert_means(t, "maya", -1, "");
	assert_means(t, "1001;drop=1", -1, "");
	shared_unref(t);
}

static void test_registry(void **state)
{
	struct pl domain = PL("MINE.Example.com"), unknown = PL("nobody.example.com");
	const struct tenant_did *did;
	struct tenants *ts;

	extension_make(mine.id, "1001", "Maya");
	did_make(mine.id, "+14155550110", "1001");
	did_make(other.id, "+16285550177", "1001");
	ts = registry();
	assert_int_equal(tenants_by_id(ts, mine.id)->id, mine.id);
	assert_null(tenants_by_id(ts, 999));
	assert_int_equal(tenants_by_domain(ts, &domain)->id, mine.id);
	assert_null(tenants_by_domain(ts, &unknown));
	assert_null(tenants_by_domain(ts, &pl_null));
	assert_int_equal(tenants_by_did(ts, "+16285550177", &did)->id, other.id);
	assert_string_equal(did->number, "+16285550177");
	assert_null(tenants_by_did(ts, "+16285550178", &did));
	assert_null(did);
	mem_deref(ts);
}

static void test_swap_leaves_the_old_to_whoever_holds_it(void **state)
{
	struct tenants *ts;
	struct tenant *held, *stale;

	extension_make(mine.id, "1001", "Maya");
	did_make(mine.id, "+14155550110", "1001");
	ts = registry();
	held = shared_ref(tenants_by_id(ts, mine.id));
	stale = load(mine.id);
	extension_make(mine.id, "1002", "Tom");
	did_make(mine.id, "+14155550111", "1002");
	assert_int_equal(tenants_put(ts, load(mine.id)), 0);
	assert_null(tenant_extension(held, "1002"));
	assert_non_null(tenant_extension(tenants_by_id(ts, mine.id), "1002"));
	assert_non_null(tenants_by_did(ts, "+14155550110", NULL));
	assert_non_null(tenants_by_did(ts, "+14155550111", NULL));
	assert_int_equal(tenants_put(ts, stale), 0); /* overtaken: dropped */
	assert_non_null(tenant_extension(tenants_by_id(ts, mine.id), "1002"));
	tenants_drop(ts, mine.id);
	assert_null(tenants_by_id(ts, mine.id));
	assert_null(tenants_by_did(ts, "+14155550110", NULL));
	tenants_drop(ts, mine.id);
	mem_deref(ts);
	assert_string_equal(tenant_extension(held, "1001")->name, "Maya");
	shared_unref(held);
}

static bool account(struct tenants_account *acc, struct tenants *ts, const char *domain,
		    const char *user)
{
	struct pl d, u;

	pl_set_str(&d, domain);
	pl_set_str(&u, user);
	return tenants_account(acc, ts, &d, &u);
}

static void test_accounts(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct device phone = device_make(&e, mine.domain, DEVICE_PHONE);
	struct device browser = device_make(&e, mine.domain, DEVICE_BROWSER);
	struct tenants_account acc;
	struct tenants *ts;

	browser.expires_at = clock_wall_ms() + 60000;
	assert_int_equal(device_change(db, &browser), 0);
	ts = registry();
	assert_true(account(&acc, ts, mine.domain, "1001"));
	assert_false(acc.browser);
	assert_string_equal(acc.device, phone.id);
	assert_string_equal(acc.extension->number, "1001");
	assert_true(account(&acc, ts, mine.domain, browser.auth_user));
	assert_true(acc.browser);
	assert_string_equal(acc.ha1_sha256, browser.ha1_sha256);
	assert_false(account(&acc, ts, other.domain, "1001"));
	assert_false(account(&acc, ts, other.domain, browser.auth_user));
	assert_false(account(&acc, ts, mine.domain, "1002"));
	assert_false(account(&acc, ts, mine.domain, ""));
	mem_deref(ts);
}

static void test_browsers_come_and_go(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct device b = device_make(&e, mine.domain, DEVICE_BROWSER);
	struct tenants *ts = registry();
	struct tenants_account acc;

	assert_false(account(&acc, ts, mine.domain, b.auth_user)); /* has no end yet: ended */
	b.expires_at = clock_wall_ms() + 60000;
	assert_int_equal(tenants_browser_add(ts, &b), 0);
	assert_int_equal(tenants_browser_add(ts, &b), 0); /* prolonged */
	assert_true(account(&acc, ts, mine.domain, b.auth_user));
	tenants_browser_remove(ts, other.id, b.id); /* not the other's */
	assert_true(account(&acc, ts, mine.domain, b.auth_user));
	clock_advance(60001);
	assert_false(account(&acc, ts, mine.domain, b.auth_user));
	b.expires_at = clock_wall_ms() + 60000;
	assert_int_equal(tenants_browser_add(ts, &b), 0);
	tenants_browser_expire(ts, clock_wall_ms());
	assert_true(account(&acc, ts, mine.domain, b.auth_user));
	tenants_browser_expire(ts, b.expires_at);
	assert_false(account(&acc, ts, mine.domain, b.auth_user));
	assert_int_equal(tenants_browser_add(ts, &b), 0);
	tenants_browser_remove(ts, mine.id, b.id);
	assert_false(account(&acc, ts, mine.domain, b.auth_user));
	assert_int_equal(tenants_browser_add(ts, &b), 0);
	assert_int_equal(extension_remove(db, mine.id, e.id), 0);
	assert_int_equal(tenants_put(ts, load(mine.id)), 0);
	assert_false(account(&acc, ts, mine.domain, b.auth_user)); /* its extension is gone */
	mem_deref(ts);
}

static const struct trunk *from(const struct trunks *ts, const char *ip, uint16_t port)
{
	struct sa sa;

	assert_int_equal(sa_set_str(&sa, ip, port), 0);
	return trunks_by_address(ts, &sa);
}

static void test_trunks(void **state)
{
	struct trunk a = trunk_make(0, "192.0.2.1", true);
	struct trunk b = trunk_make(mine.id, "2001:db8::1", true);
	struct trunk c = trunk_make(0, "sip.example.com", false);
	struct trunk loop = trunk_make(0, "127.0.0.1", true);
	struct trunk off = trunk_make(0, "192.0.2.9", true);
	struct tenants *ts;
	const struct trunks *trunks;

	off.active = false;
	assert_int_equal(trunk_change(db, &off), 0);
	ts = registry();
	trunks = tenants_trunks(ts);
	assert_int_equal(trunks->count, 5);
	assert_int_equal(from(trunks, "192.0.2.1", 40000)->id, a.id);
	assert_int_equal(from(trunks, "2001:db8::1", 5060)->tenant, mine.id);
	assert_int_equal(from(trunks, "127.0.0.1", 5060)->id, loop.id);
	assert_null(from(trunks, "127.0.0.1", 40000)); /* a phone on this machine */
	assert_null(from(trunks, "192.0.2.2", 5060));
	assert_null(from(trunks, "192.0.2.9", 5060));
	assert_string_equal(trunks_by_id(trunks, c.id)->host, "sip.example.com");
	assert_int_equal(trunks_by_id(trunks, b.id)->tenant, mine.id);
	assert_null(trunks_by_id(trunks, 999));
	mem_deref(ts);
}

static void fill_many(void)
{
	char number[16];

	assert_int_equal(driver->begin_h(db, true), 0);
	for (int i = 0; i < MANY; i++) {
		struct extension e;

		snprintf(number, sizeof(number), "%d", 10000 + i);
		e = extension_make(mine.id, number, "Somebody Longname");
		device_make(&e, mine.domain, DEVICE_PHONE);
	}
	assert_int_equal(driver->commit_h(db), 0);
}

static void test_ten_thousand(void **state)
{
	uint64_t start;
	struct tenant *t;
	char number[16];

	fill_many();
	start = clock_mono_ms();
	t = load(mine.id);
	print_message("%d extensions: %llu ms, %zu bytes each\n", MANY,
		      (unsigned long long)(clock_mono_ms() - start), tenant_bytes(t) / MANY);
	assert_true(clock_mono_ms() - start < LOAD_MS); /* the bench has the real limit */
	assert_true(tenant_bytes(t) < (size_t)MANY * BYTES_PER_EXTENSION);
	assert_int_equal(t->extension_count, MANY);
	for (int i = 0; i < MANY; i++) {
		snprintf(number, sizeof(number), "%d", 10000 + i);
		assert_string_equal(tenant_extension(t, number)->number, number);
		assert_string_equal(
			tenant_extension_by_id(t, tenant_device(t, number)->extension_id)->number,
			number);
	}
	shared_unref(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_holds_what_the_rows_say),
		TEST(test_what_is_shared_is_what_would_be_read),
		TEST(test_a_setting_leaves_phones_and_extensions_shared),
		TEST(test_empty_tenant),
		TEST(test_routes),
		TEST(test_what_a_dialled_string_means),
		TEST(test_the_longest_code_wins),
		TEST(test_registry),
		TEST(test_swap_leaves_the_old_to_whoever_holds_it),
		TEST(test_accounts),
		TEST(test_browsers_come_and_go),
		TEST(test_trunks),
		TEST(test_ten_thousand),
	};

	return RUN(tests);
}
