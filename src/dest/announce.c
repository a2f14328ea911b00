/**
 * @file announce.c  Dest: plays prompts to the caller; the target names them, joined by '&'
 */
#include "dests_private.h"

static void announce_enter(struct step *s)
{
	story_add(call_story(s->call), "dest", "Played an announcement to %s",
		  party_label(&flow_party(s)->party));
	if (!stream_play(flow_party(s)->stream, s->dest.target, false))
		flow_exit(s, EXIT_failed);
}

static void announce_played(struct step *s, uint32_t play)
{
	flow_exit(s, EXIT_done);
}

static void announce_leave(struct step *s)
{
	struct leg *party = flow_party(s);

	if (party && party->stream)
		stream_stop_play(party->stream);
}

const struct dest_ops dest_announce = {
	.kind = DEST_announce,
	.needs = NEEDS_ANSWER,
	.enter = announce_enter,
	.played = announce_played,
	.leave = announce_leave,
};
