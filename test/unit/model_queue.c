/**
 * @file model_queue.c  Queues: what is refused, kept, shown to calls, and in use
 */
#include "model_test.h"
#include "dest_use.h"
#include "extension_settings.h"
#include "queue.h"
#include "ring_group.h"
#include "setting_code.h"
#include "snapshot.h"

static void queue_make(struct queue *q, const char *number, const char *agent)
{
	memset(q, 0, sizeof(*q));
	queue_defaults(q);
	q->tenant = mine.id;
	str_ncpy(q->number, number, sizeof(q->number));
	str_ncpy(q->name, "Support", sizeof(q->name));
	str_ncpy(q->agents[0].number, agent, sizeof(q->agents[0].number));
	q->agents[0].level = 1;
	q->agent_count = 1;
}

static void assert_refused(struct queue *q, const char *field, const char *part)
{
	struct field_errors fe = {0};

	assert_int_equal(queue_check(&fe, db, q), 0);
	assert_field(&fe, field, part);
}

static void test_what_was_written_is_read(void **state)
{
	struct queue q, f;

	extension_make(mine.id, "1001", "Maya");
	queue_make(&q, "700", "1001");
	q.strategy = QUEUE_fewest;
	q.record = true;
	q.wrapup_ms = 15000;
	q.max_wait_ms = 60000;
	strcpy(q.prefix, "Help:");
	q.agents[0].level = 3;
	q.next[QUEUE_FULL] = (struct queue_next){true, {DEST_extension, "1001"}};
	q.next[QUEUE_EMPTY] = (struct queue_next){true, {DEST_voicemail, "1001"}};
	assert_int_equal(queue_add(db, &q), 0);
	assert_int_equal(queue_get(&f, db, mine.id, q.id), 0);
	assert_memory_equal(&q, &f, sizeof(q));
	assert_int_equal(queue_get(&f, db, other.id, q.id), ENOENT);
	q.agent_count = 0;
	memset(q.agents, 0, sizeof(q.agents));
	q.next[QUEUE_FULL].has = false;
	assert_int_equal(queue_change(db, &q), 0);
	assert_int_equal(queue_by_number(&f, db, mine.id, "700"), 0);
	assert_int_equal(f.agent_count, 0);
	assert_false(f.next[QUEUE_FULL].has);
	assert_true(f.next[QUEUE_EMPTY].has);
	q.version = 1;
	assert_int_equal(queue_change(db, &q), ESTALE);
}

static void test_what_is_refused(void **state)
{
	struct queue q, made;
	struct ring_group g = {.tenant = mine.id, .number = "600", .name = "Sales"};

	extension_make(mine.id, "1001", "Maya");
	extension_make(other.id, "2001", "Ana");
	assert_int_equal(ring_group_add(db, &g), 0);
	queue_make(&made, "700", "1001");
	assert_int_equal(queue_add(db, &made), 0);
	queue_make(&q, "700", "1001");
	assert_refused(&q, "number", "already used by Support");
	queue_make(&q, "600", "1001");
	assert_refused(&q, "number", "already used by Sales");
	queue_make(&q, "1001", "1001");
	assert_refused(&q, "number", "already used by Maya");
	queue_make(&q, "701", "2001");
	assert_refused(&q, "agents", "2001, which is no extension here");
	queue_make(&q, "701", "600");
	assert_refused(&q, "agents", "600, which is no extension here");
	queue_make(&q, "701", "1001");
	q.agents[1] = q.agents[0];
	q.agent_count = 2;
	assert_refused(&q, "agents", "1001 twice");
	queue_make(&q, "701", "1001");
	q.agents[0].level = 10;
	assert_refused(&q, "agents", "level");
	queue_make(&q, "701", "1001");
	q.ring_ms = 1;
	assert_refused(&q, "ringMs", "between 5 and 120");
	queue_make(&q, "701", "1001");
	q.announce_ms = 1;
	assert_refused(&q, "announceMs", "between 10 and 600");
	queue_make(&q, "701", "1001");
	q.max_callers = 0;
	assert_refused(&q, "maxCallers", "between 1 and");
	queue_make(&q, "701", "1001");
	q.max_wait_ms = QUEUE_WAIT_MS_MAX + 1;
	assert_refused(&q, "maxWaitMs", "at most");
	queue_make(&q, "701", "1001");
	q.wrapup_ms = -1;
	assert_refused(&q, "wrapupMs", "at most");
	queue_make(&q, "701", "1001");
	strcpy(q.music_id, "none");
	assert_refused(&q, "musicId", "no music of yours");
	made.next[QUEUE_EMPTY] = (struct queue_next){true, {DEST_queue, "700"}};
	assert_refused(&made, "emptyNext", "is this queue itself");
	queue_make(&q, "701", "1001");
	assert_refused(&q, "agents", NULL);
}

