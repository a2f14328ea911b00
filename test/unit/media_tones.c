/**
 * @file media_tones.c  Tests keys as tones: made, heard once each, in whatever else is said
 */
#include <stdint.h>
#include <rem_g711.h>
#include "media_rig.h"
#include "tones.h"

static const char all[] = "0123456789*#ABCD";

/* Adds audio, cut into frames that begin at any sample; the keys that were heard come back. */
static void hear(char *keys, const int16_t *pcm, size_t n, size_t skip)
{
	struct tones_in in = {0};
	size_t count = 0;

	for (size_t i = skip; i + FRAME_NARROW <= n; i += FRAME_NARROW) {
		uint32_t ms;
		char digit;

		if (tones_heard(&in, pcm + i, FRAME_NARROW, &digit, &ms))
			keys[count++] = digit;
	}
	keys[count] = '\0';
}

static void each_key_is_heard_once_wherever_a_frame_begins(void **state)
{
	static int16_t pcm[sizeof(all) * 1600];
	char keys[sizeof(all) * 2];

	for (size_t k = 0; all[k]; k++) {
		tones_make(pcm + k * 1600, 560, all[k], 0); /* 70 ms */
		tones_make(pcm + k * 1600 + 560, 1040, '\0', 0);
	}
	for (size_t skip = 0; skip < FRAME_NARROW; skip += 7) {
		hear(keys, pcm, COUNT(pcm), skip);
		assert_string_equal(keys, all);
	}
}

static void a_key_goes_through_g711_and_noise(void **state)
{
	int16_t pcm[3200];
	char keys[32];

	tones_make(pcm, 3200, '8', 0);
	for (size_t i = 0; i < 3200; i++) {
		pcm[i] = (int16_t)(pcm[i] / 4 + (int)(rand_u32() % 400) - 200);
		pcm[i] = g711_ulaw2pcm(g711_pcm2ulaw(pcm[i]));
	}
	memset(pcm + 2400, 0, 800 * sizeof(*pcm));
	hear(keys, pcm, 3200, 0);
	assert_string_equal(keys, "8");
}

/* One tone, two of one group, a voice's row of harmonics, noise, a key of which one tone is weak */
static void nothing_else_is_a_key(void **state)
{
	int16_t pcm[8000];
	char keys[64];

	for (unsigned f = 100; f < 3400; f += 23) {
		for (unsigned i = 0; i < 8000; i++) {
			double t = 2 * M_PI * f * i / 8000, v = 0;

			for (unsigned h = 1; h * f < 3400 && h < 12; h++)
				v += sin(t * h) / h;
			pcm[i] = (int16_t)(6000 * v);
		}
		hear(keys, pcm, 8000, 0);
		assert_string_equal(keys, "");
	}
	for (unsigned i = 0; i < 8000; i++)
		pcm[i] = (int16_t)(rand_u32() % 20000 - 10000);
	hear(keys, pcm, 8000, 0);
	assert_string_equal(keys, "");
	for (unsigned i = 0; i < 8000; i++)
		pcm[i] = (int16_t)(6000 * sin(2 * M_PI * 697 * i / 8000) +
				   400 * sin(2 * M_PI * 1209 * i / 8000));
	hear(keys, pcm, 8000, 0);
	assert_string_equal(keys, "");
}

static void by_tones(struct phone *ph)
{
	ph->remote.event_pt_send = ph->remote.event_pt_recv = 0;
	ph->remote.key_tones = true;
	assert_int_equal(stream_update(ph->stream, &ph->remote), 0);
}

static int16_t pcm_got[60 * FRAME_NARROW];
static size_t got;

static void audio_h(struct phone *ph, uint8_t *p, size_t n)
{
	struct rtp_packet pkt;

	phone_take(ph, p, n);
	if (rtp_parse(&pkt, p, n) || rtp_payload(&pkt) || pkt.pt != ph->remote.pt_recv)
		return;
	for (size_t i = 0; i < pkt.size && got < COUNT(pcm_got); i++)
		pcm_got[got++] = g711_ulaw2pcm(pkt.payload[i]);
}

static void pressed_keys_are_told_as_tones(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU), *b = phone_up(CODEC_OPUS);
	char keys[32];

	got = 0;
	by_tones(a);
	a->packet_h = audio_h;
	stream_bridge(a->stream, b->stream);
	rig_settle(a);
	stream_send_dtmf(a->stream, '4', 100);
	stream_send_dtmf(a->stream, '#', 100);
	rig_talk(40, NULL, 0, b, 400);
	hear(keys, pcm_got, got, 0);
	assert_string_equal(keys, "4#");
	assert_int_equal(a->gaps, 0);
	assert_true(phone_hears(a, 400) > 0.5);
}

static void told_tones_are_keys(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);
	int16_t pcm[FRAME_NARROW];
	uint8_t coded[FRAME_NARROW];

	by_tones(a);
	rig_settle(a);
	for (unsigned i = 0; i < 24; i++) {
		tones_make(pcm, FRAME_NARROW,
			   i < 6    ? '5'
			   : i < 9  ? '\0'
			   : i < 14 ? '0'
				    : '\0',
			   i * FRAME_NARROW);
		for (unsigned k = 0; k < FRAME_NARROW; k++)
			coded[k] = g711_pcm2ulaw(pcm[k]);
		a->ts += FRAME_NARROW;
		phone_packet(a, a->remote.pt_send, false, coded, sizeof(coded));
		rig_talk(1, NULL, 0, NULL, 0);
	}
	wait_until(strlen(a->keys) == 2);
	assert_string_equal(a->keys, "50");
	assert_in_range(a->last[STREAM_DTMF].duration_ms, 80, 120);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_is_heard_once_wherever_a_frame_begins),
		cmocka_unit_test(a_key_goes_through_g711_and_noise),
		cmocka_unit_test(nothing_else_is_a_key),
		cmocka_unit_test_setup_teardown(pressed_keys_are_told_as_tones, rig_setup,
						rig_teardown),
		cmocka_unit_test_setup_teardown(told_tones_are_keys, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
