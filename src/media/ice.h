/**
 * @file ice.h  ICE, the lite side (RFC 8445 2.5, RFC 8489): answers checks, remembers who passed
 *
 * An address is valid once a check from it carried our user name and was signed with our password.
 * Media goes to the address that was nominated last. On the worker that owns the stream.
 */
#ifndef CARILLON_MEDIA_ICE_H
#define CARILLON_MEDIA_ICE_H

#include <re.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ICE_ADDRESSES = 8, ICE_REPLY = 128, ICE_CONSENT_MS = 30000 };

struct ice {
	struct {
		struct sa sa;
		uint64_t seen_ms; /* when it last proved itself           */
	} valid[ICE_ADDRESSES];
	unsigned count;
	struct sa chosen; /* unset until the first valid check      */
	bool nominated;
};

struct ice_keys {
	const char *ufrag, *pwd;  /* ours                           */
	const char *remote_ufrag; /* "" while unknown               */
};

int ice_check(struct ice *ice, const struct ice_keys *keys, const uint8_t *p, size_t n,
	      const struct sa *from, uint64_t now_ms, uint8_t reply[ICE_REPLY], size_t *reply_size);
bool ice_valid(const struct ice *ice, const struct sa *from);
void ice_touch(struct ice *ice, const struct sa *from, uint64_t now_ms);
void ice_expire(struct ice *ice, uint64_t now_ms);

#endif
