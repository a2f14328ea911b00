/**
 * @file snapshot.c  Building the immutable tenant from its rows, and looking things up in it
 */
#include <errno.h>
#include <string.h>
#include "arena.h"
#include "emergency.h"
#include "did.h"
#include "extension.h"
#include "index.h"
#include "out_route.h"
#include "snapshot.h"
#include "snapshot_parts.h"
#include "text.h"

/* A tenant being built: how many of a kind there are was counted before, in the same snapshot. */
struct build {
	struct tenant *t;
	uint32_t extensions, devices, dids, routes;
	bool poor; /* memory ran out */
};

static void tenant_destructor(void *arg)
{
	struct tenant *t = arg;

	hours_drop(t);
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
	char emergency[EMERGENCY_SIZE];
	int err = tenant_get(&row, db, id);

	if (err)
		return err;
	emergency_numbers(emergency, &row);
	t->rate_plan = keep(b, row.rate_plan);
	t->emergency = keep(b, emergency);
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
	int err = count_one(&b->extensions, db,
			    "SELECT count(*) FROM extension WHERE tenant_id = $1", t->id);

	if (!err)
		err = count_one(&b->devices, db,
				"SELECT count(*) FROM device WHERE tenant_id = $1 AND browser = 0",
				t->id);
	if (!err)
		err = count_one(&b->dids, db, "SELECT count(*) FROM did WHERE tenant_id = $1",
				t->id);
	if (!err)
		err = count_one(&b->routes, db,
				"SELECT count(*) FROM out_route WHERE tenant_id = $1", t->id);
	if (err)
		return err;
	t->extensions = arena_get(t->arena, b->extensions * sizeof(*t->extensions));
	t->devices = arena_get(t->arena, b->devices * sizeof(*t->devices));
	t->dids = arena_get(t->arena, b->dids * sizeof(*t->dids));
	t->routes = arena_get(t->arena, b->routes * sizeof(*t->routes));
	return t->extensions && t->devices && t->dids && t->routes ? 0 : ENOMEM;
}

static int build_extension(const struct extension *e, void *arg)
{
	struct build *b = arg;
	struct tenant_extension *x;

	if (b->t->extension_count == b->extensions)
		return DB_STOP;
	x = &b->t->extensions[b->t->extension_count++];
	x->id = keep(b, e->id);
	x->number = keep(b, e->number);
	x->name = keep(b, e->name);
	x->caller_id_name = keep(b, e->caller_id_name);
	x->caller_id_number = keep(b, e->caller_id_number);
	x->ring_ms = (uint32_t)e->ring_ms;
	x->call_waiting = e->call_waiting;
	x->recording = e->recording;
	return built(b);
}

static int build_device(const struct device *d, void *arg)
{
	struct build *b = arg;
	struct tenant_device *x;

	if (d->kind != DEVICE_PHONE)
		return 0;
	if (b->t->device_count == b->devices)
		return DB_STOP;
	x = &b->t->devices[b->t->device_count++];
	x->id = keep(b, d->id);
	x->auth_user = keep(b, d->auth_user);
	x->name = keep(b, d->name);
	x->ha1_md5 = keep(b, d->ha1_md5);
	x->ha1_sha256 = keep(b, d->ha1_sha256);
	x->extension = tenant_extension_by_id(b->t, d->extension_id);
	x->sdes = d->sdes;
	CHECK(x->extension); /* a foreign key */
	return built(b);
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

static int build_extensions(struct build *b, struct db *db)
{
	struct tenant *t = b->t;
	int err = extension_list(db, t->id, NULL, NULL, 0, build_extension, b);

	if (!err)
		err = index_alloc(&t->by_id, t->arena, &t->extensions->id, sizeof(*t->extensions),
				  t->extension_count);
	if (!err)
		err = index_alloc(&t->by_number, t->arena, &t->extensions->number,
				  sizeof(*t->extensions), t->extension_count);
	return err;
}

static int build_rest(struct build *b, struct db *db)
{
	struct tenant *t = b->t;
	int err = device_list(db, t->id, NULL, NULL, 0, build_device, b);

	if (!err)
		err = index_alloc(&t->by_auth, t->arena, &t->devices->auth_user,
				  sizeof(*t->devices), t->device_count);
	if (!err)
		err = did_list(db, t->id, NULL, NULL, NULL, 0, build_did, b);
	if (!err)
		err = index_alloc(&t->by_did, t->arena, &t->dids->number, sizeof(*t->dids),
				  t->did_count);
	if (!err)
		err = out_route_list(db, t->id, build_route, b);
	if (!err)
		err = mailboxes_build(t, db);
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
	if (!err)
		err = listeners_build(t, db);
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
	struct build b = {.t = shared_alloc(sizeof(struct tenant), tenant_destructor)};
	int err;

	if (!b.t)
		return ENOMEM;
	err = arena_alloc(&b.t->arena);
	if (!err)
		err = build_row(&b, db, id);
	if (!err)
		err = build_room(&b, db);
	if (!err)
		err = build_extensions(&b, db);
	if (!err)
		err = build_rest(&b, db);
	if (err)
		shared_unref(b.t);
	else
		*tp = b.t;
	return err;
}

/** Memory that a tenant takes, in bytes */
size_t tenant_bytes(const struct tenant *t)
{
	return sizeof(*t) + arena_bytes(t->arena);
}

/** The extension of a number; NULL for none */
const struct tenant_extension *tenant_extension(const struct tenant *t, const char *number)
{
	int64_t i = index_find(t->by_number, number, strlen(number));

	return i < 0 ? NULL : &t->extensions[i];
}

/** The extension of an id; NULL for none */
const struct tenant_extension *tenant_extension_by_id(const struct tenant *t, const char *id)
{
	int64_t i = index_find(t->by_id, id, strlen(id));

	return i < 0 ? NULL : &t->extensions[i];
}

/** The phone of a credential's user name; NULL for none */
const struct tenant_device *tenant_device(const struct tenant *t, const char *auth_user)
{
	int64_t i = index_find(t->by_auth, auth_user, strlen(auth_user));

	return i < 0 ? NULL : &t->devices[i];
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
