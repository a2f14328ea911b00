/**
 * @file keepalive.c  Is the phone still there? OPTIONS along the flow, and word of closed
 * connections
 *
 * A phone behind NAT by UDP is asked every udp_keepalive_s, which keeps the NAT's mapping and
 * measures the round trip. By TCP and TLS it is asked often enough that libre's idle limit of 900 s
 * does not close the connection. The edge looks after browsers itself.
 */
#include <string.h>
#include "clock.h"
#include "id.h"
#include "log.h"
#include "stack_parts.h"

enum {
	STREAM_ALIVE_S = 600,
	UNANSWERED_MAX = 3,
};

static void alive_h(void *arg);

static uint32_t interval_ms(const struct entry *e)
{
	uint32_t s =
		e->b.flow.tp == SIP_TRANSP_UDP ? e->stack->conf.udp_keepalive_s : STREAM_ALIVE_S;

	/* a tenth of jitter, so that phones which came together do not stay so */
	return s * 950 + rand_u32() % (s * 100 + 1);
}

static void alive_next(struct entry *e)
{
	bool udp = e->b.flow.tp == SIP_TRANSP_UDP;

	if (e->b.flow.ws || (udp && (!e->b.nat || !e->stack->conf.udp_keepalive_s))) {
		tmr_cancel(&e->tmr_alive);
		return;
	}
	tmr_start(&e->tmr_alive, interval_ms(e), alive_h, e);
}

static void unanswered(struct entry *e)
{
	if (++e->unanswered < UNANSWERED_MAX || e->b.silent)
		return;
	e->b.silent = true;
	log_info("sip.phone_silent", "tenant=%lld user=%s", (long long)e->b.tenant, e->b.user);
}

static void response_h(int err, const struct sip_msg *msg, void *arg)
{
	struct entry *e = arg;

	if (msg && msg->scode < 200)
		return;
	alive_next(e);
	if (err || !msg) {
		unanswered(e);
		return;
	}
	e->unanswered = 0;
	e->b.silent = false;
	e->b.rtt_ms = (uint32_t)(clock_mono_ms() - e->alive_sent);
}

static int print_options(struct mbuf *mb, const struct entry *e)
{
	char tag[17], call_id[25];

	id_random(tag, sizeof(tag));
	id_random(call_id, sizeof(call_id));
	return mbuf_printf(mb,
			   "Max-Forwards: 70\r\nFrom: <sip:%s>;tag=%s\r\nTo: <%s>\r\n"
			   "Call-ID: %s\r\nCSeq: 1 OPTIONS\r\n%s%s%s"
			   "Accept: application/sdp\r\nContent-Length: 0\r\n\r\n",
			   e->b.domain, tag, e->b.contact, call_id, e->b.path[0] ? "Route: " : "",
			   e->b.path, e->b.path[0] ? "\r\n" : "");
}

static void alive_h(void *arg)
{
	struct entry *e = arg;
	AUTO struct mbuf *mb = mbuf_alloc(512);

	if (e->alive)
		unanswered(e); /* the next is due before libre gives up the last */
	e->alive = mem_deref(e->alive);
	alive_next(e);
	if (!mb || print_options(mb, e))
		return;
	mb->pos = 0;
	e->alive_sent = clock_mono_ms();
	(void)stack_request(&e->alive, e->stack, &e->b.flow, true, "OPTIONS", e->b.contact, mb,
			    response_h, e);
}

/** Does a phone listen where its Contact says? Then a new connection can be made there (RFC 3261
 * section 18.1.1); behind NAT it cannot */
bool flow_anew(struct flow *anew, const struct flow *old, const char *contact)
{
	struct pl pl;
	struct uri uri;
	struct sa addr;

	pl_set_str(&pl, contact);
	if (old->tp != SIP_TRANSP_TCP || old->ws || uri_decode(&uri, &pl) ||
	    sa_set(&addr, &uri.host, uri.port ? uri.port : SIP_PORT) ||
	    !sa_cmp(&addr, &old->peer, SA_ADDR) || sa_cmp(&addr, &old->peer, SA_ALL))
		return false;
	*anew = *old;
	anew->peer = addr;
	return true;
}

static void closed_h(int err, void *arg)
{
	struct entry *e = arg;
	struct stack *s = e->stack;
	struct flow old = e->b.flow, anew;
	(void)err;

	if (flow_anew(&anew, &old, e->b.contact)) {
		bindings_flow(e, &anew);
		subs_flow_moved(s, &old, &anew);
		dialog_flow_moved(s, e->b.tenant, e->b.device, &old, &anew);
		return;
	}
	bindings_lost(s, &old);
	subs_flow_lost(s, &old);
	dialog_flow_lost(s, &old);
}

/** Starts to look after a binding; `msg` is the REGISTER, NULL after a restart */
void keepalive_start(struct entry *e, const struct sip_msg *msg)
{
	e->unanswered = 0;
	if (!tmr_isrunning(&e->tmr_alive) || e->b.flow.ws)
		alive_next(e);
	if (!msg || e->b.flow.ws || e->b.flow.tp == SIP_TRANSP_UDP)
		return;
	e->watch = mem_deref(e->watch);
	(void)sip_keepalive_start(&e->watch, e->stack->sip, msg, WATCH_S, closed_h, e);
}
