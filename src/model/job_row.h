/**
 * @file job_row.h  Jobs as rows: what must happen even if the program ends in between
 *
 * job_add() is called in the transaction that writes what caused the job, so that both are there or
 * neither is; the timetable (src/job) hears of it after the commit. Who runs a job holds its lease:
 * a token that the row knows, good until a time; whoever lost it can no longer end the job. A name
 * in `once` keeps a second job of the same kind from being added while the first is not over.
 * Functions with a struct db run on the store's writer, those that only read also in store_read().
 */
#ifndef CARILLON_JOB_ROW_H
#define CARILLON_JOB_ROW_H

#include <stdbool.h>
#include <stdint.h>
#include "db.h"
#include "id.h"

enum { JOB_PAYLOAD = 4096, JOB_TEXT = 256, JOB_ONCE = 96 };

enum job_kind {
#define X(kind, at_once, tries, pauses, text) JOB_##kind,
#include "tbl/job_kinds.h"
#undef X
	JOB_KINDS
};

enum job_state { JOB_WAIT, JOB_RUN, JOB_HELD, JOB_DONE, JOB_FAILED };

/**
 * What came of one try. JOB_BACK: nothing was tried, the program is ending. JOB_LATER: nothing
 * could be tried yet; it waits for pause_ms, and no try is lost.
 */
enum job_result { JOB_OK, JOB_AGAIN, JOB_NEVER, JOB_BACK, JOB_LATER };

struct job_row {
	int64_t tenant;
	char id[ID_SIZE];
	enum job_kind kind;
	enum job_state state;
	char object_id[ID_SIZE]; /* what it is about, or ""       */
	char once[JOB_ONCE];
	int64_t due_at;		   /* wall ms; 0 in job_add(): now  */
	unsigned tries, tries_max; /* 0 in job_add(): the kind's    */
	int64_t lease_until;
	char token[ID_SIZE];
	char payload[JOB_PAYLOAD]; /* a JSON object, or "" in job_add() for an empty one */
	char result[JOB_TEXT], error[JOB_TEXT]; /* for people */
	int64_t created_at, changed_at;
};

typedef int(job_row_h)(const struct job_row *j, void *arg);

const char *job_kind_name(enum job_kind kind);
const char *job_kind_text(enum job_kind kind);
unsigned job_kind_at_once(enum job_kind kind);
int64_t job_kind_pause_ms(enum job_kind kind, unsigned tries);
const char *job_state_name(enum job_state state);

int job_add(struct db *db, struct job_row *j);
int job_get(struct job_row *j, struct db *db, int64_t tenant, const char *id);
int job_of_object(struct job_row *j, struct db *db, int64_t tenant, enum job_kind kind,
		  const char *object_id);
int job_hold(struct db *db, int64_t tenant, const char *id, int64_t now);
int job_release(struct db *db, int64_t tenant, const char *id, int64_t due_at, int64_t now);
int job_retry(struct db *db, int64_t tenant, const char *id, int64_t now);
int job_cancel(struct db *db, int64_t tenant, const char *id, const char *why, int64_t now);

int job_claim(struct db *db, enum job_kind kind, unsigned limit, int64_t now, int64_t lease_ms,
	      job_row_h *h, void *arg);
int job_renew(struct db *db, int64_t tenant, const char *id, const char *token, int64_t until);
int job_finish(struct db *db, struct job_row *j, enum job_result result, int64_t now,
	       int64_t pause_ms);
int job_next(int64_t *at, struct db *db, enum job_kind kind);
int job_purge(struct db *db, int64_t before, unsigned limit);

#endif
