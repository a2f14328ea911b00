/**
 * @file model_field.c  Field errors, search patterns, permission tokens, settings
 */
#include "model_test.h"
#include "settings.h"

static void test_first_error_of_a_field_stays(void **state)
{
	struct field_errors fe = {0};

	field_error(&fe, "a", "is %d", 1);
	field_error(&fe, "a", "is 2");
	field_error(&fe, "b", "is 3");
	assert_int_equal(fe.count, 2);
	assert_string_equal(field_sentence(&fe, "a"), "is 1");
	assert_null(field_sentence(&fe, "c"));
}

static void test_list_is_bounded(void **state)
{
	struct field_errors fe = {0};
	char name[8], text[500];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < FIELD_ERRORS + 5; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		field_error(&fe, name, "%s", text);
	}
	assert_int_equal(fe.count, FIELD_ERRORS);
	assert_int_equal(strlen(fe.v[0].text), FIELD_SENTENCE - 1);
}

static void test_text(void **state)
{
	static const struct {
		const char *text, *wrong;
	} rows[] = {
		{"Maya Chen", NULL},
		{"J\xc3\xbcrgen", NULL},
		{"", "empty"},
		{"x", "at least 2"},
		{"0123456789", "at most 9"},
		{"a\nb", "characters"},
		{"a\xff", "characters"},
		{" ab", "blank"},
		{"ab ", "blank"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct field_errors fe = {0};

		assert_int_equal(field_text(&fe, "f", rows[i].text, 2, 10), !rows[i].wrong);
		assert_field(&fe, "f", rows[i].wrong);
	}
}

static void test_search(void **state)
{
	char like[16];

	field_search(like, sizeof(like), NULL);
	assert_string_equal(like, "");
	field_search(like, sizeof(like), "");
	assert_string_equal(like, "");
	field_search(like, sizeof(like), "Ab");
	assert_string_equal(like, "%ab%");
	field_search(like, sizeof(like), "1%_\\");
	assert_string_equal(like, "%1\\%\\_\\\\%");
	field_search(like, sizeof(like), "%%%%%%%%%%%%%%%%%%%%");
	assert_true(strlen(like) < sizeof(like));
	assert_int_equal(like[strlen(like) - 1], '%');
}

static void test_permissions(void **state)
{
	assert_true(permissions_valid(""));
	assert_true(permissions_valid("cdr"));
	assert_true(permissions_valid("cdr users"));
	assert_true(permissions_valid(permissions_all()));
	assert_true(strlen(permissions_all()) < MODEL_TOKENS);
	assert_false(permissions_valid("cdr cdr"));
	assert_false(permissions_valid("cdr users cdr"));
	assert_false(permissions_valid("cdr  users"));
	assert_false(permissions_valid(" cdr"));
	assert_false(permissions_valid("cdr "));
	assert_false(permissions_valid("cd"));
	assert_false(permissions_valid("cdrs"));
	assert_true(permissions_have("pbx_cdr users", "users"));
	assert_false(permissions_have("pbx_cdr users", "cdr"));
	assert_false(permissions_have("", "cdr"));
	assert_true(permissions_within("cdr", "users cdr"));
	assert_true(permissions_within("", ""));
	assert_false(permissions_within("cdr users", "cdr"));
	assert_true(permissions_within("my_dids users", permissions_all()));
}

static void test_settings(void **state)
{
	assert_true(settings_valid("{}"));
	assert_true(settings_valid("{\"a\":1}"));
	assert_false(settings_valid(""));
	assert_false(settings_valid("[]"));
	assert_false(settings_valid("{\"a\":1,\"a\":2}"));
	assert_false(settings_valid("{\"a\":1} x"));
}

#undef TEST
#define TEST(f) cmocka_unit_test(f)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_first_error_of_a_field_stays),
		TEST(test_list_is_bounded),
		TEST(test_text),
		TEST(test_search),
		TEST(test_permissions),
		TEST(test_settings),
	};

	return RUN(tests);
}
