/**
 * @file client.c  One browser: its WebSocket, and its loopback connection to the SIP stack
 *
 * A message goes from frame to stream and back whole. What cannot be sent at once is kept, within
 * bounds: the SIP stack's side pauses the browser, a browser that does not read is closed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "loop.h"
#include "clock.h"
#include "log.h"
#include "own.h"
#include "text.h"
#include "ws.h"

enum {
	CLIENTS_MAX = 8192,
	CHUNK = 16384,		  /* read at once                                    */
	OUT_MAX = 2 * WS_MESSAGE, /* kept for a browser that reads slowly             */
	PAUSE_AT = WS_MESSAGE,	  /* kept for the SIP stack before the browser waits  */
	PING_MS = 20000,
	SILENCE_MS = 65000, /* three pings without a pong                      */
	STALL_MS = 20000,   /* kept bytes that do not move                     */
	CONNECT_MS = 10000,
	LINGER_MS = 2000, /* the browser may still read the close frame       */
	LEFT_MS = 500	  /* for what it had sent before it went              */
};

enum client_state { CLIENT_WAITING, CLIENT_CONNECTING, CLIENT_UP, CLIENT_CLOSING, CLIENT_DEAD };

struct client {
	struct le le;
	struct loop *b;
	struct conn *conn; /* shared */
	struct MHD_UpgradeResponseHandle *urh;
	struct end ws, tcp;
	struct end peer; /* under TLS the browser's own connection, behind the pair `ws` */
	struct sa addr;
	uint16_t port;
	enum client_state state;
	bool told; /* the core knows the port */
	struct ws_reader reader;
	struct mbuf *to_ws, *to_tcp, *from_tcp;
	uint64_t heard, pinged, moved, since, left;
};

static void client_destructor(void *arg)
{
	struct client *c = arg;

	list_unlink(&c->le);
	if (c->tcp.fd >= 0)
		close(c->tcp.fd);
	if (c->urh)
		web_conn_give_back(c->conn, c->urh);
	shared_unref(c->conn);
	ws_reader_reset(&c->reader);
	mem_deref(c->to_ws);
	mem_deref(c->to_tcp);
	mem_deref(c->from_tcp);
}

static void client_enter(struct client *c, enum client_state state)
{
	c->state = state;
	c->since = clock_mono_ms();
}

static size_t kept(const struct mbuf *mb)
{
	return mb ? mbuf_get_left(mb) : 0;
}

static void end_watch(struct end *e, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.ptr = e};

	if (e->fd < 0 || e->events == events)
		return;
	epoll_ctl(e->c->b->epfd, e->events == UINT32_MAX ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, e->fd,
		  &ev);
	e->events = events;
}

static void end_unwatch(struct end *e)
{
	if (e->fd >= 0 && e->events != UINT32_MAX)
		epoll_ctl(e->c->b->epfd, EPOLL_CTL_DEL, e->fd, NULL);
	e->events = UINT32_MAX;
}

static void client_watch(struct client *c)
{
	bool read =
		c->state == CLIENT_CLOSING || (c->state == CLIENT_UP && kept(c->to_tcp) < PAUSE_AT);

	if (c->state == CLIENT_DEAD)
		return;
	end_watch(&c->ws, (read ? EPOLLIN : 0u) | (kept(c->to_ws) ? EPOLLOUT : 0u));
	if (c->state == CLIENT_CONNECTING)
		end_watch(&c->tcp, EPOLLOUT);
	else if (c->state == CLIENT_UP)
		end_watch(&c->tcp, EPOLLIN | (kept(c->to_tcp) ? EPOLLOUT : 0u));
}

/* Nothing more is done with it; freed after the present batch of events, which may name it again */
static void client_die(struct client *c)
{
	if (c->state == CLIENT_DEAD)
		return;
	client_enter(c, CLIENT_DEAD);
	end_unwatch(&c->ws);
	end_unwatch(&c->tcp);
	end_unwatch(&c->peer);
	list_unlink(&c->le);
	list_append(&c->b->dead, &c->le, c);
}

