/**
 * @file tenant.c  Tenants as rows
 */
#include <errno.h>
#include <ctype.h>
#include <string.h>
#include "clock.h"
#include "own.h"
#include "permission.h"
#include "row.h"
#include "settings.h"
#include "tenant.h"
#include "text.h"

#define COLUMNS                                                                                    \
	"id, uuid, name, domain, country, currency, timezone, permissions, settings, "             \
	"md5_allowed, version, home_node, lease_epoch, created_at, rate_plan, "                    \
	"extensions_version, phones_version"

static void tenant_read(struct tenant_row *t, const struct db_row *row)
{
	memset(t, 0, sizeof(*t));
	t->id = db_int(row, 0);
	db_copy(t->uuid, sizeof(t->uuid), row, 1);
	db_copy(t->name, sizeof(t->name), row, 2);
	db_copy(t->domain, sizeof(t->domain), row, 3);
	db_copy(t->country, sizeof(t->country), row, 4);
	db_copy(t->currency, sizeof(t->currency), row, 5);
	db_copy(t->timezone, sizeof(t->timezone), row, 6);
	db_copy(t->permissions, sizeof(t->permissions), row, 7);
	db_copy(t->settings, sizeof(t->settings), row, 8);
	t->md5_allowed = db_int(row, 9);
	t->version = db_int(row, 10);
	db_copy(t->home_node, sizeof(t->home_node), row, 11);
	t->lease_epoch = db_int(row, 12);
	t->created_at = db_int(row, 13);
	db_copy(t->rate_plan, sizeof(t->rate_plan), row, 14);
	t->extensions_version = db_int(row, 15);
	t->phones_version = db_int(row, 16);
}

static int tenant_one(const struct db_row *row, void *arg)
{
	tenant_read(arg, row);
	return 0;
}

/** One tenant by its internal id; ENOENT when there is none */
int tenant_get(struct tenant_row *t, struct db *db, int64_t id)
{
	return db_find(db, tenant_one, t, "SELECT " COLUMNS " FROM tenant WHERE id = $1", "i", id);
}

/** One tenant by the id that the API shows; ENOENT when there is none */
int tenant_by_uuid(struct tenant_row *t, struct db *db, const char *uuid)
{
	return db_find(db, tenant_one, t, "SELECT " COLUMNS " FROM tenant WHERE uuid = $1", "s",
		       uuid);
}

/** One tenant by its SIP domain in lower case; ENOENT when there is none */
int tenant_by_domain(struct tenant_row *t, struct db *db, const char *domain)
{
	return db_find(db, tenant_one, t, "SELECT " COLUMNS " FROM tenant WHERE domain = $1", "s",
		       domain);
}

/* A host name in lower case with at least two labels (RFC 1123 section 2.1), not an address. */
static bool domain_good(const char *s)
{
	size_t label = 0, labels = 1;
	bool digits = true;

	for (const char *p = s; *p; p++) {
		bool word = islower((unsigned char)*p) || isdigit((unsigned char)*p);

		if (*p == '.') {
			if (!label || p[-1] == '-')
				return false;
			label = 0;
			++labels;
			digits = true;
			continue;
		}
		if (!word && !(*p == '-' && label))
			return false;
		digits = digits && isdigit((unsigned char)*p);
		if (++label > 63)
			return false;
	}
	return label && labels > 1 && !digits && s[strlen(s) - 1] != '-';
}

/* The digests of every phone's password contain the domain: it stays while there are phones. */
static int domain_fixed(struct field_errors *fe, struct db *db, const struct tenant_row *t)
{
	int64_t n = 0;
	int err = db_number(db, &n,
			    "SELECT count(*) FROM tenant t JOIN device d ON d.tenant_id = t.id "
			    "WHERE t.id = $1 AND t.domain <> $2",
			    "is", t->id, t->domain);

	if (!err && n)
		field_error(fe, "domain", "cannot be changed while the tenant has devices");
	return err;
}

/* Its prices are in its currency. */
static int currency_fixed(struct field_errors *fe, struct db *db, const struct tenant_row *t)
{
	int64_t n = 0;
	int err = db_number(db, &n,
			    "SELECT count(*) FROM tenant t JOIN rate_plan p ON p.tenant_id = 0 AND "
			    "p.id = t.rate_plan WHERE t.id = $1 AND p.currency <> $2",
			    "is", t->id, t->currency);

	if (!err && n)
		field_error(fe, "currency", "cannot be changed while the tenant has a rate plan");
	return err;
}

/**
 * Checks a tenant before it is added (id 0) or changed
 *
 * @param fe Filled with what is wrong
 * @param db Connection
 * @param t  Tenant
 *
 * @return 0 or what the database said; what is wrong is in fe
 */
int tenant_check(struct field_errors *fe, struct db *db, const struct tenant_row *t)
{
	int64_t n = 0;
	int err;

	field_text(fe, "name", t->name, 1, sizeof(t->name));
	if (!domain_good(t->domain))
		field_error(fe, "domain", "must be a name such as sip.example.com");
	field_country(fe, "country", t->country);
	field_currency(fe, "currency", t->currency);
	field_timezone(fe, "timezone", t->timezone);
	if (!permissions_valid(t->permissions))
		field_error(fe, "permissions", "contains a word that is no permission");
	if (!settings_valid(t->settings))
		field_error(fe, "settings", "must be a JSON object");
	err = db_number(db, &n, "SELECT count(*) FROM tenant WHERE domain = $1 AND id <> $2", "si",
			t->domain, t->id);
	if (!err && n)
		field_error(fe, "domain", "is already used");
	if (!err)
		err = currency_fixed(fe, db, t);
	return err ? err : domain_fixed(fe, db, t);
}

