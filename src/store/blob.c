/**
 * @file blob.c  Blobs as files: temporary file, fsync, rename, fsync of the folder
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>
#include "blob.h"
#include "id.h"
#include "own.h"
#include "text.h"

enum { TEMP_NAME = BLOB_KEY + 16 };

struct blobs {
	int fd; /* the folder; every name is looked up below it */
	char folder[BLOB_PATH - BLOB_KEY];
};

struct blob_writer {
	struct blobs *blobs; /* not owned */
	char key[BLOB_KEY], temp[TEMP_NAME];
	int fd;
};

static void blobs_destructor(void *arg)
{
	struct blobs *bs = arg;

	if (bs->fd >= 0)
		close(bs->fd);
}

static void writer_destructor(void *arg)
{
	struct blob_writer *w = arg;

	if (w->fd >= 0)
		close(w->fd);
	if (w->temp[0])
		unlinkat(w->blobs->fd, w->temp, 0);
}

/**
 * Opens the folder of the blobs, made with mode 0700 if it is not there
 *
 * @param bp     Result; it may be used by several threads at once
 * @param folder Path
 *
 * @return 0 or errno
 */
int blobs_alloc(struct blobs **bp, const char *folder)
{
	struct blobs *bs = mem_zalloc(sizeof(*bs), blobs_destructor);
	int err = 0;

	if (!bs)
		return ENOMEM;
	bs->fd = -1;
	if (!text_printf(bs->folder, sizeof(bs->folder), "%s", folder))
		err = ENAMETOOLONG;
	if (!err && mkdir(folder, 0700) && errno != EEXIST)
		err = errno;
	if (!err) {
		bs->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		err = bs->fd < 0 ? errno : 0;
	}
	if (err)
		mem_deref(bs);
	else
		*bp = bs;
	return err;
}

/**
 * Whether there is room on the disk for what people may send: its last twentieth, at most
 * BLOBS_SPARE octets, is left to calls, messages, received faxes and the database
 */
bool blobs_spare(const struct blobs *bs)
{
	struct statvfs v;
	uint64_t least;

	if (fstatvfs(bs->fd, &v))
		return true;
	least = (uint64_t)v.f_blocks * v.f_frsize / 20;
	return (uint64_t)v.f_bavail * v.f_frsize >= MIN(least, (uint64_t)BLOBS_SPARE);
}

/** Makes a new key for a tenant, filed under the month of at_ms (UTC) */
void blob_key(char key[BLOB_KEY], int64_t tenant, int64_t at_ms)
{
	time_t sec = (time_t)(at_ms / 1000);
	struct tm tm;
	bool fits;

	gmtime_r(&sec, &tm);
	fits = text_printf(key, BLOB_KEY, "%lld/%04d/%02d/%s", (long long)tenant, tm.tm_year + 1900,
			   tm.tm_mon + 1, id_new().s);
	CHECK(fits);
}

static const char *digits_then_slash(const char *s, size_t min, size_t max)
{
	size_t n = strspn(s, "0123456789");

	return n >= min && n <= max && s[n] == '/' ? s + n + 1 : NULL;
}

/** True for "tenant/yyyy/mm/uuid" and nothing else, so that no key leads out of the folder */
bool blob_key_valid(const char *key)
{
	const char *s = strlen(key) < BLOB_KEY ? digits_then_slash(key, 1, 19) : NULL;

	if (s)
		s = digits_then_slash(s, 4, 4);
	if (s)
		s = digits_then_slash(s, 2, 2);
	return s && id_valid(s);
}

/** The tenant that a key belongs to, -1 for no key at all: to be compared before a blob is shown */
int64_t blob_key_tenant(const char *key)
{
	return blob_key_valid(key) ? strtoll(key, NULL, 10) : -1;
}

static int make_folder(struct blobs *bs, const char *path)
{
	return mkdirat(bs->fd, path, 0700) && errno != EEXIST ? errno : 0;
}

/* Makes tenant, tenant/yyyy and tenant/yyyy/mm. */
static int make_folders(struct blobs *bs, const char *key)
{
	char path[BLOB_KEY];
	int err = 0;

	for (const char *s = strchr(key, '/'); s && !err; s = strchr(s + 1, '/')) {
		(void)text_printf(path, sizeof(path), "%.*s", (int)(s - key), key);
		err = make_folder(bs, path);
	}
	return err;
}

/**
 * Begins a blob
 *
 * @param wp  Result; releasing it before blob_keep() leaves nothing behind
 * @param bs  Blobs, which must outlive the writer
 * @param key From blob_key()
 *
 * @return 0, EINVAL for what is no key, or errno
 */
