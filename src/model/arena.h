/**
 * @file arena.h  Memory for what is built once and released whole
 */
#ifndef CARILLON_ARENA_H
#define CARILLON_ARENA_H

#include <stddef.h>

struct arena;

int arena_alloc(struct arena **ap);
void *arena_get(struct arena *a, size_t size);
const char *arena_text(struct arena *a, const char *s);
size_t arena_bytes(const struct arena *a);

#endif