/** Sends what is kept; the buffer goes when it is empty. Returns 0 or errno; EAGAIN is 0. */
static int flush(int fd, struct mbuf **mbp)
{
	struct mbuf *mb = *mbp;

	while (kept(mb)) {
		ssize_t n = send(fd, mbuf_buf(mb), mbuf_get_left(mb), MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : errno;
		mb->pos += (size_t)n;
	}
	*mbp = mem_deref(mb);
	return 0;
}

static int ws_flush(struct client *c)
{
	size_t before = kept(c->to_ws);
	int err = before ? flush(c->ws.fd, &c->to_ws) : 0;

	if (kept(c->to_ws) < before)
		c->moved = clock_mono_ms();
	return err;
}

/** A buffer to append to, with what was sent already moved out of it */
static struct mbuf *keep(struct mbuf **mbp, uint64_t *moved)
{
	struct mbuf *mb = *mbp;

	if (!mb) {
		*mbp = mbuf_alloc(512);
		if (moved)
			*moved = clock_mono_ms();
		return *mbp;
	}
	if (mb->pos > mb->end / 2) {
		memmove(mb->buf, mb->buf + mb->pos, mb->end - mb->pos);
		mb->end -= mb->pos;
		mb->pos = 0;
	}
	return mb;
}

static int append_frame(struct client *c, enum ws_op op, const void *p, size_t n)
{
	struct mbuf *mb = keep(&c->to_ws, &c->moved);
	size_t pos;
	int err;

	if (!mb)
		return ENOMEM;
	if (kept(mb) + n > OUT_MAX)
		return ENOBUFS;
	pos = mb->pos;
	mb->pos = mb->end;
	err = ws_write(mb, op, p, n);
	mb->pos = pos;
	return err;
}

static int append_stream(struct client *c, const uint8_t *p, size_t n, bool message)
{
	struct mbuf *mb = keep(&c->to_tcp, NULL);
	size_t pos;
	int err;

	if (!mb)
		return ENOMEM;
	pos = mb->pos;
	mb->pos = mb->end;
	err = message ? sip_frame_to_stream(mb, (const char *)p, n) : mbuf_write_mem(mb, p, n);
	mb->pos = pos;
	return err;
}

/** Says why, ends the SIP side, and lets the browser read the close frame for a moment */
static void client_close(struct client *c, uint16_t code)
{
	uint8_t p[2] = {(uint8_t)(code >> 8), (uint8_t)code};

	if (c->state >= CLIENT_CLOSING)
		return;
	log_debug("edge.close", "port=%u code=%u", c->port, code);
	end_unwatch(&c->tcp);
	if (c->tcp.fd >= 0)
		shutdown(c->tcp.fd, SHUT_RDWR);
	client_enter(c, CLIENT_CLOSING);
	if (append_frame(c, WS_CLOSE, p, code ? sizeof(p) : 0) || ws_flush(c))
		client_die(c);
	else
		client_watch(c);
}

/* RFC 5626 section 4.4.1: a double CRLF is a ping, and is answered by one; it goes no further */
static bool is_keepalive(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\r' && p[i] != '\n')
			return false;
	}
	return true;
}

static uint16_t message_h(enum ws_op op, const uint8_t *p, size_t n, void *arg)
{
	struct client *c = arg;
	int err = 0;

	switch (op) {
	case WS_CLOSE:
		return n >= 2 ? (uint16_t)(p[0] << 8 | p[1]) : WS_NORMAL;
	case WS_PING:
		err = append_frame(c, WS_PONG, p, n);
		break;
	case WS_PONG:
		break;
	default:
		if (is_keepalive(p, n))
			err = n >= 4 ? append_frame(c, WS_TEXT, "\r\n", 2) : 0;
		else
			err = append_stream(c, p, n, true);
	}
	if (err == EBADMSG)
		return WS_INVALID;
	return err ? WS_ERROR : 0;
}

static void client_read(struct client *c, const uint8_t *p, size_t n)
{
	uint16_t code;

	c->heard = clock_mono_ms();
	code = ws_read(&c->reader, p, n, message_h, c);
	if (c->state == CLIENT_UP && flush(c->tcp.fd, &c->to_tcp))
		code = WS_GOING_AWAY;
	if (code)
		client_close(c, code);
	else if (ws_flush(c))
		client_die(c);
}

