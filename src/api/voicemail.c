/**
 * @file voicemail.c  Messages of mailboxes: one's own, and as an administrator those of the tenant
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "inside.h"
#include "mailboxes.h"
#include "own.h"
#include "sounds.h"
#include "text.h"
#include "voicemail.h"

/** What the handlers of messages read and write */
struct message_work {
	struct request *rq;
	struct page page;
	struct mailbox m;
	struct voicemail v;
	struct mailbox to;
	struct voicemail_counts counts, to_counts;
	const char *folder;
	struct field_errors fe;
};

static json_t *message_json(const struct voicemail *v, const struct mailbox *m)
{
	json_t *o = json_object(), *from = json_object();

	put_text(from, "number", v->from_number);
	put_text(from, "name", v->from_name);
	put_text(o, "id", v->id);
	put_text(o, "extensionId", v->extension_id);
	put_text(o, "extension", m->number);
	put_text(o, "state", voicemail_state_name(v->state));
	put_bool(o, "urgent", v->urgent);
	json_object_set_new(o, "from", from);
	put_word(o, "callId", v->call_id);
	put_word(o, "forwardedBy", v->forwarded_by);
	put_int(o, "durationMs", v->duration_ms);
	put_int(o, "createdAt", v->created_at);
	put_time(o, "readAt", v->read_at);
	put_time(o, "deletedAt", v->deleted_at);
	return o;
}

static int row_h(const struct voicemail *v, void *arg)
{
	struct message_work *x = arg;

	return page_add(&x->page, message_json(v, &x->m), v->id) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct message_work *x = obj;
	const char *of = request_query(x->rq, "extensionId");
	int err = mailbox_of(&x->m, db, x->rq, of ? of : "mine");

	return err ? err
		   : voicemail_list(db, x->m.tenant, x->m.extension_id, x->folder,
				    page_after(&x->page), page_ask(&x->page), row_h, x);
}

/** GET /voicemail */
void voicemail_list_get(struct request *rq, struct reply *rp)
{
	struct message_work x = {.rq = rq, .folder = request_query(rq, "folder")};

	if (x.folder && strcmp(x.folder, "new") && strcmp(x.folder, "old") &&
	    strcmp(x.folder, "deleted"))
		reply_field(rp, "folder", "must be new, old or deleted");
	if (!reply_status(rp))
		page_list(&x.page, rq, rp, list_fn, &x);
}

/* The message that the path names, and its mailbox; ENOENT also for what is not one's own. */
static int message_of(struct message_work *x, struct db *db)
{
	int err = voicemail_get(&x->v, db, who_of(x->rq)->tenant, x->rq->ids[0]);

	return err ? err : mailbox_of(&x->m, db, x->rq, x->v.extension_id);
}

static int message_fn(struct db *db, void *obj)
{
	return message_of(obj, db);
}

/** GET /voicemail/{id} */
void voicemail_get_one(struct request *rq, struct reply *rp)
{
	struct message_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, message_fn, &x);

	if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 200, message_json(&x.v, &x.m));
}

static int look_fn(struct db *db, void *obj)
{
	struct message_work *x = obj;

	audit_note(db, x->rq, "voicemail.listen", x->v.id, x->m.number);
	return 0;
}

/* Whoever listens to somebody else's message leaves a trace. */
static void look_note(struct message_work *x)
{
	if (strcmp(x->v.extension_id, who_of(x->rq)->extension.id))
		(void)store_write_wait(api_of(x->rq)->conf.store, look_fn, x);
}

static bool row_of(struct sound_row *row, char name[MODEL_NAME], struct message_work *x,
		   struct reply *rp)
{
	int err = store_read(api_of(x->rq)->conf.store, message_fn, x);

	if (err) {
		answer_error(rp, err);
		return false;
	}
	text_printf(name, MODEL_NAME, "voicemail-%s-%s", x->m.number, x->v.id + ID_SIZE - 9);
	*row = (struct sound_row){.blob = x->v.blob, .name = name, .ms = x->v.duration_ms};
	return true;
}

