/**
 * @file push_seal.c  A message is sealed for one browser (RFC 8291, in the form of RFC 8188)
 */
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <string.h>
#include "push_private.h"

enum { HASH = 32, CEK = 16, NONCE = 12, TAG = 16 };

/* HMAC-SHA-256, which is both steps of HKDF here: no output is longer than one hash. */
static bool hmac(uint8_t out[HASH], const uint8_t *key, size_t key_n, const void *p, size_t n)
{
	unsigned got = 0;

	return HMAC(EVP_sha256(), key, (int)key_n, p, n, out, &got) && got == HASH;
}

static bool shared_secret(uint8_t secret[HASH], const struct push_dice *dice,
			  const uint8_t own[PUSH_PUBLIC], const struct push_target *t)
{
	EVP_PKEY *mine = push_pkey(dice->key, own), *theirs = push_pkey(NULL, t->key);
	EVP_PKEY_CTX *ctx = mine ? EVP_PKEY_CTX_new(mine, NULL) : NULL;
	size_t n = HASH;
	bool ok = ctx && theirs && EVP_PKEY_derive_init(ctx) > 0 &&
		  EVP_PKEY_derive_set_peer(ctx, theirs) > 0 &&
		  EVP_PKEY_derive(ctx, secret, &n) > 0 && n == HASH;

	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(mine);
	EVP_PKEY_free(theirs);
	return ok;
}

/* RFC 8291 section 3.4 */
static bool keys_make(uint8_t cek[HASH], uint8_t nonce[HASH], const struct push_dice *dice,
		      const uint8_t own[PUSH_PUBLIC], const struct push_target *t)
{
	static const char key_info[] = "WebPush: info", cek_info[] = "Content-Encoding: aes128gcm",
			  nonce_info[] = "Content-Encoding: nonce";
	uint8_t info[sizeof(key_info) + 2 * PUSH_PUBLIC + 1], line[64];
	uint8_t secret[HASH], prk[HASH], ikm[HASH];
	bool ok;

	memcpy(info, key_info, sizeof(key_info));
	memcpy(info + sizeof(key_info), t->key, PUSH_PUBLIC);
	memcpy(info + sizeof(key_info) + PUSH_PUBLIC, own, PUSH_PUBLIC);
	info[sizeof(info) - 1] = 1;
	ok = shared_secret(secret, dice, own, t) &&
	     hmac(prk, t->auth, PUSH_AUTH, secret, sizeof(secret)) &&
	     hmac(ikm, prk, sizeof(prk), info, sizeof(info)) &&
	     hmac(prk, dice->salt, PUSH_SALT, ikm, sizeof(ikm));
	memcpy(line, cek_info, sizeof(cek_info));
	line[sizeof(cek_info)] = 1;
	ok = ok && hmac(cek, prk, sizeof(prk), line, sizeof(cek_info) + 1);
	memcpy(line, nonce_info, sizeof(nonce_info));
	line[sizeof(nonce_info)] = 1;
	ok = ok && hmac(nonce, prk, sizeof(prk), line, sizeof(nonce_info) + 1);
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(prk, sizeof(prk));
	sodium_memzero(ikm, sizeof(ikm));
	return ok;
}

static bool encrypt(uint8_t *out, const uint8_t *cek, const uint8_t *nonce, const uint8_t *p,
		    size_t n)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int got = 0, rest = 0;
	bool ok = ctx && EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, cek, nonce) > 0 &&
		  EVP_EncryptUpdate(ctx, out, &got, p, (int)n) > 0 &&
		  EVP_EncryptFinal_ex(ctx, out + got, &rest) > 0 && (size_t)(got + rest) == n &&
		  EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG, out + n) > 0;

	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

/**
 * Seals a message
 *
 * @param body What is sent
 * @param n    Its length
 * @param t    For whom
 * @param dice Drawn for this message alone
 * @param text Message
 * @param size With zeros it is made so long, that its length tells nothing (RFC 8188 section 2);
 *             at most PUSH_TEXT
 *
 * @return 0; EMSGSIZE for a longer text; EIO
 */
int push_seal(uint8_t body[PUSH_BODY], size_t *n, const struct push_target *t,
	      const struct push_dice *dice, const char *text, size_t size)
{
	uint8_t own[PUSH_PUBLIC], cek[HASH], nonce[HASH], plain[PUSH_TEXT + 1] = {0};
	size_t len = strlen(text);
	uint8_t *p = body + PUSH_SALT;
	bool ok;

	if (len > size || size > PUSH_TEXT)
		return EMSGSIZE;
	if (push_public(own, dice->key) || !keys_make(cek, nonce, dice, own, t))
		return EIO;
	memcpy(plain, text, len);
	plain[len] = 2; /* the last record */
	memcpy(body, dice->salt, PUSH_SALT);
	*p++ = 0;
	*p++ = 0;
	*p++ = PUSH_RECORD >> 8;
	*p++ = PUSH_RECORD & 0xff;
	*p++ = PUSH_PUBLIC;
	memcpy(p, own, PUSH_PUBLIC);
	ok = encrypt(body + PUSH_HEAD, cek, nonce, plain, size + 1);
	*n = PUSH_HEAD + size + 1 + TAG;
	sodium_memzero(cek, sizeof(cek));
	return ok ? 0 : EIO;
}
