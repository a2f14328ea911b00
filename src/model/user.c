/**
 * @file user.c  Users as rows
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "own.h"
#include "permission.h"
#include "row.h"
#include "tenant.h"
#include "text.h"
#include "user.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, email, name, hash, role, extension_id, permissions, language, timezone, "  \
	"theme, last_login_at, created_at, version"

static const struct {
	const char *name;
	int level;
} roles[USER_ROLES] = {
#define X(role, level, label) {#role, level},
#include "tbl/roles.h"
#undef X
};

/** "platform", "admin", "agent" or "user" */
const char *user_role_name(enum user_role role)
{
	return roles[role].name;
}

/** The role of a name; EINVAL when there is none */
int user_role_parse(enum user_role *role, const char *name)
{
	for (int i = 0; i < USER_ROLES; i++) {
		if (!strcmp(roles[i].name, name)) {
			*role = (enum user_role)i;
			return 0;
		}
	}
	return EINVAL;
}

/** True for those who administer a tenant, or all of them */
bool user_administers(const struct user *u)
{
	return roles[u->role].level <= roles[USER_admin].level;
}

static int user_read(struct user *u, const struct db_row *row)
{
	memset(u, 0, sizeof(*u));
	u->tenant = db_int(row, 0);
	db_copy(u->id, sizeof(u->id), row, 1);
	db_copy(u->email, sizeof(u->email), row, 2);
	db_copy(u->name, sizeof(u->name), row, 3);
	db_copy(u->hash, sizeof(u->hash), row, 4);
	db_copy(u->extension_id, sizeof(u->extension_id), row, 6);
	db_copy(u->permissions, sizeof(u->permissions), row, 7);
	db_copy(u->language, sizeof(u->language), row, 8);
	db_copy(u->timezone, sizeof(u->timezone), row, 9);
	db_copy(u->theme, sizeof(u->theme), row, 10);
	u->last_login_at = db_int(row, 11);
	u->created_at = db_int(row, 12);
	u->version = db_int(row, 13);
	return user_role_parse(&u->role, db_text(row, 5));
}

static int user_one(const struct db_row *row, void *arg)
{
	return user_read(arg, row);
}

static int user_lock(struct user *u, struct db *db)
{
	return lock_get(&u->locked_until, db, u->email, NULL);
}

/** One user of the tenant by its id; ENOENT */
int user_get(struct user *u, struct db *db, int64_t tenant, const char *id)
{
	int err = db_find(db, user_one, u,
			  "SELECT " COLUMNS " FROM portal_user WHERE tenant_id = $1 AND id = $2",
			  "is", tenant, id);

	return err ? err : user_lock(u, db);
}

/** The user of any tenant by its e-mail address, in whatever case; ENOENT */
int user_by_email(struct user *u, struct db *db, const char *email)
{
	char lower[MODEL_EMAIL];
	int err;

	if (!text_printf(lower, sizeof(lower), "%s", email))
		return ENOENT;
	text_lower(lower);
	err = db_find(db, user_one, u, "SELECT " COLUMNS " FROM portal_user WHERE email = $1", "s",
		      lower);
	return err ? err : user_lock(u, db);
}

/** The user whom an extension belongs to; ENOENT */
int user_by_extension(struct user *u, struct db *db, int64_t tenant, const char *extension_id)
{
	int err = db_find(db, user_one, u,
			  "SELECT " COLUMNS
			  " FROM portal_user WHERE tenant_id = $1 AND extension_id = $2",
			  "is", tenant, extension_id);

	return err ? err : user_lock(u, db);
}

/**
 * Whether an extension may do something now: the organisation and whoever has the extension must be
 * allowed to; for one that is nobody's the organisation's word counts
 *
 * @param may          Result
 * @param db           Connection
 * @param tenant       Whose
 * @param extension_id Which; "" for none
 * @param token        A word of tbl/permissions.h
 *
 * @return 0 or errno
 */
