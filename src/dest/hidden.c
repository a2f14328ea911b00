/**
 * @file hidden.c  Dest: calls the number that the target names, without showing the caller's
 *
 * RFC 3323: an anonymous From and "Privacy: id"; a trunk is told the number, so that it can bill
 * it.
 */
#include "dests_private.h"
#include "expand.h"

static void hidden_enter(struct step *s)
{
	struct dest next;

	if (dest_resolve(&next, call_tenant(s->call), s->dest.target) || next.kind == DEST_hidden) {
		flow_exit(s, EXIT_invalid);
		return;
	}
	call_facts(s->call)->hidden = true;
	if (next.kind == DEST_external)
		call_facts(s->call)->dir = CALL_OUT;
	story_add(call_story(s->call), "dest", "The caller hides the number for this call");
	flow_pass(s, &next);
}

const struct dest_ops dest_hidden = {
	.kind = DEST_hidden,
	.needs = NEEDS_NOTHING,
	.enter = hidden_enter,
};
