/**
 * @file packet.c  A datagram comes: what is it, and may its sender send it
 *
 * RFC 7983 tells the kinds apart by the first byte.
 */
#include <errno.h>
#include <sys/socket.h>
#include "party.h"

enum { RTCP_FIRST = 192, RTCP_LAST = 223 };

/* Plain RTP: from where signalling said; until the first packet also from another port of the host
 * that signals, because that is what a phone behind a router looks like. Then never elsewhere. */
static bool plain_right(const struct party *p, const struct sa *from)
{
	if (p->latched)
		return sa_cmp(from, &p->addr, SA_ALL);
	return sa_cmp(from, &p->remote.rtp, SA_ALL) || sa_cmp(from, &p->remote.sip_source, SA_ADDR);
}

static bool source_right(const struct party *p, const struct sa *from)
{
	if (!p->known)
		return false;
	return p->remote.ice ? ice_valid(&p->ice, from) : plain_right(p, from);
}

static bool rtcp_source_right(const struct party *p, const struct sa *from)
{
	if (!p->known || p->remote.ice)
		return source_right(p, from);
	if (sa_cmp(from, &p->rtcp_addr, SA_ALL) || sa_cmp(from, &p->addr, SA_ADDR))
		return true;
	return !p->latched && sa_cmp(from, &p->remote.sip_source, SA_ADDR);
}

/** A packet was accepted: the party is there */
void party_accepted(struct party *p)
{
	p->accepted_ms = p->silent_from_ms = p->w->now_ms;
	p->silent = false;
	if (p->connected)
		return;
	p->connected = true;
	party_event(p, STREAM_CONNECTED);
}

static void source_latch(struct party *p, const struct sa *from)
{
	if (p->remote.ice) {
		ice_touch(&p->ice, from, p->w->now_us / 1000);
	} else if (!p->latched) {
		p->addr = *from;
		p->latched = true;
	}
}

static void rtp_read(struct party *p, uint8_t *b, size_t n, const struct sa *from)
{
	struct rtp_packet pkt;
	bool event;

	if (rtp_parse(&pkt, b, n))
		return;
	if (!source_right(p, from)) {
		++p->dropped_source;
		return;
	}
	event = p->remote.event_pt_recv && pkt.pt == p->remote.event_pt_recv;
	if (!p->kind || p->failed || (!event && pkt.pt != p->remote.pt_recv))
		return;
	if (p->remote.security != SECURITY_NONE &&
	    (!p->in || unseal_rtp(p->in, pkt.p, &pkt.n, pkt.header))) {
		++p->dropped_auth;
		return;
	}
	if (rtp_payload(&pkt))
		return;
	source_latch(p, from);
	rtp_in_add(&p->rtp_in, &pkt, p->kind->clock, p->w->now_us);
	party_accepted(p);
	if (event)
		subs_event(p, &pkt);
	else if (p->remote.direction & STREAM_RECV)
		subs_packet(p, &pkt);
}

static void control_read(struct party *p, uint8_t *b, size_t n, const struct sa *from, bool muxed)
{
	if (!(muxed ? source_right(p, from) : rtcp_source_right(p, from))) {
		++p->dropped_source;
		return;
	}
	if (p->remote.security != SECURITY_NONE && (!p->in || unseal_rtcp(p->in, b, &n))) {
		++p->dropped_auth;
		return;
	}
	if (!muxed && !p->remote.ice)
		p->rtcp_addr = *from;
	rtcp_read(p, b, n);
}

static void check_read(struct party *p, int fd, const uint8_t *b, size_t n, const struct sa *from)
{
	struct ice_keys keys = {p->local.ufrag, p->local.pwd, p->remote.ufrag};
	uint8_t reply[ICE_REPLY];
	size_t size;
	int err = ice_check(&p->ice, &keys, b, n, from, p->w->now_us / 1000, reply, &size);

	if (err) {
		p->dropped_auth += err == EACCES; /* not what merely keeps a path open */
		return;
	}
	sendto(fd, reply, size, 0, &from->u.sa, from->len);
	if (!p->known || p->remote.ice)
		p->addr = p->ice.chosen;
	secure_step(p);
}

/** A socket is readable: takes one datagram; epoll calls again while there are more */
void packet_read(struct end *e)
{
	struct party *p = e->party;
	struct sa from = {.len = sizeof(from.u)};
	uint8_t *b = p->w->rx + RX_HEAD;
	ssize_t n = recvfrom(e->fd, b, RX_MAX, 0, &from.u.sa, &from.len);

	if (n < 2 || !sa_port(&from))
		return;
	if (b[0] >= 128 && b[0] < 192) {
		bool control = b[1] >= RTCP_FIRST && b[1] <= RTCP_LAST;

		if (e->rtcp && !control)
			return;
		if (control)
			control_read(p, b, (size_t)n, &from, !e->rtcp);
		else
			rtp_read(p, b, (size_t)n, &from);
	} else if (e->rtcp) {
		return;
	} else if (b[0] < 4) {
		check_read(p, e->fd, b, (size_t)n, &from);
	} else if (b[0] >= 20 && b[0] < 64) {
		if (p->known && !p->remote.ice ? plain_right(p, &from) : ice_valid(&p->ice, &from))
			secure_dtls(p, b, (size_t)n, &from);
		else
			++p->dropped_source;
	}
}
