/**
 * @file worker.c  The loop of a media worker
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include "clock.h"
#include "log.h"
#include "own.h"
#include "party.h"
#include "text.h"

enum { EVENTS = 64, INBOX_MAX = 65536, LATE_TICKS = 5 };

static void worker_destructor(void *arg)
{
	struct worker *w = arg;

	hash_flush(w->parties);
	hash_flush(w->mixes);
	mem_deref(w->parties);
	mem_deref(w->mixes);
	mem_deref(w->inbox);
	if (w->epoll >= 0)
		close(w->epoll);
	if (w->timer >= 0)
		close(w->timer);
	shared_unref(w->wires);
}

static void clocks_read(struct worker *w)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	w->now_us = (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void beat(struct worker *w)
{
	struct le *le = w->beats[w->beat].head;

	w->beat = (w->beat + 1) % BEATS;
	while (le) {
		struct party *p = le->data;

		le = le->next;
		if (atomic_load_explicit(&p->cell->gone, memory_order_relaxed))
			mem_deref(p); /* its release did not fit into the inbox */
		else
			party_second(p);
	}
}

static void ticking_run(struct worker *w, void (*h)(struct party *p))
{
	struct le *le = w->ticking.head;

	while (le) {
		struct party *p = le->data;

		le = le->next;
		h(p);
	}
}

/* First what everybody says, then the mixes, then what everybody is told. */
static void tell(struct party *p)
{
	int16_t pcm[SAMPLES_MAX];
	uint32_t rate = RATE_NARROW;
	uint64_t source;

	if (p->audio)
		memset(p->audio->told8, 0, sizeof(p->audio->told8));
	if (p->play && play_tick(p, pcm)) {
		source = 1;
	} else if (p->member) {
		mix_told(p, pcm, &rate);
		source = 2;
	} else if (p->echo) {
		echo_tick(p, pcm);
		source = 3;
	} else if (p->pipe) {
		pipe_tick(p, pcm);
		source = 4;
	} else {
		return;
	}
	told_note(p, pcm, rate);
	told_pcm(p, pcm, rate / 1000 * FRAME_MS, rate, source);
}

static void finish(struct party *p)
{
	dtmf_tick(p);
	if (p->record)
		record_tick(p);
}

static void tick(struct worker *w)
{
	struct le *le = w->shaking.head;

	while (le) {
		struct party *p = le->data;

		le = le->next;
		secure_step(p);
	}
	ticking_run(w, tap_tick);
	mix_tick(w);
	ticking_run(w, tell);
	ticking_run(w, finish);
	beat(w);
}

static void timer_read(struct worker *w)
{
	uint64_t n = 0;

	if (read(w->timer, &n, sizeof(n)) != (ssize_t)sizeof(n))
		return;
	for (n = n < LATE_TICKS ? n : LATE_TICKS; n; n--)
		tick(w);
}

/* Orders run after the packets of a round, so that no packet finds its party gone. */
static void round_run(struct worker *w)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(w->epoll, events, EVENTS, -1);

	clocks_read(w);
	w->now_ms = clock_mono_ms();
	for (int i = 0; i < n; i++) {
		void *ptr = events[i].data.ptr;

		if (ptr != w->inbox && ptr != w)
			packet_read(ptr);
	}
	for (int i = 0; i < n; i++) {
		if (events[i].data.ptr == w->inbox)
			actor_run(w->inbox);
		else if (events[i].data.ptr == w)
			timer_read(w);
	}
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;

	while (!w->stop)
		round_run(w);
	return NULL;
}

static int watch(struct worker *w, int fd, void *ptr)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = ptr};

	return epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &ev) ? errno : 0;
}

static int loop_open(struct worker *w)
{
	struct itimerspec t = {
		.it_interval.tv_nsec = FRAME_MS * 1000000L,
		.it_value.tv_nsec = FRAME_MS * 1000000L,
	};
	int err;

	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	w->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (w->epoll < 0 || w->timer < 0 || timerfd_settime(w->timer, 0, &t, NULL))
		return errno;
	err = watch(w, w->timer, w);
	return err ? err : watch(w, actor_fd(w->inbox), w->inbox);
}

static int thread_start(struct worker *w, unsigned number)
{
	char name[16];
	int err = pthread_create(&w->thread, NULL, worker_main, w);

	if (err)
		return err;
	w->started = true;
	text_printf(name, sizeof(name), "media %u", number);
	pthread_setname_np(w->thread, name);
	return 0;
}

/**
 * Starts a worker; engine.c stops it
 *
 * @param wp       Result
 * @param wires    Way to the core thread
 * @param disk     Thread that reads and writes files
 * @param identity Our DTLS certificate
 * @param conf     Address and limits
 * @param number   For the thread's name
 *
 * @return 0 or errno
 */
int worker_alloc(struct worker **wp, struct wires *wires, struct actor *disk,
		 const struct dtls_identity *identity, const struct engine_conf *conf,
		 unsigned number)
{
	AUTO struct worker *w = mem_zalloc(sizeof(*w), worker_destructor);
	int err;

	if (!w)
		return ENOMEM;
	w->epoll = w->timer = -1;
	w->wires = shared_ref(wires);
	w->disk = disk;
	w->identity = identity;
	w->bind = conf->bind;
	w->silence_limit = conf->silence_ms;
	err = hash_alloc(&w->parties, IDS_SIZE);
	if (!err)
		err = hash_alloc(&w->mixes, IDS_SIZE);
	if (!err)
		err = actor_alloc(&w->inbox, "media", INBOX_MAX);
	if (!err)
		err = loop_open(w);
	if (!err)
		err = thread_start(w, number);
	if (err)
		return err;
	*wp = TAKE(w);
	return 0;
}

static void order_destructor(void *arg)
{
	struct order *o = arg;

	for (uint32_t i = 0; o->sounds && i < o->a; i++)
		shared_unref(o->sounds[i]);
	mem_deref(o->sounds);
	shared_unref(o->obj);
}

/** Makes an order for a party; NULL without memory */
struct order *order_alloc(struct worker *w, uint32_t party)
{
	struct order *o = mem_zalloc(sizeof(*o), order_destructor);

	if (o) {
		o->w = w;
		o->party = party;
	}
	return o;
}

/** Posts an order, which is handed over in any case and carried out once the caller's round ends; 0
 * or errno, logged */
int worker_post(struct worker *w, actor_h *h, struct order *o)
{
	int err = o ? actor_post_soon(w->inbox, h, o) : ENOMEM;

	if (err)
		log_error("media.order", "lost err=%d", err);
	return err;
}

static bool has_id(struct le *le, void *arg)
{
	const struct party *p = le->data;

	return p->id == *(uint32_t *)arg;
}

/** The party of an id, NULL if it is gone */
struct party *worker_party(const struct worker *w, uint32_t id)
{
	return list_ledata(hash_lookup(w->parties, id, has_id, &id));
}
