/**
 * @file did.h  DIDs: a tenant's numbers in the outside world, and what they lead to
 *
 * Numbers are E.164 and unique over all tenants. Functions with a struct db run on the store's
 * writer or in store_read().
 */
#ifndef CARILLON_DID_H
#define CARILLON_DID_H

#include <stdint.h>
#include "dest.h"
#include "emails.h"
#include "id.h"
#include "phone.h"

enum did_kind { DID_VOICE, DID_FAX };

struct did {
	int64_t tenant;
	char id[ID_SIZE];
	char number[PHONE_SIZE], title[MODEL_NAME];
	enum did_kind kind;
	struct dest dest;
	char fax_emails[EMAILS]; /* whom faxes to it are mailed to, beside its extension's   */
	/* voice: number of the extension that gets faxes which call it; "": who answers */
	char fax_target[DEST_TARGET];
	bool active;
	int64_t created_at, version;
};

typedef int(did_h)(const struct did *d, void *arg);

const char *did_kind_name(enum did_kind kind);
int did_check(struct field_errors *fe, struct db *db, const struct did *d);
int did_add(struct db *db, struct did *d);
int did_get(struct did *d, struct db *db, int64_t tenant, const char *id);
int did_by_number(struct did *d, struct db *db, const char *number);
int did_change(struct db *db, struct did *d);
int did_remove(struct db *db, int64_t tenant, const char *id);
int did_list(struct db *db, int64_t tenant, const struct dest *leads_to, const char *q,
	     const char *after, unsigned limit, did_h *h, void *arg);

#endif
