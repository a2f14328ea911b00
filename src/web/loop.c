/**
 * @file loop.c  The loop's thread: its loop and its inboxes
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "loop.h"
#include "clock.h"
#include "own.h"

enum { EVENTS = 64 };

struct conn_news {
	struct loop *b;
	struct conn *conn;
};

struct stream_news {
	struct loop *b;
	struct stream *stream;
};

struct port_news {
	struct loop *b;
	uint16_t port;
};

struct revoke_news {
	struct loop *b;
	char session[72];
	bool ended;
};

struct event_news {
	struct loop *b;
	struct event event;
	char *extension, *name, *data;
};

static void loop_destructor(void *arg)
{
	struct loop *b = arg;

	loop_stop(b);
	mem_deref(b->inbox);
	mem_deref(b->events);
	mem_deref(b->hub);
	mem_deref(b->conns);
	if (b->table)
		edge_table_leave(b->table);
	if (b->epfd >= 0)
		close(b->epfd);
}

static void tick(struct loop *b)
{
	uint64_t now = clock_mono_ms();

	if (now - b->ticked < TICK_MS)
		return;
	b->ticked = now;
	web_conns_sweep(b->conns);
	hub_tick(b->hub);
	clients_tick(b, now);
	atomic_store(&b->stream_count, hub_count(b->hub));
	atomic_store(&b->client_count, list_count(&b->clients));
}

static int events_watch(struct loop *b, int op)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLONESHOT, .data.ptr = b->events};

	return epoll_ctl(b->epfd, op, actor_fd(b->events), &ev) ? errno : 0;
}

/* The first event of a burst goes out at once; the rest of it wakes nobody and goes out together.
 */
static void events_run(struct loop *b)
{
	actor_run(b->events);
	b->events_due = clock_mono_ms() + EVENTS_MS;
}

static void events_tick(struct loop *b)
{
	if (!b->events_due || clock_mono_ms() < b->events_due)
		return;
	b->events_due = 0;
	(void)events_watch(b, EPOLL_CTL_MOD);
}

static void *loop_main(void *arg)
{
	struct loop *b = arg;
	struct epoll_event ev[EVENTS];

	pthread_setname_np(pthread_self(), "web.loop");
	while (!atomic_load(&b->stop)) {
		int n = epoll_wait(b->epfd, ev, EVENTS, b->events_due ? EVENTS_MS : TICK_MS);

		for (int i = 0; i < n; i++) {
			if (!ev[i].data.ptr)
				actor_run(b->inbox);
			else if (ev[i].data.ptr == b->events)
				events_run(b);
			else
				client_event(ev[i].data.ptr, ev[i].events);
		}
		events_tick(b);
		tick(b);
		clients_reap(b);
	}
	actor_run(b->inbox);
	actor_run(b->events);
	hub_close(b->hub);
	clients_close(b);
	return NULL;
}

static int thread_start(struct loop *b)
{
	struct epoll_event ev = {.events = EPOLLIN};

	b->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (b->epfd < 0 || epoll_ctl(b->epfd, EPOLL_CTL_ADD, actor_fd(b->inbox), &ev) ||
	    events_watch(b, EPOLL_CTL_ADD))
		return errno;
	if (pthread_create(&b->thread, NULL, loop_main, b))
		return EAGAIN;
	b->started = true;
	return 0;
}

/** Starts the loop; on the core thread. Returns 0 or errno */
int loop_alloc(struct loop **bp, struct web *w, struct actor *core)
{
	AUTO struct loop *b = mem_zalloc(sizeof(*b), loop_destructor);
	int err;

	if (!b)
		return ENOMEM;
	b->web = w;
	b->epfd = -1;
	err = actor_alloc(&b->inbox, "web.loop", LOOP_INBOX);
	if (!err)
		err = actor_alloc(&b->events, "web.events", LOOP_INBOX);
	if (!err)
		err = web_conns_alloc(&b->conns);
	if (!err)
		err = hub_alloc(&b->hub);
	if (!err)
		err = edge_table_alloc(&b->table, b, core);
	if (!err)
		err = thread_start(b);
	if (err)
		return err;
	*bp = TAKE(b);
	return 0;
}

