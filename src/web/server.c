/**
 * @file server.c  Daemons, and the way of a request: receive, find its route, check, run, answer
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "clock.h"
#include "log.h"
#include "own.h"
#include "server.h"
#include "text.h"

enum { SLOW_MAX = 64, CONN_MEMORY = 24 * 1024 };

#define PRIORITIES                                                                                 \
	"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:"        \
	"+CHACHA20-POLY1305:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:%SERVER_PRECEDENCE"

enum exchange_state { EXCHANGE_RECEIVING, EXCHANGE_RUNNING, EXCHANGE_ANSWERED };

/** One request and its reply, between the calls that libmicrohttpd makes about it */
struct exchange {
	struct request rq;
	struct reply rp;
	struct mbuf *in;
	enum exchange_state state;
	uint64_t began; /* monotonic us */
	size_t most;	/* bytes of the body        */
	size_t taken;	/* of the room for bodies   */
	bool admitted;	/* before the body was read */
	bool too_large;
};

/** Message to the slow thread, which has the exchange until it resumes the connection */
struct slow_job {
	struct exchange *x;
};

static void exchange_destructor(void *arg)
{
	struct exchange *x = arg;

	reply_reset(&x->rp);
	json_decref(x->rq.body);
	mem_deref(x->rq.who);
	mem_deref(x->in);
	bodies_give(&x->rq.web->bodies, x->rq.whose, x->taken);
}

static bool is_tls(struct MHD_Connection *conn)
{
	return MHD_get_connection_info(conn, MHD_CONNECTION_INFO_PROTOCOL) != NULL;
}

static bool json_expected(const struct request *rq)
{
	const char *type = request_header(rq, "Content-Type");

	return type && !strncasecmp(type, "application/json", 16) &&
	       (!type[16] || type[16] == ';' || type[16] == ' ');
}

static bool takes_file(const struct route *r)
{
	return r && r->field_count == 1 && r->fields[0].type == FIELD_FILE;
}

/** Reads the body as a JSON object of the route's fields; false when the reply says why not */
static bool body_read(struct exchange *x)
{
	json_error_t e;

	if (!x->rq.route->fields)
		return true;
	if (takes_file(x->rq.route)) {
		x->rq.file = x->in;
		if (!x->in)
			reply_problem(&x->rp, 422, "The file is empty.");
		return x->in != NULL;
	}
	if (!x->in) {
		x->rq.body = json_object();
		return schema_check(x->rq.route, x->rq.body, &x->rp);
	}
	if (!json_expected(&x->rq)) {
		reply_problem(&x->rp, 415, "Send the body as application/json.");
		return false;
	}
	x->rq.body = json_loadb((char *)x->in->buf, x->in->end, JSON_REJECT_DUPLICATES, &e);
	if (!x->rq.body)
		reply_problem(&x->rp, 400, "The body is not JSON (line %d, column %d).", e.line,
			      e.column);
	else if (!json_is_object(x->rq.body))
		reply_problem(&x->rp, 400, "The body must be a JSON object.");
	else
		return schema_check(x->rq.route, x->rq.body, &x->rp);
	return false;
}

static bool changes(const struct request *rq)
{
	return strcmp(rq->method, "GET") != 0;
}

static bool permitted(struct exchange *x)
{
	struct request *rq = &x->rq;

	if (changes(rq) && !request_same_origin(rq))
		reply_problem(&x->rp, 403, "The request came from another site.");
	else
		return rq->web->h.auth_h(rq, &x->rp);
	return false;
}

static bool admitted(struct exchange *x)
{
	if (x->too_large)
		reply_problem(&x->rp, 413, "At most %zu bytes are accepted.", x->most);
	else if (x->admitted || permitted(x))
		return body_read(x);
	return false;
}

struct framing {
	unsigned lengths, encodings, hosts;
	uint64_t length;
};

