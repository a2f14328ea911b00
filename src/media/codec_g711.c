/**
 * @file codec_g711.c  G.711, both laws; 16 kHz by the half-band filter
 */
#include <errno.h>
#include <string.h>
#include <stdint.h>
#include <rem_g711.h>
#include "codec.h"
#include "resample.h"

enum { G711_MAX = PCM_MAX / 2, FADES = 4 };

struct g711 {
	bool wide;
	struct resample resample;
	int16_t last[FRAME_NARROW]; /* what a lost packet is replaced by, fading */
	unsigned lost;
};

static int g711_alloc(void **sp, uint32_t rate)
{
	struct g711 *g = mem_zalloc(sizeof(*g), NULL);

	if (!g)
		return ENOMEM;
	g->wide = rate == RATE_WIDE;
	*sp = g;
	return 0;
}

static int g711_out(struct g711 *g, int16_t *pcm, const int16_t *narrow, size_t n)
{
	if (!g->wide) {
		memcpy(pcm, narrow, n * sizeof(*pcm));
		return (int)n;
	}
	resample_up(&g->resample, pcm, narrow, n);
	return (int)(2 * n);
}

static int g711_decode(struct g711 *g, int16_t *pcm, const int16_t table[256], const uint8_t *p,
		       size_t n)
{
	int16_t narrow[G711_MAX];

	if (n > G711_MAX)
		return -1;
	for (size_t i = 0; i < n; i++)
		narrow[i] = table[p[i]];
	if (n >= FRAME_NARROW)
		memcpy(g->last, narrow + n - FRAME_NARROW, sizeof(g->last));
	g->lost = 0;
	return g711_out(g, pcm, narrow, n);
}

static int pcmu_decode(void *state, int16_t *pcm, const uint8_t *p, size_t n)
{
	return g711_decode(state, pcm, g711_u2l, p, n);
}

static int pcma_decode(void *state, int16_t *pcm, const uint8_t *p, size_t n)
{
	return g711_decode(state, pcm, g711_A2l, p, n);
}

/* The last 20 ms once more, quieter each time, after 80 ms silence. */
static int g711_conceal(void *state, int16_t *pcm, size_t samples, const uint8_t *next, size_t n)
{
	struct g711 *g = state;
	size_t count = g->wide ? samples / 2 : samples;
	int16_t narrow[G711_MAX];

	for (size_t i = 0; i < count; i++) {
		if (i % FRAME_NARROW == 0 && g->lost < FADES)
			++g->lost;
		narrow[i] = g->lost >= FADES ? 0 : (int16_t)(g->last[i % FRAME_NARROW] >> g->lost);
	}
	return g711_out(g, pcm, narrow, count);
}

static const int16_t *g711_in(struct g711 *g, int16_t *narrow, const int16_t *pcm, size_t samples,
			      size_t *n)
{
	if (!g->wide) {
		*n = samples;
		return pcm;
	}
	resample_down(&g->resample, narrow, pcm, samples);
	*n = samples / 2;
	return narrow;
}

static int pcmu_encode(void *state, uint8_t *p, const int16_t *pcm, size_t samples)
{
	int16_t narrow[G711_MAX];
	const int16_t *in;
	size_t n;

	if (samples > G711_MAX)
		return -1;
	in = g711_in(state, narrow, pcm, samples, &n);
	for (size_t i = 0; i < n; i++)
		p[i] = g711_pcm2ulaw(in[i] == INT16_MIN ? INT16_MIN + 1 : in[i]);
	return (int)n;
}

/* librem's tables have no place for -32768: it would be read from before their beginning. */
static int pcma_encode(void *state, uint8_t *p, const int16_t *pcm, size_t samples)
{
	int16_t narrow[G711_MAX];
	const int16_t *in;
	size_t n;

	if (samples > G711_MAX)
		return -1;
	in = g711_in(state, narrow, pcm, samples, &n);
	for (size_t i = 0; i < n; i++)
		p[i] = g711_pcm2alaw(in[i] == INT16_MIN ? INT16_MIN + 1 : in[i]);
	return (int)n;
}

static int g711_length(const uint8_t *p, size_t n)
{
	return (int)n;
}

const struct codec_kind codec_pcmu = {
	.id = CODEC_PCMU,
	.name = "PCMU",
	.sdp_rate = 8000,
	.clock = 8000,
	.bpl = 25,
	.decoder_alloc = g711_alloc,
	.encoder_alloc = g711_alloc,
	.decode = pcmu_decode,
	.conceal = g711_conceal,
	.encode = pcmu_encode,
	.length = g711_length,
};

const struct codec_kind codec_pcma = {
	.id = CODEC_PCMA,
	.name = "PCMA",
	.sdp_rate = 8000,
	.clock = 8000,
	.bpl = 25,
	.decoder_alloc = g711_alloc,
	.encoder_alloc = g711_alloc,
	.decode = pcma_decode,
	.conceal = g711_conceal,
	.encode = pcma_encode,
	.length = g711_length,
};
