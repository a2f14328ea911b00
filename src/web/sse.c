/**
 * @file sse.c  Live events as Server-Sent Events
 *
 * The hub, on the loop's thread, remembers five minutes of events and pushes pieces of text into
 * the streams. A stream is a ring between the hub and the connection's web thread: the reader
 * suspends its connection when the ring is empty, the hub resumes it, and the one word `state`
 * decides who does, so that no wake-up is lost and no sleeper blocks a thread.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "loop.h"
#include "clock.h"
#include "id.h"
#include "log.h"
#include "own.h"
#include "text.h"

enum {
	QUEUE = 256,	 /* pieces that wait for one stream     */
	REMEMBER = 4096, /* events, of all tenants              */
	REMEMBER_MS = 300000,
	STREAMS_MAX = 4000,
	SESSION_STREAMS = 6, /* of one sign-in; the eldest is ended */
	DATA_MAX = 8192,     /* one event                           */
	BLOCK = 4096,
	PING_MS = 15000
};

enum stream_state { STREAM_AWAKE, STREAM_SLEEPING };

/** A piece of a stream's text; shared, immutable */
struct piece {
	size_t n;
	char text[];
};

/** Shared by the hub and the connection */
struct stream {
	struct sse_who who;
	struct web *web;
	struct MHD_Connection *conn;
	char boot[9];
	uint64_t after;		   /* last event that the client has             */
	bool resume;		   /* it named one                               */
	struct piece *ring[QUEUE]; /* head is the hub's, tail the reader's       */
	_Atomic unsigned head, tail;
	_Atomic int state;
	_Atomic bool finish, gone;
	size_t at; /* read of the piece at the tail              */
	uint64_t pinged;
};

struct remembered {
	uint64_t seq, at;
	int64_t tenant;
	char extension[32];
	struct piece *piece;
};

struct hub {
	struct stream *v[STREAMS_MAX];
	size_t n;
	struct remembered ring[REMEMBER];
	_Atomic uint64_t seq; /* of the last event                   */
	char boot[9];	      /* ids of an earlier run are not ours */
};

static void stream_destructor(void *arg)
{
	struct stream *s = arg;

	for (unsigned i = s->tail; i != s->head; i++)
		shared_unref(s->ring[i % QUEUE]);
}

static struct piece *piece_alloc(const char *text, size_t n)
{
	struct piece *p = shared_alloc(sizeof(*p) + n, NULL);

	if (p) {
		p->n = n;
		memcpy(p->text, text, n);
	}
	return p;
}

/** Wakes the reader if it sleeps; only who sees it asleep may resume the connection */
static void stream_wake(struct stream *s)
{
	if (atomic_exchange(&s->state, STREAM_AWAKE) == STREAM_SLEEPING)
		MHD_resume_connection(s->conn);
}

/* A full queue ends the stream: the client comes back and has the rest replayed */
static void stream_push(struct stream *s, const struct piece *p)
{
	unsigned head = atomic_load(&s->head);

	if (!p || atomic_load(&s->finish))
		return;
	if (head - atomic_load(&s->tail) == QUEUE) {
		atomic_store(&s->finish, true);
	} else {
		s->ring[head % QUEUE] = shared_ref(p);
		atomic_store(&s->head, head + 1);
	}
	stream_wake(s);
}

static void stream_say(struct stream *s, const char *text)
{
	struct piece *p = piece_alloc(text, strlen(text));

	stream_push(s, p);
	shared_unref(p);
}

static void stream_finish(struct stream *s)
{
	atomic_store(&s->finish, true);
	stream_wake(s);
}

static size_t stream_take(struct stream *s, char *buf, size_t max)
{
	unsigned tail = atomic_load(&s->tail), head = atomic_load(&s->head);
	size_t n = 0;

	while (tail != head && n < max) {
		struct piece *p = s->ring[tail % QUEUE];
		size_t left = p->n - s->at, take = left < max - n ? left : max - n;

		memcpy(buf + n, p->text + s->at, take);
		n += take;
		s->at += take;
		if (s->at < p->n)
			break;
		s->at = 0;
		shared_unref(p);
		atomic_store(&s->tail, ++tail);
	}
	return n;
}

