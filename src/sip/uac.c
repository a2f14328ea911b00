/**
 * @file uac.c  Calls that go out: from our INVITE to the answer
 *
 * A CANCEL is our own and not libre's, because it carries a Reason: it repeats the Via of the
 * INVITE as the first provisional response showed it (RFC 3261 section 9.1), and the INVITE's
 * transaction is kept for the answer that may overtake it.
 */
#include <string.h>
#include "clock.h"
#include "dialog_private.h"
#include "id.h"
#include "log.h"
#include "text.h"

/* --- CANCEL ------------------------------------------------------------------------------------
 */

/** Stops repeating the CANCEL */
void uac_cancel_stop(struct usage *u)
{
	tmr_cancel(&u->cancel.tmr);
	u->cancel.mb = mem_deref(u->cancel.mb);
}

static void cancel_repeat_h(void *arg)
{
	struct usage *u = arg;
	struct cancel *c = &u->cancel;

	/* nobody ends the INVITE: give up (RFC 3261 section 9.1) */
	if (clock_mono_ms() - c->started >= DIALOG_T64) {
		usage_over(u);
		return;
	}
	c->interval = MIN(2 * c->interval, SIP_T2);
	tmr_start(&c->tmr, c->interval, cancel_repeat_h, u);
	if (c->flow.tp != SIP_TRANSP_UDP)
		return;
	c->mb->pos = 0;
	(void)sip_send(u->s->sip, NULL, c->flow.tp, &c->flow.peer, c->mb);
}

static int cancel_print(struct mbuf *mb, const struct usage *u)
{
	int err;

	err = mbuf_printf(mb, "CANCEL %s SIP/2.0\r\nVia: %s\r\n", u->far->target, u->cancel.via);
	err |= headers_common(mb, u, u->far, "CANCEL", u->invite->cseq);
	err |= header_reason(mb, true, u->bye_cause, u->bye_text);
	return err | mbuf_write_str(mb, "Content-Length: 0\r\n\r\n");
}

static void cancel_send(struct usage *u)
{
	struct cancel *c = &u->cancel;

	if (c->mb || !u->invite)
		return;
	c->mb = mbuf_alloc(512);
	if (!c->mb || cancel_print(c->mb, u)) {
		usage_over(u);
		return;
	}
	c->started = clock_mono_ms();
	c->interval = SIP_T1;
	tmr_start(&c->tmr, c->interval, cancel_repeat_h, u);
	c->mb->pos = 0;
	(void)sip_send(u->s->sip, NULL, c->flow.tp, &c->flow.peer, c->mb);
}

/** We do not want an answer any more. Before a provisional response the CANCEL must wait */
void uac_cancel(struct usage *u)
{
	u->state = USAGE_CANCELLED;
	if (u->cancel.via[0])
		cancel_send(u);
}

/* Where the INVITE went, and the Via it had there */
static void reached(struct usage *u, const struct sip_msg *msg)
{
	if (re_snprintf(u->cancel.via, sizeof(u->cancel.via), "SIP/2.0/%s %r;branch=%r;rport",
			sip_transp_name(msg->tp), &msg->via.sentby, &msg->via.branch) < 0)
		u->cancel.via[0] = '\0';
	u->cancel.flow = u->flow;
	if (u->by_flow)
		return;
	u->cancel.flow.tp = msg->tp;
	u->cancel.flow.peer = msg->src;
}

/* --- responses ---------------------------------------------------------------------------------
 */

static int invite_headers(char **text, const struct usage *u)
{
	AUTO struct mbuf *mb = mbuf_alloc(256);
	int err;

	if (!mb)
		return ENOMEM;
	err = mbuf_write_str(mb, u->invite_extra);
	err |= timer_offer(mb, u);
	return err ? err : mbuf_text(text, mb);
}

/* The first response shows who is there: the address of a trunk that was called by name */
static void peer_seen(struct usage *u, const struct sip_msg *msg)
{
	struct sip_trunk trunk = {0};

	if (u->by_flow && u->device[0])
		return;
	if (!u->by_flow) {
		u->flow = (struct flow){.tp = msg->tp, .peer = msg->src};
		u->client = msg->src;
	}
	if (!u->trunk && u->s->h.trunk_h(&trunk, &msg->src, msg->tp, u->s->h.arg))
		u->trunk = trunk.id;
}

/* A body that is no description counts as none */
static void description(const struct sip_msg *msg, const char **sdp, size_t *len)
{
	msg_body(msg, sdp, len);
	if (msg_body_check(msg) || !sdp_readable(*sdp, *len))
		*len = 0;
}

static void provisional(struct usage *u, const struct sip_msg *msg)
{
	struct dialog *d = u->handle;
	struct far *far;
	const char *sdp;
	size_t len;

	reached(u, msg);
	peer_seen(u, msg);
	if (u->state == USAGE_CANCELLED) {
		cancel_send(u);
		return;
	}
	if (msg->scode == 100)
		return;
	usage_learn(u, msg);
	far = fork_far(u, msg);
	if (far && !prack_response(u, far, msg))
		return;
	description(msg, &sdp, &len);
	if (len)
		(void)body_set(&u->remote_sdp, sdp, len);
	if (d && d->h.ring_h)
		d->h.ring_h(d, msg->scode, sdp, len, d->arg);
}

