/**
 * @file both.c  Recording both sides of a call
 */
#include <errno.h>
#include <string.h>
#include "afterword.h"
#include "both.h"
#include "clock.h"
#include "exchange.h"
#include "log.h"
#include "permission.h"
#include "recording.h"
#include "story.h"
#include "text.h"

/** What a call remembers of its recording */
struct both {
	struct leg *leg;     /* whose stream is recorded; NULL: between two pieces */
	char piece[ID_SIZE]; /* the one that runs, or the last                    */
	enum recorded_by by;
	char extension[SIP_NAME];
	bool paused;
};

/** One piece: outlives leg and call until its file is complete */
struct piece {
	struct exchange *x; /* for the core thread alone: it may be gone when the writer works */
	struct blobs *blobs;
	struct recorded row;
};

static int begin_fn(struct db *db, void *obj)
{
	const struct piece *p = obj;

	return recorded_begin(db, &p->row);
}

static int finish_fn(struct db *db, void *obj)
{
	const struct piece *p = obj;
	int err;

	if (p->row.duration_ms >= RECORDED_MIN_MS) {
		err = recorded_finish(db, p->row.tenant, p->row.id, p->row.duration_ms);
		if (err != ENOENT)
			return err;
		/* there was no room for the row when it began */
		err = recorded_begin(db, &p->row);
		return err ? err
			   : recorded_finish(db, p->row.tenant, p->row.id, p->row.duration_ms);
	}
	err = blob_delete(p->blobs, p->row.blob);
	return err ? err : recorded_drop(db, p->row.tenant, p->row.id);
}

static void on_written(int err, void *obj)
{
	const struct piece *p = obj;

	if (err)
		log_error("recording.unwritten", "tenant=%lld recording=%s err=%s",
			  (long long)p->row.tenant, p->row.id, strerror(err));
}

static void on_finished(int err, void *obj)
{
	const struct piece *p = obj;

	on_written(err, obj);
	if (err && p->row.duration_ms >= RECORDED_MIN_MS)
		afterword_unstored(p->x, p->row.tenant, p->row.call_id, "record", "The recording",
				   err);
}

static void piece_post(const struct piece *p, store_fn *fn, store_done_h *done)
{
	const struct exchange_conf *conf = exchange_conf(p->x);
	struct piece *copy = mem_zalloc(sizeof(*copy), NULL);

	if (!copy)
		return;
	*copy = *p;
	(void)store_write(conf->store, fn, copy, conf->engine.core, done);
}

/* What came of a key, to whoever pressed it; the other party does not hear it. */
static void key_say(struct leg *leg, int err, const char *done)
{
	if (leg->stream)
		stream_play(leg->stream,
			    !err	   ? done
			    : err == EPERM ? "im-sorry&feature-not-avail-line"
					   : "im-sorry&vm-pls-try-again",
			    false);
}

static void presser_tell(struct call *c, const struct both *b, int err)
{
	struct le *le;

	LIST_FOREACH (call_legs(c), le) {
		struct leg *leg = le->data;

		if (b->by == BY_KEY && leg_live(leg) && leg->peer &&
		    !strcmp(leg->extension, b->extension))
			key_say(leg, err ? err : EIO, NULL);
	}
}

/* What is recorded no more is not shown as recorded. */
static void piece_failed(const struct piece *p, const struct taped *t)
{
	struct call *c = exchange_call_find(p->x, p->row.tenant, p->row.call_id);
	struct both **bp = c ? call_both(c) : NULL;

	afterword_cut(p->x, p->row.tenant, p->row.call_id, "record",
		      "The recording could not be written", t->err,
		      t->duration_ms >= RECORDED_MIN_MS);
	if (!bp || !*bp || strcmp((*bp)->piece, p->row.id))
		return;
	presser_tell(c, *bp, t->err);
	*bp = mem_deref(*bp);
	call_changed(c, "call.updated");
}

