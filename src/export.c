/**
 * @file export.c  carillon export DOMAIN: a tenant's data as JSON, an object a line
 *
 * For moving away, and for those who ask what is kept about them. One state of the database; no
 * password, key or PIN is in it. Recordings and documents are files of the data folder's blobs.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cdr.h"
#include "did.h"
#include "device.h"
#include "extension.h"
#include "house.h"
#include "json.h"
#include "mailbox.h"
#include "tenant.h"
#include "text.h"
#include "user.h"

enum { ALL = 0, CALLS = 500 };

struct export
{
	const char *domain;
	FILE *f;
	bool failed;
};

/* Takes the object over */
static int line_out(struct export *x, const char *type, json_t *o)
{
	char *text;

	if (o)
		json_object_set_new(o, "type", json_string(type));
	text = o ? json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	json_decref(o);
	if (!text || fprintf(x->f, "%s\n", text) < 0)
		x->failed = true;
	free(text);
	return x->failed ? EIO : 0;
}

/* Names from SIP may be no UTF-8 */
static json_t *word(const char *text)
{
	char clean[1024];

	if (text_utf8(text, strlen(text)))
		return json_string(text);
	text_printf(clean, sizeof(clean), "%s", text);
	for (char *p = clean; *p; p++) {
		if ((unsigned char)*p > 0x7e)
			*p = '?';
	}
	return json_string(clean);
}

static int extension_out(const struct extension *e, void *arg)
{
	return line_out(arg, "extension",
			json_pack("{s:s, s:s, s:o, s:o, s:s, s:I, s:b, s:s, s:I}", "id", e->id,
				  "number", e->number, "name", word(e->name), "callerIdName",
				  word(e->caller_id_name), "callerIdNumber", e->caller_id_number,
				  "ringMs", (json_int_t)e->ring_ms, "callWaiting", e->call_waiting,
				  "emergencyAddress", e->emergency_address, "createdAt",
				  (json_int_t)e->created_at));
}

static int device_out(const struct device *d, void *arg)
{
	return line_out(arg, "device",
			json_pack("{s:s, s:s, s:o, s:s, s:o, s:I, s:I}", "id", d->id, "extension",
				  d->extension, "name", word(d->name), "username", d->auth_user,
				  "userAgent", word(d->user_agent), "lastSeenAt",
				  (json_int_t)d->last_seen_at, "createdAt",
				  (json_int_t)d->created_at));
}

static int user_out(const struct user *u, void *arg)
{
	return line_out(arg, "user",
			json_pack("{s:s, s:o, s:o, s:s, s:s, s:s, s:s, s:I, s:I}", "id", u->id,
				  "email", word(u->email), "name", word(u->name), "role",
				  user_role_name(u->role), "extensionId", u->extension_id,
				  "permissions", u->permissions, "language", u->language,
				  "lastLoginAt", (json_int_t)u->last_login_at, "createdAt",
				  (json_int_t)u->created_at));
}

static int did_out(const struct did *d, void *arg)
{
	return line_out(arg, "did",
			json_pack("{s:s, s:s, s:o, s:b, s:s, s:s, s:b}", "id", d->id, "number",
				  d->number, "title", word(d->title), "fax", d->kind == DID_FAX,
				  "destKind", dest_kind_name(d->dest.kind), "destTarget",
				  d->dest.target, "active", d->active));
}

static int mailbox_out(const struct mailbox *m, void *arg)
{
	return line_out(arg, "mailbox",
			json_pack("{s:s, s:s, s:b, s:s, s:I}", "extensionId", m->extension_id,
				  "extension", m->number, "active", m->active, "emails", m->emails,
				  "keepDays", (json_int_t)m->keep_days));
}

static int call_out(const struct cdr *c, void *arg)
{
	return line_out(
		arg, "call",
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:s, "
			  "s:o, s:s}",
			  "id", c->id, "dir", cdr_dir_name(c->dir), "type", cdr_type_name(c->type),
			  "result", cdr_result_name(c->result), "from", c->from.number, "fromName",
			  word(c->from.name), "to", c->to.number, "toName", word(c->to.name),
			  "answeredBy", word(c->answered_by.name), "startedAt",
			  (json_int_t)c->started_at, "endedAt", (json_int_t)c->ended_at,
			  "durationMs", (json_int_t)c->duration_ms, "billedMs",
			  (json_int_t)c->billed_ms, "cause", cause_name(c->cause), "note",
			  word(c->note), "rating", cdr_rating_name(c->rating)));
}

static int calls_out(struct export *x, struct db *db, int64_t tenant)
{
	struct cdr_filter f = {.tenant = tenant, .limit = CALLS};
	struct cdr_cursor next = {0};
	int err;

	do {
		next.more = false;
		err = cdr_list(&next, db, &f, call_out, x);
		f.before_at = next.at;
		memcpy(f.before_id, next.id, sizeof(f.before_id));
	} while (!err && next.more);
	return err;
}

static int tenant_out(struct export *x, const struct tenant_row *t)
{
	return line_out(x, "tenant",
			json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:I}", "id", t->uuid, "name",
				  word(t->name), "domain", t->domain, "country", t->country,
				  "currency", t->currency, "timezone", t->timezone, "settings",
				  t->settings, "createdAt", (json_int_t)t->created_at));
}

static int export_fn(struct db *db, void *obj)
{
	struct export *x = obj;
	struct tenant_row t;
	int err = tenant_by_domain(&t, db, x->domain);

	if (!err)
		err = tenant_out(x, &t);
	if (!err)
		err = extension_list(db, t.id, "", "", ALL, extension_out, x);
	if (!err)
		err = device_list(db, t.id, "", "", ALL, device_out, x);
	if (!err)
		err = user_list(db, t.id, "", "", ALL, user_out, x);
	if (!err)
		err = did_list(db, t.id, NULL, NULL, "", ALL, did_out, x);
	if (!err)
		err = mailbox_list(db, t.id, "", "", ALL, mailbox_out, x);
	return err ? err : calls_out(x, db, t.id);
}

/**
 * Prints a tenant's data
 *
 * @param h      House whose store is open
 * @param domain Of the tenant
 *
 * @return exit code
 */
int export_run(struct house *h, const char *domain)
{
	struct export x = {.domain = domain, .f = stdout};
	int err = store_read(h->store, export_fn, &x);

	if (!err && fflush(stdout))
		err = errno;
	if (err == ENOENT)
		fprintf(stderr, "There is no tenant with the domain %s.\n", domain);
	else if (err)
		fprintf(stderr, "failed: %s\n", strerror(err));
	return err ? 1 : 0;
}
