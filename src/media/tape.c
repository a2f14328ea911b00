/**
 * @file tape.c  A recording's file
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "log.h"
#include "own.h"
#include "sound.h"
#include "tape.h"
#include "text.h"

enum { PATH_SIZE = 1024 };

static const char suffix[] = ".part";

struct tape {
	char path[PATH_SIZE], temp[PATH_SIZE + sizeof(suffix)];
	uint16_t parts;
	_Atomic int err;
	/* disk thread */
	int fd;
	bool opened;
	uint64_t bytes;
	struct reel reels[SIDES];
};

static void tape_destructor(void *arg)
{
	struct tape *t = arg;

	if (t->fd >= 0)
		close(t->fd);
	for (unsigned i = 0; i < SIDES; i++)
		ear_close(&t->reels[i].ear);
}

/**
 * Makes a tape; the file is made by the disk thread with the first block or at the end
 *
 * @param tp    Result: a shared object
 * @param path  File, replaced if it is there; missing folders are made
 * @param parts 1 mono, 2 stereo
 *
 * @return 0, ENOMEM or ENAMETOOLONG
 */
int tape_alloc(struct tape **tp, const char *path, uint16_t parts)
{
	struct tape *t;

	if (strlen(path) >= PATH_SIZE)
		return ENAMETOOLONG;
	t = shared_alloc(sizeof(*t), tape_destructor);
	if (!t)
		return ENOMEM;
	str_ncpy(t->path, path, sizeof(t->path));
	(void)text_printf(t->temp, sizeof(t->temp), "%s%s", path, suffix);
	t->parts = parts;
	t->fd = -1;
	*tp = t;
	return 0;
}

/** True once a write failed; any thread */
bool tape_failed(const struct tape *t)
{
	return atomic_load(&t->err) != 0;
}

/** How many voices side by side */
uint16_t tape_parts(const struct tape *t)
{
	return t->parts;
}

static void block_destructor(void *arg)
{
	struct block *b = arg;

	shared_unref(b->tape);
}

/** Makes an empty block for half a second; NULL without memory */
struct block *block_alloc(struct tape *t, uint64_t at)
{
	size_t room = block_room(t->parts);
	struct block *b = mem_alloc(sizeof(*b) + room, block_destructor);

	if (!b)
		return NULL;
	b->tape = shared_ref(t);
	b->at = at;
	b->n = b->size = 0;
	b->room = room;
	return b;
}

static void failed(struct tape *t, int err)
{
	if (!atomic_load(&t->err))
		log_error("media.record", "file=%s err=\"%s\"", t->path, strerror(err));
	atomic_store(&t->err, err);
}

static void folders_make(const char *path)
{
	char folder[PATH_SIZE];

	for (const char *s = strchr(path + 1, '/'); s; s = strchr(s + 1, '/')) {
		(void)text_printf(folder, sizeof(folder), "%.*s", (int)(s - path), path);
		(void)mkdir(folder, 0700); /* what stays missing shows when the file is opened */
	}
}

