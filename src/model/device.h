/**
 * @file device.h  Devices: the credentials of one phone, or of one browser for a while
 *
 * The password is kept as its two digests (RFC 8760) and, for a phone, sealed, so that its owner
 * can be shown it again. A browser's credentials have an end and are never shown.
 * Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_DEVICE_H
#define CARILLON_DEVICE_H

#include <stdint.h>
#include "db.h"
#include "field.h"
#include "id.h"
#include "phone.h"
#include "secret.h"

enum { DEVICE_AUTH = 64, DEVICE_HA1_MD5 = 33, DEVICE_HA1_SHA256 = 65 };
enum device_kind { DEVICE_PHONE, DEVICE_BROWSER };

struct device {
	int64_t tenant;
	char id[ID_SIZE], extension_id[ID_SIZE];
	char extension[PHONE_SIZE]; /* its number; read only */
	char name[MODEL_NAME];
	enum device_kind kind;
	char auth_user[DEVICE_AUTH];
	char ha1_md5[DEVICE_HA1_MD5], ha1_sha256[DEVICE_HA1_SHA256];
	char sealed[SECRET_SEALED]; /* "" for a browser */
	bool sdes;
	char user_agent[MODEL_NAME];
	int64_t last_seen_at, expires_at; /* 0: never */
	int64_t created_at, version;
};

typedef int(device_h)(const struct device *d, void *arg);

void device_password(char plain[SECRET_PLAIN]);
int device_credentials(struct device *d, const struct secret *s, const char *domain,
		       const char *plain);
int device_auth_user(struct device *d, struct db *db, const char *number);
int device_check(struct field_errors *fe, struct db *db, const struct device *d);
int device_add(struct db *db, struct device *d);
int device_get(struct device *d, struct db *db, int64_t tenant, const char *id);
int device_by_auth(struct device *d, struct db *db, int64_t tenant, const char *auth_user);
int device_change(struct db *db, struct device *d);
int device_seen(struct db *db, int64_t tenant, const char *id, const char *user_agent, int64_t at);
int device_remove(struct db *db, int64_t tenant, const char *id);
int device_list(struct db *db, int64_t tenant, const char *extension_id, const char *after,
		unsigned limit, device_h *h, void *arg);
int device_browsers(struct db *db, int64_t now, device_h *h, void *arg);
int device_purge(struct db *db, int64_t now);

#endif
