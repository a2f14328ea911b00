/**
 * @file base_clock.c  Both clocks move together, by call and by file
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "clock.h"

enum { HOUR = 3600000, SLACK = 60000 }; /* real time passes too, on a busy machine a lot */

static void assert_about(int64_t value, int64_t expected)
{
	assert_true(value >= expected);
	assert_true(value < expected + SLACK);
}

static void follows_the_system(void **state)
{
	uint64_t mono = clock_mono_ms();

	assert_about(clock_wall_ms(), (int64_t)time(NULL) * 1000);
	assert_about((int64_t)clock_mono_ms(), (int64_t)mono);
	assert_about((int64_t)clock_mono_us() / 1000, (int64_t)mono);
	assert_false(clock_movable());
}

static void never_goes_back(void **state)
{
	uint64_t before = clock_mono_us();

	for (int i = 0; i < 10000; i++) {
		uint64_t now = clock_mono_us();

		assert_true(now >= before);
		before = now;
	}
}

static void advance_moves_both(void **state)
{
	uint64_t mono = clock_mono_ms(), us = clock_mono_us();
	int64_t wall = clock_wall_ms();

	clock_advance(HOUR);
	assert_about((int64_t)clock_mono_ms(), (int64_t)mono + HOUR);
	assert_about((int64_t)clock_mono_us() / 1000, (int64_t)us / 1000 + HOUR);
	assert_about(clock_wall_ms(), wall + HOUR);
}

static void no_file_is_real_time(void **state)
{
	assert_int_equal(clock_init(NULL), 0);
	assert_int_equal(clock_init(""), 0);
	assert_false(clock_movable());
}

static void bad_file_is_an_error(void **state)
{
	assert_int_equal(clock_init("/nowhere/at/all"), ENOENT);
	assert_int_equal(clock_init("/"), EISDIR);
	assert_false(clock_movable());
}

static void write_offset(const char *file, uint64_t ms)
{
	int fd = open(file, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, &ms, sizeof(ms), 0), sizeof(ms));
	close(fd);
}

static uint64_t read_offset(const char *file)
{
	uint64_t ms = 0;
	int fd = open(file, O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(read(fd, &ms, sizeof(ms)), sizeof(ms));
	close(fd);
	return ms;
}

/* Last of the tests: the map stays for the life of the process. */
static void file_moves_both(void **state)
{
	char dir[] = "/tmp/base_clock.XXXXXX", file[64];
	struct stat st;
	uint64_t mono;
	int64_t wall;

	assert_non_null(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/clock", dir);
	assert_int_equal(clock_init(file), 0);
	assert_true(clock_movable());
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_size, 8);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(read_offset(file), 0);
	mono = clock_mono_ms();
	wall = clock_wall_ms();
	write_offset(file, HOUR);
	assert_about((int64_t)clock_mono_ms(), (int64_t)mono + HOUR);
	assert_about(clock_wall_ms(), wall + HOUR);
	clock_advance(HOUR);
	assert_int_equal(read_offset(file), 2 * HOUR);
	assert_about(clock_wall_ms(), wall + 2 * HOUR);
	unlink(file);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_system),	cmocka_unit_test(never_goes_back),
		cmocka_unit_test(advance_moves_both),	cmocka_unit_test(no_file_is_real_time),
		cmocka_unit_test(bad_file_is_an_error), cmocka_unit_test(file_moves_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
