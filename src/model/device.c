/**
 * @file device.c  Devices and their credentials
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "device.h"
#include "own.h"
#include "row.h"
#include "tenant.h"
#include "text.h"

enum { PASSWORD_LETTERS = 20, AUTH_TRIES = 1000, BROWSER_LETTERS = 10 };

#define COLUMNS                                                                                    \
	"d.tenant_id, d.id, d.extension_id, e.number, d.name, d.browser, d.auth_user, d.ha1_md5, " \
	"d.ha1_sha256, d.sealed, d.sdes, d.user_agent, d.last_seen_at, d.expires_at, "             \
	"d.created_at, d.version"
#define FROM                                                                                       \
	" FROM device d JOIN extension e ON e.tenant_id = d.tenant_id AND e.id = d.extension_id "

static void device_read(struct device *d, const struct db_row *row)
{
	memset(d, 0, sizeof(*d));
	d->tenant = db_int(row, 0);
	db_copy(d->id, sizeof(d->id), row, 1);
	db_copy(d->extension_id, sizeof(d->extension_id), row, 2);
	db_copy(d->extension, sizeof(d->extension), row, 3);
	db_copy(d->name, sizeof(d->name), row, 4);
	d->kind = db_int(row, 5) ? DEVICE_BROWSER : DEVICE_PHONE;
	db_copy(d->auth_user, sizeof(d->auth_user), row, 6);
	db_copy(d->ha1_md5, sizeof(d->ha1_md5), row, 7);
	db_copy(d->ha1_sha256, sizeof(d->ha1_sha256), row, 8);
	db_copy(d->sealed, sizeof(d->sealed), row, 9);
	d->sdes = db_int(row, 10);
	db_copy(d->user_agent, sizeof(d->user_agent), row, 11);
	d->last_seen_at = db_int(row, 12);
	d->expires_at = db_int(row, 13);
	d->created_at = db_int(row, 14);
	d->version = db_int(row, 15);
}

static int device_one(const struct db_row *row, void *arg)
{
	device_read(arg, row);
	return 0;
}

/** Makes up a SIP password: 20 letters and digits, about 118 bits */
void device_password(char plain[SECRET_PLAIN])
{
	id_random(plain, PASSWORD_LETTERS + 1);
}

/**
 * Sets the digests (RFC 8760) and, for a phone, the sealed password of d->auth_user
 *
 * @param d      Device; its kind and auth_user are set
 * @param s      Key that seals
 * @param domain SIP domain of the tenant: the realm
 * @param plain  Password, at most 64 characters
 *
 * @return 0, EINVAL when the password is too long, ENOMEM
 */
int device_credentials(struct device *d, const struct secret *s, const char *domain,
		       const char *plain)
{
	char text[DEVICE_AUTH + MODEL_DOMAIN + SECRET_PLAIN];
	uint8_t md5_bytes[16];

	if (strlen(plain) >= SECRET_PLAIN ||
	    !text_printf(text, sizeof(text), "%s:%s:%s", d->auth_user, domain, plain))
		return EINVAL;
	md5((const uint8_t *)text, strlen(text), md5_bytes);
	text_hex(d->ha1_md5, md5_bytes, sizeof(md5_bytes));
	text_sha256(d->ha1_sha256, text, strlen(text));
	memset(text, 0, sizeof(text));
	d->sealed[0] = '\0';
	if (d->kind == DEVICE_BROWSER)
		return 0;
	return secret_seal(d->sealed, s, plain) ? 0 : EINVAL;
}

/**
 * Chooses d->auth_user: the number, number-2, number-3, ... for phones, a random one for a browser
 *
 * @return 0 or errno
 */
int device_auth_user(struct device *d, struct db *db, const char *number)
{
	char letters[BROWSER_LETTERS + 1];
	struct device other;
	int err = 0;

	if (d->kind == DEVICE_BROWSER) {
		id_random(letters, sizeof(letters));
		return text_printf(d->auth_user, sizeof(d->auth_user), "%s-w%s", number, letters)
			       ? 0
			       : EINVAL;
	}
	for (int i = 1; i < AUTH_TRIES; i++) {
		if (i == 1)
			(void)text_printf(d->auth_user, sizeof(d->auth_user), "%s", number);
		else
			(void)text_printf(d->auth_user, sizeof(d->auth_user), "%s-%d", number, i);
		err = device_by_auth(&other, db, d->tenant, d->auth_user);
		if (err)
			return err == ENOENT ? 0 : err;
	}
	return EEXIST;
}

/** Checks a device before it is added (id "") or changed; 0 or what the database said */
int device_check(struct field_errors *fe, struct db *db, const struct device *d)
{
	struct device other;
	int64_t n = 0;
	int err;

	field_text(fe, "name", d->name, 1, sizeof(d->name));
	if (!d->auth_user[0] ||
	    strspn(d->auth_user, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
				 "RSTUVWXYZ0123456789-_.") != strlen(d->auth_user))
		field_error(fe, "username", "must consist of letters, digits, '-', '_' and '.'");
	err = device_by_auth(&other, db, d->tenant, d->auth_user);
	if (!err && strcmp(other.id, d->id))
		field_error(fe, "username", "is already used by %s", other.name);
	if (err && err != ENOENT)
		return err;
	err = db_number(db, &n, "SELECT count(*) FROM extension WHERE tenant_id = $1 AND id = $2",
			"is", d->tenant, d->extension_id);
	if (!err && !n)
		field_error(fe, "extensionId", "does not exist");
	return err;
}

