/**
 * @file transfer.c  REFER and Replaces: moving parties between calls
 *
 * Blind (RFC 3515): the flow runs anew for whoever remains; the one who asked is told how it went
 * and, if it stayed, gets the party back when it failed. Attended (RFC 3891): whoever remains takes
 * the asker's place in the other call. No call is ever made twice, so both keep their story.
 */
#include <string.h>
#include "call.h"
#include "clock.h"
#include "exchange.h"
#include "guests.h"
#include "log.h"
#include "story.h"

enum { LINGER_MS = 2000 }; /* how long the asker may take to hang up by itself */

static struct leg *leg_of_dialog(struct exchange *x, const struct tenant *t, const char *replaces)
{
	struct dialog *d = dialog_find_replaces(exchange_stack(x), t->id, replaces);

	return d ? dialog_arg(d) : NULL;
}

/* The record tells who talked to whom: whoever asked first is still in its legs and in its story.
 * Legs to the outside stay on the asker's behalf. */
static void caller_became(struct call *c, const struct leg *party)
{
	struct call_facts *f = call_facts(c);
	char behalf[SIP_NAME];

	str_ncpy(behalf, call_behalf(c), sizeof(behalf));
	call_set_behalf(c, behalf);
	f->from = party->party;
	str_ncpy(f->from_extension, party->extension, sizeof(f->from_extension));
}

/* The party leaves its call and takes the asker's place in the other one. */
static void transfer_attended(struct call *c, struct leg *from, struct leg *other)
{
	struct leg *party = from->peer;
	struct call *target = other->call;

	dialog_refer_accept(from->dialog);
	story_add(call_story(c), "transfer", "%s connected %s with %s", party_label(&from->party),
		  party_label(&party->party),
		  other->peer ? party_label(&other->peer->party) : call_facts(target)->to.number);
	story_add(call_story(target), "transfer", "%s passed the call to %s",
		  party_label(&from->party), party_label(&party->party));
	leg_part(party);
	mem_ref(c);
	mem_ref(from);
	if (party == call_caller(c))
		call_set_caller(c, from);
	if (other == call_caller(target))
		caller_became(target, party);
	call_replace(target, other, party, CAUSE_TRANSFERRED);
	if (from->dialog)
		dialog_refer_notify(from->dialog, 200, true);
	call_end(c, CAUSE_TRANSFERRED);
	mem_deref(from);
	mem_deref(c);
}

/** The call runs from now on for another one of its parties */
void transfer_party_is(struct call *c, struct leg *party)
{
	struct call_facts *f = call_facts(c);

	call_set_caller(c, party);
	str_ncpy(f->from_extension, party->extension, sizeof(f->from_extension));
}

static void blind_begin(struct call *c, struct leg *from, struct leg *party,
			const struct dest *dest)
{
	struct transfer *t = call_transfer(c);

	t->from = from;
	t->back = NULL;
	t->running = true;
	t->rung = false;
	str_ncpy(t->asker, from->extension, sizeof(t->asker));
	call_set_behalf(c, from->extension);
	transfer_party_is(c, party);
	flow_goto(c, dest);
}

static void transfer_blind(struct call *c, struct leg *from, const char *number)
{
	struct leg *party = from->peer;
	struct dest dest;

	if (!exchange_dest(call_exchange(c), &dest, call_tenant(c), number)) {
		story_add(call_story(c), "transfer", "%s tried a transfer to %s: no such number",
			  party_label(&from->party), number);
		dialog_refer_accept(from->dialog);
		dialog_refer_notify(from->dialog, 404, true);
		return;
	}
	dialog_refer_accept(from->dialog);
	story_add(call_story(c), "transfer", "%s transferred %s to %s", party_label(&from->party),
		  party_label(&party->party), number);
	leg_part(from);
	blind_begin(c, from, party, &dest);
}

/**
 * A party keyed whom its party is to be connected with
 *
 * @param c      Call
 * @param key    Who asks, and how
 * @param number What was keyed
 * @param dest   Where that leads
 */
