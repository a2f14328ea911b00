/**
 * @file dtls.c  DTLS for SRTP keys
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include "dtls.h"
#include "own.h"

enum { RECORD_HEADER = 13, DAYS = 3650 };

struct dtls_identity {
	SSL_CTX *ssl_ctx;
	char fingerprint[FINGERPRINT_SIZE];
};

struct dtls {
	SSL *ssl;
	BIO *in, *out; /* owned by ssl                               */
	bool active, done;
	char peer[FINGERPRINT_SIZE];
};

static void fingerprint_print(char text[FINGERPRINT_SIZE], const X509 *x)
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	text[0] = '\0';
	if (!X509_digest(x, EVP_sha256(), hash, &n))
		return;
	for (unsigned i = 0; i < n; i++)
		sprintf(text + 3 * (size_t)i, "%02X%s", hash[i], i + 1 < n ? ":" : "");
}

static int name_and_dates(X509 *x)
{
	X509_NAME *name = X509_get_subject_name(x);
	uint64_t serial;

	if (RAND_bytes((uint8_t *)&serial, sizeof(serial)) != 1)
		return EIO;
	if (!X509_set_version(x, 2) || !ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial) ||
	    !X509_gmtime_adj(X509_getm_notBefore(x), -86400L) ||
	    !X509_gmtime_adj(X509_getm_notAfter(x), 86400L * DAYS) ||
	    !X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"media", -1, -1,
					0) ||
	    !X509_set_issuer_name(x, name))
		return EIO;
	return 0;
}

static int certificate_make(struct dtls_identity *i)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	int err = key && x ? name_and_dates(x) : ENOMEM;

	if (!err && (!X509_set_pubkey(x, key) || !X509_sign(x, key, EVP_sha256()) ||
		     SSL_CTX_use_certificate(i->ssl_ctx, x) != 1 ||
		     SSL_CTX_use_PrivateKey(i->ssl_ctx, key) != 1))
		err = EIO;
	if (!err)
		fingerprint_print(i->fingerprint, x);
	EVP_PKEY_free(key);
	X509_free(x);
	return err;
}

/* Any certificate will do here: what counts is its fingerprint, RFC 8122. */
static int verify_h(int ok, X509_STORE_CTX *store)
{
	return 1;
}

static void identity_destructor(void *arg)
{
	struct dtls_identity *i = arg;

	SSL_CTX_free(i->ssl_ctx);
}

