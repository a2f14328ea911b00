/**
 * @file sdp.h  Session descriptions (RFC 8866) and the offer/answer model (RFC 3264), as values
 *
 * Pure functions over plain structs: no state, no allocation, any thread. One audio stream is
 * negotiated; further m= lines of an offer are answered with port 0. A T.38 image line is parsed
 * and printed too, for fax.
 */
#ifndef CARILLON_SDP_H
#define CARILLON_SDP_H

#include <stdbool.h>
#include <stdint.h>
#include <re.h>

enum { SDP_CODECS = 16, SDP_LINES = 8, SDP_SIZE = 4096 };

/* Directions are libre's enum sdp_dir, whose bits are 1 take, 2 send */
enum sdp_profile { SDP_AVP, SDP_SAVP, SDP_DTLS /* UDP/TLS/RTP/SAVPF, RFC 5764 */, SDP_UDPTL };

struct sdp_codec {
	uint8_t pt;
	char name[20]; /* "PCMU", "opus", "telephone-event" */
	uint32_t rate;
	uint8_t channels;
	char fmtp[96];
};

/** What one side says about the stream */
struct sdp_desc {
	uint64_t session, version; /* o= line                                       */
	char addr[64];		   /* connection address as text; "" if none        */
	uint16_t port, rtcp_port;  /* port 0: refused                               */
	enum sdp_profile profile;
	bool avpf; /* SAVPF/AVPF spelling of the profile            */
	enum sdp_dir direction;
	uint8_t ptime;
	struct sdp_codec codec[SDP_CODECS];
	unsigned codecs;
	bool rtcp_mux, ice, ice_lite, bundle;
	char mid[32], ufrag[260], pwd[260], fingerprint[100], setup[12];
	char crypto_tag[12], sdes_key[48]; /* a=crypto with AES_CM_128_HMAC_SHA1_80     */
	uint32_t ssrc;
	char cname[20];
	struct sdp_t38 {
		uint8_t version;
		uint16_t max_datagram;
		uint32_t max_bitrate;
		bool fec, copies; /* T38FaxUdpEC: parity, redundancy; an offer may name both */
		bool local_tcf;	  /* the training is checked at each end, which is for TCP */
		bool fill, mmr, jbig;
	} t38;
	/* other m= lines of an offer, answered with port 0; which index is ours */
	struct sdp_line {
		char media[16];
		char proto[32];
		char formats[64];
		char mid[32];
	} other[SDP_LINES];
	unsigned lines, index;
};

int sdp_parse(struct sdp_desc *sdp, const char *text, size_t len);
int sdp_print(char *text, size_t size, const struct sdp_desc *sdp);

/** Finds a codec by name and rate, or telephone-event of that rate; NULL if it is not there */
const struct sdp_codec *sdp_codec_find(const struct sdp_desc *sdp, const char *name, uint32_t rate);

/**
 * Answers an offer: keeps the offer's payload numbers, mid and line order, and the first codec of
 * `prefer` (NULL-terminated names "opus", "PCMU"...) that the offer has, plus telephone-event at
 * the matching clock. `ours` brings port, addr, ICE, fingerprint, key, session and version. The
 * direction is the offer's reversed, restricted by ours (RFC 3264 section 6.1). Returns 0, or
 * ENOTSUP when no codec or no security profile is common.
 */
int sdp_answer(struct sdp_desc *answer, const struct sdp_desc *offer, const struct sdp_desc *ours,
	       const char *const *prefer);

enum sdp_dir sdp_reverse(enum sdp_dir d);
bool sdp_held(const struct sdp_desc
		      *sdp); /* sendonly, inactive or address 0.0.0.0 (RFC 3264 8.4, old style) */

#endif
