/**
 * @file base_cause.c  The table of causes agrees with itself and with the RFCs
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "cause.h"
#include "own.h"
#include "text.h"

static void every_row_is_complete(void **state)
{
	for (int i = 0; i < CAUSE_MAX; i++) {
		enum cause cause = (enum cause)i;
		const char *name = cause_name(cause), *text = cause_text(cause);

		assert_true(name[0] >= 'A' && name[0] <= 'Z');
		assert_int_equal(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), strlen(name));
		assert_true(text_printable(text));
		assert_in_range(strlen(text), 4, 60);
		assert_in_range(cause_q850(cause), 1, 127); /* seven bits */
		assert_true(cause_sip(cause) == 200 ||
			    (cause_sip(cause) >= 400 && cause_sip(cause) <= 699));
	}
}

/* It stands in a status line (RFC 3261 section 25.1) and in a quoted string of Reason. */
static void reason_phrase_needs_no_escape(void **state)
{
	for (int i = 0; i < CAUSE_MAX; i++) {
		for (const char *s = cause_sip_reason((enum cause)i); *s; s++) {
			assert_in_range(*s, ' ', '~');
			assert_null(strchr("\"\\", *s));
		}
	}
}

static void names_lead_back(void **state)
{
	for (int i = 0; i < CAUSE_MAX; i++)
		assert_int_equal(cause_from_name(cause_name((enum cause)i)), i);
	assert_int_equal(cause_from_name("NO_SUCH_CAUSE"), CAUSE_NORMAL);
	assert_int_equal(cause_from_name("busy"), CAUSE_NORMAL);
	assert_int_equal(cause_from_name(""), CAUSE_NORMAL);
	assert_int_equal(cause_from_name(NULL), CAUSE_NORMAL);
}

static void sip_codes_lead_to_a_row_with_that_code(void **state)
{
	for (int i = 0; i < CAUSE_MAX; i++) {
		uint16_t scode = cause_sip((enum cause)i);

		if (scode >= 300)
			assert_int_equal(cause_sip(cause_from_sip(scode)), scode);
	}
}

static void well_known_codes(void **state)
{
	static const struct {
		uint16_t scode;
		enum cause cause;
	} known[] = {
		{200, CAUSE_NORMAL},	   {404, CAUSE_NOT_FOUND},
		{408, CAUSE_RING_TIMEOUT}, {480, CAUSE_NOANSWER},
		{486, CAUSE_BUSY},	   {487, CAUSE_CANCELLED},
		{488, CAUSE_INCOMPATIBLE}, {600, CAUSE_BUSY_EVERYWHERE},
		{603, CAUSE_DECLINED},	   {500, CAUSE_SERVER_ERROR},
		{503, CAUSE_OVERLOAD}, /* RFC 3261 section 21.5.4 */
		{302, CAUSE_GONE},	   {499, CAUSE_BAD_REQUEST},
		{599, CAUSE_SERVER_ERROR}, {699, CAUSE_DECLINED},
		{403, CAUSE_FORBIDDEN},	   {484, CAUSE_INCOMPLETE},
	};

	for (size_t i = 0; i < COUNT(known); i++)
		assert_int_equal(cause_from_sip(known[i].scode), known[i].cause);
	for (unsigned scode = 0; scode <= UINT16_MAX; scode++)
		assert_in_range(cause_from_sip((uint16_t)scode), 0, CAUSE_MAX - 1);
}

/* RFC 3398 section 7.2.4.1, for the values it lists */
static void q850_agrees_with_sip(void **state)
{
	assert_int_equal(cause_q850(CAUSE_NOT_FOUND), 1);
	assert_int_equal(cause_q850(CAUSE_NO_ROUTE), 3);
	assert_int_equal(cause_q850(CAUSE_NORMAL), 16);
	assert_int_equal(cause_q850(CAUSE_BUSY), 17);
	assert_int_equal(cause_q850(CAUSE_NOANSWER), 19);
	assert_int_equal(cause_q850(CAUSE_UNREGISTERED), 20);
	assert_int_equal(cause_q850(CAUSE_GONE), 22);
	assert_int_equal(cause_q850(CAUSE_INCOMPLETE), 28);
	assert_int_equal(cause_q850(CAUSE_TRUNK_DOWN), 38);
	assert_int_equal(cause_q850(CAUSE_GATEWAY_TIMEOUT), 102);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_complete),
		cmocka_unit_test(reason_phrase_needs_no_escape),
		cmocka_unit_test(names_lead_back),
		cmocka_unit_test(sip_codes_lead_to_a_row_with_that_code),
		cmocka_unit_test(well_known_codes),
		cmocka_unit_test(q850_agrees_with_sip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
