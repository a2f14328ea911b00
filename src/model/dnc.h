/**
 * @file dnc.h  The do-not-contact list of a tenant: numbers that no fax is sent to
 *
 * Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_DNC_H
#define CARILLON_DNC_H

#include <stdint.h>
#include "db.h"
#include "field.h"
#include "id.h"
#include "phone.h"

enum { DNC_NUMBERS = 100000 }; /* of one tenant */

struct dnc {
	int64_t tenant;
	char id[ID_SIZE];
	char number[PHONE_SIZE]; /* E.164 */
	char note[MODEL_NAME];
	char added_by[MODEL_NAME]; /* name of who added it */
	int64_t created_at, version;
};

/** What became of an entry of a list that is brought in */
enum dnc_brought { DNC_ADDED, DNC_KNOWN, DNC_REFUSED };

typedef int(dnc_h)(const struct dnc *d, void *arg);

int dnc_check(struct field_errors *fe, struct db *db, struct dnc *d);
int dnc_add(struct db *db, struct dnc *d);
int dnc_bring(enum dnc_brought *what, struct field_errors *fe, struct db *db, struct dnc *d,
	      const char *country, int64_t *count);
int dnc_count(int64_t *n, struct db *db, int64_t tenant);
int dnc_get(struct dnc *d, struct db *db, int64_t tenant, const char *id);
int dnc_change(struct db *db, struct dnc *d);
int dnc_remove(struct db *db, int64_t tenant, const char *id);
int dnc_list(struct db *db, int64_t tenant, const char *q, const char *after, unsigned limit,
	     dnc_h *h, void *arg);
bool dnc_has(struct db *db, int64_t tenant, const char *number);

#endif
