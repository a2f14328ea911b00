/**
 * @file edge.c  Upgrade of `/ws/` to a WebSocket for SIP (RFC 6455 section 4.2, RFC 7118)
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <strings.h>
#include "loop.h"
#include "log.h"
#include "own.h"
#include "ws.h"

static void edge_open_destructor(void *arg)
{
	struct edge_open *o = arg;

	mem_deref(o->extra);
	if (o->urh)
		web_conn_give_back(o->conn, o->urh);
	shared_unref(o->conn);
}

static struct mbuf *extra_copy(const char *p, size_t n)
{
	struct mbuf *mb = n ? mbuf_alloc(n) : NULL;

	if (mb)
		mbuf_write_mem(mb, (const uint8_t *)p, n);
	return mb;
}

/** The 101 has left: the socket is ours. A request's context begins with its struct request. */
static void upgrade_h(void *cls, struct MHD_Connection *conn, void *ctx, const char *extra,
		      size_t extra_size, MHD_socket fd, struct MHD_UpgradeResponseHandle *urh)
{
	struct web *w = cls;
	const struct request *rq = ctx;
	struct edge_open *o = mem_zalloc(sizeof(*o), edge_open_destructor);
	int peer = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	int one = 1;

	if (!o) {
		MHD_upgrade_action(urh, MHD_UPGRADE_ACTION_CLOSE);
		return;
	}
	/* Under TLS fd is a socketpair: Nagle must be told on the connection itself */
	setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	o->b = w->loop;
	o->conn = shared_ref(web_conn_of(conn));
	o->urh = urh;
	o->fd = fd;
	o->peer_fd = peer != fd ? peer : -1;
	o->addr = rq->client;
	o->tls = rq->tls;
	o->extra = extra_copy(extra, extra_size);
	if (actor_post(w->loop->inbox, client_open_h, o))
		log_warn("edge.busy", "request=%s", rq->id);
}

/* "sip" among the names of Sec-WebSocket-Protocol */
static bool offers_sip(const char *list)
{
	while (list && *list) {
		size_t n;

		list += strspn(list, ", \t");
		n = strcspn(list, ", \t");
		if (n == 3 && !strncasecmp(list, "sip", 3))
			return true;
		list += n;
	}
	return false;
}

static bool is_handshake(const struct request *rq)
{
	const char *upgrade = request_header(rq, "Upgrade");
	const char *version = request_header(rq, "Sec-WebSocket-Version");

	return upgrade && !strcasecmp(upgrade, "websocket") && version && !strcmp(version, "13");
}

static enum MHD_Result refuse(struct request *rq, unsigned status, const char *why)
{
	struct reply rp = {0};
	enum MHD_Result res;

	reply_problem(&rp, status, "%s", why);
	if (status == 426)
		reply_header(&rp, "Upgrade", "websocket");
	res = reply_send(rq, &rp);
	reply_reset(&rp);
	return res;
}

/** Answers a request for `/ws/` */
enum MHD_Result edge_upgrade(struct request *rq)
{
	char accept[WS_ACCEPT];
	struct MHD_Response *r;
	enum MHD_Result res;

	if (!rq->web->conf.edge_port || rq->web->stopping || !web_conn_of(rq->conn))
		return refuse(rq, 503, "The phone service is not available.");
	if (!is_handshake(rq))
		return refuse(rq, 426, "This address speaks WebSocket, version 13.");
	if (!request_same_origin(rq))
		return refuse(rq, 403, "The request came from another site.");
	if (!offers_sip(request_header(rq, "Sec-WebSocket-Protocol")) ||
	    !ws_accept(accept, request_header(rq, "Sec-WebSocket-Key")))
		return refuse(rq, 400, "The sub-protocol must be sip.");
	r = MHD_create_response_for_upgrade(upgrade_h, rq->web);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, "Upgrade", "websocket");
	MHD_add_response_header(r, "Sec-WebSocket-Accept", accept);
	MHD_add_response_header(r, "Sec-WebSocket-Protocol", "sip");
	res = MHD_queue_response(rq->conn, 101, r);
	MHD_destroy_response(r);
	return res;
}
