/**
 * @file model_recorded.c  Recordings of calls: from beginning to purge, the extension's rule,
 * settings
 */
#include "model_test.h"
#include "clock.h"
#include "recorded.h"
#include "settings.h"

static struct recorded begun(int64_t tenant, const char *call, int64_t at)
{
	struct recorded r = {.tenant = tenant, .by = BY_KEY, .started_at = at};

	clock_advance(2); /* ids sort by their millisecond */
	strcpy(r.id, id_new().s);
	strcpy(r.call_id, call);
	blob_key(r.blob, tenant, at);
	assert_int_equal(recorded_begin(db, &r), 0);
	return r;
}

static int list_h(const struct recorded *r, void *arg)
{
	listed_add(arg, r->id);
	return 0;
}

static void test_there_once_complete(void **state)
{
	struct recorded r = begun(mine.id, "call-1", 1000), found;
	struct listed l = {0}, cut = {0};

	assert_int_equal(recorded_get(&found, db, mine.id, r.id), ENOENT);
	assert_int_equal(recorded_cut(db, list_h, &cut), 0);
	assert_int_equal(cut.count, 1);
	assert_int_equal(recorded_finish(db, mine.id, r.id, 4000), 0);
	assert_int_equal(recorded_finish(db, mine.id, r.id, 1), ENOENT);
	r.duration_ms = 4000;
	assert_int_equal(recorded_get(&found, db, mine.id, r.id), 0);
	assert_memory_equal(&r, &found, sizeof(r));
	assert_int_equal(recorded_get(&found, db, other.id, r.id), ENOENT);
	assert_int_equal(recorded_of_call(db, mine.id, "call-1", list_h, &l), 0);
	assert_int_equal(recorded_of_call(db, mine.id, "call-2", list_h, &l), 0);
	assert_int_equal(recorded_of_call(db, other.id, "call-1", list_h, &l), 0);
	assert_int_equal(l.count, 1);
	assert_int_equal(recorded_drop(db, mine.id, r.id), 0);
	assert_int_equal(recorded_get(&found, db, mine.id, r.id), ENOENT);
}

static void test_pages_and_purge(void **state)
{
	struct recorded r[3];
	struct listed l = {0}, due = {0};

	for (int i = 0; i < 3; i++) {
		r[i] = begun(mine.id, "call-1", 1000 * (i + 1));
		assert_int_equal(recorded_finish(db, mine.id, r[i].id, 4000), 0);
	}
	begun(mine.id, "call-2", 1);
	assert_int_equal(recorded_list(db, mine.id,
				       &(struct recorded_filter){.before = r[2].id, .limit = 1},
				       list_h, &l),
			 0);
	assert_int_equal(l.count, 1);
	assert_string_equal(l.last, r[1].id);
	assert_int_equal(recorded_due(db, mine.id, 2500, 10, list_h, &due), 0);
	assert_int_equal(due.count, 2);
	assert_int_equal(recorded_due(db, other.id, 2500, 10, list_h, &due), 0);
	assert_int_equal(due.count, 2);
}

static void test_rules(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	enum recording_rule rule;

	assert_int_equal(e.recording, RULE_NONE);
	e.recording = RULE_OUTBOUND;
	assert_int_equal(extension_change(db, &e), 0);
	assert_int_equal(extension_get(&e, db, mine.id, e.id), 0);
	assert_int_equal(e.recording, RULE_OUTBOUND);
	assert_int_equal(recording_rule_parse(&rule, "all"), 0);
	assert_int_equal(rule, RULE_ALL);
	assert_int_equal(recording_rule_parse(&rule, "some"), EINVAL);
}

static void test_settings(void **state)
{
	char json[64] = "{\"a\":1}", small[10] = "{}";

	assert_false(settings_flag(json, "tone"));
	assert_true(settings_set_flag(json, sizeof(json), "tone", true));
	assert_true(settings_flag(json, "tone"));
	assert_int_equal(settings_number(json, "days", 7), 7);
	assert_true(settings_set_number(json, sizeof(json), "days", 30));
	assert_int_equal(settings_number(json, "days", 7), 30);
	assert_int_equal(settings_number(json, "a", 0), 1);
	assert_false(settings_set_number(small, sizeof(small), "a long name", 1));
	assert_string_equal(small, "{}");
	strcpy(small, "x");
	assert_false(settings_set_flag(small, sizeof(small), "a", true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_there_once_complete),
		TEST(test_pages_and_purge),
		TEST(test_rules),
		TEST(test_settings),
	};

	return RUN(tests);
}
