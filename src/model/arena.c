/**
 * @file arena.c  Blocks that are handed out from the front
 */
#include <errno.h>
#include <stdalign.h>
#include <string.h>
#include "arena.h"
#include "own.h"

enum { BLOCK = 64 * 1024 };

struct block {
	struct block *next;
	max_align_t bytes[];
};

struct arena {
	struct block *blocks;
	char *at;
	size_t left, bytes;
};

static void arena_destructor(void *arg)
{
	struct arena *a = arg;

	while (a->blocks) {
		struct block *next = a->blocks->next;

		mem_deref(a->blocks);
		a->blocks = next;
	}
}

/** Makes an empty arena, a mem object; 0 or ENOMEM */
int arena_alloc(struct arena **ap)
{
	*ap = mem_zalloc(sizeof(**ap), arena_destructor);
	return *ap ? 0 : ENOMEM;
}

static void *arena_take(struct arena *a, size_t size, size_t align)
{
	size_t pad = (align - (uintptr_t)a->at % align) % align;
	void *p;

	if (pad + size > a->left) {
		size_t room = size > BLOCK ? size : BLOCK;
		struct block *b = mem_zalloc(sizeof(*b) + room, NULL);

		if (!b)
			return NULL;
		b->next = a->blocks;
		a->blocks = b;
		a->at = (char *)b->bytes;
		a->left = room;
		a->bytes += room;
		pad = 0;
	}
	p = a->at + pad;
	a->at += pad + size;
	a->left -= pad + size;
	return p;
}

/** Zeroed memory, aligned for anything, that lives as long as the arena; NULL without memory */
void *arena_get(struct arena *a, size_t size)
{
	return arena_take(a, size, alignof(max_align_t));
}

/** A copy of a text; NULL without memory */
const char *arena_text(struct arena *a, const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = n > 1 ? arena_take(a, n, 1) : NULL;

	if (n == 1)
		return "";
	return copy ? memcpy(copy, s, n) : NULL;
}

/** Bytes taken from the system */
size_t arena_bytes(const struct arena *a)
{
	return a->bytes;
}
