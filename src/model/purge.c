/**
 * @file purge.c  What is forgotten after a time
 */
#include <errno.h>
#include <string.h>
#include "job_row.h"
#include "own.h"
#include "purge.h"

enum { CALLS = 200 };

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;
static const int64_t night_ms = INT64_C(3) * 3600 * 1000; /* 03:00 UTC */

struct old_calls {
	unsigned count, limit;
	struct {
		int64_t started_at;
		char id[ID_SIZE];
	} v[CALLS];
};

static int old_add(const struct db_row *row, void *arg)
{
	struct old_calls *o = arg;

	if (o->count == o->limit)
		return DB_STOP;
	o->v[o->count].started_at = db_int(row, 0);
	db_copy(o->v[o->count++].id, ID_SIZE, row, 1);
	return 0;
}

static int call_forget(struct db *db, int64_t tenant, int64_t started_at, const char *id)
{
	int err = db_exec(db, "DELETE FROM call_leg WHERE tenant_id = $1 AND call_id = $2", "is",
			  tenant, id);

	if (!err)
		err = db_exec(db, "DELETE FROM call_story WHERE tenant_id = $1 AND call_id = $2",
			      "is", tenant, id);
	if (!err)
		err = db_exec(db,
			      "DELETE FROM call_extension WHERE tenant_id = $1 AND started_at = $2 "
			      "AND call_id = $3",
			      "iis", tenant, started_at, id);
	if (!err)
		err = db_exec(db,
			      "DELETE FROM call WHERE tenant_id = $1 AND started_at = $2 AND "
			      "id = $3",
			      "iis", tenant, started_at, id);
	return err;
}

/** Forgets the oldest calls that began before a time, with their legs and stories */
int purge_calls(unsigned *n, struct db *db, int64_t tenant, int64_t before, unsigned limit)
{
	AUTO struct old_calls *o = mem_zalloc(sizeof(*o), NULL);
	int err;

	*n = 0;
	if (!o)
		return ENOMEM;
	o->limit = limit < CALLS ? limit : CALLS;
	err = db_query(db, old_add, o,
		       "SELECT started_at, id FROM call WHERE tenant_id = $1 AND started_at < $2 "
		       "ORDER BY started_at, id LIMIT $3",
		       "iid", tenant, before, (int)o->limit);
	for (unsigned i = 0; i < o->count && !err; i++)
		err = call_forget(db, tenant, o->v[i].started_at, o->v[i].id);
	*n = o->count;
	return err;
}

/** Forgets the oldest lines of the audit log from before a time */
int purge_audit(unsigned *n, struct db *db, int64_t tenant, int64_t before, unsigned limit)
{
	int err =
		db_exec(db,
			"DELETE FROM audit WHERE (tenant_id, at, id) IN (SELECT tenant_id, at, id "
			"FROM audit WHERE tenant_id = $1 AND at < $2 ORDER BY at LIMIT $3)",
			"iid", tenant, before, (int)limit);

	*n = err ? 0 : (unsigned)db->changed;
	return err;
}

/** Sees to it that a purge is due in the coming night; there is one at a time */
int purge_schedule(struct db *db, int64_t now)
{
	AUTO struct job_row *j = mem_zalloc(sizeof(*j), NULL);
	int err;

	if (!j)
		return ENOMEM;
	j->kind = JOB_purge;
	j->due_at = now - now % day_ms + night_ms;
	if (j->due_at <= now)
		j->due_at += day_ms;
	strcpy(j->once, "night");
	err = job_add(db, j);
	return err == EEXIST ? 0 : err;
}
