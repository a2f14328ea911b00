/**
 * @file echo.c  Dest: the caller hears what it says, after the delay that the target names in ms
 *
 * A prompt says so first, so that a silent line is told from a broken one.
 */
#include <stdlib.h>
#include "dests_private.h"

static void echo_enter(struct step *s)
{
	story_add(call_story(s->call), "dest", "Echo test");
	if (!stream_play(flow_party(s)->stream, "demo-echotest", false))
		stream_echo(flow_party(s)->stream, (uint32_t)atoi(s->dest.target));
}

static void echo_played(struct step *s, uint32_t play)
{
	stream_echo(flow_party(s)->stream, (uint32_t)atoi(s->dest.target));
}

const struct dest_ops dest_echo = {
	.kind = DEST_echo,
	.needs = NEEDS_ANSWER,
	.enter = echo_enter,
	.played = echo_played,
};
