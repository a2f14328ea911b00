/**
 * @file rate_plan.h  Rate plans: what calls and faxes outside cost the tenants that use one
 *
 * A plan belongs to the platform (tenant 0) and may be used by several tenants, all of its
 * currency; its prices are rates (rate.h). A tenant without a plan has no prices. Functions with a
 * struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_RATE_PLAN_H
#define CARILLON_RATE_PLAN_H

#include <stdint.h>
#include "db.h"
#include "field.h"
#include "id.h"
#include "price.h"

enum { RATE_PLANS_MAX = 100 };

struct rate_plan {
	int64_t tenant; /* 0 */
	char id[ID_SIZE], name[MODEL_NAME];
	char currency[CURRENCY_SIZE];
	int64_t created_at, version;
};

typedef int(rate_plan_h)(const struct rate_plan *p, void *arg);

int rate_plan_check(struct field_errors *fe, struct db *db, const struct rate_plan *p);
int rate_plan_add(struct db *db, struct rate_plan *p);
int rate_plan_get(struct rate_plan *p, struct db *db, int64_t tenant, const char *id);
int rate_plan_by_name(struct rate_plan *p, struct db *db, int64_t tenant, const char *name);
int rate_plan_change(struct db *db, struct rate_plan *p);
int rate_plan_remove(struct db *db, int64_t tenant, const char *id);
int rate_plan_list(struct db *db, int64_t tenant, const char *after, unsigned limit, rate_plan_h *h,
		   void *arg);
int rate_plan_counts(struct db *db, const struct rate_plan *p, int64_t *rates, int64_t *tenants);
int rate_plan_use(struct field_errors *fe, struct db *db, int64_t tenant, const char *id);
int rates_touch(struct db *db);

#endif
