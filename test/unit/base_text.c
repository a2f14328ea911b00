/**
 * @file base_text.c  Bounded copies, comparisons, hex, digests, UTF-8
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "own.h"
#include "text.h"

static void printf_fits_or_is_empty(void **state)
{
	char buf[6] = "dirty";

	assert_true(text_printf(buf, sizeof(buf), "%d", 12345));
	assert_string_equal(buf, "12345");
	assert_false(text_printf(buf, sizeof(buf), "%d", 123456));
	assert_string_equal(buf, "");
	assert_true(text_printf(buf, sizeof(buf), "%s", ""));
	assert_string_equal(buf, "");
}

static void copy_pl_fits_or_is_empty(void **state)
{
	struct pl pl = PL("abcde"), none = PL_INIT, nul = {"a\0b", 3};
	char buf[6] = "dirty";

	assert_true(text_copy_pl(buf, sizeof(buf), &pl));
	assert_string_equal(buf, "abcde");
	assert_false(text_copy_pl(buf, 5, &pl));
	assert_string_equal(buf, "");
	assert_false(text_copy_pl(buf, sizeof(buf), &nul));
	assert_string_equal(buf, "");
	strcpy(buf, "dirty");
	assert_true(text_copy_pl(buf, sizeof(buf), &none));
	assert_string_equal(buf, "");
	pl.l = 0;
	strcpy(buf, "dirty");
	assert_true(text_copy_pl(buf, sizeof(buf), &pl));
	assert_string_equal(buf, "");
}

static void same_takes_null(void **state)
{
	char a[] = "x";

	assert_true(text_same(NULL, NULL));
	assert_true(text_same(a, "x"));
	assert_false(text_same(a, NULL));
	assert_false(text_same(NULL, a));
	assert_false(text_same(a, "X"));
	assert_false(text_same(a, "xy"));
}

static void same_secret_compares_whole(void **state)
{
	assert_true(text_same_secret("", ""));
	assert_true(text_same_secret("token", "token"));
	assert_false(text_same_secret("token", "tokem"));
	assert_false(text_same_secret("token", "Token"));
	assert_false(text_same_secret("token", "toke"));
	assert_false(text_same_secret("toke", "token"));
	assert_false(text_same_secret("token", ""));
	assert_false(text_same_secret("", "token"));
	assert_false(text_same_secret("abab", "ab")); /* the repetition is no match */
	assert_false(text_same_secret("ab", "abab"));
}

static void lower_is_ascii_only(void **state)
{
	char s[] = "ABCxyz-09 \xc3\x84";

	text_lower(s);
	assert_string_equal(s, "abcxyz-09 \xc3\x84");
}

static void hex_is_lower_case(void **state)
{
	const unsigned char bytes[] = {0x00, 0x0f, 0xa5, 0xff};
	char s[10] = "#########";

	text_hex(s, bytes, 4);
	assert_string_equal(s, "000fa5ff");
	text_hex(s, bytes, 0);
	assert_string_equal(s, "");
}

