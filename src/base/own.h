/**
 * @file own.h  Ownership: who frees what, and what cannot be
 *
 * An object is made by mem_zalloc(size, destructor) and released by mem_deref(); the parent owns,
 * the child points back plainly. AUTO releases a local when it goes out of scope, TAKE hands it on.
 * mem_ref() counts are not atomic: an object lives in one thread, or is handed over whole. What
 * several threads read at once is made by shared_alloc() and is immutable from then on.
 * Any floor may call this, on any thread.
 */
#ifndef CARILLON_OWN_H
#define CARILLON_OWN_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <re.h>

/** Releases the mem object that a local points to at the end of its scope */
#define AUTO __attribute__((cleanup(own_deref)))

/** Gives the pointer away and clears it, so that AUTO does not release it */
#define TAKE(p) ((__typeof__(p))own_take((void **)&(p)))

/** For what cannot be; on in production, never on anything that came from the network */
#define CHECK(expr) ((expr) ? (void)0 : own_check_failed(#expr, __FILE__, __LINE__))

/** The object of type `type` whose member `member` is at `ptr` */
#define OWNER(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/** Number of elements of an array */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

void own_deref(void *pp);
void *own_take(void **pp);
_Noreturn void own_check_failed(const char *expr, const char *file, int line);

void *shared_alloc(size_t size, mem_destroy_h *destructor);
void *shared_ref(const void *obj);
void *shared_unref(const void *obj);

#endif
