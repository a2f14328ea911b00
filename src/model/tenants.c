/**
 * @file tenants.c  The registry of tenants: by id, domain and DID; browsers; trunks; rates
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "rates.h"
#include "snapshot.h"
#include "text.h"

enum { BUCKETS = 1024, BROWSER_BUCKETS = 4096 };

struct tenants {
	struct hash *by_id, *by_domain, *by_did;
	struct hash *browsers, *browsers_by_id;
	struct trunks *trunks;
	struct rates *rates;
};

struct number {
	struct le le; /* in by_did */
	const struct tenant *tenant;
	const struct tenant_did *did;
};

/* A tenant's place; its numbers are unlinked with it. */
struct holder {
	struct le by_id, by_domain;
	struct tenant *tenant;
	struct number *numbers;
};

/* The credentials of a browser. They are too many and too short-lived for the snapshot. */
struct browser {
	struct le by_auth, by_id;
	int64_t tenant, expires_at;
	char id[ID_SIZE], extension_id[ID_SIZE], name[MODEL_NAME], auth_user[DEVICE_AUTH];
	char ha1_md5[DEVICE_HA1_MD5], ha1_sha256[DEVICE_HA1_SHA256];
};

static void tenants_destructor(void *arg)
{
	struct tenants *ts = arg;

	hash_flush(ts->by_id);
	hash_flush(ts->browsers);
	mem_deref(ts->by_id);
	mem_deref(ts->by_domain);
	mem_deref(ts->by_did);
	mem_deref(ts->browsers);
	mem_deref(ts->browsers_by_id);
	shared_unref(ts->trunks);
	shared_unref(ts->rates);
}

static void holder_destructor(void *arg)
{
	struct holder *h = arg;

	hash_unlink(&h->by_id);
	hash_unlink(&h->by_domain);
	for (uint32_t i = 0; h->numbers && i < h->tenant->did_count; i++)
		hash_unlink(&h->numbers[i].le);
	mem_deref(h->numbers);
	shared_unref(h->tenant);
}

static void browser_destructor(void *arg)
{
	struct browser *b = arg;

	hash_unlink(&b->by_auth);
	hash_unlink(&b->by_id);
}

static uint32_t id_hash(int64_t id)
{
	return (uint32_t)(uint64_t)id * 2654435761u;
}

/** Makes an empty registry; 0 or ENOMEM */
int tenants_alloc(struct tenants **tp)
{
	struct tenants *ts = mem_zalloc(sizeof(*ts), tenants_destructor);

	if (!ts)
		return ENOMEM;
	if (hash_alloc(&ts->by_id, BUCKETS) || hash_alloc(&ts->by_domain, BUCKETS) ||
	    hash_alloc(&ts->by_did, BUCKETS) || hash_alloc(&ts->browsers, BROWSER_BUCKETS) ||
	    hash_alloc(&ts->browsers_by_id, BROWSER_BUCKETS)) {
		mem_deref(ts);
		return ENOMEM;
	}
	*tp = ts;
	return 0;
}

static bool holder_has_id(struct le *le, void *arg)
{
	return ((struct holder *)le->data)->tenant->id == *(int64_t *)arg;
}

static struct holder *holder_of(const struct tenants *ts, int64_t id)
{
	struct le *le = hash_lookup(ts->by_id, id_hash(id), holder_has_id, &id);

	return le ? le->data : NULL;
}

static int holder_fill(struct holder *h, struct tenants *ts, struct tenant *t)
{
	if (t->did_count) {
		h->numbers = mem_zalloc(t->did_count * sizeof(*h->numbers), NULL);
		if (!h->numbers)
			return ENOMEM;
	}
	for (uint32_t i = 0; i < t->did_count; i++) {
		struct number *n = &h->numbers[i];

		n->tenant = t;
		n->did = &t->dids[i];
		hash_append(ts->by_did, hash_joaat_str(n->did->number), &n->le, n);
	}
	hash_append(ts->by_id, id_hash(t->id), &h->by_id, h);
	hash_append(ts->by_domain, hash_joaat_str(t->domain), &h->by_domain, h);
	return 0;
}

/**
 * Puts a tenant in place of the one with its id; calls keep the old one they began with
 *
 * @param ts Registry
 * @param t  Tenant, whose reference is handed over in any case; an older version than the present
 *           one is dropped, so that two loads may overtake each other
 *
 * @return 0 or ENOMEM
 */
