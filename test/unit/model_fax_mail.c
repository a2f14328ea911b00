/**
 * @file model_fax_mail.c  Mails about faxes: to whom, once, and what a hostile far side cannot do
 */
#include "model_test.h"
#include "did.h"
#include "fax_box.h"
#include "fax_mail.h"
#include "mail.h"

static struct extension maya;

static int setup_people(void **state)
{
	int err = setup(state);

	str_ncpy(mine.permissions, "receive_fax fax_to_email", sizeof(mine.permissions));
	assert_int_equal(tenant_change(db, &mine), 0);
	maya = extension_make(mine.id, "1001", "Maya");
	return err;
}

#define PEOPLE(f) cmocka_unit_test_setup_teardown(f, setup_people, teardown)

static void addresses(const char *emails, enum fax_result_mail result)
{
	struct fax_box b;

	assert_int_equal(fax_box_get(&b, db, mine.id, maya.id), 0);
	str_ncpy(b.emails, emails, sizeof(b.emails));
	b.result = result;
	assert_int_equal(fax_box_change(db, &b), 0);
}

static struct fax_received came_in(const char *from, const char *ident)
{
	struct fax_received f = {.tenant = mine.id, .pages = 3, .state = RECEIVED_COMPLETE};

	str_ncpy(f.id, id_new().s, sizeof(f.id));
	str_ncpy(f.extension_id, maya.id, sizeof(f.extension_id));
	str_ncpy(f.from, from, sizeof(f.from));
	str_ncpy(f.ident, ident, sizeof(f.ident));
	str_ncpy(f.to, "+14155550111", sizeof(f.to));
	str_ncpy(f.pdf, "pdf", sizeof(f.pdf));
	return f;
}

static struct mail newest;

static int newest_h(const struct mail *m, void *arg)
{
	if (!(*(int *)arg)++)
		newest = *m;
	return 0;
}

static int mails(void)
{
	const struct mail_filter f = {.limit = 0};
	int n = 0;

	assert_int_equal(mail_list(db, mine.id, &f, newest_h, &n), 0);
	return n;
}

static void an_extension_begins_without_addresses(void **state)
{
	struct fax_received f = came_in("+16285550199", "STATION");
	struct fax_box b;

	assert_int_equal(fax_box_get(&b, db, mine.id, maya.id), 0);
	assert_string_equal(b.emails, "");
	assert_int_equal(b.result, RESULT_ALWAYS);
	assert_true(b.ecm);
	assert_int_equal(b.rate, 14400);
	assert_int_equal(fax_mail_received(db, &f), 0);
	assert_int_equal(mails(), 0);
	assert_int_equal(fax_box_get(&b, db, other.id, maya.id), ENOENT);
	b.version = 7;
	assert_int_equal(fax_box_change(db, &b), ESTALE);
	b.version = 0;
	b.rate = 9600;
	b.ecm = false;
	b.fine = false;
	assert_int_equal(fax_box_change(db, &b), 0);
	assert_int_equal(fax_box_get(&b, db, mine.id, maya.id), 0);
	assert_false(b.ecm);
	assert_int_equal(b.rate, 9600);
	assert_false(b.fine);
}

static void each_address_gets_it_once(void **state)
{
	struct fax_received f = came_in("+16285550199", "STATION");
	struct did d = {.tenant = mine.id, .kind = DID_FAX, .active = true};

	str_ncpy(d.number, f.to, sizeof(d.number));
	str_ncpy(d.fax_emails, "b@x.example c@x.example", sizeof(d.fax_emails));
	assert_int_equal(did_add(db, &d), 0);
	addresses("a@x.example b@x.example", RESULT_ALWAYS);
	assert_int_equal(fax_mail_received(db, &f), 0);
	assert_int_equal(mails(), 3);
	assert_string_equal(newest.to, "c@x.example");
	assert_string_equal(newest.blob, "pdf");
	assert_string_equal(newest.file_name, "fax-+16285550199.pdf");
}

static void what_could_not_be_converted_goes_as_it_came(void **state)
{
	struct fax_received f = came_in("+16285550199", "");

	addresses("a@x.example", RESULT_ALWAYS);
	f.state = RECEIVED_FAILED;
	str_ncpy(f.blob, "tiff", sizeof(f.blob));
	assert_int_equal(fax_mail_received(db, &f), 0);
	assert_int_equal(mails(), 1);
	assert_string_equal(newest.blob, "tiff");
	assert_string_equal(newest.file_name, "fax-+16285550199.tif");
}