/* A file that could not be completed is left to the next start, which tries again. */
static void on_taped(const char *key, const struct taped *t, void *obj)
{
	struct piece *p = obj;

	p->row.duration_ms = t->duration_ms;
	if (t->end == RECORD_ERROR)
		piece_failed(p, t);
	if (t->end != RECORD_ERROR || t->duration_ms)
		piece_post(p, finish_fn, on_finished);
}

static int piece_begin(struct call *c, struct both *b, struct leg *leg)
{
	const struct recording_conf conf = {.both = true};
	const struct tenant_extension *e = tenant_extension(call_tenant(c), b->extension);
	AUTO struct piece *p = mem_zalloc(sizeof(*p), NULL);
	uint32_t id;
	int err;

	if (!p)
		return ENOMEM;
	p->x = call_exchange(c);
	p->blobs = exchange_conf(p->x)->blobs;
	p->row.tenant = call_tenant_id(c);
	p->row.by = b->by;
	p->row.started_at = clock_wall_ms();
	str_ncpy(p->row.id, id_new().s, sizeof(p->row.id));
	str_ncpy(p->row.call_id, call_id(c), sizeof(p->row.call_id));
	str_ncpy(p->row.extension_id, e ? e->id : "", sizeof(p->row.extension_id));
	err = recording_begin(&id, p->row.blob, p->x, leg->stream, p->row.tenant, &conf, on_taped,
			      p);
	if (err)
		return err;
	b->leg = leg;
	str_ncpy(b->piece, p->row.id, sizeof(b->piece));
	piece_post(p, begin_fn, on_written);
	return 0;
}

static void piece_end(struct both *b)
{
	if (b->leg && leg_live(b->leg) && b->leg->stream)
		stream_stop_record(b->leg->stream);
	b->leg = NULL;
}

/* Who is recorded is told by a tone, if the tenant wants that. */
static void tone_play(struct call *c)
{
	struct le *le;

	if (!call_tenant(c)->recording_tone)
		return;
	LIST_FOREACH (call_legs(c), le) {
		struct leg *leg = le->data;

		if (leg->peer && leg->stream && !leg->held && !leg->peer->held)
			stream_play(leg->stream, "tone:record", false);
	}
}

static bool permitted(const struct call *c)
{
	return permissions_have(call_tenant(c)->permissions, "recordings");
}

static const char *why(enum recorded_by by)
{
	static const char *const texts[] = {"by the rule of", "by a key of", "by the portal, for",
					    "by the queue, for"};

	return texts[by];
}

/**
 * Begins to record a call whose party is connected
 *
 * @param c         Call
 * @param by        What asks for it
 * @param extension On whose behalf
 *
 * @return 0, EALREADY, EPERM when the tenant may not, ENOTCONN while nobody is connected, or errno
 */
int both_start(struct call *c, enum recorded_by by, const char *extension)
{
	struct both **bp = call_both(c), *b;
	struct leg *party = call_caller(c);
	int err;

	if (!permitted(c))
		return EPERM;
	if (*bp)
		return EALREADY;
	if (!party || party->state != LEG_UP || !party->peer)
		return ENOTCONN;
	b = mem_zalloc(sizeof(*b), NULL);
	if (!b)
		return ENOMEM;
	b->by = by;
	str_ncpy(b->extension, extension, sizeof(b->extension));
	err = piece_begin(c, b, party);
	if (err) {
		story_add(call_story(c), "record", "The recording could not begin: %s",
			  afterword_why(err));
		mem_deref(b);
		return err;
	}
	*bp = b;
	story_add(call_story(c), "record", "Recording began, %s %s", why(by), extension);
	tone_play(c);
	call_changed(c, "call.updated");
	return 0;
}

/** Ends the recording of a call, if there is one */
void both_stop(struct call *c, const char *who)
{
	struct both **bp = call_both(c);

	if (!*bp)
		return;
	piece_end(*bp);
	*bp = mem_deref(*bp);
	story_add(call_story(c), "record", "%s stopped the recording", who);
	call_changed(c, "call.updated");
}