static enum MHD_Result framing_h(void *arg, enum MHD_ValueKind kind, const char *key,
				 const char *value)
{
	struct framing *f = arg;

	if (!strcasecmp(key, "Content-Length")) {
		++f->lengths;
		f->length = value ? strtoull(value, NULL, 10) : 0;
	} else if (!strcasecmp(key, "Transfer-Encoding")) {
		++f->encodings;
	} else if (!strcasecmp(key, "Host")) {
		++f->hosts;
	}
	return MHD_YES;
}

static size_t most_of(const struct route *route)
{
	if (takes_file(route))
		return (size_t)route->fields[0].max;
	return route->permission && route->fields ? WEB_BODY : WEB_LITTLE;
}

static bool room_taken(struct exchange *x, size_t n)
{
	struct request *rq = &x->rq;

	if (bodies_take(&rq->web->bodies, rq->whose, n)) {
		x->taken = n;
		return true;
	}
	reply_problem(&x->rp, 503, "Too much is being sent at once.");
	reply_header(&x->rp, "Retry-After", "5");
	return false;
}

/*
 * Whoever sends more than a little is looked at before it is read, and has room for it: nobody may
 * fill the memory. What is sent where nothing is awaited is not kept at all.
 */
static bool body_awaited(struct exchange *x, const struct framing *f)
{
	struct request *rq = &x->rq;
	bool known, little = !f->encodings && f->length <= WEB_LITTLE;

	rq->route = path_route(rq->web, rq, &known);
	if (!rq->route)
		return true;
	x->most = most_of(rq->route);
	if (little && !takes_file(rq->route))
		return true;
	x->admitted = permitted(x);
	if (!x->admitted)
		return false;
	if (f->length > x->most) {
		reply_problem(&x->rp, 413, "At most %zu bytes are accepted.", x->most);
		return false;
	}
	return x->most <= WEB_LITTLE || room_taken(x, f->encodings ? x->most : f->length);
}

static void slow_h(void *obj)
{
	struct exchange *x = ((struct slow_job *)obj)->x;
	struct web *w = x->rq.web;

	x->rq.route->h(&x->rq, &x->rp);
	MHD_resume_connection(x->rq.conn);
	/* From here on the exchange belongs to the connection's thread again */
	atomic_fetch_sub(&w->slow_count, 1);
}

/** Hands a request to the slow thread while its connection sleeps */
static bool slow_start(struct exchange *x)
{
	struct web *w = x->rq.web;
	struct slow_job *job = mem_zalloc(sizeof(*job), NULL);

	if (!job || atomic_fetch_add(&w->slow_count, 1) >= SLOW_MAX || w->stopping) {
		if (job)
			atomic_fetch_sub(&w->slow_count, 1);
		mem_deref(job);
		reply_problem(&x->rp, 503, "Too many people are signing in just now.");
		reply_header(&x->rp, "Retry-After", "2");
		return false;
	}
	job->x = x;
	x->state = EXCHANGE_RUNNING;
	web_conn_due(web_conn_of(x->rq.conn), 0);
	MHD_suspend_connection(x->rq.conn);
	if (actor_post(w->slow, slow_h, job)) {
		reply_problem(&x->rp, 503, "Too many people are signing in just now.");
		MHD_resume_connection(x->rq.conn);
		atomic_fetch_sub(&w->slow_count, 1);
	}
	return true;
}

static void methods_allow(const struct exchange *x, struct reply *rp)
{
	struct request probe = x->rq;
	char allow[64] = "";
	static const char *const methods[] = {"GET", "POST", "PATCH", "PUT", "DELETE"};

	for (size_t i = 0; i < COUNT(methods); i++) {
		size_t n = strlen(allow);
		bool known;

		probe.method = methods[i];
		if (path_route(x->rq.web, &probe, &known))
			text_printf(allow + n, sizeof(allow) - n, "%s%s", n ? ", " : "",
				    methods[i]);
	}
	reply_problem(rp, 405, "This address knows %s.", allow);
	reply_header(rp, "Allow", "%s", allow);
}

