/**
 * @file queue_line.c  The lines of queues: who waits, and who is rung for whom
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "exchange.h"
#include "queue_private.h"
#include "text.h"

/* LOOK: what no event tells, such as a phone that stopped ringing for a group, is seen then.
 * AGAIN: when all free agents were rung in vain, before they are rung anew. */
enum { AGENTS_HASH = 256, LOOK_MS = 5000, AGAIN_MS = 5000 };

static void on_wake(void *arg);

static void lines_destructor(void *arg)
{
	struct queue_lines *ls = arg;

	tmr_cancel(&ls->wake);
	list_flush(&ls->lines);
	hash_flush(ls->agents);
	mem_deref(ls->agents);
	mem_deref(ls->talking);
}

static void line_destructor(void *arg)
{
	struct line *l = arg;

	list_unlink(&l->le);
	list_flush(&l->tallies);
}

static void tally_destructor(void *arg)
{
	struct tally *t = arg;

	list_unlink(&t->le);
}

/** Makes the lines of an exchange, all empty; 0 or ENOMEM */
int queue_lines_alloc(struct queue_lines **lp, struct exchange *x)
{
	AUTO struct queue_lines *ls = mem_zalloc(sizeof(*ls), lines_destructor);

	if (!ls || hash_alloc(&ls->agents, AGENTS_HASH) || hash_alloc(&ls->talking, AGENTS_HASH))
		return ENOMEM;
	ls->x = x;
	tmr_init(&ls->wake);
	*lp = TAKE(ls);
	return 0;
}

/** The line of a queue; NULL while nobody ever waited */
struct line *line_find(const struct queue_lines *ls, int64_t tenant, const char *queue_id)
{
	struct le *le;

	LIST_FOREACH (&ls->lines, le) {
		struct line *l = le->data;

		if (l->tenant == tenant && !strcmp(l->queue_id, queue_id))
			return l;
	}
	return NULL;
}

static struct line *line_get(struct queue_lines *ls, int64_t tenant, const char *queue_id)
{
	struct line *l = line_find(ls, tenant, queue_id);

	if (l)
		return l;
	l = mem_zalloc(sizeof(*l), line_destructor);
	if (!l)
		return NULL;
	l->ls = ls;
	l->tenant = tenant;
	str_ncpy(l->queue_id, queue_id, sizeof(l->queue_id));
	list_append(&ls->lines, &l->le, l);
	return l;
}

/** The portal is told, soon and once */
void line_changed(struct line *l)
{
	l->news = true;
	tmr_start(&l->ls->wake, 0, on_wake, l->ls);
}

/* --- how many calls somebody took ---------------------------------------------------------------
 */

static struct tally *tally_find(const struct line *l, const char *id)
{
	struct le *le;

	LIST_FOREACH (&l->tallies, le) {
		struct tally *t = le->data;

		if (!strcmp(t->id, id))
			return t;
	}
	return NULL;
}

/** How many calls of this queue an agent took today */
unsigned line_tally(const struct line *l, const struct tenant *t, const char *id)
{
	const struct tally *found = tally_find(l, id);

	return found && found->day == zone_day(t->zone, clock_wall_ms()) ? found->taken : 0;
}

/** An agent took one more */
void line_took(struct line *l, const struct tenant *t, const char *id)
{
	int64_t today = zone_day(t->zone, clock_wall_ms());
	struct tally *tally = tally_find(l, id);

	if (!tally) {
		tally = mem_zalloc(sizeof(*tally), tally_destructor);
		if (!tally)
			return;
		str_ncpy(tally->id, id, sizeof(tally->id));
		list_append(&l->tallies, &tally->le, tally);
	}
	if (tally->day != today)
		tally->taken = 0;
	tally->day = today;
	++tally->taken;
}

/* --- who is rung for whom -----------------------------------------------------------------------
 */

static struct seen *seen_of(struct queue_place *p, const char *id)
{
	struct seen *s;

	for (unsigned i = 0; i < p->seen_count; i++) {
		if (!strcmp(p->seen[i].id, id))
			return &p->seen[i];
	}
	if (p->seen_count == QUEUE_AGENTS) /* the queue was changed meanwhile */
		p->seen_count = 0;
	s = &p->seen[p->seen_count++];
	*s = (struct seen){.told = AGENT_FREE};
	str_ncpy(s->id, id, sizeof(s->id));
	return s;
}

