/**
 * @file dtls.h  DTLS for SRTP keys (RFC 5764), on memory buffers, both roles
 *
 * The peer's certificate is self-signed: it is taken as it comes, and its fingerprint is compared
 * with what signalling said before any media passes. On the worker that owns the stream, except
 * dtls_identity_alloc(): core thread.
 */
#ifndef CARILLON_MEDIA_DTLS_H
#define CARILLON_MEDIA_DTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "seal.h"

struct dtls;
struct dtls_identity;

enum dtls_state { DTLS_BUSY, DTLS_DONE, DTLS_BROKEN };

enum { FINGERPRINT_SIZE = 100, DATAGRAM_MAX = 1200 };

struct dtls_keys {
	enum seal_suite suite;
	uint8_t key_in[SEAL_KEY], salt_in[SEAL_SALT_MAX];
	uint8_t key_out[SEAL_KEY], salt_out[SEAL_SALT_MAX];
};

int dtls_identity_alloc(struct dtls_identity **ip);
const char *dtls_identity_fingerprint(const struct dtls_identity *i);

int dtls_alloc(struct dtls **dp, const struct dtls_identity *i, bool active);
enum dtls_state dtls_feed(struct dtls *d, const uint8_t *p, size_t n);
enum dtls_state dtls_step(struct dtls *d);
size_t dtls_out(struct dtls *d, uint8_t *p, size_t max);
int dtls_keys(struct dtls *d, struct dtls_keys *keys);
const char *dtls_fingerprint(const struct dtls *d);

#endif
