/**
 * @file phone.c  The browser's phone: credentials that live for half a day
 *
 * One device record a browser: a cookie names it, and its credentials are made anew each time the
 * portal is loaded, so that reloading does not fill the database.
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "inside.h"
#include "text.h"

enum { LIFE_MS = 12 * 3600 * 1000, LIFE_S = 12 * 3600 };

#define PHONE_COOKIE "carillon_phone"

struct phone {
	struct request *rq;
	struct device device;
	char had[ID_SIZE]; /* device of this browser's cookie, or "" */
	char plain[SECRET_PLAIN];
	bool again;
	struct field_errors fe;
};

static bool ours(const struct phone *p)
{
	const struct who *w = who_of(p->rq);

	return p->device.kind == DEVICE_BROWSER && !strcmp(p->device.extension_id, w->extension.id);
}

static int phone_fn(struct db *db, void *obj)
{
	struct phone *p = obj;
	const struct who *w = who_of(p->rq);
	struct device *d = &p->device;
	int err;

	p->again = p->had[0] && !device_get(d, db, w->user.tenant, p->had) && ours(p);
	if (!p->again) {
		memset(d, 0, sizeof(*d));
		d->tenant = w->user.tenant;
		d->kind = DEVICE_BROWSER;
		text_printf(d->extension_id, sizeof(d->extension_id), "%s", w->extension.id);
		text_printf(d->extension, sizeof(d->extension), "%s", w->extension.number);
		err = device_auth_user(d, db, w->extension.number);
		if (err)
			return err;
	}
	text_take(p->rq, "deviceName", d->name, sizeof(d->name), &p->fe);
	if (p->fe.count)
		return EINVAL;
	d->expires_at = clock_wall_ms() + LIFE_MS;
	err = device_credentials(d, api_of(p->rq)->conf.secret, w->row.domain, p->plain);
	if (err)
		return err;
	return p->again ? device_change(db, d) : device_add(db, d);
}

static json_t *words_json(const char *const *v)
{
	json_t *list = json_array();

	for (; *v; v++)
		json_array_append_new(list, json_string(*v));
	return list;
}

static json_t *features_json(void)
{
	json_t *o = json_object();

	put_bool(o, "record", false);
	put_bool(o, "transfer", true);
	put_bool(o, "video", false);
	return o;
}

static json_t *phone_json(const struct phone *p)
{
	static const char *const codecs[] = {"opus", "PCMU", "PCMA", NULL};
	static const char *const emergency[] = {"112", "911", NULL};
	const struct who *w = who_of(p->rq);
	json_t *o = json_object();
	char text[WEB_HOST + MODEL_DOMAIN + PHONE_SIZE + 16];

	put_text(o, "deviceId", p->device.id);
	text_printf(text, sizeof(text), "sip:%s@%s", w->extension.number, w->row.domain);
	put_text(o, "uri", text);
	put_text(o, "authUser", p->device.auth_user);
	put_text(o, "ha1", p->device.ha1_md5);
	put_text(o, "realm", w->row.domain);
	put_text(o, "displayName", w->extension.name);
	put_text(o, "extension", w->extension.number);
	ws_url(p->rq, text, sizeof(text));
	put_text(o, "wsUrl", text);
	put_int(o, "expiresAt", p->device.expires_at);
	json_object_set_new(o, "iceServers", json_array());
	json_object_set_new(o, "features", features_json());
	json_object_set_new(o, "codecs", words_json(codecs));
	json_object_set_new(o, "emergency", words_json(emergency));
	put_text(o, "echoTest", "*43");
	return o;
}

/** POST /phone/session */
void phone_session_post(struct request *rq, struct reply *rp)
{
	struct phone p = {.rq = rq};
	const struct api *api = api_of(rq);
	int err;

	if (!who_of(rq)->extension.id[0]) {
		reply_problem(rp, 404, "You have no extension. Ask your administrator for one.");
		return;
	}
	if (request_cookie(rq, PHONE_COOKIE, p.had, sizeof(p.had)) && !id_valid(p.had))
		p.had[0] = '\0';
	device_password(p.plain);
	err = store_write_wait(api->conf.store, phone_fn, &p);
	if (answer_fields(rp, &p.fe))
		return;
	if (!err)
		err = api->live.browser_added_h(&p.device, api->live.arg);
	if (err) {
		answer_error(rp, err);
		return;
	}
	reply_header(rp, "Set-Cookie",
		     PHONE_COOKIE
		     "=%s; Path=/api/v1/phone; HttpOnly; SameSite=Strict; Max-Age=%d%s",
		     p.device.id, LIFE_S, rq->tls ? "; Secure" : "");
	reply_json(rp, 200, phone_json(&p));
}

static int phone_end_fn(struct db *db, void *obj)
{
	struct phone *p = obj;
	const struct who *w = who_of(p->rq);
	int err = device_get(&p->device, db, w->user.tenant, p->rq->ids[0]);

	if (!err && !ours(p))
		err = ENOENT;
	return err ? err : device_remove(db, w->user.tenant, p->device.id);
}

/** DELETE /phone/session/{deviceId} */
void phone_session_delete(struct request *rq, struct reply *rp)
{
	struct phone p = {.rq = rq};
	const struct api *api = api_of(rq);
	const struct who *w = who_of(rq);
	int err = store_write_wait(api->conf.store, phone_end_fn, &p);

	if (!err)
		err = api->live.browser_removed_h(w->user.tenant, p.device.id, api->live.arg);
	if (!err)
		err = api->live.revoke_h(w->user.tenant, w->extension.number, p.device.id,
					 api->live.arg);
	if (err)
		answer_error(rp, err);
	else
		reply_done(rp);
}
