/**
 * @file account.c  My account: what a desk phone of one's own needs to know
 */
#include <errno.h>
#include <string.h>
#include "inside.h"
#include "own.h"
#include "text.h"

struct account {
	struct request *rq;
	struct device main; /* the extension's own credentials */
	json_t *devices;
	struct live_registration *live;
	size_t live_count;
};

static int account_fn(struct db *db, void *obj)
{
	struct account *a = obj;
	const struct who *w = who_of(a->rq);
	int err = device_main(&a->main, db, w->user.tenant, w->extension.id);

	if (err == ENOENT)
		a->main.id[0] = '\0';
	else if (err)
		return err;
	return devices_json(a->devices, db, w->user.tenant, w->extension.id, a->live,
			    a->live_count);
}

static json_t *extension_part(const struct extension *e)
{
	json_t *o = json_object();

	put_text(o, "number", e->number);
	put_text(o, "name", e->name);
	put_text(o, "callerIdName", e->caller_id_name);
	put_int(o, "ringMs", e->ring_ms);
	return o;
}

/** The host that desk phones are told, without the port */
static void sip_host(const struct request *rq, char *host, size_t size)
{
	const struct api *api = api_of(rq);
	const char *p = rq->host;
	size_t n = p[0] == '[' ? strcspn(p, "]") + 1 : strcspn(p, ":");

	if (api->sip_host[0])
		text_printf(host, size, "%s", api->sip_host);
	else
		text_printf(host, size, "%.*s", (int)n, p);
}

static json_t *account_json(struct account *a)
{
	const struct who *w = who_of(a->rq);
	const struct api_conf *conf = &api_of(a->rq)->conf;
	json_t *o = json_object(), *ports = json_object();
	char text[WEB_HOST + 16];

	json_object_set_new(o, "extension", extension_part(&w->extension));
	put_text(o, "domain", w->row.domain);
	put_text(o, "username", a->main.id[0] ? a->main.auth_user : w->extension.number);
	ws_url(a->rq, text, sizeof(text));
	put_text(o, "wsUrl", text);
	sip_host(a->rq, text, sizeof(text));
	put_text(o, "sipServer", text);
	put_int(ports, "udp", conf->sip_port);
	put_int(ports, "tcp", conf->sip_port);
	if (conf->sips_port)
		put_int(ports, "tls", conf->sips_port);
	else
		json_object_set_new(ports, "tls", json_null());
	json_object_set_new(o, "ports", ports);
	json_object_set(o, "devices", a->devices);
	return o;
}

/** GET /me/account */
void account_get(struct request *rq, struct reply *rp)
{
	struct account a = {.rq = rq, .devices = json_array()};
	const struct api *api = api_of(rq);
	const struct who *w = who_of(rq);
	int err = w->extension.id[0] ? 0 : ENOENT;

	if (!err)
		err = api->live.registrations_h(&a.live, &a.live_count, w->user.tenant,
						w->extension.number, api->live.arg);
	if (!err)
		err = store_read(api->conf.store, account_fn, &a);
	if (err == ENOENT)
		reply_problem(rp, 404, "You have no extension. Ask your administrator for one.");
	else if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 200, account_json(&a));
	json_decref(a.devices);
	mem_deref(a.live);
}

static int reveal_fn(struct db *db, void *obj)
{
	struct account *a = obj;
	const struct who *w = who_of(a->rq);
	int err = device_main(&a->main, db, w->user.tenant, w->extension.id);

	if (!err)
		audit_note(db, a->rq, "password.reveal", a->main.id, w->extension.number);
	return err;
}

/** POST /me/account/reveal: the SIP password, for who types the portal's password once more */
void account_reveal_post(struct request *rq, struct reply *rp)
{
	struct account a = {.rq = rq};
	const struct who *w = who_of(rq);
	char plain[SECRET_PLAIN], qr[SECRET_PLAIN * 3 + MODEL_DOMAIN + DEVICE_AUTH + 16];
	int err;
	json_t *o;

	if (!password_asked(rq, rp, "password"))
		return;
	err = w->extension.id[0] ? store_write_wait(api_of(rq)->conf.store, reveal_fn, &a) : ENOENT;
	if (!err && !secret_open(plain, api_of(rq)->conf.secret, a.main.sealed))
		err = ENOENT;
	if (err) {
		answer_error(rp, err);
		return;
	}
	text_printf(qr, sizeof(qr), "sip:%s:%s@%s", a.main.auth_user, plain, w->row.domain);
	o = json_object();
	put_text(o, "sipPassword", plain);
	put_text(o, "qr", qr);
	reply_json(rp, 200, o);
}
