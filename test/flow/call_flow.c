/**
 * @file call_flow.c  Calls on fake phones: who rings, who answers, who hears whom, what is recorded
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "fake/fake.h"

static void nobody_is_left(void)
{
	assert_int_equal(fake_live(), 0);
	assert_int_equal(fake_streams(), 0);
	assert_true(list_isempty(exchange_calls(world.x)));
	assert_int_equal(world.started, world.ended);
}

static struct fake *maya_calls_tom(struct fake **tom)
{
	struct fake *maya;

	fake_register(world.northwind->id, "1002", "Yealink", false);
	maya = fake_invite("1001", "1002");
	assert_int_equal(fake_out_count(), 1);
	*tom = fake_out(0);
	return maya;
}

static struct fake *maya_talks_to_tom(struct fake **tom)
{
	struct fake *maya = maya_calls_tom(tom);

	fake_ring(*tom);
	fake_answer(*tom);
	assert_true(maya->answered);
	assert_ptr_equal(fake_hears(maya), *tom);
	assert_ptr_equal(fake_hears(*tom), maya);
	return maya;
}

static void test_answered_and_hung_up(void **state)
{
	struct fake *tom, *maya = maya_calls_tom(&tom);

	assert_string_equal(tom->to.from.name, "Maya Chen");
	assert_string_equal(tom->to.from.user, "1001");
	fake_ring(tom);
	assert_int_equal(maya->rang, 180);
	assert_false(maya->answered);
	fake_run(5000);
	fake_answer(tom);
	assert_ptr_equal(fake_hears(maya), tom);
	fake_run(60000);
	fake_hangup(tom);
	assert_true(maya->hungup);
	assert_int_equal(world.last->result, CDR_answered);
	assert_in_range(world.last->billed_ms, 60000, 60200);
	assert_string_equal(world.last->answered_by.name, "Tom Becker");
	assert_int_equal(world.last->leg_count, 2);
	nobody_is_left();
}

static void test_caller_cancels(void **state)
{
	struct fake *tom, *maya = maya_calls_tom(&tom);

	fake_ring(tom);
	fake_hangup(maya);
	assert_true(tom->cancelled);
	assert_false(tom->elsewhere);
	assert_int_equal(world.last->result, CDR_cancelled);
	nobody_is_left();
}

static void test_busy(void **state)
{
	struct fake *tom, *maya = maya_calls_tom(&tom);

	fake_refuse(tom, 486);
	assert_int_equal(maya->final, 486);
	assert_int_equal(world.last->result, CDR_busy);
	assert_true(story_has("Busy"));
	nobody_is_left();
}

static void test_no_answer(void **state)
{
	struct fake *tom, *maya = maya_calls_tom(&tom);

	fake_ring(tom);
	fake_run(29000);
	assert_int_equal(maya->final, 0);
	fake_run(2000);
	assert_int_equal(maya->final, 480);
	assert_true(tom->cancelled);
	assert_int_equal(world.last->result, CDR_noanswer);
	nobody_is_left();
}

static void test_not_registered(void **state)
{
	struct fake *maya = fake_invite("1001", "1002");

	assert_int_equal(maya->final, 480);
	assert_true(story_has("no phone connected"));
	nobody_is_left();
}

static void test_unknown_number(void **state)
{
	struct fake *maya = fake_invite("1001", "4711");

	assert_int_equal(maya->final, 404);
	nobody_is_left();
}

static void test_first_device_wins(void **state)
{
	struct fake *maya, *desk, *browser;

	fake_register(world.northwind->id, "1002", "Desk", false);
	fake_register(world.northwind->id, "1002", "", true);
	maya = fake_invite("1001", "1002");
	assert_int_equal(fake_out_count(), 2);
	desk = fake_out(0);
	browser = fake_out(1);
	assert_non_null(strstr(browser->sdp, "UDP/TLS/RTP/SAVPF"));
	assert_null(strstr(desk->sdp, "SAVP"));
	fake_ring(desk);
	fake_ring(browser);
	fake_answer(desk);
	assert_true(browser->cancelled);
	assert_true(browser->elsewhere);
	assert_string_equal(browser->words, "Answered on Tom Becker (Desk)");
	assert_ptr_equal(fake_hears(maya), desk);
	fake_hangup(maya);
	assert_true(desk->hungup);
	nobody_is_left();
}

static void test_decline_is_for_all(void **state)
{
	struct fake *maya;

	fake_register(world.northwind->id, "1002", "Desk", false);
	fake_register(world.northwind->id, "1002", "Other", false);
	maya = fake_invite("1001", "1002");
	fake_ring(fake_out(0));
	fake_ring(fake_out(1));
	fake_refuse(fake_out(0), 603);
	assert_true(fake_out(1)->cancelled);
	assert_int_equal(fake_out(1)->cause, CAUSE_DECLINED);
	assert_string_equal(fake_out(1)->words, "Declined on Tom Becker (Desk)");
	assert_int_equal(maya->final, 603);
	nobody_is_left();
}

static void test_busy_on_one_device_only(void **state)
{
	struct fake *maya;

	fake_register(world.northwind->id, "1002", "Desk", false);
	fake_register(world.northwind->id, "1002", "Other", false);
	maya = fake_invite("1001", "1002");
	fake_refuse(fake_out(0), 486);
	assert_int_equal(maya->final, 0);
	fake_answer(fake_out(1));
	assert_true(maya->answered);
	fake_hangup(maya);
	nobody_is_left();
}

static void test_hold_plays_music(void **state)
{
	struct fake *tom, *maya = maya_talks_to_tom(&tom);

	fake_hold(maya, true);
	assert_string_equal(fake_hears_play(tom), "music");
	assert_null(fake_hears(maya));
	assert_non_null(strstr(maya->sdp, "recvonly"));
	assert_non_null(strstr(tom->sdp, "sendonly"));
	fake_hold(maya, false);
	assert_non_null(strstr(tom->sdp, "sendrecv"));
	assert_ptr_equal(fake_hears(tom), maya);
	assert_string_equal(fake_hears_play(tom), "");
	fake_hangup(maya);
	assert_true(story_has("on hold"));
	nobody_is_left();
}

static void test_hold_by_both(void **state)
{
	struct fake *tom, *maya = maya_talks_to_tom(&tom);

	fake_hold(maya, true);
	fake_hold(tom, true);
	assert_non_null(strstr(tom->sdp, "inactive"));
	fake_hold(tom, false);
	assert_non_null(strstr(tom->sdp, "sendonly")); /* he still waits for her */
	assert_string_equal(fake_hears_play(tom), "music");
	fake_hold(maya, false);
	assert_non_null(strstr(maya->sdp, "sendrecv"));
	assert_non_null(strstr(tom->sdp, "sendrecv"));
	assert_ptr_equal(fake_hears(tom), maya);
	assert_ptr_equal(fake_hears(maya), tom);
	fake_hangup(maya);
	nobody_is_left();
}

