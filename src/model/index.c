/**
 * @file index.c  Open addressing over element numbers
 */
#include <errno.h>
#include <string.h>
#include "index.h"
#include "own.h"

struct index {
	const char *first_key; /* the member of element 0; the others follow by stride */
	size_t stride;
	uint32_t mask;
	uint32_t slots[]; /* number of the element plus one, 0 for a free slot */
};

static const char *index_key(const struct index *i, uint32_t element)
{
	return *(const char *const *)(const void *)(i->first_key + element * i->stride);
}

static uint32_t index_slot(const struct index *i, const char *key, size_t n)
{
	uint32_t slot = hash_joaat((const uint8_t *)key, n) & i->mask;

	while (i->slots[slot]) {
		const char *other = index_key(i, i->slots[slot] - 1);

		if (!strncmp(other, key, n) && !other[n])
			break;
		slot = (slot + 1) & i->mask;
	}
	return slot;
}

/**
 * Indexes an array; of elements with the same text the first is found
 *
 * @param ip        Result, in the arena
 * @param a         Arena
 * @param first_key Address of the text's member in the first element
 * @param stride    Size of an element
 * @param count     Elements
 *
 * @return 0 or ENOMEM
 */
int index_alloc(struct index **ip, struct arena *a, const void *first_key, size_t stride,
		uint32_t count)
{
	uint32_t size = 4;
	struct index *i;

	while (size < count * 2)
		size *= 2;
	i = arena_get(a, sizeof(*i) + size * sizeof(i->slots[0]));
	if (!i)
		return ENOMEM;
	i->first_key = first_key;
	i->stride = stride;
	i->mask = size - 1;
	for (uint32_t e = 0; e < count; e++) {
		uint32_t slot = index_slot(i, index_key(i, e), strlen(index_key(i, e)));

		if (!i->slots[slot])
			i->slots[slot] = e + 1;
	}
	*ip = i;
	return 0;
}

/** Number of the element with this text of n bytes, -1 for none */
int64_t index_find(const struct index *i, const char *key, size_t n)
{
	return (int64_t)i->slots[index_slot(i, key, n)] - 1;
}