/* Why agents are not rung; of what changes while the caller waits, each change once. */
static void passed_tell(struct queue_place *p, const struct tenant_queue *q, const struct crew *r)
{
	for (unsigned i = 0; i < r->count; i++) {
		const struct tenant_extension *e = q->agents[i].extension;
		struct seen *s = seen_of(p, e->id);
		bool mine = r->agents[i] && r->agents[i]->offered == p;

		if (s->told == r->state[i] || mine)
			continue;
		s->told = r->state[i];
		if (s->told != AGENT_FREE)
			p->h->passed_h(p, e, s->told, p->arg);
	}
}

static void on_again(void *arg)
{
	struct queue_place *p = arg;

	for (unsigned i = 0; i < p->seen_count; i++)
		p->seen[i].tried = false;
	queue_lines_wake(p->line->ls, p->line->tenant);
}

/* Whoever was rung in vain is kept for this caller: those behind it do not overtake. */
static void round_end(struct queue_place *p, const struct tenant_queue *q, struct crew *r)
{
	bool any = false;

	for (unsigned i = 0; i < r->count; i++) {
		if (r->state[i] != AGENT_FREE)
			continue;
		any = true;
		r->state[i] = AGENT_OFFERED;
	}
	if (any && !tmr_isrunning(&p->again))
		tmr_start(&p->again, AGAIN_MS, on_again, p);
}

/* Which agents may be rung for a caller now: free, not rung in vain, all of the lowest level at
 * which there is one or at which one rings for it already */
static bool open_find(bool *open, struct queue_place *p, const struct tenant_queue *q,
		      const struct crew *r)
{
	uint32_t lowest = QUEUE_LEVELS + 1;
	bool any = false;

	for (unsigned i = 0; i < r->count; i++) {
		bool mine = r->agents[i] && r->agents[i]->offered == p;

		open[i] =
			r->state[i] == AGENT_FREE && !seen_of(p, q->agents[i].extension->id)->tried;
		if ((open[i] || mine) && q->agents[i].level < lowest)
			lowest = q->agents[i].level;
	}
	for (unsigned i = 0; i < r->count; i++) {
		open[i] = open[i] && q->agents[i].level == lowest;
		any |= open[i];
	}
	return any;
}

static void offer(struct queue_place *p, const struct tenant_queue *q, struct crew *r, unsigned i)
{
	const struct tenant_extension *e = q->agents[i].extension;

	if (!p->h->offer_h(p, q, e, p->arg)) {
		seen_of(p, e->id)->tried = true;
		return;
	}
	seen_of(p, e->id)->told = AGENT_FREE;
	r->agents[i]->offered = p;
	r->state[i] = AGENT_OFFERED;
	str_ncpy(p->line->last, e->id, sizeof(p->line->last));
	line_changed(p->line);
}

static void place_serve(struct queue_place *p, const struct tenant *t, const struct tenant_queue *q,
			struct crew *r)
{
	bool open[QUEUE_AGENTS] = {false};

	passed_tell(p, q, r);
	while (open_find(open, p, q, r)) {
		int i = 0;

		if (q->strategy != QUEUE_all && agents_offered(r, p))
			return;
		if (q->strategy != QUEUE_all)
			i = crew_choose(r, q, p->line, t, open);
		else
			while (!open[i])
				++i;
		offer(p, q, r, (unsigned)i);
	}
	if (!agents_offered(r, p))
		round_end(p, q, r);
}

/* Whoever leaves may come to the same queue again: only those who are there now. */
static void places_end(struct line *l, enum exit_id exit)
{
	struct le *le;

	LIST_FOREACH (&l->places, le)
		((struct queue_place *)le->data)->ends = exit;
	for (le = list_head(&l->places); le;) {
		struct queue_place *p = le->data;

		le = le->next;
		if (p->ends == EXIT_MAX)
			continue;
		p->ends = EXIT_MAX;
		p->h->end_h(p, exit, p->arg);
		le = list_head(&l->places);
	}
}

static void line_serve(struct line *l)
{
	const struct tenant *t = exchange_tenant(l->ls->x, l->tenant);
	const struct tenant_queue *q = t ? tenant_queue_by_id(t, l->queue_id) : NULL;
	struct crew r;
	struct le *le;

	if (!q) {
		places_end(l, EXIT_invalid);
		return;
	}
	crew_look(&r, l->ls, t, q);
	if (q->leave_empty && !r.present) {
		places_end(l, EXIT_empty);
		return;
	}
	LIST_FOREACH (&l->places, le)
		place_serve(le->data, t, q, &r);
}

static void news_tell(struct queue_lines *ls, struct line *l)
{
	const struct exchange_conf *conf = exchange_conf(ls->x);

	if (l->news && conf->queue_h)
		conf->queue_h(l->tenant, l->queue_id, conf->arg);
	l->news = false;
}

