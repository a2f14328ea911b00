/**
 * @file setting_use.h  When a setting acted last, and how often on that day
 *
 * Written behind the call. Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_SETTING_USE_H
#define CARILLON_SETTING_USE_H

#include "db.h"
#include "field.h"
#include "id.h"

struct setting_use {
	int64_t tenant;
	char object_id[ID_SIZE], name[FIELD_NAME]; /* an extension and "dnd"; a rule and "block" */
	int64_t day;		/* midnight before last_at, where the tenant is */
	int64_t calls, last_at; /* calls: on that day                           */
};

typedef int(setting_use_h)(const struct setting_use *u, void *arg);

int setting_use_add(struct db *db, const struct setting_use *u);
int setting_use_list(struct db *db, int64_t tenant, const char *object_id, setting_use_h *h,
		     void *arg);

#endif
