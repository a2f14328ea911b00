/**
 * @file feature_codes.c  Feature codes: what a tenant dials for what
 */
#include <errno.h>
#include <strings.h>
#include <string.h>
#include "feature_code.h"
#include "inside.h"
#include "own.h"
#include "text.h"

struct code_work {
	struct request *rq;
	const char *q;
	struct feature_code c;
	struct field_errors fe;
	json_t *rows;
};

static json_t *code_json(const struct feature_code *c)
{
	static const char *const arguments[] = {"none", "number", "digits", "optional", "keys"};
	const struct feature *f = feature(c->id);
	json_t *o = json_object();

	put_text(o, "name", f->name);
	put_text(o, "code", c->code);
	put_text(o, "defaultCode", f->code);
	put_text(o, "label", f->label);
	put_text(o, "what", f->what);
	put_text(o, "argument", arguments[f->argument]);
	put_bool(o, "active", c->active);
	return o;
}

static bool wanted(const struct code_work *x, const struct feature_code *c)
{
	const struct feature *f = feature(c->id);

	return !x->q || !x->q[0] || strstr(c->code, x->q) || strcasestr(f->label, x->q) ||
	       strcasestr(f->what, x->q);
}

static int row_h(const struct feature_code *c, void *arg)
{
	struct code_work *x = arg;

	if (wanted(x, c))
		json_array_append_new(x->rows, code_json(c));
	return 0;
}

static int list_fn(struct db *db, void *obj)
{
	struct code_work *x = obj;

	return feature_code_list(db, who_of(x->rq)->tenant, row_h, x);
}

/** GET /feature-codes?q=: all at once, they are few */
void feature_codes_get(struct request *rq, struct reply *rp)
{
	struct code_work x = {.rq = rq, .q = request_query(rq, "q"), .rows = json_array()};
	int err = store_read(api_of(rq)->conf.store, list_fn, &x);

	rows_answer(rp, x.rows, err);
}

static int find_h(const struct feature_code *c, void *arg)
{
	struct code_work *x = arg;

	if (strcmp(feature(c->id)->name, request_text(x->rq, "name")))
		return 0;
	x->c = *c;
	return DB_STOP;
}

static int change_fn(struct db *db, void *obj)
{
	struct code_work *x = obj;
	enum feature_id id;
	int err = feature_parse(&id, request_text(x->rq, "name"));

	if (err) {
		field_error(&x->fe, "name", "is no feature");
		return EINVAL;
	}
	err = feature_code_list(db, who_of(x->rq)->tenant, find_h, x);
	if (err)
		return err;
	text_take(x->rq, "code", x->c.code, sizeof(x->c.code), &x->fe);
	x->c.active = request_bool(x->rq, "active", x->c.active);
	err = feature_code_check(&x->fe, db, &x->c);
	if (!err && x->fe.count)
		err = EINVAL;
	if (!err)
		err = feature_code_set(db, &x->c);
	if (!err)
		audit_note(db, x->rq, "feature_code.change", "", feature(x->c.id)->name);
	return err;
}

/** PUT /feature-codes: one of them, by its name */
void feature_code_put(struct request *rq, struct reply *rp)
{
	struct code_work x = {.rq = rq};
	int err;

	if (!who_of(rq)->admin) {
		reply_problem(rp, 403, "Only administrators change feature codes.");
		return;
	}
	err = store_write_wait(api_of(rq)->conf.store, change_fn, &x);
	if (answer_refused(rp, &x.fe, err))
		return;
	tenant_changed(rq, who_of(rq)->tenant);
	reply_json(rp, 200, code_json(&x.c));
}
