/**
 * @file users.c  Users of a tenant
 *
 * Nobody grants what they do not hold: only administrators make, change or remove administrators,
 * permissions are a subset of the giver's, and whoever holds more is no one's to change, lest a new
 * password or address makes one of them.
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "inside.h"
#include "permission.h"
#include "second_step.h"
#include "text.h"

enum { MADE_UP = 15 }; /* 14 letters and digits: 82 bits */

struct user_work {
	struct request *rq;
	struct db *db;
	struct page page;
	struct user u;
	struct field_errors fe;
	struct ended ended;
	struct browsers browsers;
	char plain[PASSWORD_MAX + 1], hash[USER_HASH];
	bool made_up;
	json_t *json;
};

static json_t *extension_part(struct db *db, const struct user *u)
{
	struct extension e;
	json_t *o;

	if (!u->extension_id[0] || extension_get(&e, db, u->tenant, u->extension_id))
		return json_null();
	o = json_object();
	put_text(o, "id", e.id);
	put_text(o, "number", e.number);
	return o;
}

static json_t *user_json(struct db *db, const struct user *u)
{
	json_t *o = json_object();
	struct second_step step;

	(void)second_step_get(&step, db, u->tenant, u->id);
	put_text(o, "id", u->id);
	put_text(o, "email", u->email);
	put_text(o, "name", u->name);
	put_text(o, "role", user_role_name(u->role));
	json_object_set_new(o, "extension", extension_part(db, u));
	put_words(o, "permissions", u->permissions);
	put_bool(o, "locked", u->locked_until > clock_wall_ms());
	put_bool(o, "secondStep", step.on);
	put_time(o, "lastLoginAt", u->last_login_at);
	return o;
}

static int row_h(const struct user *u, void *arg)
{
	struct user_work *x = arg;

	return page_add(&x->page, user_json(x->db, u), u->email) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct user_work *x = obj;

	x->db = db;
	return user_list(db, who_of(x->rq)->tenant, request_query(x->rq, "q"), page_after(&x->page),
			 page_ask(&x->page), row_h, x);
}

/** GET /users */
void users_get(struct request *rq, struct reply *rp)
{
	struct user_work x = {.rq = rq};

	page_list(&x.page, rq, rp, list_fn, &x);
}

static int detail_fn(struct db *db, void *obj)
{
	struct user_work *x = obj;
	int err = user_get(&x->u, db, who_of(x->rq)->tenant, x->rq->ids[0]);

	if (!err)
		x->json = user_json(db, &x->u);
	return err;
}

static void detail(struct user_work *x, struct reply *rp, unsigned status)
{
	int err = store_read(api_of(x->rq)->conf.store, detail_fn, x);

	if (err) {
		answer_error(rp, err);
		return;
	}
	if (x->made_up)
		put_text(x->json, "password", x->plain);
	answer_etag(rp, x->u.version);
	reply_json(rp, status, x->json);
}

/** GET /users/{id} */
void user_get_one(struct request *rq, struct reply *rp)
{
	struct user_work x = {.rq = rq};

	detail(&x, rp, 200);
}

/* What the one who asks may give, and to whom */
static void grant_check(struct user_work *x)
{
	const struct who *w = who_of(x->rq);
	const char *own = w->admin ? w->row.permissions : w->user.permissions;

	if (x->u.role == USER_platform)
		field_error(&x->fe, "role", "must be admin, agent or user");
	if (x->u.role == USER_admin && !w->admin)
		field_error(&x->fe, "role", "can only be given by an administrator");
	if (!permissions_within(x->u.permissions, own))
		field_error(&x->fe, "permissions", "must be among your own");
	if (!strcmp(x->u.id, w->user.id) && x->u.role != w->user.role)
		field_error(&x->fe, "role", "cannot be changed by yourself");
}

