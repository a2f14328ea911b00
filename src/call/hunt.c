/**
 * @file hunt.c  The one dialling loop
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include "bells.h"
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
/* LATE: so many may come for one that is asleep. */
enum { CONFIRM_MS = 20000, SILENT_MS = 6000, LATE = 4 };

/* WAIT: its turn has not come. ASLEEP: closed browsers are told, and awaited.
 * ASKED: answered, and asked to press 1. */
enum branch_state { BRANCH_WAIT, BRANCH_RING, BRANCH_ASLEEP, BRANCH_ASKED, BRANCH_DOWN };

struct branch {
	struct hunt *hunt;
	struct hunt_target target;
	struct leg *leg;
	struct tmr tmr, silent;
	struct vigil *vigil;	     /* of one asleep, once they are told */
	uint64_t began_ms, until_ms; /* monotonic: it rings, by whatever way */
	enum branch_state state;
};

struct hunt {
	struct call *call;
	const struct hunt_handlers *handlers;
	void *arg;
	struct branch *branches;
	unsigned count, alive, room;
	bool several; /* people, who speak for themselves only */
	bool rang, busy, declined, over, won;
	struct dialog_end last;
	struct tmr start;
};

/* Its phone is stopped; browsers that were told may still be awaited. */
static void branch_quiet(struct branch *b, enum cause cause, const char *words)
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

static void branch_stop(struct branch *b, enum cause cause, const char *words)
{
	branch_quiet(b, cause, words);
	if (b->vigil)
		vigil_end(b->vigil, cause == CAUSE_ELSEWHERE ? BELL_ANSWERED : BELL_MISSED);
}

static void hunt_stop(struct hunt *h, enum cause cause)
{
	tmr_cancel(&h->start);
	for (unsigned i = 0; i < h->count; i++) {
		branch_stop(&h->branches[i], cause, NULL);
	}
}

