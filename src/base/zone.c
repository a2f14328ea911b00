/**
 * @file zone.c  Time zones (TZif files, RFC 8536)
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "own.h"
#include "text.h"
#include "zone.h"

#define FOLDER "/usr/share/zoneinfo"

enum { HEADER = 44, FILE_MAX = 65536, MINUTE_MS = 60000, DAY_MS = 86400000 };

/** A zone's file as it was read; size 0 is UTC */
struct zone {
	size_t size;
	uint8_t file[];
};

struct counts {
	uint32_t isut, isstd, leap, time, type, chars;
};

static uint32_t u32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return be32toh(v);
}

static int64_t i64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return (int64_t)be64toh(v);
}

static bool header_read(struct counts *c, const uint8_t *p, size_t n)
{
	if (n < HEADER || memcmp(p, "TZif", 4) || p[4] < '2')
		return false;
	*c = (struct counts){u32(p + 20), u32(p + 24), u32(p + 28),
			     u32(p + 32), u32(p + 36), u32(p + 40)};
	return c->time < 4096 && c->type && c->type < 256 && c->chars < 4096 && c->leap < 256 &&
	       c->isut <= c->type && c->isstd <= c->type;
}

static size_t body_size(const struct counts *c, size_t word)
{
	return c->time * (word + 1) + c->type * 6 + c->chars + c->leap * (word + 4) + c->isstd +
	       c->isut;
}

/** Seconds east of Greenwich at a time in s, out of a file's second part (64-bit times) */
static int32_t offset_find(const uint8_t *p, const struct counts *c, int64_t at)
{
	const uint8_t *types = p + c->time * 8, *infos = types + c->time;
	uint32_t lo = 0, hi = c->time;
	uint8_t type = 0;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (i64(p + mid * 8) <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo)
		type = types[lo - 1];
	return type < c->type ? (int32_t)u32(infos + type * 6) : 0;
}

static int32_t file_offset(const uint8_t *p, size_t n, int64_t at)
{
	struct counts c;
	size_t skip;

	if (!header_read(&c, p, n))
		return 0;
	skip = HEADER + body_size(&c, 4);
	if (skip > n || !header_read(&c, p + skip, n - skip) ||
	    n - skip < HEADER + body_size(&c, 8))
		return 0;
	return offset_find(p + skip + HEADER, &c, at);
}

static bool name_valid(const char *zone)
{
	return zone && zone[0] && zone[0] != '/' && !strstr(zone, "..") &&
	       strspn(zone, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789/_+-") == strlen(zone);
}

static size_t file_read(uint8_t *file, const char *name)
{
	char path[128];
	ssize_t n;
	int fd;

	if (!name_valid(name) || !text_printf(path, sizeof(path), FOLDER "/%s", name))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, file, FILE_MAX);
	close(fd);
	return n > 0 ? (size_t)n : 0;
}

/**
 * Loads a zone; reads a file
 *
 * @param zp   Result, a mem object
 * @param name Such as America/New_York; an unknown one is UTC
 *
 * @return 0 or ENOMEM
 */
int zone_load(struct zone **zp, const char *name)
{
	AUTO uint8_t *file = mem_alloc(FILE_MAX, NULL);
	size_t n = file ? file_read(file, name) : 0;
	struct zone *z = file ? mem_zalloc(sizeof(*z) + n, NULL) : NULL;

	if (!z)
		return ENOMEM;
	z->size = n;
	memcpy(z->file, file, n);
	*zp = z;
	return 0;
}

/** How far a zone is ahead of UTC at a time, in ms */
int64_t zone_ahead_ms(const struct zone *z, int64_t at)
{
	return z->size ? (int64_t)file_offset(z->file, z->size, at / 1000) * 1000 : 0;
}

/** Midnight before a time, as the zone counts, in wall ms */
int64_t zone_day(const struct zone *z, int64_t at)
{
	int64_t local = at + zone_ahead_ms(z, at);
	int64_t start = local - local % DAY_MS;

	/* the day may have begun with another offset than it has now */
	return start - zone_ahead_ms(z, start - zone_ahead_ms(z, at));
}

/** A time as the zone's clocks show it: "09:12" */
void zone_clock(char text[ZONE_CLOCK], const struct zone *z, int64_t at)
{
	int64_t minutes = (at + zone_ahead_ms(z, at)) / MINUTE_MS % (DAY_MS / MINUTE_MS);

	(void)snprintf(text, ZONE_CLOCK, "%02u:%02u", (unsigned)(minutes / 60) % 24,
		       (unsigned)(minutes % 60));
}

/** How far a zone is ahead of UTC at a time, in ms; an unknown zone is UTC */
int64_t zone_offset_ms(const char *name, int64_t at)
{
	AUTO struct zone *z = NULL;

	return zone_load(&z, name) ? 0 : zone_ahead_ms(z, at);
}

/** Midnight before a time, as the zone counts, in wall ms; an unknown zone is UTC */
int64_t zone_day_start(const char *name, int64_t at)
{
	AUTO struct zone *z = NULL;

	return zone_load(&z, name) ? at - at % DAY_MS : zone_day(z, at);
}

/** "2026-11-26 14:05" as people in a zone read it */
void zone_stamp(char *text, size_t size, const char *name, int64_t at)
{
	time_t sec = (time_t)((at + zone_offset_ms(name, at)) / 1000);
	struct tm tm;

	(void)gmtime_r(&sec, &tm);
	(void)strftime(text, size, "%Y-%m-%d %H:%M", &tm);
}

/** "26 November 2026, 14:05" as people in a zone read it; "UTC" behind it where none is named */
void zone_text(char *text, size_t size, const char *name, int64_t at)
{
	time_t sec = (time_t)((at + zone_offset_ms(name, at)) / 1000);
	char day[48];
	struct tm tm;

	(void)gmtime_r(&sec, &tm);
	(void)strftime(day, sizeof(day), "%e %B %Y, %H:%M", &tm);
	(void)text_printf(text, size, "%s%s", day + (day[0] == ' '), name[0] ? "" : " UTC");
}
