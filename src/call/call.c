/**
 * @file call.c  A call's life
 */
#include <errno.h>
#include <string.h>
#include "both.h"
#include "call.h"
#include "clock.h"
#include "exchange.h"
#include "guests.h"
#include "keys.h"
#include "log.h"
#include "roll.h"
#include "story.h"
#include "test_call.h"
#include "text.h"

enum { BUSY_TONE_MS = 4000 };

struct call {
	struct roll_place place;
	struct exchange *exchange;
	const struct tenant *tenant; /* shared */
	struct list legs;
	struct leg *caller; /* for whom the flow runs */
	struct story *story;
	struct call_facts facts;
	struct step step;
	struct transfer transfer;
	struct consult consult;
	struct keying *keying; /* a number that is being keyed, NULL for none */
	struct both *both;     /* the recording, NULL for none */
	struct guests *guests; /* who else hears it, NULL for nobody */
	struct tmr longest, busy, reclaim;
	unsigned hops;
	char behalf[SIP_NAME];
	enum diversion_why diverted; /* by whom it is on behalf of */
	bool over;
};

static void on_leg_down(struct leg *leg, void *arg);

static void call_destructor(void *arg)
{
	struct call *c = arg;

	c->over = true;
	tmr_cancel(&c->longest);
	tmr_cancel(&c->busy);
	tmr_cancel(&c->transfer.tmr);
	tmr_cancel(&c->reclaim);
	flow_leave(c);
	list_flush(&c->legs);
	roll_remove(&c->place);
	mem_deref(c->keying);
	mem_deref(c->both);
	mem_deref(c->guests);
	mem_deref(c->story);
	shared_unref(c->tenant);
}

static void on_longest(void *arg)
{
	call_end(arg, CAUSE_TOO_LONG);
}

/**
 * Makes a call without legs; the exchange owns it
 *
 * @param cp     Result
 * @param x      Exchange
 * @param tenant Snapshot that the call keeps
 * @param dir    Direction, as the tenant sees it
 *
 * @return 0 or ENOMEM
 */
int call_alloc(struct call **cp, struct exchange *x, const struct tenant *tenant, enum call_dir dir)
{
	struct call *c = mem_zalloc(sizeof(*c), call_destructor);

	if (!c)
		return ENOMEM;
	c->exchange = x;
	c->tenant = shared_ref(tenant);
	c->facts.id = id_new();
	c->facts.dir = dir;
	c->facts.started_at = clock_wall_ms();
	c->facts.started_ms = clock_mono_ms();
	c->facts.max_forwards = 70;
	if (story_alloc(&c->story)) {
		mem_deref(c);
		return ENOMEM;
	}
	roll_add(exchange_roll(x), &c->place, c);
	tmr_start(&c->longest, exchange_conf(x)->call_max_ms, on_longest, c);
	*cp = c;
	return 0;
}

/** Takes the call off the roll, so that nobody finds it any more */
void call_unlist(struct call *c)
{
	roll_remove(&c->place);
}

struct exchange *call_exchange(const struct call *c)
{
	return c->exchange;
}

const struct tenant *call_tenant(const struct call *c)
{
	return c->tenant;
}

int64_t call_tenant_id(const struct call *c)
{
	return c->tenant->id;
}

const char *call_id(const struct call *c)
{
	return c->facts.id.s;
}

struct list *call_legs(struct call *c)
{
	return &c->legs;
}

/** For whom the flow runs */
struct leg *call_caller(const struct call *c)
{
	return c->caller;
}

/** After a transfer: for whom the flow runs from now on */
void call_set_caller(struct call *c, struct leg *leg)
{
	c->caller = leg;
}

/**
 * On whose behalf legs to the outside are made: the extension that passed the call on last, else
 * the one that called; "" for a caller from outside whom nobody passed on
 */
const char *call_behalf(const struct call *c)
{
	return c->behalf[0] ? c->behalf : c->facts.from_extension;
}

