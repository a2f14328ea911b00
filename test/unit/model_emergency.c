/**
 * @file model_emergency.c  The numbers that a tenant's people call for help, the address on file,
 * and who is mailed of it
 */
#include "clock.h"
#include "emergency.h"
#include "emergency_mail.h"
#include "expand.h"
#include "mail.h"
#include "model_test.h"
#include "snapshot.h"

static struct tenant_row row(void)
{
	struct tenant_row t;

	assert_int_equal(tenant_get(&t, db, mine.id), 0);
	return t;
}

static void test_the_countrys_until_there_is_a_list(void **state)
{
	char numbers[EMERGENCY_SIZE];
	struct tenant_row t = row();

	emergency_numbers(numbers, &t);
	assert_string_equal(numbers, "911 112");
	assert_true(emergency_set(&t, "118"));
	emergency_numbers(numbers, &t);
	assert_string_equal(numbers, "118");
	assert_true(emergency_set(&t, ""));
	emergency_numbers(numbers, &t);
	assert_string_equal(numbers, "911 112");
}

static void refused(const char *numbers, const char *why)
{
	struct field_errors fe = {0};

	assert_int_equal(emergency_check(&fe, db, mine.id, numbers), 0);
	if (why)
		assert_field(&fe, "numbers", why);
	else
		assert_int_equal(fe.count, 0);
}

static void test_what_a_list_may_be(void **state)
{
	refused("", NULL);
	refused("112 15 116117", NULL);
	refused("1", "digits");
	refused("1161171", "digits");
	refused("11a", "digits");
	refused("112 15 112", "112 twice");
	refused("10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26", "at most 16");
}

static void test_dialled_it_leads_outside_without_a_route(void **state)
{
	struct tenant_row t = row();
	struct tenant *snapshot;
	struct dest d;

	assert_true(emergency_set(&t, "118"));
	assert_int_equal(tenant_change(db, &t), 0);
	assert_int_equal(tenant_load(&snapshot, db, mine.id), 0);
	assert_int_equal(dest_resolve(&d, snapshot, "118"), 0);
	assert_int_equal(d.kind, DEST_external);
	assert_string_equal(d.target, "118");
	assert_int_not_equal(dest_resolve(&d, snapshot, "911"), 0);
	shared_unref(snapshot);
}

static void tidied(const char *typed, const char *kept)
{
	char address[EMERGENCY_ADDRESS + 64];

	str_ncpy(address, typed, sizeof(address));
	emergency_address_tidy(address);
	assert_string_equal(address, kept);
}

static void test_an_address_is_tidied(void **state)
{
	tidied("12 High Street\nFloor 3\nSpringfield", "12 High Street\nFloor 3\nSpringfield");
	tidied("  12 High Street \r\n\r\n  Springfield\r\n \n", "12 High Street\nSpringfield");
	tidied(" \n \r\n", "");
	tidied("", "");
}

static void address_refused(const char *address, const char *why)
{
	struct field_errors fe = {0};

	emergency_address_check(&fe, "address", address);
	if (why)
		assert_field(&fe, "address", why);
	else
		assert_int_equal(fe.count, 0);
}

static void test_what_an_address_may_be(void **state)
{
	char longest[EMERGENCY_ADDRESS + 1], line[EMERGENCY_ADDRESS_LINE];

	address_refused("", NULL);
	address_refused("12 Höhe\nFloor 3", NULL);
	address_refused("1\n2\n3\n4\n5", NULL);
	address_refused("1\n2\n3\n4\n5\n6", "at most 5 lines");
	address_refused("12 High\tStreet", "characters that cannot be used");
	address_refused("12 High \033[31mStreet", "characters that cannot be used");
	address_refused("12 High \xff", "characters that cannot be used");
	memset(longest, 'a', sizeof(longest));
	longest[EMERGENCY_ADDRESS] = '\0';
	address_refused(longest, "at most 200 characters");
	longest[EMERGENCY_ADDRESS - 1] = '\0';
	longest[1] = longest[3] = longest[5] = longest[7] = '\n';
	address_refused(longest, NULL);
	emergency_address_line(line, longest);
	assert_int_equal(strlen(line), EMERGENCY_ADDRESS_LINE - 1);
	emergency_address_line(line, "12 High Street\nFloor 3");
	assert_string_equal(line, "12 High Street, Floor 3");
}

static void put(const char *address, const char *notify)
{
	struct emergency e;

	str_ncpy(e.address, address, sizeof(e.address));
	str_ncpy(e.notify, notify, sizeof(e.notify));
	assert_int_equal(emergency_write(db, mine.id, &e), 0);
	assert_int_equal(tenant_touch(db, mine.id), 0);
}

