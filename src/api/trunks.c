/**
 * @file trunks.c  Trunks, for the platform's administrators
 */
#include <stdlib.h>
#include <string.h>
#include "resource.h"
#include "text.h"
#include "trunk.h"

static int get_h(void *row, struct db *db, int64_t tenant, const char *id)
{
	return trunk_by_uuid(row, db, tenant, id);
}

static int check_h(struct field_errors *fe, struct db *db, void *row)
{
	return trunk_check(fe, db, row);
}

static int add_h(struct db *db, void *row)
{
	return trunk_add(db, row);
}

static int change_h(struct db *db, void *row)
{
	return trunk_change(db, row);
}

static int remove_h(struct db *db, const void *row)
{
	const struct trunk *t = row;

	return trunk_remove(db, t->tenant, t->id);
}

/* Not RESOURCE_MODEL(): rows of others name a trunk by its number, the API by its UUID. */
static const struct resource_model trunk_model = {
	.size = sizeof(struct trunk),
	.tenant = offsetof(struct trunk, tenant),
	.id = offsetof(struct trunk, uuid),
	.version = offsetof(struct trunk, version),
	.get_h = get_h,
	.check_h = check_h,
	.add_h = add_h,
	.change_h = change_h,
	.remove_h = remove_h,
};

/* Null for a trunk with which nothing is kept up. */
static json_t *state_json(struct resource_work *x, const struct trunk *t)
{
	const struct api_live *live = &api_of(x->rq)->live;
	struct live_trunk s;
	json_t *o;

	if (live->trunk_h(&s, t->id, live->arg))
		return json_null();
	o = json_object();
	put_text(o, "health", s.health);
	put_text(o, "registration", s.registration);
	put_int(o, "code", s.code);
	put_text(o, "reason", s.reason);
	put_int(o, "since", s.since);
	put_time(o, "nextAt", s.next_at);
	return o;
}

static json_t *trunk_json(struct resource_work *x, const void *row)
{
	const struct trunk *t = row;
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
	put_bool(o, "registers", t->registers);
	put_int(o, "optionsMs", t->options_ms);
	put_int(o, "callsPerSecond", t->calls_per_s);
	put_text(o, "codecs", t->codecs);
	put_bool(o, "t38", t->t38);
	put_text(o, "identity", t->identity[0] ? t->identity : "both");
	put_text(o, "dtmf", t->dtmf[0] ? t->dtmf : "rfc4733");
	put_text(o, "diversion", t->diversion[0] ? t->diversion : "none");
	put_int(o, "silenceMs", t->silence_ms);
	put_text(o, "country", t->country);
	json_object_set_new(o, "state", state_json(x, t));
	return o;
}

static int row_h(const struct trunk *t, void *arg)
{
	char key[24];

	text_printf(key, sizeof(key), "%lld", (long long)t->id);
	return resource_row(arg, t, key);
}

static int list_h(struct resource_work *x)
{
	const char *after = page_after(&x->page);

	return trunk_list(x->db, x->tenant, after ? atoll(after) : 0, page_ask(&x->page), row_h, x);
}

static void password_take(struct trunk *t, struct resource_work *x)
{
	const char *plain = request_text(x->rq, "password");

	if (!request_has(x->rq, "password"))
		return;
	t->sealed[0] = '\0';
	if (plain && plain[0] && !secret_seal(t->sealed, api_of(x->rq)->conf.secret, plain))
		field_error(&x->fe, "password", "is too long");
}

static void fresh(void *row)
{
	struct trunk *t = row;

	t->port = 5060;
	text_printf(t->transport, sizeof(t->transport), "udp");
	t->by_ip = t->plus = t->t38 = t->active = true;
	text_printf(t->identity, sizeof(t->identity), "both");
	text_printf(t->dtmf, sizeof(t->dtmf), "rfc4733");
	text_printf(t->diversion, sizeof(t->diversion), "none");
}

static int trunk_take(struct resource_work *x)
{
	const struct request *rq = x->rq;
	struct trunk *t = x->row;
	const char *auth = request_text(rq, "auth");

	text_take(rq, "name", t->name, sizeof(t->name), &x->fe);
	text_take(rq, "host", t->host, sizeof(t->host), &x->fe);
	text_take(rq, "transport", t->transport, sizeof(t->transport), &x->fe);
	text_take(rq, "username", t->username, sizeof(t->username), &x->fe);
	password_take(t, x);
	if (auth)
		t->by_ip = !strcmp(auth, "ip");
	t->port = request_int(rq, "port", t->port);
	t->channels = request_int(rq, "channels", t->channels);
	t->plus = request_bool(rq, "plus", t->plus);
	t->registers = request_bool(rq, "registers", t->registers);
	t->t38 = request_bool(rq, "t38", t->t38);
	text_take(rq, "codecs", t->codecs, sizeof(t->codecs), &x->fe);
	text_take(rq, "identity", t->identity, sizeof(t->identity), &x->fe);
	text_take(rq, "dtmf", t->dtmf, sizeof(t->dtmf), &x->fe);
	text_take(rq, "diversion", t->diversion, sizeof(t->diversion), &x->fe);
	t->options_ms = request_int(rq, "optionsMs", t->options_ms);
	t->calls_per_s = request_int(rq, "callsPerSecond", t->calls_per_s);
	t->silence_ms = request_int(rq, "silenceMs", t->silence_ms);
	text_take(rq, "country", t->country, sizeof(t->country), &x->fe);
	t->active = request_bool(rq, "active", t->active);
	return 0;
}

static const struct resource trunks = {
	.audit = "trunk",
	.model = &trunk_model,
	.title = offsetof(struct trunk, name),
	.platform = true,
	.busy = "outbound routes lead through it. Point them elsewhere first.",
	.fresh_h = fresh,
	.list_h = list_h,
	.json_h = trunk_json,
	.take_h = trunk_take,
};

/** GET /trunks */
void trunks_get(struct request *rq, struct reply *rp)
{
	resource_list(&trunks, rq, rp);
}

/** GET /trunks/{id} */
void trunk_get_one(struct request *rq, struct reply *rp)
{
	resource_show(&trunks, rq, rp);
}

/** POST /trunks */
void trunk_post(struct request *rq, struct reply *rp)
{
	resource_add(&trunks, rq, rp);
}

/** PATCH /trunks/{id} */
void trunk_patch(struct request *rq, struct reply *rp)
{
	resource_change(&trunks, rq, rp);
}

/** DELETE /trunks/{id} */
void trunk_delete(struct request *rq, struct reply *rp)
{
	resource_remove(&trunks, rq, rp);
}
