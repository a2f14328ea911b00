/**
 * @file sip_rig.h  A stack on loopback, and a phone made of a plain socket that talks to it
 *
 * The dialogs are faked here: what the stack hands over is written down. Tests of the dialogs
 * themselves define RIG_DIALOGS first.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "clock.h"
#include "id.h"
#include "stack_parts.h"
#include "text.h"
#include "timer.h"

/* not every test needs all of it */
#pragma GCC diagnostic ignored "-Wunused-function"

enum { RIG_SIZE = 70000 };

static struct stack *stack;

/* --- dialogs, faked ----------------------------------------------------------------------------
 */

static struct {
	unsigned invites, requests, responses, lost, moved, anew;
	struct sip_sender sender;
	struct flow flow, from;
	char device[40], contact[80];
	bool ring; /* leave an INVITE ringing */
	struct sip_strans *st;
	struct sip_msg *msg;
	bool known; /* what dialog_request_h and dialogs_know return */
} fake;

#ifndef RIG_DIALOGS
int dialogs_alloc(struct dialogs **dp, struct stack *s)
{
	*dp = NULL;
	return 0;
}

void dialogs_free(struct dialogs *d)
{
}

bool dialogs_know(const struct stack *s, const struct pl *call_id)
{
	return fake.known;
}

bool dialog_request_h(struct stack *s, const struct sip_msg *msg, const struct flow *flow,
		      const struct sa *client)
{
	++fake.requests;
	if (fake.known)
		(void)sip_reply(s->sip, msg, 200, "OK");
	return fake.known;
}

static void fake_cancel_h(void *arg)
{
	struct sip_msg *msg = fake.msg;

	(void)sip_treply(&fake.st, stack->sip, msg, 487, "Request Terminated");
	fake.msg = mem_deref(msg);
}

void dialog_invite_h(struct stack *s, const struct sip_msg *msg, const struct sip_sender *sender)
{
	++fake.invites;
	fake.sender = *sender;
	if (!fake.ring) {
		(void)sip_treply(NULL, s->sip, msg, 486, "Busy Here");
		return;
	}
	(void)sip_strans_alloc(&fake.st, s->sip, msg, fake_cancel_h, NULL);
	fake.msg = mem_ref((void *)(uintptr_t)msg);
	(void)sip_treply(&fake.st, s->sip, msg, 180, "Ringing");
}

void dialog_response_h(struct stack *s, const struct sip_msg *msg)
{
	++fake.responses;
}

void dialog_flow_lost(struct stack *s, const struct flow *flow)
{
	++fake.lost;
	fake.flow = *flow;
}

void dialog_flow_moved(struct stack *s, int64_t tenant, const char *device, const struct flow *old,
		       const struct flow *flow)
{
	++fake.moved;
	fake.flow = *flow;
	fake.from = *old;
	(void)text_printf(fake.device, sizeof(fake.device), "%s", device);
}

void dialog_flow_anew(struct stack *s, int64_t tenant, const char *device,
		      const struct uri *contact, const struct flow *flow)
{
	++fake.anew;
	(void)text_copy_pl(fake.contact, sizeof(fake.contact), &contact->host);
}
#endif

/* --- the floors above, faked -------------------------------------------------------------------
 */

static struct {
	bool trunk, md5_off, edge_off, unknown, disk_slow;
	durable_done_h *waiting; /* for the disk */
	void *waiter;
	uint16_t admit;
	unsigned throttled, changes[4], bodies;
	struct binding last;
	struct sa throttled_from;
} above;

static int64_t rig_domain_h(const struct pl *domain, void *arg)
{
	return !pl_strcasecmp(domain, "northwind.localhost") ? 1
	       : !pl_strcasecmp(domain, "harbor.localhost")  ? 2
							     : 0;
}

/* Accounts 1001..1009 of both tenants, password demo-<user>, device d<user> */
static bool rig_account_h(struct sip_account *acc, const struct pl *domain, const struct pl *user,
			  void *arg)
{
	char password[64];

	if (user->l != 4 || memcmp(user->p, "100", 3) || !rig_domain_h(domain, NULL))
		return false;
	acc->tenant = rig_domain_h(domain, NULL);
	(void)text_copy_pl(acc->domain, sizeof(acc->domain), domain);
	(void)text_copy_pl(acc->aor_user, sizeof(acc->aor_user), user);
	(void)text_copy_pl(acc->auth_user, sizeof(acc->auth_user), user);
	(void)text_printf(acc->device, sizeof(acc->device), "d%s", acc->auth_user);
	(void)text_printf(password, sizeof(password), "demo-%s", acc->auth_user);
	digest_ha1(acc->ha1_md5, DIGEST_MD5, acc->auth_user, domain, password);
	digest_ha1(acc->ha1_sha256, DIGEST_SHA256, acc->auth_user, domain, password);
	acc->md5_allowed = !above.md5_off;
	return true;
}

