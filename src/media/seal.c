/**
 * @file seal.c  SRTP and SRTCP, one direction of one stream
 */
#include <errno.h>
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include "own.h"
#include "seal.h"

enum {
	SOURCES = 4, /* SSRCs whose index is remembered; the oldest gives way            */
	WINDOW = 64, /* replay window in packets                                         */
	TAG_CM = 10,
	TAG_GCM = 16,
	RTCP_HEADER = 8,
	RTCP_INDEX = 4,
};

struct window {
	uint64_t top, seen; /* highest index, bit 0 of `seen` stands for it              */
	bool any;
};

struct source {
	uint32_t ssrc;
	struct window rtp, rtcp;
	uint32_t rtcp_out;
	uint64_t used;
};

struct half {
	EVP_CIPHER_CTX *cipher;
	EVP_MAC_CTX *mac;
	uint8_t salt[SEAL_SALT_MAX];
};

struct seal {
	enum seal_suite suite;
	struct half rtp, rtcp;
	struct source sources[SOURCES];
	uint64_t uses;
};

static void seal_destructor(void *arg)
{
	struct seal *s = arg;

	EVP_CIPHER_CTX_free(s->rtp.cipher);
	EVP_CIPHER_CTX_free(s->rtcp.cipher);
	EVP_MAC_CTX_free(s->rtp.mac);
	EVP_MAC_CTX_free(s->rtcp.mac);
	OPENSSL_cleanse(s->rtp.salt, SEAL_SALT_MAX);
	OPENSSL_cleanse(s->rtcp.salt, SEAL_SALT_MAX);
}

/** Bytes of master salt that a suite takes */
size_t seal_salt_size(enum seal_suite suite)
{
	return suite == SEAL_AEAD_AES_128_GCM ? 12 : 14;
}

static bool gcm(const struct seal *s)
{
	return s->suite == SEAL_AEAD_AES_128_GCM;
}

static void put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* RFC 3711, 4.3.1 and 4.3.3; a GCM salt of 12 bytes counts as 14 with two zeros (RFC 7714, 11). */
static int derive(uint8_t *out, size_t n, uint8_t label, const uint8_t *key, const uint8_t *salt)
{
	static const uint8_t zero[32];
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t iv[16] = {0};
	int len, ok;

	memcpy(iv, salt, SEAL_SALT_MAX);
	iv[7] ^= label;
	ok = c && EVP_EncryptInit_ex(c, EVP_aes_128_ctr(), NULL, key, iv) &&
	     EVP_EncryptUpdate(c, out, &len, zero, (int)n);
	EVP_CIPHER_CTX_free(c);
	return ok ? 0 : EIO;
}

static int mac_init(struct half *h, const uint8_t *key, size_t n)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA1", 0),
		OSSL_PARAM_construct_end(),
	};

	h->mac = mac ? EVP_MAC_CTX_new(mac) : NULL;
	EVP_MAC_free(mac);
	return h->mac && EVP_MAC_init(h->mac, key, n, params) ? 0 : EIO;
}

static int half_init(struct half *h, bool with_gcm, uint8_t label, const uint8_t *key,
		     const uint8_t *salt)
{
	uint8_t k[SEAL_KEY], a[20];
	int err = derive(k, sizeof(k), label, key, salt);

	if (!err)
		err = derive(a, sizeof(a), (uint8_t)(label + 1), key, salt);
	if (!err)
		err = derive(h->salt, SEAL_SALT_MAX, (uint8_t)(label + 2), key, salt);
	h->cipher = err ? NULL : EVP_CIPHER_CTX_new();
	if (!h->cipher ||
	    !EVP_CipherInit_ex(h->cipher, with_gcm ? EVP_aes_128_gcm() : EVP_aes_128_ctr(), NULL, k,
			       NULL, 1))
		err = ENOMEM;
	if (!err && !with_gcm)
		err = mac_init(h, a, sizeof(a));
	OPENSSL_cleanse(k, sizeof(k));
	OPENSSL_cleanse(a, sizeof(a));
	return err;
}

/**
 * Makes one direction
 *
 * @param sp    Result
 * @param suite Which
 * @param key   Master key, SEAL_KEY bytes
 * @param salt  Master salt, seal_salt_size() bytes
 *
 * @return 0 or errno
 */
