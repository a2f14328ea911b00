/**
 * @file resource.h  One flow for every noun that is listed, shown, added, changed and removed
 *
 * A noun of a tenant (a ring group, a number, ...) or of the platform (a trunk) is one table,
 * `struct resource`: what its model is called, how it reads as JSON, how a body is taken into it.
 * Everything else is here: pages, versions (ETag and If-Match), field errors, the audit log, "still
 * in use", and that the tenant is built anew afterwards. Files of this folder call it, on a thread
 * of the portal; handlers of a table run inside the store's transaction.
 */
#ifndef CARILLON_API_RESOURCE_H
#define CARILLON_API_RESOURCE_H

#include <stddef.h>
#include "dest_use.h"
#include "inside.h"

struct resource;

/** One request to one of them */
struct resource_work {
	const struct resource *kind;
	struct request *rq;
	struct db *db; /* connection of the transaction that runs */
	int64_t tenant;
	void *row; /* the one that is asked for, as the model's struct */
	struct page page;
	struct field_errors fe;
	char where[DEST_USE]; /* what leads to the one that should be removed */
	json_t *json;
};

/** The model's functions, without their types; RESOURCE_MODEL() writes them */
struct resource_model {
	size_t size, tenant, id, version; /* of the struct, and where its members stand */
	int (*get_h)(void *row, struct db *db, int64_t tenant, const char *id);
	int (*check_h)(struct field_errors *fe, struct db *db, void *row);
	int (*add_h)(struct db *db, void *row);
	int (*change_h)(struct db *db, void *row);
	int (*remove_h)(struct db *db, const void *row);
};

struct resource {
	const char *audit; /* "ring_group": the audit log gets "ring_group.add" */
	const struct resource_model *model;
	size_t title;	     /* where its name for people stands in the struct */
	bool platform;	     /* belongs to no tenant */
	enum dest_kind dest; /* with a target: calls may be led to it, and then it stays */
	size_t target;	     /* where what they are led by stands */
	const char *busy;    /* what the model means by EBUSY when it should be removed */

	/** Whether the person may have this one; NULL: whoever has the route's permission */
	bool (*allowed_h)(const struct resource_work *x, const void *row);
	/** What a new one has that no body names; NULL: zeros */
	void (*fresh_h)(void *row);
	/** Asks the model for a page's rows, and gives each to resource_row() */
	int (*list_h)(struct resource_work *x);
	/** How one reads; NULL when what it names could not be read */
	json_t *(*json_h)(struct resource_work *x, const void *row);
	/** Takes what the body has into x->row, and what is wrong with it into x->fe */
	int (*take_h)(struct resource_work *x);
};

/** The model of `struct NOUN`, whose functions are called NOUN_get(), NOUN_check(), ...:
 * `NOUN_model` */
#define RESOURCE_MODEL(noun)                                                                       \
	static int noun##_get_h(void *row, struct db *db, int64_t tenant, const char *id)          \
	{                                                                                          \
		return noun##_get(row, db, tenant, id);                                            \
	}                                                                                          \
	static int noun##_check_h(struct field_errors *fe, struct db *db, void *row)               \
	{                                                                                          \
		return noun##_check(fe, db, row);                                                  \
	}                                                                                          \
	static int noun##_add_h(struct db *db, void *row)                                          \
	{                                                                                          \
		return noun##_add(db, row);                                                        \
	}                                                                                          \
	static int noun##_change_h(struct db *db, void *row)                                       \
	{                                                                                          \
		return noun##_change(db, row);                                                     \
	}                                                                                          \
	static int noun##_remove_h(struct db *db, const void *row)                                 \
	{                                                                                          \
		const struct noun *r = row;                                                        \
                                                                                                   \
		return noun##_remove(db, r->tenant, r->id);                                        \
	}                                                                                          \
	static const struct resource_model noun##_model = {                                        \
		.size = sizeof(struct noun),                                                       \
		.tenant = offsetof(struct noun, tenant),                                           \
		.id = offsetof(struct noun, id),                                                   \
		.version = offsetof(struct noun, version),                                         \
		.get_h = noun##_get_h,                                                             \
		.check_h = noun##_check_h,                                                         \
		.add_h = noun##_add_h,                                                             \
		.change_h = noun##_change_h,                                                       \
		.remove_h = noun##_remove_h,                                                       \
	}

void resource_list(const struct resource *kind, struct request *rq, struct reply *rp);
int resource_row(struct resource_work *x, const void *row, const char *key);
void resource_show(const struct resource *kind, struct request *rq, struct reply *rp);
void resource_add(const struct resource *kind, struct request *rq, struct reply *rp);
void resource_change(const struct resource *kind, struct request *rq, struct reply *rp);
void resource_remove(const struct resource *kind, struct request *rq, struct reply *rp);

#endif
