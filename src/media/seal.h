/**
 * @file seal.h  SRTP and SRTCP, one direction of one stream (RFC 3711, RFC 7714)
 *
 * libre's own srtp moves its rollover counter before it has checked the tag, so one forged packet
 * would end a call; here nothing changes until a packet proved itself. In place; on the worker.
 */
#ifndef CARILLON_MEDIA_SEAL_H
#define CARILLON_MEDIA_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum seal_suite { SEAL_AES_CM_128_HMAC_SHA1_80, SEAL_AEAD_AES_128_GCM };

enum {
	SEAL_KEY = 16,	    /* master key, bytes                                         */
	SEAL_SALT_MAX = 14, /* master salt: 14 with CM, 12 with GCM                      */
	SEAL_ROOM = 24,	    /* bytes that sealing may add behind a packet                */
};

struct seal;

int seal_alloc(struct seal **sp, enum seal_suite suite, const uint8_t *key, const uint8_t *salt);
size_t seal_salt_size(enum seal_suite suite);
int seal_rtp(struct seal *s, uint8_t *p, size_t *n, size_t header);
int seal_rtcp(struct seal *s, uint8_t *p, size_t *n);
int unseal_rtp(struct seal *s, uint8_t *p, size_t *n, size_t header);
int unseal_rtcp(struct seal *s, uint8_t *p, size_t *n);

#endif