/** Adds a tenant and fills in its ids, time and version; EEXIST when the domain is taken */
int tenant_add(struct db *db, struct tenant_row *t)
{
	int err = counter_next(&t->id, db, "tenant");

	if (err)
		return err;
	t->created_at = clock_wall_ms();
	t->version = t->extensions_version = t->phones_version = 1;
	str_ncpy(t->uuid, id_new().s, sizeof(t->uuid));
	return db_exec(db,
		       "INSERT INTO tenant (" COLUMNS ") VALUES "
		       "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
		       "$17)",
		       "issssssssdisiisii", t->id, t->uuid, t->name, t->domain, t->country,
		       t->currency, t->timezone, t->permissions, t->settings, t->md5_allowed,
		       t->version, t->home_node, t->lease_epoch, t->created_at, t->rate_plan,
		       t->extensions_version, t->phones_version);
}

/* Nobody holds what the tenant does not. */
static int users_within(const struct db_row *row, void *arg)
{
	return permissions_within(db_text(row, 0), arg) ? 0 : EBUSY;
}

/**
 * Changes what a person may change of a tenant
 *
 * @param db Connection
 * @param t  Tenant; its version is 0 or the one that was read, and is set to the new one
 *
 * @return 0, ENOENT, ESTALE when somebody else changed it meanwhile, EEXIST when the domain is
 *         taken, EBUSY when a user holds a permission that the tenant would lose
 */
int tenant_change(struct db *db, struct tenant_row *t)
{
	struct tenant_row old;
	int err = tenant_get(&old, db, t->id);

	if (err)
		return err;
	if (t->version && t->version != old.version)
		return ESTALE;
	err = db_query(db, users_within, t->permissions,
		       "SELECT permissions FROM portal_user WHERE tenant_id = $1", "i", t->id);
	if (err)
		return err;
	t->version = t->extensions_version = t->phones_version = old.version + 1;
	return db_change(
		db,
		"UPDATE tenant SET name = $2, domain = $3, country = $4, currency = $5, "
		"timezone = $6, permissions = $7, settings = $8, md5_allowed = $9, "
		"version = $10, extensions_version = $10, phones_version = $10 WHERE id = $1",
		"isssssssdi", t->id, t->name, t->domain, t->country, t->currency, t->timezone,
		t->permissions, t->settings, t->md5_allowed, t->version);
}

/** Removes a tenant and all it owns but its calls and audit log; ENOENT when there is none */
int tenant_remove(struct db *db, int64_t id)
{
	int err = db_change(db, "DELETE FROM tenant WHERE id = $1", "i", id);

	if (!err)
		err = db_exec(db, "DELETE FROM portal_user WHERE tenant_id = $1", "i", id);
	if (!err)
		err = db_exec(db, "DELETE FROM trunk WHERE tenant_id = $1", "i", id);
	if (!err)
		err = db_exec(db, "DELETE FROM binding WHERE tenant_id = $1", "i", id);
	return err;
}

struct list_arg {
	tenant_h *h;
	void *arg;
};

static int tenant_each(const struct db_row *row, void *arg)
{
	struct list_arg *l = arg;
	struct tenant_row t;

	tenant_read(&t, row);
	return l->h(&t, l->arg);
}

/**
 * Shows tenants in the order of their domains
 *
 * @param db    Connection
 * @param q     Part of name or domain; NULL or "" for all
 * @param after Domain after which the page begins; NULL or "" for the first
 * @param limit Most of them; 0 for all
 * @param h     Sees each
 * @param arg   Its argument
 *
 * @return 0 or errno
 */
int tenant_list(struct db *db, const char *q, const char *after, unsigned limit, tenant_h *h,
		void *arg)
{
	struct list_arg l = {h, arg};
	char like[2 * MODEL_NAME];

	field_search(like, sizeof(like), q);
	return db_query(db, tenant_each, &l,
			"SELECT " COLUMNS " FROM tenant WHERE domain > $1 AND ($2 = '' OR "
			"lower(name) LIKE $2 ESCAPE '\\' OR domain LIKE $2 ESCAPE '\\') "
			"ORDER BY domain LIMIT $3",
			"ssi", after ? after : "", like, row_limit(limit));
}

/** Says that something the tenant owns has changed; the entity functions do it by themselves */
int tenant_touch(struct db *db, int64_t id)
{
	return tenant_touch_but(db, id, 0);
}

/**
 * The same of a change after which a part of the tenant is for certain as before, so that its next
 * snapshot may share it with the present one
 *
 * @param kept TENANT_EXTENSIONS, TENANT_PHONES
 */
int tenant_touch_but(struct db *db, int64_t id, unsigned kept)
{
	return db_exec(
		db,
		"UPDATE tenant SET version = version + 1, "
		"extensions_version = CASE WHEN $2 = 1 THEN extensions_version ELSE version + 1 "
		"END, phones_version = CASE WHEN $3 = 1 THEN phones_version ELSE version + 1 END "
		"WHERE id = $1",
		"idd", id, !!(kept & TENANT_EXTENSIONS), !!(kept & TENANT_PHONES));
}

/** Counts extensions, phones and users */
int tenant_counts(struct db *db, int64_t id, int64_t *extensions, int64_t *devices, int64_t *users)
{
	int err = db_number(db, extensions, "SELECT count(*) FROM extension WHERE tenant_id = $1",
			    "i", id);

	if (!err)
		err = db_number(db, devices,
				"SELECT count(*) FROM device WHERE tenant_id = $1 AND browser = 0",
				"i", id);
	if (!err)
		err = db_number(db, users, "SELECT count(*) FROM portal_user WHERE tenant_id = $1",
				"i", id);
	return err;
}
