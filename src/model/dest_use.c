/**
 * @file dest_use.c  What leads to a dest
 */
#include <errno.h>
#include <string.h>
#include "dest_exit.h"
#include "dest_use.h"
#include "own.h"
#include "text.h"

/* Each finds one thing that leads to kind $2 and target $3, and tells its name */
static const struct {
	const char *sentence, *sql;
} uses[] = {
	{"the phone number %s",
	 "SELECT number FROM did WHERE tenant_id = $1 AND dest_kind = $2 AND dest_target = $3 "
	 "ORDER BY number LIMIT 1"},
	{"the faxes of the phone number %s",
	 "SELECT number FROM did WHERE tenant_id = $1 AND $2 = 'fax' AND fax_target = $3 "
	 "ORDER BY number LIMIT 1"},
	{"what follows %s",
	 "SELECT dest_kind || ' ' || dest_target FROM dest_exit WHERE tenant_id = $1 AND "
	 "next_kind = $2 AND next_target = $3 AND NOT (dest_kind = $2 AND dest_target = $3) "
	 "ORDER BY 1 LIMIT 1"},
	{"the ring group %s",
	 "SELECT g.number || ' ' || g.name FROM ring_group_member m JOIN ring_group g ON "
	 "g.tenant_id = m.tenant_id AND g.id = m.group_id WHERE m.tenant_id = $1 AND "
	 "$2 = 'extension' AND m.number = $3 ORDER BY g.number LIMIT 1"},
	{"the queue %s",
	 "SELECT q.number || ' ' || q.name FROM queue_agent a JOIN queue q ON "
	 "q.tenant_id = a.tenant_id AND q.id = a.queue_id WHERE a.tenant_id = $1 AND "
	 "$2 = 'extension' AND a.number = $3 ORDER BY q.number LIMIT 1"},
	{"the forward of %s",
	 "SELECT e.number FROM extension_forward f JOIN extension e ON "
	 "e.tenant_id = f.tenant_id AND e.id = f.extension_id WHERE f.tenant_id = $1 AND "
	 "$2 IN ('extension', 'group', 'queue') AND f.number = $3 AND f.active = 1 AND e.number <> "
	 "$3 "
	 "ORDER BY e.number LIMIT 1"},
};

static int name_row(const struct db_row *row, void *arg)
{
	db_copy(arg, DEST_USE / 2, row, 0);
	return 0;
}

/**
 * Says what leads to a dest
 *
 * @param where  One thing that does, as people read it: "the phone number +14155550110"; "" for
 * none
 * @param db     Connection
 * @param tenant Whose
 * @param d      Dest
 *
 * @return 0 or what the database said
 */
int dest_used(char where[DEST_USE], struct db *db, int64_t tenant, const struct dest *d)
{
	where[0] = '\0';
	for (size_t i = 0; i < COUNT(uses); i++) {
		char name[DEST_USE / 2];
		int err = db_find(db, name_row, name, uses[i].sql, "iss", tenant,
				  dest_kind_name(d->kind), d->target);

		if (err == ENOENT)
			continue;
		if (!err)
			(void)re_snprintf(where, DEST_USE, uses[i].sentence, name);
		return err;
	}
	return 0;
}

/** A dest has a new target: what leads to it follows; 0 or errno */
int dest_renamed(struct db *db, int64_t tenant, const struct dest *d, const char *target)
{
	int err = db_exec(db,
			  "UPDATE did SET dest_target = $4, version = version + 1 WHERE "
			  "tenant_id = $1 AND dest_kind = $2 AND dest_target = $3",
			  "isss", tenant, dest_kind_name(d->kind), d->target, target);

	if (!err && d->kind == DEST_fax)
		err = db_exec(db,
			      "UPDATE did SET fax_target = $3, version = version + 1 WHERE "
			      "tenant_id = $1 AND fax_target = $2",
			      "iss", tenant, d->target, target);
	if (!err)
		err = db_exec(db,
			      "UPDATE extension_forward SET number = $3 WHERE tenant_id = $1 AND "
			      "number = $2",
			      "iss", tenant, d->target, target);
	if (!err && d->kind == DEST_extension)
		err = db_exec(db,
			      "UPDATE ring_group_member SET number = $3 WHERE tenant_id = $1 AND "
			      "number = $2",
			      "iss", tenant, d->target, target);
	if (!err && d->kind == DEST_extension)
		err = db_exec(db,
			      "UPDATE queue_agent SET number = $3 WHERE tenant_id = $1 AND "
			      "number = $2",
			      "iss", tenant, d->target, target);
	return err ? err : dest_exit_rename(db, tenant, d, target);
}

/* What has the number of an extension as its target: its phones, its faxes, its mailbox */
static const enum dest_kind of_extension[] = {DEST_extension, DEST_fax, DEST_voicemail,
					      DEST_intercom};

/** Says what leads to an extension, its faxes or its mailbox; as dest_used() */
int dest_extension_used(char where[DEST_USE], struct db *db, int64_t tenant, const char *number)
{
	int err = 0;

	where[0] = '\0';
	for (size_t i = 0; !err && !where[0] && i < COUNT(of_extension); i++) {
		struct dest d = {.kind = of_extension[i]};

		str_ncpy(d.target, number, sizeof(d.target));
		err = dest_used(where, db, tenant, &d);
	}
	return err;
}

/** An extension has a new number: what leads to it, its faxes or its mailbox follows; 0 or errno */
int dest_extension_renamed(struct db *db, int64_t tenant, const char *old, const char *number)
{
	int err = 0;

	for (size_t i = 0; !err && i < COUNT(of_extension); i++) {
		struct dest d = {.kind = of_extension[i]};

		str_ncpy(d.target, old, sizeof(d.target));
		err = dest_renamed(db, tenant, &d, number);
	}
	return err;
}
