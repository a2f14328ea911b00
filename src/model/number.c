/**
 * @file number.c  Numbers inside a tenant, and those that somebody types
 */
#include <errno.h>
#include <string.h>
#include "number.h"
#include "own.h"
#include "tenant.h"
#include "text.h"

/* Whatever has a number inside a tenant; dest_resolve() knows the same */
static const struct {
	const char *several; /* what it is when it rings several people; NULL: one */
	const char *sql;
} inside[] = {
	{NULL, "SELECT name FROM extension WHERE tenant_id = $1 AND number = $2 AND id <> $3"},
	{"a ring group",
	 "SELECT name FROM ring_group WHERE tenant_id = $1 AND number = $2 AND id <> $3"},
	{"a queue", "SELECT name FROM queue WHERE tenant_id = $1 AND number = $2 AND id <> $3"},
};

static int name_row(const struct db_row *row, void *arg)
{
	db_copy(arg, MODEL_NAME, row, 0);
	return 0;
}

/**
 * Who has a number inside a tenant
 *
 * @param name   Its name; "" when nobody has it
 * @param db     Connection
 * @param tenant Whose
 * @param number Number
 * @param but_id Whose own it may be; "" for nobody's
 *
 * @return 0 or what the database said
 */
int number_holder(char name[MODEL_NAME], struct db *db, int64_t tenant, const char *number,
		  const char *but_id)
{
	int err = ENOENT;

	name[0] = '\0';
	for (size_t i = 0; i < COUNT(inside) && err == ENOENT; i++)
		err = db_find(db, name_row, name, inside[i].sql, "iss", tenant, number, but_id);
	return err == ENOENT ? 0 : err;
}

/** Complains when somebody else has the number already; 0 or what the database said */
int number_used(struct field_errors *fe, struct db *db, int64_t tenant, const char *number,
		const char *but_id)
{
	char name[MODEL_NAME];
	int err = number_holder(name, db, tenant, number, but_id);

	if (name[0])
		field_error(fe, "number", "is already used by %s", name);
	return err;
}

/**
 * Checks where calls are to go: a number of the tenant's own, or an outside one, which is brought
 * into E.164 form
 *
 * @param fe     Filled with what is wrong
 * @param field  Under which name
 * @param db     Connection
 * @param tenant Whose
 * @param number As typed; changed to how it is kept
 *
 * @return 0 or what the database said
 */
int number_check(struct field_errors *fe, const char *field, struct db *db, int64_t tenant,
		 char number[PHONE_SIZE])
{
	struct tenant_row t;
	char e164[PHONE_SIZE], name[MODEL_NAME];
	int err = number_holder(name, db, tenant, number, "");

	if (err || name[0])
		return err;
	err = tenant_get(&t, db, tenant);
	if (err)
		return err;
	if (phone_e164(e164, sizeof(e164), number, t.country))
		str_ncpy(number, e164, PHONE_SIZE);
	else if (number[0] && strspn(number, "0123456789") == strlen(number))
		field_error(fe, field, "is %s, which nobody here has", number);
	else
		field_error(fe, field, "must be an extension or a number such as +12125550100");
	return 0;
}

/**
 * Likewise of somebody who is rung beside others: a ring group or a queue would ring several, or
 * the same people twice, and is refused
 *
 * @return 0 or what the database said
 */
int number_check_one(struct field_errors *fe, const char *field, struct db *db, int64_t tenant,
		     char number[PHONE_SIZE])
{
	char name[MODEL_NAME];
	int err = ENOENT;

	for (size_t i = 0; i < COUNT(inside) && err == ENOENT; i++) {
		if (!inside[i].several)
			continue;
		err = db_find(db, name_row, name, inside[i].sql, "iss", tenant, number, "");
		if (!err)
			field_error(fe, field, "has %s, which is %s", number, inside[i].several);
	}
	return err == ENOENT ? number_check(fe, field, db, tenant, number) : err;
}
