/**
 * @file cng.c  The calling tone of a fax machine
 */
#include "cng.h"
#include "goertzel.h"

enum {
	CALLING_HZ = 1100,
	BLOCK = 80,	 /* 10 ms: wide enough for the 38 Hz that the tone may be off */
	LEAST = 80 * 80, /* rms 80, -52 dBFS */
	MISSES = 3,	 /* of a burst: packets are lost */
	ON_MIN = 38,
	ON_MAX = 62,   /* 0.5 s, 15 % more or less, and the blocks at its edges */
	ON_AGAIN = 25, /* of the second burst, so much is enough */
	OFF_MIN = 250,
	OFF_MAX = 350, /* 3 s, 15 % more or less */
	LOUD_MAX = 15, /* blocks of the pause */
	QUIETER = 16,  /* 12 dB below the tone is quiet */
};

/* Is most of the block's energy at 1100 Hz? */
static bool tone(uint32_t *energy, const int16_t *pcm)
{
	double sum = 0;

	for (unsigned i = 0; i < BLOCK; i++)
		sum += (double)pcm[i] * pcm[i];
	*energy = (uint32_t)(sum / BLOCK);
	return *energy >= LEAST && goertzel_energy(pcm, BLOCK, CALLING_HZ) > 0.55 * sum;
}

static void burst_begin(struct cng *c, uint32_t energy)
{
	bool in_step = c->off >= OFF_MIN && c->off <= OFF_MAX && c->loud <= LOUD_MAX;

	if (!in_step)
		c->bursts = 0;
	c->on = 1;
	c->off = c->miss = c->loud = 0;
	c->strength = energy;
}

static void burst_end(struct cng *c)
{
	bool good = c->on >= ON_MIN && c->on <= ON_MAX;

	c->bursts = good ? c->bursts + 1 : 0;
	c->off = c->miss;
	c->on = c->miss = c->loud = 0;
}

static bool block_add(struct cng *c, bool is_tone, uint32_t energy)
{
	if (c->on) {
		c->miss = is_tone ? 0 : c->miss + 1;
		if (is_tone && c->on <= ON_MAX)
			c->on++;
		if (c->miss > MISSES)
			burst_end(c);
		return c->bursts && c->on == ON_AGAIN;
	}
	if (is_tone) {
		burst_begin(c, energy);
	} else if (c->bursts) {
		c->off++;
		c->loud += energy > c->strength / QUIETER;
		if (c->off > OFF_MAX || c->loud > LOUD_MAX)
			c->bursts = 0;
	}
	return false;
}

/**
 * Adds audio at 8 kHz
 *
 * @param c   State, at first all zero
 * @param pcm Audio
 * @param n   Samples; what is over from tens of milliseconds is left out
 *
 * @return true, once, in the middle of the second burst that is in step with one before
 */
bool cng_heard(struct cng *c, const int16_t *pcm, size_t n)
{
	bool heard = false;

	for (size_t at = 0; at + BLOCK <= n; at += BLOCK) {
		uint32_t energy;
		bool is_tone = tone(&energy, pcm + at);

		heard |= block_add(c, is_tone, energy);
	}
	return heard;
}