static void answered(struct usage *u, const struct ask *a, const struct sip_msg *msg)
{
	bool wanted = u->state == USAGE_CALLING;
	struct far *far = fork_far(u, msg);
	struct dialog *d = u->handle;
	const char *sdp;
	size_t len;

	if (!far) {
		struct dialog_end end = {.cause = CAUSE_BAD_GATEWAY, .scode = msg->scode};

		usage_close(u, &end);
		return;
	}
	mem_deref(u->far);
	u->far = mem_ref(far);
	u->invite_cseq = a->cseq;
	u->max_forwards = 0;
	u->state = USAGE_UP;
	peer_seen(u, msg);
	(void)ack_send(u, far, a->cseq);
	if (!wanted) {
		/* the answer overtook our CANCEL */
		bye_send(u);
		return;
	}
	usage_learn(u, msg);
	timer_take(u, msg);
	description(msg, &sdp, &len);
	(void)body_set(&u->local_sdp, a->body.text, a->body.len);
	if (len)
		(void)body_set(&u->remote_sdp, sdp, len);
	if (d && d->h.answer_h)
		d->h.answer_h(d, sdp, len, d->arg);
}

static void end_contact(struct dialog_end *end, const struct sip_msg *msg)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, SIP_HDR_CONTACT);
	struct sip_addr addr;

	if (msg->scode >= 300 && msg->scode < 400 && hdr && !sip_addr_decode(&addr, &hdr->val) &&
	    uri_printable(&addr.auri))
		(void)text_copy_pl(end->contact, sizeof(end->contact), &addr.auri);
}

static void refused(struct usage *u, const struct sip_msg *msg)
{
	struct dialog_end end = {.cause = cause_from_sip(msg->scode), .scode = msg->scode};
	struct pl cut = {msg->reason.p, MIN(msg->reason.l, sizeof(end.reason) - 1)};

	if (u->state == USAGE_CANCELLED) {
		usage_over(u);
		return;
	}
	peer_seen(u, msg);
	usage_learn(u, msg);
	reason_parse(&end, msg);
	end_contact(&end, msg);
	if (text_one_line(&cut))
		(void)text_copy_pl(end.reason, sizeof(end.reason), &cut);
	usage_close(u, &end);
}

static void failed(struct usage *u, int err)
{
	struct dialog_end end = {.cause = CAUSE_TIMEOUT};

	if (err != ETIMEDOUT)
		end.cause = u->device[0] ? CAUSE_FLOW_LOST : CAUSE_TRUNK_DOWN;
	usage_close(u, &end);
}

/* 422: once more with the longer interval they want (RFC 4028 section 7.3) */
static bool again_longer(struct usage *u, struct ask *a, const struct sip_msg *msg)
{
	AUTO char *headers = NULL;

	if (msg->scode != 422 || u->state != USAGE_CALLING || !timer_raise(u, msg) ||
	    invite_headers(&headers, u) || ask_again(a, headers))
		return false;
	u->invite = a;
	return true;
}

static void invite_h(struct usage *u, struct ask *a, int err, const struct sip_msg *msg)
{
	if (!err && msg->scode < 200) {
		provisional(u, msg);
		return;
	}
	u->invite = NULL;
	uac_cancel_stop(u);
	if (err)
		failed(u, err);
	else if (msg->scode < 300)
		answered(u, a, msg);
	else if (!again_longer(u, a, msg))
		refused(u, msg);
}

/* --- the INVITE --------------------------------------------------------------------------------
 */

static bool line_safe(const char *text)
{
	struct pl pl;

	pl_set_str(&pl, text);
	return text_one_line(&pl);
}

/* Phones know one or the other: no standard settled it */
static int answer_at_once(struct mbuf *mb, const struct dialog_target *t)
{
	if (!t->answer_at_once)
		return 0;
	return mbuf_printf(mb,
			   "Call-Info: <sip:%s>;answer-after=0\r\n"
			   "Alert-Info: <sip:%s>;info=alert-autoanswer;answer-after=0\r\n",
			   t->from.domain, t->from.domain);
}

static int extra_headers(char **text, const struct dialog_target *t)
{
	AUTO struct mbuf *mb = mbuf_alloc(256);
	int err;

	if (!mb)
		return ENOMEM;
	if (!line_safe(t->alert_info) || !line_safe(t->replaces))
		return EINVAL;
	err = identity_lines(mb, &t->from, "calling");
	err |= diversion_lines(mb, &t->diversion, t->uri);
	err |= answer_at_once(mb, t);
	if (t->alert_info[0])
		err |= mbuf_printf(mb, "Alert-Info: %s\r\n", t->alert_info);
	if (t->replaces[0])
		err |= mbuf_printf(mb, "Replaces: %s\r\nRequire: replaces\r\n", t->replaces);
	return err ? err : mbuf_text(text, mb);
}

