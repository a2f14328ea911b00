/**
 * @file push_vapid.c  Who we are, as push services want to know it (RFC 8292): a JWT by ES256
 */
#include <errno.h>
#include <inttypes.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include "push_private.h"
#include "text.h"

enum { PART = 32, DER = 80 };

/* JWS wants both numbers of the signature side by side (RFC 7518 section 3.4). */
static bool raw_of(uint8_t raw[2 * PART], const uint8_t *der, size_t n)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);
	bool ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, PART) == PART &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + PART, PART) == PART;

	ECDSA_SIG_free(sig);
	return ok;
}

static bool sign(uint8_t raw[2 * PART], const uint8_t key[PUSH_PRIVATE], const char *text)
{
	uint8_t point[PUSH_PUBLIC], der[DER];
	EVP_PKEY *pkey = push_public(point, key) ? NULL : push_pkey(key, point);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = sizeof(der);
	bool ok = pkey && ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, pkey) > 0 &&
		  EVP_DigestSign(ctx, der, &n, (const uint8_t *)text, strlen(text)) > 0 &&
		  raw_of(raw, der, n);

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return ok;
}

/**
 * Makes the token that is shown to a push service
 *
 * @param jwt     Result
 * @param key     Our private key
 * @param origin  Of the endpoint, as push_origin() has it
 * @param contact URL of the operator, of characters that need no quoting
 * @param ends_s  Seconds since 1970, less than a day away
 *
 * @return 0, EMSGSIZE or EIO
 */
int push_jwt(char jwt[PUSH_JWT], const uint8_t key[PUSH_PRIVATE], const char *origin,
	     const char *contact, int64_t ends_s)
{
	static const char head[] = "{\"typ\":\"JWT\",\"alg\":\"ES256\"}";
	char claims[PUSH_ORIGIN + 320], word[PUSH_JWT], head_word[64], sig_word[96];
	uint8_t raw[2 * PART];

	if (!text_printf(claims, sizeof(claims),
			 "{\"aud\":\"%s\",\"exp\":%" PRId64 ",\"sub\":\"%s\"}", origin, ends_s,
			 contact))
		return EMSGSIZE;
	push_word(head_word, sizeof(head_word), head, strlen(head));
	push_word(word, sizeof(word), claims, strlen(claims));
	if (!text_printf(jwt, PUSH_JWT, "%s.%s", head_word, word))
		return EMSGSIZE;
	if (!sign(raw, key, jwt))
		return EIO;
	push_word(sig_word, sizeof(sig_word), raw, sizeof(raw));
	text_printf(word, sizeof(word), "%s", jwt);
	return text_printf(jwt, PUSH_JWT, "%s.%s", word, sig_word) ? 0 : EMSGSIZE;
}