static void body_take(struct user_work *x)
{
	const struct request *rq = x->rq;
	struct user *u = &x->u;

	text_take(rq, "email", u->email, sizeof(u->email), &x->fe);
	text_lower(u->email);
	text_take(rq, "name", u->name, sizeof(u->name), &x->fe);
	text_take(rq, "extensionId", u->extension_id, sizeof(u->extension_id), &x->fe);
	words_take(rq, "permissions", u->permissions, sizeof(u->permissions), &x->fe);
	if (request_has(rq, "role") && user_role_parse(&u->role, request_text(rq, "role")))
		field_error(&x->fe, "role", "must be admin, agent or user");
	grant_check(x);
}

/* The password that was asked for, or one that is made up and shown once; hashed */
static bool password_take(struct user_work *x, struct reply *rp)
{
	const char *wanted = request_text(x->rq, "password");
	int err;

	x->made_up = !wanted;
	if (wanted)
		text_printf(x->plain, sizeof(x->plain), "%s", wanted);
	else
		password_make(x->plain, MADE_UP);
	password_check(&x->fe, "password", x->plain, &x->u);
	if (answer_fields(rp, &x->fe))
		return false;
	err = password_hash(x->hash, x->plain);
	if (err)
		answer_error(rp, err);
	return !err;
}

static int add_fn(struct db *db, void *obj)
{
	struct user_work *x = obj;
	int err;

	text_printf(x->u.hash, sizeof(x->u.hash), "%s", x->hash);
	err = user_check(&x->fe, db, &x->u);
	if (!err && x->fe.count)
		err = EINVAL;
	if (!err)
		err = user_add(db, &x->u);
	if (!err)
		audit_note(db, x->rq, "user.add", x->u.id, x->u.email);
	return err;
}

/** POST /users */
void user_post(struct request *rq, struct reply *rp)
{
	struct user_work x = {.rq = rq};
	const struct who *w = who_of(rq);
	int err;

	x.u.tenant = w->tenant;
	x.u.role = USER_user;
	text_printf(x.u.language, sizeof(x.u.language), "%s", w->user.language);
	text_printf(x.u.timezone, sizeof(x.u.timezone), "%s", w->row.timezone);
	text_printf(x.u.theme, sizeof(x.u.theme), "system");
	body_take(&x);
	if (answer_fields(rp, &x.fe) || !password_take(&x, rp))
		return;
	err = store_write_wait(api_of(rq)->conf.store, add_fn, &x);
	if (answer_refused(rp, &x.fe, err))
		return;
	tenant_changed(rq, x.u.tenant);
	text_printf(rq->ids[0], WEB_ID, "%s", x.u.id);
	detail(&x, rp, 201);
}

/* Who may do more than oneself is not one's to change: a new password would be theirs to use */
static bool mightier(const struct user *u, const struct who *w)
{
	return !w->admin &&
	       (user_administers(u) || !permissions_within(u->permissions, w->user.permissions));
}

/** Reads the user of the path for a change; EACCES when only an administrator may */
static int target_get(struct user_work *x, struct db *db)
{
	const struct who *w = who_of(x->rq);
	int err = user_get(&x->u, db, w->tenant, x->rq->ids[0]);

	if (!err && mightier(&x->u, w))
		err = EACCES;
	if (!err && !version_matches(x->rq, x->u.version))
		err = ESTALE;
	return err;
}

static void refuse(struct reply *rp, int err)
{
	if (err == EACCES)
		reply_problem(
			rp, 403,
			"Only an administrator may do this to somebody who may do more than you.");
	else if (err == EPERM)
		reply_problem(rp, 409, "You cannot remove yourself.");
	else
		answer_error(rp, err);
}

static int streams_h(const struct login *l, void *arg)
{
	struct ended *e = arg;

	if (e->count < ENDED)
		text_printf(e->id[e->count++], ID_SIZE, "%s", l->id);
	return 0;
}

static int change_fn(struct db *db, void *obj)
{
	struct user_work *x = obj;
	int err = target_get(x, db);

	if (err)
		return err;
	body_take(x);
	err = user_check(&x->fe, db, &x->u);
	if (!err && x->fe.count)
		err = EINVAL;
	if (!err)
		err = user_change(db, &x->u);
	if (!err)
		err = login_list(db, x->u.tenant, x->u.id, clock_wall_ms(), streams_h, &x->ended);
	if (!err)
		audit_note(db, x->rq, "user.change", x->u.id, x->u.email);
	return err;
}

