/**
 * @file call_flows.c  Call flows: switches between day and night
 */
#include <string.h>
#include "call_flow.h"
#include "resource.h"
#include "text.h"

RESOURCE_MODEL(call_flow);

static json_t *flow_json(struct resource_work *x, const void *row)
{
	const struct call_flow *f = row;
	json_t *o = json_object();

	put_text(o, "id", f->id);
	put_text(o, "number", f->number);
	put_text(o, "name", f->name);
	put_bool(o, "hasPin", f->pin[0]);
	put_bool(o, "isNight", f->night);
	json_object_set_new(o, "day",
			    dest_json(x->db, f->tenant, f->has_day_dest ? &f->day_dest : NULL));
	json_object_set_new(o, "night",
			    dest_json(x->db, f->tenant, f->has_night_dest ? &f->night_dest : NULL));
	return o;
}

static int row_h(const struct call_flow *f, void *arg)
{
	return resource_row(arg, f, f->id);
}

static int list_h(struct resource_work *x)
{
	return call_flow_list(x->db, x->tenant, page_after(&x->page), page_ask(&x->page), row_h, x);
}

/* A PIN is bound to the number: with another number it must be given anew. */
static void pin_take(struct call_flow *f, struct resource_work *x, const char *old_number)
{
	const char *pin = request_text(x->rq, "pin");

	if (!request_has(x->rq, "pin")) {
		if (f->pin[0] && strcmp(old_number, f->number))
			field_error(&x->fe, "pin", "must be given again with another number");
		return;
	}
	f->pin[0] = '\0';
	if (!pin || !pin[0])
		return;
	if (pin_digits(pin))
		call_flow_pin(f->pin, api_of(x->rq)->conf.secret, f->tenant, f->number, pin);
	else
		field_error(&x->fe, "pin", "must have %d to %d digits", PIN_MIN, PIN_MAX);
}

static int flow_take(struct resource_work *x)
{
	const struct request *rq = x->rq;
	struct call_flow *f = x->row;
	char old[CALL_FLOW_NUMBER];

	text_printf(old, sizeof(old), "%s", f->number);
	text_take(rq, "number", f->number, sizeof(f->number), &x->fe);
	text_take(rq, "name", f->name, sizeof(f->name), &x->fe);
	pin_take(f, x, old);
	f->night = request_bool(rq, "isNight", f->night);
	if (request_has(rq, "day"))
		f->has_day_dest = dest_take(rq->body, "day", &f->day_dest, &x->fe);
	if (request_has(rq, "night"))
		f->has_night_dest = dest_take(rq->body, "night", &f->night_dest, &x->fe);
	return 0;
}

static const struct resource call_flows = {
	.audit = "call_flow",
	.model = &call_flow_model,
	.title = offsetof(struct call_flow, name),
	.dest = DEST_callflow,
	.target = offsetof(struct call_flow, id),
	.list_h = list_h,
	.json_h = flow_json,
	.take_h = flow_take,
};

/** GET /call-flows */
void call_flows_get(struct request *rq, struct reply *rp)
{
	resource_list(&call_flows, rq, rp);
}

/** GET /call-flows/{id} */
void call_flow_get_one(struct request *rq, struct reply *rp)
{
	resource_show(&call_flows, rq, rp);
}

/** POST /call-flows */
void call_flow_post(struct request *rq, struct reply *rp)
{
	resource_add(&call_flows, rq, rp);
}

/** PATCH /call-flows/{id} */
void call_flow_patch(struct request *rq, struct reply *rp)
{
	resource_change(&call_flows, rq, rp);
}

/** DELETE /call-flows/{id} */
void call_flow_delete(struct request *rq, struct reply *rp)
{
	resource_remove(&call_flows, rq, rp);
}