/** From now on legs to the outside are made on behalf of this extension, which transfers */
void call_set_behalf(struct call *c, const char *extension)
{
	c->diverted = DIVERTED_NOT;
	str_ncpy(c->behalf, extension, sizeof(c->behalf));
}

/** Likewise on behalf of this extension, which passes on what came to it */
void call_divert(struct call *c, const char *extension, enum diversion_why why)
{
	call_set_behalf(c, extension);
	c->diverted = why;
}

/** Why the extension it is on behalf of passed it on */
enum diversion_why call_diverted(const struct call *c)
{
	return c->diverted;
}

struct story *call_story(struct call *c)
{
	return c->story;
}

struct call_facts *call_facts(struct call *c)
{
	return &c->facts;
}

struct step *call_step(struct call *c)
{
	return &c->step;
}

struct transfer *call_transfer(struct call *c)
{
	return &c->transfer;
}

struct consult *call_consult(struct call *c)
{
	return &c->consult;
}

/** Where the call keeps the number that is being keyed */
struct keying **call_keying(struct call *c)
{
	return &c->keying;
}

struct tmr *call_reclaim_timer(struct call *c)
{
	return &c->reclaim;
}

/** Where the call keeps who else hears it */
struct guests **call_guests(struct call *c)
{
	return &c->guests;
}

/** Where the call keeps its recording */
struct both **call_both(struct call *c)
{
	return &c->both;
}

/** The recording of a call; NULL for none */
const struct both *call_both_of(const struct call *c)
{
	return c->both;
}

/** Counts one more dest; returns how many there were */
unsigned call_hop(struct call *c)
{
	return ++c->hops;
}

/** How many dests there were; tells one step of a call from another */
unsigned call_hops(const struct call *c)
{
	return c->hops;
}

/** The address that our descriptions name */
const char *call_media_address(const struct call *c)
{
	return exchange_conf(c->exchange)->media_address;
}

bool call_over(const struct call *c)
{
	return c->over;
}

/** True when the extension has a live leg in this call; *ringing when it is not answered yet */
bool call_uses(const struct call *c, const char *extension, bool *ringing)
{
	struct le *le;

	LIST_FOREACH (&c->legs, le) {
		const struct leg *leg = le->data;

		if (!leg_live(leg) || strcmp(leg->extension, extension))
			continue;
		*ringing = leg_rings(leg);
		return true;
	}
	return false;
}

/** Tells the portal and whoever listens */
void call_changed(struct call *c, const char *event)
{
	exchange_call_changed(c->exchange, c, event);
}

static void on_leg_key(struct leg *leg, char digit, void *arg)
{
	struct call *c = arg;

	if (c->step.ops && c->step.ops->key && leg == c->caller)
		c->step.ops->key(&c->step, digit);
	else
		keys_press(c, leg, digit);
}

static void on_leg_played(struct leg *leg, uint32_t play, void *arg)
{
	struct call *c = arg;

	transfer_told(c, leg);
	if (c->step.ops && c->step.ops->played && leg == c->caller)
		c->step.ops->played(&c->step, play);
}

static void on_leg_recorded(struct leg *leg, uint32_t record, enum record_end end, void *arg)
{
	struct call *c = arg;

	if (c->step.ops && c->step.ops->recorded && leg == c->caller)
		c->step.ops->recorded(&c->step, record, end);
}

static void on_leg_hold(struct leg *leg, void *arg)
{
	struct call *c = arg;

	story_add(c->story, "hold", "%s %s", party_label(&leg->party),
		  leg->held ? "put the call on hold" : "took the call back");
	leg_hear(leg);
	if (c->step.ops && c->step.ops->hold && leg == c->caller)
		c->step.ops->hold(&c->step);
	call_changed(c, "call.updated");
}

static void on_leg_refer(struct leg *leg, const struct dialog_refer *refer, void *arg)
{
	transfer_ask(arg, leg, refer);
}

static void on_leg_lost(struct leg *leg, bool lost, void *arg)
{
	reclaim_lost(arg, leg, lost);
}

