/**
 * @file model_way.c  Which ways an outside number leaves by, and in which order
 */
#include "model_test.h"
#include "out_route.h"
#include "trunk.h"
#include "way.h"

static int64_t trunk_make(const char *name, bool plus, bool active)
{
	struct trunk t = {.port = 5060, .plus = plus, .active = active};

	str_ncpy(t.name, name, sizeof(t.name));
	strcpy(t.host, "192.0.2.1");
	strcpy(t.transport, "udp");
	assert_int_equal(trunk_add(db, &t), 0);
	return t.id;
}

static void route_make(const char *prefix, int64_t strip, const char *prepend, int64_t priority,
		       int64_t trunk)
{
	struct out_route r = {
		.tenant = mine.id, .strip = strip, .priority = priority, .trunk = trunk};

	str_ncpy(r.prefix, prefix, sizeof(r.prefix));
	str_ncpy(r.prepend, prepend, sizeof(r.prepend));
	assert_int_equal(out_route_add(db, &r), 0);
}

static void test_the_longest_beginning_then_the_order(void **state)
{
	int64_t plain = trunk_make("Plain", false, true), off = trunk_make("Off", true, false);
	struct way w[WAYS_MAX];
	struct trunks *trunks;
	struct tenant *t;

	route_make("+", 0, "", 1, plain);
	route_make("+44", 1, "00", 2, plain);
	route_make("+44", 0, "", 1, off);
	route_make("911", 0, "", 1, off);
	assert_int_equal(tenant_load(&t, db, mine.id), 0);
	assert_int_equal(trunks_load(&trunks, db), 0);
	assert_int_equal(way_find(w, t, trunks, "+442079460000"), 2);
	assert_string_equal(w[0].trunk->name, "Off");
	assert_string_equal(w[0].number, "+442079460000");
	assert_string_equal(w[1].number, "00442079460000");
	assert_int_equal(way_find(w, t, trunks, "+14155550110"), 1);
	assert_string_equal(w[0].number, "14155550110");
	/* for help: the route's trunk, then whichever else there is; without a route any of them */
	assert_int_equal(way_find(w, t, trunks, "911"), 2);
	assert_string_equal(w[0].trunk->name, "Off");
	assert_string_equal(w[1].trunk->name, "Plain");
	assert_string_equal(w[1].number, "911");
	assert_int_equal(way_find(w, t, trunks, "112"), 2);
	assert_true(way_leads(t, "112"));
	assert_int_equal(way_find(w, t, trunks, "118"), 0);
	assert_false(way_leads(t, "118"));
	assert_int_equal(way_find(w, t, NULL, "911"), 0);
	shared_unref(t);
	shared_unref(trunks);
}

static void test_never_more_than_there_is_room_for(void **state)
{
	int64_t trunk = trunk_make("Plain", true, true);
	struct way w[WAYS_MAX];
	struct trunks *trunks;
	struct tenant *t;

	for (int i = 0; i < WAYS_MAX + 3; i++)
		route_make("+", 0, "", i, trunk);
	assert_int_equal(tenant_load(&t, db, mine.id), 0);
	assert_int_equal(trunks_load(&trunks, db), 0);
	assert_int_equal(way_find(w, t, trunks, "+14155550110"), WAYS_MAX);
	shared_unref(t);
	shared_unref(trunks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_longest_beginning_then_the_order),
		TEST(test_never_more_than_there_is_room_for),
	};

	return RUN(tests);
}
