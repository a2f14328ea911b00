/**
 * @file tls.c  SIP over TLS: the listener, and a certificate that is renewed while it runs
 *
 * libre's transport keeps the TLS settings it was given. Linked with --wrap=tls_start_tcp: a
 * connection that begins takes those of the newest certificate in their place; one that runs
 * keeps what it has.
 */
#include "log.h"
#include "stack_parts.h"

int __real_tls_start_tcp(struct tls_conn **ptc, struct tls *tls, struct tcp_conn *tcp, int layer);
int __wrap_tls_start_tcp(struct tls_conn **ptc, struct tls *tls, struct tcp_conn *tcp, int layer);

/* tls_start_tcp() has no argument of ours; there is one stack on a thread */
static _Thread_local struct {
	struct tls *given, *newest;
} certificate;

/** tls_start_tcp() as libre has it */
int tls_start(struct tls_conn **ptc, struct tls *tls, struct tcp_conn *tcp, int layer)
{
	return __real_tls_start_tcp(ptc, tls, tcp, layer);
}

/** tls_start_tcp() of libre, with the newest certificate, or as whoever asks for theirs */
int __wrap_tls_start_tcp(struct tls_conn **ptc, struct tls *tls, struct tcp_conn *tcp, int layer)
{
	if (tls_peer_ours(tcp))
		return tls_peer_start(ptc, tcp, layer);
	if (tls == certificate.given && certificate.newest)
		tls = certificate.newest;
	return __real_tls_start_tcp(ptc, tls, tcp, layer);
}

/** Adds the TLS transport, if there is a port and a certificate for it. Returns 0 or errno */
int tls_listen(struct stack *s)
{
	struct sa laddr = s->conf.bind;
	int err;

	if (!s->conf.sips_port || !s->conf.cert || !s->conf.cert[0])
		return 0;
	err = tls_alloc(&s->tls, TLS_METHOD_SSLV23, s->conf.cert, NULL);
	if (err)
		return err;
	certificate.given = s->tls;
	certificate.newest = NULL;
	sa_set_port(&laddr, s->conf.sips_port);
	return sip_transp_add(s->sip, SIP_TRANSP_TLS, &laddr, s->tls);
}

/** The stack goes: its certificates are not used any more */
void tls_forget(struct stack *s)
{
	if (certificate.given == s->tls)
		certificate.given = certificate.newest = NULL;
	s->tls_newest = mem_deref(s->tls_newest);
	s->tls = mem_deref(s->tls);
}

/**
 * Renews the certificate; connections that run go on.
 *
 * @param s    Stack
 * @param file PEM file with key and chain
 *
 * @return 0, also without TLS; or errno, and the old one still holds
 */
int stack_renew(struct stack *s, const char *file)
{
	struct tls *tls;
	int err;

	if (!s->tls)
		return 0;
	err = tls_alloc(&tls, TLS_METHOD_SSLV23, file, NULL);
	if (err)
		return err;
	mem_deref(s->tls_newest);
	s->tls_newest = certificate.newest = tls;
	return 0;
}
