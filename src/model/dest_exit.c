/**
 * @file dest_exit.c  Rows (dest, exit, next dest)
 */
#include <errno.h>
#include <string.h>
#include "dest_exit.h"
#include "own.h"
#include "tenant.h"

static const char *exit_stored(enum exit_id exit)
{
	return exit == EXIT_ANY ? "" : exit_name(exit);
}

static int exit_parse(enum exit_id *exit, const char *name)
{
	*exit = EXIT_ANY;
	if (!name[0])
		return 0;
	for (int i = 0; i < EXIT_MAX; i++) {
		if (!strcmp(exit_name((enum exit_id)i), name)) {
			*exit = (enum exit_id)i;
			return 0;
		}
	}
	return EINVAL;
}

/** Says what comes after a dest that ended so, in place of what was said before; 0 or errno */
int dest_exit_set(struct db *db, int64_t tenant, const struct dest_exit *row)
{
	int err = db_exec(db,
			  "INSERT INTO dest_exit (tenant_id, dest_kind, dest_target, exit, "
			  "next_kind, next_target) VALUES ($1, $2, $3, $4, $5, $6) "
			  "ON CONFLICT (tenant_id, dest_kind, dest_target, exit) DO UPDATE SET "
			  "next_kind = $5, next_target = $6",
			  "isssss", tenant, dest_kind_name(row->dest.kind), row->dest.target,
			  exit_stored(row->exit), dest_kind_name(row->next.kind), row->next.target);

	return err ? err : tenant_touch_but(db, tenant, TENANT_BULK);
}

/** From now on nothing comes after this exit of a dest; 0 or errno, also when nothing did */
int dest_exit_remove(struct db *db, int64_t tenant, const struct dest *dest, enum exit_id exit)
{
	int err = db_exec(db,
			  "DELETE FROM dest_exit WHERE tenant_id = $1 AND dest_kind = $2 AND "
			  "dest_target = $3 AND exit = $4",
			  "isss", tenant, dest_kind_name(dest->kind), dest->target,
			  exit_stored(exit));

	return err ? err : tenant_touch_but(db, tenant, TENANT_BULK);
}

/**
 * Checks what comes next after an exit, as far as there is anything
 *
 * @param fe     Errors are added to
 * @param field  Where they belong
 * @param db     Database
 * @param tenant Whose
 * @param n      What comes next; a target "" of n->self is no dest yet
 *
 * @return 0 or what the database said
 */
int dest_next_check(struct field_errors *fe, const char *field, struct db *db, int64_t tenant,
		    const struct dest_next *n)
{
	struct field_errors found = {0};
	int err = 0;

	if (!n->has)
		return 0;
	if (n->self->target[0] && dest_same(n->next, n->self))
		field_error(fe, field, "is %s itself", n->what);
	else
		err = dest_check(&found, db, tenant, n->next);
	if (found.count)
		field_error(fe, field, "%s", found.v[0].text);
	return err;
}

/** Says what comes next after an exit, or that nothing does; 0 or errno */
int dest_next_write(struct db *db, int64_t tenant, enum exit_id exit, const struct dest_next *n)
{
	struct dest_exit row = {.dest = *n->self, .exit = exit};

	if (!n->has)
		return dest_exit_remove(db, tenant, n->self, exit);
	row.next = *n->next;
	return dest_exit_set(db, tenant, &row);
}

/** Forgets the exits of a dest that is being removed; 0 or errno */
int dest_exit_forget(struct db *db, int64_t tenant, const struct dest *dest)
{
	return db_exec(db,
		       "DELETE FROM dest_exit WHERE tenant_id = $1 AND dest_kind = $2 AND "
		       "dest_target = $3",
		       "iss", tenant, dest_kind_name(dest->kind), dest->target);
}

/** A dest has a new target: its exits and what leads to it follow; 0 or errno */
int dest_exit_rename(struct db *db, int64_t tenant, const struct dest *dest, const char *target)
{
	const char *kind = dest_kind_name(dest->kind);
	int err = db_exec(db,
			  "UPDATE dest_exit SET dest_target = $4 WHERE tenant_id = $1 AND "
			  "dest_kind = $2 AND dest_target = $3",
			  "isss", tenant, kind, dest->target, target);

	if (err)
		return err;
	return db_exec(db,
		       "UPDATE dest_exit SET next_target = $4 WHERE tenant_id = $1 AND "
		       "next_kind = $2 AND next_target = $3",
		       "isss", tenant, kind, dest->target, target);
}

struct list_arg {
	dest_exit_h *h;
	void *arg;
};

/* A row of a kind that this program does not know leads nowhere and is passed over. */
static int dest_exit_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct dest_exit x = {0};

	if (dest_kind_parse(&x.dest.kind, db_text(row, 0)) ||
	    exit_parse(&x.exit, db_text(row, 2)) || dest_kind_parse(&x.next.kind, db_text(row, 3)))
		return 0;
	db_copy(x.dest.target, sizeof(x.dest.target), row, 1);
	db_copy(x.next.target, sizeof(x.next.target), row, 4);
	return l->h(&x, l->arg);
}

/** Shows the rows of a dest, or with NULL of the whole tenant; 0 or errno */
int dest_exit_list(struct db *db, int64_t tenant, const struct dest *dest, dest_exit_h *h,
		   void *arg)
{
	struct list_arg l = {h, arg};

	return db_query(db, dest_exit_each, &l,
			"SELECT dest_kind, dest_target, exit, next_kind, next_target FROM "
			"dest_exit WHERE tenant_id = $1 AND ($2 = '' OR (dest_kind = $2 AND "
			"dest_target = $3)) ORDER BY dest_kind, dest_target, exit",
			"iss", tenant, dest ? dest_kind_name(dest->kind) : "",
			dest ? dest->target : "");
}
