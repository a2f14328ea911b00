/**
 * @file sip_modify.c  re-INVITE and UPDATE, both directions; collisions; names after a transfer
 */
#include "sip_dialog_rig.h"

#define UPDATES "Allow: INVITE, ACK, BYE, CANCEL, UPDATE\r\n"

static void they_hold_and_resume(void **state)
{
	call_in_up(&peer, "");
	own.accept = SDP_B2;
	talk_ask(&peer, "INVITE", ++talk.cseq, with_contact(&peer, ""), SDP_A2);
	expect_code(&peer, 200);
	assert_true(phone_has(&peer, "a=recvonly"));
	assert_int_equal(own.offers, 1);
	assert_string_equal(own.sdp, SDP_A2);
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
	settle();
	own.accept = SDP_B;
	talk_ask(&peer, "INVITE", ++talk.cseq, with_contact(&peer, ""), SDP_A);
	expect_code(&peer, 200);
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
	settle();
	assert_int_equal(own.offers, 2);
	clock_advance(33000);
	expect_silence(&peer, 50);
	assert_int_equal(own.closes, 0);
}

static void the_owner_may_take_its_time(void **state)
{
	call_in_up(&peer, "");
	talk_ask(&peer, "INVITE", ++talk.cseq, with_contact(&peer, ""), SDP_A2);
	assert_int_equal(phone_wait(&peer, 2000), 100);
	/* another offer meanwhile: not yet */
	talk_ask(&peer, "UPDATE", ++talk.cseq, with_contact(&peer, ""), SDP_A);
	expect_code(&peer, 500);
	assert_true(phone_has(&peer, "Retry-After:"));
	assert_int_equal(dialog_accept(own.d, SDP_B2, strlen(SDP_B2)), 0);
	expect_code(&peer, 200);
	assert_int_equal(dialog_accept(own.d, SDP_B2, strlen(SDP_B2)), ENOENT);
	assert_int_equal(dialog_refuse(own.d, 488), ENOENT);
	talk_ask(&peer, "ACK", talk.cseq - 1, NULL, NULL);
	settle();
	clock_advance(40000);
	expect_silence(&peer, 50);
}

static void a_refused_change_changes_nothing(void **state)
{
	call_in_up(&peer, "");
	talk_ask(&peer, "INVITE", ++talk.cseq, with_contact(&peer, ""), SDP_A2);
	assert_int_equal(phone_wait(&peer, 2000), 100);
	assert_int_equal(dialog_refuse(own.d, 200), EINVAL);
	assert_int_equal(dialog_refuse(own.d, 488), 0);
	expect_code(&peer, 488);
	talk_same(&peer, "ACK", "");
	settle();
	assert_true(dialog_confirmed(own.d));
	clock_advance(40000);
	expect_silence(&peer, 50);
}

static void what_is_repeated_is_answered_without_the_owner(void **state)
{
	call_in_up(&peer, "");
	talk_ask(&peer, "INVITE", ++talk.cseq, with_contact(&peer, ""), SDP_A);
	expect_code(&peer, 200);
	assert_non_null(strstr(peer.text, SDP_B));
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
	settle();
	talk_ask(&peer, "UPDATE", ++talk.cseq, with_contact(&peer, ""), SDP_A);
	expect_code(&peer, 200);
	assert_non_null(strstr(peer.text, SDP_B));
	talk_ask(&peer, "UPDATE", ++talk.cseq, with_contact(&peer, ""), NULL);
	expect_code(&peer, 200);
	assert_true(phone_has(&peer, "Content-Length: 0\r\n"));
	assert_int_equal(own.offers, 0);
}

static void a_reinvite_without_an_offer_asks_for_ours(void **state)
{
	call_in_up(&peer, "");
	own.accept = SDP_B2;
	talk_ask(&peer, "INVITE", ++talk.cseq, with_contact(&peer, ""), NULL);
	expect_code(&peer, 200);
	assert_int_equal(own.offers, 1);
	assert_string_equal(own.sdp, "");
	assert_non_null(strstr(peer.text, SDP_B2));
	/* ours is open until the ACK: no offer of theirs now */
	talk_ask(&peer, "UPDATE", ++talk.cseq, with_contact(&peer, ""), SDP_A2);
	expect_code(&peer, 491);
	talk_ask(&peer, "ACK", talk.cseq - 1, NULL, SDP_A2);
	settle();
	assert_int_equal(own.agreed, 1);
	assert_string_equal(own.sdp, SDP_A2);
}

