/**
 * @file model_ring_group.c  Ring groups: what is refused, kept, shown to calls, and in use
 */
#include "model_test.h"
#include "dest_use.h"
#include "ring_group.h"
#include "snapshot.h"

static void group_make(struct ring_group *g, const char *number, const char *member)
{
	memset(g, 0, sizeof(*g));
	g->tenant = mine.id;
	str_ncpy(g->number, number, sizeof(g->number));
	str_ncpy(g->name, "Sales", sizeof(g->name));
	str_ncpy(g->members[0].number, member, sizeof(g->members[0].number));
	g->members[0].ring_ms = RING_MEMBER_MS_DEFAULT;
	g->member_count = 1;
}

static void assert_refused(struct ring_group *g, const char *field, const char *part)
{
	struct field_errors fe = {0};

	assert_int_equal(ring_group_check(&fe, db, g), 0);
	assert_field(&fe, field, part);
}

static void test_what_was_written_is_read(void **state)
{
	struct ring_group g, f;

	extension_make(mine.id, "1001", "Maya");
	group_make(&g, "600", "1001");
	g.strategy = STRATEGY_rollover;
	g.music = true;
	g.members[0].confirm = true;
	g.has_next = true;
	g.next = (struct dest){DEST_extension, "1001"};
	assert_int_equal(ring_group_add(db, &g), 0);
	assert_int_equal(ring_group_get(&f, db, mine.id, g.id), 0);
	assert_memory_equal(&g, &f, sizeof(g));
	assert_int_equal(ring_group_get(&f, db, other.id, g.id), ENOENT);
	g.member_count = 0;
	g.has_next = false;
	assert_int_equal(ring_group_change(db, &g), 0);
	assert_int_equal(ring_group_by_number(&f, db, mine.id, "600"), 0);
	assert_int_equal(f.member_count, 0);
	assert_false(f.has_next);
	g.version = 1;
	assert_int_equal(ring_group_change(db, &g), ESTALE);
}

static void test_what_is_refused(void **state)
{
	struct ring_group g, made;

	extension_make(mine.id, "1001", "Maya");
	extension_make(other.id, "2001", "Ana");
	group_make(&made, "600", "1001");
	assert_int_equal(ring_group_add(db, &made), 0);
	group_make(&g, "600", "1001");
	assert_refused(&g, "number", "already used by Sales");
	group_make(&g, "1001", "1001");
	assert_refused(&g, "number", "already used by Maya");
	group_make(&g, "911", "1001");
	assert_refused(&g, "number", "emergency");
	group_make(&g, "601", "2001");
	assert_refused(&g, "members", "2001, which nobody here has");
	group_make(&g, "601", "600");
	assert_refused(&g, "members", "which is a ring group");
	group_make(&g, "601", "1001");
	g.members[1] = g.members[0];
	g.member_count = 2;
	assert_refused(&g, "members", "1001 twice");
	group_make(&g, "601", "1001");
	g.member_count = 0;
	assert_refused(&g, "members", "at least one");
	group_make(&g, "601", "(628) 555-0177");
	assert_refused(&g, "members", NULL);
	assert_string_equal(g.members[0].number, "+16285550177");
}

static void test_who_is_of_one_group(void **state)
{
	struct ring_group g;
	struct tenant *t;

	for (int i = 0; i < 5; i++) {
		char number[8];

		snprintf(number, sizeof(number), "100%d", i);
		extension_make(mine.id, number, "Somebody");
	}
	group_make(&g, "600", "1001");
	g.members[1] = g.members[0];
	str_ncpy(g.members[1].number, "1002", sizeof(g.members[1].number));
	g.member_count = 2;
	assert_int_equal(ring_group_add(db, &g), 0);
	assert_int_equal(tenant_load(&t, db, mine.id), 0);
	assert_true(tenant_same_group(t, "1001", "1002"));
	assert_false(tenant_same_group(t, "1001", "1003"));
	assert_true(tenant_same_group(t, "1003", "1004"));
	assert_string_equal(tenant_group(t, "600")->members[1].number, "1002");
	assert_null(tenant_group(t, "601"));
	shared_unref(t);
}

static void test_a_new_number_is_followed_and_use_is_told(void **state)
{
	struct dest group = {DEST_group, "600"}, ext = {DEST_extension, "1001"};
	struct ring_group g, f, second;
	char where[DEST_USE];

	extension_make(mine.id, "1001", "Maya");
	group_make(&g, "600", "1001");
	assert_int_equal(ring_group_add(db, &g), 0);
	assert_int_equal(dest_used(where, db, mine.id, &group), 0);
	assert_string_equal(where, "");
	assert_int_equal(dest_used(where, db, mine.id, &ext), 0);
	assert_string_equal(where, "the ring group 600 Sales");
	group_make(&second, "601", "1001");
	second.has_next = true;
	second.next = group;
	assert_int_equal(ring_group_add(db, &second), 0);
	assert_int_equal(dest_used(where, db, mine.id, &group), 0);
	assert_string_equal(where, "what follows group 601");
	str_ncpy(g.number, "700", sizeof(g.number));
	assert_int_equal(ring_group_change(db, &g), 0);
	assert_int_equal(ring_group_get(&f, db, mine.id, second.id), 0);
	assert_string_equal(f.next.target, "700");
	assert_int_equal(ring_group_remove(db, mine.id, second.id), 0);
	assert_int_equal(ring_group_remove(db, mine.id, second.id), ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_was_written_is_read),
		TEST(test_what_is_refused),
		TEST(test_who_is_of_one_group),
		TEST(test_a_new_number_is_followed_and_use_is_told),
	};

	return RUN(tests);
}