/* Vectors of FIPS 180-4 */
static void sha256_vectors(void **state)
{
	char hex[TEXT_SHA256];

	text_sha256(hex, "abc", 3);
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	text_sha256(hex, "", 0);
	assert_string_equal(hex,
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static const struct utf8 {
	const char *s;
	size_t n;
} good[] =
	{
		{"", 0},
		{"plain", 5},
		{"\x7f", 1},
		{"\xc2\x80", 2},
		{"\xdf\xbf", 2},
		{"\xe0\xa0\x80", 3},
		{"\xed\x9f\xbf", 3},
		{"\xee\x80\x80", 3},
		{"\xef\xbf\xbf", 3},
		{"\xf0\x90\x80\x80", 4},
		{"\xf4\x8f\xbf\xbf", 4},
		{"a\xc3\xa9\xe6\x9d\xb1\xf0\x9f\x93\x9e", 10},
},
  bad[] = {
	  {"\0", 1}, /* NUL */
	  {"a\0b", 3},
	  {"\x80", 1}, /* a tail without a lead */
	  {"\xbf", 1},
	  {"a\x80", 2},
	  {"\xc3", 1}, /* cut short */
	  {"\xe2\x82", 2},
	  {"\xf0\x9f\x93", 3},
	  {"\xc3(", 2}, /* a lead without its tail */
	  {"\xe2(\xa1", 3},
	  {"\xe2\x82(", 3},
	  {"\xf0\x90(\xbc", 4},
	  {"\xf0\x90\x8c(", 4},
	  {"\xc3\xc3\xa9", 3},
	  {"\xc0\x80", 2}, /* longer than needed: NUL, slash */
	  {"\xc0\xaf", 2},
	  {"\xc1\xbf", 2},
	  {"\xe0\x80\xaf", 3},
	  {"\xe0\x9f\xbf", 3},
	  {"\xf0\x80\x80\xaf", 4},
	  {"\xf0\x8f\xbf\xbf", 4},
	  {"\xed\xa0\x80", 3}, /* surrogates */
	  {"\xed\xbf\xbf", 3},
	  {"\xf4\x90\x80\x80", 4}, /* above U+10FFFF */
	  {"\xf5\x80\x80\x80", 4},
	  {"\xf8\x88\x80\x80\x80", 5}, /* five and six bytes */
	  {"\xfc\x84\x80\x80\x80\x80", 6},
	  {"\xfe", 1},
	  {"\xff", 1},
};

/* Each is copied to its exact size, so that reading past the end is seen by the sanitizer. */
static bool utf8_exact(const struct utf8 *u)
{
	char *s = malloc(u->n + !u->n);
	bool ok;

	memcpy(s, u->s, u->n);
	ok = text_utf8(s, u->n);
	free(s);
	return ok;
}

static void utf8_table(void **state)
{
	for (size_t i = 0; i < COUNT(good); i++) {
		if (!utf8_exact(&good[i]))
			fail_msg("good sequence %zu is refused", i);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (utf8_exact(&bad[i]))
			fail_msg("bad sequence %zu is taken", i);
	}
}

static void printable_refuses_control_characters(void **state)
{
	assert_true(text_printable(""));
	assert_true(text_printable("Zoë O'Neil, Straße 7 \xc2\xa0 東京"));
	assert_false(text_printable("a\nb"));
	assert_true(text_lines_printable("a\r\nb\n"));
	assert_false(text_lines_printable("a\tb\nc"));
	assert_false(text_lines_printable("a\n\x1b[2J"));
	assert_false(text_lines_printable("a\n\xc2\x85z"));
	assert_false(text_printable("a\tb"));
	assert_false(text_printable("\x1b[2J"));
	assert_false(text_printable("a\x7f"));
	assert_false(text_printable("a\xc2\x80")); /* C1: U+0080 to U+009F */
	assert_false(text_printable("a\xc2\x85z"));
	assert_false(text_printable("a\xc2\x9f"));
	assert_false(text_printable("\xc3"));
}

static void words_are_what_stands_between_spaces(void **state)
{
	const char *list = " 911  112 ";
	struct pl word;

	assert_true(text_word(&word, &list));
	assert_int_equal(pl_strcmp(&word, "911"), 0);
	assert_true(text_word(&word, &list));
	assert_int_equal(pl_strcmp(&word, "112"), 0);
	assert_false(text_word(&word, &list));
	assert_false(text_word(&word, &list));
	list = "";
	assert_false(text_word(&word, &list));
}

static void a_list_has_whole_words_only(void **state)
{
	assert_true(text_has_word("911 112", "911", 3));
	assert_true(text_has_word("911 112", "112", 3));
	assert_false(text_has_word("911 112", "11", 2));
	assert_false(text_has_word("911 112", "1125", 4));
	assert_false(text_has_word("911  112", "", 0));
	assert_false(text_has_word("", "911", 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(printf_fits_or_is_empty),
		cmocka_unit_test(copy_pl_fits_or_is_empty),
		cmocka_unit_test(same_takes_null),
		cmocka_unit_test(same_secret_compares_whole),
		cmocka_unit_test(lower_is_ascii_only),
		cmocka_unit_test(hex_is_lower_case),
		cmocka_unit_test(sha256_vectors),
		cmocka_unit_test(utf8_table),
		cmocka_unit_test(printable_refuses_control_characters),
		cmocka_unit_test(words_are_what_stands_between_spaces),
		cmocka_unit_test(a_list_has_whole_words_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