static void ws_event(struct client *c, uint32_t events)
{
	uint8_t buf[CHUNK];
	ssize_t n;

	if ((events & EPOLLOUT) && ws_flush(c)) {
		client_die(c);
		return;
	}
	if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		return;
	n = recv(c->ws.fd, buf, sizeof(buf), MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		client_die(c);
	else if (n > 0 && c->state == CLIENT_UP)
		client_read(c, buf, (size_t)n);
}

static int messages_pass(struct client *c)
{
	const char *p;
	size_t n;
	int err;

	while (!(err = sip_stream_next(c->from_tcp, WS_MESSAGE - 1, &p, &n)))
		if ((err = append_frame(c, text_utf8(p, n) ? WS_TEXT : WS_BINARY, p, n)))
			return err;
	if (err != EAGAIN)
		return err;
	if (!kept(c->from_tcp)) {
		c->from_tcp = mem_deref(c->from_tcp);
		return 0;
	}
	return keep(&c->from_tcp, NULL) ? 0 : ENOMEM;
}

static void tcp_read(struct client *c)
{
	uint8_t buf[CHUNK];
	ssize_t n = recv(c->tcp.fd, buf, sizeof(buf), MSG_DONTWAIT);
	struct mbuf *mb;
	int err;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_close(c, WS_GOING_AWAY);
		return;
	}
	mb = keep(&c->from_tcp, NULL);
	err = mb ? 0 : ENOMEM;
	if (!err) {
		size_t pos = mb->pos;

		mb->pos = mb->end;
		err = mbuf_write_mem(mb, buf, (size_t)n);
		mb->pos = pos;
	}
	if (!err)
		err = messages_pass(c);
	if (err)
		client_close(c, err == ENOBUFS ? WS_POLICY : WS_ERROR);
	else if (ws_flush(c))
		client_die(c);
}

static void client_connected(struct client *c)
{
	int err = 0;
	socklen_t len = sizeof(err);

	if (getsockopt(c->tcp.fd, SOL_SOCKET, SO_ERROR, &err, &len) || err) {
		client_close(c, WS_GOING_AWAY);
		return;
	}
	client_enter(c, CLIENT_UP);
	if (flush(c->tcp.fd, &c->to_tcp))
		client_close(c, WS_GOING_AWAY);
}

/** Something happened on one end */
void client_event(struct end *e, uint32_t events)
{
	struct client *c = e->c;

	if (c->state == CLIENT_DEAD)
		return;
	if (e == &c->peer) {
		end_unwatch(e);
		c->left = clock_mono_ms();
	} else if (e == &c->ws) {
		ws_event(c, events);
	} else if (c->state == CLIENT_CONNECTING) {
		client_connected(c);
	} else if (c->state == CLIENT_UP) {
		if ((events & EPOLLOUT) && flush(c->tcp.fd, &c->to_tcp))
			client_close(c, WS_GOING_AWAY);
		else if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
			tcp_read(c);
	}
	client_watch(c);
}

/** A port of our own, so that the core can be told before the SIP stack sees the connection */
static int tcp_bind(struct client *c)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(sin);
	int one = 1;

	c->tcp.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->tcp.fd < 0)
		return errno;
	setsockopt(c->tcp.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (bind(c->tcp.fd, (struct sockaddr *)&sin, sizeof(sin)) ||
	    getsockname(c->tcp.fd, (struct sockaddr *)&sin, &len))
		return errno;
	c->port = ntohs(sin.sin_port);
	return 0;
}

static struct client *client_alloc(struct edge_open *o)
{
	struct client *c = mem_zalloc(sizeof(*c), client_destructor);

