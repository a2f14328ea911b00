/**
 * @file group.c  Dest: rings the members of a ring group
 *
 * One hunt, whose delays and turns come from the strategy. Whom a member rings, and who is passed
 * over, is place.h's to say, for a follow me as well.
 */
#include <string.h>
#include "dests_private.h"

/** The hunt being put together */
struct plan {
	struct step *s;
	const struct tenant_group *group;
	struct hunt_target *targets;
	unsigned count, turn;
};

/* Some room is left for each member that comes after. */
static void member_plan(struct plan *p, const struct tenant_member *m, unsigned after)
{
	const struct tenant_group *g = p->group;
	const struct ring r = {.number = m->number,
			       .prefix = g->prefix,
			       .delay_ms = m->delay_ms,
			       .ring_ms = m->ring_ms,
			       .turn = p->turn,
			       .confirm = m->confirm,
			       .idle_only = g->strategy == STRATEGY_rollover};
	unsigned room = HUNT_BRANCHES - p->count;
	unsigned n = ring_find(&p->targets[p->count], room > after ? room - after : 0, p->s, &r);

	p->count += n;
	p->turn += n && g->strategy != STRATEGY_simultaneous;
}

/* Fisher and Yates */
static void shuffle(const struct tenant_member **order, unsigned n)
{
	for (unsigned i = n; i > 1; i--) {
		unsigned k = rand_u32() % i;
		const struct tenant_member *m = order[i - 1];

		order[i - 1] = order[k];
		order[k] = m;
	}
}

static void members_plan(struct plan *p)
{
	const struct tenant_member *order[RING_MEMBERS];
	unsigned n = p->group->member_count < RING_MEMBERS ? p->group->member_count : RING_MEMBERS;

	for (unsigned i = 0; i < n; i++)
		order[i] = &p->group->members[i];
	if (p->group->strategy == STRATEGY_random)
		shuffle(order, n);
	for (unsigned i = 0; i < n; i++)
		member_plan(p, order[i], n - i - 1);
}

/* Music instead of ringing: early media of our own. */
static void music_start(struct step *s, const struct tenant_group *g)
{
	struct leg *party = flow_party(s);
	char own[sizeof(OWN_SOUND) + ID_SIZE] = "music";

	if (leg_early(party, NULL))
		return;
	s->quiet = true;
	if (g->music_id[0])
		(void)re_snprintf(own, sizeof(own), OWN_SOUND "%s", g->music_id);
	stream_play(party->stream, own, true);
}

static void group_ring(struct step *s, const struct tenant_group *g)
{
	struct plan p = {.s = s, .group = g};

	p.targets = mem_zalloc(HUNT_BRANCHES * sizeof(*p.targets), NULL);
	if (!p.targets) {
		flow_exit(s, EXIT_failed);
		return;
	}
	story_add(call_story(s->call), "group", "Ring group %s", g->name);
	members_plan(&p);
	if (!p.count) {
		flow_exit(s, EXIT_unavail);
	} else {
		if (g->music)
			music_start(s, g);
		if (flow_hunt(s, p.targets, p.count))
			flow_exit(s, EXIT_failed);
	}
	mem_deref(p.targets);
}

static void group_enter(struct step *s)
{
	const struct tenant_group *g = tenant_group(call_tenant(s->call), s->dest.target);

	if (g)
		group_ring(s, g);
	else
		flow_exit(s, EXIT_invalid);
}

static void group_leave(struct step *s)
{
	struct leg *party = flow_party(s);

	if (s->quiet && party && party->stream)
		stream_stop_play(party->stream);
}

const struct dest_ops dest_group = {
	.kind = DEST_group,
	.needs = NEEDS_NOTHING,
	.enter = group_enter,
	.leave = group_leave,
};
