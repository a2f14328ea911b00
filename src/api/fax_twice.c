/**
 * @file fax_twice.c  Was this document sent to this number a moment ago?
 *
 * The same document may have been uploaded anew: then its files are the same, octet by octet.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "clock.h"
#include "faxes.h"

enum { TWICE_MS = 600000, LOOKALIKES = 20 };

struct lookalike {
	char document_id[ID_SIZE];
	int64_t at;
	struct fax_parts parts;
};

struct twice {
	const struct fax *f;
	int64_t now;
	struct fax_parts parts;
	unsigned count;
	struct lookalike v[LOOKALIKES];
};

static int lookalike_h(const struct fax *f, void *arg)
{
	struct twice *t = arg;
	struct lookalike *l = &t->v[t->count];

	if (t->count == LOOKALIKES)
		return DB_STOP;
	t->count++;
	str_ncpy(l->document_id, f->document_id, sizeof(l->document_id));
	l->at = f->created_at;
	return 0;
}

static int read_fn(struct db *db, void *obj)
{
	struct twice *t = obj;
	int64_t tenant = t->f->tenant;
	int err = fax_lookalikes(db, t->f, t->now - TWICE_MS, lookalike_h, t);

	err = err ? err : fax_parts_get(&t->parts, db, tenant, t->f->document_id);
	for (unsigned i = 0; !err && i < t->count; i++)
		err = fax_parts_get(&t->v[i].parts, db, tenant, t->v[i].document_id);
	return err;
}

static bool octets_same(int a, int b, size_t n)
{
	void *p = n ? mmap(NULL, n, PROT_READ, MAP_PRIVATE, a, 0) : MAP_FAILED;
	void *q = n ? mmap(NULL, n, PROT_READ, MAP_PRIVATE, b, 0) : MAP_FAILED;
	bool same = p != MAP_FAILED && q != MAP_FAILED && !memcmp(p, q, n);

	if (p != MAP_FAILED)
		munmap(p, n);
	if (q != MAP_FAILED)
		munmap(q, n);
	return same;
}

static bool part_same(struct blobs *blobs, const struct fax_part *a, const struct fax_part *b)
{
	off_t size = 0, other = 0;
	struct stat one, two;
	int x = -1, y = -1;
	bool same = !blob_open(&x, &size, blobs, a->source) &&
		    !blob_open(&y, &other, blobs, b->source) && size == other;

	/* files that were joined have one more name each */
	if (same && !fstat(x, &one) && !fstat(y, &two) && one.st_ino != two.st_ino)
		same = octets_same(x, y, (size_t)size);
	if (x >= 0)
		close(x);
	if (y >= 0)
		close(y);
	return same;
}

static bool document_same(struct blobs *blobs, const struct twice *t, const struct lookalike *l)
{
	bool same = t->parts.count && l->parts.count == t->parts.count;

	if (!strcmp(l->document_id, t->f->document_id))
		return true;
	for (unsigned i = 0; same && i < t->parts.count; i++)
		same = part_same(blobs, &t->parts.v[i], &l->parts.v[i]);
	return same;
}

/**
 * Looks for a fax of the same document to the same number, given within the last ten minutes and
 * not failed
 *
 * @param ago Result: how long ago, ms, at least 1; 0: there is none
 * @param rq  Request
 * @param f   Tenant, document and number
 *
 * @return 0 or errno
 */
int fax_twice(int64_t *ago, const struct request *rq, const struct fax *f)
{
	const struct api_conf *conf = &api_of(rq)->conf;
	struct twice *t = mem_zalloc(sizeof(*t), NULL);
	int err;

	*ago = 0;
	if (!t)
		return ENOMEM;
	t->f = f;
	t->now = clock_wall_ms();
	err = store_read(conf->store, read_fn, t);
	for (unsigned i = 0; !err && !*ago && i < t->count; i++) {
		if (document_same(conf->blobs, t, &t->v[i]))
			*ago = t->now > t->v[i].at ? t->now - t->v[i].at : 1;
	}
	mem_deref(t);
	return err;
}
