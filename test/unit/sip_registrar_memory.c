/**
 * @file sip_registrar_memory.c  Registrations and subscriptions while memory fails
 */
#include "memory.h"
#include "sip_phone.h"

enum { LATER_MS = 4000000, MOMENT_MS = 20, PATIENCE_MS = 2000 };

/* Its answer; what is late for an earlier life is passed over */
static unsigned answer(const struct ask *a, uint32_t ms)
{
	char cseq[32];
	unsigned code;

	(void)text_printf(cseq, sizeof(cseq), "CSeq: %u ", a->cseq);
	ask_send(&phone, a);
	do
		code = phone_wait(&phone, ms);
	while (code && (code < 100 || !phone_has(&phone, a->call_id) || !phone_has(&phone, cseq)));
	return code;
}

/* Signed, when it is challenged; what is not answered for so long is done without */
static unsigned asks(struct ask *a, uint32_t ms)
{
	char password[64];
	unsigned code;

	code = answer(a, ms);
	if (code != 401)
		return code;
	(void)text_printf(password, sizeof(password), "demo-%s", a->user);
	a->auth = answer_line(&phone, a, a->user, password, true, "00000001");
	++a->cseq;
	return answer(a, ms);
}

static unsigned registers(const char *headers, uint32_t ms)
{
	struct ask a = {.method = "REGISTER",
			.uri = "sip:northwind.localhost",
			.user = "1001",
			.domain = "northwind.localhost",
			.headers = headers};

	a.call_id = rig_call_id();
	a.cseq = 1;
	return asks(&a, ms);
}

static void a_binding(void)
{
	(void)registers("Contact: <sip:a@192.0.2.1>;+sip.instance=\"<urn:uuid:1>\";reg-id=1, "
			"<sip:b@192.0.2.2>\r\nPath: <sip:p.example;lr>\r\nUser-Agent: x\r\n"
			"Supported: path, outbound\r\n",
			MOMENT_MS);
	(void)registers(phone_contact(&phone, "1001", ";q=0.5"), MOMENT_MS);
	(void)registers("Contact: <sip:b@192.0.2.2>;expires=0\r\n", MOMENT_MS);
}

static void a_subscription(void)
{
	struct ask a = {.method = "SUBSCRIBE",
			.uri = "sip:1001@northwind.localhost",
			.user = "1001",
			.domain = "northwind.localhost",
			.headers = "Event: dialog\r\nContact: <sip:1001@127.0.0.1:9>\r\n"
				   "Record-Route: <sip:127.0.0.1;lr>\r\nExpires: 600\r\n"};

	a.call_id = rig_call_id();
	a.cseq = 1;
	(void)asks(&a, MOMENT_MS);
	stack_notify(stack, "dialog", 1, "1001");
	(void)phone_wait(&phone, MOMENT_MS);
}

static void all_expired(void)
{
	for (unsigned i = 0; i < 3; i++) {
		clock_advance(LATER_MS);
		while (phone_wait(&phone, 1))
			;
	}
	assert_int_equal(registrar_count(stack), 0);
	/* what is kept of the last nonce and the last message is the same after each life */
	assert_int_equal(registers("Contact: *\r\nExpires: 0\r\n", PATIENCE_MS), 200);
	assert_int_equal(phone_options(&phone), 200);
}

static void test_a_binding(void **state)
{
	memory_sweep(a_binding, all_expired, 20);
}

static void test_a_subscription(void **state)
{
	memory_sweep(a_subscription, all_expired, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_binding, open_phone, close_phone),
		cmocka_unit_test_setup_teardown(test_a_subscription, open_phone, close_phone),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
