/**
 * @file devices.c  Devices: phones with credentials of their own
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "inside.h"
#include "text.h"

enum { DEVICES_MAX = 50 }; /* shown of one extension */

/** A device, registered or not as the live list says */
json_t *device_json(const struct device *d, const struct live_registration *v, size_t n)
{
	json_t *o = json_object();
	const struct live_registration *r = NULL;

	for (size_t i = 0; i < n && !r; i++) {
		if (!strcmp(v[i].device, d->id))
			r = &v[i];
	}
	put_text(o, "id", d->id);
	put_text(o, "name", d->name);
	put_text(o, "kind", d->kind == DEVICE_BROWSER ? "browser" : "phone");
	put_text(o, "username", d->auth_user);
	put_text(o, "userAgent", r ? r->user_agent : d->user_agent);
	put_time(o, "lastSeenAt",
		 r && r->registered_at > d->last_seen_at ? r->registered_at : d->last_seen_at);
	put_bool(o, "registered", r != NULL);
	put_text(o, "srtp", d->sdes ? "sdes" : "off");
	return o;
}

struct rows {
	json_t *rows;
	const struct live_registration *v;
	size_t n;
	int64_t now;
};

static int device_row_h(const struct device *d, void *arg)
{
	struct rows *r = arg;

	if (!d->expires_at || d->expires_at > r->now)
		json_array_append_new(r->rows, device_json(d, r->v, r->n));
	return 0;
}

/** Adds an extension's devices to a list; returns 0 or errno */
int devices_json(json_t *rows, struct db *db, int64_t tenant, const char *extension_id,
		 const struct live_registration *v, size_t n)
{
	struct rows r = {rows, v, n, clock_wall_ms()};

	return device_list(db, tenant, extension_id, NULL, DEVICES_MAX, device_row_h, &r);
}

static int main_h(const struct device *d, void *arg)
{
	if (d->kind != DEVICE_PHONE)
		return 0;
	*(struct device *)arg = *d;
	return DB_STOP;
}

/** The credentials that an extension was made with: its eldest phone; ENOENT */
int device_main(struct device *d, struct db *db, int64_t tenant, const char *extension_id)
{
	int err;

	d->id[0] = '\0';
	err = device_list(db, tenant, extension_id, NULL, 0, main_h, d);
	return !err && !d->id[0] ? ENOENT : err;
}

struct device_new {
	struct request *rq;
	struct device device;
	char plain[SECRET_PLAIN];
	struct field_errors fe;
};

static int device_add_fn(struct db *db, void *obj)
{
	struct device_new *n = obj;
	const struct who *w = who_of(n->rq);
	struct device *d = &n->device;
	struct extension e;
	int err = extension_get(&e, db, w->tenant, n->rq->ids[0]);

	if (err)
		return err;
	d->tenant = w->tenant;
	d->kind = DEVICE_PHONE;
	text_printf(d->extension_id, sizeof(d->extension_id), "%s", e.id);
	text_printf(d->extension, sizeof(d->extension), "%s", e.number);
	text_take(n->rq, "name", d->name, sizeof(d->name), &n->fe);
	d->sdes = request_text(n->rq, "srtp") && !strcmp(request_text(n->rq, "srtp"), "sdes");
	err = device_auth_user(d, db, e.number);
	if (!err)
		err = device_check(&n->fe, db, d);
	if (!err && n->fe.count)
		err = EINVAL;
	if (!err)
		err = device_credentials(d, api_of(n->rq)->conf.secret, w->row.domain, n->plain);
	if (!err)
		err = device_add(db, d);
	if (!err)
		audit_note(db, n->rq, "device.add", d->id, d->name);
	return err;
}

/** POST /extensions/{id}/devices */
void extension_device_post(struct request *rq, struct reply *rp)
{
	struct device_new n = {.rq = rq};
	json_t *o;
	int err;

	device_password(n.plain);
	err = store_write_wait(api_of(rq)->conf.store, device_add_fn, &n);
	if (answer_refused(rp, &n.fe, err))
		return;
	tenant_changed(rq, who_of(rq)->tenant);
	o = device_json(&n.device, NULL, 0);
	put_text(o, "sipPassword", n.plain);
	reply_json(rp, 201, o);
}

static int device_remove_fn(struct db *db, void *obj)
{
	struct device_new *n = obj;
	const struct who *w = who_of(n->rq);
	int err = device_get(&n->device, db, w->tenant, n->rq->ids[0]);

	if (!err)
		err = device_remove(db, w->tenant, n->device.id);
	if (!err)
		audit_note(db, n->rq, "device.remove", n->device.id, n->device.name);
	return err;
}

/** DELETE /devices/{id} */
void device_delete(struct request *rq, struct reply *rp)
{
	struct device_new n = {.rq = rq};
	const struct api *api = api_of(rq);
	int64_t tenant = who_of(rq)->tenant;
	int err = store_write_wait(api->conf.store, device_remove_fn, &n);

	if (err) {
		answer_error(rp, err);
		return;
	}
	if (n.device.kind == DEVICE_BROWSER) {
		api->live.browser_removed_h(tenant, n.device.id, api->live.arg);
		bells_tell(rq, tenant, n.device.extension_id);
	} else {
		tenant_changed(rq, tenant);
	}
	err = api->live.revoke_h(tenant, n.device.extension, n.device.id, api->live.arg);
	if (err && err != ENOENT)
		answer_error(rp, err);
	else
		reply_done(rp);
}