int seal_alloc(struct seal **sp, enum seal_suite suite, const uint8_t *key, const uint8_t *salt)
{
	AUTO struct seal *s = mem_zalloc(sizeof(*s), seal_destructor);
	uint8_t full[SEAL_SALT_MAX] = {0};
	int err;

	if (!s)
		return ENOMEM;
	s->suite = suite;
	memcpy(full, salt, seal_salt_size(suite));
	err = half_init(&s->rtp, gcm(s), 0, key, full);
	if (!err)
		err = half_init(&s->rtcp, gcm(s), 3, key, full);
	OPENSSL_cleanse(full, sizeof(full));
	if (err)
		return err;
	*sp = TAKE(s);
	return 0;
}

static struct source *source_find(struct seal *s, uint32_t ssrc)
{
	for (size_t i = 0; i < SOURCES; i++) {
		if (s->sources[i].used && s->sources[i].ssrc == ssrc) {
			s->sources[i].used = ++s->uses;
			return &s->sources[i];
		}
	}
	return NULL;
}

static struct source *source_make(struct seal *s, uint32_t ssrc)
{
	struct source *old = source_find(s, ssrc);

	if (old)
		return old;
	old = &s->sources[0];
	for (size_t i = 1; i < SOURCES; i++) {
		if (s->sources[i].used < old->used)
			old = &s->sources[i];
	}
	*old = (struct source){.ssrc = ssrc, .used = ++s->uses};
	return old;
}

/* RFC 3711, 3.3.1: the 48-bit index nearest to the highest one seen. */
static uint64_t index_guess(const struct window *w, uint16_t seq)
{
	uint64_t base = w->top & ~0xffffULL;
	uint16_t low = (uint16_t)w->top;

	if (!w->any)
		return seq;
	if (low < 0x8000 && seq > low && seq - low > 0x8000)
		return base ? base - 0x10000 + seq : UINT64_MAX;
	if (low >= 0x8000 && low - 0x8000 > seq)
		return base + 0x10000 + seq;
	return base + seq;
}

static bool window_fresh(const struct window *w, uint64_t index)
{
	if (!w->any || index > w->top)
		return true;
	return w->top - index < WINDOW && !(w->seen >> (w->top - index) & 1);
}

static void window_add(struct window *w, uint64_t index)
{
	if (!w->any || index > w->top) {
		uint64_t step = w->any ? index - w->top : WINDOW;

		w->seen = step >= WINDOW ? 1 : w->seen << step | 1;
		w->top = index;
		w->any = true;
	} else if (w->top - index < WINDOW) {
		w->seen |= 1ULL << (w->top - index);
	}
}

/* RFC 3711, 4.1.1, and RFC 7714, 8.1 and 9.1; `index` is 48 bits of packet or 31 of SRTCP. */
static void iv_make(uint8_t iv[16], const struct seal *s, const struct half *h, uint32_t ssrc,
		    uint64_t index)
{
	size_t at = gcm(s) ? 2 : 4;
	uint8_t x[16] = {0};

	put32(x + at, ssrc);
	for (size_t i = 0; i < 6; i++)
		x[at + 4 + i] = (uint8_t)(index >> (40 - 8 * i));
	memset(iv, 0, 16);
	memcpy(iv, h->salt, gcm(s) ? 12 : SEAL_SALT_MAX);
	for (size_t i = 0; i < 16; i++)
		iv[i] ^= x[i];
}

static int ctr_run(const struct half *h, const uint8_t iv[16], uint8_t *p, size_t n)
{
	int len;

	return EVP_CipherInit_ex(h->cipher, NULL, NULL, NULL, iv, 1) &&
			       EVP_CipherUpdate(h->cipher, p, &len, p, (int)n)
		       ? 0
		       : EIO;
}

/* HMAC over the packet and four more bytes: the rollover counter, nothing for SRTCP. */
static int tag_make(const struct half *h, uint8_t tag[20], const uint8_t *p, size_t n,
		    const uint8_t *more)
{
	size_t len = 20;

	return EVP_MAC_init(h->mac, NULL, 0, NULL) && EVP_MAC_update(h->mac, p, n) &&
			       (!more || EVP_MAC_update(h->mac, more, 4)) &&
			       EVP_MAC_final(h->mac, tag, &len, 20)
		       ? 0
		       : EIO;
}

struct gcm_job {
	const uint8_t *iv, *aad, *aad2;
	size_t naad, naad2;
	uint8_t *p;
	size_t n;
	uint8_t *tag;
	bool encrypt;
};

