/**
 * @file second_step.c  The second step of the sign-in
 */
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <re.h>
#include "own.h"
#include "second_step.h"
#include "text.h"

enum { SECRET_BYTES = 20, SKEW = 1 };

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; /* RFC 4648 section 6 */

static void secret_bytes(uint8_t bytes[SECRET_BYTES], const char *secret)
{
	uint64_t bits = 0;

	for (unsigned i = 0, n = 0; secret[i] && n < SECRET_BYTES; i++) {
		const char *p = strchr(base32, secret[i]);

		bits = bits << 5 | (uint64_t)(p ? p - base32 : 0);
		if (i % 8 == 7) {
			for (unsigned k = 0; k < 5; k++)
				bytes[n++] = (uint8_t)(bits >> (32 - 8 * k));
		}
	}
}

/**
 * The code of a period (RFC 6238 section 4.2, RFC 4226 section 5.3: HMAC-SHA-1, six digits)
 *
 * @param code   Result
 * @param secret 32 letters of base32
 * @param step   Periods of 30 s since 1970
 */
void totp(char code[TOTP_CODE], const char *secret, int64_t step)
{
	uint8_t key[SECRET_BYTES] = {0}, count[8], mac[20];
	const uint8_t *p;

	for (unsigned i = 0; i < sizeof(count); i++)
		count[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
	secret_bytes(key, secret);
	hmac_sha1(key, sizeof(key), count, sizeof(count), mac, sizeof(mac));
	p = mac + (mac[sizeof(mac) - 1] & 15);
	text_printf(code, TOTP_CODE, "%06u",
		    ((p[0] & 127u) << 24 | (unsigned)p[1] << 16 | (unsigned)p[2] << 8 | p[3]) %
			    1000000u);
}

static int get_row(const struct db_row *row, void *arg)
{
	struct second_step *s = arg;

	s->on = db_int(row, 0);
	s->since = db_int(row, 1);
	return 0;
}

/** Reads what a user has; all zero when there is nothing, or nothing that counts yet */
int second_step_get(struct second_step *s, struct db *db, int64_t tenant, const char *user_id)
{
	int err;

	memset(s, 0, sizeof(*s));
	err = db_find(db, get_row, s,
		      "SELECT confirmed, since FROM second_step WHERE tenant_id = $1 AND "
		      "user_id = $2 AND confirmed = 1",
		      "is", tenant, user_id);
	if (err)
		return err == ENOENT ? 0 : err;
	return db_number(db, &s->left,
			 "SELECT count(*) FROM recovery_code WHERE tenant_id = $1 AND user_id = $2",
			 "is", tenant, user_id);
}

static void letters(char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		text[i] = base32[randombytes_uniform(32)];
	text[n] = '\0';
}

/**
 * Makes a new secret, which counts from second_step_confirm() on
 *
 * @param db      Connection
 * @param key     Seals it
 * @param secret  Result: shown once
 * @param tenant  The user's
 * @param user_id Whose
 *
 * @return 0, EEXIST when the user has one already, or errno
 */
int second_step_begin(struct db *db, const struct secret *key, char secret[TOTP_SECRET],
		      int64_t tenant, const char *user_id)
{
	char sealed[SECRET_SEALED];
	struct second_step s;
	int err = second_step_get(&s, db, tenant, user_id);

	if (err || s.on)
		return err ? err : EEXIST;
	letters(secret, TOTP_SECRET - 1);
	if (!secret_seal(sealed, key, secret))
		return ENOMEM;
	return db_exec(db,
		       "INSERT INTO second_step (tenant_id, user_id, secret, confirmed, used, "
		       "since) VALUES ($1, $2, $3, 0, 0, 0) ON CONFLICT (tenant_id, user_id) DO "
		       "UPDATE SET secret = $3, used = 0",
		       "iss", tenant, user_id, sealed);
}

/** A secret as it is kept */
struct kept {
	char sealed[SECRET_SEALED];
	int64_t used;
};

static int kept_row(const struct db_row *row, void *arg)
{
	struct kept *k = arg;

	db_copy(k->sealed, sizeof(k->sealed), row, 0);
	k->used = db_int(row, 1);
	return 0;
}

/* The period of a code that is good now and was not used; 0 for none */
static int64_t period(const struct kept *k, const struct secret *key, const char *code, int64_t now)
{
	char plain[SECRET_PLAIN], right[TOTP_CODE];
	int64_t at = now / TOTP_STEP_MS, found = 0;

	if (!secret_open(plain, key, k->sealed))
		return 0;
	for (int64_t step = at - SKEW; step <= at + SKEW; step++) {
		totp(right, plain, step);
		if (step > k->used && text_same_secret(right, code))
			found = step;
	}
	sodium_memzero(plain, sizeof(plain));
	return found;
}

static int code_take(struct db *db, const struct secret *key, int64_t tenant, const char *user_id,
		     const char *code, int64_t now, bool confirmed)
{
	struct kept k;
	int64_t step;
	int err = db_find(db, kept_row, &k,
			  "SELECT secret, used FROM second_step WHERE tenant_id = $1 AND "
			  "user_id = $2 AND confirmed = $3",
			  "isd", tenant, user_id, confirmed);

	if (err)
		return err;
	step = period(&k, key, code, now);
	if (!step)
		return EACCES;
	return db_change(db,
			 "UPDATE second_step SET used = $3 WHERE tenant_id = $1 AND user_id = $2",
			 "isi", tenant, user_id, step);
}

/**
 * The first code: from now on the second step is asked for
 *
 * @return 0, ENOENT when none was begun, EACCES when the code is wrong, or errno
 */
int second_step_confirm(struct db *db, const struct secret *key, int64_t tenant,
			const char *user_id, const char *code, int64_t now)
{
	int err = code_take(db, key, tenant, user_id, code, now, false);

	if (err)
		return err;
	return db_change(
		db,
		"UPDATE second_step SET confirmed = 1, since = $3 WHERE tenant_id = $1 AND "
		"user_id = $2",
		"isi", tenant, user_id, now);
}

/* Bound to the user, so that a row that was copied to another is worth nothing there */
static void recovery_mac(char mac[SECRET_MAC], const struct secret *key, int64_t tenant,
			 const char *user_id, const char *code)
{
	char plain[RECOVERY_CODE], text[ID_SIZE + RECOVERY_CODE + 24];
	size_t n = 0;

	for (; *code && n < sizeof(plain) - 1; code++) {
		if (*code != '-' && *code != ' ')
			plain[n++] = *code;
	}
	plain[n] = '\0';
	text_lower(plain);
	text_printf(text, sizeof(text), "%lld %s %s", (long long)tenant, user_id, plain);
	secret_mac(mac, key, "recovery", text);
}

/**
 * Uses a code up: one of the app, or a recovery code
 *
 * @return 0, EACCES when it is wrong or was used, or errno
 */
int second_step_use(struct db *db, const struct secret *key, int64_t tenant, const char *user_id,
		    const char *code, int64_t now)
{
	char mac[SECRET_MAC];
	int err;

	if (strlen(code) == TOTP_CODE - 1)
		err = code_take(db, key, tenant, user_id, code, now, true);
	else {
		recovery_mac(mac, key, tenant, user_id, code);
		err = db_change(db,
				"DELETE FROM recovery_code WHERE tenant_id = $1 AND user_id = $2 "
				"AND mac = $3",
				"iss", tenant, user_id, mac);
	}
	return err == ENOENT ? EACCES : err;
}

static int recovery_end(struct db *db, int64_t tenant, const char *user_id)
{
	return db_exec(db, "DELETE FROM recovery_code WHERE tenant_id = $1 AND user_id = $2", "is",
		       tenant, user_id);
}

/** Makes new recovery codes in place of those there were; shown once. Returns 0 or errno */
int second_step_recovery(struct db *db, const struct secret *key, struct recovery_codes *codes,
			 int64_t tenant, const char *user_id)
{
	int err = recovery_end(db, tenant, user_id);

	for (unsigned i = 0; i < RECOVERY_CODES && !err; i++) {
		char *code = codes->code[i], mac[SECRET_MAC];

		letters(code, RECOVERY_CODE - 1);
		code[5] = '-';
		text_lower(code);
		recovery_mac(mac, key, tenant, user_id, code);
		err = db_exec(db,
			      "INSERT INTO recovery_code (tenant_id, user_id, mac) "
			      "VALUES ($1, $2, $3)",
			      "iss", tenant, user_id, mac);
	}
	return err;
}

/** The password alone signs in again; also when it did so before. Returns 0 or errno */
int second_step_end(struct db *db, int64_t tenant, const char *user_id)
{
	int err = recovery_end(db, tenant, user_id);

	return err ? err
		   : db_exec(db, "DELETE FROM second_step WHERE tenant_id = $1 AND user_id = $2",
			     "is", tenant, user_id);
}
