/**
 * @file sip_refer.c  Transfers: REFER, its NOTIFYs, and whom Replaces means
 */
#include "sip_dialog_rig.h"

static void refer(const char *more)
{
	talk_ask(&peer, "REFER", ++talk.cseq, with_contact(&peer, more), NULL);
}

static void a_blind_transfer(void **state)
{
	call_in_up(&peer, "");
	refer("Refer-To: <sip:1003@northwind.localhost>\r\nReferred-By: <sip:1001@x>\r\n");
	settle();
	assert_int_equal(own.refers, 1);
	assert_string_equal(own.refer.user, "1003");
	assert_string_equal(own.refer.domain, "northwind.localhost");
	assert_string_equal(own.refer.replaces, "");
	assert_string_equal(own.refer.referred_by, "<sip:1001@x>");
	assert_false(own.refer.norefersub);
	assert_int_equal(dialog_refer_accept(own.d), 0);
	expect_code(&peer, 202);
	expect(&peer, "NOTIFY");
	assert_true(phone_has(&peer, "Event: refer\r\n"));
	assert_true(phone_has(&peer, "Subscription-State: active;expires="));
	assert_true(phone_has(&peer, "Content-Type: message/sipfrag"));
	assert_non_null(strstr(peer.text, "\r\n\r\nSIP/2.0 100 Trying\r\n"));
	talk_answer(&peer, 200, NULL, NULL, NULL);
	assert_int_equal(dialog_refer_notify(own.d, 180, false), 0);
	expect(&peer, "NOTIFY");
	assert_non_null(strstr(peer.text, "\r\n\r\nSIP/2.0 180 Ringing\r\n"));
	talk_answer(&peer, 200, NULL, NULL, NULL);
	assert_int_equal(dialog_refer_notify(own.d, 200, true), 0);
	expect(&peer, "NOTIFY");
	assert_true(phone_has(&peer, "Subscription-State: terminated;reason=noresource"));
	assert_non_null(strstr(peer.text, "\r\n\r\nSIP/2.0 200 OK\r\n"));
	talk_answer(&peer, 200, NULL, NULL, NULL);
	settle();
	assert_int_equal(dialog_refer_notify(own.d, 200, true), ENOENT);
	assert_int_equal(dialog_refer_accept(own.d), ENOENT);
}

static void the_second_has_an_id(void **state)
{
	char id[32];

	call_in_up(&peer, "");
	refer("Refer-To: <sip:1003@northwind.localhost>\r\n");
	settle();
	assert_int_equal(dialog_refer_reject(own.d, 603), 0);
	expect_code(&peer, 603);
	refer("Refer-To: <sip:1004@northwind.localhost>\r\n");
	settle();
	assert_int_equal(dialog_refer_accept(own.d), 0);
	expect(&peer, "NOTIFY");
	(void)snprintf(id, sizeof(id), "Event: refer;id=%u\r\n", talk.cseq);
	assert_true(phone_has(&peer, id));
	/* one at a time */
	refer("Refer-To: <sip:1005@northwind.localhost>\r\n");
	expect_code(&peer, 500);
	assert_int_equal(own.refers, 2);
}

static void replaces_is_unescaped(void **state)
{
	call_in_up(&peer, "");
	refer("Refer-To: <sip:1003@northwind.localhost?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>"
	      "\r\n");
	settle();
	assert_string_equal(own.refer.replaces, "a@b;to-tag=1;from-tag=2");
}

static void nobody_wants_to_know(void **state)
{
	call_in_up(&peer, "");
	refer("Refer-To: <sip:1003@northwind.localhost>\r\nRefer-Sub: false\r\n");
	settle();
	assert_true(own.refer.norefersub);
	assert_int_equal(dialog_refer_accept(own.d), 0);
	expect_code(&peer, 202);
	assert_true(phone_has(&peer, "Refer-Sub: false"));
	assert_int_equal(dialog_refer_notify(own.d, 200, true), 0);
	expect_silence(&peer, 50);
}

static void a_refused_notify_ends_them(void **state)
{
	call_in_up(&peer, "");
	refer("Refer-To: <sip:1003@northwind.localhost>\r\n");
	settle();
	assert_int_equal(dialog_refer_accept(own.d), 0);
	expect(&peer, "NOTIFY");
	talk_answer(&peer, 489, NULL, NULL, NULL);
	settle();
	assert_int_equal(dialog_refer_notify(own.d, 200, true), ENOENT);
	assert_int_equal(own.closes, 0);
}

