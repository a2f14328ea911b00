/**
 * @file call_blocks.c  Callers who do not get through: to an extension, for its owner; to
 * everybody, for administrators
 */
#include <string.h>
#include "call_block.h"
#include "resource.h"
#include "setting_use.h"

RESOURCE_MODEL(call_block);

static json_t *block_json(struct resource_work *x, const void *row)
{
	const struct call_block *b = row;
	json_t *o = json_object();

	put_text(o, "id", b->id);
	put_word(o, "extensionId", b->extension_id);
	put_text(o, "kind", block_kind_name(b->kind));
	put_text(o, "pattern", b->pattern);
	put_text(o, "action", block_action_name(b->action));
	put_text(o, "note", b->note);
	put_bool(o, "active", b->active);
	json_object_set_new(o, "use", use_json(x->db, b->tenant, b->id, "block"));
	return o;
}

/* Own rules for whoever has an extension, the tenant's for administrators. */
static bool allowed(const struct who *w, const char *extension_id)
{
	bool own = extension_id[0] && !strcmp(extension_id, w->extension.id);

	return own || (w->admin && who_may(w, "call_block"));
}

static bool allowed_h(const struct resource_work *x, const void *row)
{
	const struct call_block *b = row;

	return allowed(who_of(x->rq), b->extension_id);
}

static const char *of_extension(const struct request *rq)
{
	const char *id = request_query(rq, "extensionId");

	return id ? id : "";
}

static int row_h(const struct call_block *b, void *arg)
{
	return resource_row(arg, b, b->id);
}

static int list_h(struct resource_work *x)
{
	return call_block_list(x->db, x->tenant, of_extension(x->rq), page_after(&x->page),
			       page_ask(&x->page), row_h, x);
}

static void fresh(void *row)
{
	((struct call_block *)row)->active = true;
}

static int block_take(struct resource_work *x)
{
	const struct request *rq = x->rq;
	struct call_block *b = x->row;
	const char *kind = request_text(rq, "kind"), *action = request_text(rq, "action");

	text_take(rq, "extensionId", b->extension_id, sizeof(b->extension_id), &x->fe);
	text_take(rq, "pattern", b->pattern, sizeof(b->pattern), &x->fe);
	text_take(rq, "note", b->note, sizeof(b->note), &x->fe);
	if (kind)
		(void)block_kind_parse(&b->kind, kind);
	if (action)
		(void)block_action_parse(&b->action, action);
	b->active = request_bool(rq, "active", b->active);
	return 0;
}

static const struct resource call_blocks = {
	.audit = "call_block",
	.model = &call_block_model,
	.title = offsetof(struct call_block, pattern),
	.allowed_h = allowed_h,
	.fresh_h = fresh,
	.list_h = list_h,
	.json_h = block_json,
	.take_h = block_take,
};

/** GET /call-blocks?extensionId=; without one the tenant's own */
void call_blocks_get(struct request *rq, struct reply *rp)
{
	if (allowed(who_of(rq), of_extension(rq)))
		resource_list(&call_blocks, rq, rp);
	else
		reply_problem(rp, 403, "Only rules of your own extension are yours.");
}

/** GET /call-blocks/{id} */
void call_block_get_one(struct request *rq, struct reply *rp)
{
	resource_show(&call_blocks, rq, rp);
}

/** POST /call-blocks */
void call_block_post(struct request *rq, struct reply *rp)
{
	resource_add(&call_blocks, rq, rp);
}

/** PATCH /call-blocks/{id} */
void call_block_patch(struct request *rq, struct reply *rp)
{
	resource_change(&call_blocks, rq, rp);
}

/** DELETE /call-blocks/{id} */
void call_block_delete(struct request *rq, struct reply *rp)
{
	resource_remove(&call_blocks, rq, rp);
}
