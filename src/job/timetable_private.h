/**
 * @file timetable_private.h  What the files of this folder share
 */
#ifndef CARILLON_TIMETABLE_PRIVATE_H
#define CARILLON_TIMETABLE_PRIVATE_H

#include <stdatomic.h>
#include "timetable.h"

enum {
	WORK_MAX = 8,
	LEASE_MS = 60000,
	RENEW_MS = LEASE_MS / 3,
	LOOK_MS = 3000, /* at the latest: `carillon mail-in` adds jobs from outside */
	POOR_MS = 5000, /* pause when the store takes nothing                     */
};

/** A run under its lease: on the core's list from the claim until its end is on disk */
struct run {
	struct le le;
	struct job_run run;
	struct timetable *timetable;
	const struct job_ops *ops;
	struct work *work; /* the thread it is on, or NULL                  */
	enum job_result result;
	bool over;   /* its try has ended, which may not be on disk yet */
	bool posted; /* the store was told, and has not answered         */
};

/** A work thread; it has one run at most */
struct work {
	struct actor *actor;
	struct run *run;
};

struct timetable {
	struct store *store;
	struct actor *core;
	const struct job_ops *ops[JOB_KINDS];
	void *arg[JOB_KINDS];
	unsigned running[JOB_KINDS];
	struct work work[WORK_MAX];
	unsigned works;
	struct list runs;
	struct tmr look, renew, retry;
	unsigned first; /* the kind that is served first the next time         */
	bool claiming;	/* a claim is on its way                               */
	bool wanted;	/* somebody asked for a claim meanwhile                */
	bool listening;
	bool draining;	       /* nothing is claimed any more                 */
	_Atomic bool stopping; /* work threads come to an end                 */
};

/* claim.c */
void claim_look(struct timetable *t);

/* run.c */
void run_begin(struct run *r);
void run_end(struct run *r, enum job_result result);
struct work *work_idle(struct timetable *t);
unsigned work_idle_count(const struct timetable *t);
void runs_renew(struct timetable *t);
void runs_retry(struct timetable *t);

#endif
