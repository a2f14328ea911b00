/**
 * @file media_browser.h  A browser's side of ICE and DTLS-SRTP: OpenSSL, libre's STUN and SRTP
 *
 * Shares nothing with src/media, so that two equal mistakes cannot meet.
 */
#ifndef MEDIA_BROWSER_H
#define MEDIA_BROWSER_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include "media_rig.h"

struct browser {
	SSL_CTX *tls;
	SSL *ssl;
	BIO *in, *out;
	bool active, up;
	char fingerprint[100], ufrag[8], pwd[32], profile[40];
	struct srtp *protect, *open;
	unsigned checks, bad;
	struct sa mapped;
	bool lossy; /* drops every second datagram of the handshake */
	unsigned dropped;
};

static struct browser browser;

static inline int browser_verify_h(int ok, X509_STORE_CTX *store)
{
	return 1;
}

static inline void browser_open(bool active, const char *profiles)
{
	struct browser *b = &browser;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	uint8_t hash[32];
	unsigned n = 32;

	memset(b, 0, sizeof(*b));
	b->active = active;
	strcpy(b->ufrag, "brow");
	strcpy(b->pwd, "0123456789abcdefghijklm");
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, key);
	X509_sign(x, key, EVP_sha256());
	b->tls = SSL_CTX_new(DTLS_method());
	SSL_CTX_use_certificate(b->tls, x);
	SSL_CTX_use_PrivateKey(b->tls, key);
	SSL_CTX_set_verify(b->tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
			   browser_verify_h);
	assert_int_equal(SSL_CTX_set_tlsext_use_srtp(b->tls, profiles), 0);
	X509_digest(x, EVP_sha256(), hash, &n);
	for (unsigned i = 0; i < n; i++)
		sprintf(b->fingerprint + 3 * i, "%02X%s", hash[i], i + 1 < n ? ":" : "");
	X509_free(x);
	EVP_PKEY_free(key);
	b->ssl = SSL_new(b->tls);
	b->in = BIO_new(BIO_s_mem());
	b->out = BIO_new(BIO_s_mem());
	BIO_set_mem_eof_return(b->in, -1);
	BIO_set_mem_eof_return(b->out, -1);
	SSL_set_bio(b->ssl, b->in, b->out);
	SSL_set_options(b->ssl, SSL_OP_NO_QUERY_MTU);
	DTLS_set_link_mtu(b->ssl, 1200);
	if (active)
		SSL_set_connect_state(b->ssl);
	else
		SSL_set_accept_state(b->ssl);
}

static inline void browser_close(void)
{
	SSL_free(browser.ssl);
	SSL_CTX_free(browser.tls);
	mem_deref(browser.protect);
	mem_deref(browser.open);
	memset(&browser, 0, sizeof(browser));
}

