/**
 * @file base_conf.c  Defaults, file, environment; every kind of wrong value is explained
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "conf.h"
#include "own.h"

static char file[64], error[CONF_ERROR];
static struct conf conf;

/* Variables of the surroundings would win over the files of these tests. */
static const char *const variables[] = {
#define TEXT(field, env, def, help, example) env,
#define NUMBER(field, env, def, min, max, help, example) env,
#define FLAG(field, env, def, help) env,
#define CHOICE(field, env, def, choices, help) env,
#define PORTS(field, env, def, help, example) env,
#define ADDRESS(field, env, def, help, example) env,
#include "conf_table.h"
#undef TEXT
#undef NUMBER
#undef FLAG
#undef CHOICE
#undef PORTS
#undef ADDRESS
};

static int setup(void **state)
{
	for (size_t i = 0; i < COUNT(variables); i++)
		unsetenv(variables[i]);
	snprintf(file, sizeof(file), "/tmp/base_conf.%d", (int)getpid());
	error[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	unlink(file);
	return 0;
}

static int load(const char *text)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return conf_load(&conf, file, error, sizeof(error));
}

static void assert_says(const char *part)
{
	if (!strstr(error, part))
		fail_msg("\"%s\" is not in: %s", part, error);
}

static void defaults(void **state)
{
	assert_int_equal(conf_load(&conf, NULL, error, sizeof(error)), 0);
	assert_string_equal(conf.bind, "127.0.0.1");
	assert_string_equal(conf.data, "data");
	assert_string_equal(conf.cert, "");
	assert_string_equal(conf.log, "info");
	assert_int_equal(conf.http_port, 8080);
	assert_int_equal(conf.sip_port, 5060);
	assert_int_equal(conf.rtp_min, 20000);
	assert_int_equal(conf.rtp_max, 29999);
}

static void file_sets_values(void **state)
{
	assert_int_equal(load("# a comment\n"
			      "\n"
			      "   # another\n"
			      "bind=203.0.113.7\n"
			      "  sip_port =  5070  \r\n"
			      "\tpublic_url\t= https://pbx.example.com/?a=b\n"
			      "log = debug\n"
			      "music =\n"
			      "rtp_ports = 1024-65535\n"
			      "sip_port = 5080"),
			 0);
	assert_string_equal(conf.bind, "203.0.113.7");
	assert_string_equal(conf.public_url, "https://pbx.example.com/?a=b");
	assert_string_equal(conf.log, "debug");
	assert_string_equal(conf.music, "");
	assert_int_equal(conf.sip_port, 5080); /* the last one counts */
	assert_int_equal(conf.rtp_min, 1024);
	assert_int_equal(conf.rtp_max, 65535);
	assert_int_equal(conf.http_port, 8080);
}

static void environment_wins(void **state)
{
	setenv("CARILLON_SIP_PORT", "5090", 1);
	setenv("CARILLON_BIND", "127.0.0.9", 1);
	assert_int_equal(load("sip_port = 5070\nhttps_port = 443\n"), 0);
	assert_int_equal(conf.sip_port, 5090);
	assert_string_equal(conf.bind, "127.0.0.9");
	assert_int_equal(conf.https_port, 443);
}

static void each_load_begins_anew(void **state)
{
	assert_int_equal(load("sip_port = 5070\n"), 0);
	assert_int_equal(load("https_port = 443\n"), 0);
	assert_int_equal(conf.sip_port, 5060);
}

