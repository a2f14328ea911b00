/**
 * @file model_trunk.c  Trunks and outbound routes
 */
#include "model_test.h"
#include "out_route.h"
#include "trunk.h"

static struct trunk trunk_make(int64_t tenant, const char *host)
{
	struct trunk t = {.tenant = tenant,
			  .name = "Carrier",
			  .port = 5060,
			  .transport = "udp",
			  .by_ip = true,
			  .active = true};

	str_ncpy(t.host, host, sizeof(t.host));
	assert_int_equal(trunk_add(db, &t), 0);
	return t;
}

static struct out_route route_make(int64_t tenant, const char *prefix, int priority, int64_t trunk)
{
	struct out_route r = {.tenant = tenant, .priority = priority, .trunk = trunk};

	str_ncpy(r.prefix, prefix, sizeof(r.prefix));
	assert_int_equal(out_route_add(db, &r), 0);
	return r;
}

static void test_add_find_change(void **state)
{
	struct trunk t = trunk_make(0, "192.0.2.1"), old = t, f;

	assert_true(t.id > 0);
	assert_int_equal(trunk_get(&f, db, 0, t.id), 0);
	assert_memory_equal(&t, &f, sizeof(t));
	strcpy(t.host, "sip.example.com");
	t.by_ip = false;
	strcpy(t.username, "u");
	assert_true(secret_seal(t.sealed, secret, "pass"));
	t.channels = 30;
	assert_int_equal(trunk_change(db, &t), 0);
	assert_int_equal(trunk_get(&f, db, 0, t.id), 0);
	assert_memory_equal(&t, &f, sizeof(t));
	assert_int_equal(trunk_change(db, &old), ESTALE);
}

static void test_check(void **state)
{
	struct trunk t = trunk_make(0, "192.0.2.1");
	struct field_errors good = {0}, bad = {0}, name = {0};

	assert_int_equal(trunk_check(&good, db, &t), 0);
	assert_int_equal(good.count, 0);
	strcpy(t.host, "sip.example.com");
	assert_int_equal(trunk_check(&name, db, &t), 0);
	assert_field(&name, "host", "must be an address");
	strcpy(t.host, "bad host;");
	strcpy(t.name, "");
	strcpy(t.transport, "ws");
	t.port = 70000;
	t.by_ip = false;
	t.channels = -1;
	assert_int_equal(trunk_check(&bad, db, &t), 0);
	assert_int_equal(bad.count, 6);
}

static void test_removed_when_no_route_needs_it(void **state)
{
	struct trunk t = trunk_make(0, "192.0.2.1");
	struct out_route r = route_make(mine.id, "+", 0, t.id);

	assert_int_equal(trunk_remove(db, 0, t.id), EBUSY);
	assert_int_equal(out_route_remove(db, mine.id, r.id), 0);
	assert_int_equal(trunk_remove(db, 0, t.id), 0);
	assert_int_equal(trunk_remove(db, 0, t.id), ENOENT);
}

static int trunk_h_list(const struct trunk *t, void *arg)
{
	listed_add(arg, t->host);
	return 0;
}

static void test_other_tenant_finds_no_trunk(void **state)
{
	struct trunk t = trunk_make(mine.id, "192.0.2.1"), f = t;
	struct listed none = {0}, own = {0}, all = {0};

	trunk_make(0, "192.0.2.2");
	f.tenant = other.id;
	assert_int_equal(trunk_change(db, &f), ENOENT);
	assert_int_equal(trunk_get(&f, db, other.id, t.id), ENOENT);
	assert_int_equal(trunk_get(&f, db, 0, t.id), ENOENT);
	assert_int_equal(trunk_remove(db, other.id, t.id), ENOENT);
	assert_int_equal(trunk_list(db, other.id, 0, 0, trunk_h_list, &none), 0);
	assert_int_equal(none.count, 0);
	assert_int_equal(trunk_list(db, mine.id, 0, 0, trunk_h_list, &own), 0);
	assert_string_equal(own.all, "192.0.2.1");
	assert_int_equal(trunk_list(db, -1, 0, 0, trunk_h_list, &all), 0);
	assert_string_equal(all.all, "192.0.2.1 192.0.2.2");
}