static void on_file(const char *own, const char *address)
{
	char found[EMERGENCY_ADDRESS];

	assert_int_equal(emergency_address_of(found, db, mine.id, own), 0);
	assert_string_equal(found, address);
}

static void test_an_own_address_comes_before_the_tenants(void **state)
{
	struct extension e = extension_make(mine.id, "1001", "Maya Chen");
	struct tenant *t;

	on_file("", "");
	put("12 High Street\nSpringfield", "");
	put("14 High Street\nSpringfield", "desk@x.example");
	on_file("", "14 High Street\nSpringfield");
	on_file("1 Home Lane", "1 Home Lane");
	str_ncpy(e.emergency_address, "1 Home Lane", sizeof(e.emergency_address));
	assert_int_equal(extension_change(db, &e), 0);
	assert_int_equal(extension_get(&e, db, mine.id, e.id), 0);
	assert_string_equal(e.emergency_address, "1 Home Lane");
	assert_int_equal(tenant_load(&t, db, mine.id), 0);
	assert_string_equal(t->emergency_address, "14 High Street\nSpringfield");
	assert_string_equal(tenant_extension(t, "1001")->emergency_address, "1 Home Lane");
	assert_true(t->emergency_notify);
	shared_unref(t);
	put("", "");
	assert_int_equal(tenant_load(&t, db, mine.id), 0);
	assert_string_equal(t->emergency_address, "");
	assert_false(t->emergency_notify);
	shared_unref(t);
}

static int keep_id(const struct db_row *row, void *arg)
{
	db_copy(arg, ID_SIZE, row, 0);
	return 0;
}

static int mails(struct mail *last)
{
	int64_t n = 0;

	assert_int_equal(db_number(db, &n, "SELECT count(*) FROM mail", ""), 0);
	if (n)
		assert_int_equal(db_find(db, keep_id, last->id,
					 "SELECT id FROM mail ORDER BY id DESC LIMIT 1", ""),
				 0);
	if (n)
		assert_int_equal(mail_get(last, db, mine.id, last->id), 0);
	return (int)n;
}

static void test_everybody_named_is_mailed_of_a_call(void **state)
{
	struct emergency_call c = {.tenant = mine.id,
				   .at = clock_wall_ms(),
				   .number = "911",
				   .caller = "Maya Chen",
				   .extension = "1001",
				   .address = "12 High Street, Springfield"};
	struct mail m;
	char value[TEMPLATE_VALUE];

	assert_int_equal(emergency_mail(db, &c), 0);
	assert_int_equal(mails(&m), 0);
	put("12 High Street\nSpringfield", "desk@x.example guard@x.example");
	assert_int_equal(emergency_mail(db, &c), 0);
	assert_int_equal(mails(&m), 2);
	assert_string_equal(m.to, "guard@x.example");
	assert_string_equal(m.subject, "Emergency call to 911 by Maya Chen");
	assert_true(mail_field_get(value, sizeof(value), &m, "extension"));
	assert_string_equal(value, "1001");
	assert_true(mail_field_get(value, sizeof(value), &m, "address"));
	assert_string_equal(value, "12 High Street, Springfield");
	c.address[0] = c.caller[0] = '\0';
	assert_int_equal(emergency_mail(db, &c), 0);
	assert_int_equal(mails(&m), 4);
	assert_string_equal(m.subject, "Emergency call to 911 by Somebody");
	assert_true(mail_field_get(value, sizeof(value), &m, "address"));
	assert_string_equal(value, "none");
}

static void test_a_phone_that_dials_in_a_loop_does_not_bury_them(void **state)
{
	struct emergency_call c = {.tenant = mine.id, .at = clock_wall_ms(), .number = "911"};
	struct mail m;

	put("", "a@x.example b@x.example c@x.example d@x.example e@x.example");
	for (int i = 0; i < 30; i++)
		assert_int_equal(emergency_mail(db, &c), 0);
	assert_int_equal(mails(&m), 100);
	clock_advance(11 * 60 * 1000);
	assert_int_equal(emergency_mail(db, &c), 0);
	assert_int_equal(mails(&m), 105);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_countrys_until_there_is_a_list),
		TEST(test_what_a_list_may_be),
		TEST(test_dialled_it_leads_outside_without_a_route),
		TEST(test_an_address_is_tidied),
		TEST(test_what_an_address_may_be),
		TEST(test_an_own_address_comes_before_the_tenants),
		TEST(test_everybody_named_is_mailed_of_a_call),
		TEST(test_a_phone_that_dials_in_a_loop_does_not_bury_them),
	};

	return RUN(tests);
}