int extension_may(bool *may, struct db *db, int64_t tenant, const char *extension_id,
		  const char *token)
{
	struct tenant_row t;
	struct user u;
	int err = tenant_get(&t, db, tenant);

	*may = !err && permissions_have(t.permissions, token);
	if (err || !*may || !extension_id[0])
		return err;
	err = user_by_extension(&u, db, tenant, extension_id);
	if (!err)
		*may = user_administers(&u) || permissions_have(u.permissions, token);
	return err == ENOENT ? 0 : err;
}

/** True for an e-mail address in lower case */
bool email_good(const char *s)
{
	const char *at = strchr(s, '@');
	size_t n = strlen(s);

	if (!at || at == s || strchr(at + 1, '@') || n >= MODEL_EMAIL || !text_printable(s))
		return false;
	if (strpbrk(s, " \"(),:;<>[]\\") || !at[1] || at[1] == '.' || s[n - 1] == '.')
		return false;
	for (const char *p = s; *p; p++) {
		if (*p >= 'A' && *p <= 'Z')
			return false;
	}
	return true;
}

static int email_used(struct field_errors *fe, struct db *db, const struct user *u)
{
	struct user other;
	int err = user_by_email(&other, db, u->email);

	if (!err && strcmp(other.id, u->id))
		field_error(fe, "email", "is already used");
	return err == ENOENT ? 0 : err;
}

static int extension_used(struct field_errors *fe, struct db *db, const struct user *u)
{
	struct user other;
	int64_t n = 0;
	int err;

	if (!u->extension_id[0])
		return 0;
	err = db_number(db, &n, "SELECT count(*) FROM extension WHERE tenant_id = $1 AND id = $2",
			"is", u->tenant, u->extension_id);
	if (err)
		return err;
	if (!n)
		field_error(fe, "extensionId", "does not exist");
	err = user_by_extension(&other, db, u->tenant, u->extension_id);
	if (!err && strcmp(other.id, u->id))
		field_error(fe, "extensionId", "already belongs to %s", other.name);
	return err == ENOENT ? 0 : err;
}

static int permissions_held(struct field_errors *fe, struct db *db, const struct user *u)
{
	struct tenant_row t;
	int err;

	if (!permissions_valid(u->permissions)) {
		field_error(fe, "permissions", "contains a word that is no permission");
		return 0;
	}
	if (!u->tenant)
		return 0;
	err = tenant_get(&t, db, u->tenant);
	if (!err && !permissions_within(u->permissions, t.permissions))
		field_error(fe, "permissions", "contains what the organisation does not have");
	return err;
}

/** Checks a user before it is added (id "") or changed; 0 or what the database said */
int user_check(struct field_errors *fe, struct db *db, const struct user *u)
{
	int err;

	if (!email_good(u->email))
		field_error(fe, "email", "must be an address such as ana@example.com");
	field_text(fe, "name", u->name, 1, sizeof(u->name));
	field_text(fe, "language", u->language, 2, sizeof(u->language));
	if (u->timezone[0]) /* "" follows the organisation's */
		field_timezone(fe, "timezone", u->timezone);
	if (strcmp(u->theme, "system") && strcmp(u->theme, "light") && strcmp(u->theme, "dark"))
		field_error(fe, "theme", "must be system, light or dark");
	if ((u->role == USER_platform) != !u->tenant)
		field_error(fe, "role", "does not fit the organisation");
	err = email_used(fe, db, u);
	if (!err)
		err = extension_used(fe, db, u);
	return err ? err : permissions_held(fe, db, u);
}

