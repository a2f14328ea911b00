/**
 * @file recorded.c  Recordings of calls
 */
#include <errno.h>
#include <string.h>
#include "own.h"
#include "recorded.h"
#include "row.h"

#define COLUMNS "tenant_id, id, call_id, extension_id, started_by, blob, duration_ms, started_at"

static const char *const rules[] = {"none", "inbound", "outbound", "all"};
static const char *const bys[] = {"rule", "key", "api", "queue"};

static int word_find(int *found, const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(words[i], word)) {
			*found = (int)i;
			return 0;
		}
	}
	return EINVAL;
}

/** Name of a rule, as stored and as the API says it */
const char *recording_rule_name(enum recording_rule rule)
{
	return rules[rule];
}

/** The rule of a name; EINVAL when it is none */
int recording_rule_parse(enum recording_rule *rule, const char *name)
{
	int i = 0, err = word_find(&i, rules, COUNT(rules), name);

	if (!err)
		*rule = (enum recording_rule)i;
	return err;
}

/** Name of what began a recording */
const char *recorded_by_name(enum recorded_by by)
{
	return bys[by];
}

static int recorded_read(struct recorded *r, const struct db_row *row)
{
	int by = 0, err;

	memset(r, 0, sizeof(*r));
	r->tenant = db_int(row, 0);
	db_copy(r->id, sizeof(r->id), row, 1);
	db_copy(r->call_id, sizeof(r->call_id), row, 2);
	db_copy(r->extension_id, sizeof(r->extension_id), row, 3);
	err = word_find(&by, bys, COUNT(bys), db_text(row, 4));
	r->by = (enum recorded_by)by;
	db_copy(r->blob, sizeof(r->blob), row, 5);
	r->duration_ms = db_int(row, 6);
	r->started_at = db_int(row, 7);
	return err;
}

static int recorded_one(const struct db_row *row, void *arg)
{
	return recorded_read(arg, row);
}

/** Adds a recording that begins */
int recorded_begin(struct db *db, const struct recorded *r)
{
	return db_exec(db,
		       "INSERT INTO recording (" COLUMNS ", state) VALUES ($1, $2, $3, $4, $5, $6, "
		       "0, $7, 'recording')",
		       "isssssi", r->tenant, r->id, r->call_id, r->extension_id, bys[r->by],
		       r->blob, r->started_at);
}

/** The file is complete; ENOENT when it was not being recorded */
int recorded_finish(struct db *db, int64_t tenant, const char *id, int64_t duration_ms)
{
	return db_change(db,
			 "UPDATE recording SET state = 'done', duration_ms = $3 WHERE "
			 "tenant_id = $1 AND id = $2 AND state = 'recording'",
			 "isi", tenant, id, duration_ms);
}

/** Removes the row; the file is the caller's to delete first */
int recorded_drop(struct db *db, int64_t tenant, const char *id)
{
	return db_change(db, "DELETE FROM recording WHERE tenant_id = $1 AND id = $2", "is", tenant,
			 id);
}

/** One recording of the tenant that is complete; ENOENT */
int recorded_get(struct recorded *r, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, recorded_one, r,
		       "SELECT " COLUMNS " FROM recording WHERE tenant_id = $1 AND id = $2 AND "
		       "state = 'done'",
		       "is", tenant, id);
}

struct list_arg {
	recorded_h *h;
	void *arg;
};

static int recorded_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct recorded r;
	int err = recorded_read(&r, row);

	return err ? err : l->h(&r, l->arg);
}

/** Shows the tenant's recordings, newest first */
int recorded_list(struct db *db, int64_t tenant, const struct recorded_filter *f, recorded_h *h,
		  void *arg)
{
	struct list_arg l = {h, arg};
	char like[MODEL_NAME];

	field_search(like, sizeof(like), f->q);
	return db_query(db, recorded_each, &l,
			"SELECT " COLUMNS " FROM recording WHERE tenant_id = $1 AND "
			"state = 'done' AND ($2 = '' OR id < $2) AND started_at >= $3 AND "
			"started_at < $4 AND ($5 = '' OR EXISTS (SELECT 1 FROM call c WHERE "
			"c.tenant_id = recording.tenant_id AND c.id = recording.call_id AND "
			"(c.from_number LIKE $5 ESCAPE '\\' OR c.to_number LIKE $5 ESCAPE '\\' OR "
			"lower(c.from_name) LIKE $5 ESCAPE '\\' OR "
			"lower(c.to_name) LIKE $5 ESCAPE '\\' OR "
			"lower(c.by_name) LIKE $5 ESCAPE '\\'))) ORDER BY id DESC LIMIT $6",
			"isiisi", tenant, f->before ? f->before : "", f->from,
			f->to ? f->to : INT64_MAX, like, row_limit(f->limit));
}

/** Shows the recordings of one call, in the order of time */
int recorded_of_call(struct db *db, int64_t tenant, const char *call_id, recorded_h *h, void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, recorded_each, &l,
			"SELECT " COLUMNS " FROM recording WHERE tenant_id = $1 AND call_id = $2 "
			"AND state = 'done' ORDER BY id",
			"is", tenant, call_id);
}

/** Shows what was being recorded when the process was killed; at start */
int recorded_cut(struct db *db, recorded_h *h, void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, recorded_each, &l,
			"SELECT " COLUMNS " FROM recording WHERE state = 'recording'", "");
}

/** Shows recordings of a tenant that began before a time and may go */
int recorded_due(struct db *db, int64_t tenant, int64_t before, unsigned limit, recorded_h *h,
		 void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, recorded_each, &l,
			"SELECT " COLUMNS " FROM recording WHERE tenant_id = $1 AND "
			"state = 'done' AND started_at < $2 ORDER BY id LIMIT $3",
			"iii", tenant, before, row_limit(limit));
}