void transfer_key(struct call *c, const struct transfer_key *key, const char *number,
		  const struct dest *dest)
{
	story_add(call_story(c), "transfer",
		  key->attended ? "%s let %s wait and called %s" : "%s transferred %s to %s",
		  party_label(&key->from->party), party_label(&key->party->party), number);
	if (key->attended) {
		consult_begin(c, key, dest);
		return;
	}
	stream_stop_play(key->party->stream);
	stream_play(key->from->stream, "tone:ring", true);
	blind_begin(c, key->from, key->party, dest);
}

/** Only a party that talks to somebody, while nothing else is under way, can pass that one on */
bool transfer_may(struct call *c, const struct leg *from)
{
	return from->peer && from->state == LEG_UP && from->peer->state == LEG_UP &&
	       !call_step(c)->ops && !call_transfer(c)->running && !call_consult(c)->waits &&
	       !guests_third(c);
}

/**
 * A party asks for a transfer
 *
 * @param c     Its call
 * @param from  Who asks
 * @param refer To whom, and whether another call is meant
 */
void transfer_ask(struct call *c, struct leg *from, const struct dialog_refer *refer)
{
	struct leg *other;

	if (!from->extension[0] || !transfer_may(c, from)) {
		dialog_refer_reject(from->dialog, from->extension[0] ? 603 : 403);
		return;
	}
	if (!refer->replaces[0]) {
		transfer_blind(c, from, refer->user);
		return;
	}
	other = leg_of_dialog(call_exchange(c), call_tenant(c), refer->replaces);
	/* Only the asker's own other call: nobody moves a stranger's. */
	if (!other || other == from || !leg_live(other) ||
	    strcmp(other->extension, from->extension)) {
		dialog_refer_reject(from->dialog, 481);
		return;
	}
	transfer_attended(c, from, other);
}

static void on_linger(void *arg)
{
	struct call *c = arg;
	struct leg *from = call_transfer(c)->from;

	call_transfer(c)->from = NULL;
	if (!from)
		return;
	leg_watch(from, NULL, NULL);
	leg_end(from, CAUSE_TRANSFERRED);
	call_changed(c, "call.updated");
}

/** It rings where the party was sent: whoever asked is told once, and may hang up (RFC 3515) */
void transfer_rings(struct call *c)
{
	struct transfer *t = call_transfer(c);

	if (!t->running || t->rung)
		return;
	t->rung = true;
	if (t->from && t->from->dialog)
		(void)dialog_refer_notify(t->from->dialog, 180, false);
}

/** The party of a transfer was connected: tells the asker, and both who they talk to */
void transfer_done(struct call *c)
{
	struct transfer *t = call_transfer(c);
	struct leg *party = call_caller(c);

	if (!t->running)
		return;
	t->running = false;
	if (t->from && t->from->dialog)
		dialog_refer_notify(t->from->dialog, 200, true);
	if (t->from) {
		stream_stop_play(t->from->stream);
		tmr_start(&t->tmr, LINGER_MS, on_linger, c);
	}
	if (party->peer)
		leg_identify(party, &party->peer->party, call_tenant(c)->domain);
}

/**
 * Lets whoever asked for the transfer hear where the party went; only then the transfer is done
 *
 * @param c      Call; nothing happens when no transfer is under way
 * @param prompt What is said
 */
void transfer_tell(struct call *c, const char *prompt)
{
	struct transfer *t = call_transfer(c);

	if (!t->running)
		return;
	t->telling =
		t->from && t->from->state == LEG_UP && stream_play(t->from->stream, prompt, false);
	if (!t->telling)
		transfer_done(c);
}

/** What a leg heard has ended */
void transfer_told(struct call *c, const struct leg *leg)
{
	struct transfer *t = call_transfer(c);

	if (!t->telling || leg != t->from)
		return;
	t->telling = false;
	transfer_done(c);
}

/* Whoever asked has hung up meanwhile: its phones ring, for this party. */
static bool transfer_recall(struct call *c, enum cause cause)
{
	const char *asker = call_transfer(c)->asker;
	struct dest dest;

	if (!asker[0] || !exchange_dest(call_exchange(c), &dest, call_tenant(c), asker))
		return false;
	story_add(call_story(c), "transfer", "The transfer failed (%s); calling %s back",
		  cause_text(cause), asker);
	flow_goto(c, &dest);
	return true;
}

