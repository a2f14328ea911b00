/**
 * @file login.c  Signing in and out
 *
 * On the slow thread, one at a time: argon2id takes tens of milliseconds and 64 MB. An unknown
 * e-mail takes the same steps as a known one, and is locked alike: for the source that guessed, not
 * for the owner elsewhere. A source that tries many e-mails is locked as well. Whoever has a second
 * step is asked for its code once the password was right; wrong codes count like wrong passwords,
 * and by user too, wherever they come from.
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "inside.h"
#include "log.h"
#include "second_step.h"
#include "source.h"
#include "text.h"

enum { TRIES_ADDRESS = 50, TRIES_CODE = 10, REMEMBER_S = 30 * 24 * 3600 };

enum { CODE_KEY = ID_SIZE + 8 };

#define CODE "code"

struct attempt {
	struct request *rq;
	struct user user; /* zeroed for an unknown e-mail */
	struct second_step step;
	struct login login;
	char email[MODEL_EMAIL], token[LOGIN_TOKEN], ip[LOGIN_IP], source[SOURCE_TEXT];
	int64_t now, locked_until;
};

static int find_fn(struct db *db, void *obj)
{
	struct attempt *a = obj;
	int err = user_by_email(&a->user, db, a->email);

	if (err)
		memset(&a->user, 0, sizeof(a->user));
	else
		err = second_step_get(&a->step, db, a->user.tenant, a->user.id);
	return err && err != ENOENT ? err : lock_get(&a->locked_until, db, a->email, a->ip);
}

static int failed_fn(struct db *db, void *obj)
{
	struct attempt *a = obj;

	audit_as(db, a->rq, a->user.tenant, NULL, "sign-in.failed", a->user.id, a->email);
	return lock_failed(&a->locked_until, db, a->email, a->ip, a->now);
}

static int code_use(const struct attempt *a, struct db *db)
{
	return second_step_use(db, api_of(a->rq)->conf.secret, a->user.tenant, a->user.id,
			       request_text(a->rq, "code"), a->now);
}

static int signed_in_fn(struct db *db, void *obj)
{
	struct attempt *a = obj;
	int err = a->step.on ? code_use(a, db) : 0;

	if (!err)
		err = login_add(db, &a->login);
	if (!err)
		err = user_signed_in(db, &a->user, a->ip, a->now);
	if (!err)
		audit_as(db, a->rq, a->user.tenant, &a->user, "sign-in", a->user.id, a->email);
	return err;
}

static void locked(struct reply *rp, int64_t ms)
{
	answer_later(rp, ms,
		     "Too many wrong passwords. Try again later, or ask an administrator to "
		     "unlock you.");
}

static void failed(struct attempt *a, struct reply *rp, const char *what)
{
	int err = store_write_wait(api_of(a->rq)->conf.store, failed_fn, a);
	int64_t until;

	if (err) {
		answer_error(rp, err);
		return;
	}
	until = tries_failed(api_of(a->rq)->tries, a->source, TRIES_ADDRESS, a->now);
	if (a->locked_until > until)
		until = a->locked_until;
	log_info("sign-in.failed", "ip=%s locked=%d", a->ip, until > a->now);
	if (until > a->now) {
		locked(rp, until - a->now);
		return;
	}
	reply_problem(rp, 401, "The e-mail address or the %s is wrong.", what);
	if (!strcmp(what, CODE))
		reply_member(rp, "secondStep", json_true());
}

static void code_key(char key[CODE_KEY], const struct attempt *a)
{
	text_printf(key, CODE_KEY, "%s %s", CODE, a->user.id);
}

/* Does the request bring a code that may be tried? */
static bool code_brought(struct attempt *a, struct reply *rp)
{
	char key[CODE_KEY];
	int64_t until;

	if (!a->step.on)
		return true;
	if (!request_has(a->rq, "code")) {
		reply_problem(rp, 401, "Enter the code of your authenticator app.");
		reply_member(rp, "secondStep", json_true());
		return false;
	}
	code_key(key, a);
	until = tries_locked(api_of(a->rq)->tries, key, a->now);
	if (until)
		locked(rp, until - a->now);
	return !until;
}

static void code_failed(struct attempt *a, struct reply *rp)
{
	char key[CODE_KEY];

	code_key(key, a);
	(void)tries_failed(api_of(a->rq)->tries, key, TRIES_CODE, a->now);
	failed(a, rp, CODE);
}

static void cookie_set(const struct request *rq, struct reply *rp, const char *token, int max_age)
{
	char age[32] = "";

	if (max_age >= 0)
		text_printf(age, sizeof(age), "; Max-Age=%d", max_age);
	reply_header(rp, "Set-Cookie", "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
		     cookie_name(rq), token, rq->tls ? "; Secure" : "", age);
}

static void welcome(struct attempt *a, struct reply *rp)
{
	struct request *rq = a->rq;
	bool remember = request_bool(rq, "remember", false);
	const char *agent = request_header(rq, "User-Agent");
	char user_agent[LOGIN_AGENT];
	int err;

	text_printf(user_agent, sizeof(user_agent), "%.*s", LOGIN_AGENT - 1, agent ? agent : "");
	login_make(&a->login, a->token, &a->user, remember, a->ip, user_agent, a->now);
	err = store_write_wait(api_of(rq)->conf.store, signed_in_fn, a);
	if (err == EACCES) {
		code_failed(a, rp);
		return;
	}
	if (!err)
		err = who_load(rq, a->token);
	if (err) {
		answer_error(rp, err);
		return;
	}
	cookie_set(rq, rp, a->token, remember ? REMEMBER_S : -1);
	reply_json(rp, 200, me_json(rq));
}

