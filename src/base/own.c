/**
 * @file own.c  Ownership: automatic release, shared immutable objects, assertions
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include "own.h"

struct shared {
	_Atomic uint32_t refs;
	mem_destroy_h *destructor;
	max_align_t obj[];
};

/** Cleanup handler of AUTO: derefs *pp */
void own_deref(void *pp)
{
	mem_deref(*(void **)pp);
}

/** Returns *pp and clears it */
void *own_take(void **pp)
{
	void *p = *pp;

	*pp = NULL;
	return p;
}

/** Says which impossible thing happened and aborts */
_Noreturn void own_check_failed(const char *expr, const char *file, int line)
{
	fprintf(stderr, "%s:%d: impossible: !(%s)\n", file, line, expr);
	abort();
}

/**
 * Makes a zeroed object that several threads may hold; it must not change once shared.
 *
 * @param size       Bytes
 * @param destructor Called by the last shared_unref(), on that caller's thread; may be NULL
 *
 * @return The object with one reference, NULL without memory
 */
void *shared_alloc(size_t size, mem_destroy_h *destructor)
{
	struct shared *s = calloc(1, sizeof(*s) + size);

	if (!s)
		return NULL;
	atomic_init(&s->refs, 1);
	s->destructor = destructor;
	return s->obj;
}

/** Takes a reference on a shared object (NULL is allowed); returns the object */
void *shared_ref(const void *obj)
{
	struct shared *s;

	if (!obj)
		return NULL;
	s = OWNER(obj, struct shared, obj);
	atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
	return s->obj;
}

/** Drops a reference on a shared object (NULL is allowed); returns NULL */
void *shared_unref(const void *obj)
{
	struct shared *s;

	if (!obj)
		return NULL;
	s = OWNER(obj, struct shared, obj);
	if (atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
		return NULL;
	if (s->destructor)
		s->destructor(s->obj);
	free(s);
	return NULL;
}
