/**
 * @file settings.c  What an extension does with its calls, for its owner and for administrators
 */
#include <errno.h>
#include <string.h>
#include "circle.h"
#include "clock.h"
#include "emergency.h"
#include "extension_settings.h"
#include "inside.h"
#include "mailbox.h"
#include "own.h"
#include "setting_use.h"
#include "text.h"

struct settings_work {
	struct request *rq;
	struct extension e;
	struct extension_settings s;
	struct mailbox m;
	struct emergency help;
	struct field_errors fe;
	struct circle circles[FORWARD_MAX];
	json_t *dnd_use, *uses[FORWARD_MAX];
};

/** Who set something, and when; null for nobody */
json_t *mark_json(const struct setting_mark *m)
{
	json_t *o;

	if (!m->at)
		return json_null();
	o = json_object();
	put_text(o, "by", m->by);
	put_time(o, "at", m->at);
	return o;
}

struct use {
	const char *name;
	struct setting_use found;
};

static int use_h(const struct setting_use *u, void *arg)
{
	struct use *x = arg;

	if (strcmp(u->name, x->name))
		return 0;
	x->found = *u;
	return DB_STOP;
}

/** When a setting acted last, and how often on that day; null for never */
json_t *use_json(struct db *db, int64_t tenant, const char *object_id, const char *name)
{
	struct use x = {.name = name};
	json_t *o;

	if (setting_use_list(db, tenant, object_id, use_h, &x) || !x.found.last_at)
		return json_null();
	o = json_object();
	put_int(o, "calls", x.found.calls);
	put_time(o, "day", x.found.day);
	put_time(o, "lastAt", x.found.last_at);
	return o;
}

static json_t *circle_json(const struct circle *c)
{
	json_t *list = c->count ? json_array() : json_null();

	for (unsigned i = 0; i < c->count; i++)
		json_array_append_new(list, json_string(c->numbers[i]));
	return list;
}

/* forwardAll, forwardAllNumber, forwardAllUntil, forwardAllSet */
static void forward_put(json_t *o, const struct settings_work *x, enum forward_kind kind)
{
	const struct extension_forward *f = &x->s.forward[kind];
	const char *member = forward_kind_member(kind);
	char name[FIELD_NAME];

	put_bool(o, member, f->on);
	text_printf(name, sizeof(name), "%sNumber", member);
	put_text(o, name, f->number);
	text_printf(name, sizeof(name), "%sUntil", member);
	put_time(o, name, f->until);
	text_printf(name, sizeof(name), "%sSet", member);
	json_object_set_new(o, name, mark_json(&f->mark));
	text_printf(name, sizeof(name), "%sUse", member);
	json_object_set(o, name, x->uses[kind]);
	text_printf(name, sizeof(name), "%sCircle", member);
	json_object_set_new(o, name, circle_json(&x->circles[kind]));
}

static json_t *settings_json(const struct settings_work *x)
{
	json_t *o = json_object(), *e = json_object();

	put_text(e, "id", x->e.id);
	put_text(e, "number", x->e.number);
	put_text(e, "name", x->e.name);
	json_object_set_new(o, "extension", e);
	put_bool(o, "dnd", x->s.dnd);
	put_time(o, "dndUntil", x->s.dnd_until);
	json_object_set_new(o, "dndSet", mark_json(&x->s.dnd_mark));
	json_object_set(o, "dndUse", x->dnd_use);
	for (int i = 0; i < FORWARD_MAX; i++)
		forward_put(o, x, (enum forward_kind)i);
	put_bool(o, "voicemail", x->m.active);
	put_text(o, "callerIdName", x->e.caller_id_name);
	put_int(o, "ringMs", x->e.ring_ms);
	put_bool(o, "callWaiting", x->e.call_waiting);
	put_text(o, "emergencyAddress", x->e.emergency_address);
	put_text(o, "emergencyAddressUsual", x->help.address);
	return o;
}

/* Each part only ever counts up, and so does the sum. */
static int64_t version_of(const struct settings_work *x)
{
	return x->e.version + x->s.version + x->m.version;
}

static int settings_fn(struct db *db, void *obj)
{
	struct settings_work *x = obj;
	int64_t tenant = who_of(x->rq)->tenant;
	int err = extension_get(&x->e, db, tenant, x->rq->ids[0]);

	if (!err)
		err = extension_settings_get(&x->s, db, tenant, x->e.id);
	if (!err)
		err = mailbox_get(&x->m, db, tenant, x->e.id);
	return err;
}

static bool owner(const struct who *w, const char *extension_id)
{
	return w->extension.id[0] && !strcmp(w->extension.id, extension_id);
}

/** Whether who asks may see and change this extension's own things; answers when not */
bool extension_allowed(const struct request *rq, struct reply *rp, const char *extension_id)
{
	const struct who *w = who_of(rq);

	if (owner(w, extension_id) || who_may(w, "extensions"))
		return true;
	reply_problem(rp, 403, "This extension is somebody else's.");
	return false;
}

