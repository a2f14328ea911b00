/**
 * @file actor.h  A thread with one inbox
 *
 * A message is a function and one object. actor_post() hands the object over: the receiving thread
 * calls the function with it and then derefs it. Messages carry values, ids or shared immutable
 * objects, never a pointer to what another thread owns; a reply names an id, and if the id is gone
 * it is dropped. The inbox's lock is the only lock. actor_post(), actor_post_soon() and actor_ask()
 * may be called on any thread, the rest on the thread that owns the actor.
 */
#ifndef CARILLON_ACTOR_H
#define CARILLON_ACTOR_H

#include <stdint.h>
#include "own.h"

struct actor;

/** Handles one message; `obj` is released afterwards */
typedef void(actor_h)(void *obj);

int actor_alloc(struct actor **ap, const char *name, size_t max);
int actor_start(struct actor *a);
int actor_attach(struct actor *a);
int actor_fd(const struct actor *a);
void actor_run(struct actor *a);
void actor_stop(struct actor *a);

int actor_post(struct actor *a, actor_h *h, void *obj);
int actor_post_soon(struct actor *a, actor_h *h, void *obj);
int actor_ask(struct actor *a, actor_h *h, void **objp, uint32_t timeout_ms);
size_t actor_depth(struct actor *a);

#endif
