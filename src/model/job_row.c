/**
 * @file job_row.c  Jobs as rows
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "job_row.h"
#include "own.h"
#include "text.h"

enum { PAUSES = 12, MINUTE_MS = 60000 };

#define UNWRAP(...) __VA_ARGS__

static const struct {
	const char *name, *text;
	unsigned at_once, tries;
	uint16_t pauses[PAUSES]; /* minutes; 0 ends */
} kinds[JOB_KINDS] = {
#define X(kind, at_once, tries, pauses, text) {#kind, text, at_once, tries, {UNWRAP pauses}},
#include "tbl/job_kinds.h"
#undef X
};

static const char *const states[] = {[JOB_WAIT] = "wait",
				     [JOB_RUN] = "run",
				     [JOB_HELD] = "held",
				     [JOB_DONE] = "done",
				     [JOB_FAILED] = "failed"};

#define COLUMNS                                                                                    \
	"tenant_id, id, kind, state, object_id, once, due_at, tries, tries_max, lease_until, "     \
	"lease_token, payload, result, error, created_at, changed_at"

/** Name as stored, such as "mail" */
const char *job_kind_name(enum job_kind kind)
{
	return kinds[kind].name;
}

/** What a kind of job does, for people */
const char *job_kind_text(enum job_kind kind)
{
	return kinds[kind].text;
}

/** How many of a kind may run at once */
unsigned job_kind_at_once(enum job_kind kind)
{
	return kinds[kind].at_once;
}

/** Pause before the next try, in ms, after so many tries (from 1); the last one repeats */
int64_t job_kind_pause_ms(enum job_kind kind, unsigned tries)
{
	unsigned i = tries ? tries - 1 : 0, last = 0;

	while (last + 1 < PAUSES && kinds[kind].pauses[last + 1])
		++last;
	return (int64_t)kinds[kind].pauses[i < last ? i : last] * MINUTE_MS;
}

/** Name as stored, such as "wait" */
const char *job_state_name(enum job_state state)
{
	return states[state];
}

/* A kind or state that this release does not know belongs to a newer one, and is left alone. */
static int job_read(struct job_row *j, const struct db_row *row)
{
	unsigned kind = 0, state = 0;

	memset(j, 0, sizeof(*j));
	while (kind < JOB_KINDS && !text_same(kinds[kind].name, db_text(row, 2)))
		++kind;
	while (state < COUNT(states) && !text_same(states[state], db_text(row, 3)))
		++state;
	if (kind == JOB_KINDS || state == COUNT(states))
		return ENOTSUP;
	j->kind = kind;
	j->state = state;
	j->tenant = db_int(row, 0);
	db_copy(j->id, sizeof(j->id), row, 1);
	db_copy(j->object_id, sizeof(j->object_id), row, 4);
	db_copy(j->once, sizeof(j->once), row, 5);
	j->due_at = db_int(row, 6);
	j->tries = (unsigned)db_int(row, 7);
	j->tries_max = (unsigned)db_int(row, 8);
	j->lease_until = db_int(row, 9);
	db_copy(j->token, sizeof(j->token), row, 10);
	db_copy(j->payload, sizeof(j->payload), row, 11);
	db_copy(j->result, sizeof(j->result), row, 12);
	db_copy(j->error, sizeof(j->error), row, 13);
	j->created_at = db_int(row, 14);
	j->changed_at = db_int(row, 15);
	return 0;
}

static int job_one(const struct db_row *row, void *arg)
{
	return job_read(arg, row);
}

/**
 * Adds a job, in the transaction of what caused it
 *
 * @param db Connection
 * @param j  Tenant, kind and what else is wanted; the rest is filled in
 *
 * @return 0, EEXIST when `once` names a job that is not over, or errno
 */
int job_add(struct db *db, struct job_row *j)
{
	int64_t now = clock_wall_ms();
	int err;

	str_ncpy(j->id, id_new().s, sizeof(j->id));
	j->state = JOB_WAIT;
	j->created_at = j->changed_at = now;
	j->due_at = j->due_at ? j->due_at : now;
	j->tries_max = j->tries_max ? j->tries_max : kinds[j->kind].tries;
	if (!j->payload[0])
		str_ncpy(j->payload, "{}", sizeof(j->payload));
	err = db_exec(db,
		      "INSERT INTO job (" COLUMNS ") VALUES ($1, $2, $3, 'wait', $4, $5, $6, 0, "
		      "$7, 0, '', $8, '', '', $9, $9)",
		      "issssidsi", j->tenant, j->id, kinds[j->kind].name, j->object_id, j->once,
		      j->due_at, (int)j->tries_max, j->payload, now);
	if (!err)
		db_tell(db);
	return err;
}

