/**
 * @file out_route.h  Outbound routes: which outside numbers of a tenant leave through which trunk
 *
 * The longest prefix wins, then the lowest priority. Functions with a struct db run on the store's
 * writer or in store_read().
 */
#ifndef CARILLON_OUT_ROUTE_H
#define CARILLON_OUT_ROUTE_H

#include <stdint.h>
#include "db.h"
#include "field.h"
#include "id.h"
#include "phone.h"

enum { OUT_ROUTES_MAX = 200 }; /* of a tenant */

struct out_route {
	int64_t tenant;
	char id[ID_SIZE];
	char prefix[PHONE_SIZE];  /* of the E.164 number, "+" for all         */
	int64_t strip;		  /* characters taken off before sending      */
	char prepend[PHONE_SIZE]; /* and what is put before the rest          */
	int64_t trunk, priority;
	int64_t created_at, version;
};

typedef int(out_route_h)(const struct out_route *r, void *arg);

int out_route_check(struct field_errors *fe, struct db *db, const struct out_route *r);
int out_route_add(struct db *db, struct out_route *r);
int out_route_get(struct out_route *r, struct db *db, int64_t tenant, const char *id);
int out_route_change(struct db *db, struct out_route *r);
int out_route_remove(struct db *db, int64_t tenant, const char *id);
int out_route_list(struct db *db, int64_t tenant, out_route_h *h, void *arg);

#endif
