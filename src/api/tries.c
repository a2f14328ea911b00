/**
 * @file tries.c  Wrong sign-ins that belong to no account: unknown e-mails, and addresses that try
 * many
 *
 * What an account remembers in the database, this remembers in memory for the rest, so that an
 * unknown e-mail is locked like a known one and the answer tells nothing. Where a key stands
 * depends on a secret, so that nobody can choose others that push it out. Only the slow thread of
 * the web server calls this, so there is nothing to lock.
 */
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include "inside.h"
#include "own.h"

enum { SLOTS = 4096, WAYS = 8, FORGET_MS = 3600 * 1000, PAUSE_MS = 5 * 60 * 1000, DOUBLE = 6 };

enum { HASH = 16 };

struct source {
	uint8_t hash[HASH]; /* of the key, by the secret */
	unsigned failures;
	int64_t at, locked_until;
};

struct tries {
	uint8_t secret[crypto_generichash_KEYBYTES];
	struct source v[SLOTS];
};

/** Makes the memory; returns 0 or ENOMEM */
int tries_alloc(struct tries **tp)
{
	*tp = mem_zalloc(sizeof(**tp), NULL);
	if (*tp)
		randombytes_buf((*tp)->secret, sizeof((*tp)->secret));
	return *tp ? 0 : ENOMEM;
}

/* The few places where a key may stand */
static struct source *bucket(struct tries *t, uint8_t hash[HASH], const char *key)
{
	uint32_t n;

	(void)crypto_generichash(hash, HASH, (const uint8_t *)key, strlen(key), t->secret,
				 sizeof(t->secret));
	memcpy(&n, hash, sizeof(n));
	return &t->v[n % (SLOTS / WAYS) * WAYS];
}

static struct source *find(struct tries *t, const char *key)
{
	uint8_t hash[HASH];
	struct source *s = bucket(t, hash, key);

	for (size_t i = 0; i < WAYS; i++) {
		if (!memcmp(s[i].hash, hash, HASH))
			return &s[i];
	}
	return NULL;
}

/* In place of the eldest of its bucket */
static struct source *make(struct tries *t, const char *key)
{
	uint8_t hash[HASH];
	struct source *s = bucket(t, hash, key), *eldest = s;

	for (size_t i = 1; i < WAYS; i++) {
		if (s[i].at < eldest->at)
			eldest = &s[i];
	}
	memset(eldest, 0, sizeof(*eldest));
	memcpy(eldest->hash, hash, HASH);
	return eldest;
}

/** When a key's lock ends, 0 for none */
int64_t tries_locked(struct tries *t, const char *key, int64_t now)
{
	const struct source *e = find(t, key);

	return e && e->locked_until > now ? e->locked_until : 0;
}

/**
 * Counts a failure
 *
 * @param t       Memory
 * @param key     Address
 * @param allowed Failures before the first lock of 5 minutes; each round doubles it
 * @param now     Wall ms
 *
 * @return When the lock ends, 0 for none
 */
int64_t tries_failed(struct tries *t, const char *key, unsigned allowed, int64_t now)
{
	struct source *e = find(t, key);
	unsigned round;

	if (!e)
		e = make(t, key);
	else if (now - e->at > FORGET_MS)
		e->failures = 0;
	e->at = now;
	if (++e->failures % allowed)
		return 0;
	round = e->failures / allowed - 1;
	e->locked_until = now + ((int64_t)PAUSE_MS << (round < DOUBLE ? round : DOUBLE));
	return e->locked_until;
}
