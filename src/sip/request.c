/**
 * @file request.c  Requests of our own along a flow, and what we call ourselves
 */
#include <string.h>
#include "stack_parts.h"
#include "text.h"

/* libre's send handler has no argument for it, and may run later, when a name was found; there is
 * one stack on a thread */
static _Thread_local struct stack *sending;

static bool address_known(const struct stack *s)
{
	return !s->conf.advertise[0] && !sa_is_any(&s->conf.bind);
}

/*
 * libre's Via names the address that is bound, which may be 0.0.0.0 or behind NAT: puts the
 * advertised one in its place. `mb` holds the request line and that Via.
 */
static int via_h(enum sip_transp tp, const struct sa *src, const struct sa *dst, struct mbuf *mb,
		 void *arg)
{
	struct stack *s = sending;
	struct pl line = {(char *)mb->buf, mb->end}, head, tail;
	char rest[128];
	(void)arg;

	if (address_known(s))
		return 0;
	if (re_regex(line.p, line.l, "Via: [^ ]+ [^;]+[^\r]+", &head, NULL, &tail) ||
	    !text_copy_pl(rest, sizeof(rest), &tail))
		return EBADMSG;
	mb->pos = mb->end = (size_t)(head.p + head.l - line.p);
	return mbuf_printf(mb, " %s:%u%s\r\n", s->host, sa_port(src), rest);
}

static int send_to(struct sip_request **reqp, struct stack *s, const struct uri *route,
		   bool stateful, const char *method, const char *uri, struct mbuf *mb,
		   sip_resp_h *resph, void *arg)
{
	sending = s;
	return sip_request(reqp, s->sip, stateful, method, -1, uri, -1, route, mb,
			   (size_t)(uintptr_t)arg, via_h, resph, arg);
}

static const char *transport_name(const struct flow *flow)
{
	return flow->tp == SIP_TRANSP_TLS ? "tls" : flow->tp == SIP_TRANSP_TCP ? "tcp" : "udp";
}

/** See stack_private.h */
int stack_request(struct sip_request **reqp, struct stack *s, const struct flow *flow,
		  bool stateful, const char *method, const char *uri, struct mbuf *mb,
		  sip_resp_h *resph, void *arg)
{
	char text[128];
	struct uri route;
	struct pl pl;
	int err;

	if (re_snprintf(text, sizeof(text), "sip:%J;transport=%s", &flow->peer,
			transport_name(flow)) < 0)
		return EINVAL;
	pl_set_str(&pl, text);
	err = uri_decode(&route, &pl);
	if (err)
		return err;
	tls_by_flow(true);
	err = send_to(reqp, s, &route, stateful, method, uri, mb, resph, arg);
	tls_by_flow(false);
	return err;
}

/** See stack_private.h */
int stack_request_uri(struct sip_request **reqp, struct stack *s, const char *route, bool stateful,
		      const char *method, const char *uri, struct mbuf *mb, sip_resp_h *resph,
		      void *arg)
{
	struct uri decoded;
	struct pl pl;
	int err;

	pl_set_str(&pl, route);
	err = uri_decode(&decoded, &pl);
	return err ? err : send_to(reqp, s, &decoded, stateful, method, uri, mb, resph, arg);
}

/** See stack_private.h */
bool stack_contact(char *uri, size_t size, const struct stack *s, const struct flow *flow,
		   const char *user)
{
	uint16_t port = flow->tp == SIP_TRANSP_TLS ? s->conf.sips_port : s->port;
	const char *transport = flow->ws		     ? ";transport=ws"
				: flow->tp == SIP_TRANSP_UDP ? ""
				: flow->tp == SIP_TRANSP_TLS ? ";transport=tls"
							     : ";transport=tcp";

	return text_printf(uri, size, "sip:%s%s%s:%u%s", user, user[0] ? "@" : "", s->host, port,
			   transport);
}

/* How far an address reaches: this machine, this network, the world */
static unsigned address_reach(const struct sa *addr)
{
	static const struct {
		uint32_t net, mask;
	} inner[] = {{0x0a000000, 0xff000000},
		     {0xac100000, 0xfff00000},
		     {0xc0a80000, 0xffff0000},
		     {0x64400000, 0xffc00000}}; /* RFC 1918, RFC 6598 */
	uint8_t six[16];

	if (sa_is_any(addr) || sa_is_loopback(addr))
		return 0;
	if (sa_is_linklocal(addr))
		return 1;
	for (size_t i = 0; sa_af(addr) == AF_INET && i < COUNT(inner); i++) {
		if ((sa_in(addr) & inner[i].mask) == inner[i].net)
			return 1;
	}
	if (sa_af(addr) == AF_INET6)
		sa_in6(addr, six);
	return sa_af(addr) == AF_INET6 && (six[0] & 0xfe) == 0xfc ? 1 : 2; /* RFC 4193 */
}

/**
 * Is a Contact of no use to us? A gateway behind NAT names its inner address, which leads nowhere
 * from where its packets arrive.
 *
 * @param target Its URI
 * @param src    Where it really is
 */
bool contact_misleads(const char *target, const struct sa *src)
{
	struct uri uri;
	struct pl pl;
	struct sa addr;

	pl_set_str(&pl, target);
	if (uri_decode(&uri, &pl) || sa_set(&addr, &uri.host, 0))
		return false;
	return sa_is_any(&addr) || address_reach(&addr) < address_reach(src);
}
