/**
 * @file number.h  Numbers inside a tenant: whose they are, and what somebody types to pass calls on
 * to
 *
 * On the store's writer or in store_read().
 */
#ifndef CARILLON_NUMBER_H
#define CARILLON_NUMBER_H

#include "db.h"
#include "field.h"
#include "phone.h"

int number_holder(char name[MODEL_NAME], struct db *db, int64_t tenant, const char *number,
		  const char *but_id);
int number_used(struct field_errors *fe, struct db *db, int64_t tenant, const char *number,
		const char *but_id);
int number_check(struct field_errors *fe, const char *field, struct db *db, int64_t tenant,
		 char number[PHONE_SIZE]);
int number_check_one(struct field_errors *fe, const char *field, struct db *db, int64_t tenant,
		     char number[PHONE_SIZE]);

#endif
