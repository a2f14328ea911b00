/**
 * @file tones.c  Keys as tones in the audio
 *
 * A frame of 20 ms is one block for eight Goertzel filters, 50 Hz apart at their nulls; the tones
 * are 73 Hz apart at least. What else the frame may hold is bounded, so that speech is no key.
 */
#include <math.h>
#include <string.h>
#include "codec.h"
#include "goertzel.h"
#include "own.h"
#include "tones.h"

enum {
	SIDE = 4,
	FRAMES_MIN = 2,	     /* 40 ms (Q.24): a key; as many without it: it is over */
	AMPLITUDE = 5000,    /* of each tone: -13 dBm0                              */
	AMPLITUDE_MIN = 250, /* -39 dBm0: quieter is none                           */
};

static const unsigned low[SIDE] = {697, 770, 852, 941}, high[SIDE] = {1209, 1336, 1477, 1633};
static const char keys[SIDE][SIDE + 1] = {"123A", "456B", "789C", "*0#D"};

/* The strongest of a group, if it stands out by 8 dB; SIDE for none */
static unsigned strongest(double *energy, const int16_t *pcm, size_t n, const unsigned f[SIDE])
{
	double e[SIDE], second = 0;
	unsigned best = 0;

	for (unsigned i = 0; i < SIDE; i++)
		e[i] = goertzel_energy(pcm, n, f[i]);
	for (unsigned i = 1; i < SIDE; i++)
		best = e[i] > e[best] ? i : best;
	for (unsigned i = 0; i < SIDE; i++)
		second = i != best && e[i] > second ? e[i] : second;
	*energy = e[best];
	return e[best] > 6.3 * second ? best : SIDE;
}

/* Two tones, of a group each, not too unlike in strength, and little else. */
static char frame_key(const int16_t *pcm, size_t n)
{
	const double least = (double)AMPLITUDE_MIN * AMPLITUDE_MIN / 2 * (double)n;
	double all = 0, el, eh;
	unsigned l, h;

	for (size_t i = 0; i < n; i++)
		all += (double)pcm[i] * pcm[i];
	if (all < 2 * least)
		return '\0';
	l = strongest(&el, pcm, n, low);
	h = strongest(&eh, pcm, n, high);
	if (l == SIDE || h == SIDE || el < least || eh < least || el > 10 * eh || eh > 10 * el ||
	    el + eh < 0.8 * all)
		return '\0';
	return keys[l][h];
}

static bool key_over(struct tones_in *in, char *digit, uint32_t *ms)
{
	*digit = in->digit;
	*ms = in->frames * FRAME_MS;
	in->digit = '\0';
	return true;
}

/**
 * Adds a frame of what a party says
 *
 * @param in    State
 * @param pcm   Audio at 8 kHz
 * @param n     Samples, 160
 * @param digit Result: the key that was released
 * @param ms    Result: how long it was held
 *
 * @return true once for each key, when it is over
 */
bool tones_heard(struct tones_in *in, const int16_t *pcm, size_t n, char *digit, uint32_t *ms)
{
	char now = frame_key(pcm, n), before = in->last;
	bool over = false;

	in->last = now;
	if (in->digit && now == in->digit) {
		in->frames += 1 + in->missed;
		in->missed = 0;
		return false;
	}
	if (in->digit && ++in->missed >= FRAMES_MIN)
		over = key_over(in, digit, ms);
	if (!in->digit && now && now == before) {
		in->digit = now;
		in->frames = FRAMES_MIN;
		in->missed = 0;
	}
	return over;
}

/**
 * Makes a frame of a key's two tones
 *
 * @param pcm   Result, at 8 kHz
 * @param n     Samples
 * @param digit '0'-'9', '*', '#', 'A'-'D'; silence for others
 * @param at    Samples of it before this frame
 */
void tones_make(int16_t *pcm, size_t n, char digit, uint32_t at)
{
	unsigned l = 0, h = 0;

	memset(pcm, 0, n * sizeof(*pcm));
	while (digit && l < SIDE && !strchr(keys[l], digit))
		++l;
	if (!digit || l == SIDE)
		return;
	h = (unsigned)(strchr(keys[l], digit) - keys[l]);
	for (size_t i = 0; i < n; i++) {
		double t = 2 * M_PI * (double)(at + i) / RATE_NARROW;

		pcm[i] = (int16_t)(AMPLITUDE * (sin(t * low[l]) + sin(t * high[h])));
	}
}
