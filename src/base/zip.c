/**
 * @file zip.c  A ZIP archive whose files are stored as they are
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "text.h"
#include "zip.h"

enum {
	ZIP_VERSION = 20,
	ZIP_UTF8 = 1 << 11,
	ZIP_DAY = 1 << 5 | 1, /* 1 January 1980: the times are in the names */
	ZIP_LOCAL = 0x04034b50,
	ZIP_CENTRAL = 0x02014b50,
	ZIP_END = 0x06054b50,
	HEAD_MAX = 46,
};

/** A header while it is put together, least octet first */
struct head {
	uint8_t v[HEAD_MAX];
	size_t n;
};

static void put(struct head *h, uint32_t value, unsigned octets)
{
	for (unsigned i = 0; i < octets; i++)
		h->v[h->n++] = (uint8_t)(value >> 8 * i);
}

static int out(struct zip *z, const void *p, size_t n)
{
	const uint8_t *at = p;

	if (n > UINT32_MAX - z->at)
		return EFBIG;
	z->at += (uint32_t)n;
	while (n) {
		ssize_t done = write(z->fd, at, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? errno : EIO;
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

/* What both headers of a file have in the same order (4.3.7, 4.3.12) */
static void common(struct head *h, const struct zip_file *f)
{
	put(h, ZIP_VERSION, 2);
	put(h, ZIP_UTF8, 2);
	put(h, 0, 2); /* stored */
	put(h, 0, 2);
	put(h, ZIP_DAY, 2);
	put(h, f->crc, 4);
	put(h, f->size, 4);
	put(h, f->size, 4);
	put(h, (uint32_t)strlen(f->name), 2);
	put(h, 0, 2);
}

/**
 * Adds a file
 *
 * @param z      Archive; begins as zeros with its descriptor
 * @param name   Its name, without folders
 * @param octets What is in it
 * @param n      How many
 *
 * @return 0, ENAMETOOLONG, EFBIG, or errno
 */
int zip_add(struct zip *z, const char *name, const void *octets, size_t n)
{
	struct zip_file *f = &z->v[z->count];
	struct head h = {.n = 0};
	int err;

	if (z->count == ZIP_FILES || n > UINT32_MAX)
		return EFBIG;
	if (!text_printf(f->name, sizeof(f->name), "%s", name))
		return ENAMETOOLONG;
	f->at = z->at;
	f->size = (uint32_t)n;
	f->crc = (uint32_t)crc32(0, octets, (uint32_t)n);
	put(&h, ZIP_LOCAL, 4);
	common(&h, f);
	err = out(z, h.v, h.n);
	err = err ? err : out(z, f->name, strlen(f->name));
	err = err ? err : out(z, octets, n);
	z->count += !err;
	return err;
}

static int central(struct zip *z, const struct zip_file *f)
{
	struct head h = {.n = 0};
	int err;

	put(&h, ZIP_CENTRAL, 4);
	put(&h, ZIP_VERSION, 2);
	common(&h, f);
	put(&h, 0, 2); /* comment             */
	put(&h, 0, 2); /* disk                */
	put(&h, 0, 2); /* internal attributes */
	put(&h, 0, 4); /* external attributes */
	put(&h, f->at, 4);
	err = out(z, h.v, h.n);
	return err ? err : out(z, f->name, strlen(f->name));
}

/** Writes the list of what is in it (4.3.16); 0 or errno */
int zip_end(struct zip *z)
{
	uint32_t begin = z->at;
	struct head h = {.n = 0};
	int err = 0;

	for (unsigned i = 0; !err && i < z->count; i++)
		err = central(z, &z->v[i]);
	put(&h, ZIP_END, 4);
	put(&h, 0, 2);
	put(&h, 0, 2);
	put(&h, z->count, 2);
	put(&h, z->count, 2);
	put(&h, z->at - begin, 4);
	put(&h, begin, 4);
	put(&h, 0, 2);
	return err ? err : out(z, h.v, h.n);
}
