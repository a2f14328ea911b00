/**
 * @file out_routes.c  Outbound routes of the tenant that a platform administrator acts through
 */
#include <errno.h>
#include <string.h>
#include "inside.h"
#include "out_route.h"
#include "text.h"
#include "trunk.h"

struct route_work {
	struct request *rq;
	struct db *db;
	struct out_route r;
	struct field_errors fe;
	json_t *json;
	int err;
};

static json_t *route_json(struct db *db, const struct out_route *r, int *err)
{
	json_t *o = json_object();
	struct trunk t = {0};

	*err = trunk_by_id(&t, db, r->trunk);
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
	struct route_work *x = arg;

	json_array_append_new(x->json, route_json(x->db, r, &x->err));
	return x->err;
}

static int list_fn(struct db *db, void *obj)
{
	struct route_work *x = obj;

	x->db = db;
	return out_route_list(db, who_of(x->rq)->tenant, row_h, x);
}

static bool tenant_chosen(const struct request *rq, struct reply *rp)
{
	if (!who_of(rq)->tenant)
		reply_problem(rp, 409, "Choose a tenant first.");
	return who_of(rq)->tenant != 0;
}

/** GET /out-routes: all, in the order in which they are tried */
void out_routes_get(struct request *rq, struct reply *rp)
{
	struct route_work x = {.rq = rq};
	int err;

	if (!tenant_chosen(rq, rp))
		return;
	x.json = json_array();
	err = store_read(api_of(rq)->conf.store, list_fn, &x);
	if (err) {
		json_decref(x.json);
		answer_error(rp, err);
		return;
	}
	reply_json(rp, 200, json_pack("{s:o, s:n}", "rows", x.json, "next"));
}

static int body_take(struct route_work *x, struct db *db)
{
	const struct request *rq = x->rq;
	struct out_route *r = &x->r;
	const char *uuid = request_text(rq, "trunkId");
	struct trunk t;
	int err = 0;

	text_take(rq, "prefix", r->prefix, sizeof(r->prefix), &x->fe);
	text_take(rq, "prepend", r->prepend, sizeof(r->prepend), &x->fe);
	r->strip = request_int(rq, "strip", r->strip);
	r->priority = request_int(rq, "priority", r->priority);
	if (uuid) {
		err = trunk_by_uuid(&t, db, 0, uuid);
		r->trunk = err ? 0 : t.id;
	}
	return err == ENOENT ? 0 : err;
}

static int checked(struct route_work *x, struct db *db)
{
	int err = body_take(x, db);

	if (!err)
		err = out_route_check(&x->fe, db, &x->r);
	return err ? err : x->fe.count ? EINVAL : 0;
}

static int add_fn(struct db *db, void *obj)
{
	struct route_work *x = obj;
	int err;

	x->r.tenant = who_of(x->rq)->tenant;
	err = checked(x, db);
	if (!err)
		err = out_route_add(db, &x->r);
	if (!err)
		audit_note(db, x->rq, "out_route.add", x->r.id, x->r.prefix);
	return err;
}

static int change_fn(struct db *db, void *obj)
{
	struct route_work *x = obj;
	int err = out_route_get(&x->r, db, who_of(x->rq)->tenant, x->rq->ids[0]);

	if (!err && !version_matches(x->rq, x->r.version))
		err = ESTALE;
	if (!err)
		err = checked(x, db);
	if (!err)
		err = out_route_change(db, &x->r);
	if (!err)
		audit_note(db, x->rq, "out_route.change", x->r.id, x->r.prefix);
	return err;
}

static int remove_fn(struct db *db, void *obj)
{
	struct route_work *x = obj;
	int err = out_route_get(&x->r, db, who_of(x->rq)->tenant, x->rq->ids[0]);

	if (!err && !version_matches(x->rq, x->r.version))
		err = ESTALE;
	if (!err)
		err = out_route_remove(db, x->r.tenant, x->r.id);
	if (!err)
		audit_note(db, x->rq, "out_route.remove", x->r.id, x->r.prefix);
	return err;
}

static int show_fn(struct db *db, void *obj)
{
	struct route_work *x = obj;

	x->json = route_json(db, &x->r, &x->err);
	return x->err;
}

static void write_with(struct request *rq, struct reply *rp, int (*fn)(struct db *, void *),
		       unsigned status)
{
	struct route_work x = {.rq = rq};
	int err;

	if (!tenant_chosen(rq, rp))
		return;
	err = store_write_wait(api_of(rq)->conf.store, fn, &x);
	if (answer_fields(rp, &x.fe))
		return;
	if (!err)
		tenant_changed(rq, x.r.tenant);
	if (!err && status != 204)
		err = store_read(api_of(rq)->conf.store, show_fn, &x);
	if (err) {
		json_decref(x.json);
		answer_error(rp, err);
	} else if (status == 204) {
		reply_done(rp);
	} else {
		answer_etag(rp, x.r.version);
		reply_json(rp, status, x.json);
	}
}

/** POST /out-routes */
void out_route_post(struct request *rq, struct reply *rp)
{
	write_with(rq, rp, add_fn, 201);
}

/** PATCH /out-routes/{id} */
void out_route_patch(struct request *rq, struct reply *rp)
{
	write_with(rq, rp, change_fn, 200);
}

/** DELETE /out-routes/{id} */
void out_route_delete(struct request *rq, struct reply *rp)
{
	write_with(rq, rp, remove_fn, 204);
}