static void a_change_by_update(void **state)
{
	call_in_up(&peer, "");
	own.accept = SDP_B2;
	talk_ask(&peer, "UPDATE", ++talk.cseq, with_contact(&peer, ""), SDP_A2);
	expect_code(&peer, 200);
	assert_int_equal(own.offers, 1);
	assert_true(phone_has(&peer, "a=recvonly"));
	clock_advance(33000);
	expect_silence(&peer, 50);
}

static void a_change_that_cannot_be_read(void **state)
{
	call_in_up(&peer, "");
	talk_ask(&peer, "INVITE", ++talk.cseq, with_contact(&peer, ""), "rubbish");
	expect_code(&peer, 400);
	talk_same(&peer, "ACK", "");
	talk_ask(&peer, "UPDATE", ++talk.cseq, with_contact(&peer, "Content-Type: text/plain\r\n"),
		 "x");
	expect_code(&peer, 415);
	assert_true(phone_has(&peer, "Accept: application/sdp"));
	talk_ask(&peer, "UPDATE", ++talk.cseq,
		 with_contact(&peer, "Supported: timer\r\nSession-Expires: 60\r\n"), NULL);
	expect_code(&peer, 422);
	assert_true(phone_has(&peer, "Min-SE: 90"));
	assert_int_equal(own.offers, 0);
	assert_true(dialog_confirmed(own.d));
}

static void a_lost_ack_of_a_reinvite_ends_the_call(void **state)
{
	call_in_up(&peer, "");
	own.accept = SDP_B2;
	talk_ask(&peer, "INVITE", ++talk.cseq, with_contact(&peer, ""), SDP_A2);
	expect_code(&peer, 200);
	pass(SIP_T1);
	expect_code(&peer, 200);
	pass(33000);
	expect(&peer, "BYE");
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_TIMEOUT);
}

static void we_hold_and_resume(void **state)
{
	call_out_up(&peer, "");
	assert_int_equal(dialog_offer(own.d, SDP_A2, strlen(SDP_A2)), 0);
	expect(&peer, "INVITE");
	assert_true(phone_has(&peer, "a=sendonly"));
	assert_true(phone_has(&peer, ";tag=peer1"));
	talk_answer(&peer, 200, NULL, with_contact(&peer, ""), SDP_B2);
	expect(&peer, "ACK");
	assert_int_equal(own.agreed, 1);
	assert_int_equal(own.agreed_code, 200);
	assert_string_equal(own.sdp, SDP_B2);
}

static void the_caller_too_may_be_offered_a_change(void **state)
{
	call_in_up(&peer, "");
	assert_int_equal(dialog_offer(own.d, SDP_B2, strlen(SDP_B2)), 0);
	expect(&peer, "INVITE");
	assert_true(phone_has(&peer, "From: <sip:1001@northwind.localhost>;tag="));
	talk_answer(&peer, 488, NULL, NULL, NULL);
	expect(&peer, "ACK");
	assert_int_equal(own.agreed, 1);
	assert_int_equal(own.agreed_code, 488);
	assert_true(dialog_confirmed(own.d));
}

static void of_several_offers_the_newest_is_sent(void **state)
{
	char first[RIG_SIZE];

	call_out_up(&peer, "");
	assert_int_equal(dialog_offer(own.d, SDP_A2, strlen(SDP_A2)), 0);
	expect(&peer, "INVITE");
	memcpy(first, peer.text, peer.size + 1);
	assert_int_equal(dialog_offer(own.d, SDP_A2, strlen(SDP_A2)), 0);
	assert_int_equal(dialog_offer(own.d, SDP_A, strlen(SDP_A)), 0);
	expect_silence(&peer, 50);
	talk_answer_to(&peer, first, 200, NULL, with_contact(&peer, ""), SDP_B2);
	expect(&peer, "ACK");
	expect(&peer, "INVITE");
	assert_false(phone_has(&peer, "sendonly"));
	talk_answer(&peer, 200, NULL, with_contact(&peer, ""), SDP_B);
	expect(&peer, "ACK");
	assert_int_equal(own.agreed, 2);
	expect_silence(&peer, 50);
}