static const struct wrong {
	const char *line, *value, *why, *example;
} wrongs[] = {
	{"sip_port = many", "\"many\"", "a whole number from 1 to 65535", "sip_port = 5060"},
	{"sip_port = 0", "\"0\"", "a whole number from 1 to 65535", "sip_port = 5060"},
	{"sip_port = 65536", "\"65536\"", "a whole number from 1 to 65535", "sip_port = 5060"},
	{"sip_port = -1", "\"-1\"", "a whole number from 1 to 65535", "sip_port = 5060"},
	{"sip_port = 5060x", "\"5060x\"", "a whole number", "sip_port = 5060"},
	{"sip_port = 5060.5", "\"5060.5\"", "a whole number", "sip_port = 5060"},
	{"sip_port = 50 60", "\"50 60\"", "a whole number", "sip_port = 5060"},
	{"sip_port = 99999999999999999999", "\"99999999999999999999\"", "a whole number",
	 "sip_port = 5060"},
	{"sip_port =", "\"\"", "a whole number", "sip_port = 5060"},
	{"log = loud", "\"loud\"", "one of: debug info warn error", "log = info"},
	{"log = INFO", "\"INFO\"", "one of: debug info warn error", "log = info"},
	{"log = inf", "\"inf\"", "one of: debug info warn error", "log = info"},
	{"log = nfo", "\"nfo\"", "one of: debug info warn error", "log = info"},
	{"log = info warn", "\"info warn\"", "one of: debug info warn error", "log = info"},
	{"log =", "\"\"", "one of: debug info warn error", "log = info"},
	{"bind = pbx.example.com", "\"pbx.example.com\"", "an IP address", "bind = 203.0.113.7"},
	{"bind = 127.0.0.1:5060", "\"127.0.0.1:5060\"", "an IP address", "bind = 203.0.113.7"},
	{"bind = 256.0.0.1", "\"256.0.0.1\"", "an IP address", "bind = 203.0.113.7"},
	{"bind =", "\"\"", "an IP address", "bind = 203.0.113.7"},
	{"advertise = here", "\"here\"", "an IP address", "advertise = 198.51.100.4"},
	{"rtp_ports = 20000", "\"20000\"", "two ports from 1024 to 65535",
	 "rtp_ports = 20000-29999"},
	{"rtp_ports = 30000-20000", "\"30000-20000\"", "two ports", "rtp_ports = 20000-29999"},
	{"rtp_ports = 20000-20000", "\"20000-20000\"", "two ports", "rtp_ports = 20000-29999"},
	{"rtp_ports = 80-20000", "\"80-20000\"", "two ports", "rtp_ports = 20000-29999"},
	{"rtp_ports = 20000-70000", "\"20000-70000\"", "two ports", "rtp_ports = 20000-29999"},
	{"rtp_ports = 20000-29999x", "\"20000-29999x\"", "two ports", "rtp_ports = 20000-29999"},
	{"rtp_ports = -1-2000", "\"-1-2000\"", "two ports", "rtp_ports = 20000-29999"},
	{"rtp_ports = 2000--1", "\"2000--1\"", "two ports", "rtp_ports = 20000-29999"},
	{"rtp_ports =", "\"\"", "two ports", "rtp_ports = 20000-29999"},
};

static void wrong_value_in_the_file(void **state)
{
	for (size_t i = 0; i < COUNT(wrongs); i++) {
		char text[128], place[80];

		snprintf(text, sizeof(text), "# first\nbind = 127.0.0.1\n%s\n", wrongs[i].line);
		snprintf(place, sizeof(place), "%s:3: ", file);
		assert_int_equal(load(text), EINVAL);
		assert_int_equal(strncmp(error, place, strlen(place)), 0);
		assert_says(wrongs[i].value);
		assert_says(wrongs[i].why);
		assert_says("for example: ");
		assert_says(wrongs[i].example);
	}
}

static void wrong_value_in_the_environment(void **state)
{
	setenv("CARILLON_SIP_PORT", "many", 1);
	assert_int_equal(load("sip_port = 5070\n"), EINVAL);
	assert_string_equal(error,
			    "CARILLON_SIP_PORT: sip_port = \"many\" must be a whole number from "
			    "1 to 65535, for example: sip_port = 5060");
	unsetenv("CARILLON_SIP_PORT");
	setenv("CARILLON_RTP_PORTS", "9-8", 1);
	assert_int_equal(load(""), EINVAL);
	assert_ptr_equal(strstr(error, "CARILLON_RTP_PORTS: rtp_ports = \"9-8\" must be"), error);
	unsetenv("CARILLON_RTP_PORTS");
	setenv("CARILLON_LOG", "", 1);
	assert_int_equal(load(""), EINVAL);
	assert_says("must be one of: debug info warn error");
	unsetenv("CARILLON_LOG");
	setenv("CARILLON_LOGS", "info", 1);
	assert_int_equal(load(""), EINVAL);
	assert_says("environment: CARILLON_LOGS: there is no such variable");
	unsetenv("CARILLON_LOGS");
}