/** Adds a user and fills in its id, time and version; EEXIST when address or extension is taken */
int user_add(struct db *db, struct user *u)
{
	int err;

	u->created_at = clock_wall_ms();
	u->version = 1;
	str_ncpy(u->id, id_new().s, sizeof(u->id));
	text_lower(u->email);
	err = db_exec(db,
		      "INSERT INTO portal_user (" COLUMNS ") VALUES "
		      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
		      "issssszssssiii", u->tenant, u->id, u->email, u->name, u->hash,
		      user_role_name(u->role), u->extension_id, u->permissions, u->language,
		      u->timezone, u->theme, u->last_login_at, u->created_at, u->version);
	return err ? err : tenant_touch_but(db, u->tenant, TENANT_PHONES);
}

/**
 * Changes all of a user but its password and its last sign-in
 *
 * @return 0, ENOENT, ESTALE when somebody else changed it meanwhile, EEXIST
 */
int user_change(struct db *db, struct user *u)
{
	struct user old;
	int err = user_get(&old, db, u->tenant, u->id);

	if (err)
		return err;
	if (u->version && u->version != old.version)
		return ESTALE;
	u->version = old.version + 1;
	text_lower(u->email);
	err = db_change(db,
			"UPDATE portal_user SET email = $3, name = $4, role = $5, "
			"extension_id = $6, permissions = $7, language = $8, timezone = $9, "
			"theme = $10, version = $11 WHERE tenant_id = $1 AND id = $2",
			"isssszssssi", u->tenant, u->id, u->email, u->name, user_role_name(u->role),
			u->extension_id, u->permissions, u->language, u->timezone, u->theme,
			u->version);
	return err ? err : tenant_touch_but(db, u->tenant, TENANT_PHONES);
}

/** Removes a user and signs it out; ENOENT */
int user_remove(struct db *db, int64_t tenant, const char *id)
{
	int err = db_change(db, "DELETE FROM portal_user WHERE tenant_id = $1 AND id = $2", "is",
			    tenant, id);

	return err ? err : tenant_touch_but(db, tenant, TENANT_PHONES);
}

struct list_arg {
	struct db *db;
	user_h *h;
	void *arg;
};

static int user_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct user u;
	int err = user_read(&u, row);

	if (!err)
		err = user_lock(&u, l->db);
	return err ? err : l->h(&u, l->arg);
}

/**
 * Shows the tenant's users in the order of their addresses
 *
 * @param db     Connection
 * @param tenant Whose; 0 for the platform's
 * @param q      Part of name or address; NULL or "" for all
 * @param after  Address after which the page begins; NULL or "" for the first
 * @param limit  Most of them; 0 for all
 * @param h      Sees each
 * @param arg    Its argument
 *
 * @return 0 or errno
 */
int user_list(struct db *db, int64_t tenant, const char *q, const char *after, unsigned limit,
	      user_h *h, void *arg)
{
	struct list_arg l = {db, h, arg};
	char like[2 * MODEL_NAME];

	field_search(like, sizeof(like), q);
	return db_query(db, user_each, &l,
			"SELECT " COLUMNS " FROM portal_user WHERE tenant_id = $1 AND email > $2 "
			"AND ($3 = '' OR email LIKE $3 ESCAPE '\\' OR "
			"lower(name) LIKE $3 ESCAPE '\\') ORDER BY email LIMIT $4",
			"issi", tenant, after ? after : "", like, row_limit(limit));
}

/** Sets the password's hash, which ends no sign-in (see login_end_all()); ENOENT */
int user_set_password(struct db *db, int64_t tenant, const char *id, const char *hash)
{
	return db_change(db,
			 "UPDATE portal_user SET hash = $3, version = version + 1 "
			 "WHERE tenant_id = $1 AND id = $2",
			 "iss", tenant, id, hash);
}

/** Notes a sign-in and forgets the wrong ones before it from there; ENOENT */
int user_signed_in(struct db *db, const struct user *u, const char *ip, int64_t now)
{
	int err = db_change(db,
			    "UPDATE portal_user SET last_login_at = $3 "
			    "WHERE tenant_id = $1 AND id = $2",
			    "isi", u->tenant, u->id, now);

	return err ? err : lock_clear(db, u->email, ip);
}