/** PATCH /users/{id} */
void user_patch(struct request *rq, struct reply *rp)
{
	struct user_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, change_fn, &x);

	if (answer_fields(rp, &x.fe))
		return;
	if (err) {
		refuse(rp, err);
		return;
	}
	tenant_changed(rq, x.u.tenant); /* whose phone may listen */
	for (unsigned i = 0; i < x.ended.count; i++)
		web_restart(rq->web, x.ended.id[i]);
	detail(&x, rp, 200);
}

/* Ends the user's sign-ins, and the credentials of the browsers they were in */
static int signed_out(struct user_work *x, struct db *db)
{
	int err = logins_end(x->rq, db, &x->ended, &x->u, NULL);

	return err ? err
		   : browsers_end(&x->browsers, db, x->u.tenant, x->u.extension_id, NULL, NULL);
}

static int remove_fn(struct db *db, void *obj)
{
	struct user_work *x = obj;
	const struct who *w = who_of(x->rq);
	int err = target_get(x, db);

	if (!err && !strcmp(x->u.id, w->user.id))
		err = EPERM;
	if (!err)
		err = signed_out(x, db);
	if (!err)
		err = user_remove(db, w->tenant, x->u.id);
	if (!err)
		audit_note(db, x->rq, "user.remove", x->u.id, x->u.email);
	return err;
}

/** DELETE /users/{id} */
void user_delete(struct request *rq, struct reply *rp)
{
	struct user_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, remove_fn, &x);

	if (err) {
		refuse(rp, err);
		return;
	}
	tenant_changed(rq, x.u.tenant);
	ended_tell(rq, &x.ended);
	browsers_tell(rq, &x.browsers);
	reply_done(rp);
}

static int target_fn(struct db *db, void *obj)
{
	return target_get(obj, db);
}

static int password_fn(struct db *db, void *obj)
{
	struct user_work *x = obj;
	int err = user_set_password(db, x->u.tenant, x->u.id, x->hash);

	if (!err)
		err = signed_out(x, db);
	if (!err)
		audit_note(db, x->rq, "user.password", x->u.id, x->u.email);
	return err;
}

/** POST /users/{id}/password; the user is signed out everywhere */
void user_password_post(struct request *rq, struct reply *rp)
{
	struct user_work x = {.rq = rq};
	struct store *store = api_of(rq)->conf.store;
	int err = store_read(store, target_fn, &x);
	json_t *o;

	if (err) {
		refuse(rp, err);
		return;
	}
	if (!password_take(&x, rp))
		return;
	err = store_write_wait(store, password_fn, &x);
	if (err) {
		answer_error(rp, err);
		return;
	}
	ended_tell(rq, &x.ended);
	browsers_tell(rq, &x.browsers);
	o = json_object();
	put_text(o, "password", x.plain);
	reply_json(rp, 200, o);
}

static int unlock_fn(struct db *db, void *obj)
{
	struct user_work *x = obj;
	int err = target_get(x, db);

	if (!err)
		err = lock_clear(db, x->u.email, NULL);
	if (!err)
		audit_note(db, x->rq, "user.unlock", x->u.id, x->u.email);
	return err;
}

static void write_and_tell(struct request *rq, struct reply *rp, store_fn *fn)
{
	struct user_work x = {.rq = rq};
	int err = store_write_wait(api_of(rq)->conf.store, fn, &x);

	if (err)
		refuse(rp, err);
	else
		reply_done(rp);
}

/** POST /users/{id}/unlock */
void user_unlock_post(struct request *rq, struct reply *rp)
{
	write_and_tell(rq, rp, unlock_fn);
}

static int step_end_fn(struct db *db, void *obj)
{
	struct user_work *x = obj;
	int err = target_get(x, db);

	if (!err)
		err = second_step_end(db, x->u.tenant, x->u.id);
	if (!err)
		audit_note(db, x->rq, "second-step.reset", x->u.id, x->u.email);
	return err;
}

/** DELETE /users/{id}/second-step */
void user_second_step_delete(struct request *rq, struct reply *rp)
{
	write_and_tell(rq, rp, step_end_fn);
}
