/**
 * @file trunks.c  Trunks, for the platform's administrators
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "inside.h"
#include "text.h"
#include "trunk.h"

struct trunk_work {
	struct request *rq;
	struct page page;
	struct trunk t;
	struct field_errors fe;
};

static json_t *trunk_json(const struct trunk *t)
{
	json_t *o = json_object();

	put_text(o, "id", t->uuid);
	put_text(o, "name", t->name);
	put_text(o, "host", t->host);
	put_int(o, "port", t->port);
	put_text(o, "transport", t->transport);
	put_text(o, "auth", t->by_ip ? "ip" : "password");
	put_text(o, "username", t->username);
	put_bool(o, "hasPassword", t->sealed[0]);
	put_int(o, "channels", t->channels);
	put_bool(o, "plus", t->plus);
	put_bool(o, "active", t->active);
	return o;
}

static int row_h(const struct trunk *t, void *arg)
{
	struct trunk_work *x = arg;
	char key[24];

	text_printf(key, sizeof(key), "%lld", (long long)t->id);
	return page_add(&x->page, trunk_json(t), key) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct trunk_work *x = obj;
	const char *after = page_after(&x->page);

	return trunk_list(db, 0, after ? atoll(after) : 0, page_ask(&x->page), row_h, x);
}

/** GET /trunks */
void trunks_get(struct request *rq, struct reply *rp)
{
	struct trunk_work x = {.rq = rq};
	int err;

	if (!page_begin(&x.page, rq, rp))
		return;
	err = store_read(api_of(rq)->conf.store, list_fn, &x);
	if (err)
		page_error(&x.page, rp, err);
	else
		page_reply(&x.page, rp);
}

static int show_fn(struct db *db, void *obj)
{
	struct trunk_work *x = obj;

	return trunk_by_uuid(&x->t, db, 0, x->t.uuid[0] ? x->t.uuid : x->rq->ids[0]);
}

static void trunk_reply(struct trunk_work *x, struct reply *rp, unsigned status)
{
	int err = store_read(api_of(x->rq)->conf.store, show_fn, x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	answer_etag(rp, x->t.version);
	reply_json(rp, status, trunk_json(&x->t));
}

/** GET /trunks/{id} */
void trunk_get_one(struct request *rq, struct reply *rp)
{
	struct trunk_work x = {.rq = rq};

	trunk_reply(&x, rp, 200);
}

static void password_take(struct trunk_work *x)
{
	const char *plain = request_text(x->rq, "password");

	if (!request_has(x->rq, "password"))
		return;
	x->t.sealed[0] = '\0';
	if (plain && plain[0] && !secret_seal(x->t.sealed, api_of(x->rq)->conf.secret, plain))
		field_error(&x->fe, "password", "is too long");
}

static void body_take(struct trunk_work *x)
{
	const struct request *rq = x->rq;
	struct trunk *t = &x->t;
	const char *auth = request_text(rq, "auth");

	text_take(rq, "name", t->name, sizeof(t->name), &x->fe);
	text_take(rq, "host", t->host, sizeof(t->host), &x->fe);
	text_take(rq, "transport", t->transport, sizeof(t->transport), &x->fe);
	text_take(rq, "username", t->username, sizeof(t->username), &x->fe);
	password_take(x);
	if (auth)
		t->by_ip = !strcmp(auth, "ip");
	t->port = request_int(rq, "port", t->port);
	t->channels = request_int(rq, "channels", t->channels);
	t->plus = request_bool(rq, "plus", t->plus);
	t->active = request_bool(rq, "active", t->active);
}

static int checked(struct trunk_work *x, struct db *db)
{
	int err;

	body_take(x);
	err = trunk_check(&x->fe, db, &x->t);
	return err ? err : x->fe.count ? EINVAL : 0;
}

static int add_fn(struct db *db, void *obj)
{
	struct trunk_work *x = obj;
	int err;

	x->t = (struct trunk){
		.port = 5060, .transport = "udp", .by_ip = true, .plus = true, .active = true};
	err = checked(x, db);
	if (!err)
		err = trunk_add(db, &x->t);
	if (!err)
		audit_as(db, x->rq, 0, &who_of(x->rq)->user, "trunk.add", x->t.uuid, x->t.name);
	return err;
}

static void written(struct trunk_work *x, struct reply *rp, int err, unsigned status)
{
	if (answer_fields(rp, &x->fe))
		return;
	if (err) {
		answer_error(rp, err);
		return;
	}
	tenant_changed(x->rq, 0);
	trunk_reply(x, rp, status);
}

/** POST /trunks */
void trunk_post(struct request *rq, struct reply *rp)
{
	struct trunk_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, add_fn, &x);

	written(&x, rp, err, 201);
}

static int change_fn(struct db *db, void *obj)
{
	struct trunk_work *x = obj;
	int err = trunk_by_uuid(&x->t, db, 0, x->rq->ids[0]);

	if (!err && !version_matches(x->rq, x->t.version))
		err = ESTALE;
	if (!err)
		err = checked(x, db);
	if (!err)
		err = trunk_change(db, &x->t);
	if (!err)
		audit_as(db, x->rq, 0, &who_of(x->rq)->user, "trunk.change", x->t.uuid, x->t.name);
	return err;
}

/** PATCH /trunks/{id} */
void trunk_patch(struct request *rq, struct reply *rp)
{
	struct trunk_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, change_fn, &x);

	written(&x, rp, err, 200);
}

static int remove_fn(struct db *db, void *obj)
{
	struct trunk_work *x = obj;
	int err = trunk_by_uuid(&x->t, db, 0, x->rq->ids[0]);

	if (!err && !version_matches(x->rq, x->t.version))
		err = ESTALE;
	if (!err)
		err = trunk_remove(db, 0, x->t.id);
	if (!err)
		audit_as(db, x->rq, 0, &who_of(x->rq)->user, "trunk.remove", x->t.uuid, x->t.name);
	return err;
}

/** DELETE /trunks/{id} */
void trunk_delete(struct request *rq, struct reply *rp)
{
	struct trunk_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, remove_fn, &x);

	if (err == EBUSY) {
		reply_problem(rp, 409,
			      "Outbound routes lead through %s. Point them elsewhere first.",
			      x.t.name);
	} else if (err) {
		answer_error(rp, err);
	} else {
		tenant_changed(rq, 0);
		reply_done(rp);
	}
}
