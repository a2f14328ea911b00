/**
 * @file mail_file.c  What is attached to a mail: a blob as it is, or a recording as Opus
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "codec.h"
#include "ogg.h"
#include "own.h"
#include "sound.h"
#include "text.h"
#include "work_private.h"

enum { SOUND_BYTES = 64 << 20 };

static int memory_file(int *fdp, const void *p, size_t n)
{
	int fd = memfd_create("mail", MFD_CLOEXEC);

	if (fd < 0)
		return errno;
	if (write(fd, p, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET)) {
		close(fd);
		return EIO;
	}
	*fdp = fd;
	return 0;
}

static int opus_open(struct smtp_file *f, struct blobs *blobs, const char *key)
{
	AUTO struct mbuf *out = NULL;
	AUTO void *bytes = NULL;
	struct wav_header h;
	size_t size = 0;
	int err = blob_get(&bytes, &size, blobs, key, SOUND_BYTES);

	if (!err)
		err = wav_parse(&h, bytes, size);
	if (!err && (h.format != 1 || h.bits != 16 || h.parts > 2 || h.rate != RATE_NARROW ||
		     h.offset % sizeof(int16_t)))
		err = ENOTSUP;
	if (!err)
		err = ogg_opus(&out,
			       (const int16_t *)(const void *)((const uint8_t *)bytes + h.offset),
			       h.size / sizeof(int16_t) / h.parts, h.parts, hash_joaat_str(key));
	if (!err)
		err = memory_file(&f->fd, out->buf, out->end);
	if (!err)
		f->size = (int64_t)out->end;
	return err;
}

/**
 * Opens what is attached to a mail
 *
 * @param f     Result; the caller closes the descriptor
 * @param blobs Where it is
 * @param m     Mail with a blob
 *
 * @return 0, ENOENT when it is not there any more, or errno
 */
int mail_file_open(struct smtp_file *f, struct blobs *blobs, const struct mail *m)
{
	off_t size = 0;
	int err;

	f->name = m->file_name;
	f->type = m->file_type;
	if (!strcmp(m->file_type, "audio/ogg"))
		return opus_open(f, blobs, m->blob);
	err = blob_open(&f->fd, &size, blobs, m->blob);
	f->size = size;
	return err;
}
