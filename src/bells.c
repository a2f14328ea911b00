/**
 * @file bells.c  Browsers that are rung while their portal is closed: the pusher, its key, and the
 * wire between the rows of the store and the core's table
 */
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include "bells.h"
#include "clock.h"
#include "house.h"
#include "log.h"
#include "question.h"
#include "text.h"

struct key_ask {
	const struct secret *secret;
	uint8_t key[PUSH_PRIVATE];
};

static int key_fn(struct db *db, void *obj)
{
	struct key_ask *k = obj;

	return bell_key(k->key, db, k->secret, clock_wall_ms());
}

/* A bell that a push service has forgotten */
struct gone {
	struct house *house;
	char id[ID_SIZE];
};

static int gone_fn(struct db *db, void *obj)
{
	const struct gone *g = obj;

	return bell_forget(db, g->id);
}

static void on_forgotten(int err, void *obj)
{
	if (err)
		log_error("push.unforgotten", "err=%s", strerror(err));
}

static void gone_h(void *obj)
{
	struct gone *g = obj;

	if (g->house->exchange)
		bells_remove(exchange_bells(g->house->exchange), g->id);
	(void)store_write(g->house->store, gone_fn, mem_ref(g), g->house->core, on_forgotten);
}

static void on_gone(const char *id, void *arg)
{
	struct house *h = arg;
	struct gone *g = mem_zalloc(sizeof(*g), NULL);

	if (!g)
		return;
	g->house = h;
	str_ncpy(g->id, id, sizeof(g->id));
	(void)actor_post(h->core, gone_h, g);
}

/* Whom a push service may write to (RFC 8292 section 2.1): it stands in a JSON text as it is. */
static void contact_make(struct house *h)
{
	const char *from = h->conf.mail_from;
	bool mail = from[0] && !strpbrk(from, "\"\\<> ");

	text_printf(h->push_contact, sizeof(h->push_contact), "%s%s", mail ? "mailto:" : "",
		    mail			     ? from
		    : strpbrk(h->portal_url, "\"\\") ? ""
						     : h->portal_url);
}

/**
 * Starts the pusher; the store is open, the exchange is not
 *
 * @param h House; without push in its configuration nothing happens
 *
 * @return 0 or errno
 */
int bells_open(struct house *h)
{
	struct push_conf conf = {.contact = h->push_contact,
				 .ca = h->conf.push_ca,
				 .inside = h->conf.push_inside,
				 .gone_h = on_gone,
				 .arg = h};
	struct key_ask k = {.secret = h->secret};
	int err;

	if (!h->conf.push)
		return 0;
	contact_make(h);
	err = store_write_wait(h->store, key_fn, &k);
	memcpy(conf.key, k.key, sizeof(conf.key));
	if (!err)
		err = pusher_alloc(&h->pusher, &conf);
	sodium_memzero(&k.key, sizeof(k.key));
	sodium_memzero(conf.key, sizeof(conf.key));
	return err;
}

static int bell_restore(const struct bell *b, void *arg)
{
	return bells_add(arg, b);
}

static int bells_read(struct db *db, void *obj)
{
	return bell_each(db, clock_wall_ms(), bell_restore, obj);
}

/** Gives the core's table the bells of the store; at start */
int bells_restore(struct house *h)
{
	return h->pusher ? store_read(h->store, bells_read, exchange_bells(h->exchange)) : 0;
}

static int bell_collect(const struct bell *b, void *arg)
{
	struct bell *row = question_add(arg, sizeof(*row));

	if (!row)
		return ENOMEM;
	*row = *b;
	return 0;
}

static int bells_of(struct db *db, void *obj)
{
	struct question *q = obj;

	return bell_list(db, q->tenant, q->device, clock_wall_ms(), bell_collect, q);
}

static void bells_put_h(void *obj)
{
	struct question *q = obj;
	struct bells *bs = exchange_bells(q->house->exchange);
	const struct bell *v = q->rows;

	bells_clear(bs, q->tenant, q->device);
	for (size_t i = 0; i < q->count && !q->err; i++)
		q->err = bells_add(bs, &v[i]);
}

/** The bells of an extension have changed: read on the asker's thread, put in place on the core */
int live_bells(int64_t tenant, const char *extension_id, void *arg)
{
	struct house *h = arg;
	struct question *q = question_make(h, tenant);
	int err;

	if (!q)
		return ENOMEM;
	text_printf(q->device, sizeof(q->device), "%s", extension_id);
	err = store_read(h->store, bells_of, q);
	if (err) {
		mem_deref(q);
		return err;
	}
	return question_ask(q, bells_put_h, NULL, NULL);
}
