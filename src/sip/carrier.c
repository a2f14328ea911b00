/**
 * @file carrier.c  REGISTER and OPTIONS of ours
 */
#include <errno.h>
#include <string.h>
#include "carrier.h"
#include "clock.h"
#include "id.h"
#include "stack_parts.h"
#include "text.h"

enum {
	EXPIRES_S = 3600,
	EXPIRES_MIN_S = 30,
	PAUSE_MS = 30000, /* after the first failure; each further one doubles it            */
	PAUSE_MAX_MS = 600000,
};

struct carrier {
	struct stack *s;
	struct carrier_conf conf;
	struct carrier_state state;
	carrier_h *h;
	void *arg;
	struct tmr tmr_register, tmr_ask;
	struct sip_request *registering, *asking;
	char uri[SIP_URI], route[SIP_URI]; /* of the carrier; with the transport */
	char aor[SIP_URI];		   /* ours there                         */
	char call_id[33], tag[17];
	uint32_t cseq, expires_s;
	unsigned failures;
	bool answered;	/* the challenge to this REGISTER: one that comes again is a refusal */
	struct sa peer; /* where a registration was accepted; calls come from there */
};

static void register_h(void *arg);
static void ask_h(void *arg);
static void registered_h(int err, const struct sip_msg *msg, void *arg);
static void asked_h(int err, const struct sip_msg *msg, void *arg);

static void destructor(void *arg)
{
	struct carrier *c = arg;

	tmr_cancel(&c->tmr_register);
	tmr_cancel(&c->tmr_ask);
	mem_deref(c->registering);
	mem_deref(c->asking);
}

/* --- what is said --------------------------------------------------------------------------------
 */

static bool usable(enum carrier_health health, enum carrier_registration registration)
{
	return health != CARRIER_DOWN && registration != CARRIER_REFUSED &&
	       registration != CARRIER_SILENT;
}

static void reason_take(struct carrier_state *st, int err, const struct sip_msg *msg)
{
	st->scode = msg ? msg->scode : 0;
	st->reason[0] = '\0';
	if (msg)
		(void)text_copy_pl(st->reason, sizeof(st->reason), &msg->reason);
	else
		text_printf(st->reason, sizeof(st->reason), "%s",
			    err == ETIMEDOUT ? "no answer"
			    : err == EPROTO  ? "no TLS, or a certificate that is not its own"
					     : strerror(err));
	if (!text_printable(st->reason))
		st->reason[0] = '\0';
}

/* What was refused stays said for as long as a call would fail there. */
static void told(struct carrier *c, enum carrier_health health,
		 enum carrier_registration registration)
{
	if (usable(health, registration)) {
		c->state.scode = 0;
		c->state.reason[0] = '\0';
	}
	if (c->state.health == health && c->state.registration == registration)
		return;
	c->state.health = health;
	c->state.registration = registration;
	c->state.since = clock_wall_ms();
	c->h(&c->state, c->arg);
}

static int print(struct mbuf *mb, struct carrier *c, const char *method, const char *call_id,
		 uint32_t cseq)
{
	int err = mbuf_printf(mb,
			      "Max-Forwards: 70\r\nFrom: <%s>;tag=%s\r\nTo: <%s>\r\n"
			      "Call-ID: %s\r\nCSeq: %u %s\r\n",
			      c->aor, c->tag, c->aor, call_id, cseq, method);

	if (c->s->software[0])
		err |= mbuf_printf(mb, "User-Agent: %s\r\n", c->s->software);
	return err;
}

static enum sip_transp transport(const char *name)
{
	return !strcmp(name, "tls")   ? SIP_TRANSP_TLS
	       : !strcmp(name, "tcp") ? SIP_TRANSP_TCP
				      : SIP_TRANSP_UDP;
}

/* --- REGISTER ------------------------------------------------------------------------------------
 */

static void register_after(struct carrier *c, uint64_t ms)
{
	c->state.next_at = clock_wall_ms() + (int64_t)ms;
	tmr_start(&c->tmr_register, ms, register_h, c);
}

