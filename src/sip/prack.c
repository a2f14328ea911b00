/**
 * @file prack.c  Reliable provisional responses (RFC 3262), both directions
 *
 * One at a time: what the owner says while one waits for its PRACK is kept, the last of it only,
 * and a 200 never gives way to a provisional response.
 */
#include <string.h>
#include "dialog_private.h"

/** Must a 2xx wait? */
bool prack_pending(const struct usage *u)
{
	return u->prack.msg && u->prack.described;
}

/* Nobody acknowledged it: the call cannot go on (RFC 3262 section 3) */
static void no_prack_h(struct usage *u)
{
	struct dialog_end end = {.cause = CAUSE_TIMEOUT};

	if (u->state != USAGE_RINGING)
		return;
	uas_reject(u, 504, reason_phrase(504), CAUSE_TIMEOUT);
	usage_tell(u, &end);
}

/** Sends a provisional response reliably, now or after the one that waits. Returns 0 or errno */
int prack_ring(struct usage *u, uint16_t scode, const struct body *sdp)
{
	AUTO struct mbuf *mb = NULL;
	char headers[64];
	int err;

	if (u->prack.msg) {
		if (u->later.scode >= 200)
			return 0;
		u->later.scode = scode;
		return body_set(&u->later.sdp, sdp->text, sdp->len);
	}
	if (!u->rseq)
		u->rseq = 1 + rand_u16();
	++u->rseq;
	(void)re_snprintf(headers, sizeof(headers), "Require: 100rel\r\nRSeq: %u\r\n", u->rseq);
	err = reply(u, &u->st, &mb, u->msg, scode, reason_phrase(scode), headers,
		    u->answered ? NULL : sdp);
	if (err)
		return err;
	repeat_start(&u->prack, u, u->msg, mb, no_prack_h);
	u->prack.cseq = u->rseq;
	u->prack.described = sdp->len && !u->answered;
	return u->prack.described ? body_set(&u->local_sdp, sdp->text, sdp->len) : 0;
}

static bool rack_matches(const struct usage *u, const struct sip_msg *msg)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, SIP_HDR_RACK);
	struct pl rseq, cseq, method;

	return hdr && u->prack.msg &&
	       !re_regex(hdr->val.p, hdr->val.l, "[0-9]+[ \t]+[0-9]+[ \t]+[A-Za-z]+", &rseq, NULL,
			 &cseq, NULL, &method) &&
	       pl_u32(&rseq) == u->prack.cseq && pl_u32(&cseq) == u->prack.msg->cseq.num &&
	       !pl_strcmp(&method, "INVITE");
}

static void later_send(struct usage *u)
{
	struct queued q = u->later;

	memset(&u->later, 0, sizeof(u->later));
	if (u->state == USAGE_RINGING && q.scode >= 200)
		(void)uas_answer(u, &q.sdp);
	else if (u->state == USAGE_RINGING && q.scode)
		(void)prack_ring(u, q.scode, &q.sdp);
	mem_deref(q.sdp.text);
}

/** PRACK: stops the repetition; it may bring the answer to our offer, or an offer of its own */
void prack_request(struct usage *u, struct far *far, const struct sip_msg *msg)
{
	bool ours = u->offerless && u->prack.described;
	struct dialog *d;
	const char *sdp;
	size_t len;
	(void)far;

	if (!rack_matches(u, msg)) {
		reply_plain(u, msg, 481, reason_phrase(481));
		return;
	}
	msg_body(msg, &sdp, &len);
	if (msg_body_check(msg) || !sdp_readable(sdp, len)) {
		reply_plain(u, msg, 400, "Bad Session Description");
		return;
	}
	u->answered |= u->prack.described;
	repeat_stop(&u->prack);
	if (len && !ours) {
		modify_request(u, msg);
	} else {
		reply_plain(u, msg, 200, "OK");
		d = u->handle;
		if (len && d && d->h.agreed_h)
			d->h.agreed_h(d, 200, sdp, len, d->arg);
	}
	later_send(u);
}

/**
 * A provisional response to our INVITE: acknowledges it if it wants that.
 *
 * @return false for one that came before or out of order: it has no effect (RFC 3262 section 4)
 */
bool prack_response(struct usage *u, struct far *far, const struct sip_msg *msg)
{
	uint32_t rseq = msg_number(msg, SIP_HDR_RSEQ, 0);
	char headers[64];

	if (!rseq || !sip_msg_hdr_has_value(msg, SIP_HDR_REQUIRE, "100rel"))
		return true;
	if (far->rseq && rseq != far->rseq + 1)
		return false;
	far->rseq = rseq;
	(void)re_snprintf(headers, sizeof(headers), "RAck: %u %u INVITE\r\n", rseq, msg->cseq.num);
	return !ask_send(NULL, u, far, "PRACK", headers, NULL, 0, NULL);
}
