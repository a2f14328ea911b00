/**
 * @file queues.c  Queues
 */
#include <string.h>
#include "own.h"
#include "queue.h"
#include "resource.h"
#include "text.h"

RESOURCE_MODEL(queue);

static json_t *agents_json(const struct queue *q)
{
	json_t *rows = json_array();

	for (unsigned i = 0; i < q->agent_count; i++) {
		json_t *o = json_object();

		put_text(o, "number", q->agents[i].number);
		put_int(o, "level", q->agents[i].level);
		json_array_append_new(rows, o);
	}
	return rows;
}

static json_t *queue_json(struct resource_work *x, const void *row)
{
	const struct queue *q = row;
	json_t *o = json_object();

	put_text(o, "id", q->id);
	put_text(o, "number", q->number);
	put_text(o, "name", q->name);
	put_text(o, "strategy", queue_strategy_name(q->strategy));
	put_text(o, "musicId", q->music_id);
	put_text(o, "prefix", q->prefix);
	put_int(o, "ringMs", q->ring_ms);
	put_int(o, "wrapupMs", q->wrapup_ms);
	put_int(o, "announceMs", q->announce_ms);
	put_int(o, "maxWaitMs", q->max_wait_ms);
	put_int(o, "maxCallers", q->max_callers);
	put_bool(o, "leaveEmpty", q->leave_empty);
	put_bool(o, "record", q->record);
	json_object_set_new(o, "agents", agents_json(q));
	for (int i = 0; i < QUEUE_ENDS; i++) {
		const struct queue_next *n = &q->next[i];

		json_object_set_new(o, queue_end_member((enum queue_end)i),
				    dest_json(x->db, q->tenant, n->has ? &n->dest : NULL));
	}
	return o;
}

static int row_h(const struct queue *q, void *arg)
{
	return resource_row(arg, q, q->number);
}

static int list_h(struct resource_work *x)
{
	return queue_list(x->db, x->tenant, page_after(&x->page), page_ask(&x->page), row_h, x);
}

static void agents_take(struct queue *q, struct resource_work *x)
{
	const json_t *rows = json_object_get(x->rq->body, "agents");
	json_t *row;
	size_t i;

	if (!rows)
		return;
	q->agent_count = 0;
	memset(q->agents, 0, sizeof(q->agents));
	json_array_foreach(rows, i, row)
	{
		struct queue_agent *a = &q->agents[q->agent_count++];
		const json_t *level = json_object_get(row, "level");

		if (!text_printf(a->number, sizeof(a->number), "%s",
				 json_string_value(json_object_get(row, "number"))))
			field_error(&x->fe, "agents", "has a number that is too long");
		a->level = level ? json_integer_value(level) : 1;
	}
}

static void times_take(struct queue *q, const struct request *rq)
{
	q->ring_ms = request_int(rq, "ringMs", q->ring_ms);
	q->wrapup_ms = request_int(rq, "wrapupMs", q->wrapup_ms);
	q->announce_ms = request_int(rq, "announceMs", q->announce_ms);
	q->max_wait_ms = request_int(rq, "maxWaitMs", q->max_wait_ms);
	q->max_callers = request_int(rq, "maxCallers", q->max_callers);
}

static int queue_take(struct resource_work *x)
{
	const struct request *rq = x->rq;
	struct queue *q = x->row;
	const char *strategy = request_text(rq, "strategy");

	text_take(rq, "number", q->number, sizeof(q->number), &x->fe);
	text_take(rq, "name", q->name, sizeof(q->name), &x->fe);
	text_take(rq, "musicId", q->music_id, sizeof(q->music_id), &x->fe);
	text_take(rq, "prefix", q->prefix, sizeof(q->prefix), &x->fe);
	if (strategy)
		(void)queue_strategy_parse(&q->strategy, strategy);
	times_take(q, rq);
	q->leave_empty = request_bool(rq, "leaveEmpty", q->leave_empty);
	q->record = request_bool(rq, "record", q->record);
	agents_take(q, x);
	for (int i = 0; i < QUEUE_ENDS; i++) {
		const char *member = queue_end_member((enum queue_end)i);

		if (request_has(rq, member))
			q->next[i].has = dest_take(rq->body, member, &q->next[i].dest, &x->fe);
	}
	return 0;
}

static void fresh_h(void *row)
{
	queue_defaults(row);
}

static const struct resource queues = {
	.audit = "queue",
	.model = &queue_model,
	.title = offsetof(struct queue, name),
	.dest = DEST_queue,
	.target = offsetof(struct queue, number),
	.fresh_h = fresh_h,
	.list_h = list_h,
	.json_h = queue_json,
	.take_h = queue_take,
};

/** GET /queues */
void queues_get(struct request *rq, struct reply *rp)
{
	resource_list(&queues, rq, rp);
}

/** GET /queues/{id} */
void queue_get_one(struct request *rq, struct reply *rp)
{
	resource_show(&queues, rq, rp);
}

/** POST /queues */
void queue_post(struct request *rq, struct reply *rp)
{
	resource_add(&queues, rq, rp);
}

/** PATCH /queues/{id} */
void queue_patch(struct request *rq, struct reply *rp)
{
	resource_change(&queues, rq, rp);
}

/** DELETE /queues/{id} */
void queue_delete(struct request *rq, struct reply *rp)
{
	resource_remove(&queues, rq, rp);
}
