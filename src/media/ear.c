/**
 * @file ear.c  What a party says
 */
#include <errno.h>
#include <string.h>
#include "ear.h"
#include "own.h"

enum { CONCEAL_MAX = 5 };

/* Whom a packet's sound is for */
struct hearing {
	struct jitter *jitter;
	ear_h *h;
	void *arg;
};

/** Makes ready to decode a codec at a rate; allocates; 0 or errno */
int ear_ready(struct ear *e, enum codec_id codec, uint32_t rate)
{
	if (e->decoder.kind != codec_kind(codec) || e->decoder.rate != rate)
		e->any = false;
	return decoder_set(&e->decoder, codec, rate);
}

/** Makes ready to keep what is decoded until a tick takes it; after ear_ready(); 0 or ENOMEM */
int ear_keep(struct ear *e)
{
	if (!e->jitter)
		return jitter_alloc(&e->jitter, e->decoder.rate);
	if (jitter_rate(e->jitter) != e->decoder.rate)
		jitter_reset(e->jitter, e->decoder.rate);
	return 0;
}

/** What comes next has nothing to do with what came last */
void ear_forget(struct ear *e)
{
	e->any = false;
	if (e->jitter)
		jitter_reset(e->jitter, jitter_rate(e->jitter));
}

/** Releases what it holds */
void ear_close(struct ear *e)
{
	e->decoder.state = mem_deref(e->decoder.state);
	e->jitter = mem_deref(e->jitter);
}

static void deliver(const struct hearing *to, const int16_t *pcm, int n)
{
	if (n <= 0)
		return;
	if (to->jitter)
		jitter_put(to->jitter, pcm, (size_t)n);
	if (to->h)
		to->h(pcm, (size_t)n, to->arg);
}

/* What was lost between the last packet and this one: made up; what was not said: silence. */
static void bridge_gap(struct ear *e, const struct rtp_packet *pkt, const struct hearing *to,
		       uint32_t length)
{
	uint16_t step = (uint16_t)(pkt->seq - e->seq);
	uint32_t passed = pkt->ts - e->ts, clock = e->decoder.kind->clock;
	size_t samples = (size_t)length * e->decoder.rate / clock;
	int16_t pcm[PCM_MAX];

	for (unsigned i = 1; i < step && step <= CONCEAL_MAX; i++) {
		bool last = i + 1 == step;

		deliver(to, pcm,
			decoder_conceal(&e->decoder, pcm, samples, last ? pkt->payload : NULL,
					pkt->size));
	}
	if (to->jitter && passed < 10 * clock && passed > (uint32_t)step * length)
		jitter_gap(to->jitter, (passed - (uint32_t)step * length) / (clock / 1000));
}

/**
 * Decodes a packet
 *
 * @param e    Ear, made ready for the packet's codec
 * @param kept True to keep it for the next ticks, after ear_keep()
 * @param pkt  Packet: payload, seq, ts, ssrc
 * @param h    Who hears it at once, or NULL
 * @param arg  Its argument
 */
void ear_packet(struct ear *e, bool kept, const struct rtp_packet *pkt, ear_h *h, void *arg)
{
	const struct codec_kind *kind = e->decoder.kind;
	struct hearing to = {kept ? e->jitter : NULL, h, arg};
	int16_t pcm[PCM_MAX];
	int length = kind->length(pkt->payload, pkt->size);

	if (length <= 0 || length > (int)(kind->clock / 1000 * 120))
		return;
	if (e->any && e->ssrc == pkt->ssrc) {
		if ((int16_t)(pkt->seq - e->seq) <= 0)
			return; /* late or twice */
		bridge_gap(e, pkt, &to, (uint32_t)length);
	}
	e->any = true;
	e->ssrc = pkt->ssrc;
	e->seq = pkt->seq;
	e->ts = pkt->ts;
	deliver(&to, pcm, decoder_run(&e->decoder, pcm, pkt->payload, pkt->size));
}