/** GET /voicemail/{id}/audio */
void voicemail_audio_get(struct request *rq, struct reply *rp)
{
	struct message_work x = {.rq = rq};
	struct sound_row row;
	char name[MODEL_NAME];

	if (!row_of(&row, name, &x, rp))
		return;
	look_note(&x);
	sound_answer(rq, rp, &row);
}

/** GET /voicemail/{id}/peaks */
void voicemail_peaks_get(struct request *rq, struct reply *rp)
{
	struct message_work x = {.rq = rq};
	struct sound_row row;
	char name[MODEL_NAME];

	if (row_of(&row, name, &x, rp))
		peaks_answer(rq, rp, &row);
}

static int change_fn(struct db *db, void *obj)
{
	struct message_work *x = obj;
	const char *word = request_text(x->rq, "state");
	enum voicemail_state state;
	int err = message_of(x, db);

	if (err)
		return err;
	if (word && !voicemail_state_parse(&state, word))
		err = voicemail_mark(db, &x->v, state, clock_wall_ms());
	if (!err && request_has(x->rq, "deleted"))
		err = request_bool(x->rq, "deleted", false)
			      ? voicemail_delete(db, &x->v, clock_wall_ms())
			      : voicemail_undelete(db, &x->v);
	return err ? err : voicemail_counts(&x->counts, db, x->v.tenant, x->v.extension_id);
}

/** PATCH /voicemail/{id}: read, saved, new again; deleted, or not any more */
void voicemail_patch(struct request *rq, struct reply *rp)
{
	struct message_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, change_fn, &x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	mailbox_counted(rq, &x.m, &x.counts);
	reply_json(rp, 200, message_json(&x.v, &x.m));
}

static int delete_fn(struct db *db, void *obj)
{
	struct message_work *x = obj;
	int err = message_of(x, db);

	if (!err)
		err = voicemail_delete(db, &x->v, clock_wall_ms());
	return err ? err : voicemail_counts(&x->counts, db, x->v.tenant, x->v.extension_id);
}

/** DELETE /voicemail/{id}: for a week it can be taken back by PATCH */
void voicemail_remove(struct request *rq, struct reply *rp)
{
	struct message_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, delete_fn, &x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	mailbox_counted(rq, &x.m, &x.counts);
	reply_done(rp);
}

static int forward_fn(struct db *db, void *obj)
{
	struct message_work *x = obj;
	struct voicemail copy;
	char key[BLOB_KEY];
	int err = message_of(x, db);

	if (err)
		return err;
	err = mailbox_by_number(&x->to, db, x->m.tenant, request_text(x->rq, "extension"));
	if (err == ENOENT || (!err && !x->to.active)) {
		field_error(&x->fe, "extension", "takes no messages");
		return EINVAL;
	}
	if (!err)
		err = voicemail_counts(&x->to_counts, db, x->to.tenant, x->to.extension_id);
	if (!err && x->to_counts.fresh + x->to_counts.old >= x->to.max_messages) {
		field_error(&x->fe, "extension", "has a full mailbox");
		return EINVAL;
	}
	copy = x->v;
	blob_key(key, x->m.tenant, clock_wall_ms());
	if (!err)
		err = blob_link(api_of(x->rq)->conf.blobs, key, x->v.blob);
	if (!err)
		err = voicemail_copy(db, &copy, x->to.extension_id, x->m.name, key);
	return err ? err : voicemail_counts(&x->to_counts, db, x->to.tenant, x->to.extension_id);
}

/** POST /voicemail/{id}/forward */
void voicemail_forward_post(struct request *rq, struct reply *rp)
{
	struct message_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, forward_fn, &x);

	if (answer_refused(rp, &x.fe, err))
		return;
	mailbox_counted(rq, &x.to, &x.to_counts);
	reply_done(rp);
}
