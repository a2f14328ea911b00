/**
 * @file phone.c  The browser's phone: credentials that live for half a day
 *
 * One device record a browser: a cookie names it, and its credentials are made anew each time the
 * portal is loaded, so that reloading does not fill the database.
 */
#include <errno.h>
#include <string.h>
#include "bell.h"
#include "clock.h"
#include "emergency.h"
#include "inside.h"
#include "permission.h"
#include "log.h"
#include "text.h"
#include "turn.h"

enum { LIFE_MS = 12 * 3600 * 1000, LIFE_S = 12 * 3600 };

#define PHONE_COOKIE "carillon_phone"

static const char *phone_cookie_name(const struct request *rq)
{
	return rq->tls ? "__Secure-" PHONE_COOKIE : PHONE_COOKIE;
}

/** The device that this browser's cookie names, or "" */
void phone_cookie(const struct request *rq, char id[ID_SIZE])
{
	if (request_cookie(rq, phone_cookie_name(rq), id, ID_SIZE) && id_valid(id))
		return;
	id[0] = '\0';
}

struct browsers_pick {
	struct browsers *b;
	const char *only_id, *but_id;
};

static int browser_h(const struct device *d, void *arg)
{
	struct browsers_pick *p = arg;

	if (d->kind != DEVICE_BROWSER || p->b->count == ENDED ||
	    (p->only_id && strcmp(d->id, p->only_id)) || (p->but_id && !strcmp(d->id, p->but_id)))
		return 0;
	text_printf(p->b->extension, sizeof(p->b->extension), "%s", d->extension);
	text_printf(p->b->id[p->b->count++], ID_SIZE, "%s", d->id);
	return 0;
}

/**
 * Takes the credentials of an extension's browsers back; on the store's writer
 *
 * @param b            Result, for browsers_tell() after the commit
 * @param db           Writer's connection
 * @param tenant       Whose
 * @param extension_id "" for none: nothing happens
 * @param only_id      Only this one; NULL for all
 * @param but_id       All but this one; NULL for all
 *
 * @return 0 or errno
 */
int browsers_end(struct browsers *b, struct db *db, int64_t tenant, const char *extension_id,
		 const char *only_id, const char *but_id)
{
	struct browsers_pick p = {b, only_id, but_id};
	int err;

	b->tenant = tenant;
	b->count = 0;
	str_ncpy(b->extension_id, extension_id, sizeof(b->extension_id));
	if (!extension_id[0])
		return 0;
	err = bell_end(db, tenant, extension_id, only_id, but_id);
	if (!err)
		err = device_list(db, tenant, extension_id, NULL, 0, browser_h, &p);
	for (unsigned i = 0; i < b->count && !err; i++)
		err = device_remove(db, tenant, b->id[i]);
	return err;
}

/** Ends what those browsers have registered; they are signed out, so a failure is only logged */
void browsers_tell(const struct request *rq, const struct browsers *b)
{
	const struct api_live *live = &api_of(rq)->live;

	if (b->extension_id[0])
		bells_tell(rq, b->tenant, b->extension_id);
	for (unsigned i = 0; i < b->count; i++) {
		int err = live->browser_removed_h(b->tenant, b->id[i], live->arg);

		if (!err)
			err = live->revoke_h(b->tenant, b->extension, b->id[i], live->arg);
		if (err && err != ENOENT)
			log_warn("browser.stays", "device=%s err=%d", b->id[i], err);
	}
}

struct phone {
	struct request *rq;
	struct device device;
	char had[ID_SIZE]; /* device of this browser's cookie, or "" */
	char plain[SECRET_PLAIN];
	bool again;
	struct field_errors fe;
};

/** Is it a browser of whoever asks? */
bool browser_ours(const struct request *rq, const struct device *d)
{
	return d->kind == DEVICE_BROWSER && !strcmp(d->extension_id, who_of(rq)->extension.id);
}

static int phone_fn(struct db *db, void *obj)
{
	struct phone *p = obj;
	const struct who *w = who_of(p->rq);
	struct device *d = &p->device;
	int err;

	p->again =
		p->had[0] && !device_get(d, db, w->user.tenant, p->had) && browser_ours(p->rq, d);
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

static json_t *features_json(bool record)
{
	json_t *o = json_object();

	put_bool(o, "record", record);
	put_bool(o, "transfer", true);
	put_bool(o, "video", false);
	return o;
}

static json_t *phone_json(const struct phone *p)
{
	static const char *const codecs[] = {"opus", "PCMU", "PCMA", NULL};
	const struct who *w = who_of(p->rq);
	json_t *o = json_object();
	char text[WEB_HOST + MODEL_DOMAIN + PHONE_SIZE + 16], emergency[EMERGENCY_SIZE];
	int64_t ice_ends;

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
	json_object_set_new(o, "iceServers",
			    turn_servers_json(&api_of(p->rq)->conf, p->device.auth_user,
					      clock_wall_ms(), &ice_ends));
	put_int(o, "iceExpiresAt", ice_ends);
	json_object_set_new(o, "features",
			    features_json(permissions_have(w->row.permissions, "recordings")));
	json_object_set_new(o, "codecs", words_json(codecs));
	emergency_numbers(emergency, &w->row);
	put_words(o, "emergency", emergency);
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
	phone_cookie(rq, p.had);
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
		     "%s=%s; Path=/api/v1; HttpOnly; SameSite=Strict; Max-Age=%d%s",
		     phone_cookie_name(rq), p.device.id, LIFE_S, rq->tls ? "; Secure" : "");
	reply_json(rp, 200, phone_json(&p));
}

static int phone_end_fn(struct db *db, void *obj)
{
	struct phone *p = obj;
	const struct who *w = who_of(p->rq);
	int err = device_get(&p->device, db, w->user.tenant, p->rq->ids[0]);

	if (!err && !browser_ours(p->rq, &p->device))
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
		bells_tell(rq, w->user.tenant, w->extension.id);
	if (!err)
		err = api->live.revoke_h(w->user.tenant, w->extension.number, p.device.id,
					 api->live.arg);
	if (err)
		answer_error(rp, err);
	else
		reply_done(rp);
}
