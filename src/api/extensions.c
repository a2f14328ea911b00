/**
 * @file extensions.c  Extensions
 */
#include <errno.h>
#include <string.h>
#include "dest_use.h"
#include "inside.h"
#include "own.h"
#include "text.h"

struct extension_list {
	struct request *rq;
	struct db *db;
	struct page page;
	struct live_extension *live;
	size_t live_count;
};

static json_t *owner_json(struct db *db, const struct extension *e)
{
	struct user u;
	json_t *o;

	if (user_by_extension(&u, db, e->tenant, e->id))
		return json_null();
	o = json_object();
	put_text(o, "id", u.id);
	put_text(o, "name", u.name);
	put_text(o, "email", u.email);
	return o;
}

static json_t *extension_json(struct db *db, const struct extension *e,
			      const struct live_extension *live, size_t n)
{
	json_t *o = json_object();
	unsigned registered = 0;
	enum live_presence presence = presence_of(live, n, e->number, &registered);

	put_text(o, "id", e->id);
	put_text(o, "number", e->number);
	put_text(o, "name", e->name);
	put_text(o, "callerIdName", e->caller_id_name);
	put_text(o, "callerIdNumber", e->caller_id_number);
	put_int(o, "ringMs", e->ring_ms);
	put_bool(o, "callWaiting", e->call_waiting);
	put_text(o, "emergencyAddress", e->emergency_address);
	put_text(o, "recording", recording_rule_name(e->recording));
	json_object_set_new(o, "user", owner_json(db, e));
	put_text(o, "presence", presence_word(presence));
	put_int(o, "registered", registered);
	return o;
}

static int row_h(const struct extension *e, void *arg)
{
	struct extension_list *l = arg;
	json_t *o = extension_json(l->db, e, l->live, l->live_count);

	return page_add(&l->page, o, e->number) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct extension_list *l = obj;

	l->db = db;
	return extension_list(db, who_of(l->rq)->tenant, request_query(l->rq, "q"),
			      page_after(&l->page), page_ask(&l->page), row_h, l);
}

/** GET /extensions */
void extensions_get(struct request *rq, struct reply *rp)
{
	struct extension_list l = {.rq = rq};
	const struct api *api = api_of(rq);
	int err;

	if (!page_begin(&l.page, rq, rp))
		return;
	err = api->live.presence_h(&l.live, &l.live_count, who_of(rq)->tenant, api->live.arg);
	if (!err)
		err = store_read(api->conf.store, list_fn, &l);
	page_answer(&l.page, rp, err);
	mem_deref(l.live);
}

/** What the handlers of one extension read and write */
struct extension_work {
	struct request *rq;
	struct extension e;
	char old_number[PHONE_SIZE];
	char plain[SECRET_PLAIN]; /* of a new password */
	struct field_errors fe;
	char where[DEST_USE];	  /* what still leads to it */
	struct browsers browsers; /* that were signed in under a number that is gone */
	struct live_extension *live;
	struct live_registration *registrations;
	size_t live_count, registration_count;
	json_t *json;
};

static json_t *registrations_part(struct db *db, const struct extension_work *x)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < x->registration_count; i++)
		json_array_append_new(
			rows, registration_json(db, who_of(x->rq)->tenant, &x->registrations[i]));
	return rows;
}

static int detail_fn(struct db *db, void *obj)
{
	struct extension_work *x = obj;
	int64_t tenant = who_of(x->rq)->tenant;
	json_t *devices;
	int err = extension_get(&x->e, db, tenant, x->rq->ids[0]);

	if (err)
		return err;
	devices = json_array();
	x->json = extension_json(db, &x->e, x->live, x->live_count);
	json_object_set_new(x->json, "devices", devices);
	json_object_set_new(x->json, "registrations", registrations_part(db, x));
	return devices_json(devices, db, tenant, x->e.id, x->registrations, x->registration_count);
}

static int number_fn(struct db *db, void *obj)
{
	struct extension_work *x = obj;

	return extension_get(&x->e, db, who_of(x->rq)->tenant, x->rq->ids[0]);
}

