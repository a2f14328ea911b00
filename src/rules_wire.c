/**
 * @file rules_wire.c  What web threads ask of the core about rules and queues: what would happen to
 * a call, which way a number takes and what that costs, who waits and what agents do
 */
#include <errno.h>
#include <string.h>
#include "bells.h"
#include "clock.h"
#include "expand.h"
#include "outside.h"
#include "own.h"
#include "queue_line.h"
#include "question.h"
#include "text.h"
#include "trunk_line.h"
#include "way.h"

static void phones_h(struct reach_phones *p, const char *extension, void *arg)
{
	const struct question *q = arg;
	struct exchange *x = q->house->exchange;
	const struct tenant *t = exchange_tenant(x, q->tenant);
	const struct tenant_extension *e = t ? tenant_extension(t, extension) : NULL;
	const struct binding *b[BINDINGS_MAX];

	p->count = registrar_find(exchange_stack(x), q->tenant, extension, b, BINDINGS_MAX);
	p->asleep = e ? bells_asleep(exchange_bells(x), exchange_stack(x), q->tenant, e) : 0;
	p->talking = exchange_extension_busy(x, q->tenant, extension);
}

static bool outside_h(char why[REACH_TEXT], const char *number, void *arg)
{
	const struct question *q = arg;
	struct exchange *x = q->house->exchange;

	return outside_open(why, REACH_TEXT, x, exchange_tenant(x, q->tenant), number);
}

static unsigned waiting_h(const struct tenant_queue *q, void *arg)
{
	const struct question *x = arg;

	return queue_line_waiting(exchange_queue_lines(x->house->exchange), x->tenant, q->id);
}

static bool agent_h(const struct tenant_queue *q, const struct tenant_extension *agent, void *arg)
{
	const struct question *x = arg;
	struct exchange *exchange = x->house->exchange;
	struct queue_agent_live live;

	queue_agent_look(&live, exchange_queue_lines(exchange),
			 exchange_tenant(exchange, x->tenant), q, agent);
	return live.state == AGENT_FREE;
}

static struct reach_asks asks_of(struct question *q)
{
	return (struct reach_asks){.phones_h = phones_h,
				   .outside_h = outside_h,
				   .waiting_h = waiting_h,
				   .agent_h = agent_h,
				   .arg = q};
}

static void reach_ask_h(void *obj)
{
	struct question *q = obj;
	const struct reach_asks asks = asks_of(q);
	const struct tenant *t = exchange_tenant(q->house->exchange, q->tenant);
	struct reach *r = t ? question_add(q, sizeof(*r)) : NULL;
	struct moment now;

	if (!r) {
		q->err = t ? ENOMEM : ENOENT;
		return;
	}
	now = moment_of(t, q->at);
	reach_walk(r, t, &q->dest, q->name, &now, &asks);
}

/** See live.h */
int live_reach(struct reach **r, int64_t tenant, const struct dest *start, const char *caller,
	       int64_t at, void *arg)
{
	struct question *q = question_make(arg, tenant);
	size_t n;

	if (q) {
		q->dest = *start;
		q->at = at;
		text_printf(q->name, sizeof(q->name), "%s", caller);
	}
	return question_ask(q, reach_ask_h, (void **)r, &n);
}

static void follow_ask_h(void *obj)
{
	struct question *q = obj;
	const struct reach_asks asks = asks_of(q);
	const struct tenant *t = exchange_tenant(q->house->exchange, q->tenant);
	struct reach_warnings *w = t ? question_add(q, sizeof(*w)) : NULL;
	struct moment now;

	if (!w) {
		q->err = t ? ENOMEM : ENOENT;
		return;
	}
	now = moment_of(t, clock_wall_ms());
	reach_warn(w, t, q->name, &now, &asks);
}

/** See live.h */
int live_follow(struct reach_warnings **w, int64_t tenant, const char *extension, void *arg)
{
	struct question *q = question_make(arg, tenant);
	size_t n;

	if (q)
		text_printf(q->name, sizeof(q->name), "%s", extension);
	return question_ask(q, follow_ask_h, (void **)w, &n);
}

static void way_h(void *obj)
{
	struct question *q = obj;
	struct exchange *x = q->house->exchange;
	const struct tenant *t = exchange_tenant(x, q->tenant);
	struct live_way *w = t ? question_add(q, sizeof(*w)) : NULL;
	struct way ways[WAYS_MAX];

	if (!w) {
		q->err = t ? ENOMEM : ENOENT;
		return;
	}
	w->leads = !dest_resolve(&w->dest, t, q->name);
	if (!w->leads || w->dest.kind != DEST_external)
		return;
	w->emergency = phone_listed(t->emergency, w->dest.target);
	w->count = way_find(ways, t, tenants_trunks(exchange_tenants(x)), w->dest.target);
	for (unsigned i = 0; i < w->count; i++) {
		const struct trunk *trunk = ways[i].trunk;
		struct live_way_trunk *out = &w->trunks[i];
		enum trunk_held held;

		str_ncpy(out->name, trunk->name, sizeof(out->name));
		str_ncpy(out->sends, ways[i].number, sizeof(out->sends));
		out->active = trunk->active;
		held = trunk_line_held(exchange_trunk_lines(x), trunk);
		out->down = held == TRUNK_DOWN;
		out->full = held == TRUNK_FULL;
	}
}

