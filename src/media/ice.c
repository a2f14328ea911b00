/**
 * @file ice.c  ICE, the lite side
 */
#include <errno.h>
#include <string.h>
#include <openssl/crypto.h>
#include "ice.h"
#include "own.h"

enum {
	STUN_SIZE_MAX = 1200,
	ATTRS_MAX = 32,
	USER_MAX = 513, /* RFC 8489, 14.3 */
	MI_SIZE = 24,
	FP_SIZE = 8,
	HASH = 20,
	TYPE_REQUEST = 0x0001,
	TYPE_SUCCESS = 0x0101,
	COOKIE = 0x2112a442,
	FP_XOR = 0x5354554e,
};

struct check {
	const uint8_t *user;
	size_t user_size, integrity; /* offset of MESSAGE-INTEGRITY, 0 without     */
	size_t fingerprint;
	bool nominate;
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static void put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static int header_read(const uint8_t *p, size_t n)
{
	if (n < STUN_HEADER_SIZE || n > STUN_SIZE_MAX || n % 4)
		return EBADMSG;
	if (get16(p + 2) != n - STUN_HEADER_SIZE || get32(p + 4) != COOKIE)
		return EBADMSG;
	return get16(p) == TYPE_REQUEST ? 0 : ENOTSUP;
}

/* RFC 8489, 14.5: what follows MESSAGE-INTEGRITY, but for FINGERPRINT, is not to be looked at. */
static void attr_read(struct check *c, uint16_t type, const uint8_t *p, size_t at, size_t size)
{
	if (type == STUN_ATTR_FINGERPRINT && size == 4 && !c->fingerprint)
		c->fingerprint = at;
	if (c->integrity)
		return;
	if (type == STUN_ATTR_USERNAME && size <= USER_MAX) {
		c->user = p + at + 4;
		c->user_size = size;
	}
	if (type == STUN_ATTR_MSG_INTEGRITY && size == HASH)
		c->integrity = at;
	if (type == STUN_ATTR_USE_CAND && !size)
		c->nominate = true;
}

static int attrs_read(struct check *c, const uint8_t *p, size_t n)
{
	size_t at = STUN_HEADER_SIZE;

	for (int i = 0; at < n; i++) {
		size_t size;

		if (i >= ATTRS_MAX || n - at < 4)
			return EBADMSG;
		size = get16(p + at + 2);
		if (((size + 3) & ~(size_t)3) > n - at - 4)
			return EBADMSG;
		if (c->fingerprint)
			return EBADMSG; /* it must be the last */
		attr_read(c, get16(p + at), p, at, size);
		at += 4 + ((size + 3) & ~(size_t)3);
	}
	return 0;
}

static bool user_right(const struct check *c, const struct ice_keys *keys)
{
	size_t ours = strlen(keys->ufrag), theirs = strlen(keys->remote_ufrag);

	if (!c->user || c->user_size <= ours || memcmp(c->user, keys->ufrag, ours) ||
	    c->user[ours] != ':')
		return false;
	return !theirs || (c->user_size - ours - 1 == theirs &&
			   !memcmp(c->user + ours + 1, keys->remote_ufrag, theirs));
}

/* RFC 8489, 14.5: signed as if the message ended with this attribute. */
static bool integrity_right(const struct check *c, const char *pwd, const uint8_t *p)
{
	uint8_t text[STUN_SIZE_MAX], hash[HASH];

	memcpy(text, p, c->integrity);
	put16(text + 2, c->integrity + MI_SIZE - STUN_HEADER_SIZE);
	hmac_sha1((const uint8_t *)pwd, strlen(pwd), text, c->integrity, hash, sizeof(hash));
	return !CRYPTO_memcmp(hash, p + c->integrity + 4, HASH);
}

static bool fingerprint_right(const struct check *c, const uint8_t *p)
{
	return !c->fingerprint ||
	       (crc32(0, p, (uint32_t)c->fingerprint) ^ FP_XOR) == get32(p + c->fingerprint + 4);
}

static size_t mapped_print(uint8_t *p, const uint8_t *request, const struct sa *from)
{
	size_t size = sa_af(from) == AF_INET6 ? 16 : 4;
	uint8_t *a = p + 8;

	put16(p, STUN_ATTR_XOR_MAPPED_ADDR);
	put16(p + 2, 4 + size);
	put16(p + 4, size == 16 ? STUN_AF_IPv6 : STUN_AF_IPv4);
	put16(p + 6, sa_port(from) ^ (COOKIE >> 16));
	if (size == 16)
		memcpy(a, &from->u.in6.sin6_addr, size);
	else
		memcpy(a, &from->u.in.sin_addr, size);
	for (size_t i = 0; i < size; i++)
		a[i] ^= request[4 + i]; /* cookie, then transaction id */
	return 8 + size;
}

static size_t reply_print(uint8_t *r, const uint8_t *request, const struct sa *from,
			  const char *pwd)
{
	size_t n = STUN_HEADER_SIZE;

	memcpy(r, request, STUN_HEADER_SIZE);
	put16(r, TYPE_SUCCESS);
	n += mapped_print(r + n, request, from);
	put16(r + 2, n + MI_SIZE - STUN_HEADER_SIZE);
	hmac_sha1((const uint8_t *)pwd, strlen(pwd), r, n, r + n + 4, HASH);
	put16(r + n, STUN_ATTR_MSG_INTEGRITY);
	put16(r + n + 2, HASH);
	n += MI_SIZE;
	put16(r + 2, n + FP_SIZE - STUN_HEADER_SIZE);
	put16(r + n, STUN_ATTR_FINGERPRINT);
	put16(r + n + 2, 4);
	put32(r + n + 4, crc32(0, r, (uint32_t)n) ^ FP_XOR);
	return n + FP_SIZE;
}

static void remember(struct ice *ice, const struct sa *from, uint64_t now_ms)
{
	unsigned oldest = 0;

	for (unsigned i = 0; i < ice->count; i++) {
		if (sa_cmp(&ice->valid[i].sa, from, SA_ALL)) {
			ice->valid[i].seen_ms = now_ms;
			return;
		}
		if (ice->valid[i].seen_ms < ice->valid[oldest].seen_ms)
			oldest = i;
	}
	if (ice->count < ICE_ADDRESSES)
		oldest = ice->count++;
	ice->valid[oldest].sa = *from;
	ice->valid[oldest].seen_ms = now_ms;
}

/**
 * Handles a STUN datagram: checks it, remembers its source, writes the answer
 *
 * @param ice        State
 * @param keys       User names and our password
 * @param p          Datagram
 * @param n          Its size
 * @param from       Its source
 * @param now_ms     Now
 * @param reply      Result
 * @param reply_size Result: its size
 *
 * @return 0 when the check passed and the answer shall be sent; EACCES, EBADMSG or ENOTSUP when
 *         nothing shall be sent
 */
int ice_check(struct ice *ice, const struct ice_keys *keys, const uint8_t *p, size_t n,
	      const struct sa *from, uint64_t now_ms, uint8_t reply[ICE_REPLY], size_t *reply_size)
{
	struct check c = {0};
	int err = header_read(p, n);

	if (!err)
		err = attrs_read(&c, p, n);
	if (err)
		return err;
	if (!c.integrity || !user_right(&c, keys) || !fingerprint_right(&c, p) ||
	    !integrity_right(&c, keys->pwd, p))
		return EACCES;
	remember(ice, from, now_ms);
	if (c.nominate || !sa_isset(&ice->chosen, SA_ALL)) {
		ice->chosen = *from;
		ice->nominated = ice->nominated || c.nominate;
	}
	*reply_size = reply_print(reply, p, from, keys->pwd);
	return 0;
}

/** True if a check from this address passed and its consent did not expire */
bool ice_valid(const struct ice *ice, const struct sa *from)
{
	for (unsigned i = 0; i < ice->count; i++) {
		if (sa_cmp(&ice->valid[i].sa, from, SA_ALL))
			return true;
	}
	return false;
}

/** An authenticated packet came from a valid address: it is still there */
void ice_touch(struct ice *ice, const struct sa *from, uint64_t now_ms)
{
	for (unsigned i = 0; i < ice->count; i++) {
		if (sa_cmp(&ice->valid[i].sa, from, SA_ALL))
			ice->valid[i].seen_ms = now_ms;
	}
}

/** Forgets addresses that did not prove themselves for 30 s (RFC 7675); call each second */
void ice_expire(struct ice *ice, uint64_t now_ms)
{
	for (unsigned i = 0; i < ice->count;) {
		if (now_ms - ice->valid[i].seen_ms < ICE_CONSENT_MS) {
			i++;
			continue;
		}
		if (sa_cmp(&ice->valid[i].sa, &ice->chosen, SA_ALL))
			sa_init(&ice->chosen, AF_UNSPEC);
		ice->valid[i] = ice->valid[--ice->count];
	}
}
