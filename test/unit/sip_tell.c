/**
 * @file sip_tell.c  What registered phones are told without having asked
 */
#include "sip_phone.h"

static void tell(void)
{
	struct mbuf *body = mbuf_alloc(32);

	mbuf_write_str(body, "Voice-Message: 1/0\r\n");
	stack_tell(stack, "message-summary", "application/simple-message-summary", 1, "1001", body);
	mem_deref(body);
}

static void whoever_is_registered_is_told(void **state)
{
	assert_int_equal(phone_register(&phone, "1001", phone_contact(&phone, "1001", "")), 200);
	tell();
	assert_int_equal(phone_wait(&phone, 1000), 1);
	assert_int_equal(strncmp(phone.text, "NOTIFY sip:1001@127.0.0.1", 25), 0);
	assert_true(phone_has(&phone, "Event: message-summary"));
	assert_true(phone_has(&phone, "Content-Type: application/simple-message-summary"));
	assert_true(phone_has(&phone, "Voice-Message: 1/0"));
}

static void nobody_else_is(void **state)
{
	assert_int_equal(phone_register(&phone, "1002", phone_contact(&phone, "1002", "")), 200);
	tell();
	assert_int_equal(phone_options(&phone), 200);
	assert_false(phone_has(&phone, "Voice-Message"));
}

/* Its lamp is told by the subscription, once. */
static void whoever_subscribed_is_not(void **state)
{
	char headers[256];
	struct ask a = {.method = "SUBSCRIBE",
			.uri = "sip:1001@northwind.localhost",
			.user = "1001",
			.domain = "northwind.localhost",
			.to_user = "1001",
			.cseq = 1,
			.headers = headers};

	assert_int_equal(phone_register(&phone, "1001", phone_contact(&phone, "1001", "")), 200);
	(void)text_printf(headers, sizeof(headers),
			  "Event: message-summary\r\nExpires: 600\r\n"
			  "Contact: <sip:1001@127.0.0.1:%u>\r\n",
			  phone.port);
	a.call_id = rig_call_id();
	assert_int_equal(ask_signed(&phone, &a, true), 200);
	assert_int_equal(phone_wait(&phone, 1000), 1); /* the subscription's own */
	tell();
	assert_int_equal(phone_options(&phone), 200);
	assert_false(phone_has(&phone, "Voice-Message: 1/0"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_phone, close_phone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whoever_is_registered_is_told),
		TEST(nobody_else_is),
		TEST(whoever_subscribed_is_not),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
