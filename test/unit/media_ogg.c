/**
 * @file media_ogg.c  Opus in Ogg: pages, checksums, length, and the sound that comes out again
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <opus.h>
#include <string.h>
#include "ogg.h"
#include "own.h"

enum { RATE = 8000, MOST = 5 * RATE };

static int16_t in[2 * MOST], out[2 * MOST + 2000];

/* What the pages hold, read by the letter of RFC 3533 */
struct reading {
	unsigned pages, packets, first, last;
	uint64_t granule;
	unsigned skip, parts;
	size_t samples;
	OpusDecoder *decoder;
};

static uint64_t le(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

static uint32_t checksum(const uint8_t *p, size_t n)
{
	uint32_t table[256], crc = 0;

	for (uint32_t i = 0; i < 256; i++) {
		uint32_t r = i << 24;

		for (int k = 0; k < 8; k++)
			r = (r << 1) ^ (r >> 31 ? 0x04c11db7 : 0);
		table[i] = r;
	}
	for (size_t i = 0; i < n; i++) {
		uint8_t byte = i >= 22 && i < 26 ? 0 : p[i];

		crc = crc << 8 ^ table[(crc >> 24 ^ byte) & 0xff];
	}
	return crc;
}

static void packet(struct reading *r, const uint8_t *p, size_t n)
{
	int err = 0, got;

	if (r->packets++ == 0) {
		assert_memory_equal(p, "OpusHead\x01", 9);
		assert_int_equal(n, 19);
		r->parts = p[9];
		r->skip = (unsigned)le(p + 10, 2);
		r->decoder = opus_decoder_create(RATE, (int)r->parts, &err);
		assert_int_equal(err, 0);
	} else if (r->packets == 2) {
		assert_memory_equal(p, "OpusTags", 8);
		assert_int_equal(n, 8 + 4 + le(p + 8, 4) + 4);
	} else {
		got = opus_decode(r->decoder, p, (opus_int32)n, out + r->samples * r->parts, 960,
				  0);
		assert_int_equal(got, 160);
		r->samples += (size_t)got;
	}
}

static size_t page(struct reading *r, const uint8_t *p, size_t left)
{
	size_t at, size = 0;

	assert_true(left >= 27);
	assert_memory_equal(p, "OggS\0", 5);
	r->first += (p[5] & 2) != 0;
	r->last += (p[5] & 4) != 0;
	r->granule = le(p + 6, 8);
	assert_int_equal(le(p + 14, 4), 4711);
	assert_int_equal(le(p + 18, 4), r->pages++);
	at = 27 + p[26];
	for (unsigned i = 0; i < p[26]; i++) {
		size += p[27 + i];
		if (p[27 + i] == 255)
			continue;
		packet(r, p + at, size);
		at += size;
		size = 0;
	}
	assert_true(at <= left);
	assert_int_equal(checksum(p, at), le(p + 22, 4));
	return at;
}

static struct reading read_back(size_t n, unsigned parts)
{
	struct reading r = {0};
	struct mbuf *mb;

	assert_int_equal(ogg_opus(&mb, in, n, parts, 4711), 0);
	for (size_t at = 0; at < mb->end;)
		at += page(&r, mb->buf + at, mb->end - at);
	opus_decoder_destroy(r.decoder);
	mem_deref(mb);
	assert_int_equal(r.first, 1);
	assert_int_equal(r.last, 1);
	assert_int_equal(r.parts, parts);
	assert_int_equal(r.granule - r.skip, n * 6);
	assert_true(r.samples * 6 >= r.granule);
	return r;
}

static double share(const int16_t *pcm, size_t n, unsigned parts, double hz)
{
	double re = 0, im = 0, all = 0;

	for (size_t i = 0; i < n; i++) {
		double v = pcm[i * parts];

		re += v * cos(2 * M_PI * hz * (double)i / RATE);
		im += v * sin(2 * M_PI * hz * (double)i / RATE);
		all += v * v;
	}
	return all > 0 ? 2 * (re * re + im * im) / all / (double)n : 0;
}

static void fill(unsigned parts)
{
	for (size_t i = 0; i < MOST; i++) {
		in[i * parts] = (int16_t)(6000 * sin(2 * M_PI * 440 * (double)i / RATE));
		if (parts == 2)
			in[i * 2 + 1] = (int16_t)(6000 * sin(2 * M_PI * 1000 * (double)i / RATE));
	}
}

static void one_voice(void **state)
{
	struct reading r;

	fill(1);
	r = read_back(MOST, 1);
	assert_true(r.pages >= 7);
	assert_true(share(out + RATE, 2 * RATE, 1, 440) > 0.8);
}

static void two_voices(void **state)
{
	fill(2);
	read_back(MOST, 2);
	assert_true(share(out + 2 * RATE, 2 * RATE, 2, 440) > 0.8);
	assert_true(share(out + 2 * RATE + 1, 2 * RATE, 2, 1000) > 0.8);
}

static void short_ones(void **state)
{
	fill(1);
	read_back(0, 1);
	read_back(1, 1);
	read_back(160, 1);
	read_back(161, 1);
}

static void same_each_time(void **state)
{
	struct mbuf *a, *b;

	fill(1);
	assert_int_equal(ogg_opus(&a, in, RATE, 1, 1), 0);
	assert_int_equal(ogg_opus(&b, in, RATE, 1, 1), 0);
	assert_int_equal(a->end, b->end);
	assert_memory_equal(a->buf, b->buf, a->end);
	assert_true(a->end < RATE); /* of 16000 bytes */
	mem_deref(a);
	mem_deref(b);
	assert_int_equal(ogg_opus(&a, in, RATE, 3, 1), EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_voice),
		cmocka_unit_test(two_voices),
		cmocka_unit_test(short_ones),
		cmocka_unit_test(same_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
