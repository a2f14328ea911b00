/**
 * @file queue.c  Queues and their agents
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "dest_exit.h"
#include "dest_use.h"
#include "extension.h"
#include "number.h"
#include "own.h"
#include "own_sound.h"
#include "queue.h"
#include "row.h"
#include "tenant.h"
#include "text.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, number, name, strategy, music_id, prefix, ring_ms, wrapup_ms, "            \
	"announce_ms, max_wait_ms, max_callers, leave_empty, record, created_at, version"

static const char *const names[QUEUE_STRATEGIES] = {
#define X(strategy, label) #strategy,
#include "tbl/queue_strategies.h"
#undef X
};

static const struct {
	const char *member; /* in the API, and of a field that is wrong */
	enum exit_id exit;
} ends[QUEUE_ENDS] = {
	[QUEUE_TIMEOUT] = {"timeoutNext", EXIT_timeout},
	[QUEUE_FULL] = {"fullNext", EXIT_full},
	[QUEUE_EMPTY] = {"emptyNext", EXIT_empty},
};

/** Name as stored and as the API says it */
const char *queue_strategy_name(enum queue_strategy strategy)
{
	return names[strategy];
}

/** The strategy of a name; EINVAL when there is none */
int queue_strategy_parse(enum queue_strategy *strategy, const char *name)
{
	for (int i = 0; i < QUEUE_STRATEGIES; i++) {
		if (!strcmp(names[i], name)) {
			*strategy = (enum queue_strategy)i;
			return 0;
		}
	}
	return EINVAL;
}

/** What the API calls what follows */
const char *queue_end_member(enum queue_end end)
{
	return ends[end].member;
}

/** The exit by which a caller leaves */
enum exit_id queue_end_exit(enum queue_end end)
{
	return ends[end].exit;
}

/** What a new queue has unless somebody says otherwise */
void queue_defaults(struct queue *q)
{
	q->strategy = QUEUE_longest;
	q->ring_ms = QUEUE_RING_MS_DEFAULT;
	q->announce_ms = QUEUE_ANNOUNCE_MS_DEFAULT;
	q->max_callers = QUEUE_CALLERS_DEFAULT;
	q->leave_empty = true;
}

static struct dest queue_dest(const struct queue *q)
{
	struct dest d = {.kind = DEST_queue};

	str_ncpy(d.target, q->number, sizeof(d.target));
	return d;
}

static int queue_read(const struct db_row *row, void *arg)
{
	struct queue *q = arg;

	memset(q, 0, sizeof(*q));
	q->tenant = db_int(row, 0);
	db_copy(q->id, sizeof(q->id), row, 1);
	db_copy(q->number, sizeof(q->number), row, 2);
	db_copy(q->name, sizeof(q->name), row, 3);
	db_copy(q->music_id, sizeof(q->music_id), row, 5);
	db_copy(q->prefix, sizeof(q->prefix), row, 6);
	q->ring_ms = db_int(row, 7);
	q->wrapup_ms = db_int(row, 8);
	q->announce_ms = db_int(row, 9);
	q->max_wait_ms = db_int(row, 10);
	q->max_callers = db_int(row, 11);
	q->leave_empty = db_int(row, 12);
	q->record = db_int(row, 13);
	q->created_at = db_int(row, 14);
	q->version = db_int(row, 15);
	return queue_strategy_parse(&q->strategy, db_text(row, 4));
}

static int agent_read(const struct db_row *row, void *arg)
{
	struct queue *q = arg;
	struct queue_agent *a = &q->agents[q->agent_count];

	if (q->agent_count == QUEUE_AGENTS)
		return DB_STOP;
	db_copy(a->number, sizeof(a->number), row, 0);
	a->level = db_int(row, 1);
	++q->agent_count;
	return 0;
}

static int next_read(const struct dest_exit *row, void *arg)
{
	struct queue *q = arg;

	for (int i = 0; i < QUEUE_ENDS; i++) {
		if (row->exit == ends[i].exit)
			q->next[i] = (struct queue_next){true, row->next};
	}
	return 0;
}

/* The agents, and what follows */
static int rest_read(struct queue *q, struct db *db)
{
	struct dest d = queue_dest(q);
	int err = db_query(db, agent_read, q,
			   "SELECT number, level FROM queue_agent WHERE tenant_id = $1 AND "
			   "queue_id = $2 ORDER BY place",
			   "is", q->tenant, q->id);

	return err ? err : dest_exit_list(db, q->tenant, &d, next_read, q);
}

/** One queue of the tenant by its id; ENOENT */
int queue_get(struct queue *q, struct db *db, int64_t tenant, const char *id)
{
	int err = db_find(db, queue_read, q,
			  "SELECT " COLUMNS " FROM queue WHERE tenant_id = $1 AND id = $2", "is",
			  tenant, id);

	return err ? err : rest_read(q, db);
}

