/**
 * @file fax_send.c  A fax is given to the timetable
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "did.h"
#include "fax_mail.h"
#include "fax_send.h"
#include "job_row.h"
#include "own.h"
#include "text.h"

static int first_h(const struct did *d, void *arg)
{
	if (!d->active)
		return 0;
	str_ncpy(arg, d->number, PHONE_SIZE);
	return DB_STOP;
}

/** The number the far side sees and calls back: the extension's fax number, else its own, else any
 * of the tenant; "" when there is none */
int fax_from_find(char from[PHONE_SIZE], struct db *db, int64_t tenant, const char *extension)
{
	static const enum dest_kind kinds[] = {DEST_fax, DEST_extension};
	int err = 0;

	from[0] = '\0';
	for (size_t i = 0; !err && !from[0] && i < 2 && extension[0]; i++) {
		struct dest own = {.kind = kinds[i]};

		str_ncpy(own.target, extension, sizeof(own.target));
		err = did_list(db, tenant, &own, NULL, NULL, 0, first_h, from);
	}
	if (!err && !from[0])
		err = did_list(db, tenant, NULL, NULL, NULL, 0, first_h, from);
	return err;
}

static bool needs_cover(const struct fax *f)
{
	return f->cover_id[0] && !f->blob[0];
}

static int cover_draw(struct db *db, const struct fax *f)
{
	struct job_row draw = {.tenant = f->tenant, .kind = JOB_cover};

	str_ncpy(draw.object_id, f->id, sizeof(draw.object_id));
	return job_add(db, &draw);
}

/* Until document and cover page are drawn the fax is held */
static int queue(struct db *db, const struct fax *f, bool raw)
{
	struct job_row job = {.tenant = f->tenant,
			      .kind = JOB_fax,
			      .due_at = f->due_at,
			      .tries_max = (unsigned)(f->tries_max - f->tries)};
	int err;

	str_ncpy(job.object_id, f->id, sizeof(job.object_id));
	str_ncpy(job.once, f->id, sizeof(job.once));
	err = job_add(db, &job);
	if (!err && (raw || needs_cover(f)))
		err = job_hold(db, f->tenant, job.id, clock_wall_ms());
	return err || raw || !needs_cover(f) ? err : cover_draw(db, f);
}

/* What is known of its pages now; `raw`: nothing, its document is still being converted */
static int document_look(bool *raw, struct db *db, struct fax *f)
{
	struct fax_document d;
	int err = fax_document_get(&d, db, f->tenant, f->document_id);

	*raw = !err && d.state == DOCUMENT_CONVERTING;
	if (!err && !f->blob[0])
		f->pages = d.pages + needs_cover(f);
	f->state = *raw || needs_cover(f) ? FAX_CONVERTING : FAX_QUEUED;
	return err == ENOENT ? 0 : err;
}

/** Adds a fax, whose pages are those of its document; its cover counts as one */
int fax_send(struct db *db, struct fax *f)
{
	bool raw = false;
	int err = document_look(&raw, db, f);

	err = err ? err : fax_add(db, f);
	return err ? err : queue(db, f, raw);
}

/** Tries one again that has ended, from the first page that was not confirmed */
int fax_send_again(struct db *db, struct fax *f)
{
	bool raw = false;
	int err = document_look(&raw, db, f);

	f->tries_max = f->tries + FAX_TRIES;
	f->due_at = clock_wall_ms();
	f->ended_at = 0;
	err = err ? err : queue(db, f, raw);
	err = err ? err : fax_pages(db, f);
	return err ? err : fax_change(db, f);
}

/** A document that faxes wait for */
struct done {
	struct db *db;
	const struct fax_document *d;
};

/* No page was called for: it failed before anybody was called */
static int fax_refuse(struct db *db, struct fax *f, const struct job_row *job, const char *why)
{
	int err;

	f->state = FAX_FAILED;
	f->ended_at = clock_wall_ms();
	text_printf(f->reason, sizeof(f->reason), "%.150s", why);
	err = fax_change(db, f);
	err = err ? err : fax_mail_result(db, f);
	return err ? err : job_cancel(db, f->tenant, job->id, f->reason, f->ended_at);
}

static int done_h(const struct fax *waiting, void *arg)
{
	const struct done *done = arg;
	struct fax f = *waiting;
	struct job_row job;
	int err = job_of_object(&job, done->db, f.tenant, JOB_fax, f.id);

	if (err)
		return err == ENOENT ? 0 : err;
	if (done->d->state == DOCUMENT_REFUSED)
		return fax_refuse(done->db, &f, &job, done->d->reason);
	f.pages = done->d->pages + needs_cover(&f);
	err = fax_pages(done->db, &f);
	if (err || needs_cover(&f))
		return err ? err : cover_draw(done->db, &f);
	f.state = FAX_QUEUED;
	err = fax_change(done->db, &f);
	return err ? err : job_release(done->db, f.tenant, job.id, f.due_at, clock_wall_ms());
}

/** A document is ready, or refused: the faxes that wait for it go, or have failed */
int fax_document_done(struct db *db, const struct fax_document *d)
{
	struct done done = {db, d};

	return fax_waiting(db, d->tenant, d->id, done_h, &done);
}

static int id_h(const struct db_row *row, void *arg)
{
	db_copy(arg, ID_SIZE, row, 0);
	return 0;
}

/** The fax that a mail became, or that was given with a word of the client's; ENOENT */
int fax_mail_fax(char id[ID_SIZE], struct db *db, int64_t tenant, const char *hash)
{
	return db_find(db, id_h, id,
		       "SELECT fax_id FROM fax_mail WHERE tenant_id = $1 AND hash = $2", "is",
		       tenant, hash);
}

/** Whether a mail became a fax before */
int fax_mail_seen(bool *seen, struct db *db, int64_t tenant, const char *hash)
{
	int64_t n = 0;
	int err = db_number(db, &n,
			    "SELECT count(*) FROM fax_mail WHERE tenant_id = $1 AND hash = $2",
			    "is", tenant, hash);

	*seen = n > 0;
	return err;
}

/** Notes which mail a fax came by; EEXIST when that became one before */
int fax_mail_note(struct db *db, const struct fax *f, const char *hash)
{
	return db_exec(db,
		       "INSERT INTO fax_mail (tenant_id, hash, fax_id, created_at) "
		       "VALUES ($1, $2, $3, $4)",
		       "issi", f->tenant, hash, f->id, f->created_at);
}

/** Forgets mails from before a time, at most so many at once */
int fax_mail_purge(struct db *db, int64_t before, unsigned limit)
{
	return db_exec(db,
		       "DELETE FROM fax_mail WHERE (tenant_id, hash) IN (SELECT tenant_id, hash "
		       "FROM fax_mail WHERE created_at < $1 LIMIT $2)",
		       "id", before, (int)limit);
}
