/**
 * @file lock.c  Locking sign-ins after wrong passwords
 *
 * Counted by account and source, so that a stranger who guesses locks himself out and not the owner
 * elsewhere. Kept by the SHA-256 of the address that was typed, so that an unknown one is locked
 * like a known one and the answer tells nobody which it is (ASVS 6.3.8).
 */
#include <errno.h>
#include <string.h>
#include "own.h"
#include "source.h"
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

static void source_hash(char hash[TEXT_SHA256], const char *ip)
{
	char text[SOURCE_TEXT];
	struct sa sa;

	str_ncpy(text, ip, sizeof(text));
	if (!sa_set_str(&sa, ip, 0))
		source_print(text, &sa);
	text_sha256(hash, text, strlen(text));
}

/**
 * Until when nobody can sign in with this address from there
 *
 * @param locked_until Result, 0 when it is not locked
 * @param db           Connection
 * @param email        As typed
 * @param ip           Source; NULL: the longest lock of any
 *
 * @return 0 or errno
 */
int lock_get(int64_t *locked_until, struct db *db, const char *email, const char *ip)
{
	char hash[TEXT_SHA256], source[TEXT_SHA256];

	*locked_until = 0;
	email_hash(hash, email);
	if (!ip)
		return db_number(db, locked_until,
				 "SELECT COALESCE(MAX(locked_until), 0) FROM login_lock_source "
				 "WHERE email_hash = $1",
				 "s", hash);
	source_hash(source, ip);
	return db_number(db, locked_until,
			 "SELECT COALESCE(MAX(locked_until), 0) FROM login_lock_source "
			 "WHERE email_hash = $1 AND source_hash = $2",
			 "ss", hash, source);
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
 * Notes a wrong password; every LOCK_AFTER of them lock the address for that source, for a while
 * that doubles
 *
 * @param locked_until Result: 0, or until when it is locked now
 * @param db           The writer's connection
 * @param email        As typed; there need not be such a user
 * @param ip           Where it came from
 * @param now          Wall ms
 *
 * @return 0 or errno
 */
int lock_failed(int64_t *locked_until, struct db *db, const char *email, const char *ip,
		int64_t now)
{
	char hash[TEXT_SHA256], source[TEXT_SHA256];
	int64_t failures = 0;
	int err;

	email_hash(hash, email);
	source_hash(source, ip);
	err = db_number(db, &failures,
			"INSERT INTO login_lock_source (email_hash, source_hash, failures, "
			"failed_at, locked_until) VALUES ($1, $2, 1, $3, 0) "
			"ON CONFLICT (email_hash, source_hash) DO UPDATE SET "
			"failures = login_lock_source.failures + 1, failed_at = $3 "
			"RETURNING failures",
			"ssi", hash, source, now);
	if (err)
		return err;
	*locked_until = lock_end(failures, now);
	if (!*locked_until)
		return 0;
	return db_exec(db,
		       "UPDATE login_lock_source SET locked_until = $3 "
		       "WHERE email_hash = $1 AND source_hash = $2",
		       "ssi", hash, source, *locked_until);
}

/** Unlocks an address at once, and forgets its wrong passwords; from one source, NULL: from all */
int lock_clear(struct db *db, const char *email, const char *ip)
{
	char hash[TEXT_SHA256], source[TEXT_SHA256];

	email_hash(hash, email);
	if (!ip)
		return db_exec(db, "DELETE FROM login_lock_source WHERE email_hash = $1", "s",
			       hash);
	source_hash(source, ip);
	return db_exec(db,
		       "DELETE FROM login_lock_source WHERE email_hash = $1 AND source_hash = $2",
		       "ss", hash, source);
}

/** Forgets what was not tried for a day and is not locked */
int lock_purge(struct db *db, int64_t now)
{
	return db_exec(db,
		       "DELETE FROM login_lock_source WHERE failed_at < $1 AND locked_until < $2",
		       "ii", now - FORGET_MS, now);
}
