/**
 * @file registrar.c  REGISTER (RFC 3261 section 10.3, RFC 3327 Path, RFC 5626 instances)
 *
 * A request is judged whole before it changes anything (section 10.3 step 7). Where to send is what
 * was seen, not what was said: the connection, or for UDP the source address unless the phone has
 * said that it listens elsewhere on the same host.
 */
#include <string.h>
#include "clock.h"
#include "log.h"
#include "stack_parts.h"
#include "text.h"

enum { CONTACTS_MAX = 20, EXPIRES_DEFAULT = 3600 };

/** One Contact of a REGISTER */
struct want {
	struct sip_addr addr;
	uint32_t expires;
	uint32_t reg_id;
	char instance[SIP_NAME];
};

struct registration {
	struct stack *stack;
	const struct sip_msg *msg;
	const struct sip_account *acc;
	const struct flow *flow;
	const struct sa *client;
	struct want want[CONTACTS_MAX];
	unsigned wants;
	bool star;
	char path[SIP_URI];
	uint16_t scode; /* why it is refused, or 0                             */
	const char *reason;
};

static bool fail(struct registration *r, uint16_t scode, const char *reason)
{
	if (!r->scode) {
		r->scode = scode;
		r->reason = reason;
	}
	return true;
}

static uint32_t seconds(const struct pl *pl)
{
	uint64_t n = 0;

	for (size_t i = 0; i < pl->l; i++) {
		if (pl->p[i] < '0' || pl->p[i] > '9')
			return EXPIRES_DEFAULT; /* RFC 3261 section 20.10 */
		n = n * 10 + (uint64_t)(pl->p[i] - '0');
		if (n > UINT32_MAX)
			return UINT32_MAX;
	}
	return pl->l ? (uint32_t)n : EXPIRES_DEFAULT;
}

static uint32_t asked(const struct registration *r, const struct sip_addr *addr)
{
	struct pl pl;

	if (!msg_param_decode(&addr->params, "expires", &pl))
		return seconds(&pl);
	return r->msg->expires.p ? seconds(&r->msg->expires) : EXPIRES_DEFAULT;
}

static void instance_read(struct want *w)
{
	struct pl pl;

	if (!msg_param_decode(&w->addr.params, "+sip.instance", &pl)) {
		if (pl.l > 1 && pl.p[0] == '"' && pl.p[pl.l - 1] == '"') {
			++pl.p;
			pl.l -= 2;
		}
		if (text_one_line(&pl))
			(void)text_copy_pl(w->instance, sizeof(w->instance), &pl);
	}
	if (w->instance[0] && !msg_param_decode(&w->addr.params, "reg-id", &pl))
		w->reg_id = pl_u32(&pl);
}

static bool contact_h(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	struct registration *r = arg;
	struct want *w = &r->want[r->wants];
	const struct stack_conf *conf = &r->stack->conf;
	(void)msg;

	if (!pl_strcmp(&hdr->val, "*")) {
		r->star = true;
		return false;
	}
	if (r->wants >= CONTACTS_MAX)
		return fail(r, 400, "Too Many Contacts");
	if (sip_addr_decode(&w->addr, &hdr->val))
		return fail(r, 400, "Bad Contact");
	uri_trim(&w->addr.auri);
	/* without brackets a header part belongs to nobody (RFC 4475 section 3.1.2.15) */
	if (!uri_ours_scheme(&w->addr.uri.scheme) || !pl_isset(&w->addr.uri.host) ||
	    w->addr.auri.l >= SIP_URI || !uri_printable(&w->addr.auri) ||
	    (memchr(w->addr.auri.p, '?', w->addr.auri.l) && !memchr(hdr->val.p, '<', hdr->val.l)))
		return fail(r, 400, "Bad Contact");
	w->expires = asked(r, &w->addr);
	if (w->expires && w->expires < conf->register_min_s)
		return fail(r, 423, "Interval Too Brief");
	w->expires = MIN(w->expires, conf->register_max_s);
	instance_read(w);
	++r->wants;
	return false;
}

static bool path_h(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	struct registration *r = arg;
	size_t n = strlen(r->path);
	(void)msg;

	if (n + hdr->val.l + 3 > sizeof(r->path) || !text_one_line(&hdr->val))
		return fail(r, 400, "Bad Path");
	(void)re_snprintf(r->path + n, sizeof(r->path) - n, "%s%r", n ? ", " : "", &hdr->val);
	return false;
}

static bool host_is(const struct pl *host, const char *name)
{
	return !pl_strcasecmp(host, name);
}

