/**
 * @file auth.c  Who sends this request? Digest with stateless nonces (RFC 8760, RFC 7616)
 *
 * A nonce is time, random and a MAC over both and the realm, so that a flood costs no memory. What
 * is remembered, of right answers only, is which nonce counts were used: a count is good once.
 * Unknown names get the same challenge after the same arithmetic as wrong passwords.
 */
#include <sodium.h>
#include <string.h>
#include "clock.h"
#include "log.h"
#include "stack_parts.h"
#include "text.h"

enum {
	NONCE_LIFE_S = 300,
	NONCE_BYTES = 28, /* time 4, random 8, MAC 16                            */
	NONCE_TEXT = 2 * NONCE_BYTES,
	COUNTS_MAX = 65536,
	COUNTS_BUCKETS = 16384,
	AUTHORIZATIONS = 8, /* headers looked at                                   */
};

/** The counts used with one nonce: the highest, and a bit for each of the 64 below it */
struct counts {
	struct le he, le;
	uint8_t id[12]; /* time and random of the nonce                        */
	uint32_t issued;
	uint32_t highest;
	uint64_t used;
};

struct auth {
	struct stack *stack;
	struct hash *ht;
	struct list order; /* oldest first                                        */
	uint32_t rows;
	uint32_t floor; /* nonces issued before have been forgotten: stale     */
	uint8_t secret[crypto_auth_hmacsha256_KEYBYTES];
	char dummy[TEXT_SHA256]; /* HA1 of nobody                                       */
};

static void counts_destructor(void *arg)
{
	struct counts *c = arg;

	hash_unlink(&c->he);
	list_unlink(&c->le);
}

static void destructor(void *arg)
{
	struct auth *a = arg;

	list_flush(&a->order);
	mem_deref(a->ht);
	sodium_memzero(a->secret, sizeof(a->secret));
}

/** Makes the memory of used nonce counts and a new secret. Returns 0 or errno */
int auth_alloc(struct auth **ap, struct stack *s)
{
	AUTO struct auth *a = mem_zalloc(sizeof(*a), destructor);
	uint8_t nobody[32];
	int err;

	if (!a)
		return ENOMEM;
	err = hash_alloc(&a->ht, COUNTS_BUCKETS);
	if (err)
		return err;
	a->stack = s;
	randombytes_buf(a->secret, sizeof(a->secret));
	randombytes_buf(nobody, sizeof(nobody));
	text_hex(a->dummy, nobody, sizeof(nobody));
	*ap = TAKE(a);
	return 0;
}

static uint32_t now_s(void)
{
	/* from one on, so that 0 is before every nonce */
	return (uint32_t)(clock_mono_ms() / 1000) + 1;
}

static void nonce_mac(const struct auth *a, uint8_t mac[16], const uint8_t id[12],
		      const struct pl *realm)
{
	crypto_auth_hmacsha256_state st;
	uint8_t full[crypto_auth_hmacsha256_BYTES];

	crypto_auth_hmacsha256_init(&st, a->secret, sizeof(a->secret));
	crypto_auth_hmacsha256_update(&st, id, 12);
	crypto_auth_hmacsha256_update(&st, (const uint8_t *)realm->p, realm->l);
	crypto_auth_hmacsha256_final(&st, full);
	memcpy(mac, full, 16);
}

/** Prints a new nonce for a realm: 56 hex digits */
void auth_nonce(struct auth *a, char *nonce, size_t size, const struct pl *realm)
{
	uint8_t raw[NONCE_BYTES];
	uint32_t t = now_s();

	CHECK(size > NONCE_TEXT);
	memcpy(raw, &t, sizeof(t));
	randombytes_buf(raw + 4, 8);
	nonce_mac(a, raw + 12, raw, realm);
	text_hex(nonce, raw, sizeof(raw));
}

static bool nonce_raw(uint8_t raw[NONCE_BYTES], const struct pl *nonce)
{
	size_t n = 0;

	return nonce->l == NONCE_TEXT &&
	       !sodium_hex2bin(raw, NONCE_BYTES, nonce->p, nonce->l, NULL, &n, NULL) &&
	       n == NONCE_BYTES;
}