/** One queue of the tenant by its number; ENOENT */
int queue_by_number(struct queue *q, struct db *db, int64_t tenant, const char *number)
{
	int err = db_find(db, queue_read, q,
			  "SELECT " COLUMNS " FROM queue WHERE tenant_id = $1 AND number = $2",
			  "is", tenant, number);

	return err ? err : rest_read(q, db);
}

/** How many queues a tenant has; 0 or errno */
int queue_count(int64_t *n, struct db *db, int64_t tenant)
{
	return db_number(db, n, "SELECT count(*) FROM queue WHERE tenant_id = $1", "i", tenant);
}

/** How many queues an extension is an agent of, by its number; 0 or errno */
int queue_count_of(int64_t *n, struct db *db, int64_t tenant, const char *agent)
{
	return db_number(db, n,
			 "SELECT count(*) FROM queue_agent WHERE tenant_id = $1 AND number = $2",
			 "is", tenant, agent);
}

static int agent_check(struct field_errors *fe, struct db *db, const struct queue *q, unsigned i)
{
	const struct queue_agent *a = &q->agents[i];
	struct extension e;
	int err = extension_by_number(&e, db, q->tenant, a->number);

	if (err == ENOENT)
		field_error(fe, "agents", "has %s, which is no extension here", a->number);
	if (a->level < 1 || a->level > QUEUE_LEVELS)
		field_error(fe, "agents", "has a level beyond 1 to %d", QUEUE_LEVELS);
	for (unsigned k = 0; k < i; k++) {
		if (!strcmp(q->agents[k].number, a->number))
			field_error(fe, "agents", "has %s twice", a->number);
	}
	return err == ENOENT ? 0 : err;
}

static void times_check(struct field_errors *fe, const struct queue *q)
{
	if (q->ring_ms < QUEUE_RING_MS_MIN || q->ring_ms > QUEUE_RING_MS_MAX)
		field_error(fe, "ringMs", "must be between %d and %d seconds",
			    QUEUE_RING_MS_MIN / 1000, QUEUE_RING_MS_MAX / 1000);
	if (q->wrapup_ms < 0 || q->wrapup_ms > QUEUE_WRAPUP_MS_MAX)
		field_error(fe, "wrapupMs", "must be at most %d seconds",
			    QUEUE_WRAPUP_MS_MAX / 1000);
	if (q->announce_ms &&
	    (q->announce_ms < QUEUE_ANNOUNCE_MS_MIN || q->announce_ms > QUEUE_ANNOUNCE_MS_MAX))
		field_error(fe, "announceMs", "must be between %d and %d seconds, or 0",
			    QUEUE_ANNOUNCE_MS_MIN / 1000, QUEUE_ANNOUNCE_MS_MAX / 1000);
	if (q->max_wait_ms < 0 || q->max_wait_ms > QUEUE_WAIT_MS_MAX)
		field_error(fe, "maxWaitMs", "must be at most %d seconds",
			    QUEUE_WAIT_MS_MAX / 1000);
	if (q->max_callers < 1 || q->max_callers > QUEUE_CALLERS_MAX)
		field_error(fe, "maxCallers", "must be between 1 and %d", QUEUE_CALLERS_MAX);
}

static int room_check(struct field_errors *fe, struct db *db, const struct queue *q)
{
	int64_t n = 0;
	int err = q->id[0] ? 0 : queue_count(&n, db, q->tenant);

	if (n >= QUEUES)
		field_error(fe, "number", "cannot be added: there are %d queues already", QUEUES);
	return err;
}

static struct dest_next next_of(const struct queue *q, enum queue_end end, const struct dest *self)
{
	const struct queue_next *n = &q->next[end];

	return (struct dest_next){self, "this queue", n->has, &n->dest};
}

/**
 * Checks a queue before it is added (id "") or changed
 *
 * @return 0 or what the database said; what is wrong is in fe
 */
int queue_check(struct field_errors *fe, struct db *db, struct queue *q)
{
	const struct dest self = queue_dest(q);
	int err = extension_number_check(fe, db, q->tenant, q->number);

	field_text(fe, "name", q->name, 1, sizeof(q->name));
	field_text(fe, "prefix", q->prefix, 0, sizeof(q->prefix));
	times_check(fe, q);
	if (!err)
		err = number_used(fe, db, q->tenant, q->number, q->id);
	if (!err)
		err = room_check(fe, db, q);
	for (unsigned i = 0; i < q->agent_count && !err; i++)
		err = agent_check(fe, db, q, i);
	if (!err)
		err = own_music_check(fe, db, q->tenant, q->music_id);
	for (int i = 0; i < QUEUE_ENDS && !err; i++) {
		const struct dest_next next = next_of(q, (enum queue_end)i, &self);

		err = dest_next_check(fe, ends[i].member, db, q->tenant, &next);
	}
	return err;
}

