/**
 * @file log.c  Structured log on standard error
 */
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "clock.h"
#include "log.h"

static const char *const names[] = {"debug", "info", "warn", "error"};
static _Atomic int threshold = LOG_INFO;
static _Atomic uint64_t counts[4];

/** Lines below this level are dropped */
void log_set_level(enum log_level level)
{
	threshold = level;
}

/** Reads "debug", "info", "warn" or "error"; EINVAL for anything else */
int log_level_parse(enum log_level *level, const char *name)
{
	for (int i = LOG_DEBUG; i <= LOG_ERROR; i++) {
		if (strcmp(names[i], name))
			continue;
		*level = (enum log_level)i;
		return 0;
	}
	return EINVAL;
}

/** How many lines of a level were written since the start; for the metrics */
uint64_t log_count(enum log_level level)
{
	return counts[level];
}

static size_t log_time(char *buf, size_t size)
{
	int64_t now = clock_wall_ms();
	time_t sec = (time_t)(now / 1000);
	struct tm tm;
	size_t n;

	gmtime_r(&sec, &tm);
	n = strftime(buf, size, "%Y-%m-%dT%H:%M:%S", &tm);
	return n + (size_t)snprintf(buf + n, size - n, ".%03dZ", (int)(now % 1000));
}

/**
 * Writes one event
 *
 * @param level How bad it is
 * @param event Noun and what happened to it, such as "call.answered"
 * @param fmt   "key=%s key=%d" pairs, "" for none
 */
void log_event(enum log_level level, const char *event, const char *fmt, ...)
{
	char line[1200];
	size_t n;
	int k;
	va_list ap;

	if ((int)level < threshold)
		return;
	++counts[level];
	n = log_time(line, sizeof(line));
	n += (size_t)snprintf(line + n, sizeof(line) - n, " %-5s %s ", names[level], event);
	va_start(ap, fmt);
	k = vsnprintf(line + n, sizeof(line) - n - 1, fmt, ap);
	va_end(ap);
	n += k < 0 ? 0 : (size_t)k;
	if (n > sizeof(line) - 2)
		n = sizeof(line) - 2;
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)line[i] < ' ' || line[i] == 127)
			line[i] = '?';
	}
	line[n++] = '\n';
	(void)!write(STDERR_FILENO, line, n);
}
