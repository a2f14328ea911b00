/**
 * @file media_record.c  Tests recordings: what is in the file, and everything that ends one
 */
#include "media_rig.h"

static char folder[64], path[128];

static int open_rig(void **state)
{
	strcpy(folder, "/tmp/media_record_XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/r.wav", folder);
	rig_open(0);
	return 0;
}

static int close_rig(void **state)
{
	rig_close();
	unlink(path);
	rmdir(folder);
	return 0;
}

static int16_t pcm[2 * HEARD_MAX];
static struct wav_header header;

static size_t file_load(void)
{
	static uint8_t bytes[4 * HEARD_MAX + 44];
	FILE *f = fopen(path, "rb");
	size_t n;

	assert_non_null(f);
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	assert_int_equal(wav_parse(&header, bytes, n), 0);
	assert_int_equal(header.offset + header.size, n);
	assert_int_equal(header.rate, 8000);
	memcpy(pcm, bytes + header.offset, header.size);
	return header.size / 2 / header.parts;
}

/* On a busy machine a packet may come late: one clean stretch of 300 ms is enough */
static bool tone_heard(const int16_t *v, size_t n, double hz)
{
	for (size_t i = 0; i + 2400 <= n; i += 160) {
		if (tone_share(v + i, 2400, hz) > 0.9)
			return true;
	}
	return false;
}

static void stopped(enum codec_id codec)
{
	struct phone *a = phone_up(codec);
	uint32_t id = stream_record(a->stream, path, 60000, 0, "");
	size_t n;

	assert_int_not_equal(id, 0);
	rig_settle(a);
	rig_talk(50, a, 400, NULL, 0);
	stream_stop_record(a->stream);
	wait_until(a->events[STREAM_RECORDED] == 1);
	assert_int_equal(a->last[STREAM_RECORDED].play, id);
	assert_int_equal(a->last[STREAM_RECORDED].end, RECORD_STOPPED);
	assert_in_range(a->last[STREAM_RECORDED].duration_ms, 900, 1200);
	n = file_load();
	assert_int_equal(header.parts, 1);
	assert_int_equal(n, a->last[STREAM_RECORDED].duration_ms * 8);
	assert_true(tone_heard(pcm, 6400, 400));
	rig_close();
	rig_open(0);
}

static void what_was_said(void **state)
{
	stopped(CODEC_PCMU);
	stopped(CODEC_OPUS);
	stopped(CODEC_G722);
}

static void ended_by_key(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);
	uint8_t star[4] = {10, 0x80, 0, 160}, pound[4] = {11, 0x80, 0, 160};

	stream_record(a->stream, path, 60000, 0, "#");
	rig_settle(a);
	rig_talk(10, a, 400, NULL, 0);
	phone_packet(a, 101, true, star, 4);
	a->ts += 160;
	rig_talk(5, a, 400, NULL, 0);
	assert_int_equal(a->events[STREAM_RECORDED], 0);
	phone_packet(a, 101, true, pound, 4);
	wait_until(a->events[STREAM_RECORDED] == 1);
	assert_int_equal(a->last[STREAM_RECORDED].end, RECORD_KEY);
	assert_string_equal(a->keys, "*#");
}

static void ended_by_limit(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);

	stream_record(a->stream, path, 400, 0, "");
	rig_settle(a);
	rig_talk(30, a, 400, NULL, 0);
	wait_until(a->events[STREAM_RECORDED] == 1);
	assert_int_equal(a->last[STREAM_RECORDED].end, RECORD_LIMIT);
	assert_int_equal(a->last[STREAM_RECORDED].duration_ms, 400);
	assert_int_equal(file_load(), 3200);
}

static void ended_by_silence(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);

	stream_record(a->stream, path, 60000, 500, "");
	rig_settle(a);
	rig_talk(20, a, 400, NULL, 0);
	rig_talk(15, a, 0, NULL, 0);
	rig_talk(20, a, 400, NULL, 0);
	assert_int_equal(a->events[STREAM_RECORDED], 0);
	rig_talk(15, a, 0, NULL, 0); /* then not even packets */
	wait_until(a->events[STREAM_RECORDED] == 1);
	assert_int_equal(a->last[STREAM_RECORDED].end, RECORD_SILENCE);
}

/* Left what the party said, right what it heard: passed through, transcoded, played. */
static void both_sides(enum codec_id other)
{
	struct phone *a = phone_up(CODEC_PCMU), *b = phone_up(other);
	static int16_t left[HEARD_MAX], right[HEARD_MAX];
	size_t n;

	stream_bridge(a->stream, b->stream);
	stream_record_both(a->stream, path);
	rig_settle(a);
	rig_talk(50, a, 400, b, 1000);
	assert_int_equal(a->packets, 50);
	assert_int_equal(b->packets, 50);
	stream_play(a->stream, "tone:beep", true);
	rig_talk(40, a, 400, b, 600);
	stream_stop_record(a->stream);
	wait_until(a->events[STREAM_RECORDED] == 1);
	n = file_load();
	assert_int_equal(header.parts, 2);
	for (size_t i = 0; i < n; i++) {
		left[i] = pcm[2 * i];
		right[i] = pcm[2 * i + 1];
	}
	assert_true(tone_heard(left, 6400, 400));
	assert_true(tone_heard(right, 6400, 1000));
	assert_true(tone_share(right + 9600, n - 9600, 1000) > 0.5); /* in bursts */
	assert_true(tone_share(right + 9600, n - 9600, 600) < 0.1);
	rig_close();
	rig_open(0);
}

