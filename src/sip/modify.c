/**
 * @file modify.c  Changing a call: re-INVITE and UPDATE, theirs and ours (RFC 3261 14, RFC 3311)
 *
 * One offer at a time. Theirs waits for the owner, who may answer later; what only repeats the last
 * description is answered with ours as it was. Ours waits until the other is done, and after a
 * collision (491) for a random time.
 */
#include <string.h>
#include "dialog_private.h"
#include "text.h"

enum { GLARES_MAX = 8 };

static bool is_invite(const struct sip_msg *msg)
{
	return !pl_strcmp(&msg->met, "INVITE");
}

/* --- theirs ------------------------------------------------------------------------------------
 */

/** Answers their offer that still waits for the owner, if there is one */
void modify_drop(struct usage *u, uint16_t scode)
{
	if (u->ex_st)
		(void)reply(u, &u->ex_st, NULL, u->ex_msg, scode, reason_phrase(scode), NULL, NULL);
	u->ex_st = NULL;
	u->ex_msg = mem_deref(u->ex_msg);
	if (u->exchange == EXCHANGE_THEIRS)
		u->exchange = EXCHANGE_NONE;
}

static void cancel_h(void *arg)
{
	struct usage *u = arg;

	modify_drop(u, 487);
}

/* 200 with our description; a re-INVITE's waits for its ACK */
static int answer(struct usage *u, struct sip_strans **stp, const struct sip_msg *msg,
		  const struct body *sdp)
{
	AUTO struct mbuf *lines = mbuf_alloc(128), *mb = NULL;
	AUTO char *headers = NULL;
	const char *theirs;
	size_t len;
	int err;

	if (!lines)
		return ENOMEM;
	err = timer_answer(lines, u, msg);
	err = err ? err : mbuf_text(&headers, lines);
	err = err ? err : reply(u, stp, &mb, msg, 200, "OK", headers, sdp);
	if (err)
		return err;
	if (stp)
		*stp = NULL;
	if (u->far && pl_strcmp(&msg->met, "PRACK"))
		usage_retarget(u, msg);
	msg_body(msg, &theirs, &len);
	if (sdp)
		err = body_set(&u->local_sdp, sdp->text, sdp->len);
	if (len)
		err |= body_set(&u->remote_sdp, theirs, len);
	if (is_invite(msg))
		uas_wait_ack(u, msg, mb, !len);
	timer_run_on(u);
	return err;
}

static void ask_owner(struct usage *u, const struct sip_msg *msg, const char *sdp, size_t len)
{
	struct dialog *d = u->handle;

	if (!d || !d->h.offer_h) {
		reply_plain(u, msg, 488, reason_phrase(488));
		return;
	}
	if (sip_strans_alloc(&u->ex_st, u->s->sip, msg, cancel_h, u)) {
		reply_plain(u, msg, 500, reason_phrase(500));
		return;
	}
	u->ex_msg = mem_ref((void *)(uintptr_t)msg);
	u->exchange = EXCHANGE_THEIRS;
	d->h.offer_h(d, sdp, len, d->arg);
	if (u->ex_st && u->ex_msg == msg && is_invite(msg))
		(void)sip_treply(&u->ex_st, u->s->sip, msg, 100, "Trying");
}

/* Is the moment wrong? Answered here */
static bool collides(struct usage *u, const struct sip_msg *msg, size_t len)
{
	bool invite = is_invite(msg), early = u->state != USAGE_UP;

	/* their new INVITE shows that our 2xx arrived, though its ACK did not (RFC 5407 3.1.4) */
	if (invite && u->ack.msg && !u->ack.offered && u->state == USAGE_UP)
		repeat_stop(&u->ack);
	if (u->exchange == EXCHANGE_OURS && (invite || len))
		reply_plain(u, msg, 491, reason_phrase(491));
	else if (u->exchange == EXCHANGE_THEIRS && (invite || len))
		reply_pending(u, msg);
	else if (u->ack.msg && u->ack.offered && (invite || len))
		reply_plain(u, msg, 491, reason_phrase(491));
	else if (early && invite)
		reply_pending(u, msg);
	else if (early && len && !u->answered)
		u->incoming ? reply_pending(u, msg) : reply_plain(u, msg, 491, reason_phrase(491));
	else
		return false;
	return true;
}

