/**
 * @file ring_groups.c  Ring groups
 */
#include <string.h>
#include "resource.h"
#include "ring_group.h"
#include "text.h"

RESOURCE_MODEL(ring_group);

static json_t *members_json(const struct ring_group *g)
{
	json_t *rows = json_array();

	for (unsigned i = 0; i < g->member_count; i++) {
		const struct ring_member *m = &g->members[i];
		json_t *o = json_object();

		put_text(o, "number", m->number);
		put_int(o, "delayMs", m->delay_ms);
		put_int(o, "ringMs", m->ring_ms);
		put_bool(o, "confirm", m->confirm);
		json_array_append_new(rows, o);
	}
	return rows;
}

static json_t *group_json(struct resource_work *x, const void *row)
{
	const struct ring_group *g = row;
	json_t *o = json_object();

	put_text(o, "id", g->id);
	put_text(o, "number", g->number);
	put_text(o, "name", g->name);
	put_text(o, "strategy", strategy_name(g->strategy));
	put_text(o, "ringback", g->music ? "music" : "ring");
	put_text(o, "musicId", g->music_id);
	put_text(o, "prefix", g->prefix);
	json_object_set_new(o, "members", members_json(g));
	json_object_set_new(o, "next", dest_json(x->db, g->tenant, g->has_next ? &g->next : NULL));
	return o;
}

static int row_h(const struct ring_group *g, void *arg)
{
	return resource_row(arg, g, g->number);
}

static int list_h(struct resource_work *x)
{
	return ring_group_list(x->db, x->tenant, page_after(&x->page), page_ask(&x->page), row_h,
			       x);
}

static void member_take(struct ring_member *m, const json_t *row, struct field_errors *fe)
{
	const json_t *ring = json_object_get(row, "ringMs");

	memset(m, 0, sizeof(*m));
	if (!text_printf(m->number, sizeof(m->number), "%s",
			 json_string_value(json_object_get(row, "number"))))
		field_error(fe, "members", "has a number that is too long");
	m->delay_ms = json_integer_value(json_object_get(row, "delayMs"));
	m->ring_ms = ring ? json_integer_value(ring) : RING_MEMBER_MS_DEFAULT;
	m->confirm = json_is_true(json_object_get(row, "confirm"));
}

static void members_take(struct ring_group *g, struct resource_work *x)
{
	const json_t *rows = json_object_get(x->rq->body, "members");
	json_t *row;
	size_t i;

	if (!rows)
		return;
	g->member_count = 0;
	json_array_foreach(rows, i, row) member_take(&g->members[g->member_count++], row, &x->fe);
}

static int group_take(struct resource_work *x)
{
	const struct request *rq = x->rq;
	struct ring_group *g = x->row;
	const char *strategy = request_text(rq, "strategy"),
		   *ringback = request_text(rq, "ringback");

	text_take(rq, "number", g->number, sizeof(g->number), &x->fe);
	text_take(rq, "name", g->name, sizeof(g->name), &x->fe);
	text_take(rq, "musicId", g->music_id, sizeof(g->music_id), &x->fe);
	text_take(rq, "prefix", g->prefix, sizeof(g->prefix), &x->fe);
	if (strategy)
		(void)strategy_parse(&g->strategy, strategy);
	if (ringback)
		g->music = !strcmp(ringback, "music");
	members_take(g, x);
	if (request_has(rq, "next"))
		g->has_next = dest_take(rq->body, "next", &g->next, &x->fe);
	return 0;
}

static const struct resource ring_groups = {
	.audit = "ring_group",
	.model = &ring_group_model,
	.title = offsetof(struct ring_group, name),
	.dest = DEST_group,
	.target = offsetof(struct ring_group, number),
	.list_h = list_h,
	.json_h = group_json,
	.take_h = group_take,
};

/** GET /ring-groups */
void ring_groups_get(struct request *rq, struct reply *rp)
{
	resource_list(&ring_groups, rq, rp);
}

/** GET /ring-groups/{id} */
void ring_group_get_one(struct request *rq, struct reply *rp)
{
	resource_show(&ring_groups, rq, rp);
}

/** POST /ring-groups */
void ring_group_post(struct request *rq, struct reply *rp)
{
	resource_add(&ring_groups, rq, rp);
}

/** PATCH /ring-groups/{id} */
void ring_group_patch(struct request *rq, struct reply *rp)
{
	resource_change(&ring_groups, rq, rp);
}

/** DELETE /ring-groups/{id} */
void ring_group_delete(struct request *rq, struct reply *rp)
{
	resource_remove(&ring_groups, rq, rp);
}
