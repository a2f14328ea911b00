/**
 * @file reach.h  "What happens if someone calls me now?"
 *
 * Walks a tenant's rules without placing a call, by the functions that a call asks:
 * extension_door(), dest_next(), hours_open(). Who answers cannot be foreseen: a step that rings
 * goes on as if nobody did. How many phones there are, and whether the trunks of a number take
 * calls, and what agents do is asked of whoever knows. Any thread.
 */
#ifndef CARILLON_REACH_H
#define CARILLON_REACH_H

#include "follow.h"
#include "next.h"

enum { REACH_STEPS = 17, REACH_TEXT = 240 }; /* the hops of a call, and the one too many */

/** What only the running system knows of an extension */
struct reach_phones {
	unsigned count;	 /* phones that are registered                     */
	unsigned asleep; /* closed browsers that are told of a call to it */
	bool talking;	 /* on another call                                */
};

typedef void(reach_phones_h)(struct reach_phones *p, const char *extension, void *arg);

/** Whether a call to an outside number to which a route leads would leave; else why not */
typedef bool(reach_outside_h)(char why[REACH_TEXT], const char *number, void *arg);

/** How many wait in a queue now */
typedef unsigned(reach_waiting_h)(const struct tenant_queue *q, void *arg);

/** Whether an agent could be rung for a caller of a queue now */
typedef bool(reach_agent_h)(const struct tenant_queue *q, const struct tenant_extension *agent,
			    void *arg);

struct reach_asks {
	reach_phones_h *phones_h;
	reach_outside_h *outside_h;
	reach_waiting_h *waiting_h;
	reach_agent_h *agent_h;
	void *arg;
};

struct reach_step {
	struct dest dest;
	char label[MODEL_NAME], text[REACH_TEXT];
	unsigned phones; /* that ring                                                       */
	uint32_t ring_ms;
	bool rings, answers; /* somebody may take the call here; the system does            */
	enum exit_id exit;   /* by which it goes on or ends                                 */
};

struct reach {
	unsigned count;
	struct reach_step steps[REACH_STEPS];
	enum cause end; /* what the caller is told at last; NORMAL: was served              */
};

/** What is wrong with the places of a follow me, one sentence each */
struct reach_warnings {
	unsigned count;
	char text[FOLLOW_DESTS][REACH_TEXT];
};

void reach_walk(struct reach *r, const struct tenant *t, const struct dest *start,
		const char *caller, const struct moment *now, const struct reach_asks *asks);

void reach_warn(struct reach_warnings *w, const struct tenant *t, const char *extension,
		const struct moment *now, const struct reach_asks *asks);

#endif