static void on_leg_fax(struct leg *leg, void *arg)
{
	fax_called(arg, leg);
}

static const struct leg_watch call_watch = {
	.down_h = on_leg_down,
	.key_h = on_leg_key,
	.played_h = on_leg_played,
	.recorded_h = on_leg_recorded,
	.hold_h = on_leg_hold,
	.refer_h = on_leg_refer,
	.lost_h = on_leg_lost,
	.fax_h = on_leg_fax,
};

/** From now on the call itself hears of this leg */
void call_watch_leg(struct call *c, struct leg *leg)
{
	leg_watch(leg, &call_watch, c);
}

/**
 * Takes the caller in and looks at what it offers
 *
 * @param c    Call without legs
 * @param d    Incoming dialog; taken over
 * @param from Who calls
 * @param trunk By which trunk, or NULL
 *
 * @return 0, or errno after the caller was refused and the call ended
 */
int call_incoming(struct call *c, struct dialog *d, const struct party *from,
		  const struct trunk *trunk)
{
	struct leg *leg;
	int err = leg_incoming(&leg, c, d, exchange_engine(c->exchange), trunk);

	if (!err || err == EBADMSG || err == ENOTSUP) {
		c->caller = leg;
		leg->party = *from;
		str_ncpy(leg->device, dialog_device(d), sizeof(leg->device));
		leg_belongs(leg, c->facts.from_extension, trunk ? trunk->id : 0);
		call_watch_leg(c, leg);
	} else {
		dialog_reject(d, 503, "Too many calls", CAUSE_OVERLOAD);
		mem_deref(d);
	}
	if (err)
		call_end(c, err == EBADMSG   ? CAUSE_BAD_REQUEST
			    : err == ENOTSUP ? CAUSE_INCOMPATIBLE
					     : CAUSE_OVERLOAD);
	return err;
}

/** Ends the call after so many milliseconds from now, however far it is by then */
void call_limit(struct call *c, uint64_t ms)
{
	tmr_start(&c->longest, ms, on_longest, c);
}

static void legs_end(struct call *c, enum cause cause)
{
	struct le *le;

	LIST_FOREACH (&c->legs, le) {
		struct leg *leg = le->data;

		leg_watch(leg, NULL, NULL);
		leg_end(leg, cause);
	}
}

/**
 * Ends the call: every leg, the step, and hands the record over. The call is gone afterwards, once
 * the last reference is dropped.
 *
 * @param c     Call
 * @param cause Why; refuses a caller that was not answered
 */
void call_end(struct call *c, enum cause cause)
{
	if (c->over)
		return;
	c->over = true;
	c->facts.cause = cause;
	c->facts.ended_at = clock_wall_ms();
	c->facts.ended_ms = clock_mono_ms();
	c->keying = mem_deref(c->keying);
	flow_cancel(c, cause == CAUSE_NORMAL ? CAUSE_CANCELLED : cause);
	flow_leave(c);
	guests_end(c);
	story_add(c->story, "end", "%s", cause_text(cause));
	legs_end(c, cause);
	exchange_call_ended(c->exchange, c);
	mem_deref(c);
}

static void on_busy_over(void *arg)
{
	struct call *c = arg;

	call_end(c, c->facts.cause);
}

/**
 * The flow led nowhere: a caller who was not answered is refused with the cause's code, one who was
 * hears busy for a moment, and a failed transfer goes back to who asked for it.
 */
void call_fail(struct call *c, enum cause cause)
{
	if (c->over || consult_failed(c, cause) || transfer_failed(c, cause))
		return;
	if (!c->caller || c->caller->state != LEG_UP) {
		call_end(c, cause);
		return;
	}
	flow_leave(c);
	c->facts.cause = cause;
	stream_play(c->caller->stream, "tone:busy", true);
	tmr_start(&c->busy, BUSY_TONE_MS, on_busy_over, c);
}

/** The party was answered, by a leg or by a dest; from here on the call is billed */
void call_answered(struct call *c)
{
	if (c->facts.answered_at)
		return;
	c->facts.answered_at = clock_wall_ms();
	c->facts.answered_ms = clock_mono_ms();
	fax_listen(c);
}