/* How it goes out, for our Contact; false when the carrier's DNS says so (RFC 3263 section 4.1) */
static bool hop_named(struct usage *u, const char *text)
{
	struct pl pl, transport;
	struct uri uri;

	pl_set_str(&pl, text);
	if (uri_decode(&uri, &pl))
		return true;
	if (msg_param_decode(&uri.params, "transport", &transport))
		return uri.port != 0;
	u->flow.tp = !pl_strcasecmp(&transport, "tls")	 ? SIP_TRANSP_TLS
		     : !pl_strcasecmp(&transport, "tcp") ? SIP_TRANSP_TCP
							 : SIP_TRANSP_UDP;
	return true;
}

static int goal(struct usage *u, const struct dialog_target *t)
{
	struct pl uri, path;
	int err = far_alloc(&u->far, u, NULL);

	pl_set_str(&uri, t->uri);
	pl_set_str(&path, t->path);
	if (err)
		return err;
	if (!uri_printable(&uri) || !text_one_line(&path))
		return EINVAL;
	str_ncpy(u->far->target, t->uri, sizeof(u->far->target));
	if (t->path[0]) {
		struct sip_addr addr;

		u->far->routes = mbuf_alloc(128);
		if (!u->far->routes)
			return ENOMEM;
		err = mbuf_printf(u->far->routes, "Route: %s\r\n", t->path);
		if (!sip_addr_decode(&addr, &path))
			(void)text_copy_pl(u->far->next, sizeof(u->far->next), &addr.auri);
	}
	if (!err && !t->has_flow && (hop_named(u, t->uri) || t->path[0]))
		far_next(u->far, SIP_TRANSP_UDP, NULL);
	return err;
}

static void whose(struct usage *u, const struct dialog_target *t)
{
	bool tls;

	u->flow = t->flow;
	u->client = t->flow.peer;
	if (t->flow.ws)
		(void)u->s->h.edge_h(&u->client, &tls, sa_port(&t->flow.peer), u->s->h.arg);
	u->tenant = t->tenant;
	str_ncpy(u->device, t->device, sizeof(u->device));
}

static void names(struct usage *u, const struct dialog_target *t)
{
	struct pl user;

	id_random(u->call_id, 33);
	id_random(u->local_tag, 17);
	u->cseq = rand_u16();
	u->max_forwards = t->max_forwards ? t->max_forwards - 1 : 70;
	str_ncpy(u->auth_user, t->auth_user, sizeof(u->auth_user));
	str_ncpy(u->auth_password, t->auth_password, sizeof(u->auth_password));
	str_ncpy(u->auth_realm, t->auth_realm, sizeof(u->auth_realm));
	pl_set_str(&user, t->from.hidden ? "anonymous" : t->from.user);
	if (strspn(user.p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+") ==
	    user.l)
		str_ncpy(u->contact_user, user.p, sizeof(u->contact_user));
}

static int prepare(struct usage *u, const struct dialog_target *t)
{
	struct dialog_identity to = {.hidden = false};
	int err;

	str_ncpy(to.user, t->to_user, sizeof(to.user));
	str_ncpy(to.domain, t->to_domain, sizeof(to.domain));
	u->by_flow = t->has_flow;
	names(u, t);
	if (!u->max_forwards)
		return ELOOP;
	if (t->has_flow)
		whose(u, t);
	err = goal(u, t);
	err = err ? err : identity_address(&u->local, &t->from);
	err = err ? err : identity_address(&u->remote, &to);
	u->se_s = u->s->conf.session_expires_s;
	return err ? err : extra_headers(&u->invite_extra, t);
}

/**
 * Calls.
 *
 * @param dp  The dialog; set before anything can come back
 * @param s   Stack
 * @param t   Whom, and how to get there
 * @param sdp Offer
 * @param len Length of sdp
 * @param h   Handlers
 * @param arg Their argument
 *
 * @return 0, or errno: no handler is called then
 */
int dialog_call(struct dialog **dp, struct stack *s, const struct dialog_target *t, const char *sdp,
		size_t len, const struct dialog_handlers *h, void *arg)
{
	AUTO struct dialog *d = NULL;
	AUTO char *headers = NULL;
	struct usage *u;
	int err;

	err = usage_alloc(&d, s);
	if (err)
		return err;
	u = d->u;
	err = prepare(u, t);
	err = err ? err : invite_headers(&headers, u);
	if (err)
		return err;
	dialog_set_handlers(d, h, arg);
	usage_enter(u);
	err = ask_send(&u->invite, u, u->far, "INVITE", headers, sdp, len, invite_h);
	if (err) {
		usage_over(u);
		return err;
	}
	*dp = TAKE(d);
	return 0;
}