/* In place of what was there before */
static int rest_write(struct db *db, const struct queue *q)
{
	const struct dest self = queue_dest(q);
	int err = db_exec(db, "DELETE FROM queue_agent WHERE tenant_id = $1 AND queue_id = $2",
			  "is", q->tenant, q->id);

	for (unsigned i = 0; i < q->agent_count && !err; i++)
		err = db_exec(db,
			      "INSERT INTO queue_agent (tenant_id, queue_id, place, number, level) "
			      "VALUES ($1, $2, $3, $4, $5)",
			      "isisi", q->tenant, q->id, (int64_t)i, q->agents[i].number,
			      q->agents[i].level);
	for (int i = 0; i < QUEUE_ENDS && !err; i++) {
		const struct dest_next next = next_of(q, (enum queue_end)i, &self);

		err = dest_next_write(db, q->tenant, ends[i].exit, &next);
	}
	return err;
}

/** Adds a queue and fills in its id, time and version; EEXIST when the number is taken */
int queue_add(struct db *db, struct queue *q)
{
	int err;

	q->created_at = clock_wall_ms();
	q->version = 1;
	str_ncpy(q->id, id_new().s, sizeof(q->id));
	err = db_exec(db,
		      "INSERT INTO queue (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
		      "$10, $11, $12, $13, $14, $15, $16)",
		      "issssssiiiiiddii", q->tenant, q->id, q->number, q->name, names[q->strategy],
		      q->music_id, q->prefix, q->ring_ms, q->wrapup_ms, q->announce_ms,
		      q->max_wait_ms, q->max_callers, q->leave_empty, q->record, q->created_at,
		      q->version);
	return err ? err : rest_write(db, q);
}

static int row_change(struct db *db, const struct queue *q)
{
	return db_change(db,
			 "UPDATE queue SET number = $3, name = $4, strategy = $5, music_id = $6, "
			 "prefix = $7, ring_ms = $8, wrapup_ms = $9, announce_ms = $10, "
			 "max_wait_ms = $11, max_callers = $12, leave_empty = $13, record = $14, "
			 "version = $15 WHERE tenant_id = $1 AND id = $2",
			 "issssssiiiiiddi", q->tenant, q->id, q->number, q->name,
			 names[q->strategy], q->music_id, q->prefix, q->ring_ms, q->wrapup_ms,
			 q->announce_ms, q->max_wait_ms, q->max_callers, q->leave_empty, q->record,
			 q->version);
}

/** Changes a queue; 0, ENOENT, ESTALE when somebody else changed it meanwhile, EEXIST */
int queue_change(struct db *db, struct queue *q)
{
	AUTO struct queue *old = mem_zalloc(sizeof(*old), NULL);
	struct dest dest;
	int err = old ? queue_get(old, db, q->tenant, q->id) : ENOMEM;

	if (err)
		return err;
	if (q->version && q->version != old->version)
		return ESTALE;
	q->version = old->version + 1;
	err = row_change(db, q);
	dest = queue_dest(old);
	if (!err && strcmp(old->number, q->number))
		err = dest_renamed(db, q->tenant, &dest, q->number);
	return err ? err : rest_write(db, q);
}

/** Removes a queue; ENOENT. Whoever asks has looked whether something leads to it (dest_use.h) */
int queue_remove(struct db *db, int64_t tenant, const char *id)
{
	AUTO struct queue *q = mem_zalloc(sizeof(*q), NULL);
	struct dest dest;
	int err = q ? queue_get(q, db, tenant, id) : ENOMEM;

	if (err)
		return err;
	dest = queue_dest(q);
	err = dest_exit_forget(db, tenant, &dest);
	if (!err)
		err = db_change(db, "DELETE FROM queue WHERE tenant_id = $1 AND id = $2", "is",
				tenant, id);
	return err ? err : tenant_touch_but(db, tenant, TENANT_BULK);
}

struct list_arg {
	struct db *db;
	queue_h *h;
	void *arg;
	struct queue *q;
};

static int queue_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	int err = queue_read(row, l->q);

	if (!err)
		err = rest_read(l->q, l->db);
	return err ? err : l->h(l->q, l->arg);
}

/**
 * Shows the tenant's queues in the order of their numbers
 *
 * @param db     Connection
 * @param tenant Whose
 * @param after  Number after which the page begins; NULL or "" for the first
 * @param limit  Most of them; 0 for all
 * @param h      Sees each
 * @param arg    Its argument
 *
 * @return 0 or errno
 */
int queue_list(struct db *db, int64_t tenant, const char *after, unsigned limit, queue_h *h,
	       void *arg)
{
	AUTO struct queue *q = mem_zalloc(sizeof(*q), NULL);
	struct list_arg l = {db, h, arg, q};

	if (!q)
		return ENOMEM;
	return db_query(db, queue_each, &l,
			"SELECT " COLUMNS " FROM queue WHERE tenant_id = $1 AND number > $2 "
			"ORDER BY number LIMIT $3",
			"isi", tenant, after ? after : "", row_limit(limit));
}
