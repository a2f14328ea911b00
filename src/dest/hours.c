/**
 * @file hours.c  Dest: open or closed, at this moment; takes no time itself
 */
#include "dests_private.h"

static void hours_enter(struct step *s)
{
	const struct tenant_hours *h = tenant_hours(call_tenant(s->call), s->dest.target);
	struct moment now = flow_moment(s);
	bool open;

	if (!h) {
		flow_exit(s, EXIT_invalid);
		return;
	}
	open = hours_open(h->rules, h->rule_count, h->zone ? h->zone : now.zone, now.at);
	story_add(call_story(s->call), "hours", "%s: %s", h->name, open ? "open" : "closed");
	flow_exit(s, open ? EXIT_open : EXIT_closed);
}

const struct dest_ops dest_hours = {
	.kind = DEST_hours,
	.needs = NEEDS_NOTHING,
	.enter = hours_enter,
};