/** Leaves out what is said from now on, or not any more */
void both_pause(struct call *c, bool paused, const char *who)
{
	struct both *b = *call_both(c);

	if (!b || b->paused == paused)
		return;
	b->paused = paused;
	if (b->leg && b->leg->stream)
		stream_pause_record(b->leg->stream, paused);
	story_add(call_story(c), "record", "%s %s the recording", who,
		  paused ? "paused" : "went on with");
	if (!paused)
		tone_play(c);
	call_changed(c, "call.updated");
}

/** True while a call is recorded, also while that is paused */
bool both_running(const struct call *c, bool *paused)
{
	const struct both *b = call_both_of(c);

	*paused = b && b->paused;
	return b != NULL;
}

/** True when a rule of the organisation records it: nobody who talks may stop that */
bool both_by_rule(const struct call *c)
{
	const struct both *b = call_both_of(c);

	return b && b->by == BY_RULE;
}

static bool rule_fits(const struct call *c, const struct leg *leg)
{
	const struct tenant_extension *e =
		leg->extension[0] ? tenant_extension(call_tenant(c), leg->extension) : NULL;

	if (!e || e->recording == RULE_NONE)
		return false;
	return e->recording == RULE_ALL ||
	       e->recording == (leg->role == LEG_CALLER ? RULE_OUTBOUND : RULE_INBOUND);
}

/** The party is connected with somebody, at first or after a transfer: a rule may begin, and what
 * was recorded before goes on */
void both_connected(struct call *c)
{
	struct both *b = *call_both(c);
	struct leg *party = call_caller(c), *peer = party ? party->peer : NULL;

	if (!peer)
		return;
	if (b && b->leg != party) {
		piece_end(b);
		if (!piece_begin(c, b, party) && b->paused)
			stream_pause_record(party->stream, true);
	}
	if (b) {
		tone_play(c); /* somebody may be new */
	} else if (permitted(c)) {
		if (rule_fits(c, party))
			(void)both_start(c, BY_RULE, party->extension);
		else if (rule_fits(c, peer))
			(void)both_start(c, BY_RULE, peer->extension);
	}
}

/**
 * A leg moves into another call: a piece that was recorded from it ends, and the other call is
 * recorded from now on, on the same behalf
 */
void both_moved(struct call *from, struct call *to, struct leg *leg)
{
	struct both *b = *call_both(from), *other = *call_both(to);

	if (b && b->leg == leg)
		piece_end(b);
	if (!b || other)
		return;
	other = mem_zalloc(sizeof(*other), NULL);
	if (!other)
		return;
	*other = *b;
	other->leg = NULL;
	*call_both(to) = other;
	story_add(call_story(to), "record", "The recording goes on, %s %s", why(b->by),
		  b->extension);
}

/** A phone of ours keyed the code for recording: switches it on and off, unless a rule began it */
void both_key(struct call *c, struct leg *leg)
{
	bool on = !*call_both(c);
	int err = 0;

	if (!leg->peer || call_step(c)->ops)
		return;
	if (both_by_rule(c)) {
		story_add(call_story(c), "record", "%s may only pause what a rule records",
			  party_label(&leg->party));
		err = EPERM;
	} else if (on) {
		err = both_start(c, BY_KEY, leg->extension);
	} else {
		both_stop(c, party_label(&leg->party));
	}
	if (err == EPERM && on)
		story_add(call_story(c), "record", "%s may not record calls", call_tenant(c)->name);
	key_say(leg, err, on ? "dictate/record&activated" : "dictate/record&de-activated");
}

/** A phone of ours keyed the code for a pause: pauses the recording, or goes on with it */
void both_pause_key(struct call *c, struct leg *leg)
{
	bool paused;

	if (leg->peer && !call_step(c)->ops && both_running(c, &paused))
		both_pause(c, !paused, party_label(&leg->party));
}
