/**
 * @file queue.c  Dest: waits in a queue until one of its agents answers
 *
 * call/queue_line.h says who is rung for whom; here the caller is answered, hears music and its
 * place, and each agent who is rung is a hunt of its own, over the phones it has. So an agent who
 * becomes free rings beside those who ring already, and each who does not answer speaks for itself.
 */
#include <string.h>
#include "both.h"
#include "dests_private.h"
#include "own_sound.h"
#include "permission.h"
#include "queue_line.h"
#include "say.h"
#include "text.h"

enum { PASSED_TOLD = 40 }; /* lines of the story; a long wait has more to say */

struct queued {
	struct step *step;
	struct queue_place *place;
	struct list offers;
	char queue_id[ID_SIZE], music[sizeof(OWN_SOUND) + ID_SIZE];
	uint64_t announce_ms;
	struct tmr announce, longest;
	uint32_t spoken; /* the play that says the place */
	unsigned passed; /* lines about agents who were not rung */
};

/** One agent who is rung */
struct offer {
	struct le le;
	struct queued *queued;
	struct hunt *hunt;
	char id[ID_SIZE], number[PHONE_SIZE], name[MODEL_NAME];
	uint32_t ring_ms;
};

static void offer_destructor(void *arg)
{
	struct offer *o = arg;

	list_unlink(&o->le);
	mem_deref(o->hunt);
}

static void queued_destructor(void *arg)
{
	struct queued *w = arg;

	tmr_cancel(&w->announce);
	tmr_cancel(&w->longest);
	list_flush(&w->offers);
	mem_deref(w->place);
}

static struct queue_lines *lines_of(const struct step *s)
{
	return exchange_queue_lines(call_exchange(s->call));
}

/* Who is logged in, and the queue's form, as they are now: not as they were when the call began. */
static const struct tenant *tenant_now(const struct step *s)
{
	return exchange_tenant(call_exchange(s->call), call_tenant_id(s->call));
}

static const struct tenant_queue *queue_now(const struct step *s)
{
	const struct tenant *t = tenant_now(s);

	return t ? tenant_queue(t, s->dest.target) : NULL;
}

/* --- what the caller hears ----------------------------------------------------------------------
 */

static void music_play(const struct queued *w)
{
	const struct leg *party = flow_party(w->step);

	if (party && party->stream)
		stream_play(party->stream, w->music, true);
}

static void place_say(struct queued *w)
{
	const struct leg *party = flow_party(w->step);
	unsigned n = queue_place_number(w->place);
	struct say say;

	say_begin(&say);
	if (n == 1) {
		say_add(&say, "queue-youarenext");
	} else {
		say_add(&say, "queue-thereare");
		say_number(&say, n);
		say_add(&say, "queue-callswaiting");
	}
	w->spoken = stream_play(party->stream, say.what, false);
	if (!w->spoken)
		music_play(w);
}

static void on_announce(void *arg)
{
	struct queued *w = arg;

	place_say(w);
	tmr_start(&w->announce, w->announce_ms, on_announce, w);
}

/* --- who is rung --------------------------------------------------------------------------------
 */

static void on_offer_ring(struct hunt *h, struct leg *leg, bool early_media, void *arg)
{
	const struct offer *o = arg;

	call_changed(o->queued->step->call, "call.updated");
}

/* The other agents first: their phones must stop before the winner hears a voice. */
static void offers_stop(struct queued *w, const struct offer *but, enum cause cause)
{
	struct le *le;

	LIST_FOREACH (&w->offers, le) {
		struct offer *o = le->data;

		if (o != but)
			hunt_cancel(o->hunt, cause);
	}
}

static void offer_won(struct offer *o, struct leg *winner)
{
	struct step *s = o->queued->step;
	const struct tenant *t = tenant_now(s);
	const struct tenant_queue *q = t ? tenant_queue_by_id(t, o->queued->queue_id) : NULL;
	const struct tenant_extension *e = t ? tenant_extension_by_id(t, o->id) : NULL;
	bool record = q && q->record;
	struct call *c = mem_ref(s->call);
	char number[PHONE_SIZE];

	str_ncpy(number, o->number, sizeof(number));
	offers_stop(o->queued, o, CAUSE_ELSEWHERE);
	if (q && e)
		queue_place_taken(o->queued->place, q, e);
	call_connect(c, winner);
	if (record && !call_over(c))
		(void)both_start(c, BY_QUEUE, number);
	mem_deref(c);
}