static int show_fn(struct db *db, void *obj)
{
	struct settings_work *x = obj;
	int err = settings_fn(db, x);

	if (!err)
		err = emergency_read(&x->help, db, x->e.tenant);
	if (err)
		return err;
	x->dnd_use = use_json(db, x->e.tenant, x->e.id, "dnd");
	for (int i = 0; i < FORWARD_MAX && !err; i++) {
		x->uses[i] = use_json(db, x->e.tenant, x->e.id,
				      forward_kind_member((enum forward_kind)i));
		err = circle_find(&x->circles[i], db, &x->s, x->e.number, (enum forward_kind)i,
				  clock_wall_ms());
	}
	return err;
}

/** An extension's settings were changed: calls see it, and the portal hears of it */
void settings_tell(const struct request *rq, const struct extension *e)
{
	json_t *o = json_object();

	tenant_changed(rq, e->tenant);
	put_text(o, "extension", e->id);
	tell(e->tenant, e->number, "settings.changed", o);
}

static void settings_reply(struct settings_work *x, struct reply *rp)
{
	int err = store_read(api_of(x->rq)->conf.store, show_fn, x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	answer_etag(rp, version_of(x));
	reply_json(rp, 200, settings_json(x));
	json_decref(x->dnd_use);
	for (int i = 0; i < FORWARD_MAX; i++)
		json_decref(x->uses[i]);
}

/** GET /extensions/{id}/settings */
void extension_settings_show(struct request *rq, struct reply *rp)
{
	struct settings_work x = {.rq = rq};

	if (extension_allowed(rq, rp, rq->ids[0]))
		settings_reply(&x, rp);
}

static void forward_take(struct settings_work *x, enum forward_kind kind)
{
	struct extension_forward *f = &x->s.forward[kind];
	const char *member = forward_kind_member(kind);
	char name[FIELD_NAME];

	f->on = request_bool(x->rq, member, f->on);
	text_printf(name, sizeof(name), "%sNumber", member);
	text_take(x->rq, name, f->number, sizeof(f->number), &x->fe);
	text_printf(name, sizeof(name), "%sUntil", member);
	if (request_has(x->rq, name))
		f->until = request_int(x->rq, name, 0);
}

static void body_take(struct settings_work *x)
{
	const struct request *rq = x->rq;

	x->s.dnd = request_bool(rq, "dnd", x->s.dnd);
	if (request_has(rq, "dndUntil"))
		x->s.dnd_until = request_int(rq, "dndUntil", 0);
	for (int i = 0; i < FORWARD_MAX; i++)
		forward_take(x, (enum forward_kind)i);
	text_take(rq, "callerIdName", x->e.caller_id_name, sizeof(x->e.caller_id_name), &x->fe);
	x->e.ring_ms = request_int(rq, "ringMs", x->e.ring_ms);
	x->e.call_waiting = request_bool(rq, "callWaiting", x->e.call_waiting);
	emergency_address_take(rq, "emergencyAddress", x->e.emergency_address, &x->fe);
}

static int parts_change(struct settings_work *x, struct db *db, const struct extension *before)
{
	bool voicemail = request_bool(x->rq, "voicemail", x->m.active);
	int err = extension_settings_change(db, &x->s, who_of(x->rq)->user.name);

	if (!err && memcmp(before, &x->e, sizeof(x->e)))
		err = extension_change(db, &x->e);
	if (!err && voicemail != x->m.active) {
		x->m.active = voicemail;
		err = mailbox_change(db, &x->m);
	}
	return err;
}

static int change_fn(struct db *db, void *obj)
{
	struct settings_work *x = obj;
	struct extension before;
	int err = settings_fn(db, x);

	if (err)
		return err;
	if (!version_matches(x->rq, version_of(x)))
		return ESTALE;
	before = x->e;
	body_take(x);
	err = extension_settings_check(&x->fe, db, &x->s);
	if (!err)
		err = extension_check(&x->fe, db, &x->e);
	if (!err && x->fe.count)
		err = EINVAL;
	if (!err)
		err = parts_change(x, db, &before);
	if (!err)
		audit_note(db, x->rq, "extension.settings", x->e.id, x->e.number);
	return err;
}

/** PUT /extensions/{id}/settings: what is left out stays as it is */
void extension_settings_put(struct request *rq, struct reply *rp)
{
	struct settings_work x = {.rq = rq};
	int err;

	if (!extension_allowed(rq, rp, rq->ids[0]))
		return;
	err = store_write_wait(api_of(rq)->conf.store, change_fn, &x);
	if (answer_refused(rp, &x.fe, err))
		return;
	settings_tell(rq, &x.e);
	settings_reply(&x, rp);
}
