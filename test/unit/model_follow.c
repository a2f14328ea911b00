/**
 * @file model_follow.c  Follow me and call block: what is kept, refused, warned of; what is counted
 */
#include "model_test.h"
#include "call_block.h"
#include "clock.h"
#include "extension_settings.h"
#include "follow.h"
#include "out_route.h"
#include "reach.h"
#include "ring_group.h"
#include "setting_use.h"
#include "trunk.h"

static struct follow rule(const struct extension *e, const char *a, const char *b)
{
	struct follow f;

	assert_int_equal(follow_get(&f, db, mine.id, e->id), 0);
	f.count = b ? 2 : 1;
	str_ncpy(f.dests[0].number, a, PHONE_SIZE);
	str_ncpy(f.dests[1].number, b ? b : "", PHONE_SIZE);
	f.dests[0].ring_ms = f.dests[1].ring_ms = FOLLOW_RING_DEFAULT;
	return f;
}

static void test_rule_is_kept_in_order(void **state)
{
	struct extension maya = extension_make(mine.id, "1001", "Maya");
	struct follow f = rule(&maya, "+12125550100", "");

	f.ignore_busy = true;
	f.dests[0].confirm = true;
	f.dests[1].delay_ms = 5000;
	str_ncpy(f.prefix, "M:", sizeof(f.prefix));
	assert_int_equal(follow_change(db, &f), 0);
	assert_int_equal(follow_get(&f, db, mine.id, maya.id), 0);
	assert_int_equal(f.count, 2);
	assert_true(f.ignore_busy);
	assert_string_equal(f.prefix, "M:");
	assert_string_equal(f.dests[0].number, "+12125550100");
	assert_true(f.dests[0].confirm);
	assert_string_equal(f.dests[1].number, "");
	assert_int_equal(f.dests[1].delay_ms, 5000);
	assert_int_equal(follow_get(&f, db, other.id, maya.id), ENOENT);
}

static void checked(struct field_errors *fe, struct follow *f)
{
	memset(fe, 0, sizeof(*fe));
	assert_int_equal(follow_check(fe, db, f), 0);
}

static void test_rule_is_checked(void **state)
{
	struct extension maya = extension_make(mine.id, "1001", "Maya");
	struct field_errors fe;
	struct follow f = rule(&maya, "1099", NULL);

	checked(&fe, &f);
	assert_field(&fe, "destinations", "nobody here has");
	f = rule(&maya, "+12125550100", "(212) 555-0100");
	checked(&fe, &f);
	assert_field(&fe, "destinations", "twice");
	f = rule(&maya, "1001", "");
	checked(&fe, &f); /* one's own number is one's own phones */
	assert_field(&fe, "destinations", "the own devices twice");
	f = rule(&maya, "", NULL);
	f.dests[0].ring_ms = 1;
	checked(&fe, &f);
	assert_field(&fe, "destinations", "timeout");
	f = rule(&maya, "", NULL);
	f.dests[0].delay_ms = FOLLOW_DELAY_MAX + 1;
	checked(&fe, &f);
	assert_field(&fe, "destinations", "delay");
}

static void test_a_group_is_no_place(void **state)
{
	struct extension maya = extension_make(mine.id, "1001", "Maya");
	struct ring_group g = {.tenant = mine.id, .number = "600", .name = "Desk"};
	struct follow f = rule(&maya, "600", NULL);
	struct field_errors fe;

	assert_int_equal(ring_group_add(db, &g), 0);
	checked(&fe, &f);
	assert_field(&fe, "destinations", "has 600, which is a ring group");
}

static bool trunks_up;

static bool outside_h(char why[REACH_TEXT], const char *number, void *arg)
{
	strcpy(why, "Trunk Carrier is down");
	return trunks_up;
}

/* The first warning of an extension; "" for none */
static const char *warned(const char *number)
{
	static struct reach_warnings w;
	const struct reach_asks asks = {.outside_h = outside_h};
	struct moment now;
	struct tenant *t;

	assert_int_equal(tenant_load(&t, db, mine.id), 0);
	now = moment_of(t, clock_wall_ms());
	reach_warn(&w, t, number, &now, &asks);
	shared_unref(t);
	return w.count ? w.text[0] : "";
}

/* What is warned of is what place_look() passes over: other forwards, and a colleague's own follow
 * me, do not act on whoever is rung for somebody else. */
static void test_places_that_do_not_ring_are_warned_of(void **state)
{
	struct extension maya = extension_make(mine.id, "1001", "Maya");
	struct extension tom = extension_make(mine.id, "1002", "Tom");
	struct extension_settings s = {.tenant = mine.id, .follow = true};
	struct follow f = rule(&maya, "1002", NULL), back = rule(&tom, "1001", NULL);
	struct trunk carrier = {.port = 5060, .active = true, .name = "Carrier"};
	struct out_route r = {.tenant = mine.id, .prefix = "+"};

	assert_int_equal(follow_change(db, &f), 0);
	assert_int_equal(follow_change(db, &back), 0);
	str_ncpy(s.extension_id, tom.id, sizeof(s.extension_id));
	s.forward[FORWARD_busy].on = true;
	strcpy(s.forward[FORWARD_busy].number, "1001");
	assert_int_equal(extension_settings_change(db, &s, "Tom"), 0);
	assert_string_equal(warned("1001"), "");
	s.forward[FORWARD_all] = s.forward[FORWARD_busy];
	assert_int_equal(extension_settings_change(db, &s, "Tom"), 0);
	assert_non_null(strstr(warned("1001"), "Tom (1002) passes every call back here"));
	strcpy(s.forward[FORWARD_all].number, "+12125550100");
	assert_int_equal(extension_settings_change(db, &s, "Tom"), 0);
	assert_non_null(strstr(warned("1001"), "Tom: every call is forwarded to +12125550100"));
	strcpy(f.dests[0].number, "+12125550100");
	assert_int_equal(follow_change(db, &f), 0);
	assert_non_null(strstr(warned("1001"), "There is no route to +12125550100"));
	strcpy(carrier.host, "192.0.2.1");
	strcpy(carrier.transport, "udp");
	assert_int_equal(trunk_add(db, &carrier), 0);
	r.trunk = carrier.id;
	assert_int_equal(out_route_add(db, &r), 0);
	assert_non_null(strstr(warned("1001"), "cannot be called now. Trunk Carrier is down"));
	trunks_up = true;
	assert_string_equal(warned("1001"), "");
	strcpy(f.dests[0].number, "600"); /* a row of before groups were refused */
	assert_int_equal(follow_change(db, &f), 0);
	assert_non_null(strstr(warned("1001"), "600: nobody here has it"));
}