/** Answers with an extension, its devices and registrations */
static void detail(struct extension_work *x, struct reply *rp, unsigned status)
{
	const struct api *api = api_of(x->rq);
	int64_t tenant = who_of(x->rq)->tenant;
	int err = store_read(api->conf.store, number_fn, x);

	if (!err)
		err = api->live.presence_h(&x->live, &x->live_count, tenant, api->live.arg);
	if (!err)
		err = api->live.registrations_h(&x->registrations, &x->registration_count, tenant,
						x->e.number, api->live.arg);
	if (!err)
		err = store_read(api->conf.store, detail_fn, x);
	if (err) {
		json_decref(x->json);
		answer_error(rp, err);
	} else {
		if (x->plain[0])
			put_text(x->json, "sipPassword", x->plain);
		answer_etag(rp, x->e.version);
		reply_json(rp, status, x->json);
	}
	mem_deref(x->live);
	mem_deref(x->registrations);
}

/** GET /extensions/{id} */
void extension_get_one(struct request *rq, struct reply *rp)
{
	struct extension_work x = {.rq = rq};

	detail(&x, rp, 200);
}

static void body_take(struct extension_work *x)
{
	const struct request *rq = x->rq;
	struct extension *e = &x->e;

	text_take(rq, "number", e->number, sizeof(e->number), &x->fe);
	text_take(rq, "name", e->name, sizeof(e->name), &x->fe);
	text_take(rq, "callerIdName", e->caller_id_name, sizeof(e->caller_id_name), &x->fe);
	text_take(rq, "callerIdNumber", e->caller_id_number, sizeof(e->caller_id_number), &x->fe);
	e->ring_ms = request_int(rq, "ringMs", e->ring_ms);
	e->call_waiting = request_bool(rq, "callWaiting", e->call_waiting);
	emergency_address_take(rq, "emergencyAddress", e->emergency_address, &x->fe);
	if (request_text(rq, "recording"))
		(void)recording_rule_parse(&e->recording, request_text(rq, "recording"));
}

static int credentials_add(struct extension_work *x, struct db *db)
{
	const struct who *w = who_of(x->rq);
	struct device d = {.tenant = w->tenant, .kind = DEVICE_PHONE};
	int err;

	text_printf(d.extension_id, sizeof(d.extension_id), "%s", x->e.id);
	text_printf(d.extension, sizeof(d.extension), "%s", x->e.number);
	text_printf(d.name, sizeof(d.name), "Desk phone");
	err = device_auth_user(&d, db, x->e.number);
	if (!err)
		err = device_credentials(&d, api_of(x->rq)->conf.secret, w->row.domain, x->plain);
	return err ? err : device_add(db, &d);
}

static int add_fn(struct db *db, void *obj)
{
	struct extension_work *x = obj;
	int err;

	x->e.tenant = who_of(x->rq)->tenant;
	x->e.ring_ms = RING_MS_DEFAULT;
	x->e.call_waiting = true;
	body_take(x);
	err = extension_check(&x->fe, db, &x->e);
	if (!err && x->fe.count)
		err = EINVAL;
	if (!err)
		err = extension_add(db, &x->e);
	if (!err)
		err = credentials_add(x, db);
	if (!err)
		audit_note(db, x->rq, "extension.add", x->e.id, x->e.number);
	return err;
}

/* Shows the extension that was written; its id need not be the path's */
static void written(struct extension_work *x, struct reply *rp, int err, unsigned status)
{
	struct request *rq = x->rq;
	json_t *o;

	if (answer_refused(rp, &x->fe, err))
		return;
	tenant_changed(rq, x->e.tenant);
	o = json_object();
	put_text(o, "extension", x->e.id);
	tell(x->e.tenant, NULL, "settings.changed", o);
	text_printf(rq->ids[0], WEB_ID, "%s", x->e.id);
	detail(x, rp, status);
}

/** POST /extensions */
void extension_post(struct request *rq, struct reply *rp)
{
	struct extension_work x = {.rq = rq};
	int err;

	device_password(x.plain);
	err = store_write_wait(api_of(rq)->conf.store, add_fn, &x);
	written(&x, rp, err, 201);
}

