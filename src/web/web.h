/**
 * @file web.h  The HTTP server: portal files, the API's routes, live events, SIP over WebSocket
 *
 * One table of routes describes the API: method, path, permission, fields, handler. The same table
 * dispatches, checks the JSON and is printed as OpenAPI. Handlers run on the web's threads and may
 * wait for the store or ask the core; those that hash passwords run one at a time on a thread of
 * their own (RUNS_SLOW). web_alloc() and its release belong to the core thread.
 */
#ifndef CARILLON_WEB_H
#define CARILLON_WEB_H

#include <stdbool.h>
#include <stdint.h>
#include "actor.h"
#include "event.h"
#include "json.h"

struct web;
struct request;
struct reply;
struct MHD_Connection;

enum {
	WEB_IDS = 2,		/* ids in a path                        */
	WEB_ID = 48,		/* longest id, with its terminator      */
	WEB_PATH = 512,		/* longest path                         */
	WEB_HOST = 128,		/* longest Host                         */
	WEB_HEADERS = 8,	/* headers a handler may add            */
	WEB_BODY = 1024 * 1024, /* largest JSON body of who is signed in */
	WEB_LITTLE = 16 * 1024	/* largest body of a stranger            */
};

/** FIELD_FILE, as a route's only field: the body is a file of at most max bytes, not JSON */
enum field_type {
	FIELD_TEXT,
	FIELD_NOTE, /* a text of one or several lines        */
	FIELD_INT,
	FIELD_BOOL,
	FIELD_CHOICE,
	FIELD_ID,
	FIELD_WORDS,
	FIELD_OBJECT, /* has fields of its own                  */
	FIELD_ROWS,   /* a list of at most max such objects     */
	FIELD_FILE
};

/** One member of a JSON body, or one value of a query */
struct field {
	const char *name;
	enum field_type type;
	bool required;
	bool nullable;
	int64_t min, max;	    /* characters of a text, value of a number, how many words */
	const char *choices;	    /* FIELD_CHOICE: the words, separated by spaces            */
	const struct field *fields; /* FIELD_OBJECT, FIELD_ROWS */
	size_t field_count;
};

/** Where a handler runs */
enum runs { RUNS_WEB, RUNS_SLOW };

typedef void(route_h)(struct request *rq, struct reply *rp);

/** One row of the API */
struct route {
	const char *method, *path;  /* "/api/v1/extensions/{id}"                              */
	const char *permission;	    /* NULL: no sign-in; "": whoever is signed in; or a word  */
	const struct field *fields; /* of the JSON body; NULL: there is none                  */
	size_t field_count;
	enum runs runs;
	route_h *h;
	const char *summary;
};

/** A request, as its handler sees it; the handler's thread owns it */
struct request {
	const struct route *route;
	struct web *web;
	struct MHD_Connection *conn;
	const char *method; /* HEAD is told as GET                             */
	char path[WEB_PATH];
	char ids[WEB_IDS][WEB_ID];
	char host[WEB_HOST]; /* as the client wrote it, with the port           */
	char id[13];	     /* of the request, for the log and for support     */
	struct sa client;    /* behind trusted proxies, the address they name   */
	bool tls;
	json_t *body;	    /* an object that passed the route's fields        */
	struct mbuf *file;  /* of a route with FIELD_FILE, from 0 to end; or NULL */
	void *who;	    /* set by auth_h: a mem object, released afterwards */
	char whose[WEB_ID]; /* set by auth_h: who asks, whose share of memory counts */
	void *arg;	    /* of struct web_handlers                          */
};

/** What the web asks of, and tells, the floors above */
struct web_handlers {
	/** May this request run? Otherwise it writes the refusal; on a web thread */
	bool (*auth_h)(struct request *rq, struct reply *rp);
	/** A browser's loopback connection comes from this port, or is gone; on the core thread */
	void (*opened_h)(uint16_t port, const struct sa *client, bool tls, void *arg);
	void (*closed_h)(uint16_t port, void *arg);
	void *arg;	/* of auth_h and of the routes' handlers: request's arg */
	void *edge_arg; /* of opened_h and closed_h                             */
};

struct web_conf {
	struct sa bind;			/* address; its port is not used                        */
	bool http, https;		/* plain HTTP is served on a loopback address only      */
	uint16_t http_port, https_port; /* 0: choose                                      */
	const char *cert, *key;		/* PEM files; one file may hold both                    */
	const char *portal;		/* folder of the built portal, or ""                    */
	const char *public_url;		/* another origin that is ours, or ""                   */
	const char *trusted_proxies;
	const char *phone_servers; /* other origins the portal may connect to, or NULL */
	unsigned threads;
	uint16_t edge_port; /* SIP over TCP on loopback; 0: no WebSockets           */
	const struct route *routes;
	size_t route_count;
};

/** Who listens to the live events */
struct sse_who {
	int64_t tenant;
	bool admin;	    /* hears what concerns any extension of the tenant */
	bool platform;	    /* hears what concerns the platform too, as tenant 0 */
	char extension[32]; /* number, "" for none                             */
	char session[72];   /* the sign-in it lives and ends with              */
	int64_t until;	    /* wall ms at which the sign-in ends by itself     */
};

int web_alloc(struct web **wp, const struct web_conf *conf, const struct web_handlers *h,
	      struct actor *core);
int web_renew(struct web *w, const char *file);
uint16_t web_port(const struct web *w, bool tls);
bool web_edge_lookup(const struct web *w, struct sa *client, bool *tls, uint16_t port);
void web_count(const struct web *w, size_t *clients, size_t *streams);

/* What a handler reads */
const char *request_header(const struct request *rq, const char *name);
const char *request_query(const struct request *rq, const char *name);
bool request_query_int(const struct request *rq, const char *name, int64_t *v);
bool request_cookie(const struct request *rq, const char *name, char *value, size_t size);
bool request_has(const struct request *rq, const char *name);
const char *request_text(const struct request *rq, const char *name);
int64_t request_int(const struct request *rq, const char *name, int64_t def);
bool request_bool(const struct request *rq, const char *name, bool def);

/* What it answers */
void reply_json(struct reply *rp, unsigned status, json_t *json);
void reply_text(struct reply *rp, const char *type, struct mbuf *body);
void reply_sound(struct reply *rp, const char *type, struct mbuf *body);
void reply_file(struct reply *rp, const char *type, int fd, int64_t size);
void reply_done(struct reply *rp);
void reply_problem(struct reply *rp, unsigned status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void reply_field(struct reply *rp, const char *field, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void reply_member(struct reply *rp, const char *name, json_t *value);
void reply_header(struct reply *rp, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
unsigned reply_status(const struct reply *rp);

/* Live events */
enum { SSE_POSITION = 32 };
void sse_open(struct request *rq, struct reply *rp, const struct sse_who *who);
void web_position(const struct web *w, char position[SSE_POSITION]);
void web_revoke(struct web *w, const char *session);
void web_restart(struct web *w, const char *session);

#endif
