/**
 * @file letter.c  A message being left: recorded, then kept or dropped
 *
 * A letter outlives its step: when the caller hangs up, the file is complete a moment later, and
 * only then does the message become new. Its row is added when the recording begins, so that a
 * process that is killed in between finds it at the next start (src/messages.c).
 */
#include <errno.h>
#include <string.h>
#include "afterword.h"
#include "clock.h"
#include "dests_private.h"
#include "letter.h"
#include "log.h"
#include "recording.h"
#include "text.h"
#include "waiting.h"

enum closing { OPEN, KEEP, DROP };

struct letter {
	struct exchange *x;
	struct voicemail row;
	char extension[PHONE_SIZE];
	bool taped;
	int failed;	       /* errno; not 0: not all that was said is in the file */
	uint32_t ms, quiet_ms; /* length of the file; silence that ended it */
	uint32_t silence_ms;
	enum closing closing;
	unsigned hop;	  /* of the step */
	letter_kept_h *h; /* NULL: nobody asked */
};

/** What the writer does with a letter */
struct letter_work {
	struct exchange *x; /* for the core thread alone: it may be gone when the writer works */
	struct blobs *blobs;
	struct voicemail row;
	char extension[PHONE_SIZE];
	struct voicemail_counts counts;
	int failed;
	unsigned hop;
	letter_kept_h *h;
};

static struct letter_work *work_make(const struct letter *l)
{
	struct letter_work *w = mem_zalloc(sizeof(*w), NULL);

	if (!w)
		return NULL;
	w->x = l->x;
	w->blobs = exchange_conf(l->x)->blobs;
	w->row = l->row;
	w->failed = l->failed;
	w->hop = l->hop;
	w->h = l->h;
	str_ncpy(w->extension, l->extension, sizeof(w->extension));
	return w;
}

/* The step that asked, if it is still there. */
static void tell(struct exchange *x, const struct voicemail *row, unsigned hop, letter_kept_h *h,
		 int err)
{
	struct call *c = h ? exchange_call_find(x, row->tenant, row->call_id) : NULL;

	if (c && call_hops(c) == hop && call_step(c)->ops)
		h(call_step(c), err);
}

static void work_post(const struct letter *l, store_fn *fn, store_done_h *done)
{
	const struct exchange_conf *conf = exchange_conf(l->x);
	struct letter_work *w = work_make(l);
	int err = w ? store_write(conf->store, fn, w, conf->engine.core, done) : ENOMEM;

	if (!err)
		return;
	log_error("voicemail.unwritten", "tenant=%lld message=%s err=%d", (long long)l->row.tenant,
		  l->row.id, err);
	tell(l->x, &l->row, l->hop, l->h, err);
}

static int begin_fn(struct db *db, void *obj)
{
	struct letter_work *w = obj;

	return voicemail_begin(db, &w->row);
}

static int keep_fn(struct db *db, void *obj)
{
	struct letter_work *w = obj;
	int err = voicemail_finish(db, w->row.tenant, w->row.id, w->row.duration_ms, w->row.urgent);

	if (err == ENOENT) {
		/* there was no room for the row when it began */
		err = voicemail_begin(db, &w->row);
		err = err ? err
			  : voicemail_finish(db, w->row.tenant, w->row.id, w->row.duration_ms,
					     w->row.urgent);
	}
	return err ? err : voicemail_counts(&w->counts, db, w->row.tenant, w->row.extension_id);
}

static int drop_fn(struct db *db, void *obj)
{
	struct letter_work *w = obj;
	int err = blob_delete(w->blobs, w->row.blob);

	return err ? err : voicemail_drop(db, w->row.tenant, w->row.id);
}

static void on_written(int err, void *obj)
{
	const struct letter_work *w = obj;

	if (err)
		log_error("voicemail.unwritten", "tenant=%lld message=%s err=%s",
			  (long long)w->row.tenant, w->row.id, strerror(err));
}

static void on_dropped(int err, void *obj)
{
	const struct letter_work *w = obj;

	on_written(err, obj);
	tell(w->x, &w->row, w->hop, w->h, ENODATA);
}

static void on_kept(int err, void *obj)
{
	const struct letter_work *w = obj;

	on_written(err, obj);
	if (err)
		afterword_unstored(w->x, w->row.tenant, w->row.call_id, "voicemail", "The message",
				   err);
	else
		waiting_set(w->x, w->row.tenant, w->extension, &w->counts);
	tell(w->x, &w->row, w->hop, w->h, err ? err : w->failed);
}

