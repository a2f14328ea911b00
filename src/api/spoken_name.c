/**
 * @file spoken_name.c  How the owner of a mailbox says the own name: the directory and the standard
 * greeting speak it
 */
#include <errno.h>
#include "greeting.h"
#include "inside.h"
#include "mailboxes.h"
#include "sounds.h"
#include "text.h"

struct name_work {
	struct request *rq;
	struct mailbox m;
	char blob[BLOB_KEY], old[BLOB_KEY];
	int64_t ms;
};

static int box_fn(struct db *db, void *obj)
{
	struct name_work *x = obj;

	return mailbox_of(&x->m, db, x->rq, x->rq->ids[0]);
}

static int set_fn(struct db *db, void *obj)
{
	struct name_work *x = obj;
	int err = box_fn(db, x);

	if (!err)
		err = spoken_name_set(x->old, db, x->m.tenant, x->m.extension_id, x->blob, x->ms);
	if (!err)
		audit_note(db, x->rq, "mailbox.name", x->m.extension_id, x->m.number);
	return err;
}

/* Writes the name, and deletes the file that is not used any more: the old one, or when that could
 * not be written the new one. */
static bool set(struct name_work *x, struct reply *rp)
{
	struct blobs *blobs = api_of(x->rq)->conf.blobs;
	int err = store_write_wait(api_of(x->rq)->conf.store, set_fn, x);
	const char *unused = err ? x->blob : x->old;

	if (unused[0])
		(void)blob_delete(blobs, unused);
	if (err)
		answer_error(rp, err);
	else
		tenant_changed(x->rq, x->m.tenant);
	return !err;
}

/** POST /mailboxes/{id}/spoken-name: the body is a WAV file */
void spoken_name_post(struct request *rq, struct reply *rp)
{
	struct name_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, box_fn, &x); /* before the file is looked at */

	if (err)
		answer_error(rp, err);
	else if (!sound_take(x.blob, &x.ms, rq, rp, SPOKEN_NAME_MS_MIN, SPOKEN_NAME_MS_MAX) &&
		 set(&x, rp))
		reply_json(rp, 201, json_pack("{s:I}", "durationMs", (json_int_t)x.ms));
}

/** DELETE /mailboxes/{id}/spoken-name: the name is spelled */
void spoken_name_delete(struct request *rq, struct reply *rp)
{
	struct name_work x = {.rq = rq};

	if (set(&x, rp))
		reply_done(rp);
}

/** GET /mailboxes/{id}/spoken-name/audio */
void spoken_name_audio_get(struct request *rq, struct reply *rp)
{
	struct name_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, box_fn, &x);
	char name[MODEL_NAME];
	struct sound_row row = {.blob = x.m.spoken_name, .name = name, .ms = SPOKEN_NAME_MS_MAX};

	if (err || !x.m.spoken_name[0]) {
		answer_error(rp, err ? err : ENOENT);
		return;
	}
	text_printf(name, sizeof(name), "name-%s", x.m.number);
	sound_answer(rq, rp, &row);
}
