/**
 * @file resource.c  List, show, add, change and remove, for any noun that has a table
 */
#include <errno.h>
#include <string.h>
#include "resource.h"
#include "text.h"

static const char *text_of(const struct resource_work *x, size_t offset)
{
	return (const char *)x->row + offset;
}

static int64_t version_of(const struct resource_work *x)
{
	int64_t version;

	memcpy(&version, (const char *)x->row + x->kind->model->version, sizeof(version));
	return version;
}

static bool may_have(const struct resource_work *x)
{
	return !x->kind->allowed_h || x->kind->allowed_h(x, x->row);
}

static void work_begin(struct resource_work *x, const struct resource *kind, struct request *rq)
{
	memset(x, 0, sizeof(*x));
	x->kind = kind;
	x->rq = rq;
	x->tenant = kind->platform ? 0 : who_of(rq)->tenant;
}

/* Runs fn with room for one of the noun. */
static void with_row(const struct resource *kind, struct request *rq, struct reply *rp,
		     void (*fn)(struct resource_work *x, struct reply *rp))
{
	struct resource_work x;

	work_begin(&x, kind, rq);
	x.row = mem_zalloc(kind->model->size, NULL);
	if (x.row)
		fn(&x, rp);
	else
		answer_error(rp, ENOMEM);
	mem_deref(x.row);
}

/* --- reading -----------------------------------------------------------------------------------
 */

/**
 * Adds a row to the page that a list_h() fills
 *
 * @param x   Work
 * @param row The model's struct
 * @param key What list_h() asks the next page to begin after
 *
 * @return 0, DB_STOP when the page is full, or EIO: what a row handler of the model returns
 */
int resource_row(struct resource_work *x, const void *row, const char *key)
{
	json_t *o = x->kind->json_h(x, row);

	if (!o)
		return EIO;
	return page_add(&x->page, o, key) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct resource_work *x = obj;

	x->db = db;
	return x->kind->list_h(x);
}

/** Answers with a page of them */
void resource_list(const struct resource *kind, struct request *rq, struct reply *rp)
{
	struct resource_work x;

	work_begin(&x, kind, rq);
	page_list(&x.page, rq, rp, list_fn, &x);
}

/* Somebody else's is not there for whoever may not see it. */
static int load(struct resource_work *x, struct db *db, const char *id)
{
	int err = x->kind->model->get_h(x->row, db, x->tenant, id);

	x->db = db;
	return !err && !may_have(x) ? ENOENT : err;
}

static int show_fn(struct db *db, void *obj)
{
	struct resource_work *x = obj;
	char id[ID_SIZE];
	int err;

	text_printf(id, sizeof(id), "%s", text_of(x, x->kind->model->id));
	err = load(x, db, id[0] ? id : x->rq->ids[0]);
	if (err)
		return err;
	x->json = x->kind->json_h(x, x->row);
	return x->json ? 0 : EIO;
}

