/**
 * @file media_play.c  Tests sounds: WAV files, tones, the library, and playing them
 */
#include "media_rig.h"
#include "library.h"

static char folder[64];

static int open_rig(void **state)
{
	strcpy(folder, "/tmp/media_play_XXXXXX");
	assert_non_null(mkdtemp(folder));
	rig_open(0);
	return 0;
}

static int close_rig(void **state)
{
	char command[100];

	rig_close();
	for (int i = 0; i < 8; i++) {
		snprintf(command, sizeof(command), "%s/%d.wav", folder, i);
		unlink(command);
	}
	rmdir(folder);
	return 0;
}

static const char *file_make(int number, uint32_t rate, uint16_t parts, unsigned hz, unsigned ms)
{
	static char path[100];
	size_t n = rate * ms / 1000;
	uint8_t header[WAV_HEADER];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%d.wav", folder, number);
	f = fopen(path, "wb");
	assert_non_null(f);
	wav_print(header, rate, parts, (uint32_t)(n * parts * 2));
	fwrite(header, sizeof(header), 1, f);
	for (size_t i = 0; i < n; i++) {
		int16_t v = (int16_t)(8000 * sin(2 * M_PI * hz * (double)i / rate));

		for (unsigned k = 0; k < parts; k++)
			fwrite(&v, 2, 1, f);
	}
	fclose(f);
	return path;
}

static void files_of_any_rate(void **state)
{
	static const uint32_t rates[] = {8000, 16000, 44100, 48000};

	for (size_t i = 0; i < COUNT(rates); i++) {
		struct sound *s = NULL;
		const char *path = file_make(0, rates[i], i & 1 ? 2 : 1, 1000, 500);

		assert_int_equal(sound_read(&s, path), 0);
		assert_int_equal(s->n, 4000);
		assert_true(tone_share(s->pcm + 800, 2400, 1000) > 0.99);
		shared_unref(s);
	}
}

static void bad_files(void **state)
{
	struct sound *s = NULL;
	struct wav_header h;
	uint8_t b[WAV_HEADER + 8];

	assert_int_equal(sound_read(&s, "/nonexistent"), ENOENT);
	assert_int_equal(sound_read(&s, "/tmp"), EINVAL);
	assert_int_equal(sound_read(&s, "/etc/passwd"), EBADMSG);
	memset(b, 0, sizeof(b));
	wav_print(b, 8000, 1, 8);
	assert_int_equal(wav_parse(&h, b, sizeof(b)), 0);
	assert_int_equal(h.size, 8);
	for (size_t n = 0; n < WAV_HEADER; n++)
		assert_int_equal(wav_parse(&h, b, n), EBADMSG);
	wav_print(b, 8000, 1, 0x7fffffff); /* cut short: what is there plays */
	assert_int_equal(wav_parse(&h, b, sizeof(b)), 0);
	assert_int_equal(h.size, 8);
	b[16] = 0xff;
	b[17] = b[18] = b[19] = 0xff;
	assert_int_equal(wav_parse(&h, b, sizeof(b)), EBADMSG);
	wav_print(b, 0, 1, 8);
	assert_int_equal(wav_parse(&h, b, sizeof(b)), ENOTSUP);
	wav_print(b, 8000, 0, 8);
	assert_int_equal(wav_parse(&h, b, sizeof(b)), ENOTSUP);
}

static void tones(void **state)
{
	struct sound *s = NULL;
	enum tone tone;

	assert_int_equal(tone_by_name(&tone, "ring"), 0);
	assert_int_equal(tone_alloc(&s, tone), 0);
	assert_int_equal(s->n, 6 * 8000);
	assert_true(tone_share(s->pcm, 16000, 440) > 0.45);
	assert_true(tone_share(s->pcm, 16000, 480) > 0.45);
	for (size_t i = 16000; i < s->n; i++)
		assert_int_equal(s->pcm[i], 0);
	shared_unref(s);
	assert_int_equal(tone_by_name(&tone, "song"), ENOENT);
}

static void played(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);
	char what[128];
	uint32_t id;

	snprintf(what, sizeof(what), "file:%s&silence:100&tone:beep",
		 file_make(1, 16000, 1, 600, 400));
	id = stream_play(a->stream, what, false);
	wait_until(a->events[STREAM_PLAYED] == 1);
	assert_int_equal(a->last[STREAM_PLAYED].play, id);
	assert_int_equal(a->last[STREAM_PLAYED].err, 0);
	rig_talk(3, NULL, 0, NULL, 0);
	assert_int_equal(a->packets, (400 + 100 + 300) / 20);
	assert_int_equal(a->markers, 1);
	assert_true(tone_share(a->heard, 3200, 600) > 0.9);
	assert_true(tone_share(a->heard + 4000, 1600, 1000) > 0.9);
	assert_true(tone_share(a->heard + 3300, 600, 600) < 0.1);
}

