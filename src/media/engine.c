/**
 * @file engine.c  Workers, the disk thread, and events on their way to the core
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include "engine.h"
#include "id.h"
#include "log.h"
#include "own.h"

enum { DISK_MAX = 8192 };

static void stop_h(void *obj)
{
	struct order *o = obj;

	o->w->stop = true;
}

static void worker_stop(struct worker *w)
{
	struct order *o = order_alloc(w, 0);

	/* Without the message the thread would never end: wait for room. */
	while (w->started && (!o || actor_post(w->inbox, stop_h, o))) {
		sys_usleep(1000);
		o = order_alloc(w, 0);
	}
	if (w->started)
		pthread_join(w->thread, NULL);
}

/**
 * Ends the threads; afterwards every recording is complete and its end is in the core's inbox
 *
 * Each thread ends before what it posts to is gone: the workers hand the last blocks of their
 * recordings to the disk thread, which may still post sounds into the inbox of a worker.
 */
void engine_stop(struct engine *e)
{
	if (e->stopped)
		return;
	e->stopped = true;
	for (unsigned i = 0; i < e->count; i++)
		worker_stop(e->workers[i]);
	for (unsigned i = 0; i < e->count; i++)
		hash_flush(e->workers[i]->parties);
	actor_stop(e->disk);
}

static void engine_destructor(void *arg)
{
	struct engine *e = arg;

	engine_stop(e);
	for (unsigned i = 0; i < e->count; i++)
		mem_deref(e->workers[i]);
	mem_deref(e->disk);
	mem_deref(e->library);
	mem_deref(e->identity);
	mem_deref(e->streams);
	if (e->wires)
		e->wires->engine = NULL;
	shared_unref(e->wires);
}

static int conf_check(const struct engine_conf *conf)
{
	bool fits = conf->core && conf->workers && conf->workers <= WORKERS_MAX;

	return fits && sa_af(&conf->bind) != AF_UNSPEC && conf->port_min <= conf->port_max ? 0
											   : EINVAL;
}

static int threads_start(struct engine *e, const struct engine_conf *conf)
{
	int err = actor_alloc(&e->disk, "media disk", DISK_MAX);

	if (!err)
		err = library_alloc(&e->library, conf->sounds, conf->music);
	if (!err)
		err = actor_start(e->disk);
	while (!err && e->count < conf->workers) {
		err = worker_alloc(&e->workers[e->count], e->wires, e->disk, e->identity, conf,
				   e->count);
		if (!err)
			++e->count;
	}
	return err;
}

/**
 * Starts the media workers
 *
 * @param ep   Result; dropping it and its last stream stops the threads
 * @param conf Addresses, limits, folders; read during this call only
 *
 * @return 0 or errno
 */
int engine_alloc(struct engine **ep, const struct engine_conf *conf)
{
	AUTO struct engine *e = NULL;
	int err = conf_check(conf);

	if (err)
		return err;
	e = mem_zalloc(sizeof(*e), engine_destructor);
	if (!e)
		return ENOMEM;
	ports_init(&e->ports, &conf->bind, conf->port_min, conf->port_max);
	id_random_bytes(&e->next_id, sizeof(e->next_id));
	e->wires = shared_alloc(sizeof(*e->wires), NULL);
	if (!e->wires)
		return ENOMEM;
	e->wires->core = conf->core;
	e->wires->engine = e;
	e->taped_h = conf->taped_h;
	e->taped_arg = conf->taped_arg;
	e->sound_h = conf->sound_h;
	e->sound_arg = conf->sound_arg;
	err = hash_alloc(&e->streams, IDS_SIZE);
	if (!err)
		err = dtls_identity_alloc(&e->identity);
	if (!err)
		err = threads_start(e, conf);
	if (err)
		return err;
	*ep = TAKE(e);
	return 0;
}

/** How many streams are alive */
unsigned engine_streams(const struct engine *e)
{
	return e->alive;
}

/** Processor time that the workers used so far, in microseconds; for benches and health */
uint64_t engine_cpu_us(const struct engine *e)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < e->count; i++) {
		struct timespec t;
		clockid_t id;

		if (pthread_getcpuclockid(e->workers[i]->thread, &id) || clock_gettime(id, &t))
			continue;
		sum += (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
	}
	return sum;
}

/** An id that no living stream or mix bears, never 0 */
uint32_t engine_id(struct engine *e)
{
	do
		++e->next_id;
	while (!e->next_id || engine_stream(e, e->next_id));
	return e->next_id;
}

static bool has_id(struct le *le, void *arg)
{
	const struct stream *s = le->data;

	return s->id == *(uint32_t *)arg;
}

/** The stream of an id, NULL if it is gone */
struct stream *engine_stream(const struct engine *e, uint32_t id)
{
	return list_ledata(hash_lookup(e->streams, id, has_id, &id));
}

struct news {
	struct wires *wires;
	uint32_t stream;
	struct stream_event ev;
};

static void news_destructor(void *arg)
{
	struct news *n = arg;

	shared_unref(n->wires);
}

static void news_h(void *obj)
{
	struct news *n = obj;
	struct engine *e = n->wires->engine;
	struct stream *s = e ? engine_stream(e, n->stream) : NULL;

	if (s && s->h)
		s->h(s, &n->ev, s->arg);
}

/** Sends an event to the core thread; any thread; lost, and logged, when its inbox is full */
void wires_event(struct wires *wires, uint32_t party, const struct stream_event *ev)
{
	struct news *n = mem_zalloc(sizeof(*n), news_destructor);
	int err = ENOMEM;

	if (n) {
		n->wires = shared_ref(wires);
		n->stream = party;
		n->ev = *ev;
		err = actor_post(wires->core, news_h, n);
	}
	if (err)
		log_error("media.event", "lost kind=%d err=%d", ev->kind, err);
}

struct completed {
	struct wires *wires;
	struct taped taped;
	char path[];
};

static void completed_destructor(void *arg)
{
	struct completed *c = arg;

	shared_unref(c->wires);
}

static void completed_h(void *obj)
{
	struct completed *c = obj;
	struct engine *e = c->wires->engine;

	if (e && e->taped_h)
		e->taped_h(&c->taped, e->taped_arg);
}

/** Tells the core thread that a recording's file is complete; any thread; lost, and logged, when
 * its inbox is full: then the next start finds it */
void wires_taped(struct wires *wires, const struct taped *t)
{
	size_t size = strlen(t->path) + 1;
	struct completed *c = mem_zalloc(sizeof(*c) + size, completed_destructor);
	int err = ENOMEM;

	if (c) {
		c->wires = shared_ref(wires);
		c->taped = *t;
		memcpy(c->path, t->path, size);
		c->taped.path = c->path;
		err = actor_post(wires->core, completed_h, c);
	}
	if (err)
		log_error("media.taped", "lost file=%s err=%d", t->path, err);
}
