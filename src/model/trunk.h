/**
 * @file trunk.h  Trunks: gateways to and from the outside
 *
 * Tenant 0 owns the shared ones: on those a DID names the tenant. out_route.h says which calls of a
 * tenant leave through which trunk. Functions with a struct db run on the store's writer or in
 * store_read().
 */
#ifndef CARILLON_TRUNK_H
#define CARILLON_TRUNK_H

#include <stdint.h>
#include "db.h"
#include "field.h"
#include "id.h"
#include "phone.h"
#include "secret.h"

struct trunk {
	int64_t tenant, id;
	char uuid[ID_SIZE], name[MODEL_NAME];
	char host[MODEL_DOMAIN];
	int64_t port;
	char transport[4]; /* udp tcp tls                                        */
	bool by_ip;	   /* its address is its credential                      */
	char username[MODEL_WORD], sealed[SECRET_SEALED];
	int64_t channels; /* calls at once, 0: as many as there are             */
	bool plus;	  /* numbers are sent as +1415..., not as 1415...       */
	bool active;
	int64_t created_at, version;
};

typedef int(trunk_h)(const struct trunk *t, void *arg);

int trunk_check(struct field_errors *fe, struct db *db, const struct trunk *t);
int trunk_add(struct db *db, struct trunk *t);
int trunk_get(struct trunk *t, struct db *db, int64_t tenant, int64_t id);
int trunk_by_uuid(struct trunk *t, struct db *db, int64_t tenant, const char *uuid);
int trunk_by_id(struct trunk *t, struct db *db, int64_t id);
int trunk_change(struct db *db, struct trunk *t);
int trunk_remove(struct db *db, int64_t tenant, int64_t id);
int trunk_list(struct db *db, int64_t tenant, int64_t after, unsigned limit, trunk_h *h, void *arg);

#endif
