/**
 * @file hours.h  Time conditions: open or closed, by weekday, time of day and date
 *
 * hours_open() is a pure function over rules and a moment. What follows stands in dest_exit.h,
 * under the exits open and closed. Functions with a struct db run on the store's writer or in
 * store_read(), the others on any thread.
 */
#ifndef CARILLON_HOURS_H
#define CARILLON_HOURS_H

#include "dest.h"
#include "id.h"
#include "zone.h"

enum { HOURS_RULES = 64, HOURS_MAX = 500, HOURS_DAY = 11, HOURS_MINUTES = 1440 };

/** The first rule that matches decides; holidays are rules before the usual ones */
struct hours_rule {
	bool open;
	uint8_t days; /* bit 0 is Monday; 0: every day                                         */
	int64_t from, to; /* minutes of the day; to before from: into the next day; same: all day */
	char first[HOURS_DAY], last[HOURS_DAY]; /* 2026-12-24, each year 12-24, or "" for always */
};

struct hours {
	int64_t tenant;
	char id[ID_SIZE], name[MODEL_NAME];
	char timezone[MODEL_WORD]; /* "": the tenant's */
	unsigned rule_count;
	struct hours_rule rules[HOURS_RULES];
	bool has_open, has_closed;
	struct dest open, closed;
	int64_t created_at, version;
};

typedef int(hours_h)(const struct hours *h, void *arg);

bool hours_open(const struct hours_rule *rules, unsigned n, const struct zone *z, int64_t at);

int hours_check(struct field_errors *fe, struct db *db, const struct hours *h);
int hours_add(struct db *db, struct hours *h);
int hours_get(struct hours *h, struct db *db, int64_t tenant, const char *id);
int hours_change(struct db *db, struct hours *h);
int hours_remove(struct db *db, int64_t tenant, const char *id);
int hours_list(struct db *db, int64_t tenant, const char *after, unsigned limit, hours_h *fn,
	       void *arg);

#endif
