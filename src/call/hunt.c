/**
 * @file hunt.c  The one dialling loop
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include "call.h"
#include "clock.h"
#include "exchange.h"
#include "hunt.h"
#include "log.h"
#include "own.h"
#include "story.h"
#include "text.h"
#include "trunk_line.h"

/* SILENT_MS: four copies of an INVITE by UDP have gone unheard. */
/* LATE: may join while it rings. LATE_MS: so long whoever joins rings at least. */
enum { CONFIRM_MS = 20000, SILENT_MS = 6000, LATE = 4, LATE_MS = 15000 };

/* WAIT: its turn has not come. ASKED: answered, and asked to press 1. */
enum branch_state { BRANCH_WAIT, BRANCH_RING, BRANCH_ASKED, BRANCH_DOWN };

struct branch {
	struct hunt *hunt;
	struct hunt_target target;
	struct leg *leg;
	struct tmr tmr, silent;
	uint64_t until_ms; /* monotonic: so long it rings, by whatever way */
	enum branch_state state;
};

struct hunt {
	struct call *call;
	const struct hunt_handlers *handlers;
	void *arg;
	struct branch *branches;
	unsigned count, alive, room;
	struct tmr await; /* runs while somebody may still come */
	uint64_t began_ms;
	bool several; /* people, who speak for themselves only */
	bool rang, busy, declined, over, won;
	struct dialog_end last;
	struct tmr start;
};

static void branch_stop(struct branch *b, enum cause cause, const char *words)
{
	struct leg *leg = b->leg;

	tmr_cancel(&b->tmr);
	tmr_cancel(&b->silent);
	b->leg = NULL;
	b->state = BRANCH_DOWN;
	if (!leg)
		return;
	leg_watch(leg, NULL, NULL);
	leg_end_words(leg, cause, words);
}

static void hunt_stop(struct hunt *h, enum cause cause)
{
	tmr_cancel(&h->start);
	tmr_cancel(&h->await);
	for (unsigned i = 0; i < h->count; i++) {
		branch_stop(&h->branches[i], cause, NULL);
	}
}

static void hunt_destructor(void *arg)
{
	struct hunt *h = arg;

	h->over = true;
	hunt_stop(h, CAUSE_CANCELLED);
	mem_deref(h->branches);
}

/** Stops ringing, for this reason; no handler is called after. mem_deref() does it as "cancelled"
 */
void hunt_cancel(struct hunt *h, enum cause cause)
{
	if (!h)
		return;
	h->over = true;
	hunt_stop(h, cause);
}

/** How the last branch that failed ended; for a trunk's code */
const struct dialog_end *hunt_last_end(const struct hunt *h)
{
	return &h->last;
}

static enum exit_id hunt_exit(const struct hunt *h)
{
	if (h->several && h->rang)
		return EXIT_noanswer;
	if (h->declined)
		return EXIT_rejected;
	if (h->busy)
		return EXIT_busy;
	return h->rang ? EXIT_noanswer : EXIT_unavail;
}

static void hunt_over(struct hunt *h, struct leg *winner, enum exit_id exit)
{
	if (h->over)
		return;
	h->over = true;
	h->handlers->end_h(h, winner, exit, h->arg);
}

/* Nobody rings, and nobody is left who could. */
static void hunt_idle(struct hunt *h)
{
	if (!tmr_isrunning(&h->await))
		hunt_over(h, NULL, hunt_exit(h));
}

static void branch_start(struct branch *b);

static unsigned branches_in(const struct hunt *h, enum branch_state state)
{
	unsigned n = 0;

	for (unsigned i = 0; i < h->count; i++)
		n += h->branches[i].state == state;
	return n;
}

/* Its turn has not come; another way waits for the one before instead. */
static bool branch_waits(const struct branch *b)
{
	return b->state == BRANCH_WAIT && !b->target.other_way;
}

/* Starts those whose turn is next; they ring together. */
static void turn_next(struct hunt *h)
{
	unsigned turn = UINT_MAX;

	for (unsigned i = 0; i < h->count; i++) {
		const struct branch *b = &h->branches[i];

		if (branch_waits(b) && b->target.turn < turn)
			turn = b->target.turn;
	}
	for (unsigned i = 0; i < h->count && !h->over; i++) {
		struct branch *b = &h->branches[i];

		if (branch_waits(b) && b->target.turn == turn)
			branch_start(b);
	}
}