static enum MHD_Result answer(struct exchange *x)
{
	struct request *rq = &x->rq;

	x->state = EXCHANGE_ANSWERED;
	web_conn_due(web_conn_of(rq->conn), x->rp.stream ? 0 : SEND_MS);
	if (x->rp.status >= 500)
		log_error("http.failed", "request=%s method=%s path=%s status=%u", rq->id,
			  rq->method, rq->path, x->rp.status);
	log_debug("http.request", "request=%s method=%s path=%s status=%u us=%" PRIu64, rq->id,
		  rq->method, rq->path, x->rp.status, clock_mono_us() - x->began);
	return reply_send(rq, &x->rp);
}

/** Runs a route's request; true when the slow thread will answer */
static bool run(struct exchange *x)
{
	if (!admitted(x))
		return false;
	if (x->rq.route->runs == RUNS_SLOW)
		return slow_start(x);
	x->rq.route->h(&x->rq, &x->rp);
	return false;
}

static enum MHD_Result dispatch(struct exchange *x)
{
	struct request *rq = &x->rq;
	enum MHD_Result res;
	bool known;

	rq->route = path_route(rq->web, rq, &known);
	if (rq->route) {
		if (run(x))
			return MHD_YES;
	} else if (known) {
		methods_allow(x, &x->rp);
	} else if (!strncmp(rq->path, "/api/", 5)) {
		reply_problem(&x->rp, 404, "There is no such address.");
	} else if (strcmp(rq->method, "GET")) {
		reply_problem(&x->rp, 405, "This address can only be read.");
		reply_header(&x->rp, "Allow", "GET, HEAD");
	} else if (!strcmp(rq->path, "/ws/") || !strcmp(rq->path, "/ws")) {
		web_conn_due(web_conn_of(rq->conn), 0);
		return edge_upgrade(rq);
	} else {
		web_conn_due(web_conn_of(rq->conn), SEND_MS);
		if (files_send(rq, &res))
			return res;
		reply_problem(&x->rp, 404, "There is no such page.");
	}
	return answer(x);
}

/** The first call: headers are here. What must not be read further is refused at once. */
static enum MHD_Result begin(struct web *w, struct MHD_Connection *conn, const char *url,
			     const char *method, void **ctx)
{
	struct exchange *x = mem_zalloc(sizeof(*x), exchange_destructor);
	struct framing f = {0};

	if (!x)
		return MHD_NO;
	*ctx = x;
	x->began = clock_mono_us();
	x->rq.web = w;
	x->rq.conn = conn;
	x->rq.method = strcmp(method, "HEAD") ? method : "GET";
	x->rq.tls = is_tls(conn);
	x->rq.arg = w->h.arg;
	web_conn_due(web_conn_of(conn), RECEIVE_MS);
	MHD_get_connection_values(conn, MHD_HEADER_KIND, framing_h, &f);
	/* Two framings of one body are how requests are smuggled past a proxy (RFC 9112, 11.2) */
	if (!request_fill(&x->rq, url) || f.lengths + f.encodings > 1 || f.hosts != 1) {
		reply_problem(&x->rp, 400, "Its first line or its headers are malformed.");
		return answer(x);
	}
	return body_awaited(x, &f) ? MHD_YES : answer(x);
}

static void receive(struct exchange *x, const char *p, size_t n)
{
	if (x->too_large)
		return;
	if (!x->in)
		x->in = mbuf_alloc(MAX(n, x->taken));
	if (!x->in || x->in->end + n > x->most || mbuf_write_mem(x->in, (const uint8_t *)p, n)) {
		x->too_large = true;
		x->in = mem_deref(x->in);
	}
}

