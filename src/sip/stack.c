/**
 * @file stack.c  The stack: life, and the way of a request
 *
 * wire.c (bounds) -> first_h() (edge, validation) -> libre's transactions (retransmissions, CANCEL)
 * -> request_h() (by method). Whatever is refused before the sender is known is answered
 * without a transaction, so that a flood leaves nothing behind.
 */
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "log.h"
#include "stack_parts.h"
#include "text.h"
#define DEBUG_MODULE "sip" /* re_dbg.h wants to know */
#define DEBUG_LEVEL 0
#include <re_dbg.h>

enum { HASH_TRANSACTIONS = 8192, HASH_CONNECTIONS = 4096, PORT_TRIES = 16, DNS_SERVERS = 8 };

static void destructor(void *arg)
{
	struct stack *s = arg;

	mem_deref(s->lsnr_first);
	mem_deref(s->lsnr);
	mem_deref(s->lsnr_resp);
	s->subs = mem_deref(s->subs);
	if (s->dialogs)
		dialogs_free(s->dialogs);
	s->bindings = mem_deref(s->bindings);
	registrar_close(s);
	sip_close(s->sip, true);
	mem_deref(s->sip);
	tls_forget(s);
	mem_deref(s->peers);
	mem_deref(s->dnsc);
	mem_deref(s->auth);
	mem_deref(s->throttle);
	mem_deref(s->merged);
	mem_deref(s->sources);
}

/* --- handlers that were not given --------------------------------------------------------------
 */

static int64_t no_domain_h(const struct pl *domain, void *arg)
{
	return 0;
}

static bool no_account_h(struct sip_account *acc, const struct pl *domain, const struct pl *user,
			 void *arg)
{
	return false;
}

static bool no_trunk_h(struct sip_trunk *trunk, const struct sa *src, enum sip_transp tp, void *arg)
{
	return false;
}

static bool no_edge_h(struct sa *client, bool *tls, uint16_t port, void *arg)
{
	return false;
}

static void no_invite_h(struct dialog *d, const struct sip_sender *from, const struct sip_msg *msg,
			void *arg)
{
	mem_deref(d);
}

static void no_binding_h(const struct binding *b, int change, void *arg)
{
}

static void at_once_h(durable_done_h *done, void *obj, void *arg)
{
	done(0, obj);
	mem_deref(obj);
}

static bool no_subscribe_h(struct mbuf *body, const char *package, int64_t tenant, const char *user,
			   const struct sip_account *watcher, void *arg)
{
	return false;
}

static void no_throttle_h(const struct sa *client, const char *domain, const char *user, void *arg)
{
}

static uint16_t yes_admit_h(const struct sip_sender *from, const struct sip_msg *msg, void *arg)
{
	return 0;
}

static void handlers_set(struct stack *s, const struct stack_handlers *h)
{
	s->h = *h;
	s->h.domain_h = h->domain_h ? h->domain_h : no_domain_h;
	s->h.account_h = h->account_h ? h->account_h : no_account_h;
	s->h.trunk_h = h->trunk_h ? h->trunk_h : no_trunk_h;
	s->h.edge_h = h->edge_h ? h->edge_h : no_edge_h;
	s->h.invite_h = h->invite_h ? h->invite_h : no_invite_h;
	s->h.binding_h = h->binding_h ? h->binding_h : no_binding_h;
	s->h.durable_h = h->durable_h ? h->durable_h : at_once_h;
	s->h.subscribe_h = h->subscribe_h ? h->subscribe_h : no_subscribe_h;
	s->h.throttle_h = h->throttle_h ? h->throttle_h : no_throttle_h;
	s->h.admit_h = h->admit_h ? h->admit_h : yes_admit_h;
}

/* --- answers -----------------------------------------------------------------------------------
 */

static void refuse_with(struct stack *s, const struct sip_msg *msg, uint16_t scode,
			const char *reason, const char *name, const char *value)
{
	(void)sip_replyf(s->sip, msg, scode, reason, "%s: %s\r\nContent-Length: 0\r\n\r\n", name,
			 value);
}

