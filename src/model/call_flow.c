/**
 * @file call_flow.c  Call flows
 */
#include <errno.h>
#include <string.h>
#include "call_flow.h"
#include "clock.h"
#include "dest_exit.h"
#include "own.h"
#include "row.h"
#include "tenant.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, number, name, pin, night, created_at, version, "                           \
	"pin_failures, pin_locked_until"

/** What is kept of a PIN; the same digits of another flow look different */
void call_flow_pin(char mac[SECRET_MAC], const struct secret *s, int64_t tenant, const char *number,
		   const char *pin)
{
	pin_hash(mac, s, "call flow pin", tenant, number, pin);
}

static struct dest flow_dest(const struct call_flow *f)
{
	struct dest d = {.kind = DEST_callflow};

	str_ncpy(d.target, f->id, sizeof(d.target));
	return d;
}

static int flow_read(const struct db_row *row, void *arg)
{
	struct call_flow *f = arg;

	memset(f, 0, sizeof(*f));
	f->tenant = db_int(row, 0);
	db_copy(f->id, sizeof(f->id), row, 1);
	db_copy(f->number, sizeof(f->number), row, 2);
	db_copy(f->name, sizeof(f->name), row, 3);
	db_copy(f->pin, sizeof(f->pin), row, 4);
	f->night = db_int(row, 5);
	f->created_at = db_int(row, 6);
	f->version = db_int(row, 7);
	f->pin_lock.failures = db_int(row, 8);
	f->pin_lock.until = db_int(row, 9);
	return 0;
}

static int next_read(const struct dest_exit *row, void *arg)
{
	struct call_flow *f = arg;

	if (row->exit == EXIT_day) {
		f->has_day_dest = true;
		f->day_dest = row->next;
	} else if (row->exit == EXIT_night) {
		f->has_night_dest = true;
		f->night_dest = row->next;
	}
	return 0;
}

static int rest_read(struct call_flow *f, struct db *db)
{
	struct dest d = flow_dest(f);

	return dest_exit_list(db, f->tenant, &d, next_read, f);
}

/** One call flow of the tenant by its id; ENOENT */
int call_flow_get(struct call_flow *f, struct db *db, int64_t tenant, const char *id)
{
	int err = db_find(db, flow_read, f,
			  "SELECT " COLUMNS " FROM call_flow WHERE tenant_id = $1 AND id = $2",
			  "is", tenant, id);

	return err ? err : rest_read(f, db);
}

/** One call flow of the tenant by its number; ENOENT */
int call_flow_by_number(struct call_flow *f, struct db *db, int64_t tenant, const char *number)
{
	int err = db_find(db, flow_read, f,
			  "SELECT " COLUMNS " FROM call_flow WHERE tenant_id = $1 AND number = $2",
			  "is", tenant, number);

	return err ? err : rest_read(f, db);
}

static struct dest_next by_day(const struct call_flow *f, const struct dest *self)
{
	return (struct dest_next){self, "this call flow", f->has_day_dest, &f->day_dest};
}

static struct dest_next by_night(const struct call_flow *f, const struct dest *self)
{
	return (struct dest_next){self, "this call flow", f->has_night_dest, &f->night_dest};
}

static int number_used(struct field_errors *fe, struct db *db, const struct call_flow *f)
{
	struct call_flow other;
	int err = call_flow_by_number(&other, db, f->tenant, f->number);

	if (!err && strcmp(other.id, f->id))
		field_error(fe, "number", "is already used by %s", other.name);
	return err == ENOENT ? 0 : err;
}

/** Checks a call flow before it is added (id "") or changed; 0 or what the database said. The
 * number bounds how many there are */
int call_flow_check(struct field_errors *fe, struct db *db, const struct call_flow *f)
{
	const struct dest self = flow_dest(f);
	const struct dest_next day = by_day(f, &self), night = by_night(f, &self);
	size_t n = strlen(f->number);
	int err;

	if (!n || f->number[0] == '0' || strspn(f->number, "0123456789") != n)
		field_error(fe, "number", "must be between 1 and 99");
	field_text(fe, "name", f->name, 1, sizeof(f->name));
	err = number_used(fe, db, f);
	if (!err)
		err = dest_next_check(fe, "day", db, f->tenant, &day);
	return err ? err : dest_next_check(fe, "night", db, f->tenant, &night);
}

