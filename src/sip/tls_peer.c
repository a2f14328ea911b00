/**
 * @file tls_peer.c  Connections that we make by TLS: the far side proves that it is whom we call
 *
 * RFC 5922 section 7: its certificate must be valid, and for the host that the request names.
 * libre's transport asks for neither, and has one connection for all who are at an address. Linked
 * with --wrap=tcp_connect, which tells a connection of ours from one that was accepted (tls.c hands
 * it over here), and with --wrap=sip_transp_send and --wrap=sa_cmp, by which each host has a
 * connection of its own. Within a call the request names where the far side is, which may be
 * another name or an address: then the host counts by which it was called there.
 */
#define USE_OPENSSL /* libre shows tls_openssl_context() to whom has it */
#include <errno.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <strings.h>
#include "log.h"
#include "stack_parts.h"
#include "text.h"

enum { NAMES_MAX = 64, DEPTH_MAX = 8 };

int __real_tcp_connect(struct tcp_conn **tcp, const struct sa *peer, tcp_estab_h *eh,
		       tcp_recv_h *rh, tcp_close_h *ch, void *arg);
int __wrap_tcp_connect(struct tcp_conn **tcp, const struct sa *peer, tcp_estab_h *eh,
		       tcp_recv_h *rh, tcp_close_h *ch, void *arg);

struct sip_connqent;

int __real_sip_transp_send(struct sip_connqent **qentp, struct sip *sip, void *sock,
			   enum sip_transp tp, const struct sa *dst, struct mbuf *mb,
			   void (*transph)(int err, void *arg), void *arg);
int __wrap_sip_transp_send(struct sip_connqent **qentp, struct sip *sip, void *sock,
			   enum sip_transp tp, const struct sa *dst, struct mbuf *mb,
			   void (*transph)(int err, void *arg), void *arg);
bool __real_sa_cmp(const struct sa *l, const struct sa *r, int flag);
bool __wrap_sa_cmp(const struct sa *l, const struct sa *r, int flag);

/** By which host somebody was called at an address */
struct name {
	struct le le;
	struct sa addr;
	char host[SIP_NAME];
};

struct tls_peers {
	X509_STORE *authorities;
	struct list names; /* newest first */
};

/* neither tcp_connect() nor tls_start_tcp() has an argument of ours; one stack on a thread */
static _Thread_local struct {
	struct tls_peers *peers;
	char host[SIP_NAME]; /* whom the request that is being sent is for */
	bool by_flow;
	const struct sa *choosing; /* for which a connection is looked for now */
	const struct tcp_conn *connecting;
} now;

static void destructor(void *arg)
{
	struct tls_peers *p = arg;

	if (now.peers == p)
		memset(&now, 0, sizeof(now));
	X509_STORE_free(p->authorities);
	list_flush(&p->names);
}

/**
 * Loads the authorities that certificates are checked against
 *
 * @param pp   Result
 * @param file PEM file; NULL or "" for the system's
 *
 * @return 0, ENOMEM, or EINVAL for a file without certificates
 */
int tls_peers_alloc(struct tls_peers **pp, const char *file)
{
	AUTO struct tls_peers *p = mem_zalloc(sizeof(*p), destructor);

	if (!p)
		return ENOMEM;
	p->authorities = X509_STORE_new();
	if (!p->authorities)
		return ENOMEM;
	if (!file || !file[0]) {
		(void)X509_STORE_set_default_paths(p->authorities);
	} else if (!X509_STORE_load_locations(p->authorities, file, NULL)) {
		log_error("sip.trunk_ca", "file=%s text=\"no certificates can be read from it\"",
			  file);
		return EINVAL;
	}
	now.peers = p;
	*pp = TAKE(p);
	return 0;
}

static void name_destructor(void *arg)
{
	list_unlink(&((struct name *)arg)->le);
}

static struct name *name_find(const struct tls_peers *p, const struct sa *addr, const char *host)
{
	struct le *le;

	LIST_FOREACH (&p->names, le) {
		struct name *n = le->data;

		if (sa_cmp(&n->addr, addr, SA_ALL) && (!host || !strcasecmp(n->host, host)))
			return n;
	}
	return NULL;
}

static void name_put(struct tls_peers *p, const struct sa *addr, const char *host)
{
	struct name *n = name_find(p, addr, host);

	if (n) {
		list_unlink(&n->le);
	} else {
		if (list_count(&p->names) >= NAMES_MAX)
			mem_deref(p->names.tail->data);
		n = mem_zalloc(sizeof(*n), name_destructor);
		if (!n)
			return;
	}
	n->addr = *addr;
	str_ncpy(n->host, host, sizeof(n->host));
	list_prepend(&p->names, &n->le, n);
}

/* Whom a request of ours is for, and whether it begins something: then its host was configured. */
static bool request_read(char *host, size_t size, bool *begins, const struct mbuf *mb)
{
	const struct pl msg = {(const char *)mbuf_buf(mb), mbuf_get_left(mb)};
	struct pl met, pl, to = PL_INIT;
	struct uri uri;

	if (re_regex(msg.p, msg.l, "[^ ]+ [^ ]+ ", &met, &pl) || uri_decode(&uri, &pl) ||
	    !text_copy_pl(host, size, &uri.host))
		return false;
	(void)re_regex(msg.p, msg.l, "\r\nTo: [^\r]+\r\n", &to);
	*begins = pl_strcmp(&met, "ACK") && pl_strcmp(&met, "CANCEL") &&
		  (!to.l || re_regex(to.p, to.l, ";tag="));
	return true;
}

