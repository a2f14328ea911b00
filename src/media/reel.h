/**
 * @file reel.h  What a worker writes down for a recording, and the sound that the disk thread makes
 * of it
 *
 * A block is a list of what happened, in its order: packets as they came, and for each tick which
 * sound each side makes. Packets of a codec that is costly to decode are decoded only when the
 * block is on the disk thread, by an ear a side (struct reel), exactly as a worker would have.
 */
#ifndef CARILLON_MEDIA_REEL_H
#define CARILLON_MEDIA_REEL_H

#include "ear.h"

enum { TAPE_BLOCK = RATE_NARROW / 2, SIDES = 2 };

struct tape;

struct block {
	struct tape *tape; /* a shared reference                */
	uint64_t at;	   /* samples before it                 */
	size_t n;	   /* samples that come of it, a side   */
	size_t size, room; /* octets of the log                 */
	uint8_t log[];
};

/** What a side of a recording says in a tick */
struct side {
	const int16_t *pcm; /* FRAME_NARROW; NULL: what the ear heard, or silence        */
	uint32_t source;    /* of the packets that are to be decoded; 0: there are none  */
	bool muted;	    /* the ear listens, and what it hears is left out            */
};

/** A side on the disk thread */
struct reel {
	struct ear ear;
	uint32_t source;
};

size_t block_room(unsigned parts);
bool block_full(const struct block *b);
void block_packet(struct block *b, unsigned side, uint32_t source, enum codec_id codec,
		  const struct rtp_packet *pkt);
void block_frame(struct block *b, unsigned parts, bool kept, const struct side sides[SIDES]);
size_t block_play(const struct block *b, unsigned parts, struct reel reels[SIDES],
		  int16_t pcm[TAPE_BLOCK * SIDES]);

#endif
