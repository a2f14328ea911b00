/**
 * @file follow.c  Follow me: the hunt that rings whom an extension's rule names, each after its
 * delay
 */
#include <string.h>
#include "dests_private.h"
#include "expand.h"
#include "say.h"
#include "text.h"

/** The hunt being put together */
struct plan {
	struct step *s;
	const struct tenant_extension *owner;
	struct hunt_target *targets;
	unsigned count;
};

/* "Incoming call from 1 0 0 2. To accept, press 1": a machine that answers does not. */
static void asked_fill(struct hunt_target *t, const struct leg *caller)
{
	struct say say;

	say_begin(&say);
	if (call_facts(caller->call)->hidden ||
	    strspn(caller->party.number, "+0123456789") != strlen(caller->party.number)) {
		say_add(&say, "followme/no-recording");
	} else {
		say_add(&say, "followme/call-from");
		say_digits(&say, caller->party.number);
	}
	say_add(&say, "followme/options");
	text_printf(t->asked, sizeof(t->asked), "%s", say.what);
}

static void prefix_put(struct hunt_target *t, const char *prefix)
{
	char name[SIP_NAME];

	if (!prefix[0])
		return;
	text_printf(name, sizeof(name), "%s %s", prefix,
		    t->to.from.name[0] ? t->to.from.name : t->to.from.user);
	str_ncpy(t->to.from.name, name, sizeof(t->to.from.name));
}

static void passed_over(const struct plan *p, const char *who, const char *why)
{
	story_add(call_story(p->s->call), "follow", "%s is passed over: %s", who, why);
}

/* Own phones, or a colleague's, if the colleague takes calls. */
static unsigned phones_plan(struct plan *p, const struct tenant_extension *e)
{
	const struct tenant *t = call_tenant(p->s->call);
	struct moment now = flow_moment(p->s);
	struct door door = {.id = DOOR_RING};
	unsigned n;

	if (e != p->owner)
		extension_door(&door, t, e, flow_party(p->s)->party.number, &now);
	if (door.id == DOOR_DND || door.id == DOOR_BLOCKED) {
		passed_over(p, e->name, door.why);
		return 0;
	}
	if (!e->call_waiting &&
	    exchange_extension_busy(call_exchange(p->s->call), t->id, e->number)) {
		passed_over(p, e->name, "on another call");
		return 0;
	}
	n = phones_find(&p->targets[p->count], HUNT_BRANCHES - p->count, p->s, e);
	if (!n)
		passed_over(p, e->name, "no phone is connected");
	return n;
}

static unsigned outside_plan(struct plan *p, const char *number)
{
	unsigned n = p->count < HUNT_BRANCHES
			     ? external_find(&p->targets[p->count], 1, p->s, number)
			     : 0;

	if (!n)
		passed_over(p, number, "there is no way to it");
	return n;
}

static void dest_plan(struct plan *p, const struct tenant_follow_dest *d, bool busy_ends)
{
	struct dest to = {.kind = DEST_hangup};
	unsigned n = 0;

	if (!d->number[0])
		n = phones_plan(p, p->owner);
	else if (!dest_resolve(&to, call_tenant(p->s->call), d->number))
		n = to.kind == DEST_extension
			    ? phones_plan(p, tenant_extension(call_tenant(p->s->call), to.target))
		    : to.kind == DEST_external ? outside_plan(p, to.target)
					       : 0;
	for (unsigned i = 0; i < n; i++) {
		struct hunt_target *t = &p->targets[p->count + i];

		t->after_ms = d->delay_ms;
		t->ring_ms = d->ring_ms;
		t->confirm = d->confirm;
		t->busy_ends = busy_ends;
		asked_fill(t, flow_party(p->s));
		if (!t->trunk)
			prefix_put(t, p->owner->follow->prefix);
	}
	p->count += n;
}

static void follow_ring(struct plan *p)
{
	struct step *s = p->s;
	const struct tenant_follow *f = p->owner->follow;

	call_divert(s->call, p->owner->number, DIVERTED_FOLLOW);
	for (uint32_t i = 0; i < f->count; i++)
		dest_plan(p, &f->dests[i], !f->ignore_busy);
	if (!p->count)
		flow_exit(s, EXIT_unavail);
	else if (flow_hunt(s, p->targets, p->count, false))
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