/** Is the nonce one of ours for this realm, and young enough? */
enum nonce_state auth_nonce_check(struct auth *a, const struct pl *nonce, const struct pl *realm)
{
	uint8_t raw[NONCE_BYTES], mac[16];
	uint32_t issued;

	if (!nonce_raw(raw, nonce))
		return NONCE_STALE;
	nonce_mac(a, mac, raw, realm);
	if (sodium_memcmp(mac, raw + 12, sizeof(mac)))
		return NONCE_STALE;
	memcpy(&issued, raw, sizeof(issued));
	if (issued <= a->floor || now_s() - issued > NONCE_LIFE_S)
		return NONCE_STALE;
	return NONCE_GOOD;
}

static uint32_t counts_key(const uint8_t id[12])
{
	uint32_t key;

	memcpy(&key, id + 4, sizeof(key));
	return key;
}

static struct counts *counts_find(const struct auth *a, const uint8_t id[12])
{
	struct le *le = list_head(hash_list(a->ht, counts_key(id)));

	for (; le; le = le->next) {
		struct counts *c = le->data;

		if (!memcmp(c->id, id, sizeof(c->id)))
			return c;
	}
	return NULL;
}

/* Forgets rows whose nonces are over, and beyond the bound the oldest, whose nonces then are stale
 */
static void counts_trim(struct auth *a)
{
	struct le *le;

	while ((le = a->order.head)) {
		struct counts *c = le->data;

		if (now_s() - c->issued <= NONCE_LIFE_S) {
			if (a->rows < COUNTS_MAX)
				return;
			a->floor = MAX(a->floor, c->issued);
		}
		mem_deref(c);
		--a->rows;
	}
}

static struct counts *counts_add(struct auth *a, const uint8_t id[12])
{
	struct counts *c;

	counts_trim(a);
	c = mem_zalloc(sizeof(*c), counts_destructor);
	if (!c)
		return NULL;
	memcpy(c->id, id, sizeof(c->id));
	memcpy(&c->issued, id, sizeof(c->issued));
	hash_append(a->ht, counts_key(id), &c->he, c);
	list_append(&a->order, &c->le, c);
	++a->rows;
	return c;
}

static bool counts_use(struct counts *c, uint32_t nc)
{
	if (nc > c->highest) {
		uint32_t shift = nc - c->highest;

		c->used = shift < 64 ? c->used << shift : 0;
		c->used |= 1;
		c->highest = nc;
		return true;
	}
	/* requests of one phone may overtake each other */
	if (c->highest - nc >= 64 || c->used >> (c->highest - nc) & 1)
		return false;
	c->used |= 1ULL << (c->highest - nc);
	return true;
}

/** Takes note of a nonce count; false if it was used before (or cannot be remembered) */
bool auth_count_check(struct auth *a, const struct pl *nonce, uint32_t nc)
{
	uint8_t raw[NONCE_BYTES];
	struct counts *c;

	if (!nc || !nonce_raw(raw, nonce))
		return false;
	c = counts_find(a, raw);
	if (!c)
		c = counts_add(a, raw);
	return c && counts_use(c, nc);
}

static bool md5_offered(const struct stack *s, const struct pl *realm)
{
	return !s->h.md5_h || s->h.md5_h(realm, s->h.arg);
}

/*
 * Phones that give up when the first or any challenge is not MD5, though RFC 7616 section 3.7 lets
 * them choose: those built on libre before 3.12, by their name, and SIPp, which has none but
 * numbers its branches in a way of its own.
 */
