/**
 * @file resample.c  A half-band filter for 8 <-> 16 kHz; windowed sinc for files of other rates
 */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "own.h"
#include "resample.h"

enum { UP_HISTORY = 2 * RESAMPLE_TAPS - 1, SINC_HALF = 16, CHUNK = 160 };

/* Odd taps of a 47-tap half-band low-pass (Kaiser, beta 5), 15 bits: flat to 3.4 kHz, -53 dB
 * from 4.6 kHz. The even taps are zero but for the middle one, which is a half. */
static const int16_t taps[RESAMPLE_TAPS] = {10390, -3357, 1892, -1228, 838, -579,
					    397,   -265,  170,	-103,  56,  -26};

static int16_t clip(int32_t v)
{
	return v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : (int16_t)v;
}

static void up_chunk(struct resample *r, int16_t *out, const int16_t *in, size_t n)
{
	int16_t x[UP_HISTORY + CHUNK];

	memcpy(x, r->history, UP_HISTORY * sizeof(*x));
	memcpy(x + UP_HISTORY, in, n * sizeof(*x));
	for (size_t i = 0; i < n; i++) {
		const int16_t *mid = x + i + RESAMPLE_TAPS - 1;
		int32_t sum = 1 << 13;

		for (int k = 0; k < RESAMPLE_TAPS; k++)
			sum += taps[k] * (mid[-k] + mid[k + 1]);
		out[2 * i] = *mid;
		out[2 * i + 1] = clip(sum >> 14);
	}
	memcpy(r->history, x + n, UP_HISTORY * sizeof(*x));
}

/**
 * Doubles the rate
 *
 * @param r   History, zeroed before the first call
 * @param out 2 n samples
 * @param in  n samples
 * @param n   Number of samples in
 */
void resample_up(struct resample *r, int16_t *out, const int16_t *in, size_t n)
{
	while (n) {
		size_t now = n < CHUNK ? n : CHUNK;

		up_chunk(r, out, in, now);
		out += 2 * now;
		in += now;
		n -= now;
	}
}

static void down_chunk(struct resample *r, int16_t *out, const int16_t *in, size_t n)
{
	int16_t x[RESAMPLE_HISTORY + CHUNK];

	memcpy(x, r->history, RESAMPLE_HISTORY * sizeof(*x));
	memcpy(x + RESAMPLE_HISTORY, in, n * sizeof(*x));
	for (size_t i = 0; i + 1 < n; i += 2) {
		const int16_t *mid = x + i + 2 * RESAMPLE_TAPS;
		int32_t sum = (1 << 14) + *mid * (1 << 14);

		for (int k = 0; k < RESAMPLE_TAPS; k++)
			sum += taps[k] * (mid[-2 * k - 1] + mid[2 * k + 1]);
		out[i / 2] = clip(sum >> 15);
	}
	memcpy(r->history, x + n, RESAMPLE_HISTORY * sizeof(*x));
}

/**
 * Halves the rate
 *
 * @param r   History, zeroed before the first call
 * @param out n / 2 samples
 * @param in  n samples
 * @param n   Number of samples in, even
 */
void resample_down(struct resample *r, int16_t *out, const int16_t *in, size_t n)
{
	while (n) {
		size_t now = n < CHUNK ? n : CHUNK;

		down_chunk(r, out, in, now);
		out += now / 2;
		in += now;
		n -= now;
	}
}

static double sinc_tap(double x, double cut)
{
	double window = 0.5 + 0.5 * cos(M_PI * x / SINC_HALF);

	if (fabs(x) >= SINC_HALF)
		return 0;
	return x == 0 ? cut : sin(M_PI * x * cut) / (M_PI * x) * window;
}

static int16_t sinc_at(const int16_t *in, size_t n, double at, double cut)
{
	long mid = (long)floor(at);
	double sum = 0;

	for (long k = mid - SINC_HALF + 1; k <= mid + SINC_HALF; k++) {
		if (k >= 0 && k < (long)n)
			sum += in[k] * sinc_tap(at - (double)k, cut);
	}
	return clip((int32_t)lrint(sum));
}

/**
 * Changes the rate of a whole recording; slow, for files, never on a worker
 *
 * @param outp     Result, from mem_alloc()
 * @param nout     Its number of samples
 * @param rate_out Wished rate in Hz
 * @param in       Samples
 * @param n        Their number
 * @param rate_in  Their rate in Hz, 4000 to 192000
 *
 * @return 0, EINVAL or ENOMEM
 */
int resample_any(int16_t **outp, size_t *nout, uint32_t rate_out, const int16_t *in, size_t n,
		 uint32_t rate_in)
{
	double step = (double)rate_in / rate_out, cut = step > 1 ? 1 / step : 1;
	size_t count = (size_t)((double)n / step);
	int16_t *out;

	if (rate_in < 4000 || rate_in > 192000)
		return EINVAL;
	out = mem_alloc((count ? count : 1) * sizeof(*out), NULL);
	if (!out)
		return ENOMEM;
	for (size_t i = 0; i < count; i++)
		out[i] = sinc_at(in, n, (double)i * step, cut);
	*outp = out;
	*nout = count;
	return 0;
}
