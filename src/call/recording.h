/**
 * @file recording.h  Recordings that become blobs, whether or not the party stays until the end
 *
 * The file grows under its blob's key and is complete when the handler is called, exactly once and
 * with the object that was given; a leg that hangs up in the middle has recorded what it said. The
 * row that names the blob is the asker's: added when the recording begins, completed by the
 * handler, or by the next start if the process is killed. Core thread only.
 */
#ifndef CARILLON_RECORDING_H
#define CARILLON_RECORDING_H

#include "blob.h"
#include "leg.h"

struct exchange;

struct recording_conf {
	bool both;		     /* the party left, what it hears right; no limits then */
	uint32_t max_ms, silence_ms; /* see stream_record()                                 */
	const char *keys;
};

/** The file of key is complete; t->path is its path */
typedef void(recording_h)(const char *key, const struct taped *t, void *obj);

int recording_begin(uint32_t *id, char key[BLOB_KEY], struct exchange *x, struct stream *s,
		    int64_t tenant, const struct recording_conf *conf, recording_h *h, void *obj);
void recording_taped(const struct taped *t, void *arg);

#endif