/* Only one's own AOR (RFC 3261 section 10.3 step 3) */
static void check_aor(struct registration *r)
{
	const struct uri *to = &r->msg->to.uri;

	if (pl_strcmp(&to->user, r->acc->aor_user) || !host_is(&to->host, r->acc->domain))
		(void)fail(r, 403, "Not Your Address");
}

static void read_request(struct registration *r)
{
	struct pl zero = PL("0");

	check_aor(r);
	(void)sip_msg_hdr_apply(r->msg, true, SIP_HDR_CONTACT, contact_h, r);
	(void)sip_msg_hdr_apply(r->msg, true, SIP_HDR_PATH, path_h, r);
	/* step 6 */
	if (r->star && (r->wants || !r->msg->expires.p || pl_cmp(&r->msg->expires, &zero)))
		(void)fail(r, 400, "Bad Contact");
}

/** See stack_private.h */
bool uri_same(const char *stored, const struct uri *uri)
{
	struct pl pl, t1 = pl_null, t2 = pl_null;
	struct uri old;

	pl_set_str(&pl, stored);
	if (uri_decode(&old, &pl))
		return false;
	(void)msg_param_decode(&old.params, "transport", &t1);
	(void)msg_param_decode(&uri->params, "transport", &t2);
	return !pl_cmp(&old.user, &uri->user) && !pl_casecmp(&old.host, &uri->host) &&
	       old.port == uri->port && !pl_casecmp(&old.scheme, &uri->scheme) &&
	       !pl_casecmp(&t1, &t2);
}

/*
 * The binding a contact takes the place of: the same instance and flow number (RFC 5626 section 6),
 * the same URI, or of the same device one whose connection broke (a page that was loaded again).
 */
static struct entry *entry_for(const struct registration *r, const struct aor *aor,
			       const struct want *w)
{
	for (struct le *le = aor ? aor->bindings.head : NULL; le; le = le->next) {
		struct entry *e = le->data;

		if (w->instance[0] && !strcmp(w->instance, e->b.instance) &&
		    w->reg_id == e->b.reg_id)
			return e;
		if (uri_same(e->b.contact, &w->addr.uri))
			return e;
		if (e->gone && r->flow->ws && !strcmp(e->b.device, r->acc->device))
			return e;
	}
	return NULL;
}

/* A request older than what is stored changes nothing (step 7); the same again is answered again */
static void check_order(struct registration *r, const struct entry *e)
{
	if (!pl_strcmp(&r->msg->callid, e->call_id) && r->msg->cseq.num < e->cseq)
		(void)fail(r, 500, "Out Of Order");
}

static void check_orders(struct registration *r, const struct aor *aor)
{
	struct le *le = r->star && aor ? aor->bindings.head : NULL;

	for (; le; le = le->next)
		check_order(r, le->data);
	for (unsigned i = 0; i < r->wants; i++) {
		const struct entry *e = entry_for(r, aor, &r->want[i]);

		if (e)
			check_order(r, e);
	}
}

/* Where requests go: the connection, also that of a proxy with a Path; for UDP see the head of the
 * file */
static void flow_of(const struct registration *r, const struct want *w, struct binding *b)
{
	struct pl rport;
	struct sa said;
	bool ip = !sa_set(&said, &w->addr.uri.host, w->addr.uri.port ? w->addr.uri.port : SIP_PORT);
	bool same = ip && sa_cmp(&said, &r->msg->src, SA_ADDR);

	b->flow = *r->flow;
	b->nat = !r->flow->ws && !(ip && sa_cmp(&said, &r->msg->src, SA_ALL));
	if (r->flow->tp != SIP_TRANSP_UDP)
		b->nat = b->nat && !same;
	else if (b->nat && same && !r->path[0] &&
		 msg_param_exists(&r->msg->via.params, "rport", &rport)) {
		/* an old phone that sends from one port and listens on another */
		b->flow.peer = said;
		b->nat = false;
	}
}

static void binding_fill(const struct registration *r, const struct want *w, struct binding *b)
{
	const struct sip_hdr *ua = sip_msg_hdr(r->msg, SIP_HDR_USER_AGENT);
	const struct sip_account *acc = r->acc;
	bool tls = r->flow->tp == SIP_TRANSP_TLS;
	struct sa client;

	memset(b, 0, sizeof(*b));
	b->tenant = acc->tenant;
	(void)text_printf(b->domain, sizeof(b->domain), "%s", acc->domain);
	(void)text_printf(b->user, sizeof(b->user), "%s", acc->aor_user);
	(void)text_printf(b->device, sizeof(b->device), "%s", acc->device);
	(void)text_copy_pl(b->contact, sizeof(b->contact), &w->addr.auri);
	(void)text_printf(b->path, sizeof(b->path), "%s", r->path);
	(void)text_printf(b->instance, sizeof(b->instance), "%s", w->instance);
	b->reg_id = w->reg_id;
	if (ua) {
		struct pl pl = {ua->val.p, MIN(ua->val.l, sizeof(b->user_agent) - 1)};

		(void)text_copy_pl(b->user_agent, sizeof(b->user_agent), &pl);
	}
	flow_of(r, w, b);
	b->client = *r->client;
	if (r->flow->ws)
		(void)r->stack->h.edge_h(&client, &tls, sa_port(&r->flow->peer), r->stack->h.arg);
	b->tls = tls;
	b->sdes = acc->sdes;
	b->registered_at = clock_wall_ms();
}

