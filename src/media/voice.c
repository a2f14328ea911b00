/**
 * @file voice.c  Speech or silence
 */
#include "voice.h"

enum {
	LEAST = 120 * 120, /* rms 120, -49 dBFS: quieter is never speech        */
	FLOOR_MIN = LEAST / 4,
	FLOOR_MAX = 600 * 600,
	ABOVE = 4,	  /* speech is 6 dB above the noise                     */
	BEGIN_FRAMES = 5, /* 100 ms                                             */
	END_FRAMES = 25,  /* 500 ms                                             */
};

static uint32_t energy(const int16_t *pcm, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (uint64_t)((int32_t)pcm[i] * pcm[i]);
	return n ? (uint32_t)(sum / n) : 0;
}

/** True if a 20 ms frame is speech rather than the line's noise */
bool voice_loud(struct voice *v, const int16_t *pcm, size_t n)
{
	uint32_t e = energy(pcm, n);
	uint64_t limit;

	/* The floor falls at once and rises by about 3 dB in two seconds. */
	if (e < v->floor)
		v->floor = e;
	else if (v->floor < FLOOR_MAX)
		v->floor += v->floor / 128;
	if (v->floor < FLOOR_MIN)
		v->floor = FLOOR_MIN;
	limit = (uint64_t)v->floor * ABOVE;
	return e > (limit > LEAST ? limit : LEAST);
}

/** Adds a 20 ms frame; true once at the beginning of each stretch of speech */
bool voice_began(struct voice *v, const int16_t *pcm, size_t n)
{
	if (voice_loud(v, pcm, n)) {
		v->quiet = 0;
		if (++v->loud < BEGIN_FRAMES || v->speaking)
			return false;
		v->speaking = true;
		return true;
	}
	v->loud = 0;
	if (++v->quiet >= END_FRAMES)
		v->speaking = false;
	return false;
}
