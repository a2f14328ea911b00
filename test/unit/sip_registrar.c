/**
 * @file sip_registrar.c  Tests of REGISTER and of the bindings it makes
 */
#include "sip_phone.h"

static const struct binding *found[BINDINGS_MAX];

static unsigned find(const char *user)
{
	return registrar_find(stack, 1, user, found, COUNT(found));
}

static void a_phone_registers_and_can_be_found(void **state)
{
	assert_int_equal(phone_register(&phone, "1001", phone_contact(&phone, "1001", "")), 200);
	assert_true(phone_has(&phone, ">;expires=3600"));
	assert_true(phone_has(&phone, ";received=127.0.0.1"));
	assert_int_equal(find("1001"), 1);
	assert_int_equal(find("1002"), 0);
	assert_int_equal(registrar_find(stack, 2, "1001", found, 1), 0);
	assert_int_equal(find("1001"), 1);
	assert_string_equal(found[0]->domain, "northwind.localhost");
	assert_string_equal(found[0]->device, "d1001");
	assert_int_equal(sa_port(&found[0]->flow.peer), phone.port);
	assert_int_equal(found[0]->flow.tp, SIP_TRANSP_UDP);
	assert_false(found[0]->nat || found[0]->tls || found[0]->flow.ws);
	assert_int_equal(above.changes[BINDING_ADDED], 1);
	assert_int_equal(registrar_count(stack), 1);
}

static void contacts_are_listed_refreshed_and_removed_one_by_one(void **state)
{
	assert_int_equal(phone_register(&phone, "1001", "Contact: <sip:a@192.0.2.1>\r\n"), 200);
	assert_int_equal(phone_register(&phone, "1001",
					"Contact: <sip:b@192.0.2.2>, "
					"<sip:c@192.0.2.3>;expires=90\r\n"),
			 200);
	assert_int_equal(find("1001"), 3);
	assert_int_equal(phone_register(&phone, "1001", "Contact: sip:c@192.0.2.3 ;expires=0\r\n"),
			 200);
	assert_int_equal(find("1001"), 2);
	assert_int_equal(phone_register(&phone, "1001", "Contact: sip:c@192.0.2.3 ;expires=60\r\n"),
			 200);
	assert_int_equal(find("1001"), 3);
	assert_string_equal(found[0]->contact, "sip:a@192.0.2.1");
	assert_string_equal(found[2]->contact, "sip:c@192.0.2.3");
	assert_int_equal(phone_register(&phone, "1001", "Contact: <sip:a@192.0.2.1>\r\n"), 200);
	assert_int_equal(above.changes[BINDING_REFRESHED], 1);
	assert_int_equal(phone_register(&phone, "1001", "Contact: <sip:b@192.0.2.2>;expires=0\r\n"),
			 200);
	assert_false(phone_has(&phone, "sip:b@"));
	assert_int_equal(find("1001"), 2);
	assert_int_equal(phone_register(&phone, "1001", ""), 200); /* a query */
	assert_true(phone_has(&phone, "Contact: <sip:a@192.0.2.1>;expires="));
	assert_true(phone_has(&phone, "Contact: <sip:c@192.0.2.3>;expires="));
	assert_int_equal(phone_register(&phone, "1001", "Contact: *\r\nExpires: 0\r\n"), 200);
	assert_false(phone_has(&phone, "Contact:"));
	assert_int_equal(find("1001"), 0);
	assert_int_equal(above.changes[BINDING_REMOVED], 4);
}

