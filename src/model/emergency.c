/**
 * @file emergency.c  The numbers that a tenant's people call for help
 */
#include <errno.h>
#include <string.h>
#include "emergency.h"
#include "number.h"
#include "own.h"
#include "phone.h"
#include "settings.h"
#include "text.h"

enum { DIGITS_MIN = 2, DIGITS_MAX = 6 };

static const char setting[] = "emergencyNumbers";

/** The tenant's numbers, with a space between; never none */
void emergency_numbers(char numbers[EMERGENCY_SIZE], const struct tenant_row *t)
{
	if (!settings_text(numbers, EMERGENCY_SIZE, t->settings, setting) || !numbers[0])
		text_printf(numbers, EMERGENCY_SIZE, "%s", phone_emergency(t->country));
}

static int asked_check(struct field_errors *fe, struct db *db, int64_t tenant, const char *number)
{
	size_t n = strlen(number);
	char name[MODEL_NAME] = "";
	int err = 0;

	if (n < DIGITS_MIN || n > DIGITS_MAX || strspn(number, "0123456789") != n)
		field_error(fe, "numbers", "must have %d to %d digits each", DIGITS_MIN,
			    DIGITS_MAX);
	else
		err = number_holder(name, db, tenant, number, "");
	if (name[0])
		field_error(fe, "numbers", "has %s, which is somebody's number here", number);
	return err;
}

/**
 * Checks a list of the tenant's own
 *
 * @param fe      Filled with what is wrong
 * @param db      Connection
 * @param tenant  Whose
 * @param numbers With a space between; none: the country's
 *
 * @return 0 or what the database said
 */
int emergency_check(struct field_errors *fe, struct db *db, int64_t tenant, const char *numbers)
{
	char number[EMERGENCY_SIZE];
	unsigned count = 0;
	int err = 0;

	for (const char *p = numbers; *p && !err && !fe->count; ++count) {
		size_t n = strcspn(p, " ");

		text_printf(number, sizeof(number), "%.*s", (int)n, p);
		err = asked_check(fe, db, tenant, number);
		p += n + (p[n] == ' ');
		if (phone_listed(p, number))
			field_error(fe, "numbers", "has %s twice", number);
	}
	if (count > EMERGENCY_MAX)
		field_error(fe, "numbers", "must be at most %d", EMERGENCY_MAX);
	return err;
}

/** Keeps a list that was checked; false when the settings have no room for it */
bool emergency_set(struct tenant_row *t, const char *numbers)
{
	return settings_set_text(t->settings, sizeof(t->settings), setting, numbers);
}

static int help_one(const struct db_row *row, void *arg)
{
	struct emergency *e = arg;

	db_copy(e->address, sizeof(e->address), row, 0);
	db_copy(e->notify, sizeof(e->notify), row, 1);
	return 0;
}

/** What a tenant has beside the numbers, nothing at first; 0 or what the database said */
int emergency_read(struct emergency *e, struct db *db, int64_t tenant)
{
	int err;

	memset(e, 0, sizeof(*e));
	err = db_find(db, help_one, e, "SELECT address, notify FROM emergency WHERE tenant_id = $1",
		      "i", tenant);
	return err == ENOENT ? 0 : err;
}

/** Where help comes to for an extension with this address of its own; "" when none is on file */
int emergency_address_of(char address[EMERGENCY_ADDRESS], struct db *db, int64_t tenant,
			 const char *own)
{
	struct emergency e = {0};
	int err = own[0] ? 0 : emergency_read(&e, db, tenant);

	str_ncpy(address, own[0] ? own : e.address, EMERGENCY_ADDRESS);
	return err;
}

/** Keeps what was checked, for tenant_change() or tenant_touch_but() to tell of; 0 or errno */
int emergency_write(struct db *db, int64_t tenant, const struct emergency *e)
{
	return db_exec(db,
		       "INSERT INTO emergency (tenant_id, address, notify) VALUES ($1, $2, $3) "
		       "ON CONFLICT (tenant_id) DO UPDATE SET address = $2, notify = $3",
		       "iss", tenant, e->address, e->notify);
}

/** Whether a number is one of the tenant's; 0 or what the database said */
int emergency_asked(bool *emergency, struct db *db, int64_t tenant, const char *number)
{
	char numbers[EMERGENCY_SIZE];
	struct tenant_row t;
	int err = tenant_get(&t, db, tenant);

	if (err)
		return err;
	emergency_numbers(numbers, &t);
	*emergency = phone_listed(numbers, number);
	return 0;
}
