/**
 * @file external.c  Dest: an outside number, through the tenant's routes
 *
 * The trunks of the matching routes are tried in turn: one that is full, down or hurried is passed
 * over, one that fails for itself (5xx, no reply) hands over to the next; a 4xx speaks for the
 * number.
 */
#include <string.h>
#include "dests_private.h"
#include "text.h"
#include "way.h"

enum { TRUNKS_TRIED = 8, TRUNK_RING_MS = 120000 };

/* The number under which an extension is called from outside: its own, or the tenant's first DID */
static const char *outside_number(const struct tenant *t, const struct tenant_extension *ext)
{
	const char *number = ext && ext->caller_id_number[0] ? ext->caller_id_number : "";

	for (unsigned i = 0; !number[0] && i < t->did_count; i++) {
		const struct tenant_did *did = &t->dids[i];

		if (ext && did->dest.kind == DEST_extension && !did->fax &&
		    !strcmp(did->dest.target, ext->number))
			number = did->number;
	}
	for (unsigned i = 0; !number[0] && i < t->did_count; i++)
		number = t->dids[i].fax ? "" : t->dids[i].number;
	return number;
}

/* What the called party sees: the number of whoever passed the call on or dialled; where it also
 * hears who passed it on, the number of whoever called. */
static void caller_id(struct dialog_identity *id, struct step *s, bool diverted)
{
	const struct tenant *t = call_tenant(s->call);
	const struct tenant_extension *ext = tenant_extension(
		t, diverted ? call_facts(s->call)->from_extension : call_behalf(s->call));
	const struct leg *party = flow_party(s);
	const char *number =
		!ext && party->party.number[0] ? party->party.number : outside_number(t, ext);

	text_printf(id->user, sizeof(id->user), "%s", number[0] ? number : party->party.number);
	text_printf(id->name, sizeof(id->name), "%s",
		    !ext		     ? party->party.name
		    : ext->caller_id_name[0] ? ext->caller_id_name
					     : ext->name);
	text_printf(id->domain, sizeof(id->domain), "%s", t->domain);
	id->hidden = call_facts(s->call)->hidden && !phone_listed(t->emergency, s->dest.target);
	id->asserted = true;
}

/* Who passed the call on; true when this trunk is told. */
static bool diversion(struct dialog_diversion *d, struct step *s)
{
	const struct tenant *t = call_tenant(s->call);
	const char *by = call_behalf(s->call);
	const char *number = outside_number(t, tenant_extension(t, by));

	d->why = call_diverted(s->call);
	if (d->how == DIVERSION_NONE || d->why == DIVERTED_NOT)
		return false;
	text_printf(d->user, sizeof(d->user), "%s", number[0] ? number : by);
	text_printf(d->domain, sizeof(d->domain), "%s", t->domain);
	return true;
}

/* What was passed on to the outside may come back from there, and again. */
static uint8_t hops_left(const struct step *s)
{
	const struct call_facts *f = call_facts(s->call);
	bool passed_on = strcmp(call_behalf(s->call), f->from_extension) != 0;

	return passed_on && f->max_forwards > FLOW_HOPS ? FLOW_HOPS : f->max_forwards;
}

/** outside_targets() for a step: with the caller's number, and for as long as an outside phone
 * rings */
unsigned external_find(struct hunt_target *targets, unsigned max, struct step *s,
		       const char *dialled)
{
	unsigned n = outside_targets(targets, max, s->call, dialled);

	for (unsigned i = 0; i < n; i++) {
		struct hunt_target *t = &targets[i];

		t->to.max_forwards = hops_left(s);
		caller_id(&t->to.from, s, diversion(&t->to.diversion, s));
		t->ring_ms = TRUNK_RING_MS;
	}
	return n;
}

static void external_enter(struct step *s)
{
	struct hunt_target targets[TRUNKS_TRIED];
	unsigned n;

	emergency_called(s);
	if (!way_leads(call_tenant(s->call), s->dest.target)) {
		story_add(call_story(s->call), "dest", "There is no route to %s", s->dest.target);
		flow_fail(s, EXIT_invalid, CAUSE_NO_ROUTE);
		return;
	}
	if (hops_left(s) <= 1) {
		story_add(call_story(s->call), "loop", "Passed on too often: not to %s as well",
			  s->dest.target);
		flow_end(s, EXIT_failed, CAUSE_HOPS);
		return;
	}
	n = external_find(targets, TRUNKS_TRIED, s, s->dest.target);
	if (!n) {
		flow_fail(s, EXIT_failed, CAUSE_TRUNK_DOWN);
		return;
	}
	story_add(call_story(s->call), "dest", "Calling %s by %s", s->dest.target,
		  targets[0].device_name);
	if (flow_hunt(s, targets, n))
		flow_exit(s, EXIT_failed);
}

const struct dest_ops dest_external = {
	.kind = DEST_external,
	.needs = NEEDS_NOTHING,
	.enter = external_enter,
};