/* The next way to the same number, while there is time; NULL for none */
static struct branch *way_after(const struct branch *b)
{
	struct hunt *h = b->hunt;
	unsigned i = (unsigned)(b - h->branches) + 1;
	struct branch *next = i < h->count ? &h->branches[i] : NULL;

	return next && next->target.other_way && next->state == BRANCH_WAIT ? next : NULL;
}

static void ways_stop(struct branch *b)
{
	for (struct branch *next = way_after(b); next; next = way_after(next)) {
		--b->hunt->alive;
		next->state = BRANCH_DOWN;
	}
}

static void way_start(struct branch *b, const struct branch *before)
{
	uint64_t now = clock_mono_ms();

	if (!b->target.emergency && before->until_ms)
		b->target.ring_ms = before->until_ms > now ? (uint32_t)(before->until_ms - now) : 1;
	branch_start(b);
}

/* A branch will not answer any more. */
static void branch_down(struct branch *b)
{
	struct hunt *h = b->hunt;
	struct branch *next = way_after(b);

	if (b->state == BRANCH_DOWN || h->over)
		return;
	branch_stop(b, CAUSE_NOANSWER, NULL);
	if (--h->alive == 0)
		hunt_idle(h);
	else if (next)
		way_start(next, b);
	else if (!branches_in(h, BRANCH_RING) && !branches_in(h, BRANCH_ASKED))
		turn_next(h);
}

static void on_leg_ring(struct leg *leg, bool early_media, void *arg)
{
	struct branch *b = arg;
	struct hunt *h = b->hunt;

	if (!h->rang)
		story_add(call_story(h->call), "ring", "%s rings", party_label(&leg->party));
	h->rang = true;
	h->handlers->ring_h(h, leg, early_media && branches_in(h, BRANCH_RING) == 1, h->arg);
}

/* "Answered on Tom (browser)": what a phone that rang in vain shows */
static void branch_tell(const struct branch *by, struct branch *b, enum cause cause,
			const char *verb)
{
	const struct hunt_target *t = &by->target;
	char words[2 * SIP_NAME];

	text_printf(words, sizeof(words), "%s on %s", verb,
		    t->device_name[0] ? t->device_name : t->party.number);
	branch_stop(b, cause, words);
}

static void rest_stop(struct branch *b, enum cause cause, const char *verb)
{
	struct hunt *h = b->hunt;

	tmr_cancel(&h->start);
	tmr_cancel(&h->await);
	for (unsigned i = 0; i < h->count; i++) {
		if (&h->branches[i] != b)
			branch_tell(b, &h->branches[i], cause, verb);
	}
}

/* Somebody is there. Losers first: their phones must stop before the winner's owner hears a voice.
 */
static void branch_wins(struct branch *b, struct leg *leg)
{
	struct hunt *h = mem_ref(b->hunt);

	tmr_cancel(&b->tmr);
	tmr_cancel(&b->silent);
	b->leg = NULL;
	b->state = BRANCH_DOWN;
	leg_watch(leg, NULL, NULL);
	h->won = true;
	rest_stop(b, CAUSE_ELSEWHERE, "Answered");
	hunt_over(h, leg, EXIT_done);
	mem_deref(h);
}

static void on_leg_down(struct leg *leg, void *arg);
static void on_ring_end(void *arg);

/* Only 1 says that a person is there, and wants the call; a machine that answers says nothing. */
static void on_asked_key(struct leg *leg, char digit, void *arg)
{
	struct branch *b = arg;

	if (digit == '1') {
		stream_stop_play(leg->stream);
		branch_wins(b, leg);
		return;
	}
	story_add(call_story(b->hunt->call), "leg", "%s did not want the call",
		  party_label(&b->target.party));
	on_ring_end(b);
}

static void on_asked_end(void *arg)
{
	struct branch *b = arg;

	story_add(call_story(b->hunt->call), "leg", "%s answered, but nobody pressed 1",
		  party_label(&b->target.party));
	on_ring_end(b);
}

static const struct leg_watch asked_watch = {
	.key_h = on_asked_key,
	.down_h = on_leg_down,
};

static void on_leg_up(struct leg *leg, void *arg)
{
	struct branch *b = arg;

	tmr_cancel(&b->silent);
	ways_stop(b);
	if (!b->target.confirm) {
		branch_wins(b, leg);
		return;
	}
	b->state = BRANCH_ASKED;
	leg_watch(leg, &asked_watch, b);
	story_add(call_story(b->hunt->call), "leg", "%s answered, and is asked to press 1",
		  party_label(&b->target.party));
	stream_play(leg->stream, b->target.asked[0] ? b->target.asked : "followme/options", true);
	tmr_start(&b->tmr, CONFIRM_MS, on_asked_end, b);
}