static void make_room(struct registration *r)
{
	const struct aor *aor = bindings_aor(r->stack->bindings, r->acc->tenant, r->acc->aor_user);

	/* never its last one, with which the AOR would go */
	while (aor && list_count(&aor->bindings) >= BINDINGS_MAX)
		bindings_drop(list_ledata(aor->bindings.head), BINDING_REMOVED);
}

static void entry_update(struct registration *r, struct entry *e, const struct binding *b)
{
	bool moved = !flow_same(&e->b.flow, &b->flow) || e->gone;
	struct flow flow = b->flow, old = e->b.flow;
	int64_t since = e->b.registered_at;
	struct le le = e->b.le;
	uint32_t rtt = e->b.rtt_ms;

	hash_unlink(&e->he_flow);
	e->b = *b;
	e->b.le = le;
	e->b.rtt_ms = rtt;
	if (!moved)
		e->b.registered_at = since;
	bindings_flow(e, &flow);
	if (!moved)
		return;
	dialog_flow_moved(r->stack, b->tenant, b->device, &old, &flow);
	subs_flow_moved(r->stack, &old, &flow);
}

static void apply(struct registration *r, const struct want *w)
{
	struct stack *s = r->stack;
	const struct aor *aor = bindings_aor(s->bindings, r->acc->tenant, r->acc->aor_user);
	struct entry *e = entry_for(r, aor, w);
	enum binding_change change = e ? BINDING_REFRESHED : BINDING_ADDED;
	struct binding b;

	if (!w->expires) {
		if (e)
			bindings_drop(e, BINDING_REMOVED);
		return;
	}
	binding_fill(r, w, &b);
	if (e) {
		entry_update(r, e, &b);
	} else {
		make_room(r);
		if (bindings_add(&e, s, &b))
			return;
		/* A phone that lost its connection goes on with its calls; a page that was loaded
		 * again has none, and takes over by Replaces what waits for it. */
		dialog_flow_anew(s, b.tenant, b.device, &w->addr.uri, &b.flow);
	}
	(void)text_copy_pl(e->call_id, sizeof(e->call_id), &r->msg->callid);
	e->cseq = r->msg->cseq.num;
	bindings_until(e, clock_mono_ms() + (uint64_t)w->expires * 1000);
	keepalive_start(e, r->msg);
	s->h.binding_h(&e->b, (int)change, s->h.arg);
}

static void apply_star(struct registration *r)
{
	const struct aor *aor = bindings_aor(r->stack->bindings, r->acc->tenant, r->acc->aor_user);
	unsigned n = aor ? list_count(&aor->bindings) : 0;

	while (n--)
		bindings_drop(list_ledata(aor->bindings.head), BINDING_REMOVED);
}

static int print_contacts(struct mbuf *mb, const struct registration *r)
{
	const struct aor *aor = bindings_aor(r->stack->bindings, r->acc->tenant, r->acc->aor_user);
	uint64_t now = clock_mono_ms();
	int err = 0;

	for (struct le *le = aor ? aor->bindings.head : NULL; le; le = le->next) {
		const struct entry *e = le->data;

		if (e->gone)
			continue;
		err |= mbuf_printf(
			mb, "Contact: <%s>;expires=%u", e->b.contact,
			(unsigned)((e->b.expires - MIN(now, e->b.expires) + 999) / 1000));
		if (e->b.instance[0])
			err |= mbuf_printf(mb, ";+sip.instance=\"%s\"", e->b.instance);
		if (e->b.reg_id)
			err |= mbuf_printf(mb, ";reg-id=%u", e->b.reg_id);
		err |= mbuf_write_str(mb, "\r\n");
	}
	return err;
}

static bool outbound_used(const struct registration *r)
{
	for (unsigned i = 0; i < r->wants; i++) {
		if (r->want[i].reg_id && r->want[i].expires)
			return request_supports(r->msg, "outbound");
	}
	return false;
}

