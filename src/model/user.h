/**
 * @file user.h  Users: people who sign in to the portal
 *
 * E-mail addresses are unique over all tenants; tenant 0 has the platform's administrators.
 * Hashing takes tens of milliseconds and many megabytes: never on the core thread, one at a time.
 * Functions with a struct db run on the store's writer or in store_read(), those without on any
 * thread.
 */
#ifndef CARILLON_USER_H
#define CARILLON_USER_H

#include <stdint.h>
#include "db.h"
#include "field.h"
#include "id.h"

enum { USER_HASH = 128, PASSWORD_MIN = 10, PASSWORD_MAX = 256 };
enum { LOCK_AFTER = 5, LOCK_MS = 15 * 60 * 1000 }; /* doubles with every LOCK_AFTER failures more */

enum user_role {
#define X(role, level, label) USER_##role,
#include "tbl/roles.h"
#undef X
	USER_ROLES
};

struct user {
	int64_t tenant;
	char id[ID_SIZE];
	char email[MODEL_EMAIL], name[MODEL_NAME];
	char hash[USER_HASH]; /* argon2id; "" for no password */
	enum user_role role;
	char extension_id[ID_SIZE]; /* "" for none                          */
	char permissions[MODEL_TOKENS];
	char language[16], timezone[MODEL_WORD], theme[8]; /* timezone "": the tenant's */
	int64_t locked_until;				   /* read only, see lock_get() */
	int64_t last_login_at, created_at, version;
};

/** What came of a sign-in */
enum sign_in { SIGN_IN_OK, SIGN_IN_WRONG, SIGN_IN_LOCKED };

typedef int(user_h)(const struct user *u, void *arg);

const char *user_role_name(enum user_role role);
int user_role_parse(enum user_role *role, const char *name);
bool user_administers(const struct user *u);
bool email_good(const char *s);

int user_check(struct field_errors *fe, struct db *db, const struct user *u);
int user_add(struct db *db, struct user *u);
int user_get(struct user *u, struct db *db, int64_t tenant, const char *id);
int user_by_email(struct user *u, struct db *db, const char *email);
int extension_may(bool *may, struct db *db, int64_t tenant, const char *extension_id,
		  const char *token);
int user_by_extension(struct user *u, struct db *db, int64_t tenant, const char *extension_id);
int user_change(struct db *db, struct user *u);
int user_remove(struct db *db, int64_t tenant, const char *id);
int user_list(struct db *db, int64_t tenant, const char *q, const char *after, unsigned limit,
	      user_h *h, void *arg);

/* Passwords */
bool password_check(struct field_errors *fe, const char *name, const char *plain,
		    const struct user *u);
int password_hash(char hash[USER_HASH], const char *plain);
void password_make(char *plain, size_t size);
enum sign_in user_verify(const struct user *u, const char *plain, int64_t locked_until,
			 int64_t now);
int user_set_password(struct db *db, int64_t tenant, const char *id, const char *hash);

/* Locking: by the address that was typed, so that an unknown one behaves like a known one */
int lock_get(int64_t *locked_until, struct db *db, const char *email, const char *ip);
int lock_failed(int64_t *locked_until, struct db *db, const char *email, const char *ip,
		int64_t now);
int lock_clear(struct db *db, const char *email, const char *ip);
int lock_purge(struct db *db, int64_t now);
int user_signed_in(struct db *db, const struct user *u, const char *ip, int64_t now);

#endif
