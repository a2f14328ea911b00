/**
 * @file api_house.h  Server, API and a real database in a temporary folder, for tests of the API
 *
 * Two tenants: northwind.localhost with 1001 Maya (user), 1002 Tom, an administrator and one DID;
 * harbor.localhost likewise. Everybody's password is HOUSE_PASSWORD. The live questions are
 * answered from `house.live_...`, and what was asked for is noted there.
 */
#ifndef CARILLON_TEST_API_HOUSE_H
#define CARILLON_TEST_API_HOUSE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "http_client.h"
#include "api.h"
#include "clock.h"
#include "did.h"
#include "expand.h"
#include "extension.h"
#include "own.h"
#include "permission.h"
#include "rates.h"
#include "reach.h"
#include "schema.h"
#include "tenant.h"
#include "text.h"
#include "user.h"
#include "way.h"

#define HOUSE_PASSWORD "a good long password"

/** One tenant's ids */
struct house_tenant {
	struct tenant_row row;
	struct extension maya, tom;
	struct device desk; /* Maya's */
	struct user maya_user, admin_user;
	struct did did;
};

static struct {
	char folder[64];
	struct actor *core;
	struct store *store;
	struct secret *secret;
	struct api *api;
	struct web *web;
	uint16_t port;
	char hash[USER_HASH];
	struct house_tenant northwind, harbor;
	/* what the live side was asked */
	_Atomic int changed, revoked, browsers_added, browsers_removed, bells_told, hung_up;
	_Atomic int mailboxes;
	char recorded[16];
	bool trunks_down;
	struct voicemail_counts waiting;
	struct blobs *blobs;
	char revoked_extension[PHONE_SIZE];
} house;

/** Somebody who is signed in */
struct person {
	char cookie[256], csrf[64];
	char *me; /* what /login answered */
};

static int house_registrations(struct live_registration **v, size_t *n, int64_t tenant,
			       const char *extension, void *arg)
{
	struct live_registration *r = mem_zalloc(sizeof(*r), NULL);

	*v = r;
	*n = 0;
	if (tenant != house.northwind.row.id || (extension && strcmp(extension, "1001")))
		return 0;
	*n = 1;
	str_ncpy(r->extension, "1001", sizeof(r->extension));
	str_ncpy(r->device, house.northwind.desk.id, sizeof(r->device));
	str_ncpy(r->contact, "sip:1001@192.0.2.1:5060", sizeof(r->contact));
	str_ncpy(r->transport, "udp", sizeof(r->transport));
	str_ncpy(r->user_agent, "Yealink \xff T46U", sizeof(r->user_agent)); /* no UTF-8 */
	return 0;
}

static int house_presence(struct live_extension **v, size_t *n, int64_t tenant, void *arg)
{
	struct live_extension *e = mem_zalloc(sizeof(*e), NULL);

	*v = e;
	*n = tenant == house.northwind.row.id;
	str_ncpy(e->number, "1001", sizeof(e->number));
	e->presence = LIVE_BUSY;
	e->registered = 1;
	return 0;
}

static int house_calls(struct live_call **v, size_t *n, int64_t tenant, void *arg)
{
	struct live_call *c = mem_zalloc(sizeof(*c), NULL);

	*v = c;
	*n = tenant == house.northwind.row.id;
	str_ncpy(c->id, "0192f0c1-0000-7000-8000-000000000001", sizeof(c->id));
	str_ncpy(c->state, "up", sizeof(c->state));
	return 0;
}

static int house_desk_call(char id[ID_SIZE], int64_t tenant, const char *extension,
			   const char *number, void *arg)
{
	int err = !strcmp(number, "4711")	  ? EINVAL
		  : !strcmp(number, "+882123456") ? ENETUNREACH
		  : !strcmp(number, "1003")	  ? ENOTCONN
		  : !strcmp(number, "1004")	  ? EALREADY
		  : !strcmp(number, "1005")	  ? EBUSY
						  : 0;

	if (!err)
		text_printf(id, ID_SIZE, "%lld-%s-%s", (long long)tenant, extension, number);
	return err;
}

