/**
 * @file follow.h  Follow me: whom the calls of an extension ring, each after its delay
 *
 * Whether it is on stands in extension_settings.h. All delays count from the arrival of the call.
 * Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_FOLLOW_H
#define CARILLON_FOLLOW_H

#include <stdint.h>
#include "db.h"
#include "field.h"
#include "id.h"
#include "phone.h"

enum {
	FOLLOW_DESTS = 10,
	FOLLOW_PREFIX = 32,
	FOLLOW_DELAY_MAX = 300000,
	FOLLOW_RING_MIN = 3000,
	FOLLOW_RING_MAX = 300000,
	FOLLOW_RING_DEFAULT = 30000,
};

struct follow_dest {
	char number[PHONE_SIZE]; /* "": the extension's own phones                       */
	int64_t delay_ms, ring_ms;
	bool confirm; /* whoever answers must press 1                                    */
};

struct follow {
	int64_t tenant;
	char extension_id[ID_SIZE];
	bool ignore_busy; /* a busy destination does not end it for the others           */
	char prefix[FOLLOW_PREFIX]; /* before the caller's name                          */
	unsigned count;
	struct follow_dest dests[FOLLOW_DESTS];
};

typedef int(follow_h)(const struct follow *f, void *arg);

int follow_get(struct follow *f, struct db *db, int64_t tenant, const char *extension_id);
int follow_check(struct field_errors *fe, struct db *db, struct follow *f);
int follow_change(struct db *db, const struct follow *f);
int follow_list(struct db *db, int64_t tenant, follow_h *h, void *arg);

#endif