/* Within a call the Contact may name another host, or an address: then the one that was called. */
static void expect_host(const struct sa *dst, const struct mbuf *mb)
{
	const struct name *known;
	char host[SIP_NAME];
	bool begins;
	struct sa sa;

	now.host[0] = '\0';
	if (now.by_flow || !request_read(host, sizeof(host), &begins, mb))
		return;
	if (begins)
		name_put(now.peers, dst, host);
	known = name_find(now.peers, dst, host);
	known = known ? known : name_find(now.peers, dst, NULL);
	if (known)
		str_ncpy(now.host, known->host, sizeof(now.host));
	else if (sa_set_str(&sa, host, 0))
		str_ncpy(now.host, host, sizeof(now.host));
}

/** Requests go along a flow from now on: to whoever made the connection, of whom no name is known
 */
void tls_by_flow(bool by_flow)
{
	now.by_flow = by_flow;
}

/* --- which connection ---------------------------------------------------------------------------
 *
 * libre keeps a connection by its address alone. What an address does not need, its padding or its
 * flow label, holds for whom a connection of ours was made; 0 for one that was accepted.
 */

static void mark_set(struct sa *sa, const char *host)
{
	uint32_t mark = host[0] ? hash_joaat_str_ci(host) | 1 : 0;

	if (sa_af(sa) == AF_INET)
		memcpy(sa->u.in.sin_zero, &mark, sizeof(mark));
	else if (sa_af(sa) == AF_INET6)
		sa->u.in6.sin6_flowinfo = mark;
}

static uint32_t mark_get(const struct sa *sa)
{
	uint32_t mark = 0;

	if (sa_af(sa) == AF_INET)
		memcpy(&mark, sa->u.in.sin_zero, sizeof(mark));
	else if (sa_af(sa) == AF_INET6)
		mark = sa->u.in6.sin6_flowinfo;
	return mark;
}

/** sa_cmp() of libre; while a connection is looked for, one to another name is another */
bool __wrap_sa_cmp(const struct sa *l, const struct sa *r, int flag)
{
	uint32_t a, b;

	if (!__real_sa_cmp(l, r, flag))
		return false;
	if (!r || r != now.choosing)
		return true;
	a = mark_get(l);
	b = mark_get(r);
	return !a || !b || a == b;
}

/** sip_transp_send() of libre, which finds or makes a connection to whom the request is for */
int __wrap_sip_transp_send(struct sip_connqent **qentp, struct sip *sip, void *sock,
			   enum sip_transp tp, const struct sa *dst, struct mbuf *mb,
			   void (*transph)(int err, void *arg), void *arg)
{
	struct sa marked;
	int err;

	if (tp != SIP_TRANSP_TLS || !now.peers || !dst || !mb)
		return __real_sip_transp_send(qentp, sip, sock, tp, dst, mb, transph, arg);
	expect_host(dst, mb);
	marked = *dst;
	mark_set(&marked, now.host);
	now.choosing = &marked;
	err = __real_sip_transp_send(qentp, sip, sock, tp, &marked, mb, transph, arg);
	now.choosing = NULL;
	now.connecting = NULL;
	return err;
}

/* --- whether it is -------------------------------------------------------------------------------
 */

static int verify_h(int good, X509_STORE_CTX *ctx)
{
	const char *host = X509_VERIFY_PARAM_get0_host(X509_STORE_CTX_get0_param(ctx), 0);

	if (!good)
		log_warn("sip.tls_refused", "host=%s text=\"%s\"", host ? host : "",
			 X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
	return good;
}

/* Without a host nobody can be right. */
static int expect(SSL_CTX *ctx, const char *host, bool address)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(ctx);

	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (!host[0] || !(address ? X509_VERIFY_PARAM_set1_ip_asc(param, host)
				  : X509_VERIFY_PARAM_set1_host(param, host, 0)))
		return EPROTO;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, verify_h);
	SSL_CTX_set_verify_depth(ctx, DEPTH_MAX);
	SSL_CTX_set1_cert_store(ctx, now.peers->authorities);
	return 0;
}

/** Whether this connection is one that we make, of which nobody asked yet */
bool tls_peer_ours(const struct tcp_conn *tcp)
{
	bool ours = now.peers && tcp == now.connecting;

	now.connecting = NULL;
	return ours;
}

/** Begins TLS on a connection that we make; 0 or errno */
int tls_peer_start(struct tls_conn **ptc, struct tcp_conn *tcp, int layer)
{
	AUTO struct tls *tls = NULL;
	struct sa sa;
	bool address = !sa_set_str(&sa, now.host, 0);
	int err = tls_alloc(&tls, TLS_METHOD_SSLV23, NULL, NULL);

	err = err ? err : expect(tls_openssl_context(tls), now.host, address);
	err = err ? err : tls_start(ptc, tls, tcp, layer);
	return err || address ? err : tls_set_servername(*ptc, now.host);
}

/** tcp_connect() of libre, remembered until TLS begins on it; not that without TLS, in whose place
 * in memory a connection may be that is accepted later */
int __wrap_tcp_connect(struct tcp_conn **tcp, const struct sa *peer, tcp_estab_h *eh,
		       tcp_recv_h *rh, tcp_close_h *ch, void *arg)
{
	int err = __real_tcp_connect(tcp, peer, eh, rh, ch, arg);

	now.connecting = err || !now.choosing ? NULL : *tcp;
	return err;
}
