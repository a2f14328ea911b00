/**
 * @file snapshot_queues.c  The queues of a tenant's snapshot
 */
#include <errno.h>
#include <string.h>
#include "arena.h"
#include "snapshot.h"
#include "snapshot_parts.h"

/* Those of a lower level come first, else in the order of the form. */
static void build_agents(struct tenant_queue *x, struct tenant_agent *room, const struct tenant *t,
			 const struct queue *q)
{
	x->agents = room;
	for (int64_t level = 1; level <= QUEUE_LEVELS; level++) {
		for (unsigned i = 0; i < q->agent_count; i++) {
			const struct tenant_extension *e = tenant_extension(t, q->agents[i].number);

			if (q->agents[i].level == level && e)
				room[x->agent_count++] = (struct tenant_agent){e, (uint32_t)level};
		}
	}
}

static int build_queue(const struct queue *q, void *arg)
{
	struct part *b = arg;
	struct tenant_queue *x = &b->t->queues[b->t->queue_count];
	struct tenant_agent *agents;

	if (b->t->queue_count == b->room)
		return DB_STOP;
	agents = arena_get(b->t->arena, (q->agent_count + 1) * sizeof(*agents));
	if (!agents)
		return ENOMEM;
	x->id = part_keep(b, q->id);
	x->number = part_keep(b, q->number);
	x->name = part_keep(b, q->name);
	x->prefix = part_keep(b, q->prefix);
	x->music_id = part_keep(b, q->music_id);
	x->strategy = q->strategy;
	x->ring_ms = (uint32_t)q->ring_ms;
	x->wrapup_ms = (uint32_t)q->wrapup_ms;
	x->announce_ms = (uint32_t)q->announce_ms;
	x->max_wait_ms = (uint32_t)q->max_wait_ms;
	x->max_callers = (uint32_t)q->max_callers;
	x->leave_empty = q->leave_empty;
	x->record = q->record;
	build_agents(x, agents, b->t, q);
	++b->t->queue_count;
	return b->err;
}

/** Reads the queues of a tenant, whose extensions are read already; 0, ENOMEM or errno */
int queues_build(struct tenant *t, struct db *db)
{
	struct part b = {.t = t, .arena = t->arena};

	t->queues = part_rows(&b, db, "SELECT count(*) FROM queue WHERE tenant_id = $1",
			      sizeof(*t->queues));
	return t->queues ? queue_list(db, t->id, NULL, 0, build_queue, &b) : b.err;
}

/** The queue of a number; NULL for none */
const struct tenant_queue *tenant_queue(const struct tenant *t, const char *number)
{
	for (uint32_t i = 0; i < t->queue_count; i++) {
		if (!strcmp(t->queues[i].number, number))
			return &t->queues[i];
	}
	return NULL;
}

/** The queue of an id; NULL for none */
const struct tenant_queue *tenant_queue_by_id(const struct tenant *t, const char *id)
{
	for (uint32_t i = 0; i < t->queue_count; i++) {
		if (!strcmp(t->queues[i].id, id))
			return &t->queues[i];
	}
	return NULL;
}

/** Whether any agent of a queue is logged in, paused or not */
bool queue_attended(const struct tenant_queue *q)
{
	for (uint32_t i = 0; i < q->agent_count; i++) {
		const struct tenant_settings *s = q->agents[i].extension->settings;

		if (s && s->agent)
			return true;
	}
	return false;
}
