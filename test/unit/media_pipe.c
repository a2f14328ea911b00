/**
 * @file media_pipe.c  Tests a party that talks with another process
 */
#include <sys/socket.h>
#include "media_rig.h"

static int open_rig(void **state)
{
	rig_open(0);
	return 0;
}

static int close_rig(void **state)
{
	rig_close();
	return 0;
}

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
	int16_t frame[FRAME_NARROW];
	size_t n = 0;
	ssize_t got;
	int fd = pair(a);

	/* the other process says 1200 Hz for as long as the party speaks 400 Hz */
	for (unsigned i = 0; i < 60; i++) {
		for (unsigned k = 0; k < FRAME_NARROW; k++)
			frame[k] = (int16_t)(8000 *
					     sin(2 * M_PI * 1200 * (i * FRAME_NARROW + k) / 8000));
		assert_int_equal(send(fd, frame, sizeof(frame), 0), sizeof(frame));
	}
	rig_settle(a);
	rig_talk(50, a, 400, NULL, 0);
	assert_true(phone_hears(a, 1200) > 0.9);
	while ((got = recv(fd, frame, sizeof(frame), MSG_DONTWAIT)) > 0) {
		assert_true(got == 1 || got == (ssize_t)sizeof(frame));
		if (got == 1 || n + FRAME_NARROW > COUNT(heard))
			continue;
		memcpy(heard + n, frame, sizeof(frame));
		n += FRAME_NARROW;
	}
	assert_true(n >= 20 * FRAME_NARROW);
	assert_true(tone_share(heard + n / 2, n / 4, 400) > 0.9);
	close(fd);
}

static void the_end_is_seen_by_both(void **state)
{
	struct phone *a = phone_up(CODEC_PCMU);
	int16_t frame[FRAME_NARROW];
	ssize_t got;
	int fd = pair(a);

	rig_settle(a);
	assert_int_equal(stream_pipe(a->stream, -1), 0);
	rig_settle(a);
	while ((got = recv(fd, frame, sizeof(frame), MSG_DONTWAIT)) > 0)
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
		cmocka_unit_test_setup_teardown(both_ways, open_rig, close_rig),
		cmocka_unit_test_setup_teardown(the_end_is_seen_by_both, open_rig, close_rig),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