static void a_bad_request_changes_nothing(void **state)
{
	static const struct {
		const char *headers;
		unsigned code;
	} row[] = {
		{"Contact: *\r\n", 400},
		{"Contact: *\r\nExpires: 60\r\n", 400},
		{"Contact: *, <sip:x@192.0.2.9>\r\nExpires: 0\r\n", 400},
		{"Contact: <tel:+14155550110>\r\n", 400},
		{"Contact: <http://192.0.2.9/>\r\n", 400},
		{"Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E\r\n", 400},
		{"Contact: <sip:good@192.0.2.9>, <tel:1>\r\n", 400},
		{"Contact: <sip:x\r\n @192.0.2.9>\r\n", 400},
		{"Contact: <sip:x@192.0.2.9>\r\nPath: <sip:p;\r\n lr>\r\n", 400},
		{"Contact: <sip:x@192.0.2.9>;expires=59\r\n", 423},
		{"Contact: <sip:x@192.0.2.9>\r\nExpires: 1\r\n", 423},
	};

	assert_int_equal(phone_register(&phone, "1001", "Contact: <sip:a@192.0.2.1>\r\n"), 200);
	for (size_t i = 0; i < COUNT(row); i++) {
		unsigned code = phone_register(&phone, "1001", row[i].headers);

		if (code != row[i].code)
			fail_msg("row %zu: %u", i, code);
		if (code == 423)
			assert_true(phone_has(&phone, "Min-Expires: 60"));
		assert_int_equal(find("1001"), 1);
		assert_string_equal(found[0]->contact, "sip:a@192.0.2.1");
	}
}

/* Until its last request is on disk, or refused */
static void register_unanswered(struct ask *a)
{
	above.disk_slow = true;
	a->method = "REGISTER";
	a->uri = "sip:northwind.localhost";
	a->user = "1001";
	a->domain = "northwind.localhost";
	a->headers = phone_contact(&phone, "1001", "");
	a->call_id = rig_call_id();
	a->cseq = 1;
	ask_send(&phone, a);
	assert_int_equal(phone_wait(&phone, 2000), 401);
	a->auth = answer_line(&phone, a, "1001", "demo-1001", true, "00000001");
	++a->cseq;
	ask_send(&phone, a);
	assert_int_equal(phone_wait(&phone, 100), 0);
	assert_non_null(above.waiter);
}

static void repeat(const struct ask *a)
{
	--rig_serial; /* the same branch */
	ask_send(&phone, a);
}

static void a_phone_hears_that_it_is_registered_when_that_is_on_disk(void **state)
{
	struct ask a = {0};

	register_unanswered(&a);
	assert_int_equal(find("1001"), 1); /* calls reach it already */
	repeat(&a);
	assert_int_equal(phone_wait(&phone, 100), 0);
	above.waiting(0, above.waiter);
	above.waiter = mem_deref(above.waiter);
	assert_int_equal(phone_wait(&phone, 2000), 200);
	assert_true(phone_has(&phone, ">;expires=3600"));
	repeat(&a);
	assert_int_equal(phone_wait(&phone, 2000), 200);
	assert_int_equal(above.changes[BINDING_ADDED], 1);
	assert_int_equal(above.changes[BINDING_REFRESHED], 0);
}

/* Told no, it comes back; until then it can be called. */
static void what_the_disk_refuses_is_not_promised(void **state)
{
	struct ask a = {0};

	register_unanswered(&a);
	above.waiting(ENOSPC, above.waiter);
	above.waiter = mem_deref(above.waiter);
	assert_int_equal(phone_wait(&phone, 2000), 503);
	assert_true(phone_has(&phone, "Retry-After: "));
	assert_int_equal(find("1001"), 1);
	above.disk_slow = false;
	assert_int_equal(phone_register(&phone, "1001", phone_contact(&phone, "1001", "")), 200);
	assert_int_equal(find("1001"), 1);
}

static void what_never_came_to_the_disk_may_be_asked_again(void **state)
{
	struct ask a = {0};

	register_unanswered(&a);
	above.waiter = mem_deref(above.waiter);
	above.disk_slow = false;
	repeat(&a);
	assert_in_range(phone_wait(&phone, 2000), 200, 401); /* or a new challenge */
	assert_int_equal(find("1001"), 1);
}

static void a_stack_that_ends_answers_nobody(void **state)
{
	struct ask a = {0};

	register_unanswered(&a);
	stack = mem_deref(stack);
	above.waiting(0, above.waiter);
	above.waiter = mem_deref(above.waiter);
	assert_int_equal(phone_wait(&phone, 50), 0);
}

