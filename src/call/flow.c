/**
 * @file flow.c  The engine that runs dests
 */
#include <string.h>
#include "call.h"
#include "clock.h"
#include "exchange.h"
#include "flow.h"
#include "log.h"
#include "setting_use.h"
#include "store.h"
#include "story.h"
#include "test_call.h"

static const struct dest_ops *kinds[DEST_MAX];

/** Makes a kind of dest known; at start */
void flow_register(const struct dest_ops *ops)
{
	CHECK(ops->kind < DEST_MAX && !kinds[ops->kind]);
	kinds[ops->kind] = ops;
}

/** Leaves the step that is being run, if there is one: stops its timer, its ringing, its state */
void flow_leave(struct call *call)
{
	struct step *s = call_step(call);
	const struct dest_ops *ops = s->ops;

	if (!ops)
		return;
	s->ops = NULL;
	tmr_cancel(&s->tmr);
	if (ops->leave)
		ops->leave(s);
	s->hunt = mem_deref(s->hunt);
	s->state = mem_deref(s->state);
}

/** What the step rings stops ringing, for this reason */
void flow_cancel(struct call *call, enum cause cause)
{
	struct step *s = call_step(call);

	hunt_cancel(s->hunt, cause);
	if (s->ops && s->ops->cancel)
		s->ops->cancel(s, cause);
}

/* Nobody cannot be answered: a test call has come as far as it can. */
static bool party_answer(struct call *call, const struct dest *dest)
{
	struct leg *party = call_caller(call);

	if (leg_is_nobody(party)) {
		test_call_served(call, dest);
		return false;
	}
	if (leg_answer(party, NULL)) {
		call_end(call, CAUSE_INCOMPATIBLE);
		return false;
	}
	call_facts(call)->waits = false;
	call_answered(call);
	return true;
}

/** Answers the step's party, for kinds that do not always need it; false: the call is over */
bool flow_answer(struct step *s)
{
	return party_answer(s->call, &s->dest);
}

/** What a kind of dest does */
const struct dest_ops *flow_kind(enum dest_kind kind)
{
	return kinds[kind];
}

/* Why a dest is not run, NORMAL when it is: what it does with its party's rights that party must
 * have dialled itself, or a colleague could transfer it to a change of its settings. */
static enum cause refusal(struct call *call, const struct dest_ops *ops, const struct dest *dest)
{
	const struct leg *party = call_caller(call);

	if (call_hop(call) > FLOW_HOPS) {
		story_add(call_story(call), "loop", "Passed on %d times: ended as a circle",
			  FLOW_HOPS);
		return CAUSE_LOOP;
	}
	if (!ops) {
		story_add(call_story(call), "dest", "%s is not available",
			  dest_kind_label(dest->kind));
		return CAUSE_NOT_IMPLEMENTED;
	}
	if (!ops->own || (party && !strcmp(call_behalf(call), party->extension)))
		return CAUSE_NORMAL;
	story_add(call_story(call), "dest", "%s: only who dials it, nobody who is passed on",
		  dest_kind_label(dest->kind));
	return CAUSE_FORBIDDEN;
}

/** Runs a dest for the call's party; what ran before is left */
void flow_goto(struct call *call, const struct dest *dest)
{
	struct step *s = call_step(call);
	const struct dest next = *dest;
	const struct dest_ops *ops = kinds[next.kind];
	enum cause why;

	flow_leave(call);
	if (call_over(call))
		return;
	why = refusal(call, ops, &next);
	if (why != CAUSE_NORMAL) {
		call_fail(call, why);
		return;
	}
	if (ops->needs == NEEDS_ANSWER) {
		if (!party_answer(call, &next))
			return;
		transfer_done(call); /* the system took the party */
	}
	*s = (struct step){.call = call, .dest = next, .ops = ops};
	log_debug("flow.step", "call=%s kind=%s target=%s", call_id(call),
		  dest_kind_name(next.kind), next.target);
	ops->enter(s);
}

/** When the step is asked something */
struct moment flow_moment(const struct step *s)
{
	return moment_of(call_tenant(s->call), clock_wall_ms());
}

/* What an extension passes on is its doing: its caller ID, its limits, its permissions. */
static void pass(struct step *s, const struct dest *next, enum diversion_why why)
{
	if (s->dest.kind == DEST_extension)
		call_divert(s->call, s->dest.target, why);
	flow_goto(s->call, next);
}

/**
 * Passes the call on to another dest without an exit, on behalf of the step's own
 *
 * @param s    Step; over afterwards
 * @param next Where to
 */
void flow_pass(struct step *s, const struct dest *next)
{
	pass(s, next, DIVERTED_ALWAYS);
}

/**
 * Ends the step by an exit, and with it the flow, whatever else might come
 *
 * @param s     Step; over afterwards
 * @param exit  Which exit
 * @param cause What the caller is told
 */
