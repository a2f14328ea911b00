/**
 * @file api_dnc.c  The do-not-contact list as a file: what is brought in, what is refused and why
 */
#include "api_people.h"
#include "csv.h"
#include "dnc.h"

static int open_house(void **state)
{
	return people_open(state, NULL);
}

static void brought(const char *file, const char *want)
{
	expect(&admin, "POST", "/api/v1/dnc/import", file, 200, want);
}

static void good_lines_are_added_and_the_others_told(void **state)
{
	struct http_response *r;

	brought("\xef\xbb\xbfPhone;Reason;Date\r\n"
		"+44 20 7946 0177;\"asked; by mail\";2026-01-31\r\n"
		"\r\n"
		"(415) 555-0123;\"says \"\"never\"\"\";2025-12-01T08:09:10Z\n"
		"12;short;\n"
		"+14155550124;;31.01.2026\n"
		"+14155550125;;2126-01-31\n"
		"'+14155550126;'=1+1;\n"
		"+14155550123;again;\n",
		"{\"added\":3,\"known\":1,\"refused\":3,\"rows\":["
		"{\"line\":5,\"number\":\"12\",\"field\":\"number\",\"reason\":\"must be a number "
		"such "
		"as +12125550100\"},"
		"{\"line\":6,\"number\":\"+14155550124\",\"field\":\"added\",\"reason\":\"must be "
		"a day "
		"that was, such as 2026-11-25\"},"
		"{\"line\":7,");
	r = ask(&admin, "GET", "/api/v1/dnc.csv", NULL);
	assert_int_equal(r->status, 200);
	assert_non_null(strstr(r->body, CSV_BOM "\"number\",\"note\",\"added\",\"added by\"\r\n"));
	assert_non_null(strstr(r->body, "\"'+14155550123\",\"says \"\"never\"\"\","
					"\"2025-12-01T08:09:10Z\","));
	assert_non_null(strstr(r->body, "\"'+442079460177\",\"asked; by mail\","
					"\"2026-01-31T00:00:00Z\","));
	assert_non_null(strstr(r->body, "\"'+14155550126\",\"'=1+1\","));
	assert_null(strstr(r->body, "+14155550124"));
	expect(&admin, "POST", "/api/v1/dnc/import", r->body, 200,
	       "{\"added\":0,\"known\":3,\"refused\":0,\"rows\":[]}");
	expect(&stranger, "POST", "/api/v1/dnc/import", r->body, 200,
	       "{\"added\":3,\"known\":0,\"refused\":0,\"rows\":[]}");
	http_free(r);
	r = ask(&stranger, "GET", "/api/v1/dnc.csv", NULL);
	assert_non_null(strstr(r->body, "\"'+14155550123\",\"says \"\"never\"\"\","
					"\"2025-12-01T08:09:10Z\","));
	http_free(r);
}

static void numbers_alone_are_enough(void **state)
{
	brought("+14155550200\n+14155550201", "\"added\":2,\"known\":0,\"refused\":0");
	brought("fax,name\nrubbish,x\n+14155550202,Mr. A", "\"added\":1,\"known\":0,\"refused\":1");
	brought("Rufnummer\n+14155550203", "\"added\":1,\"known\":0,\"refused\":1");
	brought("\n\n  \n", "\"added\":0,\"known\":0,\"refused\":0");
}

static void a_damaged_line_hides_none_behind_it(void **state)
{
	brought("+14155550210,\"no end\n+14155550211\n",
		"{\"added\":1,\"known\":0,\"refused\":1,\"rows\""
		":[{\"line\":1,");
	brought("+14155550212,\"two\nlines\"\nbad\n+14155550213,good\n",
		"{\"added\":1,\"known\":0,\"refused\":2,\"rows\":[{\"line\":1,\"number\":"
		"\"+14155550212\",\"field\":\"note\",\"reason\":\"contains characters that cannot "
		"be "
		"used\"},{\"line\":3,");
	expect(&admin, "POST", "/api/v1/dnc/import", "+14155550214,\xe4", 422, "UTF-8");
}

static void who_may(void **state)
{
	expect(&maya, "GET", "/api/v1/dnc.csv", NULL, 403, NULL);
	expect(&maya, "POST", "/api/v1/dnc/import", "+14155550220", 403, NULL);
	expect(&admin, "GET", "/api/v1/openapi.json", NULL, 200, "/dnc/import");
}

/* Two thousand lines: more than one piece of the writer, and more refusals than are told. */
static void a_long_list_comes_in_whole(void **state)
{
	struct mbuf *mb = mbuf_alloc(65536);
	struct http_response *r;
	int lines = 0;

	for (int i = 0; i < 1000; i++)
		assert_int_equal(mbuf_printf(mb, "+1628555%04d\nx%d\n", i, i), 0);
	assert_int_equal(mbuf_write_u8(mb, '\0'), 0);
	r = ask(&admin, "POST", "/api/v1/dnc/import", (char *)mb->buf);
	assert_non_null(strstr(r->body, "\"refused\":1000"));
	for (const char *p = r->body; (p = strstr(p, "\"line\":")); p++)
		++lines;
	assert_int_equal(lines, 500);
	http_free(r);
	mem_deref(mb);
	expect(&admin, "GET", "/api/v1/dnc?q=%2B1628555&limit=1", NULL, 200, "+16285550000");
	r = ask(&admin, "GET", "/api/v1/dnc.csv", NULL);
	assert_non_null(strstr(r->body, "\"'+16285550999\""));
	http_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_lines_are_added_and_the_others_told),
		cmocka_unit_test(numbers_alone_are_enough),
		cmocka_unit_test(a_damaged_line_hides_none_behind_it),
		cmocka_unit_test(who_may),
		cmocka_unit_test(a_long_list_comes_in_whole),
	};

	return cmocka_run_group_tests(tests, open_house, people_close);
}