static void the_time_is_clamped_and_ends(void **state)
{
	assert_int_equal(
		phone_register(&phone, "1001", phone_contact(&phone, "1001", ";expires=999999")),
		200);
	assert_true(phone_has(&phone, ">;expires=3600\r\n"));
	assert_int_equal(
		phone_register(&phone, "1001", phone_contact(&phone, "1001", ";expires=120")), 200);
	assert_true(phone_has(&phone, ">;expires=120\r\n"));
	clock_advance(119000);
	timer_run();
	assert_int_equal(find("1001"), 1);
	clock_advance(1001);
	timer_run();
	assert_int_equal(find("1001"), 0);
	assert_int_equal(above.changes[BINDING_EXPIRED], 1);
	assert_int_equal(registrar_count(stack), 0);
}

static void only_ones_own_address_may_be_registered(void **state)
{
	struct ask a = {.method = "REGISTER",
			.uri = "sip:northwind.localhost",
			.user = "1001",
			.domain = "northwind.localhost"};

	a.to_user = "1002";
	a.call_id = rig_call_id();
	a.cseq = 1;
	a.headers = "Contact: <sip:a@192.0.2.1>\r\n";
	assert_int_equal(ask_signed(&phone, &a, true), 403);
	assert_int_equal(registrar_count(stack), 0);
}

static void an_older_request_is_out_of_order(void **state)
{
	struct ask a = {.method = "REGISTER",
			.uri = "sip:northwind.localhost",
			.user = "1001",
			.domain = "northwind.localhost"};

	a.call_id = rig_call_id();
	a.cseq = 10;
	a.headers = "Contact: <sip:a@192.0.2.1>\r\n";
	assert_int_equal(ask_signed(&phone, &a, true), 200);
	a.cseq = 5;
	a.headers = "Contact: <sip:a@192.0.2.1>;expires=0\r\n";
	assert_int_equal(ask_signed(&phone, &a, true), 500);
	a.headers = "Contact: *\r\nExpires: 0\r\n";
	a.cseq = 6;
	assert_int_equal(ask_signed(&phone, &a, true), 500);
	assert_int_equal(find("1001"), 1);
	a.cseq = 20;
	assert_int_equal(ask_signed(&phone, &a, true), 200);
	assert_int_equal(find("1001"), 0);
}

static void the_eleventh_contact_replaces_the_oldest(void **state)
{
	char contact[64];

	for (unsigned i = 0; i < BINDINGS_MAX + 2; i++) {
		(void)text_printf(contact, sizeof(contact), "Contact: <sip:n%u@192.0.2.1>\r\n", i);
		assert_int_equal(phone_register(&phone, "1001", contact), 200);
	}
	assert_int_equal(find("1001"), BINDINGS_MAX);
	assert_string_equal(found[0]->contact, "sip:n2@192.0.2.1");
	assert_string_equal(found[BINDINGS_MAX - 1]->contact, "sip:n11@192.0.2.1");
}

static void the_same_instance_replaces_and_another_flow_stays(void **state)
{
	const char *h = "Supported: path, outbound\r\nContact: <sip:%s@192.0.2.1>;"
			"+sip.instance=\"<urn:uuid:1>\";reg-id=%u\r\n";
	char text[256];

	(void)snprintf(text, sizeof(text), h, "a", 1);
	assert_int_equal(phone_register(&phone, "1001", text), 200);
	assert_true(phone_has(&phone, "Require: outbound"));
	assert_true(phone_has(&phone, ";+sip.instance=\"<urn:uuid:1>\";reg-id=1"));
	(void)snprintf(text, sizeof(text), h, "b", 1);
	assert_int_equal(phone_register(&phone, "1001", text), 200);
	assert_int_equal(find("1001"), 1);
	assert_string_equal(found[0]->contact, "sip:b@192.0.2.1");
	(void)snprintf(text, sizeof(text), h, "c", 2);
	assert_int_equal(phone_register(&phone, "1001", text), 200);
	assert_int_equal(find("1001"), 2);
}