static int house_desk_cancel(int64_t tenant, const char *call, const char *extension, void *arg)
{
	return tenant == house.northwind.row.id && !strcmp(extension, "1001") &&
			       !strcmp(call, "0192f0c1-0000-7000-8000-000000000001")
		       ? 0
		       : ENOENT;
}

static int house_hangup(int64_t tenant, const char *call, void *arg)
{
	if (tenant != house.northwind.row.id ||
	    strcmp(call, "0192f0c1-0000-7000-8000-000000000001"))
		return ENOENT;
	++house.hung_up;
	return 0;
}

static int house_record(int64_t tenant, const char *call, const char *extension, bool any,
			const char *action, void *arg)
{
	if (tenant != house.northwind.row.id ||
	    strcmp(call, "0192f0c1-0000-7000-8000-000000000001") ||
	    (!any && strcmp(extension, "1001")))
		return ENOENT;
	str_ncpy(house.recorded, action, sizeof(house.recorded));
	return strcmp(action, "resume") ? 0 : ENOTCONN;
}

static int house_legs(struct live_leg **v, size_t *n, int64_t tenant, const char *extension,
		      void *arg)
{
	struct live_leg *l = mem_zalloc(sizeof(*l), NULL);

	if (!l)
		return ENOMEM;
	str_ncpy(l->call, "0192f0c1-0000-7000-8000-000000000001", sizeof(l->call));
	str_ncpy(l->call_id, extension, sizeof(l->call_id));
	str_ncpy(l->recording, "paused", sizeof(l->recording));
	str_ncpy(l->line, "+14155550110", sizeof(l->line));
	l->by_rule = true;
	*v = l;
	*n = tenant == house.northwind.row.id;
	return 0;
}

static int house_to_mailbox(int64_t tenant, const char *call, const char *extension, void *arg)
{
	if (tenant != house.northwind.row.id || strcmp(extension, "1001"))
		return ENOENT;
	return strcmp(call, "0192f0c1-0000-7000-8000-000000000001") ? ENOTCONN : 0;
}

static int house_revoke(int64_t tenant, const char *extension, const char *device, void *arg)
{
	++house.revoked;
	str_ncpy(house.revoked_extension, extension, sizeof(house.revoked_extension));
	return 0;
}

static int house_snapshot(struct db *db, void *obj)
{
	struct tenant **t = obj;

	return tenant_load(t, db, house.northwind.row.id);
}

/* 1001 has a phone, nobody else */
static void house_phones(struct reach_phones *p, const char *extension, void *arg)
{
	p->count = !strcmp(extension, "1001");
	p->talking = false;
}

static bool house_outside(char why[REACH_TEXT], const char *number, void *arg)
{
	str_ncpy(why, "Trunk Carrier is down (no answer)", REACH_TEXT);
	return !house.trunks_down;
}

static int house_reach(struct reach **r, int64_t tenant, const struct dest *start,
		       const char *caller, int64_t at, void *arg)
{
	const struct reach_asks asks = {.phones_h = house_phones, .outside_h = house_outside};
	struct tenant *t;
	struct moment now;
	int err = store_read(house.store, house_snapshot, &t);

	if (err)
		return err;
	*r = mem_zalloc(sizeof(**r), NULL);
	now = moment_of(t, at);
	reach_walk(*r, t, start, caller, &now, &asks);
	shared_unref(t);
	return 0;
}

struct house_way {
	struct live_way *way;
	const char *dialled;
};

static int house_way_fn(struct db *db, void *obj)
{
	struct house_way *x = obj;
	struct trunks *trunks;
	struct way ways[WAYS_MAX];
	struct tenant *t;
	int err = house_snapshot(db, &t);

	if (err)
		return err;
	err = trunks_load(&trunks, db);
	x->way->leads = !err && !dest_resolve(&x->way->dest, t, x->dialled);
	if (x->way->leads && x->way->dest.kind == DEST_external)
		x->way->count = way_find(ways, t, trunks, x->way->dest.target);
	for (unsigned i = 0; i < x->way->count; i++) {
		struct live_way_trunk *out = &x->way->trunks[i];

		str_ncpy(out->name, ways[i].trunk->name, sizeof(out->name));
		str_ncpy(out->sends, ways[i].number, sizeof(out->sends));
		out->active = ways[i].trunk->active;
	}
	shared_unref(t);
	if (!err)
		shared_unref(trunks);
	return err;
}

