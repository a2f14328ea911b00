/**
 * @file sip_dialog_memory.c  Whole lives of a dialog while memory fails: no crash, nothing is left
 *
 * Each allocation of a life fails in turn (memory.h). Whatever the far side hears then, it answers
 * as far as it understands. Afterwards no dialog and no memory may be left.
 */
#include "memory.h"
#include "sip_dialog_rig.h"

enum { LATER_MS = 40000 };

/* --- an owner that takes what comes ------------------------------------------------------------
 */

static void life_offer_h(struct dialog *d, const char *sdp, size_t len, void *arg)
{
	(void)dialog_accept(d, SDP_B2, strlen(SDP_B2));
}

static void life_refer_h(struct dialog *d, const struct dialog_refer *r, void *arg)
{
	(void)dialog_refer_accept(d);
}

static void life_close_h(struct dialog *d, const struct dialog_end *end, void *arg)
{
	own_drop();
}

static const struct dialog_handlers life_handlers = {
	.offer_h = life_offer_h,
	.refer_h = life_refer_h,
	.close_h = life_close_h,
};

static void life_invite_h(struct dialog *d, const struct sip_sender *from,
			  const struct sip_msg *msg, void *arg)
{
	own_drop();
	own.d = d;
	dialog_set_handlers(d, &life_handlers, &own);
}

/* --- a peer that answers what it understands ---------------------------------------------------
 */

static void react_request(void)
{
	if (is_request(&peer, "INVITE") || is_request(&peer, "UPDATE")) {
		bool sdp = phone_has(&peer, "application/sdp");

		talk_answer(&peer, 200, "peer1", with_contact(&peer, "Supported: timer\r\n"),
			    sdp ? SDP_B : NULL);
	} else if (!is_request(&peer, "ACK")) {
		talk_answer(&peer, 200, "peer1", NULL, NULL);
	}
}

static bool invited_last(void)
{
	return !strncmp(talk.last, "INVITE ", 7);
}

static void react_response(void)
{
	unsigned code = (unsigned)atoi(peer.text + 8);

	if (!phone_has(&peer, " INVITE\r\n") || code < 101)
		return;
	if (phone_has(&peer, "Contact:"))
		talk_learn(&peer);
	if (code >= 200 && code < 300)
		talk_ask(&peer, "ACK", (unsigned)atoi(phone_between(&peer, "CSeq: ", " ")), NULL,
			 NULL);
	else if (code >= 300 && invited_last())
		talk_same(&peer, "ACK", "");
}

static void pump(void)
{
	while (phone_wait(&peer, 1)) {
		if (!strncmp(peer.text, "SIP/2.0", 7))
			react_response();
		else
			react_request();
	}
}

/* --- lives -------------------------------------------------------------------------------------
 */

static void theirs(const char *method, const char *headers, const char *sdp)
{
	talk_ask(&peer, method, ++talk.cseq, with_contact(&peer, headers), sdp);
	pump();
}

/* The peer's side of a call of ours */
static void talk_from_invite(void)
{
	memset(&talk, 0, sizeof(talk));
	(void)snprintf(talk.call_id, sizeof(talk.call_id), "%s",
		       phone_between(&peer, "Call-ID: ", "\r\n"));
	(void)snprintf(talk.local, sizeof(talk.local), "%s;tag=peer1",
		       phone_between(&peer, "To: ", "\r\n"));
	(void)snprintf(talk.remote, sizeof(talk.remote), "%s",
		       phone_between(&peer, "From: ", "\r\n"));
	(void)snprintf(talk.target, sizeof(talk.target), "%s",
		       phone_between(&peer, "Contact: <", ">"));
	talk.cseq = 500;
}

static void ours_change(void)
{
	static const struct dialog_identity who = {
		.name = "Tom", .user = "1002", .domain = "northwind.localhost", .asserted = true};

	if (own.d)
		(void)dialog_offer(own.d, SDP_B, strlen(SDP_B));
	pump();
	if (own.d)
		(void)dialog_update_identity(own.d, &who, SDP_B, strlen(SDP_B));
	pump();
	if (own.d)
		(void)dialog_info_dtmf(own.d, '5', 100);
	pump();
}