/* A 200 that waits until what it promises is on disk; in the meantime the transaction swallows what
 * the phone repeats. */
struct promise {
	struct le le; /* of the stack, which may end before */
	struct stack *stack;
	const struct sip_msg *msg;
	struct sip_strans *st;
	struct mbuf *headers;
};

static void promise_destructor(void *arg)
{
	struct promise *p = arg;

	list_unlink(&p->le);
	mem_deref(p->st);
	mem_deref((void *)(uintptr_t)p->msg);
	mem_deref(p->headers);
}

/* What is not on disk is not promised: the phone comes back, and can be called meanwhile. */
static void promise_break(struct promise *p)
{
	(void)sip_treplyf(&p->st, NULL, p->stack->sip, p->msg, false, 503, "Service Unavailable",
			  "Retry-After: %u\r\nContent-Length: 0\r\n\r\n", stack_retry_after());
}

static void promise_keep(int err, void *arg)
{
	struct promise *p = arg;

	if (!p->stack)
		return;
	if (err) {
		promise_break(p);
		return;
	}
	(void)sip_treplyf(&p->st, NULL, p->stack->sip, p->msg, false, 200, "OK",
			  "%bSupported: path, outbound\r\nContent-Length: 0\r\n\r\n",
			  p->headers->buf, p->headers->end);
}

/** The stack ends: nobody is answered any more */
void registrar_close(struct stack *s)
{
	struct le *le;

	while ((le = list_head(&s->promises))) {
		struct promise *p = le->data;

		list_unlink(le);
		p->st = mem_deref(p->st);
		p->stack = NULL;
	}
}

static int print_answer(struct mbuf *mb, const struct registration *r)
{
	int err = print_contacts(mb, r);

	if (!err && r->path[0])
		err = mbuf_printf(mb, "Path: %s\r\n", r->path);
	if (!err && outbound_used(r))
		err = mbuf_write_str(mb, "Require: outbound\r\n");
	return err;
}

static void answer(struct registration *r)
{
	AUTO struct promise *p = mem_zalloc(sizeof(*p), promise_destructor);
	struct stack *s = r->stack;

	if (!p)
		return;
	p->headers = mbuf_alloc(1024);
	if (!p->headers || print_answer(p->headers, r) ||
	    sip_strans_alloc(&p->st, s->sip, r->msg, NULL, NULL))
		return;
	p->msg = mem_ref((void *)(uintptr_t)r->msg);
	p->stack = s;
	list_append(&s->promises, &p->le, p);
	s->h.durable_h(promise_keep, TAKE(p), s->h.arg);
}

static void refuse(struct registration *r)
{
	if (r->scode == 423)
		(void)sip_replyf(r->stack->sip, r->msg, 423, r->reason,
				 "Min-Expires: %u\r\nContent-Length: 0\r\n\r\n",
				 r->stack->conf.register_min_s);
	else
		stack_refuse(r->stack, r->msg, r->scode, r->reason);
}

/** Serves a REGISTER of an authenticated account */
void registrar_request(struct stack *s, const struct sip_msg *msg, const struct sip_account *acc,
		       const struct flow *flow, const struct sa *client)
{
	AUTO struct registration *r = mem_zalloc(sizeof(*r), NULL);

	if (!r)
		return;
	r->stack = s;
	r->msg = msg;
	r->acc = acc;
	r->flow = flow;
	r->client = client;
	read_request(r);
	check_orders(r, bindings_aor(s->bindings, acc->tenant, acc->aor_user));
	if (r->scode) {
		refuse(r);
		return;
	}
	if (r->star)
		apply_star(r);
	for (unsigned i = 0; i < r->wants; i++)
		apply(r, &r->want[i]);
	answer(r);
}

/**
 * Puts back a binding that was stored before a restart. Those by connection cannot live on.
 *
 * @param s Stack
 * @param b Binding; expires is monotonic now
 *
 * @return 0, ENOTCONN for a connection, ETIMEDOUT if it is over, or errno
 */
int registrar_restore(struct stack *s, const struct binding *b)
{
	uint64_t now = clock_mono_ms();
	struct entry *e;
	int err;

	if (b->flow.tp != SIP_TRANSP_UDP)
		return ENOTCONN;
	/* further away than any registration: a difference of clocks that wrapped around */
	if (b->expires <= now || b->expires - now > (uint64_t)s->conf.register_max_s * 1000)
		return ETIMEDOUT;
	err = bindings_add(&e, s, b);
	if (err)
		return err;
	bindings_until(e, b->expires);
	keepalive_start(e, NULL);
	return 0;
}
