/**
 * @file auth.c  Who asks: the sign-in behind a request's cookie, and what it permits
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "inside.h"
#include "own.h"
#include "permission.h"
#include "second_step.h"
#include "settings.h"
#include "text.h"

enum { SEEN_MS = 60000 }; /* a sign-in's last use is written this often */

struct lookup {
	struct who *w;
	char token[LOGIN_TOKEN];
	int64_t now;
};

struct seen {
	int64_t tenant, now;
	char id[ID_SIZE];
};

/* The organisation may ask its administrators for a second step */
static int debt(struct who *w, struct db *db)
{
	struct second_step s;
	int err;

	if (w->user.role != USER_admin || !settings_flag(w->row.settings, SECOND_STEP_ADMINS))
		return 0;
	err = second_step_get(&s, db, w->user.tenant, w->user.id);
	w->owes = !err && !s.on;
	return err;
}

static int lookup_fn(struct db *db, void *obj)
{
	struct lookup *l = obj;
	struct who *w = l->w;
	int err = login_find(&w->login, &w->user, db, l->token, l->now);

	if (err)
		return err;
	w->tenant = w->user.tenant ? w->user.tenant : w->login.acting_for;
	w->admin = w->user.role == USER_platform || w->user.role == USER_admin;
	if (w->tenant)
		err = tenant_get(&w->row, db, w->tenant);
	if (!err)
		err = debt(w, db);
	if (!err && w->user.extension_id[0] &&
	    extension_get(&w->extension, db, w->user.tenant, w->user.extension_id))
		w->extension.id[0] = '\0';
	return err;
}

static int seen_fn(struct db *db, void *obj)
{
	const struct seen *s = obj;

	return login_seen(db, s->tenant, s->id, s->now);
}

static void seen_write(const struct request *rq, const struct who *w, int64_t now)
{
	struct seen *s;

	if (now - w->login.last_seen_at < SEEN_MS)
		return;
	s = mem_zalloc(sizeof(*s), NULL);
	if (!s)
		return;
	s->tenant = w->login.tenant;
	s->now = now;
	text_printf(s->id, sizeof(s->id), "%s", w->login.id);
	store_write(api_of(rq)->conf.store, seen_fn, s, NULL, NULL);
}

/** Whether what belongs to an extension is theirs to see: the own, or for administrators anybody's
 */
bool who_has(const struct who *w, const char *extension_id)
{
	return w->admin || !strcmp(extension_id, w->extension.id);
}

/**
 * Whether somebody may do what a token names: administrators may, others if they were granted it.
 * "tenant" is for everybody, "platform" for the platform's administrators alone.
 */
bool who_may(const struct who *w, const char *permission)
{
	if (!permission[0] || !strcmp(permission, "tenant"))
		return true;
	if (!strcmp(permission, "platform"))
		return w->user.role == USER_platform;
	return w->admin || permissions_have(w->user.permissions, permission);
}

static bool csrf_good(const struct request *rq, const struct who *w)
{
	const char *token = request_header(rq, "X-CSRF-Token");

	return !strcmp(rq->method, "GET") || (token && text_same_secret(w->login.csrf, token));
}

/* What somebody may ask for who has to set up the second step first */
static bool owing_may(const struct route *route)
{
	static const char me[] = "/api/v1/me", step[] = "/api/v1/me/second-step",
			  leave[] = "/api/v1/logout";

	return !strcmp(route->path, me) || !strncmp(route->path, step, sizeof(step) - 1) ||
	       !strncmp(route->path, leave, sizeof(leave) - 1);
}

/* What people send may not take the last of the disk from calls and messages */
static bool room_for_file(const struct request *rq)
{
	return rq->route->field_count != 1 || rq->route->fields[0].type != FIELD_FILE ||
	       blobs_spare(api_of(rq)->conf.blobs);
}

static bool permitted(const struct request *rq, struct reply *rp, const struct who *w)
{
	const char *permission = rq->route->permission;

	if (!csrf_good(rq, w))
		reply_problem(rp, 403, "The header X-CSRF-Token is missing or of another sign-in.");
	else if (w->owes && !owing_may(rq->route))
		reply_problem(rp, 403, "Set up the second step of your sign-in first.");
	else if (!who_may(w, permission))
		reply_problem(rp, 403, "Ask your administrator for the permission \"%s\".",
			      permission);
	else if (permission[0] && strcmp(permission, "platform") && !w->tenant)
		reply_problem(rp, 409, "Choose a tenant first.");
	else if (!room_for_file(rq))
		disk_nearly_full(rp);
	else
		return true;
	return false;
}

/**
 * Reads who holds a sign-in's token into the request
 *
 * @return 0, ENOENT when it holds nothing, or errno
 */
int who_load(struct request *rq, const char *token)
{
	struct lookup l = {.now = clock_wall_ms()};
	int err;

	mem_deref(rq->who);
	l.w = rq->who = mem_zalloc(sizeof(*l.w), NULL);
	if (!l.w || !text_printf(l.token, sizeof(l.token), "%s", token))
		return l.w ? ENOENT : ENOMEM;
	err = store_read(api_of(rq)->conf.store, lookup_fn, &l);
	if (!err)
		text_printf(rq->whose, sizeof(rq->whose), "%s", l.w->user.id);
	return err;
}

/** Lets a request pass whose route is open, or whose sign-in permits it; on a web thread */
bool api_auth(struct request *rq, struct reply *rp)
{
	char token[LOGIN_TOKEN];
	int err;

	if (!rq->route->permission)
		return true;
	if (!request_cookie(rq, cookie_name(rq), token, sizeof(token))) {
		reply_problem(rp, 401, "Sign in first.");
		return false;
	}
	err = who_load(rq, token);
	if (err == ENOENT)
		reply_problem(rp, 401, "Your sign-in has ended. Sign in again.");
	else if (err)
		answer_error(rp, err);
	else if (permitted(rq, rp, who_of(rq))) {
		seen_write(rq, who_of(rq), clock_wall_ms());
		return true;
	}
	return false;
}
