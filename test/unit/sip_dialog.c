/**
 * @file sip_dialog.c  Calls, both directions: from the INVITE to the BYE
 */
#include "sip_dialog_rig.h"

/* --- incoming ----------------------------------------------------------------------------------
 */

static void a_call_comes_in_and_they_hang_up(void **state)
{
	const char *sdp;
	size_t len;

	call_in(&peer, "User-Agent: Desk/1\r\n", SDP_A);
	dialog_body(own.d, &sdp, &len);
	assert_int_equal(len, strlen(SDP_A));
	assert_memory_equal(sdp, SDP_A, len);
	assert_true(dialog_incoming(own.d));
	assert_string_equal(dialog_request_user(own.d), "1001");
	assert_string_equal(dialog_user_agent(own.d), "Desk/1");
	assert_string_equal(dialog_call_id(own.d), talk.call_id);
	assert_true(dialog_sender(own.d)->is_trunk);
	assert_ptr_equal(dialog_arg(own.d), &own);
	assert_int_equal(dialog_ring(own.d, 180, NULL, 0), 0);
	expect_code(&peer, 180);
	assert_true(phone_has(&peer, "Contact: <sip:1001@127.0.0.1"));
	assert_false(dialog_confirmed(own.d));
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 200);
	assert_true(phone_has(&peer, "m=audio 6000"));
	assert_true(phone_has(&peer, "Allow: INVITE"));
	talk_learn(&peer);
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
	settle();
	clock_advance(40000);
	expect_silence(&peer, 50); /* nothing is repeated */
	talk_ask(&peer, "BYE", talk.cseq + 1, "Reason: Q.850;cause=16;text=\"x\"\r\n", NULL);
	expect_code(&peer, 200);
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_NORMAL);
	assert_int_equal(own.end.q850, 16);
	assert_int_equal(own.end.scode, 0);
	assert_false(dialog_confirmed(own.d));
	assert_int_equal(dialog_offer(own.d, SDP_B, strlen(SDP_B)), ENOTCONN);
}

static void we_hang_up(void **state)
{
	call_in_up(&peer, "");
	dialog_hangup(own.d, CAUSE_NO_CREDIT, NULL);
	expect(&peer, "BYE");
	assert_true(phone_has(&peer, "Reason: SIP;cause=402;text=\"Not enough credit\""));
	assert_true(phone_has(&peer, "Reason: Q.850;cause=21"));
	assert_true(phone_has(&peer, "To: \"Peer\" <sip:peer@127.0.0.1>;tag=p"));
	talk_answer(&peer, 200, NULL, NULL, NULL);
	settle();
	assert_int_equal(own.closes, 0);
	talk_ask(&peer, "INFO", talk.cseq + 1, NULL, NULL);
	expect_code(&peer, 481);
}

static void dropping_the_handle_hangs_up(void **state)
{
	call_in_up(&peer, "");
	own_drop();
	expect(&peer, "BYE");
	talk_answer(&peer, 200, NULL, NULL, NULL);
	settle();
	assert_int_equal(own.closes, 0);
}

static void dropping_the_handle_refuses(void **state)
{
	call_in(&peer, "", SDP_A);
	own_drop();
	expect_code(&peer, 480);
	talk_same(&peer, "ACK", "");
	settle();
	clock_advance(4000);
	expect_silence(&peer, 50);
}

static void early_media_goes_out_in_a_183(void **state)
{
	call_in(&peer, "", SDP_A);
	assert_int_equal(dialog_ring(own.d, 183, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 183);
	assert_true(phone_has(&peer, "m=audio 6000"));
	assert_false(phone_has(&peer, "RSeq"));
	assert_int_equal(dialog_ring(own.d, 200, NULL, 0), EINVAL);
}

static void a_rejection_has_a_code_and_a_reason(void **state)
{
	call_in(&peer, "", SDP_A);
	assert_int_equal(dialog_reject(own.d, 486, "Busy Here", CAUSE_BUSY), 0);
	expect_code(&peer, 486);
	assert_true(phone_has(&peer, "Reason: Q.850;cause=17"));
	assert_int_equal(dialog_reject(own.d, 486, "Busy Here", CAUSE_BUSY), ENOTCONN);
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), ENOTCONN);
	assert_int_equal(own.closes, 0);
}

