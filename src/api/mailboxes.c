/**
 * @file mailboxes.c  Mailboxes: settings, PIN, greetings
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "greeting.h"
#include "inside.h"
#include "mailboxes.h"
#include "own.h"
#include "settings.h"
#include "sounds.h"
#include "text.h"

/**
 * The mailbox of an extension's id, or "mine": one's own, and as an administrator any of the tenant
 *
 * @return 0, ENOENT also for what is not theirs to see, or what the database said
 */
int mailbox_of(struct mailbox *m, struct db *db, const struct request *rq, const char *id)
{
	const struct who *w = who_of(rq);
	const char *own = w->extension.id;

	if (!strcmp(id, "mine"))
		id = own;
	if (!w->tenant || !id[0] || (strcmp(id, own) && !(w->admin && who_may(w, "voicemail"))))
		return ENOENT;
	return mailbox_get(m, db, w->tenant, id);
}

/** Tells the lamps and the portal what a mailbox has now */
void mailbox_counted(const struct request *rq, const struct mailbox *m,
		     const struct voicemail_counts *c)
{
	const struct api *api = api_of(rq);

	(void)api->live.mailbox_h(m->tenant, m->number, c, api->live.arg);
}

/** What the handlers of a mailbox read and write */
struct box_work {
	struct request *rq;
	struct db *db;
	struct page page;
	struct mailbox m;
	struct greeting g;
	struct voicemail_counts counts;
	struct field_errors fe;
	json_t *rows;
	bool use, own_device;
};

static json_t *box_json(const struct mailbox *m, const struct voicemail_counts *c)
{
	json_t *o = json_object();

	put_text(o, "extensionId", m->extension_id);
	put_text(o, "extension", m->number);
	put_text(o, "name", m->name);
	put_bool(o, "active", m->active);
	put_bool(o, "hasPin", m->pin[0] != '\0');
	put_time(o, "lockedUntil", m->pin_locked_until > clock_wall_ms() ? m->pin_locked_until : 0);
	put_words(o, "emails", m->emails);
	put_text(o, "attach", mailbox_attach_name(m->attach));
	put_int(o, "maxMs", m->max_ms);
	put_int(o, "silenceMs", m->silence_ms);
	put_int(o, "maxMessages", m->max_messages);
	put_int(o, "keepDays", m->keep_days);
	put_word(o, "greetingId", m->greeting_id);
	json_object_set_new(o, "spokenNameMs",
			    m->spoken_name[0] ? json_integer(m->spoken_name_ms) : json_null());
	put_int(o, "new", c->fresh);
	put_int(o, "old", c->old);
	return o;
}

static int row_h(const struct mailbox *m, void *arg)
{
	struct box_work *x = arg;
	struct voicemail_counts c;
	int err = voicemail_counts(&c, x->db, m->tenant, m->extension_id);

	if (err)
		return err;
	return page_add(&x->page, box_json(m, &c), m->number) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct box_work *x = obj;

	x->db = db;
	return mailbox_list(db, who_of(x->rq)->tenant, request_query(x->rq, "q"),
			    page_after(&x->page), page_ask(&x->page), row_h, x);
}

/** GET /mailboxes */
void mailboxes_get(struct request *rq, struct reply *rp)
{
	struct box_work x = {.rq = rq};

	if (!who_of(rq)->admin) {
		answer_error(rp, ENOENT);
		return;
	}
	page_list(&x.page, rq, rp, list_fn, &x);
}

static int box_fn(struct db *db, void *obj)
{
	struct box_work *x = obj;
	int err = mailbox_of(&x->m, db, x->rq, x->rq->ids[0]);

	return err ? err : voicemail_counts(&x->counts, db, x->m.tenant, x->m.extension_id);
}

static void box_reply(const struct box_work *x, struct reply *rp)
{
	answer_etag(rp, x->m.version);
	reply_json(rp, 200, box_json(&x->m, &x->counts));
}

/** GET /mailboxes/{id} */
void mailbox_get_one(struct request *rq, struct reply *rp)
{
	struct box_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, box_fn, &x);

	if (err)
		answer_error(rp, err);
	else
		box_reply(&x, rp);
}

static void box_take(struct box_work *x)
{
	const struct request *rq = x->rq;
	const char *attach = request_text(rq, "attach");
	struct mailbox *m = &x->m;

	m->active = request_bool(rq, "active", m->active);
	emails_take(rq, "emails", m->emails, sizeof(m->emails), &x->fe);
	if (attach)
		(void)mailbox_attach_parse(&m->attach, attach);
	m->max_ms = request_int(rq, "maxMs", m->max_ms);
	m->silence_ms = request_int(rq, "silenceMs", m->silence_ms);
	m->max_messages = request_int(rq, "maxMessages", m->max_messages);
	m->keep_days = request_int(rq, "keepDays", m->keep_days);
	text_take(rq, "greetingId", m->greeting_id, sizeof(m->greeting_id), &x->fe);
}

