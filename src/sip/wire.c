/**
 * @file wire.c  Messages before libre parses them
 *
 * libre's parser has no bounds, parses a half-received message anew with each byte that arrives,
 * and writes a line to stderr for each datagram it cannot read. Linked with --wrap=sip_msg_decode
 * and
 * --wrap=udp_listen this file looks first: an incomplete or oversized head is never parsed, another
 * SIP version reaches the validation (505), keep-alives by UDP are answered (RFC 5626
 * section 4.4.1), and unreadable requests get a 400 (RFC 3261 section 16.3) in place of the line.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include "clock.h"
#include "log.h"
#include "stack_parts.h"

int __real_sip_msg_decode(struct sip_msg **msgp, struct mbuf *mb);
int __wrap_sip_msg_decode(struct sip_msg **msgp, struct mbuf *mb);
int __real_udp_listen(struct udp_sock **usp, const struct sa *local, udp_recv_h *rh, void *arg);
int __wrap_udp_listen(struct udp_sock **usp, const struct sa *local, udp_recv_h *rh, void *arg);

/* libre keeps the sockets of its transports to itself: the next udp_listen() is recorded here */
static _Thread_local struct udp_sock *udp_latest;

/* A datagram decoded in our helper, for the call of sip_msg_decode() that follows at once */
static _Thread_local struct {
	struct sip_msg *msg;
	struct mbuf *mb;
	size_t pos;
} ahead;

/** udp_listen() of libre, remembering the socket */
int __wrap_udp_listen(struct udp_sock **usp, const struct sa *local, udp_recv_h *rh, void *arg)
{
	int err = __real_udp_listen(usp, local, rh, arg);

	udp_latest = !err && usp ? *usp : NULL;
	return err;
}

/** Measures a message's head. Returns 0, ENODATA while its blank line is missing, or EBADMSG */
static int head_check(const char *p, size_t l)
{
	const char *end = p + l, *nl;
	unsigned lines = 0, commas = 0;

	for (; (nl = memchr(p, '\n', (size_t)(end - p))); p = nl + 1) {
		const char *q = p;

		while (q < nl && *q == '\r')
			++q;
		if (q == nl && lines)
			return 0;
		if (++lines > WIRE_LINES)
			return EBADMSG;
		while ((q = memchr(q, ',', (size_t)(nl - q)))) {
			if (++commas > WIRE_COMMAS)
				return EBADMSG;
			++q;
		}
	}
	return ENODATA;
}

static bool version_other(char *v)
{
	return !strncasecmp(v, "SIP/", 4) && v[4] >= '0' && v[4] <= '9' && v[5] == '.' &&
	       v[6] >= '0' && v[6] <= '9' && memcmp(v, "SIP/2.0", 7);
}

/* A request line of another version is read as if it were ours, and marked in msg->ver */
static bool version_patch(struct mbuf *mb)
{
	char *p = (char *)mbuf_buf(mb), *nl = memchr(p, '\n', mbuf_get_left(mb));

	if (!nl || !strncasecmp(p, "SIP/", 4))
		return false;
	if (nl > p && nl[-1] == '\r')
		--nl;
	if (nl - p < 12 || nl[-8] != ' ' || !version_other(nl - 7))
		return false;
	memcpy(nl - 7, "SIP/2.0", 7);
	return true;
}

static int decode(struct sip_msg **msgp, struct mbuf *mb)
{
	static const struct pl other = PL("SIP/?");
	bool patched;
	int err;

	err = head_check((const char *)mbuf_buf(mb), mbuf_get_left(mb));
	if (err)
		return err;
	patched = version_patch(mb);
	err = __real_sip_msg_decode(msgp, mb);
	if (!err && patched)
		(*msgp)->ver = other;
	return err && patched ? EPROTONOSUPPORT : err;
}

/** sip_msg_decode() of libre, after a look at the bounds */
int __wrap_sip_msg_decode(struct sip_msg **msgp, struct mbuf *mb)
{
	if (!msgp || !mb)
		return EINVAL;
	if (!ahead.msg || ahead.mb != mb)
		return decode(msgp, mb);
	*msgp = TAKE(ahead.msg);
	ahead.mb = NULL;
	mb->pos = ahead.pos;
	return 0;
}

static bool echoed(const char *line, size_t l)
{
	static const char *const name[] = {"via", "v",	     "from", "f",   "to",
					   "t",	  "call-id", "i",    "cseq"};
	const char *colon = memchr(line, ':', l);
	size_t n = colon ? (size_t)(colon - line) : 0;

	while (n && (line[n - 1] == ' ' || line[n - 1] == '\t'))
		--n;
	for (size_t i = 0; n && i < COUNT(name); i++) {
		if (n == strlen(name[i]) && !strncasecmp(line, name[i], n))
			return true;
	}
	return false;
}

/* Copies what a response must echo from a request that could not be parsed; false without a Via */
static bool echo_headers(struct mbuf *out, const char *p, const char *end)
{
	bool via = false, take = false;
	const char *nl;
	unsigned lines = 0;

	for (; (nl = memchr(p, '\n', (size_t)(end - p))) && lines < WIRE_LINES; p = nl + 1) {
		size_t l = (size_t)(nl - p);

		if (l && p[l - 1] == '\r')
			--l;
		if (!l)
			break;
		if (p[0] != ' ' && p[0] != '\t')
			take = lines++ && echoed(p, l);
		if (!take)
			continue;
		via |= tolower((unsigned char)p[0]) == 'v';
		(void)mbuf_write_mem(out, (const uint8_t *)p, l);
		(void)mbuf_write_str(out, "\r\n");
	}
	return via;
}