static void both_at_once(void **state)
{
	char ours[RIG_SIZE];

	call_out_up(&peer, "");
	assert_int_equal(dialog_offer(own.d, SDP_A2, strlen(SDP_A2)), 0);
	expect(&peer, "INVITE");
	memcpy(ours, peer.text, peer.size + 1);
	talk_ask(&peer, "INVITE", ++talk.cseq, with_contact(&peer, ""), SDP_B2);
	expect_code(&peer, 491);
	talk_same(&peer, "ACK", "");
	talk_answer_to(&peer, ours, 491, NULL, NULL, NULL);
	expect(&peer, "ACK");
	settle();
	assert_int_equal(own.agreed, 0);
	/* the Call-ID is ours: 2.1 s at least, 4 s at most */
	clock_advance(2000);
	expect_silence(&peer, 50);
	clock_advance(2000);
	expect(&peer, "INVITE");
	assert_true(phone_has(&peer, "a=sendonly"));
	talk_answer(&peer, 200, NULL, with_contact(&peer, ""), SDP_B2);
	expect(&peer, "ACK");
	assert_int_equal(own.agreed, 1);
}

/* Sent later it would undo what the answer said: somebody would stay on hold */
static void our_answer_outdates_an_offer_that_waits(void **state)
{
	char ours[RIG_SIZE];

	call_out_up(&peer, "");
	assert_int_equal(dialog_offer(own.d, SDP_A2, strlen(SDP_A2)), 0);
	expect(&peer, "INVITE");
	memcpy(ours, peer.text, peer.size + 1);
	talk_answer_to(&peer, ours, 491, NULL, NULL, NULL);
	expect(&peer, "ACK");
	own.accept = SDP_A;
	talk_ask(&peer, "INVITE", ++talk.cseq, with_contact(&peer, ""), SDP_B2);
	expect_code(&peer, 200);
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
	settle();
	assert_int_equal(own.offers, 1);
	clock_advance(5000);
	expect_silence(&peer, 50);
}

static void their_call_id_means_we_try_again_soon(void **state)
{
	call_in_up(&peer, "");
	assert_int_equal(dialog_offer(own.d, SDP_B2, strlen(SDP_B2)), 0);
	expect(&peer, "INVITE");
	talk_answer(&peer, 491, NULL, NULL, NULL);
	expect(&peer, "ACK");
	clock_advance(2000);
	expect(&peer, "INVITE");
}

static void a_change_nobody_answers_ends_the_call(void **state)
{
	call_out_up(&peer, "");
	assert_int_equal(dialog_offer(own.d, SDP_A2, strlen(SDP_A2)), 0);
	expect(&peer, "INVITE");
	own.drop_in_close = true;
	pass(33000);
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_TIMEOUT);
}

static void an_unknown_dialog_ends_the_call(void **state)
{
	call_out_up(&peer, "");
	assert_int_equal(dialog_offer(own.d, SDP_A2, strlen(SDP_A2)), 0);
	expect(&peer, "INVITE");
	talk_answer(&peer, 481, NULL, NULL, NULL);
	expect(&peer, "ACK");
	settle();
	assert_int_equal(own.closes, 1);
}

static void a_new_target_is_used(void **state)
{
	char contact[128];

	call_in_up(&peer, "");
	own.accept = SDP_B2;
	(void)snprintf(contact, sizeof(contact), "Contact: <sip:moved@127.0.0.1:%u>\r\n",
		       peer.port);
	talk_ask(&peer, "INVITE", ++talk.cseq, contact, SDP_A2);
	expect_code(&peer, 200);
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
	settle();
	own_drop();
	expect(&peer, "BYE");
	assert_int_equal(strncmp(peer.text, "BYE sip:moved@", 14), 0);
}

static void a_refused_change_moves_no_target(void **state)
{
	char contact[128];

	call_in_up(&peer, "");
	(void)snprintf(contact, sizeof(contact), "Contact: <sip:moved@127.0.0.1:%u>\r\n",
		       peer.port);
	talk_ask(&peer, "INVITE", ++talk.cseq, contact, SDP_A2);
	assert_int_equal(phone_wait(&peer, 2000), 100);
	assert_int_equal(dialog_refuse(own.d, 488), 0);
	expect_code(&peer, 488);
	talk_same(&peer, "ACK", "");
	settle();
	own_drop();
	expect(&peer, "BYE");
	assert_int_equal(strncmp(peer.text, "BYE sip:peer@", 13), 0);
}

