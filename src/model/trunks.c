/**
 * @file trunks.c  All trunks as one immutable object
 */
#include <errno.h>
#include "snapshot.h"

enum { TRUNKS_MAX = 10000 };

/* `pub` comes first: the shared object is both. */
struct trunks_own {
	struct trunks pub;
	struct trunk *v;
	struct sa *addresses; /* unset for a trunk that is not known by its address */
	uint32_t room;
};

static void trunks_destructor(void *arg)
{
	struct trunks_own *o = arg;

	mem_deref(o->v);
	mem_deref(o->addresses);
}

static int trunk_keep(const struct trunk *t, void *arg)
{
	struct trunks_own *o = arg;
	uint32_t i = o->pub.count;

	if (i == o->room)
		return DB_STOP;
	o->v[i] = *t;
	sa_init(&o->addresses[i], AF_UNSPEC);
	if (t->by_ip && t->active)
		(void)sa_set_str(&o->addresses[i], t->host, (uint16_t)t->port);
	++o->pub.count;
	return 0;
}

static int trunks_room(struct trunks_own *o, struct db *db)
{
	int64_t n = 0;
	int err = db_number(db, &n, "SELECT count(*) FROM trunk", "");

	if (err)
		return err;
	o->room = (uint32_t)(n < TRUNKS_MAX ? n : TRUNKS_MAX);
	o->v = mem_zalloc((o->room + 1) * sizeof(*o->v), NULL);
	o->addresses = mem_zalloc((o->room + 1) * sizeof(*o->addresses), NULL);
	o->pub.v = o->v;
	return o->v && o->addresses ? 0 : ENOMEM;
}

/**
 * Loads all trunks, of all tenants and shared ones
 *
 * @param tp Result, a shared object
 * @param db Connection, inside store_read()
 *
 * @return 0, ENOMEM or what the database said
 */
int trunks_load(struct trunks **tp, struct db *db)
{
	struct trunks_own *o = shared_alloc(sizeof(*o), trunks_destructor);
	int err;

	if (!o)
		return ENOMEM;
	err = trunks_room(o, db);
	if (!err)
		err = trunk_list(db, -1, 0, 0, trunk_keep, o);
	if (err)
		shared_unref(o);
	else
		*tp = &o->pub;
	return err;
}

/** The trunk of an id; NULL for none */
const struct trunk *trunks_by_id(const struct trunks *ts, int64_t id)
{
	for (uint32_t i = 0; i < ts->count; i++) {
		if (ts->v[i].id == id)
			return &ts->v[i];
	}
	return NULL;
}

/**
 * The trunk whose address is its credential
 *
 * The port is passed over, as gateways send from several; but not on loopback, where phones of the
 * same machine have the same address.
 *
 * @param ts  Trunks
 * @param src Where a request came from
 *
 * @return The trunk, NULL for none
 */
const struct trunk *trunks_by_address(const struct trunks *ts, const struct sa *src)
{
	const struct trunks_own *o = OWNER(ts, const struct trunks_own, pub);
	int flags = SA_ADDR | (sa_is_loopback(src) ? SA_PORT : 0);

	for (uint32_t i = 0; i < ts->count; i++) {
		if (sa_isset(&o->addresses[i], SA_ADDR) && sa_cmp(&o->addresses[i], src, flags))
			return &ts->v[i];
	}
	return NULL;
}
