/**
 * @file work_mail_trust.c  Whom our mail server vouches for
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "mail_in.h"
#include "own.h"

#define MAYA "maya@northwind.example"

static bool trusted(const char *results)
{
	return mail_trusted(results, "mx.example", MAYA, MAYA);
}

static void what_our_server_proved_is_believed(void **state)
{
	static const char *const v[] = {
		"mx.example; spf=pass",
		"mx.example 1; dkim=fail; SPF=Pass smtp.mailfrom=" MAYA,
		"MX.Example; spf = pass (sender is known) smtp.mailfrom=northwind.example",
		"mx.example; spf=pass smtp.mailfrom=\"maya\"@northwind.example",
		"mx.example; spf=fail; dmarc=pass (p=none) header.from=northwind.example",
		"mx.example; spf=none smtp.helo=mail.northwind.example; spf=pass "
		"smtp.mailfrom=" MAYA,
		"(a comment) mx.example;spf=pass smtp.mailfrom=@northwind.example",
	};

	for (size_t i = 0; i < COUNT(v); i++) {
		if (!trusted(v[i]))
			fail_msg("%s", v[i]);
	}
}

static void what_others_say_is_not(void **state)
{
	static const char *const v[] = {
		"",
		"mx.example",
		"mx.example; none",
		"mx.example.evil; spf=pass",
		"spf=pass; mx.example",
		"mx.example; spf=fail; dmarc=fail",
		"mx.example; spf=passed",
		"mx.example; xspf=pass",
		"mx.example; dkim=pass header.i=spf=pass",
		"mx.example; spf=pass smtp.mailfrom=evil.example",
		"mx.example; spf=pass smtp.helo=evil.example; spf=fail smtp.mailfrom=" MAYA,
		"mx.example; dmarc=pass header.from=evil.example",
	};

	for (size_t i = 0; i < COUNT(v); i++) {
		if (trusted(v[i]))
			fail_msg("%s", v[i]);
	}
	assert_false(
		mail_trusted("mx.example; dmarc=pass", "mx.example", MAYA, "eve@evil.example"));
}

/* The name by which a server greets, and addresses, are the sender's to choose */
static void words_of_the_sender_are_no_results(void **state)
{
	static const char *const v[] = {
		"mx.example; spf=fail (mailfrom) smtp.mailfrom=" MAYA
		" (client-ip=192.0.2.1; helo=x;spf=pass; envelope-from=" MAYA ";)",
		"mx.example; dkim=pass header.i=\";spf=pass\"@evil.example; spf=fail",
		"mx.example; dkim=pass header.i=\"\\\";spf=pass\"@evil.example; spf=fail",
		"mx.example; spf=fail (helo=(;spf=pass) ;spf=pass)",
		"mx.example; spf=fail (helo=\\);spf=pass)",
		"mx.example; spf=fail (never closed; spf=pass",
		"mx.example; spf=fail (helo=x);spf=pass(; envelope-from=" MAYA ")",
	};

	for (size_t i = 0; i < COUNT(v); i++) {
		if (trusted(v[i]))
			fail_msg("%s", v[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_our_server_proved_is_believed),
		cmocka_unit_test(what_others_say_is_not),
		cmocka_unit_test(words_of_the_sender_are_no_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