/** Makes a key and a self-signed certificate; 0 or errno */
int dtls_identity_alloc(struct dtls_identity **ip)
{
	AUTO struct dtls_identity *i = mem_zalloc(sizeof(*i), identity_destructor);
	int err;

	if (!i)
		return ENOMEM;
	i->ssl_ctx = SSL_CTX_new(DTLS_method());
	if (!i->ssl_ctx)
		return ENOMEM;
	SSL_CTX_set_min_proto_version(i->ssl_ctx, DTLS1_2_VERSION);
	SSL_CTX_set_options(i->ssl_ctx,
			    SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_session_cache_mode(i->ssl_ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(i->ssl_ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, verify_h);
	SSL_CTX_set_read_ahead(i->ssl_ctx, 1);
	if (SSL_CTX_set_tlsext_use_srtp(i->ssl_ctx, "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"))
		return EIO;
	err = certificate_make(i);
	if (err)
		return err;
	*ip = TAKE(i);
	return 0;
}

/** The certificate's SHA-256 fingerprint, upper-case with colons */
const char *dtls_identity_fingerprint(const struct dtls_identity *i)
{
	return i->fingerprint;
}

static void dtls_destructor(void *arg)
{
	struct dtls *d = arg;

	SSL_free(d->ssl);
}

/**
 * Makes one association
 *
 * @param dp     Result
 * @param i      Our certificate; must outlive it
 * @param active We begin (client); else we wait
 *
 * @return 0 or ENOMEM
 */
int dtls_alloc(struct dtls **dp, const struct dtls_identity *i, bool active)
{
	AUTO struct dtls *d = mem_zalloc(sizeof(*d), dtls_destructor);

	if (!d)
		return ENOMEM;
	d->active = active;
	d->ssl = SSL_new(i->ssl_ctx);
	d->in = BIO_new(BIO_s_mem());
	d->out = BIO_new(BIO_s_mem());
	if (!d->ssl || !d->in || !d->out) {
		BIO_free(d->in);
		BIO_free(d->out);
		return ENOMEM;
	}
	BIO_set_mem_eof_return(d->in, -1);
	BIO_set_mem_eof_return(d->out, -1);
	SSL_set_bio(d->ssl, d->in, d->out);
	DTLS_set_link_mtu(d->ssl, DATAGRAM_MAX);
	if (active)
		SSL_set_connect_state(d->ssl);
	else
		SSL_set_accept_state(d->ssl);
	*dp = TAKE(d);
	return 0;
}

static bool wants_more(struct dtls *d, int result)
{
	int e = SSL_get_error(d->ssl, result);

	return e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE;
}

static void peer_read(struct dtls *d)
{
	X509 *x = SSL_get1_peer_certificate(d->ssl);

	if (x)
		fingerprint_print(d->peer, x);
	X509_free(x);
}

static enum dtls_state handshake(struct dtls *d)
{
	int result;

	ERR_clear_error();
	result = SSL_do_handshake(d->ssl);
	if (result == 1) {
		d->done = true;
		peer_read(d);
		return DTLS_DONE;
	}
	return wants_more(d, result) ? DTLS_BUSY : DTLS_BROKEN;
}

/* After the handshake only retransmissions and alerts come; nothing they say ends the call. */
static void drain(struct dtls *d)
{
	uint8_t sink[2048];
	int left = 16;

	ERR_clear_error();
	while (left-- > 0 && SSL_read(d->ssl, sink, sizeof(sink)) > 0)
		;
	ERR_clear_error();
}

/**
 * Takes one datagram; answers wait in dtls_out()
 *
 * @param d Association
 * @param p Datagram
 * @param n Its size
 *
 * @return DTLS_DONE once the handshake is complete
 */
enum dtls_state dtls_feed(struct dtls *d, const uint8_t *p, size_t n)
{
	if (n < RECORD_HEADER || BIO_write(d->in, p, (int)n) != (int)n)
		return d->done ? DTLS_DONE : DTLS_BUSY;
	if (!d->done)
		return handshake(d);
	drain(d);
	return DTLS_DONE;
}

/** Begins, as the active side, and sends again what was lost (RFC 6347, 4.2.4); call each tick */
enum dtls_state dtls_step(struct dtls *d)
{
	struct timeval left;

	if (d->done)
		return DTLS_DONE;
	if (d->active && SSL_in_before(d->ssl))
		return handshake(d);
	if (!DTLSv1_get_timeout(d->ssl, &left) || left.tv_sec || left.tv_usec)
		return DTLS_BUSY;
	ERR_clear_error();
	return DTLSv1_handle_timeout(d->ssl) < 0 ? DTLS_BROKEN : DTLS_BUSY;
}

/**
 * The next datagram to send: whole records, since the memory buffer has lost their bounds
 *
 * @param d   Association
 * @param p   Result
 * @param max Its size, at least DATAGRAM_MAX
 *
 * @return Size, 0 when nothing waits
 */
size_t dtls_out(struct dtls *d, uint8_t *p, size_t max)
{
	uint8_t *r = NULL;
	long left = BIO_get_mem_data(d->out, &r);
	size_t n = 0, wait = left > 0 ? (size_t)left : 0;

	while (n + RECORD_HEADER <= wait) {
		size_t size = RECORD_HEADER + (size_t)(r[n + 11] << 8 | r[n + 12]);

		if (size > wait - n || n + size > max)
			break;
		n += size;
	}
	if (!n)
		(void)BIO_reset(d->out);
	return n && BIO_read(d->out, p, (int)n) == (int)n ? n : 0;
}

/** The peer certificate's fingerprint, "" before the handshake is complete */
const char *dtls_fingerprint(const struct dtls *d)
{
	return d->peer;
}

/** The SRTP keys of a complete handshake, RFC 5764 section 4.2; 0 or EPROTO */
int dtls_keys(struct dtls *d, struct dtls_keys *keys)
{
	const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(d->ssl);
	static const char label[] = "EXTRACTOR-dtls_srtp";
	uint8_t m[2 * (SEAL_KEY + SEAL_SALT_MAX)];
	size_t salt;

	if (!d->done || !profile)
		return EPROTO;
	keys->suite = profile->id == SRTP_AEAD_AES_128_GCM ? SEAL_AEAD_AES_128_GCM
							   : SEAL_AES_CM_128_HMAC_SHA1_80;
	salt = seal_salt_size(keys->suite);
	if (SSL_export_keying_material(d->ssl, m, 2 * (SEAL_KEY + salt), label, strlen(label), NULL,
				       0, 0) != 1)
		return EPROTO;
	memcpy(d->active ? keys->key_out : keys->key_in, m, SEAL_KEY);
	memcpy(d->active ? keys->key_in : keys->key_out, m + SEAL_KEY, SEAL_KEY);
	memcpy(d->active ? keys->salt_out : keys->salt_in, m + 2 * SEAL_KEY, salt);
	memcpy(d->active ? keys->salt_in : keys->salt_out, m + 2 * SEAL_KEY + salt, salt);
	OPENSSL_cleanse(m, sizeof(m));
	return 0;
}
