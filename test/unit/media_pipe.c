/**
 * @file media_pipe.c  Tests a party that talks with another process
 */
#include <sys/socket.h>
#include "media_rig.h"
#include "pipe_sound.h"

enum { MESSAGE = PIPE_FRAMES * FRAME_NARROW };

static int pair(struct phone *a)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(stream_pipe(a->stream, fds[0]), 0);
	return fds[1];
}

/* The other process says 1200 Hz, a message more */
static void say(int fd, unsigned message)
{
	struct pipe_sound sound = {0};

	for (unsigned k = 0; k < MESSAGE; k++)
		sound.frame[k / FRAME_NARROW][k % FRAME_NARROW] =
			(int16_t)(8000 * sin(2 * M_PI * 1200 * (message * MESSAGE + k) / 8000));
	assert_int_equal(send(fd, &sound, sizeof(sound), 0), sizeof(sound));
}

static void both_ways(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);
	static int16_t heard[FRAME_NARROW * 200];
	struct pipe_sound sound;
	size_t n = 0;
	int fd = pair(a);

	for (unsigned i = 0; i < 20; i++)
		say(fd, i);
	rig_settle(a);
	rig_talk(50, a, 400, NULL, 0);
	assert_true(phone_hears(a, 1200) > 0.9);
	while (recv(fd, &sound, sizeof(sound), MSG_DONTWAIT) == (ssize_t)sizeof(sound)) {
		for (unsigned i = 0; i < PIPE_FRAMES && n + FRAME_NARROW <= COUNT(heard); i++) {
			if (sound.lost >> i & 1)
				continue;
			memcpy(heard + n, sound.frame[i], sizeof(sound.frame[i]));
			n += FRAME_NARROW;
		}
	}
	assert_true(n >= 20 * FRAME_NARROW);
	assert_true(tone_share(heard + n / 2, n / 4, 400) > 0.9);
	close(fd);
}

/* Frames without sound between the first and the last with sound */
static unsigned holes(const struct phone *a)
{
	unsigned found = 0, silent = 0;
	bool begun = false;

	for (size_t at = 0; at + FRAME_NARROW <= a->samples; at += FRAME_NARROW) {
		if (tone_share(a->heard + at, FRAME_NARROW, 1200) < 0.5) {
			silent += begun;
			continue;
		}
		found += silent;
		silent = 0;
		begun = true;
	}
	assert_true(begun);
	return found;
}

static void an_answer_that_comes_late_leaves_no_hole(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);
	int fd = pair(a);

	rig_settle(a);
	say(fd, 0);
	rig_talk(PIPE_FRAMES + PIPE_FRAMES - 2, a, 400, NULL, 0); /* 60 ms late */
	for (unsigned i = 1; i < 6; i++) {
		say(fd, i);
		rig_talk(PIPE_FRAMES, a, 400, NULL, 0);
	}
	assert_int_equal(holes(a), 0);
	close(fd);
}

static void the_end_is_seen_by_both(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);
	struct pipe_sound sound;
	ssize_t got;
	int fd = pair(a);

	rig_settle(a);
	assert_int_equal(stream_pipe(a->stream, -1), 0);
	rig_settle(a);
	while ((got = recv(fd, &sound, sizeof(sound), MSG_DONTWAIT)) > 0)
		;
	assert_int_equal(got, 0);
	close(fd);
	fd = pair(a);
	close(fd);
	rig_settle(a);
	rig_talk(10, a, 400, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_ways, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(an_answer_that_comes_late_leaves_no_hole, rig_setup,
						rig_teardown),
		cmocka_unit_test_setup_teardown(the_end_is_seen_by_both, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
