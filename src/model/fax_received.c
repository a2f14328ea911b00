/**
 * @file fax_received.c  Faxes that came in, whole or in part
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "fax_received.h"
#include "job_row.h"
#include "own.h"
#include "row.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, extension_id, to_number, from_number, ident, state, reason, pages, rate, " \
	"ecm, t38, blob, pdf, read_at, received_at"

static const char *const states[] = {"receiving", "converting", "complete", "incomplete", "failed"};

struct each {
	fax_received_h *h;
	void *arg;
};

/** As stored, and as the API says it */
const char *fax_received_state_name(enum fax_received_state s)
{
	return states[s];
}

/** Adds a fax that begins to come in; its id and time are the caller's */
int fax_received_add(struct db *db, const struct fax_received *f)
{
	return db_exec(db,
		       "INSERT INTO fax_received (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, '', "
		       "'receiving', '', 0, 0, 0, 0, '', '', 0, $6)",
		       "issssi", f->tenant, f->id, f->extension_id, f->to, f->from, f->received_at);
}

static void received_read(struct fax_received *f, const struct db_row *row)
{
	memset(f, 0, sizeof(*f));
	f->tenant = db_int(row, 0);
	db_copy(f->id, sizeof(f->id), row, 1);
	db_copy(f->extension_id, sizeof(f->extension_id), row, 2);
	db_copy(f->to, sizeof(f->to), row, 3);
	db_copy(f->from, sizeof(f->from), row, 4);
	db_copy(f->ident, sizeof(f->ident), row, 5);
	for (size_t i = 0; i < COUNT(states); i++) {
		if (!strcmp(states[i], db_text(row, 6)))
			f->state = (enum fax_received_state)i;
	}
	db_copy(f->reason, sizeof(f->reason), row, 7);
	f->pages = db_int(row, 8);
	f->rate = db_int(row, 9);
	f->ecm = db_int(row, 10);
	f->t38 = db_int(row, 11);
	db_copy(f->blob, sizeof(f->blob), row, 12);
	db_copy(f->pdf, sizeof(f->pdf), row, 13);
	f->read_at = db_int(row, 14);
	f->received_at = db_int(row, 15);
}

static int one_h(const struct db_row *row, void *arg)
{
	received_read(arg, row);
	return 0;
}

static int each_h(const struct db_row *row, void *arg)
{
	const struct each *e = arg;
	struct fax_received f;

	received_read(&f, row);
	return e->h(&f, e->arg);
}

/** One received fax of the tenant; ENOENT */
int fax_received_get(struct fax_received *f, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, one_h, f,
		       "SELECT " COLUMNS " FROM fax_received WHERE tenant_id = $1 AND id = $2",
		       "is", tenant, id);
}

/** Writes everything but who, whom and when */
int fax_received_change(struct db *db, const struct fax_received *f)
{
	return db_change(db,
			 "UPDATE fax_received SET ident = $3, state = $4, reason = $5, pages = $6, "
			 "rate = $7, ecm = $8, t38 = $9, blob = $10, pdf = $11, read_at = $12 "
			 "WHERE tenant_id = $1 AND id = $2",
			 "issssiiddssi", f->tenant, f->id, f->ident, states[f->state], f->reason,
			 f->pages, f->rate, f->ecm, f->t38, f->blob, f->pdf, f->read_at);
}

/** Removes the row; its files are the caller's to delete first */
int fax_received_remove(struct db *db, int64_t tenant, const char *id)
{
	return db_change(db, "DELETE FROM fax_received WHERE tenant_id = $1 AND id = $2", "is",
			 tenant, id);
}

/** Shows the faxes of an extension ("": of all) that are here, newest first, before an id; also
 * those that could not be converted, and those that cannot be filed for now */
int fax_received_list(struct db *db, int64_t tenant, const char *extension_id, const char *before,
		      unsigned limit, fax_received_h *h, void *arg)
{
	struct each e = {h, arg};

	return db_query(db, each_h, &e,
			"SELECT " COLUMNS " FROM fax_received WHERE tenant_id = $1 AND "
			"($2 = '' OR extension_id = $2) AND ($3 = '' OR id < $3) AND "
			"(state IN ('complete', 'incomplete', 'failed') OR (state = 'converting' "
			"AND EXISTS (SELECT 1 FROM job WHERE job.tenant_id = $1 AND job.kind = "
			"'fax_in' AND job.object_id = fax_received.id AND job.error <> ''))) "
			"ORDER BY id DESC LIMIT $4",
			"issi", tenant, extension_id, before ? before : "", row_limit(limit));
}

/** Whether a fax is filed, so that the file it came in by is of no more use; any tenant's */
int fax_received_filed(bool *filed, struct db *db, const char *id)
{
	int64_t n = 0;
	int err = db_number(db, &n,
			    "SELECT count(*) FROM fax_received WHERE id = $1 AND blob <> '' AND "
			    "state IN ('complete', 'incomplete', 'failed')",
			    "s", id);

	*filed = n > 0;
	return err;
}

/** Shows those that were coming in when the last process ended; at start */
int fax_received_cut(struct db *db, fax_received_h *h, void *arg)
{
	struct each e = {h, arg};

	return db_query(db, each_h, &e,
			"SELECT " COLUMNS " FROM fax_received WHERE state = 'receiving'", "");
}

/* Its job goes on now, or there is a new one; one that runs is left alone */
static int again_h(const struct fax_received *f, void *arg)
{
	struct db *db = arg;
	struct job_row job, anew = {.tenant = f->tenant, .kind = JOB_fax_in};
	int err = job_of_object(&job, db, f->tenant, JOB_fax_in, f->id);

	if (!err && job.state == JOB_RUN)
		return 0;
	if (!err && job.state == JOB_WAIT)
		return job_retry(db, f->tenant, job.id, clock_wall_ms());
	str_ncpy(anew.object_id, f->id, sizeof(anew.object_id));
	return err && err != ENOENT ? err : job_add(db, &anew);
}

/** Tries again to file what is not filed, and to convert what could not be; at start and each night
 */
int fax_received_again(struct db *db)
{
	struct each e = {again_h, db};

	return db_query(
		db, each_h, &e,
		"SELECT " COLUMNS " FROM fax_received WHERE state IN ('converting', 'failed')", "");
}
