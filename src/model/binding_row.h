/**
 * @file binding_row.h  Registrations at rest, so that a restart forgets no phone
 *
 * The registrar keeps bindings in memory; the floor that hears of changes collects them in a batch
 * and writes it behind. Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_BINDING_ROW_H
#define CARILLON_BINDING_ROW_H

#include <stdint.h>
#include "db.h"
#include "field.h"
#include "id.h"
#include "phone.h"

enum { BINDING_BATCH = 64, BINDING_URI = 512 };

/** Key: (tenant, extension, contact) */
struct binding_row {
	int64_t tenant;
	char extension[PHONE_SIZE], contact[BINDING_URI];
	bool removed; /* in a batch: delete it */
	char domain[MODEL_DOMAIN], device[ID_SIZE], path[BINDING_URI], instance[MODEL_NAME];
	int64_t reg_id;
	char user_agent[MODEL_NAME];
	char transport[4];	   /* udp tcp tls             */
	char peer[64], client[64]; /* "192.0.2.1:5060"        */
	bool ws, tls, nat, sdes;
	int64_t registered_at, expires_at; /* wall ms */
};

/** Changes that are written together; a mem object, or any memory in store_write_wait() */
struct binding_batch {
	unsigned count;
	struct binding_row rows[BINDING_BATCH];
};

typedef int(binding_row_h)(const struct binding_row *b, void *arg);

bool binding_batch_add(struct binding_batch *batch, const struct binding_row *b);
int binding_batch_write(struct db *db, const struct binding_batch *batch);
int binding_row_each(struct db *db, int64_t now, binding_row_h *h, void *arg);
int binding_row_purge(struct db *db, int64_t now);

#endif