/** Reads a job; ENOENT */
int job_get(struct job_row *j, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, job_one, j,
		       "SELECT " COLUMNS " FROM job WHERE tenant_id = $1 AND id = $2", "is", tenant,
		       id);
}

/** Reads the youngest job of a kind that is about an object; ENOENT */
int job_of_object(struct job_row *j, struct db *db, int64_t tenant, enum job_kind kind,
		  const char *object_id)
{
	return db_find(db, job_one, j,
		       "SELECT " COLUMNS " FROM job WHERE tenant_id = $1 AND kind = $2 AND "
		       "object_id = $3 ORDER BY id DESC LIMIT 1",
		       "iss", tenant, kinds[kind].name, object_id);
}

/** Keeps a waiting job from running until job_release(); ENOENT when it does not wait */
int job_hold(struct db *db, int64_t tenant, const char *id, int64_t now)
{
	return db_change(db,
			 "UPDATE job SET state = 'held', changed_at = $3 WHERE tenant_id = $1 AND "
			 "id = $2 AND state = 'wait'",
			 "isi", tenant, id, now);
}

/** Lets a held job run at `due_at`; ENOENT when it is not held */
int job_release(struct db *db, int64_t tenant, const char *id, int64_t due_at, int64_t now)
{
	db_tell(db);
	return db_change(db,
			 "UPDATE job SET state = 'wait', due_at = $3, changed_at = $4 WHERE "
			 "tenant_id = $1 AND id = $2 AND state = 'held'",
			 "isii", tenant, id, due_at, now);
}

/**
 * Tries a failed job anew, or one that waits for its next try at once; with all its tries again
 *
 * @return 0, ENOENT when it runs, is held, done or gone, EEXIST when `once` has a successor
 */
int job_retry(struct db *db, int64_t tenant, const char *id, int64_t now)
{
	db_tell(db);
	return db_change(db,
			 "UPDATE job SET state = 'wait', due_at = $3, tries = 0, error = '', "
			 "changed_at = $3 WHERE tenant_id = $1 AND id = $2 AND state IN ('wait', "
			 "'failed')",
			 "isi", tenant, id, now);
}

/** Ends a job that does not run as failed, with a reason for people; ENOENT */
int job_cancel(struct db *db, int64_t tenant, const char *id, const char *why, int64_t now)
{
	return db_change(db,
			 "UPDATE job SET state = 'failed', error = $3, changed_at = $4 WHERE "
			 "tenant_id = $1 AND id = $2 AND state IN ('wait', 'held')",
			 "issi", tenant, id, why, now);
}

/* What job_claim() found due, before any of it is changed */
struct due {
	unsigned count;
	struct {
		int64_t tenant;
		char id[ID_SIZE];
	} v[100];
};

static int due_add(const struct db_row *row, void *arg)
{
	struct due *d = arg;

	if (d->count == COUNT(d->v))
		return DB_STOP;
	d->v[d->count].tenant = db_int(row, 0);
	db_copy(d->v[d->count++].id, ID_SIZE, row, 1);
	return 0;
}

/* The row is looked at anew in the UPDATE: on an engine with several writers another may have been
 * faster. */
static int claim_one(struct db *db, int64_t tenant, const char *id, int64_t now, int64_t lease_ms,
		     struct job_row *j)
{
	return db_find(
		db, job_one, j,
		"UPDATE job SET state = 'run', tries = tries + 1, lease_token = $3, "
		"lease_until = $4, changed_at = $5 WHERE tenant_id = $1 AND id = $2 AND "
		"((state = 'wait' AND due_at <= $5) OR (state = 'run' AND lease_until <= $5)) "
		"RETURNING " COLUMNS,
		"issii", tenant, id, id_new().s, now + lease_ms, now);
}

/**
 * Takes due jobs, and those whose lease ran out, under a lease of one's own
 *
 * A job that was taken more often than it may be tried ended the program each time. It is shown
 * like the others, for job_finish(JOB_NEVER).
 *
 * @param db       Connection
 * @param kind     Of which kind
 * @param limit    Most of them, up to 100
 * @param now      Wall ms
 * @param lease_ms How long the lease is good
 * @param h        Sees each
 * @param arg      Its argument
 *
 * @return 0 or errno
 */