static const struct disagreement {
	const char *text, *says;
} disagreements[] = {
	{"register_min_s = 600\nregister_max_s = 300\n",
	 "register_min_s must not be more than register_max_s, for example: register_min_s = 60"},
	{"cert = /a.pem\n", "cert and key are given together or not at all, for example: key = "},
	{"key = /a.pem\n", "cert and key are given together or not at all, for example: key = "},
	{"bind = 0.0.0.0\n", "advertise must say which one phones see, for example: advertise = "},
	{"mail_host = mail.example.com\n", "for example: mail_from = pbx@example.com"},
	{"mail_user = carillon\n", "mail_user and mail_password are given together"},
	{"mail_host = mail.example.com\nmail_from = a@b.example\nmail_tls = none\n",
	 "on this machine only, for example: mail_tls = starttls"},
	{"turn_urls = turn:turn.example.com\n", "for example: turn_secret = "},
	{"turn_secret = s\n", "turn_urls and turn_secret are given together"},
	{"turn_urls = stun:turn.example.com\nturn_secret = s\n", "turn_urls must be addresses"},
	{"turn_urls = turn:\nturn_secret = s\n", "turn_urls must be addresses"},
	{"turn_urls = turn:a turn:b?transport=sctp\nturn_secret = s\n",
	 "for example: turn_urls = turn:turn.example.com:3478"},
	{"phone_servers = https://pbx.example.com\n", "phone_servers must be wss://"},
	{"phone_servers = wss://a.example/ws\n", "phone_servers must be wss://"},
	{"phone_servers = wss://a.example wss://b.example;\n", "phone_servers must be wss://"},
	{"phone_servers = ws://a.example\n", "for example: phone_servers = wss://pbx.example.com"},
	{"bind = ::\n", "advertise must say which one phones see, for example: advertise = "},
};

static void values_that_disagree(void **state)
{
	for (size_t i = 0; i < COUNT(disagreements); i++) {
		assert_int_equal(load(disagreements[i].text), EINVAL);
		assert_ptr_equal(strstr(error, file), error);
		assert_says(disagreements[i].says);
	}
	assert_int_equal(load("register_min_s = 600\nregister_max_s = 600\n"), 0);
	assert_int_equal(load("bind = 0.0.0.0\nadvertise = 198.51.100.4\n"), 0);
	assert_int_equal(load("mail_host = localhost\nmail_from = a@b.example\nmail_tls = none\n"),
			 0);
	assert_int_equal(load("turn_urls = turn:[2001:db8::1]:3478?transport=udp  turns:t.example\n"
			      "turn_secret = s\n"),
			 0);
	assert_int_equal(load("phone_servers = wss://a.example  wss://[2001:db8::1]:8443\n"), 0);
	assert_int_equal(load("cert = /a.pem\nkey = /b.pem\n"), 0);
	setenv("CARILLON_CERT", "/a.pem", 1);
	assert_int_equal(conf_load(&conf, NULL, error, sizeof(error)), EINVAL);
	assert_ptr_equal(strstr(error, "environment: cert and key"), error);
}

static void text_that_is_too_long(void **state)
{
	char text[400] = "data = ";

	memset(text + 7, 'a', 255);
	assert_int_equal(load(text), 0);
	assert_int_equal(strlen(conf.data), 255);
	text[7 + 255] = 'a';
	assert_int_equal(load(text), EINVAL);
	assert_says(":1: data = \"aaa");
	assert_says("must be at most 255 characters");
	assert_says("for example: data = /var/lib/carillon");
}

static void no_such_key(void **state)
{
	assert_int_equal(load("\nsipport = 5060\n"), EINVAL);
	assert_says(":2: ");
	assert_says("\"sipport\"");
	assert_says("docs/configuration.md");
	assert_int_equal(load(" = 5060\n"), EINVAL);
	assert_says(":1: ");
}

static void no_equals_sign(void **state)
{
	assert_int_equal(load("bind 127.0.0.1\n"), EINVAL);
	assert_says(":1: \"bind 127.0.0.1\" is not of the form key = value");
}

