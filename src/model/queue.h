/**
 * @file queue.h  Queues: a number where callers wait until one of its agents is free
 *
 * Who waits and what agents do is live and stands in call/queue_line.h; whether an agent is logged
 * in or paused is a setting of its extension (extension_settings.h). What follows a call that
 * waited in vain stands in dest_exit.h. Functions with a struct db run on the store's writer or in
 * store_read().
 */
#ifndef CARILLON_QUEUE_H
#define CARILLON_QUEUE_H

#include "dest.h"
#include "exit.h"
#include "id.h"
#include "phone.h"

enum {
	QUEUE_AGENTS = 64,
	QUEUES = 200, /* of one tenant */
	QUEUE_PREFIX = 32,
	QUEUE_LEVELS = 9,
	QUEUE_RING_MS_MIN = 5000,
	QUEUE_RING_MS_MAX = 120000,
	QUEUE_RING_MS_DEFAULT = 20000,
	QUEUE_WRAPUP_MS_MAX = 3600000,
	QUEUE_ANNOUNCE_MS_MIN = 10000, /* between two announcements begin to begin */
	QUEUE_ANNOUNCE_MS_MAX = 600000,
	QUEUE_ANNOUNCE_MS_DEFAULT = 45000,
	QUEUE_WAIT_MS_MAX = 7200000,
	QUEUE_CALLERS_MAX = 200,
	QUEUE_CALLERS_DEFAULT = 50,
};

enum queue_strategy {
#define X(strategy, label) QUEUE_##strategy,
#include "tbl/queue_strategies.h"
#undef X
	QUEUE_STRATEGIES
};

/** Why a caller leaves without having been served, each with what follows */
enum queue_end { QUEUE_TIMEOUT, QUEUE_FULL, QUEUE_EMPTY, QUEUE_ENDS };

struct queue_agent {
	char number[PHONE_SIZE]; /* an extension                                   */
	int64_t level;		 /* from 1: those of a lower one are rung before   */
};

struct queue_next {
	bool has;
	struct dest dest;
};

struct queue {
	int64_t tenant;
	char id[ID_SIZE], number[PHONE_SIZE], name[MODEL_NAME];
	enum queue_strategy strategy;
	char music_id[ID_SIZE];	   /* what callers hear; "": what the tenant chose */
	char prefix[QUEUE_PREFIX]; /* before the caller's name                     */
	int64_t ring_ms;	   /* how long an agent is rung                    */
	int64_t wrapup_ms;	   /* how long an agent is left alone after a call */
	int64_t announce_ms;	   /* how often a caller hears its place; 0: never */
	int64_t max_wait_ms;	   /* 0: as long as the caller likes               */
	int64_t max_callers;	   /* who may wait                                 */
	bool leave_empty;	   /* nobody waits while no agent is logged in     */
	bool record;
	unsigned agent_count;
	struct queue_agent agents[QUEUE_AGENTS];
	struct queue_next next[QUEUE_ENDS];
	int64_t created_at, version;
};

typedef int(queue_h)(const struct queue *q, void *arg);

const char *queue_strategy_name(enum queue_strategy strategy);
int queue_strategy_parse(enum queue_strategy *strategy, const char *name);
const char *queue_end_member(enum queue_end end);
enum exit_id queue_end_exit(enum queue_end end);
void queue_defaults(struct queue *q);

int queue_check(struct field_errors *fe, struct db *db, struct queue *q);
int queue_add(struct db *db, struct queue *q);
int queue_get(struct queue *q, struct db *db, int64_t tenant, const char *id);
int queue_by_number(struct queue *q, struct db *db, int64_t tenant, const char *number);
int queue_change(struct db *db, struct queue *q);
int queue_remove(struct db *db, int64_t tenant, const char *id);
int queue_list(struct db *db, int64_t tenant, const char *after, unsigned limit, queue_h *h,
	       void *arg);
int queue_count(int64_t *n, struct db *db, int64_t tenant);
int queue_count_of(int64_t *n, struct db *db, int64_t tenant, const char *agent);

#endif
