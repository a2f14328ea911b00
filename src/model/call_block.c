/**
 * @file call_block.c  Call block
 */
#include <errno.h>
#include <string.h>
#include "call_block.h"
#include "clock.h"
#include "extension.h"
#include "own.h"
#include "row.h"
#include "tenant.h"
#include "text.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, extension_id, kind, pattern, action, note, active, created_at, version"

static const char *const kinds[BLOCK_KINDS] = {"number", "prefix", "anonymous"};
static const char *const actions[BLOCK_ACTIONS] = {"reject", "busy", "voicemail"};

static int word_find(const char *const *words, int n, const char *name)
{
	for (int i = 0; i < n; i++) {
		if (!strcmp(words[i], name))
			return i;
	}
	return -1;
}

/** Name as stored and as the API says it */
const char *block_kind_name(enum block_kind kind)
{
	return kinds[kind];
}

/** Name as stored and as the API says it */
const char *block_action_name(enum block_action action)
{
	return actions[action];
}

/** The kind of a name; EINVAL when there is none */
int block_kind_parse(enum block_kind *kind, const char *name)
{
	int i = word_find(kinds, BLOCK_KINDS, name);

	if (i < 0)
		return EINVAL;
	*kind = (enum block_kind)i;
	return 0;
}

/** The action of a name; EINVAL when there is none */
int block_action_parse(enum block_action *action, const char *name)
{
	int i = word_find(actions, BLOCK_ACTIONS, name);

	if (i < 0)
		return EINVAL;
	*action = (enum block_action)i;
	return 0;
}

static int block_read(const struct db_row *row, void *arg)
{
	struct call_block *b = arg;
	int err;

	memset(b, 0, sizeof(*b));
	b->tenant = db_int(row, 0);
	db_copy(b->id, sizeof(b->id), row, 1);
	db_copy(b->extension_id, sizeof(b->extension_id), row, 2);
	err = block_kind_parse(&b->kind, db_text(row, 3));
	db_copy(b->pattern, sizeof(b->pattern), row, 4);
	err = err ? err : block_action_parse(&b->action, db_text(row, 5));
	db_copy(b->note, sizeof(b->note), row, 6);
	b->active = db_int(row, 7);
	b->created_at = db_int(row, 8);
	b->version = db_int(row, 9);
	return err;
}

/** One rule of the tenant by its id; ENOENT */
int call_block_get(struct call_block *b, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, block_read, b,
		       "SELECT " COLUMNS " FROM call_block WHERE tenant_id = $1 AND id = $2", "is",
		       tenant, id);
}

static void pattern_check(struct field_errors *fe, struct call_block *b, const char *country)
{
	char e164[PHONE_SIZE];

	if (b->kind == BLOCK_ANONYMOUS) {
		b->pattern[0] = '\0';
		return;
	}
	if (b->kind == BLOCK_NUMBER && phone_e164(e164, sizeof(e164), b->pattern, country))
		str_ncpy(b->pattern, e164, sizeof(b->pattern));
	if (!phone_dialable(b->pattern) || strpbrk(b->pattern, "*#"))
		field_error(fe, "pattern",
			    b->kind == BLOCK_PREFIX
				    ? "must be how numbers begin, such as +1900"
				    : "must be a number such as +12125550100, or an extension");
}

/**
 * Checks a rule before it is added (id "") or changed, and brings its number into the form in which
 * it is kept
 *
 * @return 0 or what the database said; what is wrong is in fe
 */
int call_block_check(struct field_errors *fe, struct db *db, struct call_block *b)
{
	struct extension e;
	struct tenant_row t;
	int64_t n = 0;
	int err = tenant_get(&t, db, b->tenant);

	if (!err && b->extension_id[0])
		err = extension_get(&e, db, b->tenant, b->extension_id);
	if (err == ENOENT) {
		field_error(fe, "extensionId", "is no extension of yours");
		return 0;
	}
	if (!err && !b->id[0])
		err = db_number(db, &n, "SELECT count(*) FROM call_block WHERE tenant_id = $1", "i",
				b->tenant);
	if (n >= CALL_BLOCKS)
		field_error(fe, "pattern", "cannot be added: there are %d rules already",
			    CALL_BLOCKS);
	if (!err)
		pattern_check(fe, b, t.country);
	return err;
}

/** Adds a rule and fills in its id, time and version; 0 or errno */
int call_block_add(struct db *db, struct call_block *b)
{
	int err;

	b->created_at = clock_wall_ms();
	b->version = 1;
	str_ncpy(b->id, id_new().s, sizeof(b->id));
	err = db_exec(db,
		      "INSERT INTO call_block (" COLUMNS ") VALUES "
		      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		      "issssssdii", b->tenant, b->id, b->extension_id, kinds[b->kind], b->pattern,
		      actions[b->action], b->note, b->active, b->created_at, b->version);
	return err ? err : tenant_touch_but(db, b->tenant, TENANT_BULK);
}

/** Changes a rule; 0, ENOENT, ESTALE when somebody else changed it meanwhile */
int call_block_change(struct db *db, struct call_block *b)
{
	struct call_block old;
	int err = call_block_get(&old, db, b->tenant, b->id);

	if (err)
		return err;
	if (b->version && b->version != old.version)
		return ESTALE;
	b->version = old.version + 1;
	err = db_change(db,
			"UPDATE call_block SET extension_id = $3, kind = $4, pattern = $5, "
			"action = $6, note = $7, active = $8, version = $9 "
			"WHERE tenant_id = $1 AND id = $2",
			"issssssdi", b->tenant, b->id, b->extension_id, kinds[b->kind], b->pattern,
			actions[b->action], b->note, b->active, b->version);
	return err ? err : tenant_touch_but(db, b->tenant, TENANT_BULK);
}

/** Removes a rule; ENOENT */
int call_block_remove(struct db *db, int64_t tenant, const char *id)
{
	int err = db_change(db, "DELETE FROM call_block WHERE tenant_id = $1 AND id = $2", "is",
			    tenant, id);

	return err ? err : tenant_touch_but(db, tenant, TENANT_BULK);
}

struct list_arg {
	call_block_h *h;
	void *arg;
};

static int block_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct call_block b;
	int err = block_read(row, &b);

	return err ? err : l->h(&b, l->arg);
}

/**
 * Shows rules, eldest first
 *
 * @param db           Connection
 * @param tenant       Whose
 * @param extension_id Of this extension; "" of the tenant as a whole; NULL all
 * @param after        Id after which the page begins; NULL or "" for the first
 * @param limit        Most of them; 0 for all
 * @param h            Sees each
 * @param arg          Its argument
 *
 * @return 0 or errno
 */
int call_block_list(struct db *db, int64_t tenant, const char *extension_id, const char *after,
		    unsigned limit, call_block_h *h, void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, block_each, &l,
			"SELECT " COLUMNS " FROM call_block WHERE tenant_id = $1 AND id > $2 AND "
			"($3 = 1 OR extension_id = $4) ORDER BY id LIMIT $5",
			"isdsi", tenant, after ? after : "", extension_id == NULL,
			extension_id ? extension_id : "", row_limit(limit));
}
