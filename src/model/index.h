/**
 * @file index.h  Finding an element of an immutable array by one of its texts
 *
 * Open addressing over element numbers, in an arena; a few bytes per element.
 */
#ifndef CARILLON_INDEX_H
#define CARILLON_INDEX_H

#include <stddef.h>
#include <stdint.h>
#include "arena.h"

struct index;

int index_alloc(struct index **ip, struct arena *a, const void *first_key, size_t stride,
		uint32_t count);
int64_t index_find(const struct index *i, const char *key, size_t n);

#endif
