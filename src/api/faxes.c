/**
 * @file faxes.c  Faxes to be sent: one's own, and as an administrator those of the tenant
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "did.h"
#include "dnc.h"
#include "fax_document.h"
#include "fax_send.h"
#include "faxes.h"
#include "job_row.h"
#include "text.h"

enum { ONCE = 64, MINUTE_MS = 60000 };

struct fax_work {
	struct request *rq;
	struct page page;
	int64_t number; /* of a page */
	char blob[BLOB_KEY];
	struct fax f;
	struct job_row job;
	struct field_errors fe;
	json_t *attempts;
	struct fax_papers papers;
	char once[TEXT_SHA256]; /* of the client's word; "": none was given */
	bool known;		/* the fax was given before */
	const char *conflict;
};

static json_t *fax_json(const struct fax *f)
{
	json_t *o = json_object();

	put_text(o, "id", f->id);
	put_text(o, "documentId", f->document_id);
	put_text(o, "to", f->to);
	put_text(o, "from", f->from);
	put_text(o, "toName", f->to_name);
	put_text(o, "subject", f->subject);
	put_text(o, "note", f->note);
	put_word(o, "coverPageId", f->cover_id);
	put_text(o, "state", fax_state_name(f->state));
	put_int(o, "pages", f->pages);
	put_int(o, "pagesSent", f->pages_sent);
	put_int(o, "tries", f->tries);
	put_int(o, "triesMax", f->tries_max);
	put_money(o, "cost", f->cost, f->currency);
	put_word(o, "reason", f->reason);
	put_time(o, "nextTryAt",
		 f->state == FAX_QUEUED || f->state == FAX_CONVERTING ? f->due_at : 0);
	put_int(o, "createdAt", f->created_at);
	put_time(o, "endedAt", f->ended_at);
	return o;
}

/* What is stated of a try that reached no machine: no file */
static const char *sum_of(const struct fax_papers *p, int64_t number)
{
	for (unsigned i = 0; i < p->count; i++) {
		if (p->v[i].number == number)
			return p->v[i].sha256;
	}
	return "";
}

static int attempt_h(const struct fax_attempt *a, void *arg)
{
	struct fax_work *x = arg;
	json_t *o = json_object();

	put_int(o, "number", a->number);
	put_int(o, "startedAt", a->started_at);
	put_time(o, "endedAt", a->ended_at);
	put_int(o, "firstPage", a->first_page + 1);
	put_int(o, "pages", a->pages);
	put_bool(o, "ok", a->ok);
	put_word(o, "reason", a->reason);
	put_int(o, "rate", a->rate);
	put_bool(o, "ecm", a->ecm);
	put_bool(o, "t38", a->t38);
	put_word(o, "ident", a->ident);
	put_word(o, "sha256", sum_of(&x->papers, a->number));
	json_array_append_new(x->attempts, o);
	return 0;
}

/* --- reading -----------------------------------------------------------------------------------
 */

static int row_h(const struct fax *f, void *arg)
{
	struct fax_work *x = arg;

	return page_add(&x->page, fax_json(f), f->id) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct fax_work *x = obj;
	const struct who *w = who_of(x->rq);

	if (!w->admin && !w->extension.id[0])
		return 0;
	return fax_list(db, w->tenant, w->admin ? "" : w->extension.id, page_after(&x->page),
			page_ask(&x->page), row_h, x);
}

/** GET /faxes */
void faxes_get(struct request *rq, struct reply *rp)
{
	struct fax_work x = {.rq = rq};

	page_list(&x.page, rq, rp, list_fn, &x);
}

/* The fax that the path names; ENOENT also for what is not one's own */
static int fax_of(struct fax_work *x, struct db *db)
{
	const struct who *w = who_of(x->rq);
	int err = fax_get(&x->f, db, w->tenant, x->rq->ids[0]);

	return !err && !who_has(w, x->f.extension_id) ? ENOENT : err;
}

static int get_fn(struct db *db, void *obj)
{
	struct fax_work *x = obj;
	int err = fax_of(x, db);

	err = err ? err : fax_papers_read(&x->papers, db, &x->f);
	return err ? err : fax_attempts(db, x->f.tenant, x->f.id, attempt_h, x);
}

/** GET /faxes/{id}: with each try */
void fax_get_one(struct request *rq, struct reply *rp)
{
	struct fax_work x = {.rq = rq, .attempts = json_array()};
	int err = store_read(api_of(rq)->conf.store, get_fn, &x);
	json_t *o;

	if (err) {
		json_decref(x.attempts);
		answer_error(rp, err);
		return;
	}
	o = fax_json(&x.f);
	json_object_set_new(o, "attempts", x.attempts);
	reply_json(rp, 200, o);
}

