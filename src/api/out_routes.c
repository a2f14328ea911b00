/**
 * @file out_routes.c  Outbound routes of the tenant that a platform administrator acts through
 */
#include <errno.h>
#include "out_route.h"
#include "resource.h"
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

static bool tenant_chosen(const struct request *rq, struct reply *rp)
{
	if (!who_of(rq)->tenant)
		reply_problem(rp, 409, "Choose a tenant first.");
	return who_of(rq)->tenant != 0;
}

/** GET /out-routes: in the order in which they are tried */
void out_routes_get(struct request *rq, struct reply *rp)
{
	if (tenant_chosen(rq, rp))
		resource_list(&out_routes, rq, rp);
}

/** POST /out-routes */
void out_route_post(struct request *rq, struct reply *rp)
{
	if (tenant_chosen(rq, rp))
		resource_add(&out_routes, rq, rp);
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
