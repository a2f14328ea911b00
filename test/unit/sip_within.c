/**
 * @file sip_within.c  Requests inside a dialog: from whom they are believed, their order, keys, and
 * what happens when the way to the phone changes
 */
#include "sip_dialog_rig.h"

static void keys_by_info(void **state)
{
	static const struct {
		const char *type, *body;
		unsigned code;
		char digit;
		uint32_t ms;
	} row[] = {
		{"application/dtmf-relay", "Signal=5\r\nDuration=200\r\n", 200, '5', 200},
		{"application/dtmf-relay", "Signal= *\r\nDuration= 250", 200, '*', 250},
		{"application/dtmf-relay", "Signal=11", 200, '#', 160},
		{"application/dtmf-relay", "Signal=a\nDuration=99999\n", 200, 'A', 5000},
		{"application/dtmf", "7", 200, '7', 160},
		{"application/dtmf", "\r\n#\r\n", 200, '#', 160},
		{"application/dtmf-relay", "Signal=55\r\n", 400, 0, 0},
		{"application/dtmf-relay", "nothing", 400, 0, 0},
		{"application/dtmf", "x", 400, 0, 0},
		{"application/media_control+xml", "<x/>", 415, 0, 0},
	};
	char headers[128];
	unsigned good = 0;

	call_in_up(&peer, "");
	for (size_t i = 0; i < COUNT(row); i++) {
		(void)snprintf(headers, sizeof(headers), "Content-Type: %s\r\n", row[i].type);
		talk_ask(&peer, "INFO", ++talk.cseq, headers, row[i].body);
		expect_code(&peer, row[i].code);
		good += row[i].code == 200;
		assert_int_equal(own.infos, good);
		if (row[i].code != 200)
			continue;
		assert_int_equal(own.digit, row[i].digit);
		assert_int_equal(own.ms, row[i].ms);
	}
	talk_ask(&peer, "INFO", ++talk.cseq, NULL, NULL);
	expect_code(&peer, 200);
	assert_int_equal(own.infos, good);
}

static void we_send_keys_too(void **state)
{
	call_out_up(&peer, "");
	assert_int_equal(dialog_info_dtmf(own.d, '5', 160), 0);
	expect(&peer, "INFO");
	assert_true(phone_has(&peer, "Content-Type: application/dtmf-relay"));
	assert_non_null(strstr(peer.text, "\r\n\r\nSignal=5\r\nDuration=160\r\n"));
	assert_int_equal(dialog_info_dtmf(own.d, 'x', 160), EINVAL);
	assert_int_equal(dialog_info_dtmf(own.d, '\0', 160), EINVAL);
}

static void other_methods(void **state)
{
	call_in_up(&peer, "");
	talk_ask(&peer, "OPTIONS", ++talk.cseq, NULL, NULL);
	expect_code(&peer, 200);
	assert_true(phone_has(&peer, "Allow: INVITE"));
	talk_ask(&peer, "MESSAGE", ++talk.cseq, "Content-Type: text/plain\r\n", "hi");
	expect_code(&peer, 405);
	assert_true(phone_has(&peer, "Allow: INVITE"));
	talk_ask(&peer, "NOTIFY", ++talk.cseq, "Event: dialog\r\n", NULL);
	expect_code(&peer, 481);
	talk_ask(&peer, "PRACK", ++talk.cseq, "RAck: 1 100 INVITE\r\n", NULL);
	expect_code(&peer, 481);
	(void)strcat(talk.local, "x"); /* another tag */
	talk_ask(&peer, "BYE", ++talk.cseq, NULL, NULL);
	expect_code(&peer, 481);
	assert_int_equal(own.closes, 0);
}

static void order_is_kept(void **state)
{
	call_in_up(&peer, "");
	talk_ask(&peer, "OPTIONS", talk.cseq + 10, NULL, NULL);
	expect_code(&peer, 200);
	talk_ask(&peer, "BYE", talk.cseq + 9, NULL, NULL);
	expect_code(&peer, 500);
	talk_ask(&peer, "BYE", talk.cseq + 10, NULL, NULL);
	expect_code(&peer, 500);
	assert_int_equal(own.closes, 0);
	talk_ask(&peer, "BYE", talk.cseq + 11, NULL, NULL);
	expect_code(&peer, 200);
	assert_int_equal(own.closes, 1);
}

static void a_reinvite_before_the_answer_must_wait(void **state)
{
	call_in(&peer, "", SDP_A);
	assert_int_equal(dialog_ring(own.d, 180, NULL, 0), 0);
	expect_code(&peer, 180);
	talk_learn(&peer);
	talk_ask(&peer, "INVITE", talk.cseq + 1, with_contact(&peer, ""), SDP_A2);
	expect_code(&peer, 500);
	assert_true(phone_has(&peer, "Retry-After"));
	talk_ask(&peer, "UPDATE", talk.cseq + 2, with_contact(&peer, ""), SDP_A2);
	expect_code(&peer, 500);
	talk_ask(&peer, "UPDATE", talk.cseq + 3, with_contact(&peer, ""), NULL);
	expect_code(&peer, 200);
	assert_int_equal(own.offers, 0);
}

