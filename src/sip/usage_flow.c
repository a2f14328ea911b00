/**
 * @file usage_flow.c  The connection by which a dialog is reached, and what follows when it closes
 *
 * A phone may call by another connection than it registered by, and go on by a third. The registrar
 * watches its own; the others are watched here. When one closes, requests go where the phone is
 * registered, else by a new connection to its Contact (RFC 3261 section 18.1.1), else the flow is
 * lost until the phone speaks again.
 */
#include <string.h>
#include "dialog_private.h"

static void lost_tell(struct usage *u, bool lost)
{
	struct dialog *d = u->handle;

	u->lost = lost;
	if (d && d->h.lost_h)
		d->h.lost_h(d, lost, d->arg);
}

/* Handlers may end any dialog, so the walk begins anew after each */
static bool lose_one(struct stack *s, const struct flow *flow)
{
	struct le *le;

	LIST_FOREACH (&s->dialogs->all, le) {
		struct usage *u = le->data;

		if (u->lost || !u->by_flow || !flow_same(&u->flow, flow))
			continue;
		mem_ref(u);
		lost_tell(u, true);
		mem_deref(u);
		return true;
	}
	return false;
}

/** See stack_private.h */
void dialog_flow_lost(struct stack *s, const struct flow *flow)
{
	while (lose_one(s, flow))
		;
}

static void usage_move(struct usage *u, const struct flow *flow)
{
	bool tls;

	mem_ref(u);
	usage_unwatch(u);
	u->flow = *flow;
	u->client = flow->peer;
	if (flow->ws)
		(void)u->s->h.edge_h(&u->client, &tls, sa_port(&flow->peer), u->s->h.arg);
	lost_tell(u, false);
	modify_next(u);
	mem_deref(u);
}

/* Where a device registered: the flow so far, or NULL and the Contact of a new binding */
struct move {
	const struct flow *old, *flow;
	const struct uri *contact;
};

/*
 * Whoever registers anew may share its credentials with another phone: its address tells, or the
 * name a page gave itself (behind one address there are many pages, and one that was loaded again
 * has another name and none of the calls).
 */
static bool is_of(const struct usage *u, const struct move *m)
{
	if (m->old)
		return u->lost || (!flow_same(m->old, m->flow) && flow_same(&u->flow, m->old));
	if (!u->lost)
		return false;
	if (m->flow->ws)
		return u->far && uri_same(u->far->target, m->contact);
	return sa_cmp(&u->flow.peer, &m->flow->peer, SA_ADDR);
}

static bool move_one(struct stack *s, int64_t tenant, const char *device, const struct move *m)
{
	struct le *le;

	LIST_FOREACH (&s->dialogs->all, le) {
		struct usage *u = le->data;

		if (u->tenant != tenant || !device[0] || strcmp(u->device, device) || !is_of(u, m))
			continue;
		usage_move(u, m->flow);
		return true;
	}
	return false;
}

/** See stack_private.h */
void dialog_flow_moved(struct stack *s, int64_t tenant, const char *device, const struct flow *old,
		       const struct flow *flow)
{
	const struct move m = {.old = old, .flow = flow};

	while (move_one(s, tenant, device, &m))
		;
}

/** See stack_private.h */
void dialog_flow_anew(struct stack *s, int64_t tenant, const char *device,
		      const struct uri *contact, const struct flow *flow)
{
	const struct move m = {.flow = flow, .contact = contact};

	while (move_one(s, tenant, device, &m))
		;
}

/** The peer proved by digest that it is reached there now, by the connection of this request */
void usage_proved(struct usage *u, const struct sip_msg *msg, const struct flow *flow,
		  const struct sa *client)
{
	bool same = flow_same(&u->flow, flow);

	u->flow = *flow;
	u->client = *client;
	usage_watch(u, msg);
	if (!same || u->lost)
		lost_tell(u, false);
}

/* --- connections of their own -------------------------------------------------------------------
 */

struct elsewhere {
	const struct usage *u;
	struct flow *flow;
};

/* The same phone, not another with the credentials of its device */
static bool registered_h(const struct binding *b, void *arg)
{
	struct elsewhere *e = arg;
	const struct usage *u = e->u;

	if (b->tenant != u->tenant || strcmp(b->device, u->device) || b->flow.ws ||
	    flow_same(&b->flow, &u->flow) || !sa_cmp(&b->flow.peer, &u->flow.peer, SA_ADDR))
		return false;
	*e->flow = b->flow;
	return true;
}

static void gone_h(void *arg)
{
	struct usage *u = arg;
	struct flow flow = {.tp = SIP_TRANSP_NONE};

	if (u->lost || u->state == USAGE_OVER)
		return;
	if (u->device[0])
		registrar_each(u->s, registered_h, &(struct elsewhere){u, &flow});
	if (flow.tp != SIP_TRANSP_NONE || (u->far && flow_anew(&flow, &u->flow, u->far->target)))
		usage_move(u, &flow);
	else
		dialog_flow_lost(u->s, &u->flow);
}

/* Later: libre still goes through the list of those who watch this connection. */
static void closed_h(int err, void *arg)
{
	struct usage *u = arg;
	(void)err;

	tmr_start(&u->tmr_closed, 0, gone_h, u);
}

/** Watches the connection a request of theirs came by, unless the registrar does */
void usage_watch(struct usage *u, const struct sip_msg *msg)
{
	usage_unwatch(u);
	if (u->by_flow && !u->flow.ws && u->flow.tp != SIP_TRANSP_UDP &&
	    !bindings_watched(u->s, &u->flow))
		(void)sip_keepalive_start(&u->watch, u->s->sip, msg, WATCH_S, closed_h, u);
}

/** Watches nothing any more */
void usage_unwatch(struct usage *u)
{
	tmr_cancel(&u->tmr_closed);
	u->watch = mem_deref(u->watch);
}

/** A request of a believed peer came by a new connection: that counts if the one so far is closed,
 * or nobody knows */
void usage_follow(struct usage *u, const struct sip_msg *msg, const struct flow *flow,
		  const struct sa *client)
{
	if (!u->by_flow || flow->ws || flow->tp == SIP_TRANSP_UDP || flow->tp != u->flow.tp ||
	    flow_same(&u->flow, flow))
		return;
	if (u->lost || (!u->watch && !bindings_watched(u->s, &u->flow)))
		usage_proved(u, msg, flow, client);
}
