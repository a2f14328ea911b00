/**
 * @file sip_timer_session.c  Session timers: who refreshes, how, and what if nobody does
 */
#include "sip_dialog_rig.h"

#define UPDATES "Allow: INVITE, ACK, BYE, CANCEL, UPDATE\r\n"

static void we_refresh_by_update(void **state)
{
	call_out_up(&peer, UPDATES "Session-Expires: 100;refresher=uac\r\nRequire: timer\r\n");
	pass(49000);
	expect_silence(&peer, 50);
	for (unsigned i = 0; i < 3; i++) {
		clock_advance(i ? 50000 : 2000);
		expect(&peer, "UPDATE");
		assert_true(phone_has(&peer, "Session-Expires: 100;refresher=uac"));
		assert_true(phone_has(&peer, "Content-Length: 0\r\n"));
		talk_answer(&peer, 200, NULL,
			    with_contact(&peer, "Session-Expires: 100;refresher=uac\r\n"), NULL);
		settle();
	}
	assert_int_equal(own.closes, 0);
	assert_int_equal(own.agreed, 0);
}

static void we_refresh_by_reinvite(void **state)
{
	call_out_up(&peer, "Allow: INVITE, BYE\r\nSession-Expires: 100;refresher=uac\r\n");
	pass(51000);
	expect(&peer, "INVITE");
	assert_non_null(strstr(peer.text, SDP_A));
	talk_answer(&peer, 200, NULL, with_contact(&peer, "Session-Expires: 100;refresher=uac\r\n"),
		    SDP_B);
	expect(&peer, "ACK");
	pass(51000);
	expect(&peer, "INVITE");
	assert_int_equal(own.closes, 0);
}

static void a_peer_without_timers_is_watched_too(void **state)
{
	call_out_up(&peer, UPDATES);
	pass(901000);
	expect(&peer, "UPDATE");
}

static void a_refresh_nobody_answers_ends_the_call(void **state)
{
	call_out_up(&peer, UPDATES "Session-Expires: 100;refresher=uac\r\n");
	pass(51000);
	expect(&peer, "UPDATE");
	own.drop_in_close = true;
	pass(33000);
	expect(&peer, "BYE");
	assert_true(phone_has(&peer, "Reason: Q.850;cause=102"));
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_SESSION_EXPIRED);
	talk_answer(&peer, 200, NULL, NULL, NULL);
	settle();
}

static void a_peer_that_does_not_refresh_is_hung_up_on(void **state)
{
	call_out_up(&peer, "Session-Expires: 90;refresher=uas\r\nRequire: timer\r\n");
	pass(57000);
	assert_int_equal(own.closes, 0);
	pass(5000);
	expect(&peer, "BYE");
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_SESSION_EXPIRED);
}

static void a_peer_that_refreshes_keeps_the_call(void **state)
{
	call_in_up(&peer, "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n");
	for (unsigned i = 0; i < 4; i++) {
		pass(45000);
		talk_ask(&peer, "UPDATE", ++talk.cseq,
			 with_contact(&peer, "Supported: timer\r\nSession-Expires: "
					     "90;refresher=uac\r\n"),
			 NULL);
		expect_code(&peer, 200);
		assert_true(phone_has(&peer, "Session-Expires: 90;refresher=uac"));
		assert_true(phone_has(&peer, "Require: timer"));
	}
	assert_int_equal(own.closes, 0);
	own.drop_in_close = true;
	pass(62000);
	expect(&peer, "BYE");
	assert_int_equal(own.closes, 1);
}

static void the_answer_says_who_refreshes(void **state)
{
	static const struct {
		const char *asked, *told;
		bool require;
	} row[] = {
		{"Supported: timer\r\nSession-Expires: 1000\r\n", "1000;refresher=uas", false},
		{"Supported: timer\r\nSession-Expires: 1000;refresher=uac\r\n",
		 "1000;refresher=uac", true},
		{"Supported: timer\r\nSession-Expires: 1000;refresher=uas\r\n",
		 "1000;refresher=uas", false},
		{"Supported: timer\r\nSession-Expires: 9000\r\n", "1800;refresher=uas", false},
		{"Supported: timer\r\nSession-Expires: 9000\r\nMin-SE: 4000\r\n",
		 "9000;refresher=uas", false},
		{"Supported: timer\r\nMin-SE: 2000\r\n", "2000;refresher=uas", false},
		{"", "1800;refresher=uas", false},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		own.invites = 0;
		call_in(&peer, row[i].asked, SDP_A);
		assert_int_equal(dialog_answer(own.d, SDP_B, strlen(SDP_B)), 0);
		expect_code(&peer, 200);
		assert_string_equal(phone_between(&peer, "Session-Expires: ", "\r\n"), row[i].told);
		assert_int_equal(phone_has(&peer, "Require: timer"), row[i].require);
		talk_learn(&peer);
		talk_ask(&peer, "ACK", talk.cseq, NULL, NULL);
		settle();
		own_drop();
		expect(&peer, "BYE");
		talk_answer(&peer, 200, NULL, NULL, NULL);
		settle();
	}
}

static void an_update_they_do_not_know_becomes_a_reinvite(void **state)
{
	call_out_up(&peer, UPDATES "Session-Expires: 100;refresher=uac\r\n");
	pass(51000);
	expect(&peer, "UPDATE");
	talk_answer(&peer, 501, NULL, NULL, NULL);
	expect(&peer, "INVITE");
	talk_answer(&peer, 200, NULL, with_contact(&peer, "Session-Expires: 100\r\n"), SDP_B);
	expect(&peer, "ACK");
	assert_int_equal(own.closes, 0);
}

static void a_refresh_that_collides_or_is_too_short(void **state)
{
	call_out_up(&peer, UPDATES "Session-Expires: 100;refresher=uac\r\n");
	pass(51000);
	expect(&peer, "UPDATE");
	talk_answer(&peer, 491, NULL, NULL, NULL);
	settle();
	pass(4000);
	expect(&peer, "UPDATE");
	talk_answer(&peer, 422, NULL, "Min-SE: 500\r\n", NULL);
	expect(&peer, "UPDATE");
	assert_true(phone_has(&peer, "Session-Expires: 500;refresher=uac\r\nMin-SE: 500\r\n"));
	talk_answer(&peer, 200, NULL, with_contact(&peer, "Session-Expires: 500\r\n"), NULL);
	settle();
	assert_int_equal(own.closes, 0);
}

static void an_unknown_dialog_is_over(void **state)
{
	call_out_up(&peer, UPDATES "Session-Expires: 100;refresher=uac\r\n");
	pass(51000);
	expect(&peer, "UPDATE");
	talk_answer(&peer, 481, NULL, NULL, NULL);
	expect(&peer, "BYE");
	assert_int_equal(own.closes, 1);
	assert_int_equal(own.end.cause, CAUSE_SESSION_EXPIRED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(we_refresh_by_update),
		T(we_refresh_by_reinvite),
		T(a_peer_without_timers_is_watched_too),
		T(a_refresh_nobody_answers_ends_the_call),
		T(a_peer_that_does_not_refresh_is_hung_up_on),
		T(a_peer_that_refreshes_keeps_the_call),
		T(the_answer_says_who_refreshes),
		T(an_update_they_do_not_know_becomes_a_reinvite),
		T(a_refresh_that_collides_or_is_too_short),
		T(an_unknown_dialog_is_over),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