/** libmicrohttpd wants bytes; on the connection's web thread */
static ssize_t read_h(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct stream *s = cls;
	bool end = atomic_load(&s->finish) || atomic_load(&s->web->stopping);
	size_t n = stream_take(s, buf, max);

	if (n)
		return (ssize_t)n;
	if (end)
		return MHD_CONTENT_READER_END_OF_STREAM;
	MHD_suspend_connection(s->conn);
	atomic_store(&s->state, STREAM_SLEEPING);
	/* what came between the look and the sleep has woken nobody */
	if (atomic_load(&s->head) != atomic_load(&s->tail) || atomic_load(&s->finish) ||
	    atomic_load(&s->web->stopping))
		stream_wake(s);
	return 0;
}

static void free_h(void *cls)
{
	struct stream *s = cls;

	atomic_store(&s->gone, true);
	shared_unref(s);
}

/** Queues a stream's response; takes over the reference */
enum MHD_Result sse_send(const struct request *rq, struct stream *s)
{
	struct MHD_Response *r =
		MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_h, s, free_h);
	enum MHD_Result res = MHD_NO;

	if (!r) {
		shared_unref(s);
		return MHD_NO;
	}
	security_heads(rq->web, r);
	MHD_add_response_header(r, "Content-Type", "text/event-stream");
	MHD_add_response_header(r, "Cache-Control", "no-store");
	MHD_add_response_header(r, "X-Accel-Buffering", "no");
	if (!loop_stream(rq->web->loop, shared_ref(s)))
		res = MHD_queue_response(rq->conn, 200, r);
	MHD_destroy_response(r);
	return res;
}

static void last_event(struct stream *s, const char *id)
{
	char *end;

	s->resume = id != NULL;
	if (!id || strlen(id) <= sizeof(s->boot) || id[sizeof(s->boot) - 1] != '-')
		return;
	s->after = strtoull(id + sizeof(s->boot), &end, 10);
	if (!*end)
		str_ncpy(s->boot, id, sizeof(s->boot));
}

/**
 * Answers a request with a stream of live events
 *
 * @param rq  Request
 * @param rp  Reply
 * @param who What it may hear
 */
void sse_open(struct request *rq, struct reply *rp, const struct sse_who *who)
{
	struct stream *s;
	const char *id;

	if (rq->web->stopping || atomic_load(&rq->web->loop->stream_count) >= STREAMS_MAX) {
		reply_problem(rp, 503, "Too many live streams.");
		return;
	}
	s = shared_alloc(sizeof(*s), stream_destructor);
	if (!s) {
		reply_problem(rp, 503, "Out of memory.");
		return;
	}
	s->who = *who;
	s->web = rq->web;
	s->conn = rq->conn;
	id = request_header(rq, "Last-Event-ID");
	last_event(s, id ? id : request_query(rq, "after"));
	rp->stream = s;
	rp->status = 200;
}

static void hub_destructor(void *arg)
{
	struct hub *hub = arg;

	for (size_t i = 0; i < hub->n; i++)
		shared_unref(hub->v[i]);
	for (size_t i = 0; i < REMEMBER; i++)
		shared_unref(hub->ring[i].piece);
}

/** Makes the hub; returns 0 or ENOMEM */
int hub_alloc(struct hub **hp)
{
	struct hub *hub = mem_zalloc(sizeof(*hub), hub_destructor);

	if (!hub)
		return ENOMEM;
	id_random(hub->boot, sizeof(hub->boot));
	*hp = hub;
	return 0;
}

static bool concerns(const struct sse_who *who, int64_t tenant, const char *extension)
{
	if (!tenant && who->platform)
		return true;
	return tenant == who->tenant &&
	       (!extension[0] || who->admin || !strcmp(extension, who->extension));
}

/** Replays what a client missed; false when that is not known any more */
static bool replay(struct hub *hub, struct stream *s)
{
	uint64_t now = clock_mono_ms(), first = hub->seq + 1;
	size_t n = 0;

	if (strcmp(s->boot, hub->boot) || s->after > hub->seq)
		return false;
	while (first > s->after + 1) {
		const struct remembered *m = &hub->ring[(first - 1) % REMEMBER];

		if (m->seq != first - 1 || now - m->at > REMEMBER_MS)
			return false;
		n += concerns(&s->who, m->tenant, m->extension);
		--first;
	}
	if (n > QUEUE / 2)
		return false;
	for (; first <= hub->seq; first++) {
		const struct remembered *m = &hub->ring[first % REMEMBER];

		if (concerns(&s->who, m->tenant, m->extension))
			stream_push(s, m->piece);
	}
	return true;
}

/* A client that counts on what it has must know from where: each stream begins with an id */
static void greet(struct hub *hub, struct stream *s)
{
	char text[160];
	bool known = s->resume && replay(hub, s);

	text_printf(text, sizeof(text), "retry: 2000\nid: %s-%" PRIu64 "\nevent: %s\ndata: {}\n\n",
		    hub->boot, hub->seq, s->resume && !known ? "resync" : "hello");
	stream_say(s, text);
}