/** See stack_private.h */
unsigned stack_retry_after(void)
{
	return 5 + rand_u16() % 11;
}

/** See stack_private.h */
void stack_refuse(struct stack *s, const struct sip_msg *msg, uint16_t scode, const char *reason)
{
	char seconds[12];

	switch (scode) {
	case 405:
		return refuse_with(s, msg, scode, reason, "Allow", STACK_ALLOW);
	case 489:
		return refuse_with(s, msg, scode, reason, "Allow-Events",
				   "dialog, message-summary, presence");
	case 503:
		(void)re_snprintf(seconds, sizeof(seconds), "%u", stack_retry_after());
		return refuse_with(s, msg, scode, reason, "Retry-After", seconds);
	default:
		(void)sip_reply(s->sip, msg, scode, reason);
	}
}

static void options_answer(struct stack *s, const struct sip_msg *msg)
{
	(void)sip_replyf(
		s->sip, msg, 200, "OK",
		"Allow: %s\r\nAccept: %s\r\nAccept-Encoding: identity\r\n"
		"Accept-Language: en\r\nAllow-Events: dialog, message-summary, presence\r\n"
		"Supported: %s\r\nContent-Length: 0\r\n\r\n",
		STACK_ALLOW, STACK_ACCEPT, STACK_SUPPORTED);
}

/* Without a transaction the same request must get the same To tag (RFC 3261 section 8.2.7) */
static void tag_set(const struct stack *s, const struct sip_msg *msg)
{
	char text[1024];
	int n = re_snprintf(text, sizeof(text), "%r %r %r", &msg->via.branch, &msg->callid,
			    &msg->from.tag);
	uint64_t tag;

	if (n < 0)
		return;
	crypto_shorthash((uint8_t *)&tag, (const uint8_t *)text, (size_t)n, s->secret);
	((struct sip_msg *)(uintptr_t)msg)->tag = tag;
}

/* --- requests ----------------------------------------------------------------------------------
 */

static bool has_authorization(const struct sip_msg *msg)
{
	return sip_msg_hdr(msg, SIP_HDR_AUTHORIZATION) != NULL;
}

static bool sender_known(struct sip_sender *sender, struct stack *s, const struct sip_msg *msg)
{
	if (!has_authorization(msg) && trunk_sender(sender, s, msg))
		return true;
	return auth_request(&sender->account, s, msg, &sender->flow, &sender->client);
}

/** See sip.h */
bool stack_crowded(struct stack *s)
{
	return wire_crowded(s);
}

/* In a crowd nothing is worked out for a call that would be refused; who calls is believed so far.
 */
static bool too_many(struct stack *s, const struct sip_msg *msg)
{
	struct sip_sender guess;
	uint16_t scode;

	if (has_authorization(msg) || !stack_crowded(s))
		return false;
	memset(&guess, 0, sizeof(guess));
	guess.account.tenant = s->h.domain_h(&msg->uri.host, s->h.arg);
	scode = s->h.admit_h(&guess, msg, s->h.arg);
	if (!scode)
		return false;
	((struct sip_msg *)(uintptr_t)msg)->tag =
		hurried_tag(s, &msg->via.branch, &msg->callid, &msg->from.tag);
	stack_refuse(s, msg, scode, "Service Unavailable");
	return true;
}

static void invite(struct stack *s, const struct sip_msg *msg, struct sip_sender *sender)
{
	uint16_t scode;

	if (too_many(s, msg))
		return;
	if (!sender_known(sender, s, msg))
		return;
	if (merged_seen(s->merged, msg)) {
		stack_refuse(s, msg, 482, "Loop Detected");
		return;
	}
	scode = s->closing ? 503 : s->h.admit_h(sender, msg, s->h.arg);
	if (scode) {
		stack_refuse(s, msg, scode, scode == 503 ? "Service Unavailable" : "Not Permitted");
		return;
	}
	dialog_invite_h(s, msg, sender);
}

