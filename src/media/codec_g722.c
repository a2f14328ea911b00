/**
 * @file codec_g722.c  G.722 at 64 kbit/s by spandsp; its RTP clock is 8000 (RFC 3551, 4.5.2)
 */
#include <errno.h>
#include <string.h>
#include <stdint.h>
#include <spandsp/telephony.h>
#include <spandsp/g722.h>
#include "codec.h"
#include "own.h"

enum { BIT_RATE = 64000, G722_MAX = PCM_MAX / 2 };

struct g722 {
	g722_decode_state_t *decode;
	g722_encode_state_t *encode;
	bool wide;
	unsigned lost;
	int16_t last[FRAME_WIDE];
};

static void g722_destructor(void *arg)
{
	struct g722 *g = arg;

	if (g->decode)
		g722_decode_free(g->decode);
	if (g->encode)
		g722_encode_free(g->encode);
}

static int g722_options(uint32_t rate)
{
	return rate == RATE_NARROW ? G722_SAMPLE_RATE_8000 : 0;
}

static int g722_decoder_alloc(void **sp, uint32_t rate)
{
	AUTO struct g722 *g = mem_zalloc(sizeof(*g), g722_destructor);

	if (!g)
		return ENOMEM;
	g->wide = rate == RATE_WIDE;
	g->decode = g722_decode_init(NULL, BIT_RATE, g722_options(rate));
	if (!g->decode)
		return ENOMEM;
	*sp = TAKE(g);
	return 0;
}

static int g722_encoder_alloc(void **sp, uint32_t rate)
{
	AUTO struct g722 *g = mem_zalloc(sizeof(*g), g722_destructor);

	if (!g)
		return ENOMEM;
	g->wide = rate == RATE_WIDE;
	g->encode = g722_encode_init(NULL, BIT_RATE, g722_options(rate));
	if (!g->encode)
		return ENOMEM;
	*sp = TAKE(g);
	return 0;
}

static int g722_run_decode(void *state, int16_t *pcm, const uint8_t *p, size_t n)
{
	struct g722 *g = state;
	size_t frame = g->wide ? FRAME_WIDE : FRAME_NARROW;
	int count;

	if (n > G722_MAX)
		return -1;
	count = g722_decode(g->decode, pcm, p, (int)n);
	if (count >= (int)frame)
		memcpy(g->last, pcm + count - frame, frame * sizeof(*pcm));
	g->lost = 0;
	return count;
}

static int g722_conceal(void *state, int16_t *pcm, size_t samples, const uint8_t *next, size_t n)
{
	struct g722 *g = state;
	size_t frame = g->wide ? FRAME_WIDE : FRAME_NARROW;

	for (size_t i = 0; i < samples; i++) {
		if (i % frame == 0 && g->lost < 4)
			++g->lost;
		pcm[i] = g->lost >= 4 ? 0 : (int16_t)(g->last[i % frame] >> g->lost);
	}
	return (int)samples;
}

static int g722_run_encode(void *state, uint8_t *p, const int16_t *pcm, size_t samples)
{
	struct g722 *g = state;

	if (samples > G722_MAX)
		return -1;
	return g722_encode(g->encode, p, pcm, (int)samples);
}

static int g722_length(const uint8_t *p, size_t n)
{
	return (int)n;
}

const struct codec_kind codec_g722 = {
	.id = CODEC_G722,
	.name = "G722",
	.sdp_rate = 8000,
	.clock = 8000,
	.wide = true,
	.bpl = 20,
	.decoder_alloc = g722_decoder_alloc,
	.encoder_alloc = g722_encoder_alloc,
	.decode = g722_run_decode,
	.conceal = g722_conceal,
	.encode = g722_run_encode,
	.length = g722_length,
};
