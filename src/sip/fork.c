/**
 * @file fork.c  One INVITE, several who answer (RFC 3261 section 13.2.2.4)
 *
 * Each To tag is an early dialog. The first 2xx wins; whoever comes later gets its ACK and a BYE.
 */
#include "dialog_private.h"
#include "text.h"

/** What we know of the sender of a response, made at its first. NULL if it has no tag or no room */
struct far *fork_far(struct usage *u, const struct sip_msg *msg)
{
	struct far *far;
	bool known;

	if (!pl_isset(&msg->to.tag))
		return NULL;
	far = far_find(u, &msg->to.tag);
	known = far != NULL;
	if (!known) {
		if (list_count(&u->fars) >= FORKS_MAX || far_alloc(&far, u, &msg->to.tag))
			return NULL;
		(void)text_printf(far->target, sizeof(far->target), "%s", u->far->target);
	}
	(void)far_target(far, msg);
	/* the route set is made once; a 2xx makes it anew (RFC 3261 section 13.2.2.4) */
	if (!known || msg->scode >= 200) {
		if (far_routes(far, msg, false))
			far->routes = mem_deref(far->routes);
		if (!u->by_flow)
			far_next(far, msg->tp, &msg->src);
	}
	if (!known)
		mem_deref(far); /* the list keeps it */
	return far;
}

/** A 2xx of somebody who comes too late, or one that was repeated */
void fork_refuse(struct usage *u, const struct sip_msg *msg)
{
	struct far *far = fork_far(u, msg);

	if (!far)
		return;
	(void)ack_send(u, far, msg->cseq.num);
	if (far == u->far || far->refused)
		return;
	far->refused = true;
	(void)ask_send(NULL, u, far, "BYE", NULL, NULL, 0, NULL);
}

/** See stack_private.h */
void dialog_response_h(struct stack *s, const struct sip_msg *msg)
{
	struct usage *u = usage_find(s, &msg->callid, &msg->from.tag);

	if (!u || u->state == USAGE_CALLING || u->state == USAGE_RINGING)
		return;
	mem_ref(u);
	if (!pl_strcmp(&msg->to.tag, u->far->tag))
		(void)ack_send(u, u->far, msg->cseq.num);
	else if (!u->incoming && sa_cmp(&msg->src, &u->flow.peer, SA_ADDR))
		fork_refuse(u, msg); /* a stranger would not make us send */
	mem_deref(u);
}
