/**
 * @file callflow.c  Dest: day or night, as the call flow's switch stands
 */
#include "dests_private.h"

static void callflow_enter(struct step *s)
{
	const struct tenant_call_flow *f = tenant_call_flow(call_tenant(s->call), s->dest.target);

	if (!f) {
		flow_exit(s, EXIT_invalid);
		return;
	}
	story_add(call_story(s->call), "callflow", "%s: %s", f->name, f->night ? "night" : "day");
	flow_exit(s, f->night ? EXIT_night : EXIT_day);
}

const struct dest_ops dest_callflow = {
	.kind = DEST_callflow,
	.needs = NEEDS_NOTHING,
	.enter = callflow_enter,
};
