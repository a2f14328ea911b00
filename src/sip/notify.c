/**
 * @file notify.c  SUBSCRIBE and NOTIFY: lamps, message waiting, presence (RFC 6665)
 *
 * Packages dialog (RFC 4235), message-summary (RFC 3842) and presence (RFC 3856). The body is asked
 * from the floor above when it is sent, so that several changes within NOTIFY_GAP_MS make one
 * message; the literal @VERSION@ in it becomes the count of the subscription. One NOTIFY is under
 * way at a time.
 */
#include <string.h>
#include "clock.h"
#include "log.h"
#include "stack_parts.h"
#include "text.h"

enum {
	SUBS_BUCKETS = 4096,
	SUBS_TENANTS = 256,
	SUB_EXPIRES_MAX = 3600,
	SUB_EXPIRES_DEFAULT = 3600
};

static const struct package {
	const char *name, *type;
} packages[] = {
	{"dialog", "application/dialog-info+xml"},
	{"message-summary", "application/simple-message-summary"},
	{"presence", "application/pidf+xml"},
};

/** How many a tenant has; gone with its last */
struct tally {
	struct le he;
	int64_t tenant;
	unsigned count;
};

struct subs {
	struct hash *ht_resource, *ht_call, *ht_tenant;
	unsigned count, most;
};

/** One subscription: a dialog of its own (RFC 6665 section 4.1) */
struct sub {
	struct le he_resource, he_call;
	struct stack *stack;
	struct tally *tally;
	const struct package *package;
	char event_id[64];
	int64_t tenant;
	char user[SIP_NAME];	    /* whose state                                        */
	struct sip_account watcher; /* without its secrets                                */
	struct flow flow;
	char call_id[SIP_NAME * 2];
	char local_tag[17], remote_tag[SIP_NAME];
	char local_uri[SIP_URI], remote_uri[SIP_URI], target[SIP_URI];
	char routes[2 * SIP_URI]; /* Route header value, or ""                          */
	uint32_t local_seq, remote_seq, version;
	uint64_t expires, sent; /* monotonic ms                                       */
	bool dirty;
	struct tmr tmr, tmr_gap;
	struct sip_request *req;
};

static void destructor(void *arg)
{
	struct subs *subs = arg;

	hash_flush(subs->ht_resource);
	mem_deref(subs->ht_resource);
	mem_deref(subs->ht_call);
	mem_deref(subs->ht_tenant);
}

/** Makes an empty table of at most so many subscriptions, 0 for SUBS_MAX. Returns 0 or ENOMEM */
int subs_alloc(struct subs **sp, unsigned most)
{
	AUTO struct subs *subs = mem_zalloc(sizeof(*subs), destructor);

	if (!subs || hash_alloc(&subs->ht_resource, SUBS_BUCKETS) ||
	    hash_alloc(&subs->ht_call, SUBS_BUCKETS) || hash_alloc(&subs->ht_tenant, SUBS_TENANTS))
		return ENOMEM;
	subs->most = most ? most : SUBS_MAX;
	*sp = TAKE(subs);
	return 0;
}

/** Number of live subscriptions */
unsigned subs_count(const struct stack *s)
{
	return s->subs->count;
}

static void tally_destructor(void *arg)
{
	struct tally *t = arg;

	hash_unlink(&t->he);
}

/* Counts one more of a tenant; NULL without memory */
static struct tally *tally_add(struct subs *subs, int64_t tenant)
{
	struct le *le = list_head(hash_list(subs->ht_tenant, (uint32_t)tenant));
	struct tally *t = NULL;

	for (; le && !t; le = le->next) {
		if (((struct tally *)le->data)->tenant == tenant)
			t = le->data;
	}
	if (!t && (t = mem_zalloc(sizeof(*t), tally_destructor))) {
		t->tenant = tenant;
		hash_append(subs->ht_tenant, (uint32_t)tenant, &t->he, t);
	}
	if (t)
		++t->count;
	return t;
}

