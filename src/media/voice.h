/**
 * @file voice.h  Speech or silence, by energy over a floor that follows the line's noise
 */
#ifndef CARILLON_MEDIA_VOICE_H
#define CARILLON_MEDIA_VOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct voice {
	uint32_t floor; /* noise, mean square              */
	unsigned loud;	/* frames in a row                 */
	unsigned quiet;
	bool speaking;
};

bool voice_loud(struct voice *v, const int16_t *pcm, size_t n);
bool voice_began(struct voice *v, const int16_t *pcm, size_t n);

#endif
