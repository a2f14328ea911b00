/**
 * @file follow.c  Follow me: the hunt that rings whom an extension's rule names, each after its
 * delay
 */
#include "dests_private.h"

/** The hunt being put together */
struct plan {
	struct step *s;
	const struct tenant_extension *owner;
	struct hunt_target *targets;
	unsigned count;
};

/* Some room is left for each place that comes after. */
static void dest_plan(struct plan *p, const struct tenant_follow_dest *d, unsigned after)
{
	unsigned room = HUNT_BRANCHES - p->count;
	const struct tenant_follow *f = p->owner->follow;
	const struct ring r = {.number = d->number,
			       .owner = p->owner,
			       .prefix = f->prefix,
			       .delay_ms = d->delay_ms,
			       .ring_ms = d->ring_ms,
			       .confirm = d->confirm,
			       .busy_ends = !f->ignore_busy};

	p->count += ring_find(&p->targets[p->count], room > after ? room - after : 0, p->s, &r);
}

static void follow_ring(struct plan *p)
{
	struct step *s = p->s;
	const struct tenant_follow *f = p->owner->follow;

	call_divert(s->call, p->owner->number, DIVERTED_FOLLOW);
	for (uint32_t i = 0; i < f->count; i++)
		dest_plan(p, &f->dests[i], f->count - i - 1);
	if (!p->count)
		flow_exit(s, EXIT_unavail);
	else if (flow_hunt(s, p->targets, p->count))
		flow_exit(s, EXIT_failed);
}

/** Rings whom the rule of an extension names; ends the step by an exit of the extension's */
void follow_start(struct step *s, const struct tenant_extension *owner)
{
	struct plan p = {.s = s, .owner = owner};

	p.targets = mem_zalloc(HUNT_BRANCHES * sizeof(*p.targets), NULL);
	if (p.targets)
		follow_ring(&p);
	else
		flow_exit(s, EXIT_failed);
	mem_deref(p.targets);
}
