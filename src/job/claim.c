/**
 * @file claim.c  What is due becomes a run: asked of the store in one write, never waited for
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "log.h"
#include "own.h"
#include "timetable_private.h"

/* One question to the store and its answer. */
struct claim {
	struct timetable *timetable;
	unsigned want[JOB_KINDS]; /* free places of each kind                   */
	bool works[JOB_KINDS];	  /* whether the kind needs a work thread       */
	unsigned idle, first;
	int64_t next; /* when the next job is due for which there is a place    */
	struct list rows;
};

static void claim_destructor(void *arg)
{
	struct claim *c = arg;

	list_flush(&c->rows);
}

static void run_destructor(void *arg)
{
	struct run *r = arg;

	list_unlink(&r->le);
	mem_deref(r->run.with_obj);
}

static int row_add(const struct job_row *j, void *arg)
{
	struct claim *c = arg;
	struct run *r = mem_zalloc(sizeof(*r), run_destructor);

	if (!r)
		return ENOMEM;
	r->run.row = *j;
	list_append(&c->rows, &r->le, r);
	--c->want[j->kind];
	if (c->works[j->kind])
		--c->idle;
	return 0;
}

static unsigned places(const struct claim *c, enum job_kind kind)
{
	return c->works[kind] && c->idle < c->want[kind] ? c->idle : c->want[kind];
}

/* Each look begins with another kind, so that a busy one cannot keep the threads from the rest. */
static int claim_fn(struct db *db, void *obj)
{
	struct claim *c = obj;
	int64_t now = clock_wall_ms(), at;
	int err = 0;

	c->next = INT64_MAX;
	for (unsigned i = 0; i < JOB_KINDS && !err; i++) {
		enum job_kind kind = (c->first + i) % JOB_KINDS;

		if (places(c, kind))
			err = job_claim(db, kind, places(c, kind), now, LEASE_MS, row_add, c);
	}
	for (unsigned kind = 0; kind < JOB_KINDS && !err; kind++) {
		if (!places(c, kind))
			continue;
		err = job_next(&at, db, kind);
		if (at < c->next)
			c->next = at;
	}
	return err;
}

static void on_look(void *arg)
{
	claim_look(arg);
}

static void look_later(struct timetable *t, int64_t at)
{
	int64_t left = at - clock_wall_ms();

	if (left > LOOK_MS)
		left = LOOK_MS;
	tmr_start(&t->look, left > 0 ? (uint64_t)left : 0, on_look, t);
}

/* Jobs that were claimed while the drain began are run all the same: the stop gives back what is
 * left. */
static void on_claimed(int err, void *obj)
{
	struct claim *c = obj;
	struct timetable *t = c->timetable;
	struct le *le;
	bool wanted = t->wanted;

	t->claiming = t->wanted = false;
	if (err) {
		if (!t->draining)
			look_later(t, clock_wall_ms() + POOR_MS);
		return;
	}
	while ((le = list_head(&c->rows))) {
		struct run *r = le->data;

		list_unlink(&r->le);
		r->timetable = t;
		r->ops = t->ops[r->run.row.kind];
		list_append(&t->runs, &r->le, r);
		run_begin(r);
	}
	if (t->draining)
		return;
	if (wanted)
		claim_look(t);
	else
		look_later(t, c->next);
}

/**
 * Claims what is due, as far as there are places; on the core
 *
 * Leases of one's own are renewed first: when the clock was moved, or the machine slept, they would
 * look like those of a dead process.
 */
void claim_look(struct timetable *t)
{
	struct claim *c;
	unsigned all = 0;

	tmr_cancel(&t->look);
	if (t->draining)
		return;
	if (t->claiming) {
		t->wanted = true;
		return;
	}
	c = mem_zalloc(sizeof(*c), claim_destructor);
	if (!c) {
		look_later(t, clock_wall_ms() + POOR_MS);
		return;
	}
	c->timetable = t;
	c->first = t->first++ % JOB_KINDS;
	c->idle = work_idle_count(t);
	for (unsigned kind = 0; kind < JOB_KINDS; kind++) {
		unsigned most = t->ops[kind] ? job_kind_at_once(kind) : 0;

		c->works[kind] = t->ops[kind] && t->ops[kind]->run_h;
		c->want[kind] = most > t->running[kind] ? most - t->running[kind] : 0;
		all += places(c, kind);
	}
	if (!all) {
		mem_deref(c);
		return; /* the end of a run looks again */
	}
	runs_renew(t);
	t->claiming = true;
	if (store_write(t->store, claim_fn, c, t->core, on_claimed)) {
		t->claiming = false;
		look_later(t, clock_wall_ms() + POOR_MS);
	}
}
