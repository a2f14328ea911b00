/**
 * @file queue_line.h  Queues at run time: who waits, and what their agents do
 *
 * Callers wait in the order in which they came. Whenever an agent may have become free, each caller
 * in turn is given whom the queue's strategy finds. An agent is offered one caller at a time over
 * all its queues, and left alone for the queue's wrap-up after each. Agents, levels and times are
 * those of the tenant's newest snapshot, so that a caller who waits for half an hour sees who logs
 * in. Lives in memory alone. Core thread only.
 */
#ifndef CARILLON_QUEUE_LINE_H
#define CARILLON_QUEUE_LINE_H

#include "call.h"
#include "snapshot.h"

struct queue_lines;
struct queue_place;

/** What an agent does; only who is free is rung */
enum agent_state {
	AGENT_FREE,
	AGENT_OUT,     /* not logged in                         */
	AGENT_PAUSED,  /* logged in, and not to be rung for now */
	AGENT_WRAPUP,  /* has just ended a call of a queue      */
	AGENT_OFFERED, /* is rung for a caller of a queue       */
	AGENT_BUSY,    /* on any call                           */
	AGENT_DND,
	AGENT_OFFLINE, /* no phone is connected, and no closed browser can be told */
};

/** What a caller's step does */
struct queue_handlers {
	/** Rings an agent for the caller; else says why it is not rung for this one */
	bool (*offer_h)(struct queue_place *p, const struct tenant_queue *q,
			const struct tenant_extension *agent, void *arg);
	/** An agent is not rung, as it is in this state; told again only when that changes */
	void (*passed_h)(struct queue_place *p, const struct tenant_extension *agent,
			 enum agent_state state, void *arg);
	/** Nobody is logged in any more, or the queue is gone; the place is released in it */
	void (*end_h)(struct queue_place *p, enum exit_id exit, void *arg);
};

/** An agent as the portal shows it */
struct queue_agent_live {
	enum agent_state state;
	int64_t since;	/* wall ms: logged in or paused, or free since; 0: not known */
	int64_t until;	/* AGENT_WRAPUP: its end                                     */
	unsigned taken; /* calls of this queue today                                 */
};

/** A caller as the portal shows it */
typedef void(queue_waits_h)(struct call *c, int64_t since, void *arg);

int queue_lines_alloc(struct queue_lines **lp, struct exchange *x);
void queue_lines_wake(struct queue_lines *ls, int64_t tenant);
void queue_lines_call(struct queue_lines *ls, struct call *c);
void queue_agent_ready(struct queue_lines *ls, int64_t tenant, const char *extension_id);
void queue_lines_published(struct queue_lines *ls, int64_t tenant);

unsigned queue_line_waiting(const struct queue_lines *ls, int64_t tenant, const char *queue_id);
void queue_line_each(const struct queue_lines *ls, int64_t tenant, const char *queue_id,
		     queue_waits_h *h, void *arg);
void queue_agent_look(struct queue_agent_live *live, struct queue_lines *ls, const struct tenant *t,
		      const struct tenant_queue *q, const struct tenant_extension *agent);
const char *agent_state_name(enum agent_state state);

int queue_place_alloc(struct queue_place **pp, struct queue_lines *ls, struct call *c,
		      const struct tenant_queue *q, const struct queue_handlers *h, void *arg);
unsigned queue_place_number(const struct queue_place *p);
void queue_place_refused(struct queue_place *p, const char *extension_id);
void queue_place_taken(struct queue_place *p, const struct tenant_queue *q,
		       const struct tenant_extension *agent);

#endif
