/**
 * @file request.c  Requests of our own along a flow, and what we call ourselves
 */
#include <string.h>
#include "stack_parts.h"
#include "text.h"

/* Whose request is being sent right now: libre's send handler has no argument for it */
static _Thread_local const struct stack *sending;

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
	struct pl line, head, tail;
	char rest[128];
	(void)dst;
	(void)arg;

	if (!sending || address_known(sending))
		return 0;
	line = (struct pl){(char *)mb->buf, mb->end};
	if (re_regex(line.p, line.l, "Via: [^ ]+ [^;]+[^\r]+", &head, NULL, &tail) ||
	    !text_copy_pl(rest, sizeof(rest), &tail))
		return EBADMSG;
	mb->pos = mb->end = (size_t)(head.p + head.l - line.p);
	(void)tp;
	return mbuf_printf(mb, " %s:%u%s\r\n", sending->host, sa_port(src), rest);
}

static int send_to(struct sip_request **reqp, struct stack *s, const struct uri *route,
		   bool stateful, const char *method, const char *uri, struct mbuf *mb,
		   sip_resp_h *resph, void *arg)
{
	int err;

	sending = s;
	err = sip_request(reqp, s->sip, stateful, method, -1, uri, -1, route, mb,
			  (size_t)(uintptr_t)arg, via_h, resph, arg);
	sending = NULL;
	return err;
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
	return err ? err : send_to(reqp, s, &route, stateful, method, uri, mb, resph, arg);
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
