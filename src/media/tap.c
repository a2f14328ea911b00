/**
 * @file tap.c  Where audio is decoded and made: transcoding, taps, packets of the agreed length
 */
#include <errno.h>
#include <string.h>
#include "own.h"
#include "party.h"

enum { MARGIN = RTP_HEADER };

/* A peer of the same codec hears the packets as they are: who only listens along, a recording above
 * all, has enough with 8 kHz. */
static bool wide(const struct party *p)
{
	const struct codec_kind *peer = p->peer ? p->peer->kind : NULL;

	return mix_wide(p) || (peer && peer != p->kind && p->kind->wide && peer->wide);
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
	if (p->taped)
		return 0;
	rate = wide(p) ? RATE_WIDE : RATE_NARROW;
	err = ear_ready(&p->audio->ear, p->kind->id, rate);
	if (err || !p->taps)
		return err;
	err = ear_keep(&p->audio->ear);
	if (!err && p->pipe)
		jitter_steady(p->audio->ear.jitter);
	return err;
}

struct hearer {
	struct party *from, *to;
};

static void hear(const int16_t *pcm, size_t n, void *arg)
{
	const struct hearer *h = arg;

	told_pcm(h->to, pcm, n, h->from->audio->ear.decoder.rate,
		 (uint64_t)h->from->id << 32 | 0xffffffff);
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
	struct hearer h = {p, to};

	if (p->audio && p->audio->ear.decoder.kind == p->kind)
		ear_packet(&p->audio->ear, p->taps, pkt, to ? hear : NULL, &h);
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

	if (!p->taps || p->taped || !a || !a->ear.jitter)
		return;
	n = jitter_rate(a->ear.jitter) / 1000 * FRAME_MS;
	a->heard = jitter_get(a->ear.jitter, a->tap, n);
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
