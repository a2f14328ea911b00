/**
 * @file music.c  Dest: what callers on hold hear, until the caller has had enough
 */
#include "dests_private.h"

static void music_enter(struct step *s)
{
	story_add(call_story(s->call), "dest", "Music on hold");
	if (!stream_play(flow_party(s)->stream, "music", true))
		flow_exit(s, EXIT_failed);
}

const struct dest_ops dest_music = {
	.kind = DEST_music,
	.needs = NEEDS_ANSWER,
	.enter = music_enter,
};