/* Browsers are not in the snapshot: it need not be built anew for them. */
static int device_touch(struct db *db, const struct device *d)
{
	return d->kind == DEVICE_BROWSER ? 0 : tenant_touch_but(db, d->tenant, TENANT_EXTENSIONS);
}

/**
 * Adds a device and fills in its id, time and version
 *
 * @return 0, EEXIST when auth_user is taken, EINVAL when the tenant has no such extension
 */
int device_add(struct db *db, struct device *d)
{
	int err;

	d->created_at = clock_wall_ms();
	d->version = 1;
	str_ncpy(d->id, id_new().s, sizeof(d->id));
	err = db_exec(db,
		      "INSERT INTO device (tenant_id, id, extension_id, name, browser, auth_user, "
		      "ha1_md5, ha1_sha256, sealed, sdes, user_agent, last_seen_at, expires_at, "
		      "created_at, version) VALUES "
		      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
		      "isssdssssdsiiii", d->tenant, d->id, d->extension_id, d->name,
		      d->kind == DEVICE_BROWSER, d->auth_user, d->ha1_md5, d->ha1_sha256, d->sealed,
		      d->sdes, d->user_agent, d->last_seen_at, d->expires_at, d->created_at,
		      d->version);
	return err ? err : device_touch(db, d);
}

/** One device of the tenant by its id; ENOENT */
int device_get(struct device *d, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, device_one, d,
		       "SELECT " COLUMNS FROM "WHERE d.tenant_id = $1 AND d.id = $2", "is", tenant,
		       id);
}

/** One device of the tenant by its user name; ENOENT */
int device_by_auth(struct device *d, struct db *db, int64_t tenant, const char *auth_user)
{
	return db_find(db, device_one, d,
		       "SELECT " COLUMNS FROM "WHERE d.tenant_id = $1 AND d.auth_user = $2", "is",
		       tenant, auth_user);
}

/**
 * Changes name, credentials, SRTP and end of a device; its user name and extension stay
 *
 * @return 0, ENOENT, ESTALE when somebody else changed it meanwhile
 */
int device_change(struct db *db, struct device *d)
{
	struct device old;
	int err = device_get(&old, db, d->tenant, d->id);

	if (err)
		return err;
	if (d->version && d->version != old.version)
		return ESTALE;
	d->version = old.version + 1;
	err = db_change(db,
			"UPDATE device SET name = $3, ha1_md5 = $4, ha1_sha256 = $5, sealed = $6, "
			"sdes = $7, expires_at = $8, version = $9 WHERE tenant_id = $1 AND id = $2",
			"isssssdii", d->tenant, d->id, d->name, d->ha1_md5, d->ha1_sha256,
			d->sealed, d->sdes, d->expires_at, d->version);
	return err ? err : device_touch(db, &old);
}

/** Notes that a device registered; written behind, changes neither version nor snapshot */
int device_seen(struct db *db, int64_t tenant, const char *id, const char *user_agent, int64_t at)
{
	return db_change(db,
			 "UPDATE device SET user_agent = $3, last_seen_at = $4 "
			 "WHERE tenant_id = $1 AND id = $2",
			 "issi", tenant, id, user_agent, at);
}

/** Removes a device and what it registered; ENOENT */
int device_remove(struct db *db, int64_t tenant, const char *id)
{
	struct device d;
	int err = device_get(&d, db, tenant, id);

	if (!err)
		err = db_exec(db, "DELETE FROM binding WHERE tenant_id = $1 AND device = $2", "is",
			      tenant, id);
	if (!err)
		err = db_exec(db, "DELETE FROM bell WHERE tenant_id = $1 AND device_id = $2", "is",
			      tenant, id);
	if (!err)
		err = db_change(db, "DELETE FROM device WHERE tenant_id = $1 AND id = $2", "is",
				tenant, id);
	return err ? err : device_touch(db, &d);
}

struct list_arg {
	device_h *h;
	void *arg;
};

static int device_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct device d;

	device_read(&d, row);
	return l->h(&d, l->arg);
}

/**
 * Shows devices in the order of their ids, that is of their making
 *
 * @param db           Connection
 * @param tenant       Whose
 * @param extension_id Only this extension's; NULL or "" for all
 * @param after        Id after which the page begins; NULL or "" for the first
 * @param limit        Most of them; 0 for all
 * @param h            Sees each
 * @param arg          Its argument
 *
 * @return 0 or errno
 */
int device_list(struct db *db, int64_t tenant, const char *extension_id, const char *after,
		unsigned limit, device_h *h, void *arg)
{
	struct list_arg l = {h, arg};

	if (extension_id && extension_id[0])
		return db_query(db, device_each, &l,
				"SELECT " COLUMNS FROM
				"WHERE d.tenant_id = $1 AND d.extension_id = $2 AND d.id > $3 "
				"ORDER BY d.id LIMIT $4",
				"issi", tenant, extension_id, after ? after : "", row_limit(limit));
	return db_query(db, device_each, &l,
			"SELECT " COLUMNS FROM "WHERE d.tenant_id = $1 AND d.id > $2 "
			"ORDER BY d.id LIMIT $3",
			"isi", tenant, after ? after : "", row_limit(limit));
}

/** Shows the browsers of all tenants whose credentials have not ended; for the start */
int device_browsers(struct db *db, int64_t now, device_h *h, void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, device_each, &l,
			"SELECT " COLUMNS FROM "WHERE d.browser = 1 AND d.expires_at > $1", "i",
			now);
}

/** Forgets the browsers whose credentials have ended */
int device_purge(struct db *db, int64_t now)
{
	return db_exec(db, "DELETE FROM device WHERE browser = 1 AND expires_at <= $1", "i", now);
}