static void on_offer_end(struct hunt *h, struct leg *winner, enum exit_id exit, void *arg)
{
	struct offer *o = arg;
	struct queued *w = o->queued;
	char id[ID_SIZE];

	if (winner) {
		offer_won(o, winner);
		return;
	}
	if (exit == EXIT_noanswer)
		story_add(call_story(w->step->call), "queue", "%s did not answer within %u s",
			  o->name, (unsigned)(o->ring_ms / 1000));
	else if (exit == EXIT_unavail)
		story_add(call_story(w->step->call), "queue", "No phone of %s rang", o->name);
	str_ncpy(id, o->id, sizeof(id));
	mem_deref(o);
	queue_place_refused(w->place, id);
}

static const struct hunt_handlers offer_handlers = {
	.ring_h = on_offer_ring,
	.end_h = on_offer_end,
};

static void passed_say(struct queued *w, const char *who, const char *why)
{
	if (w->passed++ < PASSED_TOLD)
		story_add(call_story(w->step->call), "queue", "%s is passed over: %s", who, why);
}

/* Why this caller does not ring an agent who is free; NULL when it does */
static const char *held_back(const struct step *s, const struct tenant_extension *e,
			     struct door *door)
{
	struct moment now = flow_moment(s);

	extension_door(door, tenant_now(s), e, flow_party(s)->party.number, &now);
	if (door->id != DOOR_RING && door->id != DOOR_FOLLOW)
		return door->why;
	return strcmp(flow_party(s)->extension, e->number) ? NULL : "it is the one who calls";
}

static struct offer *offer_make(struct queued *w, const struct tenant_queue *q,
				const struct tenant_extension *e)
{
	struct hunt_target targets[PHONES_MAX];
	unsigned n = phones_wake(targets, PHONES_MAX, w->step, e);
	struct offer *o = n ? mem_zalloc(sizeof(*o), offer_destructor) : NULL;

	if (!o)
		return NULL;
	o->queued = w;
	o->ring_ms = q->ring_ms;
	str_ncpy(o->id, e->id, sizeof(o->id));
	str_ncpy(o->number, e->number, sizeof(o->number));
	str_ncpy(o->name, e->name, sizeof(o->name));
	phones_time(targets, n, q->ring_ms);
	for (unsigned i = 0; i < n; i++)
		target_prefix(&targets[i], q->prefix);
	list_append(&w->offers, &o->le, o);
	if (hunt_alloc(&o->hunt, w->step->call, targets, n, &offer_handlers, o))
		o = mem_deref(o);
	return o;
}

static bool on_offer(struct queue_place *p, const struct tenant_queue *q,
		     const struct tenant_extension *e, void *arg)
{
	struct queued *w = arg;
	struct door door;
	const char *why = held_back(w->step, e, &door);

	if (!why && !offer_make(w, q, e))
		why = "no phone is connected";
	if (why)
		passed_say(w, e->name, why);
	return !why;
}

static void on_passed(struct queue_place *p, const struct tenant_extension *e,
		      enum agent_state state, void *arg)
{
	static const char *const texts[] = {
		[AGENT_FREE] = "",
		[AGENT_OUT] = "is not logged in",
		[AGENT_WRAPUP] = "has just ended a call, and has time to wrap up",
		[AGENT_OFFERED] = "another caller comes first",
		[AGENT_BUSY] = "on another call",
		[AGENT_DND] = "Do Not Disturb is on",
		[AGENT_OFFLINE] = "no phone is connected",
	};
	const struct tenant_settings *s = e->settings;
	char why[WHY_SIZE];

