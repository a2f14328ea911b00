/* What queue_line.c and queue_agent.c share: lines, places and agents */
#ifndef CARILLON_QUEUE_PRIVATE_H
#define CARILLON_QUEUE_PRIVATE_H

#include "queue_line.h"

struct queue_lines {
	struct exchange *x;
	struct list lines;    /* struct line */
	struct hash *agents;  /* struct agent, by tenant and extension */
	struct hash *talking; /* struct agent, by the id of the call it took: talk_le */
	struct tmr wake;
};

/** An agent, over all its queues */
struct agent {
	struct le le, talk_le;
	struct queue_lines *ls;
	int64_t tenant;
	char id[ID_SIZE]; /* of its extension */
	const struct queue_place *offered;
	char call[ID_SIZE], number[PHONE_SIZE], queue_id[ID_SIZE]; /* the call it took       */
	uint32_t wrapup_ms;
	int64_t free_at;      /* wall ms: when its last call of a queue ended, 0: none yet */
	uint64_t wrapup_ends; /* monotonic                                                 */
	struct tmr wrapup;
};

/** How many calls of one queue an agent took on one day */
struct tally {
	struct le le;
	char id[ID_SIZE];
	int64_t day;
	unsigned taken;
};

/** A queue that was used */
struct line {
	struct le le;
	struct queue_lines *ls;
	int64_t tenant;
	char queue_id[ID_SIZE];
	struct list places, tallies;
	char last[ID_SIZE]; /* the agent that was rung last, for "in turn" */
	bool news;
};

/* What a caller knows of an agent of the queue */
struct seen {
	char id[ID_SIZE];
	enum agent_state told;
	bool tried; /* was rung in vain in this round */
};

struct queue_place {
	struct le le;
	struct line *line;
	struct call *call;
	const struct queue_handlers *h;
	void *arg;
	int64_t since;
	struct tmr again;
	struct seen seen[QUEUE_AGENTS];
	unsigned seen_count;
	enum exit_id ends; /* EXIT_MAX: it goes on waiting */
};

/** The agents of a queue at one moment, in the order of the snapshot */
struct crew {
	unsigned count, present;
	enum agent_state state[QUEUE_AGENTS];
	struct agent *agents[QUEUE_AGENTS];
};

struct agent *agent_get(struct queue_lines *ls, int64_t tenant, const char *extension_id);
void agents_release(struct queue_lines *ls, const struct queue_place *p);
unsigned agents_offered(const struct crew *r, const struct queue_place *p);
void agent_takes(struct agent *a, const struct tenant_queue *q, struct call *c, const char *number);
void crew_look(struct crew *r, struct queue_lines *ls, const struct tenant *t,
	       const struct tenant_queue *q);
int crew_choose(const struct crew *r, const struct tenant_queue *q, struct line *l,
		const struct tenant *t, const bool *open);

unsigned line_tally(const struct line *l, const struct tenant *t, const char *id);
void line_took(struct line *l, const struct tenant *t, const char *id);
struct line *line_find(const struct queue_lines *ls, int64_t tenant, const char *queue_id);
void line_changed(struct line *l);

#endif
