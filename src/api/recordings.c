/**
 * @file recordings.c  Recordings of calls: the tenant's, those of one's own calls, and the button
 */
#include <errno.h>
#include <string.h>
#include "calls.h"
#include "own.h"
#include "recorded.h"
#include "recordings.h"
#include "settings.h"
#include "sounds.h"
#include "text.h"

/** What the handlers of recordings read and write */
struct recording_work {
	struct request *rq;
	struct db *db;
	struct page page;
	struct recorded_filter filter;
	struct recorded r;
	json_t *rows;
};

static json_t *recording_json(struct db *db, const struct recorded *r)
{
	json_t *o = json_object();
	struct extension e;
	bool known = r->extension_id[0] && !extension_get(&e, db, r->tenant, r->extension_id);

	put_text(o, "id", r->id);
	put_text(o, "callId", r->call_id);
	put_word(o, "extension", known ? e.number : "");
	put_text(o, "by", recorded_by_name(r->by));
	put_int(o, "startedAt", r->started_at);
	put_int(o, "durationMs", r->duration_ms);
	return o;
}

static int of_call_h(const struct recorded *r, void *arg)
{
	struct recording_work *x = arg;

	json_array_append_new(x->rows, recording_json(x->db, r));
	return 0;
}

/** The recordings of a call, for its page; 0 or what the database said */
int recordings_of_call(json_t *rows, struct db *db, int64_t tenant, const char *call_id)
{
	struct recording_work x = {.rows = rows, .db = db};

	return recorded_of_call(db, tenant, call_id, of_call_h, &x);
}

static int row_h(const struct recorded *r, void *arg)
{
	struct recording_work *x = arg;
	json_t *o = recording_json(x->db, r);
	struct cdr_party from, to;
	int err = cdr_parties(&from, &to, x->db, r->tenant, r->call_id);

	/* the call may be forgotten before its recording */
	json_object_set_new(o, "from", err ? json_null() : party_of(&from));
	json_object_set_new(o, "to", err ? json_null() : party_of(&to));
	return page_add(&x->page, o, r->id) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct recording_work *x = obj;

	x->db = db;
	x->filter.before = page_after(&x->page);
	x->filter.limit = page_ask(&x->page);
	return recorded_list(db, who_of(x->rq)->tenant, &x->filter, row_h, x);
}

/** GET /recordings?from=&to=&q= */
void recordings_get(struct request *rq, struct reply *rp)
{
	struct recording_work x = {.rq = rq, .filter.q = request_query(rq, "q")};

	time_read(rq, rp, "from", &x.filter.from);
	time_read(rq, rp, "to", &x.filter.to);
	if (!reply_status(rp))
		page_list(&x.page, rq, rp, list_fn, &x);
}

/* Those of the tenant with the permission, else those of calls that one took part in. */
static int recording_of(struct recording_work *x, struct db *db)
{
	const struct who *w = who_of(x->rq);
	struct cdr *c;
	int err = recorded_get(&x->r, db, w->tenant, x->rq->ids[0]);

	if (err || who_may(w, "recordings"))
		return err;
	if (!w->extension.id[0])
		return ENOENT;
	err = cdr_get(&c, db, w->tenant, x->r.call_id);
	if (err)
		return err;
	err = cdr_took_part(db, c, w->extension.number);
	mem_deref(c);
	return err;
}

static int recording_fn(struct db *db, void *obj)
{
	return recording_of(obj, db);
}

static int listen_fn(struct db *db, void *obj)
{
	struct recording_work *x = obj;
	int err = recording_of(x, db);

	if (!err)
		audit_note(db, x->rq, "recording.listen", x->r.id, "");
	return err;
}

static void sound_row_fill(struct sound_row *row, char name[MODEL_NAME],
			   const struct recording_work *x)
{
	text_printf(name, MODEL_NAME, "call-%s", x->r.id + ID_SIZE - 9);
	*row = (struct sound_row){.blob = x->r.blob, .name = name, .ms = x->r.duration_ms};
}

/** GET /recordings/{id}/audio: each look is audited */
void recording_audio_get(struct request *rq, struct reply *rp)
{
	struct recording_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, listen_fn, &x);
	struct sound_row row;
	char name[MODEL_NAME];

	if (err) {
		answer_error(rp, err);
		return;
	}
	sound_row_fill(&row, name, &x);
	sound_answer(rq, rp, &row);
}

