/**
 * @file auth_client.c  Answering a challenge of somebody else (a trunk)
 */
#include <string.h>
#include "id.h"
#include "stack_parts.h"
#include "text.h"

struct pick {
	struct digest_params p;
	const char *realm;
	bool found;
};

static bool challenge_h(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
	struct pick *pick = arg;
	struct digest_params p;
	(void)msg;

	if (!digest_parse(&p, &hdr->val) || p.alg == DIGEST_UNKNOWN)
		return false;
	if (pick->realm[0] && pl_strcasecmp(&p.realm, pick->realm))
		return false;
	/* of several the strongest (RFC 8760 section 2.4) */
	if (!pick->found || p.alg < pick->p.alg)
		pick->p = p;
	pick->found = true;
	return false;
}

/* qop is a list in a challenge; "auth" is what we do */
static bool qop_offered(const struct pl *qop)
{
	struct pl word = {qop->p, 0};

	for (size_t i = 0; i <= qop->l; i++) {
		if (i < qop->l && !strchr(", \t", qop->p[i])) {
			++word.l;
			continue;
		}
		if (!pl_strcasecmp(&word, "auth"))
			return true;
		word = (struct pl){qop->p + i + 1, 0};
	}
	return false;
}

static int print_answer(struct mbuf *mb, const char *name, const struct digest_params *p,
			const char *user, const char *response)
{
	int err;

	err = mbuf_printf(mb,
			  "%s: Digest username=\"%s\", realm=\"%r\", nonce=\"%r\", uri=\"%r\", "
			  "response=\"%s\", algorithm=%s",
			  name, user, &p->realm, &p->nonce, &p->uri, response,
			  p->alg == DIGEST_SHA256 ? "SHA-256" : "MD5");
	if (pl_isset(&p->qop))
		err |= mbuf_printf(mb, ", qop=auth, nc=%r, cnonce=\"%r\"", &p->nc, &p->cnonce);
	if (p->opaque.p)
		err |= mbuf_printf(mb, ", opaque=\"%r\"", &p->opaque);
	return err | mbuf_write_str(mb, "\r\n");
}

/** See stack_private.h */
int auth_answer(struct mbuf *mb, const struct sip_msg *challenge, const char *method,
		const char *uri, const char *user, const char *password, const char *realm)
{
	static const struct pl auth = PL("auth"), one = PL("00000001"), none;
	bool proxy = challenge->scode == 407;
	struct pick pick = {.realm = realm ? realm : ""};
	char ha1[TEXT_SHA256], response[TEXT_SHA256], cnonce[33];
	struct pl met;

	(void)sip_msg_hdr_apply(challenge, true,
				proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE,
				challenge_h, &pick);
	if (!pick.found || !user[0])
		return ENOENT;
	id_random(cnonce, sizeof(cnonce));
	pl_set_str(&met, method);
	pl_set_str(&pick.p.uri, uri);
	pl_set_str(&pick.p.cnonce, cnonce);
	pick.p.nc = one;
	pick.p.qop = qop_offered(&pick.p.qop) ? auth : none;
	digest_ha1(ha1, pick.p.alg, user, &pick.p.realm, password);
	if (!ha1[0] || !digest_response(response, &pick.p, &met, ha1))
		return ENOENT;
	return print_answer(mb, proxy ? "Proxy-Authorization" : "Authorization", &pick.p, user,
			    response);
}
