/**
 * @file model_extension.c  Extensions: fields, versions, renumbering, other tenants
 */
#include "model_test.h"
#include "binding_row.h"
#include "did.h"

static struct did did_make(const char *number, const char *extension)
{
	struct did d = {.tenant = mine.id, .active = true, .dest = {.kind = DEST_extension}};

	str_ncpy(d.number, number, sizeof(d.number));
	str_ncpy(d.dest.target, extension, sizeof(d.dest.target));
	assert_int_equal(did_add(db, &d), 0);
	return d;
}

static void test_add_and_find(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya Chen"), f;

	assert_true(id_valid(e.id));
	assert_int_equal(extension_get(&f, db, mine.id, e.id), 0);
	assert_memory_equal(&e, &f, sizeof(e));
	assert_int_equal(extension_by_number(&f, db, mine.id, "1001"), 0);
	assert_string_equal(f.id, e.id);
	assert_int_equal(extension_by_number(&f, db, mine.id, "1002"), ENOENT);
}

static void test_number_once_per_tenant(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");

	assert_int_equal(extension_add(db, &e), EEXIST);
	e.tenant = other.id;
	assert_int_equal(extension_add(db, &e), 0);
}

static void test_check(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya Chen");
	struct field_errors good = {0}, bad = {0}, used = {0}, emergency = {0};

	assert_int_equal(extension_check(&good, db, &e), 0);
	assert_int_equal(good.count, 0);
	strcpy(e.id, "");
	assert_int_equal(extension_check(&used, db, &e), 0);
	assert_field(&used, "number", "used by Maya Chen");
	strcpy(e.number, "10a1");
	strcpy(e.name, "");
	strcpy(e.caller_id_name, "evil\r\nHeader: x");
	strcpy(e.caller_id_number, "+14155550110");
	e.ring_ms = 1;
	assert_int_equal(extension_check(&bad, db, &e), 0);
	assert_field(&bad, "number", "digits");
	assert_field(&bad, "name", "empty");
	assert_field(&bad, "callerIdName", "characters");
	assert_field(&bad, "callerIdNumber", "own numbers");
	assert_field(&bad, "ringMs", "between 5 and 120 seconds");
	strcpy(e.number, "911");
	assert_int_equal(extension_check(&emergency, db, &e), 0);
	assert_field(&emergency, "number", "emergency");
}

static void test_caller_id_is_an_own_number(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct field_errors fe = {0}, of_other = {0};

	did_make("+14155550110", "1001");
	strcpy(e.caller_id_number, "+14155550110");
	assert_int_equal(extension_check(&fe, db, &e), 0);
	assert_int_equal(fe.count, 0);
	e.tenant = other.id;
	assert_int_equal(extension_check(&of_other, db, &e), 0);
	assert_field(&of_other, "callerIdNumber", "own numbers");
}

static void test_change(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya"), old = e, f;

	strcpy(e.name, "Maya Chen");
	e.ring_ms = 20000;
	e.call_waiting = false;
	assert_int_equal(extension_change(db, &e), 0);
	assert_int_equal(e.version, 2);
	assert_int_equal(extension_get(&f, db, mine.id, e.id), 0);
	assert_memory_equal(&e, &f, sizeof(e));
	assert_int_equal(extension_change(db, &old), ESTALE);
	extension_make(mine.id, "1002", "Tom");
	strcpy(e.number, "1002");
	assert_int_equal(extension_change(db, &e), EEXIST);
}

static int bindings_h(const struct binding_row *b, void *arg)
{
	++*(unsigned *)arg;
	return 0;
}

static void test_renumbering_is_followed(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct did d = did_make("+14155550110", "1001");
	struct binding_batch *batch = mem_zalloc(sizeof(*batch), NULL);
	struct binding_row b = {.tenant = mine.id, .extension = "1001", .expires_at = 100};
	unsigned n = 0;

	assert_true(binding_batch_add(batch, &b));
	assert_int_equal(binding_batch_write(db, batch), 0);
	mem_deref(batch);
	strcpy(e.number, "2001");
	assert_int_equal(extension_change(db, &e), 0);
	assert_int_equal(did_get(&d, db, mine.id, d.id), 0);
	assert_string_equal(d.dest.target, "2001");
	assert_int_equal(binding_row_each(db, 0, bindings_h, &n), 0);
	assert_int_equal(n, 0);
}

