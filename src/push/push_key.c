/**
 * @file push_key.c  Keys of P-256, and their words
 */
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <sodium.h>
#include <string.h>
#include "push_private.h"

/** Makes a private key; 0 or EIO */
int push_key_make(uint8_t key[PUSH_PRIVATE])
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	BIGNUM *bn = NULL;
	bool ok = pkey && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &bn) &&
		  BN_bn2binpad(bn, key, PUSH_PRIVATE) == PUSH_PRIVATE;

	BN_clear_free(bn);
	EVP_PKEY_free(pkey);
	return ok ? 0 : EIO;
}

/** The public key of a private one; 0, or EIO for none that can be */
int push_public(uint8_t point[PUSH_PUBLIC], const uint8_t key[PUSH_PRIVATE])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *p = group ? EC_POINT_new(group) : NULL;
	BIGNUM *bn = BN_bin2bn(key, PUSH_PRIVATE, NULL);
	bool ok = p && bn && !BN_is_zero(bn) && EC_POINT_mul(group, p, bn, NULL, NULL, NULL) &&
		  EC_POINT_point2oct(group, p, POINT_CONVERSION_UNCOMPRESSED, point, PUSH_PUBLIC,
				     NULL) == PUSH_PUBLIC;

	BN_clear_free(bn);
	EC_POINT_free(p);
	EC_GROUP_free(group);
	return ok ? 0 : EIO;
}

/** A key for OpenSSL, `key` NULL for a public one; NULL for a point that is not on the curve */
EVP_PKEY *push_pkey(const uint8_t *key, const uint8_t point[PUSH_PUBLIC])
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *bn = key ? BN_bin2bn(key, PUSH_PRIVATE, NULL) : NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;

	if (bld && ctx && (!key || bn) &&
	    OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) &&
	    OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, PUSH_PUBLIC) &&
	    (!key || OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, bn)))
		params = OSSL_PARAM_BLD_to_param(bld);
	if (params && EVP_PKEY_fromdata_init(ctx) > 0 &&
	    EVP_PKEY_fromdata(ctx, &pkey, key ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) <=
		    0)
		pkey = NULL;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	BN_clear_free(bn);
	return pkey;
}

/** Bytes as base64url without padding (RFC 7515 section 2) */
void push_word(char *word, size_t size, const void *bytes, size_t n)
{
	sodium_bin2base64(word, size, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool word_read(uint8_t *bytes, size_t size, const char *word)
{
	size_t n = 0;

	return !sodium_base642bin(bytes, size, word, strlen(word), NULL, &n, NULL,
				  sodium_base64_VARIANT_URLSAFE_NO_PADDING) &&
	       n == size;
}

/**
 * Reads a subscription as a page gives it
 *
 * @param t        Result
 * @param endpoint URL
 * @param key      "p256dh", base64url
 * @param auth     "auth", base64url
 *
 * @return false when it is none: no https URL, no point of P-256, no 16 bytes
 */
bool push_target_read(struct push_target *t, const char *endpoint, const char *key,
		      const char *auth)
{
	char origin[PUSH_ORIGIN];
	EVP_PKEY *pkey;
	size_t n = strlen(endpoint);

	memset(t, 0, sizeof(*t));
	if (n >= sizeof(t->endpoint) || !push_origin(origin, endpoint) ||
	    !word_read(t->key, sizeof(t->key), key) || t->key[0] != 4 ||
	    !word_read(t->auth, sizeof(t->auth), auth))
		return false;
	memcpy(t->endpoint, endpoint, n + 1);
	pkey = push_pkey(NULL, t->key);
	EVP_PKEY_free(pkey);
	return pkey != NULL;
}

/** A topic that says nothing about what it stands for */
void push_topic(char topic[PUSH_TOPIC], const char *name)
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const uint8_t *)name, strlen(name));
	push_word(topic, PUSH_TOPIC, hash, 24);
}