/** The transfer led nowhere: true when the party was given back to the asker */
bool transfer_failed(struct call *c, enum cause cause)
{
	struct transfer *t = call_transfer(c);
	struct leg *from = t->from, *party = call_caller(c);
	uint16_t scode = cause_sip(cause) < 300 ? 480 : cause_sip(cause);

	if (!t->running)
		return false;
	t->running = false;
	t->from = NULL;
	if (!from || !leg_live(from))
		return transfer_recall(c, cause);
	dialog_refer_notify(from->dialog, scode, true);
	story_add(call_story(c), "transfer", "The transfer failed (%s); back to %s",
		  cause_text(cause), party_label(&from->party));
	t->back = from;
	t->why = cause;
	flow_leave(c);
	stream_stop_play(party->stream);
	leg_bridge(party, from);
	return true;
}

/* A phone hangs up when it is told that it rings there, many do so at once. When its BYE and the
 * news of a failure cross, the party must not go with it. */
static bool transfer_left_unknowing(struct call *c, struct leg *leg)
{
	struct transfer *t = call_transfer(c);

	if (t->back != leg)
		return false;
	t->back = NULL;
	if (!leg->end.untold)
		return false;
	leg_part(leg);
	return transfer_recall(c, t->why);
}

/** A leg is down: true when it had asked for a transfer and the call goes on without it */
bool transfer_forget(struct call *c, struct leg *leg)
{
	struct transfer *t = call_transfer(c);

	if (t->from != leg)
		return transfer_left_unknowing(c, leg);
	t->from = NULL;
	tmr_cancel(&t->tmr);
	call_changed(c, "call.updated");
	return true;
}

/** Another leg takes the place of one: true when that had asked for a transfer */
bool transfer_replaced(struct call *c, const struct leg *old, struct leg *new_leg)
{
	struct transfer *t = call_transfer(c);

	if (t->back == old)
		t->back = NULL;
	if (!t->from || t->from != old)
		return false;
	t->from = new_leg;
	return true;
}

/* Who may take a call over: the extension whose leg it is. */
static bool may_take(const struct leg *old, const struct sip_sender *from)
{
	return !from->is_trunk && !strcmp(old->extension, from->account.aor_user);
}

static void take_over(struct call *c, struct call *spare, struct leg *old)
{
	struct leg *leg = call_caller(spare);

	story_add(call_story(c), "replace", "%s took the call over on another device",
		  party_label(&old->party));
	call_set_caller(spare, NULL);
	leg->party = old->party;
	leg_belongs(leg, old->extension, leg->trunk);
	reclaim_stop(c);
	mem_ref(c);
	call_replace(c, old, leg, CAUSE_REPLACED);
	mem_deref(c);
	exchange_call_drop(call_exchange(spare), spare);
}

/**
 * An INVITE that names a dialog to take over (RFC 3891 section 3)
 *
 * @param x    Exchange
 * @param d    Incoming dialog; taken over when true is returned
 * @param from Who asks; must be the extension whose leg is replaced
 *
 * @return false when there is no Replaces header
 */
bool transfer_take(struct exchange *x, struct dialog *d, const struct sip_sender *from)
{
	const struct tenant *t = exchange_tenant(x, from->account.tenant);
	struct leg *old;
	struct call *spare;
	struct party party = {0};

	if (!dialog_replaces(d)[0])
		return false;
	old = t && !from->is_trunk ? leg_of_dialog(x, t, dialog_replaces(d)) : NULL;
	if (!old || !leg_live(old) || !may_take(old, from)) {
		dialog_reject(d, 481, "No such call", CAUSE_NOT_FOUND);
		mem_deref(d);
		return true;
	}
	party = old->party;
	if (call_alloc(&spare, x, t, CALL_INTERNAL)) {
		dialog_reject(d, 503, "Busy", CAUSE_OVERLOAD);
		mem_deref(d);
		return true;
	}
	if (call_incoming(spare, d, &party, NULL))
		return true;
	if (leg_answer(call_caller(spare), old->peer))
		call_end(spare, CAUSE_INCOMPATIBLE);
	else
		take_over(old->call, spare, old);
	return true;
}
