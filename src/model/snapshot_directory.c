/**
 * @file snapshot_directory.c  The extensions of a tenant's snapshot, with what hardly ever changes
 * about them: shared with the snapshot before as long as it is the same
 */
#include <errno.h>
#include <string.h>
#include "arena.h"
#include "index.h"
#include "snapshot_parts.h"

static void directory_destructor(void *arg)
{
	struct directory *d = arg;

	mem_deref(d->arena);
}

static int extension_row(const struct db_row *row, void *arg)
{
	struct part *p = arg;
	struct tenant_extension *x = &p->t->directory->rows[p->count];

	if (p->count == p->room)
		return DB_STOP;
	x->id = part_keep(p, db_text(row, 0));
	x->number = part_keep(p, db_text(row, 1));
	x->name = part_keep(p, db_text(row, 2));
	x->caller_id_name = part_keep(p, db_text(row, 3));
	x->caller_id_number = part_keep(p, db_text(row, 4));
	x->ring_ms = (uint32_t)db_int(row, 5);
	x->call_waiting = db_int(row, 6);
	(void)recording_rule_parse(&x->recording, db_text(row, 7));
	x->emergency_address = part_keep(p, db_text(row, 8));
	++p->count;
	return p->err;
}

static int directory_rows(struct tenant *t, struct directory *d, struct db *db)
{
	struct part p = {.t = t, .arena = d->arena};
	int err;

	d->rows = part_rows(&p, db, "SELECT count(*) FROM extension WHERE tenant_id = $1",
			    sizeof(*d->rows));
	if (!d->rows)
		return p.err;
	err = db_query(db, extension_row, &p,
		       "SELECT id, number, name, caller_id_name, caller_id_number, ring_ms, "
		       "call_waiting, recording, emergency_address FROM extension WHERE "
		       "tenant_id = $1 ORDER BY number",
		       "i", t->id);
	d->count = p.count;
	if (!err)
		err = index_alloc(&d->by_id, d->arena, &d->rows->id, sizeof(*d->rows), d->count);
	if (!err)
		err = index_alloc(&d->by_number, d->arena, &d->rows->number, sizeof(*d->rows),
				  d->count);
	return err;
}

/* While it is built the tenant's extensions are its own rows. */
static int directory_read(struct tenant *t, struct db *db)
{
	struct directory *d = t->directory;
	int err = arena_alloc(&d->arena);

	if (!err)
		err = directory_rows(t, d, db);
	t->extensions = d->rows;
	t->extension_count = d->count;
	if (!err)
		err = mailboxes_build(t, d, db);
	return err ? err : listeners_build(t, db);
}

/**
 * Gives a tenant its extensions
 *
 * @param t       Tenant being built; its own row is there
 * @param db      Database
 * @param old     Snapshot to share with; NULL for none
 * @param version Of the tenant, at which they may last have changed
 *
 * @return 0, ENOMEM or errno
 */
int directory_take(struct tenant *t, struct db *db, const struct tenant *old, int64_t version)
{
	bool same = old && old->id == t->id && old->directory->version == version;
	const struct directory *d;
	int err = 0;

	t->directory = same ? shared_ref(old->directory)
			    : shared_alloc(sizeof(*t->directory), directory_destructor);
	if (!t->directory)
		return ENOMEM;
	if (!same) {
		t->directory->version = version;
		err = directory_read(t, db);
	}
	if (err)
		return err;
	d = t->directory;
	t->extension_count = d->count;
	t->extensions = arena_get(t->arena, (d->count + 1) * sizeof(*t->extensions));
	if (!t->extensions)
		return ENOMEM;
	memcpy(t->extensions, d->rows, d->count * sizeof(*t->extensions));
	return 0;
}