static void subscribe(struct stack *s, const struct sip_msg *msg, struct sip_sender *sender)
{
	if (auth_request(&sender->account, s, msg, &sender->flow, &sender->client))
		subs_request(s, msg, &sender->account, &sender->flow);
}

static void regist(struct stack *s, const struct sip_msg *msg, struct sip_sender *sender)
{
	if (auth_request(&sender->account, s, msg, &sender->flow, &sender->client))
		registrar_request(s, msg, &sender->account, &sender->flow, &sender->client);
}

static void in_dialog(struct stack *s, const struct sip_msg *msg, struct sip_sender *sender)
{
	bool found;

	found = !pl_strcmp(&msg->met, "SUBSCRIBE")
			? subs_dialog_request(s, msg, &sender->flow, &sender->client)
			: dialog_request_h(s, msg, &sender->flow, &sender->client);
	if (!found)
		stack_refuse(s, msg, 481, "Call/Transaction Does Not Exist");
}

/* A REFER outside a dialog would make calls for others: only a call's own party may ask for it */
static void refer(struct stack *s, const struct sip_msg *msg, struct sip_sender *sender)
{
	if (auth_request(&sender->account, s, msg, &sender->flow, &sender->client))
		stack_refuse(s, msg, 403, "Only Within A Call");
}

static void options(struct stack *s, const struct sip_msg *msg, struct sip_sender *sender)
{
	options_answer(s, msg);
}

static void no_such_dialog(struct stack *s, const struct sip_msg *msg, struct sip_sender *sender)
{
	stack_refuse(s, msg, 481, "Call/Transaction Does Not Exist");
}

static void nothing(struct stack *s, const struct sip_msg *msg, struct sip_sender *sender)
{
}

static const struct {
	const char *name;
	void (*h)(struct stack *s, const struct sip_msg *msg, struct sip_sender *sender);
} methods[] = {
	{"INVITE", invite},	    {"REGISTER", regist},      {"OPTIONS", options},
	{"SUBSCRIBE", subscribe},   {"REFER", refer},	       {"ACK", nothing},
	{"CANCEL", no_such_dialog}, {"BYE", no_such_dialog},   {"INFO", no_such_dialog},
	{"UPDATE", no_such_dialog}, {"PRACK", no_such_dialog}, {"NOTIFY", no_such_dialog},
};

static void dispatch(struct stack *s, const struct sip_msg *msg)
{
	struct sip_sender sender;

	memset(&sender, 0, sizeof(sender));
	stack_flow(s, msg, &sender.flow, &sender.client);
	if (pl_isset(&msg->to.tag) && pl_strcmp(&msg->met, "REGISTER") &&
	    pl_strcmp(&msg->met, "CANCEL")) {
		in_dialog(s, msg, &sender);
		return;
	}
	for (size_t i = 0; i < COUNT(methods); i++) {
		if (!pl_strcmp(&msg->met, methods[i].name)) {
			methods[i].h(s, msg, &sender);
			return;
		}
	}
	stack_refuse(s, msg, 405, "Method Not Allowed");
}

/* Before libre's transactions: whatever is refused here is never seen by one */
static bool first_h(const struct sip_msg *msg, void *arg)
{
	struct stack *s = arg;
	struct verdict v;

	if (!edge_admits(s, msg))
		return true;
	request_validate(&v, msg);
	if (!v.scode && !pl_strcmp(&msg->met, "CANCEL") && merged_foreign(s->merged, msg)) {
		v.scode = 481;
		v.reason = "Call/Transaction Does Not Exist";
	}
	tag_set(s, msg);
	/* libre tells the transaction that there was a CANCEL, not what it said */
	s->cancel = !v.scode && !pl_strcmp(&msg->met, "CANCEL") ? msg : NULL;
	if (v.scode == 420)
		refuse_with(s, msg, 420, v.reason, "Unsupported", v.unsupported);
	else if (v.scode && v.scode != VALID_DROP)
		stack_refuse(s, msg, v.scode, v.reason);
	return v.scode != 0;
}

