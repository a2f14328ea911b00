/**
 * @file guests.c  Whoever else hears a call: a third party, or a leg of another call
 */
#include <errno.h>
#include "both.h"
#include "exchange.h"
#include "guests.h"
#include "leg_private.h"
#include "story.h"
#include "text.h"

struct guest {
	struct le le;
	struct leg *leg;
	bool speaks;
};

struct guests {
	struct mix *mix;
	struct list list;
};

static void guest_destructor(void *arg)
{
	struct guest *g = arg;

	list_unlink(&g->le);
}

static void guests_destructor(void *arg)
{
	struct guests *gs = arg;

	list_flush(&gs->list);
	mem_deref(gs->mix);
}

static struct guest *guest_of(const struct guests *gs, const struct leg *leg)
{
	struct le *le;

	for (le = gs ? list_head(&gs->list) : NULL; le; le = le->next) {
		struct guest *g = le->data;

		if (g->leg == leg)
			return g;
	}
	return NULL;
}

/** The third party of a call; NULL when two talk */
struct leg *guests_third(struct call *c)
{
	const struct guests *gs = *call_guests(c);
	struct le *le;

	for (le = gs ? list_head(&gs->list) : NULL; le; le = le->next) {
		struct guest *g = le->data;

		if (g->leg->call == c)
			return g->leg;
	}
	return NULL;
}

static struct leg *pair_of(struct call *c)
{
	struct leg *party = call_caller(c);

	return party && party->peer ? party : NULL;
}

static unsigned speaking(const struct guests *gs, const struct leg *a)
{
	unsigned n = a ? !a->held + !a->peer->held : 0;
	struct le *le;

	LIST_FOREACH (&gs->list, le) {
		const struct guest *g = le->data;

		n += g->speaks && !g->leg->held;
	}
	return n;
}

static void hears(const struct guests *gs, struct leg *leg, bool speaks, bool alone)
{
	(void)leg_tell_hold(leg, alone);
	leg_mixed(leg, gs->mix, speaks, alone);
}

/** Sets anew what everybody of a call with guests hears; whoever talks to nobody is left out */
void guests_refresh(struct call *c)
{
	const struct guests *gs = *call_guests(c);
	struct leg *a = pair_of(c);
	struct le *le;
	bool alone;

	if (!gs)
		return;
	alone = speaking(gs, a) < 2;
	if (a) {
		hears(gs, a, true, alone);
		hears(gs, a->peer, true, alone);
	}
	LIST_FOREACH (&gs->list, le) {
		const struct guest *g = le->data;

		hears(gs, g->leg, g->speaks, g->speaks && alone);
	}
}

/** Somebody's hold or peer changed: true when the call has guests, which hear what that means */
bool guests_hear(struct leg *leg)
{
	struct call *c = leg->call;

	if (!c || !*call_guests(c) || (!leg->peer && !guest_of(*call_guests(c), leg)))
		return false;
	guests_refresh(c);
	return true;
}

/** A leg parts from its peer: the guests do not hear it until it talks again */
void guests_part(struct leg *leg)
{
	const struct guests *gs = leg->call ? *call_guests(leg->call) : NULL;

	if (gs && leg->stream)
		mix_remove(gs->mix, leg->stream);
}

static int guests_alloc(struct guests **gp, struct call *c)
{
	AUTO struct guests *gs = mem_zalloc(sizeof(*gs), guests_destructor);
	int err;

	if (!gs)
		return ENOMEM;
	err = mix_alloc(&gs->mix, exchange_engine(call_exchange(c)), (uint32_t)call_tenant_id(c));
	if (err)
		return err;
	*gp = TAKE(gs);
	return 0;
}

/**
 * Lets a leg hear a call whose party is connected
 *
 * @param c      Call
 * @param leg    Leg that is up, of this call (the third party) or of another one's of the tenant
 * @param speaks Whether the others hear it; again, to change that
 *
 * @return 0, ENOTCONN when nobody talks, EBUSY when there is a third party already, or errno
 */
int guests_add(struct call *c, struct leg *leg, bool speaks)
{
	struct guests **gp = call_guests(c);
	struct guest *g = guest_of(*gp, leg);
	int err = 0;

	if (!pair_of(c))
		return ENOTCONN;
	if (!g && leg->call == c && guests_third(c))
		return EBUSY;
	if (!*gp)
		err = guests_alloc(gp, c);
	if (!err && !g) {
		g = mem_zalloc(sizeof(*g), guest_destructor);
		err = g ? 0 : ENOMEM;
	}
	if (err)
		return err;
	g->leg = leg;
	g->speaks = speaks;
	if (!g->le.list)
		list_append(&(*gp)->list, &g->le, g);
	guests_refresh(c);
	return 0;
}

/* The last guest left: the two hear each other without a mix again. */
static void guests_settle(struct call *c)
{
	struct guests **gp = call_guests(c);
	struct leg *a = pair_of(c);

	if (*gp && (*gp)->list.head) {
		guests_refresh(c);
		return;
	}
	*gp = mem_deref(*gp);
	if (a)
		leg_hear(a);
}

/** Takes a guest out of the call; nothing happens for any other leg */
void guests_remove(struct call *c, struct leg *leg)
{
	struct guest *g = guest_of(*call_guests(c), leg);

	if (!g)
		return;
	if (leg->stream)
		mix_remove((*call_guests(c))->mix, leg->stream);
	mem_deref(g);
	guests_settle(c);
}

/** The call is over: the calls of whoever listened end too */
void guests_end(struct call *c)
{
	AUTO struct guests *gs = TAKE(*call_guests(c));

	while (gs && gs->list.head) {
		struct guest *g = gs->list.head->data;
		struct call *other = g->leg->call;

		mem_deref(g);
		if (other != c)
			call_end(other, CAUSE_NORMAL);
	}
}

/* Whom the third party talks to when one of the two has left. */
static struct leg *remaining(struct call *c, const struct leg *left, const struct leg *third)
{
	const struct leg *leaving = call_transfer(c)->from;
	struct le *le;

	LIST_FOREACH (call_legs(c), le) {
		struct leg *leg = le->data;

		if (leg != left && leg != third && leg != leaving && leg->state == LEG_UP)
			return leg;
	}
	return NULL;
}

static void third_takes(struct call *c, struct leg *third, struct leg *other, bool caller)
{
	char behalf[SIP_NAME];

	str_ncpy(behalf, call_behalf(c), sizeof(behalf));
	call_set_behalf(c, behalf);
	guests_remove(c, third);
	if (caller)
		call_set_caller(c, other);
	leg_bridge(other, third);
	both_connected(c);
}

/** A leg is down: true when the two others of a call of three go on */
bool guests_left(struct call *c, struct leg *leg)
{
	struct leg *third = guests_third(c);
	struct leg *other = third ? remaining(c, leg, third) : NULL;

	if (!third || !other)
		return false;
	story_add(call_story(c), "three", "%s left; the two others talk on",
		  party_label(&leg->party));
	if (leg == third)
		guests_remove(c, third);
	else
		third_takes(c, third, other, leg == call_caller(c));
	other = pair_of(c);
	(void)leg_identify(other, &other->peer->party, call_tenant(c)->domain);
	(void)leg_identify(other->peer, &other->party, call_tenant(c)->domain);
	call_changed(c, "call.updated");
	return true;
}

/** Another leg takes the place of one: true for a guest */
bool guests_replaced(struct call *c, const struct leg *old, struct leg *new_leg)
{
	struct guest *g = guest_of(*call_guests(c), old);

	if (!g)
		return false;
	g->leg = new_leg;
	guests_refresh(c);
	return true;
}
