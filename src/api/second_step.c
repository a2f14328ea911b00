/**
 * @file second_step.c  The second step of the sign-in: one's own, others', and who must have one
 *
 * What begins or ends one's own asks for the password again, on the slow thread.
 */
#include <errno.h>
#include "clock.h"
#include "inside.h"
#include "second_step.h"
#include "settings.h"
#include "text.h"

struct step_work {
	struct request *rq;
	struct second_step step;
	struct recovery_codes codes;
	char secret[TOTP_SECRET];
	int64_t now;
};

static int run(struct step_work *x, store_fn *fn)
{
	return store_write_wait(api_of(x->rq)->conf.store, fn, x);
}

static int get_fn(struct db *db, void *obj)
{
	struct step_work *x = obj;
	const struct user *u = &who_of(x->rq)->user;

	return second_step_get(&x->step, db, u->tenant, u->id);
}

/** GET /me/second-step */
void second_step_get_own(struct request *rq, struct reply *rp)
{
	struct step_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, get_fn, &x);
	json_t *o;

	if (err) {
		answer_error(rp, err);
		return;
	}
	o = json_object();
	put_bool(o, "on", x.step.on);
	put_time(o, "since", x.step.since);
	put_int(o, "recoveryLeft", x.step.left);
	reply_json(rp, 200, o);
}

static int begin_fn(struct db *db, void *obj)
{
	struct step_work *x = obj;
	const struct user *u = &who_of(x->rq)->user;

	return second_step_begin(db, api_of(x->rq)->conf.secret, x->secret, u->tenant, u->id);
}

/* What apps read as a QR code; they show issuer and account */
static void put_uri(json_t *o, const struct step_work *x)
{
	char uri[MODEL_EMAIL + TOTP_SECRET + 64];

	text_printf(uri, sizeof(uri), "otpauth://totp/Carillon:%s?secret=%s&issuer=Carillon",
		    who_of(x->rq)->user.email, x->secret);
	put_text(o, "uri", uri);
}

/** POST /me/second-step {password}: a new secret, which counts once a code of it was seen */
void second_step_post(struct request *rq, struct reply *rp)
{
	struct step_work x = {.rq = rq};
	int err;
	json_t *o;

	if (!password_asked(rq, rp, "password"))
		return;
	err = run(&x, begin_fn);
	if (err) {
		answer_error(rp, err);
		return;
	}
	o = json_object();
	put_text(o, "secret", x.secret);
	put_uri(o, &x);
	reply_json(rp, 200, o);
}

static void codes_reply(const struct step_work *x, struct reply *rp)
{
	json_t *o = json_object(), *codes = json_array();

	for (unsigned i = 0; i < RECOVERY_CODES; i++)
		json_array_append_new(codes, json_string(x->codes.code[i]));
	json_object_set_new(o, "recoveryCodes", codes);
	reply_json(rp, 200, o);
}

static int recovery_fn(struct db *db, void *obj)
{
	struct step_work *x = obj;
	const struct user *u = &who_of(x->rq)->user;
	int err = second_step_get(&x->step, db, u->tenant, u->id);

	if (!err && !x->step.on)
		err = ENOENT;
	if (!err)
		err = second_step_recovery(db, api_of(x->rq)->conf.secret, &x->codes, u->tenant,
					   u->id);
	if (!err)
		audit_as(db, x->rq, u->tenant, u, "second-step.codes", u->id, u->email);
	return err;
}

static int confirm_fn(struct db *db, void *obj)
{
	struct step_work *x = obj;
	const struct user *u = &who_of(x->rq)->user;
	int err = second_step_confirm(db, api_of(x->rq)->conf.secret, u->tenant, u->id,
				      request_text(x->rq, "code"), x->now);

	if (!err)
		audit_as(db, x->rq, u->tenant, u, "second-step.on", u->id, u->email);
	return err ? err : recovery_fn(db, x);
}

/** POST /me/second-step/confirm {code}: from now on it is asked for; answers the recovery codes */
void second_step_confirm_post(struct request *rq, struct reply *rp)
{
	struct step_work x = {.rq = rq, .now = clock_wall_ms()};
	int err = run(&x, confirm_fn);

	if (err == EACCES)
		reply_field(rp, "code", "is wrong. Take the one that the app shows now");
	else if (err)
		answer_error(rp, err);
	else
		codes_reply(&x, rp);
}

/** POST /me/second-step/recovery {password}: new recovery codes in place of the old ones */
void second_step_recovery_post(struct request *rq, struct reply *rp)
{
	struct step_work x = {.rq = rq};
	int err;

	if (!password_asked(rq, rp, "password"))
		return;
	err = run(&x, recovery_fn);
	if (err)
		answer_error(rp, err);
	else
		codes_reply(&x, rp);
}

static int off_fn(struct db *db, void *obj)
{
	struct step_work *x = obj;
	const struct user *u = &who_of(x->rq)->user;
	int err = second_step_end(db, u->tenant, u->id);

	if (!err)
		audit_as(db, x->rq, u->tenant, u, "second-step.off", u->id, u->email);
	return err;
}

/** POST /me/second-step/off {password} */
void second_step_off_post(struct request *rq, struct reply *rp)
{
	struct step_work x = {.rq = rq};
	int err;

	if (!password_asked(rq, rp, "password"))
		return;
	err = run(&x, off_fn);
	if (err)
		answer_error(rp, err);
	else
		reply_done(rp);
}

static void rule_reply(struct reply *rp, const struct tenant_row *t)
{
	json_t *o = json_object();

	put_bool(o, "administrators", settings_flag(t->settings, SECOND_STEP_ADMINS));
	reply_json(rp, 200, o);
}

/** GET /second-step-rule */
void second_step_rule_get(struct request *rq, struct reply *rp)
{
	if (who_of(rq)->admin)
		rule_reply(rp, &who_of(rq)->row);
	else
		answer_error(rp, ENOENT);
}

static int rule_fn(struct db *db, void *obj)
{
	struct step_work *x = obj;
	struct who *w = who_of(x->rq);
	bool on = request_bool(x->rq, "administrators", false);
	int err = second_step_get(&x->step, db, w->user.tenant, w->user.id);

	if (!err && on && !x->step.on)
		err = EPERM;
	if (!err)
		err = tenant_get(&w->row, db, w->tenant);
	if (err)
		return err;
	if (!settings_set_flag(w->row.settings, sizeof(w->row.settings), SECOND_STEP_ADMINS, on))
		return EOVERFLOW;
	err = tenant_change(db, &w->row);
	if (!err)
		audit_note(db, x->rq, "second-step.rule", "", on ? "required" : "free");
	return err;
}

/** PATCH /second-step-rule; only who has it may ask it of the others */
void second_step_rule_patch(struct request *rq, struct reply *rp)
{
	struct step_work x = {.rq = rq};
	int err;

	if (!who_of(rq)->admin) {
		answer_error(rp, ENOENT);
		return;
	}
	err = run(&x, rule_fn);
	if (err == EPERM)
		reply_problem(rp, 409, "Turn it on for yourself first.");
	else if (err)
		answer_error(rp, err);
	else
		rule_reply(rp, &who_of(rq)->row);
}
