/**
 * @file world.c  The demo's tenants, an exchange on fake wires, and the record of the last call
 */
#include <sodium.h>
#include <string.h>
#include "../../folder.h"
#include "../../schema.h"
#include "clock.h"
#include "demo.h"
#include "dests.h"
#include "fake.h"
#include "story.h"

struct world world;
static struct folder folder;
static struct secret *secret;

static int fill(struct db *db, void *obj)
{
	return demo_fill(db, obj);
}

static int read_all(struct db *db, void *obj)
{
	return tenants_load(obj, db, clock_wall_ms());
}

static void on_record(struct call *call, void *arg)
{
	if (!call_facts(call)->ended_at) {
		++world.started;
		return;
	}
	++world.ended;
	world.last = mem_deref(world.last);
	/* once more where memory fails by order */
	CHECK(!record_make(&world.last, call) || !record_make(&world.last, call));
	if (world.ended_h)
		world.ended_h(call, world.last);
}

static void on_afterword(int64_t tenant, const char *call_id, const struct story_line *line,
			 void *arg)
{
	str_ncpy(world.afterword, line->text, sizeof(world.afterword));
}

static void on_disturb(int64_t tenant, const char *extension, enum presence p, void *arg)
{
	++world.disturbed;
}

static int exchange_make(void)
{
	struct exchange_conf conf = {.call_max_ms = 14400000,
				     .reclaim_ms = 20000,
				     .park_ms = 120000,
				     .max_calls = 50,
				     .max_calls_per_extension = 50,
				     .record_h = on_record,
				     .afterword_h = on_afterword,
				     .disturb_h = on_disturb,
				     .secret = secret,
				     .store = world.store,
				     .blobs = world.blobs,
				     .pusher = world.pusher};

	conf.engine.core = world.core;
	strcpy(conf.media_address, "127.0.0.1");
	return exchange_alloc(&world.x, &conf, world.tenants);
}

static int nothing(struct db *db, void *obj)
{
	return 0;
}

/* A change puts new snapshots in the place of the old ones. */
static void tenants_find(void)
{
	struct pl northwind = PL("northwind.localhost"), harbor = PL("harbor.localhost");

	world.northwind = tenants_by_domain(world.tenants, &northwind);
	world.harbor = tenants_by_domain(world.tenants, &harbor);
}

/** Waits until the store has written what was posted, and runs what it replied */
void world_settle(void)
{
	CHECK(!store_write_wait(world.store, nothing, NULL));
	actor_run(world.core);
	tenants_find();
}

/** The snapshots are built anew, as after a change */
void world_reload(void)
{
	CHECK(!store_read(world.store, read_all, world.tenants));
	tenants_find();
}

static int mailboxes_fn(struct db *db, void *obj)
{
	return db_exec(db, "UPDATE mailbox SET active = $1", "d", *(bool *)obj);
}

/** Switches every mailbox on or off */
void world_mailboxes(bool on)
{
	CHECK(!store_write_wait(world.store, mailboxes_fn, &on));
	world_reload();
}

struct permit {
	const char *extension, *tokens; /* or its name */
};

static int permit_fn(struct db *db, void *obj)
{
	const struct permit *p = obj;

	return db_exec(
		db,
		"UPDATE portal_user SET permissions = $1 WHERE extension_id = (SELECT id FROM "
		"extension WHERE tenant_id = $2 AND number = $3)",
		"sis", p->tokens, world.northwind->id, p->extension);
}

/** What the person of an extension of the first tenant may, and nothing else */
void world_permit(const char *extension, const char *tokens)
{
	struct permit p = {extension, tokens};

	CHECK(!store_write_wait(world.store, permit_fn, &p));
	world_reload();
}

static int name_fn(struct db *db, void *obj)
{
	const struct permit *p = obj;

	return db_exec(db, "UPDATE extension SET name = $1 WHERE tenant_id = $2 AND number = $3",
		       "sis", p->tokens, world.northwind->id, p->extension);
}

/** Whose extension it is from now on */
void world_name(const char *extension, const char *name)
{
	struct permit p = {extension, name};

	CHECK(!store_write_wait(world.store, name_fn, &p));
	world_reload();
}

static int settings_fn(struct db *db, void *obj)
{
	return extension_settings_change(db, obj, "Ana Souza");
}

/** The settings of an extension of the first tenant, everything off */
struct extension_settings world_settings(const char *number)
{
	struct extension_settings s = {.tenant = world.northwind->id};

	str_ncpy(s.extension_id, tenant_extension(world.northwind, number)->id,
		 sizeof(s.extension_id));
	return s;
}

/** Writes them; calls see it */
void world_set(struct extension_settings *s)
{
	s->version = 0;
	CHECK(!store_write_wait(world.store, settings_fn, s));
	world_reload();
}

/**
 * A phone calls, and is sent to a dest
 *
 * @param user   Its extension, of the first tenant
 * @param kind   Dest
 * @param target Its target
 * @param f      Result: the phone
 *
 * @return The call
 */
struct call *world_send(const char *user, enum dest_kind kind, const char *target, struct fake **f)
{
	struct dest dest = {.kind = kind};
	struct call *c;

	*f = fake_invite(user, "*9664");
	c = exchange_calls(world.x)->tail->data;
	strcpy(dest.target, target);
	flow_goto(c, &dest);
	return c;
}

int world_setup(void **state)
{
	struct demo_conf demo = {.sip_port = 5060, .now = clock_wall_ms()};
	char error[256], key[160], blobs[160];

	folder_make(&folder);
	snprintf(key, sizeof(key), "%s/key", folder.path);
	snprintf(blobs, sizeof(blobs), "%s/blobs", folder.path);
	if (sodium_init() < 0 || secret_load(&secret, key) || blobs_alloc(&world.blobs, blobs) ||
	    actor_alloc(&world.core, "core", 10000) || schema_put(&db_sqlite, folder.file) ||
	    store_alloc(&world.store, &db_sqlite, folder.file, error, sizeof(error)))
		return -1;
	demo.secret = secret;
	if (store_write_wait(world.store, fill, &demo) || tenants_alloc(&world.tenants) ||
	    store_read(world.store, read_all, world.tenants))
		return -1;
	tenants_find();
	dests_register();
	return exchange_make();
}

int world_teardown(void **state)
{
	world.last = mem_deref(world.last);
	world.x = mem_deref(world.x);
	world.tenants = mem_deref(world.tenants);
	world.store = mem_deref(world.store);
	world.blobs = mem_deref(world.blobs);
	world.core = mem_deref(world.core);
	secret = mem_deref(secret);
	folder_remove(&folder);
	return 0;
}

/** Before each test: nobody is registered, nobody talks */
int world_reset(void **state)
{
	if (world.x)
		exchange_close(world.x);
	world_settle();
	world.x = mem_deref(world.x);
	fake_forget();
	world.last = mem_deref(world.last);
	world.started = world.ended = 0;
	return exchange_make();
}

/** The same, after which Tom has called Maya, who has answered; Priya has a phone */
int world_talk(void **state, struct fake **tom, struct fake **maya)
{
	int err = world_reset(state);

	world_mailboxes(false);
	fake_register(world.northwind->id, "1001", "Desk", false);
	fake_register(world.northwind->id, "1003", "Desk", false);
	*tom = fake_invite("1002", "1001");
	*maya = fake_out(0);
	fake_answer(*maya);
	return err;
}

/** Whether a line of the last call's story has this text */
bool story_has(const char *part)
{
	for (unsigned i = 0; world.last && i < world.last->line_count; i++) {
		if (strstr(world.last->lines[i].text, part))
			return true;
	}
	return false;
}