static void a_phrase_cannot_smuggle_a_header(void **state)
{
	call_in(&peer, "", SDP_A);
	assert_int_equal(dialog_reject(own.d, 480, "x\r\nEvil: yes", CAUSE_NOANSWER), 0);
	expect_code(&peer, 480);
	assert_false(phone_has(&peer, "Evil"));
}

static void they_cancel(void **state)
{
	call_in(&peer, "", SDP_A);
	assert_int_equal(dialog_ring(own.d, 180, NULL, 0), 0);
	expect_code(&peer, 180);
	own.drop_in_close = true;
	talk_same(&peer, "CANCEL", "");
	assert_int_equal(phone_wait(&peer, 2000), 200);
	expect_code(&peer, 487);
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_CANCELLED);
	assert_false(own.end.elsewhere);
}

static void a_cancel_may_say_elsewhere(void **state)
{
	call_in(&peer, "", SDP_A);
	talk_same(&peer, "CANCEL", "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n");
	expect_code(&peer, 487);
	assert_int_equal(own.closes, 1);
	assert_true(own.end.elsewhere);
}

static void a_bye_in_the_early_dialog_cancels(void **state)
{
	call_in(&peer, "", SDP_A);
	assert_int_equal(dialog_ring(own.d, 180, NULL, 0), 0);
	expect_code(&peer, 180);
	talk_learn(&peer);
	talk_ask(&peer, "BYE", talk.cseq + 1, NULL, NULL);
	assert_int_equal(phone_wait(&peer, 2000), 200);
	expect_code(&peer, 487);
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_CANCELLED);
}

static void a_repeated_invite_makes_no_second_call(void **state)
{
	call_in(&peer, "", SDP_A);
	assert_int_equal(dialog_ring(own.d, 180, NULL, 0), 0);
	expect_code(&peer, 180);
	talk_raw(&peer, talk.last);
	expect_code(&peer, 180);
	assert_int_equal(own.invites, 1);
	/* the same by another way: a loop */
	talk_ask(&peer, "INVITE", talk.cseq, with_contact(&peer, ""), SDP_A);
	expect_code(&peer, 482);
	assert_int_equal(own.invites, 1);
}

static void a_lost_ack_is_waited_for(void **state)
{
	call_in(&peer, "", SDP_A);
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 200);
	for (unsigned i = 0; i < 3; i++) {
		pass(SIP_T2);
		expect_code(&peer, 200);
	}
	talk_learn(&peer);
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
	settle();
	while (phone_wait(&peer, 20))
		;
	clock_advance(SIP_T2);
	expect_silence(&peer, 50);
	assert_int_equal(own.closes, 0);
}

static void without_an_ack_the_call_ends(void **state)
{
	call_in(&peer, "", SDP_A);
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 200);
	pass(33000);
	expect(&peer, "BYE");
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_TIMEOUT);
	talk_answer(&peer, 200, NULL, NULL, NULL);
	settle();
}

static void a_bye_waits_for_the_ack(void **state)
{
	call_in(&peer, "", SDP_A);
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 200);
	talk_learn(&peer);
	own_drop();
	expect_silence(&peer, 50);
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
	expect(&peer, "BYE");
	talk_answer(&peer, 200, NULL, NULL, NULL);
	settle();
}

static void an_invite_without_an_offer_gets_ours(void **state)
{
	call_in(&peer, "", NULL);
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 200);
	assert_true(phone_has(&peer, "m=audio 6000"));
	talk_learn(&peer);
	talk_ask(&peer, "ACK", talk.cseq, NULL, SDP_A);
	settle();
	assert_int_equal(own.agreed, 1);
	assert_int_equal(own.agreed_code, 200);
	assert_string_equal(own.sdp, SDP_A);
}

static void an_ack_without_the_answer_ends_the_call(void **state)
{
	call_in(&peer, "", NULL);
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 200);
	talk_learn(&peer);
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
	expect(&peer, "BYE");
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_INCOMPATIBLE);
}