static void session_limit(struct hub *hub, const char *session)
{
	struct stream *eldest = NULL;
	size_t n = 0;

	for (size_t i = 0; i < hub->n; i++) {
		struct stream *s = hub->v[i];

		if (strcmp(s->who.session, session) || atomic_load(&s->finish))
			continue;
		if (!n++)
			eldest = s;
	}
	if (n >= SESSION_STREAMS)
		stream_finish(eldest);
}

/** Feeds a stream; takes over the reference */
void hub_add(struct hub *hub, struct stream *s)
{
	if (hub->n == STREAMS_MAX) {
		stream_finish(s);
		shared_unref(s);
		return;
	}
	session_limit(hub, s->who.session);
	s->pinged = clock_mono_ms();
	hub->v[hub->n++] = s;
	greet(hub, s);
}

static void remember(struct hub *hub, const struct event *event, struct piece *p)
{
	struct remembered *m = &hub->ring[hub->seq % REMEMBER];

	shared_unref(m->piece);
	*m = (struct remembered){
		.seq = hub->seq, .at = clock_mono_ms(), .tenant = event->tenant, .piece = p};
	str_ncpy(m->extension, event->extension ? event->extension : "", sizeof(m->extension));
}

static struct piece *event_print(const struct hub *hub, uint64_t seq, const struct event *event)
{
	char text[DATA_MAX + 128];
	int n;

	if (strlen(event->data) > DATA_MAX || strpbrk(event->data, "\r\n") ||
	    strpbrk(event->name, "\r\n"))
		return NULL;
	n = snprintf(text, sizeof(text), "id: %s-%" PRIu64 "\nevent: %.40s\ndata: %s\n\n",
		     hub->boot, seq, event->name, event->data);
	return n > 0 ? piece_alloc(text, (size_t)n) : NULL;
}

/** Remembers an event and pushes it to whom it concerns */
void hub_event(struct hub *hub, const struct event *event)
{
	struct piece *p = event_print(hub, hub->seq + 1, event);

	if (!p) {
		log_warn("sse.dropped", "event=%.40s bytes=%zu", event->name, strlen(event->data));
		return;
	}
	++hub->seq;
	remember(hub, event, p);
	for (size_t i = 0; i < hub->n; i++) {
		if (concerns(&hub->v[i]->who, event->tenant,
			     event->extension ? event->extension : ""))
			stream_push(hub->v[i], p);
	}
}

static void stream_end(struct stream *s, const char *event)
{
	char text[64];

	text_printf(text, sizeof(text), "event: %s\ndata: {}\n\n", event);
	stream_say(s, text);
	stream_finish(s);
}

/** Ends the streams of a sign-in; unless that has ended too, its client reads all anew and comes
 * back */
void hub_revoke(struct hub *hub, const char *session, bool ended)
{
	for (size_t i = 0; i < hub->n; i++) {
		if (!strcmp(hub->v[i]->who.session, session))
			stream_end(hub->v[i], ended ? "session.revoked" : "resync");
	}
}

/** Pings, ends what is signed out by time, forgets what is gone */
void hub_tick(struct hub *hub)
{
	uint64_t now = clock_mono_ms();
	int64_t wall = clock_wall_ms();
	size_t n = 0;

	for (size_t i = 0; i < hub->n; i++) {
		struct stream *s = hub->v[i];

		if (atomic_load(&s->gone)) {
			shared_unref(s);
			continue;
		}
		if (s->who.until && s->who.until <= wall && !atomic_load(&s->finish))
			stream_end(s, "session.revoked");
		if (now - s->pinged >= PING_MS) {
			s->pinged = now;
			/* no comment: a page must see it, to know a dead stream from a quiet one */
			stream_say(s, "event: ping\ndata: {}\n\n");
		}
		hub->v[n++] = s;
	}
	hub->n = n;
}

/** Ends every stream; the server stops */
void hub_close(struct hub *hub)
{
	for (size_t i = 0; i < hub->n; i++)
		stream_finish(hub->v[i]);
}

/** Where the events stand; on any thread */
void hub_position(const struct hub *hub, char position[SSE_POSITION])
{
	text_printf(position, SSE_POSITION, "%s-%" PRIu64, hub->boot, atomic_load(&hub->seq));
}

/** How many streams there are */
size_t hub_count(const struct hub *hub)
{
	return hub->n;
}
