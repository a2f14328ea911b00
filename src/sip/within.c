/**
 * @file within.c  Requests inside a dialog: whose they are, whether we believe them, by method
 */
#include <string.h>
#include "clock.h"
#include "dialog_private.h"
#include "log.h"

/* --- BYE ---------------------------------------------------------------------------------------
 */

static void bye_response_h(struct usage *u, struct ask *a, int err, const struct sip_msg *msg)
{
	(void)a;
	if (err || msg->scode >= 200)
		usage_over(u);
}

/** Says BYE with a Reason; the usage is over when it was answered, or nobody answered */
void bye_send(struct usage *u)
{
	AUTO struct mbuf *mb = mbuf_alloc(128);
	AUTO char *headers = NULL;

	modify_drop(u, 487);
	refer_drop(u);
	tmr_cancel(&u->tmr_se);
	tmr_cancel(&u->tmr_glare);
	u->state = USAGE_BYE;
	if (!mb || header_reason(mb, true, u->bye_cause, u->bye_text) || mbuf_text(&headers, mb) ||
	    ask_send(NULL, u, u->far, "BYE", headers, NULL, 0, bye_response_h))
		usage_over(u);
}

static void bye(struct usage *u, struct far *far, const struct sip_msg *msg)
{
	struct dialog_end end = {.cause = CAUSE_NORMAL, .untold = refer_untold(u)};
	(void)far;

	reply_plain(u, msg, 200, "OK");
	reason_parse(&end, msg);
	switch (u->state) {
	case USAGE_RINGING:
		/* a caller may end an early dialog like that (RFC 3261 section 15) */
		end.cause = CAUSE_CANCELLED;
		uas_reject(u, 487, reason_phrase(487), CAUSE_CANCELLED);
		usage_tell(u, &end);
		break;
	case USAGE_UP:
	case USAGE_LEAVING:
		usage_close(u, &end);
		break;
	default:
		break;
	}
}

/* --- others ------------------------------------------------------------------------------------
 */

static void ack(struct usage *u, struct far *far, const struct sip_msg *msg)
{
	uas_ack(u, msg);
}

static void modify(struct usage *u, struct far *far, const struct sip_msg *msg)
{
	modify_request(u, msg);
}

static void info(struct usage *u, struct far *far, const struct sip_msg *msg)
{
	info_request(u, msg);
}

static void refer(struct usage *u, struct far *far, const struct sip_msg *msg)
{
	refer_request(u, msg);
}

static void options(struct usage *u, struct far *far, const struct sip_msg *msg)
{
	reply_headers(u, msg, 200, "OK",
		      "Allow: " DIALOG_ALLOW "\r\nSupported: " DIALOG_SUPPORTED
		      "\r\nAccept: application/sdp, application/dtmf-relay, application/dtmf\r\n");
}

/* We subscribe to nothing in a call */
static void notify(struct usage *u, struct far *far, const struct sip_msg *msg)
{
	reply_plain(u, msg, 481, "Subscription Does Not Exist");
}

static const struct method {
	const char *name;
	void (*h)(struct usage *u, struct far *far, const struct sip_msg *msg);
} methods[] = {
	{"ACK", ack},
	{"BYE", bye},
	{"INVITE", modify},
	{"UPDATE", modify},
	{"PRACK", prack_request},
	{"INFO", info},
	{"REFER", refer},
	{"OPTIONS", options},
	{"NOTIFY", notify},
};

static void dispatch(struct usage *u, struct far *far, const struct sip_msg *msg)
{
	for (size_t i = 0; i < COUNT(methods); i++) {
		if (!pl_strcmp(&msg->met, methods[i].name)) {
			methods[i].h(u, far, msg);
			return;
		}
	}
	reply_headers(u, msg, 405, "Method Not Allowed", "Allow: " DIALOG_ALLOW "\r\n");
}

/* --- belief ------------------------------------------------------------------------------------
 */

/* Browsers all come from loopback: there the port is the identity */
static bool same_place(const struct usage *u, const struct flow *flow)
{
	if (u->flow.ws || flow->ws)
		return flow_same(&u->flow, flow);
	return sa_cmp(&u->flow.peer, &flow->peer, SA_ADDR);
}

static bool same_trunk(const struct usage *u, const struct sip_msg *msg)
{
	struct sip_trunk trunk = {0};

	return u->trunk && u->s->h.trunk_h(&trunk, &msg->src, msg->tp, u->s->h.arg) &&
	       trunk.id == u->trunk;
}

/* From elsewhere only who signs in as the same device is believed; it has moved then */
static bool proved(struct usage *u, const struct sip_msg *msg, const struct flow *flow,
		   const struct sa *client)
{
	struct sip_account acc;

	if (!pl_strcmp(&msg->met, "ACK"))
		return false;
	if (!auth_request(&acc, u->s, msg, flow, client))
		return false;
	if (!u->device[0] || acc.tenant != u->tenant || strcmp(acc.device, u->device)) {
		log_warn("sip.dialog_stranger", "call_id=%s device=%s", u->call_id, acc.device);
		stack_refuse(u->s, msg, 403, "Forbidden");
		return false;
	}
	usage_proved(u, msg, flow, client);
	return true;
}

/* Requests come in order (RFC 3261 section 12.2.2) */
static bool in_order(struct usage *u, struct far *far, const struct sip_msg *msg)
{
	if (!pl_strcmp(&msg->met, "ACK"))
		return true;
	if ((int64_t)msg->cseq.num <= far->cseq) {
		reply_plain(u, msg, 500, "CSeq Out Of Order");
		return false;
	}
	far->cseq = msg->cseq.num;
	return true;
}

static bool still_there(struct usage *u, const struct sip_msg *msg)
{
	bool over = u->state == USAGE_BYE || u->state == USAGE_LEAVING;

	if (!over || !pl_strcmp(&msg->met, "BYE") || !pl_strcmp(&msg->met, "ACK"))
		return true;
	reply_plain(u, msg, 481, reason_phrase(481));
	return false;
}

/* Each answer is kept for half a minute (RFC 3261 section 17.2): a peer may not pile them up. One
 * that is refused here leaves nothing behind */
static bool too_often(struct usage *u, const struct sip_msg *msg)
{
	uint64_t now = clock_mono_ms();

	if (now - u->requests_ms >= REQUESTS_MS) {
		u->requests_ms = now;
		u->requests = 0;
	}
	if (++u->requests <= REQUESTS_MAX || !pl_strcmp(&msg->met, "ACK") ||
	    !pl_strcmp(&msg->met, "BYE"))
		return false;
	stack_refuse(u->s, msg, 503, "Too Many Requests");
	return true;
}

/** See stack_private.h */
bool dialog_request_h(struct stack *s, const struct sip_msg *msg, const struct flow *flow,
		      const struct sa *client)
{
	struct usage *u = usage_find(s, &msg->callid, &msg->to.tag);
	struct far *far = u ? far_find(u, &msg->from.tag) : NULL;

	if (!far)
		return !pl_strcmp(&msg->met, "ACK");
	mem_ref(u);
	if ((same_place(u, flow) || same_trunk(u, msg) || proved(u, msg, flow, client)) &&
	    u->state != USAGE_OVER && !too_often(u, msg) && in_order(u, far, msg) &&
	    still_there(u, msg)) {
		usage_follow(u, msg, flow, client);
		dispatch(u, far, msg);
	}
	mem_deref(u);
	return true;
}