static int house_way(struct live_way *w, int64_t tenant, const char *dialled, void *arg)
{
	struct house_way x = {w, dialled};

	return store_read(house.store, house_way_fn, &x);
}

/* What keeps a place of a follow me from ringing only the core knows. */
static int house_follow(struct reach_warnings **w, int64_t tenant, const char *extension, void *arg)
{
	struct reach_warnings *all = mem_zalloc(sizeof(*all), NULL);

	if (!all)
		return ENOMEM;
	all->count = 1;
	strcpy(all->text[0], "+12125550100: told by the core");
	*w = all;
	return 0;
}

struct house_prices {
	struct live_price *v;
	size_t n;
	bool fax;
};

/* As main answers, but for the route: every number outside leaves. */
static int house_prices_fn(struct db *db, void *obj)
{
	struct house_prices *x = obj;
	struct rates *rates;
	struct tenant *t;
	int err = house_snapshot(db, &t);

	if (err)
		return err;
	err = rates_load(&rates, db);
	for (size_t i = 0; i < x->n && !err; i++) {
		struct dest d = {.kind = DEST_external};

		if (x->fax)
			str_ncpy(d.target, x->v[i].number, sizeof(d.target));
		else if (dest_resolve(&d, t, x->v[i].number))
			continue;
		x->v[i].outside = d.kind == DEST_external;
		if (x->v[i].outside)
			(void)rates_price(&x->v[i].price, rates, t, d.target);
	}
	shared_unref(t);
	if (!err)
		shared_unref(rates);
	return err;
}

static int house_prices(struct live_price *v, size_t n, int64_t tenant, bool fax, void *arg)
{
	struct house_prices x = {v, n, fax};

	return store_read(house.store, house_prices_fn, &x);
}

static int house_changed(int64_t tenant, void *arg)
{
	++house.changed;
	return 0;
}

static int house_browser_added(const struct device *d, void *arg)
{
	++house.browsers_added;
	return 0;
}

static int house_browser_removed(int64_t tenant, const char *device, void *arg)
{
	++house.browsers_removed;
	return 0;
}

static int house_bells(int64_t tenant, const char *extension_id, void *arg)
{
	++house.bells_told;
	return 0;
}

static int house_mailbox(int64_t tenant, const char *extension, const struct voicemail_counts *c,
			 void *arg)
{
	house.waiting = *c;
	++house.mailboxes;
	return 0;
}

static int house_trunk(struct live_trunk *t, int64_t trunk, void *arg)
{
	return ENOENT;
}

static int house_counts(struct live_counts *c, void *arg)
{
	c->calls = 3;
	c->registrations = 7;
	return 0;
}

static int house_user(struct db *db, struct user *u, int64_t tenant, const char *email,
		      enum user_role role, const struct extension *e)
{
	memset(u, 0, sizeof(*u));
	u->tenant = tenant;
	u->role = role;
	str_ncpy(u->email, email, sizeof(u->email));
	str_ncpy(u->name, "Somebody", sizeof(u->name));
	str_ncpy(u->hash, house.hash, sizeof(u->hash));
	str_ncpy(u->extension_id, e ? e->id : "", sizeof(u->extension_id));
	str_ncpy(u->language, "en", sizeof(u->language));
	str_ncpy(u->timezone, "America/New_York", sizeof(u->timezone));
	str_ncpy(u->theme, "system", sizeof(u->theme));
	return user_add(db, u);
}

static int house_extension(struct db *db, struct extension *e, int64_t tenant, const char *number,
			   const char *name)
{
	e->tenant = tenant;
	e->ring_ms = RING_MS_DEFAULT;
	str_ncpy(e->number, number, sizeof(e->number));
	str_ncpy(e->name, name, sizeof(e->name));
	return extension_add(db, e);
}

