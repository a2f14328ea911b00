/**
 * @file media_codec.c  Tests codecs, resampling and the jitter buffer
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "codec.h"
#include "jitter.h"
#include "own.h"
#include "resample.h"

static const enum codec_id all[] = {CODEC_PCMU, CODEC_PCMA, CODEC_G722, CODEC_OPUS};

static void sine(int16_t *pcm, size_t n, double hz, double rate, double level)
{
	for (size_t i = 0; i < n; i++)
		pcm[i] = (int16_t)(level * sin(2 * M_PI * hz * (double)i / rate));
}

/* Share of a tone in the energy. */
static double share(const int16_t *pcm, size_t n, double hz, double rate)
{
	double re = 0, im = 0, sum = 1;

	for (size_t i = 0; i < n; i++) {
		re += pcm[i] * cos(2 * M_PI * hz * (double)i / rate);
		im += pcm[i] * sin(2 * M_PI * hz * (double)i / rate);
		sum += (double)pcm[i] * pcm[i];
	}
	return 2 * (re * re + im * im) / ((double)n * sum);
}

static void names(void **state)
{
	assert_int_equal(codec_by_name("pcmu", 8000), CODEC_PCMU);
	assert_int_equal(codec_by_name("Opus", 48000), CODEC_OPUS);
	assert_int_equal(codec_by_name("opus", 8000), CODEC_NONE);
	assert_int_equal(codec_by_name("G729", 8000), CODEC_NONE);
	for (size_t i = 0; i < COUNT(all); i++)
		assert_int_equal(codec_by_name(codec_name(all[i]), codec_kind(all[i])->sdp_rate),
				 all[i]);
	assert_string_equal(codec_name(CODEC_NONE), "");
	assert_null(codec_kind(CODEC_NONE));
}

static void round_trip(void **state)
{
	static const uint32_t rates[] = {RATE_NARROW, RATE_WIDE};

	for (size_t c = 0; c < COUNT(all); c++) {
		for (size_t r = 0; r < 4; r++) {
			uint32_t from = rates[r & 1], to = rates[r >> 1];
			static int16_t in[RATE_WIDE], out[RATE_WIDE + PCM_MAX];
			struct encoder e = {0};
			struct decoder d = {0};
			size_t frame = from / 50, count = 0;

			sine(in, from, 1000, from, 8000);
			assert_int_equal(encoder_set(&e, all[c], from), 0);
			assert_int_equal(decoder_set(&d, all[c], to), 0);
			for (size_t i = 0; i < 50; i++) {
				uint8_t p[CODED_MAX];
				int n = encoder_run(&e, p, in + i * frame, frame), k;

				assert_true(n > 0);
				assert_int_equal(e.kind->length(p, (size_t)n), e.kind->clock / 50);
				k = decoder_run(&d, out + count, p, (size_t)n);
				assert_int_equal(k, to / 50);
				count += (size_t)k;
			}
			assert_true(share(out + to / 4, to / 2, 1000, to) > 0.95);
			mem_deref(e.state);
			mem_deref(d.state);
		}
	}
}

/* 6 kHz passes from one wide-band codec to the other, not through G.711. */
static void wide_band(void **state)
{
	for (size_t c = 0; c < COUNT(all); c++) {
		static int16_t in[RATE_WIDE], out[RATE_WIDE];
		struct encoder e = {0};
		struct decoder d = {0};
		double sum = 0;

		sine(in, RATE_WIDE, 6000, RATE_WIDE, 8000);
		encoder_set(&e, all[c], RATE_WIDE);
		decoder_set(&d, all[c], RATE_WIDE);
		for (size_t i = 0; i < 50; i++) {
			uint8_t p[CODED_MAX];
			int n = encoder_run(&e, p, in + i * FRAME_WIDE, FRAME_WIDE);

			decoder_run(&d, out + i * FRAME_WIDE, p, (size_t)n);
		}
		for (size_t i = 4000; i < RATE_WIDE; i++)
			sum += (double)out[i] * out[i];
		if (codec_kind(all[c])->wide)
			assert_true(share(out + 4000, 8000, 6000, RATE_WIDE) > 0.8);
		else
			assert_true(sqrt(sum / 12000) < 100);
		mem_deref(e.state);
		mem_deref(d.state);
	}
}