static void what_cannot_be_read_is_refused(void **state)
{
	static const struct {
		const char *headers, *body;
		unsigned code;
	} row[] = {
		{"", "not a description", 400},
		{"Content-Type: text/plain\r\n", "hello", 415},
		{"Content-Encoding: gzip\r\n", SDP_A, 415},
		{"Supported: timer\r\nSession-Expires: 30\r\n", SDP_A, 422},
		{"Replaces: garbage\r\n", SDP_A, 400},
		{"Replaces: a;to-tag=b;from-tag=c\r\n", SDP_A, 481},
	};

	above.trunk = true;
	for (size_t i = 0; i < COUNT(row); i++) {
		talk_new(&peer);
		talk_ask(&peer, "INVITE", talk.cseq, with_contact(&peer, row[i].headers),
			 row[i].body);
		expect_code(&peer, row[i].code);
	}
	talk_new(&peer);
	talk_ask(&peer, "INVITE", talk.cseq, "Contact: <tel:123>\r\n", SDP_A);
	expect_code(&peer, 400);
	talk_new(&peer);
	talk_ask(&peer, "INVITE", talk.cseq, NULL, SDP_A);
	expect_code(&peer, 400);
	assert_int_equal(own.invites, 0);
}

static void the_route_set_is_kept(void **state)
{
	char routes[256];

	/* both routes lead to the peer itself */
	(void)snprintf(routes, sizeof(routes),
		       "Record-Route: <sip:127.0.0.1:%u;lr;a=1>\r\n"
		       "Record-Route: <sip:127.0.0.2;lr>\r\n",
		       peer.port);
	call_in(&peer, routes, SDP_A);
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 200);
	assert_true(phone_has(&peer, "Record-Route: <sip:127.0.0.2;lr>"));
	talk_learn(&peer);
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
	settle();
	own_drop();
	expect(&peer, "BYE");
	assert_non_null(
		strstr(strstr(peer.text, "Route: <sip:127.0.0.1:"), "Route: <sip:127.0.0.2;lr>"));
	assert_true(strncmp(peer.text, "BYE sip:peer@127.0.0.1:", 23) == 0);
}

/* --- outgoing ----------------------------------------------------------------------------------
 */

static void we_call_and_hang_up(void **state)
{
	call_out(&peer);
	assert_true(phone_has(&peer, "From: \"Maya \\\"M\\\" Chen\" <sip:1001@northwind.localhost>;"
				     "tag="));
	assert_true(phone_has(&peer, "To: <sip:1002@northwind.localhost>\r\n"));
	assert_true(phone_has(&peer, "Max-Forwards: 69\r\n"));
	assert_true(phone_has(&peer, "m=audio 4000"));
	assert_true(phone_has(&peer, "Session-Expires: 1800;refresher=uac"));
	assert_false(phone_has(&peer, "P-Asserted-Identity"));
	talk_answer(&peer, 100, NULL, NULL, NULL);
	talk_answer(&peer, 180, "peer1", with_contact(&peer, ""), NULL);
	settle();
	assert_int_equal(own.rings, 1);
	assert_int_equal(own.scode, 180);
	talk_answer(&peer, 200, "peer1", with_contact(&peer, "Server: Gate/2\r\n"), SDP_B);
	expect(&peer, "ACK");
	assert_int_equal(own.answers, 1);
	assert_string_equal(own.sdp, SDP_B);
	assert_string_equal(dialog_user_agent(own.d), "Gate/2");
	assert_true(dialog_confirmed(own.d));
	dialog_hangup(own.d, CAUSE_NORMAL, NULL);
	expect(&peer, "BYE");
	talk_answer(&peer, 200, NULL, NULL, NULL);
	settle();
	assert_int_equal(own.closes, 0);
}

static void they_hang_up(void **state)
{
	call_out_up(&peer, "");
	own.drop_in_close = true;
	talk_ask(&peer, "BYE", talk.cseq, NULL, NULL);
	expect_code(&peer, 200);
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_NORMAL);
}

static void a_repeated_200_is_acknowledged_again(void **state)
{
	char invite[RIG_SIZE];

	call_out(&peer);
	memcpy(invite, peer.text, peer.size + 1);
	talk_answer_to(&peer, invite, 200, "peer1", with_contact(&peer, ""), SDP_B);
	expect(&peer, "ACK");
	talk_answer_to(&peer, invite, 200, "peer1", with_contact(&peer, ""), SDP_B);
	expect(&peer, "ACK");
	assert_int_equal(own.answers, 1);
}

static void early_media_comes_in(void **state)
{
	call_out(&peer);
	talk_answer(&peer, 183, "peer1", with_contact(&peer, ""), SDP_B);
	settle();
	assert_int_equal(own.rings, 1);
	assert_int_equal(own.scode, 183);
	assert_string_equal(own.sdp, SDP_B);
	/* what cannot be read counts as no description */
	talk_answer(&peer, 183, "peer1", with_contact(&peer, ""), "rubbish");
	settle();
	assert_int_equal(own.rings, 2);
	assert_string_equal(own.sdp, "");
}

