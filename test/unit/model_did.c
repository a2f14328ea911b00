/**
 * @file model_did.c  DIDs and the dests they lead to: fields, uniqueness over tenants, other
 * tenants
 */
#include "did.h"
#include "model_test.h"

static struct did did_make(int64_t tenant, const char *number, enum dest_kind kind,
			   const char *target)
{
	struct did d = {.tenant = tenant, .active = true, .dest = {.kind = kind}};

	str_ncpy(d.number, number, sizeof(d.number));
	str_ncpy(d.title, "Main", sizeof(d.title));
	str_ncpy(d.dest.target, target, sizeof(d.dest.target));
	assert_int_equal(did_add(db, &d), 0);
	return d;
}

static void test_add_and_find(void **state)
{
	struct did d = did_make(mine.id, "+14155550110", DEST_extension, "1001"), f;

	assert_int_equal(did_get(&f, db, mine.id, d.id), 0);
	assert_memory_equal(&d, &f, sizeof(d));
	assert_int_equal(did_by_number(&f, db, "+14155550110"), 0);
	assert_int_equal(f.tenant, mine.id);
	assert_int_equal(did_by_number(&f, db, "+14155550111"), ENOENT);
}

static void test_number_once_over_all_tenants(void **state)
{
	struct did d = did_make(mine.id, "+14155550110", DEST_hangup, "");
	struct field_errors fe = {0};

	d.tenant = other.id;
	assert_int_equal(did_add(db, &d), EEXIST);
	assert_int_equal(did_check(&fe, db, &d), 0);
	assert_field(&fe, "number", "already in use");
	assert_null(strstr(field_sentence(&fe, "number"), "mine"));
}

static void test_whose_its_faxes_are(void **state)
{
	struct did d = did_make(mine.id, "+14155550110", DEST_music, ""), f;
	struct field_errors fe = {0};

	strcpy(d.fax_target, "1001");
	assert_int_equal(did_check(&fe, db, &d), 0);
	assert_field(&fe, "faxDest", "does not exist");
	extension_make(mine.id, "1001", "Maya");
	fe.count = 0;
	assert_int_equal(did_check(&fe, db, &d), 0);
	assert_int_equal(fe.count, 0);
	assert_int_equal(did_change(db, &d), 0);
	assert_int_equal(did_get(&f, db, mine.id, d.id), 0);
	assert_string_equal(f.fax_target, "1001");
}

static void test_check(void **state)
{
	static const struct {
		struct dest dest;
		const char *wrong;
	} rows[] = {
		{{DEST_extension, "1001"}, NULL},
		{{DEST_extension, "1002"}, "does not exist"},
		{{DEST_extension, "2001"}, "does not exist"}, /* another tenant's */
		{{DEST_external, "+442079460000"}, NULL},
		{{DEST_external, "020 7946"}, "such as"},
		{{DEST_hangup, ""}, NULL},
		{{DEST_hangup, "now"}, "no target"},
		{{DEST_announce, "closed/night"}, NULL},
		{{DEST_announce, "../../etc/passwd"}, "prompt"},
		{{DEST_announce, ""}, "prompt"},
	};

	extension_make(mine.id, "1001", "Maya");
	extension_make(other.id, "2001", "Ana");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct did d = {.tenant = mine.id, .number = "+14155550110"};
		struct field_errors fe = {0};

		d.dest = rows[i].dest;
		assert_int_equal(did_check(&fe, db, &d), 0);
		assert_field(&fe, "dest", rows[i].wrong);
		assert_field(&fe, "number", NULL);
	}
}

static void test_check_number(void **state)
{
	static const char *const bad[] = {"",	"14155550110", "+1 415 555 0110", "+0123456789",
					  "+1", "1001"};

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct did d = {.tenant = mine.id, .dest = {.kind = DEST_hangup}};
		struct field_errors fe = {0};

		str_ncpy(d.number, bad[i], sizeof(d.number));
		assert_int_equal(did_check(&fe, db, &d), 0);
		assert_field(&fe, "number", "written like");
	}
}