/* RFC 5626 section 4.5: twice as long each time, between half of it and all of it. */
static void failed(struct carrier *c, enum carrier_registration how)
{
	uint64_t ms = PAUSE_MS;

	for (unsigned i = 0; i < c->failures && ms < PAUSE_MAX_MS; i++)
		ms *= 2;
	if (ms > PAUSE_MAX_MS)
		ms = PAUSE_MAX_MS;
	++c->failures;
	register_after(c, ms / 2 + rand_u32() % (ms / 2 + 1));
	told(c, c->state.health, how);
}

static int register_send(struct carrier *c, const char *auth)
{
	struct flow flow = {.tp = transport(c->conf.transport)};
	AUTO struct mbuf *mb = mbuf_alloc(1024);
	char contact[SIP_URI];
	int err;

	if (!mb || !stack_contact(contact, sizeof(contact), c->s, &flow, c->conf.user))
		return ENOMEM;
	err = print(mb, c, "REGISTER", c->call_id, ++c->cseq);
	err |= mbuf_printf(mb, "Contact: <%s>\r\nExpires: %u\r\n", contact, c->expires_s);
	if (auth)
		err |= mbuf_write_str(mb, auth);
	err |= mbuf_write_str(mb, "Content-Length: 0\r\n\r\n");
	if (err)
		return err;
	mb->pos = 0;
	c->registering = mem_deref(c->registering);
	return stack_request_uri(&c->registering, c->s, c->route, true, "REGISTER", c->uri, mb,
				 registered_h, c);
}

static void register_h(void *arg)
{
	struct carrier *c = arg;
	int err;

	c->answered = false;
	err = register_send(c, NULL);
	if (!err)
		return;
	reason_take(&c->state, err, NULL);
	failed(c, CARRIER_SILENT);
}

static bool challenge_answered(struct carrier *c, const struct sip_msg *msg)
{
	AUTO struct mbuf *mb = NULL;
	char *auth = NULL;
	int err;

	if ((msg->scode != 401 && msg->scode != 407) || c->answered)
		return false;
	c->answered = true;
	mb = mbuf_alloc(512);
	err = !mb ? ENOMEM
		  : auth_answer(mb, msg, "REGISTER", c->uri, c->conf.user, c->conf.password, NULL);
	err = err ? err : mbuf_text(&auth, mb);
	err = err ? err : register_send(c, auth);
	mem_deref(auth);
	return !err;
}

struct granted {
	const struct carrier *c;
	uint32_t s;
};

static bool contact_h(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	struct granted *g = arg;
	struct sip_addr addr;
	struct pl pl;
	(void)msg;

	if (sip_addr_decode(&addr, &hdr->val) || pl_strcmp(&addr.uri.user, g->c->conf.user) ||
	    msg_param_decode(&addr.params, "expires", &pl))
		return false;
	g->s = pl_u32(&pl);
	return true;
}

/* What the carrier grants, for our contact or for all of them; section 10.2.4. */
static uint32_t granted_s(const struct carrier *c, const struct sip_msg *msg)
{
	struct granted g = {.c = c};

	if (pl_isset(&msg->expires))
		g.s = pl_u32(&msg->expires);
	(void)sip_msg_hdr_apply(msg, true, SIP_HDR_CONTACT, contact_h, &g);
	if (!g.s || g.s > EXPIRES_S)
		g.s = c->expires_s;
	return g.s < EXPIRES_MIN_S ? EXPIRES_MIN_S : g.s;
}

static void accepted(struct carrier *c, const struct sip_msg *msg)
{
	uint32_t s = granted_s(c, msg);

	c->failures = 0;
	c->peer = msg->src;
	/* early enough for a second try before it ends */
	register_after(c, (uint64_t)s * 800);
	told(c, c->state.health, CARRIER_REGISTERED);
}

/* Section 10.2.8: the carrier wants registrations to last longer. */
static bool lengthened(struct carrier *c, const struct sip_msg *msg)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, SIP_HDR_MIN_EXPIRES);
	uint32_t s = hdr ? pl_u32(&hdr->val) : 0;

	if (msg->scode != 423 || s <= c->expires_s || s > 86400)
		return false;
	c->expires_s = s;
	c->answered = false;
	return !register_send(c, NULL);
}

