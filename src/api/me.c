/**
 * @file me.c  Oneself: settings, password, sign-ins, and the tenant a platform administrator chose
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "inside.h"
#include "permission.h"
#include "queue.h"
#include "text.h"

struct queues_of {
	const struct who *w;
	int64_t n;
};

static json_t *user_part(const struct who *w)
{
	json_t *o = json_object();
	const char *permissions = w->user.permissions;

	if (w->admin)
		permissions = w->tenant ? w->row.permissions : permissions_all();
	put_text(o, "id", w->user.id);
	put_text(o, "email", w->user.email);
	put_text(o, "name", w->user.name);
	put_text(o, "role", user_role_name(w->user.role));
	put_text(o, "language", w->user.language);
	put_text(o, "timezone", w->user.timezone);
	put_text(o, "theme", w->user.theme);
	put_words(o, "permissions", permissions);
	return o;
}

static json_t *tenant_part(const struct tenant_row *t)
{
	json_t *o = json_object();

	put_text(o, "id", t->uuid);
	put_text(o, "name", t->name);
	put_text(o, "domain", t->domain);
	put_text(o, "country", t->country);
	put_text(o, "currency", t->currency);
	return o;
}

static json_t *extension_part(const struct extension *e)
{
	json_t *o;

	if (!e->id[0])
		return json_null();
	o = json_object();
	put_text(o, "id", e->id);
	put_text(o, "number", e->number);
	put_text(o, "name", e->name);
	return o;
}

/* How many queues one is an agent of: the menu has a page for them. */
static int queues_fn(struct db *db, void *obj)
{
	struct queues_of *x = obj;

	return queue_count_of(&x->n, db, x->w->tenant, x->w->extension.number);
}

static int64_t queues_of(const struct request *rq)
{
	struct queues_of x = {.w = who_of(rq)};

	if (x.w->extension.id[0])
		(void)store_read(api_of(rq)->conf.store, queues_fn, &x);
	return x.n;
}

/** What GET /me answers */
json_t *me_json(const struct request *rq)
{
	const struct who *w = who_of(rq);
	json_t *o = json_object();
	char position[SSE_POSITION];

	web_position(rq->web, position);
	json_object_set_new(o, "user", user_part(w));
	json_object_set_new(o, "tenant", w->tenant ? tenant_part(&w->row) : json_null());
	json_object_set_new(o, "extension", extension_part(&w->extension));
	put_int(o, "queues", queues_of(rq));
	put_text(o, "csrf", w->login.csrf);
	put_bool(o, "owesSecondStep", w->owes);
	json_object_set_new(o, "balance", json_null());
	put_text(o, "version", CARILLON_VERSION);
	put_text(o, "eventsAfter", position);
	return o;
}

/** GET /me */
void me_get(struct request *rq, struct reply *rp)
{
	reply_json(rp, 200, me_json(rq));
}

struct me_change {
	struct request *rq;
	struct field_errors fe;
	struct user user;
};

static int me_change_fn(struct db *db, void *obj)
{
	struct me_change *c = obj;
	const struct who *w = who_of(c->rq);
	struct user *u = &c->user;
	int err = user_get(u, db, w->user.tenant, w->user.id);

	if (err)
		return err;
	text_take(c->rq, "name", u->name, sizeof(u->name), &c->fe);
	text_take(c->rq, "language", u->language, sizeof(u->language), &c->fe);
	text_take(c->rq, "timezone", u->timezone, sizeof(u->timezone), &c->fe);
	text_take(c->rq, "theme", u->theme, sizeof(u->theme), &c->fe);
	err = user_check(&c->fe, db, u);
	if (err || c->fe.count)
		return err ? err : EINVAL;
	return user_change(db, u);
}

/** PATCH /me */
void me_patch(struct request *rq, struct reply *rp)
{
	struct me_change c = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, me_change_fn, &c);

	if (answer_refused(rp, &c.fe, err))
		return;
	who_of(rq)->user = c.user;
	reply_json(rp, 200, me_json(rq));
}

struct password_change {
	struct request *rq;
	char hash[USER_HASH], phone[ID_SIZE];
	struct ended ended;
	struct browsers browsers;
};

static int password_fn(struct db *db, void *obj)
{
	struct password_change *c = obj;
	const struct who *w = who_of(c->rq);
	int err = user_set_password(db, w->user.tenant, w->user.id, c->hash);

	if (!err)
		err = logins_end(c->rq, db, &c->ended, &w->user, w->login.id);
	if (!err)
		err = browsers_end(&c->browsers, db, w->user.tenant, w->extension.id, NULL,
				   c->phone);
	if (!err)
		audit_note(db, c->rq, "password.change", w->user.id, w->user.email);
	return err;
}