static int gcm_run(const struct half *h, const struct gcm_job *j)
{
	EVP_CIPHER_CTX *c = h->cipher;
	int len, ok;

	ok = EVP_CipherInit_ex(c, NULL, NULL, NULL, j->iv, j->encrypt) &&
	     (j->encrypt || EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG_GCM, j->tag)) &&
	     EVP_CipherUpdate(c, NULL, &len, j->aad, (int)j->naad) &&
	     (!j->naad2 || EVP_CipherUpdate(c, NULL, &len, j->aad2, (int)j->naad2)) &&
	     (!j->n || EVP_CipherUpdate(c, j->p, &len, j->p, (int)j->n));
	if (!ok)
		return EIO;
	if (EVP_CipherFinal_ex(c, j->p + j->n, &len) <= 0)
		return EACCES;
	if (j->encrypt && !EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG_GCM, j->tag))
		return EIO;
	return 0;
}

/**
 * Encrypts and signs an RTP packet in place
 *
 * @param s      Direction
 * @param p      Packet, with SEAL_ROOM bytes free behind it
 * @param n      Its size, grows
 * @param header Size of the RTP header with CSRCs and extension
 *
 * @return 0 or errno
 */
int seal_rtp(struct seal *s, uint8_t *p, size_t *n, size_t header)
{
	struct source *src = source_make(s, get32(p + 8));
	uint64_t index = index_guess(&src->rtp, (uint16_t)(p[2] << 8 | p[3]));
	uint8_t iv[16], tag[20], roc[4];
	int err;

	iv_make(iv, s, &s->rtp, src->ssrc, index);
	if (gcm(s)) {
		err = gcm_run(&s->rtp, &(struct gcm_job){.iv = iv,
							 .aad = p,
							 .naad = header,
							 .p = p + header,
							 .n = *n - header,
							 .tag = p + *n,
							 .encrypt = true});
		*n += TAG_GCM;
	} else {
		put32(roc, (uint32_t)(index >> 16));
		err = ctr_run(&s->rtp, iv, p + header, *n - header);
		if (!err)
			err = tag_make(&s->rtp, tag, p, *n, roc);
		if (!err)
			memcpy(p + *n, tag, TAG_CM);
		*n += TAG_CM;
	}
	if (!err)
		window_add(&src->rtp, index);
	return err;
}

static int open_cm(struct seal *s, uint8_t *p, size_t *n, size_t header, uint64_t index)
{
	uint8_t iv[16], tag[20], roc[4];
	size_t end = *n - TAG_CM;
	int err;

	put32(roc, (uint32_t)(index >> 16));
	err = tag_make(&s->rtp, tag, p, end, roc);
	if (err)
		return err;
	if (CRYPTO_memcmp(tag, p + end, TAG_CM))
		return EACCES;
	iv_make(iv, s, &s->rtp, get32(p + 8), index);
	*n = end;
	return ctr_run(&s->rtp, iv, p + header, end - header);
}

static int open_gcm(struct seal *s, uint8_t *p, size_t *n, size_t header, uint64_t index)
{
	size_t end = *n - TAG_GCM;
	uint8_t iv[16];

	iv_make(iv, s, &s->rtp, get32(p + 8), index);
	*n = end;
	return gcm_run(&s->rtp, &(struct gcm_job){.iv = iv,
						  .aad = p,
						  .naad = header,
						  .p = p + header,
						  .n = end - header,
						  .tag = p + end});
}

/**
 * Checks and decrypts an RTP packet in place
 *
 * @param s      Direction
 * @param p      Packet, at least `header` bytes
 * @param n      Its size, shrinks
 * @param header Size of the RTP header with CSRCs and extension, at least 12
 *
 * @return 0, EACCES when the tag is wrong, EALREADY for a replay, EBADMSG when too short
 */
int unseal_rtp(struct seal *s, uint8_t *p, size_t *n, size_t header)
{
	struct source *src = source_find(s, get32(p + 8));
	static const struct window none;
	const struct window *w = src ? &src->rtp : &none;
	uint64_t index = index_guess(w, (uint16_t)(p[2] << 8 | p[3]));
	int err;

	if (*n < header + (gcm(s) ? TAG_GCM : TAG_CM))
		return EBADMSG;
	if (index == UINT64_MAX || !window_fresh(w, index))
		return EALREADY;
	err = gcm(s) ? open_gcm(s, p, n, header, index) : open_cm(s, p, n, header, index);
	if (!err)
		window_add(&source_make(s, get32(p + 8))->rtp, index);
	return err;
}