static bool unreadable(struct usage *u, const struct sip_msg *msg, const char *sdp, size_t len)
{
	uint16_t scode = msg_body_check(msg);
	char lines[32];

	if (scode == 415) {
		reply_headers(u, msg, 415, reason_phrase(415), "Accept: application/sdp\r\n");
	} else if (scode) {
		reply_plain(u, msg, scode, reason_phrase(scode));
	} else if (!sdp_readable(sdp, len)) {
		reply_plain(u, msg, 400, "Bad Session Description");
	} else if (timer_too_small(u, msg)) {
		(void)re_snprintf(lines, sizeof(lines), "Min-SE: %u\r\n", u->se_min_s);
		reply_headers(u, msg, 422, reason_phrase(422), lines);
	} else {
		return false;
	}
	return true;
}

/** A re-INVITE, an UPDATE, or a PRACK with an offer */
void modify_request(struct usage *u, const struct sip_msg *msg)
{
	const char *sdp;
	size_t len;

	msg_body(msg, &sdp, &len);
	if (unreadable(u, msg, sdp, len) || collides(u, msg, len))
		return;
	usage_learn(u, msg);
	if (!len && !is_invite(msg))
		(void)answer(u, NULL, msg, NULL);
	else if (len && u->local_sdp.len && body_same(&u->remote_sdp, sdp, len))
		(void)answer(u, NULL, msg, &u->local_sdp);
	else
		ask_owner(u, msg, sdp, len);
	modify_next(u);
}

/* An offer that still waits is older than what was just said: sent later, it would undo that */
static int wanted_renew(struct usage *u, const struct body *newest)
{
	if (u->wanted.len && u->asserted)
		return body_set(&u->wanted, newest->text, newest->len); /* a name goes with it */
	body_clear(&u->wanted);
	return 0;
}

/**
 * Answers offer_h. An offer of ours that waits is given up: the answer is the owner's newest word.
 *
 * @param d   Dialog
 * @param sdp Answer; or our offer, if they asked for one: agreed_h brings their answer
 * @param len Length of sdp
 *
 * @return 0, ENOENT if nothing waits (they took it back, or the call ended), or errno
 */
int dialog_accept(struct dialog *d, const char *sdp, size_t len)
{
	struct body body = {(char *)(uintptr_t)sdp, len};
	struct usage *u = d->u;
	struct sip_msg *msg;
	int err;

	if (u->handle != d || u->exchange != EXCHANGE_THEIRS || !u->ex_st)
		return ENOENT;
	msg = TAKE(u->ex_msg);
	u->exchange = EXCHANGE_NONE;
	err = answer(u, &u->ex_st, msg, &body);
	if (err && u->ex_st)
		(void)reply(u, &u->ex_st, NULL, msg, 500, reason_phrase(500), NULL, NULL);
	err = err ? err : wanted_renew(u, &body);
	mem_deref(msg);
	return err;
}

/** Refuses what offer_h asked: nothing changes. Returns 0, or ENOENT if nothing waits */
int dialog_refuse(struct dialog *d, uint16_t scode)
{
	struct usage *u = d->u;

	if (u->handle != d || u->exchange != EXCHANGE_THEIRS || !u->ex_st)
		return ENOENT;
	if (scode < 300 || scode > 699)
		return EINVAL;
	modify_drop(u, scode);
	return 0;
}

/* --- ours --------------------------------------------------------------------------------------
 */