static void a_flood_of_requests_leaves_nothing_behind(void **state)
{
	unsigned good = 0, refused = 0;

	call_in_up(&peer, "");
	for (unsigned i = 0; i < 250; i++) {
		unsigned code;

		talk_ask(&peer, "OPTIONS", ++talk.cseq, NULL, NULL);
		code = phone_wait(&peer, 2000);
		good += code == 200;
		refused += code == 503;
	}
	assert_in_range(good, 190, 200);
	assert_int_equal(good + refused, 250);
	clock_advance(10000);
	talk_ask(&peer, "OPTIONS", ++talk.cseq, NULL, NULL);
	expect_code(&peer, 200);
}

static void a_stranger_is_not_believed(void **state)
{
	struct phone stranger;

	call_in_signed(&peer, "1001");
	phone_open(&stranger, false, "127.0.0.9", stack_port(stack));
	talk_ask(&stranger, "BYE", ++talk.cseq, NULL, NULL);
	expect_code(&stranger, 401);
	talk_ask(&stranger, "INVITE", ++talk.cseq, with_contact(&stranger, ""), SDP_A2);
	expect_code(&stranger, 401);
	talk_ask(&stranger, "ACK", talk.cseq, NULL, NULL);
	expect_silence(&stranger, 50);
	assert_int_equal(own.offers, 0);
	assert_int_equal(own.closes, 0);
	assert_true(dialog_confirmed(own.d));
	phone_close(&stranger);
}

/* A request inside the dialog with credentials of `user` */
static void ask_within(struct phone *p, const char *method, const char *user)
{
	struct ask a = {.method = method, .uri = talk.target, .user = user};
	char password[64], auth[1024];

	(void)snprintf(password, sizeof(password), "demo-%s", user);
	talk_ask(p, method, ++talk.cseq, NULL, NULL);
	expect_code(p, 401);
	(void)snprintf(auth, sizeof(auth), "%s",
		       answer_line(p, &a, user, password, true, "00000001"));
	talk_ask(p, method, ++talk.cseq, auth, NULL);
}

static void a_password_proves_who_moved(void **state)
{
	struct phone moved;

	call_in_signed(&peer, "1001");
	phone_open(&moved, false, "127.0.0.9", stack_port(stack));
	ask_within(&moved, "OPTIONS", "1002"); /* a colleague, not the party */
	expect_code(&moved, 403);
	ask_within(&moved, "OPTIONS", "1001");
	expect_code(&moved, 200);
	assert_int_equal(own.back, 1);
	/* what we have to say goes there now */
	own_drop();
	expect(&moved, "BYE");
	phone_close(&moved);
}

static void a_trunk_is_believed_from_all_its_addresses(void **state)
{
	struct phone other;

	call_in_up(&peer, "");
	phone_open(&other, false, "127.0.0.9", stack_port(stack));
	above.trunk = false;
	talk_ask(&other, "BYE", ++talk.cseq, NULL, NULL);
	expect_code(&other, 401);
	above.trunk = true;
	talk_ask(&other, "BYE", ++talk.cseq, NULL, NULL);
	expect_code(&other, 200);
	assert_int_equal(own.closes, 1);
	phone_close(&other);
}

static void a_phone_that_registers_anew_keeps_its_call(void **state)
{
	struct phone anew;
	struct flow flow = {.tp = SIP_TRANSP_UDP}, old = flow;

	call_in_signed(&peer, "1001");
	assert_string_equal(dialog_device(own.d), "d1001");
	phone_open(&anew, false, "127.0.0.9", stack_port(stack));
	assert_int_equal(sa_set_str(&old.peer, "127.0.0.1", peer.port), 0);
	assert_int_equal(sa_set_str(&flow.peer, "127.0.0.9", anew.port), 0);
	dialog_flow_moved(stack, 2, "d1001", &old, &flow);
	dialog_flow_moved(stack, 1, "d1002", &old, &flow);
	assert_int_equal(own.back, 0);
	dialog_flow_anew(stack, 1, "d1001", NULL, &flow); /* it is not lost */
	assert_int_equal(own.back, 0);
	dialog_flow_moved(stack, 1, "d1001", &old, &flow);
	assert_int_equal(own.back, 1);
	assert_true(sa_cmp(dialog_peer(own.d), &flow.peer, SA_ALL));
	assert_int_equal(dialog_offer(own.d, SDP_B2, strlen(SDP_B2)), 0);
	expect(&anew, "INVITE");
	talk_ask(&anew, "BYE", ++talk.cseq, NULL, NULL);
	expect_code(&anew, 200);
	assert_int_equal(own.closes, 1);
	phone_close(&anew);
}