/* A tenant may have as many as there is room for others: none takes the lamps of all. */
static bool too_many(const struct sub *sub)
{
	const struct subs *subs = sub->stack->subs;

	return !sub->tally || subs->count > subs->most ||
	       sub->tally->count > subs->most - subs->count + 1;
}

static void sub_destructor(void *arg)
{
	struct sub *sub = arg;

	hash_unlink(&sub->he_resource);
	hash_unlink(&sub->he_call);
	tmr_cancel(&sub->tmr);
	tmr_cancel(&sub->tmr_gap);
	mem_deref(sub->req);
	--sub->stack->subs->count;
	if (sub->tally && !--sub->tally->count)
		mem_deref(sub->tally);
}

static uint32_t resource_key(int64_t tenant, const char *user, const struct package *package)
{
	return hash_joaat_str(user) ^ (uint32_t)tenant * 2654435761u ^
	       (uint32_t)(package - packages);
}

static const struct package *package_find(const struct pl *name)
{
	for (size_t i = 0; i < COUNT(packages); i++) {
		if (!pl_strcasecmp(name, packages[i].name))
			return &packages[i];
	}
	return NULL;
}

/* --- sending -----------------------------------------------------------------------------------
 */

static int write_versioned(struct mbuf *mb, const struct mbuf *body, uint32_t version)
{
	static const char mark[] = "@VERSION@";
	const char *p = (const char *)body->buf, *end = p + body->end, *at;
	int err = 0;

	while (p && !err && (at = memmem(p, (size_t)(end - p), mark, sizeof(mark) - 1))) {
		err = mbuf_write_mem(mb, (const uint8_t *)p, (size_t)(at - p));
		err |= mbuf_printf(mb, "%u", version);
		p = at + sizeof(mark) - 1;
	}
	return err || !p ? err : mbuf_write_mem(mb, (const uint8_t *)p, (size_t)(end - p));
}

static int print_head(struct mbuf *mb, struct sub *sub, const char *state)
{
	char contact[SIP_URI];
	int err;

	if (!stack_contact(contact, sizeof(contact), sub->stack, &sub->flow, sub->user))
		return EINVAL;
	err = mbuf_printf(mb,
			  "Max-Forwards: 70\r\n%s%s%sFrom: <%s>;tag=%s\r\nTo: <%s>;tag=%s\r\n"
			  "Call-ID: %s\r\nCSeq: %u NOTIFY\r\nContact: <%s>\r\n",
			  sub->routes[0] ? "Route: " : "", sub->routes,
			  sub->routes[0] ? "\r\n" : "", sub->local_uri, sub->local_tag,
			  sub->remote_uri, sub->remote_tag, sub->call_id, ++sub->local_seq,
			  contact);
	err |= mbuf_printf(mb, "Event: %s%s%s\r\nSubscription-State: %s\r\n", sub->package->name,
			   sub->event_id[0] ? ";id=" : "", sub->event_id, state);
	return err;
}

static int print_body(struct mbuf *mb, struct sub *sub, const struct mbuf *body)
{
	AUTO struct mbuf *text = mbuf_alloc(body->end + 16);

	if (!text || write_versioned(text, body, sub->version++))
		return ENOMEM;
	if (!text->end)
		return mbuf_write_str(mb, "Content-Length: 0\r\n\r\n");
	return mbuf_printf(mb, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%b",
			   sub->package->type, text->end, text->buf, text->end);
}

static void response_h(int err, const struct sip_msg *msg, void *arg);

static int notify_send(struct sub *sub, const char *state, const struct mbuf *body, bool last)
{
	AUTO struct mbuf *mb = mbuf_alloc(2048);
	int err;

	if (!mb)
		return ENOMEM;
	err = print_head(mb, sub, state);
	err |= print_body(mb, sub, body);
	if (err)
		return err;
	mb->pos = 0;
	sub->sent = clock_mono_ms();
	sub->dirty = false;
	return stack_request(last ? NULL : &sub->req, sub->stack, &sub->flow, true, "NOTIFY",
			     sub->target, mb, last ? NULL : response_h, sub);
}

static struct mbuf *body_of(struct sub *sub)
{
	struct mbuf *body = mbuf_alloc(1024);
	struct stack *s = sub->stack;

