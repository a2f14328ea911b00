/**
 * @file goertzel.h  How much of some audio is at one frequency (Goertzel's algorithm)
 *
 * Any thread; no state, no allocation. librem and spandsp have one each, with functions of the same
 * names, and both are linked: neither can be had for sure.
 */
#ifndef CARILLON_MEDIA_GOERTZEL_H
#define CARILLON_MEDIA_GOERTZEL_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include "codec.h"

/** Energy at `hz` of audio at 8 kHz: for a pure tone the sum of the squares of its samples */
static inline double goertzel_energy(const int16_t *pcm, size_t n, unsigned hz)
{
	double turn = 2 * cos(2 * M_PI * hz / RATE_NARROW), a = 0, b = 0;

	for (size_t i = 0; i < n; i++) {
		double c = pcm[i] + turn * a - b;

		b = a;
		a = c;
	}
	return (a * a + b * b - turn * a * b) * 2 / (double)n;
}

#endif
