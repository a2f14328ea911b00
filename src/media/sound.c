/**
 * @file sound.c  Sounds from WAV files: any rate, any number of parts, PCM and G.711
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <stdint.h>
#include <rem_g711.h>
#include "codec.h"
#include "own.h"
#include "resample.h"
#include "sound.h"

/** Makes a sound of n samples at 8 kHz; NULL for silence; 0 or ENOMEM */
int sound_alloc(struct sound **sp, const int16_t *pcm, size_t n)
{
	struct sound *s = shared_alloc(sizeof(*s) + n * sizeof(*pcm), NULL);

	if (!s)
		return ENOMEM;
	s->n = n;
	if (pcm)
		memcpy(s->pcm, pcm, n * sizeof(*pcm));
	*sp = s;
	return 0;
}

static int sample(const struct wav_header *h, const uint8_t *p)
{
	if (h->format == 6)
		return g711_A2l[*p];
	if (h->format == 7)
		return g711_u2l[*p];
	return h->bits == 8 ? (*p - 128) * 256 : (int16_t)(p[0] | p[1] << 8);
}

static int mono(int16_t **pcmp, size_t *np, const struct wav_header *h, const uint8_t *p)
{
	size_t width = h->bits / 8, frame = width * h->parts, n = h->size / frame;
	size_t max = (size_t)h->rate * (SOUND_MAX_MS / 1000);
	int16_t *pcm;

	n = n < max ? n : max;
	pcm = mem_alloc((n ? n : 1) * sizeof(*pcm), NULL);
	if (!pcm)
		return ENOMEM;
	for (size_t i = 0; i < n; i++) {
		int sum = 0;

		for (unsigned k = 0; k < h->parts; k++)
			sum += sample(h, p + i * frame + k * width);
		pcm[i] = (int16_t)(sum / h->parts);
	}
	*pcmp = pcm;
	*np = n;
	return 0;
}

static int narrow(struct sound **sp, const int16_t *pcm, size_t n, uint32_t rate)
{
	AUTO int16_t *out = NULL;
	size_t count = 0;
	int err;

	if (rate == RATE_NARROW)
		return sound_alloc(sp, pcm, n);
	err = resample_any(&out, &count, RATE_NARROW, pcm, n, rate);
	return err ? err : sound_alloc(sp, out, count);
}

/** Makes a sound of a WAV file in memory; 0, EBADMSG, ENOTSUP or ENOMEM */
int sound_parse(struct sound **sp, const uint8_t *p, size_t n)
{
	AUTO int16_t *pcm = NULL;
	struct wav_header h;
	size_t count = 0;
	int err = wav_parse(&h, p, n);

	if (!err)
		err = mono(&pcm, &count, &h, p + h.offset);
	return err ? err : narrow(sp, pcm, count, h.rate);
}

/* Read, not mapped: a file that is cut while it is mapped would end the process. */
static int file_read(uint8_t **pp, size_t *np, int fd, size_t size)
{
	AUTO uint8_t *p = mem_alloc(size ? size : 1, NULL);
	size_t at = 0;
	ssize_t n;

	if (!p)
		return ENOMEM;
	while (at < size && (n = read(fd, p + at, size - at)) > 0)
		at += (size_t)n;
	*np = at;
	*pp = TAKE(p);
	return 0;
}

/**
 * Reads a WAV file into memory; blocks
 *
 * @param sp   Result: one reference
 * @param path File
 *
 * @return 0 or errno; EFBIG beyond 256 MiB
 */
int sound_read(struct sound **sp, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	AUTO uint8_t *p = NULL;
	struct stat st;
	size_t n = 0;
	int err;

	if (fd < 0)
		return errno;
	err = fstat(fd, &st) ? errno : 0;
	if (!err && !S_ISREG(st.st_mode))
		err = EINVAL;
	if (!err && st.st_size > 256 << 20)
		err = EFBIG;
	if (!err)
		err = file_read(&p, &n, fd, (size_t)st.st_size);
	close(fd);
	return err ? err : sound_parse(sp, p, n);
}
