/**
 * @file subs.c  Who hears whom
 *
 * A party hears one thing at a time: what is played, else its mix, its echo or its peer. A peer of
 * the same codec is passed through untouched; everything else goes by tap.c.
 */
#include <string.h>
#include "own.h"
#include "party.h"

static bool ticks(const struct party *p)
{
	return p->taps || p->play || p->record || p->member || p->echo || p->pipe ||
	       p->dtmf_out.count || p->dtmf_in.open;
}

static unsigned taps(const struct party *p)
{
	return (p->record ? TAP_RECORD : 0) | (p->voice ? TAP_VOICE : 0) |
	       (p->cng_ticks ? TAP_CNG : 0) | (p->member ? TAP_MIX : 0) | (p->echo ? TAP_ECHO : 0) |
	       (p->pipe ? TAP_PIPE : 0) | (p->remote.key_tones ? TAP_KEYS : 0) |
	       (p->peer && record_both(p->peer) ? TAP_PEER : 0);
}

static bool transcoded(const struct party *p)
{
	return p->peer && p->kind && p->peer->kind && p->kind != p->peer->kind;
}

/* Nobody but recordings of both sides wants what a codec that is costly to decode says: they decode
 * it themselves, on the disk thread. How a message ends, and what others hear, is known here only.
 */
static bool taped(const struct party *p)
{
	return p->kind && p->kind->costly && p->taps && !(p->taps & ~(TAP_RECORD | TAP_PEER)) &&
	       (!p->record || record_both(p)) && !transcoded(p);
}

static void taped_set(struct party *p)
{
	bool now = taped(p);

	if (now == (p->taped != 0))
		return;
	if (now && !++p->w->taped)
		++p->w->taped;
	p->taped = now ? p->w->taped : 0;
	if (p->audio)
		ear_forget(&p->audio->ear);
}

static void refresh_one(struct party *p)
{
	p->taps = taps(p);
	taped_set(p);
	if ((p->taps || transcoded(p) || p->play || p->member) && tap_ready(p))
		p->taps = 0;
	if (!ticks(p))
		list_unlink(&p->ticking);
	else if (!p->ticking.list)
		list_append(&p->w->ticking, &p->ticking, p);
}

/** Works out anew what a party and its peer need, after anything about them changed */
void subs_refresh(struct party *p)
{
	refresh_one(p);
	if (p->peer)
		refresh_one(p->peer);
}

/** Takes a party out of its bridge */
void subs_part(struct party *p)
{
	struct party *peer = p->peer;

	if (!peer)
		return;
	p->peer = peer->peer = NULL;
	p->relay.any = peer->relay.any = false;
	refresh_one(p);
	refresh_one(peer);
}

static void hear_nothing(struct party *p)
{
	play_end(p, 0);
	mix_leave(p);
	echo_end(p);
	pipe_end(p);
}

/** Order: two parties hear each other, or one hears nobody */
void subs_bridge_h(void *obj)
{
	struct order *o = obj;
	struct party *a = worker_party(o->w, o->party), *b = worker_party(o->w, o->other);

	if (!a || (o->other && !b) || a == b)
		return;
	if (!b) {
		subs_part(a);
		return;
	}
	hear_nothing(a);
	hear_nothing(b);
	if (a->peer != b) {
		subs_part(a);
		subs_part(b);
		a->peer = b;
		b->peer = a;
	}
	subs_refresh(a);
}

/** Order: others stop, or start again, hearing a party */
void subs_mute_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);

	if (p)
		p->muted = o->on;
}

/** Order: tell when speech begins */
void subs_voice_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);

	if (!p)
		return;
	p->voice = mem_deref(p->voice);
	if (o->on)
		p->voice = mem_zalloc(sizeof(*p->voice), NULL);
	subs_refresh(p);
}

/** Order: tell, during so many ticks, when the calling tone of a fax machine is heard */
void subs_cng_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);

	if (!p)
		return;
	memset(&p->cng, 0, sizeof(p->cng));
	p->cng_ticks = o->a;
	subs_refresh(p);
}

static uint64_t source_of(const struct party *p, uint32_t ssrc)
{
	return (uint64_t)p->id << 32 | ssrc;
}

static bool hears(const struct party *to, const struct party *from)
{
	return !from->muted && !to->play && !to->dtmf_out.count && party_can_send(to);
}

