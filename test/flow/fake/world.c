/**
 * @file world.c  The demo's tenants, an exchange on fake wires, and the record of the last call
 */
#include <sodium.h>
#include <string.h>
#include "../../folder.h"
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
	CHECK(!record_make(&world.last, call));
}

static int exchange_make(void)
{
	struct exchange_conf conf = {.call_max_ms = 14400000,
				     .reclaim_ms = 20000,
				     .max_calls = 50,
				     .record_h = on_record};

	strcpy(conf.media_address, "127.0.0.1");
	return exchange_alloc(&world.x, &conf, world.tenants);
}

int world_setup(void **state)
{
	struct pl northwind = PL("northwind.localhost"), harbor = PL("harbor.localhost");
	struct demo_conf demo = {.sip_port = 5060, .now = clock_wall_ms()};
	char error[256], key[160];

	folder_make(&folder);
	snprintf(key, sizeof(key), "%s/key", folder.path);
	if (sodium_init() < 0 || secret_load(&secret, key) ||
	    store_alloc(&world.store, &db_sqlite, folder.file, error, sizeof(error)))
		return -1;
	demo.secret = secret;
	if (store_write_wait(world.store, fill, &demo) || tenants_alloc(&world.tenants) ||
	    store_read(world.store, read_all, world.tenants))
		return -1;
	world.northwind = tenants_by_domain(world.tenants, &northwind);
	world.harbor = tenants_by_domain(world.tenants, &harbor);
	dests_register();
	return exchange_make();
}

int world_teardown(void **state)
{
	world.last = mem_deref(world.last);
	world.x = mem_deref(world.x);
	world.tenants = mem_deref(world.tenants);
	world.store = mem_deref(world.store);
	secret = mem_deref(secret);
	folder_remove(&folder);
	return 0;
}

/** Before each test: nobody is registered, nobody talks */
int world_reset(void **state)
{
	exchange_close(world.x);
	world.x = mem_deref(world.x);
	fake_forget();
	world.last = mem_deref(world.last);
	world.started = world.ended = 0;
	return exchange_make();
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