	if (state == AGENT_PAUSED && s && s->pause_reason[0])
		(void)text_printf(why, sizeof(why), "paused (%s)", s->pause_reason);
	else
		(void)text_printf(why, sizeof(why), "%s",
				  state == AGENT_PAUSED ? "paused" : texts[state]);
	passed_say(arg, e->name, why);
}

static void on_queue_end(struct queue_place *p, enum exit_id exit, void *arg)
{
	struct queued *w = arg;

	story_add(call_story(w->step->call), "queue", "%s",
		  exit == EXIT_empty ? "No agent is logged in any more" : "The queue is gone");
	flow_exit(w->step, exit);
}

static const struct queue_handlers place_handlers = {
	.offer_h = on_offer,
	.passed_h = on_passed,
	.end_h = on_queue_end,
};

/* --- the step -----------------------------------------------------------------------------------
 */

static void on_longest(void *arg)
{
	struct queued *w = arg;

	story_add(call_story(w->step->call), "queue", "Waited as long as the queue lets callers");
	flow_exit(w->step, EXIT_timeout);
}

static void times_start(struct queued *w, const struct tenant_queue *q)
{
	w->announce_ms = q->announce_ms;
	if (q->max_wait_ms)
		tmr_start(&w->longest, q->max_wait_ms, on_longest, w);
	if (w->announce_ms)
		on_announce(w);
	else
		music_play(w);
}

/* Nobody was talked to yet: the history tells how long the caller waited, and for whom. */
static void waits_set(struct call *c)
{
	struct call_facts *f = call_facts(c);

	f->waits = !f->answered_by.number[0];
}

static void queue_wait(struct step *s, const struct tenant_queue *q)
{
	struct queued *w;

	if (!flow_answer(s))
		return;
	transfer_done(s->call);
	waits_set(s->call);
	w = s->state = mem_zalloc(sizeof(*w), queued_destructor);
	if (!w || queue_place_alloc(&w->place, lines_of(s), s->call, q, &place_handlers, w)) {
		flow_exit(s, EXIT_failed);
		return;
	}
	w->step = s;
	str_ncpy(w->queue_id, q->id, sizeof(w->queue_id));
	(void)text_printf(w->music, sizeof(w->music), "%s%s", q->music_id[0] ? OWN_SOUND : "music",
			  q->music_id);
	story_add(call_story(s->call), "queue", "Waits in the queue %s, place %u", q->name,
		  queue_place_number(w->place));
	times_start(w, q);
	call_changed(s->call, "call.updated");
}

static void queue_enter(struct step *s)
{
	const struct tenant_queue *q = queue_now(s);
	unsigned waiting = q ? queue_line_waiting(lines_of(s), call_tenant_id(s->call), q->id) : 0;

	if (!q) {
		flow_exit(s, EXIT_invalid);
	} else if (waiting >= q->max_callers) {
		story_add(call_story(s->call), "queue", "The queue %s is full: %u wait", q->name,
			  waiting);
		flow_exit(s, EXIT_full);
	} else if (q->leave_empty && !queue_attended(q)) {
		story_add(call_story(s->call), "queue", "No agent of the queue %s is logged in",
			  q->name);
		flow_exit(s, EXIT_empty);
	} else {
		queue_wait(s, q);
	}
}

/* Of a play that another one replaced the end is told too. */
static void queue_played(struct step *s, uint32_t play)
{
	struct queued *w = s->state;

	if (!w || play != w->spoken)
		return;
	w->spoken = 0;
	music_play(w);
}

static void queue_party(struct step *s)
{
	if (s->state)
		music_play(s->state);
}

static void queue_cancel(struct step *s, enum cause cause)
{
	if (s->state)
		offers_stop(s->state, NULL, cause);
}

static void queue_leave(struct step *s)
{
	struct leg *party = flow_party(s);

	if (party && party->stream)
		stream_stop_play(party->stream);
}

const struct dest_ops dest_queue = {
	.kind = DEST_queue,
	.needs = NEEDS_NOTHING,
	.enter = queue_enter,
	.played = queue_played,
	.cancel = queue_cancel,
	.leave = queue_leave,
	.party = queue_party,
};