static int house_device(struct db *db, struct house_tenant *t)
{
	struct device *d = &t->desk;
	int err;

	d->tenant = t->row.id;
	d->kind = DEVICE_PHONE;
	str_ncpy(d->extension_id, t->maya.id, sizeof(d->extension_id));
	str_ncpy(d->name, "Desk", sizeof(d->name));
	err = device_auth_user(d, db, "1001");
	if (!err)
		err = device_credentials(d, house.secret, t->row.domain, "sip-secret");
	return err ? err : device_add(db, d);
}

static int house_did(struct db *db, struct house_tenant *t, const char *number)
{
	struct did *d = &t->did;

	d->tenant = t->row.id;
	d->active = true;
	d->dest.kind = DEST_extension;
	str_ncpy(d->dest.target, "1001", sizeof(d->dest.target));
	str_ncpy(d->number, number, sizeof(d->number));
	str_ncpy(d->title, "Front desk", sizeof(d->title));
	return did_add(db, d);
}

static int house_tenant_fill(struct db *db, struct house_tenant *t, const char *domain,
			     const char *did)
{
	struct tenant_row *row = &t->row;
	char email[96];
	int err;

	str_ncpy(row->name, domain, sizeof(row->name));
	str_ncpy(row->domain, domain, sizeof(row->domain));
	str_ncpy(row->country, "US", sizeof(row->country));
	str_ncpy(row->currency, "USD", sizeof(row->currency));
	str_ncpy(row->timezone, "America/New_York", sizeof(row->timezone));
	str_ncpy(row->permissions, permissions_all(), sizeof(row->permissions));
	str_ncpy(row->settings, "{}", sizeof(row->settings));
	err = tenant_add(db, row);
	if (!err)
		err = house_extension(db, &t->maya, row->id, "1001", "Maya Chen");
	if (!err)
		err = house_extension(db, &t->tom, row->id, "1002", "Tom Becker");
	if (!err)
		err = house_device(db, t);
	snprintf(email, sizeof(email), "maya@%s", domain);
	if (!err)
		err = house_user(db, &t->maya_user, row->id, email, USER_user, &t->maya);
	snprintf(email, sizeof(email), "admin@%s", domain);
	if (!err)
		err = house_user(db, &t->admin_user, row->id, email, USER_admin, NULL);
	return err ? err : house_did(db, t, did);
}

static int house_fill(struct db *db, void *obj)
{
	struct user platform;
	int err = house_tenant_fill(db, &house.northwind, "northwind.localhost", "+14155550110");

	if (!err)
		err = house_tenant_fill(db, &house.harbor, "harbor.localhost", "+16285550177");
	if (!err)
		err = house_user(db, &platform, 0, "admin@localhost", USER_platform, NULL);
	return err;
}

static int house_web(void)
{
	struct web_conf conf = {.http = true, .threads = 2, .trusted_proxies = "127.0.0.1"};
	struct web_handlers h = {.auth_h = api_auth, .arg = house.api};
	int err;

	conf.routes = api_routes(&conf.route_count);
	sa_set_str(&conf.bind, "127.0.0.1", 0);
	err = web_alloc(&house.web, &conf, &h, house.core);
	if (!err)
		house.port = web_port(house.web, false);
	return err;
}