static void registered_h(int err, const struct sip_msg *msg, void *arg)
{
	struct carrier *c = arg;

	if (msg && msg->scode < 200)
		return;
	if (msg && msg->scode < 300) {
		accepted(c, msg);
		return;
	}
	if (msg && (challenge_answered(c, msg) || lengthened(c, msg)))
		return;
	reason_take(&c->state, err, msg);
	failed(c, msg && msg->scode != 408 && msg->scode != 503 ? CARRIER_REFUSED : CARRIER_SILENT);
}

/* --- OPTIONS -------------------------------------------------------------------------------------
 */

/* Whoever answers is there, whatever it thinks of the question; these it says when it is not. */
static bool answers(const struct sip_msg *msg)
{
	return msg && msg->scode != 408 && (msg->scode < 502 || msg->scode > 504);
}

static void asked_h(int err, const struct sip_msg *msg, void *arg)
{
	struct carrier *c = arg;
	bool up = !err && answers(msg);

	if (msg && msg->scode < 200)
		return;
	if (!up && c->state.registration != CARRIER_REFUSED)
		reason_take(&c->state, err, msg);
	told(c, up ? CARRIER_UP : CARRIER_DOWN, c->state.registration);
}

static int ask_send(struct carrier *c)
{
	AUTO struct mbuf *mb = mbuf_alloc(512);
	char call_id[25];
	int err;

	if (!mb)
		return ENOMEM;
	id_random(call_id, sizeof(call_id));
	err = print(mb, c, "OPTIONS", call_id, 1);
	err |= mbuf_write_str(mb, "Accept: application/sdp\r\nContent-Length: 0\r\n\r\n");
	if (err)
		return err;
	mb->pos = 0;
	return stack_request_uri(&c->asking, c->s, c->route, true, "OPTIONS", c->uri, mb, asked_h,
				 c);
}

static void ask_h(void *arg)
{
	struct carrier *c = arg;
	int err;

	tmr_start(&c->tmr_ask, c->conf.ask_ms, ask_h, c);
	if (c->asking) {
		/* no answer to the last one until now: libre need not give up first */
		c->asking = mem_deref(c->asking);
		asked_h(ETIMEDOUT, NULL, c);
	}
	err = ask_send(c);
	if (err)
		asked_h(err, NULL, c);
}

/* --- life ----------------------------------------------------------------------------------------
 */

/**
 * Begins to keep it up; the first REGISTER and OPTIONS go out at once
 *
 * @param cp   Result; dropping it ends both, without word to the carrier
 * @param s    Stack; must outlive it
 * @param conf Copied
 * @param h    Told of each change
 * @param arg  Its argument
 *
 * @return 0, ENOMEM, or EINVAL when the address is too long
 */
int carrier_alloc(struct carrier **cp, struct stack *s, const struct carrier_conf *conf,
		  carrier_h *h, void *arg)
{
	struct carrier *c = mem_zalloc(sizeof(*c), destructor);

	if (!c)
		return ENOMEM;
	c->s = s;
	c->conf = *conf;
	c->h = h;
	c->arg = arg;
	c->expires_s = EXPIRES_S;
	id_random(c->call_id, sizeof(c->call_id));
	id_random(c->tag, sizeof(c->tag));
	if (!carrier_uri(c->uri, "", conf->host, 0, "any") ||
	    !carrier_uri(c->route, "", conf->host, conf->port, conf->transport) ||
	    !carrier_uri(c->aor, conf->user, conf->host, 0, "any")) {
		mem_deref(c);
		return EINVAL;
	}
	c->state.since = clock_wall_ms();
	if (conf->registers) {
		c->state.registration = CARRIER_TRYING;
		tmr_start(&c->tmr_register, 0, register_h, c);
	}
	if (conf->ask_ms)
		tmr_start(&c->tmr_ask, 0, ask_h, c);
	*cp = c;
	return 0;
}

/** How it stands */
const struct carrier_state *carrier_state(const struct carrier *c)
{
	return &c->state;
}

/** Whether a call may go there: nothing says that it would fail */
bool carrier_usable(const struct carrier *c)
{
	return usable(c->state.health, c->state.registration);
}

/** Whether this is where our registration was accepted. The port counts on loopback only, where
 * others have the same address. */
bool carrier_at(const struct carrier *c, const struct sa *src)
{
	return c->state.registration == CARRIER_REGISTERED &&
	       sa_cmp(&c->peer, src, SA_ADDR | (sa_is_loopback(src) ? SA_PORT : 0));
}