/**
 * Encrypts and signs an RTCP packet in place
 *
 * @param s Direction
 * @param p Compound packet, with SEAL_ROOM bytes free behind it
 * @param n Its size, at least 8, grows
 *
 * @return 0 or errno
 */
int seal_rtcp(struct seal *s, uint8_t *p, size_t *n)
{
	struct source *src = source_make(s, get32(p + 4));
	uint32_t index = src->rtcp_out++ & 0x7fffffff;
	uint8_t iv[16], tag[20], e_index[RTCP_INDEX];
	size_t body = *n - RTCP_HEADER;
	int err;

	put32(e_index, index | 0x80000000);
	iv_make(iv, s, &s->rtcp, src->ssrc, index);
	if (gcm(s)) {
		err = gcm_run(&s->rtcp, &(struct gcm_job){.iv = iv,
							  .aad = p,
							  .naad = RTCP_HEADER,
							  .aad2 = e_index,
							  .naad2 = RTCP_INDEX,
							  .p = p + RTCP_HEADER,
							  .n = body,
							  .tag = p + *n,
							  .encrypt = true});
		memcpy(p + *n + TAG_GCM, e_index, RTCP_INDEX);
		*n += TAG_GCM + RTCP_INDEX;
		return err;
	}
	err = ctr_run(&s->rtcp, iv, p + RTCP_HEADER, body);
	memcpy(p + *n, e_index, RTCP_INDEX);
	*n += RTCP_INDEX;
	if (!err)
		err = tag_make(&s->rtcp, tag, p, *n, NULL);
	if (!err)
		memcpy(p + *n, tag, TAG_CM);
	*n += TAG_CM;
	return err;
}

static int open_rtcp_cm(struct seal *s, uint8_t *p, size_t *n, uint32_t e_index)
{
	uint8_t iv[16], tag[20];
	size_t end = *n - TAG_CM;
	int err = tag_make(&s->rtcp, tag, p, end, NULL);

	if (err)
		return err;
	if (CRYPTO_memcmp(tag, p + end, TAG_CM))
		return EACCES;
	*n = end - RTCP_INDEX;
	if (!(e_index & 0x80000000))
		return 0;
	iv_make(iv, s, &s->rtcp, get32(p + 4), e_index & 0x7fffffff);
	return ctr_run(&s->rtcp, iv, p + RTCP_HEADER, *n - RTCP_HEADER);
}

/* RFC 7714, 9.3: without encryption the whole packet is associated data. */
static int open_rtcp_gcm(struct seal *s, uint8_t *p, size_t *n, uint32_t e_index)
{
	bool encrypted = e_index & 0x80000000;
	size_t end = *n - RTCP_INDEX - TAG_GCM;
	struct gcm_job j = {.aad = p,
			    .naad = encrypted ? RTCP_HEADER : end,
			    .tag = p + end,
			    .p = p + RTCP_HEADER,
			    .n = encrypted ? end - RTCP_HEADER : 0};
	uint8_t iv[16], trailer[RTCP_INDEX];

	put32(trailer, e_index);
	iv_make(iv, s, &s->rtcp, get32(p + 4), e_index & 0x7fffffff);
	j.iv = iv;
	j.aad2 = trailer;
	j.naad2 = RTCP_INDEX;
	*n = end;
	return gcm_run(&s->rtcp, &j);
}

/**
 * Checks and decrypts an RTCP packet in place
 *
 * @param s Direction
 * @param p Compound packet
 * @param n Its size, shrinks
 *
 * @return 0, EACCES when the tag is wrong, EALREADY for a replay, EBADMSG when too short
 */
int unseal_rtcp(struct seal *s, uint8_t *p, size_t *n)
{
	static const struct window none;
	const struct window *w = &none;
	struct source *src;
	uint32_t e_index;
	int err;

	if (*n < RTCP_HEADER + RTCP_INDEX + TAG_GCM && (gcm(s) || *n < RTCP_HEADER + 14))
		return EBADMSG;
	e_index = get32(p + *n - RTCP_INDEX - (gcm(s) ? 0 : TAG_CM));
	src = source_find(s, get32(p + 4));
	if (src)
		w = &src->rtcp;
	if (!window_fresh(w, e_index & 0x7fffffff))
		return EALREADY;
	err = gcm(s) ? open_rtcp_gcm(s, p, n, e_index) : open_rtcp_cm(s, p, n, e_index);
	if (!err)
		window_add(&source_make(s, get32(p + 4))->rtcp, e_index & 0x7fffffff);
	return err;
}
