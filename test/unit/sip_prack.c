/**
 * @file sip_prack.c  Reliable provisional responses, both directions
 */
#include "sip_dialog_rig.h"

#define RELIABLE "Supported: 100rel\r\n"

static char rack[128];

static const char *rack_of(const struct phone *p)
{
	(void)snprintf(rack, sizeof(rack), "RAck: %s %u INVITE\r\n",
		       phone_between(p, "RSeq: ", "\r\n"), talk.cseq);
	return rack;
}

static void a_183_is_repeated_until_its_prack(void **state)
{
	call_in(&peer, RELIABLE, SDP_A);
	assert_int_equal(dialog_ring(own.d, 183, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 183);
	assert_true(phone_has(&peer, "Require: 100rel"));
	pass(SIP_T1);
	expect_code(&peer, 183);
	pass(2 * SIP_T1);
	expect_code(&peer, 183);
	talk_learn(&peer);
	talk_ask(&peer, "PRACK", talk.cseq + 1, rack_of(&peer), NULL);
	expect_code(&peer, 200);
	clock_advance(8000);
	expect_silence(&peer, 50);
	/* the answer was given: not again in the 200 */
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 200);
	assert_true(phone_has(&peer, "Content-Length: 0\r\n"));
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
	settle();
	assert_int_equal(own.closes, 0);
}