/* What no transaction took */
static bool request_h(const struct sip_msg *msg, void *arg)
{
	dispatch(arg, msg);
	return true;
}

static bool response_h(const struct sip_msg *msg, void *arg)
{
	struct stack *s = arg;

	if (msg->scode >= 200 && msg->scode < 300 && !pl_strcmp(&msg->cseq.met, "INVITE"))
		dialog_response_h(s, msg);
	return true;
}

/* --- life --------------------------------------------------------------------------------------
 */

/* libre's own warnings: one for each bad handshake, so not above the level of debugging */
static void libre_says_h(int level, const char *p, size_t len, void *arg)
{
	while (len && (p[len - 1] == '\n' || p[len - 1] == '\r'))
		--len;
	log_debug("sip.libre", "text=%.*s", (int)MIN(len, (size_t)200), p);
}

/* libre does not tell which port it got: choose a free one first */
static int port_free(uint16_t *port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(in);
	int err = 0, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return errno;
	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) ||
	    getsockname(fd, (struct sockaddr *)&in, &size))
		err = errno;
	close(fd);
	*port = ntohs(in.sin_port);
	return err;
}

static int edge_listen(struct stack *s)
{
	struct sa laddr;
	int err = EADDRINUSE;

	/* after the public TCP transport: libre takes the first for our Via */
	for (unsigned i = 0; i < PORT_TRIES && err == EADDRINUSE; i++) {
		s->edge_port = s->conf.edge_port;
		if (!s->edge_port && (err = port_free(&s->edge_port)))
			return err;
		(void)sa_set_str(&laddr, "127.0.0.1", s->edge_port);
		err = sip_transp_add(s->sip, SIP_TRANSP_TCP, &laddr);
		if (s->conf.edge_port)
			break;
	}
	return err;
}

static int public_listen(struct stack *s)
{
	struct sa laddr = s->conf.bind;
	int err;

	sa_set_port(&laddr, s->conf.sip_port);
	err = wire_udp(s, &laddr);
	if (!err)
		err = sip_transp_laddr(s->sip, &laddr, SIP_TRANSP_UDP, &s->conf.bind);
	if (err)
		return err;
	s->port = sa_port(&laddr);
	return sip_transp_add(s->sip, SIP_TRANSP_TCP, &laddr);
}

static int transports(struct stack *s)
{
	int err = public_listen(s);

	/* a port that the system chose for UDP may be taken for TCP */
	for (unsigned i = 0; i < PORT_TRIES && err == EADDRINUSE && !s->conf.sip_port; i++) {
		sip_transp_flush(s->sip);
		err = public_listen(s);
	}
	if (!err)
		err = edge_listen(s);
	return err ? err : tls_listen(s);
}

static int host_set(struct stack *s)
{
	struct sa addr = s->conf.bind;

	if (s->conf.advertise[0])
		return text_printf(s->host, sizeof(s->host), "%s", s->conf.advertise) ? 0 : EINVAL;
	if (sa_is_any(&addr))
		(void)net_default_source_addr_get(sa_af(&addr), &addr);
	return re_snprintf(s->host, sizeof(s->host), sa_af(&addr) == AF_INET6 ? "[%j]" : "%j",
			   &addr) < 0
		       ? EINVAL
		       : 0;
}

/* Addresses with a space between, 53 where there is no port */
static uint32_t servers_named(struct sa *servers, uint32_t max, const char *text)
{
	struct pl one;
	uint32_t n = 0;

	while (text && n < max && text_word(&one, &text)) {
		if (!sa_decode(&servers[n], one.p, one.l) || !sa_set(&servers[n], &one, DNS_PORT))
			++n;
	}
	return n;
}