/* librem's A-law table has no place for -32768. */
static void extremes(void **state)
{
	for (size_t c = 0; c < COUNT(all); c++) {
		struct encoder e = {0};
		struct decoder d = {0};
		int16_t in[FRAME_NARROW], out[PCM_MAX];
		uint8_t p[CODED_MAX];

		for (size_t i = 0; i < FRAME_NARROW; i++)
			in[i] = i & 1 ? INT16_MIN : INT16_MAX;
		encoder_set(&e, all[c], RATE_NARROW);
		decoder_set(&d, all[c], RATE_NARROW);
		assert_true(decoder_run(&d, out, p, (size_t)encoder_run(&e, p, in, FRAME_NARROW)) >
			    0);
		if (!codec_kind(all[c])->wide) {
			assert_true(out[0] > 31000);
			assert_true(out[1] < -31000);
		}
		mem_deref(e.state);
		mem_deref(d.state);
	}
}

static void too_much(void **state)
{
	static uint8_t p[4000];

	for (size_t c = 0; c < COUNT(all); c++) {
		struct decoder d = {0};
		int16_t pcm[PCM_MAX];

		decoder_set(&d, all[c], RATE_WIDE);
		assert_true(decoder_run(&d, pcm, p, sizeof(p)) <= PCM_MAX);
		assert_int_equal(decoder_run(&d, pcm, p, 0), -1);
		assert_int_equal(decoder_conceal(&d, pcm, PCM_MAX + 1, NULL, 0), -1);
		mem_deref(d.state);
	}
}

/* A lost packet is replaced by something alike, a long loss by silence. */
static void concealed(void **state)
{
	for (size_t c = 0; c < COUNT(all); c++) {
		struct encoder e = {0};
		struct decoder d = {0};
		int16_t in[FRAME_NARROW], pcm[PCM_MAX];
		uint8_t p[CODED_MAX];
		double sum = 0;
		int n = 0;

		sine(in, FRAME_NARROW, 500, RATE_NARROW, 8000);
		encoder_set(&e, all[c], RATE_NARROW);
		decoder_set(&d, all[c], RATE_NARROW);
		for (int i = 0; i < 10; i++) {
			n = encoder_run(&e, p, in, FRAME_NARROW);
			decoder_run(&d, pcm, p, (size_t)n);
		}
		assert_int_equal(decoder_conceal(&d, pcm, FRAME_NARROW, NULL, 0), FRAME_NARROW);
		assert_true(share(pcm, FRAME_NARROW, 500, RATE_NARROW) > 0.5);
		for (int i = 0; i < 60; i++)
			decoder_conceal(&d, pcm, FRAME_NARROW, NULL, 0);
		for (int i = 0; i < FRAME_NARROW; i++)
			sum += (double)pcm[i] * pcm[i];
		assert_true(sqrt(sum / FRAME_NARROW) < 200);
		n = encoder_run(&e, p, in, FRAME_NARROW);
		assert_int_equal(decoder_conceal(&d, pcm, FRAME_NARROW, p, (size_t)n),
				 FRAME_NARROW);
		mem_deref(e.state);
		mem_deref(d.state);
	}
}

static void half_band(void **state)
{
	static int16_t in[RATE_NARROW], wide[RATE_WIDE], back[RATE_NARROW];
	struct resample up = {0}, down = {0};

	sine(in, RATE_NARROW, 3000, RATE_NARROW, 10000);
	for (size_t i = 0; i < RATE_NARROW; i += 200) { /* pieces that do not divide a chunk */
		resample_up(&up, wide + 2 * i, in + i, 200);
		resample_down(&down, back + i, wide + 2 * i, 400);
	}
	assert_true(share(wide + 2000, 12000, 3000, RATE_WIDE) > 0.999);
	assert_true(share(back + 1000, 6000, 3000, RATE_NARROW) > 0.999);
	sine(wide, RATE_WIDE, 6000, RATE_WIDE, 10000);
	resample_down(&down, back, wide, RATE_WIDE);
	for (size_t i = 200; i < RATE_NARROW; i++)
		assert_in_range(back[i] + 100, 0, 200); /* no image at 2 kHz */
}