static int temp_open(struct tape *t)
{
	int fd = open(t->temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	folders_make(t->path);
	return open(t->temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static bool file_open(struct tape *t)
{
	uint8_t header[WAV_HEADER];

	if (t->opened)
		return t->fd >= 0 && !tape_failed(t);
	t->opened = true;
	t->fd = temp_open(t);
	if (t->fd < 0) {
		failed(t, errno);
		return false;
	}
	wav_print(header, RATE_NARROW, t->parts, 0);
	if (pwrite(t->fd, header, sizeof(header), 0) != (ssize_t)sizeof(header))
		failed(t, errno ? errno : EIO);
	return !tape_failed(t);
}

/* By position: a block that was lost on the way leaves silence, not a shift. */
static void write_h(void *obj)
{
	struct block *b = obj;
	struct tape *t = b->tape;
	uint64_t width = t->parts * sizeof(int16_t), at = b->at * width, n = b->n * width;
	int16_t pcm[TAPE_BLOCK * SIDES];
	ssize_t done;

	if (!file_open(t))
		return;
	CHECK(block_play(b, t->parts, t->reels, pcm) == b->n);
	if (!n)
		return; /* paused */
	errno = 0;
	done = pwrite(t->fd, pcm, n, (off_t)(WAV_HEADER + at));
	if (done != (ssize_t)n)
		failed(t, errno ? errno : ENOSPC);
	else if (at + n > t->bytes)
		t->bytes = at + n;
}

/** Hands a block to the disk thread, in any case; 0 or errno */
int tape_write(struct tape *t, struct actor *disk, struct block *b)
{
	return actor_post(disk, write_h, b);
}

struct ending {
	struct tape *tape;
	struct wires *wires;
	uint32_t party;
	struct stream_event ev;
};

static void ending_destructor(void *arg)
{
	struct ending *e = arg;

	shared_unref(e->tape);
	shared_unref(e->wires);
}

static int folder_sync(const char *path)
{
	char folder[PATH_SIZE];
	const char *slash = strrchr(path, '/');
	int fd, err;

	(void)text_printf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) : 1,
			  slash ? path : ".");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	err = fsync(fd) ? errno : 0;
	close(fd);
	return err;
}

/* The header with the true size; on disk; then the name. */
static int file_complete(int fd, const char *temp, const char *path, uint16_t parts, uint64_t bytes)
{
	uint8_t header[WAV_HEADER];

	wav_print(header, RATE_NARROW, parts, (uint32_t)bytes);
	errno = 0;
	if (pwrite(fd, header, sizeof(header), 0) != (ssize_t)sizeof(header) || fdatasync(fd))
		return errno ? errno : EIO;
	if (rename(temp, path))
		return errno;
	return folder_sync(path);
}

static uint32_t bytes_ms(uint64_t bytes, uint16_t parts)
{
	return (uint32_t)(bytes / parts / sizeof(int16_t) / (RATE_NARROW / 1000));
}

static void close_h(void *obj)
{
	struct ending *e = obj;
	struct tape *t = e->tape;
	int err = 0;

	(void)file_open(t);
	if (t->fd >= 0)
		err = file_complete(t->fd, t->temp, t->path, t->parts, t->bytes);
	if (err)
		failed(t, err);
	if (t->fd >= 0)
		close(t->fd);
	if (t->fd >= 0 && tape_failed(t) && !t->bytes)
		(void)unlink(t->temp); /* there is nothing for the next start to complete */
	t->fd = -1;
	if (tape_failed(t)) {
		e->ev.end = RECORD_ERROR;
		e->ev.err = atomic_load(&t->err);
	}
	wires_taped(e->wires, &(struct taped){.path = t->path,
					      .duration_ms = err ? 0 : bytes_ms(t->bytes, t->parts),
					      .end = e->ev.end,
					      .err = e->ev.err});
	wires_event(e->wires, e->party, &e->ev);
}

/**
 * Completes the file and sends the event; 0 or errno
 *
 * @param t     Tape
 * @param disk  Disk thread
 * @param wires Way to the core
 * @param party Whose event it is
 * @param ev    Event; its end becomes RECORD_ERROR when the file is not good
 */
int tape_close(struct tape *t, struct actor *disk, struct wires *wires, uint32_t party,
	       const struct stream_event *ev)
{
	struct ending *e = mem_zalloc(sizeof(*e), ending_destructor);

	if (!e)
		return ENOMEM;
	e->tape = shared_ref(t);
	e->wires = shared_ref(wires);
	e->party = party;
	e->ev = *ev;
	return actor_post(disk, close_h, e);
}

static int header_parts(uint16_t *parts, int fd)
{
	uint8_t p[WAV_HEADER];
	struct wav_header h;
	int err;

	if (pread(fd, p, sizeof(p), 0) != (ssize_t)sizeof(p))
		return EBADMSG;
	err = wav_parse(&h, p, sizeof(p));
	if (err)
		return err;
	*parts = h.parts;
	return h.format == 1 && h.bits == 16 && h.rate == RATE_NARROW && h.offset == WAV_HEADER &&
			       h.parts <= 2
		       ? 0
		       : ENOTSUP;
}

/* What is in an open file of ours: bytes of audio, whole samples of all parts. */
static int file_measure(uint64_t *bytes, uint16_t *parts, int fd)
{
	struct stat st;
	int err = header_parts(parts, fd);

	if (!err && fstat(fd, &st))
		err = errno;
	if (err)
		return err;
	*bytes = ((uint64_t)st.st_size - WAV_HEADER) / (*parts * sizeof(int16_t)) *
		 (*parts * sizeof(int16_t));
	return 0;
}

/**
 * Completes a recording that a killed process left behind; one that is complete is only measured
 *
 * At start, before anything is recorded; blocks.
 *
 * @param ms   Result: how long it is
 * @param path As it was given to stream_record()
 *
 * @return 0, ENOENT when nothing was written, EBADMSG or ENOTSUP for what is no recording, or errno
 */
int tape_repair(uint32_t *ms, const char *path)
{
	char temp[PATH_SIZE + sizeof(suffix)];
	uint64_t bytes = 0;
	uint16_t parts = 1;
	int fd, err;

	if (!text_printf(temp, sizeof(temp), "%s%s", path, suffix))
		return ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		fd = open(temp, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	else
		temp[0] = '\0';
	if (fd < 0)
		return errno;
	err = file_measure(&bytes, &parts, fd);
	if (!err && temp[0])
		err = file_complete(fd, temp, path, parts, bytes);
	else if (err && temp[0])
		(void)unlink(temp);
	close(fd);
	if (!err)
		*ms = bytes_ms(bytes, parts);
	return err;
}
