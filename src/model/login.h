/**
 * @file login.h  Sign-ins: the portal's sessions
 *
 * The browser holds a random token; the row holds its SHA-256, so that a stolen database signs
 * nobody in. Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_LOGIN_H
#define CARILLON_LOGIN_H

#include <stdint.h>
#include "text.h"
#include "user.h"

enum {
	LOGIN_TOKEN = 44, /* 43 letters and digits: 253 bits */
	LOGIN_IP = 64,
	LOGIN_AGENT = 256
};

struct login {
	int64_t tenant;
	char id[ID_SIZE], user_id[ID_SIZE];
	char token_hash[TEXT_SHA256], csrf[LOGIN_TOKEN];
	int64_t created_at, last_seen_at, expires_at;
	bool remember; /* 30 days, or until the browser closes but 12 hours at most */
	char ip[LOGIN_IP], user_agent[LOGIN_AGENT];
	int64_t acting_for; /* the tenant that a platform administrator chose, or 0 */
};

typedef int(login_h)(const struct login *l, void *arg);

void login_make(struct login *l, char token[LOGIN_TOKEN], const struct user *u, bool remember,
		const char *ip, const char *user_agent, int64_t now);
int login_add(struct db *db, const struct login *l);
int login_find(struct login *l, struct user *u, struct db *db, const char *token, int64_t now);
int login_seen(struct db *db, int64_t tenant, const char *id, int64_t now);
int login_act_for(struct db *db, const char *id, int64_t tenant);
int login_list(struct db *db, int64_t tenant, const char *user_id, int64_t now, login_h *h,
	       void *arg);
int login_end(struct db *db, int64_t tenant, const char *user_id, const char *id);
int login_end_all(struct db *db, int64_t tenant, const char *user_id, const char *but_id);
int login_purge(struct db *db, int64_t now);

#endif
