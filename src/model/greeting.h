/**
 * @file greeting.h  Greetings of a mailbox: recorded by phone or uploaded
 *
 * The mailbox names the one that callers hear (mailbox.h), and has its owner's spoken name.
 * Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_GREETING_H
#define CARILLON_GREETING_H

#include <stdint.h>
#include "blob.h"
#include "db.h"
#include "field.h"
#include "id.h"

enum {
	GREETINGS_MAX = 10,
	GREETING_MS_MIN = 500,
	GREETING_MS_MAX = 120000,
	SPOKEN_NAME_MS_MIN = 300,
	SPOKEN_NAME_MS_MAX = 8000
};

struct greeting {
	int64_t tenant;
	char id[ID_SIZE], extension_id[ID_SIZE], name[MODEL_NAME], blob[BLOB_KEY];
	int64_t duration_ms, created_at;
};

typedef int(greeting_h)(const struct greeting *g, void *arg);

int greeting_add(struct db *db, struct greeting *g);
int greeting_get(struct greeting *g, struct db *db, int64_t tenant, const char *extension_id,
		 const char *id);
int greeting_list(struct db *db, int64_t tenant, const char *extension_id, greeting_h *h,
		  void *arg);
int greeting_use(struct db *db, int64_t tenant, const char *extension_id, const char *id);
int spoken_name_set(char old[BLOB_KEY], struct db *db, int64_t tenant, const char *extension_id,
		    const char *blob, int64_t ms);
int greeting_remove(struct db *db, const struct greeting *g);

#endif