static bool rig_trunk_h(struct sip_trunk *trunk, const struct sa *src, enum sip_transp tp,
			void *arg)
{
	if (above.trunk)
		trunk->id = 77;
	return above.trunk;
}

static bool rig_edge_h(struct sa *client, bool *tls, uint16_t port, void *arg)
{
	*tls = true;
	return !above.edge_off && !sa_set_str(client, "203.0.113.9", 4444);
}

static void rig_binding_h(const struct binding *b, int change, void *arg)
{
	++above.changes[change];
	above.last = *b;
}

static void rig_durable_h(durable_done_h *done, void *obj, void *arg)
{
	if (!above.disk_slow) {
		done(0, obj);
		mem_deref(obj);
		return;
	}
	assert_null(above.waiter);
	above.waiting = done;
	above.waiter = obj;
}

static bool rig_subscribe_h(struct mbuf *body, const char *package, int64_t tenant,
			    const char *user, const struct sip_account *watcher, void *arg)
{
	++above.bodies;
	return !above.unknown &&
	       !mbuf_printf(body, "<%s user=\"%s\" version=\"@VERSION@\" n=\"%u\"/>", package, user,
			    above.bodies);
}

static void rig_throttle_h(const struct sa *client, const char *domain, const char *user, void *arg)
{
	++above.throttled;
	above.throttled_from = *client;
}

static uint16_t rig_admit_h(const struct sip_sender *from, const struct sip_msg *msg, void *arg)
{
	return above.admit;
}

static bool rig_md5_h(const struct pl *domain, void *arg)
{
	return !above.md5_off;
}

/* --- the rig -----------------------------------------------------------------------------------
 */

struct phone {
	int fd;
	bool stream;
	char ip[32];
	uint16_t port;
	char text[RIG_SIZE]; /* the last message that came                          */
	size_t size;
	char pending[RIG_SIZE]; /* of a stream                                         */
	size_t pendings;
};

static struct stack_conf rig_conf;
static unsigned rig_serial;

static void rig_stop_h(void *arg)
{
	*(bool *)arg = true;
	re_cancel();
}

/* Runs libre for some ms of real time at most, until the phone's socket has something */
static void rig_readable_h(int flags, void *arg)
{
	re_cancel();
}

static bool rig_run(const struct phone *p, uint32_t ms)
{
	struct tmr tmr = {0};
	bool late = false;

	tmr_start(&tmr, ms, rig_stop_h, &late);
	if (p)
		assert_int_equal(fd_listen(p->fd, FD_READ, rig_readable_h, NULL), 0);
	assert_int_equal(re_main(NULL), 0);
	if (p)
		fd_close(p->fd);
	tmr_cancel(&tmr);
	return !late;
}

