/**
 * @file fax_in.c  Job: a fax that came in is filed, and made a PDF
 *
 * Its file may hold fewer pages than the far side believes, or none that can be read, when the
 * machine was killed: what is there is kept, and marked. The far side has been told that these
 * pages arrived: a page that cannot be converted leaves the others, and the file as it came is kept
 * with them; while the disk takes nothing the job waits, and loses no try.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "clock.h"
#include "event.h"
#include "extension.h"
#include "fax_document.h"
#include "fax_mail.h"
#include "fax_proof.h"
#include "fax_received.h"
#include "own.h"
#include "text.h"
#include "work_private.h"

enum { ALONE_US = 200000, ALONE_TIMES = 100, MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS };

struct wanted {
	struct fax_received f;
	struct extension e;
	const struct job_row *job;
};

struct outcome {
	struct fax_received f;
	bool known; /* that it cannot be converted: its people were told */
	char extension[PHONE_SIZE], file[BLOB_PATH], proof[BLOB_PATH];
	unsigned count;	      /* of the pictures of its pages */
	char thumb[BLOB_KEY]; /* small, of the first page */
	char (*pages)[BLOB_KEY];
};

static void outcome_destructor(void *arg)
{
	struct outcome *o = arg;

	free(o->pages);
}

static int find_fn(struct db *db, void *obj)
{
	struct wanted *w = obj;
	int err = fax_received_get(&w->f, db, w->job->tenant, w->job->object_id);

	if (err)
		return err;
	err = extension_get(&w->e, db, w->job->tenant, w->f.extension_id);
	return err == ENOENT ? 0 : err; /* its faxes are the administrators' then */
}

struct swept {
	char id[ID_SIZE];
	bool filed;
};

static int swept_fn(struct db *db, void *obj)
{
	struct swept *s = obj;

	return fax_received_filed(&s->filed, db, s->id);
}

static int outcome_fn(struct db *db, void *obj)
{
	struct outcome *o = obj;
	int err = fax_received_change(db, &o->f);

	for (unsigned i = 0; !err && i < o->count; i++)
		err = fax_page_add(db, o->f.tenant, o->f.id, i + 1, o->pages[i]);
	if (!err && o->thumb[0])
		err = fax_page_add(db, o->f.tenant, o->f.id, PAGE_THUMB, o->thumb);
	if (!err && !(o->known && o->f.state == RECEIVED_FAILED))
		err = fax_mail_received(db, &o->f);
	return err;
}

/* Pictures of its pages, dot by dot: what is fine stays fine, what is one bit stays one bit */
static int pages_draw(struct outcome *o, const struct work *w)
{
	char folder[BLOB_PATH], thumb[BLOB_PATH + 16];
	struct doc_request request = {.op = "fax",
				      .inputs = {o->file},
				      .count = 1,
				      .out = folder,
				      .fine = true,
				      .max_pages = DOC_PAGES,
				      .seconds = DOC_PAGES_SECONDS};
	struct doc_result result;
	int err;

	text_printf(folder, sizeof(folder), "%s/%s", w->fax_folder, o->f.id);
	if (mkdir(folder, 0700) && errno != EEXIST)
		return errno;
	err = doc_run(&result, w->doc_convert, &request);
	if (!err && result.ok && result.pages <= DOC_PAGES) {
		o->count = result.pages;
		err = pages_keep(&o->pages, o->count, w, o->f.tenant, folder);
		text_printf(thumb, sizeof(thumb), "%s/thumb.png", folder);
		err = err ? err : file_keep(o->thumb, w->blobs, o->f.tenant, thumb);
	}
	folder_remove(folder);
	return err;
}

/* Left alone by the last process, a machine may have received the rest */
static void proof_heed(struct outcome *o)
{
	struct fax_proof proof;

	if (fax_proof_read(&proof, o->proof))
		return;
	if ((int64_t)proof.pages > o->f.pages)
		o->f.pages = (int64_t)proof.pages;
	if (proof.whole)
		o->f.reason[0] = '\0';
}

/* A machine that the last process left alone ends by itself, soon */
static void machine_await(const struct outcome *o, const struct job_run *run)
{
	for (unsigned i = 0; i < ALONE_TIMES && !job_run_stopping(run); i++) {
		if (!fax_proof_busy(o->proof))
			return;
		(void)usleep(ALONE_US);
	}
}

/* The file as it came; an earlier try that could not convert it has kept it */
static int source_keep(struct outcome *o, const struct work *w)
{
	return o->f.blob[0] ? 0 : file_keep(o->f.blob, w->blobs, o->f.tenant, o->file);
}

static int file_pages(struct outcome *o, const struct work *w, const char *pdf, bool part)
{
	int err = file_keep(o->f.pdf, w->blobs, o->f.tenant, pdf);

	proof_heed(o);
	if (part && !o->f.reason[0])
		text_printf(o->f.reason, sizeof(o->f.reason),
			    "A page could not be converted; it is in the TIFF file");
	err = err ? err : pages_draw(o, w);
	o->f.state = o->f.reason[0] ? RECEIVED_INCOMPLETE : RECEIVED_COMPLETE;
	return err;
}