/* Behind a cover page, which is the fax's own, come the pages of its document */
static int page_fn(struct db *db, void *obj)
{
	struct fax_work *x = obj;
	int64_t cover;
	int err = fax_of(x, db);

	if (err)
		return err;
	cover = x->f.cover_id[0] ? 1 : 0;
	if (x->number <= cover)
		return fax_page_get(x->blob, db, x->f.tenant, x->f.id, x->number);
	return fax_page_get(x->blob, db, x->f.tenant, x->f.document_id, x->number - cover);
}

/** GET /faxes/{id}/pages/{page}: dot by dot, below the line over it, PNG */
void fax_page_show(struct request *rq, struct reply *rp)
{
	struct fax_work x = {.rq = rq, .number = strtoll(rq->ids[1], NULL, 10)};
	int err = x.number > 0 ? store_read(api_of(rq)->conf.store, page_fn, &x) : ENOENT;

	if (err)
		answer_error(rp, err);
	else
		blob_answer(rq, rp, x.blob, "image/png");
}

/* --- sending -----------------------------------------------------------------------------------
 */

/** The number that the far side sees: the one that "from" names, which must be the tenant's, else
 * one's own fax number */
int fax_from_take(char number[PHONE_SIZE], struct db *db, const struct request *rq,
		  struct field_errors *fe)
{
	const struct who *w = who_of(rq);
	const char *from = request_text(rq, "from");
	struct did d;
	int err;

	if (!from || !from[0])
		return fax_from_find(number, db, w->tenant, w->extension.number);
	err = did_by_number(&d, db, from);
	if (err == ENOENT || (!err && d.tenant != w->tenant))
		field_error(fe, "from", "is not a number of yours");
	else if (!err)
		str_ncpy(number, d.number, PHONE_SIZE);
	return err == ENOENT ? 0 : err;
}

static int document_check(struct fax_work *x, struct db *db, const struct who *w)
{
	struct fax_document d;
	int err = fax_document_get(&d, db, w->tenant, request_text(x->rq, "documentId"));

	if (err == ENOENT || (!err && !who_has(w, d.extension_id))) {
		field_error(&x->fe, "documentId", "does not exist");
		return 0;
	}
	if (err)
		return err;
	if (d.state == DOCUMENT_REFUSED)
		field_error(&x->fe, "documentId", "cannot be faxed: %s", d.reason);
	str_ncpy(x->f.document_id, d.id, sizeof(x->f.document_id));
	return 0;
}

static int cover_check(struct fax_work *x, struct db *db, const struct who *w)
{
	const char *id = request_text(x->rq, "coverPageId");
	struct cover_page c;
	int err = id ? cover_page_get(&c, db, w->tenant, id) : 0;

	if (err == ENOENT)
		field_error(&x->fe, "coverPageId", "does not exist");
	else if (!err && id)
		str_ncpy(x->f.cover_id, c.id, sizeof(x->f.cover_id));
	return err == ENOENT ? 0 : err;
}

/* A word of the client's own says that this is the same request as one before, whose answer was
 * lost. ENOENT: it is a new one */
static int once_find(struct fax_work *x, struct db *db)
{
	const char *word = request_text(x->rq, "once");
	char text[ONCE + MODEL_EMAIL + 8], id[ID_SIZE];
	struct fax wanted = x->f;
	int err;

	if (!word)
		return ENOENT;
	text_printf(text, sizeof(text), "once\n%s\n%s", who_of(x->rq)->user.email, word);
	text_sha256(x->once, text, strlen(text));
	err = fax_mail_fax(id, db, wanted.tenant, x->once);
	err = err ? err : fax_get(&x->f, db, wanted.tenant, id);
	if (!err && (strcmp(x->f.to, wanted.to) ||
		     strcmp(x->f.document_id, request_text(x->rq, "documentId"))))
		field_error(&x->fe, "once", "was used for another fax");
	x->known = !err;
	return err;
}

static int send_fn(struct db *db, void *obj)
{
	struct fax_work *x = obj;
	const struct who *w = who_of(x->rq);
	int err = once_find(x, db);

	if (err != ENOENT)
		return err ? err : x->fe.count ? EINVAL : 0;
	err = fax_from_take(x->f.from, db, x->rq, &x->fe);

	if (!err)
		err = document_check(x, db, w);
	if (!err)
		err = cover_check(x, db, w);
	if (!err && dnc_has(db, w->tenant, x->f.to))
		field_error(&x->fe, "to", "is on the do-not-contact list");
	if (err || x->fe.count || x->conflict)
		return err ? err : EINVAL;
	err = fax_send(db, &x->f);
	if (!err && x->once[0])
		err = fax_mail_note(db, &x->f, x->once);
	audit_note(db, x->rq, "fax.send", x->f.id, x->f.to);
	return err;
}

static void work_answer(struct fax_work *x, struct reply *rp, int err, unsigned status)
{
	if (x->conflict)
		reply_problem(rp, 409, "%s", x->conflict);
	else if (answer_fields(rp, &x->fe))
		return;
	else if (err)
		answer_error(rp, err);
	else
		reply_json(rp, status, fax_json(&x->f));
}