static void an_answer_waits_for_the_prack(void **state)
{
	call_in(&peer, RELIABLE, SDP_A);
	assert_int_equal(dialog_ring(own.d, 183, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 183);
	talk_learn(&peer);
	(void)rack_of(&peer);
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
	expect_silence(&peer, 50);
	talk_ask(&peer, "PRACK", talk.cseq + 1, rack, NULL);
	assert_int_equal(phone_wait(&peer, 2000), 200);
	assert_true(phone_has(&peer, "PRACK\r\n"));
	assert_int_equal(phone_wait(&peer, 2000), 200);
	assert_true(phone_has(&peer, "INVITE\r\n"));
}

static void one_after_the_other(void **state)
{
	char first[128];

	call_in(&peer, RELIABLE, SDP_A);
	assert_int_equal(dialog_ring(own.d, 180, NULL, 0), 0);
	expect_code(&peer, 180);
	(void)snprintf(first, sizeof(first), "%s", rack_of(&peer));
	talk_learn(&peer);
	assert_int_equal(dialog_ring(own.d, 182, NULL, 0), 0);
	assert_int_equal(dialog_ring(own.d, 183, SDP_B, strlen(SDP_B)), 0);
	expect_silence(&peer, 50);
	talk_ask(&peer, "PRACK", talk.cseq + 1, first, NULL);
	expect_code(&peer, 200);
	expect_code(&peer, 183); /* the newest */
	assert_string_not_equal(rack_of(&peer), first);
	/* the old one does not count any more */
	talk_ask(&peer, "PRACK", talk.cseq + 2, first, NULL);
	expect_code(&peer, 481);
	talk_ask(&peer, "PRACK", talk.cseq + 3, "RAck: rubbish\r\n", NULL);
	expect_code(&peer, 481);
	talk_ask(&peer, "PRACK", talk.cseq + 4, rack, NULL);
	expect_code(&peer, 200);
}

static void without_a_prack_the_call_is_refused(void **state)
{
	call_in(&peer, RELIABLE, SDP_A);
	assert_int_equal(dialog_ring(own.d, 183, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 183);
	own.drop_in_close = true;
	pass(33000);
	expect_code(&peer, 504);
	assert_int_equal(own.closes, 1);
}

static void a_180_that_waits_does_not_hold_the_answer_up(void **state)
{
	call_in(&peer, RELIABLE, SDP_A);
	assert_int_equal(dialog_ring(own.d, 180, NULL, 0), 0);
	expect_code(&peer, 180);
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 200);
	assert_true(phone_has(&peer, "m=audio 6000"));
}

static void an_offer_of_ours_is_answered_in_the_prack(void **state)
{
	call_in(&peer, RELIABLE, NULL);
	assert_int_equal(dialog_ring(own.d, 183, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 183);
	assert_true(phone_has(&peer, "m=audio 6000"));
	talk_learn(&peer);
	talk_ask(&peer, "PRACK", talk.cseq + 1, rack_of(&peer), SDP_A);
	expect_code(&peer, 200);
	assert_int_equal(own.agreed, 1);
	assert_string_equal(own.sdp, SDP_A);
	assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 200);
	talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
	settle();
	assert_int_equal(own.closes, 0);
	assert_true(dialog_confirmed(own.d));
}

static void an_unreliable_ringing_carries_no_offer_of_ours(void **state)
{
	call_in(&peer, "", NULL);
	assert_int_equal(dialog_ring(own.d, 183, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 183);
	assert_true(phone_has(&peer, "Content-Length: 0\r\n"));
}

static void a_new_offer_in_the_prack(void **state)
{
	call_in(&peer, RELIABLE, SDP_A);
	assert_int_equal(dialog_ring(own.d, 183, SDP_B, strlen(SDP_B)), 0);
	expect_code(&peer, 183);
	talk_learn(&peer);
	own.accept = SDP_B2;
	talk_ask(&peer, "PRACK", talk.cseq + 1, rack_of(&peer), SDP_A2);
	expect_code(&peer, 200);
	assert_true(phone_has(&peer, "a=recvonly"));
	assert_int_equal(own.offers, 1);
}

static void we_acknowledge_theirs(void **state)
{
	char invite[RIG_SIZE];

	call_out(&peer);
	assert_true(phone_has(&peer, "100rel"));
	memcpy(invite, peer.text, peer.size + 1);
	talk_answer_to(&peer, invite, 183, "peer1",
		       with_contact(&peer, "Require: 100rel\r\nRSeq: 7\r\n"), SDP_B);
	expect(&peer, "PRACK");
	assert_true(phone_has(&peer, "RAck: 7 "));
	assert_true(phone_has(&peer, " INVITE\r\n"));
	assert_true(phone_has(&peer, ";tag=peer1"));
	talk_answer(&peer, 200, NULL, NULL, NULL);
	settle();
	assert_int_equal(own.rings, 1);
	/* repeated, or out of order: no effect */
	talk_answer_to(&peer, invite, 183, "peer1",
		       with_contact(&peer, "Require: 100rel\r\nRSeq: 7\r\n"), SDP_B);
	talk_answer_to(&peer, invite, 180, "peer1",
		       with_contact(&peer, "Require: 100rel\r\nRSeq: 9\r\n"), NULL);
	expect_silence(&peer, 50);
	assert_int_equal(own.rings, 1);
	talk_answer_to(&peer, invite, 180, "peer1",
		       with_contact(&peer, "Require: 100rel\r\nRSeq: 8\r\n"), NULL);
	expect(&peer, "PRACK");
	talk_answer(&peer, 200, NULL, NULL, NULL);
	/* each early dialog counts for itself */
	talk_answer_to(&peer, invite, 180, "peer2",
		       with_contact(&peer, "Require: 100rel\r\nRSeq: 100\r\n"), NULL);
	expect(&peer, "PRACK");
	assert_true(phone_has(&peer, ";tag=peer2"));
	talk_answer(&peer, 200, NULL, NULL, NULL);
	talk_answer_to(&peer, invite, 200, "peer1", with_contact(&peer, ""), NULL);
	expect(&peer, "ACK");
	assert_int_equal(own.rings, 3);
	assert_int_equal(own.answers, 1);
	assert_string_equal(own.sdp, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_183_is_repeated_until_its_prack),
		T(an_answer_waits_for_the_prack),
		T(one_after_the_other),
		T(without_a_prack_the_call_is_refused),
		T(a_180_that_waits_does_not_hold_the_answer_up),
		T(an_offer_of_ours_is_answered_in_the_prack),
		T(an_unreliable_ringing_carries_no_offer_of_ours),
		T(a_new_offer_in_the_prack),
		T(we_acknowledge_theirs),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
