/**
 * @file tap.c  Where audio is decoded and made: transcoding, taps, packets of the agreed length
 */
#include <errno.h>
#include <string.h>
#include "own.h"
#include "party.h"

enum { CONCEAL_MAX = 5, MARGIN = RTP_HEADER };

static bool wide(const struct party *p)
{
	return mix_wide(p) || (p->peer && p->peer->kind && p->kind->wide && p->peer->kind->wide);
}

/** Makes ready what decoding and encoding need; not on the packet path; 0 or errno */
int tap_ready(struct party *p)
{
	uint32_t rate;
	int err;

	if (!p->kind)
		return 0;
	if (!p->audio)
		p->audio = mem_zalloc(sizeof(*p->audio), NULL);
	if (!p->audio)
		return ENOMEM;
	rate = wide(p) ? RATE_WIDE : RATE_NARROW;
	if (p->audio->decoder.kind != p->kind || p->audio->decoder.rate != rate)
		p->audio->any = false;
	err = decoder_set(&p->audio->decoder, p->kind->id, rate);
	if (err || !p->taps)
		return err;
	if (!p->audio->jitter)
		err = jitter_alloc(&p->audio->jitter, rate);
	else if (jitter_rate(p->audio->jitter) != rate)
		jitter_reset(p->audio->jitter, rate);
	if (!err && p->pipe)
		jitter_steady(p->audio->jitter);
	return err;
}

static void deliver(struct party *p, struct party *to, const int16_t *pcm, int n)
{
	if (n <= 0)
		return;
	if (p->taps && p->audio->jitter)
		jitter_put(p->audio->jitter, pcm, (size_t)n);
	if (to)
		told_pcm(to, pcm, (size_t)n, p->audio->decoder.rate,
			 (uint64_t)p->id << 32 | 0xffffffff);
}

/* What was lost between the last packet and this one: made up; what was not said: silence. */
static void bridge_gap(struct party *p, const struct rtp_packet *pkt, struct party *to,
		       uint32_t length)
{
	struct audio *a = p->audio;
	uint16_t step = (uint16_t)(pkt->seq - a->seq);
	uint32_t passed = pkt->ts - a->ts, clock = p->kind->clock;
	size_t samples = (size_t)length * a->decoder.rate / clock;
	int16_t pcm[PCM_MAX];

	for (unsigned i = 1; i < step && step <= CONCEAL_MAX; i++) {
		bool last = i + 1 == step;

		deliver(p, to, pcm,
			decoder_conceal(&a->decoder, pcm, samples, last ? pkt->payload : NULL,
					pkt->size));
	}
	if (p->taps && a->jitter && passed < 10 * clock && passed > (uint32_t)step * length)
		jitter_gap(a->jitter, (passed - (uint32_t)step * length) / (clock / 1000));
}

/**
 * Decodes a packet for the taps and for a peer of another codec
 *
 * @param p   Who says it
 * @param pkt Packet
 * @param to  Who shall hear it at once, or NULL
 */
void tap_packet(struct party *p, const struct rtp_packet *pkt, struct party *to)
{
	struct audio *a = p->audio;
	int16_t pcm[PCM_MAX];
	int length;

	if (!a || a->decoder.kind != p->kind)
		return;
	length = p->kind->length(pkt->payload, pkt->size);
	if (length <= 0 || length > (int)(p->kind->clock / 1000 * 120))
		return;
	if (a->any && a->ssrc == pkt->ssrc) {
		if ((int16_t)(pkt->seq - a->seq) <= 0)
			return; /* late or twice */
		bridge_gap(p, pkt, to, (uint32_t)length);
	}
	a->any = true;
	a->ssrc = pkt->ssrc;
	a->seq = pkt->seq;
	a->ts = pkt->ts;
	deliver(p, to, pcm, decoder_run(&a->decoder, pcm, pkt->payload, pkt->size));
}

/* Ends by itself, so that a long call is not decoded for nothing */
static void cng_tick(struct party *p)
{
	bool heard = cng_heard(&p->cng, p->audio->tap8, FRAME_NARROW);

	p->cng_ticks = heard ? 0 : p->cng_ticks - 1;
	if (heard)
		party_event(p, STREAM_CNG);
	if (!p->cng_ticks)
		subs_refresh(p);
}

