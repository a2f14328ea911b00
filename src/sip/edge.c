/**
 * @file edge.c  Browsers: SIP over WebSocket arrives by TCP from the web edge on loopback
 *
 * One TCP connection a client. The edge knows which of its ports belongs to whom; anybody else on
 * this machine who connects is cut off.
 */
#include <sys/socket.h>
#include "log.h"
#include "stack_parts.h"

static bool by_edge(const struct stack *s, const struct sip_msg *msg)
{
	return msg->tp == SIP_TRANSP_TCP && sa_port(&msg->dst) == s->edge_port;
}

/** May the message come by this connection? If not, the connection is closed */
bool edge_admits(const struct stack *s, const struct sip_msg *msg)
{
	struct tcp_conn *tc;
	struct sa client;
	bool tls;

	if (!by_edge(s, msg))
		return true;
	if (sa_is_loopback(&msg->src) && s->h.edge_h(&client, &tls, sa_port(&msg->src), s->h.arg))
		return true;
	tc = sip_msg_tcpconn(msg);
	log_warn("sip.edge_stranger", "port=%u", sa_port(&msg->src));
	if (tc)
		(void)shutdown(tcp_conn_fd(tc), SHUT_RDWR);
	return false;
}

/** See stack_private.h */
void stack_flow(const struct stack *s, const struct sip_msg *msg, struct flow *flow,
		struct sa *client)
{
	bool tls;

	flow->tp = msg->tp;
	flow->peer = msg->src;
	flow->ws = by_edge(s, msg);
	*client = msg->src;
	if (flow->ws)
		(void)s->h.edge_h(client, &tls, sa_port(&msg->src), s->h.arg);
}

/** Same next hop by the same transport? */
bool flow_same(const struct flow *a, const struct flow *b)
{
	return a->tp == b->tp && a->ws == b->ws && sa_cmp(&a->peer, &b->peer, SA_ALL);
}

/**
 * The edge lost a client.
 *
 * @param s    Stack
 * @param port Port of the edge's end of the loopback connection
 */
void stack_edge_closed(struct stack *s, uint16_t port)
{
	struct flow flow = {.tp = SIP_TRANSP_TCP, .ws = true};

	(void)sa_set_str(&flow.peer, "127.0.0.1", port);
	bindings_lost(s, &flow);
	subs_flow_lost(s, &flow);
	dialog_flow_lost(s, &flow);
}