	if (body && !s->h.subscribe_h(body, sub->package->name, sub->tenant, sub->user,
				      &sub->watcher, s->h.arg))
		body = mem_deref(body);
	return body;
}

/* The last NOTIFY, and the end of the subscription */
static void sub_end(struct sub *sub, const char *reason, bool with_body)
{
	AUTO struct mbuf *body = with_body ? body_of(sub) : NULL;
	AUTO struct mbuf *empty = mbuf_alloc(1);
	char state[64];

	(void)re_snprintf(state, sizeof(state), "terminated;reason=%s", reason);
	if (body || empty)
		(void)notify_send(sub, state, body ? body : empty, true);
	mem_deref(sub);
}

static void expire_h(void *arg)
{
	sub_end(arg, "timeout", false);
}

static void sub_notify(struct sub *sub)
{
	uint64_t now = clock_mono_ms();
	AUTO struct mbuf *body = body_of(sub);
	char state[64];

	if (!body) {
		sub_end(sub, "noresource", false);
		return;
	}
	(void)re_snprintf(state, sizeof(state), "active;expires=%u",
			  (unsigned)((sub->expires - MIN(now, sub->expires) + 999) / 1000));
	if (notify_send(sub, state, body, false))
		mem_deref(sub);
}

static void gap_h(void *arg)
{
	struct sub *sub = arg;

	if (sub->dirty && !sub->req)
		sub_notify(sub);
}

/* Something changed: at once if the last word is old enough, else when it is */
static void sub_touch(struct sub *sub)
{
	uint64_t now = clock_mono_ms();

	sub->dirty = true;
	if (sub->req)
		return; /* its response goes on */
	if (now - sub->sent >= NOTIFY_GAP_MS)
		sub_notify(sub);
	else
		tmr_start(&sub->tmr_gap, sub->sent + NOTIFY_GAP_MS - now, gap_h, sub);
}

/* Any failure but a challenge or a busy phone ends the subscription (RFC 6665 section 4.2.2) */
static void response_h(int err, const struct sip_msg *msg, void *arg)
{
	struct sub *sub = arg;

	if (msg && msg->scode < 200)
		return;
	if (err || (msg->scode >= 300 && msg->scode != 503 && msg->scode != 491)) {
		mem_deref(sub);
		return;
	}
	if (sub->dirty)
		sub_touch(sub);
}

/* --- subscribing -------------------------------------------------------------------------------
 */

static uint32_t expires_of(const struct sip_msg *msg)
{
	struct pl pl = msg->expires;

	if (!pl.p)
		return SUB_EXPIRES_DEFAULT;
	return pl.l > 9 ? SUB_EXPIRES_MAX : MIN(pl_u32(&pl), (uint32_t)SUB_EXPIRES_MAX);
}

static void until(struct sub *sub, uint32_t seconds)
{
	sub->expires = clock_mono_ms() + (uint64_t)seconds * 1000;
	tmr_start(&sub->tmr, (uint64_t)seconds * 1000, expire_h, sub);
}

static bool event_read(const struct sip_msg *msg, const struct package **package, char id[64])
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, SIP_HDR_EVENT);
	struct pl name, params, pl;

	id[0] = '\0';
	if (!hdr || re_regex(hdr->val.p, hdr->val.l, "[^; \t\r\n]+[^]*", &name, &params))
		return false;
	*package = package_find(&name);
	if (!msg_param_decode(&params, "id", &pl) &&
	    (!text_one_line(&pl) || !text_copy_pl(id, 64, &pl)))
		return false;
	return *package != NULL;
}

static bool route_h(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	struct sub *sub = arg;
	size_t n = strlen(sub->routes);
	(void)msg;

	return !text_one_line(&hdr->val) || re_snprintf(sub->routes + n, sizeof(sub->routes) - n,
							"%s%r", n ? ", " : "", &hdr->val) < 0;
}

