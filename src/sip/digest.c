/**
 * @file digest.c  Digest access authentication: parsing and arithmetic (RFC 7616, RFC 8760)
 *
 * libre's decoder ignores the algorithm and knows MD5 only; these work for both directions.
 */
#include <sodium.h>
#include <string.h>
#include "stack_parts.h"
#include "text.h"

enum { DIGEST_INPUT = 3072 };

struct field {
	const char *name;
	size_t offset;
};

static const struct field fields[] = {
	{"realm", offsetof(struct digest_params, realm)},
	{"nonce", offsetof(struct digest_params, nonce)},
	{"response", offsetof(struct digest_params, response)},
	{"username", offsetof(struct digest_params, username)},
	{"uri", offsetof(struct digest_params, uri)},
	{"nc", offsetof(struct digest_params, nc)},
	{"cnonce", offsetof(struct digest_params, cnonce)},
	{"qop", offsetof(struct digest_params, qop)},
	{"opaque", offsetof(struct digest_params, opaque)},
	{"stale", offsetof(struct digest_params, stale)},
};

static enum digest_alg alg_of(const struct pl *name)
{
	if (!pl_strcasecmp(name, "SHA-256"))
		return DIGEST_SHA256;
	return pl_strcasecmp(name, "MD5") ? DIGEST_UNKNOWN : DIGEST_MD5;
}

static void field_set(struct digest_params *p, const struct pl *name, const struct pl *value)
{
	if (!pl_strcasecmp(name, "algorithm")) {
		p->alg = alg_of(value);
		return;
	}
	for (size_t i = 0; i < COUNT(fields); i++) {
		if (!pl_strcasecmp(name, fields[i].name))
			memcpy((char *)p + fields[i].offset, value, sizeof(*value));
	}
}

static const char *skip(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n' || *p == ','))
		++p;
	return p;
}

/* One value, quoted or a token; returns where it ends, NULL if a quote is not closed */
static const char *value_read(struct pl *value, const char *p, const char *end)
{
	const char *start = p;

	if (p < end && *p == '"') {
		for (start = ++p; p < end && *p != '"'; p++)
			p += *p == '\\' && p + 1 < end;
		if (p >= end)
			return NULL;
		*value = (struct pl){start, (size_t)(p - start)};
		return p + 1;
	}
	while (p < end && *p != ',' && *p != ' ' && *p != '\t' && *p != '\r' && *p != '\n')
		++p;
	*value = (struct pl){start, (size_t)(p - start)};
	return p;
}

/**
 * Parses the value of an Authorization or WWW-Authenticate header. Without an algorithm it is MD5
 * (RFC 7616 section 3.3).
 *
 * @return false if the scheme is not Digest or the value is malformed
 */
bool digest_parse(struct digest_params *p, const struct pl *value)
{
	const char *s = value->p, *end = value->p + value->l;

	*p = (struct digest_params){.alg = DIGEST_MD5};
	if (value->l < 7 || strncasecmp(s, "Digest", 6) || (s[6] != ' ' && s[6] != '\t'))
		return false;
	for (s = skip(s + 6, end); s < end; s = skip(s, end)) {
		const char *eq = memchr(s, '=', (size_t)(end - s));
		struct pl name, v;

		if (!eq)
			return false;
		name = (struct pl){s, (size_t)(eq - s)};
		while (name.l && (name.p[name.l - 1] == ' ' || name.p[name.l - 1] == '\t'))
			--name.l;
		for (s = eq + 1; s < end && (*s == ' ' || *s == '\t'); s++)
			;
		s = value_read(&v, s, end);
		if (!s)
			return false;
		field_set(p, &name, &v);
	}
	return pl_isset(&p->realm) && pl_isset(&p->nonce);
}

static void digest(char *hex, enum digest_alg alg, const char *text, size_t n)
{
	uint8_t md[crypto_hash_sha256_BYTES];

	if (alg == DIGEST_SHA256) {
		crypto_hash_sha256(md, (const uint8_t *)text, n);
		text_hex(hex, md, crypto_hash_sha256_BYTES);
		return;
	}
	md5((const uint8_t *)text, n, md);
	text_hex(hex, md, MD5_SIZE);
}

/** Computes HA1 as hex digits (33 or 65 bytes); "" if the input is absurdly long */
void digest_ha1(char *hex, enum digest_alg alg, const char *user, const struct pl *realm,
		const char *password)
{
	char text[1024];
	int n = re_snprintf(text, sizeof(text), "%s:%r:%s", user, realm, password);

	hex[0] = '\0';
	if (n >= 0)
		digest(hex, alg, text, (size_t)n);
	sodium_memzero(text, sizeof(text));
}

/**
 * Computes the response for p's nonce, nc, cnonce, qop and uri (RFC 7616 section 3.4.1; without qop
 * the older form, which only our client side uses).
 *
 * @return false if the input is too long
 */
bool digest_response(char *hex, const struct digest_params *p, const struct pl *method,
		     const char *ha1)
{
	char text[DIGEST_INPUT], ha2[TEXT_SHA256];
	int n = re_snprintf(text, sizeof(text), "%r:%r", method, &p->uri);

	if (n < 0)
		return false;
	digest(ha2, p->alg, text, (size_t)n);
	n = pl_isset(&p->qop) ? re_snprintf(text, sizeof(text), "%s:%r:%r:%r:%r:%s", ha1, &p->nonce,
					    &p->nc, &p->cnonce, &p->qop, ha2)
			      : re_snprintf(text, sizeof(text), "%s:%r:%s", ha1, &p->nonce, ha2);
	if (n < 0)
		return false;
	digest(hex, p->alg, text, (size_t)n);
	return true;
}
