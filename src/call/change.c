/**
 * @file change.c  What a running step asks of the store
 */
#include <errno.h>
#include <string.h>
#include "change.h"
#include "event.h"
#include "exchange.h"
#include "log.h"

static void change_destructor(void *arg)
{
	struct change *c = arg;

	shared_unref(c->snapshot);
	shared_unref(c->old);
}

/**
 * Makes a question of a step
 *
 * @param size   Of the kind's own struct, whose first member is the change
 * @param s      Step
 * @param h      What to do on the writer's thread
 * @param done_h Who hears of it
 *
 * @return Mem object, or NULL
 */
void *change_alloc(size_t size, struct step *s, change_h *h, change_done_h *done_h)
{
	struct change *c = mem_zalloc(size, change_destructor);

	if (!c)
		return NULL;
	c->exchange = call_exchange(s->call);
	c->tenant = call_tenant_id(s->call);
	c->hop = call_hops(s->call);
	c->h = h;
	c->done_h = done_h;
	str_ncpy(c->call, call_id(s->call), sizeof(c->call));
	return c;
}

static int change_fn(struct db *db, void *obj)
{
	struct change *c = obj;
	int err = c->h(db, c);

	return err || !c->publish ? err : tenant_renew(&c->snapshot, db, c->tenant, c->old);
}

static void publish(struct change *c)
{
	const struct tenant_extension *e = tenant_extension(c->snapshot, c->extension);
	char data[ID_SIZE + 32];
	struct event event = {.tenant = c->tenant,
			      .extension = c->extension,
			      .name = "settings.changed",
			      .data = data};

	(void)re_snprintf(data, sizeof(data), "{\"extension\":\"%s\"}", e ? e->id : "");
	(void)exchange_publish(c->exchange, TAKE(c->snapshot));
	event_publish(&event);
}

static void on_changed(int err, void *obj)
{
	struct change *c = obj;
	struct call *call = exchange_call_find(c->exchange, c->tenant, c->call);

	if (err && err != ENOENT && err != EINVAL && err != ENODATA)
		log_error("change.failed", "tenant=%lld err=%s", (long long)c->tenant,
			  strerror(err));
	if (!err && c->snapshot)
		publish(c);
	if (call && call_hops(call) == c->hop && call_step(call)->ops)
		c->done_h(call_step(call), c, err);
}

/** Asks; the change is handed over. 0, or errno when no reply will come */
int change_post(struct change *c)
{
	const struct exchange_conf *conf = c ? exchange_conf(c->exchange) : NULL;

	if (!c)
		return ENOMEM;
	c->old = shared_ref(exchange_tenant(c->exchange, c->tenant));
	return store_write(conf->store, change_fn, c, conf->engine.core, on_changed);
}