/* The dialog as the SUBSCRIBE makes it (RFC 3261 section 12.1.1); false: a field does not fit */
static bool dialog_read(struct sub *sub, const struct sip_msg *msg)
{
	const struct sip_hdr *contact = sip_msg_hdr(msg, SIP_HDR_CONTACT);
	struct sip_addr addr;

	(void)re_snprintf(sub->local_tag, sizeof(sub->local_tag), "%016llx", msg->tag);
	sub->remote_seq = msg->cseq.num;
	if (!contact || sip_addr_decode(&addr, &contact->val))
		return false;
	uri_trim(&addr.auri);
	return uri_ours_scheme(&addr.uri.scheme) && uri_printable(&addr.auri) &&
	       text_copy_pl(sub->target, sizeof(sub->target), &addr.auri) &&
	       text_copy_pl(sub->call_id, sizeof(sub->call_id), &msg->callid) &&
	       text_copy_pl(sub->remote_tag, sizeof(sub->remote_tag), &msg->from.tag) &&
	       text_copy_pl(sub->local_uri, sizeof(sub->local_uri), &msg->to.auri) &&
	       text_copy_pl(sub->remote_uri, sizeof(sub->remote_uri), &msg->from.auri) &&
	       !sip_msg_hdr_apply(msg, true, SIP_HDR_RECORD_ROUTE, route_h, sub);
}

static unsigned pair_count(const struct stack *s, const struct sub *sub)
{
	struct le *le = list_head(hash_list(s->subs->ht_resource,
					    resource_key(sub->tenant, sub->user, sub->package)));
	unsigned n = 0;

	for (; le; le = le->next) {
		const struct sub *other = le->data;

		n += other->tenant == sub->tenant && !strcmp(other->user, sub->user) &&
		     !strcmp(other->watcher.aor_user, sub->watcher.aor_user);
	}
	return n;
}

static void sub_link(struct sub *sub)
{
	struct subs *subs = sub->stack->subs;

	hash_append(subs->ht_resource, resource_key(sub->tenant, sub->user, sub->package),
		    &sub->he_resource, sub);
	hash_append(subs->ht_call, hash_joaat_str(sub->call_id), &sub->he_call, sub);
}

static void answer(struct sub *sub, const struct sip_msg *msg, uint32_t expires)
{
	char contact[SIP_URI];

	if (!stack_contact(contact, sizeof(contact), sub->stack, &sub->flow, sub->user))
		return;
	(void)sip_treplyf(NULL, NULL, sub->stack->sip, msg, true, 200, "OK",
			  "Contact: <%s>\r\nExpires: %u\r\nContent-Length: 0\r\n\r\n", contact,
			  expires);
}

static struct sub *sub_new(struct stack *s, const struct sip_account *acc, const struct flow *flow,
			   const struct package *package)
{
	struct sub *sub = mem_zalloc(sizeof(*sub), sub_destructor);

	if (!sub)
		return NULL;
	++s->subs->count;
	sub->stack = s;
	sub->package = package;
	sub->flow = *flow;
	sub->tenant = acc->tenant;
	sub->tally = tally_add(s->subs, acc->tenant);
	sub->watcher = *acc;
	memset(sub->watcher.ha1_md5, 0, sizeof(sub->watcher.ha1_md5));
	memset(sub->watcher.ha1_sha256, 0, sizeof(sub->watcher.ha1_sha256));
	return sub;
}

/* Reads all there is to read; returns the code to refuse with, or 0 */
static uint16_t sub_read(struct sub *sub, const struct sip_msg *msg)
{
	const struct stack *s = sub->stack;

	if (s->h.domain_h(&msg->uri.host, s->h.arg) != sub->tenant)
		return 404;
	if (!text_copy_pl(sub->user, sizeof(sub->user),
			  msg->uri.user.l ? &msg->uri.user : &msg->to.uri.user) ||
	    !sub->user[0] || !dialog_read(sub, msg))
		return 400;
	if (too_many(sub) || pair_count(s, sub) >= SUBS_PER_PAIR)
		return 503;
	return 0;
}