void flow_end(struct step *s, enum exit_id exit, enum cause cause)
{
	struct call *call = s->call;

	log_debug("flow.exit", "call=%s kind=%s exit=%s", call_id(call),
		  dest_kind_name(s->dest.kind), exit_name(exit));
	flow_leave(call);
	if (exit != EXIT_done)
		call_fail(call, cause);
	else if (!consult_back(call, call_caller(call)))
		call_end(call, cause);
}

static int use_fn(struct db *db, void *obj)
{
	return setting_use_add(db, obj);
}

/** A setting of an extension, or a rule, decided about the call: counted behind it */
void flow_use(struct call *call, const char *object_id, const char *name)
{
	const struct exchange_conf *conf = exchange_conf(call_exchange(call));
	const struct tenant *t = call_tenant(call);
	struct setting_use *u = mem_zalloc(sizeof(*u), NULL);

	if (!u)
		return;
	u->tenant = t->id;
	u->last_at = clock_wall_ms();
	u->day = zone_day(t->zone, u->last_at);
	str_ncpy(u->object_id, object_id, sizeof(u->object_id));
	str_ncpy(u->name, name, sizeof(u->name));
	(void)store_write(conf->store, use_fn, u, NULL, NULL);
}

/* A forward of an extension acted. */
static void forward_note(const struct step *s, enum exit_id exit, const struct moment *now)
{
	const struct tenant *t = call_tenant(s->call);
	const struct tenant_extension *e =
		s->dest.kind == DEST_extension ? tenant_extension(t, s->dest.target) : NULL;
	int kind = e ? dest_next_forward(t, e, exit, now) : -1;

	if (kind >= 0)
		flow_use(s->call, e->id, forward_kind_member((enum forward_kind)kind));
}

static enum diversion_why diverted_by(enum exit_id exit)
{
	switch (exit) {
	case EXIT_busy:
		return DIVERTED_BUSY;
	case EXIT_noanswer:
		return DIVERTED_NOANSWER;
	case EXIT_unavail:
		return DIVERTED_UNAVAIL;
	default:
		return DIVERTED_OTHER;
	}
}

/**
 * Ends the step by an exit: what comes then is entered, else the flow ends
 *
 * @param s     Step; over afterwards
 * @param exit  Which exit
 * @param cause What the caller is told when nothing comes
 */
void flow_fail(struct step *s, enum exit_id exit, enum cause cause)
{
	struct moment now = flow_moment(s);
	char why[WHY_SIZE];
	struct dest next;

	if (!dest_next(call_tenant(s->call), &s->dest, exit, &now, &next)) {
		flow_end(s, exit, cause);
		return;
	}
	if (dest_next_why(why, call_tenant(s->call), &s->dest, exit, &now))
		story_add(call_story(s->call), "next", "%s", why);
	forward_note(s, exit, &now);
	pass(s, &next, diverted_by(exit));
}

/** Ends the step by an exit with the exit's own cause */
void flow_exit(struct step *s, enum exit_id exit)
{
	flow_fail(s, exit, exit_cause(exit));
}

/** For whom the step runs */
struct leg *flow_party(const struct step *s)
{
	return call_caller(s->call);
}

/** The party hears that it rings, unless it hears something else */
void flow_ring(struct step *s)
{
	struct leg *party = flow_party(s);

	if (!s->quiet && !party->described)
		leg_ring(party);
}

static void on_hunt_ring(struct hunt *h, struct leg *leg, bool early_media, void *arg)
{
	struct step *s = arg;
	struct leg *party = flow_party(s);

	transfer_rings(s->call);
	if (!s->quiet && early_media && !leg_early(party, leg))
		leg_bridge(party, leg);
	else
		flow_ring(s);
	call_changed(s->call, "call.updated");
}

/* The reason a trunk gave is more exact than the exit's own. */
static enum cause hunt_cause(struct hunt *h, enum exit_id exit, const struct step *s)
{
	const struct dialog_end *end = hunt_last_end(h);

	if (s->dest.kind == DEST_external && end->scode >= 400)
		return cause_from_sip(end->scode);
	return exit_cause(exit);
}

static void on_hunt_end(struct hunt *h, struct leg *winner, enum exit_id exit, void *arg)
{
	struct step *s = arg;

	if (winner)
		call_connect(s->call, winner);
	else
		flow_fail(s, exit, hunt_cause(h, exit, s));
}

static const struct hunt_handlers hunt_handlers = {
	.ring_h = on_hunt_ring,
	.end_h = on_hunt_end,
};

/**
 * Rings contacts on behalf of a step: the winner is connected, failure takes the matching exit. A
 * caller for whom somebody is woken hears that it rings.
 *
 * @return 0 or errno; on failure the step is still there
 */
int flow_hunt(struct step *s, const struct hunt_target *targets, unsigned n)
{
	int err = hunt_alloc(&s->hunt, s->call, targets, n, &hunt_handlers, s);

	for (unsigned i = 0; i < n && !err; i++) {
		if (!targets[i].asleep_ms)
			continue;
		flow_ring(s);
		break;
	}
	return err;
}