static void phone_open(struct phone *p, bool stream, const char *ip, uint16_t port)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	socklen_t size = sizeof(in);

	memset(p, 0, sizeof(*p));
	p->stream = stream;
	p->fd = socket(AF_INET, stream ? SOCK_STREAM : SOCK_DGRAM, 0);
	assert_true(p->fd >= 0);
	in.sin_addr.s_addr = inet_addr(ip);
	to.sin_addr.s_addr = inet_addr("127.0.0.1");
	assert_int_equal(bind(p->fd, (struct sockaddr *)&in, sizeof(in)), 0);
	if (stream || !strcmp(ip, "127.0.0.1"))
		assert_int_equal(connect(p->fd, (struct sockaddr *)&to, sizeof(to)), 0);
	else
		assert_int_equal(connect(p->fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(getsockname(p->fd, (struct sockaddr *)&in, &size), 0);
	p->port = ntohs(in.sin_port);
	(void)text_printf(p->ip, sizeof(p->ip), "%s", ip);
	assert_int_equal(fcntl(p->fd, F_SETFL, O_NONBLOCK), 0);
}

static void phone_close(struct phone *p)
{
	close(p->fd);
	p->fd = -1;
}

static void phone_send_raw(struct phone *p, const void *buf, size_t n)
{
	assert_int_equal(send(p->fd, buf, n, MSG_NOSIGNAL), (ssize_t)n);
}

static void phone_send(struct phone *p, const char *fmt, ...)
{
	static char text[RIG_SIZE];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert_true(n > 0 && (size_t)n < sizeof(text));
	phone_send_raw(p, text, (size_t)n);
}

/* Takes one message off a stream's bytes */
static bool phone_frame(struct phone *p)
{
	char *end = strstr(p->pending, "\r\n\r\n"), *clen;
	size_t n;

	if (!end)
		return false;
	clen = strcasestr(p->pending, "Content-Length:");
	n = (size_t)(end + 4 - p->pending) +
	    (clen && clen < end ? strtoul(clen + 15, NULL, 10) : 0);
	if (p->pendings < n)
		return false;
	memcpy(p->text, p->pending, n);
	p->text[n] = '\0';
	p->size = n;
	memmove(p->pending, p->pending + n, p->pendings - n + 1);
	p->pendings -= n;
	return true;
}

static bool phone_take(struct phone *p)
{
	ssize_t n;

	if (!p->stream) {
		n = recv(p->fd, p->text, sizeof(p->text) - 1, 0);
		p->size = n > 0 ? (size_t)n : 0;
		p->text[p->size] = '\0';
		return n > 0;
	}
	if (phone_frame(p))
		return true;
	n = recv(p->fd, p->pending + p->pendings, sizeof(p->pending) - 1 - p->pendings, 0);
	if (n > 0)
		p->pendings += (size_t)n;
	p->pending[p->pendings] = '\0';
	return phone_frame(p);
}

/* Waits for a message; returns its status code, 1 for a request, 0 for none within ms */
static unsigned phone_wait(struct phone *p, uint32_t ms)
{
	uint64_t start = tmr_jiffies();

	while (!phone_take(p)) {
		if (tmr_jiffies() - start >= ms || !rig_run(p, ms))
			return 0;
	}
	return !strncmp(p->text, "SIP/2.0 ", 8) ? (unsigned)atoi(p->text + 8) : 1;
}

static bool phone_has(const struct phone *p, const char *needle)
{
	return strcasestr(p->text, needle) != NULL;
}

/* Copies what follows `from` up to `to` in the last message */
static const char *phone_between(const struct phone *p, const char *from, const char *to)
{
	static char value[8][1024];
	static unsigned turn;
	char *v = value[turn++ % 8];
	const char *a = strcasestr(p->text, from), *b;

	v[0] = '\0';
	if (!a)
		return v;
	a += strlen(from);
	b = strstr(a, to);
	if (b && (size_t)(b - a) < sizeof(value[0])) {
		memcpy(v, a, (size_t)(b - a));
		v[b - a] = '\0';
	}
	return v;
}

/* --- requests ----------------------------------------------------------------------------------
 */

struct ask {
	const char *method, *uri, *user, *domain, *to_user, *headers, *call_id, *to_tag, *body;
	unsigned cseq;
	const char *auth; /* an Authorization line, or ""                        */
	bool no_rport;
};

static void ask_send(struct phone *p, const struct ask *a)
{
	char tag[64] = "";

	if (a->to_tag)
		(void)text_printf(tag, sizeof(tag), ";tag=%s", a->to_tag);
	phone_send(p,
		   "%s %s SIP/2.0\r\nVia: SIP/2.0/%s %s:%u;branch=z9hG4bKrig%u%s\r\n"
		   "Max-Forwards: 70\r\nFrom: \"x\" <sip:%s@%s>;tag=f%s\r\nTo: <sip:%s@%s>%s\r\n"
		   "Call-ID: %s\r\nCSeq: %u %s\r\n%s%sContent-Length: %zu\r\n\r\n%s",
		   a->method, a->uri, p->stream ? "TCP" : "UDP", p->ip, p->port, ++rig_serial,
		   a->no_rport ? "" : ";rport", a->user, a->domain, a->user,
		   a->to_user ? a->to_user : a->user, a->domain, tag, a->call_id, a->cseq,
		   a->method, a->auth ? a->auth : "", a->headers ? a->headers : "",
		   a->body ? strlen(a->body) : 0, a->body ? a->body : "");
}

/* Makes an Authorization line from the challenge in the last message */
static const char *answer_line(const struct phone *p, const struct ask *a, const char *user,
			       const char *password, bool sha256, const char *nc)
{
	static char line[1024];
	struct digest_params d = {.alg = sha256 ? DIGEST_SHA256 : DIGEST_MD5};
	char ha1[TEXT_SHA256], response[TEXT_SHA256];
	struct pl met;

	pl_set_str(&d.realm, phone_between(p, "realm=\"", "\""));
	pl_set_str(&d.nonce, phone_between(p, "nonce=\"", "\""));
	pl_set_str(&d.uri, a->uri);
	pl_set_str(&d.nc, nc);
	pl_set_str(&d.cnonce, "cafe");
	pl_set_str(&d.qop, "auth");
	pl_set_str(&met, a->method);
	digest_ha1(ha1, d.alg, user, &d.realm, password);
	assert_true(digest_response(response, &d, &met, ha1));
	(void)re_snprintf(line, sizeof(line),
			  "Authorization: Digest username=\"%s\", realm=\"%r\", nonce=\"%r\", "
			  "uri=\"%s\", response=\"%s\", algorithm=%s, qop=auth, nc=%s, "
			  "cnonce=\"cafe\"\r\n",
			  user, &d.realm, &d.nonce, a->uri, response, sha256 ? "SHA-256" : "MD5",
			  nc);
	return line;
}

/* Asks, answers the challenge, returns the final code */
static unsigned ask_signed(struct phone *p, struct ask *a, bool sha256)
{
	char password[64];
	unsigned code;

	a->auth = NULL;
	ask_send(p, a);
	code = phone_wait(p, 2000);
	if (code != 401)
		return code;
	(void)text_printf(password, sizeof(password), "demo-%s", a->user);
	a->auth = answer_line(p, a, a->user, password, sha256, "00000001");
	++a->cseq;
	ask_send(p, a);
	return phone_wait(p, 2000);
}

static const char *rig_call_id(void)
{
	static char id[8][32];
	static unsigned turn;
	char *p = id[turn++ % 8];

	(void)text_printf(p, 32, "call%u@rig", ++rig_serial);
	return p;
}

/* REGISTER with further headers (Contact...), signed */
static unsigned phone_register(struct phone *p, const char *user, const char *headers)
{
	struct ask a = {.method = "REGISTER",
			.uri = "sip:northwind.localhost",
			.user = user,
			.domain = "northwind.localhost"};

	a.headers = headers;
	a.call_id = rig_call_id();
	a.cseq = 1;
	return ask_signed(p, &a, true);
}

static const char *phone_contact(const struct phone *p, const char *user, const char *params)
{
	static char text[2][256];
	static unsigned turn;
	char *t = text[turn++ % 2];

	(void)text_printf(t, 256, "Contact: <sip:%s@%s:%u>%s\r\n", user, p->ip, p->port, params);
	return t;
}

static unsigned phone_options(struct phone *p)
{
	struct ask a = {.method = "OPTIONS",
			.uri = "sip:northwind.localhost",
			.user = "probe",
			.domain = "elsewhere.example"};

	a.call_id = rig_call_id();
	a.cseq = 1;
	ask_send(p, &a);
	return phone_wait(p, 2000);
}

static int rig_open(void **state)
{
	const struct stack_handlers h = {
		.domain_h = rig_domain_h,
		.account_h = rig_account_h,
		.trunk_h = rig_trunk_h,
		.edge_h = rig_edge_h,
		.binding_h = rig_binding_h,
		.durable_h = rig_durable_h,
		.subscribe_h = rig_subscribe_h,
		.throttle_h = rig_throttle_h,
		.admit_h = rig_admit_h,
		.md5_h = rig_md5_h,
	};

	memset(&fake, 0, sizeof(fake));
	memset(&above, 0, sizeof(above));
	rig_conf.software = "carillon/test";
	rig_conf.register_min_s = 60;
	rig_conf.register_max_s = 3600;
	rig_conf.udp_keepalive_s = 30;
	assert_int_equal(sa_set_str(&rig_conf.bind, "127.0.0.1", 0), 0);
	return stack_alloc(&stack, &rig_conf, &h);
}

static int rig_close(void **state)
{
	stack = mem_deref(stack);
	return 0;
}

static int rig_init(void **state)
{
	return libre_init();
}

static int rig_exit(void **state)
{
	libre_close();
	return 0;
}
