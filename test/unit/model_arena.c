/**
 * @file model_arena.c  Arena and index, and building a snapshot without memory
 */
#include <limits.h>
#include "own.h"

/* How many allocations still succeed; INT_MAX for all of them */
static int memory_left = INT_MAX;

static bool poor(void)
{
	if (memory_left == INT_MAX)
		return false;
	return !memory_left || !memory_left--;
}

static void *poor_zalloc(size_t size, mem_destroy_h *destructor)
{
	return poor() ? NULL : mem_zalloc(size, destructor);
}

static void *poor_shared(size_t size, mem_destroy_h *destructor)
{
	return poor() ? NULL : shared_alloc(size, destructor);
}

#define mem_zalloc poor_zalloc
#define shared_alloc poor_shared
#include "arena.c"
#include "index.c"
#include "snapshot.c"
#include "tenants.c"
#include "trunks.c"
#undef mem_zalloc
#undef shared_alloc
#include "model_test.h" /* last: its names are short */

static void test_arena(void **state)
{
	const char *texts[1000];
	struct arena *a;
	char text[32], *large;
	int64_t *aligned;

	assert_int_equal(arena_alloc(&a), 0);
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "text %d", i);
		texts[i] = arena_text(a, text);
		aligned = arena_get(a, sizeof(*aligned));
		assert_int_equal((uintptr_t)aligned % 16, 0);
		assert_int_equal(*aligned, 0);
		*aligned = -1;
	}
	large = arena_get(a, 1000000);
	memset(large, 'x', 1000000);
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "text %d", i);
		assert_string_equal(texts[i], text);
	}
	assert_string_equal(arena_text(a, ""), "");
	assert_true(arena_bytes(a) >= 1000000);
	mem_deref(a);
}

struct element {
	int64_t value;
	const char *key;
};

static void test_index(void **state)
{
	struct element *v;
	struct index *ix, *none;
	struct arena *a;
	char text[32];

	assert_int_equal(arena_alloc(&a), 0);
	v = arena_get(a, 3000 * sizeof(*v));
	for (int i = 0; i < 3000; i++) {
		snprintf(text, sizeof(text), "%d", i);
		v[i].key = arena_text(a, text);
	}
	v[2999].key = "7"; /* twice: the first is found */
	assert_int_equal(index_alloc(&ix, a, &v->key, sizeof(*v), 3000), 0);
	for (int i = 0; i < 2999; i++) {
		snprintf(text, sizeof(text), "%d", i);
		assert_int_equal(index_find(ix, text, strlen(text)), i);
	}
	assert_int_equal(index_find(ix, "2999", 4), -1);
	assert_int_equal(index_find(ix, "123", 2), 12); /* n bytes count, not the terminator */
	assert_int_equal(index_find(ix, "", 0), -1);
	assert_int_equal(index_alloc(&none, a, NULL, 0, 0), 0);
	assert_int_equal(index_find(none, "1", 1), -1);
	mem_deref(a);
}

static void fill(void)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct device b = device_make(&e, mine.domain, DEVICE_BROWSER);
	struct did d = {.tenant = mine.id, .number = "+14155550110", .dest = {DEST_hangup, ""}};
	struct trunk t = {.name = "T", .host = "192.0.2.1", .port = 5060, .by_ip = true};

	device_make(&e, mine.domain, DEVICE_PHONE);
	b.expires_at = INT64_MAX;
	assert_int_equal(device_change(db, &b), 0);
	assert_int_equal(did_add(db, &d), 0);
	assert_int_equal(trunk_add(db, &t), 0);
}

/* Each allocation fails in turn: an error, nothing leaked, and a later load is whole. */
static void test_loading_without_memory(void **state)
{
	int err = ENOMEM, left;

	fill();
	for (left = 0; err && left < 200; left++) {
		struct tenants *ts;

		assert_int_equal(tenants_alloc(&ts), 0);
		memory_left = left;
		err = tenants_load(ts, db, 0);
		memory_left = INT_MAX;
		assert_true(!err || err == ENOMEM);
		if (!err) {
			assert_non_null(tenants_by_did(ts, "+14155550110", NULL));
			assert_non_null(tenants_by_id(ts, other.id));
		}
		mem_deref(ts);
	}
	assert_int_equal(err, 0);
	assert_true(left > 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_index),
		TEST(test_loading_without_memory),
	};

	return RUN(tests);
}
