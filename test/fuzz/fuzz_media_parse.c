/**
 * @file fuzz_media_parse.c  Every parser of what a stranger sends, in buffers of the exact size
 *
 * From a seed: valid STUN, RTP, RTCP, SRTP, DTLS, telephone events and WAV headers are cut, flipped
 * and spliced; each lies at the end of its own allocation, so that a read beyond it is seen.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "own.h"
#include "party.h"
#include "sound.h"

enum { ROUNDS = 300000, SEEDS = 8, SIZE = 600 };

static uint8_t seeds[SEEDS][SIZE];
static size_t sizes[SEEDS];
static uint64_t seed = 1;

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return below ? (uint32_t)(seed >> 11) % below : 0;
}

static void stun_seed(uint8_t *p, size_t *n)
{
	struct mbuf *mb = mbuf_alloc(256);
	uint8_t tid[12] = {9};
	uint32_t priority = 7;
	bool use = true;

	CHECK(!stun_msg_encode(mb, STUN_METHOD_BINDING, STUN_CLASS_REQUEST, tid, NULL,
			       (const uint8_t *)"password", 8, true, 0, 3, STUN_ATTR_USERNAME,
			       "ours:theirs", STUN_ATTR_PRIORITY, &priority, STUN_ATTR_USE_CAND,
			       &use));
	memcpy(p, mb->buf, mb->end);
	*n = mb->end;
	mem_deref(mb);
}

static void seeds_make(void)
{
	static const uint8_t rtcp[] = {0x81, 200, 0, 12, [28] = 1, [52] = 0x81, 202, 0,	  3, 0, 0,
				       0,    1,	  1, 4,	 'a',	   'b',		'c', 'd', 0, 0};
	static const uint8_t hello[] = {22, 0xfe, 0xfd, [11] = 0, 40, 1, [52] = 0};

	stun_seed(seeds[0], &sizes[0]);
	rtp_header(seeds[1], 96, true, 7, 8, 9);
	sizes[1] = 180;
	rtp_header(seeds[2], 96, true, 7, 8, 9);
	seeds[2][0] = 0xb1; /* padding, extension, a CSRC */
	seeds[2][19] = 1;
	seeds[2][60] = 4;
	sizes[2] = 61;
	memcpy(seeds[3], rtcp, sizeof(rtcp));
	sizes[3] = sizeof(rtcp);
	memcpy(seeds[4], hello, sizeof(hello));
	sizes[4] = sizeof(hello);
	wav_print(seeds[5], 8000, 1, 100);
	sizes[5] = 144;
	memcpy(seeds[6], (uint8_t[]){5, 0x8a, 3, 0x20}, 4);
	sizes[6] = 4;
	sizes[7] = 100; /* zeros */
}

static size_t mutate(uint8_t *p)
{
	unsigned which = rnd(SEEDS), changes = rnd(6);
	size_t n = sizes[which];

	memcpy(p, seeds[which], SIZE);
	while (changes--) {
		switch (rnd(5)) {
		case 0:
			p[rnd((uint32_t)n)] = (uint8_t)rnd(256);
			break;
		case 1:
			p[rnd((uint32_t)n)] ^= (uint8_t)(1 << rnd(8));
			break;
		case 2:
			n = 1 + rnd((uint32_t)n);
			break;
		case 3:
			n = 1 + rnd(SIZE - 1);
			break;
		default:
			memcpy(p + rnd(300), seeds[rnd(SEEDS)] + rnd(100), rnd(200));
		}
	}
	return n;
}

static struct party party = {.pipe = NULL};
static struct worker worker;
static struct seal *seals[2];
static struct decoder decoders[4];
static struct dtls *dtls;
static struct dtls_identity *identity;

static void stun_try(const uint8_t *p, size_t n, const struct sa *from)
{
	static struct ice ice;
	struct ice_keys keys = {"ours", "password", rnd(2) ? "theirs" : ""};
	uint8_t reply[ICE_REPLY];
	size_t size;

	if (!ice_check(&ice, &keys, p, n, from, rnd(100000), reply, &size))
		CHECK(size <= ICE_REPLY && ice_valid(&ice, from));
	ice_expire(&ice, rnd(200000));
	CHECK(ice.count <= ICE_ADDRESSES);
}

static void rtp_try(uint8_t *p, size_t n)
{
	int16_t pcm[PCM_MAX];
	struct rtp_packet pkt;
	struct dtmf_event ev;

	if (rtp_parse(&pkt, p, n) || rtp_payload(&pkt))
		return;
	CHECK(pkt.payload + pkt.size <= p + n);
	rtp_in_add(&party.rtp_in, &pkt, 48000, rnd(1u << 30));
	dtmf_parse(&ev, pkt.payload, pkt.size);
	for (int i = 0; i < 4 && pkt.size; i++) {
		decoders[i].kind->length(pkt.payload, pkt.size);
		CHECK(decoder_run(&decoders[i], pcm, pkt.payload, pkt.size) <= PCM_MAX);
	}
	if (rnd(2) && n >= 12)
		CHECK(unseal_rtp(seals[rnd(2)], p, &n, pkt.header));
}

static void dtls_try(const uint8_t *p, size_t n)
{
	uint8_t out[DATAGRAM_MAX];

	if (!dtls)
		CHECK(!dtls_alloc(&dtls, identity, false));
	if (dtls_feed(dtls, p, n) == DTLS_BROKEN)
		dtls = mem_deref(dtls);
	while (dtls && dtls_out(dtls, out, sizeof(out)))
		;
}

static void each(uint8_t *p, size_t n)
{
	struct wav_header h;
	struct sa from;

	sa_set_in(&from, 0x7f000001, (uint16_t)(1 + rnd(20)));
	stun_try(p, n, &from);
	rtcp_read(&party, p, n);
	if (!wav_parse(&h, p, n))
		CHECK(h.offset + h.size <= n);
	if (rnd(8) == 0)
		dtls_try(p, n);
	if (n >= 8) {
		size_t m = n;

		CHECK(unseal_rtcp(seals[rnd(2)], p, &m));
	}
	rtp_try(p, n);
}

int main(int argc, char *argv[])
{
	static const uint8_t key[16] = {1}, salt[14] = {2};
	static const enum codec_id ids[] = {CODEC_PCMU, CODEC_PCMA, CODEC_G722, CODEC_OPUS};
	uint8_t work[SIZE];

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 10) | 1;
	party.w = &worker;
	seeds_make();
	CHECK(!dtls_identity_alloc(&identity));
	for (int i = 0; i < 2; i++)
		CHECK(!seal_alloc(&seals[i], (enum seal_suite)i, key, salt));
	for (int i = 0; i < 4; i++)
		CHECK(!decoder_set(&decoders[i], ids[i], i & 1 ? RATE_WIDE : RATE_NARROW));
	for (int i = 0; i < ROUNDS; i++) {
		size_t n = mutate(work);
		uint8_t *exact = malloc(n);

		memcpy(exact, work, n);
		each(exact, n);
		free(exact);
	}
	mem_deref(dtls);
	mem_deref(identity);
	mem_deref(seals[0]);
	mem_deref(seals[1]);
	for (int i = 0; i < 4; i++)
		mem_deref(decoders[i].state);
	return 0;
}
