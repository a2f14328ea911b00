/**
 * @file reclaim.c  A call whose browser page went away
 *
 * When the connection to a browser breaks, its audio may go on: then nothing happens, and the
 * dialog moves to the new connection. When the audio stopped too, the page was reloaded: the far
 * side hears music and the call waits for its owner to take it over with Replaces.
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

		if (leg_live(leg) && leg->look_until > clock_mono_ms())
			return leg;
	}
	return NULL;
}

static void on_given_up(void *arg)
{
	struct call *c = arg;

	story_add(call_story(c), "lost", "Nobody came back to the call");
	call_end(c, CAUSE_FLOW_LOST);
}

static void on_look(void *arg)
{
	struct call *c = arg;
	struct leg *leg = watched_leg(c);
	struct stream_stats st;

	if (!leg || !leg->stream)
		return;
	stream_last_stats(leg->stream, &st);
	if (st.silent_ms < SILENT_MS) {
		tmr_start(call_reclaim_timer(c), LOOK_MS, on_look, c);
		return;
	}
	story_add(call_story(c), "lost", "The page of %s went away; the call waits with music",
		  party_label(&leg->party));
	leg->held = true;
	leg_hear(leg);
	tmr_start(call_reclaim_timer(c), exchange_conf(call_exchange(c))->reclaim_ms, on_given_up,
		  c);
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
