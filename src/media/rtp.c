/**
 * @file rtp.c  RTP packets
 */
#include <errno.h>
#include <string.h>
#include "rtp.h"

enum {
	MAX_DROPOUT = 3000,
	MAX_MISORDER = 100,
	FOLLOW_JUMP = 500, /* a jump this large in the source is a new source      */
};

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

/**
 * Reads the header, RFC 3550 section 5.1; the payload may still be encrypted
 *
 * @param pkt Result, points into p
 * @param p   Datagram
 * @param n   Its size
 *
 * @return 0 or EBADMSG
 */
int rtp_parse(struct rtp_packet *pkt, uint8_t *p, size_t n)
{
	size_t header = RTP_HEADER;

	if (n < header || p[0] >> 6 != 2)
		return EBADMSG;
	header += 4 * (size_t)(p[0] & 0x0f);
	if (p[0] & 0x10) {
		if (n < header + 4)
			return EBADMSG;
		header += 4 + 4 * (size_t)(p[header + 2] << 8 | p[header + 3]);
	}
	if (n < header)
		return EBADMSG;
	*pkt = (struct rtp_packet){
		.p = p,
		.n = n,
		.header = header,
		.marker = p[1] >> 7,
		.pt = p[1] & 0x7f,
		.seq = (uint16_t)(p[2] << 8 | p[3]),
		.ts = get32(p + 4),
		.ssrc = get32(p + 8),
	};
	return 0;
}

/** Finds the payload of a decrypted packet: without padding; 0 or EBADMSG */
int rtp_payload(struct rtp_packet *pkt)
{
	size_t size = pkt->n - pkt->header;

	if (pkt->p[0] & 0x20) {
		size_t pad = size ? pkt->p[pkt->n - 1] : 0;

		if (!pad || pad > size)
			return EBADMSG;
		size -= pad;
	}
	pkt->payload = pkt->p + pkt->header;
	pkt->size = size;
	return 0;
}

/** Writes a header without CSRC or extension */
void rtp_header(uint8_t p[RTP_HEADER], uint8_t pt, bool marker, uint16_t seq, uint32_t ts,
		uint32_t ssrc)
{
	p[0] = 0x80;
	p[1] = (uint8_t)((marker ? 0x80 : 0) | pt);
	p[2] = (uint8_t)(seq >> 8);
	p[3] = (uint8_t)seq;
	put32(p + 4, ts);
	put32(p + 8, ssrc);
}

/** How many packets of this SSRC should have come */
uint64_t rtp_in_expected(const struct rtp_in *in)
{
	return in->any ? (uint64_t)in->cycles + in->top - in->base + 1 : 0;
}

/** How many did not come, since the stream's birth */
uint64_t rtp_in_lost(const struct rtp_in *in)
{
	uint64_t expected = rtp_in_expected(in);

	return in->lost_before + (expected > in->count ? expected - in->count : 0);
}

static void in_begin(struct rtp_in *in, const struct rtp_packet *pkt)
{
	in->lost_before = rtp_in_lost(in);
	in->any = true;
	in->ssrc = pkt->ssrc;
	in->top = pkt->seq;
	in->base = pkt->seq;
	in->cycles = 0;
	in->count = 0;
	in->transit = 0;
	in->expected_prior = in->count_prior = 0;
}

/* RFC 3550, A.8; the arrival in units of the codec's clock. */
static void in_jitter(struct rtp_in *in, uint32_t ts, uint32_t clock, uint64_t now_us)
{
	uint32_t arrival = (uint32_t)(now_us * (clock / 1000) / 1000);
	uint32_t transit = arrival - ts;
	int32_t d = (int32_t)(transit - in->transit);

	if (in->count > 1 && d > -(int32_t)clock && d < (int32_t)clock) {
		uint32_t abs_d = (uint32_t)(d < 0 ? -d : d);

		in->jitter16 += abs_d - ((in->jitter16 + 8) >> 4);
	}
	in->transit = transit;
}

/** Counts an accepted packet; the clock is that of its timestamp in Hz */
void rtp_in_add(struct rtp_in *in, const struct rtp_packet *pkt, uint32_t clock, uint64_t now_us)
{
	uint16_t step = (uint16_t)(pkt->seq - in->top);

	if (!in->any || in->ssrc != pkt->ssrc ||
	    (step >= MAX_DROPOUT && step <= 65535 - MAX_MISORDER)) {
		in_begin(in, pkt);
	} else if (step < MAX_DROPOUT) {
		if (pkt->seq < in->top)
			in->cycles += 65536;
		in->top = pkt->seq;
	}
	++in->count;
	++in->packets;
	in->bytes += pkt->size;
	in_jitter(in, pkt->ts, clock, now_us);
}

/** Loss since the last report as a fraction of 256, RFC 3550 A.3 */
uint8_t rtp_in_fraction(struct rtp_in *in)
{
	uint64_t expected = rtp_in_expected(in) - in->expected_prior;
	uint64_t came = in->count - in->count_prior;

	in->expected_prior += expected;
	in->count_prior += came;
	return expected && expected > came ? (uint8_t)(((expected - came) << 8) / (expected + 1))
					   : 0;
}

/**
 * The timestamp that a packet sent now should bear: right after the last one, or later by the pause
 *
 * @param out    State
 * @param clock  Of the timestamp, in Hz
 * @param now_us Now
 */
uint32_t rtp_out_next(const struct rtp_out *out, uint32_t clock, uint64_t now_us)
{
	uint32_t due = out->ts + out->frame, passed;

	if (!out->any)
		return out->ts;
	passed = (uint32_t)((now_us - out->sent_us) * (clock / 1000) / 1000);
	return passed > 2 * out->frame + clock / 50 ? out->ts + passed : due;
}

/**
 * Lets our sequence and time follow those of a source; a new source continues where the last ended
 *
 * @param out    State
 * @param source Identifies the source, not 0
 * @param seq    Its sequence number
 * @param ts     Its timestamp
 * @param clock  Of both timestamps, in Hz
 * @param now_us Now
 *
 * @return true when the source is new, so that the packet wants a marker
 */
bool rtp_out_follow(struct rtp_out *out, uint64_t source, uint16_t seq, uint32_t ts, uint32_t clock,
		    uint64_t now_us)
{
	int16_t jump = (int16_t)(seq + out->seq_off - out->seq);

	if (out->source == source && jump > -FOLLOW_JUMP && jump < FOLLOW_JUMP)
		return false;
	out->source = source;
	out->seq_off = (uint16_t)(out->seq + 1 - seq);
	out->ts_off = rtp_out_next(out, clock, now_us) - ts;
	return true;
}

/** Notes a packet that was sent */
void rtp_out_sent(struct rtp_out *out, uint16_t seq, uint32_t ts, uint32_t frame, uint64_t now_us)
{
	/* A late packet of the source does not turn time back. */
	if (out->any && (int16_t)(seq - out->seq) <= 0)
		return;
	out->seq = seq;
	out->ts = ts;
	out->frame = frame;
	out->sent_us = now_us;
	out->any = true;
}
