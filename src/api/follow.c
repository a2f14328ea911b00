/**
 * @file follow.c  Follow me of an extension, for its owner and for administrators
 */
#include <errno.h>
#include <string.h>
#include "extension_settings.h"
#include "follow.h"
#include "inside.h"
#include "own.h"
#include "reach.h"
#include "text.h"

struct follow_work {
	struct request *rq;
	struct extension e;
	struct follow f;
	struct extension_settings s;
	const struct reach_warnings *warnings;
	struct field_errors fe;
};

static json_t *dests_json(const struct follow *f)
{
	json_t *rows = json_array();

	for (unsigned i = 0; i < f->count; i++) {
		const struct follow_dest *d = &f->dests[i];
		json_t *o = json_object();

		put_text(o, "number", d->number);
		put_int(o, "delayMs", d->delay_ms);
		put_int(o, "ringMs", d->ring_ms);
		put_bool(o, "confirm", d->confirm);
		json_array_append_new(rows, o);
	}
	return rows;
}

static json_t *follow_json(const struct follow_work *x)
{
	json_t *o = json_object(), *warnings = json_array();

	put_bool(o, "enabled", x->s.follow);
	json_object_set_new(o, "enabledSet", mark_json(&x->s.follow_mark));
	put_bool(o, "ignoreBusy", x->f.ignore_busy);
	put_text(o, "prefix", x->f.prefix);
	json_object_set_new(o, "destinations", dests_json(&x->f));
	for (unsigned i = 0; i < x->warnings->count; i++)
		json_array_append_new(warnings, json_string(x->warnings->text[i]));
	json_object_set_new(o, "warnings", warnings);
	return o;
}

static int follow_fn(struct db *db, void *obj)
{
	struct follow_work *x = obj;
	int64_t tenant = who_of(x->rq)->tenant;
	int err = extension_get(&x->e, db, tenant, x->rq->ids[0]);

	if (!err)
		err = extension_settings_get(&x->s, db, tenant, x->e.id);
	return err ? err : follow_get(&x->f, db, tenant, x->e.id);
}

static void follow_reply(struct follow_work *x, struct reply *rp)
{
	const struct api_live *live = &api_of(x->rq)->live;
	AUTO struct reach_warnings *warnings = NULL;
	int err = store_read(api_of(x->rq)->conf.store, follow_fn, x);

	if (!err)
		err = live->follow_h(&warnings, x->e.tenant, x->e.number, live->arg);
	if (err) {
		answer_error(rp, err);
		return;
	}
	x->warnings = warnings;
	answer_etag(rp, x->s.version);
	reply_json(rp, 200, follow_json(x));
}

/** GET /extensions/{id}/follow-me */
void follow_me_get(struct request *rq, struct reply *rp)
{
	struct follow_work x = {.rq = rq};

	if (extension_allowed(rq, rp, rq->ids[0]))
		follow_reply(&x, rp);
}

static void dest_take_one(struct follow_dest *d, const json_t *row, struct field_errors *fe)
{
	const json_t *ring = json_object_get(row, "ringMs");
	const char *number = json_string_value(json_object_get(row, "number"));

	memset(d, 0, sizeof(*d));
	if (!text_printf(d->number, sizeof(d->number), "%s", number ? number : ""))
		field_error(fe, "destinations", "has a number that is too long");
	d->delay_ms = json_integer_value(json_object_get(row, "delayMs"));
	d->ring_ms = ring ? json_integer_value(ring) : FOLLOW_RING_DEFAULT;
	d->confirm = json_is_true(json_object_get(row, "confirm"));
}

static void body_take(struct follow_work *x)
{
	const struct request *rq = x->rq;
	const json_t *rows = json_object_get(rq->body, "destinations");
	json_t *row;
	size_t i;

	x->s.follow = request_bool(rq, "enabled", x->s.follow);
	x->f.ignore_busy = request_bool(rq, "ignoreBusy", x->f.ignore_busy);
	text_take(rq, "prefix", x->f.prefix, sizeof(x->f.prefix), &x->fe);
	if (rows)
		x->f.count = 0;
	json_array_foreach(rows, i, row) dest_take_one(&x->f.dests[x->f.count++], row, &x->fe);
	if (x->s.follow && !x->f.count)
		field_error(&x->fe, "destinations", "must have at least one");
}

static int change_fn(struct db *db, void *obj)
{
	struct follow_work *x = obj;
	int err = follow_fn(db, x);

	if (!err && !version_matches(x->rq, x->s.version))
		return ESTALE;
	if (err)
		return err;
	body_take(x);
	err = follow_check(&x->fe, db, &x->f);
	if (!err && x->fe.count)
		err = EINVAL;
	if (!err)
		err = follow_change(db, &x->f);
	if (!err)
		err = extension_settings_change(db, &x->s, who_of(x->rq)->user.name);
	if (!err)
		audit_note(db, x->rq, "extension.follow_me", x->e.id, x->e.number);
	return err;
}

/** PUT /extensions/{id}/follow-me: what is left out stays as it is */
void follow_me_put(struct request *rq, struct reply *rp)
{
	struct follow_work x = {.rq = rq};
	int err;

	if (!extension_allowed(rq, rp, rq->ids[0]))
		return;
	err = store_write_wait(api_of(rq)->conf.store, change_fn, &x);
	if (answer_refused(rp, &x.fe, err))
		return;
	settings_tell(rq, &x.e);
	follow_reply(&x, rp);
}
