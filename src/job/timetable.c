/**
 * @file timetable.c  The timetable: kinds, threads, beginning and end
 */
#include <errno.h>
#include <sys/eventfd.h>
#include "own.h"
#include "timetable_private.h"

enum { INBOX = 4 };

static void timetable_destructor(void *arg)
{
	struct timetable *t = arg;

	timetable_stop(t);
	for (unsigned i = 0; i < t->works; i++)
		mem_deref(t->work[i].actor);
	tmr_cancel(&t->renew);
	tmr_cancel(&t->retry);
	list_flush(&t->runs);
}

/**
 * Makes a timetable; nothing runs before timetable_start()
 *
 * @param tp           Result
 * @param store        Where the jobs are; released before the timetable
 * @param core         Inbox of the calling thread, whose libre loop runs
 * @param work_threads Threads for what blocks, 1 to 8
 *
 * @return 0 or errno
 */
int timetable_alloc(struct timetable **tp, struct store *store, struct actor *core,
		    unsigned work_threads)
{
	AUTO struct timetable *t = mem_zalloc(sizeof(*t), timetable_destructor);
	int err = t ? 0 : ENOMEM;

	CHECK(work_threads >= 1 && work_threads <= WORK_MAX);
	if (err)
		return err;
	t->store = store;
	t->core = core;
	for (unsigned i = 0; i < work_threads && !err; i++) {
		err = actor_alloc(&t->work[i].actor, "work", INBOX);
		if (!err) {
			++t->works;
			err = actor_start(t->work[i].actor);
		}
	}
	if (!err)
		*tp = TAKE(t);
	return err;
}

/**
 * Says who runs a kind; before timetable_start(). Jobs of a kind that nobody runs wait.
 *
 * @param t    Timetable
 * @param kind Kind
 * @param ops  Its functions; must outlive the timetable
 * @param arg  Their argument
 */
void timetable_kind(struct timetable *t, enum job_kind kind, const struct job_ops *ops, void *arg)
{
	CHECK(!ops->run_h != !ops->start_h && !ops->start_h == !ops->stop_h);
	t->ops[kind] = ops;
	t->arg[kind] = arg;
}

static void on_news(int flags, void *arg)
{
	struct timetable *t = arg;
	eventfd_t n;

	(void)eventfd_read(store_news_fd(t->store), &n);
	claim_look(t);
}

/** Begins to run what is due; returns 0 or errno */
int timetable_start(struct timetable *t)
{
	int err = fd_listen(store_news_fd(t->store), FD_READ, on_news, t);

	t->listening = !err;
	if (!err)
		claim_look(t);
	return err;
}

/** Claims nothing any more; what runs goes on */
void timetable_drain(struct timetable *t)
{
	t->draining = true;
	tmr_cancel(&t->look);
	if (t->listening)
		fd_close(store_news_fd(t->store));
	t->listening = false;
}

/**
 * Brings everything that runs to an end, and waits for the work threads
 *
 * The ends are in the core's inbox afterwards: run it once more, and then release the store, which
 * writes them.
 */
void timetable_stop(struct timetable *t)
{
	struct le *le;

	if (!t || atomic_exchange(&t->stopping, true))
		return;
	timetable_drain(t);
	for (le = list_head(&t->runs); le;) {
		struct run *r = le->data;

		le = le->next;
		if (r->ops->stop_h && !r->over)
			r->ops->stop_h(&r->run, t->arg[r->run.row.kind]);
	}
	for (unsigned i = 0; i < t->works; i++)
		actor_stop(t->work[i].actor);
	tmr_cancel(&t->renew);
}

/** How many jobs are being tried, or have been and wait for the disk */
unsigned timetable_running(const struct timetable *t)
{
	return list_count(&t->runs);
}