static bool md5_only(const struct sip_msg *msg)
{
	static const char *const agents[] = {"baresip v0.",  "baresip v1.",   "baresip v2.",
					     "baresip v3.0", "baresip v3.1.", "baresip v3.2."};
	const struct sip_hdr *ua = sip_msg_hdr(msg, SIP_HDR_USER_AGENT);
	struct pl n[3];

	for (size_t i = 0; ua && i < COUNT(agents); i++) {
		size_t l = strlen(agents[i]);

		if (ua->val.l >= l && !strncasecmp(ua->val.p, agents[i], l))
			return true;
	}
	return !ua &&
	       !re_regex(msg->via.branch.p, msg->via.branch.l, "z9hG4bK-[0-9]+-[0-9]+-[0-9]+",
			 &n[0], &n[1], &n[2]) &&
	       n[2].p + n[2].l == msg->via.branch.p + msg->via.branch.l;
}

/* SHA-256 first, then MD5; a browser reads only the first header and knows MD5 only */
static void challenge(struct stack *s, const struct sip_msg *msg, const struct flow *flow,
		      const struct pl *realm, bool stale)
{
	static const char line[] = "WWW-Authenticate: Digest realm=\"%r\", nonce=\"%s\", "
				   "qop=\"auth\", algorithm=%s%s\r\n";
	char nonce[NONCE_TEXT + 1];
	AUTO struct mbuf *mb = mbuf_alloc(512);
	const char *tail = stale ? ", stale=true" : "";
	bool md5 = md5_offered(s, realm), alone = flow->ws || (md5 && md5_only(msg));
	int err = 0;

	if (!mb)
		return;
	auth_nonce(s->auth, nonce, sizeof(nonce), realm);
	if (!alone)
		err |= mbuf_printf(mb, line, realm, nonce, "SHA-256", tail);
	if (alone || md5)
		err |= mbuf_printf(mb, line, realm, nonce, "MD5", tail);
	if (err)
		return;
	(void)sip_replyf(s->sip, msg, 401, "Unauthorized", "%bContent-Length: 0\r\n\r\n", mb->buf,
			 mb->end);
}

struct choice {
	struct stack *stack;
	struct digest_params p;
	unsigned seen;
};

static bool authorization_h(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	struct choice *c = arg;
	(void)msg;

	if (++c->seen > AUTHORIZATIONS)
		return true;
	return digest_parse(&c->p, &hdr->val) && c->p.alg != DIGEST_UNKNOWN &&
	       c->stack->h.domain_h(&c->p.realm, c->stack->h.arg);
}

/* The domain names the tenant before anything else is known. Lower case, as HA1 was made with it */
static bool realm_of(char realm[SIP_NAME], struct stack *s, const struct sip_msg *msg)
{
	const struct pl *from = &msg->from.uri.host, *to = &msg->to.uri.host;
	const struct pl *order[3] = {from, &msg->uri.host, to};

	if (!pl_strcmp(&msg->met, "REGISTER")) {
		order[0] = to;
		order[2] = from;
	}
	for (size_t i = 0; i < COUNT(order); i++) {
		if (!order[i]->l || !text_copy_pl(realm, SIP_NAME, order[i]))
			continue;
		text_lower(realm);
		if (s->h.domain_h(&(struct pl){realm, strlen(realm)}, s->h.arg))
			return true;
	}
	return false;
}

static const char *account_ha1(struct stack *s, const struct sip_account *acc, bool known,
			       const struct digest_params *p, const struct flow *flow, bool *usable)
{
	const char *ha1 = p->alg == DIGEST_SHA256 ? acc->ha1_sha256 : acc->ha1_md5;

	*usable = known && ha1[0] && (p->alg == DIGEST_SHA256 || acc->md5_allowed || flow->ws);
	return *usable ? ha1 : s->auth->dummy;
}

static bool response_right(struct stack *s, const struct sip_account *acc, bool known,
			   const struct digest_params *p, const struct flow *flow,
			   const struct sip_msg *msg)
{
	char want[TEXT_SHA256], got[TEXT_SHA256];
	bool usable;
	const char *ha1 = account_ha1(s, acc, known, p, flow, &usable);

	if (!digest_response(want, p, &msg->met, ha1) || !pl_isset(&p->response) ||
	    !text_copy_pl(got, sizeof(got), &p->response))
		return false;
	text_lower(got);
	return text_same_secret(want, got) && usable;
}

