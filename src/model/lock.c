/**
 * @file lock.c  Locking sign-ins after wrong passwords
 *
 * Kept by the SHA-256 of the address that was typed, so that an unknown address is locked like a
 * known one and the answer tells nobody which it is (ASVS 6.3.8).
 */
#include <errno.h>
#include <string.h>
#include "own.h"
#include "text.h"
#include "user.h"

enum { LOCK_DOUBLINGS = 6, FORGET_MS = 24 * 60 * 60 * 1000 };

static void email_hash(char hash[TEXT_SHA256], const char *email)
{
	char lower[MODEL_EMAIL];

	str_ncpy(lower, email, sizeof(lower));
	text_lower(lower);
	text_sha256(hash, lower, strlen(lower));
}

/** Until when nobody can sign in with this address; 0 when it is not locked */
int lock_get(int64_t *locked_until, struct db *db, const char *email)
{
	char hash[TEXT_SHA256];
	int err;

	*locked_until = 0;
	email_hash(hash, email);
	err = db_number(db, locked_until,
			"SELECT locked_until FROM login_lock WHERE email_hash = $1", "s", hash);
	return err == ENOENT ? 0 : err;
}

/* 15 minutes after the fifth wrong password, 30 after the tenth, ... 16 hours at most. */
static int64_t lock_end(int64_t failures, int64_t now)
{
	int64_t times = failures / LOCK_AFTER - 1;

	if (failures % LOCK_AFTER)
		return 0;
	return now + ((int64_t)LOCK_MS << (times < LOCK_DOUBLINGS ? times : LOCK_DOUBLINGS));
}

/**
 * Notes a wrong password; every LOCK_AFTER of them lock the address for a while that doubles
 *
 * @param locked_until Result: 0, or until when it is locked now
 * @param db           The writer's connection
 * @param email        As typed; there need not be such a user
 * @param now          Wall ms
 *
 * @return 0 or errno
 */
int lock_failed(int64_t *locked_until, struct db *db, const char *email, int64_t now)
{
	char hash[TEXT_SHA256];
	int64_t failures = 0;
	int err;

	email_hash(hash, email);
	err = db_number(db, &failures,
			"INSERT INTO login_lock (email_hash, failures, failed_at, locked_until) "
			"VALUES ($1, 1, $2, 0) ON CONFLICT (email_hash) DO UPDATE SET "
			"failures = login_lock.failures + 1, failed_at = $2 RETURNING failures",
			"si", hash, now);
	if (err)
		return err;
	*locked_until = lock_end(failures, now);
	if (!*locked_until)
		return 0;
	return db_exec(db, "UPDATE login_lock SET locked_until = $2 WHERE email_hash = $1", "si",
		       hash, *locked_until);
}

/** Unlocks an address at once, and forgets its wrong passwords */
int lock_clear(struct db *db, const char *email)
{
	char hash[TEXT_SHA256];

	email_hash(hash, email);
	return db_exec(db, "DELETE FROM login_lock WHERE email_hash = $1", "s", hash);
}

/** Forgets addresses that were not tried for a day and are not locked */
int lock_purge(struct db *db, int64_t now)
{
	return db_exec(db, "DELETE FROM login_lock WHERE failed_at < $1 AND locked_until < $2",
		       "ii", now - FORGET_MS, now);
}