static void path_is_stored_and_told(void **state)
{
	assert_int_equal(phone_register(&phone, "1001",
					"Supported: path\r\nPath: <sip:e1.example;lr>\r\n"
					"Path: <sip:e2.example;lr>\r\n"
					"Contact: <sip:a@192.0.2.1>\r\n"),
			 200);
	assert_int_equal(find("1001"), 1);
	assert_string_equal(found[0]->path, "<sip:e1.example;lr>, <sip:e2.example;lr>");
	assert_true(phone_has(&phone, "Path: <sip:e1.example;lr>, <sip:e2.example;lr>\r\n"));
}

static void a_phone_behind_nat_is_reached_where_it_came_from(void **state)
{
	assert_int_equal(phone_register(&phone, "1001", "Contact: <sip:a@10.9.8.7:5060>\r\n"), 200);
	assert_int_equal(find("1001"), 1);
	assert_true(found[0]->nat);
	assert_int_equal(sa_port(&found[0]->flow.peer), phone.port);
}

static void a_phone_that_listens_on_another_port_is_reached_there(void **state)
{
	struct ask a = {.method = "REGISTER",
			.uri = "sip:northwind.localhost",
			.user = "1001",
			.domain = "northwind.localhost"};

	a.call_id = rig_call_id();
	a.cseq = 1;
	a.no_rport = true;
	a.headers = "Contact: <sip:a@127.0.0.1:5999>\r\n";
	assert_int_equal(ask_signed(&phone, &a, true), 200);
	assert_int_equal(find("1001"), 1);
	assert_false(found[0]->nat);
	assert_int_equal(sa_port(&found[0]->flow.peer), 5999);
}

static void options_keep_a_nat_open_and_measure(void **state)
{
	assert_int_equal(phone_register(&phone, "1001", "Contact: <sip:a@10.9.8.7:5060>\r\n"), 200);
	clock_advance(33000);
	assert_int_equal(phone_wait(&phone, 1000), 1);
	assert_true(phone_has(&phone, "OPTIONS sip:a@10.9.8.7:5060 SIP/2.0"));
	clock_advance(40);
	phone_send(&phone,
		   "SIP/2.0 200 OK\r\nVia:%s\r\nFrom:%s\r\nTo:%s;tag=1\r\nCall-ID:%s\r\n"
		   "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
		   phone_between(&phone, "Via:", "\r\n"), phone_between(&phone, "From:", "\r\n"),
		   phone_between(&phone, "To:", "\r\n"), phone_between(&phone, "Call-ID:", "\r\n"));
	assert_int_equal(phone_options(&phone), 200);
	assert_int_equal(find("1001"), 1);
	assert_in_range(found[0]->rtt_ms, 40, 2000);
	clock_advance(33000);
	assert_int_equal(phone_wait(&phone, 1000), 1);
}

static void a_silent_phone_is_kept_and_marked(void **state)
{
	assert_int_equal(phone_register(&phone, "1001", "Contact: <sip:a@10.9.8.7:5060>\r\n"), 200);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(find("1001"), 1);
		assert_false(found[0]->silent);
		clock_advance(31600);
		assert_int_equal(phone_wait(&phone, 1000), 1);
		(void)rig_run(NULL, 5);
	}
	assert_int_equal(find("1001"), 1);
	assert_true(found[0]->silent);
	while (phone_wait(&phone, 20))
		; /* retransmissions */
	assert_int_equal(phone_register(&phone, "1001", "Contact: <sip:a@10.9.8.7:5060>\r\n"), 200);
	assert_int_equal(find("1001"), 1);
	assert_false(found[0]->silent);
}

static void a_phone_not_behind_nat_is_left_alone(void **state)
{
	assert_int_equal(phone_register(&phone, "1001", phone_contact(&phone, "1001", "")), 200);
	clock_advance(60000);
	assert_int_equal(phone_wait(&phone, 50), 0);
}

static void open_browser(struct phone *p)
{
	struct ask a = {.method = "REGISTER",
			.uri = "sip:northwind.localhost",
			.user = "1001",
			.domain = "northwind.localhost"};
	char contact[96];

	phone_open(p, true, "127.0.0.1", stack_edge_port(stack));
	(void)text_printf(contact, sizeof(contact),
			  "Contact: <sip:r%u@abc%u.invalid;transport=ws>\r\n", p->port, p->port);
	a.call_id = rig_call_id();
	a.cseq = 1;
	a.headers = contact;
	assert_int_equal(ask_signed(p, &a, false), 200);
}

