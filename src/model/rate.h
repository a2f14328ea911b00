/**
 * @file rate.h  Rates: what numbers that begin alike cost, one row of a rate plan
 *
 * The longest prefix wins. rates.h has the immutable form that calls and faxes ask. Functions with
 * a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_RATE_H
#define CARILLON_RATE_H

#include "rate_plan.h"

enum {
	RATE_PREFIX = 16,	 /* at most 15 digits (E.164), and the end */
	RATES_MAX = 20000,	 /* of a plan                              */
	RATE_SECONDS_MAX = 3600, /* minimum, increment                     */
};

#define RATE_MONEY_MAX INT64_C(1000000000000) /* a million units, so that no sum wraps */

struct rate {
	int64_t tenant; /* 0 */
	char id[ID_SIZE], plan_id[ID_SIZE];
	char prefix[RATE_PREFIX]; /* digits, without "+" */
	char description[MODEL_NAME];
	money_t per_minute, connect, per_page;
	int64_t minimum_s, increment_s;
	int64_t created_at, version;
};

/** What became of a rate of a file that is brought in */
enum rate_brought { RATE_ADDED, RATE_CHANGED, RATE_KNOWN };

typedef int(rate_h)(const struct rate *r, void *arg);

bool rate_prefix_read(char prefix[RATE_PREFIX], const char *text);
void rate_fields_check(struct field_errors *fe, const struct rate *r);
int rate_check(struct field_errors *fe, struct db *db, const struct rate *r);
int rate_add(struct db *db, struct rate *r);
int rate_get(struct rate *r, struct db *db, int64_t tenant, const char *id);
int rate_change(struct db *db, struct rate *r);
int rate_remove(struct db *db, int64_t tenant, const char *id);
int rate_remove_all(struct db *db, int64_t tenant, const char *plan_id);
int rate_bring(enum rate_brought *what, struct db *db, struct rate *r);
int rate_list(struct db *db, int64_t tenant, const char *plan_id, const char *q, const char *after,
	      unsigned limit, rate_h *h, void *arg);

#endif
