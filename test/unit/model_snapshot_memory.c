/**
 * @file model_snapshot_memory.c  A tenant is read, built anew and published while memory fails
 */
#include "did.h"
#include "memory.h"
#include "model_test.h"
#include "snapshot.h"

static bool whole(const struct tenants *ts)
{
	const struct tenant *t = tenants_by_id(ts, mine.id);

	return t && tenant_extension(t, "1001") && tenants_by_did(ts, "+14155550110", NULL) == t;
}

/* What fails leaves the one before in its place */
static void published(void)
{
	struct tenants *ts = NULL;
	struct tenant *next = NULL;
	int err = tenants_alloc(&ts);

	err = err ? err : tenants_load(ts, db, 0);
	if (!err) {
		assert_true(whole(ts));
		err = tenant_renew(&next, db, mine.id, tenants_by_id(ts, mine.id));
	}
	if (next)
		err = tenants_put(ts, next);
	assert_true(!err || err == ENOMEM);
	assert_true(!next || whole(ts));
	mem_deref(ts);
}

static void nothing_else(void)
{
	assert_non_null(db);
}

static void test_published(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Ana Souza");
	struct did d = {.tenant = mine.id,
			.number = "+14155550110",
			.active = true,
			.dest = {DEST_extension, "1001"}};

	device_make(&e, mine.domain, DEVICE_PHONE);
	extension_make(other.id, "1001", "Bo");
	assert_int_equal(did_add(db, &d), 0);
	memory_sweep(published, nothing_else, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_published)};

	return RUN(tests);
}
