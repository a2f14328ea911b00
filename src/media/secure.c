/**
 * @file secure.c  Keys: from SDP (RFC 4568) or from DTLS (RFC 5763), and when they may be used
 *
 * A browser that is called finishes ICE and DTLS before its 200 OK brings the fingerprint: the keys
 * wait, and no media passes, until the certificate proves to be the one that was signalled.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <openssl/crypto.h>
#include "own.h"
#include "party.h"

enum {
	HANDSHAKE = 22, /* content type of a record, RFC 6347                     */
	TRIES_MAX = 8,	/* broken handshakes before we give up                    */
	PROOFS = 50,	/* packets that prove that the peer's handshake is finished */
};

static int sdes_seal(struct seal **sp, const char *text)
{
	uint8_t raw[64];
	size_t n = sizeof(raw);

	if (strlen(text) != 40 || base64_decode(text, 40, raw, &n) || n != SEAL_KEY + 14)
		return EINVAL;
	return seal_alloc(sp, SEAL_AES_CM_128_HMAC_SHA1_80, raw, raw + SEAL_KEY);
}

/* Our key is fixed from birth: a second sealer would start its counters, and so the key stream,
 * from the beginning. */
static int sdes_update(struct party *p, const struct stream_remote *was)
{
	struct seal *in = NULL;
	int err = p->sdes_out ? 0 : sdes_seal(&p->sdes_out, p->local.sdes_key);

	if (err)
		return err;
	if (p->in && was->security == SECURITY_SDES && !strcmp(was->sdes_key, p->remote.sdes_key))
		return 0;
	err = sdes_seal(&in, p->remote.sdes_key);
	if (err)
		return err;
	secure_close(p);
	p->in = in;
	p->out = mem_ref(p->sdes_out);
	return 0;
}

/** Forgets keys and handshake */
void secure_close(struct party *p)
{
	p->dtls = mem_deref(p->dtls);
	list_unlink(&p->shaking);
	p->in = mem_deref(p->in);
	p->out = mem_deref(p->out);
	if (p->keys)
		OPENSSL_cleanse(p->keys, sizeof(*p->keys));
	p->keys = mem_deref(p->keys);
	p->verified[0] = '\0';
}

static void fail(struct party *p)
{
	secure_close(p);
	p->failed = true;
	party_event(p, STREAM_FAILED);
}

/* RFC 5763, 5: media only after the certificate matched the fingerprint. */
static void verify(struct party *p)
{
	struct dtls_keys *k = p->keys;

	if (!k || !p->known || p->remote.security != SECURITY_DTLS || !p->remote.fingerprint[0])
		return;
	if (strcasecmp(dtls_fingerprint(p->dtls), p->remote.fingerprint) ||
	    seal_alloc(&p->in, k->suite, k->key_in, k->salt_in) ||
	    seal_alloc(&p->out, k->suite, k->key_out, k->salt_out)) {
		fail(p);
		return;
	}
	str_ncpy(p->verified, p->remote.fingerprint, sizeof(p->verified));
	OPENSSL_cleanse(k, sizeof(*k));
	p->keys = mem_deref(k);
	party_accepted(p);
}

static void flush(struct party *p, const struct sa *to)
{
	uint8_t b[DATAGRAM_MAX];
	size_t n;

	while ((n = dtls_out(p->dtls, b, sizeof(b)))) {
		if (sa_isset(to, SA_ALL))
			sendto(p->rtp.fd, b, n, 0, &to->u.sa, to->len);
	}
}

static void keys_take(struct party *p)
{
	list_unlink(&p->shaking);
	p->keys = mem_zalloc(sizeof(*p->keys), NULL);
	if (!p->keys || dtls_keys(p->dtls, p->keys))
		fail(p);
	else
		verify(p);
}

/* A forged record may break a handshake, so it begins anew a few times. */
static void broken(struct party *p)
{
	if (p->dtls_tries >= TRIES_MAX) {
		fail(p);
		return;
	}
	list_unlink(&p->shaking);
	p->dtls = mem_deref(p->dtls);
}

static int begin(struct party *p)
{
	int err = dtls_alloc(&p->dtls, p->w->identity, p->remote.dtls_active);

	if (err)
		return err;
	++p->dtls_tries;
	list_append(&p->w->shaking, &p->shaking, p);
	return 0;
}

static void outcome(struct party *p, enum dtls_state state)
{
	if (state == DTLS_BROKEN)
		broken(p);
	else if (state == DTLS_DONE && !p->keys && !p->verified[0])
		keys_take(p);
}

/** A DTLS datagram came from an address that may send it */
void secure_dtls(struct party *p, const uint8_t *b, size_t n, const struct sa *from)
{
	enum dtls_state state;

	if (p->failed || (p->known && p->remote.security != SECURITY_DTLS))
		return;
	if (!p->dtls && (b[0] != HANDSHAKE || p->verified[0] || begin(p)))
		return;
	if (p->known && !p->remote.ice && !p->latched) {
		p->addr = *from; /* plain DTLS behind a router: the media will come from here too */
		p->named = true; /* its sender may send it, and did */
	}
	state = dtls_feed(p->dtls, b, n);
	flush(p, sa_isset(&p->addr, SA_ALL) ? &p->addr : from);
	outcome(p, state);
}

/** Begins a handshake that is ours to begin; sends again what was lost; each tick while it lasts */
void secure_step(struct party *p)
{
	enum dtls_state state;

	if (p->failed || p->verified[0] || !party_proved(p))
		return;
	if (!p->dtls && (!p->known || p->remote.security != SECURITY_DTLS ||
			 !p->remote.dtls_active || begin(p)))
		return;
	if (p->keys)
		return;
	state = dtls_step(p->dtls);
	flush(p, &p->addr);
	outcome(p, state);
}

/** Once a second: begins what did not begin, drops what is no longer needed */
void secure_retry(struct party *p)
{
	if (p->known && p->remote.security == SECURITY_DTLS && !p->dtls)
		secure_step(p);
	if (p->verified[0] && p->dtls && p->rtp_in.packets > PROOFS)
		p->dtls = mem_deref(p->dtls);
}

/** Follows what negotiation decided; 0 or errno when the keys are unusable */
int secure_update(struct party *p, const struct stream_remote *was)
{
	const struct stream_remote *r = &p->remote;
	bool other;

	if (r->security == SECURITY_NONE) {
		secure_close(p);
		return 0;
	}
	if (r->security == SECURITY_SDES)
		return sdes_update(p, was);
	other = p->known && (was->security != SECURITY_DTLS ||
			     (was->fingerprint[0] && strcasecmp(was->fingerprint, r->fingerprint)));
	if (other || (p->dtls && !p->keys && !p->verified[0] && r->dtls_active != was->dtls_active))
		secure_close(p);
	if (other) {
		p->failed = false;
		p->dtls_tries = 0;
	}
	p->known = true;
	verify(p);
	secure_step(p);
	return 0;
}
