/**
 * @file base_log.c  One event a line, whatever the values hold
 */
#include <errno.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "log.h"

static FILE *caught;
static int real_stderr;
static char text[8192];

/* Standard error goes into a file until catch_end(). */
static void catch_begin(void)
{
	caught = tmpfile();
	assert_non_null(caught);
	real_stderr = dup(STDERR_FILENO);
	assert_true(dup2(fileno(caught), STDERR_FILENO) >= 0);
}

static const char *catch_end(void)
{
	size_t n;

	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	rewind(caught);
	n = fread(text, 1, sizeof(text) - 1, caught);
	text[n] = '\0';
	fclose(caught);
	return text;
}

static size_t lines(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

static int setup(void **state)
{
	log_set_level(LOG_INFO);
	return 0;
}

static void a_line_has_time_level_event_values(void **state)
{
	regex_t re;

	catch_begin();
	log_info("call.answered", "call=%s ms=%d", "0192", 9012);
	catch_end();
	assert_int_equal(regcomp(&re,
				 "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}"
				 "Z info  call\\.answered call=0192 ms=9012\n$",
				 REG_EXTENDED | REG_NOSUB),
			 0);
	assert_int_equal(regexec(&re, text, 0, NULL, 0), 0);
	regfree(&re);
}

static void newline_in_a_value_stays_one_line(void **state)
{
	catch_begin();
	log_warn("sip.refused", "from=%s",
		 "a\r\n2026-01-01T00:00:00.000Z info  user.login ok\033[2J\x7f");
	catch_end();
	assert_int_equal(lines(text), 1);
	assert_non_null(
		strstr(text, "from=a??2026-01-01T00:00:00.000Z info  user.login ok?[2J?\n"));
}

static void no_control_character_passes(void **state)
{
	char value[256];
	size_t n = 0;

	for (int c = 1; c < 256; c++)
		value[n++] = (char)c;
	value[n] = '\0';
	catch_begin();
	log_info("test.bytes", "v=%s", value);
	catch_end();
	assert_int_equal(lines(text), 1);
	for (const char *s = text; s[1]; s++)
		assert_true((unsigned char)*s >= ' ' && *s != 127);
	assert_non_null(strstr(text, "0123456789:;<=>?@ABC"));
}

static void text_of_people_is_kept(void **state)
{
	catch_begin();
	log_info("user.made", "name=%s", "Zoë Åström 东京");
	catch_end();
	assert_non_null(strstr(text, "name=Zoë Åström 东京\n"));
}

static void level_filters(void **state)
{
	uint64_t before = log_count(LOG_INFO), warns = log_count(LOG_WARN);

	log_set_level(LOG_WARN);
	catch_begin();
	log_debug("a.debug", "%s", "");
	log_info("a.info", "%s", "");
	log_warn("a.warn", "%s", "");
	log_error("an.error", "%s", "");
	catch_end();
	assert_int_equal(lines(text), 2);
	assert_null(strstr(text, "a.debug"));
	assert_null(strstr(text, "a.info"));
	assert_non_null(strstr(text, " warn  a.warn "));
	assert_non_null(strstr(text, " error an.error "));
	assert_int_equal(log_count(LOG_INFO), before);
	assert_int_equal(log_count(LOG_WARN), warns + 1);
	log_set_level(LOG_DEBUG);
	catch_begin();
	log_debug("a.debug", "%s", "");
	catch_end();
	assert_non_null(strstr(text, " debug a.debug "));
}

static void long_value_is_cut_to_one_line(void **state)
{
	char value[5000];

	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	catch_begin();
	log_info("test.long", "v=%s", value);
	log_info("test.next", "%s", "");
	catch_end();
	assert_int_equal(lines(text), 2);
	assert_true(strlen(text) < 1300);
	assert_non_null(strstr(text, "xxxx\n"));
	assert_non_null(strstr(text, "test.next"));
}

static void every_length_ends_with_one_newline(void **state)
{
	char value[1300];

	for (size_t n = 1100; n < sizeof(value); n++) {
		memset(value, 'x', n);
		value[n] = '\0';
		catch_begin();
		log_info("test.long", "v=%s", value);
		catch_end();
		assert_int_equal(lines(text), 1);
		assert_null(strchr(text, '?'));
		assert_string_equal(text + strlen(text) - 2, "x\n");
	}
}

static void levels_have_names(void **state)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	enum log_level level = LOG_ERROR;

	for (int i = 0; i < 4; i++) {
		assert_int_equal(log_level_parse(&level, names[i]), 0);
		assert_int_equal(level, i);
	}
	assert_int_equal(log_level_parse(&level, "loud"), EINVAL);
	assert_int_equal(log_level_parse(&level, ""), EINVAL);
	assert_int_equal(log_level_parse(&level, "INFO"), EINVAL);
	assert_int_equal(level, LOG_ERROR);
}

#define test(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_line_has_time_level_event_values),
		test(newline_in_a_value_stays_one_line),
		test(no_control_character_passes),
		test(text_of_people_is_kept),
		test(level_filters),
		test(long_value_is_cut_to_one_line),
		test(every_length_ends_with_one_newline),
		test(levels_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
