/**
 * @file uas.c  Calls that come in: from the INVITE to its ACK
 *
 * 100 at once, then what the owner says; the 2xx is repeated until the ACK (RFC 3261 section
 * 13.3.1.4). CANCEL is matched by libre.
 */
#include <string.h>
#include "dialog_private.h"
#include "log.h"
#include "sdp.h"
#include "text.h"

/** Is it a session description at all? What is in it is the owner's business */
bool sdp_readable(const char *text, size_t len)
{
	struct sdp_desc sdp;

	return !len || !sdp_parse(&sdp, text, len);
}

static void cancel_h(void *arg)
{
	struct usage *u = arg;
	struct dialog_end end = {.cause = CAUSE_CANCELLED};
	const struct sip_msg *cancel = u->s->cancel;

	if (u->state != USAGE_RINGING)
		return;
	if (cancel)
		reason_parse(&end, cancel);
	mem_ref(u);
	repeat_stop(&u->prack);
	(void)reply(u, &u->st, NULL, u->msg, 487, "Request Terminated", NULL, NULL);
	u->st = NULL;
	usage_close(u, &end);
	mem_deref(u);
}

static int usage_peer(struct usage *u, const struct sip_msg *msg, const struct sip_sender *sender)
{
	int err = far_alloc(&u->far, u, &msg->from.tag);

	if (err)
		return err;
	if (!far_target(u->far, msg))
		return EBADMSG;
	err = far_routes(u->far, msg, true);
	if (err)
		return err;
	u->far->cseq = msg->cseq.num;
	u->flow = sender->flow;
	u->client = sender->client;
	/* a phone is reached where it spoke from, a trunk where it says */
	u->by_flow = !sender->is_trunk;
	if (sender->is_trunk) {
		far_next(u->far, sender->flow.tp, &sender->flow.peer);
		u->trunk = sender->trunk.id;
		u->tenant = sender->trunk.tenant;
		return 0;
	}
	u->tenant = sender->account.tenant;
	usage_watch(u, msg);
	return text_printf(u->device, sizeof(u->device), "%s", sender->account.device) ? 0 : EINVAL;
}

/* A From or To value without its tag, to go on with in requests of ours */
static int bare_address(char **text, const struct sip_taddr *addr)
{
	AUTO struct mbuf *mb = mbuf_alloc(128);
	int err = 0;

	if (!mb)
		return ENOMEM;
	if (pl_isset(&addr->dname) && text_one_line(&addr->dname) &&
	    !memchr(addr->dname.p, '"', addr->dname.l))
		err = mbuf_printf(mb, "\"%r\" ", &addr->dname);
	err |= mbuf_printf(mb, "<%r>", &addr->auri);
	return err ? err : mbuf_text(text, mb);
}

static int usage_names(struct usage *u, const struct sip_msg *msg)
{
	struct pl user = msg->uri.user;
	int err;

	if (!text_copy_pl(u->call_id, sizeof(u->call_id), &msg->callid))
		return EINVAL;
	(void)re_snprintf(u->local_tag, sizeof(u->local_tag), "%016llx", msg->tag);
	err = bare_address(&u->local, &msg->to);
	err = err ? err : bare_address(&u->remote, &msg->from);
	if (user.l < sizeof(u->contact_user) && text_one_line(&user))
		(void)text_copy_pl(u->contact_user, sizeof(u->contact_user), &user);
	u->cseq = rand_u16();
	return err;
}

static int handle_facts(struct dialog *d, const struct sip_msg *msg,
			const struct sip_sender *sender, const char *replaces)
{
	AUTO struct mbuf *mb = mbuf_alloc(64);
	AUTO char *user = NULL;
	int err = mb ? mbuf_printf(mb, "%H", uri_user_unescape, &msg->uri.user) : ENOMEM;

	err = err ? err : mbuf_text(&user, mb);
	if (err)
		return err;
	if (strlen(user) >= sizeof(d->request_user) || !text_printable(user))
		return EINVAL;
	str_ncpy(d->request_user, user, sizeof(d->request_user));
	str_ncpy(d->replaces, replaces, sizeof(d->replaces));
	d->sender = *sender;
	return 0;
}

