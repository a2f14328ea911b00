/**
 * @file rtcp.c  Reports (RFC 3550, section 6): ours every five seconds, theirs for loss and delay
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include "party.h"

enum {
	PERIOD_S = 5,
	SR = 200,
	RR = 201,
	SDES = 202,
	BYE = 203,
	CNAME = 1,
	BLOCK = 24,
	NTP_EPOCH = 2208988800u, /* seconds from 1900 to 1970 */
	PACKETS_MAX = 32,
	RTCP_MAX = 256,
};

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint8_t *put32(uint8_t *p, uint32_t v)
{
	*p++ = (uint8_t)(v >> 24);
	*p++ = (uint8_t)(v >> 16);
	*p++ = (uint8_t)(v >> 8);
	*p++ = (uint8_t)v;
	return p;
}

static uint64_t ntp_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return ((uint64_t)t.tv_sec + NTP_EPOCH) << 32 | ((uint64_t)t.tv_nsec << 32) / 1000000000;
}

/* RFC 3550, 6.4.1: now less when it left the peer's hands. */
static void block_read(struct party *p, const uint8_t *b)
{
	uint32_t lost = get32(b + 4) & 0xffffff, sent = get32(b + 16), held = get32(b + 20), rtt;

	if (get32(b) != p->rtp_out.ssrc)
		return;
	p->report.remote_lost = lost & 0x800000 ? 0 : lost;
	if (!sent)
		return;
	rtt = (uint32_t)(ntp_now() >> 16) - sent - held;
	if (rtt < 60 << 16)
		p->report.rtt_ms = (uint32_t)(((uint64_t)rtt * 1000) >> 16);
}

static void report_read(struct party *p, const uint8_t *b, size_t n, unsigned count, bool sender)
{
	size_t at = sender ? 28 : 8;

	if (n < at)
		return;
	if (sender) {
		p->report.last_sr = get32(b + 10);
		p->report.last_sr_us = p->w->now_us;
	}
	for (; count && n - at >= BLOCK; count--, at += BLOCK)
		block_read(p, b + at);
}

/** Reads an accepted compound packet; feedback and anything unknown is passed over */
void rtcp_read(struct party *p, const uint8_t *b, size_t n)
{
	for (int i = 0; i < PACKETS_MAX && n >= 8; i++) {
		size_t size = 4 * ((size_t)(b[2] << 8 | b[3]) + 1);

		if (b[0] >> 6 != 2 || size > n)
			return;
		if (b[1] == SR || b[1] == RR)
			report_read(p, b, size, b[0] & 0x1f, b[1] == SR);
		b += size;
		n -= size;
	}
}

static uint8_t *block_print(struct party *p, uint8_t *b)
{
	struct rtp_in *in = &p->rtp_in;
	uint64_t expected = rtp_in_expected(in);
	uint64_t lost = expected > in->count ? expected - in->count : 0;
	uint32_t delay = (uint32_t)((p->w->now_us - p->report.last_sr_us) * 65536 / 1000000);

	b = put32(b, in->ssrc);
	b = put32(b, (uint32_t)rtp_in_fraction(in) << 24 |
			     (uint32_t)(lost < 0x7fffff ? lost : 0x7fffff));
	b = put32(b, in->cycles | in->top);
	b = put32(b, in->jitter16 >> 4);
	b = put32(b, p->report.last_sr);
	return put32(b, p->report.last_sr ? delay : 0);
}

static uint8_t *head_print(uint8_t *b, unsigned count, uint8_t type, size_t size)
{
	*b++ = (uint8_t)(0x80 | count);
	*b++ = type;
	*b++ = (uint8_t)((size / 4 - 1) >> 8);
	*b++ = (uint8_t)(size / 4 - 1);
	return b;
}

static uint8_t *report_print(struct party *p, uint8_t *b)
{
	const struct rtp_out *out = &p->rtp_out;
	bool sender = out->packets > 0, heard = p->rtp_in.any;
	uint64_t ntp = ntp_now();

	b = head_print(b, heard, sender ? SR : RR, (sender ? 28 : 8) + (size_t)(heard ? BLOCK : 0));
	b = put32(b, out->ssrc);
	if (sender) {
		uint32_t passed =
			(uint32_t)((p->w->now_us - out->sent_us) * (p->kind->clock / 1000) / 1000);

		b = put32(b, (uint32_t)(ntp >> 32));
		b = put32(b, (uint32_t)ntp);
		b = put32(b, out->ts + passed);
		b = put32(b, (uint32_t)out->packets);
		b = put32(b, (uint32_t)out->bytes);
	}
	return heard ? block_print(p, b) : b;
}

static uint8_t *cname_print(const struct party *p, uint8_t *b)
{
	size_t n = strlen(p->local.cname), size = 8 + 2 + n + 1, pad;

	pad = (4 - size % 4) % 4;
	b = head_print(b, 1, SDES, size + pad);
	b = put32(b, p->rtp_out.ssrc);
	*b++ = CNAME;
	*b++ = (uint8_t)n;
	memcpy(b, p->local.cname, n);
	b += n;
	memset(b, 0, 1 + pad);
	return b + 1 + pad;
}

static void report_send(struct party *p, bool bye)
{
	uint8_t b[RTCP_MAX], *end;
	const struct stream_remote *r = &p->remote;
	bool muxed = r->rtcp_mux || r->ice;
	const struct sa *to = muxed ? &p->addr : &p->rtcp_addr;
	size_t n;

	if (!p->kind || p->failed || !party_proved(p) || !sa_isset(to, SA_ALL) ||
	    (r->security != SECURITY_NONE && !p->out))
		return;
	end = cname_print(p, report_print(p, b));
	if (bye) {
		end = head_print(end, 1, BYE, 8);
		end = put32(end, p->rtp_out.ssrc);
	}
	n = (size_t)(end - b);
	if (r->security != SECURITY_NONE && seal_rtcp(p->out, b, &n))
		return;
	sendto(muxed ? p->rtp.fd : p->rtcp.fd, b, n, 0, &to->u.sa, to->len);
}

/** Once a second: a report when it is due, RFC 3550 section 6.2: not all at the same moment */
void rtcp_second(struct party *p)
{
	if (p->report.wait > 1) {
		--p->report.wait;
		return;
	}
	p->report.wait = PERIOD_S - 1 + (unsigned)(p->w->now_us / 7 % 3);
	report_send(p, false);
}

/** The last report, with BYE */
void rtcp_bye(struct party *p)
{
	if (p->w && p->rtp_out.packets)
		report_send(p, true);
}