static void hunt_destructor(void *arg)
{
	struct hunt *h = arg;

	h->over = true;
	hunt_stop(h, CAUSE_CANCELLED);
	for (unsigned i = 0; i < h->count; i++)
		mem_deref(h->branches[i].vigil);
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

static void branch_start(struct branch *b);

static unsigned branches_in(const struct hunt *h, enum branch_state state)
{
	unsigned n = 0;

	for (unsigned i = 0; i < h->count; i++)
		n += h->branches[i].state == state;
	return n;
}

/* Rings, or may do so any moment */
static unsigned branches_live(const struct hunt *h)
{
	return branches_in(h, BRANCH_RING) + branches_in(h, BRANCH_ASLEEP);
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

static bool same_person(const struct branch *a, const struct branch *b)
{
	return !strcmp(a->target.extension, b->target.extension) &&
	       !strcmp(a->target.party.number, b->target.party.number);
}

/* Whose closed browsers are told; as the tenant is now */
static const struct tenant_extension *branch_owner(const struct branch *b)
{
	const struct call *c = b->hunt->call;
	const struct tenant *t = exchange_tenant(call_exchange(c), call_tenant_id(c));

	return t ? tenant_extension(t, b->target.extension) : NULL;
}

static unsigned branch_asleep(const struct branch *b)
{
	const struct tenant_extension *ext = branch_owner(b);
	struct exchange *x = call_exchange(b->hunt->call);

	return ext ? bells_asleep(exchange_bells(x), exchange_stack(x),
				  call_tenant_id(b->hunt->call), ext)
		   : 0;
}

static bool person_rings(const struct branch *b)
{
	for (unsigned i = 0; i < b->hunt->count; i++) {
		const struct branch *other = &b->hunt->branches[i];

		if (same_person(b, other) &&
		    (other->state == BRANCH_RING || other->state == BRANCH_ASKED))
			return true;
	}
	return false;
}

/* Its phone rings already, or has rung in this time and whoever was there did not want the call; a
 * phone that has another connection by now is as good as another one. */
static bool known(const struct branch *sleeper, const struct binding *phone)
{
	const struct hunt *h = sleeper->hunt;

	for (unsigned i = 0; i < h->count; i++) {
		const struct branch *b = &h->branches[i];

		if (!b->target.asleep_ms && !strcmp(b->target.to.uri, phone->contact) &&
		    flow_same(&b->target.to.flow, &phone->flow) &&
		    (b->state != BRANCH_DOWN || b->began_ms >= sleeper->began_ms))
			return true;
	}
	return false;
}

static unsigned person_phones(const struct branch *b, const struct binding **bindings)
{
	const struct call *c = b->hunt->call;

	return registrar_find(exchange_stack(call_exchange(c)), call_tenant_id(c),
			      b->target.extension, bindings, BINDINGS_MAX);
}

/* Somebody may still come: a browser sleeps, or is about to know that it is registered. */
static bool branch_awaits(const struct branch *b)
{
	const struct binding *bindings[BINDINGS_MAX];
	unsigned n = person_phones(b, bindings);

	for (unsigned i = 0; i < n; i++) {
		if (!known(b, bindings[i]))
			return true;
	}
	return branch_asleep(b) != 0;
}

/* A phone of this person has rung in vain: nobody is awaited when all who were told have come, and
 * what a browser shows ends with the time in which it may take the call. */
static void sleepers_look(const struct branch *down)
{
	struct hunt *h = down->hunt;

	for (unsigned i = 0; i < h->count; i++) {
		struct branch *b = &h->branches[i];

		if (!b->vigil || !same_person(b, down) || person_rings(b))
			continue;
		if (b->state == BRANCH_ASLEEP && !branch_awaits(b)) {
			branch_quiet(b, CAUSE_NOANSWER, NULL);
			--h->alive;
		}
		if (b->state == BRANCH_DOWN && clock_mono_ms() >= b->until_ms)
			vigil_end(b->vigil, BELL_MISSED);
	}
}

/* A branch will not answer any more. */
static void branch_down(struct branch *b)
{
	struct hunt *h = b->hunt;
	struct branch *next = way_after(b);

	if (b->state == BRANCH_DOWN || h->over)
		return;
	branch_quiet(b, CAUSE_NOANSWER, NULL);
	--h->alive;
	sleepers_look(b);
	if (!h->alive)
		hunt_over(h, NULL, hunt_exit(h));
	else if (next)
		way_start(next, b);
	else if (!branches_live(h) && !branches_in(h, BRANCH_ASKED))
		turn_next(h);
}

static void on_leg_ring(struct leg *leg, bool early_media, void *arg)
{
	struct branch *b = arg;
	struct hunt *h = b->hunt;

	if (!h->rang)
		story_add(call_story(h->call), "ring", "%s rings", party_label(&leg->party));
	h->rang = true;
	h->handlers->ring_h(h, leg, early_media && branches_live(h) == 1, h->arg);
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
		if (end_is_final(b, end))
			person_stop(b, end->scode == 603);
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

	b->began_ms = clock_mono_ms();
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
	b->until_ms = b->began_ms + b->target.ring_ms;
	tmr_start(&b->tmr, b->target.ring_ms, on_ring_end, b);
	if (way_after(b))
		tmr_start(&b->silent, SILENT_MS, on_silent, b);
}

/* One more phone, of somebody who was asleep: rings as long as the rest, and a moment at least.
 * Of a hunt that many have joined it takes nobody. */
static void branch_join(struct branch *sleeper, const struct binding *phone)
{
	uint64_t ends = sleeper->began_ms + sleeper->target.ring_ms, now = clock_mono_ms();
	uint32_t left = ends > now ? (uint32_t)(ends - now) : 0;
	struct hunt *h = sleeper->hunt;
	struct branch *b;

	if (h->over || h->count == h->room)
		return;
	b = &h->branches[h->count++];
	++h->alive;
	b->hunt = h;
	b->target = sleeper->target;
	b->target.asleep_ms = b->target.after_ms = 0;
	b->target.ring_ms = left > b->target.late_ms ? left : b->target.late_ms;
	hunt_target_at(&b->target, phone);
	story_add(call_story(h->call), "dest", "%s has come back, and rings",
		  b->target.device_name);
	branch_start(b);
}

/* Phones of whom is asleep that are registered now; the one with this contact, or NULL for all */
static void awake_join(struct branch *b, const char *contact)
{
	const struct binding *bindings[BINDINGS_MAX];
	unsigned n = person_phones(b, bindings);

	for (unsigned i = 0; i < n; i++) {
		if ((!contact || !strcmp(bindings[i]->contact, contact)) && !known(b, bindings[i]))
			branch_join(b, bindings[i]);
	}
}

static void on_came(const char *contact, void *arg)
{
	struct branch *b = arg;
	struct hunt *h = mem_ref(b->hunt);

	if (b->state == BRANCH_ASLEEP || clock_mono_ms() < b->until_ms)
		awake_join(b, contact);
	mem_deref(h);
}

static int browsers_tell(struct branch *b, unsigned asleep)
{
	struct call *c = b->hunt->call;
	const struct hunt_target *t = &b->target;
	const bool hidden = t->to.from.hidden;
	const struct vigil_conf conf = {.ext = branch_owner(b),
					.name = hidden ? "" : t->to.from.name,
					.number = hidden ? "" : t->to.from.user,
					.wait_ms = t->asleep_ms,
					.h = on_came,
					.arg = b};

	story_add(call_story(c), "dest", "%s is told of the call in %u closed browser%s",
		  t->party.name, asleep, asleep == 1 ? "" : "s");
	return vigil_alloc(&b->vigil, exchange_bells(call_exchange(c)), c, &conf);
}

/* Who has come since the hunt was put together rings; who is still asleep is told. */
static void branch_sleep(struct branch *b)
{
	const struct hunt_target *t = &b->target;
	unsigned asleep;

	b->began_ms = clock_mono_ms();
	b->until_ms = b->began_ms + (t->ring_ms > t->asleep_ms ? t->ring_ms : t->asleep_ms);
	awake_join(b, NULL);
	if (b->hunt->over)
		return;
	asleep = branch_asleep(b);
	if (!asleep || browsers_tell(b, asleep))
		branch_down(b);
	else
		tmr_start(&b->tmr, t->asleep_ms, on_ring_end, b);
}

static void branch_begin(struct branch *b)
{
	if (b->state == BRANCH_ASLEEP)
		branch_sleep(b);
	else
		branch_ring(b);
}

static void on_ring_start(void *arg)
{
	struct branch *b = arg;
	struct hunt *h = mem_ref(b->hunt);

	branch_begin(b);
	mem_deref(h);
}

static void branch_start(struct branch *b)
{
	b->state = b->target.asleep_ms ? BRANCH_ASLEEP : BRANCH_RING;
	if (b->target.after_ms)
		tmr_start(&b->tmr, b->target.after_ms, on_ring_start, b);
	else
		branch_begin(b);
}

/* Runs from the loop, so that nobody hears of the end before hunt_alloc() has returned. */
static void on_start(void *arg)
{
	struct hunt *h = mem_ref(arg);

	if (!h->alive)
		hunt_over(h, NULL, hunt_exit(h));
	else
		turn_next(h);
	mem_deref(h);
}

/* Who is asleep may be joined by some; all together by as many as a hunt has. */
static unsigned late_room(const struct hunt_target *targets, unsigned n)
{
	unsigned room = 0;

	for (unsigned i = 0; i < n; i++)
		room += targets[i].asleep_ms ? LATE : 0;
	return room < HUNT_BRANCHES ? room : HUNT_BRANCHES;
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
	n = n < HUNT_BRANCHES ? n : HUNT_BRANCHES;
	h->room = n + late_room(targets, n);
	h->branches = mem_zalloc((h->room + 1) * sizeof(struct branch), NULL);
	if (!h->branches) {
		mem_deref(h);
		return ENOMEM;
	}
	h->count = h->alive = n;
	for (unsigned i = 0; i < h->count; i++) {
		h->branches[i].hunt = h;
		h->branches[i].target = targets[i];
		h->several |= !same_person(&h->branches[0], &h->branches[i]);
	}
	tmr_start(&h->start, 0, on_start, h);
	*hp = h;
	return 0;
}