static void a_browser_is_bound_to_its_connection(void **state)
{
	static struct phone browser;

	open_browser(&browser);
	assert_int_equal(find("1001"), 1);
	assert_true(found[0]->flow.ws && found[0]->tls);
	assert_false(found[0]->nat);
	assert_int_equal(sa_port(&found[0]->flow.peer), browser.port);
	assert_int_equal(sa_port(&found[0]->client), 4444);
	phone_close(&browser);
}

static void a_page_that_is_gone_cannot_be_rung_and_goes_after_five_seconds(void **state)
{
	static struct phone browser;

	open_browser(&browser);
	stack_edge_closed(stack, browser.port);
	assert_int_equal(fake.lost, 1);
	assert_int_equal(sa_port(&fake.flow.peer), browser.port);
	assert_int_equal(find("1001"), 0);
	clock_advance(4900);
	timer_run();
	assert_int_equal(registrar_count(stack), 1);
	clock_advance(101);
	timer_run();
	assert_int_equal(registrar_count(stack), 0);
	assert_int_equal(above.changes[BINDING_REMOVED], 1);
	phone_close(&browser);
}

static void a_page_that_was_gone_for_longer_has_its_calls_by_its_name(void **state)
{
	static struct phone page;
	char host[32];

	fake.anew = 0;
	open_browser(&page);
	(void)snprintf(host, sizeof(host), "abc%u.invalid", page.port);
	assert_int_equal(fake.anew, 1);
	assert_string_equal(fake.contact, host);
	phone_close(&page);
}

static void a_page_that_was_loaded_again_takes_its_calls_along(void **state)
{
	static struct phone old, again;

	open_browser(&old);
	stack_edge_closed(stack, old.port);
	open_browser(&again);
	assert_int_equal(fake.moved, 1);
	assert_string_equal(fake.device, "d1001");
	assert_int_equal(sa_port(&fake.flow.peer), again.port);
	assert_int_equal(sa_port(&fake.from.peer), old.port);
	clock_advance(6000);
	timer_run();
	assert_int_equal(find("1001"), 1);
	assert_int_equal(sa_port(&found[0]->flow.peer), again.port);
	assert_int_equal(above.changes[BINDING_REMOVED], 0);
	phone_close(&old);
	phone_close(&again);
}

static void two_pages_of_one_device_ring_both(void **state)
{
	static struct phone one, two;

	open_browser(&one);
	open_browser(&two);
	assert_int_equal(find("1001"), 2);
	assert_int_equal(fake.moved, 0);
	phone_close(&one);
	phone_close(&two);
}

static void a_closed_tcp_connection_is_noticed(void **state)
{
	static struct phone tcp;

	phone_open(&tcp, true, "127.0.0.1", stack_port(stack));
	assert_int_equal(
		phone_register(&tcp, "1001", "Contact: <sip:a@10.1.1.1;transport=tcp>\r\n"), 200);
	assert_int_equal(find("1001"), 1);
	assert_int_equal(found[0]->flow.tp, SIP_TRANSP_TCP);
	phone_close(&tcp);
	assert_int_equal(phone_options(&phone), 200);
	(void)rig_run(NULL, 20);
	assert_int_equal(fake.lost, 1);
	assert_int_equal(find("1001"), 0);
}

static void a_tcp_phone_that_listens_keeps_its_binding(void **state)
{
	static struct phone tcp;

	phone_open(&tcp, true, "127.0.0.1", stack_port(stack));
	assert_int_equal(
		phone_register(&tcp, "1001", "Contact: <sip:a@127.0.0.1:5998;transport=tcp>\r\n"),
		200);
	phone_close(&tcp);
	(void)rig_run(NULL, 20);
	assert_int_equal(fake.lost, 0);
	assert_int_equal(find("1001"), 1);
	assert_int_equal(sa_port(&found[0]->flow.peer), 5998);
	assert_int_equal(fake.moved, 1); /* and its calls with it */
	assert_int_equal(sa_port(&fake.flow.peer), 5998);
	assert_int_equal(sa_port(&fake.from.peer), tcp.port);
}