	if (!c)
		return NULL;
	c->b = o->b;
	c->conn = TAKE(o->conn);
	c->urh = TAKE(o->urh);
	c->addr = o->addr;
	c->ws = (struct end){.c = c, .fd = o->fd, .events = UINT32_MAX};
	c->tcp = (struct end){.c = c, .fd = -1, .events = UINT32_MAX};
	c->peer = (struct end){.c = c, .fd = o->peer_fd, .events = UINT32_MAX};
	c->heard = c->pinged = c->moved = clock_mono_ms();
	client_enter(c, CLIENT_WAITING);
	fcntl(o->fd, F_SETFL, fcntl(o->fd, F_GETFL) | O_NONBLOCK);
	return c;
}

/** A web thread handed an upgraded connection over */
void client_open_h(void *obj)
{
	struct edge_open *o = obj;
	struct client *c;

	if (list_count(&o->b->clients) >= CLIENTS_MAX || !(c = client_alloc(o)))
		return;
	list_append(&c->b->clients, &c->le, c);
	if (tcp_bind(c) || edge_table_opened(c->b->table, c->port, &c->addr, o->tls)) {
		client_close(c, WS_ERROR);
		return;
	}
	c->told = true;
	end_watch(&c->peer, EPOLLRDHUP);
	if (o->extra)
		client_read(c, o->extra->buf, o->extra->end);
	client_watch(c);
}

static struct client *client_find(const struct loop *b, uint16_t port)
{
	struct le *le;

	LIST_FOREACH (&b->clients, le) {
		struct client *c = le->data;

		if (c->port == port && c->state == CLIENT_WAITING)
			return c;
	}
	return NULL;
}

/** The core knows the port: connect */
void client_go(struct loop *b, uint16_t port)
{
	struct sockaddr_in sin = {.sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				  .sin_port = htons(b->web->conf.edge_port)};
	struct client *c = client_find(b, port);

	if (!c)
		return;
	client_enter(c, CLIENT_CONNECTING);
	if (connect(c->tcp.fd, (struct sockaddr *)&sin, sizeof(sin)) && errno != EINPROGRESS)
		client_close(c, WS_GOING_AWAY);
	client_watch(c);
}

static void ping(struct client *c, uint64_t now)
{
	c->pinged = now;
	if (append_frame(c, WS_PING, "", 0) ||
	    append_stream(c, (const uint8_t *)"\r\n\r\n", 4, false) ||
	    flush(c->tcp.fd, &c->to_tcp) || ws_flush(c))
		client_die(c);
}

static void client_tick(struct client *c, uint64_t now)
{
	/* libmicrohttpd does not pass on that the browser's end of a TLS connection is closed */
	if (c->left && now - c->left > LEFT_MS) {
		client_die(c);
		return;
	}
	switch (c->state) {
	case CLIENT_WAITING:
	case CLIENT_CONNECTING:
		if (now - c->since > CONNECT_MS)
			client_close(c, WS_GOING_AWAY);
		break;
	case CLIENT_UP:
		if (now - c->heard > SILENCE_MS || (kept(c->to_ws) && now - c->moved > STALL_MS))
			client_close(c, WS_POLICY);
		else if (now - c->pinged > PING_MS)
			ping(c, now);
		break;
	case CLIENT_CLOSING:
		if (now - c->since > LINGER_MS)
			client_die(c);
		break;
	case CLIENT_DEAD:
		break;
	}
	client_watch(c);
}

/** Pings, and closes who is silent; several times a second */
void clients_tick(struct loop *b, uint64_t now)
{
	struct le *le = list_head(&b->clients);

	while (le) {
		struct client *c = le->data;

		le = le->next;
		client_tick(c, now);
	}
}

/** Frees what has died, once the core is told: a port must not be used anew before that */
void clients_reap(struct loop *b)
{
	struct le *le = list_head(&b->dead);

	while (le) {
		struct client *c = le->data;

		le = le->next;
		if (c->told && edge_table_closed(b->table, c->port))
			continue;
		mem_deref(c);
	}
}

/** Closes everybody; the thread ends */
void clients_close(struct loop *b)
{
	struct le *le;

	while ((le = list_head(&b->clients))) {
		struct client *c = le->data;

		client_close(c, WS_GOING_AWAY);
		client_die(c);
	}
	clients_reap(b);
	list_flush(&b->dead);
}
