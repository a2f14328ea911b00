/**
 * @file circle.h  Forwards that lead in a circle: told where they are set, before a call ends by it
 *
 * Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_CIRCLE_H
#define CARILLON_CIRCLE_H

#include "extension_settings.h"

enum { CIRCLE_MAX = 16 }; /* hops of a call */

/** The extensions of a circle in its order, the first one again at its end; count 0: none */
struct circle {
	unsigned count;
	char numbers[CIRCLE_MAX + 1][PHONE_SIZE];
};

int circle_find(struct circle *c, struct db *db, const struct extension_settings *s,
		const char *number, enum forward_kind kind, int64_t now);

#endif
