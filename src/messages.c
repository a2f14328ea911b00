/**
 * @file messages.c  Messages and recordings between the live floor, the store and the disk
 *
 * At start what a killed process was recording is completed and kept; while running, what is
 * deleted for good goes: its file first, then its row.
 */
#include <errno.h>
#include <string.h>
#include "json.h"
#include "cdr.h"
#include "clock.h"
#include "house.h"
#include "log.h"
#include "recorded.h"
#include "settings.h"
#include "tenant.h"
#include "text.h"
#include "voicemail.h"
#include "waiting.h"

enum { PURGE_MS = 3600000, PURGE_ROWS = 100, DAY_MS = 86400000 };

struct rows {
	struct house *house;
	struct voicemail v[PURGE_ROWS];
	unsigned count;
};

static int row_h(const struct voicemail *v, void *arg)
{
	struct rows *r = arg;

	if (r->count == PURGE_ROWS)
		return DB_STOP;
	r->v[r->count++] = *v;
	return 0;
}

/* Kept when there is something to hear. */
static int repair_one(struct house *h, struct db *db, const struct voicemail *v)
{
	char path[BLOB_PATH];
	uint32_t ms = 0;
	int err;

	blob_path(path, h->blobs, v->blob);
	err = tape_repair(&ms, path);
	log_warn("messages.cut", "tenant=%lld message=%s ms=%u err=%d", (long long)v->tenant, v->id,
		 ms, err);
	if (!err && ms >= VOICEMAIL_MIN_MS)
		return voicemail_finish(db, v->tenant, v->id, ms, v->urgent);
	err = blob_delete(h->blobs, v->blob);
	return err ? err : voicemail_drop(db, v->tenant, v->id);
}

static int repair_fn(struct db *db, void *obj)
{
	struct rows *r = obj;
	int err;

	do {
		r->count = 0;
		err = voicemail_cut(db, row_h, r);
		for (unsigned i = 0; i < r->count && !err; i++)
			err = repair_one(r->house, db, &r->v[i]);
	} while (!err && r->count == PURGE_ROWS);
	return err;
}

struct pieces {
	struct house *house;
	struct recorded v[PURGE_ROWS];
	unsigned count;
};

static int piece_h(const struct recorded *r, void *arg)
{
	struct pieces *p = arg;

	if (p->count == PURGE_ROWS)
		return DB_STOP;
	p->v[p->count++] = *r;
	return 0;
}

static int piece_repair(struct house *h, struct db *db, const struct recorded *r)
{
	char path[BLOB_PATH];
	uint32_t ms = 0;
	int err;

	blob_path(path, h->blobs, r->blob);
	err = tape_repair(&ms, path);
	log_warn("recordings.cut", "tenant=%lld recording=%s ms=%u err=%d", (long long)r->tenant,
		 r->id, ms, err);
	if (!err && ms >= RECORDED_MIN_MS)
		return recorded_finish(db, r->tenant, r->id, ms);
	err = blob_delete(h->blobs, r->blob);
	return err ? err : recorded_drop(db, r->tenant, r->id);
}

static int pieces_fn(struct db *db, void *obj)
{
	struct pieces *p = obj;
	int err;

	do {
		p->count = 0;
		err = recorded_cut(db, piece_h, p);
		for (unsigned i = 0; i < p->count && !err; i++)
			err = piece_repair(p->house, db, &p->v[i]);
	} while (!err && p->count == PURGE_ROWS);
	return err;
}

static struct pieces *pieces_make(struct house *h)
{
	struct pieces *p = mem_zalloc(sizeof(*p), NULL);

	if (p)
		p->house = h;
	return p;
}

static struct rows *rows_make(struct house *h)
{
	struct rows *r = mem_zalloc(sizeof(*r), NULL);

	if (r)
		r->house = h;
	return r;
}

