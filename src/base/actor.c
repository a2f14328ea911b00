/**
 * @file actor.c  Inbox: a locked queue, woken by an eventfd
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include "actor.h"

struct message {
	struct message *next;
	actor_h *h;
	void *obj;
};

struct actor {
	char name[16];
	pthread_mutex_t lock;
	pthread_t thread;
	struct message *head, **tail;
	size_t depth, max;
	int fd;
	bool started, attached, stop;
	bool woken; /* the descriptor is readable, or its reader has not yet taken what waits */
};

enum { OWED = 8 };

/* Whom this thread wakes at the end of its round: a wake-up costs more than most messages. */
static _Thread_local struct {
	struct tmr tmr;
	struct actor *v[OWED];
	size_t n;
	bool loops; /* libre's loop runs here, and with it the timer */
} owed;

static void actor_wake(struct actor *a)
{
	bool woken;

	pthread_mutex_lock(&a->lock);
	woken = a->woken;
	a->woken = true;
	pthread_mutex_unlock(&a->lock);
	if (!woken)
		eventfd_write(a->fd, 1);
}

static void owed_pay(void *arg)
{
	(void)arg;
	for (size_t i = 0; i < owed.n; i++)
		actor_wake(owed.v[i]);
	owed.n = 0;
}

static void owed_forget(const struct actor *a)
{
	size_t n = 0;

	for (size_t i = 0; i < owed.n; i++) {
		if (owed.v[i] != a)
			owed.v[n++] = owed.v[i];
	}
	owed.n = n;
}

static void owed_add(struct actor *a)
{
	for (size_t i = 0; i < owed.n; i++) {
		if (owed.v[i] == a)
			return;
	}
	if (!owed.loops || owed.n == OWED) {
		actor_wake(a);
		return;
	}
	if (!owed.n)
		tmr_start(&owed.tmr, 0, owed_pay, NULL);
	owed.v[owed.n++] = a;
}

/* One question: the asker and the actor each hold a reference, whoever is last frees it. */
struct question {
	pthread_mutex_t lock;
	pthread_cond_t done_cond;
	actor_h *h;
	void *obj;
	bool done;
};

static void actor_destructor(void *arg)
{
	struct actor *a = arg;
	struct message *m;

	actor_stop(a);
	owed_forget(a);
	if (a->attached) {
		fd_close(a->fd);
		owed_pay(NULL);
		tmr_cancel(&owed.tmr);
		owed.loops = false;
	}
	while ((m = a->head)) {
		a->head = m->next;
		mem_deref(m->obj);
		free(m);
	}
	if (a->fd >= 0)
		close(a->fd);
	pthread_mutex_destroy(&a->lock);
}

/**
 * Makes an actor that has no thread yet
 *
 * @param ap   Result
 * @param name Thread name, at most 15 characters
 * @param max  Messages that may wait; beyond, actor_post() answers ENOBUFS
 *
 * @return 0 or errno
 */
int actor_alloc(struct actor **ap, const char *name, size_t max)
{
	struct actor *a = mem_zalloc(sizeof(*a), actor_destructor);
	int err;

	if (!a)
		return ENOMEM;
	pthread_mutex_init(&a->lock, NULL);
	a->tail = &a->head;
	a->max = max;
	str_ncpy(a->name, name, sizeof(a->name));
	a->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (a->fd < 0) {
		err = errno;
		mem_deref(a);
		return err;
	}
	*ap = a;
	return 0;
}

/** The descriptor that is readable while messages wait; for an epoll loop of one's own */
int actor_fd(const struct actor *a)
{
	return a->fd;
}

/** Handles everything that waits; on the owner's thread */
void actor_run(struct actor *a)
{
	struct message *m;
	uint64_t n;

	(void)!read(a->fd, &n, sizeof(n));
	pthread_mutex_lock(&a->lock);
	m = a->head;
	a->head = NULL;
	a->tail = &a->head;
	a->depth = 0;
	a->woken = false;
	pthread_mutex_unlock(&a->lock);
	while (m) {
		struct message *next = m->next;

		m->h(m->obj);
		mem_deref(m->obj);
		free(m);
		m = next;
	}
}

static void actor_fd_h(int flags, void *arg)
{
	actor_run(arg);
}

/** Lets libre's loop of this thread run the actor; returns 0 or errno */
int actor_attach(struct actor *a)
{
	int err = fd_listen(a->fd, FD_READ, actor_fd_h, a);

	a->attached = !err;
	owed.loops |= a->attached;
	return err;
}

static bool actor_stopped(struct actor *a)
{
	bool stop;

	pthread_mutex_lock(&a->lock);
	stop = a->stop && !a->head;
	pthread_mutex_unlock(&a->lock);
	return stop;
}

