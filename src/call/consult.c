/**
 * @file consult.c  An attended transfer by key: one leg asks somebody else, its party waits
 *
 * The asker becomes the call's party and runs the flow to whom it asks. When it hangs up, whoever
 * waits takes its place, wherever the flow is by then. When nobody answers, or whoever was asked
 * hangs up, or the asker keys *4 again, the two that talked before hear each other again.
 */
#include "both.h"
#include "call.h"
#include "exchange.h"
#include "story.h"
#include "text.h"

/** Begins: the party hears music, the flow runs for the asker */
void consult_begin(struct call *c, const struct transfer_key *key, const struct dest *dest)
{
	const struct call_facts *f = call_facts(c);
	struct consult *k = call_consult(c);

	k->asker = key->from;
	k->waits = key->party;
	k->answered_by = f->answered_by;
	str_ncpy(k->answered_extension, f->answered_extension, sizeof(k->answered_extension));
	k->asker_called = call_caller(c) == key->from;
	stream_play(k->waits->stream, "music", true);
	call_set_caller(c, k->asker);
	call_set_behalf(c, k->asker->extension);
	flow_goto(c, dest);
}

/* The leg that was asked and answered; NULL for none. */
static struct leg *asked_leg(struct call *c, const struct consult *k)
{
	const struct leg *leaving = call_transfer(c)->from; /* who passed the call on before */
	struct le *le;

	LIST_FOREACH (call_legs(c), le) {
		struct leg *leg = le->data;

		if (leg != k->asker && leg != k->waits && leg != leaving && leg->state == LEG_UP)
			return leg;
	}
	return NULL;
}

static void asked_end(struct call *c, const struct consult *k)
{
	struct leg *leg = asked_leg(c, k);

	if (!leg)
		return;
	leg_watch(leg, NULL, NULL);
	leg_end(leg, CAUSE_NORMAL);
}

/* The two that talked before hear each other again, and the record says so. */
static void before_again(struct call *c, const struct consult *k)
{
	struct call_facts *f = call_facts(c);

	call_set_caller(c, k->asker_called ? k->asker : k->waits);
	f->answered_by = k->answered_by;
	str_ncpy(f->answered_extension, k->answered_extension, sizeof(f->answered_extension));
	leg_bridge(k->asker, k->waits);
	both_connected(c);
	call_changed(c, "call.updated");
}

static void consult_undo(struct call *c)
{
	struct consult k = *call_consult(c);

	*call_consult(c) = (struct consult){0};
	flow_leave(c);
	asked_end(c, &k);
	before_again(c, &k);
}

/**
 * The asker wants all three to talk: it and its party hear each other again
 *
 * @return Whom it had asked, up, who hears nobody now; NULL when that one has not answered: then
 * nothing has changed
 */
struct leg *consult_end(struct call *c, const struct leg *leg)
{
	struct consult k = *call_consult(c);
	struct leg *asked = asked_leg(c, &k);

	if (!asked || leg != k.asker || leg->peer != asked)
		return NULL;
	*call_consult(c) = (struct consult){0};
	before_again(c, &k);
	return asked;
}

/** Whom one asked could not be reached: true when the asker has its party back */
bool consult_failed(struct call *c, enum cause cause)
{
	const struct consult *k = call_consult(c);

	if (!k->waits)
		return false;
	story_add(call_story(c), "transfer", "The transfer failed (%s); back to %s",
		  cause_text(cause), party_label(&k->asker->party));
	consult_undo(c);
	return true;
}

/** The asker keyed *4 again: true when it has its party back */
bool consult_back(struct call *c, const struct leg *leg)
{
	const struct consult *k = call_consult(c);

	if (!k->waits || leg != k->asker)
		return false;
	story_add(call_story(c), "transfer", "%s went back to %s", party_label(&leg->party),
		  party_label(&k->waits->party));
	consult_undo(c);
	return true;
}

/* What the flow does for the asker it does for whoever waited. */
static void party_takes(struct call *c, struct leg *party, struct leg *asked)
{
	struct step *s = call_step(c);
	const struct dest dest = s->dest;

	if (asked && !s->ops) {
		leg_bridge(party, asked);
		(void)leg_identify(party, &asked->party, call_tenant(c)->domain);
		(void)leg_identify(asked, &party->party, call_tenant(c)->domain);
		both_connected(c);
	} else if (s->ops && s->ops->party && !s->ops->own) {
		s->ops->party(s);
	} else if (s->hunt) {
		leg_ring(party);
	} else {
		flow_goto(c, &dest);
	}
}

/* The asker hung up: that connects the two others. */
static void asker_left(struct call *c)
{
	struct consult k = *call_consult(c);

	story_add(call_story(c), "transfer", "%s passed the call on", party_label(&k.asker->party));
	transfer_party_is(c, k.waits);
	*call_consult(c) = (struct consult){0};
	party_takes(c, k.waits, asked_leg(c, &k));
	if (!call_over(c))
		call_changed(c, "call.updated");
}

/** A leg is down: true when the call goes on without it */
bool consult_left(struct call *c, const struct leg *leg)
{
	struct consult *k = call_consult(c);

	if (!k->waits)
		return false;
	if (leg == k->asker) {
		asker_left(c);
	} else if (leg == k->waits) {
		story_add(call_story(c), "transfer", "%s hung up while waiting",
			  party_label(&leg->party));
		*k = (struct consult){0};
	} else {
		consult_undo(c);
	}
	return true;
}

/** Another leg takes the place of one of the two: true for the one that waits */
bool consult_replaced(struct call *c, const struct leg *old, struct leg *new_leg)
{
	struct consult *k = call_consult(c);

	if (k->asker == old)
		k->asker = new_leg;
	if (k->waits != old)
		return false;
	k->waits = new_leg;
	stream_play(new_leg->stream, "music", true);
	return true;
}