/* Lines are only added while this runs, at the end. */
static void on_wake(void *arg)
{
	struct queue_lines *ls = mem_ref(arg);
	bool waits = false;
	struct le *le;

	LIST_FOREACH (&ls->lines, le) {
		struct line *l = le->data;

		if (l->places.head)
			line_serve(l);
		news_tell(ls, l);
		waits |= l->places.head != NULL;
	}
	if (waits && !tmr_isrunning(&ls->wake))
		tmr_start(&ls->wake, LOOK_MS, on_wake, ls);
	mem_deref(ls);
}

/** Something may have freed an agent of this tenant: callers are served as soon as the core is */
void queue_lines_wake(struct queue_lines *ls, int64_t tenant)
{
	struct le *le;

	LIST_FOREACH (&ls->lines, le) {
		const struct line *l = le->data;

		if (l->tenant == tenant && l->places.head) {
			tmr_start(&ls->wake, 0, on_wake, ls);
			return;
		}
	}
}

/** The tenant has a new snapshot: lines of queues that are gone and empty go too */
void queue_lines_published(struct queue_lines *ls, int64_t tenant)
{
	const struct tenant *t = exchange_tenant(ls->x, tenant);
	struct le *le = list_head(&ls->lines);

	while (le) {
		struct line *l = le->data;

		le = le->next;
		if (l->tenant == tenant && !l->places.head &&
		    (!t || !tenant_queue_by_id(t, l->queue_id)))
			mem_deref(l);
	}
	queue_lines_wake(ls, tenant);
}

/* --- places ------------------------------------------------------------------------------------
 */

static void place_destructor(void *arg)
{
	struct queue_place *p = arg;

	tmr_cancel(&p->again);
	list_unlink(&p->le);
	agents_release(p->line->ls, p);
	line_changed(p->line);
}

/**
 * Puts a caller at the end of a queue's line
 *
 * @param pp Result; mem_deref() leaves the line
 * @param ls Lines
 * @param c  Call that waits
 * @param q  Queue
 * @param h  What its step does; called from the loop only
 * @param arg Their argument
 *
 * @return 0 or ENOMEM
 */
int queue_place_alloc(struct queue_place **pp, struct queue_lines *ls, struct call *c,
		      const struct tenant_queue *q, const struct queue_handlers *h, void *arg)
{
	struct line *l = line_get(ls, call_tenant_id(c), q->id);
	struct queue_place *p = l ? mem_zalloc(sizeof(*p), place_destructor) : NULL;

	if (!p)
		return ENOMEM;
	p->line = l;
	p->call = c;
	p->h = h;
	p->arg = arg;
	p->since = clock_wall_ms();
	p->ends = EXIT_MAX;
	tmr_init(&p->again);
	list_append(&l->places, &p->le, p);
	line_changed(l);
	*pp = p;
	return 0;
}

/** The caller's place in the line, from 1 */
unsigned queue_place_number(const struct queue_place *p)
{
	const struct le *le = &p->le;
	unsigned n = 1;

	while ((le = le->prev))
		++n;
	return n;
}

/** An agent was rung for the caller in vain */
void queue_place_refused(struct queue_place *p, const char *extension_id)
{
	struct agent *a = agent_get(p->line->ls, p->line->tenant, extension_id);

	if (a && a->offered == p)
		a->offered = NULL;
	seen_of(p, extension_id)->tried = true;
	line_changed(p->line);
}

/** An agent has answered, and is about to be connected with the caller */
void queue_place_taken(struct queue_place *p, const struct tenant_queue *q,
		       const struct tenant_extension *agent)
{
	struct line *l = p->line;
	const struct tenant *t = exchange_tenant(l->ls->x, l->tenant);
	struct agent *a = agent_get(l->ls, l->tenant, agent->id);

	if (!a || !t)
		return;
	line_took(l, t, agent->id);
	agent_takes(a, q, p->call, agent->number);
	line_changed(l);
}

/** How many wait in a queue */
unsigned queue_line_waiting(const struct queue_lines *ls, int64_t tenant, const char *queue_id)
{
	const struct line *l = line_find(ls, tenant, queue_id);

	return l ? list_count(&l->places) : 0;
}

/** Shows who waits in a queue, the first one first */
void queue_line_each(const struct queue_lines *ls, int64_t tenant, const char *queue_id,
		     queue_waits_h *h, void *arg)
{
	const struct line *l = line_find(ls, tenant, queue_id);
	struct le *le;

	if (!l)
		return;
	LIST_FOREACH (&l->places, le) {
		const struct queue_place *p = le->data;

		h(p->call, p->since, arg);
	}
}
