/**
 * @file own_sounds.c  Music and prompts of a tenant's own
 */
#include <errno.h>
#include <string.h>
#include "own_sound.h"
#include "resource.h"
#include "sounds.h"
#include "text.h"

RESOURCE_MODEL(own_sound);

static json_t *sound_json(struct resource_work *x, const void *row)
{
	const struct own_sound *s = row;
	json_t *o = json_object();

	put_text(o, "id", s->id);
	put_text(o, "kind", s->music ? "music" : "prompt");
	put_text(o, "name", s->name);
	put_bool(o, "chosen", s->chosen);
	put_text(o, "replaces", s->replaces);
	put_int(o, "durationMs", s->duration_ms);
	put_time(o, "createdAt", s->created_at);
	return o;
}

static int row_h(const struct own_sound *s, void *arg)
{
	return resource_row(arg, s, s->id);
}

static int list_h(struct resource_work *x)
{
	return own_sound_list(x->db, x->tenant, page_after(&x->page), page_ask(&x->page), row_h, x);
}

static int sound_take_body(struct resource_work *x)
{
	struct own_sound *s = x->row;

	text_take(x->rq, "name", s->name, sizeof(s->name), &x->fe);
	text_take(x->rq, "replaces", s->replaces, sizeof(s->replaces), &x->fe);
	s->chosen = request_bool(x->rq, "chosen", s->chosen);
	return 0;
}

static const struct resource own_sounds = {
	.audit = "sound",
	.model = &own_sound_model,
	.title = offsetof(struct own_sound, name),
	.dest = DEST_announce,
	.target = offsetof(struct own_sound, target),
	.busy = "A ring group plays it. Choose other music there first.",
	.list_h = list_h,
	.json_h = sound_json,
	.take_h = sound_take_body,
};

/** GET /sounds */
void own_sounds_get(struct request *rq, struct reply *rp)
{
	resource_list(&own_sounds, rq, rp);
}

/** GET /sounds/{id} */
void own_sound_get_one(struct request *rq, struct reply *rp)
{
	resource_show(&own_sounds, rq, rp);
}

/** PATCH /sounds/{id} */
void own_sound_patch(struct request *rq, struct reply *rp)
{
	resource_change(&own_sounds, rq, rp);
}

struct sound_work {
	struct request *rq;
	struct own_sound s;
	struct field_errors fe;
};

static int add_fn(struct db *db, void *obj)
{
	struct sound_work *x = obj;
	int err = own_sound_check(&x->fe, db, &x->s);

	if (!err && x->fe.count)
		err = EINVAL;
	if (!err)
		err = own_sound_add(db, &x->s);
	if (!err)
		audit_note(db, x->rq, "sound.add", x->s.id, x->s.name);
	return err;
}

static bool asked(struct sound_work *x, struct reply *rp)
{
	const char *kind = request_query(x->rq, "kind"), *name = request_query(x->rq, "name");

	x->s.tenant = who_of(x->rq)->tenant;
	x->s.music = kind && !strcmp(kind, "music");
	if (!x->s.music && (!kind || strcmp(kind, "prompt")))
		reply_field(rp, "kind", "must be music or prompt");
	else if (!text_printf(x->s.name, sizeof(x->s.name), "%s", name ? name : "Uploaded"))
		reply_field(rp, "name", "is too long");
	return !reply_status(rp);
}

/** POST /sounds?kind=&name=: the body is a WAV file */
void own_sound_post(struct request *rq, struct reply *rp)
{
	struct sound_work x = {.rq = rq};
	int err;

	if (!asked(&x, rp) ||
	    sound_take(x.s.blob, &x.s.duration_ms, rq, rp, OWN_SOUND_MS_MIN, OWN_SOUND_MS_MAX))
		return;
	err = store_write_wait(api_of(rq)->conf.store, add_fn, &x);
	if (err)
		(void)blob_delete(api_of(rq)->conf.blobs, x.s.blob);
	if (answer_refused(rp, &x.fe, err))
		return;
	tenant_changed(rq, x.s.tenant);
	reply_json(rp, 201, sound_json(NULL, &x.s));
}

static int find_fn(struct db *db, void *obj)
{
	struct sound_work *x = obj;

	return own_sound_get(&x->s, db, who_of(x->rq)->tenant, x->rq->ids[0]);
}

/** GET /sounds/{id}/audio */
void own_sound_audio_get(struct request *rq, struct reply *rp)
{
	struct sound_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, find_fn, &x);
	const struct sound_row row = {x.s.blob, "sound", x.s.duration_ms};

	if (err)
		answer_error(rp, err);
	else
		sound_answer(rq, rp, &row);
}

/** DELETE /sounds/{id} */
void own_sound_delete(struct request *rq, struct reply *rp)
{
	struct sound_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, find_fn, &x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	resource_remove(&own_sounds, rq, rp);
	if (reply_status(rp) < 300)
		(void)blob_delete(api_of(rq)->conf.blobs, x.s.blob);
}
