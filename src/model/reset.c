/**
 * @file reset.c  Forgotten passwords
 */
#include <errno.h>
#include <string.h>
#include "id.h"
#include "own.h"
#include "reset.h"

/**
 * Makes a link for a user, in place of an earlier one
 *
 * @param db      Connection
 * @param token   Result: goes into the mail, and nowhere else
 * @param tenant  The user's
 * @param user_id Who
 * @param now     Wall ms
 *
 * @return 0, EINVAL when the user is gone, or errno
 */
int reset_make(struct db *db, char token[LOGIN_TOKEN], int64_t tenant, const char *user_id,
	       int64_t now)
{
	char hash[TEXT_SHA256];

	id_random(token, LOGIN_TOKEN);
	text_sha256(hash, token, strlen(token));
	return db_exec(db,
		       "INSERT INTO password_reset (tenant_id, user_id, token_hash, expires_at) "
		       "VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, user_id) DO UPDATE SET "
		       "token_hash = $3, expires_at = $4",
		       "issi", tenant, user_id, hash, now + (int64_t)RESET_MINUTES * 60000);
}

static int owner(const struct db_row *row, void *arg)
{
	struct user *u = arg;

	u->tenant = db_int(row, 0);
	db_copy(u->id, sizeof(u->id), row, 1);
	return 0;
}

/** Finds whose link a token is; ENOENT when it is unknown, used or too old */
int reset_find(struct user *u, struct db *db, const char *token, int64_t now)
{
	char hash[TEXT_SHA256], id[ID_SIZE];
	int err;

	memset(u, 0, sizeof(*u));
	text_sha256(hash, token, strlen(token));
	err = db_find(db, owner, u,
		      "SELECT tenant_id, user_id FROM password_reset WHERE token_hash = $1 AND "
		      "expires_at > $2",
		      "si", hash, now);
	if (err)
		return err;
	memcpy(id, u->id, sizeof(id));
	return user_get(u, db, u->tenant, id);
}

/** Uses a link up; ENOENT when somebody was faster */
int reset_take(struct db *db, const char *token, int64_t now)
{
	char hash[TEXT_SHA256];

	text_sha256(hash, token, strlen(token));
	return db_change(db, "DELETE FROM password_reset WHERE token_hash = $1 AND expires_at > $2",
			 "si", hash, now);
}

/** Forgets links that are too old */
int reset_purge(struct db *db, int64_t now)
{
	return db_exec(db, "DELETE FROM password_reset WHERE expires_at <= $1", "i", now);
}