int tenants_put(struct tenants *ts, struct tenant *t)
{
	struct holder *old = holder_of(ts, t->id), *h;
	int err;

	if (old && old->tenant->version > t->version) {
		shared_unref(t);
		return 0;
	}
	h = mem_zalloc(sizeof(*h), holder_destructor);
	if (!h) {
		shared_unref(t);
		return ENOMEM;
	}
	h->tenant = t;
	err = holder_fill(h, ts, t);
	mem_deref(err ? h : old);
	return err;
}

/** Forgets a tenant; calls keep the one they began with */
void tenants_drop(struct tenants *ts, int64_t id)
{
	mem_deref(holder_of(ts, id));
}

/** The tenant of an internal id; NULL for none. A caller that keeps it takes shared_ref() */
const struct tenant *tenants_by_id(const struct tenants *ts, int64_t id)
{
	const struct holder *h = holder_of(ts, id);

	return h ? h->tenant : NULL;
}

struct visit {
	tenants_h *h;
	void *arg;
};

static bool holder_visit(struct le *le, void *arg)
{
	const struct visit *v = arg;

	v->h(((struct holder *)le->data)->tenant, v->arg);
	return false;
}

/** Calls `h` for every tenant, in no order */
void tenants_each(const struct tenants *ts, tenants_h *h, void *arg)
{
	struct visit v = {h, arg};

	(void)hash_apply(ts->by_id, holder_visit, &v);
}

static bool holder_has_domain(struct le *le, void *arg)
{
	return !strcmp(((struct holder *)le->data)->tenant->domain, arg);
}

/** The tenant of a SIP domain, in whatever case; NULL for none */
const struct tenant *tenants_by_domain(const struct tenants *ts, const struct pl *domain)
{
	char lower[MODEL_DOMAIN];
	struct le *le;

	if (!text_copy_pl(lower, sizeof(lower), domain))
		return NULL;
	text_lower(lower);
	le = hash_lookup(ts->by_domain, hash_joaat_str(lower), holder_has_domain, lower);
	return le ? ((struct holder *)le->data)->tenant : NULL;
}

static bool number_is(struct le *le, void *arg)
{
	return !strcmp(((struct number *)le->data)->did->number, arg);
}

/** The tenant of an E.164 number and its DID, which may be inactive; NULL for none */
const struct tenant *tenants_by_did(const struct tenants *ts, const char *number,
				    const struct tenant_did **did)
{
	struct le *le = hash_lookup(ts->by_did, hash_joaat_str(number), number_is, (void *)number);
	const struct number *n = le ? le->data : NULL;

	if (did)
		*did = n ? n->did : NULL;
	return n ? n->tenant : NULL;
}

struct auth {
	int64_t tenant;
	const char *user;
};

static bool browser_has_auth(struct le *le, void *arg)
{
	const struct browser *b = le->data;
	const struct auth *a = arg;

	return b->tenant == a->tenant && !strcmp(b->auth_user, a->user);
}

static const struct browser *browser_find(const struct tenants *ts, int64_t tenant,
					  const char *user)
{
	struct auth a = {tenant, user};
	struct le *le = hash_lookup(ts->browsers, hash_joaat_str(user), browser_has_auth, &a);
	const struct browser *b = le ? le->data : NULL;

	return b && b->expires_at > clock_wall_ms() ? b : NULL;
}

static bool account_browser(struct tenants_account *acc, const struct browser *b)
{
	acc->browser = true;
	acc->extension = tenant_extension_by_id(acc->tenant, b->extension_id);
	acc->device = b->id;
	acc->device_name = b->name;
	acc->auth_user = b->auth_user;
	acc->ha1_md5 = b->ha1_md5;
	acc->ha1_sha256 = b->ha1_sha256;
	return acc->extension != NULL;
}

/**
 * Finds whom a credential belongs to, a phone's or a browser's
 *
 * @param acc       Result; good until the registry changes
 * @param ts        Registry
 * @param domain    SIP domain, the realm
 * @param auth_user User name of the credential
 *
 * @return false when it is unknown or has ended
 */
bool tenants_account(struct tenants_account *acc, const struct tenants *ts, const struct pl *domain,
		     const struct pl *auth_user)
{
	const struct tenant_device *d;
	const struct browser *b;
	char user[DEVICE_AUTH];

	memset(acc, 0, sizeof(*acc));
	acc->tenant = tenants_by_domain(ts, domain);
	if (!acc->tenant || !text_copy_pl(user, sizeof(user), auth_user))
		return false;
	d = tenant_device(acc->tenant, user);
	if (!d) {
		b = browser_find(ts, acc->tenant->id, user);
		return b && account_browser(acc, b);
	}
	acc->extension = tenant_extension_by_id(acc->tenant, d->extension_id);
	CHECK(acc->extension); /* a foreign key; whoever removes an extension touches its phones */
	acc->device = d->id;
	acc->device_name = d->name;
	acc->auth_user = d->auth_user;
	acc->ha1_md5 = d->ha1_md5;
	acc->ha1_sha256 = d->ha1_sha256;
	acc->sdes = d->sdes;
	return true;
}