/** Completes what was being recorded when the last process was killed; before anything runs */
int messages_repair(struct house *h)
{
	AUTO struct rows *r = rows_make(h);
	AUTO struct pieces *p = pieces_make(h);
	int err = r && p ? store_write_wait(h->store, repair_fn, r) : ENOMEM;

	return err ? err : store_write_wait(h->store, pieces_fn, p);
}

static int counts_h(int64_t tenant, const char *extension, const struct voicemail_counts *c,
		    void *arg)
{
	struct house *h = arg;

	waiting_set(h->exchange, tenant, extension, c);
	return 0;
}

static int counts_fn(struct db *db, void *obj)
{
	return voicemail_counts_each(db, counts_h, obj);
}

/** Sets the lamps as the database has them; at start */
int messages_restore(struct house *h)
{
	return store_read(h->store, counts_fn, h);
}

/** The messages of a mailbox changed: the portal hears of it */
void messages_changed(int64_t tenant, const char *extension, const struct voicemail_counts *c,
		      void *arg)
{
	live_publish(tenant, extension, "voicemail",
		     json_pack("{s:s, s:I, s:I}", "extension", extension, "new",
			       (json_int_t)c->fresh, "old", (json_int_t)c->old));
}

static int purge_fn(struct db *db, void *obj)
{
	struct rows *r = obj;
	int err = voicemail_due(db, clock_wall_ms(), PURGE_ROWS, row_h, r);

	for (unsigned i = 0; i < r->count && !err; i++) {
		err = blob_delete(r->house->blobs, r->v[i].blob);
		if (!err)
			err = voicemail_drop(db, r->v[i].tenant, r->v[i].id);
	}
	return err;
}

struct purge {
	struct pieces *p;
	struct db *db;
	int64_t now;
};

/* File and row of a recording that is too old; its call, if it is still known, says so. */
static int piece_expire(struct purge *x, const struct recorded *r, int64_t days)
{
	struct cdr_line line = {.at = x->now, .kind = "expired"};
	int err = blob_delete(x->p->house->blobs, r->blob);

	if (!err)
		err = recorded_drop(x->db, r->tenant, r->id);
	text_printf(line.text, sizeof(line.text),
		    "The recording has expired: recordings are kept for %lld days",
		    (long long)days);
	if (!err)
		err = cdr_line_add(x->db, r->tenant, r->call_id, &line);
	return err == ENOENT ? 0 : err;
}

/* Recordings of one tenant, as long as it keeps them. */
static int tenant_purge(const struct tenant_row *t, void *arg)
{
	struct purge *x = arg;
	int64_t days = settings_number(t->settings, "recordingKeepDays", 0);
	struct pieces *p = x->p;
	int err = 0;

	p->count = 0;
	if (days > 0)
		err = recorded_due(x->db, t->id, x->now - days * DAY_MS, PURGE_ROWS, piece_h, p);
	for (unsigned i = 0; i < p->count && !err; i++)
		err = piece_expire(x, &p->v[i], days);
	return err;
}

static int pieces_purge_fn(struct db *db, void *obj)
{
	struct purge x = {.p = obj, .db = db, .now = clock_wall_ms()};

	return tenant_list(db, NULL, NULL, 0, tenant_purge, &x);
}

static void on_purged(int err, void *obj)
{
	if (err)
		log_error("messages.unpurged", "err=%s", strerror(err));
}

static void on_purge(void *arg)
{
	struct house *h = arg;
	struct rows *r = rows_make(h);
	struct pieces *p = pieces_make(h);

	if (r)
		(void)store_write(h->store, purge_fn, r, h->core, on_purged);
	if (p)
		(void)store_write(h->store, pieces_purge_fn, p, h->core, on_purged);
	tmr_start(&h->purge, PURGE_MS, on_purge, h);
}

/** Begins to purge, once an hour */
void messages_start(struct house *h)
{
	tmr_start(&h->purge, PURGE_MS, on_purge, h);
}
