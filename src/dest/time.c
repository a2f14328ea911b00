/**
 * @file time.c  Dest: the time of day where the tenant is
 */
#include "clock.h"
#include "dests_private.h"
#include "say.h"

static void time_enter(struct step *s)
{
	struct moment now = flow_moment(s);
	int64_t local = now.at + zone_ahead_ms(now.zone, now.at);
	struct say say;

	say_begin(&say);
	say_add(&say, "at-tone-time-exactly");
	say_time(&say, local, local);
	say_add(&say, "beep");
	story_add(call_story(s->call), "dest", "Told the time");
	if (!stream_play(flow_party(s)->stream, say.what, false))
		flow_exit(s, EXIT_failed);
}

static void time_played(struct step *s, uint32_t play)
{
	flow_exit(s, EXIT_done);
}

const struct dest_ops dest_time = {
	.kind = DEST_time,
	.needs = NEEDS_ANSWER,
	.enter = time_enter,
	.played = time_played,
};