/** See live.h */
int live_way(struct live_way *w, int64_t tenant, const char *dialled, void *arg)
{
	struct question *q = question_make(arg, tenant);

	if (q)
		text_printf(q->name, sizeof(q->name), "%s", dialled);
	return question_row(q, way_h, w, sizeof(*w));
}

static void prices_h(void *obj)
{
	struct question *q = obj;
	struct exchange *x = q->house->exchange;
	const struct tenant *t = exchange_tenant(x, q->tenant);
	struct live_price *v = q->rows;

	if (!t) {
		q->err = ENOENT;
		return;
	}
	for (size_t i = 0; i < q->count; i++) {
		struct dest d = {.kind = DEST_external};
		bool leads = true;

		if (q->any) /* a fax leaves by a trunk, whoever has the number */
			str_ncpy(d.target, v[i].number, sizeof(d.target));
		else
			leads = !dest_resolve(&d, t, v[i].number);
		v[i].outside = leads && d.kind == DEST_external && way_leads(t, d.target);
		if (v[i].outside)
			(void)outside_price(&v[i].price, x, t, d.target);
	}
}

/** What numbers cost; of each the number is given */
int live_prices(struct live_price *v, size_t n, int64_t tenant, bool fax, void *arg)
{
	struct question *q = question_make(arg, tenant);
	void *found = NULL;
	size_t count;
	int err;

	if (q) {
		q->any = fax;
		q->count = n;
		q->rows = mem_alloc(n * sizeof(*v), NULL);
		if (q->rows)
			memcpy(q->rows, v, n * sizeof(*v));
		else
			q = mem_deref(q);
	}
	err = question_ask(q, prices_h, &found, &count);
	if (!err)
		memcpy(v, found, n * sizeof(*v));
	mem_deref(found);
	return err;
}

static void queue_caller_h(struct call *c, int64_t since, void *arg)
{
	struct live_queue *row = arg;
	struct live_queue_caller *out = &row->callers[row->caller_count];
	const struct leg *party = call_caller(c);

	++row->waiting;
	if (row->caller_count == LIVE_CALLERS || !party)
		return;
	++row->caller_count;
	str_ncpy(out->call, call_id(c), sizeof(out->call));
	text_printf(out->number, sizeof(out->number), "%s",
		    call_facts(c)->hidden ? "anonymous" : party->party.number);
	text_printf(out->name, sizeof(out->name), "%s",
		    call_facts(c)->hidden ? "Anonymous" : party->party.name);
	out->since = since;
}

static void queue_agent_row(struct live_queue *row, struct exchange *x, const struct tenant *t,
			    const struct tenant_queue *q, const struct tenant_agent *agent)
{
	struct live_queue_agent *out = &row->agents[row->agent_count++];
	const struct tenant_extension *e = agent->extension;
	struct queue_agent_live live;

	queue_agent_look(&live, exchange_queue_lines(x), t, q, e);
	text_printf(out->number, sizeof(out->number), "%s", e->number);
	text_printf(out->name, sizeof(out->name), "%s", e->name);
	text_printf(out->state, sizeof(out->state), "%s", agent_state_name(live.state));
	text_printf(out->reason, sizeof(out->reason), "%s",
		    live.state == AGENT_PAUSED ? e->settings->pause_reason : "");
	out->since = live.since;
	out->until = live.until;
	out->taken = live.taken;
	out->level = agent->level;
}

static void queue_ask_h(void *obj)
{
	struct question *q = obj;
	struct exchange *x = q->house->exchange;
	const struct tenant *t = exchange_tenant(x, q->tenant);
	const struct tenant_queue *queue = t ? tenant_queue_by_id(t, q->name) : NULL;
	struct live_queue *row = queue ? mem_zalloc(sizeof(*row), NULL) : NULL;

	if (!row) {
		q->err = queue ? ENOMEM : ENOENT;
		return;
	}
	q->rows = row;
	text_printf(row->id, sizeof(row->id), "%s", queue->id);
	text_printf(row->number, sizeof(row->number), "%s", queue->number);
	text_printf(row->name, sizeof(row->name), "%s", queue->name);
	queue_line_each(exchange_queue_lines(x), t->id, queue->id, queue_caller_h, row);
	for (uint32_t i = 0; i < queue->agent_count && i < LIVE_AGENTS; i++)
		queue_agent_row(row, x, t, queue, &queue->agents[i]);
}

/** See live.h */
int live_queue(struct live_queue **row, int64_t tenant, const char *id, void *arg)
{
	struct question *q = question_make(arg, tenant);
	size_t n;

	if (q)
		text_printf(q->name, sizeof(q->name), "%s", id);
	return question_ask(q, queue_ask_h, (void **)row, &n);
}

static void agent_ready_h(void *obj)
{
	struct question *q = obj;

	queue_agent_ready(exchange_queue_lines(q->house->exchange), q->tenant, q->name);
}

/** See live.h */
int live_agent_ready(int64_t tenant, const char *extension_id, void *arg)
{
	struct question *q = question_make(arg, tenant);

	if (q)
		text_printf(q->name, sizeof(q->name), "%s", extension_id);
	return question_ask(q, agent_ready_h, NULL, NULL);
}
