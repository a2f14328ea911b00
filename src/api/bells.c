/**
 * @file bells.c  A browser's bell: where it can be rung while its portal is closed
 */
#include <errno.h>
#include <string.h>
#include "bell.h"
#include "clock.h"
#include "inside.h"
#include "log.h"

/** The core learns of an extension's bells anew; after the commit */
void bells_tell(const struct request *rq, int64_t tenant, const char *extension_id)
{
	const struct api_live *live = &api_of(rq)->live;
	int err = extension_id[0] ? live->bells_h(tenant, extension_id, live->arg) : 0;

	if (err)
		log_warn("bells.untold", "extension=%s err=%d", extension_id, err);
}

struct ring {
	struct request *rq;
	char device[ID_SIZE]; /* of this browser's cookie */
	struct bell bell;
	bool on;
};

/* The browser must be one of whoever asks. */
static int device_look(struct db *db, const struct ring *r)
{
	struct device d;
	int err = r->device[0] ? device_get(&d, db, who_of(r->rq)->user.tenant, r->device) : ENOENT;

	return !err && !browser_ours(r->rq, &d) ? ENOENT : err;
}

static int put_fn(struct db *db, void *obj)
{
	struct ring *r = obj;
	const struct who *w = who_of(r->rq);
	struct bell *b = &r->bell;
	int err = device_look(db, r);

	b->tenant = w->user.tenant;
	b->expires_at = w->login.expires_at;
	str_ncpy(b->login_id, w->login.id, sizeof(b->login_id));
	str_ncpy(b->user_id, w->user.id, sizeof(b->user_id));
	str_ncpy(b->extension_id, w->extension.id, sizeof(b->extension_id));
	str_ncpy(b->device_id, r->device, sizeof(b->device_id));
	return err ? err : bell_put(db, b, clock_wall_ms());
}

static void answer(struct request *rq, struct reply *rp, int err)
{
	const struct who *w = who_of(rq);

	if (err) {
		answer_error(rp, err);
		return;
	}
	bells_tell(rq, w->user.tenant, w->extension.id);
	reply_done(rp);
}

static int seen(const struct bell *b, void *arg)
{
	struct ring *r = arg;

	r->on |= !strcmp(b->device_id, r->device);
	return 0;
}

static int get_fn(struct db *db, void *obj)
{
	struct ring *r = obj;
	const struct who *w = who_of(r->rq);

	return bell_list(db, w->user.tenant, w->extension.id, clock_wall_ms(), seen, r);
}

/** GET /phone/bell: the key is what PushManager.subscribe() takes, null when nobody is told */
void phone_bell_get(struct request *rq, struct reply *rp)
{
	const struct pusher *p = api_of(rq)->conf.pusher;
	struct ring r = {.rq = rq};
	char word[PUSH_WORD] = "";
	json_t *o;
	int err;

	phone_cookie(rq, r.device);
	err = store_read(api_of(rq)->conf.store, get_fn, &r);
	if (err) {
		answer_error(rp, err);
		return;
	}
	if (p)
		pusher_public(word, p);
	o = json_object();
	put_word(o, "key", word);
	put_bool(o, "on", r.on);
	reply_json(rp, 200, o);
}

/** PUT /phone/bell */
void phone_bell_put(struct request *rq, struct reply *rp)
{
	const struct pusher *p = api_of(rq)->conf.pusher;
	const char *endpoint = request_text(rq, "endpoint");
	struct ring r = {.rq = rq};
	struct field_errors fe = {0};

	if (!p) {
		reply_problem(rp, 404, "This server tells closed browsers nothing.");
		return;
	}
	if (!push_target_read(&r.bell.target, endpoint, request_text(rq, "key"),
			      request_text(rq, "auth")) ||
	    !pusher_takes(p, endpoint))
		field_error(&fe, "endpoint", "is no subscription of a push service");
	if (answer_fields(rp, &fe))
		return;
	phone_cookie(rq, r.device);
	answer(rq, rp, store_write_wait(api_of(rq)->conf.store, put_fn, &r));
}

static int delete_fn(struct db *db, void *obj)
{
	const struct ring *r = obj;
	const struct who *w = who_of(r->rq);
	int err = device_look(db, r);

	return err ? err : bell_end(db, w->user.tenant, w->extension.id, r->device, NULL);
}

/** DELETE /phone/bell */
void phone_bell_delete(struct request *rq, struct reply *rp)
{
	struct ring r = {.rq = rq};

	phone_cookie(rq, r.device);
	answer(rq, rp, store_write_wait(api_of(rq)->conf.store, delete_fn, &r));
}