static int route_h_list(const struct out_route *r, void *arg)
{
	char text[64];

	snprintf(text, sizeof(text), "%s/%d", r->prefix, (int)r->priority);
	listed_add(arg, text);
	return 0;
}

static void test_routes_in_order(void **state)
{
	struct trunk t = trunk_make(0, "192.0.2.1");
	struct listed l = {0};

	route_make(mine.id, "+", 0, t.id);
	route_make(mine.id, "+44", 2, t.id);
	route_make(mine.id, "+44", 1, t.id);
	route_make(mine.id, "+4420", 9, t.id);
	route_make(other.id, "+1", 0, t.id);
	assert_int_equal(out_route_list(db, mine.id, route_h_list, &l), 0);
	assert_string_equal(l.all, "+4420/9 +44/1 +44/2 +/0");
}

static void test_routes_are_bounded(void **state)
{
	struct trunk t = trunk_make(0, "192.0.2.1");
	struct out_route next = {.tenant = mine.id, .prefix = "+1", .trunk = t.id};
	struct field_errors room = {0}, full = {0};

	for (int i = 1; i < OUT_ROUTES_MAX; i++)
		route_make(mine.id, "+1", 0, t.id);
	assert_int_equal(out_route_check(&room, db, &next), 0);
	assert_int_equal(room.count, 0);
	route_make(mine.id, "+1", 0, t.id);
	assert_int_equal(out_route_check(&full, db, &next), 0);
	assert_string_equal(full.v[0].name, "prefix");
}

static void test_route_check_and_change(void **state)
{
	struct trunk shared = trunk_make(0, "192.0.2.1"),
		     foreign = trunk_make(other.id, "192.0.2.2");
	struct out_route r = route_make(mine.id, "+1", 0, shared.id), old = r, f;
	struct field_errors good = {0}, bad = {0};

	assert_int_equal(out_route_check(&good, db, &r), 0);
	assert_int_equal(good.count, 0);
	strcpy(r.prepend, "9");
	r.strip = 1;
	assert_int_equal(out_route_change(db, &r), 0);
	assert_int_equal(out_route_get(&f, db, mine.id, r.id), 0);
	assert_memory_equal(&r, &f, sizeof(r));
	assert_int_equal(out_route_change(db, &old), ESTALE);
	strcpy(r.prefix, "abc");
	strcpy(r.prepend, "x");
	r.strip = 9;
	r.priority = -1;
	r.trunk = foreign.id;
	assert_int_equal(out_route_check(&bad, db, &r), 0);
	assert_int_equal(bad.count, 5);
	assert_field(&bad, "trunkId", "does not exist");
}

static void test_other_tenant_finds_no_route(void **state)
{
	struct trunk t = trunk_make(0, "192.0.2.1");
	struct out_route r = route_make(mine.id, "+", 0, t.id), f = r;

	f.tenant = other.id;
	assert_int_equal(out_route_change(db, &f), ENOENT);
	assert_int_equal(out_route_get(&f, db, other.id, r.id), ENOENT);
	assert_int_equal(out_route_remove(db, other.id, r.id), ENOENT);
	assert_int_equal(out_route_get(&f, db, mine.id, r.id), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_add_find_change),
		TEST(test_check),
		TEST(test_removed_when_no_route_needs_it),
		TEST(test_other_tenant_finds_no_trunk),
		TEST(test_routes_in_order),
		TEST(test_routes_are_bounded),
		TEST(test_routes_are_bounded),
		TEST(test_route_check_and_change),
		TEST(test_other_tenant_finds_no_route),
	};

	return RUN(tests);
}
