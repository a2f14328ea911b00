/**
 * @file queue_agent.c  The agents of queues: what each does, and which of them is next
 */
#include <string.h>
#include "bells.h"
#include "clock.h"
#include "exchange.h"
#include "queue_private.h"
#include "text.h"

static const char *const state_names[] = {"free",  "out",  "paused", "wrapup",
					  "rings", "busy", "dnd",    "offline"};

/** Name of a state, as the API says it */
const char *agent_state_name(enum agent_state state)
{
	return state_names[state];
}

static void agent_destructor(void *arg)
{
	struct agent *a = arg;

	tmr_cancel(&a->wrapup);
	hash_unlink(&a->talk_le);
	hash_unlink(&a->le);
}

static uint32_t agent_hash(int64_t tenant, const char *id)
{
	return hash_joaat_str(id) ^ (uint32_t)tenant * 2654435761u;
}

static bool is_agent(struct le *le, void *arg)
{
	const struct agent *a = le->data, *wanted = arg;

	return a->tenant == wanted->tenant && !strcmp(a->id, wanted->id);
}

/** What is known of an agent, made when it is asked first; NULL without memory */
struct agent *agent_get(struct queue_lines *ls, int64_t tenant, const char *extension_id)
{
	struct agent wanted = {.tenant = tenant}, *a;
	uint32_t hash = agent_hash(tenant, extension_id);

	str_ncpy(wanted.id, extension_id, sizeof(wanted.id));
	a = list_ledata(hash_lookup(ls->agents, hash, is_agent, &wanted));
	if (a)
		return a;
	a = mem_zalloc(sizeof(*a), agent_destructor);
	if (!a)
		return NULL;
	a->ls = ls;
	a->tenant = tenant;
	str_ncpy(a->id, extension_id, sizeof(a->id));
	hash_append(ls->agents, hash, &a->le, a);
	return a;
}

static bool release_h(struct le *le, void *arg)
{
	struct agent *a = le->data;

	if (a->offered == arg)
		a->offered = NULL;
	return false;
}

/** Nobody is rung for this caller any more */
void agents_release(struct queue_lines *ls, const struct queue_place *p)
{
	(void)hash_apply(ls->agents, release_h, (void *)p);
}

static void line_of_agent_changed(const struct agent *a)
{
	struct line *l = line_find(a->ls, a->tenant, a->queue_id);

	if (l)
		line_changed(l);
}

static void on_wrapup_over(void *arg)
{
	struct agent *a = arg;

	line_of_agent_changed(a);
	queue_lines_wake(a->ls, a->tenant);
}

/**
 * Ends an agent's wrap-up before its time: it may be rung again
 *
 * @param ls           Queues
 * @param tenant       Whose
 * @param extension_id Extension of the agent; of one that winds up nothing it changes nothing
 */
void queue_agent_ready(struct queue_lines *ls, int64_t tenant, const char *extension_id)
{
	struct agent *a = agent_get(ls, tenant, extension_id);

	if (!a || a->wrapup_ends <= clock_mono_ms())
		return;
	a->wrapup_ends = 0;
	tmr_cancel(&a->wrapup);
	on_wrapup_over(a);
}

static void talk_end(struct agent *a)
{
	hash_unlink(&a->talk_le);
	a->call[0] = '\0';
	a->free_at = clock_wall_ms();
	a->wrapup_ends = clock_mono_ms() + a->wrapup_ms;
	if (a->wrapup_ms)
		tmr_start(&a->wrapup, a->wrapup_ms, on_wrapup_over, a);
	line_of_agent_changed(a);
	queue_lines_wake(a->ls, a->tenant);
}

/** An agent has taken a caller */
void agent_takes(struct agent *a, const struct tenant_queue *q, struct call *c, const char *number)
{
	a->offered = NULL;
	a->wrapup_ms = q->wrapup_ms;
	str_ncpy(a->call, call_id(c), sizeof(a->call));
	str_ncpy(a->number, number, sizeof(a->number));
	str_ncpy(a->queue_id, q->id, sizeof(a->queue_id));
	hash_unlink(&a->talk_le);
	hash_append(a->ls->talking, hash_joaat_str(a->call), &a->talk_le, a);
}

/** A call changed or ended: whoever took it from a queue and is not in it any more winds up */
void queue_lines_call(struct queue_lines *ls, struct call *c)
{
	struct le *le = list_head(hash_list(ls->talking, hash_joaat_str(call_id(c))));
	bool ringing;

	while (le) {
		struct agent *a = le->data;

		le = le->next;
		if (!strcmp(a->call, call_id(c)) &&
		    (call_over(c) || !call_uses(c, a->number, &ringing)))
			talk_end(a);
	}
	queue_lines_wake(ls, call_tenant_id(c));
}

