/**
 * @file resample.h  Between 8 and 16 kHz, and from any rate when a file is loaded
 *
 * `struct resample` keeps the history of one direction of one voice; any thread, one at a time.
 */
#ifndef CARILLON_MEDIA_RESAMPLE_H
#define CARILLON_MEDIA_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

enum { RESAMPLE_TAPS = 12, RESAMPLE_HISTORY = 4 * RESAMPLE_TAPS - 1 };

struct resample {
	int16_t history[RESAMPLE_HISTORY];
};

void resample_up(struct resample *r, int16_t *out, const int16_t *in, size_t n);
void resample_down(struct resample *r, int16_t *out, const int16_t *in, size_t n);
int resample_any(int16_t **outp, size_t *nout, uint32_t rate_out, const int16_t *in, size_t n,
		 uint32_t rate_in);

#endif