static void wrong(struct stack *s, const struct sa *client, const struct digest_params *p)
{
	char domain[SIP_NAME], user[SIP_NAME];

	if (!throttle_wrong(s->throttle, client, &p->realm, &p->username))
		return;
	(void)text_copy_pl(domain, sizeof(domain), &p->realm);
	(void)text_copy_pl(user, sizeof(user), &p->username);
	log_warn("sip.throttle", "domain=%s user=%s", domain, user);
	s->h.throttle_h(client, domain, user, s->h.arg);
}

/*
 * Were the credentials made for this request (RFC 7616 section 3.4.6)? A proxy on the way may have
 * changed host, port and parameters of the Request-URI, so only what cannot come of that is
 * refused: another user, or a domain of another tenant.
 */
static bool uri_meant(struct stack *s, const struct sip_msg *msg, const struct digest_params *p)
{
	struct uri signed_uri;
	struct pl uri = p->uri;
	int64_t theirs, asked;

	uri_trim(&uri);
	if (uri_decode(&signed_uri, &uri))
		return false;
	if (signed_uri.user.l && msg->uri.user.l && pl_cmp(&signed_uri.user, &msg->uri.user))
		return false;
	theirs = s->h.domain_h(&signed_uri.host, s->h.arg);
	asked = s->h.domain_h(&msg->uri.host, s->h.arg);
	return !theirs || !asked || theirs == asked;
}

/* The verdict on an Authorization: answered unless it is true */
static bool answer_good(struct sip_account *acc, struct stack *s, const struct sip_msg *msg,
			const struct flow *flow, const struct sa *client,
			const struct digest_params *p)
{
	bool known, right, fresh;

	if (throttle_blocked(s->throttle, client, &p->realm, &p->username)) {
		stack_refuse(s, msg, 403, "Forbidden");
		return false;
	}
	memset(acc, 0, sizeof(*acc));
	known = s->h.account_h(acc, &p->realm, &p->username, s->h.arg);
	right = !pl_strcasecmp(&p->qop, "auth") && pl_isset(&p->cnonce) && p->nc.l == 8 &&
		response_right(s, acc, known, p, flow, msg);
	fresh = auth_nonce_check(s->auth, &p->nonce, &p->realm) == NONCE_GOOD;
	if (!right) {
		wrong(s, client, p);
		challenge(s, msg, flow, &p->realm, false);
		return false;
	}
	if (!fresh || !auth_count_check(s->auth, &p->nonce, pl_x32(&p->nc))) {
		challenge(s, msg, flow, &p->realm, true);
		return false;
	}
	throttle_right(s->throttle, client, &p->realm, &p->username);
	if (!uri_meant(s, msg, p)) {
		stack_refuse(s, msg, 400, "Digest For Another URI");
		return false;
	}
	return true;
}

/**
 * Authenticates a request by its Authorization header (we are its end, so 401 and not 407). If it
 * is not good the request has been answered, without a transaction: 401, or 403 for a domain that
 * is not ours and for a source that must wait.
 *
 * @param acc    Filled in with the account
 * @param s      Stack
 * @param msg    Validated request
 * @param flow   Its flow
 * @param client Its real source
 *
 * @return true if the sender is the account
 */
bool auth_request(struct sip_account *acc, struct stack *s, const struct sip_msg *msg,
		  const struct flow *flow, const struct sa *client)
{
	struct choice c = {.stack = s};
	char realm[SIP_NAME];

	if (sip_msg_hdr_apply(msg, true, SIP_HDR_AUTHORIZATION, authorization_h, &c) &&
	    c.seen <= AUTHORIZATIONS)
		return answer_good(acc, s, msg, flow, client, &c.p);
	if (!realm_of(realm, s, msg)) {
		stack_refuse(s, msg, 403, "Forbidden");
		return false;
	}
	challenge(s, msg, flow, &(struct pl){realm, strlen(realm)}, false);
	return false;
}