static void block(const char *extension_id, enum block_kind kind, const char *pattern)
{
	struct call_block b = {.tenant = mine.id, .kind = kind, .active = true};
	struct field_errors fe = {0};

	str_ncpy(b.extension_id, extension_id, sizeof(b.extension_id));
	str_ncpy(b.pattern, pattern, sizeof(b.pattern));
	assert_int_equal(call_block_check(&fe, db, &b), 0);
	assert_int_equal(fe.count, 0);
	assert_int_equal(call_block_add(db, &b), 0);
}

static const char *blocked(const struct tenant *t, const char *number, const char *caller)
{
	const struct tenant_block *b = caller_blocked(t, tenant_extension(t, number), caller);

	return b ? b->pattern[0] ? b->pattern : "anonymous" : "";
}

static void test_who_is_held_back(void **state)
{
	struct extension maya = extension_make(mine.id, "1001", "Maya");
	struct tenant *t;

	extension_make(mine.id, "1002", "Tom");
	block("", BLOCK_NUMBER, "(212) 555-0100");
	block("", BLOCK_PREFIX, "+1900");
	block(maya.id, BLOCK_ANONYMOUS, "");
	assert_int_equal(tenant_load(&t, db, mine.id), 0);
	assert_string_equal(blocked(t, "1001", "+12125550100"), "+12125550100");
	assert_string_equal(blocked(t, "1001", "2125550100"), "+12125550100");
	assert_string_equal(blocked(t, "1002", "+19005550100"), "+1900");
	assert_string_equal(blocked(t, "1001", "anonymous"), "anonymous");
	assert_string_equal(blocked(t, "1002", "anonymous"), "");
	assert_string_equal(blocked(t, "1001", "+12125550101"), "");
	assert_string_equal(blocked(t, "1001", "1002"), "");
	shared_unref(t);
}

static void test_rules_are_checked(void **state)
{
	static const char *const bad[] = {"", "abc", "*78", "+"};
	struct call_block b = {.tenant = mine.id};
	struct field_errors fe = {0};

	for (size_t i = 0; i < COUNT(bad); i++) {
		memset(&fe, 0, sizeof(fe));
		str_ncpy(b.pattern, bad[i], sizeof(b.pattern));
		assert_int_equal(call_block_check(&fe, db, &b), 0);
		assert_field(&fe, "pattern", "must be a number");
	}
	memset(&fe, 0, sizeof(fe));
	str_ncpy(b.extension_id, extension_make(other.id, "1001", "Ana").id,
		 sizeof(b.extension_id));
	assert_int_equal(call_block_check(&fe, db, &b), 0);
	assert_field(&fe, "extensionId", "no extension of yours");
}

static void test_rules_go_with_their_extension(void **state)
{
	struct extension maya = extension_make(mine.id, "1001", "Maya");
	int64_t n = -1;

	block(maya.id, BLOCK_ANONYMOUS, "");
	assert_int_equal(extension_remove(db, mine.id, maya.id), 0);
	assert_int_equal(db_number(db, &n, "SELECT count(*) FROM call_block", ""), 0);
	assert_int_equal(n, 0);
}

static int use_h(const struct setting_use *u, void *arg)
{
	*(struct setting_use *)arg = *u;
	return 0;
}

static void test_uses_are_counted_by_day(void **state)
{
	struct setting_use u = {mine.id, "x", "dnd", 1000, 0, 1500}, seen = {0};

	assert_int_equal(setting_use_add(db, &u), 0);
	u.last_at = 1600;
	assert_int_equal(setting_use_add(db, &u), 0);
	assert_int_equal(setting_use_list(db, mine.id, "x", use_h, &seen), 0);
	assert_int_equal(seen.calls, 2);
	assert_int_equal(seen.last_at, 1600);
	u.day = 2000;
	u.last_at = 2100;
	assert_int_equal(setting_use_add(db, &u), 0);
	assert_int_equal(setting_use_list(db, mine.id, "x", use_h, &seen), 0);
	assert_int_equal(seen.calls, 1);
	u.tenant = 4711; /* gone meanwhile */
	assert_int_equal(setting_use_add(db, &u), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rule_is_kept_in_order),
		TEST(test_rule_is_checked),
		TEST(test_a_group_is_no_place),
		TEST(test_places_that_do_not_ring_are_warned_of),
		TEST(test_who_is_held_back),
		TEST(test_rules_are_checked),
		TEST(test_rules_go_with_their_extension),
		TEST(test_uses_are_counted_by_day),
	};

	return RUN(tests);
}
