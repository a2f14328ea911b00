/**
 * @file external.c  Dest: an outside number, through the tenant's routes
 *
 * The trunks of the matching routes are tried in turn: one that is full is passed over, one that
 * fails for itself (5xx, no reply) hands over to the next; a 4xx speaks for the number.
 */
#include <string.h>
#include "dests_private.h"
#include "text.h"

enum { TRUNKS_TRIED = 8, TRUNK_RING_MS = 120000 };

/* What the called party sees: the number of whoever passed the call on or dialled, or the tenant's
 * first DID. */
static void caller_id(struct dialog_identity *id, struct step *s, const struct trunk *trunk)
{
	const struct tenant *t = call_tenant(s->call);
	const struct tenant_extension *ext = tenant_extension(t, call_behalf(s->call));
	const struct leg *party = flow_party(s);
	const char *number = ext && ext->caller_id_number[0] ? ext->caller_id_number : "";

	for (unsigned i = 0; !number[0] && i < t->did_count; i++) {
		const struct tenant_did *did = &t->dids[i];

		if (ext && did->dest.kind == DEST_extension && !did->fax &&
		    !strcmp(did->dest.target, ext->number))
			number = did->number;
	}
	if (!number[0] && !ext)
		number = party->party.number;
	for (unsigned i = 0; !number[0] && i < t->did_count; i++)
		number = t->dids[i].fax ? "" : t->dids[i].number;
	text_printf(id->user, sizeof(id->user), "%s", number[0] ? number : party->party.number);
	text_printf(id->name, sizeof(id->name), "%s",
		    !ext		     ? party->party.name
		    : ext->caller_id_name[0] ? ext->caller_id_name
					     : ext->name);
	text_printf(id->domain, sizeof(id->domain), "%s", t->domain);
	id->hidden = call_facts(s->call)->hidden;
	id->asserted = true;
}

static void trunk_login(struct dialog_target *to, const struct trunk *trunk,
			const struct secret *secret)
{
	if (trunk->by_ip || !trunk->username[0])
		return;
	text_printf(to->auth_user, sizeof(to->auth_user), "%s", trunk->username);
	(void)secret_open(to->auth_password, secret, trunk->sealed);
}

/* What was passed on to the outside may come back from there, and again. */
static uint8_t hops_left(const struct step *s)
{
	const struct call_facts *f = call_facts(s->call);
	bool passed_on = strcmp(call_behalf(s->call), f->from_extension) != 0;

	return passed_on && f->max_forwards > FLOW_HOPS ? FLOW_HOPS : f->max_forwards;
}

static void target_fill(struct hunt_target *t, struct step *s, const struct trunk *trunk,
			const char *number, const char *dialled)
{
	const char *digits = !trunk->plus && number[0] == '+' ? number + 1 : number;

	memset(t, 0, sizeof(*t));
	text_printf(t->to.uri, sizeof(t->to.uri), "sip:%s@%s:%u;transport=%s", digits, trunk->host,
		    (unsigned)trunk->port, trunk->transport);
	text_printf(t->to.to_user, sizeof(t->to.to_user), "%s", digits);
	text_printf(t->to.to_domain, sizeof(t->to.to_domain), "%s", trunk->host);
	t->to.max_forwards = hops_left(s);
	caller_id(&t->to.from, s, trunk);
	trunk_login(&t->to, trunk, exchange_conf(call_exchange(s->call))->secret);
	text_printf(t->party.number, sizeof(t->party.number), "%s", dialled);
	text_printf(t->device_name, sizeof(t->device_name), "%s", trunk->name);
	t->trunk = trunk->id;
	t->ring_ms = TRUNK_RING_MS;
}

/**
 * Lists the trunks to an outside number as targets of a hunt, in the order in which they are tried
 *
 * Routes come longest prefix first, then by priority; only the best prefix's routes are used. A
 * trunk that is full is passed over, but not by an emergency call: what is full is for the carrier
 * to say then.
 *
 * @param targets Filled in
 * @param max     Room in it
 * @param s       Step on whose behalf the number is called
 * @param dialled Number, in E.164 form or a short code
 *
 * @return How many; 0 when there is no way
 */
unsigned external_find(struct hunt_target *targets, unsigned max, struct step *s,
		       const char *dialled)
{
	const struct tenant *t = call_tenant(s->call);
	struct exchange *x = call_exchange(s->call);
	const struct trunks *trunks = tenants_trunks(exchange_tenants(x));
	const struct tenant_route *best = tenant_route(t, dialled);
	char number[PHONE_SIZE];
	unsigned n = 0;

	for (unsigned i = 0; best && trunks && i < t->route_count && n < max; i++) {
		const struct tenant_route *r = &t->routes[i];
		const struct trunk *trunk = trunks_by_id(trunks, r->trunk);

		if (strcmp(r->prefix, best->prefix) || !trunk || !trunk->active)
			continue;
		if (trunk->channels && exchange_trunk_calls(x, trunk->id) >= trunk->channels) {
			story_add(call_story(s->call), "dest", "Trunk %s is full", trunk->name);
			if (!phone_emergency(dialled))
				continue;
		}
		if (tenant_route_number(number, sizeof(number), r, dialled))
			target_fill(&targets[n++], s, trunk, number, dialled);
	}
	return n;
}

static void external_enter(struct step *s)
{
	struct hunt_target targets[TRUNKS_TRIED];
	unsigned n;

	if (!tenant_route(call_tenant(s->call), s->dest.target)) {
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
	if (flow_hunt(s, targets, n, true))
		flow_exit(s, EXIT_failed);
}

const struct dest_ops dest_external = {
	.kind = DEST_external,
	.needs = NEEDS_NOTHING,
	.enter = external_enter,
};