/* Its faxes and its mailbox go by its number too */
static void test_what_leads_to_its_faxes_follows(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct did fax = did_make("+14155550111", "1001"), voice = did_make("+14155550110", "");

	fax.dest.kind = DEST_fax;
	assert_int_equal(did_change(db, &fax), 0);
	voice.dest.kind = DEST_music;
	strcpy(voice.fax_target, "1001");
	assert_int_equal(did_change(db, &voice), 0);
	strcpy(e.number, "2001");
	assert_int_equal(extension_change(db, &e), 0);
	assert_int_equal(did_get(&fax, db, mine.id, fax.id), 0);
	assert_string_equal(fax.dest.target, "2001");
	assert_int_equal(did_get(&voice, db, mine.id, voice.id), 0);
	assert_string_equal(voice.fax_target, "2001");
	assert_int_equal(extension_remove(db, mine.id, e.id), EBUSY);
	assert_int_equal(did_remove(db, mine.id, fax.id), 0);
	assert_int_equal(extension_remove(db, mine.id, e.id), EBUSY);
	assert_int_equal(did_remove(db, mine.id, voice.id), 0);
	assert_int_equal(extension_remove(db, mine.id, e.id), 0);
}

static void test_remove(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya");
	struct device d = device_make(&e, mine.domain, DEVICE_PHONE);
	struct user u = user_make(mine.id, "maya@example.com", e.id);
	struct did did = did_make("+14155550110", "1001");

	assert_int_equal(extension_remove(db, mine.id, e.id), EBUSY);
	assert_int_equal(did_remove(db, mine.id, did.id), 0);
	assert_int_equal(extension_remove(db, mine.id, e.id), 0);
	assert_int_equal(extension_remove(db, mine.id, e.id), ENOENT);
	assert_int_equal(device_get(&d, db, mine.id, d.id), ENOENT);
	assert_int_equal(user_get(&u, db, mine.id, u.id), 0);
	assert_string_equal(u.extension_id, "");
}

static int list_h(const struct extension *e, void *arg)
{
	listed_add(arg, e->number);
	return 0;
}

static void test_list(void **state)
{
	struct listed all = {0}, by_name = {0}, by_number = {0}, page = {0};

	extension_make(mine.id, "1002", "Tom Becker");
	extension_make(mine.id, "1001", "Maya Chen");
	extension_make(mine.id, "1003", "Priya 100%");
	extension_make(other.id, "1004", "Ana Souza");
	assert_int_equal(extension_list(db, mine.id, NULL, NULL, 0, list_h, &all), 0);
	assert_string_equal(all.all, "1001 1002 1003");
	assert_int_equal(extension_list(db, mine.id, "bEck", NULL, 0, list_h, &by_name), 0);
	assert_string_equal(by_name.all, "1002");
	assert_int_equal(extension_list(db, mine.id, "0%", NULL, 0, list_h, &by_number), 0);
	assert_string_equal(by_number.all, "1003");
	assert_int_equal(extension_list(db, mine.id, "", "1001", 1, list_h, &page), 0);
	assert_string_equal(page.all, "1002");
}

static void test_other_tenant_finds_nothing(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya"), f = e;
	struct listed l = {0};

	f.tenant = other.id;
	strcpy(f.name, "Taken over");
	assert_int_equal(extension_change(db, &f), ENOENT);
	assert_int_equal(extension_remove(db, other.id, e.id), ENOENT);
	assert_int_equal(extension_get(&f, db, other.id, e.id), ENOENT);
	assert_int_equal(extension_by_number(&f, db, other.id, "1001"), ENOENT);
	assert_int_equal(extension_list(db, other.id, NULL, NULL, 0, list_h, &l), 0);
	assert_int_equal(l.count, 0);
	assert_int_equal(extension_get(&f, db, mine.id, e.id), 0);
	assert_string_equal(f.name, "Maya");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_add_and_find),
		TEST(test_number_once_per_tenant),
		TEST(test_check),
		TEST(test_caller_id_is_an_own_number),
		TEST(test_change),
		TEST(test_renumbering_is_followed),
		TEST(test_what_leads_to_its_faxes_follows),
		TEST(test_remove),
		TEST(test_list),
		TEST(test_other_tenant_finds_nothing),
	};

	return RUN(tests);
}