static void show(struct resource_work *x, struct reply *rp, unsigned status)
{
	int err = store_read(api_of(x->rq)->conf.store, show_fn, x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	answer_etag(rp, version_of(x));
	reply_json(rp, status, x->json);
}

static void shown(struct resource_work *x, struct reply *rp)
{
	show(x, rp, 200);
}

/** Answers with the one that the path names */
void resource_show(const struct resource *kind, struct request *rq, struct reply *rp)
{
	with_row(kind, rq, rp, shown);
}

/* --- writing -----------------------------------------------------------------------------------
 */

static void audited(const struct resource_work *x, const char *what)
{
	char action[64];

	text_printf(action, sizeof(action), "%s.%s", x->kind->audit, what);
	audit_as(x->db, x->rq, x->tenant, &who_of(x->rq)->user, action,
		 text_of(x, x->kind->model->id), text_of(x, x->kind->title));
}

static int taken(struct resource_work *x)
{
	int err = x->kind->take_h(x);

	if (!err && !may_have(x))
		err = EPERM;
	if (!err && !x->fe.count)
		err = x->kind->model->check_h(&x->fe, x->db, x->row);
	return !err && x->fe.count ? EINVAL : err;
}

static int add_fn(struct db *db, void *obj)
{
	struct resource_work *x = obj;
	int err;

	x->db = db;
	memcpy((char *)x->row + x->kind->model->tenant, &x->tenant, sizeof(x->tenant));
	if (x->kind->fresh_h)
		x->kind->fresh_h(x->row);
	err = taken(x);
	if (!err)
		err = x->kind->model->add_h(db, x->row);
	if (!err)
		audited(x, "add");
	return err;
}

/* The one that is to be changed, if nobody has changed it since the person saw it. */
static int found(struct resource_work *x, struct db *db)
{
	int err = load(x, db, x->rq->ids[0]);

	return !err && !version_matches(x->rq, version_of(x)) ? ESTALE : err;
}

static int change_fn(struct db *db, void *obj)
{
	struct resource_work *x = obj;
	int err = found(x, db);

	if (!err)
		err = taken(x);
	if (!err)
		err = x->kind->model->change_h(db, x->row);
	if (!err)
		audited(x, "change");
	return err;
}

/* Calls take the new way, and who has the list open sees it. */
static void changed_tell(const struct resource_work *x)
{
	json_t *o = json_object();

	put_text(o, "what", x->kind->audit);
	tenant_changed(x->rq, x->tenant);
	tell(x->tenant, NULL, "settings.changed", o);
}

static void written(struct resource_work *x, struct reply *rp, int err, unsigned status)
{
	if (answer_fields(rp, &x->fe))
		return;
	if (err == EPERM) {
		reply_problem(rp, 403, "Only what belongs to your own extension is yours.");
	} else if (err) {
		answer_error(rp, err);
	} else {
		changed_tell(x);
		show(x, rp, status);
	}
}

static void add(struct resource_work *x, struct reply *rp)
{
	written(x, rp, store_write_wait(api_of(x->rq)->conf.store, add_fn, x), 201);
}

/** Adds one as the body says, and answers with it */
void resource_add(const struct resource *kind, struct request *rq, struct reply *rp)
{
	with_row(kind, rq, rp, add);
}

static void change(struct resource_work *x, struct reply *rp)
{
	written(x, rp, store_write_wait(api_of(x->rq)->conf.store, change_fn, x), 200);
}

/** Changes what the body names of the one that the path names, and answers with it */
void resource_change(const struct resource *kind, struct request *rq, struct reply *rp)
{
	with_row(kind, rq, rp, change);
}

/* What calls are still led to stays. */
static int unused(struct resource_work *x)
{
	struct dest d = {.kind = x->kind->dest};
	int err;

	if (!x->kind->target)
		return 0;
	text_printf(d.target, sizeof(d.target), "%s", text_of(x, x->kind->target));
	err = dest_used(x->where, x->db, x->tenant, &d);
	return !err && x->where[0] ? EBUSY : err;
}

static int remove_fn(struct db *db, void *obj)
{
	struct resource_work *x = obj;
	int err = found(x, db);

	if (!err)
		err = unused(x);
	if (!err)
		err = x->kind->model->remove_h(db, x->row);
	if (!err)
		audited(x, "remove");
	return err;
}

static void remove_one(struct resource_work *x, struct reply *rp)
{
	int err = store_write_wait(api_of(x->rq)->conf.store, remove_fn, x);

	if (dest_in_use(rp, text_of(x, x->kind->title), x->where))
		return;
	if (err == EBUSY && x->kind->busy) {
		reply_problem(rp, 409, "%s: %s", text_of(x, x->kind->title), x->kind->busy);
	} else if (err) {
		answer_error(rp, err);
	} else {
		changed_tell(x);
		reply_done(rp);
	}
}

/** Removes the one that the path names, unless it is in use */
void resource_remove(const struct resource *kind, struct request *rq, struct reply *rp)
{
	with_row(kind, rq, rp, remove_one);
}
