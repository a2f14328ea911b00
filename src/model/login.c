/**
 * @file login.c  Sign-ins
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "login.h"
#include "own.h"

static const int64_t remember_ms = INT64_C(30) * 24 * 60 * 60 * 1000;
static const int64_t browser_ms = INT64_C(12) * 60 * 60 * 1000;

#define COLUMNS                                                                                    \
	"tenant_id, id, user_id, token_hash, csrf, created_at, last_seen_at, expires_at, "         \
	"remember, ip, user_agent, acting_for"

static void login_read(struct login *l, const struct db_row *row)
{
	memset(l, 0, sizeof(*l));
	l->tenant = db_int(row, 0);
	db_copy(l->id, sizeof(l->id), row, 1);
	db_copy(l->user_id, sizeof(l->user_id), row, 2);
	db_copy(l->token_hash, sizeof(l->token_hash), row, 3);
	db_copy(l->csrf, sizeof(l->csrf), row, 4);
	l->created_at = db_int(row, 5);
	l->last_seen_at = db_int(row, 6);
	l->expires_at = db_int(row, 7);
	l->remember = db_int(row, 8);
	db_copy(l->ip, sizeof(l->ip), row, 9);
	db_copy(l->user_agent, sizeof(l->user_agent), row, 10);
	l->acting_for = db_int(row, 11);
}

static int login_one(const struct db_row *row, void *arg)
{
	login_read(arg, row);
	return 0;
}

/**
 * Makes a sign-in, to be stored by login_add()
 *
 * @param l          Result
 * @param token      Result: what the browser's cookie holds, and nothing else does
 * @param u          Who
 * @param remember   30 days, else 12 hours
 * @param ip         Client's address
 * @param user_agent What it calls itself; may be NULL
 * @param now        Wall ms
 */
void login_make(struct login *l, char token[LOGIN_TOKEN], const struct user *u, bool remember,
		const char *ip, const char *user_agent, int64_t now)
{
	memset(l, 0, sizeof(*l));
	id_random(token, LOGIN_TOKEN);
	id_random(l->csrf, sizeof(l->csrf));
	text_sha256(l->token_hash, token, strlen(token));
	str_ncpy(l->id, id_new().s, sizeof(l->id));
	str_ncpy(l->user_id, u->id, sizeof(l->user_id));
	l->tenant = u->tenant;
	l->created_at = l->last_seen_at = now;
	l->remember = remember;
	l->expires_at = now + (remember ? remember_ms : browser_ms);
	str_ncpy(l->ip, ip, sizeof(l->ip));
	str_ncpy(l->user_agent, user_agent ? user_agent : "", sizeof(l->user_agent));
}

/** Stores a sign-in; EINVAL when its user is gone */
int login_add(struct db *db, const struct login *l)
{
	return db_exec(db,
		       "INSERT INTO login (" COLUMNS ") VALUES "
		       "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		       "issssiiidssi", l->tenant, l->id, l->user_id, l->token_hash, l->csrf,
		       l->created_at, l->last_seen_at, l->expires_at, l->remember, l->ip,
		       l->user_agent, l->acting_for);
}

/**
 * Finds who is signed in with a token
 *
 * @param l     Result
 * @param u     Result
 * @param db    Connection
 * @param token From the cookie; anything
 * @param now   Wall ms
 *
 * @return 0, ENOENT when nobody is or not any more
 */
int login_find(struct login *l, struct user *u, struct db *db, const char *token, int64_t now)
{
	char hash[TEXT_SHA256];
	int err;

	text_sha256(hash, token, strlen(token));
	err = db_find(db, login_one, l,
		      "SELECT " COLUMNS " FROM login WHERE token_hash = $1 AND expires_at > $2",
		      "si", hash, now);
	return err ? err : user_get(u, db, l->tenant, l->user_id);
}

/** Notes that somebody was there; once a minute is enough */
int login_seen(struct db *db, int64_t tenant, const char *id, int64_t now)
{
	return db_change(db, "UPDATE login SET last_seen_at = $3 WHERE tenant_id = $1 AND id = $2",
			 "isi", tenant, id, now);
}

/** Lets a platform administrator's sign-in act for a tenant, or with 0 for none; ENOENT */
int login_act_for(struct db *db, const char *id, int64_t tenant)
{
	return db_change(db, "UPDATE login SET acting_for = $2 WHERE tenant_id = 0 AND id = $1",
			 "si", id, tenant);
}

struct list_arg {
	login_h *h;
	void *arg;
};

static int login_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct login login;

	login_read(&login, row);
	return l->h(&login, l->arg);
}

/** Shows a user's sign-ins, the one seen last first */
int login_list(struct db *db, int64_t tenant, const char *user_id, int64_t now, login_h *h,
	       void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, login_each, &l,
			"SELECT " COLUMNS " FROM login WHERE tenant_id = $1 AND user_id = $2 AND "
			"expires_at > $3 ORDER BY last_seen_at DESC, id DESC",
			"isi", tenant, user_id, now);
}

/** Ends one of a user's sign-ins; ENOENT */
int login_end(struct db *db, int64_t tenant, const char *user_id, const char *id)
{
	return db_change(db, "DELETE FROM login WHERE tenant_id = $1 AND user_id = $2 AND id = $3",
			 "iss", tenant, user_id, id);
}

/** Ends all of a user's sign-ins but one (NULL or "" for all) */
int login_end_all(struct db *db, int64_t tenant, const char *user_id, const char *but_id)
{
	return db_exec(db, "DELETE FROM login WHERE tenant_id = $1 AND user_id = $2 AND id <> $3",
		       "iss", tenant, user_id, but_id ? but_id : "");
}

/** Forgets sign-ins that have expired */
int login_purge(struct db *db, int64_t now)
{
	return db_exec(db, "DELETE FROM login WHERE expires_at <= $1", "i", now);
}