static int take(struct dialog **dp, struct stack *s, const struct sip_msg *msg,
		const struct sip_sender *sender, const char *replaces)
{
	AUTO struct dialog *d = NULL;
	const char *sdp;
	struct usage *u;
	size_t len;
	int err = usage_alloc(&d, s);

	if (err)
		return err;
	u = d->u;
	u->incoming = true;
	u->msg = mem_ref((void *)(uintptr_t)msg);
	msg_body(msg, &sdp, &len);
	u->offerless = !len;
	err = handle_facts(d, msg, sender, replaces);
	err = err ? err : usage_peer(u, msg, sender);
	err = err ? err : usage_names(u, msg);
	err = err ? err : body_set(&u->remote_sdp, sdp, len);
	err = err ? err : sip_strans_alloc(&u->st, s->sip, msg, cancel_h, u);
	if (err)
		return err;
	usage_learn(u, msg);
	*dp = TAKE(d);
	return 0;
}

/* What is wrong with the INVITE itself; answered here */
static bool invite_refused(struct stack *s, const struct sip_msg *msg)
{
	uint16_t scode = msg_body_check(msg);
	const char *sdp;
	size_t len;

	msg_body(msg, &sdp, &len);
	if (scode == 415)
		(void)sip_replyf(s->sip, msg, 415, reason_phrase(415),
				 "Accept: application/sdp\r\nAccept-Encoding: identity\r\n"
				 "Content-Length: 0\r\n\r\n");
	else if (scode)
		stack_refuse(s, msg, scode, "Message Too Large");
	else if (!sdp_readable(sdp, len))
		stack_refuse(s, msg, 400, "Bad Session Description");
	else if (timer_too_small(NULL, msg))
		(void)sip_replyf(s->sip, msg, 422, reason_phrase(422),
				 "Min-SE: %u\r\nContent-Length: 0\r\n\r\n", SESSION_MIN_S);
	else
		return false;
	return true;
}

/* A device that lets many calls wait for an answer would fill the memory of all */
static bool too_many_ring(const struct stack *s, const struct sip_sender *sender)
{
	unsigned n = 0;
	struct le *le;

	LIST_FOREACH (&s->dialogs->ringing, le) {
		const struct usage *u = le->data;

		n += !sender->is_trunk && u->tenant == sender->account.tenant &&
		     !strcmp(u->device, sender->account.device);
	}
	return n >= RINGING_MAX;
}

/** See stack_private.h */
void dialog_invite_h(struct stack *s, const struct sip_msg *msg, const struct sip_sender *sender)
{
	char replaces[SIP_URI];
	struct dialog *d;
	struct usage *u;
	uint16_t scode;
	int err;

	if (invite_refused(s, msg))
		return;
	if (too_many_ring(s, sender)) {
		stack_refuse(s, msg, 503, "Too Many Calls");
		return;
	}
	scode = replaces_check(replaces, sizeof(replaces), s,
			       sender->is_trunk ? 0 : sender->account.tenant, msg);
	if (scode) {
		stack_refuse(s, msg, scode, reason_phrase(scode));
		return;
	}
	err = take(&d, s, msg, sender, replaces);
	if (err) {
		scode = err == ENOMEM ? 500 : err == EAGAIN ? 503 : 400;
		stack_refuse(s, msg, scode, err == EBADMSG ? "Bad Contact" : reason_phrase(scode));
		return;
	}
	u = mem_ref(d->u);
	usage_enter(u);
	(void)sip_treply(&u->st, s->sip, msg, 100, "Trying");
	s->h.invite_h(d, sender, msg, s->h.arg);
	mem_deref(u);
}

static bool ringing(const struct dialog *d)
{
	return d->u->handle == d && d->u->state == USAGE_RINGING && d->u->st;
}

/**
 * Lets the caller hear or know that we try: 180, 181, 182, 183; reliably if it can (RFC 3262).
 *
 * @param d     Incoming dialog, not answered yet
 * @param scode 101 to 199
 * @param sdp   Answer to its offer for early media, or NULL
 * @param len   Length of sdp
 *
 * @return 0, ENOTCONN after the end, or errno
 */
int dialog_ring(struct dialog *d, uint16_t scode, const char *sdp, size_t len)
{
	struct usage *u = d->u;
	struct body body = {(char *)(uintptr_t)sdp, len};

	if (!ringing(d))
		return ENOTCONN;
	if (scode <= 100 || scode >= 200)
		return EINVAL;
	if (u->can_reliable)
		return prack_ring(u, scode, &body);
	/* an offer of ours cannot go into what may be lost */
	return reply(u, &u->st, NULL, u->msg, scode, reason_phrase(scode), NULL,
		     u->offerless ? NULL : &body);
}

static void no_ack_h(struct usage *u)
{
	if (u->state == USAGE_LEAVING)
		bye_send(u);
	else
		usage_close_cause(u, CAUSE_TIMEOUT);
}

