/**
 * @file extension.h  Extensions: the numbers of a tenant's own people
 *
 * Each function finds only what belongs to the tenant it is given; everything else is ENOENT.
 * Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_EXTENSION_H
#define CARILLON_EXTENSION_H

#include <stdint.h>
#include "db.h"
#include "emergency_address.h"
#include "field.h"
#include "id.h"
#include "phone.h"
#include "recorded.h"

enum { RING_MS_MIN = 5000, RING_MS_MAX = 120000, RING_MS_DEFAULT = 30000 };

struct extension {
	int64_t tenant;
	char id[ID_SIZE];
	char number[PHONE_SIZE], name[MODEL_NAME];
	char caller_id_name[MODEL_NAME], caller_id_number[PHONE_SIZE]; /* "" for none */
	int64_t ring_ms;
	bool call_waiting;
	enum recording_rule recording;
	char emergency_address[EMERGENCY_ADDRESS]; /* "": the tenant's */
	int64_t created_at, version; /* version 0 in extension_change(): whatever it is */
};

typedef int(extension_h)(const struct extension *e, void *arg);

int extension_number_check(struct field_errors *fe, struct db *db, int64_t tenant,
			   const char *number);
int extension_check(struct field_errors *fe, struct db *db, const struct extension *e);
int extension_add(struct db *db, struct extension *e);
int extension_get(struct extension *e, struct db *db, int64_t tenant, const char *id);
int extension_by_number(struct extension *e, struct db *db, int64_t tenant, const char *number);
int extension_change(struct db *db, struct extension *e);
int extension_remove(struct db *db, int64_t tenant, const char *id);
int extension_list(struct db *db, int64_t tenant, const char *q, const char *after, unsigned limit,
		   extension_h *h, void *arg);

#endif
