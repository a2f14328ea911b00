/**
 * @file run.c  One try of a job: begun on its thread, ended under its lease
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "log.h"
#include "own.h"
#include "text.h"
#include "timetable_private.h"

/* An inbox derefs what it delivers; a run belongs to the core, so a box travels. */
struct box {
	struct run *run;
};

/* The end of a try on its way to the store: a copy, for the run may be ended anew if it fails. */
struct ending {
	struct run *run;
	struct job_row row;
	enum job_result result;
	bool lost;
};

struct renewal {
	unsigned count;
	struct {
		int64_t tenant;
		char id[ID_SIZE], token[ID_SIZE];
	} v[];
};

/** A work thread that has nothing to do, or NULL */
struct work *work_idle(struct timetable *t)
{
	for (unsigned i = 0; i < t->works; i++) {
		if (!t->work[i].run)
			return &t->work[i];
	}
	return NULL;
}

/** How many work threads have nothing to do */
unsigned work_idle_count(const struct timetable *t)
{
	unsigned n = 0;

	for (unsigned i = 0; i < t->works; i++)
		n += !t->work[i].run;
	return n;
}

static int ending_fn(struct db *db, void *obj)
{
	struct ending *e = obj;
	struct run *r = e->run;
	int err = job_finish(db, &e->row, e->result, clock_wall_ms(), r->run.pause_ms);

	if (err == ENOENT) {
		e->lost = true;
		return 0;
	}
	if (!err && r->run.with && e->result != JOB_BACK)
		err = r->run.with(db, r->run.with_obj);
	if (!err && r->ops->ended_h && e->result != JOB_BACK)
		err = r->ops->ended_h(db, &e->row, r->timetable->arg[e->row.kind]);
	return err == ENOENT ? 0 : err; /* what the job was about is gone */
}

static void run_log(const struct ending *e)
{
	const struct job_row *j = &e->row;

	if (e->lost)
		log_warn("job.lost", "job=%s kind=%s tenant=%lld", j->id, job_kind_name(j->kind),
			 (long long)j->tenant);
	else if (j->state == JOB_FAILED)
		log_warn("job.failed", "job=%s kind=%s tenant=%lld tries=%u error=\"%s\"", j->id,
			 job_kind_name(j->kind), (long long)j->tenant, j->tries, j->error);
	else
		log_info("job.ended", "job=%s kind=%s tenant=%lld state=%s tries=%u", j->id,
			 job_kind_name(j->kind), (long long)j->tenant, job_state_name(j->state),
			 j->tries);
}

static void on_retry(void *arg)
{
	runs_retry(arg);
}

/* While the store takes nothing, the run keeps its place and its lease: what was done must not be
 * done again. */
static void on_ended(int err, void *obj)
{
	struct ending *e = obj;
	struct run *r = e->run;
	struct timetable *t = r->timetable;

	r->posted = false;
	if (err) {
		if (err != ENOSPC) /* of which the store has told */
			log_error("job.unwritten", "job=%s error=\"%s\"", e->row.id, strerror(err));
		tmr_start(&t->retry, POOR_MS, on_retry, t);
		return;
	}
	run_log(e);
	if (r->ops->written_h && e->result != JOB_BACK)
		r->ops->written_h(&r->run, t->arg[e->row.kind]);
	--t->running[e->row.kind];
	mem_deref(r);
	claim_look(t);
}

static void ending_post(struct run *r)
{
	struct ending *e = mem_zalloc(sizeof(*e), NULL);
	int err = e ? 0 : ENOMEM;

	if (!err) {
		e->run = r;
		e->row = r->run.row;
		e->result = r->result;
		r->posted = true;
		err = store_write(r->timetable->store, ending_fn, e, r->timetable->core, on_ended);
	}
	if (err) {
		r->posted = false;
		tmr_start(&r->timetable->retry, POOR_MS, on_retry, r->timetable);
	}
}