/** Must an offer of ours wait? */
bool modify_waits(const struct usage *u)
{
	return u->state != USAGE_UP || u->exchange != EXCHANGE_NONE || u->ack.msg || u->lost ||
	       tmr_isrunning(&u->tmr_glare);
}

static void agreed(struct usage *u, uint16_t scode, const char *sdp, size_t len)
{
	struct dialog *d = u->handle;

	if (d && d->h.agreed_h)
		d->h.agreed_h(d, scode, sdp, len, d->arg);
}

static void glare_h(void *arg)
{
	struct usage *u = arg;

	mem_ref(u);
	modify_next(u);
	mem_deref(u);
}

/* Who made the Call-ID waits longer (RFC 3261 section 14.1) */
static void glare_start(struct usage *u)
{
	uint32_t ms = u->incoming ? 10u * (rand_u16() % 200) : 2100 + 10u * (rand_u16() % 190);

	tmr_start(&u->tmr_glare, ms, glare_h, u);
}

/* The offer that did not get through is sent again, unless there is a newer one */
static void offer_back(struct usage *u)
{
	if (u->wanted.len)
		body_clear(&u->offered);
	else
		body_move(&u->wanted, &u->offered);
}

/** A final response to a re-INVITE or UPDATE of ours: what it means for the dialog itself */
void modify_done(struct usage *u, const struct ask *a, const struct sip_msg *msg)
{
	bool invite = !strcmp(a->method, "INVITE"), good = msg->scode < 300;

	if (invite && u->exchange == EXCHANGE_OURS)
		u->exchange = EXCHANGE_NONE;
	if (invite && good)
		(void)ack_send(u, u->far, a->cseq);
	if (!good || u->state != USAGE_UP)
		return;
	usage_retarget(u, msg);
	usage_learn(u, msg);
	if (a->body.len)
		(void)body_set(&u->local_sdp, a->body.text, a->body.len);
}

static void accepted(struct usage *u, const struct sip_msg *msg)
{
	const char *sdp;
	size_t len;

	body_clear(&u->offered);
	u->glares = 0;
	timer_take(u, msg);
	msg_body(msg, &sdp, &len);
	if (msg_body_check(msg) || !sdp_readable(sdp, len))
		len = 0;
	if (len)
		(void)body_set(&u->remote_sdp, sdp, len);
	agreed(u, msg->scode, sdp, len);
}

static void outcome(struct usage *u, int err, const struct sip_msg *msg)
{
	bool later = msg && (msg->scode == 491 ||
			     (msg->scode == 500 && sip_msg_hdr(msg, SIP_HDR_RETRY_AFTER)));

	if (err && (u->lost || err != ETIMEDOUT)) {
		offer_back(u);
		glare_start(u);
	} else if (ask_fatal(err, msg)) {
		usage_close_cause(u, CAUSE_TIMEOUT);
	} else if (msg->scode < 300) {
		accepted(u, msg);
	} else if ((later || (msg->scode == 422 && timer_raise(u, msg))) &&
		   ++u->glares <= GLARES_MAX) {
		offer_back(u);
		glare_start(u);
	} else {
		u->glares = 0;
		body_clear(&u->offered);
		agreed(u, msg->scode, NULL, 0);
	}
}

static void offer_response_h(struct usage *u, struct ask *a, int err, const struct sip_msg *msg)
{
	if (!err && msg->scode < 200) {
		(void)prack_response(u, u->far, msg);
		return;
	}
	if (err)
		u->exchange = u->exchange == EXCHANGE_OURS ? EXCHANGE_NONE : u->exchange;
	else
		modify_done(u, a, msg);
	if (u->state != USAGE_UP)
		return;
	outcome(u, err, msg);
	modify_next(u);
}

static int request_lines(char **text, struct usage *u)
{
	AUTO struct mbuf *mb = mbuf_alloc(256);
	int err;

	if (!mb)
		return ENOMEM;
	err = timer_offer(mb, u);
	if (!err && u->asserted)
		err = mbuf_write_str(mb, u->asserted);
	return err ? err : mbuf_text(text, mb);
}