static int change_fn(struct db *db, void *obj)
{
	struct box_work *x = obj;
	int err = box_fn(db, x);

	if (err)
		return err;
	if (!version_matches(x->rq, x->m.version))
		return ESTALE;
	box_take(x);
	err = mailbox_check(&x->fe, db, &x->m);
	if (!err && x->fe.count)
		err = EINVAL;
	if (!err)
		err = mailbox_change(db, &x->m);
	if (!err)
		audit_note(db, x->rq, "mailbox.change", x->m.extension_id, x->m.number);
	return err;
}

static bool written(struct box_work *x, struct reply *rp, int err)
{
	if (answer_refused(rp, &x->fe, err))
		return false;
	tenant_changed(x->rq, x->m.tenant);
	return true;
}

/** PATCH /mailboxes/{id} */
void mailbox_patch(struct request *rq, struct reply *rp)
{
	struct box_work x = {.rq = rq};

	if (written(&x, rp, store_write_wait(api_of(rq)->conf.store, change_fn, &x)))
		box_reply(&x, rp);
}

static int pin_fn(struct db *db, void *obj)
{
	struct box_work *x = obj;
	const char *pin = request_text(x->rq, "pin");
	int err = box_fn(db, x);

	if (err)
		return err;
	if (pin && !pin_good(pin, x->m.number)) {
		field_error(&x->fe, "pin",
			    "must have %d to %d digits that are hard to guess: not the number, not "
			    "one digit again and again, not a row",
			    PIN_MIN, PIN_MAX);
		return EINVAL;
	}
	mailbox_pin_set(&x->m, api_of(x->rq)->conf.secret, pin ? pin : "");
	err = mailbox_change(db, &x->m);
	if (!err)
		audit_note(db, x->rq, "mailbox.pin", x->m.extension_id, x->m.number);
	return err;
}

/** PUT /mailboxes/{id}/pin: a new one, which also unlocks; null for none */
void mailbox_pin_put(struct request *rq, struct reply *rp)
{
	struct box_work x = {.rq = rq};

	if (written(&x, rp, store_write_wait(api_of(rq)->conf.store, pin_fn, &x)))
		reply_done(rp);
}

/* --- greetings ----------------------------------------------------------------------------------
 */

static json_t *greeting_json(const struct greeting *g, const struct mailbox *m)
{
	json_t *o = json_object();

	put_text(o, "id", g->id);
	put_text(o, "name", g->name);
	put_int(o, "durationMs", g->duration_ms);
	put_int(o, "createdAt", g->created_at);
	put_bool(o, "active", !strcmp(g->id, m->greeting_id));
	return o;
}

static int greeting_row(const struct greeting *g, void *arg)
{
	struct box_work *x = arg;

	json_array_append_new(x->rows, greeting_json(g, &x->m));
	return 0;
}

static int greetings_fn(struct db *db, void *obj)
{
	struct box_work *x = obj;
	int err = box_fn(db, x);

	return err ? err : greeting_list(db, x->m.tenant, x->m.extension_id, greeting_row, x);
}

/** GET /mailboxes/{id}/greetings */
void greetings_get(struct request *rq, struct reply *rp)
{
	struct box_work x = {.rq = rq, .rows = json_array()};
	int err = store_read(api_of(rq)->conf.store, greetings_fn, &x);

	rows_answer(rp, x.rows, err);
}

static int greeting_add_fn(struct db *db, void *obj)
{
	struct box_work *x = obj;
	int err = box_fn(db, x);

	if (err)
		return err;
	x->g.tenant = x->m.tenant;
	str_ncpy(x->g.extension_id, x->m.extension_id, sizeof(x->g.extension_id));
	err = greeting_add(db, &x->g);
	if (!err && x->use)
		err = greeting_use(db, x->m.tenant, x->m.extension_id, x->g.id);
	if (!err && x->use)
		str_ncpy(x->m.greeting_id, x->g.id, sizeof(x->m.greeting_id));
	if (!err)
		audit_note(db, x->rq, "greeting.add", x->g.id, x->m.number);
	return err;
}