static int house_open(void **state)
{
	static const struct api_live live = {.registrations_h = house_registrations,
					     .presence_h = house_presence,
					     .calls_h = house_calls,
					     .desk_call_h = house_desk_call,
					     .desk_cancel_h = house_desk_cancel,
					     .hangup_h = house_hangup,
					     .record_h = house_record,
					     .legs_h = house_legs,
					     .to_mailbox_h = house_to_mailbox,
					     .revoke_h = house_revoke,
					     .changed_h = house_changed,
					     .reach_h = house_reach,
					     .follow_h = house_follow,
					     .way_h = house_way,
					     .prices_h = house_prices,
					     .browser_added_h = house_browser_added,
					     .browser_removed_h = house_browser_removed,
					     .bells_h = house_bells,
					     .mailbox_h = house_mailbox,
					     .trunk_h = house_trunk,
					     .counts_h = house_counts};
	struct api_conf conf = {.sip_port = 5060, .sips_port = 5061};
	char path[128], error[256];

	memset(&house, 0, sizeof(house));
	str_ncpy(house.folder, "/tmp/carillon-api-XXXXXX", sizeof(house.folder));
	assert_non_null(mkdtemp(house.folder));
	snprintf(path, sizeof(path), "%s/secret.key", house.folder);
	assert_int_equal(secret_load(&house.secret, path), 0);
	snprintf(path, sizeof(path), "%s/carillon.db", house.folder);
	assert_int_equal(schema_put(&db_sqlite, path), 0);
	if (store_alloc(&house.store, &db_sqlite, path, error, sizeof(error)))
		fail_msg("%s", error);
	assert_int_equal(password_hash(house.hash, HOUSE_PASSWORD), 0);
	assert_int_equal(store_write_wait(house.store, house_fill, NULL), 0);
	assert_int_equal(actor_alloc(&house.core, "core", 1000), 0);
	assert_int_equal(actor_start(house.core), 0);
	snprintf(path, sizeof(path), "%s/blobs", house.folder);
	assert_int_equal(blobs_alloc(&house.blobs, path), 0);
	conf.blobs = house.blobs;
	conf.store = house.store;
	conf.secret = house.secret;
	conf.fax_folder = "/tmp";
	assert_int_equal(api_alloc(&house.api, &conf, &live), 0);
	assert_int_equal(house_web(), 0);
	return 0;
}

static int house_close(void **state)
{
	char command[96];

	event_forget_all();
	mem_deref(house.web);
	mem_deref(house.api);
	mem_deref(house.store);
	mem_deref(house.secret);
	mem_deref(house.blobs);
	mem_deref(house.core);
	snprintf(command, sizeof(command), "rm -r %s", house.folder);
	return system(command);
}

/** A request of somebody; NULL for nobody */
HTTP_UNUSED static struct http_response *ask(const struct person *p, const char *method,
					     const char *path, const char *body)
{
	char heads[512] = "";

	if (p)
		snprintf(heads, sizeof(heads), "Cookie: %s\r\nX-CSRF-Token: %s\r\n", p->cookie,
			 p->csrf);
	return http_ask(house.port, method, path, heads, body);
}

/** Asks and checks status and a part of the body */
HTTP_UNUSED static void expect(const struct person *p, const char *method, const char *path,
			       const char *body, int status, const char *part)
{
	struct http_response *r = ask(p, method, path, body);

	if (r->status != status || (part && !strstr(r->body, part)))
		fail_msg("%s %s %s: %d %s", method, path, body ? body : "", r->status, r->body);
	http_free(r);
}

/** A member of a JSON answer by its path "user.id"; the text is copied */
HTTP_UNUSED static const char *member(char *buf, size_t size, const char *json, const char *path)
{
	json_t *root = json_loads(json, 0, NULL), *v = root;
	char key[64];

	while (v && *path) {
		size_t n = strcspn(path, ".");

		snprintf(key, sizeof(key), "%.*s", (int)n, path);
		v = json_is_array(v) ? json_array_get(v, (size_t)atoi(key))
				     : json_object_get(v, key);
		path += n + (path[n] == '.');
	}
	if (json_is_string(v))
		snprintf(buf, size, "%s", json_string_value(v));
	else if (json_is_integer(v))
		snprintf(buf, size, "%lld", (long long)json_integer_value(v));
	else
		snprintf(buf, size, "%s", json_is_true(v) ? "true" : json_is_null(v) ? "null" : "");
	json_decref(root);
	return buf;
}

/** Signs somebody in */
HTTP_UNUSED static struct person sign_in(const char *email)
{
	struct person p = {0};
	struct http_response *r;
	char body[256], value[256];

	snprintf(body, sizeof(body), "{\"email\":\"%s\",\"password\":\"%s\"}", email,
		 HOUSE_PASSWORD);
	r = http_ask(house.port, "POST", "/api/v1/login", "", body);
	if (r->status != 200)
		fail_msg("sign-in of %s: %d %s", email, r->status, r->body);
	http_head(r, "Set-Cookie", value, sizeof(value));
	snprintf(p.cookie, sizeof(p.cookie), "%.*s", (int)strcspn(value, ";"), value);
	member(p.csrf, sizeof(p.csrf), r->body, "csrf");
	p.me = strdup(r->body);
	http_free(r);
	return p;
}

#endif
