/**
 * @file codec.c  The table of codecs, and what all decoders and encoders share
 */
#include <errno.h>
#include <strings.h>
#include "codec.h"
#include "own.h"

static const struct codec_kind *const kinds[] = {&codec_pcmu, &codec_pcma, &codec_g722,
						 &codec_opus};

/** The row of a codec, NULL for CODEC_NONE */
const struct codec_kind *codec_kind(enum codec_id id)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (kinds[i]->id == id)
			return kinds[i];
	}
	return NULL;
}

/** SDP encoding name of a codec, "" for CODEC_NONE */
const char *codec_name(enum codec_id id)
{
	const struct codec_kind *k = codec_kind(id);

	return k ? k->name : "";
}

/** The codec of an rtpmap's name and rate, CODEC_NONE when we do not speak it */
enum codec_id codec_by_name(const char *name, uint32_t rate)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!strcasecmp(kinds[i]->name, name) && kinds[i]->sdp_rate == rate)
			return kinds[i]->id;
	}
	return CODEC_NONE;
}

/** Makes a decoder fit for a codec and a rate; keeps its history if it already is; 0 or errno */
int decoder_set(struct decoder *d, enum codec_id id, uint32_t rate)
{
	const struct codec_kind *kind = codec_kind(id);
	void *state;
	int err;

	if (d->kind == kind && d->rate == rate)
		return 0;
	if (!kind)
		return ENOTSUP;
	err = kind->decoder_alloc(&state, rate);
	if (err)
		return err;
	mem_deref(d->state);
	*d = (struct decoder){.kind = kind, .rate = rate, .state = state};
	return 0;
}

/** Decodes one payload; returns the number of samples, -1 if it is none of this codec */
int decoder_run(struct decoder *d, int16_t pcm[PCM_MAX], const uint8_t *p, size_t n)
{
	return d->kind && n ? d->kind->decode(d->state, pcm, p, n) : -1;
}

/**
 * Makes up for a lost packet
 *
 * @param d       Decoder
 * @param pcm     Result
 * @param samples How many are missing
 * @param next    The payload that came after the gap; may be NULL
 * @param n       Its size
 *
 * @return Number of samples, -1 on error
 */
int decoder_conceal(struct decoder *d, int16_t pcm[PCM_MAX], size_t samples, const uint8_t *next,
		    size_t n)
{
	if (!d->kind || samples > PCM_MAX)
		return -1;
	return d->kind->conceal(d->state, pcm, samples, next, n);
}

/** Makes an encoder fit for a codec and a rate; keeps its history if it already is; 0 or errno */
int encoder_set(struct encoder *e, enum codec_id id, uint32_t rate)
{
	const struct codec_kind *kind = codec_kind(id);
	void *state;
	int err;

	if (e->kind == kind && e->rate == rate)
		return 0;
	if (!kind)
		return ENOTSUP;
	err = kind->encoder_alloc(&state, rate);
	if (err)
		return err;
	mem_deref(e->state);
	*e = (struct encoder){.kind = kind, .rate = rate, .state = state};
	return 0;
}

/** Encodes 10 to 60 ms; returns the payload's size, -1 on error */
int encoder_run(struct encoder *e, uint8_t p[CODED_MAX], const int16_t *pcm, size_t samples)
{
	return e->kind ? e->kind->encode(e->state, p, pcm, samples) : -1;
}