static void a_refusal_is_told(void **state)
{
	call_out(&peer);
	talk_answer(&peer, 486, "peer1", "Reason: Q.850;cause=17\r\n", NULL);
	expect(&peer, "ACK");
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_BUSY);
	assert_int_equal(own.end.scode, 486);
	assert_int_equal(own.end.q850, 17);
	assert_string_equal(own.end.reason, "Whatever");
}

static void a_redirection_names_its_contact(void **state)
{
	call_out(&peer);
	talk_answer(&peer, 302, "peer1", "Contact: \"x\" <sip:1009@elsewhere.example>;q=1\r\n",
		    NULL);
	expect(&peer, "ACK");
	assert_int_equal(own.end.scode, 302);
	assert_string_equal(own.end.contact, "sip:1009@elsewhere.example");
}

static void nobody_there(void **state)
{
	call_out(&peer);
	own.drop_in_close = true;
	pass(33000);
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_TIMEOUT);
	assert_int_equal(own.end.scode, 0);
}

static void we_cancel(void **state)
{
	char invite[RIG_SIZE];

	call_out(&peer);
	memcpy(invite, peer.text, peer.size + 1);
	talk_answer(&peer, 180, "peer1", with_contact(&peer, ""), NULL);
	settle();
	dialog_hangup(own.d, CAUSE_ELSEWHERE, "Answered on \"T\\\"om (browser)");
	own_drop();
	expect(&peer, "CANCEL");
	assert_true(
		phone_has(&peer, "Reason: SIP;cause=200;text=\"Answered on Tom (browser)\"\r\n"));
	assert_true(phone_has(&peer, "Reason: Q.850;cause=26;"));
	assert_string_equal(phone_between(&peer, "branch=", ";"),
			    strtok(strstr(invite + 0, "branch=") + 7, ";"));
	assert_false(phone_has(&peer, "To: <sip:1002@northwind.localhost>;tag"));
	/* lost: it is sent again */
	pass(600);
	expect(&peer, "CANCEL");
	talk_answer(&peer, 200, "peer1", NULL, NULL);
	settle();
	assert_int_equal(own.closes, 0);
}

static void a_cancel_waits_for_a_provisional_response(void **state)
{
	char invite[RIG_SIZE];

	call_out(&peer);
	memcpy(invite, peer.text, peer.size + 1);
	own_drop();
	expect_silence(&peer, 50);
	talk_answer_to(&peer, invite, 100, NULL, NULL, NULL);
	expect(&peer, "CANCEL");
	talk_answer(&peer, 200, NULL, NULL, NULL);
	talk_answer_to(&peer, invite, 487, "peer1", NULL, NULL);
	expect(&peer, "ACK");
	clock_advance(40000);
	expect_silence(&peer, 50);
	assert_int_equal(own.closes, 0);
}

static void an_answer_overtakes_the_cancel(void **state)
{
	char invite[RIG_SIZE];

	call_out(&peer);
	memcpy(invite, peer.text, peer.size + 1);
	talk_answer_to(&peer, invite, 180, "peer1", with_contact(&peer, ""), NULL);
	settle();
	own_drop();
	expect(&peer, "CANCEL");
	talk_answer(&peer, 481, NULL, NULL, NULL);
	talk_answer_to(&peer, invite, 200, "peer1", with_contact(&peer, ""), SDP_B);
	expect(&peer, "ACK");
	expect(&peer, "BYE");
	talk_answer(&peer, 200, NULL, NULL, NULL);
	settle();
	assert_int_equal(own.answers, 0);
	assert_int_equal(own.closes, 0);
}

