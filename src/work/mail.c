/**
 * @file mail.c  Job kind: writes one mail and hands it to the mail server
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "clock.h"
#include "log.h"
#include "own.h"
#include "reset.h"
#include "tenant.h"
#include "text.h"
#include "work_private.h"
#include "zone.h"

enum {
	LINK = 400,
	TIME = 64,
	MINUTE_MS = 60000,
	DAY_MS = 24 * 3600 * 1000,
};

/* One mail being written */
struct writing {
	struct work *work;
	const char *mail_id;
	struct mail mail;
	struct tenant_row tenant;
	struct template_mail text;
	struct smtp_file file;
	char token[LOGIN_TOKEN], link[LINK], time[TIME], minutes[8];
	char value[TEMPLATE_VALUE + 1], said[128];
};

static void writing_destructor(void *arg)
{
	struct writing *w = arg;

	if (w->file.fd >= 0)
		close(w->file.fd);
}

static int writing_read(struct db *db, void *obj)
{
	struct writing *w = obj;
	int err = mail_get(&w->mail, db, w->tenant.id, w->mail_id);

	if (!err && w->tenant.id)
		err = tenant_get(&w->tenant, db, w->tenant.id);
	return err;
}

static int token_make(struct db *db, void *obj)
{
	struct writing *w = obj;

	return reset_make(db, w->token, w->mail.tenant, w->mail.object_id, clock_wall_ms());
}

static const char *value_of(const char *word, void *arg)
{
	struct writing *w = arg;
	const struct {
		const char *word, *value;
	} own[] = {{"name", w->mail.to_name}, {"time", w->time},	  {"link", w->link},
		   {"product", "Carillon"},   {"tenant", w->tenant.name}, {"email", w->mail.to},
		   {"minutes", w->minutes},   {"attached", w->said}};

	for (size_t i = 0; i < COUNT(own); i++) {
		if (!strcmp(word, own[i].word) && own[i].value[0])
			return own[i].value;
	}
	return mail_field_get(w->value, sizeof(w->value), &w->mail, word) ? w->value : NULL;
}

/* What cannot be attached is left where the link leads; the text says so. */
static void file_attach(struct writing *w)
{
	int err = mail_file_open(&w->file, w->work->blobs, &w->mail);

	if (!err && w->file.size <= w->work->mail_file) {
		text_printf(w->said, sizeof(w->said), "It is attached to this mail.");
		return;
	}
	if (w->file.fd >= 0)
		close(w->file.fd);
	w->file.fd = -1;
	if (err)
		log_warn("mail.file", "mail=%s error=\"%s\"", w->mail.id, strerror(err));
	text_printf(w->said, sizeof(w->said),
		    err ? "The file could not be attached."
			: "The file is too large to be attached.");
}

/* The token is made now, so that the link is fresh however long the mail had to wait, and no copy
 * of it is kept. */
static int link_make(struct writing *w)
{
	int err = 0;

	if (!w->mail.page[0])
		return 0;
	if (w->mail.template == TEMPLATE_reset)
		err = store_write_wait(w->work->store, token_make, w);
	text_printf(w->minutes, sizeof(w->minutes), "%d", RESET_MINUTES);
	text_printf(w->link, sizeof(w->link), "%s%s%s", w->work->portal, w->mail.page, w->token);
	return err;
}

static bool stopping(const void *arg)
{
	return job_run_stopping(arg);
}

static enum job_result send_it(struct writing *w, struct job_run *run)
{
	const struct smtp_message m = {.id = w->mail.id,
				       .at = w->mail.created_at,
				       .to = w->mail.to,
				       .to_name = w->mail.to_name,
				       .from_name = w->tenant.name[0] ? w->tenant.name : "Carillon",
				       .subject = w->text.subject,
				       .text = w->text.text,
				       .html = w->text.html,
				       .files = &w->file,
				       .count = w->file.fd >= 0};
	struct smtp_conf conf = w->work->smtp;
	char answer[JOB_TEXT];

	conf.stop_h = stopping;
	conf.arg = run;
	switch (smtp_send(answer, sizeof(answer), &conf, &m)) {
	case SMTP_SENT:
		text_printf(run->row.result, JOB_TEXT, "%s", answer);
		return JOB_OK;
	case SMTP_LATER:
		text_printf(run->row.error, JOB_TEXT, "%s", answer);
		return JOB_AGAIN;
	case SMTP_REFUSED:
		text_printf(run->row.error, JOB_TEXT, "%s", answer);
		return JOB_NEVER;
	case SMTP_STOPPED:
		break;
	}
	return JOB_BACK;
}

static enum job_result never(struct job_run *run, const char *why)
{
	text_printf(run->row.error, JOB_TEXT, "%s", why);
	return JOB_NEVER;
}

static enum job_result again(struct job_run *run, int err)
{
	text_printf(run->row.error, JOB_TEXT, "The database or the disk failed: %s.",
		    strerror(err));
	return JOB_AGAIN;
}

static bool too_late(const struct mail *m)
{
	int64_t age = clock_wall_ms() - m->created_at;

	return age > (m->template == TEMPLATE_reset ? (int64_t)RESET_MINUTES * MINUTE_MS
						    : INT64_C(7) * DAY_MS);
}

static enum job_result mail_run(struct job_run *run, void *arg)
{
	AUTO struct writing *w = mem_zalloc(sizeof(*w), writing_destructor);
	int err;

	if (!w)
		return again(run, ENOMEM);
	w->work = arg;
	w->file.fd = -1;
	w->mail_id = run->row.object_id;
	w->tenant.id = run->row.tenant;
	err = store_read(w->work->store, writing_read, w);
	if (err == ENOENT)
		return never(run, "The mail is not there any more.");
	if (!w->work->smtp.host[0])
		return never(run, "No mail server is configured; see mail_host.");
	if (!err && too_late(&w->mail))
		return never(run, "It would have come too late.");
	if (!err)
		err = link_make(w);
	if (err == EINVAL)
		return never(run, "The user is not there any more.");
	if (err)
		return again(run, err);
	if (w->mail.about_at)
		zone_text(w->time, sizeof(w->time), w->tenant.timezone, w->mail.about_at);
	if (w->mail.blob[0])
		file_attach(w);
	template_fill(&w->text, w->mail.template, value_of, w);
	return send_it(w, run);
}

static int mail_ended(struct db *db, const struct job_row *row, void *arg)
{
	return mail_tried(db, row);
}

const struct job_ops work_mail = {.run_h = mail_run, .ended_h = mail_ended};
