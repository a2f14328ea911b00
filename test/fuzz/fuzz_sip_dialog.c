/**
 * @file fuzz_sip_dialog.c  Mutated messages into living dialogs
 *
 * A peer calls and is called; in the middle of it it sends spoilt requests and responses of that
 * very dialog. Afterwards the stack must still answer, and hold no dialog that nobody owns. Meant
 * for CARILLON_SANITIZE=address.
 */
#include "unit/sip_dialog_rig.h"

enum { CALLS = 240, MESSAGES = 24 };

static uint64_t state = 20251126;

static uint32_t next(uint32_t below)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(state >> 33) % below;
}

static const char *const bodies[] = {SDP_A,
				     SDP_B2,
				     NULL,
				     "rubbish",
				     "v=0\r\no=x\r\nm=audio 1 X 0",
				     "Signal=5\r\nDuration=160\r\n"};

static const char *const lines[] = {
	"",
	"Refer-To: <sip:1003@x?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>\r\n",
	"Session-Expires: 90;refresher=uac\r\nSupported: timer\r\n",
	"Content-Type: application/dtmf-relay\r\n",
	"RAck: 2 100 INVITE\r\n",
	"Require: 100rel\r\nRSeq: 4\r\n",
	"Reason: Q.850;cause=16\r\nReason: SIP ;cause=200\r\n",
	"Record-Route: <sip:127.0.0.1;lr>, <sip:[::1]:9;lr>\r\n",
	"Replaces: a;to-tag=1;from-tag=2;early-only\r\n",
	"Min-SE: 4000\r\nRetry-After: 3\r\n",
	"Refer-Sub: false\r\nReferred-By: <sip:a@b>\r\nRefer-To: <sip:5>\r\n",
};

static const char *const methods[] = {"INVITE", "UPDATE", "INFO", "REFER",  "PRACK",
				      "NOTIFY", "ACK",	  "BYE",  "CANCEL", "OPTIONS"};

static void spoil(char *text, size_t *len)
{
	for (uint32_t n = next(5); n; n--) {
		uint32_t at = next((uint32_t)*len);

		switch (next(4)) {
		case 0:
			text[at] = (char)next(256);
			break;
		case 1:
			text[at] = ";,:<>\"\r\n= %"[next(11)];
			break;
		case 2:
			memmove(text + at, text + at + 1, *len - at - 1);
			--*len;
			break;
		default:
			memmove(text + at + 1, text + at, *len - at);
			++*len;
			break;
		}
	}
}

/* Whatever the peer sends goes through here */
static void send_spoilt(const char *text)
{
	char copy[8192 + 64];
	size_t len = strlen(text);

	memcpy(copy, text, len);
	spoil(copy, &len);
	(void)send(peer.fd, copy, len, MSG_NOSIGNAL);
}

static void request(void)
{
	const char *body = bodies[next(COUNT(bodies))], *line = lines[next(COUNT(lines))];
	const char *method = methods[next(COUNT(methods))];
	char text[8192];

	(void)snprintf(text, sizeof(text),
		       "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s:%u;branch=z9hG4bKf%u;rport\r\n"
		       "Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u %s\r\n"
		       "%s%s%sContent-Length: %zu\r\n\r\n%s",
		       method, talk.target, peer.ip, peer.port, ++rig_serial, talk.local,
		       talk.remote, talk.call_id, strcmp(method, "ACK") ? ++talk.cseq : talk.cseq,
		       method, next(3) ? talk_contact(&peer) : "", line,
		       body && !strstr(line, "Content-Type") ? "Content-Type: application/sdp\r\n"
							     : "",
		       body ? strlen(body) : 0, body ? body : "");
	send_spoilt(text);
}

