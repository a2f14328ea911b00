/**
 * @file clock.c  Monotonic and wall clock with an offset for tests
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include "clock.h"

static _Atomic uint64_t own_offset;
static _Atomic uint64_t *offset = &own_offset;
static bool movable;

/**
 * Maps the file through which a test moves the clock. Call once, before any thread starts.
 *
 * @param offset_file File of eight bytes, made if it is not there; NULL or "" for real time
 *
 * @return 0 or errno
 */
int clock_init(const char *offset_file)
{
	void *p;
	int fd;

	if (!offset_file || !offset_file[0])
		return 0;
	fd = open(offset_file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	p = ftruncate(fd, sizeof(uint64_t))
		    ? MAP_FAILED
		    : mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return errno;
	offset = p;
	movable = true;
	return 0;
}

/** True when a test may move the clock, so that nothing may sleep long in real time */
bool clock_movable(void)
{
	return movable;
}

static uint64_t clock_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000 +
	       atomic_load_explicit(offset, memory_order_relaxed) * 1000;
}

/** Milliseconds that only grow; for everything that waits */
uint64_t clock_mono_ms(void)
{
	return clock_us(CLOCK_MONOTONIC) / 1000;
}

/** Microseconds that only grow; for measuring */
uint64_t clock_mono_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

/** Milliseconds since 1970 UTC; for what a person reads */
int64_t clock_wall_ms(void)
{
	return (int64_t)(clock_us(CLOCK_REALTIME) / 1000);
}

/** Moves both clocks forward; for tests */
void clock_advance(uint64_t ms)
{
	atomic_fetch_add(offset, ms);
}