static void prompts(void **state)
{
	struct phone *a = phone_up(CODEC_OPUS);

	stream_play(a->stream, "vm-goodbye&digits/1", false);
	wait_until(a->events[STREAM_PLAYED] == 1);
	assert_int_equal(a->last[STREAM_PLAYED].err, 0);
	assert_true(a->packets > 40);
}

/* A missing prompt is a beep, and the caller of stream_play() learns of it; no way out of the
 * folder. */
static void missing(void **state)
{
	static const char *const names[] = {"no-such", "../../../etc/passwd", "/etc/passwd",
					    "file:/nonexistent", "tone:none"};

	for (size_t i = 0; i < COUNT(names); i++) {
		struct phone *a = phone_up(CODEC_PCMU);
		uint32_t id = stream_play(a->stream, names[i], false);

		wait_until(a->events[STREAM_PLAYED] == 1);
		assert_int_equal(a->last[STREAM_PLAYED].play, id);
		assert_int_equal(a->last[STREAM_PLAYED].err, ENOENT);
		wait_until(a->packets == 15);
		assert_true(tone_share(a->heard, 1600, 1000) > 0.9);
	}
}

static void stopped_and_replaced(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);
	uint32_t first, second;

	first = stream_play(a->stream, "music", true);
	wait_until(a->packets > 10);
	second = stream_play(a->stream, "tone:busy", true);
	wait_until(a->events[STREAM_PLAYED] == 1);
	assert_int_equal(a->last[STREAM_PLAYED].play, first);
	rig_talk(60, NULL, 0, NULL, 0);
	assert_true(phone_hears(a, 480) > 0.15 && phone_hears(a, 620) > 0.15);
	stream_stop_play(a->stream);
	wait_until(a->events[STREAM_PLAYED] == 2);
	assert_int_equal(a->last[STREAM_PLAYED].play, second);
	rig_talk(2, NULL, 0, NULL, 0);
	phone_forget(a);
	rig_talk(5, NULL, 0, NULL, 0);
	assert_int_equal(a->packets, 0);
	stream_stop_play(a->stream);
	rig_settle(a);
	assert_int_equal(a->events[STREAM_PLAYED], 2);
}

/* A play that was stopped before its file was found does not come back. */
static void overtaken(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);
	char what[128];

	for (int i = 0; i < 20; i++) {
		snprintf(what, sizeof(what), "file:%s", file_make(i % 8, 8000, 1, 600, 3000));
		stream_play(a->stream, what, true);
		stream_stop_play(a->stream);
	}
	wait_until(a->events[STREAM_PLAYED] == 20);
	rig_talk(5, NULL, 0, NULL, 0);
	phone_forget(a);
	rig_talk(10, NULL, 0, NULL, 0);
	assert_int_equal(a->packets, 0);
}

/* The greeting waits for the keys: it begins when the party can hear it. */
static void waits_for_the_party(void **state)
{
	struct phone *a = phone_new(CODEC_PCMU);
	char what[WHAT_SIZE + 1] = {0};

	stream_play(a->stream, "tone:beep", false);
	rig_settle(a);
	rig_talk(20, NULL, 0, NULL, 0);
	assert_int_equal(a->events[STREAM_PLAYED], 0);
	stream_update(a->stream, &a->remote);
	wait_until(a->events[STREAM_PLAYED] == 1);
	wait_until(a->packets == 15);
	memset(what, 'x', sizeof(what) - 1);
	assert_int_equal(stream_play(a->stream, what, false), 0);
}

/* Packets as long as the phone wants them. */
static void packet_lengths(void **state)
{
	static const uint8_t ptimes[] = {10, 30, 40, 60};

	for (size_t i = 0; i < COUNT(ptimes); i++) {
		struct phone *a = phone_new(CODEC_PCMU);

		a->remote.ptime = ptimes[i];
		stream_update(a->stream, &a->remote);
		stream_play(a->stream, "silence:600&tone:beep", false);
		wait_until(a->events[STREAM_PLAYED] == 1);
		wait_until(a->packets >= 900u / ptimes[i]);
		assert_int_equal(a->last_length, ptimes[i] * 8);
		assert_int_equal(a->time_jumps, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(files_of_any_rate, open_rig, close_rig),
		cmocka_unit_test(bad_files),
		cmocka_unit_test(tones),
		cmocka_unit_test_setup_teardown(played, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(prompts, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(missing, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(stopped_and_replaced, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(overtaken, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(waits_for_the_party, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(packet_lengths, open_rig, close_rig),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