static void response(void)
{
	static const unsigned codes[] = {100, 180, 183, 200, 202, 302, 401, 407, 408,
					 422, 481, 486, 487, 491, 500, 503, 603};
	char to[32], text[8192];
	const char *body = bodies[next(COUNT(bodies))];
	const char *via = phone_between(&peer, "Via: ", "\r\n");

	if (!via[0])
		return;
	(void)snprintf(to, sizeof(to), next(3) ? "peer1" : "fork%u", next(20));
	(void)snprintf(text, sizeof(text),
		       "SIP/2.0 %u Whatever\r\nVia: %s\r\nFrom: %s\r\nTo: %s%s%s\r\nCall-ID: %s\r\n"
		       "CSeq: %s\r\n%s%s%sContent-Length: %zu\r\n\r\n%s",
		       codes[next(COUNT(codes))], via, phone_between(&peer, "From: ", "\r\n"),
		       phone_between(&peer, "To: ", "\r\n"),
		       strstr(phone_between(&peer, "To: ", "\r\n"), "tag=") ? "" : ";tag=",
		       strstr(phone_between(&peer, "To: ", "\r\n"), "tag=") ? "" : to,
		       phone_between(&peer, "Call-ID: ", "\r\n"),
		       phone_between(&peer, "CSeq: ", "\r\n"), talk_contact(&peer),
		       lines[next(COUNT(lines))], body ? "Content-Type: application/sdp\r\n" : "",
		       body ? strlen(body) : 0, body ? body : "");
	send_spoilt(text);
}

static void owner_acts(void)
{
	static const struct dialog_identity who = {
		.name = "T", .user = "1002", .domain = "northwind.localhost", .asserted = true};

	if (!own.d)
		return;
	switch (next(12)) {
	case 0:
		(void)dialog_offer(own.d, SDP_B2, strlen(SDP_B2));
		break;
	case 1:
		(void)dialog_accept(own.d, SDP_B, strlen(SDP_B));
		break;
	case 2:
		(void)dialog_refuse(own.d, 488);
		break;
	case 3:
		(void)dialog_refer_accept(own.d);
		break;
	case 4:
		(void)dialog_refer_notify(own.d, 200, next(2));
		break;
	case 5:
		(void)dialog_update_identity(own.d, &who, SDP_B, strlen(SDP_B));
		break;
	case 6:
		(void)dialog_ring(own.d, 183, SDP_B, strlen(SDP_B));
		break;
	case 7:
		(void)dialog_answer(own.d, SDP_B, strlen(SDP_B));
		break;
	case 8:
		clock_advance(1000u * next(100));
		break;
	case 9:
		(void)dialog_info_dtmf(own.d, '1', 100);
		break;
	default:
		break;
	}
}

static void a_call(bool incoming)
{
	own.invites = 0;
	if (incoming)
		call_in(&peer, next(2) ? "Supported: 100rel, timer\r\n" : "", SDP_A);
	else
		call_out(&peer);
	for (unsigned i = 0; i < MESSAGES; i++) {
		if (incoming && strstr(peer.text, "Contact: <"))
			talk_learn(&peer);
		if (next(2))
			request();
		else
			response();
		if (!next(3))
			owner_acts();
		(void)phone_wait(&peer, 2);
	}
	own_drop();
}

/* A call that came late, while the machine was busy, has an owner who lets go of it too */
static void drain(void)
{
	while (phone_wait(&peer, 5))
		;
	own_drop();
	own.d2 = mem_deref(own.d2);
}

/* What a call left behind is over after two minutes, or after twenty where a message came late */
static void settle_all(void)
{
	for (unsigned k = 0; k < 30 && (k < 4 || dialogs_count(stack)); k++) {
		drain();
		pass(40000);
	}
	drain();
}

static void dialogs_survive(void **unused)
{
	unsigned closes = 0;

	for (unsigned i = 0; i < CALLS; i++) {
		own.closes = own.offers = own.refers = 0;
		a_call(next(2));
		if (own.closes > 1)
			fail_msg("told %u times of one end", own.closes);
		closes += own.closes;
		settle_all();
		assert_int_equal(dialogs_count(stack), 0);
	}
	assert_int_equal(phone_options(&peer), 200);
	print_message("%u calls, %u of them ended by what was sent\n", CALLS, closes);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {T(dialogs_survive)};

	if (argc > 1)
		state = strtoull(argv[1], NULL, 10);
	return cmocka_run_group_tests(tests, rig_init, rig_exit);
}