static void a_stored_binding_comes_back_if_it_can(void **state)
{
	static struct binding b = {.tenant = 1, .user = "1001", .contact = "sip:a@192.0.2.1"};

	b.flow.tp = SIP_TRANSP_UDP;
	assert_int_equal(sa_set_str(&b.flow.peer, "192.0.2.1", 5060), 0);
	b.expires = clock_mono_ms();
	assert_int_equal(registrar_restore(stack, &b), ETIMEDOUT);
	b.expires = UINT64_MAX - 1;
	assert_int_equal(registrar_restore(stack, &b), ETIMEDOUT);
	b.expires = clock_mono_ms() + 60000;
	assert_int_equal(registrar_restore(stack, &b), 0);
	assert_int_equal(find("1001"), 1);
	b.flow.tp = SIP_TRANSP_TLS;
	assert_int_equal(registrar_restore(stack, &b), ENOTCONN);
	clock_advance(60001);
	timer_run();
	assert_int_equal(find("1001"), 0);
}

static bool count_h(const struct binding *b, void *arg)
{
	return ++*(unsigned *)arg == 2;
}

static void revoking_ends_a_device_or_all(void **state)
{
	unsigned n = 0;

	assert_int_equal(phone_register(&phone, "1001", "Contact: <sip:a@192.0.2.1>\r\n"), 200);
	assert_int_equal(phone_register(&phone, "1001", "Contact: <sip:b@192.0.2.1>\r\n"), 200);
	assert_int_equal(phone_register(&phone, "1002", "Contact: <sip:c@192.0.2.1>\r\n"), 200);
	stack_revoke(stack, 1, "1001", "another");
	stack_revoke(stack, 2, "1001", NULL);
	registrar_each(stack, count_h, &n);
	assert_int_equal(n, 2); /* stopped by its handler */
	assert_int_equal(registrar_count(stack), 3);
	stack_revoke(stack, 1, "1001", "d1001");
	assert_int_equal(find("1001"), 0);
	stack_revoke(stack, 1, "1002", NULL);
	assert_int_equal(registrar_count(stack), 0);
	assert_int_equal(above.changes[BINDING_REMOVED], 3);
}

#define T(f) cmocka_unit_test_setup_teardown(f, open_phone, close_phone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_phone_registers_and_can_be_found),
		T(contacts_are_listed_refreshed_and_removed_one_by_one),
		T(a_bad_request_changes_nothing),
		T(a_phone_hears_that_it_is_registered_when_that_is_on_disk),
		T(what_the_disk_refuses_is_not_promised),
		T(what_never_came_to_the_disk_may_be_asked_again),
		T(a_stack_that_ends_answers_nobody),
		T(the_time_is_clamped_and_ends),
		T(only_ones_own_address_may_be_registered),
		T(an_older_request_is_out_of_order),
		T(the_eleventh_contact_replaces_the_oldest),
		T(the_same_instance_replaces_and_another_flow_stays),
		T(path_is_stored_and_told),
		T(a_phone_behind_nat_is_reached_where_it_came_from),
		T(a_phone_that_listens_on_another_port_is_reached_there),
		T(options_keep_a_nat_open_and_measure),
		T(a_silent_phone_is_kept_and_marked),
		T(a_phone_not_behind_nat_is_left_alone),
		T(a_browser_is_bound_to_its_connection),
		T(a_page_that_is_gone_cannot_be_rung_and_goes_after_five_seconds),
		T(a_page_that_was_gone_for_longer_has_its_calls_by_its_name),
		T(a_page_that_was_loaded_again_takes_its_calls_along),
		T(two_pages_of_one_device_ring_both),
		T(a_closed_tcp_connection_is_noticed),
		T(a_tcp_phone_that_listens_keeps_its_binding),
		T(a_stored_binding_comes_back_if_it_can),
		T(revoking_ends_a_device_or_all),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