static void test_the_longest_call(void **state)
{
	struct fake *tom, *maya = maya_talks_to_tom(&tom);

	fake_run(14400000 - 1000);
	assert_false(tom->hungup);
	fake_run(2000);
	assert_true(maya->hungup);
	assert_true(tom->hungup);
	assert_int_equal(tom->cause, CAUSE_TOO_LONG);
	assert_int_equal(world.last->result, CDR_answered);
	nobody_is_left();
}

/* RFC 8842 section 5.5: what a later offer leaves open does not turn the roles around */
static void test_dtls_roles_stay(void **state)
{
	static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
				  "c=IN IP4 127.0.0.1\r\nt=0 0\r\n"
				  "m=audio 40000 UDP/TLS/RTP/SAVPF 0\r\n"
				  "a=rtpmap:0 PCMU/8000\r\na=rtcp-mux\r\na=ice-ufrag:abcd\r\n"
				  "a=ice-pwd:abcdabcdabcdabcdabcdabcd\r\na=fingerprint:sha-256 "
				  "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
				  "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n"
				  "a=setup:%s\r\na=%s\r\n";
	struct fake *maya, *browser;
	char text[1024];

	fake_register(world.northwind->id, "1002", "", true);
	maya = fake_invite("1001", "1002");
	browser = fake_out(0);
	assert_non_null(strstr(browser->sdp, "a=setup:actpass"));
	snprintf(text, sizeof(text), sdp, "passive", "sendrecv");
	fake_answer_with(browser, text);
	assert_true(maya->answered);
	snprintf(text, sizeof(text), sdp, "actpass", "sendonly");
	fake_offer(browser, text);
	assert_non_null(strstr(browser->sdp, "a=setup:active"));
	fake_hangup(maya);
	nobody_is_left();
}

