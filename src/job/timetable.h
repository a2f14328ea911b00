/**
 * @file timetable.h  The timetable: runs jobs when they are due, whether or not anyone is on the
 * line
 *
 * A job is a row (job_row.h). The timetable claims what is due under a lease, lets its kind run one
 * try, and ends it with the lease's token; a process that dies leaves a lease that runs out, and
 * the job is tried again. Kinds that wait for somebody else (SMTP, a child process) run on a work
 * thread and may block; kinds that live on the core (a call) are started there and end later. The
 * timetable belongs to the core thread, which never waits for it: rows are claimed and ended by
 * posting to the store. Release it after the store, whose replies it takes.
 */
#ifndef CARILLON_TIMETABLE_H
#define CARILLON_TIMETABLE_H

#include "job_row.h"
#include "store.h"

struct timetable;

/** One try of one job. A handler writes row.result or row.error, which people read. */
struct job_run {
	struct job_row row; /* as claimed; tries counts this one                          */
	int64_t pause_ms;   /* before the next try, see job_finish()                      */
	store_fn *with;	    /* written in the transaction that ends the try, or NULL; 0   */
			    /* or the machine's failure, after which it is tried again    */
	void *with_obj;	    /* its argument, a mem object that the run takes over         */
};

/** Runs one try on a work thread; it may block, and asks job_run_stopping() now and then */
typedef enum job_result(job_run_h)(struct job_run *run, void *arg);

/** Starts one try on the core; whoever keeps `run` ends it by job_run_finish() */
typedef void(job_start_h)(struct job_run *run, void *arg);

/** The core needs a started run back: end it by job_run_finish(JOB_BACK) before returning */
typedef void(job_stop_h)(struct job_run *run, void *arg);

/** In the transaction in which a job ended for good, or waits for its next try: see row->state */
typedef int(job_ended_h)(struct db *db, const struct job_row *row, void *arg);

/** On the core, once the end of a try is on disk: what may now be told */
typedef void(job_written_h)(const struct job_run *run, void *arg);

/** A kind is either run_h, or start_h and stop_h; ended_h and written_h may be NULL */
struct job_ops {
	job_run_h *run_h;
	job_start_h *start_h;
	job_stop_h *stop_h;
	job_ended_h *ended_h;
	job_written_h *written_h;
};

int timetable_alloc(struct timetable **tp, struct store *store, struct actor *core,
		    unsigned work_threads);
void timetable_kind(struct timetable *t, enum job_kind kind, const struct job_ops *ops, void *arg);
int timetable_start(struct timetable *t);
void timetable_drain(struct timetable *t);
void timetable_stop(struct timetable *t);
unsigned timetable_running(const struct timetable *t);

void job_run_finish(struct job_run *run, enum job_result result);
bool job_run_stopping(const struct job_run *run);

#endif
