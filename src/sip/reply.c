/**
 * @file reply.c  Responses of ours, and repeating those that wait for an ACK or a PRACK
 */
#include <string.h>
#include "clock.h"
#include "dialog_private.h"

/** A phrase for the codes we send */
const char *reason_phrase(uint16_t scode)
{
	static const struct {
		uint16_t scode;
		const char *phrase;
	} row[] = {
		{100, "Trying"},
		{180, "Ringing"},
		{181, "Call Is Being Forwarded"},
		{182, "Queued"},
		{183, "Session Progress"},
		{200, "OK"},
		{202, "Accepted"},
		{302, "Moved Temporarily"},
		{400, "Bad Request"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{408, "Request Timeout"},
		{415, "Unsupported Media Type"},
		{422, "Session Interval Too Small"},
		{480, "Temporarily Unavailable"},
		{481, "Call/Transaction Does Not Exist"},
		{486, "Busy Here"},
		{487, "Request Terminated"},
		{488, "Not Acceptable Here"},
		{491, "Request Pending"},
		{500, "Server Internal Error"},
		{503, "Service Unavailable"},
		{504, "Server Time-out"},
		{600, "Busy Everywhere"},
		{603, "Decline"},
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		if (row[i].scode == scode)
			return row[i].phrase;
	}
	return scode < 200 ? "Progress" : scode < 300 ? "OK" : "Refused";
}

static int reply_print(struct mbuf *mb, const struct usage *u, bool target, const char *headers,
		       bool described)
{
	int err = 0;

	if (target)
		err = header_contact(mb, u);
	if (!err && target)
		err = mbuf_printf(mb, "Allow: %s\r\nSupported: %s\r\n", DIALOG_ALLOW,
				  DIALOG_SUPPORTED);
	if (!err && headers)
		err = mbuf_write_str(mb, headers);
	return err || !described ? err : mbuf_write_str(mb, "Content-Type: application/sdp\r\n");
}

/**
 * Answers in a transaction. Contact, Allow and Supported go with what makes or changes a dialog.
 *
 * @param u       Usage
 * @param stp     Transaction; NULL: one is made for this response. NULL afterwards if that is over,
 *                which a refusal is in any case: what could not be sent is asked for again
 * @param mbp     The response as sent, for repeating; may be NULL
 * @param msg     Request
 * @param scode   Code
 * @param reason  Phrase
 * @param headers Further lines, or NULL
 * @param sdp     Description, or NULL
 *
 * @return 0 or errno
 */
int reply(struct usage *u, struct sip_strans **stp, struct mbuf **mbp, const struct sip_msg *msg,
	  uint16_t scode, const char *reason, const char *headers, const struct body *sdp)
{
	AUTO struct mbuf *mb = mbuf_alloc(512);
	bool target = scode > 100 && scode < 300;
	size_t len = sdp ? sdp->len : 0;
	int err = mb ? reply_print(mb, u, target, headers, len) : ENOMEM;

	if (!err)
		err = sip_treplyf(stp, mbp, u->s->sip, msg, target, scode, reason,
				  "%bContent-Length: %zu\r\n\r\n%b", mb->buf, mb->end, len,
				  len ? sdp->text : "", len);
	if (stp && scode >= 300)
		*stp = mem_deref(*stp);
	return err;
}

/** Answers at once, without Contact */
void reply_plain(struct usage *u, const struct sip_msg *msg, uint16_t scode, const char *reason)
{
	(void)sip_treplyf(NULL, NULL, u->s->sip, msg, false, scode, reason, NULL);
}

/** Answers at once with further lines */
void reply_headers(struct usage *u, const struct sip_msg *msg, uint16_t scode, const char *reason,
		   const char *headers)
{
	(void)sip_treplyf(NULL, NULL, u->s->sip, msg, false, scode, reason,
			  "%sContent-Length: 0\r\n\r\n", headers);
}

/** 500: an earlier request of theirs is not done yet (RFC 3261 section 14.2) */
void reply_pending(struct usage *u, const struct sip_msg *msg)
{
	(void)sip_treplyf(NULL, NULL, u->s->sip, msg, false, 500, "Earlier Request Pending",
			  "Retry-After: %u\r\nContent-Length: 0\r\n\r\n", rand_u16() % 11);
}

/* --- repeating ---------------------------------------------------------------------------------
 */

static void repeat_h(void *arg)
{
	struct repeat *r = arg;
	struct usage *u = r->u;
	struct sa dst;
	struct pl rport;

	if (clock_mono_ms() - r->started >= DIALOG_T64) {
		mem_ref(u);
		repeat_stop(r);
		r->timeout_h(u);
		mem_deref(u);
		return;
	}
	r->interval *= 2;
	/* a 2xx is repeated by us, whatever the transport (RFC 3261 section 13.3.1.4) */
	if (r == &u->ack)
		r->interval = MIN(r->interval, SIP_T2);
	tmr_start(&r->tmr, r->interval, repeat_h, r);
	r->mb->pos = 0;
	if (u->by_flow && !u->lost && !u->incoming) {
		(void)sip_send(u->s->sip, NULL, u->flow.tp, &u->flow.peer, r->mb);
		return;
	}
	sip_reply_addr(&dst, r->msg, !msg_param_exists(&r->msg->via.params, "rport", &rport));
	if (sip_send(u->s->sip, r->msg->sock, r->msg->tp, &dst, r->mb) && u->by_flow && !u->lost)
		(void)sip_send(u->s->sip, NULL, u->flow.tp, &u->flow.peer, r->mb);
}

/**
 * Repeats a response until repeat_stop(), or for 64 T1.
 *
 * @param r         Where it stands; one that still runs is replaced
 * @param u         Usage
 * @param msg       Request it answers
 * @param mb        Response as sent
 * @param timeout_h Called when nothing came
 */
void repeat_start(struct repeat *r, struct usage *u, const struct sip_msg *msg, struct mbuf *mb,
		  void (*timeout_h)(struct usage *u))
{
	repeat_stop(r);
	r->u = u;
	r->msg = mem_ref((void *)(uintptr_t)msg);
	r->mb = mem_ref(mb);
	r->cseq = msg->cseq.num;
	r->interval = SIP_T1;
	r->started = clock_mono_ms();
	r->timeout_h = timeout_h;
	tmr_start(&r->tmr, r->interval, repeat_h, r);
}

/** Its ACK or PRACK came */
void repeat_stop(struct repeat *r)
{
	tmr_cancel(&r->tmr);
	r->msg = mem_deref(r->msg);
	r->mb = mem_deref(r->mb);
}