static void test_blind_transfer(void **state)
{
	struct fake *tom, *priya, *maya = maya_talks_to_tom(&tom);

	fake_register(world.northwind->id, "1003", "Desk", false);
	fake_refer(tom, "1003", NULL);
	assert_int_equal(tom->refer_code, 202);
	priya = fake_out(1);
	assert_string_equal(priya->to.from.name, "Maya Chen");
	fake_ring(priya);
	assert_string_equal(fake_hears_play(maya), "tone:ring");
	fake_answer(priya);
	assert_int_equal(tom->notify_code, 200);
	assert_true(tom->notify_final);
	assert_ptr_equal(fake_hears(maya), priya);
	assert_string_equal(maya->identity, "Priya Raman");
	fake_run(3000);
	assert_true(tom->hungup);
	assert_ptr_equal(fake_hears(maya), priya);
	fake_hangup(priya);
	assert_true(maya->hungup);
	assert_true(story_has("transferred"));
	nobody_is_left();
}

static void test_blind_transfer_when_the_asker_leaves_at_once(void **state)
{
	struct fake *tom, *maya = maya_talks_to_tom(&tom);

	fake_register(world.northwind->id, "1003", "Desk", false);
	fake_refer(tom, "1003", NULL);
	fake_hangup(tom);
	assert_false(maya->hungup);
	fake_answer(fake_out(1));
	assert_ptr_equal(fake_hears(maya), fake_out(1));
	fake_hangup(maya);
	nobody_is_left();
}

static void test_blind_transfer_by_the_caller(void **state)
{
	struct fake *tom, *maya = maya_talks_to_tom(&tom);

	fake_register(world.northwind->id, "1003", "Desk", false);
	fake_refer(maya, "1003", NULL);
	fake_hangup(maya);
	assert_string_equal(fake_out(1)->to.from.name, "Tom Becker");
	fake_answer(fake_out(1));
	assert_ptr_equal(fake_hears(tom), fake_out(1));
	fake_hangup(tom);
	nobody_is_left();
}

static void test_failed_transfer_comes_back(void **state)
{
	struct fake *tom, *maya = maya_talks_to_tom(&tom);

	fake_register(world.northwind->id, "1003", "Desk", false);
	fake_refer(tom, "1003", NULL);
	fake_refuse(fake_out(1), 486);
	assert_int_equal(tom->notify_code, 486);
	assert_ptr_equal(fake_hears(maya), tom);
	assert_ptr_equal(fake_hears(tom), maya);
	fake_hangup(maya);
	assert_true(tom->hungup);
	nobody_is_left();
}

static void test_a_refusal_crossed_by_the_askers_bye_calls_it_back(void **state)
{
	struct fake *tom, *maya = maya_talks_to_tom(&tom);

	fake_register(world.northwind->id, "1003", "Desk", false);
	fake_refer(tom, "1003", NULL);
	fake_ring(fake_out(1));
	tom->notify_lost = true;
	fake_refuse(fake_out(1), 486);
	fake_hangup(tom);
	assert_false(maya->hungup);
	assert_string_equal(fake_out(2)->to.to_user, "1002");
	fake_answer(fake_out(2));
	assert_ptr_equal(fake_hears(maya), fake_out(2));
	fake_hangup(maya);
	assert_true(story_has("calling 1002 back"));
	nobody_is_left();
}

static void test_who_got_its_caller_back_may_hang_up(void **state)
{
	struct fake *tom, *maya = maya_talks_to_tom(&tom);

	fake_register(world.northwind->id, "1003", "Desk", false);
	fake_refer(tom, "1003", NULL);
	fake_ring(fake_out(1));
	fake_refuse(fake_out(1), 486);
	fake_hangup(tom);
	assert_true(maya->hungup);
	nobody_is_left();
}

static void test_failed_transfer_to_an_asker_who_is_gone_for_good_hears_busy(void **state)
{
	struct fake *tom, *maya = maya_talks_to_tom(&tom);

	tom->notify_lost = true;
	fake_refer(tom, "1004", NULL);
	fake_hangup(tom);
	fake_refuse(fake_out(1), 486);
	assert_false(maya->hungup);
	assert_string_equal(fake_hears_play(maya), "tone:busy");
	fake_run(10000);
	assert_true(maya->hungup);
	nobody_is_left();
}

static void test_transfer_to_nowhere_changes_nothing(void **state)
{
	struct fake *tom, *maya = maya_talks_to_tom(&tom);

	fake_refer(tom, "4711", NULL);
	assert_int_equal(tom->notify_code, 404);
	assert_ptr_equal(fake_hears(maya), tom);
	fake_hangup(maya);
	nobody_is_left();
}

