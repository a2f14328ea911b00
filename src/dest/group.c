/**
 * @file group.c  Dest: rings the members of a ring group
 *
 * One hunt, whose delays and turns come from the strategy. A member is rung on the phones it has;
 * who does not want to be disturbed, forwards, or is not there is passed over, so that nobody's
 * voicemail or mobile swallows a call of the group.
 */
#include <string.h>
#include "dests_private.h"
#include "text.h"

/** The hunt being put together */
struct plan {
	struct step *s;
	const struct tenant_group *group;
	struct hunt_target *targets;
	unsigned count, turn;
};

static void pass_over(struct plan *p, const char *who, const char *why)
{
	story_add(call_story(p->s->call), "group", "%s is passed over: %s", who, why);
}

/* Why an extension is not rung; NULL when it is */
static const char *passed_over(struct plan *p, const struct tenant_extension *ext,
			       struct door *door)
{
	const struct tenant *t = call_tenant(p->s->call);
	struct moment now = flow_moment(p->s);
	bool busy = exchange_extension_busy(call_exchange(p->s->call), t->id, ext->number);

	extension_door(door, t, ext, flow_party(p->s)->party.number, &now);
	if (door->id != DOOR_RING && door->id != DOOR_FOLLOW)
		return door->why;
	if (busy && (!ext->call_waiting || p->group->strategy == STRATEGY_rollover))
		return "on another call";
	if (!strcmp(flow_party(p->s)->extension, ext->number))
		return "it is the one who calls";
	return NULL;
}

static unsigned extension_plan(struct plan *p, const struct tenant_extension *ext)
{
	struct door door;
	const char *why = passed_over(p, ext, &door);
	unsigned n = 0;

	if (!why) {
		n = phones_find(&p->targets[p->count], HUNT_BRANCHES - p->count, p->s, ext);
		why = n ? NULL : "no phone is connected";
	}
	if (why)
		pass_over(p, ext->name, why);
	return n;
}

/* A member outside is rung by its first trunk that is free. */
static unsigned outside_plan(struct plan *p, const char *number)
{
	unsigned room = HUNT_BRANCHES - p->count;
	unsigned n = external_find(&p->targets[p->count], room ? 1 : 0, p->s, number);

	if (!n)
		pass_over(p, number, "there is no way to it");
	return n;
}

static void member_plan(struct plan *p, const struct tenant_member *m)
{
	const struct tenant_extension *ext = tenant_extension(call_tenant(p->s->call), m->number);
	unsigned n = ext ? extension_plan(p, ext) : outside_plan(p, m->number);

	for (unsigned i = 0; i < n; i++) {
		struct hunt_target *t = &p->targets[p->count + i];
		char name[SIP_NAME];

		t->after_ms = m->delay_ms;
		t->ring_ms = m->ring_ms;
		t->confirm = m->confirm;
		t->turn = p->turn;
		text_printf(name, sizeof(name), "%s%s%s", p->group->prefix,
			    p->group->prefix[0] ? " " : "",
			    t->to.from.name[0] ? t->to.from.name : t->to.from.user);
		if (p->group->prefix[0])
			str_ncpy(t->to.from.name, name, sizeof(t->to.from.name));
	}
	p->count += n;
	p->turn += n && p->group->strategy != STRATEGY_simultaneous;
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
		member_plan(p, order[i]);
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
		if (flow_hunt(s, p.targets, p.count, false))
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
