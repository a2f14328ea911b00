/**
 * @file mails.c  What was sent by mail, what waits, and what failed and why
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "inside.h"
#include "mail.h"
#include "own.h"

struct mail_work {
	struct request *rq;
	struct mail_filter filter;
	struct page page;
	struct mail mail;
};

/* What people call the states of a job */
static const char *const words[] = {[JOB_WAIT] = "waiting",
				    [JOB_RUN] = "sending",
				    [JOB_HELD] = "held",
				    [JOB_DONE] = "sent",
				    [JOB_FAILED] = "failed"};

static json_t *mail_json(const struct mail *m)
{
	json_t *o = json_object();

	put_text(o, "id", m->id);
	put_text(o, "template", template_name(m->template));
	put_text(o, "to", m->to);
	put_text(o, "subject", m->subject);
	put_word(o, "objectId", m->object_id);
	put_word(o, "attachment", m->file_name);
	put_text(o, "state", words[m->state]);
	put_int(o, "tries", m->tries);
	put_time(o, "nextTryAt", m->state == JOB_WAIT ? m->due_at : 0);
	put_text(o, "answer", m->answer);
	put_time(o, "createdAt", m->created_at);
	put_time(o, "endedAt", m->ended_at);
	return o;
}

static int row_h(const struct mail *m, void *arg)
{
	struct mail_work *x = arg;

	return page_add(&x->page, mail_json(m), m->id) ? 0 : DB_STOP;
}

static int list_fn(struct db *db, void *obj)
{
	struct mail_work *x = obj;

	return mail_list(db, who_of(x->rq)->tenant, &x->filter, row_h, x);
}

static void state_read(struct mail_work *x, struct reply *rp)
{
	const char *state = request_query(x->rq, "state");

	for (size_t i = 0; state && i < COUNT(words); i++) {
		if (i != JOB_HELD && i != JOB_RUN && !strcmp(state, words[i])) {
			x->filter.by_state = true;
			x->filter.state = i;
			return;
		}
	}
	if (state)
		reply_field(rp, "state", "must be waiting, sent or failed");
}

/** GET /mail */
void mail_get_all(struct request *rq, struct reply *rp)
{
	AUTO struct mail_work *x = mem_zalloc(sizeof(*x), NULL);
	int err;

	if (!x) {
		answer_error(rp, ENOMEM);
		return;
	}
	x->rq = rq;
	state_read(x, rp);
	if (!page_begin(&x->page, rq, rp))
		return;
	x->filter.q = request_query(rq, "q");
	x->filter.before = page_after(&x->page);
	x->filter.limit = page_ask(&x->page);
	err = store_read(api_of(rq)->conf.store, list_fn, x);
	page_answer(&x->page, rp, err);
}

static int retry_fn(struct db *db, void *obj)
{
	struct mail_work *x = obj;
	int64_t tenant = who_of(x->rq)->tenant;
	int err = mail_get(&x->mail, db, tenant, x->rq->ids[0]);

	if (err)
		return err;
	err = mail_retry(db, tenant, x->mail.id, clock_wall_ms());
	if (err)
		return err == ENOENT ? EBUSY : err;
	audit_note(db, x->rq, "mail.retry", x->mail.id, x->mail.to);
	return mail_get(&x->mail, db, tenant, x->mail.id);
}

/** POST /mail/{id}/retry */
void mail_retry_post(struct request *rq, struct reply *rp)
{
	AUTO struct mail_work *x = mem_zalloc(sizeof(*x), NULL);
	int err = ENOMEM;

	if (x) {
		x->rq = rq;
		err = store_write_wait(api_of(rq)->conf.store, retry_fn, x);
	}
	if (err == EBUSY)
		reply_problem(rp, 409, "This mail was sent already, or is being sent.");
	else if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 200, mail_json(&x->mail));
}
