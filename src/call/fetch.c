/**
 * @file fetch.c  Taking a waiting call: picked up while it rings elsewhere, or fetched where it was
 * parked
 *
 * Whoever fetches comes with a call of its own. Its leg moves to the call that waits, whose story
 * goes on; its own call ends with the record of what was dialled.
 */
#include <errno.h>
#include "call.h"
#include "exchange.h"
#include "story.h"

/* What both displays show; the call may be over by now. */
static void both_identify(struct leg *a, struct leg *b, const char *domain)
{
	if (a->peer != b)
		return;
	(void)leg_identify(a, &b->party, domain);
	(void)leg_identify(b, &a->party, domain);
}

/**
 * Connects the party of a call with the party of another call that fetches it
 *
 * @param c  Call that waits: its step is left, whatever it rings is told "answered elsewhere"
 * @param by Call of whoever fetches; over when this returns 0, and its step with it
 *
 * @return 0; ENOTCONN when one of the parties is gone or has somebody waiting, or why the fetching
 * leg cannot be answered: then nothing has changed
 */
int call_fetch(struct call *c, struct call *by)
{
	struct leg *party = call_caller(c), *leg = call_caller(by);
	int err;

	if (!party || !leg || !leg_live(party) || c == by || call_consult(by)->waits)
		return ENOTCONN;
	err = leg_answer(leg, party);
	if (err)
		return err;
	call_answered(by);
	call_facts(by)->answered_by = party->party;
	mem_ref(c);
	mem_ref(by);
	flow_cancel(c, CAUSE_ELSEWHERE);
	call_adopt(c, leg);
	call_set_caller(by, NULL);
	leg->role = LEG_CALLED;
	call_connect(c, leg);
	if (!call_over(c))
		both_identify(party, leg, call_tenant(c)->domain);
	call_end(by, CAUSE_NORMAL);
	mem_deref(by);
	mem_deref(c);
	return 0;
}

static const struct leg *ringing_leg(struct call *c, fetch_h *h, const void *arg)
{
	struct le *le;

	LIST_FOREACH (call_legs(c), le) {
		const struct leg *leg = le->data;

		if (leg->role == LEG_CALLED && leg_live(leg) && leg->state < LEG_UP &&
		    leg->extension[0] && h(leg, arg))
			return leg;
	}
	return NULL;
}

/* The phones of whoever calls by the desk phone ring for that call only: nobody else can take it.
 */
static bool own_call(const struct call *c, struct call_facts *f)
{
	const struct leg *caller = call_caller(c);

	return f->type != CALL_TEST && caller && leg_is_nobody(caller);
}

/**
 * The call that has rung longest among those that ring a wanted phone
 *
 * @param x      Exchange
 * @param tenant Whose calls; never another's
 * @param h      Says whether the phone of a leg is a wanted one
 * @param arg    Its argument
 *
 * @return The ringing leg, NULL for none
 */
const struct leg *exchange_ringing(struct exchange *x, int64_t tenant, fetch_h *h, const void *arg)
{
	struct le *le;

	LIST_FOREACH (exchange_calls(x), le) {
		struct call *c = le->data;
		const struct leg *leg;

		if (call_tenant_id(c) != tenant || !call_step(c)->ops || own_call(c, call_facts(c)))
			continue;
		leg = ringing_leg(c, h, arg);
		if (leg)
			return leg;
	}
	return NULL;
}