static void test_attended_transfer(void **state)
{
	struct fake *tom, *tom2, *priya, *maya = maya_talks_to_tom(&tom);

	fake_hold(tom, true);
	fake_register(world.northwind->id, "1003", "Desk", false);
	tom2 = fake_invite("1002", "1003");
	priya = fake_out(1);
	fake_answer(priya);
	assert_ptr_equal(fake_hears(tom2), priya);
	fake_refer(tom, "1003", tom2);
	assert_int_equal(world.last->leg_count, 2);
	assert_string_equal(world.last->legs[1].party.name, "Maya Chen");
	assert_true(tom->hungup);
	assert_true(tom2->hungup);
	assert_ptr_equal(fake_hears(maya), priya);
	assert_ptr_equal(fake_hears(priya), maya);
	assert_string_equal(maya->identity, "Priya Raman");
	assert_string_equal(priya->identity, "Maya Chen");
	fake_hangup(priya);
	assert_true(maya->hungup);
	nobody_is_left();
}

static void test_attended_transfer_while_it_rings(void **state)
{
	struct fake *tom, *tom2, *priya, *maya = maya_talks_to_tom(&tom);

	fake_register(world.northwind->id, "1003", "Desk", false);
	tom2 = fake_invite("1002", "1003");
	priya = fake_out(1);
	fake_ring(priya);
	fake_refer(tom, "1003", tom2);
	assert_string_equal(fake_hears_play(maya), "tone:ring");
	fake_answer(priya);
	assert_ptr_equal(fake_hears(maya), priya);
	fake_hangup(maya);
	nobody_is_left();
}

static void test_nobody_moves_a_strangers_call(void **state)
{
	struct fake *tom, *other, *maya = maya_talks_to_tom(&tom);

	fake_register(world.northwind->id, "1004", "Desk", false);
	other = fake_invite("1003", "1004");
	fake_answer(fake_out(1));
	fake_refer(tom, "1004", other);
	assert_int_equal(tom->refer_code, 481);
	assert_ptr_equal(fake_hears(other), fake_out(1));
	fake_hangup(maya);
	fake_hangup(other);
	nobody_is_left();
}

static void test_outside_call(void **state)
{
	struct fake *maya = fake_invite("1001", "+16285550177"), *out = fake_out(0);

	assert_string_equal(out->to.to_user, "+16285550177");
	assert_string_equal(out->to.from.user, "+14155550110");
	fake_ring_early(out);
	assert_int_equal(maya->rang, 183);
	assert_true(maya->early);
	assert_ptr_equal(fake_hears(maya), out);
	fake_answer(out);
	assert_true(maya->answered);
	fake_hangup(maya);
	assert_int_equal(world.last->dir, CDR_OUT);
	nobody_is_left();
}

static void test_a_carriers_no_is_told_as_it_is(void **state)
{
	struct fake *maya = fake_invite("1001", "+16285550177");

	fake_refuse(fake_out(0), 404);
	assert_int_equal(maya->final, 404);
	nobody_is_left();
}

static void test_did_rings_its_extension(void **state)
{
	struct fake *out;

	fake_register(world.northwind->id, "1001", "Desk", false);
	out = fake_invite_trunk("+12125550100", "+14155550110");
	assert_string_equal(fake_out(0)->to.from.user, "+12125550100");
	fake_answer(fake_out(0));
	assert_true(out->answered);
	fake_hangup(out);
	assert_int_equal(world.last->dir, CDR_IN);
	assert_int_equal(world.last->tenant, world.northwind->id);
	nobody_is_left();
}

static void test_unknown_did(void **state)
{
	struct fake *out = fake_invite_trunk("+12125550100", "+19995550000");

	assert_int_equal(out->final, 404);
	nobody_is_left();
}

static void test_silence_ends_the_call(void **state)
{
	struct fake *tom, *maya = maya_talks_to_tom(&tom);

	fake_silent_event(maya);
	assert_true(tom->hungup);
	assert_int_equal(world.last->cause, CAUSE_NO_MEDIA);
	nobody_is_left();
}

static void test_reloaded_page_takes_its_call_back(void **state)
{
	struct fake *tom, *again, *maya = maya_talks_to_tom(&tom);

	fake_lost(maya, true);
	fake_silence(maya, 3000);
	fake_run(1500);
	assert_string_equal(fake_hears_play(tom), "music");
	again = fake_invite_replaces("1001", maya);
	assert_true(again->answered);
	assert_ptr_equal(fake_hears(again), tom);
	assert_ptr_equal(fake_hears(tom), again);
	fake_run(60000);
	assert_false(tom->hungup);
	fake_hangup(tom);
	assert_true(again->hungup);
	nobody_is_left();
}