static void a_browser_comes_back_by_another_connection(void **state)
{
	struct flow flow, old;
	struct phone page, again;

	phone_open(&page, true, "127.0.0.1", stack_edge_port(stack));
	call_in_signed(&page, "1001");
	flow = own.d ? dialog_sender(own.d)->flow : (struct flow){0};
	assert_true(flow.ws);
	assert_string_equal(dialog_device(own.d), "d1001");
	phone_close(&page);
	stack_edge_closed(stack, page.port);
	assert_int_equal(own.lost, 1);
	stack_edge_closed(stack, page.port);
	assert_int_equal(own.lost, 1); /* told once */
	assert_int_equal(own.closes, 0);
	/* an offer waits for the new connection */
	assert_int_equal(dialog_offer(own.d, SDP_B2, strlen(SDP_B2)), 0);
	settle();
	phone_open(&again, true, "127.0.0.1", stack_edge_port(stack));
	assert_int_equal(phone_register(&again, "1001", "Contact: <sip:a@b.invalid>\r\n"), 200);
	old = flow;
	flow.peer = (struct sa){0};
	assert_int_equal(sa_set_str(&flow.peer, "127.0.0.1", again.port), 0);
	dialog_flow_moved(stack, 1, "d1001", &old, &flow);
	assert_int_equal(own.back, 1);
	expect(&again, "INVITE");
	talk_answer(&again, 200, NULL, with_contact(&again, ""), SDP_A2);
	expect(&again, "ACK");
	assert_int_equal(own.agreed, 1);
	phone_close(&again);
}

static void a_page_that_was_away_for_long_keeps_its_call_by_its_name(void **state)
{
	struct phone page, again;
	char named[128];
	struct flow flow;
	struct uri uri;
	struct pl pl;

	phone_open(&page, true, "127.0.0.1", stack_edge_port(stack));
	call_in_signed(&page, "1001");
	(void)snprintf(named, sizeof(named), "sip:1001@127.0.0.1:%u", page.port);
	flow = dialog_sender(own.d)->flow;
	phone_close(&page);
	stack_edge_closed(stack, page.port);
	assert_int_equal(own.lost, 1);
	phone_open(&again, true, "127.0.0.1", stack_edge_port(stack));
	assert_int_equal(phone_register(&again, "1001", "Contact: <sip:a@b.invalid>\r\n"), 200);
	assert_int_equal(sa_set_str(&flow.peer, "127.0.0.1", again.port), 0);
	pl_set_str(&pl, "sip:other@page.invalid;transport=ws");
	assert_int_equal(uri_decode(&uri, &pl), 0);
	dialog_flow_anew(stack, 1, "d1001", &uri, &flow);
	assert_int_equal(own.back, 0);
	pl_set_str(&pl, named);
	assert_int_equal(uri_decode(&uri, &pl), 0);
	dialog_flow_anew(stack, 1, "d1002", &uri, &flow);
	assert_int_equal(own.back, 0);
	dialog_flow_anew(stack, 1, "d1001", &uri, &flow);
	assert_int_equal(own.back, 1);
	phone_close(&again);
}

static void another_browser_is_not_believed(void **state)
{
	struct phone page, other;

	phone_open(&page, true, "127.0.0.1", stack_edge_port(stack));
	call_in_signed(&page, "1001");
	phone_open(&other, true, "127.0.0.1", stack_edge_port(stack));
	talk_ask(&other, "BYE", ++talk.cseq, NULL, NULL);
	expect_code(&other, 401);
	assert_int_equal(own.closes, 0);
	phone_close(&other);
	phone_close(&page);
}

static void a_call_to_a_phone_knows_its_device(void **state)
{
	struct dialog_target t;

	target_of(&t, &peer);
	t.tenant = 1;
	strcpy(t.device, "d1002");
	call_out_to(&peer, &t);
	assert_string_equal(dialog_device(own.d), "d1002");
	assert_false(dialog_incoming(own.d));
}

static void by_tcp_too(void **state)
{
	struct phone tcp;

	phone_open(&tcp, true, "127.0.0.1", stack_port(stack));
	call_in_signed(&tcp, "1001");
	own.accept = SDP_B2;
	talk_ask(&tcp, "INVITE", ++talk.cseq, with_contact(&tcp, ""), SDP_A2);
	expect_code(&tcp, 200);
	talk_ask(&tcp, "ACK", talk.cseq, NULL, NULL);
	own_drop();
	expect(&tcp, "BYE");
	talk_answer(&tcp, 200, NULL, NULL, NULL);
	settle();
	phone_close(&tcp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(keys_by_info),
		T(we_send_keys_too),
		T(other_methods),
		T(order_is_kept),
		T(a_reinvite_before_the_answer_must_wait),
		T(a_flood_of_requests_leaves_nothing_behind),
		T(a_stranger_is_not_believed),
		T(a_password_proves_who_moved),
		T(a_trunk_is_believed_from_all_its_addresses),
		T(a_phone_that_registers_anew_keeps_its_call),
		T(a_browser_comes_back_by_another_connection),
		T(a_page_that_was_away_for_long_keeps_its_call_by_its_name),
		T(another_browser_is_not_believed),
		T(a_call_to_a_phone_knows_its_device),
		T(by_tcp_too),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
