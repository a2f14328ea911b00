/**
 * @file dtmf.c  Keys as telephone events (RFC 4733), or by tones.h
 */
#include <errno.h>
#include <string.h>
#include "own.h"
#include "party.h"

static const char digits[] = "0123456789*#ABCD";

enum { OPEN_MS = 200, ENDS = 3, PAUSE_TICKS = 3, VOLUME = 10, SEGMENT = 0xff00 };

/** Reads a payload; 0 or EBADMSG */
int dtmf_parse(struct dtmf_event *ev, const uint8_t *p, size_t n)
{
	if (n < DTMF_PAYLOAD)
		return EBADMSG;
	ev->event = p[0];
	ev->end = p[1] >> 7;
	ev->volume = p[1] & 0x3f;
	ev->duration = (uint16_t)(p[2] << 8 | p[3]);
	return 0;
}

/** Writes a payload */
void dtmf_print(uint8_t p[DTMF_PAYLOAD], const struct dtmf_event *ev)
{
	p[0] = ev->event;
	p[1] = (uint8_t)((ev->end ? 0x80 : 0) | (ev->volume & 0x3f));
	p[2] = (uint8_t)(ev->duration >> 8);
	p[3] = (uint8_t)ev->duration;
}

/** The key of an event, '\0' if it is none */
char dtmf_digit(uint8_t event)
{
	return event < sizeof(digits) - 1 ? digits[event] : '\0';
}

/** The event of a key; 0 or EINVAL */
int dtmf_code(uint8_t *event, char digit)
{
	const char *at = digit ? strchr(digits, digit) : NULL;

	if (!at)
		return EINVAL;
	*event = (uint8_t)(at - digits);
	return 0;
}

static bool close_key(struct dtmf_in *in, char *digit, uint32_t *units)
{
	in->open = false;
	*digit = dtmf_digit(in->event);
	*units = in->duration;
	return true;
}

/* RFC 4733, 2.5.1.3: a key held for long goes on in a new segment right behind the old one. */
static bool is_segment(const struct dtmf_in *in, const struct dtmf_event *ev, uint32_t ts)
{
	return in->open && ev->event == in->event && in->duration - in->segment >= SEGMENT &&
	       ts - in->ts >= SEGMENT && ts - in->ts <= UINT16_MAX;
}

/**
 * Adds an event packet
 *
 * @param in     State
 * @param ev     Event
 * @param ssrc   Of the packet
 * @param ts     Of the packet: identifies the key
 * @param now_ms Now
 * @param digit  Result: the key that is complete; '\0' if it is no key
 * @param units  Result: how long it was held, in clock units
 *
 * @return true when a key is complete; at most once per key
 */
bool dtmf_in_add(struct dtmf_in *in, const struct dtmf_event *ev, uint32_t ssrc, uint32_t ts,
		 uint64_t now_ms, char *digit, uint32_t *units)
{
	bool lost_end = false, known = in->any && in->ssrc == ssrc;

	if (known && (int32_t)(ts - in->ts) < 0)
		return false; /* late: that key was told when this one began */
	if (known && is_segment(in, ev, ts)) {
		in->segment = in->duration;
		in->ts = ts;
	} else if (!known || ts != in->ts) {
		lost_end = in->open && close_key(in, digit, units);
		*in = (struct dtmf_in){
			.any = true, .open = true, .event = ev->event, .ts = ts, .ssrc = ssrc};
	}
	in->last_ms = now_ms;
	if (in->segment + ev->duration > in->duration)
		in->duration = in->segment + ev->duration;
	if (lost_end)
		return true; /* should this one end at once, its repetition closes it */
	return in->open && ev->end && close_key(in, digit, units);
}

/** True, once, when the end of an open key did not come for 200 ms */
bool dtmf_in_timeout(struct dtmf_in *in, uint64_t now_ms, char *digit, uint32_t *units)
{
	return in->open && now_ms - in->last_ms >= OPEN_MS && close_key(in, digit, units);
}

