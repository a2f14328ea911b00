/**
 * @file dests.c  Dests in bodies and replies: {kind, target, label}; what a dest may lead to
 */
#include <string.h>
#include "dest_choice.h"
#include "inside.h"
#include "text.h"

/** A dest as people read it; NULL d: null */
json_t *dest_json(struct db *db, int64_t tenant, const struct dest *d)
{
	char label[MODEL_NAME * 2];
	json_t *o;

	if (!d)
		return json_null();
	o = json_object();
	put_text(o, "kind", dest_kind_name(d->kind));
	put_text(o, "target", d->target);
	put_text(o, "label",
		 dest_label(label, sizeof(label), db, tenant, d) ? dest_kind_label(d->kind)
								 : label);
	return o;
}

/**
 * Takes a dest out of an object
 *
 * @param o    Body, or an object in it
 * @param name Its member
 * @param d    Filled in when it is there and not null
 * @param fe   What is wrong with it
 *
 * @return false when it is null: no dest is wanted
 */
bool dest_take(const json_t *o, const char *name, struct dest *d, struct field_errors *fe)
{
	const json_t *v = json_object_get(o, name);
	const char *kind = json_string_value(json_object_get(v, "kind"));
	const char *target = json_string_value(json_object_get(v, "target"));

	if (!v)
		return true;
	if (json_is_null(v))
		return false;
	memset(d, 0, sizeof(*d));
	if (!kind || dest_kind_parse(&d->kind, kind))
		field_error(fe, name, "has no such kind");
	else if (!text_printf(d->target, sizeof(d->target), "%s", target ? target : ""))
		field_error(fe, name, "has a target that is too long");
	return true;
}

/** Answers that something is in use, and where; false when nothing leads to it */
bool dest_in_use(struct reply *rp, const char *what, const char *where)
{
	if (!where[0])
		return false;
	reply_problem(rp, 409, "%s is still in use by %s. Point that elsewhere first.", what,
		      where);
	return true;
}

struct choices {
	const struct request *rq;
	enum dest_kind kind;
	json_t *rows;
};

static int choice_h(const struct dest *d, const char *label, void *arg)
{
	struct choices *c = arg;
	json_t *o = json_object();

	put_text(o, "kind", dest_kind_name(d->kind));
	put_text(o, "target", d->target);
	put_text(o, "label", label);
	json_array_append_new(c->rows, o);
	return 0;
}

static int choices_fn(struct db *db, void *obj)
{
	struct choices *c = obj;

	return dest_choice_list(db, who_of(c->rq)->tenant, c->kind, request_query(c->rq, "q"),
				choice_h, c);
}

/** GET /dests?kind=&q= */
void dests_get(struct request *rq, struct reply *rp)
{
	struct choices c = {.rq = rq};
	const char *kind = request_query(rq, "kind");
	json_t *o = json_object();
	int err;

	c.rows = json_array();
	json_object_set_new(o, "rows", c.rows);
	json_object_set_new(o, "next", json_null());
	if (!kind || dest_kind_parse(&c.kind, kind)) {
		reply_field(rp, "kind", "is no kind of destination");
		json_decref(o);
		return;
	}
	err = store_read(api_of(rq)->conf.store, choices_fn, &c);
	if (err) {
		answer_error(rp, err);
		json_decref(o);
		return;
	}
	reply_json(rp, 200, o);
}
