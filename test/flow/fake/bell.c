/**
 * @file bell.c  Browsers whose portal is closed
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "bells.h"
#include "fake.h"

/* Nobody listens there: what is pushed is lost. */
static const char
	endpoint[] = "https://127.0.0.1:1/x",
	key[] = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkN"
		"toIAiw4",
	auth[] = "BTBZMqHH6r4Tts7J_aSIgg";

static void on_gone(const char *id, void *arg)
{
}

/** As world_setup(), with a pusher */
int world_bells_setup(void **state)
{
	struct push_conf conf = {.contact = "mailto:a@b.example",
				 .ca = "",
				 .inside = "127.0.0.1:1",
				 .gone_h = on_gone};

	assert_int_equal(push_key_make(conf.key), 0);
	assert_int_equal(pusher_alloc(&world.pusher, &conf), 0);
	return world_setup(state);
}

/** As world_teardown() */
int world_bells_teardown(void **state)
{
	int err = world_teardown(state);

	world.pusher = mem_deref(world.pusher);
	return err;
}

/** Gives a closed browser of Northwind's extension a bell that ends at that time */
void world_bell(const char *number, const char *device, int64_t ends)
{
	struct bell b = {.tenant = world.northwind->id, .expires_at = ends};

	strcpy(b.id, device);
	strcpy(b.device_id, device);
	strcpy(b.extension_id, tenant_extension(world.northwind, number)->id);
	assert_true(push_target_read(&b.target, endpoint, key, auth));
	assert_int_equal(bells_add(exchange_bells(world.x), &b), 0);
}
