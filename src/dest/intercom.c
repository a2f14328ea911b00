/**
 * @file intercom.c  Dest: the phones of an extension answer by themselves
 *
 * Nobody is interrupted: an extension that talks already is busy.
 */
#include "dests_private.h"

enum { INTERCOM_RING_MS = 15000 };

static void intercom_ring(struct step *s, const struct tenant_extension *ext)
{
	struct hunt_target targets[BINDINGS_MAX];
	unsigned n = phones_find(targets, BINDINGS_MAX, s, ext);

	if (!n) {
		story_add(call_story(s->call), "dest", "%s has no phone connected", ext->name);
		flow_exit(s, EXIT_unavail);
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		targets[i].to.answer_at_once = true;
		targets[i].ring_ms = INTERCOM_RING_MS;
	}
	story_add(call_story(s->call), "dest", "Speaking to %s: the phone answers by itself",
		  ext->name);
	if (flow_hunt(s, targets, n))
		flow_exit(s, EXIT_failed);
}

/* Who does not want to be disturbed is not spoken to; forwards do not concern an intercom. */
static bool disturbs(struct step *s, const struct tenant_extension *ext)
{
	struct moment now = flow_moment(s);
	struct door door;

	extension_door(&door, call_tenant(s->call), ext, flow_party(s)->party.number, &now);
	if (door.id == DOOR_DND || door.id == DOOR_BLOCKED)
		story_add(call_story(s->call), "door", "%s", door.why);
	return door.id == DOOR_DND || door.id == DOOR_BLOCKED;
}

static void intercom_enter(struct step *s)
{
	const struct tenant *t = call_tenant(s->call);
	const struct tenant_extension *ext = tenant_extension(t, s->dest.target);

	if (!ext) {
		flow_exit(s, EXIT_invalid);
	} else if (exchange_extension_busy(call_exchange(s->call), t->id, ext->number)) {
		story_add(call_story(s->call), "dest", "%s is on another call", ext->name);
		flow_exit(s, EXIT_busy);
	} else if (disturbs(s, ext)) {
		flow_exit(s, EXIT_busy);
	} else {
		intercom_ring(s, ext);
	}
}

const struct dest_ops dest_intercom = {
	.kind = DEST_intercom,
	.needs = NEEDS_NOTHING,
	.enter = intercom_enter,
};