static int reinvite(struct usage *u, const struct body *sdp, ask_h *h)
{
	AUTO char *headers = NULL;
	int err = request_lines(&headers, u);

	u->far->rseq = 0;
	err = err ? err : ask_send(NULL, u, u->far, "INVITE", headers, sdp->text, sdp->len, h);
	if (err)
		return err;
	u->exchange = EXCHANGE_OURS;
	u->asserted = mem_deref(u->asserted);
	return 0;
}

static int offer_now(struct usage *u)
{
	int err = reinvite(u, &u->wanted, offer_response_h);

	if (!err)
		body_move(&u->offered, &u->wanted);
	return err;
}

/** Sends what waits, if it may go now */
void modify_next(struct usage *u)
{
	if (!u->wanted.len || modify_waits(u) || !offer_now(u))
		return;
	body_clear(&u->wanted);
	agreed(u, 503, NULL, 0);
}

/**
 * Offers a change by re-INVITE; agreed_h brings the outcome. Only the newest offer is sent while
 * one waits; collisions are settled inside.
 *
 * @param d   Confirmed dialog
 * @param sdp Offer
 * @param len Length of sdp
 *
 * @return 0, ENOTCONN if the call is not up, or errno
 */
int dialog_offer(struct dialog *d, const char *sdp, size_t len)
{
	struct usage *u = d->u;
	int err;

	if (u->handle != d || u->state != USAGE_UP)
		return ENOTCONN;
	if (!len)
		return EINVAL;
	err = body_set(&u->wanted, sdp, len);
	if (err || modify_waits(u))
		return err;
	err = offer_now(u);
	if (err)
		body_clear(&u->wanted);
	return err;
}

/** Refreshes the session: UPDATE, or re-INVITE with what was said last. EAGAIN: not now */
int modify_refresh(struct usage *u, ask_h *h)
{
	AUTO char *headers = NULL;
	int err;

	if (!u->can_update)
		return modify_waits(u) || !u->local_sdp.len ? EAGAIN
							    : reinvite(u, &u->local_sdp, h);
	err = request_lines(&headers, u);
	err = err ? err : ask_send(NULL, u, u->far, "UPDATE", headers, NULL, 0, h);
	if (!err)
		u->asserted = mem_deref(u->asserted);
	return err;
}

/* --- telling a name ----------------------------------------------------------------------------
 */

static void identity_response_h(struct usage *u, struct ask *a, int err, const struct sip_msg *msg)
{
	if (!err && msg->scode < 200)
		return;
	if (!err)
		modify_done(u, a, msg);
	if (u->state != USAGE_UP)
		return;
	if (!err && msg->scode < 300)
		timer_take(u, msg);
	else if (!u->lost && ask_fatal(err, msg))
		usage_close_cause(u, CAUSE_TIMEOUT);
}

/**
 * Tells the far side whom it talks to now (RFC 5876): UPDATE without a description, or re-INVITE.
 *
 * @param d   Confirmed dialog
 * @param who The new party
 * @param sdp Our description as it stands, for a peer that does not know UPDATE
 * @param len Length of sdp
 *
 * @return 0, ENOTCONN if the call is not up, or errno
 */
int dialog_update_identity(struct dialog *d, const struct dialog_identity *who, const char *sdp,
			   size_t len)
{
	AUTO struct mbuf *mb = mbuf_alloc(256);
	struct usage *u = d->u;
	int err;

	if (u->handle != d || u->state != USAGE_UP)
		return ENOTCONN;
	u->asserted = mem_deref(u->asserted);
	err = mb ? identity_lines(mb, who, u->incoming ? "called" : "calling") : ENOMEM;
	err = err ? err : mbuf_text(&u->asserted, mb);
	if (err)
		return err;
	if (!u->can_update)
		return dialog_offer(d, sdp, len);
	return modify_refresh(u, identity_response_h);
}
