/**
 * @file received_zip.c  Several received faxes in one archive
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fax_received.h"
#include "faxes.h"
#include "own.h"
#include "text.h"
#include "zip.h"

enum { FAXES = 50, PDF_MAX = 64 << 20, ALL_MAX = 512 << 20 };

struct archive {
	struct request *rq;
	unsigned count;
	struct fax_received v[FAXES];
	struct zip zip;
};

static void archive_destructor(void *arg)
{
	struct archive *a = arg;

	if (a->zip.fd >= 0)
		close(a->zip.fd);
}

/* One that is not there, or somebody else's, is as any other request for it: not found */
static int find_fn(struct db *db, void *obj)
{
	struct archive *a = obj;
	struct fax_received *f;
	const char *ids = request_query(a->rq, "ids");
	char id[ID_SIZE];
	int err = 0;

	while (ids && *ids && !err) {
		size_t n = strcspn(ids, ",");

		if (a->count == FAXES)
			return E2BIG;
		err = text_printf(id, sizeof(id), "%.*s", (int)n, ids) ? 0 : ENOENT;
		f = &a->v[a->count++];
		err = err ? err : received_find(f, db, a->rq, id);
		if (!err && !f->pdf[0] && !f->blob[0])
			err = f->state == RECEIVED_CONVERTING ? EBUSY : ENOENT;
		ids += n + (ids[n] == ',');
	}
	return err;
}

static int fax_add_to(struct archive *a, unsigned i)
{
	const struct fax_received *f = &a->v[i];
	const char *blob = f->pdf[0] ? f->pdf : f->blob;
	char number[PHONE_SIZE], name[ZIP_NAME];
	AUTO void *octets = NULL;
	size_t size = 0;
	int err = blob_get(&octets, &size, api_of(a->rq)->conf.blobs, blob, PDF_MAX);

	if (!err && size > ALL_MAX - a->zip.at)
		err = EFBIG;
	phone_name(number, sizeof(number), f->from);
	text_printf(name, sizeof(name), "%02u-fax%s%s.%s", i + 1, number[0] ? "-" : "", number,
		    f->pdf[0] ? "pdf" : "tif");
	return err ? err : zip_add(&a->zip, name, octets, size);
}

static int archive_fill(struct archive *a)
{
	int err = 0;

	a->zip.fd = open(api_of(a->rq)->conf.fax_folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (a->zip.fd < 0)
		return errno;
	for (unsigned i = 0; !err && i < a->count; i++)
		err = fax_add_to(a, i);
	err = err ? err : zip_end(&a->zip);
	return err || lseek(a->zip.fd, 0, SEEK_SET) == 0 ? err : errno;
}

/** GET /received-faxes.zip?ids=ID,ID,...: their PDFs; of one that could not be converted the TIFF
 */
void received_zip_get(struct request *rq, struct reply *rp)
{
	AUTO struct archive *a = mem_zalloc(sizeof(*a), archive_destructor);
	int err = ENOMEM;

	if (a) {
		a->rq = rq;
		a->zip.fd = -1;
		err = store_read(api_of(rq)->conf.store, find_fn, a);
	}
	if (!err && !a->count)
		reply_field(rp, "ids", "must name at least one fax");
	else if (err == E2BIG)
		reply_field(rp, "ids", "has room for %d faxes", FAXES);
	if (!err && a->count && !blobs_spare(api_of(rq)->conf.blobs))
		disk_nearly_full(rp);
	else if (!err && a->count)
		err = archive_fill(a);
	if (err == EFBIG)
		reply_problem(rp, 413, "These faxes are too large for one archive. Choose fewer.");
	if (reply_status(rp))
		return;
	if (err) {
		answer_error(rp, err);
		return;
	}
	reply_file(rp, "application/zip", a->zip.fd, a->zip.at);
	reply_header(rp, "Content-Disposition", "attachment; filename=\"faxes.zip\"");
	a->zip.fd = -1; /* the reply's now */
}
