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

static void both_ways(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);
	static int16_t heard[FRAME_NARROW * 200];
	struct pipe_sound sound = {0};
	size_t n = 0;
	int fd = pair(a);

	/* the other process says 1200 Hz for as long as the party speaks 400 Hz */
	for (unsigned i = 0; i < 20; i++) {
		for (unsigned k = 0; k < MESSAGE; k++)
			sound.frame[k / FRAME_NARROW][k % FRAME_NARROW] =
				(int16_t)(8000 * sin(2 * M_PI * 1200 * (i * MESSAGE + k) / 8000));
		assert_int_equal(send(fd, &sound, sizeof(sound), 0), sizeof(sound));
	}
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
		cmocka_unit_test_setup_teardown(the_end_is_seen_by_both, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
