/**
 * @file fax_send.c  A fax is given to the timetable
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "did.h"
#include "fax_send.h"
#include "job_row.h"
#include "own.h"

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

/* With a cover page the fax is held until that is there */
static int queue(struct db *db, const struct fax *f, bool cover)
{
	struct job_row job = {.tenant = f->tenant,
			      .kind = JOB_fax,
			      .due_at = f->due_at,
			      .tries_max = (unsigned)(f->tries_max - f->tries)};
	struct job_row draw = {.tenant = f->tenant, .kind = JOB_cover};
	int err;

	str_ncpy(job.object_id, f->id, sizeof(job.object_id));
	str_ncpy(job.once, f->id, sizeof(job.once));
	str_ncpy(draw.object_id, f->id, sizeof(draw.object_id));
	err = job_add(db, &job);
	if (!err && cover)
		err = job_hold(db, f->tenant, job.id, clock_wall_ms());
	return err || !cover ? err : job_add(db, &draw);
}

/** Adds a fax, whose pages are those of its document, and what sends it; its cover counts as one */
int fax_send(struct db *db, struct fax *f)
{
	int err;

	f->pages += f->cover_id[0] != '\0';
	err = fax_add(db, f);
	return err ? err : queue(db, f, f->cover_id[0]);
}

/** Tries one again that has ended, from the first page that was not confirmed */
int fax_send_again(struct db *db, struct fax *f)
{
	int err;

	f->state = FAX_QUEUED;
	f->tries_max = f->tries + FAX_TRIES;
	f->due_at = clock_wall_ms();
	f->ended_at = 0;
	err = queue(db, f, f->cover_id[0] && !f->blob[0]);
	return err ? err : fax_change(db, f);
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