/** POST /login */
void login_post(struct request *rq, struct reply *rp)
{
	struct attempt a = {.rq = rq, .now = clock_wall_ms()};
	int64_t until;
	int err;

	text_printf(a.email, sizeof(a.email), "%s", request_text(rq, "email"));
	text_lower(a.email);
	client_ip(rq, a.ip, sizeof(a.ip));
	source_print(a.source, &rq->client);
	until = tries_locked(api_of(rq)->tries, a.source, a.now);
	if (until) {
		locked(rp, until - a.now);
		return;
	}
	err = store_read(api_of(rq)->conf.store, find_fn, &a);
	if (err) {
		answer_error(rp, err);
		return;
	}
	switch (user_verify(&a.user, request_text(rq, "password"), a.locked_until, a.now)) {
	case SIGN_IN_OK:
		if (code_brought(&a, rp))
			welcome(&a, rp);
		break;
	case SIGN_IN_LOCKED:
		locked(rp, a.locked_until - a.now);
		break;
	case SIGN_IN_WRONG:
		failed(&a, rp, "password");
		break;
	}
}

static int lock_fn(struct db *db, void *obj)
{
	struct attempt *a = obj;

	return lock_get(&a->locked_until, db, a->email, a->ip);
}

/**
 * Asks a signed-in person for the password again; wrong ones count like wrong sign-ins
 *
 * @param rq    Request on the slow thread
 * @param rp    Reply
 * @param field Member of the body that holds the password
 *
 * @return false when the reply says that it is wrong
 */
bool password_asked(struct request *rq, struct reply *rp, const char *field)
{
	struct attempt a = {.rq = rq, .now = clock_wall_ms(), .user = who_of(rq)->user};
	struct store *store = api_of(rq)->conf.store;
	enum sign_in result = SIGN_IN_WRONG;
	int err;

	text_printf(a.email, sizeof(a.email), "%s", a.user.email);
	client_ip(rq, a.ip, sizeof(a.ip));
	err = store_read(store, lock_fn, &a);
	if (!err) {
		result = user_verify(&a.user, request_text(rq, field), a.locked_until, a.now);
		if (result == SIGN_IN_OK)
			return true;
		if (result == SIGN_IN_WRONG)
			err = store_write_wait(store, failed_fn, &a);
	}
	if (err)
		answer_error(rp, err);
	else if (a.locked_until > a.now)
		locked(rp, a.locked_until - a.now);
	else
		reply_field(rp, field, "is wrong");
	return false;
}

struct endings {
	struct ended *ended;
	const char *but_id;
};

static int ending_h(const struct login *l, void *arg)
{
	struct endings *e = arg;

	if (e->ended->count < ENDED && strcmp(l->id, e->but_id))
		text_printf(e->ended->id[e->ended->count++], ID_SIZE, "%s", l->id);
	return 0;
}

/** Ends every sign-in of a user but one (NULL for none left); on the store's writer */
int logins_end(struct request *rq, struct db *db, struct ended *e, const struct user *u,
	       const char *but_id)
{
	struct endings endings = {e, but_id ? but_id : ""};
	int err;

	e->count = 0;
	err = login_list(db, u->tenant, u->id, clock_wall_ms(), ending_h, &endings);
	return err ? err : login_end_all(db, u->tenant, u->id, but_id);
}

/** Tells the live streams of ended sign-ins; after the commit */
void ended_tell(struct request *rq, const struct ended *e)
{
	for (unsigned i = 0; i < e->count; i++)
		web_revoke(rq->web, e->id[i]);
}

struct leaving {
	struct request *rq;
	struct ended ended;
	struct browsers browsers;
	char phone[ID_SIZE]; /* this browser's device, "" for none */
	bool everywhere;
};

static int leave_fn(struct db *db, void *obj)
{
	struct leaving *l = obj;
	const struct who *w = who_of(l->rq);
	int err = 0;

	audit_note(db, l->rq, l->everywhere ? "sign-out.everywhere" : "sign-out", w->user.id,
		   w->user.email);
	if (l->everywhere || l->phone[0])
		err = browsers_end(&l->browsers, db, w->user.tenant, w->extension.id,
				   l->everywhere ? NULL : l->phone, NULL);
	if (err)
		return err;
	if (l->everywhere)
		return logins_end(l->rq, db, &l->ended, &w->user, NULL);
	l->ended.count = 1;
	text_printf(l->ended.id[0], ID_SIZE, "%s", w->login.id);
	return login_end(db, w->user.tenant, w->user.id, w->login.id);
}

static void leave(struct request *rq, struct reply *rp, bool everywhere)
{
	struct leaving l = {.rq = rq, .everywhere = everywhere};
	int err;

	phone_cookie(rq, l.phone);
	err = store_write_wait(api_of(rq)->conf.store, leave_fn, &l);
	if (err && err != ENOENT) {
		answer_error(rp, err);
		return;
	}
	ended_tell(rq, &l.ended);
	browsers_tell(rq, &l.browsers);
	bells_tell(rq, who_of(rq)->user.tenant, who_of(rq)->extension.id);
	cookie_set(rq, rp, "", 0);
	reply_done(rp);
}

/** POST /logout */
void logout_post(struct request *rq, struct reply *rp)
{
	leave(rq, rp, false);
}

/** POST /logout-everywhere */
void logout_everywhere_post(struct request *rq, struct reply *rp)
{
	leave(rq, rp, true);
}
