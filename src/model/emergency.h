/**
 * @file emergency.h  The numbers that a tenant's people call for help
 *
 * The country's, or a list of the tenant's own, kept with its settings. Nothing of ours holds back
 * a call to one of them: not a full trunk, not a hidden number, not a missing route. Beside them
 * the tenant has the address where help comes to, which an extension's own comes before, and says
 * who is mailed of such a call. Functions with a struct db run on the store's writer or in
 * store_read().
 */
#ifndef CARILLON_EMERGENCY_H
#define CARILLON_EMERGENCY_H

#include "db.h"
#include "emails.h"
#include "emergency_address.h"
#include "tenant.h"

enum { EMERGENCY_MAX = 16, EMERGENCY_SIZE = 128 };

/** What a tenant has beside the numbers; "" for none */
struct emergency {
	char address[EMERGENCY_ADDRESS], notify[EMAILS];
};

void emergency_numbers(char numbers[EMERGENCY_SIZE], const struct tenant_row *t);
int emergency_check(struct field_errors *fe, struct db *db, int64_t tenant, const char *numbers);
bool emergency_set(struct tenant_row *t, const char *numbers);
int emergency_read(struct emergency *e, struct db *db, int64_t tenant);
int emergency_write(struct db *db, int64_t tenant, const struct emergency *e);
int emergency_address_of(char address[EMERGENCY_ADDRESS], struct db *db, int64_t tenant,
			 const char *own);
int emergency_asked(bool *emergency, struct db *db, int64_t tenant, const char *number);

#endif
