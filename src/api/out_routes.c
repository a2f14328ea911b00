/**
 * @file out_routes.c  Outbound routes of the tenant that a platform administrator acts through
 */
#include <errno.h>
#include <string.h>
#include "out_route.h"
#include "resource.h"
#include "text.h"
#include "trunk.h"

RESOURCE_MODEL(out_route);

static json_t *route_json(struct resource_work *x, const void *row)
{
	const struct out_route *r = row;
	struct trunk t;
	json_t *o;

	if (trunk_by_id(&t, x->db, r->trunk))
		return NULL;
	o = json_object();
	put_text(o, "id", r->id);
	put_text(o, "prefix", r->prefix);
	put_int(o, "strip", r->strip);
	put_text(o, "prepend", r->prepend);
	put_int(o, "priority", r->priority);
	put_text(o, "trunkId", t.uuid);
	put_text(o, "trunk", t.name);
	return o;
}

static int row_h(const struct out_route *r, void *arg)
{
	return resource_row(arg, r, r->id);
}

/* All on one page: a route says little without those that are tried before it. */
static int list_h(struct resource_work *x)
{
	x->page.limit = OUT_ROUTES_MAX;
	return out_route_list(x->db, x->tenant, row_h, x);
}

static int route_take(struct resource_work *x)
{
	const struct request *rq = x->rq;
	struct out_route *r = x->row;
	const char *uuid = request_text(rq, "trunkId");
	struct trunk t;
	int err = 0;

	text_take(rq, "prefix", r->prefix, sizeof(r->prefix), &x->fe);
	text_take(rq, "prepend", r->prepend, sizeof(r->prepend), &x->fe);
	r->strip = request_int(rq, "strip", r->strip);
	r->priority = request_int(rq, "priority", r->priority);
	if (uuid) {
		err = trunk_by_uuid(&t, x->db, 0, uuid);
		r->trunk = err ? 0 : t.id;
	}
	return err == ENOENT ? 0 : err;
}

static const struct resource out_routes = {
	.audit = "out_route",
	.model = &out_route_model,
	.title = offsetof(struct out_route, prefix),
	.list_h = list_h,
	.json_h = route_json,
	.take_h = route_take,
};

/** GET /out-routes: in the order in which they are tried */
void out_routes_get(struct request *rq, struct reply *rp)
{
	if (tenant_chosen(rq, rp))
		resource_list(&out_routes, rq, rp);
}

/** GET /out-routes/{id} */
void out_route_get_one(struct request *rq, struct reply *rp)
{
	if (tenant_chosen(rq, rp))
		resource_show(&out_routes, rq, rp);
}

/** POST /out-routes */
void out_route_post(struct request *rq, struct reply *rp)
{
	if (tenant_chosen(rq, rp))
		resource_add(&out_routes, rq, rp);
}

static json_t *way_trunk_json(const struct live_way_trunk *t, bool emergency)
{
	json_t *o = json_object();

	put_text(o, "trunk", t->name);
	put_text(o, "sends", t->sends);
	put_bool(o, "active", t->active);
	put_bool(o, "full", t->full);
	put_bool(o, "down", t->down);
	put_bool(o, "emergency", emergency);
	return o;
}

struct way_label {
	int64_t tenant;
	const struct live_way *way;
	char text[MODEL_NAME * 2];
};

static int label_fn(struct db *db, void *obj)
{
	struct way_label *l = obj;

	return l->way->leads ? dest_label(l->text, sizeof(l->text), db, l->tenant, &l->way->dest)
			     : 0;
}

/* A feature code has no row to be called by. */
static json_t *way_json(const struct request *rq, const struct live_way *w, const char *number)
{
	struct way_label l = {.tenant = who_of(rq)->tenant, .way = w};
	json_t *o = json_object(), *rows = json_array();

	if (store_read(api_of(rq)->conf.store, label_fn, &l))
		text_printf(l.text, sizeof(l.text), "%s", dest_kind_label(w->dest.kind));
	put_text(o, "number", w->leads ? w->dest.target : number);
	put_text(o, "kind", w->leads ? dest_kind_name(w->dest.kind) : "");
	put_text(o, "label", l.text);
	for (unsigned i = 0; i < w->count; i++)
		json_array_append_new(rows, way_trunk_json(&w->trunks[i], w->emergency));
	json_object_set_new(o, "trunks", rows);
	return o;
}

/** GET /way-out?number=: where it leads when somebody of the chosen tenant dials it */
void way_out_get(struct request *rq, struct reply *rp)
{
	const struct api_live *live = &api_of(rq)->live;
	const char *number = request_query(rq, "number");
	struct live_way w = {0};
	int err;

	if (!tenant_chosen(rq, rp))
		return;
	if (!number || !number[0] || strlen(number) >= PHONE_SIZE) {
		reply_field(rp, "number", "must be what somebody dials, at most 32 characters");
		return;
	}
	err = live->way_h(&w, who_of(rq)->tenant, number, live->arg);
	if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 200, way_json(rq, &w, number));
}

/** PATCH /out-routes/{id} */
void out_route_patch(struct request *rq, struct reply *rp)
{
	if (tenant_chosen(rq, rp))
		resource_change(&out_routes, rq, rp);
}

/** DELETE /out-routes/{id} */
void out_route_delete(struct request *rq, struct reply *rp)
{
	if (tenant_chosen(rq, rp))
		resource_remove(&out_routes, rq, rp);
}
