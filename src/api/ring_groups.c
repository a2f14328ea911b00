/**
 * @file ring_groups.c  Ring groups
 */
#include <errno.h>
#include <string.h>
#include "dest_use.h"
#include "inside.h"
#include "ring_group.h"
#include "text.h"

struct group_work {
	struct request *rq;
	struct db *db;
	struct page page;
	struct ring_group g;
	struct field_errors fe;
	char where[DEST_USE];
	json_t *json;
};

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

static json_t *group_json(struct db *db, const struct ring_group *g)
{
	json_t *o = json_object();

	put_text(o, "id", g->id);
	put_text(o, "number", g->number);
	put_text(o, "name", g->name);
	put_text(o, "strategy", strategy_name(g->strategy));
	put_text(o, "ringback", g->music ? "music" : "ring");
	put_text(o, "prefix", g->prefix);
	json_object_set_new(o, "members", members_json(g));
	json_object_set_new(o, "next", dest_json(db, g->tenant, g->has_next ? &g->next : NULL));
	return o;
}

static int row_h(const struct ring_group *g, void *arg)
{
	struct group_work *x = arg;

	return page_add(&x->page, group_json(x->db, g), g->number) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct group_work *x = obj;

	x->db = db;
	return ring_group_list(db, who_of(x->rq)->tenant, page_after(&x->page), page_ask(&x->page),
			       row_h, x);
}

/** GET /ring-groups */
void ring_groups_get(struct request *rq, struct reply *rp)
{
	struct group_work x = {.rq = rq};
	int err;

	if (!page_begin(&x.page, rq, rp))
		return;
	err = store_read(api_of(rq)->conf.store, list_fn, &x);
	if (err)
		page_error(&x.page, rp, err);
	else
		page_reply(&x.page, rp);
}

static int show_fn(struct db *db, void *obj)
{
	struct group_work *x = obj;
	int err = ring_group_get(&x->g, db, who_of(x->rq)->tenant,
				 x->g.id[0] ? x->g.id : x->rq->ids[0]);

	if (!err)
		x->json = group_json(db, &x->g);
	return err;
}

static void group_reply(struct group_work *x, struct reply *rp, unsigned status)
{
	int err = store_read(api_of(x->rq)->conf.store, show_fn, x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	answer_etag(rp, x->g.version);
	reply_json(rp, status, x->json);
}

/** GET /ring-groups/{id} */
void ring_group_get_one(struct request *rq, struct reply *rp)
{
	struct group_work x = {.rq = rq};

	group_reply(&x, rp, 200);
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

static void members_take(struct group_work *x)
{
	const json_t *rows = json_object_get(x->rq->body, "members");
	json_t *row;
	size_t i;

	if (!rows)
		return;
	x->g.member_count = 0;
	json_array_foreach(rows, i, row)
		member_take(&x->g.members[x->g.member_count++], row, &x->fe);
}

static void body_take(struct group_work *x)
{
	const struct request *rq = x->rq;
	struct ring_group *g = &x->g;
	const char *strategy = request_text(rq, "strategy"),
		   *ringback = request_text(rq, "ringback");

	text_take(rq, "number", g->number, sizeof(g->number), &x->fe);
	text_take(rq, "name", g->name, sizeof(g->name), &x->fe);
	text_take(rq, "prefix", g->prefix, sizeof(g->prefix), &x->fe);
	if (strategy)
		(void)strategy_parse(&g->strategy, strategy);
	if (ringback)
		g->music = !strcmp(ringback, "music");
	members_take(x);
	if (request_has(rq, "next"))
		g->has_next = dest_take(rq->body, "next", &g->next, &x->fe);
}

static int checked(struct group_work *x, struct db *db)
{
	int err = 0;

	body_take(x);
	if (!x->fe.count)
		err = ring_group_check(&x->fe, db, &x->g);
	return err ? err : x->fe.count ? EINVAL : 0;
}

static int add_fn(struct db *db, void *obj)
{
	struct group_work *x = obj;
	int err;

	x->g.tenant = who_of(x->rq)->tenant;
	err = checked(x, db);
	if (!err)
		err = ring_group_add(db, &x->g);
	if (!err)
		audit_note(db, x->rq, "ring_group.add", x->g.id, x->g.number);
	return err;
}

static void written(struct group_work *x, struct reply *rp, int err, unsigned status)
{
	if (answer_fields(rp, &x->fe))
		return;
	if (err) {
		answer_error(rp, err);
		return;
	}
	tenant_changed(x->rq, x->g.tenant);
	group_reply(x, rp, status);
}

/** POST /ring-groups */
void ring_group_post(struct request *rq, struct reply *rp)
{
	struct group_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, add_fn, &x);

	written(&x, rp, err, 201);
}

static int change_fn(struct db *db, void *obj)
{
	struct group_work *x = obj;
	int err = ring_group_get(&x->g, db, who_of(x->rq)->tenant, x->rq->ids[0]);

	if (!err && !version_matches(x->rq, x->g.version))
		err = ESTALE;
	if (!err)
		err = checked(x, db);
	if (!err)
		err = ring_group_change(db, &x->g);
	if (!err)
		audit_note(db, x->rq, "ring_group.change", x->g.id, x->g.number);
	return err;
}

/** PATCH /ring-groups/{id} */
void ring_group_patch(struct request *rq, struct reply *rp)
{
	struct group_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, change_fn, &x);

	written(&x, rp, err, 200);
}

static int remove_fn(struct db *db, void *obj)
{
	struct group_work *x = obj;
	struct dest d = {.kind = DEST_group};
	int err = ring_group_get(&x->g, db, who_of(x->rq)->tenant, x->rq->ids[0]);

	if (!err && !version_matches(x->rq, x->g.version))
		err = ESTALE;
	if (err)
		return err;
	text_printf(d.target, sizeof(d.target), "%s", x->g.number);
	err = dest_used(x->where, db, x->g.tenant, &d);
	if (!err && x->where[0])
		err = EBUSY;
	if (!err)
		err = ring_group_remove(db, x->g.tenant, x->g.id);
	if (!err)
		audit_note(db, x->rq, "ring_group.remove", x->g.id, x->g.number);
	return err;
}

/** DELETE /ring-groups/{id} */
void ring_group_delete(struct request *rq, struct reply *rp)
{
	struct group_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, remove_fn, &x);

	if (dest_in_use(rp, x.g.name, x.where))
		return;
	if (err) {
		answer_error(rp, err);
		return;
	}
	tenant_changed(rq, x.g.tenant);
	reply_done(rp);
}
