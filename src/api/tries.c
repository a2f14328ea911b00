/**
 * @file tries.c  Wrong sign-ins that belong to no account: unknown e-mails, and addresses that try
 * many
 *
 * What an account remembers in the database, this remembers in memory for the rest, so that an
 * unknown e-mail is locked like a known one and the answer tells nothing. Only the slow thread of
 * the web server calls this, so there is nothing to lock.
 */
#include <errno.h>
#include <string.h>
#include "inside.h"
#include "own.h"
#include "text.h"

enum { SLOTS = 4096, WAYS = 8, FORGET_MS = 3600 * 1000, PAUSE_MS = 5 * 60 * 1000, DOUBLE = 6 };

struct source {
	char key[TEXT_SHA256]; /* of the address */
	unsigned failures;
	int64_t at, locked_until;
};

struct tries {
	struct source v[SLOTS];
};

/** Makes the memory; returns 0 or ENOMEM */
int tries_alloc(struct tries **tp)
{
	*tp = mem_zalloc(sizeof(**tp), NULL);
	return *tp ? 0 : ENOMEM;
}

static struct source *find(struct tries *t, const char *hash)
{
	size_t at = 0;

	for (int i = 0; i < 8; i++)
		at = at * 31 + (unsigned char)hash[i];
	at = at % (SLOTS / WAYS) * WAYS;
	for (size_t i = at; i < at + WAYS; i++) {
		if (!strcmp(t->v[i].key, hash))
			return &t->v[i];
	}
	return NULL;
}

/* The place of the eldest of the few that share a bucket */
static struct source *make(struct tries *t, const char *hash)
{
	size_t at = 0, eldest;

	for (int i = 0; i < 8; i++)
		at = at * 31 + (unsigned char)hash[i];
	at = at % (SLOTS / WAYS) * WAYS;
	eldest = at;
	for (size_t i = at; i < at + WAYS; i++) {
		if (t->v[i].at < t->v[eldest].at)
			eldest = i;
	}
	memset(&t->v[eldest], 0, sizeof(t->v[eldest]));
	memcpy(t->v[eldest].key, hash, TEXT_SHA256);
	return &t->v[eldest];
}

/** When a key's lock ends, 0 for none */
int64_t tries_locked(struct tries *t, const char *key, int64_t now)
{
	char hash[TEXT_SHA256];
	const struct source *e;

	text_sha256(hash, key, strlen(key));
	e = find(t, hash);
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
	char hash[TEXT_SHA256];
	unsigned round;
	struct source *e;

	text_sha256(hash, key, strlen(key));
	e = find(t, hash);
	if (!e)
		e = make(t, hash);
	else if (now - e->at > FORGET_MS)
		e->failures = 0;
	e->at = now;
	if (++e->failures % allowed)
		return 0;
	round = e->failures / allowed - 1;
	e->locked_until = now + ((int64_t)PAUSE_MS << (round < DOUBLE ? round : DOUBLE));
	return e->locked_until;
}
