/**
 * @file sounds.c  Recordings in answers
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "clock.h"
#include "codec.h"
#include "inside.h"
#include "ogg.h"
#include "own.h"
#include "sound.h"
#include "sounds.h"
#include "text.h"

enum {
	SOUND_BYTES = 128 << 20, /* largest that is read whole */
	OPUS_MS = 600000,	 /* longest that is encoded while somebody waits */
	PEAKS = 100,
	PEAKS_MAX = 1000,
	PERCENT = 100,
};

/** The samples of a recording, voices side by side */
struct samples {
	void *bytes; /* mem object */
	const int16_t *pcm;
	size_t n; /* of each voice */
	unsigned parts;
};

static int samples_read(struct samples *s, const struct request *rq, const char *blob)
{
	struct wav_header h;
	size_t size = 0;
	int err = blob_get(&s->bytes, &size, api_of(rq)->conf.blobs, blob, SOUND_BYTES);

	if (!err)
		err = wav_parse(&h, s->bytes, size);
	if (!err && (h.format != 1 || h.bits != 16 || h.parts > 2 || h.rate != RATE_NARROW ||
		     h.offset % sizeof(int16_t)))
		err = ENOTSUP;
	if (err)
		return err;
	s->pcm = (const int16_t *)(const void *)((const uint8_t *)s->bytes + h.offset);
	s->parts = h.parts;
	s->n = h.size / sizeof(int16_t) / h.parts;
	return 0;
}

static void name_set(const struct request *rq, struct reply *rp, const struct sound_row *row,
		     const char *ending)
{
	if (request_query(rq, "download"))
		reply_header(rp, "Content-Disposition", "attachment; filename=\"%s.%s\"", row->name,
			     ending);
}

static void opus_answer(const struct request *rq, struct reply *rp, const struct sound_row *row)
{
	struct samples s = {0};
	struct mbuf *out = NULL;
	uint32_t serial;
	int err;

	if (row->ms > OPUS_MS) {
		reply_field(rp, "format", "must be wav for what is longer than %d minutes",
			    OPUS_MS / 60000);
		return;
	}
	err = samples_read(&s, rq, row->blob);
	serial = hash_joaat_str(row->blob);
	if (!err)
		err = ogg_opus(&out, s.pcm, s.n, s.parts, serial);
	mem_deref(s.bytes);
	if (err) {
		answer_error(rp, err);
		return;
	}
	reply_sound(rp, "audio/ogg; codecs=opus", out);
	name_set(rq, rp, row, "ogg");
}

/** Answers with a recording: `?format=wav` (as it is) or `opus`, `&download=1` as a file */
void sound_answer(const struct request *rq, struct reply *rp, const struct sound_row *row)
{
	const char *format = request_query(rq, "format");
	off_t size = 0;
	int fd, err;

	if (format && !strcmp(format, "opus")) {
		opus_answer(rq, rp, row);
		return;
	}
	if (format && strcmp(format, "wav")) {
		reply_field(rp, "format", "must be wav or opus");
		return;
	}
	err = blob_open(&fd, &size, api_of(rq)->conf.blobs, row->blob);
	if (err) {
		answer_error(rp, err);
		return;
	}
	reply_file(rp, "audio/wav", fd, size);
	name_set(rq, rp, row, "wav");
}

static int peak(const struct samples *s, size_t from, size_t to)
{
	int most = 0;

	for (size_t i = from * s->parts; i < to * s->parts; i++) {
		int v = abs(s->pcm[i]);

		most = v > most ? v : most;
	}
	return most * PERCENT / 32768;
}

/** Answers with the outline of a recording: `?count=` numbers from 0 to 100 */
void peaks_answer(const struct request *rq, struct reply *rp, const struct sound_row *row)
{
	json_t *o, *list;
	struct samples s = {0};
	int64_t count = PEAKS;
	int err;

	if (request_query(rq, "count") &&
	    (!request_query_int(rq, "count", &count) || count < 1 || count > PEAKS_MAX)) {
		reply_field(rp, "count", "must be a whole number from 1 to %d", PEAKS_MAX);
		return;
	}
	err = samples_read(&s, rq, row->blob);
	if (err) {
		mem_deref(s.bytes);
		answer_error(rp, err);
		return;
	}
	o = json_object();
	list = json_array();
	for (size_t i = 0; i < (size_t)count; i++)
		json_array_append_new(list, json_integer(peak(&s, s.n * i / (size_t)count,
							      s.n * (i + 1) / (size_t)count)));
	put_int(o, "durationMs", (int64_t)s.n / (RATE_NARROW / 1000));
	json_object_set_new(o, "peaks", list);
	reply_json(rp, 200, o);
	mem_deref(s.bytes);
}

static int sound_keep(char key[BLOB_KEY], const struct request *rq, const struct sound *s)
{
	struct blobs *blobs = api_of(rq)->conf.blobs;
	uint8_t header[WAV_HEADER];
	struct blob_writer *w;
	int err;

	blob_key(key, who_of(rq)->tenant, clock_wall_ms());
	wav_print(header, RATE_NARROW, 1, (uint32_t)(s->n * sizeof(int16_t)));
	err = blob_create(&w, blobs, key);
	if (err)
		return err;
	err = blob_write(w, header, sizeof(header));
	if (!err)
		err = blob_write(w, s->pcm, s->n * sizeof(int16_t));
	if (err) {
		mem_deref(w);
		return err;
	}
	return blob_keep(w);
}

/**
 * Takes a WAV file that was sent, of any rate, and keeps it as a blob at 8 kHz
 *
 * @param key    Result
 * @param ms     Result: its length
 * @param rq     Request of a route with FIELD_FILE
 * @param rp     Says what is wrong
 * @param min_ms Shortest
 * @param max_ms Longest
 *
 * @return 0; otherwise rp has the answer
 */
int sound_take(char key[BLOB_KEY], int64_t *ms, const struct request *rq, struct reply *rp,
	       int64_t min_ms, int64_t max_ms)
{
	struct sound *s = NULL;
	int err = sound_parse(&s, rq->file->buf, rq->file->end);

	if (err) {
		reply_field(rp, "file", "must be a WAV file");
		return err;
	}
	*ms = (int64_t)s->n / (RATE_NARROW / 1000);
	if (*ms < min_ms || *ms > max_ms) {
		reply_field(rp, "file", "must be between %d ms and %d s long", (int)min_ms,
			    (int)(max_ms / 1000));
		err = ERANGE;
	} else if ((err = sound_keep(key, rq, s))) {
		answer_error(rp, err);
	}
	shared_unref(s);
	return err;
}
