/**
 * @file conference.c  Dest: a room in which everybody who comes hears the others; the target is its
 * number
 *
 * A room is there while somebody is in it. Whoever is alone hears so, then music; a tone tells
 * those who are there that somebody came.
 */
#include <string.h>
#include "dests_private.h"
#include "permission.h"

struct room {
	struct mix *mix;
};

/** A step's place in a room */
struct seat {
	struct room *room;
	uint32_t told; /* the play that says one is alone, or that somebody came */
};

static void room_destructor(void *arg)
{
	struct room *r = arg;

	mem_deref(r->mix);
}

static void seat_destructor(void *arg)
{
	struct seat *seat = arg;

	mem_deref(seat->room);
}

static struct seat *seat_of(struct call *c, int64_t tenant, const char *number)
{
	struct step *s = call_step(c);

	return s->ops == &dest_conference && call_tenant_id(c) == tenant &&
			       !strcmp(s->dest.target, number)
		       ? s->state
		       : NULL;
}

typedef void(seat_h)(struct step *s, struct seat *seat, unsigned speaking);

/* Calls for everybody in the step's room; returns how many there are. */
static unsigned everybody(const struct step *s, seat_h *h, unsigned speaking)
{
	unsigned n = 0;
	struct le *le;

	LIST_FOREACH (exchange_calls(call_exchange(s->call)), le) {
		struct seat *seat = seat_of(le->data, call_tenant_id(s->call), s->dest.target);

		if (!seat)
			continue;
		n += !call_caller(le->data)->held;
		if (h)
			h(call_step(le->data), seat, speaking);
	}
	return n;
}

static void seat_hear(struct step *s, struct seat *seat, unsigned speaking)
{
	seat->told = 0;
	leg_mixed(flow_party(s), seat->room->mix, true, speaking < 2);
}

static void seat_tone(struct step *s, struct seat *seat, unsigned speaking)
{
	if (!flow_party(s)->held)
		seat->told = stream_play(flow_party(s)->stream, "tone:beep", false);
}

static void room_refresh(struct step *s)
{
	everybody(s, seat_hear, everybody(s, NULL, 0));
}

static struct room *room_of(const struct step *s)
{
	struct room *r;
	struct le *le;

	LIST_FOREACH (exchange_calls(call_exchange(s->call)), le) {
		struct seat *seat = seat_of(le->data, call_tenant_id(s->call), s->dest.target);

		if (seat)
			return mem_ref(seat->room);
	}
	r = mem_zalloc(sizeof(*r), room_destructor);
	if (r && mix_alloc(&r->mix, exchange_engine(call_exchange(s->call)),
			   (uint32_t)call_tenant_id(s->call)))
		r = mem_deref(r);
	return r;
}

static void conference_enter(struct step *s)
{
	struct room *r;
	struct seat *seat;
	unsigned n;

	if (!permissions_have(call_tenant(s->call)->permissions, "conferences")) {
		flow_end(s, EXIT_rejected, CAUSE_FORBIDDEN);
		return;
	}
	if (!flow_answer(s))
		return;
	call_facts(s->call)->type = CALL_CONFERENCE;
	transfer_done(s->call);
	r = room_of(s);
	seat = r ? mem_zalloc(sizeof(*seat), seat_destructor) : NULL;
	if (!seat) {
		mem_deref(r);
		flow_exit(s, EXIT_failed);
		return;
	}
	seat->room = r;
	s->state = seat;
	n = everybody(s, NULL, 0);
	story_add(call_story(s->call), "dest", "Joined conference %s, where %u were",
		  s->dest.target, n - 1);
	room_refresh(s);
	if (n > 1)
		everybody(s, seat_tone, n);
	else
		seat->told = stream_play(flow_party(s)->stream, "conf-onlyperson", false);
}

/* What was said is over: whoever is still alone hears music. */
static void conference_played(struct step *s, uint32_t play)
{
	struct seat *seat = s->state;

	if (seat && seat->told == play)
		seat_hear(s, seat, everybody(s, NULL, 0));
}

static void conference_leave(struct step *s)
{
	struct seat *seat = TAKE(s->state);
	struct leg *party = flow_party(s);

	if (!seat)
		return;
	if (party && party->stream) {
		stream_stop_play(party->stream);
		mix_remove(seat->room->mix, party->stream);
	}
	room_refresh(s);
	mem_deref(seat);
}

const struct dest_ops dest_conference = {
	.kind = DEST_conference,
	.needs = NEEDS_NOTHING,
	.enter = conference_enter,
	.played = conference_played,
	.leave = conference_leave,
	.party = room_refresh,
	.hold = room_refresh,
};
