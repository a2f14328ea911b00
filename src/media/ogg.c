/**
 * @file ogg.c  Opus in Ogg: pages of one second (RFC 3533, RFC 7845)
 */
#include <errno.h>
#include <opus.h>
#include <string.h>
#include "codec.h"
#include "ogg.h"
#include "own.h"

enum {
	PACKET_MAX = 1275,
	PAGE_PACKETS = 50,
	SEGMENTS = 255,
	OGG_HEAD = 27,
	OPUS_CLOCK = 48000,
	BITRATE = 24000, /* of one voice */
};

struct page {
	struct mbuf *out;
	uint8_t lacing[SEGMENTS], body[PAGE_PACKETS * PACKET_MAX];
	size_t segments, size, packets;
	uint32_t serial, number;
	uint64_t granule; /* samples at 48 kHz up to the end of the page */
};

static void le(uint8_t *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* Polynomial 04c11db7, not reflected, from 0 (RFC 3533 section 6). */
static uint32_t crc_add(uint32_t crc, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		crc ^= (uint32_t)p[i] << 24;
		for (int k = 0; k < 8; k++)
			crc = crc & 0x80000000u ? crc << 1 ^ 0x04c11db7u : crc << 1;
	}
	return crc;
}

static int page_write(struct page *p, uint8_t flags)
{
	uint8_t h[OGG_HEAD] = "OggS";
	uint32_t crc;
	int err;

	h[5] = flags;
	le(h + 6, p->granule, 8);
	le(h + 14, p->serial, 4);
	le(h + 18, p->number++, 4);
	h[26] = (uint8_t)p->segments;
	crc = crc_add(0, h, sizeof(h));
	crc = crc_add(crc, p->lacing, p->segments);
	crc = crc_add(crc, p->body, p->size);
	le(h + 22, crc, 4);
	err = mbuf_write_mem(p->out, h, sizeof(h));
	err |= mbuf_write_mem(p->out, p->lacing, p->segments);
	err |= mbuf_write_mem(p->out, p->body, p->size);
	p->segments = p->size = p->packets = 0;
	return err;
}

static bool page_fits(const struct page *p, size_t n)
{
	return p->packets < PAGE_PACKETS && p->segments + n / 255 + 1 <= SEGMENTS;
}

static void packet_add(struct page *p, const uint8_t *packet, size_t n)
{
	size_t left = n;

	memcpy(p->body + p->size, packet, n);
	p->size += n;
	++p->packets;
	for (; left >= 255; left -= 255)
		p->lacing[p->segments++] = 255;
	p->lacing[p->segments++] = (uint8_t)left;
}

static int heads_write(struct page *p, unsigned parts, unsigned skip)
{
	static const char tags[] = "OpusTags\x08\0\0\0Carillon\0\0\0\0";
	uint8_t head[19] = "OpusHead\x01";
	int err;

	head[9] = (uint8_t)parts;
	le(head + 10, skip, 2);
	le(head + 12, RATE_NARROW, 4);
	packet_add(p, head, sizeof(head));
	err = page_write(p, 2);
	packet_add(p, (const uint8_t *)tags, sizeof(tags) - 1);
	return err ? err : page_write(p, 0);
}

static int encoder_open(OpusEncoder **ep, unsigned parts, unsigned *skip)
{
	opus_int32 ahead = 0;
	int err = 0;

	*ep = opus_encoder_create(RATE_NARROW, (int)parts, OPUS_APPLICATION_VOIP, &err);
	if (err)
		return ENOMEM;
	opus_encoder_ctl(*ep, OPUS_SET_BITRATE(BITRATE * (int)parts));
	opus_encoder_ctl(*ep, OPUS_GET_LOOKAHEAD(&ahead));
	*skip = (unsigned)ahead * (OPUS_CLOCK / RATE_NARROW);
	return 0;
}

/* The encoder is some samples late: silence behind the end brings the last of them out. */
static int frames_write(struct page *p, OpusEncoder *e, const int16_t *pcm, size_t n,
			unsigned parts, unsigned skip)
{
	size_t late = skip / (OPUS_CLOCK / RATE_NARROW), total = n + late;
	int16_t frame[2 * FRAME_NARROW];
	uint8_t packet[PACKET_MAX];
	int err = 0, size;

	for (size_t at = 0; at < total && !err; at += FRAME_NARROW) {
		size_t there = at < n ? n - at : 0;

		there = there < FRAME_NARROW ? there : FRAME_NARROW;
		memset(frame, 0, sizeof(frame));
		if (there)
			memcpy(frame, pcm + at * parts, there * parts * sizeof(*pcm));
		size = opus_encode(e, frame, FRAME_NARROW, packet, sizeof(packet));
		if (size < 0)
			return EINVAL;
		if (!page_fits(p, (size_t)size))
			err = page_write(p, 0);
		packet_add(p, packet, (size_t)size);
		p->granule = (uint64_t)(at + FRAME_NARROW) * (OPUS_CLOCK / RATE_NARROW);
	}
	/* The end of the last page cuts what is too much (RFC 7845 section 4). */
	p->granule = (uint64_t)n * (OPUS_CLOCK / RATE_NARROW) + skip;
	return err ? err : page_write(p, 4);
}

/**
 * Encodes a sound
 *
 * @param mbp    Result: the file, from 0 to end
 * @param pcm    Samples at 8 kHz, of `parts` voices side by side
 * @param n      How many of each
 * @param parts  1 or 2
 * @param serial Of the stream; the same input makes the same file
 *
 * @return 0, EINVAL or ENOMEM
 */
int ogg_opus(struct mbuf **mbp, const int16_t *pcm, size_t n, unsigned parts, uint32_t serial)
{
	AUTO struct page *p = mem_zalloc(sizeof(*p), NULL);
	AUTO struct mbuf *out = mbuf_alloc(n * parts / 4 + 1024);
	OpusEncoder *e = NULL;
	unsigned skip = 0;
	int err;

	if (!p || !out)
		return ENOMEM;
	if (parts < 1 || parts > 2)
		return EINVAL;
	p->out = out;
	p->serial = serial;
	err = encoder_open(&e, parts, &skip);
	if (!err)
		err = heads_write(p, parts, skip);
	if (!err)
		err = frames_write(p, e, pcm, n, parts, skip);
	if (e)
		opus_encoder_destroy(e);
	if (!err)
		*mbp = TAKE(out);
	return err;
}