static void any_rate(void **state)
{
	static int16_t in[44100];
	AUTO int16_t *out = NULL;
	size_t n = 0;

	sine(in, 44100, 1000, 44100, 10000);
	assert_int_equal(resample_any(&out, &n, 8000, in, 44100, 44100), 0);
	assert_int_equal(n, 8000);
	assert_true(share(out + 1000, 6000, 1000, 8000) > 0.999);
	assert_int_equal(resample_any(&out, &n, 8000, in, 44100, 0), EINVAL);
}

static void jitter_evens_out(void **state)
{
	AUTO struct jitter *j = NULL;
	int16_t pcm[FRAME_NARROW], got[FRAME_NARROW];
	int16_t next = 1;

	assert_int_equal(jitter_alloc(&j, RATE_NARROW), 0);
	assert_false(jitter_get(j, got, FRAME_NARROW));
	for (int round = 0; round < 50; round++) {
		/* Three at once, then none for two ticks. */
		for (int k = 0; k < 3; k++) {
			for (size_t i = 0; i < FRAME_NARROW; i++)
				pcm[i] = next;
			++next;
			jitter_put(j, pcm, FRAME_NARROW);
		}
		for (int k = 0; k < 3; k++) {
			if (!jitter_get(j, got, FRAME_NARROW))
				assert_int_equal(got[0], 0);
		}
	}
	assert_true(jitter_ms(j) <= 240);
	/* In order, each once: what came last is near what was given last. */
	assert_in_range(got[0], next - 14, next);
}

/* Packets that come 100 ms late, all at once: nothing is missing, and nothing is ever cut out */
static void jitter_steady_keeps_all(void **state)
{
	AUTO struct jitter *j = NULL;
	int16_t pcm[FRAME_NARROW] = {0}, got[FRAME_NARROW];
	int16_t next = 1, want = 1;
	unsigned late = 0;

	assert_int_equal(jitter_alloc(&j, RATE_NARROW), 0);
	jitter_steady(j);
	for (unsigned tick = 0; tick < 1000; tick++) {
		late = tick % 100 < 5 ? late + 1 : late;
		for (; tick % 100 >= 5 && late; late--) {
			pcm[0] = next++;
			jitter_put(j, pcm, FRAME_NARROW);
		}
		if (tick % 100 >= 5) {
			pcm[0] = next++;
			jitter_put(j, pcm, FRAME_NARROW);
		}
		if (jitter_get(j, got, FRAME_NARROW))
			assert_int_equal(got[0], want++);
		else
			assert_true(tick < 11);
	}
	assert_true(want > 985);
}

static void jitter_bounded(void **state)
{
	AUTO struct jitter *j = NULL;
	int16_t pcm[FRAME_WIDE] = {0}, got[FRAME_WIDE];
	uint32_t before;

	assert_int_equal(jitter_alloc(&j, RATE_WIDE), 0);
	for (int i = 0; i < 1000; i++) {
		jitter_put(j, pcm, FRAME_WIDE);
		assert_true(jitter_ms(j) <= 400);
	}
	before = jitter_ms(j);
	for (int i = 0; i < 3000; i++) { /* a minute in balance: the delay goes away */
		jitter_put(j, pcm, FRAME_WIDE);
		assert_true(jitter_get(j, got, FRAME_WIDE));
	}
	assert_true(jitter_ms(j) <= 60 || jitter_ms(j) < before / 2);
	jitter_reset(j, RATE_NARROW);
	assert_int_equal(jitter_ms(j), 0);
	assert_int_equal(jitter_rate(j), RATE_NARROW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(wide_band),
		cmocka_unit_test(extremes),
		cmocka_unit_test(too_much),
		cmocka_unit_test(concealed),
		cmocka_unit_test(half_band),
		cmocka_unit_test(any_rate),
		cmocka_unit_test(jitter_evens_out),
		cmocka_unit_test(jitter_steady_keeps_all),
		cmocka_unit_test(jitter_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
