/**
 * @file loop.h  The loop's thread: WebSockets, live streams, overdue connections
 *
 * One epoll loop and two inboxes: what has to be done, and the live events, which may wait a moment
 * so that a burst of them costs one wake-up. What is declared here runs on that thread, unless it
 * says otherwise.
 */
#ifndef CARILLON_WEB_LOOP_H
#define CARILLON_WEB_LOOP_H

#include "server.h"

struct client;
struct hub;
struct edge_table;

enum { LOOP_INBOX = 16384, TICK_MS = 250, EVENTS_MS = 20 };

struct loop {
	struct web *web;
	struct actor *inbox, *events;
	uint64_t events_due; /* when the events are looked at again; 0: they wake the loop */
	int epfd;
	pthread_t thread;
	bool started;
	_Atomic bool stop;
	struct conns *conns;
	struct hub *hub;
	struct list clients, dead;
	struct edge_table *table; /* shared; the core thread's */
	uint64_t ticked;
	_Atomic size_t client_count, stream_count;
};

/** What an epoll event is about */
struct end {
	struct client *c;
	int fd;
	uint32_t events; /* asked for at present */
};

/** An upgraded connection on its way from a web thread to the loop */
struct edge_open {
	struct loop *b;
	struct conn *conn; /* shared */
	struct MHD_UpgradeResponseHandle *urh;
	int fd;	     /* to read and write; under TLS one end of a socket pair */
	int peer_fd; /* the TCP connection under TLS, to learn of its end; or -1 */
	struct sa addr;
	bool tls;
	struct mbuf *extra; /* read already, after the headers */
};

/* client.c */
void client_open_h(void *obj);
void client_go(struct loop *b, uint16_t port);
void client_event(struct end *e, uint32_t events);
void clients_tick(struct loop *b, uint64_t now);
void clients_reap(struct loop *b);
void clients_close(struct loop *b);

/* table.c */
int edge_table_alloc(struct edge_table **tp, struct loop *b, struct actor *core);
int edge_table_opened(struct edge_table *t, uint16_t port, const struct sa *addr, bool tls);
int edge_table_closed(struct edge_table *t, uint16_t port);
bool edge_table_lookup(const struct edge_table *t, struct sa *addr, bool *tls, uint16_t port);
void edge_table_leave(struct edge_table *t);

/* loop.c */
int loop_go(struct loop *b, uint16_t port); /* any thread */

/* sse.c */
int hub_alloc(struct hub **hp);
void hub_add(struct hub *hub, struct stream *s);
void hub_event(struct hub *hub, const struct event *event);
void hub_revoke(struct hub *hub, const char *session, bool ended);
void hub_tick(struct hub *hub);
void hub_close(struct hub *hub);
void hub_position(const struct hub *hub, char position[SSE_POSITION]); /* any thread */
size_t hub_count(const struct hub *hub);

#endif
