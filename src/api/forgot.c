/**
 * @file forgot.c  Forgotten passwords: a link by mail, and a new password through it
 *
 * On the slow thread. An unknown e-mail gets the same answer after the same steps as a known one,
 * so that nobody learns here who has an account; both are counted, and so is the address that asks.
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "inside.h"
#include "log.h"
#include "mail.h"
#include "own.h"
#include "reset.h"
#include "source.h"
#include "text.h"

enum { ASKS_EMAIL = 3, ASKS_ADDRESS = 20, TRIES_ADDRESS = 20, KEY = MODEL_EMAIL + 16 };

struct forgotten {
	struct request *rq;
	struct user user; /* zeroed for an unknown e-mail */
	char email[MODEL_EMAIL];
	struct mail mail;
};

static void too_often(struct reply *rp, int64_t ms)
{
	answer_later(rp, ms, "You have asked too often. Try again later.");
}

/* Counts one more of `what` by `whom`; false when the reply says that it was too often */
static bool counted(const struct request *rq, struct reply *rp, const char *what, const char *whom,
		    unsigned allowed)
{
	struct tries *tries = api_of(rq)->tries;
	int64_t now = clock_wall_ms(), until;
	char key[KEY];

	text_printf(key, sizeof(key), "%s %s", what, whom);
	until = tries_locked(tries, key, now);
	if (until) {
		too_often(rp, until - now);
		return false;
	}
	(void)tries_failed(tries, key, allowed, now);
	return true;
}

static int forgotten_fn(struct db *db, void *obj)
{
	struct forgotten *f = obj;
	struct mail *m = &f->mail;
	int err = user_by_email(&f->user, db, f->email);

	if (err && err != ENOENT)
		return err;
	audit_as(db, f->rq, err ? 0 : f->user.tenant, NULL, "password.forgotten",
		 err ? NULL : f->user.id, f->email);
	if (err)
		return 0;
	m->tenant = f->user.tenant;
	m->template = TEMPLATE_reset;
	text_printf(m->to, sizeof(m->to), "%s", f->user.email);
	text_printf(m->to_name, sizeof(m->to_name), "%s", f->user.name);
	text_printf(m->object_id, sizeof(m->object_id), "%s", f->user.id);
	text_printf(m->page, sizeof(m->page), "/reset#");
	return mail_add(db, m);
}

/** POST /auth/forgot */
void auth_forgot_post(struct request *rq, struct reply *rp)
{
	AUTO struct forgotten *f = mem_zalloc(sizeof(*f), NULL);
	char source[SOURCE_TEXT];
	int err;

	if (!f) {
		answer_error(rp, ENOMEM);
		return;
	}
	f->rq = rq;
	text_printf(f->email, sizeof(f->email), "%s", request_text(rq, "email"));
	text_lower(f->email);
	source_print(source, &rq->client);
	if (!counted(rq, rp, "forgot", source, ASKS_ADDRESS) ||
	    !counted(rq, rp, "forgot", f->email, ASKS_EMAIL))
		return;
	err = store_write_wait(api_of(rq)->conf.store, forgotten_fn, f);
	if (err)
		answer_error(rp, err);
	else
		reply_done(rp);
}

struct resetting {
	struct request *rq;
	const char *token;
	struct user user;
	char hash[USER_HASH];
	struct ended ended;
	struct browsers browsers;
	int64_t now;
};

static int found_fn(struct db *db, void *obj)
{
	struct resetting *r = obj;

	return reset_find(&r->user, db, r->token, r->now);
}

/* The link is taken first: of two who use it at once, one finds it gone. */
static int reset_fn(struct db *db, void *obj)
{
	struct resetting *r = obj;
	const struct user *u = &r->user;
	int err = reset_take(db, r->token, r->now);

	if (!err)
		err = user_set_password(db, u->tenant, u->id, r->hash);
	if (!err)
		err = lock_clear(db, u->email, NULL);
	if (!err)
		err = logins_end(r->rq, db, &r->ended, u, NULL);
	if (!err)
		err = browsers_end(&r->browsers, db, u->tenant, u->extension_id, NULL, NULL);
	if (!err)
		audit_as(db, r->rq, u->tenant, u, "password.reset", u->id, u->email);
	return err;
}

static void answer(struct resetting *r, struct reply *rp, int err)
{
	if (err == ENOENT)
		reply_field(rp, "token", "is not good any more: ask for a new link");
	else if (err)
		answer_error(rp, err);
}

/** POST /auth/reset; whoever is signed in as that user is signed out */
void auth_reset_post(struct request *rq, struct reply *rp)
{
	struct resetting r = {.rq = rq, .now = clock_wall_ms()};
	const char *password = request_text(rq, "password");
	struct store *store = api_of(rq)->conf.store;
	struct field_errors fe = {0};
	char source[SOURCE_TEXT], ip[LOGIN_IP];
	int err;

	client_ip(rq, ip, sizeof(ip));
	source_print(source, &rq->client);
	if (!counted(rq, rp, "reset", source, TRIES_ADDRESS))
		return;
	r.token = request_text(rq, "token");
	err = store_read(store, found_fn, &r);
	if (err) {
		answer(&r, rp, err);
		return;
	}
	if (!password_check(&fe, "password", password, &r.user) && answer_fields(rp, &fe))
		return;
	err = password_hash(r.hash, password);
	if (!err)
		err = store_write_wait(store, reset_fn, &r);
	if (err) {
		answer(&r, rp, err);
		return;
	}
	log_info("password.reset", "user=%s ip=%s", r.user.id, ip);
	ended_tell(rq, &r.ended);
	browsers_tell(rq, &r.browsers);
	reply_done(rp);
}