static void agent_is(const char *number, bool in, bool paused)
{
	struct field_errors fe = {0};
	struct extension_settings s;
	struct extension e;

	assert_int_equal(extension_by_number(&e, db, mine.id, number), 0);
	assert_int_equal(extension_settings_get(&s, db, mine.id, e.id), 0);
	s.agent = in;
	s.paused = paused;
	strcpy(s.pause_reason, "Lunch");
	assert_int_equal(extension_settings_check(&fe, db, &s), 0);
	assert_int_equal(extension_settings_change(db, &s, "Ana"), 0);
	assert_int_equal(extension_settings_get(&s, db, mine.id, e.id), 0);
	assert_int_equal(s.agent, in);
	assert_int_equal(s.paused, in && paused);
	assert_string_equal(s.pause_reason, in && paused ? "Lunch" : "");
	assert_string_equal(s.agent_mark.by, "Ana");
}

static void test_what_calls_see(void **state)
{
	const struct tenant_queue *seen;
	struct tenant *t;
	struct queue q;

	extension_make(mine.id, "1001", "Maya");
	extension_make(mine.id, "1002", "Tom");
	queue_make(&q, "700", "1001");
	q.agents[0].level = 2;
	q.agents[1] = (struct queue_agent){"1002", 1};
	q.agent_count = 2;
	assert_int_equal(queue_add(db, &q), 0);
	assert_int_equal(tenant_load(&t, db, mine.id), 0);
	seen = tenant_queue(t, "700");
	assert_ptr_equal(seen, tenant_queue_by_id(t, q.id));
	assert_null(tenant_queue(t, "701"));
	assert_int_equal(seen->agent_count, 2);
	assert_string_equal(seen->agents[0].extension->number, "1002");
	assert_int_equal(seen->agents[1].level, 2);
	assert_false(queue_attended(seen));
	shared_unref(t);
	agent_is("1001", true, true);
	assert_int_equal(tenant_load(&t, db, mine.id), 0);
	assert_true(queue_attended(tenant_queue(t, "700")));
	assert_string_equal(tenant_extension(t, "1001")->settings->pause_reason, "Lunch");
	shared_unref(t);
	agent_is("1001", false, true);
}

static void test_a_new_number_is_followed_and_use_is_told(void **state)
{
	struct dest queue = {DEST_queue, "700"}, ext = {DEST_extension, "1001"};
	struct queue q, f, second;
	char where[DEST_USE], label[MODEL_NAME];
	int64_t n = 0;

	extension_make(mine.id, "1001", "Maya");
	queue_make(&q, "700", "1001");
	assert_int_equal(queue_add(db, &q), 0);
	assert_int_equal(dest_used(where, db, mine.id, &ext), 0);
	assert_string_equal(where, "the queue 700 Support");
	assert_int_equal(dest_label(label, sizeof(label), db, mine.id, &queue), 0);
	assert_string_equal(label, "700 Support");
	queue_make(&second, "701", "1001");
	second.next[QUEUE_TIMEOUT] = (struct queue_next){true, queue};
	assert_int_equal(queue_add(db, &second), 0);
	assert_int_equal(dest_used(where, db, mine.id, &queue), 0);
	assert_string_equal(where, "what follows queue 701");
	assert_int_equal(dest_extension_renamed(db, mine.id, "1001", "1011"), 0);
	str_ncpy(q.number, "710", sizeof(q.number));
	str_ncpy(q.agents[0].number, "1011", sizeof(q.agents[0].number));
	assert_int_equal(queue_change(db, &q), 0);
	assert_int_equal(queue_get(&f, db, mine.id, second.id), 0);
	assert_string_equal(f.next[QUEUE_TIMEOUT].dest.target, "710");
	assert_string_equal(f.agents[0].number, "1011");
	assert_int_equal(queue_count(&n, db, mine.id), 0);
	assert_int_equal(n, 2);
	assert_int_equal(queue_count_of(&n, db, mine.id, "1011"), 0);
	assert_int_equal(n, 2);
	assert_int_equal(queue_remove(db, mine.id, second.id), 0);
	assert_int_equal(queue_remove(db, mine.id, second.id), ENOENT);
}

static void test_what_a_phone_sets(void **state)
{
	struct extension_settings s = {0};
	struct setting_code c;

	assert_int_equal(setting_code_parse(&c, "agent:on"), 0);
	assert_true(setting_code_apply(&s, &c));
	assert_true(s.agent);
	assert_int_equal(setting_code_parse(&c, "pause:toggle"), 0);
	assert_true(setting_code_apply(&s, &c));
	assert_true(s.paused);
	assert_int_equal(setting_code_parse(&c, "agent:on"), 0);
	assert_true(setting_code_apply(&s, &c)); /* who comes is there */
	assert_false(s.paused);
	assert_int_equal(setting_code_parse(&c, "agent:off"), 0);
	assert_false(setting_code_apply(&s, &c));
	assert_false(s.agent);
	assert_int_equal(setting_code_parse(&c, "agents:on"), EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_was_written_is_read),
		TEST(test_what_is_refused),
		TEST(test_what_calls_see),
		TEST(test_a_new_number_is_followed_and_use_is_told),
		TEST(test_what_a_phone_sets),
	};

	return RUN(tests);
}
