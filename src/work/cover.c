/**
 * @file cover.c  Job: a cover page is filled in and put before a fax, which is then let go
 *
 * The fax's own job is held until then. A template that cannot be read ends the fax before anybody
 * is called.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "clock.h"
#include "extension.h"
#include "fax.h"
#include "fax_document.h"
#include "fax_mail.h"
#include "own.h"
#include "tenant.h"
#include "text.h"
#include "work_private.h"
#include "zone.h"

struct cover_work {
	const struct job_row *job;
	struct fax fax;
	struct fax_document document;
	struct cover_page cover;
	struct tenant_row tenant;
	struct extension from;
	bool refused;
};

static int find_fn(struct db *db, void *obj)
{
	struct cover_work *w = obj;
	int64_t t = w->job->tenant;
	int err = fax_get(&w->fax, db, t, w->job->object_id);

	if (!err)
		err = fax_document_get(&w->document, db, t, w->fax.document_id);
	if (!err)
		err = cover_page_get(&w->cover, db, t, w->fax.cover_id);
	if (!err)
		err = tenant_get(&w->tenant, db, t);
	if (!err && w->fax.extension_id[0] && extension_get(&w->from, db, t, w->fax.extension_id))
		memset(&w->from, 0, sizeof(w->from));
	return err;
}

/* The fax may go, or is over */
static int end_fn(struct db *db, void *obj)
{
	struct cover_work *w = obj;
	struct job_row job;
	int64_t now = clock_wall_ms();
	int err = job_of_object(&job, db, w->fax.tenant, JOB_fax, w->fax.id);

	if (err)
		return err == ENOENT ? 0 : err;
	if (!w->refused) {
		err = fax_cover(db, &w->fax);
		err = err ? err : job_release(db, w->fax.tenant, job.id, w->fax.due_at, now);
		return err == ENOENT ? 0 : err; /* cancelled meanwhile */
	}
	w->fax.state = FAX_FAILED;
	w->fax.ended_at = now;
	err = fax_change(db, &w->fax);
	err = err ? err : fax_mail_result(db, &w->fax);
	return err ? err : job_cancel(db, w->fax.tenant, job.id, w->fax.reason, now);
}

static int draw(struct cover_work *w, const struct work *works)
{
	char folder[BLOB_PATH], input[BLOB_PATH], logo[BLOB_PATH], file[BLOB_PATH + 16];
	char pages[12], date[32];
	const char *const fields[] = {"to_name",   w->fax.to_name, "to_number",	  w->fax.to,
				      "from_name", w->from.name,   "from_number", w->fax.from,
				      "company",   w->tenant.name, "date",	  date,
				      "pages",	   pages,	   "subject",	  w->fax.subject,
				      "note",	   w->fax.note,	   NULL};
	struct doc_request request = {.op = "cover",
				      .inputs = {input},
				      .count = 1,
				      .out = folder,
				      .fine = w->document.fine,
				      .template = w->cover.template,
				      .fields = fields};
	struct doc_result result;
	int err;

	zone_stamp(date, sizeof(date), w->tenant.timezone, clock_wall_ms());
	snprintf(pages, sizeof(pages), "%d", (int)w->document.pages + 1);
	text_printf(folder, sizeof(folder), "%s/%s", works->fax_folder, w->fax.id);
	if (mkdir(folder, 0700) && errno != EEXIST)
		return errno;
	blob_path(input, works->blobs, w->document.blob);
	if (w->cover.logo[0]) {
		blob_path(logo, works->blobs, w->cover.logo);
		request.logo = logo;
	}
	err = doc_run(&result, works->doc_convert, &request);
	if (!err && result.ok) {
		text_printf(file, sizeof(file), "%s/fax.tif", folder);
		err = file_keep(w->fax.blob, works->blobs, w->fax.tenant, file);
		w->fax.pages = result.pages;
	} else if (!err) {
		w->refused = true;
		text_printf(w->fax.reason, sizeof(w->fax.reason), "Cover page: %.120s",
			    result.message);
	}
	folder_remove(folder);
	return err;
}

/** Runs one try, on a work thread */
static enum job_result cover_run(struct job_run *run, void *arg)
{
	const struct work *works = arg;
	AUTO struct cover_work *w = mem_zalloc(sizeof(*w), NULL);
	int err;

	if (!w)
		return JOB_AGAIN;
	w->job = &run->row;
	err = store_read(works->store, find_fn, w);
	if (err == ENOENT && w->fax.id[0]) {
		w->refused = true;
		text_printf(w->fax.reason, sizeof(w->fax.reason), "The cover page was deleted");
		err = 0;
	} else if (!err) {
		err = draw(w, works);
	}
	if (err) {
		text_printf(run->row.error, sizeof(run->row.error), "%s", strerror(err));
		return err == ENOENT ? JOB_NEVER : JOB_AGAIN;
	}
	run->with = end_fn;
	run->with_obj = TAKE(w);
	return JOB_OK;
}

/** It could not be done at all: then the fax has failed, before anybody was called */
static int cover_ended(struct db *db, const struct job_row *row, void *arg)
{
	AUTO struct cover_work *w = mem_zalloc(sizeof(*w), NULL);
	int err;

	if (row->state != JOB_FAILED)
		return 0;
	if (!w)
		return ENOMEM;
	err = fax_get(&w->fax, db, row->tenant, row->object_id);
	if (err || w->fax.state != FAX_QUEUED)
		return err == ENOENT ? 0 : err;
	w->refused = true;
	text_printf(w->fax.reason, sizeof(w->fax.reason), "The cover page could not be made");
	return end_fn(db, w);
}

const struct job_ops work_cover = {.run_h = cover_run, .ended_h = cover_ended};
