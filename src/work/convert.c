/**
 * @file convert.c  Job: an uploaded document becomes the pages of a fax
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fax_document.h"
#include "fax_send.h"
#include "own.h"
#include "text.h"
#include "work_private.h"

/** What is written with the end of the job */
struct outcome {
	struct fax_document d;
	char (*pages)[BLOB_KEY];
};

struct wanted {
	struct fax_document d;
	struct fax_parts parts;
	const struct job_row *job;
};

static void outcome_destructor(void *arg)
{
	struct outcome *o = arg;

	free(o->pages);
}

static int find_fn(struct db *db, void *obj)
{
	struct wanted *w = obj;
	int err = fax_document_get(&w->d, db, w->job->tenant, w->job->object_id);

	return err ? err : fax_parts_get(&w->parts, db, w->d.tenant, w->d.id);
}

static int outcome_fn(struct db *db, void *obj)
{
	const struct outcome *o = obj;
	int err = fax_document_end(db, &o->d);

	for (unsigned i = 0; !err && o->pages && i < o->d.pages; i++)
		err = fax_page_add(db, o->d.tenant, o->d.id, i + 1, o->pages[i]);
	return err ? err : fax_document_done(db, &o->d);
}

/**
 * Keeps the pictures of the pages that doc-convert made
 *
 * @param pages  Keys of the blobs, to be freed
 * @param count  How many there are
 * @param w      Work
 * @param tenant Whose they are
 * @param folder Where they are: page-1.png, ...
 */
int pages_keep(char (**pages)[BLOB_KEY], unsigned count, const struct work *w, int64_t tenant,
	       const char *folder)
{
	char path[BLOB_PATH];
	int err = 0;

	*pages = calloc(count, sizeof(**pages));
	if (!*pages)
		return ENOMEM;
	for (unsigned i = 0; !err && i < count; i++) {
		text_printf(path, sizeof(path), "%s/page-%u.png", folder, i + 1);
		err = file_keep((*pages)[i], w->blobs, tenant, path);
	}
	return err;
}

/** Takes a folder of doc-convert away, with what is in it */
void folder_remove(const char *folder)
{
	char path[BLOB_PATH];
	unsigned i = 1;

	text_printf(path, sizeof(path), "%s/fax.tif", folder);
	(void)unlink(path);
	text_printf(path, sizeof(path), "%s/thumb.png", folder);
	(void)unlink(path);
	do
		text_printf(path, sizeof(path), "%s/page-%u.png", folder, i++);
	while (!unlink(path));
	(void)rmdir(folder);
}

static int convert(struct outcome *o, const struct work *w, const struct fax_parts *parts)
{
	char folder[BLOB_PATH];

	text_printf(folder, sizeof(folder), "%s/%s", w->fax_folder, o->d.id);
	return document_draw(&o->d, &o->pages, w, parts, folder);
}

/** Runs one try, on a work thread */
static enum job_result convert_run(struct job_run *run, void *arg)
{
	const struct work *w = arg;
	struct wanted wanted = {.job = &run->row};
	AUTO struct outcome *o = mem_zalloc(sizeof(*o), outcome_destructor);
	int err = o ? store_read(w->store, find_fn, &wanted) : ENOMEM;

	if (err == ENOENT)
		return JOB_NEVER;
	if (!err) {
		o->d = wanted.d;
		err = convert(o, w, &wanted.parts);
	}
	if (err) {
		text_printf(run->row.error, sizeof(run->row.error), "%s", strerror(err));
		return JOB_AGAIN;
	}
	run->with = outcome_fn;
	run->with_obj = TAKE(o);
	return JOB_OK;
}

/** It could not be done at all: then the document is refused, so that nobody waits for it */
static int convert_ended(struct db *db, const struct job_row *row, void *arg)
{
	struct fax_document d;
	int err = row->state == JOB_FAILED ? fax_document_get(&d, db, row->tenant, row->object_id)
					   : ENOENT;

	if (err || d.state != DOCUMENT_CONVERTING)
		return err == ENOENT ? 0 : err;
	d.state = DOCUMENT_REFUSED;
	text_printf(d.reason, sizeof(d.reason), "The document could not be converted.");
	err = fax_document_end(db, &d);
	return err ? err : fax_document_done(db, &d);
}

const struct job_ops work_convert = {.run_h = convert_run, .ended_h = convert_ended};
