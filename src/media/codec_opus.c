/**
 * @file codec_opus.c  Opus (RFC 6716, RFC 7587): mono at 8 kHz towards telephony, at 16 kHz towards
 * wide-band parties; the RTP clock is 48000 in any case
 */
#include <errno.h>
#include <opus/opus.h>
#include "codec.h"
#include "own.h"

enum { COMPLEXITY = 5, BITRATE_NARROW = 20000, BITRATE_WIDE = 28000, EXPECTED_LOSS = 5 };

static int opus_decoder_new(void **sp, uint32_t rate)
{
	AUTO OpusDecoder *d = mem_zalloc((size_t)opus_decoder_get_size(1), NULL);

	if (!d)
		return ENOMEM;
	if (opus_decoder_init(d, (opus_int32)rate, 1) != OPUS_OK)
		return EINVAL;
	*sp = TAKE(d);
	return 0;
}

static int opus_encoder_new(void **sp, uint32_t rate)
{
	AUTO OpusEncoder *e = mem_zalloc((size_t)opus_encoder_get_size(1), NULL);

	if (!e)
		return ENOMEM;
	if (opus_encoder_init(e, (opus_int32)rate, 1, OPUS_APPLICATION_VOIP) != OPUS_OK)
		return EINVAL;
	opus_encoder_ctl(e, OPUS_SET_COMPLEXITY(COMPLEXITY));
	opus_encoder_ctl(e, OPUS_SET_BITRATE(rate == RATE_WIDE ? BITRATE_WIDE : BITRATE_NARROW));
	opus_encoder_ctl(e, OPUS_SET_INBAND_FEC(1));
	opus_encoder_ctl(e, OPUS_SET_PACKET_LOSS_PERC(EXPECTED_LOSS));
	*sp = TAKE(e);
	return 0;
}

static int opus_run_decode(void *state, int16_t *pcm, const uint8_t *p, size_t n)
{
	opus_int32 rate = 0;

	opus_decoder_ctl((OpusDecoder *)state, OPUS_GET_SAMPLE_RATE(&rate));
	return opus_decode(state, p, (opus_int32)n, pcm, rate / 1000 * 120, 0);
}

/* A packet carries a coarse copy of the one before it, if its sender thought of loss. */
static int opus_conceal(void *state, int16_t *pcm, size_t samples, const uint8_t *next, size_t n)
{
	return opus_decode(state, next, (opus_int32)(next ? n : 0), pcm, (int)samples,
			   next ? 1 : 0);
}

static int opus_run_encode(void *state, uint8_t *p, const int16_t *pcm, size_t samples)
{
	return opus_encode(state, pcm, (int)samples, p, CODED_MAX);
}

static int opus_length(const uint8_t *p, size_t n)
{
	return opus_packet_get_nb_samples(p, (opus_int32)n, 48000);
}

const struct codec_kind codec_opus = {
	.id = CODEC_OPUS,
	.name = "opus",
	.sdp_rate = 48000,
	.clock = 48000,
	.wide = true,
	.costly = true,
	.bpl = 30,
	.decoder_alloc = opus_decoder_new,
	.encoder_alloc = opus_encoder_new,
	.decode = opus_run_decode,
	.conceal = opus_conceal,
	.encode = opus_run_encode,
	.length = opus_length,
};