static inline void browser_keys(void)
{
	struct browser *b = &browser;
	SRTP_PROTECTION_PROFILE *p = SSL_get_selected_srtp_profile(b->ssl);
	bool gcm;
	size_t salt;
	enum srtp_suite suite;
	uint8_t m[60], client[30], server[30];

	assert_non_null(p);
	str_ncpy(b->profile, p->name, sizeof(b->profile));
	gcm = p->id == SRTP_AEAD_AES_128_GCM;
	salt = gcm ? 12 : 14;
	suite = gcm ? SRTP_AES_128_GCM : SRTP_AES_CM_128_HMAC_SHA1_80;
	assert_int_equal(SSL_export_keying_material(b->ssl, m, 2 * (16 + salt),
						    "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0),
			 1);
	memcpy(client, m, 16);
	memcpy(server, m + 16, 16);
	memcpy(client + 16, m + 32, salt);
	memcpy(server + 16, m + 32 + salt, salt);
	srtp_alloc(&b->protect, suite, b->active ? client : server, 16 + salt, 0);
	srtp_alloc(&b->open, suite, b->active ? server : client, 16 + salt, 0);
	b->up = true;
}

static inline void browser_flush(struct phone *ph)
{
	uint8_t b[8192];
	int n = BIO_read(browser.out, b, sizeof(b)), at = 0;

	while (n - at >= 13) {
		int size = 13 + (b[at + 11] << 8 | b[at + 12]);

		if (!browser.lossy || ++browser.dropped % 2)
			sendto(ph->fd, b + at, (size_t)size, 0, &ph->peer.u.sa, ph->peer.len);
		at += size;
	}
}

static inline void browser_step(struct phone *ph)
{
	struct timeval left;

	ERR_clear_error();
	if (!browser.up && SSL_do_handshake(browser.ssl) == 1)
		browser_keys();
	if (!browser.up && DTLSv1_get_timeout(browser.ssl, &left) && !left.tv_sec && !left.tv_usec)
		DTLSv1_handle_timeout(browser.ssl);
	browser_flush(ph);
}

/** Sends a binding request, RFC 8445 section 7.1 */
static inline void browser_check(struct phone *ph, const char *user, const char *pwd, bool nominate)
{
	struct mbuf *mb = mbuf_alloc(256);
	uint8_t tid[12] = {1, 2, 3};
	uint32_t priority = 1;
	uint64_t tie = 9;

	assert_int_equal(stun_msg_encode(mb, STUN_METHOD_BINDING, STUN_CLASS_REQUEST, tid, NULL,
					 (const uint8_t *)pwd, strlen(pwd), true, 0, 4,
					 STUN_ATTR_USERNAME, user, STUN_ATTR_PRIORITY, &priority,
					 STUN_ATTR_CONTROLLING, &tie, STUN_ATTR_USE_CAND,
					 nominate ? &nominate : NULL),
			 0);
	sendto(ph->fd, mb->buf, mb->end, 0, &ph->peer.u.sa, ph->peer.len);
	mem_deref(mb);
}

static inline void browser_good_check(struct phone *ph, bool nominate)
{
	const struct stream_local *l = stream_local(ph->stream);
	char user[64];

	snprintf(user, sizeof(user), "%s:%s", l->ufrag, browser.ufrag);
	browser_check(ph, user, l->pwd, nominate);
}

static inline void browser_stun(struct phone *ph, uint8_t *p, size_t n)
{
	const char *pwd = stream_local(ph->stream)->pwd;
	struct mbuf *mb = mbuf_alloc(n);
	struct stun_unknown_attr ua;
	struct stun_msg *msg = NULL;
	struct stun_attr *attr;

	mbuf_write_mem(mb, p, n);
	mb->pos = 0;
	assert_int_equal(stun_msg_decode(&msg, mb, &ua), 0);
	assert_int_equal(stun_msg_class(msg), STUN_CLASS_SUCCESS_RESP);
	assert_int_equal(stun_msg_chk_mi(msg, (const uint8_t *)pwd, strlen(pwd)), 0);
	assert_int_equal(stun_msg_chk_fingerprint(msg), 0);
	attr = stun_msg_attr(msg, STUN_ATTR_XOR_MAPPED_ADDR);
	assert_non_null(attr);
	browser.mapped = attr->v.xor_mapped_addr;
	++browser.checks;
	mem_deref(msg);
	mem_deref(mb);
}

static inline void browser_packet_h(struct phone *ph, uint8_t *p, size_t n)
{
	if (p[0] < 4) {
		browser_stun(ph, p, n);
	} else if (p[0] >= 20 && p[0] < 64) {
		if (browser.lossy && ++browser.dropped % 2)
			return;
		BIO_write(browser.in, p, (int)n);
		browser_step(ph);
	} else if (browser.open) {
		struct mbuf *mb = mbuf_alloc(2048);
		bool control = p[1] >= 192 && p[1] <= 223;

		mbuf_write_mem(mb, p, n);
		mb->pos = 0;
		if ((control ? srtcp_decrypt : srtp_decrypt)(browser.open, mb))
			++browser.bad;
		else
			phone_take(ph, mb->buf, mb->end);
		mem_deref(mb);
	} else {
		++browser.bad;
	}
}

static inline struct phone *browser_phone(enum codec_id codec)
{
	struct phone *ph = phone_new(codec);

	ph->packet_h = browser_packet_h;
	ph->remote.security = SECURITY_DTLS;
	ph->remote.ice = ph->remote.rtcp_mux = true;
	ph->remote.dtls_active = !browser.active;
	strcpy(ph->remote.ufrag, browser.ufrag);
	strcpy(ph->remote.pwd, browser.pwd);
	strcpy(ph->remote.fingerprint, browser.fingerprint);
	sa_init(&ph->remote.rtp, AF_INET);
	sa_init(&ph->remote.rtcp, AF_INET);
	return ph;
}

/** Like phone_say(), encrypted */
static inline void browser_say(struct phone *ph, unsigned hz)
{
	struct mbuf *mb = mbuf_alloc(2048);
	int16_t pcm[FRAME_NARROW];
	uint8_t b[CODED_MAX], head[RTP_HEADER];
	int n;

	for (size_t i = 0; i < FRAME_NARROW; i++, ph->phase++)
		pcm[i] = (int16_t)(6000 * sin(2 * M_PI * hz * ph->phase / 8000.0));
	n = encoder_run(&ph->encoder, b, pcm, FRAME_NARROW);
	ph->ts += codec_kind(ph->remote.codec)->clock / 50;
	rtp_header(head, ph->remote.pt_send, false, ++ph->seq, ph->ts, ph->ssrc);
	mbuf_write_mem(mb, head, sizeof(head));
	mbuf_write_mem(mb, b, (size_t)n);
	mb->pos = 0;
	assert_int_equal(srtp_encrypt(browser.protect, mb), 0);
	sendto(ph->fd, mb->buf, mb->end, 0, &ph->peer.u.sa, ph->peer.len);
	mem_deref(mb);
}

/** Runs the handshake until the browser's side is complete */
static inline void browser_shake(struct phone *ph)
{
	uint64_t end = real_ms() + 2 * WAIT_MS;

	while (!browser.up && real_ms() < end) {
		browser_step(ph);
		poll(NULL, 0, 1);
		rig_run();
	}
	assert_true(browser.up);
}

static inline void browser_talk(unsigned frames, struct phone *ph, unsigned hz, struct phone *other,
				unsigned hz_other)
{
	for (unsigned i = 0; i < frames; i++) {
		uint64_t due = real_ms();

		if (ph)
			browser_say(ph, hz);
		if (other)
			phone_say(other, hz_other);
		do {
			poll(NULL, 0, 1);
			rig_run();
		} while (real_ms() < due + FRAME_MS);
	}
}

#endif
