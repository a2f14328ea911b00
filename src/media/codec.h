/**
 * @file codec.h  Codecs: a row per codec, a decoder and an encoder that speak 8 or 16 kHz
 *
 * A decoder gives, an encoder takes 16-bit mono at the rate it was set to, whatever the codec's own
 * rate is. Used on the worker that owns the stream; codec_kind() on any thread.
 */
#ifndef CARILLON_MEDIA_CODEC_H
#define CARILLON_MEDIA_CODEC_H

#include "media.h"

enum {
	RATE_NARROW = 8000,
	RATE_WIDE = 16000,
	FRAME_MS = 20,
	FRAME_NARROW = RATE_NARROW / 1000 * FRAME_MS,
	FRAME_WIDE = RATE_WIDE / 1000 * FRAME_MS,
	PCM_MAX = RATE_WIDE / 1000 * 120, /* the longest packet we take: 120 ms         */
	CODED_MAX = 1280,		  /* the largest payload we make: Opus, 20 ms    */
};

struct codec_kind {
	enum codec_id id;
	const char *name;
	uint32_t sdp_rate; /* what rtpmap says                                      */
	uint32_t clock;	   /* of the RTP timestamp                                  */
	bool wide;	   /* carries more than 4 kHz                               */
	bool costly;	   /* decoding takes more than all else of a packet         */
	uint8_t ie, bpl;   /* E-model: impairment and robustness against loss       */
	int (*decoder_alloc)(void **sp, uint32_t rate);
	int (*encoder_alloc)(void **sp, uint32_t rate);
	int (*decode)(void *state, int16_t *pcm, const uint8_t *p, size_t n);
	int (*conceal)(void *state, int16_t *pcm, size_t samples, const uint8_t *next, size_t n);
	int (*encode)(void *state, uint8_t *p, const int16_t *pcm, size_t samples);
	int (*length)(const uint8_t *p, size_t n); /* of a payload, in units of clock  */
};

extern const struct codec_kind codec_pcmu, codec_pcma, codec_g722, codec_opus;

const struct codec_kind *codec_kind(enum codec_id id);

struct decoder {
	const struct codec_kind *kind;
	uint32_t rate;
	void *state;
};

struct encoder {
	const struct codec_kind *kind;
	uint32_t rate;
	void *state;
};

int decoder_set(struct decoder *d, enum codec_id id, uint32_t rate);
int decoder_run(struct decoder *d, int16_t pcm[PCM_MAX], const uint8_t *p, size_t n);
int decoder_conceal(struct decoder *d, int16_t pcm[PCM_MAX], size_t samples, const uint8_t *next,
		    size_t n);
int encoder_set(struct encoder *e, enum codec_id id, uint32_t rate);
int encoder_run(struct encoder *e, uint8_t p[CODED_MAX], const int16_t *pcm, size_t samples);

#endif
