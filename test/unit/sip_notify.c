/**
 * @file sip_notify.c  Tests of subscriptions
 */
#include "sip_phone.h"

static struct ask subscribe_ask(const char *event)
{
	static char headers[4][256];
	static unsigned turn;
	char *h = headers[turn++ % 4];
	struct ask a = {.method = "SUBSCRIBE",
			.uri = "sip:1002@northwind.localhost",
			.user = "1001",
			.domain = "northwind.localhost"};

	(void)text_printf(h, 256,
			  "Event: %s\r\nExpires: 600\r\nContact: <sip:1001@127.0.0.1:%u>\r\n",
			  event, phone.port);
	a.to_user = "1002";
	a.call_id = rig_call_id();
	a.cseq = 1;
	a.headers = h;
	return a;
}

static void notify_answer(unsigned code)
{
	phone_send(&phone,
		   "SIP/2.0 %u X\r\nVia:%s\r\nFrom:%s\r\nTo:%s\r\nCall-ID:%s\r\nCSeq:%s\r\n"
		   "Content-Length: 0\r\n\r\n",
		   code, phone_between(&phone, "Via:", "\r\n"),
		   phone_between(&phone, "From:", "\r\n"), phone_between(&phone, "To:", "\r\n"),
		   phone_between(&phone, "Call-ID:", "\r\n"),
		   phone_between(&phone, "CSeq:", "\r\n"));
}

/* Waits for a NOTIFY that has `has` in it, and answers it */
static void expect_notify(const char *has, unsigned code)
{
	assert_int_equal(phone_wait(&phone, 1000), 1);
	assert_int_equal(strncmp(phone.text, "NOTIFY ", 7), 0);
	if (!phone_has(&phone, has))
		fail_msg("no '%s' in\n%s", has, phone.text);
	if (code)
		notify_answer(code);
}

static char dialog_tag[64];

static void subscribe(struct ask *a)
{
	assert_int_equal(ask_signed(&phone, a, true), 200);
	(void)text_printf(dialog_tag, sizeof(dialog_tag), "%s",
			  phone_between(&phone, "<sip:1002@northwind.localhost>;tag=", "\r\n"));
	assert_int_equal(strlen(dialog_tag), 16);
	a->to_tag = dialog_tag;
	a->auth = NULL;
	expect_notify("Subscription-State: active;expires=600", 200);
}

static void settle(void)
{
	assert_int_equal(phone_options(&phone), 200);
}

static void the_state_is_told_at_once(void **state)
{
	static const char *const row[][2] = {
		{"dialog", "application/dialog-info+xml"},
		{"message-summary", "application/simple-message-summary"},
		{"presence", "application/pidf+xml"},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct ask a = subscribe_ask(row[i][0]);

		subscribe(&a);
		assert_true(phone_has(&phone, row[i][1]));
		assert_true(phone_has(&phone, row[i][0]));
		assert_true(phone_has(&phone, "user=\"1002\" version=\"0\""));
		assert_true(phone_has(&phone, "To: <sip:1001@northwind.localhost>;tag=f1001"));
		assert_true(phone_has(&phone, dialog_tag));
	}
	assert_int_equal(subs_count(stack), 3);
}

static void a_watcher_gets_only_what_it_reads(void **state)
{
	static const struct {
		const char *accept;
		unsigned code;
	} row[] = {
		{"Accept: application/pidf+xml\r\n", 406},
		{"Accept: application/dialog-info+xml;q=0\r\n", 406},
		{"Accept: text/*, application/pidf+xml\r\n", 406},
		{"Accept: \r\n", 406},
		{"Accept: application/pidf+xml, application/dialog-info+xml\r\n", 200},
		{"Accept: Application/*\r\n", 200},
		{"Accept: text/plain\r\nAccept: */*;q=0.1\r\n", 200},
	};
	char headers[512];

	for (size_t i = 0; i < COUNT(row); i++) {
		struct ask a = subscribe_ask("dialog");

		(void)text_printf(headers, sizeof(headers), "%s%s", a.headers, row[i].accept);
		a.headers = headers;
		assert_int_equal(ask_signed(&phone, &a, true), row[i].code);
		if (row[i].code == 200)
			expect_notify("Subscription-State: active", 481);
	}
}