static int rest_write(struct db *db, const struct call_flow *f)
{
	const struct dest self = flow_dest(f);
	const struct dest_next day = by_day(f, &self), night = by_night(f, &self);
	int err = dest_next_write(db, f->tenant, EXIT_day, &day);

	return err ? err : dest_next_write(db, f->tenant, EXIT_night, &night);
}

/** Adds a call flow and fills in its id, time and version; EEXIST when the number is taken */
int call_flow_add(struct db *db, struct call_flow *f)
{
	int err;

	f->created_at = clock_wall_ms();
	f->version = 1;
	str_ncpy(f->id, id_new().s, sizeof(f->id));
	err = db_exec(db,
		      "INSERT INTO call_flow (" COLUMNS ") VALUES "
		      "($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)",
		      "issssdii", f->tenant, f->id, f->number, f->name, f->pin, f->night,
		      f->created_at, f->version);
	return err ? err : rest_write(db, f);
}

/** Changes a call flow; 0, ENOENT, ESTALE when somebody else changed it meanwhile, EEXIST */
int call_flow_change(struct db *db, struct call_flow *f)
{
	struct call_flow old;
	int err = call_flow_get(&old, db, f->tenant, f->id);

	if (err)
		return err;
	if (f->version && f->version != old.version)
		return ESTALE;
	f->version = old.version + 1;
	if (strcmp(f->pin, old.pin))
		f->pin_lock = (struct pin_lock){0};
	err = db_change(db,
			"UPDATE call_flow SET number = $3, name = $4, pin = $5, night = $6, "
			"version = $7, pin_failures = $8, pin_locked_until = $9 "
			"WHERE tenant_id = $1 AND id = $2",
			"issssdiii", f->tenant, f->id, f->number, f->name, f->pin, f->night,
			f->version, f->pin_lock.failures, f->pin_lock.until);
	return err ? err : rest_write(db, f);
}

/**
 * A phone switches a call flow. On the store's writer, so that no two tries overlap.
 *
 * @param result What came of the PIN; switched with PIN_GOOD and PIN_NONE
 * @param f      Filled in, as it is afterwards
 * @param db     Connection
 * @param s      Key of the hash
 * @param tenant Whose
 * @param number Which
 * @param pin    What was keyed
 * @param now    Wall ms
 *
 * @return 0, ENOENT, or what the database said
 */
int call_flow_turn(enum pin_result *result, struct call_flow *f, struct db *db,
		   const struct secret *s, int64_t tenant, const char *number, const char *pin,
		   int64_t now)
{
	char mac[SECRET_MAC];
	int err = call_flow_by_number(f, db, tenant, number);

	if (err)
		return err;
	call_flow_pin(mac, s, tenant, number, pin);
	*result = pin_try(&f->pin_lock, f->pin, mac, now);
	if (*result == PIN_GOOD || *result == PIN_NONE) {
		f->night = !f->night;
		return call_flow_change(db, f);
	}
	return db_exec(db,
		       "UPDATE call_flow SET pin_failures = $3, pin_locked_until = $4 "
		       "WHERE tenant_id = $1 AND id = $2",
		       "isii", f->tenant, f->id, f->pin_lock.failures, f->pin_lock.until);
}

/** Removes a call flow; ENOENT. Whoever asks has looked whether something leads to it */
int call_flow_remove(struct db *db, int64_t tenant, const char *id)
{
	struct dest d = {.kind = DEST_callflow};
	int err = db_change(db, "DELETE FROM call_flow WHERE tenant_id = $1 AND id = $2", "is",
			    tenant, id);

	if (err)
		return err;
	str_ncpy(d.target, id, sizeof(d.target));
	err = dest_exit_forget(db, tenant, &d);
	return err ? err : tenant_touch_but(db, tenant, TENANT_BULK);
}

struct list_arg {
	struct db *db;
	call_flow_h *h;
	void *arg;
};

static int flow_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct call_flow f;
	int err = flow_read(row, &f);

	if (!err)
		err = rest_read(&f, l->db);
	return err ? err : l->h(&f, l->arg);
}

/** Shows the tenant's call flows in the order of their ids, from behind `after`; limit 0: all */
int call_flow_list(struct db *db, int64_t tenant, const char *after, unsigned limit, call_flow_h *h,
		   void *arg)
{
	struct list_arg l = {db, h, arg};

	return db_query(db, flow_each, &l,
			"SELECT " COLUMNS " FROM call_flow WHERE tenant_id = $1 AND id > $2 "
			"ORDER BY id LIMIT $3",
			"isi", tenant, after ? after : "", row_limit(limit));
}
