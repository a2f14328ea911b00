/**
 * @file record.c  Recording a party, alone or with what it hears
 */
#include <errno.h>
#include <string.h>
#include "own.h"
#include "party.h"
#include "tape.h"

enum { LONGEST_MS = 4 * 3600 * 1000 };

struct record {
	uint32_t id;
	struct tape *tape; /* a shared reference               */
	struct block *block;
	uint64_t samples, most;
	uint32_t quiet_ms, silence_ms;
	bool paused;
	struct voice voice;
	char keys[20];
};

static void record_destructor(void *arg)
{
	struct record *r = arg;

	mem_deref(r->block);
	shared_unref(r->tape);
}

/** True if a party's recording holds what it hears, too */
bool record_both(const struct party *p)
{
	return p->record && tape_parts(p->record->tape) == 2;
}

static void block_flush(struct party *p, struct record *r)
{
	if (r->block && r->block->size)
		tape_write(r->tape, p->w->disk, TAKE(r->block));
}

/** Ends a recording; the event comes when the file is complete */
void record_end(struct party *p, enum record_end why)
{
	AUTO struct record *r = TAKE(p->record);
	struct stream_event ev = {.kind = STREAM_RECORDED, .end = why};
	int err;

	if (!r)
		return;
	block_flush(p, r);
	ev.play = r->id;
	ev.duration_ms = (uint32_t)(r->samples / (RATE_NARROW / 1000));
	err = tape_close(r->tape, p->w->disk, p->w->wires, p->id, &ev);
	if (err) {
		ev.end = RECORD_ERROR;
		ev.err = err;
		wires_event(p->w->wires, p->id, &ev);
	}
	subs_refresh(p);
}

/** Order: record; a recording that runs ends */
void record_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);
	struct record *r = p ? mem_zalloc(sizeof(*r), record_destructor) : NULL;
	uint32_t ms = o->a && o->a < LONGEST_MS ? o->a : LONGEST_MS;

	if (!p)
		return;
	record_end(p, RECORD_STOPPED);
	if (!r) {
		wires_event(p->w->wires, p->id,
			    &(struct stream_event){.kind = STREAM_RECORDED,
						   .play = o->id,
						   .end = RECORD_ERROR,
						   .err = ENOMEM});
		return;
	}
	r->id = o->id;
	r->tape = TAKE(o->obj);
	r->most = (uint64_t)ms * (RATE_NARROW / 1000);
	r->silence_ms = o->b;
	memcpy(r->keys, o->text, sizeof(r->keys));
	p->record = r;
	subs_refresh(p);
}

/** Order: stop recording */
void record_stop_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);

	if (p)
		record_end(p, RECORD_STOPPED);
}

/** Order: what is said from now on is left out, or not any more */
void record_pause_h(void *obj)
{
	struct order *o = obj;
	struct party *p = worker_party(o->w, o->party);

	if (p && p->record)
		p->record->paused = o->on;
}

/** A key was pressed: does it end the recording? */
void record_key(struct party *p, char digit)
{
	if (p->record && strchr(p->record->keys, digit))
		record_end(p, RECORD_KEY);
}

/* The right side: what the party hears */
static struct side told(const struct party *p)
{
	const struct party *peer = p->peer;
	struct side s = {.source = peer ? peer->taped : 0};

	if (p->play || p->member || p->echo || p->pipe || !peer)
		s.pcm = p->audio->told8;
	else if (peer->muted || !peer->audio || !peer->taps)
		s.muted = true;
	else if (!peer->taped)
		s.pcm = peer->audio->tap8;
	return s;
}

static void frame_add(struct party *p, struct record *r)
{
	unsigned parts = tape_parts(r->tape);
	struct side sides[SIDES] = {{.pcm = p->taped ? NULL : p->audio->tap8, .source = p->taped}};

	if (parts == SIDES)
		sides[1] = told(p);
	block_frame(r->block, parts, !r->paused, sides);
	r->samples += r->paused ? 0 : FRAME_NARROW;
}

/* A block with room for whatever comes next */
static bool block_ready(struct party *p, struct record *r)
{
	if (r->block && block_full(r->block))
		block_flush(p, r);
	if (!r->block)
		r->block = block_alloc(r->tape, r->samples);
	return r->block && !tape_failed(r->tape);
}

static void packet_note(struct party *by, unsigned side, const struct party *p,
			const struct rtp_packet *pkt)
{
	if (record_both(by) && block_ready(by, by->record))
		block_packet(by->record->block, side, p->taped, p->kind->id, pkt);
}

/** A packet of a party that its recordings decode: its own, and that of the party which hears it */
void record_packet(struct party *p, const struct rtp_packet *pkt)
{
	packet_note(p, 0, p, pkt);
	if (p->peer)
		packet_note(p->peer, 1, p, pkt);
}

static bool quiet_too_long(struct party *p, struct record *r)
{
	bool loud = p->audio->heard && voice_loud(&r->voice, p->audio->tap8, FRAME_NARROW);

	r->quiet_ms = loud ? 0 : r->quiet_ms + FRAME_MS;
	return r->silence_ms && r->quiet_ms >= r->silence_ms;
}

/** Each tick: 20 ms more */
void record_tick(struct party *p)
{
	struct record *r = p->record;

	bool late = p->taped || (p->peer && p->peer->taped);

	if (!p->audio || (!p->taped && !p->audio->ear.jitter) || (r->paused && !late))
		return; /* nothing agreed yet, or nobody shall be heard */
	if (!block_ready(p, r)) {
		record_end(p, RECORD_ERROR);
		return;
	}
	frame_add(p, r);
	if (block_full(r->block))
		block_flush(p, r);
	if (r->paused)
		return;
	if (r->samples >= r->most)
		record_end(p, RECORD_LIMIT);
	else if (!p->taped && quiet_too_long(p, r))
		record_end(p, RECORD_SILENCE);
}