/* What the snapshot knows comes first, what the live floor knows after it. */
static enum agent_state agent_state(const struct agent *a, struct queue_lines *ls,
				    const struct tenant *t, const struct tenant_extension *e)
{
	const struct tenant_settings *s = e->settings;

	if (!s || !s->agent)
		return AGENT_OUT;
	if (s->paused)
		return AGENT_PAUSED;
	if (a->offered)
		return AGENT_OFFERED;
	switch (exchange_presence(ls->x, t->id, e->number)) {
	case PRESENCE_OFFLINE:
		/* Whose browser is told of calls can be rung as well. */
		if (!bells_asleep(exchange_bells(ls->x), exchange_stack(ls->x), t->id, e))
			return AGENT_OFFLINE;
		if (exchange_dnd(ls->x, t->id, e->number))
			return AGENT_DND;
		break;
	case PRESENCE_DND:
		return AGENT_DND;
	case PRESENCE_AVAILABLE:
		break;
	default:
		return AGENT_BUSY;
	}
	return a->wrapup_ends > clock_mono_ms() ? AGENT_WRAPUP : AGENT_FREE;
}

/** Looks what the agents of a queue do */
void crew_look(struct crew *r, struct queue_lines *ls, const struct tenant *t,
	       const struct tenant_queue *q)
{
	memset(r, 0, sizeof(*r));
	for (uint32_t i = 0; i < q->agent_count && i < QUEUE_AGENTS; i++) {
		const struct tenant_extension *e = q->agents[i].extension;

		r->agents[i] = agent_get(ls, t->id, e->id);
		r->state[i] = r->agents[i] ? agent_state(r->agents[i], ls, t, e) : AGENT_OUT;
		r->present += r->state[i] != AGENT_OUT;
		++r->count;
	}
}

/** How many agents are rung for a caller */
unsigned agents_offered(const struct crew *r, const struct queue_place *p)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->count; i++)
		n += r->agents[i] && r->agents[i]->offered == p;
	return n;
}

static int64_t idle_since(const struct crew *r, const struct tenant_queue *q, unsigned i)
{
	const struct tenant_settings *s = q->agents[i].extension->settings;
	int64_t in = s ? s->agent_at : 0;

	return r->agents[i]->free_at > in ? r->agents[i]->free_at : in;
}

/* Whether agent i is to be rung rather than k */
static bool better(const struct crew *r, const struct tenant_queue *q, const struct line *l,
		   const struct tenant *t, unsigned i, unsigned k)
{
	unsigned a = 0, b = 0;

	if (q->strategy == QUEUE_fewest) {
		a = line_tally(l, t, q->agents[i].extension->id);
		b = line_tally(l, t, q->agents[k].extension->id);
	}
	return a != b ? a < b : idle_since(r, q, i) < idle_since(r, q, k);
}

static int random_choose(const bool *open, unsigned count)
{
	unsigned n = 0, wanted;

	for (unsigned i = 0; i < count; i++)
		n += open[i];
	if (!n)
		return -1;
	wanted = rand_u32() % n;
	for (unsigned i = 0; i < count; i++) {
		if (open[i] && !wanted--)
			return (int)i;
	}
	return -1;
}

/* The first one behind whoever was rung last */
static int turn_choose(const bool *open, const struct tenant_queue *q, unsigned count,
		       const char *last)
{
	unsigned from = 0;

	for (unsigned i = 0; i < count; i++) {
		if (!strcmp(q->agents[i].extension->id, last))
			from = i + 1;
	}
	for (unsigned k = 0; k < count; k++) {
		if (open[(from + k) % count])
			return (int)((from + k) % count);
	}
	return -1;
}

/**
 * Chooses an agent by the queue's strategy
 *
 * @param r    The agents as they are
 * @param q    Queue
 * @param l    Its line
 * @param t    Tenant
 * @param open Which of them come into question
 *
 * @return Its place in the crew; -1 for none
 */
int crew_choose(const struct crew *r, const struct tenant_queue *q, struct line *l,
		const struct tenant *t, const bool *open)
{
	int best = -1;

	if (q->strategy == QUEUE_random)
		return random_choose(open, r->count);
	if (q->strategy == QUEUE_roundrobin)
		return turn_choose(open, q, r->count, l->last);
	for (unsigned i = 0; i < r->count; i++) {
		if (open[i] && (best < 0 || better(r, q, l, t, i, (unsigned)best)))
			best = (int)i;
	}
	return best;
}

/** What an agent does now, for the portal */
void queue_agent_look(struct queue_agent_live *live, struct queue_lines *ls, const struct tenant *t,
		      const struct tenant_queue *q, const struct tenant_extension *agent)
{
	const struct line *l = line_find(ls, t->id, q->id);
	const struct agent *a = agent_get(ls, t->id, agent->id);
	uint64_t now = clock_mono_ms();

	memset(live, 0, sizeof(*live));
	live->state = a ? agent_state(a, ls, t, agent) : AGENT_OUT;
	live->since = agent->settings ? agent->settings->agent_at : 0;
	if (a && a->free_at > live->since)
		live->since = a->free_at;
	if (live->state == AGENT_WRAPUP)
		live->until = clock_wall_ms() + (int64_t)(a->wrapup_ends - now);
	live->taken = l ? line_tally(l, t, agent->id) : 0;
}
