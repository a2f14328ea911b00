/**
 * @file reclaim.c  A call whose phone lost its connection
 *
 * When the connection to a browser or a phone breaks, its audio may go on: then nothing happens,
 * and the dialog moves to the new connection. When the audio stopped too, the network is gone or
 * the page was reloaded: the far side hears music until the audio is back, or until the page takes
 * the call over with Replaces.
 */
#include "call.h"
#include "clock.h"
#include "exchange.h"
#include "story.h"

enum { LOOK_MS = 1000, SILENT_MS = 1500, BACK_MS = 6000 };

static struct leg *watched_leg(struct call *c)
{
	struct le *le;

	LIST_FOREACH (call_legs(c), le) {
		struct leg *leg = le->data;

		if (leg_live(leg) && (leg->away_until || leg->look_until > clock_mono_ms()))
			return leg;
	}
	return NULL;
}

static void went_away(struct call *c, struct leg *leg)
{
	story_add(call_story(c), "lost", "The phone of %s went away; the call waits with music",
		  party_label(&leg->party));
	leg->away_until = clock_mono_ms() + exchange_conf(call_exchange(c))->reclaim_ms;
	leg->held = true;
	leg_hear(leg);
}

static void came_back(struct call *c, struct leg *leg)
{
	story_add(call_story(c), "lost", "The phone of %s is back", party_label(&leg->party));
	leg->away_until = 0;
	leg_held_as_told(leg);
	leg_hear(leg);
}

static void on_look(void *arg)
{
	struct call *c = arg;
	struct leg *leg = watched_leg(c);
	struct stream_stats st;
	bool silent;

	if (!leg || !leg->stream)
		return;
	stream_last_stats(leg->stream, &st);
	silent = st.silent_ms >= SILENT_MS;
	if (silent && leg->away_until && clock_mono_ms() >= leg->away_until) {
		story_add(call_story(c), "lost", "Nobody came back to the call");
		call_end(c, CAUSE_FLOW_LOST);
		return;
	}
	if (silent && !leg->away_until)
		went_away(c, leg);
	else if (!silent && leg->away_until && !leg->lost)
		came_back(c, leg);
	tmr_start(call_reclaim_timer(c), LOOK_MS, on_look, c);
}

/** The connection to a leg's phone broke, or a new one took its place */
void reclaim_lost(struct call *c, struct leg *leg, bool lost)
{
	if (leg->state != LEG_UP) {
		if (lost)
			leg_end(leg, CAUSE_FLOW_LOST);
		return;
	}
	/* A page that reloaded registers anew but without its calls: only audio shows that it has
	 * this one, so its return is watched for a while too. */
	leg->look_until = lost ? UINT64_MAX : clock_mono_ms() + BACK_MS;
	tmr_start(call_reclaim_timer(c), LOOK_MS, on_look, c);
}

/** The call was taken over */
void reclaim_stop(struct call *c)
{
	tmr_cancel(call_reclaim_timer(c));
}
