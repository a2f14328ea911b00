/**
 * @file call_fax_news.c  Tests what is said between a fax line and its process
 */
#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>
#include "fax_news.h"

static void news_are_read(void **state)
{
	struct fax_news n;

	assert_int_equal(fax_news_parse(&n, "{\"event\":\"result\",\"pages\":3,\"rate\":14400,"
					    "\"ecm\":true,\"t38\":false,\"ok\":true,\"code\":0,"
					    "\"ident\":\"+1628\",\"reason\":\"OK\"}"),
			 0);
	assert_int_equal(n.kind, FAX_RESULT);
	assert_int_equal(n.pages, 3);
	assert_int_equal(n.rate, 14400);
	assert_true(n.ecm && n.ok && !n.t38 && !n.permanent);
	assert_string_equal(n.ident, "+1628");
	assert_int_equal(fax_news_parse(&n, "{\"event\":\"here\"}"), 0);
	assert_int_equal(n.kind, FAX_HERE);
}

/* The process may be in the hands of whoever is on the line */
static void nonsense_is_refused_or_tamed(void **state)
{
	struct fax_news n;

	assert_int_equal(fax_news_parse(&n, ""), EBADMSG);
	assert_int_equal(fax_news_parse(&n, "[]"), EBADMSG);
	assert_int_equal(fax_news_parse(&n, "{\"event\":\"explode\"}"), EBADMSG);
	assert_int_equal(fax_news_parse(&n, "{\"event\":\"page\",\"pages\":-5,\"rate\":1e9,"
					    "\"ident\":\"a\\r\\nVia: b\\u0007\\u00e4\"}"),
			 0);
	assert_int_equal(n.pages, 0);
	assert_int_equal(n.rate, 0);
	assert_string_equal(n.ident, "aVia: b");
	assert_int_equal(fax_news_parse(&n, "{\"event\":\"page\",\"pages\":99999999999999}"), 0);
	assert_int_equal(n.pages, 0);
}

static void orders_are_one_line(void **state)
{
	struct fax_start s = {.sends = true, .ecm = true, .file = "/a\"\n.tif", .ident = "+1"};
	const struct fax_t38 to = {.address = "192.0.2.1",
				   .port = 4000,
				   .source = "192.0.2.9",
				   .max_datagram = 400,
				   .rate = 9600};
	char line[FAX_ORDER];

	assert_int_equal(fax_start_print(line, sizeof(line), &s), 0);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	assert_null(strstr(line, "t38Fd"));
	s.t38 = true;
	assert_int_equal(fax_start_print(line, sizeof(line), &s), 0);
	assert_non_null(strstr(line, "\"t38Fd\":4"));
	assert_int_equal(fax_start_print(line, 20, &s), EINVAL);
	assert_int_equal(fax_t38_print(line, sizeof(line), &to), 0);
	assert_non_null(strstr(line, "\"address\":\"192.0.2.1\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(news_are_read),
		cmocka_unit_test(nonsense_is_refused_or_tamed),
		cmocka_unit_test(orders_are_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
