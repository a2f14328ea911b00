/**
 * @file call_block.h  Call block: callers who do not get through, to an extension or to the tenant
 *
 * The first rule that fits decides, those of the extension before those of the tenant. Functions
 * with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_CALL_BLOCK_H
#define CARILLON_CALL_BLOCK_H

#include <stdint.h>
#include "db.h"
#include "field.h"
#include "id.h"
#include "phone.h"

enum { CALL_BLOCKS = 2000 }; /* of one tenant */

/** Whom it means: one number, every number that begins so, whoever hides the number */
enum block_kind { BLOCK_NUMBER, BLOCK_PREFIX, BLOCK_ANONYMOUS, BLOCK_KINDS };
enum block_action { BLOCK_REJECT, BLOCK_BUSY, BLOCK_VOICEMAIL, BLOCK_ACTIONS };

struct call_block {
	int64_t tenant;
	char id[ID_SIZE], extension_id[ID_SIZE]; /* extension "": everybody of the tenant */
	enum block_kind kind;
	char pattern[PHONE_SIZE]; /* E.164 or an extension; a prefix of that; "" for anonymous */
	enum block_action action;
	char note[MODEL_NAME];
	bool active;
	int64_t created_at, version;
};

typedef int(call_block_h)(const struct call_block *b, void *arg);

const char *block_kind_name(enum block_kind kind);
const char *block_action_name(enum block_action action);
int block_kind_parse(enum block_kind *kind, const char *name);
int block_action_parse(enum block_action *action, const char *name);

int call_block_check(struct field_errors *fe, struct db *db, struct call_block *b);
int call_block_add(struct db *db, struct call_block *b);
int call_block_get(struct call_block *b, struct db *db, int64_t tenant, const char *id);
int call_block_change(struct db *db, struct call_block *b);
int call_block_remove(struct db *db, int64_t tenant, const char *id);
int call_block_list(struct db *db, int64_t tenant, const char *extension_id, const char *after,
		    unsigned limit, call_block_h *h, void *arg);

#endif
