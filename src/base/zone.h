/**
 * @file zone.h  Time zones: how people somewhere read the clock
 *
 * zone_load() reads a file and so belongs off the core thread; what it made is immutable. The
 * functions that take a name load the zone each time. Any thread.
 */
#ifndef CARILLON_ZONE_H
#define CARILLON_ZONE_H

#include <stddef.h>
#include <stdint.h>

enum { ZONE_CLOCK = 8 }; /* "23:59" */

struct zone;

int zone_load(struct zone **zp, const char *name);
int64_t zone_ahead_ms(const struct zone *z, int64_t at);
int64_t zone_day(const struct zone *z, int64_t at);
void zone_clock(char text[ZONE_CLOCK], const struct zone *z, int64_t at);

void zone_stamp(char *text, size_t size, const char *name, int64_t at);
void zone_text(char *text, size_t size, const char *name, int64_t at);
int64_t zone_offset_ms(const char *name, int64_t at);
int64_t zone_day_start(const char *name, int64_t at);

#endif
