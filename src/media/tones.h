/**
 * @file tones.h  Keys as tones in the audio (ITU-T Q.23, Q.24), for those who know no telephone
 * events
 *
 * Audio at 8 kHz, 20 ms at a time. On the worker that owns the stream; no allocation, no lock.
 */
#ifndef CARILLON_MEDIA_TONES_H
#define CARILLON_MEDIA_TONES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Keys that are heard */
struct tones_in {
	char last, digit; /* of the frame before; the key that is pressed, '\0' for none */
	unsigned frames;  /* how long the key is pressed                                 */
	unsigned missed;  /* frames in a row without it                                  */
};

bool tones_heard(struct tones_in *in, const int16_t *pcm, size_t n, char *digit, uint32_t *ms);
void tones_make(int16_t *pcm, size_t n, char digit, uint32_t at);

#endif