/* A trunk that answers 4xx speaks for the number; 5xx, 408 and no reply only for itself. */
static bool end_is_final(const struct branch *b, const struct dialog_end *end)
{
	if (b->target.emergency)
		return false;
	if (end->scode >= 600)
		return true;
	return b->target.trunk && end->scode >= 400 && end->scode < 500 && end->scode != 408 &&
	       end->scode != 407 && end->scode != 401 && end->scode != 403;
}

static bool same_person(const struct branch *a, const struct branch *b)
{
	return !strcmp(a->target.extension, b->target.extension) &&
	       !strcmp(a->target.party.number, b->target.party.number);
}

/* The other phones of somebody who declined, or the other trunks to a number that does not answer
 */
static void person_stop(struct branch *b, bool declined)
{
	struct hunt *h = b->hunt;

	for (unsigned i = 0; i < h->count; i++) {
		struct branch *other = &h->branches[i];

		if (other == b || other->state == BRANCH_DOWN || !same_person(b, other))
			continue;
		--h->alive;
		if (declined)
			branch_tell(b, other, CAUSE_DECLINED, "Declined");
		else
			branch_stop(other, CAUSE_CANCELLED, NULL);
	}
}

static void on_leg_down(struct leg *leg, void *arg)
{
	struct branch *b = arg;
	struct hunt *h = mem_ref(b->hunt);
	const struct dialog_end *end = &leg->end;

	h->last = *end;
	if (end->scode == 486 || end->scode == 600)
		h->busy = true;
	if (end->scode == 603)
		h->declined = true;
	b->leg = NULL;
	story_add(call_story(h->call), "leg", "%s: %s",
		  b->target.device_name[0] ? b->target.device_name : b->target.party.number,
		  cause_text(leg->cause));
	if (b->target.busy_ends && h->busy) {
		hunt_stop(h, CAUSE_CANCELLED);
		hunt_over(h, NULL, EXIT_busy);
	} else {
		if (end_is_final(b, end)) {
			tmr_cancel(&h->await);
			person_stop(b, end->scode == 603);
		}
		branch_down(b);
	}
	mem_deref(h);
}

static const struct leg_watch branch_watch = {
	.ring_h = on_leg_ring,
	.up_h = on_leg_up,
	.down_h = on_leg_down,
};

static void on_ring_end(void *arg)
{
	struct branch *b = arg;
	struct hunt *h = mem_ref(b->hunt);

	if (!b->target.emergency || b->state == BRANCH_ASKED)
		ways_stop(b);
	branch_down(b);
	mem_deref(h);
}

/* A trunk that says nothing at all is as good as down. */
static void on_silent(void *arg)
{
	struct branch *b = arg;
	struct hunt *h = mem_ref(b->hunt);

	if (b->leg && !dialog_heard(b->leg->dialog)) {
		memset(&h->last, 0, sizeof(h->last));
		story_add(call_story(h->call), "leg", "%s: no reply",
			  b->target.device_name[0] ? b->target.device_name
						   : b->target.party.number);
		branch_down(b);
	}
	mem_deref(h);
}

static void leg_describe(struct leg *leg, const struct hunt_target *t)
{
	leg->party = t->party;
	leg_belongs(leg, t->extension, t->trunk);
	leg->price = t->price;
	str_ncpy(leg->device, t->device, sizeof(leg->device));
	str_ncpy(leg->device_name, t->device_name, sizeof(leg->device_name));
}

static void branch_ring(struct branch *b)
{
	struct hunt *h = b->hunt;
	struct exchange *x = call_exchange(h->call);
	const struct leg_speech speech = {.webrtc = b->target.webrtc,
					  .sdes = b->target.sdes,
					  .plain = b->target.plain,
					  .codecs = b->target.codecs,
					  .keys = b->target.keys,
					  .silence_ms = b->target.silence_ms};
	int err;

	trunk_line_called(exchange_trunk_lines(x), b->target.trunk);
	err = leg_outgoing(&b->leg, h->call, exchange_stack(x), exchange_engine(x), &b->target.to,
			   &speech, call_caller(h->call));
	if (err) {
		log_warn("hunt.branch", "call=%s to=%s err=%s", call_id(h->call),
			 b->target.party.number, strerror(err));
		branch_down(b);
		return;
	}
	leg_describe(b->leg, &b->target);
	leg_watch(b->leg, &branch_watch, b);
	b->until_ms = clock_mono_ms() + b->target.ring_ms;
	tmr_start(&b->tmr, b->target.ring_ms, on_ring_end, b);
	if (way_after(b))
		tmr_start(&b->silent, SILENT_MS, on_silent, b);
}

