/**
 * @file base_phone.c  What people dial, by country, and what is no outside number
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "own.h"
#include "phone.h"

static void dialable_is_what_a_keypad_has(void **state)
{
	static const char *const yes[] = {
		"1", "*97", "#", "*72123#", "+14155550110", "0123456789012345678901234567890"};
	static const char *const no[] = {
		"",    "+",   "++1", "1+",  "a",
		"1 2", "1-2", "1;2", "1\n", "01234567890123456789012345678901"};

	for (size_t i = 0; i < COUNT(yes); i++)
		assert_true(phone_dialable(yes[i]));
	for (size_t i = 0; i < COUNT(no); i++)
		assert_false(phone_dialable(no[i]));
}

static const struct sample {
	const char *country, *dialled, *e164; /* NULL: no outside number */
} samples[] = {
	{"US", "+14155550110", "+14155550110"},
	{"US", "4155550110", "+14155550110"},
	{"US", "14155550110", "+14155550110"},
	{"US", "(415) 555-0110", "+14155550110"},
	{"US", "1.415.555.0110", "+14155550110"},
	{"US", "011 44 20 7946 0018", "+442079460018"},
	{"us", "4155550110", "+14155550110"},
	{"US", "5550110", NULL},      /* local, without its area */
	{"US", "1234567", NULL},      /* a long extension, not "1" and six digits */
	{"US", "1415555011", NULL},   /* a digit is missing */
	{"US", "141555501100", NULL}, /* one too many */
	{"US", "911", NULL},
	{"US", "411", NULL},
	{"US", "1001", NULL},
	{"US", "*97", NULL},
	{"US", "0114155", NULL},
	{"DE", "030 901820", "+4930901820"},
	{"DE", "0151/23456789", "+4915123456789"},
	{"DE", "00442079460018", "+442079460018"},
	{"DE", "+49 (0)30 901820", "+4930901820"}, /* as letterheads write it */
	{"DE", "+49 30 901820", "+4930901820"},
	{"DE", "110", NULL},
	{"DE", "112", NULL},
	{"DE", "901820", NULL}, /* local, without its area */
	{"DE", "0110", NULL},
	{"GB", "020 7946 0018", "+442079460018"},
	{"GB", "07700 900123", "+447700900123"},
	{"GB", "+44 (0)20 7946 0018", "+442079460018"},
	{"GB", "0014155550110", "+14155550110"},
	{"GB", "999", NULL},
	{"GB", "0999", NULL},
	{"GB", "2079460018", NULL},
	{"ES", "912 345 678", "+34912345678"},
	{"ES", "612345678", "+34612345678"},
	{"ES", "00493090182", "+493090182"},
	{"ES", "91234567", NULL},
	{"ES", "9123456789", NULL},
	{"ES", "112", NULL},
	{"ES", "1001", NULL},
	{"FR", "01 23 45 67 89", "+33123456789"},
	{"FR", "012345678", NULL},		 /* nine digits, but the first is the prefix */
	{"IT", "06 6982 1234", "+390669821234"}, /* keeps its zero */
	{"IT", "+39 06 6982 1234", "+390669821234"},
	{"IT", "+39 (0)6 6982 1234", "+390669821234"},
	{"IT", "347 123 4567", "+393471234567"},
	{"IT", "112", NULL},
	{"IT", "100100", NULL}, /* an extension */
	{"AU", "0011442079460018", "+442079460018"},
	{"AU", "0299990000", "+61299990000"},
	{"CA", "6135550110", "+16135550110"},
	{"US", "", NULL},
	{"US", "+", NULL},
	{"US", "-", NULL},
	{"US", "+04155550110", NULL},	/* no country code begins with 0 */
	{"US", "+123456", NULL},	/* six digits */
	{"US", "+1234567", "+1234567"}, /* seven */
	{"US", "+123456789012345", "+123456789012345"},
	{"US", "+1234567890123456", NULL}, /* sixteen */
	{"US", "4155550110x12", NULL},
	{"US", "415+5550110", NULL},
	{"US", "++14155550110", NULL},
	{"US", "4155550110;phone-context=x", NULL},
	{"US", "01112345678901234567890123456789012345678901234567890123456789012345", NULL},
	{NULL, "4155550110", "+14155550110"},
};

static void e164_table(void **state)
{
	for (size_t i = 0; i < COUNT(samples); i++) {
		const struct sample *s = &samples[i];
		char out[PHONE_SIZE] = "";
		bool ok = phone_e164(out, sizeof(out), s->dialled, s->country);

		if (ok != !!s->e164 || (ok && strcmp(out, s->e164)))
			fail_msg("%s \"%s\": %s \"%s\"", s->country ? s->country : "-", s->dialled,
				 ok ? "became" : "refused, left", out);
	}
}

static void e164_of_an_e164_is_itself(void **state)
{
	for (size_t i = 0; i < COUNT(samples); i++) {
		char out[PHONE_SIZE];

		if (!samples[i].e164)
			continue;
		assert_true(phone_e164(out, sizeof(out), samples[i].e164, samples[i].country));
		assert_string_equal(out, samples[i].e164);
	}
}

static void e164_respects_the_size(void **state)
{
	char out[13];

	assert_true(phone_e164(out, 13, "4155550110", "US"));
	assert_false(phone_e164(out, 12, "4155550110", "US"));
	assert_false(phone_e164(out, 12, "+14155550110", "US"));
}

static void same_however_it_is_written(void **state)
{
	assert_true(phone_same("(415) 555-0110", "+1 415 555 0110", "US"));
	assert_true(phone_same("030 901820", "0049 30 901820", "DE"));
	assert_true(phone_same("1001", "1001", "US"));
	assert_true(phone_same("*97", "*97", "US"));
	assert_false(phone_same("1001", "1002", "US"));
	assert_false(phone_same("4155550110", "4155550111", "US"));
	assert_false(phone_same("1001", "+14155550110", "US"));
	assert_false(phone_same("030 901820", "030 901820 1", "DE"));
}

static void emergencies_are_known(void **state)
{
	assert_string_equal(phone_emergency("us"), "911 112");
	assert_string_equal(phone_emergency("DE"), "112 110");
	assert_string_equal(phone_emergency("ZZ"), "112 911");
	assert_true(phone_listed("911 112", "911"));
	assert_true(phone_listed("911 112", "112"));
	assert_false(phone_listed("911 112", "9111"));
	assert_false(phone_listed("911 112", "11"));
	assert_false(phone_listed("911 112", ""));
	assert_false(phone_listed("", "911"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialable_is_what_a_keypad_has),
		cmocka_unit_test(e164_table),
		cmocka_unit_test(e164_of_an_e164_is_itself),
		cmocka_unit_test(e164_respects_the_size),
		cmocka_unit_test(same_however_it_is_written),
		cmocka_unit_test(emergencies_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