/* Is the URI after the method of a scheme that we do not serve? */
static bool scheme_other(const char *uri, const char *end)
{
	struct pl scheme = {uri, 0};

	while (uri + scheme.l < end && isalnum((unsigned char)uri[scheme.l]))
		++scheme.l;
	return scheme.l && uri + scheme.l < end && uri[scheme.l] == ':' &&
	       !uri_ours_scheme(&scheme);
}

/* An answer for what looks like a request: a token, a space; never for ACK or a response */
static void refuse_unreadable(struct udp_sock *us, const struct sa *src, const struct mbuf *mb,
			      bool version)
{
	const char *p = (const char *)mbuf_buf(mb), *end = p + mbuf_get_left(mb);
	const char *status = "400 Bad Request";
	AUTO struct mbuf *out = NULL;
	size_t n = 0;

	while (p + n < end && n < 32 && isalpha((unsigned char)p[n]))
		++n;
	if (n < 3 || p + n >= end || p[n] != ' ' || !strncmp(p, "ACK ", 4))
		return;
	if (version)
		status = "505 Version Not Supported";
	else if (scheme_other(p + n + 1, end))
		status = "416 Unsupported URI Scheme";
	out = mbuf_alloc(1024);
	if (!out || mbuf_printf(out, "SIP/2.0 %s\r\n", status) || !echo_headers(out, p, end) ||
	    mbuf_write_str(out, "Content-Length: 0\r\n\r\n") || out->end > mbuf_get_left(mb) + 64)
		return;
	out->pos = 0;
	(void)udp_send(us, src, out);
}

static void skip_newlines(struct mbuf *mb)
{
	while (mbuf_get_left(mb) && (*mbuf_buf(mb) == '\r' || *mbuf_buf(mb) == '\n'))
		++mb->pos;
}

static void pong(struct udp_sock *us, const struct sa *src)
{
	AUTO struct mbuf *mb = mbuf_alloc(2);

	if (!mb || mbuf_write_str(mb, "\r\n"))
		return;
	mb->pos = 0;
	(void)udp_send(us, src, mb);
}

/* RFC 8489 section 5 */
static bool is_stun(const struct mbuf *mb)
{
	static const uint8_t cookie[] = {0x21, 0x12, 0xa4, 0x42};
	const uint8_t *p = mbuf_buf(mb);

	return mbuf_get_left(mb) >= 20 && p[0] < 4 && !memcmp(p + 4, cookie, sizeof(cookie));
}

/* Each datagram passes here first; true: done with */
static bool udp_first(struct sa *src, struct mbuf *mb, void *arg)
{
	struct stack *s = arg;
	size_t start, length = mbuf_get_left(mb);
	int err;

	ahead.msg = mem_deref(ahead.msg);
	skip_newlines(mb);
	start = mb->pos;
	if (!mbuf_get_left(mb)) {
		if (length >= 4)
			pong(s->udp, src);
		return true;
	}
	if (is_stun(mb))
		return false; /* answered by libre */
	if (s->hurried_h(s, src, mb))
		return true;
	err = decode(&ahead.msg, mb);
	if (err) {
		ahead.msg = NULL;
		mb->pos = start;
		refuse_unreadable(s->udp, src, mb, err == EPROTONOSUPPORT);
		return true;
	}
	ahead.mb = mb;
	ahead.pos = mb->pos;
	mb->pos = start;
	return false;
}

static void buffer_grow(struct udp_sock *us, const struct sa *laddr)
{
	int size = WIRE_RCVBUF, fd = udp_sock_fd(us, sa_af(laddr));

	/* FORCE needs a capability; without it the kernel's rmem_max is the limit */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

/* Bytes that the kernel keeps for a socket, and how many it would (sock_diag(7)). */
static bool waiting_bytes(uint32_t *waiting, uint32_t *room, int fd)
{
	uint32_t info[SK_MEMINFO_VARS];
	socklen_t len = sizeof(info);

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len) ||
	    len < (SK_MEMINFO_RCVBUF + 1) * sizeof(*info))
		return false;
	*waiting = info[SK_MEMINFO_RMEM_ALLOC];
	*room = info[SK_MEMINFO_RCVBUF];
	return true;
}

/** Whether more waits at the UDP socket than can be worked off. A burst is not it; what lasts is,
 * and it lasts until most of it is gone. */
bool wire_crowded(struct stack *s)
{
	uint32_t waiting, room, limit;
	uint64_t now = clock_mono_ms();

	if (!waiting_bytes(&waiting, &room, s->udp_fd))
		return false;
	limit = MIN(room / 2, WIRE_CROWD);
	if (waiting < (s->crowded ? limit / 4 : limit)) {
		s->crowded = false;
		s->full_since = 0;
	} else if (!s->full_since) {
		s->full_since = now;
	} else if (now - s->full_since >= WIRE_CROWD_MS) {
		s->crowded = true;
	}
	return s->crowded;
}

/** Adds the UDP transport, with the look ahead and a big receive buffer. Returns 0 or errno */
int wire_udp(struct stack *s, const struct sa *laddr)
{
	struct udp_sock *us;
	int err;

	udp_latest = NULL;
	err = sip_transp_add(s->sip, SIP_TRANSP_UDP, laddr);
	us = udp_latest;
	udp_latest = NULL;
	if (err)
		return err;
	CHECK(us);
	udp_rxsz_set(us, WIRE_UDP);
	buffer_grow(us, laddr);
	s->udp = us;
	s->udp_fd = udp_sock_fd(us, sa_af(laddr));
	return udp_register_helper(NULL, us, 0, NULL, udp_first, s);
}
