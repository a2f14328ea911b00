/* Recordings in answers: whole, in parts, as Opus, as a waveform. Inside src/api. */
#ifndef CARILLON_API_SOUNDS_H
#define CARILLON_API_SOUNDS_H

#include "blob.h"
#include "web.h"

/** A recording of ours: 16-bit WAV at 8 kHz in a blob */
struct sound_row {
	const char *blob, *name; /* name: of the file that is downloaded, without its ending */
	int64_t ms;
};

void sound_answer(const struct request *rq, struct reply *rp, const struct sound_row *row);
void peaks_answer(const struct request *rq, struct reply *rp, const struct sound_row *row);
int sound_take(char key[BLOB_KEY], int64_t *ms, const struct request *rq, struct reply *rp,
	       int64_t min_ms, int64_t max_ms);

#endif
