/**
 * @file snapshot.c  Building the immutable tenant from its rows, and looking things up in it
 */
#include <errno.h>
#include <string.h>
#include "arena.h"
#include "emergency.h"
#include "did.h"
#include "index.h"
#include "out_route.h"
#include "settings.h"
#include "snapshot.h"
#include "snapshot_parts.h"
#include "text.h"

/* A tenant being built: how many of a kind there are was counted before, in the same snapshot. */
struct build {
	struct tenant *t;
	uint32_t dids, routes;
	int64_t extensions_version, phones_version;
	bool poor; /* memory ran out */
};

static void tenant_destructor(void *arg)
{
	struct tenant *t = arg;

	hours_drop(t);
	shared_unref(t->directory);
	shared_unref(t->phones);
	mem_deref(t->zone);
	mem_deref(t->arena);
}

static const char *keep(struct build *b, const char *s)
{
	const char *copy = arena_text(b->t->arena, s);

	b->poor = b->poor || !copy;
	return copy ? copy : "";
}

static int built(const struct build *b)
{
	return b->poor ? ENOMEM : 0;
}

static int build_row(struct build *b, struct db *db, int64_t id)
{
	struct tenant *t = b->t;
	struct tenant_row row;
	struct emergency help;
	char emergency[EMERGENCY_SIZE];
	int err = tenant_get(&row, db, id);

	if (!err)
		err = emergency_read(&help, db, id);
	if (err)
		return err;
	emergency_numbers(emergency, &row);
	t->rate_plan = keep(b, row.rate_plan);
	t->emergency = keep(b, emergency);
	t->emergency_address = keep(b, help.address);
	t->emergency_notify = help.notify[0] != '\0';
	t->id = row.id;
	t->version = row.version;
	t->md5_allowed = row.md5_allowed;
	t->uuid = keep(b, row.uuid);
	t->name = keep(b, row.name);
	t->domain = keep(b, row.domain);
	t->country = keep(b, row.country);
	t->currency = keep(b, row.currency);
	t->timezone = keep(b, row.timezone);
	t->permissions = keep(b, row.permissions);
	t->settings = keep(b, row.settings);
	t->recording_tone = settings_flag(t->settings, "recordingTone");
	t->mailbox_own_device = settings_flag(t->settings, "mailboxOwnDevice");
	b->extensions_version = row.extensions_version;
	b->phones_version = row.phones_version;
	return built(b);
}

static int count_one(uint32_t *n, struct db *db, const char *sql, int64_t tenant)
{
	int64_t v = 0;
	int err = db_number(db, &v, sql, "i", tenant);

	if (!err && v > INT32_MAX / 4)
		return EOVERFLOW;
	*n = (uint32_t)v;
	return err;
}

static int build_room(struct build *b, struct db *db)
{
	struct tenant *t = b->t;
	int err = count_one(&b->dids, db, "SELECT count(*) FROM did WHERE tenant_id = $1", t->id);

	if (!err)
		err = count_one(&b->routes, db,
				"SELECT count(*) FROM out_route WHERE tenant_id = $1", t->id);
	if (err)
		return err;
	t->dids = arena_get(t->arena, b->dids * sizeof(*t->dids));
	t->routes = arena_get(t->arena, b->routes * sizeof(*t->routes));
	return t->dids && t->routes ? 0 : ENOMEM;
}

static int build_did(const struct did *d, void *arg)
{
	struct build *b = arg;
	struct tenant_did *x;

	if (b->t->did_count == b->dids)
		return DB_STOP;
	x = &b->t->dids[b->t->did_count++];
	x->number = keep(b, d->number);
	x->title = keep(b, d->title);
	x->fax = d->kind == DID_FAX;
	x->active = d->active;
	x->dest = d->dest;
	x->fax_to = d->fax_target[0] ? tenant_extension(b->t, d->fax_target) : NULL;
	return built(b);
}

static int build_route(const struct out_route *r, void *arg)
{
	struct build *b = arg;
	struct tenant_route *x;

	if (b->t->route_count == b->routes)
		return DB_STOP;
	x = &b->t->routes[b->t->route_count++];
	x->prefix = keep(b, r->prefix);
	x->prepend = keep(b, r->prepend);
	x->strip = (uint32_t)r->strip;
	x->trunk = r->trunk;
	x->priority = r->priority;
	return built(b);
}

