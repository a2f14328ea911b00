/**
 * @file mail_template.c  Mails are written from bounded values that cannot be anything else
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "own.h"
#include "template.h"
#include "text.h"

struct value {
	const char *word, *value;
};

static struct template_mail mail;

static const char *value_of(const char *word, void *arg)
{
	for (const struct value *v = arg; v->word; v++) {
		if (!strcmp(v->word, word))
			return v->value;
	}
	return NULL;
}

static void words_are_replaced(void **state)
{
	struct value v[] = {{"name", "Maya"},	     {"email", "maya@x"},	{"minutes", "60"},
			    {"product", "Carillon"}, {"link", "https://x/y#z"}, {NULL, NULL}};

	template_fill(&mail, TEMPLATE_reset, value_of, v);
	assert_string_equal(mail.subject, "A new password for Carillon");
	assert_non_null(strstr(mail.text, "Hello Maya,\r\n\r\nSomebody"));
	assert_non_null(strstr(mail.text, "within 60 minutes:\r\n\r\nhttps://x/y#z\r\n"));
	assert_non_null(strstr(mail.html, "<a href=\"https://x/y#z\">https://x/y#z</a>"));
}

static const char *all_but_name(const char *word, void *arg)
{
	return strcmp(word, "name") ? "X" : NULL;
}

static void without_a_name_each_begins_as_a_sentence_does(void **state)
{
	for (enum template_id id = 0; id < TEMPLATES; id++) {
		template_fill(&mail, id, all_but_name, NULL);
		assert_in_range(mail.text[0], 'A', 'Z');
	}
}

static void line_without_its_value_is_left_out(void **state)
{
	struct value v[] = {{"caller", "1001"},
			    {"length", "5 s"},
			    {"extension", "1002"},
			    {"number", ""},
			    {NULL, NULL}};

	template_fill(&mail, TEMPLATE_voicemail, value_of, v);
	assert_int_equal(strncmp(mail.text, "1001 left a voicemail of 5 s", 28), 0);
	assert_null(strstr(mail.text, "Number:"));
	assert_null(strstr(mail.text, "Listen"));
	assert_null(strstr(mail.text, "\r\n\r\n\r\n"));
	assert_null(strchr(mail.text, '{'));
}

static void value_cannot_be_html(void **state)
{
	struct value v[] = {
		{"caller", "<b>\"A&B\"</b>"}, {"length", "1"}, {"extension", "1"}, {NULL, NULL}};

	template_fill(&mail, TEMPLATE_voicemail, value_of, v);
	assert_non_null(strstr(mail.html, "&lt;b&gt;&quot;A&amp;B&quot;&lt;/b&gt;"));
	assert_null(strstr(mail.html, "<b>"));
}

static void value_cannot_end_a_line(void **state)
{
	struct value v[] = {
		{"caller", "x\r\nBcc: y"}, {"length", "1"}, {"extension", "1"}, {NULL, NULL}};

	template_fill(&mail, TEMPLATE_voicemail, value_of, v);
	assert_null(strpbrk(mail.subject, "\r\n"));
	assert_non_null(strstr(mail.text, "x  Bcc: y left"));
}

static void value_cannot_name_another_word(void **state)
{
	struct value v[] = {{"caller", "{link}"},
			    {"link", "https://secret"},
			    {"length", "1"},
			    {"extension", "1"},
			    {NULL, NULL}};

	template_fill(&mail, TEMPLATE_voicemail, value_of, v);
	assert_string_equal(mail.subject, "Voicemail from {link}");
}

static void endless_values_are_cut_between_characters(void **state)
{
	static char big[30001];
	struct value v[] = {{"caller", big}, {"length", big},	{"extension", big}, {"number", big},
			    {"time", big},   {"attached", big}, {"link", big},	    {NULL, NULL}};

	for (int i = 0; i < 10000; i++)
		memcpy(big + i * 3, "€", 3);
	template_fill(&mail, TEMPLATE_voicemail, value_of, v);
	assert_true(strlen(mail.subject) < TEMPLATE_SUBJECT);
	assert_true(text_utf8(mail.subject, strlen(mail.subject)));
	assert_true(text_utf8(mail.text, strlen(mail.text)));
	assert_true(text_utf8(mail.html, strlen(mail.html)));
}

static void bytes_that_are_no_utf8_are_mended(void **state)
{
	struct value v[] = {{"caller", "a\xff\x80z"}, {NULL, NULL}};

	template_fill(&mail, TEMPLATE_voicemail, value_of, v);
	assert_string_equal(mail.subject, "Voicemail from a??z");
}

static void template_knows_its_words(void **state)
{
	assert_true(template_knows(TEMPLATE_reset, "minutes"));
	assert_false(template_knows(TEMPLATE_reset, "caller"));
	assert_false(template_knows(TEMPLATE_reset, "a word that is longer than any that exists"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_replaced),
		cmocka_unit_test(without_a_name_each_begins_as_a_sentence_does),
		cmocka_unit_test(line_without_its_value_is_left_out),
		cmocka_unit_test(value_cannot_be_html),
		cmocka_unit_test(value_cannot_end_a_line),
		cmocka_unit_test(value_cannot_name_another_word),
		cmocka_unit_test(endless_values_are_cut_between_characters),
		cmocka_unit_test(bytes_that_are_no_utf8_are_mended),
		cmocka_unit_test(template_knows_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
