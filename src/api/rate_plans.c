/**
 * @file rate_plans.c  Rate plans and their rates, for the platform's administrators
 */
#include <errno.h>
#include <string.h>
#include "rate.h"
#include "resource.h"
#include "text.h"

RESOURCE_MODEL(rate_plan);
RESOURCE_MODEL(rate);

/* --- plans -------------------------------------------------------------------------------------
 */

static json_t *plan_json(struct resource_work *x, const void *row)
{
	const struct rate_plan *p = row;
	int64_t rates, tenants;
	json_t *o;

	if (rate_plan_counts(x->db, p, &rates, &tenants))
		return NULL;
	o = json_object();
	put_text(o, "id", p->id);
	put_text(o, "name", p->name);
	put_text(o, "currency", p->currency);
	put_int(o, "rates", rates);
	put_int(o, "tenants", tenants);
	return o;
}

static int plan_row_h(const struct rate_plan *p, void *arg)
{
	return resource_row(arg, p, p->name);
}

static int plan_list_h(struct resource_work *x)
{
	return rate_plan_list(x->db, 0, page_after(&x->page), page_ask(&x->page), plan_row_h, x);
}

static int plan_take(struct resource_work *x)
{
	struct rate_plan *p = x->row;

	text_take(x->rq, "name", p->name, sizeof(p->name), &x->fe);
	text_take(x->rq, "currency", p->currency, sizeof(p->currency), &x->fe);
	return 0;
}

static const struct resource rate_plans = {
	.audit = "rate_plan",
	.model = &rate_plan_model,
	.title = offsetof(struct rate_plan, name),
	.platform = true,
	.busy = "tenants use it. Give them another one first.",
	.list_h = plan_list_h,
	.json_h = plan_json,
	.take_h = plan_take,
};

/** GET /rate-plans */
void rate_plans_get(struct request *rq, struct reply *rp)
{
	resource_list(&rate_plans, rq, rp);
}

/** GET /rate-plans/{id} */
void rate_plan_get_one(struct request *rq, struct reply *rp)
{
	resource_show(&rate_plans, rq, rp);
}

/** POST /rate-plans */
void rate_plan_post(struct request *rq, struct reply *rp)
{
	resource_add(&rate_plans, rq, rp);
}

/** PATCH /rate-plans/{id} */
void rate_plan_patch(struct request *rq, struct reply *rp)
{
	resource_change(&rate_plans, rq, rp);
}

/** DELETE /rate-plans/{id}: with its rates */
void rate_plan_delete(struct request *rq, struct reply *rp)
{
	resource_remove(&rate_plans, rq, rp);
}

/* --- rates -------------------------------------------------------------------------------------
 */

static json_t *rate_json(struct resource_work *x, const void *row)
{
	const struct rate *r = row;
	json_t *o = json_object();

	put_text(o, "id", r->id);
	put_text(o, "planId", r->plan_id);
	put_text(o, "prefix", r->prefix);
	put_text(o, "description", r->description);
	put_int(o, "perMinute", r->per_minute);
	put_int(o, "connectFee", r->connect);
	put_int(o, "minimumSeconds", r->minimum_s);
	put_int(o, "incrementSeconds", r->increment_s);
	put_int(o, "perPage", r->per_page);
	return o;
}

static int rate_row_h(const struct rate *r, void *arg)
{
	return resource_row(arg, r, r->prefix);
}

static int rate_list_h(struct resource_work *x)
{
	const char *plan = request_query(x->rq, "planId");

	return rate_list(x->db, 0, plan ? plan : "", request_query(x->rq, "q"),
			 page_after(&x->page), page_ask(&x->page), rate_row_h, x);
}

static void rate_fresh(void *row)
{
	struct rate *r = row;

	r->increment_s = 1;
}

static int rate_take(struct resource_work *x)
{
	const struct request *rq = x->rq;
	struct rate *r = x->row;
	const char *prefix = request_text(rq, "prefix");

	if (!r->id[0])
		text_take(rq, "planId", r->plan_id, sizeof(r->plan_id), &x->fe);
	if (prefix && !rate_prefix_read(r->prefix, prefix))
		field_error(&x->fe, "prefix", "must be the first digits of a number, such as 44");
	text_take(rq, "description", r->description, sizeof(r->description), &x->fe);
	r->per_minute = request_int(rq, "perMinute", r->per_minute);
	r->connect = request_int(rq, "connectFee", r->connect);
	r->minimum_s = request_int(rq, "minimumSeconds", r->minimum_s);
	r->increment_s = request_int(rq, "incrementSeconds", r->increment_s);
	r->per_page = request_int(rq, "perPage", r->per_page);
	return 0;
}

static const struct resource rates = {
	.audit = "rate",
	.model = &rate_model,
	.title = offsetof(struct rate, prefix),
	.platform = true,
	.fresh_h = rate_fresh,
	.list_h = rate_list_h,
	.json_h = rate_json,
	.take_h = rate_take,
};

/** GET /rates?planId=&q= */
void rates_get(struct request *rq, struct reply *rp)
{
	resource_list(&rates, rq, rp);
}

/** GET /rates/{id} */
void rate_get_one(struct request *rq, struct reply *rp)
{
	resource_show(&rates, rq, rp);
}

/** POST /rates */
void rate_post(struct request *rq, struct reply *rp)
{
	resource_add(&rates, rq, rp);
}

/** PATCH /rates/{id} */
void rate_patch(struct request *rq, struct reply *rp)
{
	resource_change(&rates, rq, rp);
}

/** DELETE /rates/{id} */
void rate_delete(struct request *rq, struct reply *rp)
{
	resource_remove(&rates, rq, rp);
}

/* --- who uses a plan ---------------------------------------------------------------------------
 */

struct use_work {
	struct request *rq;
	struct tenant_row t;
	struct field_errors fe;
};

static int use_fn(struct db *db, void *obj)
{
	struct use_work *x = obj;
	const char *id = request_text(x->rq, "ratePlanId");
	int err = tenant_by_uuid(&x->t, db, x->rq->ids[0]);

	if (!err)
		err = rate_plan_use(&x->fe, db, x->t.id, id ? id : "");
	if (!err && !x->fe.count)
		audit_as(db, x->rq, 0, &who_of(x->rq)->user, "tenant.rate_plan", id ? id : "",
			 x->t.name);
	return !err && x->fe.count ? EINVAL : err;
}

/** PUT /tenants/{id}/rate-plan: null for none, and nothing is priced */
void tenant_rate_plan_put(struct request *rq, struct reply *rp)
{
	struct use_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, use_fn, &x);
	json_t *o;

	if (answer_fields(rp, &x.fe))
		return;
	if (err) {
		answer_error(rp, err);
		return;
	}
	o = json_object();
	put_text(o, "what", "rate_plan");
	tenant_changed(rq, x.t.id);
	tell(0, NULL, "settings.changed", o);
	reply_done(rp);
}