/** POST /me/password; every other sign-in ends, and what its browser has registered */
void me_password_post(struct request *rq, struct reply *rp)
{
	struct password_change c = {.rq = rq};
	const char *plain = request_text(rq, "password");
	struct field_errors fe = {0};
	int err;

	if (!password_asked(rq, rp, "current"))
		return;
	password_check(&fe, "password", plain, &who_of(rq)->user);
	if (answer_fields(rp, &fe))
		return;
	phone_cookie(rq, c.phone);
	err = password_hash(c.hash, plain);
	if (!err)
		err = store_write_wait(api_of(rq)->conf.store, password_fn, &c);
	if (err) {
		answer_error(rp, err);
		return;
	}
	ended_tell(rq, &c.ended);
	browsers_tell(rq, &c.browsers);
	reply_done(rp);
}

struct sessions {
	const struct who *w;
	json_t *rows;
};

static int session_h(const struct login *l, void *arg)
{
	struct sessions *s = arg;
	json_t *o = json_object();

	put_text(o, "id", l->id);
	put_time(o, "createdAt", l->created_at);
	put_time(o, "lastSeenAt", l->last_seen_at);
	put_text(o, "ip", l->ip);
	put_text(o, "userAgent", l->user_agent);
	put_bool(o, "current", !strcmp(l->id, s->w->login.id));
	json_array_append_new(s->rows, o);
	return json_array_size(s->rows) < PAGE_MAX ? 0 : DB_STOP;
}

static int sessions_fn(struct db *db, void *obj)
{
	struct sessions *s = obj;

	return login_list(db, s->w->user.tenant, s->w->user.id, clock_wall_ms(), session_h, s);
}

/** GET /me/sessions */
void me_sessions_get(struct request *rq, struct reply *rp)
{
	struct sessions s = {.w = who_of(rq), .rows = json_array()};
	int err = store_read(api_of(rq)->conf.store, sessions_fn, &s);

	rows_answer(rp, s.rows, err);
}

static int session_end_fn(struct db *db, void *obj)
{
	const struct request *rq = obj;
	const struct who *w = who_of(rq);
	int err = login_end(db, w->user.tenant, w->user.id, rq->ids[0]);

	if (!err)
		audit_note(db, rq, "sign-out.remote", w->user.id, w->user.email);
	return err;
}

/** DELETE /me/sessions/{id} */
void me_session_delete(struct request *rq, struct reply *rp)
{
	int err = store_write_wait(api_of(rq)->conf.store, session_end_fn, rq);

	if (err) {
		answer_error(rp, err);
		return;
	}
	web_revoke(rq->web, rq->ids[0]);
	bells_tell(rq, who_of(rq)->user.tenant, who_of(rq)->extension.id);
	reply_done(rp);
}

static int act_for_fn(struct db *db, void *obj)
{
	struct request *rq = obj;
	struct who *w = who_of(rq);
	const char *id = request_text(rq, "tenantId");
	int err = id ? tenant_by_uuid(&w->row, db, id) : 0;

	if (err)
		return err;
	w->tenant = id ? w->row.id : 0;
	audit_note(db, rq, "tenant.choose", id, id ? w->row.name : "");
	return login_act_for(db, w->login.id, w->tenant);
}

/** PUT /me/tenant: the tenant through which a platform administrator acts from now on */
void me_tenant_put(struct request *rq, struct reply *rp)
{
	int err = store_write_wait(api_of(rq)->conf.store, act_for_fn, rq);

	if (err) {
		answer_error(rp, err);
		return;
	}
	web_restart(rq->web, who_of(rq)->login.id);
	reply_json(rp, 200, me_json(rq));
}

static int tenant_row_h(const struct tenant_row *t, void *arg)
{
	struct page *p = arg;
	json_t *o;

	if (!t->id)
		return 0;
	o = tenant_part(t);
	put_word(o, "ratePlanId", t->rate_plan);
	return page_add(p, o, t->domain) ? 0 : DB_STOP;
}

struct tenants_work {
	struct request *rq;
	struct page page;
};

static int tenants_fn(struct db *db, void *obj)
{
	struct tenants_work *t = obj;

	return tenant_list(db, request_query(t->rq, "q"), page_after(&t->page), page_ask(&t->page),
			   tenant_row_h, &t->page);
}

/** GET /tenants: for a platform administrator to choose from */
void tenants_get(struct request *rq, struct reply *rp)
{
	struct tenants_work t = {.rq = rq};

	page_list(&t.page, rq, rp, tenants_fn, &t);
}