static void changes_are_told_and_gathered(void **state)
{
	struct ask a = subscribe_ask("dialog;id=7");

	subscribe(&a);
	assert_true(phone_has(&phone, "Event: dialog;id=7"));
	settle();
	for (unsigned i = 0; i < 5; i++)
		stack_notify(stack, "dialog", 1, "1002");
	stack_notify(stack, "dialog", 2, "1002");
	stack_notify(stack, "presence", 1, "1002");
	stack_notify(stack, "nonsense", 1, "1002");
	assert_int_equal(phone_wait(&phone, 30), 0); /* within the gap */
	clock_advance(NOTIFY_GAP_MS);
	expect_notify("version=\"1\" n=\"3\"",
		      0); /* one for five; body 1 was the probe, 2 the first */
	stack_notify(stack, "dialog", 1, "1002");
	clock_advance(NOTIFY_GAP_MS);
	notify_answer(200);
	expect_notify("version=\"2\" n=\"4\"", 200);
	assert_int_equal(phone_wait(&phone, 30), 0);
}

static void a_subscription_is_refreshed_and_ended(void **state)
{
	struct ask a = subscribe_ask("dialog");

	subscribe(&a);
	a.cseq = 9;
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 1000), 200);
	clock_advance(NOTIFY_GAP_MS);
	expect_notify("version=\"1\"", 200);
	a.cseq = 9;
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 1000), 500); /* not newer */
	a.cseq = 10;
	a.headers = "Event: dialog\r\nExpires: 0\r\nContact: <sip:1001@127.0.0.1>\r\n";
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 1000), 200);
	expect_notify("Subscription-State: terminated;reason=timeout", 200);
	assert_int_equal(subs_count(stack), 0);
	a.cseq = 11;
	ask_send(&phone, &a);
	assert_int_equal(phone_wait(&phone, 1000), 481);
}

static void a_subscription_runs_out(void **state)
{
	struct ask a = subscribe_ask("dialog");

	subscribe(&a);
	settle();
	clock_advance(600500);
	expect_notify("Subscription-State: terminated;reason=timeout", 200);
	assert_int_equal(subs_count(stack), 0);
}

static void a_phone_that_knows_nothing_of_it_ends_it(void **state)
{
	struct ask a = subscribe_ask("dialog");

	subscribe(&a);
	settle();
	clock_advance(NOTIFY_GAP_MS);
	stack_notify(stack, "dialog", 1, "1002");
	expect_notify("version=\"1\"", 481);
	settle();
	assert_int_equal(subs_count(stack), 0);
}

static void a_stranger_cannot_touch_a_subscription(void **state)
{
	struct ask a = subscribe_ask("dialog");
	static struct phone stranger;

	subscribe(&a);
	a.headers = "Event: dialog\r\nExpires: 0\r\nContact: <sip:evil@127.0.0.1>\r\n";
	a.cseq = 50;
	phone_open(&stranger, false, "127.0.0.3", stack_port(stack));
	ask_send(&stranger, &a);
	assert_int_equal(phone_wait(&stranger, 1000), 401);
	a.user = "1003";
	assert_int_equal(subs_count(stack), 1);
	phone_close(&stranger);
}

static void what_cannot_be_watched_is_refused(void **state)
{
	struct ask a = subscribe_ask("winfo");

	assert_int_equal(ask_signed(&phone, &a, true), 489);
	assert_true(phone_has(&phone, "Allow-Events: dialog"));
	a = subscribe_ask("dialog");
	a.headers = "Expires: 600\r\nContact: <sip:a@127.0.0.1>\r\n";
	assert_int_equal(ask_signed(&phone, &a, true), 489);
	a = subscribe_ask("dialog");
	a.uri = "sip:1002@harbor.localhost"; /* another tenant */
	assert_int_equal(ask_signed(&phone, &a, true), 404);
	a = subscribe_ask("dialog");
	a.headers = "Event: dialog\r\nExpires: 5\r\nContact: <sip:a@127.0.0.1>\r\n";
	assert_int_equal(ask_signed(&phone, &a, true), 423);
	a = subscribe_ask("dialog");
	a.headers = "Event: dialog\r\nExpires: 600\r\n"; /* no Contact */
	assert_int_equal(ask_signed(&phone, &a, true), 400);
	above.unknown = true;
	a = subscribe_ask("dialog");
	assert_int_equal(ask_signed(&phone, &a, true), 404);
	assert_int_equal(subs_count(stack), 0);
}