static int once_fn(struct db *db, void *obj)
{
	return once_find(obj, db);
}

/* Answers whoever asked to be told when this document went to this number a moment ago; not when it
 * is the same request once more */
static bool twice(struct fax_work *x, struct reply *rp)
{
	struct fax_work look = *x;
	int64_t ago = 0;
	int err = store_read(api_of(x->rq)->conf.store, once_fn, &look);

	if (!err)
		return false;
	str_ncpy(x->f.document_id, request_text(x->rq, "documentId"), sizeof(x->f.document_id));
	err = err == ENOENT ? fax_twice(&ago, x->rq, &x->f) : err;
	if (err)
		answer_error(rp, err);
	else if (ago < MINUTE_MS && ago)
		reply_problem(rp, 409, "This document was sent to this number just now.");
	else if (ago)
		reply_problem(rp, 409, "This document was sent to this number %d min ago.",
			      (int)(ago / MINUTE_MS));
	return err || ago;
}

/** POST /faxes */
void fax_post(struct request *rq, struct reply *rp)
{
	struct fax_work x = {.rq = rq};
	const struct who *w = who_of(rq);
	int64_t now = clock_wall_ms();
	int err;

	x.f.tenant = w->tenant;
	x.f.tries_max = request_int(rq, "tries", FAX_TRIES);
	x.f.due_at = request_int(rq, "dueAt", now);
	x.f.due_at = x.f.due_at < now ? now : x.f.due_at;
	str_ncpy(x.f.extension_id, w->extension.id, sizeof(x.f.extension_id));
	str_ncpy(x.f.sender_email, w->user.email, sizeof(x.f.sender_email));
	text_take(rq, "subject", x.f.subject, sizeof(x.f.subject), &x.fe);
	text_take(rq, "toName", x.f.to_name, sizeof(x.f.to_name), &x.fe);
	text_take(rq, "note", x.f.note, sizeof(x.f.note), &x.fe);
	if (!phone_e164(x.f.to, sizeof(x.f.to), request_text(rq, "to"), w->row.country))
		field_error(&x.fe, "to", "must be a telephone number");
	if (x.fe.count) {
		answer_fields(rp, &x.fe);
		return;
	}
	if (request_bool(rq, "onlyOnce", false) && twice(&x, rp))
		return;
	err = store_write_wait(api_of(rq)->conf.store, send_fn, &x);
	work_answer(&x, rp, err, x.known ? 200 : 201);
}

/* --- changing ----------------------------------------------------------------------------------
 */

static int cancel_fn(struct db *db, void *obj)
{
	struct fax_work *x = obj;
	int64_t now = clock_wall_ms();
	int err = fax_of(x, db);
	bool waits;

	if (!err && x->f.state != FAX_SENDING && x->f.state != FAX_CANCELLING &&
	    x->f.state != FAX_QUEUED && x->f.state != FAX_CONVERTING) {
		x->conflict = "The fax has ended already.";
		return EINVAL;
	}
	waits = x->f.state == FAX_QUEUED || x->f.state == FAX_CONVERTING;
	if (!err && waits)
		err = job_of_object(&x->job, db, x->f.tenant, JOB_fax, x->f.id);
	/* one that waits for a line runs too */
	if (!err && (!waits || x->job.state == JOB_RUN)) {
		x->f.state = FAX_CANCELLING;
		return fax_change(db, &x->f);
	}
	if (!err)
		err = job_cancel(db, x->f.tenant, x->job.id, "Cancelled", now);
	x->f.state = FAX_CANCELLED;
	x->f.ended_at = now;
	return err ? err : fax_change(db, &x->f);
}

/** POST /faxes/{id}/cancel: also during the call, which is ended */
void fax_cancel_post(struct request *rq, struct reply *rp)
{
	struct fax_work x = {.rq = rq};
	const struct api *api = api_of(rq);
	int err = store_write_wait(api->conf.store, cancel_fn, &x);

	/* a call that ended in the same moment has written its own state, before or after ours */
	if (!err && x.f.state == FAX_CANCELLING &&
	    api->live.fax_cancel_h(x.f.tenant, x.f.id, api->live.arg) == ENOENT)
		err = store_write_wait(api->conf.store, cancel_fn, &x);
	work_answer(&x, rp, err, 200);
}

static int retry_fn(struct db *db, void *obj)
{
	struct fax_work *x = obj;
	int err = fax_of(x, db);

	if (!err && x->f.state != FAX_FAILED && x->f.state != FAX_CANCELLED) {
		x->conflict = "Only a fax that failed or was cancelled can be sent again.";
		return EINVAL;
	}
	return err ? err : fax_send_again(db, &x->f);
}

/** POST /faxes/{id}/retry: from the first page that was not confirmed */
void fax_retry_post(struct request *rq, struct reply *rp)
{
	struct fax_work x = {.rq = rq};

	work_answer(&x, rp, store_write_wait(api_of(rq)->conf.store, retry_fn, &x), 200);
}
