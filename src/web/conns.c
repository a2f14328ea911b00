/**
 * @file conns.c  Cuts clients that never finish: a request byte by byte, a reply never read
 *
 * libmicrohttpd's own timeout is for silence only. Each connection has a deadline that its web
 * thread moves; the loop's thread looks at all of them and shuts the overdue ones down. The
 * state keeps the two apart: a socket is shut down, and an upgraded connection given back, only
 * while its owner cannot close it.
 */
#include <errno.h>
#include <sched.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include "clock.h"
#include "own.h"
#include "server.h"
#include "source.h"

enum { SOURCES = 4096 };

/** How many connections each source has; the secret says where it is counted, so that nobody can
 * choose one that shares a count with somebody else */
struct conn_counts {
	uint8_t secret[crypto_shorthash_KEYBYTES];
	_Atomic unsigned of[SOURCES];
};

enum conn_state { CONN_OPEN, CONN_HELD, CONN_CLOSED };

/** Shared by a web thread and the loop */
struct conn {
	_Atomic int state;
	_Atomic uint64_t due;	 /* monotonic ms, 0 for none */
	_Atomic unsigned *count; /* of its source, or NULL */
	int fd;
};

/** All connections; on the loop's thread */
struct conns {
	struct conn **v;
	size_t n, size;
};

static void web_conns_destructor(void *arg)
{
	struct conns *cs = arg;

	for (size_t i = 0; i < cs->n; i++)
		shared_unref(cs->v[i]);
	mem_deref(cs->v);
}

/** Makes the list; returns 0 or ENOMEM */
int web_conns_alloc(struct conns **cp)
{
	struct conns *cs = mem_zalloc(sizeof(*cs), web_conns_destructor);

	if (!cs)
		return ENOMEM;
	*cp = cs;
	return 0;
}

/** Makes the counts; returns 0 or ENOMEM */
int conn_counts_alloc(struct conn_counts **cp)
{
	struct conn_counts *cc = mem_zalloc(sizeof(*cc), NULL);

	if (!cc)
		return ENOMEM;
	randombytes_buf(cc->secret, sizeof(cc->secret));
	*cp = cc;
	return 0;
}

static _Atomic unsigned *count_of(struct conn_counts *cc, const struct sa *peer)
{
	char text[SOURCE_TEXT];
	uint64_t n = 0;

	source_print(text, peer);
	crypto_shorthash((uint8_t *)&n, (const uint8_t *)text, strlen(text), cc->secret);
	return &cc->of[n % SOURCES];
}

/**
 * Makes the state of a new connection, shared. One too many of its source is shut down.
 *
 * @param counts By source; NULL: nobody counts
 * @param peer   From where it comes
 * @param fd     Its socket
 *
 * @return NULL without memory
 */
struct conn *web_conn_alloc(struct conn_counts *counts, const struct sa *peer, int fd)
{
	struct conn *c = shared_alloc(sizeof(*c), NULL);

	if (!c)
		return NULL;
	c->fd = fd;
	web_conn_due(c, RECEIVE_MS);
	c->count = counts ? count_of(counts, peer) : NULL;
	if (c->count && atomic_fetch_add(c->count, 1) >= WEB_PER_IP)
		shutdown(fd, SHUT_RDWR);
	return c;
}

/** The state of a connection; NULL when there was no memory for it */
struct conn *web_conn_of(struct MHD_Connection *conn)
{
	return MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/** Gives a connection this many milliseconds from now; 0 for as long as it likes */
void web_conn_due(struct conn *c, uint64_t ms)
{
	if (c)
		atomic_store(&c->due, ms ? clock_mono_ms() + ms : 0);
}

/** The owner is about to close the socket; drops its reference */
void web_conn_closed(struct conn *c)
{
	int open = CONN_OPEN;

	if (!c)
		return;
	while (!atomic_compare_exchange_weak(&c->state, &open, CONN_CLOSED)) {
		open = CONN_OPEN;
		sched_yield();
	}
	if (c->count)
		atomic_fetch_sub(c->count, 1);
	shared_unref(c);
}

/**
 * A request's end, on its web thread, before libmicrohttpd closes what an upgraded connection had:
 * what the loop did to the socket until web_conn_give_back() comes before that. It does not wait,
 * for libmicrohttpd's lock is held here, and MHD_upgrade_action() wants it.
 */
void web_conn_settle(const struct conn *c)
{
	if (c)
		(void)atomic_load(&c->state);
}

/** Adds a connection; takes over the reference */
void web_conns_add(struct conns *cs, struct conn *c)
{
	if (cs->n == cs->size) {
		size_t size = cs->size ? cs->size * 2 : 64;
		struct conn **v = mem_reallocarray(cs->v, size, sizeof(struct conn *), NULL);

		if (!v) {
			shared_unref(c);
			return;
		}
		cs->v = v;
		cs->size = size;
	}
	cs->v[cs->n++] = c;
}

/* Until it is let go its owner waits in web_conn_closed(); false when that is over already */
static bool hold(struct conn *c)
{
	int state = CONN_OPEN;

	while (!atomic_compare_exchange_weak(&c->state, &state, CONN_HELD)) {
		if (state == CONN_CLOSED)
			return false;
		state = CONN_OPEN;
		sched_yield();
	}
	return true;
}

static void let_go(struct conn *c)
{
	atomic_store(&c->state, CONN_OPEN);
}

static void cut(struct conn *c)
{
	if (!hold(c))
		return;
	shutdown(c->fd, SHUT_RDWR);
	atomic_store(&c->due, 0);
	let_go(c);
}

/**
 * Gives an upgraded connection back, on any thread. Under TLS libmicrohttpd 0.9.75 may free it on
 * its web thread as soon as MHD_upgrade_action() has marked it closed, and writes to it afterwards:
 * hence it is held meanwhile.
 */
void web_conn_give_back(struct conn *c, struct MHD_UpgradeResponseHandle *urh)
{
	if (!hold(c))
		return;
	MHD_upgrade_action(urh, MHD_UPGRADE_ACTION_CLOSE);
	let_go(c);
}

/** Forgets the closed connections and cuts the overdue ones */
void web_conns_sweep(struct conns *cs)
{
	uint64_t now = clock_mono_ms();
	size_t n = 0;

	for (size_t i = 0; i < cs->n; i++) {
		struct conn *c = cs->v[i];
		uint64_t due = atomic_load(&c->due);

		if (atomic_load(&c->state) == CONN_CLOSED) {
			shared_unref(c);
			continue;
		}
		if (due && due <= now)
			cut(c);
		cs->v[n++] = c;
	}
	cs->n = n;
}
