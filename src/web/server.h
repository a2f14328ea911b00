/**
 * @file server.h  What the files of this folder share
 */
#ifndef CARILLON_WEB_SERVER_H
#define CARILLON_WEB_SERVER_H

#include <gnutls/abstract.h>
#include <stdatomic.h>
#include <microhttpd.h>
#include "web.h"

struct loop;
struct conns;
struct conn;
struct conn_counts;
struct files;
struct proxies;
struct certs;
struct stream;

enum {
	WEB_TOTAL = 4096,	/* connections, over all threads of one daemon                 */
	WEB_PER_IP = 1024,	/* of one source: an office behind NAT, a subnet of IPv6       */
	RECEIVE_MS = 30000,	/* a request must have arrived whole                           */
	SEND_MS = 600000,	/* its reply must have left                                    */
	IDLE_S = 60,		/* nothing at all in either direction                          */
	BODIES_OWN = 128 << 20, /* bodies of one person at once; two files fit           */
	BODIES_ALL = 512 << 20, /* of everybody                                          */
	BODIES_SHARES = 4096
};

/** How much of bodies is awaited, received or worked on; persons may share a share by chance */
struct bodies {
	_Atomic size_t all, of[BODIES_SHARES];
};

/** The server; but for its counters immutable once it runs */
struct web {
	struct web_conf conf;
	struct web_handlers h;
	struct MHD_Daemon *http, *https;
	struct loop *loop;  /* thread of WebSockets, live events and overdue connections */
	struct actor *slow; /* thread of RUNS_SLOW                                       */
	struct files *files;
	struct proxies *proxies;
	struct certs *certs;	    /* of HTTPS */
	struct conn_counts *counts; /* connections by source; NULL behind a proxy */
	char *public_url, *policy;
	bool hsts;
	_Atomic int slow_count; /* requests that sleep for the slow thread */
	_Atomic bool stopping;
	struct bodies bodies;
};

struct reply_head {
	const char *name;
	char *value;
};

/** What a handler answered */
struct reply {
	unsigned status;
	json_t *json, *fields, *members;
	struct mbuf *body;
	int fd;	      /* of a file, plus one; 0 for none         */
	int64_t size; /* of it                                   */
	bool ranges;  /* parts of body or file may be asked for  */
	const char *type;
	char detail[256];
	struct reply_head heads[WEB_HEADERS];
	size_t head_count;
	struct stream *stream;
};

/* head.c */
int policy_alloc(char **policy, const char *servers);
void security_heads(const struct web *w, struct MHD_Response *r);

/* reply.c */
void reply_reset(struct reply *rp);
enum MHD_Result reply_send(const struct request *rq, struct reply *rp);

/* request.c */
void conn_address(struct sa *sa, struct MHD_Connection *conn);
bool request_fill(struct request *rq, const char *url);
bool request_same_origin(const struct request *rq);
int web_certs_read(struct certs **csp, const char *chain, const char *key);
int web_cert_ask(gnutls_session_t session, const gnutls_datum_t *issuers, int issuers_count,
		 const gnutls_pk_algorithm_t *algorithms, int algorithms_count,
		 gnutls_pcert_st **chain, unsigned *chain_count, gnutls_privkey_t *key);
int proxies_alloc(struct proxies **pp, const char *text);
bool proxies_any(const struct proxies *p);

/* route.c */
const struct route *path_route(const struct web *w, struct request *rq, bool *path_known);
bool schema_check(const struct route *route, const json_t *body, struct reply *rp);

/* static.c */
int files_alloc(struct files **fp, const char *folder);
bool files_send(const struct request *rq, enum MHD_Result *res);

/* bodies.c */
bool bodies_take(struct bodies *b, const char *whose, size_t n);
void bodies_give(struct bodies *b, const char *whose, size_t n);

/* conns.c: cuts clients that never finish; gives upgraded connections back */
int web_conns_alloc(struct conns **cp);
void web_conns_add(struct conns *cs, struct conn *c);
void web_conns_sweep(struct conns *cs);
int conn_counts_alloc(struct conn_counts **cp);
struct conn *web_conn_alloc(struct conn_counts *counts, const struct sa *peer, int fd);
struct conn *web_conn_of(struct MHD_Connection *conn);
void web_conn_due(struct conn *c, uint64_t ms);
void web_conn_closed(struct conn *c);
void web_conn_settle(const struct conn *c);
void web_conn_give_back(struct conn *c, struct MHD_UpgradeResponseHandle *urh);

/* loop.c */
int loop_alloc(struct loop **bp, struct web *w, struct actor *core);
void loop_stop(struct loop *b);
void loop_conn(struct loop *b, struct conn *c);
void loop_event(const struct event *event, void *arg);
int loop_stream(struct loop *b, struct stream *s);
void loop_revoke(struct loop *b, const char *session, bool ended);
bool loop_lookup(const struct loop *b, struct sa *client, bool *tls, uint16_t port);
void loop_position(const struct loop *b, char position[SSE_POSITION]);
void loop_count(const struct loop *b, size_t *clients, size_t *streams);

/* edge.c */
enum MHD_Result edge_upgrade(struct request *rq);

/* sse.c */
enum MHD_Result sse_send(const struct request *rq, struct stream *s);

#endif