static void *actor_main(void *arg)
{
	struct actor *a = arg;
	struct pollfd p = {.fd = a->fd, .events = POLLIN};

	pthread_setname_np(pthread_self(), a->name);
	while (!actor_stopped(a)) {
		poll(&p, 1, -1);
		actor_run(a);
	}
	return NULL;
}

/** Starts a thread that does nothing but run this actor; returns 0 or errno */
int actor_start(struct actor *a)
{
	int err = pthread_create(&a->thread, NULL, actor_main, a);

	a->started = !err;
	return err;
}

/** Lets a started actor finish what waits, and joins its thread */
void actor_stop(struct actor *a)
{
	if (!a || !a->started)
		return;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_mutex_unlock(&a->lock);
	eventfd_write(a->fd, 1);
	pthread_join(a->thread, NULL);
	a->started = false;
}

/* With `wake` the caller wakes the reader now, if that says so. */
static int enqueue(struct actor *a, actor_h *h, void *obj, bool *wake)
{
	struct message *m = malloc(sizeof(*m));
	bool full;

	if (!m) {
		mem_deref(obj);
		return ENOMEM;
	}
	*m = (struct message){.h = h, .obj = obj};
	pthread_mutex_lock(&a->lock);
	full = a->depth >= a->max;
	if (!full) {
		*a->tail = m;
		a->tail = &m->next;
		++a->depth;
		if (wake) {
			*wake = !a->woken;
			a->woken = true;
		}
	}
	pthread_mutex_unlock(&a->lock);
	if (full) {
		mem_deref(obj);
		free(m);
		return ENOBUFS;
	}
	return 0;
}

/**
 * Posts a message; the object is handed over in any case
 *
 * @param a   Receiver
 * @param h   What it calls
 * @param obj Object from mem_alloc(), released after h; also when the post fails; may be NULL
 *
 * @return 0, ENOBUFS when the inbox is full, or ENOMEM
 */
int actor_post(struct actor *a, actor_h *h, void *obj)
{
	bool wake = false;
	int err = enqueue(a, h, obj, &wake);

	if (wake)
		eventfd_write(a->fd, 1);
	return err;
}

/**
 * Posts a message as actor_post() does, but wakes the receiver only when this thread's loop is
 * through with what it does now: for a thread that posts many and does not wait for any of them
 */
int actor_post_soon(struct actor *a, actor_h *h, void *obj)
{
	int err = enqueue(a, h, obj, NULL);

	if (!err)
		owed_add(a);
	return err;
}

/** How many messages wait */
size_t actor_depth(struct actor *a)
{
	size_t n;

	pthread_mutex_lock(&a->lock);
	n = a->depth;
	pthread_mutex_unlock(&a->lock);
	return n;
}

static void question_destructor(void *arg)
{
	struct question *q = arg;

	mem_deref(q->obj);
	pthread_cond_destroy(&q->done_cond);
	pthread_mutex_destroy(&q->lock);
}

static void question_release(void *arg)
{
	shared_unref(*(struct question **)arg);
}

static void question_h(void *arg)
{
	struct question *q = *(struct question **)arg;

	q->h(q->obj);
	pthread_mutex_lock(&q->lock);
	q->done = true;
	pthread_cond_signal(&q->done_cond);
	pthread_mutex_unlock(&q->lock);
}

static int question_wait(struct question *q, uint32_t timeout_ms)
{
	struct timespec t;
	int err = 0;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += timeout_ms / 1000;
	t.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		++t.tv_sec;
		t.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&q->lock);
	while (!q->done && !err)
		err = pthread_cond_clockwait(&q->done_cond, &q->lock, CLOCK_MONOTONIC, &t);
	if (q->done)
		err = 0;
	pthread_mutex_unlock(&q->lock);
	return err;
}

/**
 * Posts a message and waits until it was handled. Not on the actor's own thread.
 *
 * @param a          Receiver
 * @param h          What it calls; it writes its answer into the object
 * @param objp       The object; on ETIMEDOUT it stays with the actor and *objp is cleared
 * @param timeout_ms Longest wait in milliseconds of real time
 *
 * @return 0, ETIMEDOUT, ENOBUFS or ENOMEM
 */
int actor_ask(struct actor *a, actor_h *h, void **objp, uint32_t timeout_ms)
{
	struct question *q = shared_alloc(sizeof(*q), question_destructor);
	struct question **qp = mem_zalloc(sizeof(*qp), question_release);
	int err;

	if (!q || !qp) {
		shared_unref(q);
		mem_deref(qp);
		return ENOMEM;
	}
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->done_cond, NULL);
	q->h = h;
	q->obj = *objp;
	*qp = shared_ref(q);
	err = actor_post(a, question_h, qp);
	if (!err)
		err = question_wait(q, timeout_ms);
	if (err == ETIMEDOUT)
		*objp = NULL;
	else
		q->obj = NULL;
	shared_unref(q);
	return err;
}