int job_claim(struct db *db, enum job_kind kind, unsigned limit, int64_t now, int64_t lease_ms,
	      job_row_h *h, void *arg)
{
	AUTO struct job_row *j = mem_zalloc(sizeof(*j), NULL);
	struct due due = {0};
	int err = j ? 0 : ENOMEM;

	if (!err)
		err = db_query(db, due_add, &due,
			       "SELECT tenant_id, id FROM job WHERE kind = $1 AND state = 'run' "
			       "AND lease_until <= $2 ORDER BY lease_until LIMIT $3",
			       "sid", kinds[kind].name, now, (int)limit);
	if (!err && due.count < limit)
		err = db_query(db, due_add, &due,
			       "SELECT tenant_id, id FROM job WHERE kind = $1 AND state = 'wait' "
			       "AND due_at <= $2 ORDER BY due_at LIMIT $3",
			       "sid", kinds[kind].name, now, (int)(limit - due.count));
	for (unsigned i = 0; i < due.count && !err; i++) {
		err = claim_one(db, due.v[i].tenant, due.v[i].id, now, lease_ms, j);
		if (!err)
			err = h(j, arg);
		else if (err == ENOENT)
			err = 0;
	}
	return err;
}

/** Makes a lease last longer; ENOENT when it was lost */
int job_renew(struct db *db, int64_t tenant, const char *id, const char *token, int64_t until)
{
	return db_change(db,
			 "UPDATE job SET lease_until = $4 WHERE tenant_id = $1 AND id = $2 AND "
			 "state = 'run' AND lease_token = $3",
			 "issi", tenant, id, token, until);
}

static enum job_state state_after(const struct job_row *j, enum job_result result)
{
	switch (result) {
	case JOB_OK:
		return JOB_DONE;
	case JOB_BACK:
	case JOB_LATER:
		return JOB_WAIT;
	case JOB_AGAIN:
		return j->tries < j->tries_max ? JOB_WAIT : JOB_FAILED;
	case JOB_NEVER:
		break;
	}
	return JOB_FAILED;
}

/**
 * Ends one try under its lease
 *
 * @param db       Connection
 * @param j        The job as it was claimed, with `result` or `error`; its new state is filled in
 * @param result   What came of it
 * @param now      Wall ms
 * @param pause_ms Before the next try; 0: by the kind's schedule, and at once for JOB_LATER
 *
 * @return 0, ENOENT when the lease was lost: then nothing else of this try may be written
 */
int job_finish(struct db *db, struct job_row *j, enum job_result result, int64_t now,
	       int64_t pause_ms)
{
	enum job_state state = state_after(j, result);
	bool tried = result != JOB_BACK && result != JOB_LATER;
	unsigned tries = tried ? j->tries : j->tries - 1;
	int64_t due = now;
	int err;

	if (result == JOB_LATER)
		due += pause_ms;
	else if (result == JOB_AGAIN)
		due += pause_ms ? pause_ms : job_kind_pause_ms(j->kind, j->tries);
	err = db_change(db,
			"UPDATE job SET state = $4, due_at = $5, tries = $6, result = $7, error = "
			"$8, lease_until = 0, lease_token = '', changed_at = $9 WHERE tenant_id = "
			"$1 AND id = $2 AND state = 'run' AND lease_token = $3",
			"isssidssi", j->tenant, j->id, j->token, states[state], due, (int)tries,
			j->result, j->error, now);
	if (err)
		return err;
	j->state = state;
	j->due_at = due;
	j->tries = tries;
	j->changed_at = now;
	db_tell(db);
	return 0;
}

/** When the next job of a kind is due or its lease ends; INT64_MAX for never */
int job_next(int64_t *at, struct db *db, enum job_kind kind)
{
	int64_t lease = 0, due = 0;
	int err = db_number(db, &due,
			    "SELECT COALESCE(MIN(due_at), $2) FROM job WHERE kind = $1 AND "
			    "state = 'wait'",
			    "si", kinds[kind].name, INT64_MAX);

	if (!err)
		err = db_number(db, &lease,
				"SELECT COALESCE(MIN(lease_until), $2) FROM job WHERE kind = $1 "
				"AND state = 'run'",
				"si", kinds[kind].name, INT64_MAX);
	*at = due < lease ? due : lease;
	return err;
}

/** Forgets jobs that were over before a time, at most so many at once */
int job_purge(struct db *db, int64_t before, unsigned limit)
{
	return db_exec(db,
		       "DELETE FROM job WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM job "
		       "WHERE state IN ('done', 'failed') AND changed_at < $1 LIMIT $2)",
		       "id", before, (int)limit);
}
