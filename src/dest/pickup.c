/**
 * @file pickup.c  Dest: takes a call that rings elsewhere; the target is the extension it rings, or
 * "" for a colleague's
 */
#include <string.h>
#include "dests_private.h"

struct wanted {
	const struct tenant *tenant;
	const char *extension; /* "": any colleague's */
	const char *own;       /* whoever picks up    */
};

static bool is_wanted(const struct leg *ringing, const void *arg)
{
	const struct wanted *w = arg;

	if (w->extension[0])
		return !strcmp(ringing->extension, w->extension);
	return strcmp(ringing->extension, w->own) &&
	       tenant_same_group(w->tenant, ringing->extension, w->own);
}

static void pickup_enter(struct step *s)
{
	struct wanted w = {call_tenant(s->call), s->dest.target, flow_party(s)->extension};
	struct exchange *x = call_exchange(s->call);
	const struct leg *leg;
	struct call *c;

	/* Only a phone of the tenant's own can pick up, whatever number led here. */
	if (!w.own[0]) {
		flow_exit(s, EXIT_invalid);
		return;
	}
	leg = exchange_ringing(x, w.tenant->id, is_wanted, &w);
	if (!leg) {
		story_add(call_story(s->call), "dest", "There was no call to pick up");
		flow_exit(s, EXIT_unavail);
		return;
	}
	c = leg->call;
	story_add(call_story(s->call), "dest", "Picked up the call of %s to %s",
		  party_label(&call_caller(c)->party), party_label(&leg->party));
	story_add(call_story(c), "pickup", "%s picked up what rang at %s",
		  party_label(&flow_party(s)->party), party_label(&leg->party));
	if (call_fetch(c, s->call))
		flow_exit(s, EXIT_failed);
}

const struct dest_ops dest_pickup = {
	.kind = DEST_pickup,
	.needs = NEEDS_NOTHING,
	.enter = pickup_enter,
};
