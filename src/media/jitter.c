/**
 * @file jitter.c  Evens out when packets come
 */
#include <errno.h>
#include <string.h>
#include "codec.h"
#include "jitter.h"

enum {
	RING_MS = 400,
	RING = RATE_WIDE / 1000 * RING_MS,
	TARGET_MIN = 40,
	TARGET_MAX = 240,
	TARGET_STEADY = 200,
	WATCH_TICKS = 100, /* two seconds without need: one frame less */
	GAP_MAX = 200,
	DRY_TICKS = 10, /* what comes later than that was a pause, not jitter */
};

struct jitter {
	uint32_t rate;
	size_t head, fill; /* samples in `ring`                          */
	uint32_t target;   /* ms that wait before playing starts         */
	uint32_t least;	   /* smallest fill in ms since `watch` began    */
	unsigned watch;
	unsigned dry; /* ticks since it ran dry                      */
	bool playing, steady;
	int16_t ring[RING];
};

static size_t samples(const struct jitter *j, uint32_t ms)
{
	return j->rate / 1000 * ms;
}

/** Makes a buffer for decoded audio of a rate; 0 or ENOMEM */
int jitter_alloc(struct jitter **jp, uint32_t rate)
{
	struct jitter *j = mem_zalloc(sizeof(*j), NULL);

	if (!j)
		return ENOMEM;
	j->target = TARGET_MIN;
	jitter_reset(j, rate);
	*jp = j;
	return 0;
}

/** From now on it keeps every sample: what comes late is played late */
void jitter_steady(struct jitter *j)
{
	if (j->steady)
		return;
	j->steady = true;
	j->target = TARGET_STEADY;
	j->playing = false;
}

/** Empties it, for a new source or another rate; what was learned about the delay stays */
void jitter_reset(struct jitter *j, uint32_t rate)
{
	j->rate = rate;
	j->head = j->fill = 0;
	j->playing = false;
	j->dry = 0;
	j->watch = 0;
	j->least = RING_MS;
}

/** How many ms wait */
uint32_t jitter_ms(const struct jitter *j)
{
	return (uint32_t)(j->fill * 1000 / j->rate);
}

/** The rate of what waits, in Hz */
uint32_t jitter_rate(const struct jitter *j)
{
	return j->rate;
}

static void drop(struct jitter *j, size_t n)
{
	j->head = (j->head + n) % RING;
	j->fill -= n;
}

/** Adds decoded audio; when there is too much, the oldest goes */
void jitter_put(struct jitter *j, const int16_t *pcm, size_t n)
{
	size_t max = samples(j, RING_MS), tail, first;

	if (n > max)
		return;
	if (j->dry && j->dry <= DRY_TICKS && j->target < TARGET_MAX)
		j->target += FRAME_MS;
	j->dry = 0;
	if (j->fill + n > max) {
		size_t excess = j->fill + n - samples(j, j->target);

		drop(j, excess < j->fill ? excess : j->fill);
	}
	tail = (j->head + j->fill) % RING;
	first = RING - tail < n ? RING - tail : n;
	memcpy(j->ring + tail, pcm, first * sizeof(*pcm));
	memcpy(j->ring, pcm + first, (n - first) * sizeof(*pcm));
	j->fill += n;
}

/** The sender was silent on purpose: silence in its place, as far as it was not waited for */
void jitter_gap(struct jitter *j, uint32_t ms)
{
	static const int16_t silence[FRAME_WIDE];

	if (!j->playing)
		return;
	for (ms = ms < GAP_MAX ? ms : GAP_MAX; ms >= FRAME_MS; ms -= FRAME_MS) {
		if (jitter_ms(j) < j->target)
			jitter_put(j, silence, samples(j, FRAME_MS));
	}
}

static void shrink(struct jitter *j)
{
	if (jitter_ms(j) < j->least)
		j->least = jitter_ms(j);
	if (++j->watch < WATCH_TICKS)
		return;
	if (j->least > TARGET_MIN && j->fill > samples(j, FRAME_MS))
		drop(j, samples(j, FRAME_MS));
	if (j->least > FRAME_MS && j->target > TARGET_MIN)
		j->target -= FRAME_MS;
	j->watch = 0;
	j->least = RING_MS;
}

/**
 * Takes one tick's audio
 *
 * @param j   Buffer
 * @param pcm Result; silence when there is none
 * @param n   Samples
 *
 * @return true if it was audio
 */
bool jitter_get(struct jitter *j, int16_t *pcm, size_t n)
{
	size_t first;

	if (!j->playing && j->fill >= samples(j, j->target))
		j->playing = true;
	if (j->playing && j->fill < n && !j->steady) {
		j->playing = false;
		j->dry = 1;
	}
	if (!j->playing || j->fill < n) {
		if (j->dry)
			++j->dry;
		memset(pcm, 0, n * sizeof(*pcm));
		return false;
	}
	first = RING - j->head < n ? RING - j->head : n;
	memcpy(pcm, j->ring + j->head, first * sizeof(*pcm));
	memcpy(pcm + first, j->ring, (n - first) * sizeof(*pcm));
	drop(j, n);
	if (!j->steady)
		shrink(j);
	return true;
}