static void resolver(struct stack *s)
{
	struct sa servers[DNS_SERVERS];
	uint32_t n = servers_named(servers, COUNT(servers), s->conf.dns);
	char domain[64];

	if (!n) {
		n = COUNT(servers);
		n = dns_srv_get(domain, sizeof(domain), servers, &n) ? 0 : n;
	}
	/* without one, trunks by host name fail; all else works */
	if (n)
		(void)dnsc_alloc(&s->dnsc, NULL, servers, n);
}

/*
 * libre asks its listeners in order, its own transactions first: puts ours before them. A listener
 * begins with its list element, which the check proves.
 */
static int listen_first(struct stack *s)
{
	struct list *list;
	struct le *le;
	int err = sip_listen(&s->lsnr_first, s->sip, true, first_h, s);

	if (err)
		return err;
	le = (struct le *)(void *)s->lsnr_first;
	CHECK(le->data == s->lsnr_first && le->list && le->list->tail == le);
	list = le->list;
	list_unlink(le);
	list_prepend(list, le, s->lsnr_first);
	return 0;
}

static int parts(struct stack *s)
{
	int err;

	err = auth_alloc(&s->auth, s);
	err = err ? err : throttle_alloc(&s->throttle, THROTTLE_ROWS);
	err = err ? err : merged_alloc(&s->merged);
	err = err ? err : bindings_alloc(&s->bindings);
	err = err ? err : subs_alloc(&s->subs, s->conf.subs_most);
	err = err ? err : dialogs_alloc(&s->dialogs, s);
	err = err ? err : listen_first(s);
	err = err ? err : sip_listen(&s->lsnr, s->sip, true, request_h, s);
	return err ? err : sip_listen(&s->lsnr_resp, s->sip, false, response_h, s);
}

/**
 * Opens the transports: UDP and TCP on bind, TLS if there is a certificate, TCP on loopback for the
 * WebSocket edge. Call on the core thread after libre_init().
 *
 * @param sp   The stack; mem_deref() ends it at once, with its dialogs
 * @param conf Values, copied
 * @param h    Handlers, copied; those left NULL refuse
 *
 * @return 0 or errno; EADDRINUSE when a port is taken
 */
int stack_alloc(struct stack **sp, const struct stack_conf *conf, const struct stack_handlers *h)
{
	AUTO struct stack *s = mem_zalloc(sizeof(*s), destructor);
	int err;

	if (!s || sodium_init() < 0)
		return ENOMEM;
	s->udp_fd = -1;
	s->hurried_h = hurried;
	dbg_handler_set(libre_says_h, NULL);
	s->conf = *conf;
	handlers_set(s, h);
	randombytes_buf(s->secret, sizeof(s->secret));
	(void)text_printf(s->software, sizeof(s->software), "%s",
			  conf->software ? conf->software : "");
	s->conf.software = s->software;
	resolver(s);
	err = host_set(s);
	err = err ? err
		  : sip_alloc(&s->sip, s->dnsc, HASH_TRANSACTIONS, HASH_TRANSACTIONS,
			      HASH_CONNECTIONS, s->software[0] ? s->software : NULL, NULL, s);
	err = err ? err : tls_peers_alloc(&s->peers, s->conf.trunk_ca);
	err = err ? err : transports(s);
	err = err ? err
		  : sources_alloc(&s->sources, conf->conns_per_source, conf->conns_most,
				  s->edge_port);
	err = err ? err : parts(s);
	s->conf.cert = s->conf.trunk_ca = s->conf.dns = NULL;
	if (err)
		return err;
	*sp = TAKE(s);
	return 0;
}

/** Drains: new calls get 503; registrations and running calls go on */
void stack_close(struct stack *s)
{
	s->closing = true;
}

/** Port of the loopback listener for the WebSocket edge */
uint16_t stack_edge_port(const struct stack *s)
{
	return s->edge_port;
}

/** Port of UDP and TCP, also when conf left it to the system */
uint16_t stack_port(const struct stack *s)
{
	return s->port;
}