static void pass(struct party *p, struct party *to, const struct rtp_packet *pkt)
{
	struct rtp_out *out = &to->rtp_out;
	uint64_t now = p->w->now_us;
	int length = p->kind->length(pkt->payload, pkt->size);
	bool fresh;
	uint16_t seq;
	uint32_t ts;

	if (length <= 0)
		return;
	fresh = rtp_out_follow(out, source_of(p, pkt->ssrc), pkt->seq, pkt->ts, to->kind->clock,
			       now);
	seq = (uint16_t)(pkt->seq + out->seq_off);
	ts = pkt->ts + out->ts_off;
	party_send(to, pkt->payload, pkt->size, to->remote.pt_send, fresh || pkt->marker, seq, ts);
	rtp_out_sent(out, seq, ts, (uint32_t)length, now);
}

/** An accepted audio packet: passed on, decoded, or both */
void subs_packet(struct party *p, struct rtp_packet *pkt)
{
	struct party *to = p->peer && hears(p->peer, p) ? p->peer : NULL;
	bool same = to && to->kind == p->kind;

	if (!pkt->size)
		return;
	/* The tap reads before passing on encrypts in place. */
	if (p->taped)
		record_packet(p, pkt);
	else if ((to && !same) || p->taps)
		tap_packet(p, pkt, same ? NULL : to);
	if (same)
		pass(p, to, pkt);
}

/** A party pressed a key: told to the core */
void key_heard(struct party *p, char digit, uint32_t ms)
{
	wires_event(p->w->wires, p->id,
		    &(struct stream_event){.kind = STREAM_DTMF, .digit = digit, .duration_ms = ms});
	record_key(p, digit);
}

static void key(struct party *p, char digit, uint32_t units)
{
	uint32_t per_ms = p->remote.event_rate / 1000;

	if (digit)
		key_heard(p, digit, units / (per_ms ? per_ms : 8));
}

/* The duration counts in the clock of each side's telephone-event. */
static void event_pass(struct party *p, struct party *to, const struct rtp_packet *pkt,
		       struct dtmf_event ev)
{
	struct rtp_out *out = &to->rtp_out;
	bool same = to->kind == p->kind, begins = !p->relay.any || p->relay.ts_in != pkt->ts;
	uint32_t from = p->remote.event_rate ? p->remote.event_rate : RATE_NARROW;
	uint32_t rate = to->remote.event_rate ? to->remote.event_rate : RATE_NARROW;
	uint64_t units = (uint64_t)ev.duration * rate / from, now = p->w->now_us;
	uint16_t seq;

	if (same)
		rtp_out_follow(out, source_of(p, pkt->ssrc), pkt->seq, pkt->ts, to->kind->clock,
			       now);
	seq = (uint16_t)(same ? pkt->seq + out->seq_off : out->seq + 1);
	if (begins) {
		p->relay.any = true;
		p->relay.ts_in = pkt->ts;
		p->relay.ts_out =
			same ? pkt->ts + out->ts_off : rtp_out_next(out, to->kind->clock, now);
		rtp_out_sent(out, seq, p->relay.ts_out, to->kind->clock / 1000 * FRAME_MS, now);
	}
	ev.duration = (uint16_t)(units > UINT16_MAX ? UINT16_MAX : units);
	dtmf_print(pkt->payload, &ev);
	party_send(to, pkt->payload, DTMF_PAYLOAD, to->remote.event_pt_send, begins || pkt->marker,
		   seq, p->relay.ts_out);
	if ((int16_t)(seq - out->seq) > 0)
		out->seq = seq;
}

/** An accepted telephone event: told to the core once, passed on to the peer */
void subs_event(struct party *p, struct rtp_packet *pkt)
{
	struct party *to = p->peer;
	bool was_open = p->dtmf_in.open;
	struct dtmf_event ev;
	uint32_t units;
	char digit;

	if (dtmf_parse(&ev, pkt->payload, pkt->size))
		return;
	if (to && hears(to, p) && to->remote.event_pt_send)
		event_pass(p, to, pkt, ev);
	/* A key whose end was lost comes out when the next one begins. */
	if (dtmf_in_add(&p->dtmf_in, &ev, pkt->ssrc, pkt->ts, p->w->now_us / 1000, &digit, &units))
		key(p, digit, units);
	if (p->dtmf_in.open != was_open)
		subs_refresh(p);
}

/** Each tick while a key is open: its end may be lost */
void dtmf_watch(struct party *p)
{
	uint32_t units;
	char digit;

	if (dtmf_in_timeout(&p->dtmf_in, p->w->now_us / 1000, &digit, &units))
		key(p, digit, units);
}
