/**
 * @file mail_mime.c  Header lines that nobody can break out of
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "mime.h"
#include "own.h"

static void addresses_are_told_from_other_texts(void **state)
{
	static const char *const good[] = {"maya@northwind.localhost", "a.b+c=d@x-y.example",
					   "o'neil@x.example", "1@2"};
	static const char *const bad[] = {"",	    "maya",	     "@x.example",  "maya@",
					  "a@b@c",  "a b@c.example", "a@c .test",   "a@c\r\nX: y",
					  "<a@b>",  "a@b;c@d",	     "\"a\"@b.de",  "a@b..c",
					  "a@.b.c", "ä@b.example",   "a@b.c\ttest", "a@b."};

	for (size_t i = 0; i < COUNT(good); i++) {
		if (!mime_address_valid(good[i]))
			fail_msg("refused: %s", good[i]);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (mime_address_valid(bad[i]))
			fail_msg("accepted: %s", bad[i]);
	}
}

static void long_address_is_refused(void **state)
{
	char a[400];

	memset(a, 'a', sizeof(a));
	memcpy(a + 250, "@bcd", 5);
	assert_true(mime_address_valid(a));
	memcpy(a + 250, "a@bcd", 6);
	assert_false(mime_address_valid(a));
}

static void date_is_that_of_the_rfc(void **state)
{
	char text[MIME_DATE];

	mime_date(text, INT64_C(1732593600000));
	assert_string_equal(text, "Tue, 26 Nov 2024 04:00:00 +0000");
}

static void plain_text_stands_as_it_is(void **state)
{
	char line[MIME_LINE];

	assert_true(mime_words(line, sizeof(line), "Subject", "Voicemail from 1001", ""));
	assert_string_equal(line, "Subject: Voicemail from 1001");
	assert_true(mime_words(line, sizeof(line), "To", "Maya Chen", " <m@x>"));
	assert_string_equal(line, "To: Maya Chen <m@x>");
}

static void other_text_is_encoded(void **state)
{
	char line[MIME_LINE];

	assert_true(mime_words(line, sizeof(line), "Subject", "Zoë", ""));
	assert_string_equal(line, "Subject: =?utf-8?B?Wm/Dqw==?=");
	assert_true(mime_words(line, sizeof(line), "To", "Chen, Maya", " <m@x>"));
	assert_string_equal(line, "To: =?utf-8?B?Q2hlbiwgTWF5YQ==?= <m@x>");
	assert_true(mime_words(line, sizeof(line), "Subject", "=?utf-8?B?QQ==?=", ""));
	assert_null(strstr(line, "?QQ==?"));
}

static void line_end_in_a_text_ends_no_line(void **state)
{
	char line[MIME_LINE];

	assert_true(mime_words(line, sizeof(line), "Subject", "a\r\nBcc: b@c", ""));
	assert_null(strchr(line, '\n'));
	assert_null(strstr(line, "Bcc"));
}

static void long_text_is_folded_between_characters(void **state)
{
	char line[MIME_LINE], text[130] = "";

	for (int i = 0; i < 40; i++)
		strcat(text, i % 3 ? "ö" : "€");
	assert_true(mime_words(line, sizeof(line), "Subject", text, ""));
	for (char *p = strtok(line, "\n"); p; p = strtok(NULL, "\n"))
		assert_in_range(strlen(p), 1, 90);
	assert_true(mime_words(line, sizeof(line), "Subject", text, ""));
	/* 42 bytes are cut before the € that begins at the 41st */
	assert_non_null(strstr(line, "?=\r\n =?utf-8?B?"));
}

static void text_that_does_not_fit_is_refused(void **state)
{
	char line[40];

	assert_false(mime_words(line, sizeof(line), "Subject",
				"This text is rather longer than the line", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_told_from_other_texts),
		cmocka_unit_test(long_address_is_refused),
		cmocka_unit_test(date_is_that_of_the_rfc),
		cmocka_unit_test(plain_text_stands_as_it_is),
		cmocka_unit_test(other_text_is_encoded),
		cmocka_unit_test(line_end_in_a_text_ends_no_line),
		cmocka_unit_test(long_text_is_folded_between_characters),
		cmocka_unit_test(text_that_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
