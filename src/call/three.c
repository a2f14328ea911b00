/**
 * @file three.c  Three in one call, by *3
 *
 * While somebody waits for an asker (*4), *3 lets all three hear each other. In a phone's second
 * call it brings in whom the first one holds. Otherwise a number is keyed, as after *4. Keyed by
 * one of the two first, *3 again lets the third go.
 */
#include <string.h>
#include "exchange.h"
#include "guests.h"
#include "story.h"

/* A display shows both of whom one hears. */
static void shows(struct call *c, struct leg *leg, const struct leg *a, const struct leg *b)
{
	struct party two = a->party;

	(void)re_snprintf(two.name, sizeof(two.name), "%s, %s", party_label(&a->party),
			  party_label(&b->party));
	(void)leg_identify(leg, &two, call_tenant(c)->domain);
}

static void joined(struct call *c, struct leg *by, struct leg *third)
{
	struct leg *peer = by->peer;

	shows(c, by, peer, third);
	shows(c, peer, by, third);
	shows(c, third, by, peer);
	story_add(call_story(c), "three", "%s brought %s in: three talk", party_label(&by->party),
		  party_label(&third->party));
	call_changed(c, "call.updated");
}

static bool third_goes(struct call *c, const struct leg *leg)
{
	struct leg *third = guests_third(c);

	if (!third)
		return false;
	if (leg != third)
		leg_end(third, CAUSE_NORMAL);
	return true;
}

static bool same_phone(const struct leg *a, const struct leg *b)
{
	return a->device[0] && !strcmp(a->device, b->device) && !strcmp(a->extension, b->extension);
}

/* The leg by which the same phone holds another call. */
static struct leg *holding_leg(struct call *c, const struct leg *leg)
{
	struct le *le, *lle;

	LIST_FOREACH (exchange_calls(call_exchange(c)), le) {
		struct call *other = le->data;

		if (other == c || call_tenant_id(other) != call_tenant_id(c))
			continue;
		LIST_FOREACH (call_legs(other), lle) {
			struct leg *l = lle->data;

			if (same_phone(l, leg) && l->held && transfer_may(other, l))
				return l;
		}
	}
	return NULL;
}

/* Whom the phone holds moves into this call; the phone's other call is over. */
static bool held_joins(struct call *c, struct leg *leg)
{
	struct leg *held = holding_leg(c, leg), *party;
	struct call *from;

	if (!held)
		return false;
	party = held->peer;
	from = mem_ref(held->call);
	story_add(call_story(from), "three", "%s brought %s into another call",
		  party_label(&leg->party), party_label(&party->party));
	leg_part(party);
	if (party == call_caller(from))
		call_set_caller(from, held);
	call_adopt(c, party);
	if (guests_add(c, party, true))
		leg_end(party, CAUSE_OVERLOAD);
	else
		joined(c, leg, party);
	call_end(from, CAUSE_TRANSFERRED);
	mem_deref(from);
	return true;
}

/** A phone of ours keyed *3: true when that was done; else a number is to be keyed */
bool three_key(struct call *c, struct leg *leg)
{
	struct leg *asked;

	if (third_goes(c, leg))
		return true;
	if (call_consult(c)->waits) {
		asked = consult_end(c, leg);
		if (asked && !guests_add(c, asked, true))
			joined(c, leg, asked);
		return true;
	}
	return transfer_may(c, leg) && held_joins(c, leg);
}