static void test_change(void **state)
{
	struct did d = did_make(mine.id, "+14155550110", DEST_hangup, ""), old = d, f;

	d.kind = DID_FAX;
	d.active = false;
	strcpy(d.title, "Fax");
	d.dest.kind = DEST_external;
	strcpy(d.dest.target, "+442079460000");
	assert_int_equal(did_change(db, &d), 0);
	assert_int_equal(did_get(&f, db, mine.id, d.id), 0);
	assert_memory_equal(&d, &f, sizeof(d));
	assert_int_equal(did_change(db, &old), ESTALE);
}

static int list_h(const struct did *d, void *arg)
{
	listed_add(arg, d->number);
	return 0;
}

static void test_list(void **state)
{
	struct dest maya = {DEST_extension, "1001"};
	struct listed all = {0}, of_maya = {0}, page = {0}, found = {0};

	did_make(mine.id, "+14155550112", DEST_hangup, "");
	did_make(mine.id, "+14155550110", DEST_extension, "1001");
	did_make(other.id, "+14155550111", DEST_extension, "1001");
	assert_int_equal(did_list(db, mine.id, NULL, NULL, NULL, 0, list_h, &all), 0);
	assert_string_equal(all.all, "+14155550110 +14155550112");
	assert_int_equal(did_list(db, mine.id, &maya, NULL, NULL, 0, list_h, &of_maya), 0);
	assert_string_equal(of_maya.all, "+14155550110");
	assert_int_equal(did_list(db, mine.id, NULL, NULL, "+14155550110", 5, list_h, &page), 0);
	assert_string_equal(page.all, "+14155550112");
	assert_int_equal(did_list(db, mine.id, NULL, "0110", NULL, 0, list_h, &found), 0);
	assert_string_equal(found.all, "+14155550110");
}

static void test_other_tenant_finds_nothing(void **state)
{
	struct did d = did_make(mine.id, "+14155550110", DEST_hangup, ""), f = d;

	f.tenant = other.id;
	assert_int_equal(did_change(db, &f), ENOENT);
	assert_int_equal(did_get(&f, db, other.id, d.id), ENOENT);
	assert_int_equal(did_remove(db, other.id, d.id), ENOENT);
	assert_int_equal(did_remove(db, mine.id, d.id), 0);
	assert_int_equal(did_remove(db, mine.id, d.id), ENOENT);
}

static void test_kinds(void **state)
{
	for (int i = 0; i < DEST_MAX; i++) {
		enum dest_kind kind;

		assert_int_equal(dest_kind_parse(&kind, dest_kind_name((enum dest_kind)i)), 0);
		assert_int_equal(kind, i);
		assert_true(strlen(dest_kind_label(kind)) > 0);
	}
	assert_int_equal(dest_kind_parse(&(enum dest_kind){0}, "teleport"), EINVAL);
}

static void test_label(void **state)
{
	struct dest maya = {DEST_extension, "1001"}, gone = {DEST_extension, "1009"};
	struct dest hangup = {DEST_hangup, ""}, out = {DEST_external, "+442079460000"};
	char label[64];

	extension_make(mine.id, "1001", "Maya Chen");
	assert_int_equal(dest_label(label, sizeof(label), db, mine.id, &maya), 0);
	assert_string_equal(label, "1001 Maya Chen");
	assert_int_equal(dest_label(label, sizeof(label), db, other.id, &maya), 0);
	assert_string_equal(label, "1001");
	assert_int_equal(dest_label(label, sizeof(label), db, mine.id, &gone), 0);
	assert_string_equal(label, "1009");
	assert_int_equal(dest_label(label, sizeof(label), db, mine.id, &hangup), 0);
	assert_string_equal(label, "Hang up");
	assert_int_equal(dest_label(label, sizeof(label), db, mine.id, &out), 0);
	assert_string_equal(label, "+442079460000");
	assert_true(dest_same(&maya, &maya));
	assert_false(dest_same(&maya, &gone));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_add_and_find), TEST(test_number_once_over_all_tenants),
		TEST(test_check),	 TEST(test_whose_its_faxes_are),
		TEST(test_check_number), TEST(test_change),
		TEST(test_list),	 TEST(test_other_tenant_finds_nothing),
		TEST(test_kinds),	 TEST(test_label),
	};

	return RUN(tests);
}