static int change_fn(struct db *db, void *obj)
{
	struct extension_work *x = obj;
	int64_t tenant = who_of(x->rq)->tenant;
	int err = extension_get(&x->e, db, tenant, x->rq->ids[0]);

	if (err)
		return err;
	if (!version_matches(x->rq, x->e.version))
		return ESTALE;
	text_printf(x->old_number, sizeof(x->old_number), "%s", x->e.number);
	body_take(x);
	err = extension_check(&x->fe, db, &x->e);
	if (!err && x->fe.count)
		err = EINVAL;
	if (!err && strcmp(x->old_number, x->e.number))
		err = browsers_end(&x->browsers, db, tenant, x->e.id, NULL, NULL);
	if (!err)
		err = extension_change(db, &x->e);
	if (!err)
		audit_note(db, x->rq, "extension.change", x->e.id, x->e.number);
	return err;
}

/** PATCH /extensions/{id} */
void extension_patch(struct request *rq, struct reply *rp)
{
	struct extension_work x = {.rq = rq};
	const struct api *api = api_of(rq);
	int err = store_write_wait(api->conf.store, change_fn, &x);

	/* phones of the old number must sign in under the new one */
	if (!err && strcmp(x.old_number, x.e.number)) {
		browsers_tell(rq, &x.browsers);
		api->live.revoke_h(x.e.tenant, x.old_number, NULL, api->live.arg);
	}
	written(&x, rp, err, 200);
}

static int use_find(struct extension_work *x, struct db *db)
{
	int err = dest_extension_used(x->where, db, x->e.tenant, x->e.number);

	return err ? err : EBUSY;
}

static int remove_fn(struct db *db, void *obj)
{
	struct extension_work *x = obj;
	int64_t tenant = who_of(x->rq)->tenant;
	int err = extension_get(&x->e, db, tenant, x->rq->ids[0]);

	if (!err && !version_matches(x->rq, x->e.version))
		err = ESTALE;
	if (!err)
		err = browsers_end(&x->browsers, db, tenant, x->e.id, NULL, NULL);
	if (!err)
		err = extension_remove(db, tenant, x->e.id);
	if (err == EBUSY)
		return use_find(x, db);
	if (!err)
		audit_note(db, x->rq, "extension.remove", x->e.id, x->e.number);
	return err;
}

/** DELETE /extensions/{id} */
void extension_delete(struct request *rq, struct reply *rp)
{
	struct extension_work x = {.rq = rq};
	const struct api *api = api_of(rq);
	int err = store_write_wait(api->conf.store, remove_fn, &x);

	if (dest_in_use(rp, x.e.number, x.where))
		return;
	if (err) {
		answer_error(rp, err);
		return;
	}
	tenant_changed(rq, x.e.tenant);
	browsers_tell(rq, &x.browsers);
	err = api->live.revoke_h(x.e.tenant, x.e.number, NULL, api->live.arg);
	if (err && err != ENOENT)
		answer_error(rp, err);
	else
		reply_done(rp);
}

static int password_fn(struct db *db, void *obj)
{
	struct extension_work *x = obj;
	const struct who *w = who_of(x->rq);
	struct device d;
	int err = extension_get(&x->e, db, w->tenant, x->rq->ids[0]);

	if (!err)
		err = device_main(&d, db, w->tenant, x->e.id);
	if (err == ENOENT && x->e.id[0]) {
		err = credentials_add(x, db);
	} else if (!err) {
		err = device_credentials(&d, api_of(x->rq)->conf.secret, w->row.domain, x->plain);
		if (!err)
			err = device_change(db, &d);
	}
	if (!err)
		audit_note(db, x->rq, "extension.password", x->e.id, x->e.number);
	return err;
}

/** POST /extensions/{id}/password: a new one; whoever is registered must sign in anew */
void extension_password_post(struct request *rq, struct reply *rp)
{
	struct extension_work x = {.rq = rq};
	const struct api *api = api_of(rq);
	json_t *o;
	int err;

	device_password(x.plain);
	err = store_write_wait(api->conf.store, password_fn, &x);
	if (err) {
		answer_error(rp, err);
		return;
	}
	tenant_changed(rq, x.e.tenant);
	err = api->live.revoke_h(x.e.tenant, x.e.number, NULL, api->live.arg);
	if (err && err != ENOENT) {
		answer_error(rp, err);
		return;
	}
	o = json_object();
	put_text(o, "sipPassword", x.plain);
	reply_json(rp, 200, o);
}
