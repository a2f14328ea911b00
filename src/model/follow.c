/**
 * @file follow.c  Follow me
 */
#include <errno.h>
#include <string.h>
#include "extension.h"
#include "follow.h"
#include "number.h"
#include "own.h"
#include "tenant.h"
#include "text.h"

#define COLUMNS                                                                                    \
	"r.tenant_id, r.extension_id, r.ignore_busy, r.prefix, d.place, d.number, d.delay_ms, "    \
	"d.ring_ms, d.confirm"
#define JOINED                                                                                     \
	"SELECT " COLUMNS " FROM follow_rule r LEFT JOIN follow_dest d ON "                        \
	"d.tenant_id = r.tenant_id AND d.extension_id = r.extension_id "

/* Rows come in the order of extension and place. */
struct reading {
	struct follow f;
	follow_h *h;
	void *arg;
};

static int reading_show(struct reading *r)
{
	int err = r->f.extension_id[0] ? r->h(&r->f, r->arg) : 0;

	memset(&r->f, 0, sizeof(r->f));
	return err;
}

static int reading_row(const struct db_row *row, void *arg)
{
	struct reading *r = arg;
	struct follow_dest *d;
	int err = 0;

	if (strcmp(r->f.extension_id, db_text(row, 1))) {
		err = reading_show(r);
		r->f.tenant = db_int(row, 0);
		db_copy(r->f.extension_id, sizeof(r->f.extension_id), row, 1);
		r->f.ignore_busy = db_int(row, 2);
		db_copy(r->f.prefix, sizeof(r->f.prefix), row, 3);
	}
	if (err || db_null(row, 4) || r->f.count == FOLLOW_DESTS)
		return err;
	d = &r->f.dests[r->f.count++];
	db_copy(d->number, sizeof(d->number), row, 5);
	d->delay_ms = db_int(row, 6);
	d->ring_ms = db_int(row, 7);
	d->confirm = db_int(row, 8);
	return 0;
}

static int keep_h(const struct follow *f, void *arg)
{
	*(struct follow *)arg = *f;
	return 0;
}

/** The rule of an extension; of one that has none, an empty one. 0, ENOENT without such extension
 */
int follow_get(struct follow *f, struct db *db, int64_t tenant, const char *extension_id)
{
	struct reading r = {.h = keep_h, .arg = f};
	struct extension e;
	int err = extension_get(&e, db, tenant, extension_id);

	if (err)
		return err;
	memset(f, 0, sizeof(*f));
	f->tenant = tenant;
	str_ncpy(f->extension_id, e.id, sizeof(f->extension_id));
	err = db_query(db, reading_row, &r,
		       JOINED "WHERE r.tenant_id = $1 AND r.extension_id = $2 ORDER BY d.place",
		       "is", tenant, extension_id);
	return err ? err : reading_show(&r);
}

/** Shows every rule of a tenant; 0 or errno */
int follow_list(struct db *db, int64_t tenant, follow_h *h, void *arg)
{
	struct reading r = {.h = h, .arg = arg};
	int err = db_query(db, reading_row, &r,
			   JOINED "WHERE r.tenant_id = $1 ORDER BY r.extension_id, d.place", "i",
			   tenant);

	return err ? err : reading_show(&r);
}

static int dest_check_one(struct field_errors *fe, struct db *db, struct follow *f,
			  const struct extension *own, struct follow_dest *d)
{
	if (d->delay_ms < 0 || d->delay_ms > FOLLOW_DELAY_MAX)
		field_error(fe, "destinations", "has a delay beyond %d seconds",
			    FOLLOW_DELAY_MAX / 1000);
	if (d->ring_ms < FOLLOW_RING_MIN || d->ring_ms > FOLLOW_RING_MAX)
		field_error(fe, "destinations", "has a timeout beyond %d to %d seconds",
			    FOLLOW_RING_MIN / 1000, FOLLOW_RING_MAX / 1000);
	if (!strcmp(d->number, own->number))
		d->number[0] = '\0'; /* its own phones */
	return d->number[0] ? number_check_one(fe, "destinations", db, f->tenant, d->number) : 0;
}

/** Checks a rule, and brings its numbers into the form in which they are kept; 0 or errno */
int follow_check(struct field_errors *fe, struct db *db, struct follow *f)
{
	struct extension own;
	int err = extension_get(&own, db, f->tenant, f->extension_id);

	field_text(fe, "prefix", f->prefix, 0, sizeof(f->prefix));
	for (unsigned i = 0; i < f->count && !err; i++) {
		err = dest_check_one(fe, db, f, &own, &f->dests[i]);
		for (unsigned k = 0; k < i; k++) {
			if (!strcmp(f->dests[k].number, f->dests[i].number))
				field_error(fe, "destinations", "has %s twice",
					    f->dests[i].number[0] ? f->dests[i].number
								  : "the own devices");
		}
	}
	return err;
}

/** Changes the rule of an extension, checked before; 0 or errno */
int follow_change(struct db *db, const struct follow *f)
{
	int err = db_exec(db,
			  "INSERT INTO follow_rule (tenant_id, extension_id, ignore_busy, prefix) "
			  "VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, extension_id) DO UPDATE "
			  "SET ignore_busy = $3, prefix = $4",
			  "isds", f->tenant, f->extension_id, f->ignore_busy, f->prefix);

	if (!err)
		err = db_exec(db,
			      "DELETE FROM follow_dest WHERE tenant_id = $1 AND extension_id = $2",
			      "is", f->tenant, f->extension_id);
	for (unsigned i = 0; i < f->count && !err; i++) {
		const struct follow_dest *d = &f->dests[i];

		err = db_exec(db,
			      "INSERT INTO follow_dest (tenant_id, extension_id, place, number, "
			      "delay_ms, ring_ms, confirm) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			      "isdsiid", f->tenant, f->extension_id, (int)i, d->number, d->delay_ms,
			      d->ring_ms, d->confirm);
	}
	return err ? err : tenant_touch_but(db, f->tenant, TENANT_BULK);
}