static enum MHD_Result access_h(void *cls, struct MHD_Connection *conn, const char *url,
				const char *method, const char *version, const char *upload,
				size_t *size, void **ctx)
{
	struct exchange *x = *ctx;

	if (!x)
		return begin(cls, conn, url, method, ctx);
	if (*size) {
		receive(x, upload, *size);
		*size = 0;
		return MHD_YES;
	}
	switch (x->state) {
	case EXCHANGE_RECEIVING:
		return dispatch(x);
	case EXCHANGE_RUNNING:
		return answer(x);
	case EXCHANGE_ANSWERED:
		break;
	}
	return MHD_NO;
}

static void completed_h(void *cls, struct MHD_Connection *conn, void **ctx,
			enum MHD_RequestTerminationCode why)
{
	*ctx = mem_deref(*ctx);
	web_conn_settle(web_conn_of(conn));
	web_conn_due(web_conn_of(conn), RECEIVE_MS);
}

static void connection_h(void *cls, struct MHD_Connection *conn, void **ctx,
			 enum MHD_ConnectionNotificationCode code)
{
	struct web *w = cls;
	struct conn *c;
	struct sa peer;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		web_conn_closed(*ctx);
		*ctx = NULL;
		return;
	}
	conn_address(&peer, conn);
	c = web_conn_alloc(
		w->counts, &peer,
		MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
	*ctx = c;
	if (c)
		loop_conn(w->loop, shared_ref(c));
}

static void note_h(void *arg, const char *fmt, va_list ap)
{
	char text[256];

	vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\n")] = '\0';
	log_debug("http.note", "text=\"%s\"", text);
}

static int daemon_start(struct web *w, struct MHD_Daemon **dp, uint16_t port, bool secure)
{
	struct sa sa = w->conf.bind;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_UPGRADE |
			 MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	const struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)web_cert_ask},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)PRIORITIES},
		{MHD_OPTION_END, 0, NULL}};
	const struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};

	sa_set_port(&sa, port);
	if (sa_af(&sa) == AF_INET6)
		flags |= MHD_USE_IPv6;
	if (secure)
		flags |= MHD_USE_TLS;
	errno = 0;
	*dp = MHD_start_daemon(
		flags, 0, NULL, NULL, access_h, w, MHD_OPTION_EXTERNAL_LOGGER, note_h, NULL,
		MHD_OPTION_SOCK_ADDR, &sa.u.sa, MHD_OPTION_NOTIFY_COMPLETED, completed_h, w,
		MHD_OPTION_NOTIFY_CONNECTION, connection_h, w, MHD_OPTION_THREAD_POOL_SIZE,
		w->conf.threads, MHD_OPTION_CONNECTION_LIMIT, (unsigned)WEB_TOTAL,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONN_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY,
		secure ? tls : plain, MHD_OPTION_END);
	if (*dp)
		return 0;
	return errno ? errno : EINVAL;
}

static int https_start(struct web *w)
{
	const char *cert = w->conf.cert, *key = w->conf.key;
	int err = web_certs_read(&w->certs, cert, key && key[0] ? key : cert);

	return err ? err : daemon_start(w, &w->https, w->conf.https_port, true);
}

static int daemons_start(struct web *w)
{
	int err = 0;

	if (w->conf.http && !sa_is_loopback(&w->conf.bind))
		log_warn("http.plain", "text=\"plain HTTP is served on loopback only: off\"");
	else if (w->conf.http)
		err = daemon_start(w, &w->http, w->conf.http_port, false);
	if (!err && w->conf.https)
		err = https_start(w);
	return err;
}

static void quiesce(struct MHD_Daemon *d)
{
	int fd = d ? MHD_quiesce_daemon(d) : -1;

	if (fd >= 0)
		close(fd);
}

