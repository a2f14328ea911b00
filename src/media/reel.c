/**
 * @file reel.c  What a worker writes down for a recording
 */
#include <string.h>
#include "own.h"
#include "reel.h"

enum { PAYLOAD_MAX = 1500, PACKETS = 6000, FRAMES = TAPE_BLOCK / FRAME_NARROW };

struct entry {
	enum { ENTRY_PACKET, ENTRY_FRAME } kind;
	union {
		struct {
			uint32_t source, ts, ssrc;
			enum codec_id codec;
			uint16_t seq, size; /* the payload follows */
			uint8_t side;
		} packet;
		struct {
			uint32_t source[SIDES];
			bool kept, pcm[SIDES], muted[SIDES]; /* the sound of each follows */
		} frame;
	};
};

enum {
	FRAME_OCTETS = FRAME_NARROW * sizeof(int16_t),
	FRAME_MOST = sizeof(struct entry) + SIDES * FRAME_OCTETS,
	ENTRY_MOST = sizeof(struct entry) + PAYLOAD_MAX,
};

_Static_assert((int)ENTRY_MOST >= (int)FRAME_MOST, "a block that is not full has room for each");

/** Octets of the log of half a second: sound of all parts, or packets instead of it */
size_t block_room(unsigned parts)
{
	return FRAMES * (sizeof(struct entry) + parts * FRAME_OCTETS) + PACKETS;
}

/** True when it is to be handed over: half a second, or no room for whatever may come next */
bool block_full(const struct block *b)
{
	return b->n >= TAPE_BLOCK || b->room - b->size < ENTRY_MOST;
}

static void add(struct block *b, const void *p, size_t n)
{
	CHECK(b->room - b->size >= n);
	memcpy(b->log + b->size, p, n);
	b->size += n;
}

/** Notes a packet that is decoded later; the block is not full. One beyond 1500 octets is lost */
void block_packet(struct block *b, unsigned side, uint32_t source, enum codec_id codec,
		  const struct rtp_packet *pkt)
{
	struct entry e = {.kind = ENTRY_PACKET};

	if (pkt->size > PAYLOAD_MAX)
		return;
	e.packet.source = source;
	e.packet.ts = pkt->ts;
	e.packet.ssrc = pkt->ssrc;
	e.packet.codec = codec;
	e.packet.seq = pkt->seq;
	e.packet.size = (uint16_t)pkt->size;
	e.packet.side = (uint8_t)side;
	add(b, &e, sizeof(e));
	add(b, pkt->payload, pkt->size);
}

/**
 * Notes a tick; the block is not full
 *
 * @param parts How many sides the recording has
 * @param kept  False while it is paused: ears listen on, nothing comes of it
 */
void block_frame(struct block *b, unsigned parts, bool kept, const struct side sides[SIDES])
{
	struct entry e = {.kind = ENTRY_FRAME};

	e.frame.kept = kept;
	for (unsigned i = 0; i < parts; i++) {
		e.frame.source[i] = sides[i].source;
		e.frame.pcm[i] = sides[i].pcm && kept;
		e.frame.muted[i] = sides[i].muted;
	}
	add(b, &e, sizeof(e));
	for (unsigned i = 0; i < parts; i++) {
		if (e.frame.pcm[i])
			add(b, sides[i].pcm, FRAME_OCTETS);
	}
	b->n += kept ? FRAME_NARROW : 0;
}

/* The ear of a source: another one than before begins anew. */
static struct ear *ear_of(struct reel *r, uint32_t source)
{
	if (r->source != source)
		ear_forget(&r->ear);
	r->source = source;
	return &r->ear;
}

static const uint8_t *packet_play(const struct entry *e, const uint8_t *p, struct reel *r)
{
	struct ear *ear = ear_of(r, e->packet.source);
	struct rtp_packet pkt = {.seq = e->packet.seq,
				 .ts = e->packet.ts,
				 .ssrc = e->packet.ssrc,
				 .payload = (uint8_t *)p,
				 .size = e->packet.size};

	if (!ear_ready(ear, e->packet.codec, RATE_NARROW) && !ear_keep(ear))
		ear_packet(ear, true, &pkt, NULL, NULL);
	return p + e->packet.size;
}

static const uint8_t *side_play(int16_t frame[FRAME_NARROW], const struct entry *e, unsigned side,
				const uint8_t *p, struct reel *r)
{
	uint32_t source = e->frame.source[side];
	struct ear *ear = source ? ear_of(r, source) : NULL;

	memset(frame, 0, FRAME_OCTETS);
	if (ear && ear->jitter)
		(void)jitter_get(ear->jitter, frame, FRAME_NARROW);
	if (e->frame.muted[side])
		memset(frame, 0, FRAME_OCTETS);
	if (!e->frame.pcm[side])
		return p;
	memcpy(frame, p, FRAME_OCTETS);
	return p + FRAME_OCTETS;
}

/**
 * Makes sound of what was noted; on the disk thread
 *
 * @param b     Block
 * @param parts How many sides
 * @param reels What is known of each from the blocks before
 * @param pcm   Result: b->n samples of each side, side by side
 *
 * @return Samples of each
 */
size_t block_play(const struct block *b, unsigned parts, struct reel reels[SIDES],
		  int16_t pcm[TAPE_BLOCK * SIDES])
{
	const uint8_t *p = b->log, *end = b->log + b->size;
	int16_t frame[FRAME_NARROW];
	struct entry e;
	size_t n = 0;

	while (p < end) {
		memcpy(&e, p, sizeof(e));
		p += sizeof(e);
		if (e.kind == ENTRY_PACKET) {
			p = packet_play(&e, p, &reels[e.packet.side]);
			continue;
		}
		for (unsigned i = 0; i < parts; i++) {
			p = side_play(frame, &e, i, p, &reels[i]);
			for (size_t k = 0; k < FRAME_NARROW && e.frame.kept; k++)
				pcm[(n + k) * parts + i] = frame[k];
		}
		n += e.frame.kept ? FRAME_NARROW : 0;
	}
	return n;
}