/** Posts again the ends that the store did not take */
void runs_retry(struct timetable *t)
{
	struct le *le;

	LIST_FOREACH (&t->runs, le) {
		struct run *r = le->data;

		if (r->over && !r->posted)
			ending_post(r);
	}
}

/** Ends a try; on the core. The run is gone once that is on disk. */
void run_end(struct run *r, enum job_result result)
{
	if (r->work)
		r->work->run = NULL;
	r->work = NULL;
	r->result = result;
	r->over = true;
	ending_post(r);
}

static void on_worked(void *obj)
{
	struct run *r = ((struct box *)obj)->run;

	run_end(r, r->result);
}

/* On the work thread */
static void on_work(void *obj)
{
	struct run *r = ((struct box *)obj)->run;
	struct timetable *t = r->timetable;
	struct box *box = mem_zalloc(sizeof(*box), NULL);

	if (atomic_load(&t->stopping))
		r->result = JOB_BACK;
	else
		r->result = r->ops->run_h(&r->run, t->arg[r->run.row.kind]);
	CHECK(box != NULL);
	box->run = r;
	CHECK(!actor_post(t->core, on_worked, box));
}

static void work_post(struct run *r)
{
	struct box *box = mem_zalloc(sizeof(*box), NULL);

	r->work = work_idle(r->timetable);
	if (!box || !r->work) {
		mem_deref(box);
		r->work = NULL;
		run_end(r, JOB_BACK);
		return;
	}
	r->work->run = r;
	box->run = r;
	if (actor_post(r->work->actor, on_work, box))
		run_end(r, JOB_BACK);
}

/** Begins a claimed run; on the core */
void run_begin(struct run *r)
{
	struct job_row *j = &r->run.row;

	++r->timetable->running[j->kind];
	if (atomic_load(&r->timetable->stopping)) {
		run_end(r, JOB_BACK);
		return;
	}
	if (j->tries > j->tries_max) {
		text_printf(j->error, sizeof(j->error),
			    "The program ended each time while this job ran.");
		run_end(r, JOB_NEVER);
		return;
	}
	j->error[0] = j->result[0] = '\0';
	if (r->ops->start_h)
		r->ops->start_h(&r->run, r->timetable->arg[j->kind]);
	else
		work_post(r);
}

/**
 * Ends a run that start_h() was given; on the core
 *
 * @param run    The run; gone afterwards
 * @param result What came of it
 */
void job_run_finish(struct job_run *run, enum job_result result)
{
	run_end(OWNER(run, struct run, run), result);
}

/** True when the program ends: the handler breaks off and answers JOB_BACK; any thread */
bool job_run_stopping(const struct job_run *run)
{
	return atomic_load(&OWNER(run, struct run, run)->timetable->stopping);
}

static int renewal_fn(struct db *db, void *obj)
{
	const struct renewal *n = obj;
	int64_t until = clock_wall_ms() + LEASE_MS;
	int err = 0;

	for (unsigned i = 0; i < n->count && !err; i++) {
		err = job_renew(db, n->v[i].tenant, n->v[i].id, n->v[i].token, until);
		if (err == ENOENT)
			err = 0; /* lost, or ended in the same moment: its end will show */
	}
	return err;
}

static void on_renew(void *arg)
{
	runs_renew(arg);
}

/** Makes every lease last, now and again after a third of it, while anything runs */
void runs_renew(struct timetable *t)
{
	unsigned count = list_count(&t->runs);
	struct renewal *n;
	struct le *le;

	tmr_start(&t->renew, RENEW_MS, on_renew, t);
	if (!count)
		return;
	n = mem_zalloc(sizeof(*n) + count * sizeof(n->v[0]), NULL);
	if (!n)
		return;
	LIST_FOREACH (&t->runs, le) {
		const struct job_row *j = &((const struct run *)le->data)->run.row;

		n->v[n->count].tenant = j->tenant;
		memcpy(n->v[n->count].id, j->id, ID_SIZE);
		memcpy(n->v[n->count++].token, j->token, ID_SIZE);
	}
	(void)store_write(t->store, renewal_fn, n, NULL, NULL);
}
