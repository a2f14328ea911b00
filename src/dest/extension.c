/**
 * @file extension.c  Dest: rings every phone of an extension
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
	t->ring_ms = (uint32_t)ext->ring_ms;
}

static void extension_ring(struct step *s, const struct tenant_extension *ext)
{
	const struct tenant *tenant = call_tenant(s->call);
	const struct binding *bindings[BINDINGS_MAX];
	struct hunt_target targets[BINDINGS_MAX];
	struct exchange *x = call_exchange(s->call);
	unsigned n =
		registrar_find(exchange_stack(x), tenant->id, ext->number, bindings, BINDINGS_MAX);

	if (!n) {
		story_add(call_story(s->call), "dest", "%s has no phone connected", ext->name);
		flow_exit(s, EXIT_unavail);
		return;
	}
	if (!ext->call_waiting && exchange_extension_busy(x, tenant->id, ext->number)) {
		story_add(call_story(s->call), "dest",
			  "%s is on another call and takes no second one", ext->name);
		flow_exit(s, EXIT_busy);
		return;
	}
	story_add(call_story(s->call), "dest", "Calling %s: %u phone%s, for %u s", ext->name, n,
		  n == 1 ? "" : "s", (unsigned)(ext->ring_ms / 1000));
	for (unsigned i = 0; i < n; i++)
		target_fill(&targets[i], bindings[i], ext, flow_party(s), tenant);
	if (flow_hunt(s, targets, n, false))
		flow_exit(s, EXIT_failed);
}

static void extension_enter(struct step *s)
{
	const struct tenant *tenant = call_tenant(s->call);
	const struct tenant_extension *ext = tenant_extension(tenant, s->dest.target);
	struct moment now = flow_moment(s);
	struct door door;

	if (!ext) {
		flow_exit(s, EXIT_invalid);
		return;
	}
	extension_door(&door, tenant, ext, flow_party(s)->party.number, &now);
	if (door.id != DOOR_RING)
		story_add(call_story(s->call), "door", "%s", door.why);
	switch (door.id) {
	case DOOR_DND:
		flow_exit(s, EXIT_dnd);
		break;
	case DOOR_FORWARD:
		flow_pass(s, &door.dest);
		break;
	default:
		extension_ring(s, ext);
	}
}

const struct dest_ops dest_extension = {
	.kind = DEST_extension,
	.needs = NEEDS_NOTHING,
	.enter = extension_enter,
};
