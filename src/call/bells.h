/**
 * @file bells.h  Who can be rung while their portal is closed, and the calls that wait for them
 *
 * All bells are in memory, because a call never waits for SQL. A vigil stands for a branch of a
 * hunt that has rung those of one extension: it hears of phones that register meanwhile, and with
 * its end the browsers are told that the call is over. Core thread only.
 */
#ifndef CARILLON_BELLS_H
#define CARILLON_BELLS_H

#include "bell.h"
#include "registrar.h"
#include "snapshot.h"

struct bells;
struct call;
struct vigil;

/** A phone of the extension has registered while the call waits, perhaps not for the first time */
typedef void(vigil_came_h)(const char *contact, void *arg);

/** Who is told of a call, and what */
struct vigil_conf {
	const struct tenant_extension *ext;
	const char *name, *number; /* who calls, "" for somebody who hides it  */
	uint32_t wait_ms;	   /* a message that comes later tells nothing */
	vigil_came_h *h;
	void *arg;
};

int bells_alloc(struct bells **bsp, struct pusher *pusher);
int bells_add(struct bells *bs, const struct bell *b);
void bells_clear(struct bells *bs, int64_t tenant, const char *extension_id);
void bells_remove(struct bells *bs, const char *id);
void bells_expire(struct bells *bs, int64_t now);
bool bells_awaited(const struct bells *bs, int64_t tenant, const char *extension);
void bells_came(struct bells *bs, int64_t tenant, const char *extension, const char *contact);
unsigned bells_asleep(const struct bells *bs, const struct stack *stack, int64_t tenant,
		      const struct tenant_extension *ext);
int vigil_alloc(struct vigil **vp, struct bells *bs, struct call *call,
		const struct vigil_conf *conf);
void vigil_end(struct vigil *v, enum bell_news news);

#endif
