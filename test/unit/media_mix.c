/**
 * @file media_mix.c  Tests conferences: everybody hears the others, and only those who speak
 */
#include "media_rig.h"

static void talk(unsigned frames, struct phone *const ph[3], const unsigned hz[3])
{
	uint64_t due = real_ms();

	for (unsigned i = 0; i < frames; i++, due += FRAME_MS) {
		for (int k = 0; k < 3; k++)
			phone_say(ph[k], hz[k]);
		do {
			poll(NULL, 0, 1);
			rig_run();
		} while (real_ms() < due + FRAME_MS);
	}
}

static void three(const enum codec_id codecs[3])
{
	struct phone *ph[3];
	const unsigned hz[3] = {400, 1000, 1700};
	struct mix *mix = NULL;

	assert_int_equal(mix_alloc(&mix, engine, 7), 0);
	for (int i = 0; i < 3; i++) {
		ph[i] = phone_up(codecs[i]);
		mix_add(mix, ph[i]->stream, i != 2);
	}
	rig_settle(ph[0]);
	talk(60, ph, hz);
	/* The third only listens. */
	assert_true(phone_hears(ph[0], 1000) > 0.8);
	assert_true(phone_hears(ph[1], 400) > 0.8);
	assert_true(phone_hears(ph[2], 400) > 0.3 && phone_hears(ph[2], 1000) > 0.3);
	mix_add(mix, ph[2]->stream, true);
	stream_mute(ph[1]->stream, true);
	talk(60, ph, hz);
	assert_true(phone_hears(ph[0], 1700) > 0.8);
	assert_true(phone_hears(ph[1], 400) > 0.3 && phone_hears(ph[1], 1700) > 0.3);
	assert_int_equal(ph[0]->gaps + ph[1]->gaps + ph[2]->gaps, 0);
	mix_remove(mix, ph[0]->stream);
	rig_settle(ph[0]);
	phone_forget(ph[0]);
	talk(10, ph, hz);
	assert_int_equal(ph[0]->packets, 0);
	mem_deref(mix);
	rig_settle(ph[1]);
	phone_forget(ph[1]);
	talk(5, ph, hz);
	assert_int_equal(ph[1]->packets, 0);
	rig_close();
	rig_open(0);
}

static void narrow_and_wide(void **state)
{
	three((const enum codec_id[]){CODEC_PCMU, CODEC_PCMA, CODEC_PCMU});
	three((const enum codec_id[]){CODEC_PCMU, CODEC_OPUS, CODEC_PCMA});
	three((const enum codec_id[]){CODEC_OPUS, CODEC_PCMU, CODEC_G722});
}

/* From a conference to a bridge and back: the phone sees one stream. */
static void bridge_and_back(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU), *b = phone_up(CODEC_OPUS);
	struct mix *mix = NULL;

	assert_int_equal(mix_alloc(&mix, engine, 7), 0);
	mix_add(mix, a->stream, true);
	mix_add(mix, b->stream, true);
	rig_settle(a);
	rig_talk(30, a, 400, b, 1000);
	stream_bridge(a->stream, b->stream);
	rig_talk(30, a, 400, b, 1000);
	assert_true(phone_hears(a, 1000) > 0.8);
	mix_add(mix, a->stream, true);
	mix_add(mix, b->stream, true);
	rig_talk(50, a, 400, b, 1000);
	assert_true(phone_hears(a, 1000) > 0.8);
	assert_true(phone_hears(b, 400) > 0.8);
	assert_int_equal(a->gaps + b->gaps, 0);
	mem_deref(mix);
}

static void voice_is_told(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);

	stream_listen_voice(a->stream, true);
	rig_settle(a);
	rig_talk(20, a, 0, NULL, 0);
	assert_int_equal(a->events[STREAM_VOICE], 0);
	rig_talk(30, a, 400, NULL, 0);
	assert_int_equal(a->events[STREAM_VOICE], 1);
	rig_talk(40, a, 0, NULL, 0);
	rig_talk(30, a, 400, NULL, 0);
	assert_int_equal(a->events[STREAM_VOICE], 2);
	stream_listen_voice(a->stream, false);
	rig_talk(40, a, 0, NULL, 0);
	rig_talk(30, a, 400, NULL, 0);
	assert_int_equal(a->events[STREAM_VOICE], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(narrow_and_wide, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(bridge_and_back, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(voice_is_told, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
