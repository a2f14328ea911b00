/**
 * @file snapshot_phones.c  The phones of a tenant's snapshot and their credentials: shared with the
 * snapshot before as long as they are the same
 */
#include <errno.h>
#include <string.h>
#include "arena.h"
#include "index.h"
#include "snapshot_parts.h"

static void phones_destructor(void *arg)
{
	struct phones *f = arg;

	mem_deref(f->arena);
}

static int phone_row(const struct db_row *row, void *arg)
{
	struct part *p = arg;
	struct tenant_device *x = &p->t->phones->rows[p->count];

	if (p->count == p->room)
		return DB_STOP;
	x->id = part_keep(p, db_text(row, 0));
	x->extension_id = part_keep(p, db_text(row, 1));
	x->name = part_keep(p, db_text(row, 2));
	x->auth_user = part_keep(p, db_text(row, 3));
	x->ha1_md5 = part_keep(p, db_text(row, 4));
	x->ha1_sha256 = part_keep(p, db_text(row, 5));
	x->sdes = db_int(row, 6);
	++p->count;
	return p->err;
}

static int phones_read(struct tenant *t, struct phones *f, struct db *db)
{
	struct part p = {.t = t};
	int err = arena_alloc(&f->arena);

	if (err)
		return err;
	p.arena = f->arena;
	f->rows = part_rows(&p, db, "SELECT count(*) FROM device WHERE tenant_id = $1",
			    sizeof(*f->rows));
	if (!f->rows)
		return p.err;
	err = db_query(db, phone_row, &p,
		       "SELECT id, extension_id, name, auth_user, ha1_md5, ha1_sha256, sdes FROM "
		       "device WHERE tenant_id = $1 AND browser = 0",
		       "i", t->id);
	return err ? err
		   : index_alloc(&f->by_auth, f->arena, &f->rows->auth_user, sizeof(*f->rows),
				 p.count);
}

/** Gives a tenant its phones; see directory_take() */
int phones_take(struct tenant *t, struct db *db, const struct tenant *old, int64_t version)
{
	bool same = old && old->id == t->id && old->phones->version == version;

	t->phones = same ? shared_ref(old->phones)
			 : shared_alloc(sizeof(*t->phones), phones_destructor);
	if (!t->phones)
		return ENOMEM;
	if (same)
		return 0;
	t->phones->version = version;
	return phones_read(t, t->phones, db);
}

/** The phone of a credential's user name; NULL for none */
const struct tenant_device *tenant_device(const struct tenant *t, const char *auth_user)
{
	int64_t i = index_find(t->phones->by_auth, auth_user, strlen(auth_user));

	return i < 0 ? NULL : &t->phones->rows[i];
}
