/**
 * @file call_blocks.c  Callers who do not get through: to an extension, for its owner; to
 * everybody, for administrators
 */
#include <errno.h>
#include <string.h>
#include "call_block.h"
#include "inside.h"
#include "setting_use.h"
#include "text.h"

struct block_work {
	struct request *rq;
	struct db *db;
	struct page page;
	struct call_block b;
	struct field_errors fe;
	json_t *json;
};

static json_t *block_json(struct db *db, const struct call_block *b)
{
	json_t *o = json_object();

	put_text(o, "id", b->id);
	put_word(o, "extensionId", b->extension_id);
	put_text(o, "kind", block_kind_name(b->kind));
	put_text(o, "pattern", b->pattern);
	put_text(o, "action", block_action_name(b->action));
	put_text(o, "note", b->note);
	put_bool(o, "active", b->active);
	json_object_set_new(o, "use", use_json(db, b->tenant, b->id, "block"));
	return o;
}

/* Own rules for whoever has an extension, the tenant's for administrators. */
static bool allowed(const struct who *w, const char *extension_id)
{
	bool own = extension_id[0] && !strcmp(extension_id, w->extension.id);

	return own || (w->admin && who_may(w, "call_block"));
}

static bool allowed_or_answer(const struct block_work *x, struct reply *rp, const char *id)
{
	if (allowed(who_of(x->rq), id))
		return true;
	reply_problem(rp, 403, "Only rules of your own extension are yours.");
	return false;
}

static int row_h(const struct call_block *b, void *arg)
{
	struct block_work *x = arg;

	return page_add(&x->page, block_json(x->db, b), b->id) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct block_work *x = obj;

	x->db = db;
	return call_block_list(db, who_of(x->rq)->tenant, x->b.extension_id, page_after(&x->page),
			       page_ask(&x->page), row_h, x);
}

/** GET /call-blocks?extensionId=; without one the tenant's own */
void call_blocks_get(struct request *rq, struct reply *rp)
{
	struct block_work x = {.rq = rq};
	const char *id = request_query(rq, "extensionId");
	int err;

	text_printf(x.b.extension_id, sizeof(x.b.extension_id), "%s", id ? id : "");
	if (!allowed_or_answer(&x, rp, x.b.extension_id) || !page_begin(&x.page, rq, rp))
		return;
	err = store_read(api_of(rq)->conf.store, list_fn, &x);
	if (err)
		page_error(&x.page, rp, err);
	else
		page_reply(&x.page, rp);
}

static int show_fn(struct db *db, void *obj)
{
	struct block_work *x = obj;
	int err = call_block_get(&x->b, db, who_of(x->rq)->tenant, x->b.id);

	if (!err)
		x->json = block_json(db, &x->b);
	return err;
}

static void written(struct block_work *x, struct reply *rp, int err, unsigned status)
{
	if (answer_fields(rp, &x->fe))
		return;
	if (err == EPERM) {
		(void)allowed_or_answer(x, rp, "");
		return;
	}
	if (!err) {
		tenant_changed(x->rq, x->b.tenant);
		err = store_read(api_of(x->rq)->conf.store, show_fn, x);
	}
	if (err) {
		answer_error(rp, err);
		return;
	}
	answer_etag(rp, x->b.version);
	reply_json(rp, status, x->json);
}

static void body_take(struct block_work *x)
{
	const struct request *rq = x->rq;
	const char *kind = request_text(rq, "kind"), *action = request_text(rq, "action");

	text_take(rq, "extensionId", x->b.extension_id, sizeof(x->b.extension_id), &x->fe);
	text_take(rq, "pattern", x->b.pattern, sizeof(x->b.pattern), &x->fe);
	text_take(rq, "note", x->b.note, sizeof(x->b.note), &x->fe);
	if (kind)
		(void)block_kind_parse(&x->b.kind, kind);
	if (action)
		(void)block_action_parse(&x->b.action, action);
	x->b.active = request_bool(rq, "active", x->b.active);
}

static int checked(struct block_work *x, struct db *db)
{
	int err;

	body_take(x);
	if (!allowed(who_of(x->rq), x->b.extension_id))
		return EPERM;
	err = call_block_check(&x->fe, db, &x->b);
	return err ? err : x->fe.count ? EINVAL : 0;
}

static int add_fn(struct db *db, void *obj)
{
	struct block_work *x = obj;
	int err;

	x->b.tenant = who_of(x->rq)->tenant;
	x->b.active = true;
	err = checked(x, db);
	if (!err)
		err = call_block_add(db, &x->b);
	if (!err)
		audit_note(db, x->rq, "call_block.add", x->b.id, x->b.pattern);
	return err;
}

/** POST /call-blocks */
void call_block_post(struct request *rq, struct reply *rp)
{
	struct block_work x = {.rq = rq};

	written(&x, rp, store_write_wait(api_of(rq)->conf.store, add_fn, &x), 201);
}

/* Somebody else's rule is not there for whoever may not see it. */
static int found(struct block_work *x, struct db *db)
{
	const struct who *w = who_of(x->rq);
	int err = call_block_get(&x->b, db, w->tenant, x->rq->ids[0]);

	if (!err && !allowed(w, x->b.extension_id))
		return ENOENT;
	return !err && !version_matches(x->rq, x->b.version) ? ESTALE : err;
}

static int change_fn(struct db *db, void *obj)
{
	struct block_work *x = obj;
	int err = found(x, db);

	if (!err)
		err = checked(x, db);
	if (!err)
		err = call_block_change(db, &x->b);
	if (!err)
		audit_note(db, x->rq, "call_block.change", x->b.id, x->b.pattern);
	return err;
}

/** PATCH /call-blocks/{id} */
void call_block_patch(struct request *rq, struct reply *rp)
{
	struct block_work x = {.rq = rq};

	written(&x, rp, store_write_wait(api_of(rq)->conf.store, change_fn, &x), 200);
}

static int remove_fn(struct db *db, void *obj)
{
	struct block_work *x = obj;
	int err = found(x, db);

	if (!err)
		err = call_block_remove(db, x->b.tenant, x->b.id);
	if (!err)
		audit_note(db, x->rq, "call_block.remove", x->b.id, x->b.pattern);
	return err;
}

/** DELETE /call-blocks/{id} */
void call_block_delete(struct request *rq, struct reply *rp)
{
	struct block_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, remove_fn, &x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	tenant_changed(rq, x.b.tenant);
	reply_done(rp);
}