/* The package's type, by itself or by a wildcard; q=0 says no (RFC 9110 section 12.5.1) */
static bool range_takes(const struct pl *range, const char *type)
{
	size_t slash = (size_t)(strchr(type, '/') - type);
	struct pl name, params, q;

	if (re_regex(range->p, range->l, "[^; \t\r\n]+[^]*", &name, &params))
		return false;
	if (!msg_param_decode(&params, "q", &q) && q.l && strspn(q.p, "0.") >= q.l)
		return false;
	if (!pl_strcasecmp(&name, "*/*") || !pl_strcasecmp(&name, type))
		return true;
	return name.l == slash + 2 && !strncasecmp(name.p, type, slash + 1) &&
	       name.p[slash + 1] == '*';
}

static bool accept_h(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	(void)msg;
	return range_takes(&hdr->val, arg);
}

/* What the package sends must be what the watcher reads; without Accept it is (RFC 6665 3.1.3) */
static bool acceptable(const struct sip_msg *msg, const struct package *package)
{
	return !sip_msg_hdr(msg, SIP_HDR_ACCEPT) ||
	       sip_msg_hdr_apply(msg, true, SIP_HDR_ACCEPT, accept_h,
				 (void *)(uintptr_t)package->type);
}

static const char *reason_of(uint16_t scode)
{
	return scode == 404   ? "Not Found"
	       : scode == 406 ? "Not Acceptable"
	       : scode == 400 ? "Bad Request"
	       : scode == 489 ? "Bad Event"
			      : "Service Unavailable";
}

static bool too_brief(struct stack *s, const struct sip_msg *msg, uint32_t expires)
{
	if (!expires || expires >= s->conf.register_min_s)
		return false;
	(void)sip_replyf(s->sip, msg, 423, "Interval Too Brief",
			 "Min-Expires: %u\r\nContent-Length: 0\r\n\r\n", s->conf.register_min_s);
	return true;
}

/** Serves a SUBSCRIBE outside a dialog from an authenticated account */
void subs_request(struct stack *s, const struct sip_msg *msg, const struct sip_account *acc,
		  const struct flow *flow)
{
	const struct package *package;
	uint32_t expires = expires_of(msg);
	AUTO struct sub *sub = NULL;
	char event_id[64];
	uint16_t scode;

	if (!event_read(msg, &package, event_id)) {
		stack_refuse(s, msg, 489, reason_of(489));
		return;
	}
	if (!acceptable(msg, package)) {
		stack_refuse(s, msg, 406, reason_of(406));
		return;
	}
	if (too_brief(s, msg, expires))
		return;
	sub = sub_new(s, acc, flow, package);
	scode = sub ? sub_read(sub, msg) : 503;
	if (!scode) {
		AUTO struct mbuf *body = body_of(sub);

		scode = body ? 0 : 404;
	}
	if (scode) {
		stack_refuse(s, msg, scode, reason_of(scode));
		return;
	}
	memcpy(sub->event_id, event_id, sizeof(sub->event_id));
	sub_link(sub);
	answer(sub, msg, expires);
	if (!expires) {
		sub_end(TAKE(sub), "timeout", true);
		return;
	}
	until(sub, expires);
	sub_notify(TAKE(sub));
}

static struct sub *sub_find(const struct stack *s, const struct sip_msg *msg)
{
	struct le *le = list_head(hash_list(s->subs->ht_call, hash_joaat_pl(&msg->callid)));

	for (; le; le = le->next) {
		struct sub *sub = le->data;

		if (!pl_strcmp(&msg->callid, sub->call_id) &&
		    !pl_strcmp(&msg->to.tag, sub->local_tag) &&
		    !pl_strcmp(&msg->from.tag, sub->remote_tag))
			return sub;
	}
	return NULL;
}

/* From the flow of the dialog, or with the watcher's credentials; else it has been answered */
static bool watcher_proven(struct sub *sub, const struct sip_msg *msg, const struct flow *flow,
			   const struct sa *client)
{
	struct sip_account acc;

	if (flow_same(&sub->flow, flow))
		return true;
	if (!auth_request(&acc, sub->stack, msg, flow, client))
		return false;
	if (acc.tenant == sub->watcher.tenant && !strcmp(acc.device, sub->watcher.device))
		return true;
	stack_refuse(sub->stack, msg, 403, "Forbidden");
	return false;
}