static int file(struct outcome *o, const struct work *w)
{
	char pdf[BLOB_PATH];
	struct doc_request request = {.op = "pdf", .count = 1};
	struct doc_result result;
	int err;

	text_printf(pdf, sizeof(pdf), "%s/%s.pdf", w->fax_folder, o->f.id);
	request.inputs[0] = o->file;
	request.out = pdf;
	err = doc_run(&result, w->doc_convert, &request);
	err = err ? err : source_keep(o, w);
	if (!err && result.ok)
		err = file_pages(o, w, pdf, result.part);
	else if (!err)
		o->f.state = RECEIVED_FAILED;
	(void)unlink(pdf);
	return err;
}

/* Where its pages are: in the fax folder, or where they were kept; false: nowhere */
static bool source_find(struct outcome *o, const struct work *w)
{
	text_printf(o->file, sizeof(o->file), "%s/%s.tif", w->fax_folder, o->f.id);
	if (!access(o->file, F_OK))
		return true;
	if (o->f.blob[0])
		blob_path(o->file, w->blobs, o->f.blob);
	return o->f.blob[0] && !access(o->file, F_OK);
}

/* Files whose faxes are filed and committed: of this job's file the next one takes care */
static void sweep(const struct work *w)
{
	DIR *d = opendir(w->fax_folder);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		struct swept s = {.filed = false};
		char path[BLOB_PATH];
		size_t n = strlen(e->d_name);

		if (n != ID_SIZE + 3 || strcmp(e->d_name + n - 4, ".tif"))
			continue;
		memcpy(s.id, e->d_name, n - 4);
		text_printf(path, sizeof(path), "%s/%s", w->fax_folder, e->d_name);
		if (store_read(w->store, swept_fn, &s) || !s.filed)
			continue;
		(void)unlink(path);
		if (!fax_proof_path(path, sizeof(path), w->fax_folder, s.id))
			(void)unlink(path);
	}
	if (d)
		closedir(d);
}

/* What keeps it from being filed is the machine's: a full disk, a program that is not there. It
 * waits the longer the older it is. */
static enum job_result later(struct job_run *run, const struct fax_received *f, int err)
{
	int64_t pause = f->received_at ? (clock_wall_ms() - f->received_at) / 4 : 0;

	text_printf(run->row.error, sizeof(run->row.error), "%s", strerror(err));
	run->pause_ms = pause < MINUTE_MS ? MINUTE_MS : pause > HOUR_MS ? HOUR_MS : pause;
	return JOB_LATER;
}

/* What was kept of a try that came to nothing: the next one keeps it anew */
static void undo(struct outcome *o, const struct work *w, const struct fax_received *was)
{
	if (o->f.blob[0] && !was->blob[0])
		(void)blob_delete(w->blobs, o->f.blob);
	if (o->f.pdf[0])
		(void)blob_delete(w->blobs, o->f.pdf);
}

/** Runs one try, on a work thread; the file goes when everything is kept */
static enum job_result fax_in_run(struct job_run *run, void *arg)
{
	const struct work *w = arg;
	struct wanted wanted = {.job = &run->row};
	AUTO struct outcome *o = mem_zalloc(sizeof(*o), outcome_destructor);
	int err = o ? store_read(w->store, find_fn, &wanted) : ENOMEM;

	if (err == ENOENT)
		return JOB_NEVER;
	if (err)
		return later(run, &wanted.f, err);
	if (wanted.f.state != RECEIVED_CONVERTING && wanted.f.state != RECEIVED_FAILED)
		return JOB_OK;
	o->f = wanted.f;
	o->known = wanted.f.state == RECEIVED_FAILED;
	(void)fax_proof_path(o->proof, sizeof(o->proof), w->fax_folder, o->f.id);
	machine_await(o, run);
	str_ncpy(o->extension, wanted.e.number, sizeof(o->extension));
	if (source_find(o, w))
		err = file(o, w);
	else
		o->f.state = RECEIVED_FAILED;
	if (err) {
		undo(o, w, &wanted.f);
		return later(run, &wanted.f, err);
	}
	sweep(w);
	run->with = outcome_fn;
	run->with_obj = TAKE(o);
	return JOB_OK;
}

/* Its owner's pages hear of it. */
static void fax_in_written(const struct job_run *run, void *arg)
{
	const struct outcome *o = run->with_obj;
	char data[64 + ID_SIZE];
	struct event event = {.name = "fax", .data = data};

	if (!o)
		return;
	text_printf(data, sizeof(data), "{\"id\":\"%s\",\"state\":\"%s\"}", o->f.id,
		    fax_received_state_name(o->f.state));
	event.tenant = o->f.tenant;
	event.extension = o->extension;
	event_publish(&event);
}

const struct job_ops work_fax_in = {.run_h = fax_in_run, .written_h = fax_in_written};