/** GET /recordings/{id}/peaks */
void recording_peaks_get(struct request *rq, struct reply *rp)
{
	struct recording_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, recording_fn, &x);
	struct sound_row row;
	char name[MODEL_NAME];

	if (err) {
		answer_error(rp, err);
		return;
	}
	sound_row_fill(&row, name, &x);
	peaks_answer(rq, rp, &row);
}

static int remove_fn(struct db *db, void *obj)
{
	struct recording_work *x = obj;
	int err = recorded_get(&x->r, db, who_of(x->rq)->tenant, x->rq->ids[0]);

	if (!err)
		err = blob_delete(api_of(x->rq)->conf.blobs, x->r.blob);
	if (!err)
		err = recorded_drop(db, x->r.tenant, x->r.id);
	if (!err)
		audit_note(db, x->rq, "recording.remove", x->r.id, x->r.call_id);
	return err;
}

/** DELETE /recordings/{id}: file and row, for good */
void recording_delete(struct request *rq, struct reply *rp)
{
	struct recording_work x = {.rq = rq};
	int err = who_of(rq)->admin ? store_write_wait(api_of(rq)->conf.store, remove_fn, &x)
				    : ENOENT;

	if (err)
		answer_error(rp, err);
	else
		reply_done(rp);
}

/** POST /live-calls/{id}/recording: of a call one takes part in, or as an administrator */
void live_recording_post(struct request *rq, struct reply *rp)
{
	const struct who *w = who_of(rq);
	const struct api_live *live = &api_of(rq)->live;
	bool any = w->admin && who_may(w, "realtime");
	int err = ENOENT;

	if (w->tenant && (any || w->extension.id[0]))
		err = live->record_h(w->tenant, rq->ids[0], w->extension.number, any,
				     request_text(rq, "action"), live->arg);
	if (err == EALREADY || !err)
		reply_done(rp);
	else if (err == EPERM)
		reply_problem(rp, 403, "Recording is not switched on for this organisation.");
	else if (err == EACCES)
		reply_problem(rp, 403, "Your organisation records this call; it can be paused.");
	else if (err == ENOTCONN)
		reply_problem(rp, 409, "Nobody is connected yet.");
	else
		answer_error(rp, err);
}

static void settings_reply(struct reply *rp, const struct tenant_row *t)
{
	json_t *o = json_object();

	put_int(o, "keepDays", settings_number(t->settings, "recordingKeepDays", 0));
	put_bool(o, "tone", settings_flag(t->settings, "recordingTone"));
	reply_json(rp, 200, o);
}

/** GET /recording-settings */
void recording_settings_get(struct request *rq, struct reply *rp)
{
	if (who_of(rq)->admin)
		settings_reply(rp, &who_of(rq)->row);
	else
		answer_error(rp, ENOENT);
}

static int settings_fn(struct db *db, void *obj)
{
	const struct request *rq = obj;
	struct tenant_row *t = &who_of(rq)->row;
	int err = tenant_get(t, db, who_of(rq)->tenant);
	bool fits = true;

	if (err)
		return err;
	if (request_has(rq, "keepDays"))
		fits = settings_set_number(t->settings, sizeof(t->settings), "recordingKeepDays",
					   request_int(rq, "keepDays", 0));
	if (fits && request_has(rq, "tone"))
		fits = settings_set_flag(t->settings, sizeof(t->settings), "recordingTone",
					 request_bool(rq, "tone", false));
	err = fits ? tenant_change(db, t) : EOVERFLOW;
	if (!err)
		audit_note(db, rq, "recording.settings", "", "");
	return err;
}

/** PATCH /recording-settings: how long recordings are kept, and whether a tone tells of them */
void recording_settings_patch(struct request *rq, struct reply *rp)
{
	int err = who_of(rq)->admin ? store_write_wait(api_of(rq)->conf.store, settings_fn, rq)
				    : ENOENT;

	if (err) {
		answer_error(rp, err);
		return;
	}
	tenant_changed(rq, who_of(rq)->tenant);
	settings_reply(rp, &who_of(rq)->row);
}
