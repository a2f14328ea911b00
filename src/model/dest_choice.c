/**
 * @file dest_choice.c  Lists of targets
 */
#include "dest_choice.h"
#include "text.h"

struct choice {
	enum dest_kind kind;
	dest_choice_h *h;
	void *arg;
};

/* Kinds whose targets one sees by their number show it; the others have names only. */
#define BY_NUMBER(table)                                                                           \
	"SELECT number, number || ' ' || name FROM " table " WHERE tenant_id = $1 AND "            \
	"($2 = '' OR number LIKE $2 ESCAPE '\\' OR lower(name) LIKE $2 ESCAPE '\\') "              \
	"ORDER BY number LIMIT $3"
#define BY_NAME(target, table)                                                                     \
	"SELECT " target ", name FROM " table " WHERE tenant_id = $1 AND "                         \
	"($2 = '' OR lower(name) LIKE $2 ESCAPE '\\') ORDER BY name, id LIMIT $3"

static const char *const lists[DEST_MAX] = {
	[DEST_extension] = BY_NUMBER("extension"),
	[DEST_voicemail] = BY_NUMBER("extension"),
	[DEST_fax] = BY_NUMBER("extension"),
	[DEST_group] = BY_NUMBER("ring_group"),
	[DEST_queue] = BY_NUMBER("queue"),
	[DEST_hours] = BY_NAME("id", "hours"),
	[DEST_callflow] = BY_NAME("id", "call_flow"),
	[DEST_announce] = BY_NAME("'own/' || id", "own_sound"),
};

static int row_read(const struct db_row *row, void *arg)
{
	const struct choice *c = arg;
	struct dest d = {.kind = c->kind};

	db_copy(d.target, sizeof(d.target), row, 0);
	return c->h(&d, db_text(row, 1), c->arg);
}

/**
 * Shows the targets of a kind that fit a text, at most DEST_CHOICES, in the order people expect
 *
 * @param db     Connection
 * @param tenant Whose
 * @param kind   Kind; one whose target is not chosen from a list has none
 * @param q      Part of number or name; NULL or "" for all
 * @param h      Sees each
 * @param arg    Its argument
 *
 * @return 0 or errno
 */
int dest_choice_list(struct db *db, int64_t tenant, enum dest_kind kind, const char *q,
		     dest_choice_h *h, void *arg)
{
	struct choice c = {kind, h, arg};
	const char *sql = lists[kind];
	char like[2 * MODEL_NAME];

	if (!sql)
		return 0;
	field_search(like, sizeof(like), q);
	return db_query(db, row_read, &c, sql, "isi", tenant, like, (int64_t)DEST_CHOICES);
}