static void what_the_far_side_says_is_one_line(void **state)
{
	struct fax_received f = came_in("../e\"v\r\nBcc: x@y", "A\r\nBcc: all@x.example\n.\n");
	char value[200];

	addresses("a@x.example", RESULT_ALWAYS);
	f.state = RECEIVED_INCOMPLETE;
	str_ncpy(f.reason, "The call dropped", sizeof(f.reason));
	assert_int_equal(fax_mail_received(db, &f), 0);
	assert_int_equal(mails(), 1);
	assert_string_equal(newest.file_name, "fax.pdf");
	assert_null(strpbrk(newest.subject, "\r\n"));
	assert_non_null(strstr(newest.subject, "3 pages, incomplete"));
	assert_true(mail_field_get(value, sizeof(value), &newest, "station"));
	assert_null(strpbrk(value, "\r\n"));
	assert_true(mail_field_get(value, sizeof(value), &newest, "incomplete"));
	assert_string_equal(value, "It is not complete: The call dropped");
}

static int told(enum fax_result_mail when, enum fax_state state, const char *sender)
{
	struct fax f = {.tenant = mine.id, .pages = 2, .pages_sent = 1, .state = state};
	int before = mails();

	str_ncpy(f.extension_id, maya.id, sizeof(f.extension_id));
	str_ncpy(f.sender_email, sender, sizeof(f.sender_email));
	str_ncpy(f.to, "+16285550199", sizeof(f.to));
	addresses("", when);
	assert_int_equal(fax_mail_result(db, &f), 0);
	return mails() - before;
}

static void the_sender_hears_what_it_wants_to(void **state)
{
	assert_int_equal(told(RESULT_ALWAYS, FAX_SENT, "a@x.example"), 1);
	assert_int_equal(told(RESULT_ALWAYS, FAX_FAILED, "a@x.example"), 1);
	assert_int_equal(told(RESULT_ALWAYS, FAX_CANCELLED, "a@x.example"), 0);
	assert_int_equal(told(RESULT_ALWAYS, FAX_QUEUED, "a@x.example"), 0);
	assert_int_equal(told(RESULT_FAILURES, FAX_SENT, "a@x.example"), 0);
	assert_int_equal(told(RESULT_FAILURES, FAX_FAILED, "a@x.example"), 1);
	assert_int_equal(told(RESULT_NEVER, FAX_FAILED, "a@x.example"), 0);
	assert_int_equal(told(RESULT_ALWAYS, FAX_SENT, ""), 0);
}

static void without_the_permission_nothing_is_mailed(void **state)
{
	struct fax_received f = came_in("+16285550199", "STATION");

	addresses("a@x.example", RESULT_ALWAYS);
	assert_int_equal(tenant_get(&mine, db, mine.id), 0);
	str_ncpy(mine.permissions, "receive_fax", sizeof(mine.permissions));
	assert_int_equal(tenant_change(db, &mine), 0);
	assert_int_equal(fax_mail_received(db, &f), 0);
	assert_int_equal(mails(), 0);
}

static void addresses_are_checked(void **state)
{
	struct field_errors fe = {0};

	emails_check(&fe, "emails", "a@x.example b@x.example");
	assert_int_equal(fe.count, 0);
	emails_check(&fe, "emails", "a@x.example b@@");
	assert_int_equal(fe.count, 1);
	fe.count = 0;
	emails_check(&fe, "emails", "a@x.de b@x.de c@x.de d@x.de e@x.de f@x.de");
	assert_int_equal(fe.count, 1);
	assert_true(emails_have("a@x.de b@x.de", "b@x.de"));
	assert_false(emails_have("a@x.de b@x.de", "b@x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PEOPLE(an_extension_begins_without_addresses),
		PEOPLE(each_address_gets_it_once),
		PEOPLE(what_could_not_be_converted_goes_as_it_came),
		PEOPLE(what_the_far_side_says_is_one_line),
		PEOPLE(the_sender_hears_what_it_wants_to),
		PEOPLE(without_the_permission_nothing_is_mailed),
		TEST(addresses_are_checked),
	};

	return RUN(tests);
}