static void web_destructor(void *arg)
{
	struct web *w = arg;

	/* Nothing may sleep in a daemon that is stopped: first the sources of sleep dry up */
	w->stopping = true;
	quiesce(w->http);
	quiesce(w->https);
	while (atomic_load(&w->slow_count))
		usleep(1000);
	loop_stop(w->loop);
	if (w->http)
		MHD_stop_daemon(w->http);
	if (w->https)
		MHD_stop_daemon(w->https);
	mem_deref(w->slow);
	event_forget(loop_event, w->loop);
	mem_deref(w->loop);
	mem_deref(w->files);
	mem_deref(w->proxies);
	mem_deref(w->public_url);
	mem_deref(w->policy);
	mem_deref(w->certs);
	mem_deref(w->counts);
}

static int slow_alloc(struct web *w)
{
	int err = actor_alloc(&w->slow, "web.slow", SLOW_MAX);

	return err ? err : actor_start(w->slow);
}

/**
 * Starts the server. Call on the core thread; release the result there as well, before the core
 * actor and before what the handlers use.
 *
 * @param wp   Result
 * @param conf What to serve; texts are copied, routes must stay valid
 * @param h    Handlers
 * @param core Actor of the core thread, told of the edge's connections
 *
 * @return 0 or errno: EADDRINUSE, EACCES, ENOENT for a missing certificate or portal folder, ...
 */
int web_alloc(struct web **wp, const struct web_conf *conf, const struct web_handlers *h,
	      struct actor *core)
{
	AUTO struct web *w = mem_zalloc(sizeof(*w), web_destructor);
	int err;

	if (!w)
		return ENOMEM;
	w->conf = *conf;
	w->h = *h;
	w->hsts = !sa_is_loopback(&conf->bind);
	err = str_dup(&w->public_url, conf->public_url ? conf->public_url : "");
	if (!err)
		err = policy_alloc(&w->policy, conf->phone_servers);
	if (!err)
		err = proxies_alloc(&w->proxies, conf->trusted_proxies);
	if (!err && !proxies_any(w->proxies)) /* behind one everybody has its address */
		err = conn_counts_alloc(&w->counts);
	if (!err)
		err = files_alloc(&w->files, conf->portal);
	if (!err)
		err = loop_alloc(&w->loop, w, core);
	if (!err)
		err = slow_alloc(w);
	if (!err)
		err = daemons_start(w);
	if (err)
		return err;
	w->conf.cert = w->conf.key = w->conf.portal = w->conf.trusted_proxies = NULL;
	w->conf.phone_servers = NULL;
	event_listen(loop_event, w->loop);
	*wp = TAKE(w);
	return 0;
}

/**
 * Renews the certificate of HTTPS; connections that run go on. On the core thread.
 *
 * @param w    Server
 * @param file PEM file with key and chain
 *
 * @return 0, also without HTTPS; or errno, and the old one still holds
 */
int web_renew(struct web *w, const char *file)
{
	return w->https ? web_certs_read(&w->certs, file, file) : 0;
}

/** The port that is served, 0 for none */
uint16_t web_port(const struct web *w, bool tls)
{
	struct MHD_Daemon *d = tls ? w->https : w->http;

	return d ? MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port : 0;
}

/** The browser behind a loopback port; on the core thread. False: not one of ours. */
bool web_edge_lookup(const struct web *w, struct sa *client, bool *tls, uint16_t port)
{
	return loop_lookup(w->loop, client, tls, port);
}

/** How many WebSockets and live streams are open; on any thread */
void web_count(const struct web *w, size_t *clients, size_t *streams)
{
	loop_count(w->loop, clients, streams);
}

/**
 * Where the live events stand: a stream opened with this misses none after it; on any thread
 *
 * @param w        Web server
 * @param position Value for `GET /events?after=`
 */
void web_position(const struct web *w, char position[SSE_POSITION])
{
	loop_position(w->loop, position);
}

/** Ends the live streams of a sign-in that has ended, after telling them; on any thread */
void web_revoke(struct web *w, const char *session)
{
	loop_revoke(w->loop, session, true);
}

/** Makes the clients of a sign-in open their live streams anew: it may hear other things now */
void web_restart(struct web *w, const char *session)
{
	loop_revoke(w->loop, session, false);
}