static int build_rest(struct build *b, struct db *db)
{
	struct tenant *t = b->t;
	int err = did_list(db, t->id, NULL, NULL, NULL, 0, build_did, b);

	if (!err)
		err = index_alloc(&t->by_did, t->arena, &t->dids->number, sizeof(*t->dids),
				  t->did_count);
	if (!err)
		err = out_route_list(db, t->id, build_route, b);
	if (!err)
		err = settings_build(t, db);
	if (!err)
		err = exits_build(t, db);
	if (!err)
		err = codes_build(t, db);
	if (!err)
		err = follows_build(t, db);
	if (!err)
		err = blocks_build(t, db);
	if (!err)
		err = groups_build(t, db);
	if (!err)
		err = queues_build(t, db);
	if (!err)
		err = hours_build(t, db);
	if (!err)
		err = call_flows_build(t, db);
	if (!err)
		err = sounds_build(t, db);
	return err ? err : zone_load(&t->zone, t->timezone);
}

/**
 * Builds a tenant from the database
 *
 * @param tp Result, a shared object: shared_ref(), shared_unref()
 * @param db Connection, inside store_read(): all is read from one snapshot
 * @param id Internal id
 *
 * @return 0, ENOENT, ENOMEM or what the database said
 */
int tenant_load(struct tenant **tp, struct db *db, int64_t id)
{
	return tenant_renew(tp, db, id, NULL);
}

/**
 * The same; what the changes since an older snapshot have left as it is, is shared with that one
 * and not read again
 *
 * @param old One that was made public: versions of changes that were undone are given again. NULL:
 *            none
 */
int tenant_renew(struct tenant **tp, struct db *db, int64_t id, const struct tenant *old)
{
	struct build b = {.t = shared_alloc(sizeof(struct tenant), tenant_destructor)};
	int err;

	if (!b.t)
		return ENOMEM;
	err = arena_alloc(&b.t->arena);
	if (!err)
		err = build_row(&b, db, id);
	if (!err)
		err = directory_take(b.t, db, old, b.extensions_version);
	if (!err)
		err = phones_take(b.t, db, old, b.phones_version);
	if (!err)
		err = build_room(&b, db);
	if (!err)
		err = build_rest(&b, db);
	if (err)
		shared_unref(b.t);
	else
		*tp = b.t;
	return err;
}

/** Memory that a tenant takes, in bytes, with what it shares */
size_t tenant_bytes(const struct tenant *t)
{
	return sizeof(*t) + arena_bytes(t->arena) + arena_bytes(t->directory->arena) +
	       arena_bytes(t->phones->arena);
}

/** The extension of a number; NULL for none */
const struct tenant_extension *tenant_extension(const struct tenant *t, const char *number)
{
	int64_t i = index_find(t->directory->by_number, number, strlen(number));

	return i < 0 ? NULL : &t->extensions[i];
}

/** The extension of an id; NULL for none */
const struct tenant_extension *tenant_extension_by_id(const struct tenant *t, const char *id)
{
	int64_t i = index_find(t->directory->by_id, id, strlen(id));

	return i < 0 ? NULL : &t->extensions[i];
}

/** The tenant's own DID of an E.164 number, active or not; NULL for none */
const struct tenant_did *tenant_did(const struct tenant *t, const char *number)
{
	int64_t i = index_find(t->by_did, number, strlen(number));

	return i < 0 ? NULL : &t->dids[i];
}

/** The route of an outside number: the longest prefix, then the lowest priority; NULL for none */
const struct tenant_route *tenant_route(const struct tenant *t, const char *e164)
{
	for (uint32_t i = 0; i < t->route_count; i++) {
		const struct tenant_route *r = &t->routes[i];

		if (!strncmp(r->prefix, e164, strlen(r->prefix)))
			return r;
	}
	return NULL;
}

/** The number as a route sends it: without its first `strip` characters, after `prepend` */
bool tenant_route_number(char *out, size_t size, const struct tenant_route *r, const char *e164)
{
	size_t n = strlen(e164);

	return r->strip + !r->prepend[0] <= n &&
	       text_printf(out, size, "%s%s", r->prepend, e164 + r->strip);
}
