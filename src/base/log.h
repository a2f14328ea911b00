/**
 * @file log.h  One event a line
 *
 * A line is: time, level, event, then key=value pairs: `call.answered call=... tenant=3 ms=9012`.
 * Values are printed through the printf format; control characters become '?', so that nothing from
 * the network can forge a line. Passwords, nonces, keys and message bodies are never logged.
 * Any floor may call this, on any thread except media workers in the packet path.
 */
#ifndef CARILLON_LOG_H
#define CARILLON_LOG_H

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_set_level(enum log_level level);
int log_level_parse(enum log_level *level, const char *name);
void log_event(enum log_level level, const char *event, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
uint64_t log_count(enum log_level level);

#define log_debug(event, ...) log_event(LOG_DEBUG, event, __VA_ARGS__)
#define log_info(event, ...) log_event(LOG_INFO, event, __VA_ARGS__)
#define log_warn(event, ...) log_event(LOG_WARN, event, __VA_ARGS__)
#define log_error(event, ...) log_event(LOG_ERROR, event, __VA_ARGS__)

#endif
