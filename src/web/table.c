/**
 * @file table.c  Which browser is behind which loopback port: the core thread's own table
 *
 * The loop posts what it opens and closes; only the core thread touches the entries, so that
 * there is nothing to lock. The loop connects after the core has said that it knows the port:
 * otherwise the SIP stack might accept the connection before it has read the message.
 */
#include <errno.h>
#include "loop.h"
#include "log.h"
#include "own.h"

enum { BUCKETS = 1024 };

struct entry {
	struct le le;
	struct sa addr;
	bool tls;
	uint16_t port;
};

/** Shared: messages may still wait in the core's inbox when the server is gone */
struct edge_table {
	struct loop *b; /* NULL once the server is gone; core thread */
	struct actor *core;
	struct hash *entries;
};

struct edge_news {
	struct edge_table *t;
	struct sa addr;
	bool tls;
	uint16_t port;
};

static void entry_destructor(void *arg)
{
	struct entry *e = arg;

	hash_unlink(&e->le);
}

static void edge_table_destructor(void *arg)
{
	struct edge_table *t = arg;

	if (t->entries)
		hash_flush(t->entries);
	mem_deref(t->entries);
}

/** Makes the table; returns 0 or ENOMEM */
int edge_table_alloc(struct edge_table **tp, struct loop *b, struct actor *core)
{
	struct edge_table *t = shared_alloc(sizeof(*t), edge_table_destructor);

	if (!t)
		return ENOMEM;
	if (hash_alloc(&t->entries, BUCKETS)) {
		shared_unref(t);
		return ENOMEM;
	}
	t->b = b;
	t->core = core;
	*tp = t;
	return 0;
}

static bool port_is(struct le *le, void *arg)
{
	return ((struct entry *)le->data)->port == *(uint16_t *)arg;
}

static struct entry *entry_find(const struct edge_table *t, uint16_t port)
{
	return list_ledata(hash_lookup(t->entries, port, port_is, &port));
}

static void news_destructor(void *arg)
{
	shared_unref(((struct edge_news *)arg)->t);
}

static void opened_h(void *obj)
{
	struct edge_news *m = obj;
	struct loop *b = m->t->b;
	struct entry *e = b ? mem_zalloc(sizeof(*e), entry_destructor) : NULL;

	if (!e)
		return;
	e->addr = m->addr;
	e->tls = m->tls;
	e->port = m->port;
	hash_append(m->t->entries, e->port, &e->le, e);
	if (b->web->h.opened_h)
		b->web->h.opened_h(m->port, &m->addr, m->tls, b->web->h.edge_arg);
	if (loop_go(b, m->port))
		log_warn("edge.busy", "port=%u", m->port);
}

static void closed_h(void *obj)
{
	struct edge_news *m = obj;
	struct loop *b = m->t->b;

	if (!b)
		return;
	mem_deref(entry_find(m->t, m->port));
	if (b->web->h.closed_h)
		b->web->h.closed_h(m->port, b->web->h.edge_arg);
}

static int news_post(struct edge_table *t, actor_h *h, uint16_t port, const struct sa *addr,
		     bool tls)
{
	struct edge_news *m = mem_zalloc(sizeof(*m), news_destructor);

	if (!m)
		return ENOMEM;
	m->t = shared_ref(t);
	m->port = port;
	m->tls = tls;
	if (addr)
		m->addr = *addr;
	return actor_post(t->core, h, m);
}

/** Tells the core of a new port, which answers with loop_go(); returns 0 or errno */
int edge_table_opened(struct edge_table *t, uint16_t port, const struct sa *addr, bool tls)
{
	return news_post(t, opened_h, port, addr, tls);
}

/** Tells the core that a port is gone; before its socket is closed. Returns 0 or errno. */
int edge_table_closed(struct edge_table *t, uint16_t port)
{
	return news_post(t, closed_h, port, NULL, false);
}

/** The browser behind a port; on the core thread */
bool edge_table_lookup(const struct edge_table *t, struct sa *addr, bool *tls, uint16_t port)
{
	const struct entry *e = entry_find(t, port);

	if (!e)
		return false;
	*addr = e->addr;
	*tls = e->tls;
	return true;
}

/** The server goes; messages that still wait find nothing. On the core thread. */
void edge_table_leave(struct edge_table *t)
{
	t->b = NULL;
	shared_unref(t);
}
