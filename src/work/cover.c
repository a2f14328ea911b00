/**
 * @file cover.c  Job: a cover page is filled in and put before a fax, which is then let go
 *
 * The fax's own job is held until then. A template that cannot be read ends the fax before anybody
 * is called.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "clock.h"
#include "cover_fill.h"
#include "event.h"
#include "fax_mail.h"
#include "own.h"
#include "text.h"
#include "work_private.h"

struct cover_work {
	const struct job_row *job;
	struct cover_fill fill;
	char picture[BLOB_KEY]; /* of the cover page */
	bool refused;
};

static int find_fn(struct db *db, void *obj)
{
	struct cover_work *w = obj;
	int err = fax_get(&w->fill.fax, db, w->job->tenant, w->job->object_id);

	return err ? err : cover_fill_read(&w->fill, db);
}

/* The fax may go, or is over */
static int end_fn(struct db *db, void *obj)
{
	struct cover_work *w = obj;
	struct fax *f = &w->fill.fax;
	struct job_row job;
	int64_t now = clock_wall_ms();
	int err = job_of_object(&job, db, f->tenant, JOB_fax, f->id);

	if (err)
		return err == ENOENT ? 0 : err;
	if (!w->refused) {
		err = fax_cover(db, f);
		err = err ? err : fax_page_add(db, f->tenant, f->id, 1, w->picture);
		err = err ? err : job_release(db, f->tenant, job.id, f->due_at, now);
		return err == ENOENT ? 0 : err; /* cancelled meanwhile */
	}
	f->state = FAX_FAILED;
	f->ended_at = now;
	err = fax_change(db, f);
	err = err ? err : fax_mail_result(db, f);
	return err ? err : job_cancel(db, f->tenant, job.id, f->reason, now);
}

static int result_keep(struct cover_work *w, const struct work *works, const char *folder)
{
	struct fax *f = &w->fill.fax;
	char file[BLOB_PATH + 16];
	int err;

	text_printf(file, sizeof(file), "%s/fax.tif", folder);
	err = file_keep(f->blob, works->blobs, f->tenant, file);
	text_printf(file, sizeof(file), "%s/page-1.png", folder);
	return err ? err : file_keep(w->picture, works->blobs, f->tenant, file);
}

static int draw(struct cover_work *w, const struct work *works)
{
	struct fax *f = &w->fill.fax;
	char folder[BLOB_PATH], input[BLOB_PATH];
	struct doc_request request;
	struct doc_result result;
	int err;

	text_printf(folder, sizeof(folder), "%s/%s", works->fax_folder, f->id);
	if (mkdir(folder, 0700) && errno != EEXIST)
		return errno;
	cover_fill_request(&request, &w->fill, works->blobs);
	blob_path(input, works->blobs, w->fill.document.blob);
	request.inputs[0] = input;
	request.count = 1;
	request.out = folder;
	err = doc_run(&result, works->doc_convert, &request);
	if (!err && result.ok) {
		err = result_keep(w, works, folder);
		f->pages = result.pages;
	} else if (!err) {
		w->refused = true;
		text_printf(f->reason, sizeof(f->reason), "Cover page: %.120s", result.message);
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
	if (err == ENOENT && w->fill.fax.id[0]) {
		w->refused = true;
		text_printf(w->fill.fax.reason, sizeof(w->fill.fax.reason),
			    "The cover page was deleted");
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
	err = fax_get(&w->fill.fax, db, row->tenant, row->object_id);
	if (err || (w->fill.fax.state != FAX_QUEUED && w->fill.fax.state != FAX_CONVERTING))
		return err == ENOENT ? 0 : err;
	w->refused = true;
	text_printf(w->fill.fax.reason, sizeof(w->fill.fax.reason),
		    "The cover page could not be made");
	return end_fn(db, w);
}

/* It is no longer converting: its sender's pages hear of it */
static void cover_written(const struct job_run *run, void *arg)
{
	const struct cover_work *w = run->with_obj;
	char data[64 + ID_SIZE];
	struct event event = {.name = "fax", .data = data};

	if (!w)
		return;
	text_printf(data, sizeof(data), "{\"id\":\"%s\"}", w->fill.fax.id);
	event.tenant = w->fill.fax.tenant;
	event.extension = w->fill.from.number;
	event_publish(&event);
}

const struct job_ops work_cover = {
	.run_h = cover_run, .ended_h = cover_ended, .written_h = cover_written};