static void test_page_that_stays_away_ends_the_call(void **state)
{
	struct fake *tom, *maya = maya_talks_to_tom(&tom);

	fake_lost(maya, true);
	fake_silence(maya, 3000);
	fake_run(15000);
	assert_false(tom->hungup);
	fake_run(10000);
	assert_true(tom->hungup);
	assert_int_equal(world.last->cause, CAUSE_FLOW_LOST);
	nobody_is_left();
}

static void test_new_connection_with_audio_changes_nothing(void **state)
{
	struct fake *tom, *maya = maya_talks_to_tom(&tom);

	fake_lost(maya, true);
	fake_run(2000);
	fake_lost(maya, false);
	fake_run(60000);
	assert_ptr_equal(fake_hears(tom), maya);
	fake_hangup(maya);
	nobody_is_left();
}

static void test_nobody_takes_a_strangers_call_over(void **state)
{
	struct fake *tom, *thief, *maya = maya_talks_to_tom(&tom);

	thief = fake_invite_replaces("1003", maya);
	assert_int_equal(thief->final, 481);
	assert_ptr_equal(fake_hears(tom), maya);
	fake_hangup(maya);
	nobody_is_left();
}

static void test_too_long_a_call_ends(void **state)
{
	struct fake *tom, *maya = maya_talks_to_tom(&tom);

	fake_run(14400000);
	assert_true(maya->hungup);
	assert_true(tom->hungup);
	nobody_is_left();
}

static void test_shutdown_records_every_call(void **state)
{
	struct fake *tom;

	(void)maya_talks_to_tom(&tom);
	exchange_close(world.x);
	assert_true(tom->hungup);
	assert_int_equal(world.last->cause, CAUSE_SHUTDOWN);
	nobody_is_left();
}

static void test_echo(void **state)
{
	struct fake *maya = fake_invite("1001", "*43");

	assert_true(maya->answered);
	assert_string_equal(fake_hears_play(maya), "demo-echotest");
	fake_played(maya);
	assert_string_equal(fake_hears_play(maya), "echo:0");
	fake_hangup(maya);
	assert_int_equal(world.last->result, CDR_answered);
	nobody_is_left();
}

static void test_music(void **state)
{
	struct fake *maya = fake_invite("1001", "*9664");

	assert_string_equal(fake_hears_play(maya), "music");
	fake_hangup(maya);
	nobody_is_left();
}

static void test_unknown_code(void **state)
{
	assert_int_equal(fake_invite("1001", "*4711")->final, 404);
	nobody_is_left();
}

#define T(f) cmocka_unit_test_setup(f, world_reset)

/* Calls end here as they do where nobody takes messages. */
static int open_world(void **state)
{
	int err = world_setup(state);

	if (!err)
		world_mailboxes(false);
	return err;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_answered_and_hung_up),
		T(test_caller_cancels),
		T(test_busy),
		T(test_no_answer),
		T(test_not_registered),
		T(test_unknown_number),
		T(test_first_device_wins),
		T(test_decline_is_for_all),
		T(test_busy_on_one_device_only),
		T(test_hold_plays_music),
		T(test_hold_by_both),
		T(test_dtls_roles_stay),
		T(test_the_longest_call),
		T(test_blind_transfer),
		T(test_blind_transfer_when_the_asker_leaves_at_once),
		T(test_blind_transfer_by_the_caller),
		T(test_failed_transfer_comes_back),
		T(test_a_refusal_crossed_by_the_askers_bye_calls_it_back),
		T(test_who_got_its_caller_back_may_hang_up),
		T(test_failed_transfer_to_an_asker_who_is_gone_for_good_hears_busy),
		T(test_transfer_to_nowhere_changes_nothing),
		T(test_attended_transfer),
		T(test_attended_transfer_while_it_rings),
		T(test_nobody_moves_a_strangers_call),
		T(test_outside_call),
		T(test_a_carriers_no_is_told_as_it_is),
		T(test_did_rings_its_extension),
		T(test_unknown_did),
		T(test_silence_ends_the_call),
		T(test_reloaded_page_takes_its_call_back),
		T(test_page_that_stays_away_ends_the_call),
		T(test_new_connection_with_audio_changes_nothing),
		T(test_nobody_takes_a_strangers_call_over),
		T(test_too_long_a_call_ends),
		T(test_shutdown_records_every_call),
		T(test_echo),
		T(test_music),
		T(test_unknown_code),
	};

	return cmocka_run_group_tests_name("calls", tests, open_world, world_teardown);
}
