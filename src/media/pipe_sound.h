/**
 * @file pipe_sound.h  Sound between a media worker and another process: 100 ms a message
 *
 * A process that woke for each 20 ms would spend most of its time on waking. Both ways have the
 * same form; the other process, which links none of this folder, includes this file.
 */
#ifndef CARILLON_PIPE_SOUND_H
#define CARILLON_PIPE_SOUND_H

#include <stdint.h>

enum { PIPE_FRAMES = 5, PIPE_SAMPLES = 160 /* 20 ms of 8 kHz */ };

/** A message of a SOCK_SEQPACKET */
struct pipe_sound {
	uint16_t lost; /* to the process: bit n is set when frame n did not arrive */
	int16_t frame[PIPE_FRAMES][PIPE_SAMPLES];
};

#endif
