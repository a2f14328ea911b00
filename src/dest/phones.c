/**
 * @file phones.c  What a hunt rings for an extension: every phone that is registered for it
 */
#include <string.h>
#include "dests_private.h"
#include "text.h"

/* One phone: a browser is offered WebRTC, a desk phone what its device is set to. */
static void target_fill(struct hunt_target *t, const struct binding *b,
			const struct tenant_extension *ext, const struct leg *caller,
			const struct tenant *tenant)
{
	memset(t, 0, sizeof(*t));
	text_printf(t->to.uri, sizeof(t->to.uri), "%s", b->contact);
	text_printf(t->to.to_user, sizeof(t->to.to_user), "%s", b->user);
	text_printf(t->to.to_domain, sizeof(t->to.to_domain), "%s", b->domain);
	text_printf(t->to.path, sizeof(t->to.path), "%s", b->path);
	t->to.flow = b->flow;
	t->to.has_flow = true;
	t->to.tenant = b->tenant;
	text_printf(t->to.device, sizeof(t->to.device), "%s", b->device);
	t->to.max_forwards = 70; /* an own phone passes nothing on */
	text_printf(t->to.from.name, sizeof(t->to.from.name), "%s", caller->party.name);
	text_printf(t->to.from.user, sizeof(t->to.from.user), "%s", caller->party.number);
	text_printf(t->to.from.domain, sizeof(t->to.from.domain), "%s", tenant->domain);
	t->to.from.hidden = call_facts(caller->call)->hidden;
	t->to.from.asserted = !t->to.from.hidden;
	text_printf(t->party.number, sizeof(t->party.number), "%s", ext->number);
	text_printf(t->party.name, sizeof(t->party.name), "%s", ext->name);
	text_printf(t->extension, sizeof(t->extension), "%s", ext->number);
	text_printf(t->device, sizeof(t->device), "%s", b->device);
	text_printf(t->device_name, sizeof(t->device_name), "%s (%s)", ext->name,
		    b->flow.ws	       ? "browser"
		    : b->user_agent[0] ? b->user_agent
				       : "phone");
	t->webrtc = b->flow.ws;
	t->sdes = b->sdes;
	t->ring_ms = ext->ring_ms;
}

/** Puts a text before the caller's name, as the phone shows it; "" for none */
void target_prefix(struct hunt_target *t, const char *prefix)
{
	char name[SIP_NAME];

	if (!prefix[0])
		return;
	text_printf(name, sizeof(name), "%s %s", prefix,
		    t->to.from.name[0] ? t->to.from.name : t->to.from.user);
	str_ncpy(t->to.from.name, name, sizeof(t->to.from.name));
}

/**
 * Lists the phones of an extension as targets of a hunt, each with the extension's ring time
 *
 * @param targets Filled in
 * @param max     Room in it; BINDINGS_MAX holds all
 * @param s       Step; its party is whom the phones show as the caller
 * @param ext     Whose phones, of the same tenant
 *
 * @return How many; 0 when none is registered
 */
unsigned phones_find(struct hunt_target *targets, unsigned max, const struct step *s,
		     const struct tenant_extension *ext)
{
	const struct tenant *tenant = call_tenant(s->call);
	const struct binding *bindings[BINDINGS_MAX];
	unsigned n = registrar_find(exchange_stack(call_exchange(s->call)), tenant->id, ext->number,
				    bindings, BINDINGS_MAX);

	n = n < max ? n : max;
	for (unsigned i = 0; i < n; i++)
		target_fill(&targets[i], bindings[i], ext, flow_party(s), tenant);
	return n;
}