static void a_bad_refer_to_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"Refer-To: <tel:+123>\r\n",
		"Refer-To: rubbish\r\n",
		"Refer-To: <sip:northwind.localhost>\r\n",
		"Refer-To: <sip:1@x>\r\nRefer-To: <sip:2@x>\r\n",
		"Refer-To: <sip:1@x;method=BYE>\r\n",
		"Refer-To: <sip:1@x?Replaces=a%0d%0ab>\r\n",
	};

	call_in_up(&peer, "");
	for (size_t i = 0; i < COUNT(bad); i++) {
		refer(bad[i]);
		expect_code(&peer, 400);
	}
	assert_int_equal(own.refers, 0);
}

static void a_waiting_refer_is_answered_at_the_end(void **state)
{
	call_in_up(&peer, "");
	refer("Refer-To: <sip:1003@northwind.localhost>\r\n");
	settle();
	own_drop();
	expect_code(&peer, 487);
}

static void replaces_of(char *text, size_t size, const char *to_tag, const char *from_tag)
{
	(void)snprintf(text, size, "%s;to-tag=%s;from-tag=%s", talk.call_id, to_tag, from_tag);
}

static void replaces_finds_a_call_of_the_tenant(void **state)
{
	char ours[64], theirs[64], text[512];

	call_in_signed(&peer, "1001");
	(void)snprintf(ours, sizeof(ours), "%s", strstr(talk.remote, "tag=") + 4);
	(void)snprintf(theirs, sizeof(theirs), "%s", strstr(talk.local, "tag=") + 4);
	replaces_of(text, sizeof(text), ours, theirs);
	assert_ptr_equal(dialog_find_replaces(stack, 1, text), own.d);
	assert_null(dialog_find_replaces(stack, 2, text)); /* another tenant's */
	assert_null(dialog_find_replaces(stack, 0, text));
	replaces_of(text, sizeof(text), theirs, ours); /* as JsSIP does it */
	assert_ptr_equal(dialog_find_replaces(stack, 1, text), own.d);
	replaces_of(text, sizeof(text), ours, "other");
	assert_null(dialog_find_replaces(stack, 1, text));
	assert_null(dialog_find_replaces(stack, 1, talk.call_id));
	assert_null(dialog_find_replaces(stack, 1, ""));
	replaces_of(text, sizeof(text), ours, theirs);
	dialog_hangup(own.d, CAUSE_NORMAL, NULL);
	assert_null(dialog_find_replaces(stack, 1, text));
}

static unsigned invite_replacing(const char *replaces)
{
	struct ask a = {.method = "INVITE",
			.uri = "sip:1002@northwind.localhost",
			.user = "1002",
			.domain = "northwind.localhost",
			.body = SDP_A,
			.cseq = 1};
	char headers[1024];

	(void)snprintf(headers, sizeof(headers),
		       "%sContent-Type: application/sdp\r\nReplaces: %s\r\n",
		       phone_contact(&peer, "1002", ""), replaces);
	a.headers = headers;
	a.call_id = rig_call_id();
	return ask_signed(&peer, &a, true);
}

static void an_invite_may_replace_a_call(void **state)
{
	char text[512];

	call_in_signed(&peer, "1001");
	replaces_of(text, sizeof(text), strstr(talk.remote, "tag=") + 4,
		    strstr(talk.local, "tag=") + 4);
	assert_int_equal(invite_replacing(text), 100);
	assert_non_null(own.d2);
	assert_string_equal(dialog_replaces(own.d2), text);
	assert_string_equal(dialog_replaces(own.d), "");
	strcat(text, ";early-only");
	assert_int_equal(invite_replacing(text), 486);
	assert_int_equal(invite_replacing("x;to-tag=1;from-tag=2"), 481);
	assert_int_equal(own.invites, 2);
}

static void we_may_ask_for_a_replacement(void **state)
{
	struct dialog_target t;

	target_of(&t, &peer);
	strcpy(t.replaces, "a@b;to-tag=1;from-tag=2");
	call_out_to(&peer, &t);
	assert_true(phone_has(&peer, "Replaces: a@b;to-tag=1;from-tag=2\r\n"));
	assert_true(phone_has(&peer, "Require: replaces\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_blind_transfer),
		T(the_second_has_an_id),
		T(replaces_is_unescaped),
		T(nobody_wants_to_know),
		T(a_refused_notify_ends_them),
		T(a_bad_refer_to_is_refused),
		T(a_waiting_refer_is_answered_at_the_end),
		T(replaces_finds_a_call_of_the_tenant),
		T(an_invite_may_replace_a_call),
		T(we_may_ask_for_a_replacement),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