static void of_a_fork_the_first_wins(void **state)
{
	char invite[RIG_SIZE];

	call_out(&peer);
	memcpy(invite, peer.text, peer.size + 1);
	talk_answer_to(&peer, invite, 180, "fork1", with_contact(&peer, ""), NULL);
	talk_answer_to(&peer, invite, 183, "fork2", with_contact(&peer, ""), SDP_A2);
	settle();
	assert_int_equal(own.rings, 2);
	talk_answer_to(&peer, invite, 200, "fork2", with_contact(&peer, ""), SDP_B);
	expect(&peer, "ACK");
	assert_true(phone_has(&peer, ";tag=fork2"));
	talk_answer_to(&peer, invite, 200, "fork1", with_contact(&peer, ""), SDP_A);
	expect(&peer, "ACK");
	assert_true(phone_has(&peer, ";tag=fork1"));
	expect(&peer, "BYE");
	assert_true(phone_has(&peer, ";tag=fork1"));
	talk_answer(&peer, 200, NULL, NULL, NULL);
	settle();
	/* the loser's 200 again: ACK, but no second BYE */
	talk_answer_to(&peer, invite, 200, "fork1", with_contact(&peer, ""), SDP_A);
	expect(&peer, "ACK");
	expect_silence(&peer, 50);
	assert_int_equal(own.answers, 1);
	assert_string_equal(own.sdp, SDP_B);
	assert_true(dialog_confirmed(own.d));
}

static void identity_is_asserted_or_hidden(void **state)
{
	struct dialog_target t;

	target_of(&t, &peer);
	t.from.asserted = t.from.hidden = true;
	strcpy(t.alert_info, "<http://x>;info=ring2");
	call_out_to(&peer, &t);
	assert_true(phone_has(&peer, "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="));
	assert_true(phone_has(&peer, "Privacy: id\r\n"));
	assert_true(phone_has(&peer, "P-Asserted-Identity: \"Maya \\\"M\\\" Chen\" <sip:1001@"));
	assert_true(phone_has(&peer, "Alert-Info: <http://x>;info=ring2\r\n"));
	assert_true(phone_has(&peer, "Contact: <sip:anonymous@"));
}

static void who_passed_on_is_told_as_asked(void **state)
{
	struct dialog_target t;

	target_of(&t, &peer);
	t.diversion = (struct dialog_diversion){.how = DIVERSION_HEADER,
						.why = DIVERTED_BUSY,
						.user = "+14155550110",
						.domain = "northwind.localhost"};
	call_out_to(&peer, &t);
	assert_true(phone_has(&peer, "Diversion: <sip:+14155550110@northwind.localhost>;"
				     "reason=user-busy;counter=1\r\n"));
	assert_false(phone_has(&peer, "History-Info"));
	own_drop();
	t.diversion.how = DIVERSION_HISTORY;
	call_out_to(&peer, &t);
	assert_true(phone_has(&peer, "History-Info: <sip:+14155550110@northwind.localhost>;"
				     "index=1, <sip:"));
	assert_true(phone_has(&peer, ";cause=486>;index=1.1;mp=1\r\n"));
	assert_false(phone_has(&peer, "Diversion"));
	own_drop();
	t.diversion.why = DIVERTED_NOT;
	call_out_to(&peer, &t);
	assert_false(phone_has(&peer, "History-Info"));
}

static void nothing_from_above_ends_a_line(void **state)
{
	struct dialog_target t;

	target_of(&t, &peer);
	strcpy(t.from.name, "a\r\nEvil: yes");
	call_out_to(&peer, &t);
	assert_true(phone_has(&peer, "From: \"aEvil: yes\" <"));
	own_drop();
	target_of(&t, &peer);
	strcpy(t.alert_info, "x\r\nEvil: yes");
	assert_int_equal(dialog_call(&own.d, stack, &t, SDP_A, strlen(SDP_A), &own_handlers, &own),
			 EINVAL);
	target_of(&t, &peer);
	strcpy(t.uri, "sip:a b");
	assert_int_equal(dialog_call(&own.d, stack, &t, SDP_A, strlen(SDP_A), &own_handlers, &own),
			 EINVAL);
	target_of(&t, &peer);
	t.max_forwards = 1;
	assert_int_equal(dialog_call(&own.d, stack, &t, SDP_A, strlen(SDP_A), &own_handlers, &own),
			 ELOOP);
	assert_null(own.d);
}

static void a_trunk_is_called_by_uri_and_signs_in_once(void **state)
{
	struct dialog_target t;

	target_of(&t, &peer);
	t.has_flow = false;
	strcpy(t.auth_user, "acct");
	strcpy(t.auth_password, "secret");
	strcpy(t.auth_realm, "carrier");
	call_out_to(&peer, &t);
	assert_false(phone_has(&peer, "Authorization"));
	talk_answer(&peer, 407, "c1",
		    "Proxy-Authenticate: Digest realm=\"carrier\", nonce=\"n1\", qop=\"auth\"\r\n",
		    NULL);
	expect(&peer, "ACK");
	expect(&peer, "INVITE");
	assert_true(phone_has(&peer, "Proxy-Authorization: Digest username=\"acct\""));
	assert_false(phone_has(&peer, "secret"));
	talk_answer(&peer, 407, "c2",
		    "Proxy-Authenticate: Digest realm=\"carrier\", nonce=\"n2\", qop=\"auth\"\r\n",
		    NULL);
	expect(&peer, "ACK");
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_PROXY_AUTH);
	expect_silence(&peer, 50);
}