static void with_what_it_hears(void **state)
{
	both_sides(CODEC_PCMU);
	both_sides(CODEC_OPUS);
}

/* Passed through from browser to browser, and decoded by nobody but the recording; then somebody
 * listens, so that the worker decodes; then the recording does again. */
static void between_browsers(void **state)
{
	struct phone *a = phone_up(CODEC_OPUS), *b = phone_up(CODEC_OPUS);
	static int16_t left[HEARD_MAX], right[HEARD_MAX];
	size_t n;

	stream_bridge(a->stream, b->stream);
	stream_record_both(a->stream, path);
	rig_settle(a);
	rig_talk(50, a, 400, b, 1000);
	stream_listen_voice(a->stream, true);
	rig_settle(a);
	rig_talk(50, a, 600, b, 1000);
	stream_listen_voice(a->stream, false);
	stream_pause_record(a->stream, true);
	rig_settle(a);
	rig_talk(40, a, 1500, b, 1500);
	stream_pause_record(a->stream, false);
	rig_settle(a);
	rig_talk(50, a, 800, b, 1200);
	stream_stop_record(a->stream);
	wait_until(a->events[STREAM_RECORDED] == 1);
	n = file_load();
	assert_int_equal(header.parts, 2);
	assert_in_range(n, 2400 * 8, 3600 * 8);
	for (size_t i = 0; i < n; i++) {
		left[i] = pcm[2 * i];
		right[i] = pcm[2 * i + 1];
	}
	assert_true(tone_heard(left, n, 400));
	assert_true(tone_heard(left, n, 600));
	assert_true(tone_heard(left, n, 800));
	assert_true(tone_heard(right, n, 1000));
	assert_true(tone_heard(right, n, 1200));
	assert_true(tone_share(left, n, 1500) < 0.1);
	assert_true(tone_share(right, n, 1500) < 0.1);
}

static void no_such_folder(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);

	stream_record(a->stream, "/dev/null/r.wav", 60000, 0, "");
	rig_settle(a);
	rig_talk(40, a, 400, NULL, 0);
	wait_until(a->events[STREAM_RECORDED] == 1);
	assert_int_equal(a->last[STREAM_RECORDED].end, RECORD_ERROR);
	assert_int_equal(a->last[STREAM_RECORDED].err, ENOTDIR);
}

/* Whoever hangs up while leaving a message has left a message. */
static void hung_up(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);

	taped_count = 0;
	stream_record(a->stream, path, 60000, 0, "");
	rig_settle(a);
	rig_talk(40, a, 400, NULL, 0);
	a->stream = mem_deref(a->stream);
	wait_until(taped_count == 1);
	assert_int_equal(taped_last.end, RECORD_STOPPED);
	assert_int_equal(file_load(), taped_last.duration_ms * 8);
	assert_in_range(taped_last.duration_ms, 700, 1000);
}

static void paused(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);
	size_t n;

	stream_record(a->stream, path, 60000, 0, "");
	rig_settle(a);
	rig_talk(50, a, 400, NULL, 0);
	stream_pause_record(a->stream, true);
	rig_settle(a);
	rig_talk(50, a, 1000, NULL, 0);
	stream_pause_record(a->stream, false);
	rig_talk(50, a, 400, NULL, 0);
	stream_stop_record(a->stream);
	wait_until(a->events[STREAM_RECORDED] == 1);
	n = file_load();
	assert_in_range(n, 14000, 20000);
	assert_true(tone_share(pcm, n, 400) > 0.8);
	assert_true(tone_share(pcm, n, 1000) < 0.1);
}

/* The process is killed: the file lies there under its other name, without its size. */
static void cut_and_repaired(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);
	char part[160], other[160], command[400];
	struct stat st;
	uint32_t ms = 0;

	snprintf(part, sizeof(part), "%s.part", path);
	snprintf(other, sizeof(other), "%s/other.wav", folder);
	stream_record(a->stream, path, 60000, 0, "");
	rig_settle(a);
	rig_talk(90, a, 400, NULL, 0);
	wait_until(!stat(part, &st) && st.st_size >= 16044);
	snprintf(command, sizeof(command), "cp %s %s.part", part, other);
	assert_int_equal(system(command), 0);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(tape_repair(&ms, other), 0);
	assert_in_range(ms, 1000, 2000);
	assert_int_equal(rename(other, path), 0);
	assert_int_equal(file_load(), ms * 8);
	ms = 0;
	assert_int_equal(tape_repair(&ms, path), 0);
	assert_in_range(ms, 1000, 2000);
	assert_int_equal(tape_repair(&ms, other), ENOENT);
}

static void no_recording(void **state)
{
	char part[160];
	uint32_t ms;
	FILE *f;

	snprintf(part, sizeof(part), "%s.part", path);
	f = fopen(part, "wb");
	fputs("RIFF", f);
	fclose(f);
	assert_int_equal(tape_repair(&ms, path), EBADMSG);
	assert_int_not_equal(access(part, F_OK), 0);
	assert_int_equal(tape_repair(&ms, path), ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_said, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(ended_by_key, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(ended_by_limit, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(ended_by_silence, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(with_what_it_hears, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(between_browsers, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(no_such_folder, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(hung_up, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(paused, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(cut_and_repaired, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(no_recording, open_rig, close_rig),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