/* From the world an address of an inner network leads nowhere; inside it, it does */
static void a_gateway_behind_nat_names_an_address_of_no_use(void **state)
{
	static const struct {
		const char *target, *src;
		bool misleads;
	} row[] = {
		{"sip:gw@10.1.2.3:5060", "203.0.113.5", true},
		{"sip:gw@172.31.0.1", "203.0.113.5", true},
		{"sip:gw@172.32.0.1", "203.0.113.5", false},
		{"sip:gw@192.168.0.9", "192.168.0.1", false},
		{"sip:gw@100.64.0.9", "198.51.100.1", true},
		{"sip:gw@169.254.3.3", "198.51.100.1", true},
		{"sip:gw@127.0.0.1", "192.168.0.1", true},
		{"sip:gw@127.0.0.1", "127.0.0.1", false},
		{"sip:gw@0.0.0.0", "127.0.0.1", true},
		{"sip:gw@[fd00::1]", "2001:db8::1", true},
		{"sip:gw@[2001:db8::2]", "2001:db8::1", false},
		{"sip:gw@gateway.example", "203.0.113.5", false},
		{"sip:gw@198.51.100.7", "10.0.0.1", false},
	};
	struct sa src;

	for (size_t i = 0; i < COUNT(row); i++) {
		assert_int_equal(sa_set_str(&src, row[i].src, 5060), 0);
		assert_int_equal(contact_misleads(row[i].target, &src), row[i].misleads);
	}
}

static void a_name_is_told_by_update(void **state)
{
	const struct dialog_identity who = {
		.name = "Tom", .user = "1002", .domain = "northwind.localhost", .asserted = true};

	call_in_up(&peer, UPDATES);
	assert_int_equal(dialog_update_identity(own.d, &who, SDP_B, strlen(SDP_B)), 0);
	expect(&peer, "UPDATE");
	assert_true(
		phone_has(&peer, "P-Asserted-Identity: \"Tom\" <sip:1002@northwind.localhost>"));
	assert_true(phone_has(&peer, "Remote-Party-ID: \"Tom\" <sip:1002@northwind.localhost>;"
				     "party=called"));
	assert_true(phone_has(&peer, "Content-Length: 0\r\n"));
	talk_answer(&peer, 200, NULL, with_contact(&peer, ""), NULL);
	settle();
	assert_int_equal(own.agreed, 0);
	assert_int_equal(own.closes, 0);
}

static void a_name_is_told_by_reinvite(void **state)
{
	const struct dialog_identity who = {
		.name = "Tom", .user = "1002", .domain = "northwind.localhost", .asserted = true};

	call_in_up(&peer, "Allow: INVITE, BYE\r\n");
	assert_int_equal(dialog_update_identity(own.d, &who, SDP_B, strlen(SDP_B)), 0);
	expect(&peer, "INVITE");
	assert_true(
		phone_has(&peer, "P-Asserted-Identity: \"Tom\" <sip:1002@northwind.localhost>"));
	assert_non_null(strstr(peer.text, SDP_B));
	talk_answer(&peer, 200, NULL, with_contact(&peer, ""), SDP_A);
	expect(&peer, "ACK");
	/* told once */
	assert_int_equal(dialog_offer(own.d, SDP_B2, strlen(SDP_B2)), 0);
	expect(&peer, "INVITE");
	assert_false(phone_has(&peer, "P-Asserted-Identity"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(they_hold_and_resume),
		T(the_owner_may_take_its_time),
		T(a_refused_change_changes_nothing),
		T(what_is_repeated_is_answered_without_the_owner),
		T(a_reinvite_without_an_offer_asks_for_ours),
		T(a_change_by_update),
		T(a_change_that_cannot_be_read),
		T(a_lost_ack_of_a_reinvite_ends_the_call),
		T(we_hold_and_resume),
		T(the_caller_too_may_be_offered_a_change),
		T(of_several_offers_the_newest_is_sent),
		T(both_at_once),
		T(our_answer_outdates_an_offer_that_waits),
		T(their_call_id_means_we_try_again_soon),
		T(a_change_nobody_answers_ends_the_call),
		T(an_unknown_dialog_ends_the_call),
		T(a_new_target_is_used),
		T(a_refused_change_moves_no_target),
		cmocka_unit_test(a_gateway_behind_nat_names_an_address_of_no_use),
		T(a_name_is_told_by_update),
		T(a_name_is_told_by_reinvite),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