/* The tail of a long comment must not be read as a setting. */
static void line_that_is_too_long(void **state)
{
	char text[1200];

	memset(text, ' ', sizeof(text));
	text[0] = '#';
	strcpy(text + 1023, "bind = 203.0.113.7\n");
	assert_int_equal(load(text), EINVAL);
	assert_says(":1: the line is longer than 1022 characters");
	memset(text, '#', sizeof(text));
	strcpy(text + 1022, "\nbind = 203.0.113.7\n");
	assert_int_equal(load(text), 0);
	assert_string_equal(conf.bind, "203.0.113.7");
	memset(text, '#', sizeof(text));
	text[1023] = '\0';
	assert_int_equal(load(text), EINVAL);
	text[1022] = '\0';
	assert_int_equal(load(text), 0);
}

static void file_that_cannot_be_read(void **state)
{
	char name[600];

	assert_int_equal(conf_load(&conf, "/nowhere/carillon.conf", error, sizeof(error)), ENOENT);
	assert_says("/nowhere/carillon.conf: cannot be read: ");
	assert_int_equal(conf_load(&conf, "/tmp", error, sizeof(error)), EISDIR);
	assert_says("/tmp: cannot be read: ");
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(conf_load(&conf, name, error, sizeof(error)), ENAMETOOLONG);
	assert_says("nnn: cannot be read: ");
}

/* What is wrong with one line by itself, "" for nothing */
static const char *row_refused(const char *key, const char *value)
{
	char text[400];

	snprintf(text, sizeof(text), "%s = %s\n%s", key, value,
		 !*value			 ? ""
		 : !strcmp(key, "cert")		 ? "key = x\n"
		 : !strcmp(key, "key")		 ? "cert = x\n"
		 : !strcmp(key, "mail_host")	 ? "mail_from = a@b.example\n"
		 : !strcmp(key, "turn_urls")	 ? "turn_secret = x\n"
		 : !strcmp(key, "turn_secret")	 ? "turn_urls = turn:x\n"
		 : !strcmp(key, "mail_user")	 ? "mail_password = x\n"
		 : !strcmp(key, "mail_password") ? "mail_user = x\n"
						 : "");
	error[0] = '\0';
	load(text);
	return error;
}

/* Every row's example and default pass its own check. */
static void examples_are_right(void **state)
{
#define LINE(field, example) assert_string_equal(row_refused(#field, example), "");
#define TEXT(field, env, def, help, example) LINE(field, def) LINE(field, example)
#define NUMBER(field, env, def, min, max, help, example) LINE(field, #def) LINE(field, example)
#define FLAG(field, env, def, help) LINE(field, "yes") LINE(field, "no")
#define CHOICE(field, env, def, choices, help) LINE(field, def)
#define PORTS(field, env, def, help, example) LINE(field, def) LINE(field, example)
#define ADDRESS(field, env, def, help, example) LINE(field, def) LINE(field, example)
#include "conf_table.h"
}

static char *reference(void)
{
	FILE *f = tmpfile();
	int out = dup(STDOUT_FILENO);
	char *s = calloc(1, 65536);

	fflush(stdout);
	dup2(fileno(f), STDOUT_FILENO);
	conf_print_reference();
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	rewind(f);
	assert_true(fread(s, 1, 65535, f) > 0);
	fclose(f);
	return s;
}

static void document_holds_the_reference(void **state)
{
	FILE *f = fopen(TEST_SOURCE_DIR "/docs/configuration.md", "r");
	char *s = reference(), *page = calloc(1, 65536), *table;

	assert_non_null(f);
	assert_true(fread(page, 1, 65535, f) > 0);
	fclose(f);
	table = strstr(page, "\n| key |");
	assert_non_null(table);
	assert_string_equal(table + 1, s);
	assert_non_null(strstr(s, "| `sip_port` | `CARILLON_SIP_PORT` | `5060` | 1 to 65535 | "));
	assert_non_null(strstr(s, "| `log` | `CARILLON_LOG` | `info` | debug info warn error | "));
	assert_non_null(strstr(s, "| `cert` | `CARILLON_CERT` | (empty) | text | "));
	free(page);
	free(s);
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(defaults),
		test(file_sets_values),
		test(environment_wins),
		test(each_load_begins_anew),
		test(wrong_value_in_the_file),
		test(wrong_value_in_the_environment),
		test(values_that_disagree),
		test(text_that_is_too_long),
		test(no_such_key),
		test(no_equals_sign),
		test(line_that_is_too_long),
		test(file_that_cannot_be_read),
		test(examples_are_right),
		test(document_holds_the_reference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
