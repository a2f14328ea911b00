/**
 * @file number.c  Numbers that somebody types as where to pass calls on to
 */
#include <errno.h>
#include <string.h>
#include "number.h"
#include "own.h"
#include "tenant.h"
#include "text.h"

/* Whatever has a number inside a tenant; dest_resolve() knows the same */
static const char *const inside[] = {
	"SELECT count(*) FROM extension WHERE tenant_id = $1 AND number = $2",
	"SELECT count(*) FROM ring_group WHERE tenant_id = $1 AND number = $2",
};

static int number_inside(bool *found, struct db *db, int64_t tenant, const char *number)
{
	int err = 0;

	*found = false;
	for (size_t i = 0; i < COUNT(inside) && !err && !*found; i++) {
		int64_t n = 0;

		err = db_number(db, &n, inside[i], "is", tenant, number);
		*found = n > 0;
	}
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
	char e164[PHONE_SIZE];
	bool found;
	int err = number_inside(&found, db, tenant, number);

	if (err || found)
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