static struct list waiting;

static void keep_h(struct dialog *d, const struct sip_sender *from, const struct sip_msg *msg,
		   void *arg)
{
	struct le *le = mem_zalloc(sizeof(*le), NULL);

	list_append(&waiting, le, d);
}

static unsigned invite_signed(const char *user)
{
	struct ask a = {.method = "INVITE",
			.uri = "sip:1002@northwind.localhost",
			.user = user,
			.domain = "northwind.localhost",
			.to_user = "1002",
			.headers = "Contact: <sip:x@127.0.0.1>\r\n"};

	a.call_id = rig_call_id();
	a.cseq = 1;
	return ask_signed(&peer, &a, true);
}

static void one_device_cannot_ring_without_end(void **state)
{
	stack->h.invite_h = keep_h;
	for (unsigned i = 0; i < 32; i++)
		assert_int_equal(invite_signed("1001"), 100);
	assert_int_equal(invite_signed("1001"), 503);
	assert_int_equal(invite_signed("1003"), 100); /* others may */
	while (waiting.head) {
		struct le *le = waiting.head;

		mem_deref(le->data);
		list_unlink(le);
		mem_deref(le);
	}
	while (phone_wait(&peer, 100))
		;
	assert_int_equal(invite_signed("1001"), 100);
	mem_deref(waiting.head->data);
	mem_deref(waiting.head);
	list_init(&waiting);
}

/* It names an address that leads nowhere: ACK and BYE go to where its packets came from */
static void a_called_trunk_behind_nat_gets_its_bye(void **state)
{
	struct dialog_target t;

	target_of(&t, &peer);
	t.has_flow = false;
	call_out_to(&peer, &t);
	talk_answer(&peer, 200, "peer1", "Contact: <sip:gw@0.0.0.0:5999>\r\n", SDP_B);
	expect(&peer, "ACK");
	assert_int_equal(strncmp(peer.text, "ACK sip:gw@0.0.0.0:5999 ", 24), 0);
	own_drop();
	expect(&peer, "BYE");
	assert_int_equal(strncmp(peer.text, "BYE sip:gw@0.0.0.0:5999 ", 24), 0);
}

/* Without a word before its 200; what comes from there later is believed without a password */
static void a_trunk_that_answers_at_once_may_hang_up(void **state)
{
	struct dialog_target t;

	target_of(&t, &peer);
	t.has_flow = false;
	call_out_to(&peer, &t);
	talk_answer(&peer, 200, "peer1", with_contact(&peer, ""), SDP_B);
	expect(&peer, "ACK");
	talk_ask(&peer, "BYE", talk.cseq, NULL, NULL);
	expect_code(&peer, 200);
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_NORMAL);
}

static void a_calling_trunk_behind_nat_gets_its_bye(void **state)
{
	above.trunk = true;
	talk_new(&peer);
	talk_ask(&peer, "INVITE", talk.cseq, "Contact: <sip:gw@0.0.0.0:5999>\r\n", SDP_A);
	expect_code(&peer, 100);
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 200);
	talk_learn(&peer);
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
	settle();
	own_drop();
	expect(&peer, "BYE");
}

/* The next hop follows the Contact that a change brought */
static void a_trunk_that_moves_gets_its_bye_there(void **state)
{
	static struct phone other;
	char contact[128];

	phone_open(&other, false, "127.0.0.1", stack_port(stack));
	call_in_up(&peer, "");
	own.accept = SDP_B2;
	(void)snprintf(contact, sizeof(contact), "Contact: <sip:moved@127.0.0.1:%u>\r\n",
		       other.port);
	talk_ask(&peer, "INVITE", ++talk.cseq, contact, SDP_A2);
	expect_code(&peer, 200);
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
	settle();
	own_drop();
	expect(&other, "BYE");
	phone_close(&other);
}

