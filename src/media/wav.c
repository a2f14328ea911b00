/**
 * @file wav.c  RIFF WAVE headers: read strictly, written in the 44-byte form
 */
#include <errno.h>
#include <string.h>
#include "own.h"
#include "sound.h"

enum { CHUNKS_MAX = 64, EXTENSIBLE = 0xfffe };

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static void put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static int format_read(struct wav_header *h, const uint8_t *p, size_t n)
{
	if (n < 16)
		return EBADMSG;
	h->format = le16(p);
	h->parts = le16(p + 2);
	h->rate = le32(p + 4);
	h->bits = le16(p + 14);
	if (h->format == EXTENSIBLE && n >= 26)
		h->format = le16(p + 24);
	return 0;
}

static bool format_known(const struct wav_header *h)
{
	if (h->rate < 4000 || h->rate > 192000 || h->parts < 1 || h->parts > 8)
		return false;
	return (h->format == 1 && (h->bits == 16 || h->bits == 8)) ||
	       ((h->format == 6 || h->format == 7) && h->bits == 8);
}

/**
 * Reads a WAVE header
 *
 * @param h Result
 * @param p The file
 * @param n Its size
 *
 * @return 0, EBADMSG if it is no WAVE file, ENOTSUP for a format we do not read
 */
int wav_parse(struct wav_header *h, const uint8_t *p, size_t n)
{
	size_t at = 12;
	bool format = false;

	if (n < at || memcmp(p, "RIFF", 4) || memcmp(p + 8, "WAVE", 4))
		return EBADMSG;
	for (int i = 0; i < CHUNKS_MAX && at + 8 <= n; i++) {
		size_t size = le32(p + at + 4), left = n - at - 8;

		if (!memcmp(p + at, "data", 4)) {
			if (!format)
				return EBADMSG;
			h->offset = at + 8;
			h->size = size < left ? size : left; /* a cut recording still plays */
			return format_known(h) ? 0 : ENOTSUP;
		}
		if (size > left)
			return EBADMSG;
		if (!memcmp(p + at, "fmt ", 4)) {
			if (format_read(h, p + at + 8, size))
				return EBADMSG;
			format = true;
		}
		at += 8 + size + (size & 1);
	}
	return EBADMSG;
}

/** Writes the header of 16-bit PCM with `bytes` of audio behind it */
void wav_print(uint8_t p[WAV_HEADER], uint32_t rate, uint16_t parts, uint32_t bytes)
{
	memcpy(p, "RIFF", 4);
	put32(p + 4, WAV_HEADER - 8 + bytes);
	memcpy(p + 8, "WAVEfmt ", 8);
	put32(p + 16, 16);
	put16(p + 20, 1);
	put16(p + 22, parts);
	put32(p + 24, rate);
	put32(p + 28, rate * parts * 2);
	put16(p + 32, (uint16_t)(parts * 2));
	put16(p + 34, 16);
	memcpy(p + 36, "data", 4);
	put32(p + 40, bytes);
}
