/**
 * @file listen.c  Dests: hears the call of the extension that the target names, or speaks into it
 *
 * Only the phone of a person who may see live calls (the permission "realtime") can do it. The two
 * that talk hear nothing of a listener; their call's story says who listened. It ends when either
 * call ends.
 */
#include <string.h>
#include "dests_private.h"
#include "guests.h"

struct ear {
	struct call *heard; /* NULL: that call is over, or not yet joined */
};

static bool permitted(const struct step *s)
{
	const struct tenant_extension *e =
		tenant_extension(call_tenant(s->call), flow_party(s)->extension);

	return e && e->listens;
}

/* The call in which an extension talks to somebody. */
static struct call *talking(struct step *s, const char *extension)
{
	struct le *le, *lle;

	LIST_FOREACH (exchange_calls(call_exchange(s->call)), le) {
		struct call *c = le->data;

		if (c == s->call || call_tenant_id(c) != call_tenant_id(s->call))
			continue;
		LIST_FOREACH (call_legs(c), lle) {
			const struct leg *leg = lle->data;

			if (leg->state == LEG_UP && leg->peer && !strcmp(leg->extension, extension))
				return c;
		}
	}
	return NULL;
}

static void joins(struct step *s, struct call *c)
{
	const struct leg *party = flow_party(s);
	const bool speaks = s->dest.kind == DEST_barge;
	struct ear *ear = s->state = mem_zalloc(sizeof(*ear), NULL);

	if (!ear || guests_add(c, flow_party(s), speaks)) {
		flow_exit(s, EXIT_failed);
		return;
	}
	ear->heard = c;
	story_add(call_story(c), "listen", speaks ? "%s spoke into the call" : "%s listened",
		  party_label(&party->party));
	story_add(call_story(s->call), "dest",
		  speaks ? "Spoke into the call of %s" : "Listened to the call of %s",
		  s->dest.target);
	call_changed(c, "call.updated");
}

static void listen_enter(struct step *s)
{
	struct call *c;

	if (!permitted(s)) {
		story_add(call_story(s->call), "dest", "Listening is not permitted to %s",
			  party_label(&flow_party(s)->party));
		flow_end(s, EXIT_rejected, CAUSE_FORBIDDEN);
		return;
	}
	c = talking(s, s->dest.target);
	if (!c) {
		story_add(call_story(s->call), "dest", "%s talks to nobody", s->dest.target);
		flow_exit(s, EXIT_unavail);
	} else if (flow_answer(s)) {
		transfer_done(s->call);
		joins(s, c);
	}
}

/* Held, or another phone took the place: what it hears is set anew. */
static void listen_again(struct step *s)
{
	const struct ear *ear = s->state;

	if (ear && ear->heard)
		guests_refresh(ear->heard);
}

static void listen_party(struct step *s)
{
	const struct ear *ear = s->state;

	if (ear && ear->heard)
		(void)guests_add(ear->heard, flow_party(s), s->dest.kind == DEST_barge);
}

static void listen_leave(struct step *s)
{
	struct ear *ear = s->state;

	if (ear && ear->heard && flow_party(s))
		guests_remove(ear->heard, flow_party(s));
}

#define OPS(name)                                                                                  \
	const struct dest_ops dest_##name = {                                                      \
		.kind = DEST_##name,                                                               \
		.own = true,                                                                       \
		.needs = NEEDS_NOTHING,                                                            \
		.enter = listen_enter,                                                             \
		.leave = listen_leave,                                                             \
		.party = listen_party,                                                             \
		.hold = listen_again,                                                              \
	}

OPS(listen);
OPS(barge);