static void facts_answered(struct call *c, const struct leg *winner)
{
	c->facts.voicemail = false;
	if (c->facts.waits)
		c->facts.answered_at = 0;
	c->facts.waits = false;
	c->facts.answered_by = winner->party;
	str_ncpy(c->facts.answered_extension, winner->extension,
		 sizeof(c->facts.answered_extension));
	call_answered(c);
}

/**
 * Connects the party with a leg that answered
 *
 * @param c      Call
 * @param winner Leg of this call, up
 */
void call_connect(struct call *c, struct leg *winner)
{
	struct leg *caller = c->caller;

	call_watch_leg(c, winner);
	flow_leave(c);
	if (!caller || !leg_live(caller)) {
		call_end(c, CAUSE_CANCELLED);
		return;
	}
	stream_stop_play(caller->stream);
	if (!leg_is_nobody(caller) && leg_answer(caller, winner)) {
		call_end(c, CAUSE_INCOMPATIBLE);
		return;
	}
	facts_answered(c, winner);
	story_add(c->story, "answer", "%s answered", party_label(&winner->party));
	if (leg_is_nobody(caller)) {
		test_call_answered(c, winner);
		return;
	}
	leg_bridge(caller, winner);
	both_connected(c);
	transfer_done(c);
	call_changed(c, "call.updated");
}

/* A party left: whoever it talked to goes too. One that asked for a transfer may leave before the
 * transfer is through. */
static void on_leg_down(struct leg *leg, void *arg)
{
	struct call *c = mem_ref(arg);
	enum cause cause = leg->cause;

	if (leg == c->caller && (!c->facts.answered_at || c->facts.waits) && cause == CAUSE_NORMAL)
		cause = CAUSE_CANCELLED;
	if (!transfer_forget(c, leg) && !consult_left(c, leg) && !guests_left(c, leg))
		call_end(c, cause);
	mem_deref(c);
}

/** Moves a live leg of another call into this one; that call's record keeps what it was */
void call_adopt(struct call *c, struct leg *leg)
{
	struct leg *trace = leg->call == c ? NULL : leg_trace(leg);

	if (trace)
		list_append(&leg->call->legs, &trace->le, trace);
	if (leg->call != c)
		both_moved(leg->call, c, leg);
	leg_part(leg);
	list_unlink(&leg->le);
	list_append(&c->legs, &leg->le, leg);
	leg->call = c;
	call_watch_leg(c, leg);
}

/**
 * Puts a leg in the place of another, whatever that was doing: ringing, talking or waiting
 *
 * @param c       Call of the old leg
 * @param old     Leg that leaves
 * @param new_leg Leg that takes its place, up; of this call or another one's
 * @param cause   What the old leg is told
 */
void call_replace(struct call *c, struct leg *old, struct leg *new_leg, enum cause cause)
{
	bool was_caller = old == c->caller;
	struct leg *peer;

	keys_stop(c);
	peer = old->peer;
	call_adopt(c, new_leg);
	new_leg->role = was_caller ? LEG_CALLER : LEG_CALLED;
	if (was_caller)
		c->caller = new_leg;
	leg_watch(old, NULL, NULL);
	leg_part(old);
	leg_end(old, cause);
	if (transfer_replaced(c, old, new_leg) || consult_replaced(c, old, new_leg) ||
	    guests_replaced(c, old, new_leg)) {
		; /* it waits, and goes on waiting */
	} else if (peer && leg_live(peer)) {
		leg_bridge(new_leg, peer);
		leg_identify(peer, &new_leg->party, c->tenant->domain);
		leg_identify(new_leg, &peer->party, c->tenant->domain);
		both_connected(c);
	} else if (c->step.ops && c->step.ops->party) {
		c->step.ops->party(&c->step);
	} else if (c->step.ops) {
		leg_ring(new_leg);
	}
	call_changed(c, "call.updated");
}