/** Order: press a key */
void dtmf_send_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);
	struct dtmf_out *out = p ? &p->dtmf_out : NULL;
	unsigned at;
	uint8_t event;

	if (!p || out->count >= DTMF_QUEUE || dtmf_code(&event, (char)o->a))
		return;
	at = (out->head + out->count++) % DTMF_QUEUE;
	out->queue[at].event = event;
	out->queue[at].ms = (uint16_t)(o->b < 40 ? 40 : o->b > 6000 ? 6000 : o->b);
	subs_refresh(p);
}

static void event_send(struct party *p, bool marker, bool end)
{
	struct dtmf_out *out = &p->dtmf_out;
	uint8_t b[RTP_HEADER + DTMF_PAYLOAD + SEAL_ROOM];
	uint64_t units = (uint64_t)out->ms * (p->remote.event_rate / 1000);
	struct dtmf_event ev = {
		.event = out->queue[out->head].event,
		.volume = VOLUME,
		.end = end,
		.duration = (uint16_t)(units > UINT16_MAX ? UINT16_MAX : units),
	};

	dtmf_print(b + RTP_HEADER, &ev);
	party_send(p, b + RTP_HEADER, DTMF_PAYLOAD, p->remote.event_pt_send, marker,
		   ++p->rtp_out.seq, out->ts);
}

static void key_begin(struct party *p)
{
	struct dtmf_out *out = &p->dtmf_out;
	struct rtp_out *rtp = &p->rtp_out;

	out->begun = true;
	out->ms = FRAME_MS;
	out->ends = out->pause = 0;
	out->ts = rtp_out_next(rtp, p->kind->clock, p->w->now_us);
	rtp->source = 0;
	event_send(p, true, false);
	rtp->ts = out->ts;
	rtp->frame = p->kind->clock / 1000 * FRAME_MS;
	rtp->sent_us = p->w->now_us;
	rtp->any = true;
}

static void key_done(struct party *p)
{
	struct dtmf_out *out = &p->dtmf_out;

	out->begun = false;
	out->head = (out->head + 1) % DTMF_QUEUE;
	--out->count;
	if (!out->count)
		subs_refresh(p);
}

/* A key and the pause after it as audio; one that came while the codec changed is left out. */
static void tones_tick(struct party *p)
{
	struct dtmf_out *out = &p->dtmf_out;
	bool pressed = out->ms < out->queue[out->head].ms;
	int16_t pcm[FRAME_NARROW];

	if (!out->begun) {
		out->begun = pressed = true;
		out->ms = out->pause = 0;
	}
	if (!pressed && out->pause++ >= PAUSE_TICKS) {
		key_done(p);
		return;
	}
	tones_make(pcm, FRAME_NARROW, pressed ? digits[out->queue[out->head].event] : '\0',
		   out->ms * (RATE_NARROW / 1000));
	out->ms = (uint16_t)(out->ms + (pressed ? FRAME_MS : 0));
	told_key(p, pcm);
}

/** Each tick: the next packet of the key that is being pressed */
void dtmf_tick(struct party *p)
{
	struct dtmf_out *out = &p->dtmf_out;

	if (p->dtmf_in.open) {
		dtmf_watch(p);
		if (!p->dtmf_in.open)
			subs_refresh(p);
	}
	if (!out->count)
		return;
	if (!party_can_send(p) || (!p->remote.event_pt_send && !p->remote.key_tones)) {
		key_done(p);
	} else if (p->remote.key_tones) {
		tones_tick(p);
	} else if (!out->begun) {
		key_begin(p);
	} else if (out->ms < out->queue[out->head].ms) {
		out->ms = (uint16_t)(out->ms + FRAME_MS);
		event_send(p, false, false);
	} else if (out->ends < ENDS) {
		++out->ends;
		event_send(p, false, true);
	} else if (++out->pause > PAUSE_TICKS) {
		key_done(p);
	}
}
