/**
 * @file document.c  The parts of a document become the pages of a fax: uploads and e-mails alike
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "text.h"
#include "work_private.h"

/* Beyond 200 pages (12 s beside a load of 5 on two cores) a document has more than the half minute
 * of any other */
enum { PAGES_AT_ONCE = 200, PAGES_SECOND = 5 };

static int result_keep(char (**pages)[BLOB_KEY], struct fax_document *d, const struct work *w,
		       const char *folder)
{
	char path[BLOB_PATH];
	int err;

	text_printf(path, sizeof(path), "%s/fax.tif", folder);
	err = file_keep(d->blob, w->blobs, d->tenant, path);
	return err ? err : pages_keep(pages, (unsigned)d->pages, w, d->tenant, folder);
}

/* Of several files the one that cannot be faxed is named */
static void refuse(struct fax_document *d, const struct fax_parts *parts,
		   const struct doc_result *result)
{
	const char *name = result->input < parts->count ? parts->v[result->input].name : "";

	d->state = DOCUMENT_REFUSED;
	if (parts->count > 1 && name[0])
		text_printf(d->reason, sizeof(d->reason), "%.100s: %s", name, result->message);
	else
		text_printf(d->reason, sizeof(d->reason), "%s", result->message);
}

/**
 * Draws a document: its parts, in their order, as one fax
 *
 * @param d      Its quality; then its state with pages, seconds and blob, or with a reason
 * @param pages  Result: keys of the pictures of its pages, to be freed; untouched when refused
 * @param w      Blobs and doc-convert
 * @param parts  Of which files
 * @param folder Made for the time of it
 *
 * @return 0, also when it is refused; errno when that could not be found out
 */
int document_draw(struct fax_document *d, char (**pages)[BLOB_KEY], const struct work *w,
		  const struct fax_parts *parts, const char *folder)
{
	struct doc_request request = {.op = "fax", .fine = d->fine, .out = folder};
	char sources[DOCUMENT_PARTS][BLOB_PATH];
	struct doc_result result;
	int err;

	if (mkdir(folder, 0700) && errno != EEXIST)
		return errno;
	for (; request.count < parts->count; request.count++) {
		blob_path(sources[request.count], w->blobs, parts->v[request.count].source);
		request.inputs[request.count] = sources[request.count];
	}
	request.picture = d->picture;
	request.max_pages = w->fax_pages;
	if (w->fax_pages > PAGES_AT_ONCE)
		request.seconds = w->fax_pages / PAGES_SECOND;
	err = doc_run(&result, w->doc_convert, &request);
	if (!err && result.ok && result.pages && result.pages <= DOC_PAGES) {
		d->state = DOCUMENT_READY;
		d->pages = result.pages;
		d->seconds = result.seconds;
		err = result_keep(pages, d, w, folder);
	} else if (!err) {
		refuse(d, parts, &result);
	}
	folder_remove(folder);
	return err;
}