static void refresh(struct sub *sub, const struct sip_msg *msg, const struct flow *flow)
{
	uint32_t expires = expires_of(msg);

	sub->remote_seq = msg->cseq.num;
	sub->flow = *flow;
	answer(sub, msg, expires);
	if (!expires) {
		sub_end(sub, "timeout", true);
		return;
	}
	until(sub, expires);
	sub_touch(sub);
}

/** Serves a SUBSCRIBE inside a dialog: a refresh or the end. False if there is no such dialog */
bool subs_dialog_request(struct stack *s, const struct sip_msg *msg, const struct flow *flow,
			 const struct sa *client)
{
	struct sub *sub = sub_find(s, msg);

	if (!sub)
		return false;
	if (!watcher_proven(sub, msg, flow, client))
		return true;
	if (msg->cseq.num <= sub->remote_seq) {
		stack_refuse(s, msg, 500, "Out Of Order");
		return true;
	}
	if (!too_brief(s, msg, expires_of(msg)))
		refresh(sub, msg, flow);
	return true;
}

/** Sends changed state to every subscriber of (tenant, user, package) */
void stack_notify(struct stack *s, const char *package, int64_t tenant, const char *user)
{
	const struct package *p;
	struct le *le;
	struct pl pl;

	pl_set_str(&pl, package);
	p = package_find(&pl);
	if (!p)
		return;
	le = list_head(hash_list(s->subs->ht_resource, resource_key(tenant, user, p)));
	while (le) {
		struct sub *sub = le->data;

		le = le->next;
		if (sub->tenant == tenant && sub->package == p && !strcmp(sub->user, user))
			sub_touch(sub);
	}
}

/** True if there is a subscription to (tenant, user, package) along a flow */
bool subs_watching(const struct stack *s, const char *package, int64_t tenant, const char *user,
		   const struct flow *flow)
{
	const struct package *p;
	struct pl pl;
	struct le *le;

	pl_set_str(&pl, package);
	p = package_find(&pl);
	if (!p)
		return false;
	LIST_FOREACH (hash_list(s->subs->ht_resource, resource_key(tenant, user, p)), le) {
		const struct sub *sub = le->data;

		if (sub->tenant == tenant && sub->package == p && !strcmp(sub->user, user) &&
		    flow_same(&sub->flow, flow))
			return true;
	}
	return false;
}

struct moved {
	const struct flow *old, *anew;
};

static bool moved_h(struct le *le, void *arg)
{
	const struct moved *m = arg;
	struct sub *sub = le->data;

	if (flow_same(&sub->flow, m->old))
		sub->flow = *m->anew;
	return false;
}

/** The phone at one flow is now at another */
void subs_flow_moved(struct stack *s, const struct flow *old, const struct flow *anew)
{
	(void)hash_apply(s->subs->ht_call, moved_h, &(struct moved){old, anew});
}

static bool lost_h(struct le *le, void *arg)
{
	struct sub *sub = le->data;

	if (flow_same(&sub->flow, arg))
		mem_deref(sub);
	return false;
}

/** A connection closed: nothing can be told by it, and its port may soon be another's */
void subs_flow_lost(struct stack *s, const struct flow *flow)
{
	struct flow lost = *flow;

	(void)hash_apply(s->subs->ht_call, lost_h, &lost);
}

struct revoked {
	int64_t tenant;
	const char *user, *device;
};

static bool revoked_h(struct le *le, void *arg)
{
	const struct revoked *r = arg;
	struct sub *sub = le->data;

	if (sub->watcher.tenant == r->tenant && !strcmp(sub->watcher.aor_user, r->user) &&
	    (!r->device || !strcmp(sub->watcher.device, r->device)))
		sub_end(sub, "rejected", false);
	return false;
}

/** Ends the subscriptions of a watcher's device, or with NULL of all the AOR's devices */
void subs_revoke(struct stack *s, int64_t tenant, const char *user, const char *device)
{
	(void)hash_apply(s->subs->ht_call, revoked_h, &(struct revoked){tenant, user, device});
}
