/**
 * @file sound.h  Sounds: mono audio at 8 kHz in memory that never changes
 *
 * Read from WAV files or made from tones; a shared object (base/own.h), so any thread may hold one.
 * Reading a file blocks: only on the thread `media disk`.
 */
#ifndef CARILLON_MEDIA_SOUND_H
#define CARILLON_MEDIA_SOUND_H

#include <stddef.h>
#include <stdint.h>

struct sound {
	size_t n;      /* samples           */
	int16_t pcm[]; /* at 8 kHz          */
};

enum { SOUND_MAX_MS = 3600 * 1000 };

int sound_alloc(struct sound **sp, const int16_t *pcm, size_t n);
int sound_parse(struct sound **sp, const uint8_t *p, size_t n);
int sound_read(struct sound **sp, const char *path);

/* tone.c */
enum tone { TONE_RING, TONE_BUSY, TONE_CONGESTION, TONE_BEEP, TONE_WAIT, TONE_RECORD, TONE_MAX };

int tone_alloc(struct sound **sp, enum tone tone);
int tone_by_name(enum tone *tone, const char *name);

/* wav.c */
struct wav_header {
	uint16_t format, parts, bits; /* 1 PCM, 6 A-law, 7 mu-law; how many side by side   */
	uint32_t rate;
	size_t offset, size; /* of the audio in the file, in bytes                */
};

enum { WAV_HEADER = 44 };

int wav_parse(struct wav_header *h, const uint8_t *p, size_t n);
void wav_print(uint8_t p[WAV_HEADER], uint32_t rate, uint16_t parts, uint32_t bytes);

#endif
