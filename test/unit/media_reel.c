/**
 * @file media_reel.c  Tests that what is decoded later, of a block, is what would have been decoded
 * at once
 */
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include "own.h"
#include "reel.h"

enum { TICKS = 200, ROOM = 64 * 1024 };

static int16_t wanted[SIDES][TICKS * FRAME_NARROW], got[TICKS * FRAME_NARROW * SIDES];
static struct ear ear;
static struct reel reels[SIDES];
static struct encoder encoder;
static struct block *block;
static size_t wanted_n, got_n;

static int begin(void **state)
{
	memset(reels, 0, sizeof(reels));
	memset(&ear, 0, sizeof(ear));
	memset(&encoder, 0, sizeof(encoder));
	wanted_n = got_n = 0;
	block = mem_zalloc(sizeof(*block) + block_room(SIDES), NULL);
	block->room = block_room(SIDES);
	return encoder_set(&encoder, CODEC_OPUS, RATE_NARROW) ||
	       ear_ready(&ear, CODEC_OPUS, RATE_NARROW) || ear_keep(&ear);
}

static int end(void **state)
{
	ear_close(&ear);
	for (unsigned i = 0; i < SIDES; i++)
		ear_close(&reels[i].ear);
	mem_deref(encoder.state);
	block = mem_deref(block);
	return 0;
}

static void play(void)
{
	int16_t pcm[TAPE_BLOCK * SIDES];
	size_t n = block_play(block, SIDES, reels, pcm);

	assert_int_equal(n, block->n);
	memcpy(got + got_n * SIDES, pcm, n * SIDES * sizeof(*pcm));
	got_n += n;
	block->n = block->size = 0;
}

/* One packet of a tone, to the ear and into the block, unless it is lost */
static void say(unsigned tick, uint32_t source, bool lost)
{
	struct rtp_packet pkt = {.seq = (uint16_t)(tick + 65500), .ts = tick * 960, .ssrc = 7};
	uint8_t coded[CODED_MAX];
	int16_t pcm[FRAME_NARROW];

	for (size_t i = 0; i < FRAME_NARROW; i++)
		pcm[i] = (int16_t)(9000 * sin(2 * M_PI * 440 * (double)(tick * FRAME_NARROW + i) /
					      RATE_NARROW));
	pkt.size = (size_t)encoder_run(&encoder, coded, pcm, FRAME_NARROW);
	pkt.payload = coded;
	if (lost)
		return;
	ear_packet(&ear, true, &pkt, NULL, NULL);
	if (block_full(block))
		play();
	block_packet(block, 0, source, CODEC_OPUS, &pkt);
}

/* A tick: left what the ear heard, right a sound that counts ticks */
static void tick(unsigned tick, uint32_t source, bool muted, bool paused)
{
	int16_t heard[FRAME_NARROW], right[FRAME_NARROW];
	struct side sides[SIDES] = {{.source = source, .muted = muted}, {.pcm = right}};

	(void)jitter_get(ear.jitter, heard, FRAME_NARROW);
	for (size_t i = 0; i < FRAME_NARROW; i++)
		right[i] = (int16_t)tick;
	if (!paused) {
		memcpy(wanted[0] + wanted_n, heard, sizeof(heard));
		if (muted)
			memset(wanted[0] + wanted_n, 0, sizeof(heard));
		memcpy(wanted[1] + wanted_n, right, sizeof(right));
		wanted_n += FRAME_NARROW;
	}
	if (block_full(block))
		play();
	block_frame(block, SIDES, !paused, sides);
}

static void same(void)
{
	play();
	assert_int_equal(got_n, wanted_n);
	for (size_t i = 0; i < got_n; i++) {
		assert_int_equal(got[i * SIDES], wanted[0][i]);
		assert_int_equal(got[i * SIDES + 1], wanted[1][i]);
	}
}

static double energy(size_t from, size_t n)
{
	double sum = 0;

	for (size_t i = from; i < from + n; i++)
		sum += (double)got[i * SIDES] * got[i * SIDES];
	return sqrt(sum / (double)n);
}

static void decoded_later_is_as_decoded_at_once(void **state)
{
	for (unsigned i = 0; i < TICKS; i++) {
		say(i, 1, false);
		tick(i, 1, false, false);
	}
	same();
	assert_true(energy(TICKS / 2 * FRAME_NARROW, 8000) > 3000);
}

static void what_is_lost_is_made_up_alike(void **state)
{
	for (unsigned i = 0; i < TICKS; i++) {
		say(i, 1, i % 10 == 3 || (i > 100 && i < 104));
		tick(i, 1, false, false);
	}
	same();
	assert_true(energy(20 * FRAME_NARROW, 8000) > 2000);
}

static void a_pause_leaves_out_and_a_mute_is_silent(void **state)
{
	for (unsigned i = 0; i < TICKS; i++) {
		say(i, 1, false);
		tick(i, 1, i >= 150, i >= 50 && i < 100);
	}
	same();
	assert_int_equal(got_n, 150 * FRAME_NARROW);
	assert_true(energy(60 * FRAME_NARROW, 30 * FRAME_NARROW) > 3000);
	assert_int_equal(energy(100 * FRAME_NARROW, 50 * FRAME_NARROW), 0);
}

static void another_source_begins_anew(void **state)
{
	for (unsigned i = 0; i < TICKS; i++) {
		if (i == 100)
			ear_forget(&ear);
		say(i, i < 100 ? 1 : 2, false);
		tick(i, i < 100 ? 1 : 2, false, false);
	}
	same();
}

static void a_packet_beyond_every_size_is_lost(void **state)
{
	static uint8_t large[2000];
	struct rtp_packet pkt = {.payload = large, .size = sizeof(large)};

	block_packet(block, 0, 1, CODEC_OPUS, &pkt);
	assert_int_equal(block->size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(decoded_later_is_as_decoded_at_once, begin, end),
		cmocka_unit_test_setup_teardown(what_is_lost_is_made_up_alike, begin, end),
		cmocka_unit_test_setup_teardown(a_pause_leaves_out_and_a_mute_is_silent, begin,
						end),
		cmocka_unit_test_setup_teardown(another_source_begins_anew, begin, end),
		cmocka_unit_test_setup_teardown(a_packet_beyond_every_size_is_lost, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
