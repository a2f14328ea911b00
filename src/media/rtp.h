/**
 * @file rtp.h  RTP packets (RFC 3550): read strictly; what came; how what we send goes on
 *
 * On the worker that owns the stream.
 */
#ifndef CARILLON_MEDIA_RTP_H
#define CARILLON_MEDIA_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RTP_HEADER = 12 };

struct rtp_packet {
	uint8_t *p;
	size_t n, header; /* header with CSRCs and extension   */
	bool marker;
	uint8_t pt;
	uint16_t seq;
	uint32_t ts, ssrc;
	uint8_t *payload;
	size_t size;
};

int rtp_parse(struct rtp_packet *pkt, uint8_t *p, size_t n);
int rtp_payload(struct rtp_packet *pkt);
void rtp_header(uint8_t p[RTP_HEADER], uint8_t pt, bool marker, uint16_t seq, uint32_t ts,
		uint32_t ssrc);

/** What came, RFC 3550 appendix A */
struct rtp_in {
	bool any;
	uint32_t ssrc;
	uint16_t top; /* highest sequence number              */
	uint32_t cycles, base;
	uint64_t packets, bytes;
	uint64_t count;	      /* packets of this SSRC                 */
	uint64_t lost_before; /* of SSRCs that were replaced          */
	uint32_t transit, jitter16;
	uint64_t expected_prior, count_prior;
};

void rtp_in_add(struct rtp_in *in, const struct rtp_packet *pkt, uint32_t clock, uint64_t now_us);
uint64_t rtp_in_lost(const struct rtp_in *in);
uint64_t rtp_in_expected(const struct rtp_in *in);
uint8_t rtp_in_fraction(struct rtp_in *in);

/** What we send: one SSRC whose sequence and time go on, whatever the source is */
struct rtp_out {
	uint32_t ssrc;
	uint16_t seq;	    /* of the last packet                              */
	uint32_t ts, frame; /* of the last packet, and how long it was         */
	uint64_t sent_us;   /* when                                            */
	bool any;
	uint64_t source; /* what the offsets below belong to                */
	uint16_t seq_off;
	uint32_t ts_off;
	uint64_t packets, bytes;
};

uint32_t rtp_out_next(const struct rtp_out *out, uint32_t clock, uint64_t now_us);
bool rtp_out_follow(struct rtp_out *out, uint64_t source, uint16_t seq, uint32_t ts, uint32_t clock,
		    uint64_t now_us);
void rtp_out_sent(struct rtp_out *out, uint16_t seq, uint32_t ts, uint32_t frame, uint64_t now_us);

#endif