/** Repeats a 2xx to an INVITE until its ACK; `offered`: the ACK brings the answer */
void uas_wait_ack(struct usage *u, const struct sip_msg *msg, struct mbuf *mb, bool offered)
{
	repeat_start(&u->ack, u, msg, mb, no_ack_h);
	u->ack.offered = offered;
}

/** Sends the 200 to their INVITE. Returns 0 or errno */
int uas_answer(struct usage *u, const struct body *sdp)
{
	AUTO struct mbuf *lines = mbuf_alloc(128), *mb = NULL;
	AUTO char *headers = NULL;
	int err;

	if (!lines)
		return ENOMEM;
	err = timer_answer(lines, u, u->msg);
	err = err ? err : mbuf_text(&headers, lines);
	err = err ? err : body_set(&u->local_sdp, sdp->text, sdp->len);
	/* what was said reliably is not said again (RFC 3262 section 5) */
	err = err ? err
		  : reply(u, &u->st, &mb, u->msg, 200, "OK", headers, u->answered ? NULL : sdp);
	if (err)
		return err;
	u->st = NULL;
	u->state = USAGE_UP;
	list_unlink(&u->le_ring);
	repeat_stop(&u->prack);
	uas_wait_ack(u, u->msg, mb, u->offerless && !u->answered);
	u->msg = mem_deref(u->msg);
	timer_run_on(u);
	return 0;
}

/**
 * Answers the call: 200, repeated until the ACK. While a reliable 183 with a description waits for
 * its PRACK, the 200 waits too (RFC 3262 section 3).
 *
 * @param d   Incoming dialog
 * @param sdp Answer; or our offer, if the INVITE had none: agreed_h brings their answer
 * @param len Length of sdp
 *
 * @return 0, ENOTCONN after the end, or errno
 */
int dialog_answer(struct dialog *d, const char *sdp, size_t len)
{
	struct usage *u = d->u;
	struct body body = {(char *)(uintptr_t)sdp, len};

	if (!ringing(d))
		return ENOTCONN;
	if (!prack_pending(u))
		return uas_answer(u, &body);
	u->later.scode = 200;
	return body_set(&u->later.sdp, sdp, len);
}

/** Refuses their INVITE with a Reason; nothing more comes. The handle is not told */
void uas_reject(struct usage *u, uint16_t scode, const char *reason, enum cause cause)
{
	AUTO struct mbuf *lines = mbuf_alloc(128);
	AUTO char *headers = NULL;

	if (lines && !header_reason(lines, false, cause, ""))
		(void)mbuf_text(&headers, lines);
	repeat_stop(&u->prack);
	if (u->st)
		(void)reply(u, &u->st, NULL, u->msg, scode, reason, headers, NULL);
	u->st = NULL;
	usage_over(u);
}

/**
 * Refuses the call; deref the handle then. close_h is not called.
 *
 * @param d      Incoming dialog, not answered
 * @param scode  300 to 699
 * @param reason Phrase
 * @param cause  For the Reason header
 *
 * @return 0, or ENOTCONN after the end
 */
int dialog_reject(struct dialog *d, uint16_t scode, const char *reason, enum cause cause)
{
	struct usage *u = d->u;

	if (!ringing(d))
		return ENOTCONN;
	if (scode < 300 || scode > 699)
		return EINVAL;
	u->handle = NULL;
	uas_reject(u, scode, reason && text_printable(reason) ? reason : reason_phrase(scode),
		   cause);
	return 0;
}

/** An ACK: for our 2xx, perhaps with the answer to our offer */
void uas_ack(struct usage *u, const struct sip_msg *msg)
{
	bool offered = u->ack.offered;
	const char *sdp;
	size_t len;

	if (!u->ack.msg || msg->cseq.num != u->ack.cseq)
		return;
	repeat_stop(&u->ack);
	if (u->state == USAGE_LEAVING) {
		bye_send(u);
		return;
	}
	msg_body(msg, &sdp, &len);
	if (offered && (!len || msg_body_check(msg) || !sdp_readable(sdp, len))) {
		usage_close_cause(u, CAUSE_INCOMPATIBLE);
		return;
	}
	if (u->handle && u->handle->h.acked_h)
		u->handle->h.acked_h(u->handle, u->handle->arg);
	if (offered) {
		struct dialog *d = u->handle;

		(void)body_set(&u->remote_sdp, sdp, len);
		if (d && d->h.agreed_h)
			d->h.agreed_h(d, 200, sdp, len, d->arg);
	}
	modify_next(u);
}
