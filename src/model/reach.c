/**
 * @file reach.c  Walking the rules without a call
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "bell.h"
#include "own.h"
#include "place.h"
#include "reach.h"
#include "text.h"
#include "way.h"

enum { TRUNK_RING_MS = 120000 };

/** Where the walk stands */
struct walk {
	struct reach *r;
	const struct tenant *t;
	const char *caller;
	const struct moment *now;
	const struct reach_asks *asks;
	enum cause told;  /* why the step failed, when its exit does not say it */
	struct dest next; /* set when a step passes the call on without an exit */
	bool passed, over;
};

static void says(struct reach_step *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void says(struct reach_step *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(s->text, sizeof(s->text), fmt, ap);
	va_end(ap);
}

static void pass(struct walk *w, const struct dest *to)
{
	w->next = *to;
	w->passed = true;
}

static void end(struct walk *w, enum cause cause)
{
	w->r->end = cause;
	w->over = true;
}

static void walk_blocked(struct walk *w, const struct tenant_extension *e,
			 const struct tenant_block *b)
{
	struct dest voicemail = {.kind = DEST_voicemail};

	if (b->action == BLOCK_VOICEMAIL && e->mailbox) {
		str_ncpy(voicemail.target, e->number, sizeof(voicemail.target));
		pass(w, &voicemail);
	} else {
		end(w, b->action == BLOCK_BUSY ? CAUSE_BUSY : CAUSE_DECLINED);
	}
}

static bool outside_rings(const struct walk *w, const char *number)
{
	char why[REACH_TEXT];

	return way_leads(w->t, number) && w->asks->outside_h(why, number, w->asks->arg);
}

/* What rings for a member of a group, or a place of an owner's follow me; who talks is not woken */
static struct reach_phones place_phones(struct walk *w, const char *number,
					const struct tenant_extension *owner, bool idle_only)
{
	const struct place_caller caller = {w->caller, w->caller};
	struct reach_phones phones = {0};
	struct place p;

	place_look(&p, w->t, number, owner, &caller, w->now);
	if (p.passed_over)
		return phones;
	if (!p.extension) {
		phones.count = outside_rings(w, p.outside);
		return phones;
	}
	w->asks->phones_h(&phones, p.extension->number, w->asks->arg);
	if (phones.talking)
		phones.asleep = 0;
	if (phones.talking && (idle_only || !p.extension->call_waiting))
		phones.count = 0;
	return phones;
}

/* One more of several; false when nothing of it rings. As if no browser came. */
static bool ringing_add(struct reach_phones *all, const struct reach_phones *one)
{
	all->count += one->count;
	all->asleep += one->asleep;
	return one->count || one->asleep;
}

static void several_ring(struct reach_step *s, const struct reach_phones *all)
{
	s->phones = all->count;
	s->rings = all->count || all->asleep;
	s->exit = all->count ? EXIT_noanswer : EXIT_unavail;
}

static void say_told(struct reach_step *s, unsigned asleep)
{
	size_t n = strlen(s->text);

	if (asleep)
		text_printf(s->text + n, sizeof(s->text) - n, "%s%u closed browser%s told",
			    n ? "; " : "", asleep, asleep == 1 ? " is" : "s are");
}

static void walk_follow(struct walk *w, struct reach_step *s, const struct tenant_extension *e)
{
	const struct tenant_follow *f = e->follow;
	struct reach_phones all = {0};

	for (uint32_t i = 0; i < f->count; i++) {
		const struct tenant_follow_dest *d = &f->dests[i];
		struct reach_phones one = place_phones(w, d->number, e, false);
		uint32_t until = d->delay_ms + d->ring_ms;

		if (ringing_add(&all, &one) && until > s->ring_ms)
			s->ring_ms = until;
	}
	several_ring(s, &all);
	say_told(s, all.asleep);
}

static void say_ringing(struct reach_step *s, const struct tenant_extension *e,
			const struct reach_phones *p)
{
	char told[80] = "";

	if (p->asleep)
		text_printf(told, sizeof(told), "is told in %u closed browser%s, with %u s to come",
			    p->asleep, p->asleep == 1 ? "" : "s", BELL_WAIT_MS / 1000u);
	if (!p->count)
		says(s, "%.60s %s", e->name, told);
	else
		says(s, "%u phone%s of %.60s ring%s for %u s%s%s", p->count,
		     p->count == 1 ? "" : "s", e->name, p->count == 1 ? "s" : "",
		     (unsigned)(e->ring_ms / 1000), told[0] ? "; the owner " : "", told);
}

/* A closed browser may come or not: as if none did. */
static void walk_phones(struct walk *w, struct reach_step *s, const struct tenant_extension *e)
{
	struct reach_phones p = {0};

	w->asks->phones_h(&p, e->number, w->asks->arg);
	if (!p.count && !p.asleep) {
		says(s, "%.60s has no phone connected", e->name);
		s->exit = EXIT_unavail;
	} else if (p.talking && !e->call_waiting) {
		says(s, "%.60s is on another call and takes no second one", e->name);
		s->exit = EXIT_busy;
	} else {
		s->phones = p.count;
		s->ring_ms = p.count ? e->ring_ms : BELL_WAIT_MS;
		s->rings = true;
		s->exit = p.count ? EXIT_noanswer : EXIT_unavail;
		say_ringing(s, e, &p);
	}
}

static void walk_extension(struct walk *w, struct reach_step *s)
{
	const struct tenant_extension *e = tenant_extension(w->t, s->dest.target);
	struct door door;

	if (!e) {
		s->exit = EXIT_invalid;
		return;
	}
	str_ncpy(s->label, e->name, sizeof(s->label));
	extension_door(&door, w->t, e, w->caller, w->now);
	says(s, "%s", door.why);
	switch (door.id) {
	case DOOR_BLOCKED:
		walk_blocked(w, e, door.block);
		break;
	case DOOR_DND:
		s->exit = EXIT_dnd;
		break;
	case DOOR_FORWARD:
		pass(w, &door.dest);
		break;
	case DOOR_FOLLOW:
		walk_follow(w, s, e);
		break;
	case DOOR_RING:
		walk_phones(w, s, e);
		break;
	}
}

static void walk_group(struct walk *w, struct reach_step *s)
{
	const struct tenant_group *g = tenant_group(w->t, s->dest.target);
	struct reach_phones all = {0};

	if (!g) {
		s->exit = EXIT_invalid;
		return;
	}
	str_ncpy(s->label, g->name, sizeof(s->label));
	for (uint32_t i = 0; i < g->member_count; i++) {
		const struct tenant_member *m = &g->members[i];
		struct reach_phones one =
			place_phones(w, m->number, NULL, g->strategy == STRATEGY_rollover);
		uint32_t ms = m->delay_ms + m->ring_ms;

		if (!ringing_add(&all, &one))
			continue;
		if (g->strategy != STRATEGY_simultaneous)
			s->ring_ms += ms;
		else if (ms > s->ring_ms)
			s->ring_ms = ms;
	}
	several_ring(s, &all);
	says(s, "Ring group %.60s%s", g->name,
	     s->rings ? "" : ": no phone of its members can ring");
	say_told(s, all.asleep);
}

/* What rings of free agents; as call/queue_line.c passes agents over */
static struct reach_phones agents_phones(struct walk *w, const struct tenant_queue *q)
{
	struct reach_phones all = {0}, one;

	for (uint32_t i = 0; i < q->agent_count; i++) {
		const struct tenant_extension *e = q->agents[i].extension;

		if (!w->asks->agent_h(q, e, w->asks->arg))
			continue;
		one = place_phones(w, e->number, NULL, true);
		(void)ringing_add(&all, &one);
	}
	return all;
}

/* Who waits is served one day, so that only a limit leads on. */
static void walk_waiting(struct walk *w, struct reach_step *s, const struct tenant_queue *q,
			 unsigned before)
{
	const struct reach_phones all = agents_phones(w, q);

	several_ring(s, &all);
	s->answers = true;
	s->ring_ms = q->max_wait_ms ? q->max_wait_ms : q->ring_ms;
	s->exit = EXIT_timeout;
	if (before)
		says(s, "Queue %.60s: the caller waits behind %u other%s", q->name, before,
		     before == 1 ? "" : "s");
	else
		says(s, "Queue %.60s: %s", q->name,
		     s->rings ? "free agents are rung" : "the caller waits for an agent");
	say_told(s, all.asleep);
	if (!q->max_wait_ms)
		end(w, CAUSE_NORMAL);
}

static void walk_queue(struct walk *w, struct reach_step *s)
{
	const struct tenant_queue *q = tenant_queue(w->t, s->dest.target);
	unsigned before = q ? w->asks->waiting_h(q, w->asks->arg) : 0;

	s->exit = EXIT_invalid;
	if (!q)
		return;
	str_ncpy(s->label, q->name, sizeof(s->label));
	if (before >= q->max_callers) {
		s->exit = EXIT_full;
		says(s, "Queue %.60s is full: %u wait", q->name, before);
	} else if (q->leave_empty && !queue_attended(q)) {
		s->exit = EXIT_empty;
		says(s, "Queue %.60s: no agent is logged in", q->name);
	} else {
		walk_waiting(w, s, q, before);
	}
}

static void walk_hours(struct walk *w, struct reach_step *s)
{
	const struct tenant_hours *h = tenant_hours(w->t, s->dest.target);
	bool open;

	if (!h) {
		s->exit = EXIT_invalid;
		return;
	}
	open = hours_open(h->rules, h->rule_count, h->zone ? h->zone : w->now->zone, w->now->at);
	str_ncpy(s->label, h->name, sizeof(s->label));
	says(s, "%.60s: %s", h->name, open ? "open" : "closed");
	s->exit = open ? EXIT_open : EXIT_closed;
}

static void walk_callflow(struct walk *w, struct reach_step *s)
{
	const struct tenant_call_flow *f = tenant_call_flow(w->t, s->dest.target);

	if (!f) {
		s->exit = EXIT_invalid;
		return;
	}
	str_ncpy(s->label, f->name, sizeof(s->label));
	says(s, "%.60s: %s", f->name, f->night ? "night" : "day");
	s->exit = f->night ? EXIT_night : EXIT_day;
}

static void walk_external(struct walk *w, struct reach_step *s)
{
	char why[REACH_TEXT];

	str_ncpy(s->label, s->dest.target, sizeof(s->label));
	if (!way_leads(w->t, s->dest.target)) {
		says(s, "There is no route to %s", s->dest.target);
		s->exit = EXIT_invalid;
		w->told = CAUSE_NO_ROUTE;
		return;
	}
	if (!w->asks->outside_h(why, s->dest.target, w->asks->arg)) {
		says(s, "%s cannot be called now. %s", s->dest.target, why);
		s->exit = EXIT_failed;
		w->told = CAUSE_TRUNK_DOWN;
		return;
	}
	says(s, "%s is called", s->dest.target);
	s->rings = true;
	s->phones = 1;
	s->ring_ms = TRUNK_RING_MS;
	s->exit = EXIT_noanswer;
}

/* A fax number is as good as unassigned while its owner may not receive faxes. */
static void walk_fax(struct walk *w, struct reach_step *s)
{
	const struct tenant_extension *e = tenant_extension(w->t, s->dest.target);

	s->answers = e && e->receives_fax;
	s->exit = s->answers ? EXIT_done : EXIT_invalid;
	if (s->answers)
		says(s, "A fax machine answers for %.60s", e->name);
	else
		says(s, "%.60s may not receive faxes", e ? e->name : "Nobody");
}

/* The system itself takes the call. */
static void walk_served(struct walk *w, struct reach_step *s)
{
	const struct tenant_extension *e = tenant_extension(w->t, s->dest.target);

	if (s->dest.kind == DEST_voicemail && e)
		says(s, "The caller leaves a message for %.60s", e->name);
	else
		says(s, "%s", s->label);
	s->answers = s->dest.kind != DEST_hangup;
	s->exit = EXIT_done;
}

static void walk_step(struct walk *w, struct reach_step *s)
{
	str_ncpy(s->label, dest_kind_label(s->dest.kind), sizeof(s->label));
	switch (s->dest.kind) {
	case DEST_extension:
		walk_extension(w, s);
		break;
	case DEST_group:
		walk_group(w, s);
		break;
	case DEST_queue:
		walk_queue(w, s);
		break;
	case DEST_hours:
		walk_hours(w, s);
		break;
	case DEST_callflow:
		walk_callflow(w, s);
		break;
	case DEST_fax:
		walk_fax(w, s);
		break;
	case DEST_external:
		walk_external(w, s);
		break;
	default:
		walk_served(w, s);
	}
	if (!s->text[0])
		says(s, "%s: %s", s->label, exit_text(s->exit));
}

/* Where it goes on; false at the end */
static bool walk_on(struct walk *w, struct dest *d)
{
	const struct reach_step *s = &w->r->steps[w->r->count - 1];

	if (w->over)
		return false;
	if (w->passed)
		*d = w->next;
	else if (!dest_next(w->t, &s->dest, s->exit, w->now, d))
		w->over = true;
	w->passed = false;
	if (w->over)
		w->r->end = w->told ? w->told : exit_cause(s->exit);
	w->told = CAUSE_NORMAL;
	return !w->over;
}

/**
 * Walks what would happen to a call
 *
 * @param r      Result
 * @param t      Tenant
 * @param start  Where the call comes in: an extension, a DID's dest
 * @param caller Who calls, as in extension_door()
 * @param now    When
 * @param asks   Asked for the phones of extensions, and for the trunks of outside numbers
 */
void reach_walk(struct reach *r, const struct tenant *t, const struct dest *start,
		const char *caller, const struct moment *now, const struct reach_asks *asks)
{
	struct walk w = {.r = r, .t = t, .caller = caller, .now = now, .asks = asks};
	struct dest d = *start;

	memset(r, 0, sizeof(*r));
	do {
		struct reach_step *s = &r->steps[r->count++];

		s->dest = d;
		if (r->count == REACH_STEPS) {
			says(s, "Passed on %d times: ended as a circle", REACH_STEPS - 1);
			s->exit = EXIT_failed;
			end(&w, CAUSE_LOOP);
			return;
		}
		walk_step(&w, s);
	} while (walk_on(&w, &d));
}