static bool greeting_named(struct box_work *x, struct reply *rp)
{
	const char *name = request_query(x->rq, "name");

	if (!text_printf(x->g.name, sizeof(x->g.name), "%s", name ? name : "Uploaded"))
		reply_field(rp, "name", "is too long");
	x->use = request_query(x->rq, "use") != NULL;
	return !reply_status(rp);
}

/** POST /mailboxes/{id}/greetings?name=&use=1: the body is a WAV file */
void greeting_post(struct request *rq, struct reply *rp)
{
	struct box_work x = {.rq = rq};
	struct store *store = api_of(rq)->conf.store;
	int err = store_read(store, box_fn, &x); /* before the file is looked at */

	if (err) {
		answer_error(rp, err);
		return;
	}
	if (!greeting_named(&x, rp) ||
	    sound_take(x.g.blob, &x.g.duration_ms, rq, rp, GREETING_MS_MIN, GREETING_MS_MAX))
		return;
	err = store_write_wait(store, greeting_add_fn, &x);
	if (err)
		(void)blob_delete(api_of(rq)->conf.blobs, x.g.blob);
	if (err == EBUSY)
		reply_problem(rp, 409, "There are %d greetings. Remove one first.", GREETINGS_MAX);
	else if (written(&x, rp, err))
		reply_json(rp, 201, greeting_json(&x.g, &x.m));
}

static int greeting_fn(struct db *db, void *obj)
{
	struct box_work *x = obj;
	int err = box_fn(db, x);

	return err ? err : greeting_get(&x->g, db, x->m.tenant, x->m.extension_id, x->rq->ids[1]);
}

/** GET /mailboxes/{id}/greetings/{greetingId}/audio */
void greeting_audio_get(struct request *rq, struct reply *rp)
{
	struct box_work x = {.rq = rq};
	int err = store_read(api_of(rq)->conf.store, greeting_fn, &x);
	char name[MODEL_NAME];
	struct sound_row row;

	if (err) {
		answer_error(rp, err);
		return;
	}
	text_printf(name, sizeof(name), "greeting-%s", x.m.number);
	row = (struct sound_row){.blob = x.g.blob, .name = name, .ms = x.g.duration_ms};
	sound_answer(rq, rp, &row);
}

static int greeting_remove_fn(struct db *db, void *obj)
{
	struct box_work *x = obj;
	int err = greeting_fn(db, x);

	if (!err)
		err = greeting_remove(db, &x->g);
	if (!err)
		audit_note(db, x->rq, "greeting.remove", x->g.id, x->m.number);
	return err;
}

/** DELETE /mailboxes/{id}/greetings/{greetingId} */
void greeting_delete(struct request *rq, struct reply *rp)
{
	struct box_work x = {.rq = rq};

	if (!written(&x, rp, store_write_wait(api_of(rq)->conf.store, greeting_remove_fn, &x)))
		return;
	(void)blob_delete(api_of(rq)->conf.blobs, x.g.blob);
	reply_done(rp);
}

/* --- of the tenant ------------------------------------------------------------------------------
 */

static void tenant_reply(struct reply *rp, const struct tenant_row *t)
{
	json_t *o = json_object();

	put_bool(o, "ownDevice", settings_flag(t->settings, "mailboxOwnDevice"));
	reply_json(rp, 200, o);
}

/** GET /mailbox-settings */
void mailbox_settings_get(struct request *rq, struct reply *rp)
{
	if (who_of(rq)->admin)
		tenant_reply(rp, &who_of(rq)->row);
	else
		answer_error(rp, ENOENT);
}

static int settings_fn(struct db *db, void *obj)
{
	struct box_work *x = obj;
	struct tenant_row *t = &who_of(x->rq)->row;
	int err = tenant_get(t, db, who_of(x->rq)->tenant);

	if (err)
		return err;
	if (request_has(x->rq, "ownDevice") &&
	    !settings_set_flag(t->settings, sizeof(t->settings), "mailboxOwnDevice",
			       request_bool(x->rq, "ownDevice", false)))
		return EOVERFLOW;
	err = tenant_change(db, t);
	if (!err)
		audit_note(db, x->rq, "mailbox.settings", "", "");
	return err;
}

/** PATCH /mailbox-settings: whether *97 from an own phone asks for the PIN */
void mailbox_settings_patch(struct request *rq, struct reply *rp)
{
	struct box_work x = {.rq = rq, .m = {.tenant = who_of(rq)->tenant}};
	int err = who_of(rq)->admin ? store_write_wait(api_of(rq)->conf.store, settings_fn, &x)
				    : ENOENT;

	if (written(&x, rp, err))
		tenant_reply(rp, &who_of(rq)->row);
}