/** Takes this tick's audio of a party for its recording, its mix, its echo */
void tap_tick(struct party *p)
{
	struct audio *a = p->audio;
	uint32_t ms;
	char digit;
	size_t n;

	if (!p->taps || !a || !a->jitter)
		return;
	n = jitter_rate(a->jitter) / 1000 * FRAME_MS;
	a->heard = jitter_get(a->jitter, a->tap, n);
	if (n == FRAME_NARROW)
		memcpy(a->tap8, a->tap, sizeof(a->tap8));
	else
		resample_down(&a->narrow, a->tap8, a->tap, n);
	if (p->remote.key_tones && tones_heard(&p->tones_in, a->tap8, FRAME_NARROW, &digit, &ms))
		key_heard(p, digit, ms);
	if (p->voice && voice_began(p->voice, a->tap8, FRAME_NARROW))
		party_event(p, STREAM_VOICE);
	if (p->cng_ticks)
		cng_tick(p);
}

/** Keeps what a party is told this tick for the recording of both sides */
void told_note(struct party *p, const int16_t *pcm, uint32_t rate)
{
	if (!p->audio || !record_both(p))
		return;
	if (rate == RATE_NARROW)
		memcpy(p->audio->told8, pcm, sizeof(p->audio->told8));
	else
		resample_down(&p->audio->told, p->audio->told8, pcm, FRAME_WIDE);
}

/* RFC 6716, 2.1.4: Opus has no packets of 30 or 50 ms. */
static uint32_t packet_ms(const struct party *p)
{
	uint32_t ms = p->remote.ptime / 10 * 10;

	if (ms < 10 || ms > PTIME_MAX)
		return FRAME_MS;
	if (p->kind->id == CODEC_OPUS && (ms == 30 || ms == 50))
		return FRAME_MS;
	return ms;
}

static void encode(struct party *p, const int16_t *pcm, size_t n, uint32_t ms, bool marker)
{
	uint8_t b[MARGIN + CODED_MAX + SEAL_ROOM];
	struct rtp_out *out = &p->rtp_out;
	uint32_t clock = p->kind->clock, ts = rtp_out_next(out, clock, p->w->now_us);
	int size = encoder_run(&p->audio->encoder, b + MARGIN, pcm, n);
	uint16_t seq = (uint16_t)(out->seq + 1);

	if (size <= 0)
		return;
	party_send(p, b + MARGIN, (size_t)size, p->remote.pt_send, marker, seq, ts);
	rtp_out_sent(out, seq, ts, clock / 1000 * ms, p->w->now_us);
}

static void tell(struct party *p, const int16_t *pcm, size_t n, uint32_t rate, uint64_t source)
{
	struct audio *a = p->audio;
	bool fresh = p->rtp_out.source != source;
	uint32_t ms;
	size_t frame, at = 0;

	if (encoder_set(&a->encoder, p->kind->id, rate))
		return;
	ms = packet_ms(p);
	frame = rate / 1000 * ms;
	if (fresh || a->held_rate != rate || a->held + n > HOLD_SAMPLES)
		a->held = 0;
	if (n > HOLD_SAMPLES)
		return;
	p->rtp_out.source = source;
	a->held_rate = rate;
	memcpy(a->hold + a->held, pcm, n * sizeof(*pcm));
	a->held += n;
	for (; a->held - at >= frame; at += frame) {
		encode(p, a->hold + at, frame, ms, fresh);
		fresh = false;
	}
	a->held -= at;
	memmove(a->hold, a->hold + at, a->held * sizeof(*pcm));
}

/** Tells a party this tick of the tones of a key; it hears nothing else while one is pressed */
void told_key(struct party *p, const int16_t pcm[FRAME_NARROW])
{
	if (!p->audio)
		return;
	told_note(p, pcm, RATE_NARROW);
	tell(p, pcm, FRAME_NARROW, RATE_NARROW, 5);
}

/**
 * Tells a party some audio: encoded and sent as soon as a packet is full
 *
 * @param p      Party
 * @param pcm    Audio
 * @param n      Samples, at most PCM_MAX
 * @param rate   Its rate, 8000 or 16000
 * @param source Where it comes from: a change begins with a marker
 */
void told_pcm(struct party *p, const int16_t *pcm, size_t n, uint32_t rate, uint64_t source)
{
	if (p->audio && party_can_send(p) && !p->dtmf_out.count)
		tell(p, pcm, n, rate, source);
}