static bool heard(const struct letter *l)
{
	return l->ms >= VOICEMAIL_MIN_MS + l->quiet_ms;
}

/* Once the file is complete and it is known what shall become of it. One that could not be
 * completed is left to the next start, which tries again. */
static void settle(struct letter *l)
{
	if (!l->taped || l->closing == OPEN)
		return;
	l->row.duration_ms = l->ms;
	if (l->closing == DROP || (!heard(l) && !l->failed))
		work_post(l, drop_fn, on_dropped);
	else if (heard(l))
		work_post(l, keep_fn, on_kept);
	else
		tell(l->x, &l->row, l->hop, l->h, l->failed);
}

static void on_taped(const char *key, const struct taped *t, void *obj)
{
	struct letter *l = obj;

	l->taped = true;
	l->ms = t->duration_ms;
	l->quiet_ms = t->end == RECORD_SILENCE ? l->silence_ms : 0;
	l->failed = t->end != RECORD_ERROR ? 0 : t->err ? t->err : EIO;
	if (l->failed && l->closing != DROP)
		afterword_cut(l->x, l->row.tenant, l->row.call_id, "voicemail",
			      "The message could not be recorded", t->err, heard(l));
	settle(l);
}

static void row_fill(struct voicemail *v, struct step *s, const struct tenant_extension *to)
{
	const struct party *from = &flow_party(s)->party;

	v->tenant = call_tenant_id(s->call);
	str_ncpy(v->id, id_new().s, sizeof(v->id));
	str_ncpy(v->extension_id, to->id, sizeof(v->extension_id));
	str_ncpy(v->from_number, from->number, sizeof(v->from_number));
	str_ncpy(v->from_name, from->name, sizeof(v->from_name));
	str_ncpy(v->call_id, call_id(s->call), sizeof(v->call_id));
	v->created_at = clock_wall_ms();
}

/**
 * Begins to record a message from the step's party
 *
 * @param lp         Result, a reference; to be closed before it is dropped
 * @param record     Result: id of the recording
 * @param s          Step
 * @param to         Whose mailbox, switched on; it says how long, and how much silence ends it; '#'
 *                   ends it, too
 *
 * @return 0 or errno
 */
int letter_begin(struct letter **lp, uint32_t *record, struct step *s,
		 const struct tenant_extension *to)
{
	const struct recording_conf conf = {
		.max_ms = to->mailbox->max_ms, .silence_ms = to->mailbox->silence_ms, .keys = "#"};
	AUTO struct letter *l = mem_zalloc(sizeof(*l), NULL);
	int err;

	if (!l)
		return ENOMEM;
	l->x = call_exchange(s->call);
	l->hop = call_hops(s->call);
	l->silence_ms = conf.silence_ms;
	str_ncpy(l->extension, to->number, sizeof(l->extension));
	row_fill(&l->row, s, to);
	err = recording_begin(record, l->row.blob, l->x, flow_party(s)->stream, l->row.tenant,
			      &conf, on_taped, l);
	if (err)
		return err;
	work_post(l, begin_fn, on_written);
	*lp = TAKE(l);
	return 0;
}

/** Key of the file; it is there once the recording has ended */
const char *letter_blob(const struct letter *l)
{
	return l->row.blob;
}

/** Whether not all that was said could be recorded, of which the story tells */
bool letter_failed(const struct letter *l)
{
	return l->failed != 0;
}

/** Whether the caller marked it as urgent */
bool letter_urgent(const struct letter *l)
{
	return l->row.urgent;
}

/** Marks as urgent, or not any more */
void letter_turn_urgent(struct letter *l)
{
	l->row.urgent = !l->row.urgent;
}

/** Keeps it, and tells the step once that is done: of what the caller is told, nothing is to be
 * lost any more */
void letter_keep(struct letter *l, struct step *s, letter_kept_h *h)
{
	l->h = h;
	letter_close(l, true);
}

/** Decides what becomes of it: kept unless there is next to nothing to hear, or dropped. Once */
void letter_close(struct letter *l, bool keep)
{
	if (l->closing != OPEN)
		return;
	l->closing = keep ? KEEP : DROP;
	settle(l);
}