int blob_create(struct blob_writer **wp, struct blobs *bs, const char *key)
{
	AUTO struct blob_writer *w = NULL;
	int err;

	if (!blob_key_valid(key))
		return EINVAL;
	w = mem_zalloc(sizeof(*w), writer_destructor);
	if (!w)
		return ENOMEM;
	w->fd = -1;
	w->blobs = bs;
	str_ncpy(w->key, key, sizeof(w->key));
	err = make_folders(bs, key);
	if (err)
		return err;
	(void)text_printf(w->temp, sizeof(w->temp), "%s.part", key);
	w->fd = openat(bs->fd, w->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (w->fd < 0) {
		w->temp[0] = '\0';
		return errno;
	}
	*wp = TAKE(w);
	return 0;
}

/** Appends n bytes; 0 or errno */
int blob_write(struct blob_writer *w, const void *p, size_t n)
{
	const char *at = p;

	while (n) {
		ssize_t k = write(w->fd, at, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return errno;
		at += k;
		n -= (size_t)k;
	}
	return 0;
}

static int sync_folder(struct blobs *bs, const char *key)
{
	char path[BLOB_KEY];
	int fd, err = 0;

	(void)text_printf(path, sizeof(path), "%.*s", (int)(strrchr(key, '/') - key), key);
	fd = openat(bs->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno;
	if (fsync(fd))
		err = errno;
	close(fd);
	return err;
}

/** Ends a blob: when 0 is returned it is on disk under its key. The writer is released in any case
 */
int blob_keep(struct blob_writer *w)
{
	AUTO struct blob_writer *own = w;
	struct stat st;

	if (fsync(w->fd))
		return errno;
	if (!fstatat(w->blobs->fd, w->key, &st, AT_SYMLINK_NOFOLLOW))
		return EEXIST;
	if (renameat(w->blobs->fd, w->temp, w->blobs->fd, w->key))
		return errno;
	own->temp[0] = '\0';
	return sync_folder(w->blobs, w->key);
}

/** Writes a whole blob; as blob_create(), blob_write(), blob_keep() */
int blob_put(struct blobs *bs, const char *key, const void *p, size_t n)
{
	struct blob_writer *w;
	int err = blob_create(&w, bs, key);

	if (err)
		return err;
	err = blob_write(w, p, n);
	if (err) {
		mem_deref(w);
		return err;
	}
	return blob_keep(w);
}

/**
 * Opens a blob for reading
 *
 * @param fdp   Descriptor, to be closed by the caller
 * @param sizep Bytes; may be NULL
 * @param bs    Blobs
 * @param key   Its key
 *
 * @return 0, EINVAL for what is no key, ENOENT or errno
 */
int blob_open(int *fdp, off_t *sizep, struct blobs *bs, const char *key)
{
	struct stat st;
	int fd, err;

	if (!blob_key_valid(key))
		return EINVAL;
	fd = openat(bs->fd, key, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno;
	err = fstat(fd, &st) ? errno : 0;
	if (err) {
		close(fd);
		return err;
	}
	*fdp = fd;
	if (sizep)
		*sizep = st.st_size;
	return 0;
}

static int read_all(int fd, char *p, size_t n)
{
	while (n) {
		ssize_t k = read(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return k ? errno : EIO;
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

/**
 * Reads a whole blob into a mem object
 *
 * @param pp  Result, with a terminating NUL that is not counted
 * @param np  Bytes
 * @param bs  Blobs
 * @param key Its key
 * @param max Largest size that is read; beyond it EFBIG
 *
 * @return 0, EFBIG, or as blob_open()
 */
int blob_get(void **pp, size_t *np, struct blobs *bs, const char *key, size_t max)
{
	char *p = NULL;
	off_t size = 0;
	int fd, err = blob_open(&fd, &size, bs, key);

	if (err)
		return err;
	if ((uint64_t)size > max)
		err = EFBIG;
	else if (!(p = mem_alloc((size_t)size + 1, NULL)))
		err = ENOMEM;
	if (!err)
		err = read_all(fd, p, (size_t)size);
	close(fd);
	if (err) {
		mem_deref(p);
		return err;
	}
	p[size] = '\0';
	*pp = p;
	*np = (size_t)size;
	return 0;
}

/** Path of a blob, there or not: for recordings, which are written by another thread; see tape.h */
void blob_path(char path[BLOB_PATH], const struct blobs *bs, const char *key)
{
	bool fits = text_printf(path, BLOB_PATH, "%s/%s", bs->folder, key);

	CHECK(fits && blob_key_valid(key));
}

/** Makes a second name for a blob, which is deleted apart; 0, EINVAL, ENOENT or errno */
int blob_link(struct blobs *bs, const char *key, const char *from)
{
	int err;

	if (!blob_key_valid(key) || !blob_key_valid(from))
		return EINVAL;
	err = make_folders(bs, key);
	if (!err && linkat(bs->fd, from, bs->fd, key, 0))
		err = errno;
	return err ? err : sync_folder(bs, key);
}

/**
 * Makes a blob of a file that is there already, by a second name for it
 *
 * @param bs   Blobs
 * @param key  From blob_key()
 * @param path File on the same disk; whoever wrote it is done with it
 *
 * @return 0, EINVAL for what is no key, or errno
 */
int blob_adopt(struct blobs *bs, const char *key, const char *path)
{
	int fd, err;

	if (!blob_key_valid(key))
		return EINVAL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno;
	err = fsync(fd) ? errno : make_folders(bs, key);
	if (!err && linkat(AT_FDCWD, path, bs->fd, key, 0))
		err = errno;
	close(fd);
	return err ? err : sync_folder(bs, key);
}

/** Deletes a blob; 0 also when it is gone already, EINVAL for what is no key, or errno */
int blob_delete(struct blobs *bs, const char *key)
{
	if (!blob_key_valid(key))
		return EINVAL;
	return unlinkat(bs->fd, key, 0) && errno != ENOENT ? errno : 0;
}
