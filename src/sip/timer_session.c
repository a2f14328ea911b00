/**
 * @file timer_session.c  Session timers (RFC 4028)
 *
 * Whenever we may choose we refresh ourselves: then we notice a peer that is gone, also one that
 * knows nothing of session timers. By UPDATE if the peer allows it, else by re-INVITE.
 */
#include "clock.h"
#include "dialog_private.h"

enum { RETRY_MS = 5000, SESSION_MAX_S = 86400 };

/** Lines for a request of ours. In the first INVITE we ask to be the one who refreshes */
int timer_offer(struct mbuf *mb, const struct usage *u)
{
	bool ours = u->se_ours || u->state == USAGE_CALLING || u->state == USAGE_OVER;

	if (!u->se_s)
		return 0;
	return mbuf_printf(mb, "Session-Expires: %u;refresher=%s\r\nMin-SE: %u\r\n", u->se_s,
			   ours ? "uac" : "uas", u->se_min_s);
}

/** Is the interval they ask for below what we can do with? Then 422 */
bool timer_too_small(const struct usage *u, const struct sip_msg *msg)
{
	return request_supports(msg, "timer") &&
	       msg_number(msg, SIP_HDR_SESSION_EXPIRES, SESSION_MAX_S) <
		       (u ? u->se_min_s : SESSION_MIN_S);
}

/* -1: does not say; else whether it names `who` */
static int refresher_is(const struct sip_msg *msg, const char *who)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, SIP_HDR_SESSION_EXPIRES);
	struct pl val;

	if (!hdr || msg_param_decode(&hdr->val, "refresher", &val))
		return -1;
	return !pl_strcasecmp(&val, who);
}

/** Lines for our 2xx to their INVITE or UPDATE; decides interval and who refreshes */
int timer_answer(struct mbuf *mb, struct usage *u, const struct sip_msg *request)
{
	uint32_t conf = u->s->conf.session_expires_s, least, asked;
	bool knows = request_supports(request, "timer");

	least = MAX(msg_number(request, SIP_HDR_MIN_SE, SESSION_MIN_S), SESSION_MIN_S);
	asked = msg_number(request, SIP_HDR_SESSION_EXPIRES, 0);
	u->se_s = asked;
	if (conf && (!asked || conf < asked))
		u->se_s = conf;
	if (u->se_s && u->se_s < least)
		u->se_s = asked > least ? asked : least;
	u->se_s = MIN(u->se_s, SESSION_MAX_S);
	if (!u->se_s)
		return 0;
	u->se_ours = !knows || refresher_is(request, "uac") != 1;
	return mbuf_printf(mb, "%sSession-Expires: %u;refresher=%s\r\n",
			   u->se_ours ? "" : "Require: timer\r\n", u->se_s,
			   u->se_ours ? "uas" : "uac");
}

/** What their 2xx to our INVITE or UPDATE says; starts the timer anew */
void timer_take(struct usage *u, const struct sip_msg *response)
{
	uint32_t s = msg_number(response, SIP_HDR_SESSION_EXPIRES, 0);

	if (s) {
		u->se_s = MIN(MAX(s, SESSION_MIN_S), SESSION_MAX_S);
		u->se_ours = refresher_is(response, "uas") != 1;
	} else {
		/* it does not do timers: we do it alone */
		u->se_ours = true;
	}
	timer_run_on(u);
}

/** 422: takes the interval they want; false if that is none to try with */
bool timer_raise(struct usage *u, const struct sip_msg *response)
{
	uint32_t s = msg_number(response, SIP_HDR_MIN_SE, 0);

	if (s <= u->se_min_s || s > SESSION_MAX_S)
		return false;
	u->se_min_s = s;
	u->se_s = MAX(u->se_s, s);
	return true;
}

static void refresh_h(void *arg);

/* Whether the session may go on for a while without a refresh */
static void retry(struct usage *u, uint32_t ms)
{
	if (clock_mono_ms() >= u->se_until)
		usage_close_cause(u, CAUSE_SESSION_EXPIRED);
	else
		tmr_start(&u->tmr_se, ms, refresh_h, u);
}

static void refused(struct usage *u, const struct ask *a, const struct sip_msg *msg)
{
	bool update = a->method[0] == 'U';

	if (msg->scode == 422 && timer_raise(u, msg))
		retry(u, 0);
	else if (msg->scode == 491)
		retry(u, 2100 + rand_u16() % 1900);
	else if (update && (msg->scode == 405 || msg->scode == 501 || msg->scode == 420)) {
		u->can_update = false;
		retry(u, 0);
	} else {
		/* it said no, but it is there */
		timer_run_on(u);
	}
}

static void response_h(struct usage *u, struct ask *a, int err, const struct sip_msg *msg)
{
	if (!err && msg->scode < 200)
		return;
	if (!err)
		modify_done(u, a, msg);
	else
		u->exchange = a->method[0] == 'I' ? EXCHANGE_NONE : u->exchange;
	if (u->state != USAGE_UP)
		return;
	if (err ? u->lost || err != ETIMEDOUT : false)
		retry(u, RETRY_MS);
	else if (ask_fatal(err, msg))
		usage_close_cause(u, CAUSE_SESSION_EXPIRED);
	else if (msg->scode < 300)
		timer_take(u, msg);
	else
		refused(u, a, msg);
	if (u->state == USAGE_UP)
		modify_next(u);
}

static void refresh_h(void *arg)
{
	struct usage *u = arg;

	mem_ref(u);
	if (u->state == USAGE_UP && (u->lost || modify_refresh(u, response_h)))
		retry(u, RETRY_MS);
	mem_deref(u);
}

static void expire_h(void *arg)
{
	struct usage *u = arg;

	mem_ref(u);
	usage_close_cause(u, CAUSE_SESSION_EXPIRED);
	mem_deref(u);
}

/** Starts the timer: half the interval if we refresh, else until shortly before its end */
void timer_run_on(struct usage *u)
{
	uint64_t ms = (uint64_t)u->se_s * 1000;

	tmr_cancel(&u->tmr_se);
	if (!u->se_s || u->state != USAGE_UP)
		return;
	u->se_until = clock_mono_ms() + ms;
	if (u->se_ours)
		tmr_start(&u->tmr_se, ms / 2, refresh_h, u);
	else
		tmr_start(&u->tmr_se, ms - MIN(32000, ms / 3), expire_h, u);
}