static void credentials_go_to_their_realm_only(void **state)
{
	struct dialog_target t;

	target_of(&t, &peer);
	t.has_flow = false;
	strcpy(t.auth_user, "acct");
	strcpy(t.auth_password, "secret");
	strcpy(t.auth_realm, "carrier");
	call_out_to(&peer, &t);
	talk_answer(&peer, 401, "c1",
		    "WWW-Authenticate: Digest realm=\"thief\", nonce=\"n1\", qop=\"auth\"\r\n",
		    NULL);
	expect(&peer, "ACK");
	assert_int_equal(own.closes, 1);
	expect_silence(&peer, 50);
}

static void a_longer_session_is_tried_once(void **state)
{
	call_out(&peer);
	talk_answer(&peer, 422, "s1", "Min-SE: 3600\r\n", NULL);
	expect(&peer, "ACK");
	expect(&peer, "INVITE");
	assert_true(phone_has(&peer, "Session-Expires: 3600"));
	assert_true(phone_has(&peer, "Min-SE: 3600"));
	talk_answer(&peer, 422, "s2", "Min-SE: 3600\r\n", NULL);
	expect(&peer, "ACK");
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.scode, 422);
}

static void handles_may_be_dropped_anywhere(void **state)
{
	own.drop_in_ring = true;
	call_out(&peer);
	talk_answer(&peer, 180, "peer1", with_contact(&peer, ""), NULL);
	expect(&peer, "CANCEL");
	own.drop_in_ring = false;
	own.drop_in_answer = true;
	call_out(&peer);
	talk_answer(&peer, 200, "peer1", with_contact(&peer, ""), SDP_B);
	expect(&peer, "ACK");
	expect(&peer, "BYE");
	own.drop_in_answer = false;
	own.drop_in_offer = true;
	own.answers = 0;
	call_out_up(&peer, "");
	talk_ask(&peer, "INVITE", talk.cseq, with_contact(&peer, ""), SDP_B2);
	expect_code(&peer, 487);
	expect(&peer, "BYE");
	assert_int_equal(own.closes, 0);
}

static void handles_outlive_the_stack(void **state)
{
	call_in_up(&peer, "");
	stack = mem_deref(stack);
	assert_false(dialog_confirmed(own.d));
	assert_string_equal(dialog_call_id(own.d), talk.call_id);
	dialog_hangup(own.d, CAUSE_NORMAL, NULL);
	own_drop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_call_comes_in_and_they_hang_up),
		T(we_hang_up),
		T(dropping_the_handle_hangs_up),
		T(dropping_the_handle_refuses),
		T(early_media_goes_out_in_a_183),
		T(a_rejection_has_a_code_and_a_reason),
		T(a_phrase_cannot_smuggle_a_header),
		T(they_cancel),
		T(a_cancel_may_say_elsewhere),
		T(a_bye_in_the_early_dialog_cancels),
		T(a_repeated_invite_makes_no_second_call),
		T(a_lost_ack_is_waited_for),
		T(without_an_ack_the_call_ends),
		T(a_bye_waits_for_the_ack),
		T(an_invite_without_an_offer_gets_ours),
		T(an_ack_without_the_answer_ends_the_call),
		T(what_cannot_be_read_is_refused),
		T(the_route_set_is_kept),
		T(we_call_and_hang_up),
		T(they_hang_up),
		T(a_repeated_200_is_acknowledged_again),
		T(early_media_comes_in),
		T(a_refusal_is_told),
		T(a_redirection_names_its_contact),
		T(nobody_there),
		T(we_cancel),
		T(a_cancel_waits_for_a_provisional_response),
		T(an_answer_overtakes_the_cancel),
		T(of_a_fork_the_first_wins),
		T(identity_is_asserted_or_hidden),
		T(who_passed_on_is_told_as_asked),
		T(nothing_from_above_ends_a_line),
		T(a_trunk_is_called_by_uri_and_signs_in_once),
		T(a_called_trunk_behind_nat_gets_its_bye),
		T(a_calling_trunk_behind_nat_gets_its_bye),
		T(a_trunk_that_answers_at_once_may_hang_up),
		T(a_trunk_that_moves_gets_its_bye_there),
		T(one_device_cannot_ring_without_end),
		T(credentials_go_to_their_realm_only),
		T(a_longer_session_is_tried_once),
		T(handles_may_be_dropped_anywhere),
		T(handles_outlive_the_stack),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
