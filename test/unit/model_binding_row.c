/**
 * @file model_binding_row.c  Registrations at rest: batches, replacement, expiry
 */
#include "binding_row.h"
#include "model_test.h"

static struct binding_batch *batch;
static struct binding_row seen;

static struct binding_row row(int64_t tenant, const char *contact, int64_t expires_at)
{
	struct binding_row b = {.tenant = tenant,
				.extension = "1001",
				.domain = "mine.example.com",
				.device = "d",
				.path = "<sip:edge;lr>",
				.instance = "urn:uuid:1",
				.reg_id = 1,
				.user_agent = "Yealink",
				.transport = "tcp",
				.peer = "127.0.0.1:4000",
				.client = "192.0.2.1:5555",
				.ws = true,
				.sdes = true,
				.registered_at = 10};

	str_ncpy(b.contact, contact, sizeof(b.contact));
	b.expires_at = expires_at;
	return b;
}

static void add(struct binding_row b)
{
	assert_true(binding_batch_add(batch, &b));
}

static void flush(void)
{
	assert_int_equal(binding_batch_write(db, batch), 0);
	batch->count = 0;
}

static int list_h(const struct binding_row *b, void *arg)
{
	seen = *b;
	listed_add(arg, b->contact);
	return 0;
}

static int setup_batch(void **state)
{
	batch = mem_zalloc(sizeof(*batch), NULL);
	return setup(state);
}

static int teardown_batch(void **state)
{
	batch = mem_deref(batch);
	return teardown(state);
}

static void test_written_and_read(void **state)
{
	struct binding_row b = row(mine.id, "sip:a", 100);
	struct listed l = {0};

	add(b);
	flush();
	assert_int_equal(binding_row_each(db, 50, list_h, &l), 0);
	assert_int_equal(l.count, 1);
	assert_memory_equal(&seen, &b, sizeof(b));
}

static void test_same_contact_is_replaced(void **state)
{
	struct binding_row b = row(mine.id, "sip:a", 100);
	struct listed l = {0};

	add(b);
	add(row(mine.id, "sip:a", 200)); /* within the batch */
	assert_int_equal(batch->count, 1);
	flush();
	add(row(mine.id, "sip:a", 300)); /* and in the database */
	flush();
	assert_int_equal(binding_row_each(db, 0, list_h, &l), 0);
	assert_int_equal(l.count, 1);
	assert_int_equal(seen.expires_at, 300);
}

static void test_removed(void **state)
{
	struct binding_row gone = row(mine.id, "sip:a", 100);
	struct listed l = {0};

	add(gone);
	add(row(mine.id, "sip:b", 100));
	add(row(other.id, "sip:a", 100));
	flush();
	gone.removed = true;
	add(gone);
	flush();
	assert_int_equal(binding_row_each(db, 0, list_h, &l), 0);
	assert_int_equal(l.count, 2); /* the other tenant's stays */
	assert_string_equal(l.all, "sip:a sip:b");
	assert_int_equal(gone.tenant, mine.id);
}

static void test_expiry(void **state)
{
	struct listed alive = {0}, left = {0};

	add(row(mine.id, "sip:a", 100));
	add(row(mine.id, "sip:b", 200));
	flush();
	assert_int_equal(binding_row_each(db, 100, list_h, &alive), 0);
	assert_string_equal(alive.all, "sip:b");
	assert_int_equal(binding_row_purge(db, 100), 0);
	assert_int_equal(binding_row_each(db, 0, list_h, &left), 0);
	assert_string_equal(left.all, "sip:b");
}

static void test_full_batch(void **state)
{
	char contact[32];
	struct binding_row b;

	for (int i = 0; i < BINDING_BATCH; i++) {
		snprintf(contact, sizeof(contact), "sip:%d", i);
		add(row(mine.id, contact, 100));
	}
	b = row(mine.id, "sip:one-more", 100);
	assert_false(binding_batch_add(batch, &b));
	b = row(mine.id, "sip:0", 200);
	assert_true(binding_batch_add(batch, &b)); /* takes no new place */
	flush();
}

#undef TEST
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_batch, teardown_batch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_written_and_read), TEST(test_same_contact_is_replaced),
		TEST(test_removed),	     TEST(test_expiry),
		TEST(test_full_batch),
	};

	return RUN(tests);
}
