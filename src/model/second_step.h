/**
 * @file second_step.h  The second step of the sign-in: codes of an app (RFC 6238), or recovery
 * codes
 *
 * A user has at most one secret. It counts from the first right code on; until then the password
 * alone signs in. A code is good once, and 30 s before and after its time, for clocks differ. The
 * recovery codes are good once each. Functions with a struct db run on the store's writer, those
 * that only read also in store_read().
 */
#ifndef CARILLON_SECOND_STEP_H
#define CARILLON_SECOND_STEP_H

#include "db.h"
#include "id.h"
#include "secret.h"

enum {
	TOTP_CODE = 7,	  /* six digits                            */
	TOTP_SECRET = 33, /* 20 bytes in base32, RFC 4226 section 4 */
	TOTP_STEP_MS = 30000,
	RECOVERY_CODES = 10,
	RECOVERY_CODE = 12, /* "k3f7q-m2xwz": 50 bits                */
};

/** A setting of the tenant: its administrators must have a second step */
#define SECOND_STEP_ADMINS "second_step_admins"

/** What a user has: nothing is all zero */
struct second_step {
	bool on;
	int64_t since; /* wall ms */
	int64_t left;  /* recovery codes */
};

struct recovery_codes {
	char code[RECOVERY_CODES][RECOVERY_CODE];
};

void totp(char code[TOTP_CODE], const char *secret, int64_t step);

int second_step_get(struct second_step *s, struct db *db, int64_t tenant, const char *user_id);
int second_step_begin(struct db *db, const struct secret *key, char secret[TOTP_SECRET],
		      int64_t tenant, const char *user_id);
int second_step_confirm(struct db *db, const struct secret *key, int64_t tenant,
			const char *user_id, const char *code, int64_t now);
int second_step_use(struct db *db, const struct secret *key, int64_t tenant, const char *user_id,
		    const char *code, int64_t now);
int second_step_recovery(struct db *db, const struct secret *key, struct recovery_codes *codes,
			 int64_t tenant, const char *user_id);
int second_step_end(struct db *db, int64_t tenant, const char *user_id);

#endif
