/**
 * @file tape.c  A recording's file
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>
#include "log.h"
#include "own.h"
#include "sound.h"
#include "tape.h"

enum { PATH_SIZE = 1024 };

struct tape {
	char path[PATH_SIZE];
	uint16_t parts;
	_Atomic int err;
	/* disk thread */
	int fd;
	bool opened;
	uint64_t bytes;
};

static void tape_destructor(void *arg)
{
	struct tape *t = arg;

	if (t->fd >= 0)
		close(t->fd);
}

/**
 * Makes a tape; the file is made by the disk thread with the first block or at the end
 *
 * @param tp    Result: a shared object
 * @param path  File, replaced if it is there
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
	struct block *b =
		mem_alloc(sizeof(*b) + TAPE_BLOCK * t->parts * sizeof(int16_t), block_destructor);

	if (!b)
		return NULL;
	b->tape = shared_ref(t);
	b->at = at;
	b->n = 0;
	return b;
}

static void failed(struct tape *t, int err)
{
	if (!atomic_load(&t->err))
		log_error("media.record", "file=%s err=%d", t->path, err);
	atomic_store(&t->err, err);
}

static bool file_open(struct tape *t)
{
	uint8_t header[WAV_HEADER];

	if (t->opened)
		return t->fd >= 0 && !tape_failed(t);
	t->opened = true;
	t->fd = open(t->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
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
	ssize_t done;

	if (!file_open(t))
		return;
	errno = 0;
	done = pwrite(t->fd, b->pcm, n, (off_t)(WAV_HEADER + at));
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

static void close_h(void *obj)
{
	struct ending *e = obj;
	struct tape *t = e->tape;
	uint8_t header[WAV_HEADER];

	if (file_open(t)) {
		wav_print(header, RATE_NARROW, t->parts, (uint32_t)t->bytes);
		if (pwrite(t->fd, header, sizeof(header), 0) != (ssize_t)sizeof(header) ||
		    fdatasync(t->fd))
			failed(t, errno);
	}
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	if (tape_failed(t)) {
		e->ev.end = RECORD_ERROR;
		e->ev.err = atomic_load(&t->err);
	}
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