static void on_ring_start(void *arg)
{
	struct branch *b = arg;
	struct hunt *h = mem_ref(b->hunt);

	branch_ring(b);
	mem_deref(h);
}

static void branch_start(struct branch *b)
{
	b->state = BRANCH_RING;
	if (b->target.after_ms)
		tmr_start(&b->tmr, b->target.after_ms, on_ring_start, b);
	else
		branch_ring(b);
}

/* Runs from the loop, so that nobody hears of the end before hunt_alloc() has returned. */
static void on_start(void *arg)
{
	struct hunt *h = mem_ref(arg);

	if (!h->alive)
		hunt_idle(h);
	else
		turn_next(h);
	mem_deref(h);
}

/**
 * Starts to ring
 *
 * @param hp       Result
 * @param call     For whom
 * @param targets  Whom to ring; copied
 * @param n        How many; beyond HUNT_BRANCHES the rest is left out
 * @param handlers What happens; must outlive the hunt
 * @param arg      Their argument
 *
 * @return 0 or ENOMEM
 */
int hunt_alloc(struct hunt **hp, struct call *call, const struct hunt_target *targets, unsigned n,
	       const struct hunt_handlers *handlers, void *arg)
{
	struct hunt *h = mem_zalloc(sizeof(*h), hunt_destructor);

	if (!h)
		return ENOMEM;
	h->call = call;
	h->handlers = handlers;
	h->arg = arg;
	h->count = h->alive = n < HUNT_BRANCHES ? n : HUNT_BRANCHES;
	h->began_ms = clock_mono_ms();
	h->room = h->count;
	h->branches = mem_zalloc((h->count + 1) * sizeof(struct branch), NULL);
	if (!h->branches) {
		mem_deref(h);
		return ENOMEM;
	}
	for (unsigned i = 0; i < h->count; i++) {
		h->branches[i].hunt = h;
		h->branches[i].target = targets[i];
		h->several |= !same_person(&h->branches[0], &h->branches[i]);
	}
	tmr_start(&h->start, 0, on_start, h);
	*hp = h;
	return 0;
}

static void on_awaited(void *arg)
{
	struct hunt *h = mem_ref(arg);

	if (!h->alive)
		hunt_idle(h);
	mem_deref(h);
}

/**
 * Does not end for so long for lack of anybody to ring: somebody may come, by hunt_join()
 *
 * @param h  Hunt, right after hunt_alloc(): its branches are not yet known to anybody
 * @param ms How long
 *
 * @return 0 or ENOMEM
 */
int hunt_await(struct hunt *h, uint32_t ms)
{
	struct branch *more = mem_zalloc((h->count + LATE) * sizeof(*more), NULL);

	if (!more)
		return ENOMEM;
	memcpy(more, h->branches, h->count * sizeof(*more));
	mem_deref(h->branches);
	h->branches = more;
	h->room = h->count + LATE;
	tmr_start(&h->await, ms, on_awaited, h);
	return 0;
}

/* It has rung, and whoever was there did not want the call, or it rings; a phone that has another
 * connection by now is as good as another one. */
static bool known(const struct hunt *h, const struct hunt_target *t)
{
	for (unsigned i = 0; i < h->count; i++) {
		const struct hunt_target *one = &h->branches[i].target;

		if (!strcmp(one->to.uri, t->to.uri) && flow_same(&one->to.flow, &t->to.flow))
			return true;
	}
	return false;
}

/**
 * Rings one more contact; it rings as long as the rest, and a moment at least
 *
 * @param h      Hunt that awaits; one that is over, or that many have joined, takes nobody
 * @param target Contact; copied
 *
 * @return false when it is not taken, or was rung already
 */
bool hunt_join(struct hunt *h, const struct hunt_target *target)
{
	uint64_t ends = h->began_ms + target->ring_ms, now = clock_mono_ms();
	struct branch *b;

	if (h->over || h->count == h->room || known(h, target))
		return false;
	b = &h->branches[h->count++];
	++h->alive;
	b->hunt = h;
	b->target = *target;
	b->target.ring_ms = ends > now + LATE_MS ? (uint32_t)(ends - now) : LATE_MS;
	branch_start(b);
	return true;
}

/** True when somebody has answered */
bool hunt_won(const struct hunt *h)
{
	return h && h->won;
}