/** Makes a browser's credentials known, or prolongs them; 0 or ENOMEM */
int tenants_browser_add(struct tenants *ts, const struct device *d)
{
	struct browser *b = mem_zalloc(sizeof(*b), browser_destructor);

	if (!b)
		return ENOMEM;
	tenants_browser_remove(ts, d->tenant, d->id);
	b->tenant = d->tenant;
	b->expires_at = d->expires_at;
	str_ncpy(b->id, d->id, sizeof(b->id));
	str_ncpy(b->extension_id, d->extension_id, sizeof(b->extension_id));
	str_ncpy(b->name, d->name, sizeof(b->name));
	str_ncpy(b->auth_user, d->auth_user, sizeof(b->auth_user));
	str_ncpy(b->ha1_md5, d->ha1_md5, sizeof(b->ha1_md5));
	str_ncpy(b->ha1_sha256, d->ha1_sha256, sizeof(b->ha1_sha256));
	hash_append(ts->browsers, hash_joaat_str(b->auth_user), &b->by_auth, b);
	hash_append(ts->browsers_by_id, hash_joaat_str(b->id), &b->by_id, b);
	return 0;
}

static bool browser_has_id(struct le *le, void *arg)
{
	const struct browser *b = le->data;
	const struct auth *a = arg;

	return b->tenant == a->tenant && !strcmp(b->id, a->user);
}

/** Forgets a browser's credentials, if they are known */
void tenants_browser_remove(struct tenants *ts, int64_t tenant, const char *device_id)
{
	struct auth a = {tenant, device_id};
	struct le *le =
		hash_lookup(ts->browsers_by_id, hash_joaat_str(device_id), browser_has_id, &a);

	if (le)
		mem_deref(le->data);
}

static bool browser_drop_ended(struct le *le, void *arg)
{
	struct browser *b = le->data;

	if (b->expires_at <= *(int64_t *)arg)
		mem_deref(b);
	return false;
}

/** Forgets the browsers whose credentials have ended; every few minutes is enough */
void tenants_browser_expire(struct tenants *ts, int64_t now)
{
	(void)hash_apply(ts->browsers, browser_drop_ended, &now);
}

/** Puts the trunks in place of the old ones; the reference is handed over */
void tenants_put_trunks(struct tenants *ts, struct trunks *trunks)
{
	shared_unref(ts->trunks);
	ts->trunks = trunks;
}

/** All trunks; NULL before the first tenants_put_trunks() */
const struct trunks *tenants_trunks(const struct tenants *ts)
{
	return ts->trunks;
}

struct loading {
	struct tenants *ts;
	struct db *db;
};

static int load_tenant(const struct tenant_row *row, void *arg)
{
	struct loading *l = arg;
	struct tenant *t;
	int err = tenant_load(&t, l->db, row->id);

	return err ? err : tenants_put(l->ts, t);
}

static int load_browser(const struct device *d, void *arg)
{
	return tenants_browser_add(arg, d);
}

/** Puts the rate plans in place of older ones; the reference is handed over */
void tenants_put_rates(struct tenants *ts, struct rates *rates)
{
	bool older = ts->rates && rates_version(rates) < rates_version(ts->rates);

	shared_unref(older ? rates : ts->rates);
	ts->rates = older ? ts->rates : rates;
}

/** All rate plans; NULL before the first tenants_put_rates() */
const struct rates *tenants_rates(const struct tenants *ts)
{
	return ts->rates;
}

/**
 * Loads everything: tenants, trunks, rate plans, browsers; at start, inside store_read()
 *
 * @param ts  Registry
 * @param db  Connection
 * @param now Wall ms
 *
 * @return 0, ENOMEM or what the database said
 */
int tenants_load(struct tenants *ts, struct db *db, int64_t now)
{
	struct loading l = {ts, db};
	struct trunks *trunks;
	struct rates *rates;
	int err = tenant_list(db, NULL, NULL, 0, load_tenant, &l);

	if (!err)
		err = trunks_load(&trunks, db);
	if (err)
		return err;
	tenants_put_trunks(ts, trunks);
	err = rates_load(&rates, db);
	if (err)
		return err;
	tenants_put_rates(ts, rates);
	return device_browsers(db, now, load_browser, ts);
}
