/**
 * @file bell.c  Bells: where a browser can be rung while its portal is closed
 */
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include "bell.h"
#include "text.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, login_id, user_id, extension_id, device_id, endpoint, p256dh, auth, "      \
	"created_at, expires_at"

enum { AUTH_WORD = 24 };

struct list_arg {
	bell_h *h;
	void *arg;
};

static int bell_row(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct bell b = {.tenant = db_int(row, 0),
			 .created_at = db_int(row, 9),
			 .expires_at = db_int(row, 10)};

	db_copy(b.id, sizeof(b.id), row, 1);
	db_copy(b.login_id, sizeof(b.login_id), row, 2);
	db_copy(b.user_id, sizeof(b.user_id), row, 3);
	db_copy(b.extension_id, sizeof(b.extension_id), row, 4);
	db_copy(b.device_id, sizeof(b.device_id), row, 5);
	if (!push_target_read(&b.target, db_text(row, 6), db_text(row, 7), db_text(row, 8)))
		return 0;
	return l->h(&b, l->arg);
}

/* Those of a user that are too many, the oldest first. */
static int rest_drop(struct db *db, const struct bell *b)
{
	return db_exec(db,
		       "DELETE FROM bell WHERE tenant_id = $1 AND user_id = $2 AND id NOT IN "
		       "(SELECT id FROM bell WHERE tenant_id = $1 AND user_id = $2 "
		       "ORDER BY created_at DESC, id DESC LIMIT $3)",
		       "isi", b->tenant, b->user_id, (int64_t)BELLS_MAX);
}

static void word_of(char *word, size_t size, const uint8_t *bytes, size_t n)
{
	sodium_bin2base64(word, size, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/**
 * Keeps a bell, in place of the one of the same browser, whoever that was of
 *
 * @param db  Connection
 * @param b   Bell; id and created_at are filled in
 * @param now Wall ms
 *
 * @return 0, EINVAL when sign-in or extension are gone, or errno
 */
int bell_put(struct db *db, struct bell *b, int64_t now)
{
	char key[PUSH_WORD], auth[AUTH_WORD];
	int err = db_exec(db,
			  "DELETE FROM bell WHERE endpoint = $1 OR (tenant_id = $2 AND "
			  "device_id = $3)",
			  "sis", b->target.endpoint, b->tenant, b->device_id);

	if (err)
		return err;
	str_ncpy(b->id, id_new().s, sizeof(b->id));
	b->created_at = now;
	word_of(key, sizeof(key), b->target.key, PUSH_PUBLIC);
	word_of(auth, sizeof(auth), b->target.auth, PUSH_AUTH);
	err = db_exec(db,
		      "INSERT INTO bell (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
		      "$10, $11)",
		      "issssssssii", b->tenant, b->id, b->login_id, b->user_id, b->extension_id,
		      b->device_id, b->target.endpoint, key, auth, b->created_at, b->expires_at);
	return err ? err : rest_drop(db, b);
}

/** Forgets a bell, whoever it is of: its push service knows it no more; 0 or errno */
int bell_forget(struct db *db, const char *id)
{
	return db_exec(db, "DELETE FROM bell WHERE id = $1", "s", id);
}

/**
 * Forgets the bells of an extension's browsers
 *
 * @param db           Connection
 * @param tenant       Whose
 * @param extension_id Whose browsers
 * @param only_device  Only that of this one; NULL for all
 * @param but_device   All but that of this one; NULL for all
 *
 * @return 0 or errno
 */
int bell_end(struct db *db, int64_t tenant, const char *extension_id, const char *only_device,
	     const char *but_device)
{
	return db_exec(db,
		       "DELETE FROM bell WHERE tenant_id = $1 AND extension_id = $2 AND "
		       "($3 = '' OR device_id = $3) AND device_id <> $4",
		       "isss", tenant, extension_id, only_device ? only_device : "",
		       but_device ? but_device : "");
}

/** Shows the bells of an extension whose sign-ins have not ended; 0 or errno */
int bell_list(struct db *db, int64_t tenant, const char *extension_id, int64_t now, bell_h *h,
	      void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, bell_row, &l,
			"SELECT " COLUMNS " FROM bell WHERE tenant_id = $1 AND extension_id = $2 "
			"AND expires_at > $3 ORDER BY created_at",
			"isi", tenant, extension_id, now);
}

/** Shows the bells of all tenants whose sign-ins have not ended; for the start */
int bell_each(struct db *db, int64_t now, bell_h *h, void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, bell_row, &l, "SELECT " COLUMNS " FROM bell WHERE expires_at > $1", "i",
			now);
}

struct key_arg {
	const struct secret *secret;
	uint8_t *key;
};

static int key_row(const struct db_row *row, void *arg)
{
	struct key_arg *k = arg;
	char plain[SECRET_PLAIN];
	size_t n = 0;
	bool ok = secret_open(plain, k->secret, db_text(row, 0)) &&
		  !sodium_hex2bin(k->key, PUSH_PRIVATE, plain, strlen(plain), NULL, &n, NULL) &&
		  n == PUSH_PRIVATE;

	sodium_memzero(plain, sizeof(plain));
	return ok ? 0 : ENOENT;
}

/* With another key the subscriptions are worth nothing: each was made for the one of its time. */
static int key_new(uint8_t key[PUSH_PRIVATE], struct db *db, const struct secret *s, int64_t now)
{
	char plain[SECRET_PLAIN], sealed[SECRET_SEALED];
	int err = push_key_make(key);

	if (err)
		return err;
	text_hex(plain, key, PUSH_PRIVATE);
	if (!secret_seal(sealed, s, plain))
		err = EIO;
	sodium_memzero(plain, sizeof(plain));
	if (!err)
		err = db_exec(db, "DELETE FROM bell", "");
	return err ? err
		   : db_exec(db,
			     "INSERT INTO push_key (tenant_id, sealed, created_at) VALUES (0, $1, "
			     "$2) ON CONFLICT (tenant_id) DO UPDATE SET sealed = $1, created_at = "
			     "$2",
			     "si", sealed, now);
}

/**
 * Our private key at push services, made at the first start; on the store's writer
 *
 * @param key Result
 * @param db  Connection
 * @param s   What opens it; one that another secret has sealed is made anew
 * @param now Wall ms
 *
 * @return 0 or errno
 */
int bell_key(uint8_t key[PUSH_PRIVATE], struct db *db, const struct secret *s, int64_t now)
{
	struct key_arg k = {s, key};
	int err = db_find(db, key_row, &k, "SELECT sealed FROM push_key WHERE tenant_id = 0", "");

	return err == ENOENT ? key_new(key, db, s, now) : err;
}