/** Closes every WebSocket, ends every stream and joins the thread; on the core thread */
void loop_stop(struct loop *b)
{
	if (!b || !b->started)
		return;
	atomic_store(&b->stop, true);
	pthread_join(b->thread, NULL);
	b->started = false;
}

static void conn_news_destructor(void *arg)
{
	shared_unref(((struct conn_news *)arg)->conn);
}

static void conn_h(void *obj)
{
	struct conn_news *m = obj;

	web_conns_add(m->b->conns, TAKE(m->conn));
}

/** Watches a connection; takes over the reference. On any thread. */
void loop_conn(struct loop *b, struct conn *c)
{
	struct conn_news *m = mem_zalloc(sizeof(*m), conn_news_destructor);

	if (!m) {
		shared_unref(c);
		return;
	}
	m->b = b;
	m->conn = c;
	actor_post(b->inbox, conn_h, m);
}

static void go_h(void *obj)
{
	struct port_news *m = obj;

	client_go(m->b, m->port);
}

/** The core knows this port: connect. Returns 0, ENOBUFS or ENOMEM. */
int loop_go(struct loop *b, uint16_t port)
{
	struct port_news *m = mem_zalloc(sizeof(*m), NULL);

	if (!m)
		return ENOMEM;
	m->b = b;
	m->port = port;
	return actor_post(b->inbox, go_h, m);
}

static void stream_news_destructor(void *arg)
{
	shared_unref(((struct stream_news *)arg)->stream);
}

static void stream_h(void *obj)
{
	struct stream_news *m = obj;

	hub_add(m->b->hub, TAKE(m->stream));
	atomic_store(&m->b->stream_count, hub_count(m->b->hub));
}

/** Feeds a stream from now on; takes over the reference. On any thread; 0, ENOBUFS or ENOMEM. */
int loop_stream(struct loop *b, struct stream *s)
{
	struct stream_news *m = mem_zalloc(sizeof(*m), stream_news_destructor);

	if (!m) {
		shared_unref(s);
		return ENOMEM;
	}
	m->b = b;
	m->stream = s;
	return actor_post(b->inbox, stream_h, m);
}

static void event_news_destructor(void *arg)
{
	struct event_news *m = arg;

	mem_deref(m->extension);
	mem_deref(m->name);
	mem_deref(m->data);
}

static void event_news_h(void *obj)
{
	struct event_news *m = obj;

	m->event.extension = m->extension;
	m->event.name = m->name;
	m->event.data = m->data;
	hub_event(m->b->hub, &m->event);
}

/** Listener of the event bus, on the publisher's thread: copies and posts */
void loop_event(const struct event *event, void *arg)
{
	struct loop *b = arg;
	struct event_news *m = mem_zalloc(sizeof(*m), event_news_destructor);
	int err = m ? str_dup(&m->name, event->name) : ENOMEM;

	if (!err)
		err = str_dup(&m->data, event->data);
	if (!err && event->extension)
		err = str_dup(&m->extension, event->extension);
	if (err) {
		mem_deref(m);
		return;
	}
	m->b = b;
	m->event.tenant = event->tenant;
	actor_post_soon(b->events, event_news_h, m);
}

static void revoke_h(void *obj)
{
	struct revoke_news *m = obj;

	actor_run(m->b->events); /* what it was still to be told */
	hub_revoke(m->b->hub, m->session, m->ended);
}

/** Ends the streams of a sign-in, which has ended or sees other things now; on any thread */
void loop_revoke(struct loop *b, const char *session, bool ended)
{
	struct revoke_news *m = mem_zalloc(sizeof(*m), NULL);

	if (!m)
		return;
	m->b = b;
	m->ended = ended;
	str_ncpy(m->session, session, sizeof(m->session));
	actor_post(b->inbox, revoke_h, m);
}

/** See web_edge_lookup() */
bool loop_lookup(const struct loop *b, struct sa *client, bool *tls, uint16_t port)
{
	return edge_table_lookup(b->table, client, tls, port);
}

/** See web_position() */
void loop_position(const struct loop *b, char position[SSE_POSITION])
{
	hub_position(b->hub, position);
}

/** See web_count() */
void loop_count(const struct loop *b, size_t *clients, size_t *streams)
{
	*clients = atomic_load(&b->client_count);
	*streams = atomic_load(&b->stream_count);
}