static void called_life(void)
{
	talk_new(&peer);
	talk_ask(&peer, "INVITE", talk.cseq,
		 with_contact(&peer, "Supported: timer\r\nSession-Expires: 1800\r\n"
				     "Record-Route: <sip:127.0.0.1;lr>\r\nUser-Agent: x\r\n"),
		 SDP_A);
	pump();
	if (own.d)
		(void)dialog_ring(own.d, 183, SDP_B, strlen(SDP_B));
	pump();
	if (own.d)
		(void)dialog_answer(own.d, SDP_B, strlen(SDP_B));
	pump();
	theirs("INVITE", "", SDP_A2);
	theirs("UPDATE", "", SDP_A);
	ours_change();
	theirs("REFER", "Refer-To: <sip:1003@northwind.localhost>\r\n", NULL);
	if (own.d)
		(void)dialog_refer_notify(own.d, 200, true);
	pump();
	own_drop();
	pump();
}

static void calling_life(void)
{
	struct dialog_target t;
	char invite[RIG_SIZE] = "";

	target_of(&t, &peer);
	strcpy(t.path, "<sip:127.0.0.1;lr>");
	t.diversion = (struct dialog_diversion){.how = DIVERSION_HISTORY,
						.why = DIVERTED_BUSY,
						.user = "1009",
						.domain = "northwind.localhost"};
	if (!dialog_call(&own.d, stack, &t, SDP_A, strlen(SDP_A), &life_handlers, &own) &&
	    phone_wait(&peer, 1) == 1 && is_request(&peer, "INVITE")) {
		memcpy(invite, peer.text, peer.size + 1);
		talk_from_invite();
		talk_answer_to(&peer, invite, 183, "peer1",
			       with_contact(&peer, "Require: 100rel\r\nRSeq: 7\r\n"), SDP_B);
		pump();
		talk_answer_to(&peer, invite, 200, "peer1", with_contact(&peer, ""), SDP_B);
	}
	pump();
	theirs("INVITE", "", SDP_A2);
	ours_change();
	theirs("INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=5\r\nDuration=100\r\n");
	theirs("BYE", "", NULL);
	own_drop();
	pump();
}

static void refused_life(void)
{
	struct dialog_target t;

	target_of(&t, &peer);
	if (!dialog_call(&own.d, stack, &t, SDP_A, strlen(SDP_A), &life_handlers, &own) &&
	    phone_wait(&peer, 1) == 1 && is_request(&peer, "INVITE"))
		talk_answer(&peer, 180, "peer1", with_contact(&peer, ""), NULL);
	(void)rig_run(NULL, 1);
	if (own.d)
		dialog_hangup(own.d, CAUSE_ELSEWHERE, "Answered on Tom");
	own_drop();
	pump();
	talk_new(&peer);
	talk_ask(&peer, "INVITE", talk.cseq, with_contact(&peer, "Supported: 100rel\r\n"), SDP_A);
	pump();
	if (own.d)
		(void)dialog_ring(own.d, 180, NULL, 0);
	pump();
	if (own.d)
		(void)dialog_reject(own.d, 486, "Busy Here", CAUSE_BUSY);
	own_drop();
	pump();
}

/* --- once for each allocation ------------------------------------------------------------------
 */

static void aftermath(void)
{
	for (unsigned i = 0; i < 3; i++) {
		clock_advance(LATER_MS);
		pump();
	}
	assert_int_equal(dialogs_count(stack), 0);
	/* what is kept of the last message only is the same after each life */
	assert_int_equal(phone_options(&peer), 200);
}

static void live_with_each_failing(void (*life)(void))
{
	stack->h.invite_h = life_invite_h;
	above.trunk = true;
	memory_sweep(life, aftermath, 50);
}

static void a_called_life(void **state)
{
	live_with_each_failing(called_life);
}

static void a_calling_life(void **state)
{
	live_with_each_failing(calling_life);
}

static void a_life_that_comes_to_nothing(void **state)
{
	live_with_each_failing(refused_life);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_called_life),
		T(a_calling_life),
		T(a_life_that_comes_to_nothing),
	};

	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