static void a_single_look_leaves_no_subscription(void **state)
{
	struct ask a = subscribe_ask("dialog");

	a.headers = "Event: dialog\r\nExpires: 0\r\nContact: <sip:1001@127.0.0.1>\r\n";
	assert_int_equal(ask_signed(&phone, &a, true), 200);
	expect_notify("terminated;reason=timeout", 200);
	assert_true(phone_has(&phone, "user=\"1002\" version=\"0\""));
	assert_int_equal(subs_count(stack), 0);
}

static void a_revoked_device_is_told_and_forgotten(void **state)
{
	struct ask a = subscribe_ask("dialog");

	subscribe(&a);
	settle();
	stack_revoke(stack, 1, "1001", "other");
	assert_int_equal(subs_count(stack), 1);
	stack_revoke(stack, 1, "1001", "d1001");
	expect_notify("Subscription-State: terminated;reason=rejected", 200);
	assert_int_equal(subs_count(stack), 0);
}

static void a_closed_page_hears_no_more(void **state)
{
	static struct phone page;
	struct ask a = subscribe_ask("dialog");

	phone_open(&page, true, "127.0.0.1", stack_edge_port(stack));
	assert_int_equal(ask_signed(&page, &a, false), 200);
	assert_int_equal(phone_wait(&page, 1000), 1);
	assert_int_equal(subs_count(stack), 1);
	stack_edge_closed(stack, (uint16_t)(page.port + 1));
	assert_int_equal(subs_count(stack), 1);
	stack_edge_closed(stack, page.port);
	assert_int_equal(subs_count(stack), 0);
	phone_close(&page);
}

static void a_watcher_is_bounded(void **state)
{
	for (unsigned i = 0; i < SUBS_PER_PAIR; i++) {
		struct ask a = subscribe_ask("dialog");

		subscribe(&a);
	}
	settle();
	{
		struct ask a = subscribe_ask("dialog");

		assert_int_equal(ask_signed(&phone, &a, true), 503);
		a = subscribe_ask("presence");
		subscribe(&a);
	}
	assert_int_equal(subs_count(stack), SUBS_PER_PAIR + 1);
}

/* One tenant's phones leave room for those of others */
static void a_tenant_leaves_room_for_others(void **state)
{
	struct ask a;

	for (unsigned i = 0; i < 4; i++) {
		a = subscribe_ask("dialog");
		subscribe(&a);
	}
	a = subscribe_ask("dialog");
	assert_int_equal(ask_signed(&phone, &a, true), 503);
	a = subscribe_ask("dialog");
	a.uri = "sip:1002@harbor.localhost";
	a.domain = "harbor.localhost";
	assert_int_equal(ask_signed(&phone, &a, true), 200);
	expect_notify("Subscription-State: active", 481);
	settle();
	assert_int_equal(subs_count(stack), 4);
}

static int open_few(void **state)
{
	int err;

	rig_conf.subs_most = 8;
	err = open_phone(state);
	rig_conf.subs_most = 0;
	return err;
}

#define T(f) cmocka_unit_test_setup_teardown(f, open_phone, close_phone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_state_is_told_at_once),
		T(a_watcher_gets_only_what_it_reads),
		T(changes_are_told_and_gathered),
		T(a_subscription_is_refreshed_and_ended),
		T(a_subscription_runs_out),
		T(a_phone_that_knows_nothing_of_it_ends_it),
		T(a_stranger_cannot_touch_a_subscription),
		T(what_cannot_be_watched_is_refused),
		T(a_single_look_leaves_no_subscription),
		T(a_revoked_device_is_told_and_forgotten),
		T(a_closed_page_hears_no_more),
		T(a_watcher_is_bounded),
		cmocka_unit_test_setup_teardown(a_tenant_leaves_room_for_others, open_few,
						close_phone),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
