/**
 * @file faxes.c  Faxes on their way out: between the timetable, the store and the live floor
 *
 * A try first asks for a line (fax_wait.h), and then the store, at the last moment: may this number
 * be faxed, was the fax cancelled, which pages are there already? A fax for which every trunk is
 * full waits, and loses no try by that. Each page that the far side confirmed, and the delivery, is
 * proved by the machine on the disk before the call goes on (fax_proof.h); the store hears of it at
 * once, and a restart that finds more proved than stored goes by the proof. The machine of a try
 * that the last process left alone is awaited before.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "json.h"
#include "clock.h"
#include "dnc.h"
#include "fax.h"
#include "fax_box.h"
#include "fax_document.h"
#include "fax_mail.h"
#include "fax_manner.h"
#include "fax_out.h"
#include "fax_paper.h"
#include "fax_proof.h"
#include "fax_received.h"
#include "fax_wait.h"
#include "house.h"
#include "log.h"
#include "outside.h"
#include "story.h"
#include "text.h"
#include "user.h"

enum { MACHINE_MS = 500, CROWDED_MS = 15000, FAX_FASTEST = 14400 };

static const char CANCELLED[] = FAX_TAKEN_BACK, WAITS[] = "Waiting for a free line";

/** One try on its way: on the core's list until its result is handed to the timetable */
struct sending {
	struct le le;
	struct house *house;
	struct job_run *run;
	int64_t tenant;
	char id[ID_SIZE];
	struct fax fax;
	struct fax_attempt attempt;
	struct fax_document document;
	char extension[PHONE_SIZE], name[MODEL_NAME];
	struct fax_box box;	  /* how its extension sends */
	struct fax_faults faults; /* of former tries */
	struct fax_paper paper;
	struct doc_result drawn;
	struct fax_wait wait; /* for a line */
	char proof[CONF_TEXT + 96];
	struct tmr machine; /* asks whether the last try's is gone             */
	struct price price; /* of a page, by this try                           */
	bool decided;	    /* before dialling */
	bool cancelled;
	char call[ID_SIZE];
	enum job_result result;
};

/** What is written with the end of a try */
struct outcome {
	struct fax fax;
	struct fax_attempt attempt; /* number 0: there was no call */
	struct blobs *blobs;
};

/** Pages that the far side confirmed */
struct confirmed {
	int64_t tenant, pages;
	char id[ID_SIZE];
};

static void publish(const struct sending *s, int64_t page)
{
	live_publish(s->tenant, s->extension, "fax",
		     json_pack("{s:s,s:s,s:I,s:I}", "id", s->id, "state",
			       fax_state_name(s->fax.state), "page", (json_int_t)page, "pages",
			       (json_int_t)s->fax.pages));
}

static void sending_destructor(void *arg)
{
	struct sending *s = arg;

	tmr_cancel(&s->machine);
	fax_wait_drop(&s->wait);
	list_unlink(&s->le);
	fax_paper_drop(&s->paper);
}

/* --- the proof ---------------------------------------------------------------------------------
 */

/** A proof that is needed no more once its fax has ended, which the writer sees */
struct proved {
	int64_t tenant;
	char id[ID_SIZE], proof[CONF_TEXT + 96];
	bool over;
};

static int proved_fn(struct db *db, void *obj)
{
	struct proved *p = obj;
	struct fax f;
	int err = fax_get(&f, db, p->tenant, p->id);

	p->over = err == ENOENT || (!err && f.state != FAX_QUEUED && f.state != FAX_SENDING &&
				    f.state != FAX_CANCELLING);
	return 0;
}

static void on_proved(int err, void *obj)
{
	const struct proved *p = obj;

	if (!err && p->over)
		(void)unlink(p->proof);
}

/* Behind the end of the try in the writer's order */
static void proof_drop(const struct sending *s)
{
	struct proved *p = mem_zalloc(sizeof(*p), NULL);

	if (!p)
		return;
	p->tenant = s->tenant;
	str_ncpy(p->id, s->id, sizeof(p->id));
	str_ncpy(p->proof, s->proof, sizeof(p->proof));
	(void)store_write(s->house->store, proved_fn, p, s->house->core, on_proved);
}

/* What the far side confirmed counts, whether or not the last process heard of it */
static int proof_take(struct sending *s, struct db *db)
{
	struct fax_proof p;
	int err = fax_proof_read(&p, s->proof);

	if (err || (int64_t)p.pages <= s->fax.pages_sent)
		return 0;
	s->fax.pages_sent = (int64_t)p.pages < s->fax.pages ? (int64_t)p.pages : s->fax.pages;
	log_info("fax.proved", "fax=%s pages=%lld", s->id, (long long)s->fax.pages_sent);
	return fax_confirm(db, s->tenant, s->id, s->fax.pages_sent);
}

/* --- the end of a try --------------------------------------------------------------------------
 */

static int outcome_fn(struct db *db, void *obj)
{
	const struct outcome *o = obj;
	struct fax old;
	int err = fax_get(&old, db, o->fax.tenant, o->fax.id);

	err = err ? err : fax_change(db, &o->fax);
	if (!err && !old.ended_at)
		err = fax_mail_result(db, &o->fax);

	if (!err && o->attempt.number)
		err = fax_confirm(db, o->fax.tenant, o->fax.id, o->fax.pages_sent);
	if (!err && o->attempt.number)
		err = fax_attempt_end(db, &o->fax, &o->attempt);
	if (!err && o->attempt.number && !o->attempt.rate) /* no machine was reached */
		err = fax_sent_drop(db, o->blobs, o->fax.tenant, o->fax.id, o->attempt.number);
	return err;
}

/* Hands the result to the timetable; the sending is gone afterwards, unless somebody holds it */
static void finish(struct sending *s, enum job_result result)
{
	struct job_run *run = s->run;
	struct outcome *o;

	if (!run)
		return;
	s->run = NULL;
	list_unlink(&s->le);
	fax_wait_drop(&s->wait);
	o = result == JOB_BACK ? NULL : mem_zalloc(sizeof(*o), NULL);
	if (o) {
		o->fax = s->fax;
		o->attempt = s->attempt;
		o->blobs = s->house->blobs;
		run->with = outcome_fn;
		run->with_obj = o;
		text_printf(run->row.error, sizeof(run->row.error), "%s", s->fax.reason);
		publish(s, s->fax.pages_sent);
	}
	job_run_finish(run, result);
	proof_drop(s);
	mem_deref(s);
}

/* Again, if there are tries left, and nobody took it back */
static void finish_failed(struct sending *s, bool permanent, const char *reason)
{
	int64_t now = clock_wall_ms();
	bool again =
		!permanent && !s->cancelled && s->run && s->run->row.tries < s->run->row.tries_max;

	if (!s->run)
		return;
	reason = s->cancelled ? CANCELLED : reason;
	text_printf(s->fax.reason, sizeof(s->fax.reason), "%s", reason);
	text_printf(s->attempt.reason, sizeof(s->attempt.reason), "%s", reason);
	s->attempt.ended_at = now;
	s->fax.state = s->cancelled ? FAX_CANCELLED : again ? FAX_QUEUED : FAX_FAILED;
	if (again) {
		s->run->pause_ms = job_kind_pause_ms(JOB_fax, s->run->row.tries);
		s->fax.due_at = now + s->run->pause_ms;
	} else {
		s->fax.ended_at = now;
	}
	finish(s, s->cancelled ? JOB_OK : permanent ? JOB_NEVER : JOB_AGAIN);
}

static void waits(struct sending *s)
{
	text_printf(s->fax.reason, sizeof(s->fax.reason), "%s", WAITS);
	s->fax.state = FAX_QUEUED;
	s->fax.due_at = 0;
}

/* Nobody was called, and no try is lost */
static void finish_later(struct sending *s)
{
	waits(s);
	s->run->pause_ms = CROWDED_MS;
	finish(s, JOB_LATER);
}

/* A number that is wrong today is wrong tomorrow, and who refuses a call has a reason */
static bool permanent(enum cause cause)
{
	switch (cause) {
	case CAUSE_NOT_FOUND:
	case CAUSE_GONE:
	case CAUSE_INCOMPLETE:
	case CAUSE_NO_ROUTE:
	case CAUSE_DECLINED:
	case CAUSE_FORBIDDEN:
	case CAUSE_LOOP:
	case CAUSE_HOPS:
		return true;
	default:
		return false;
	}
}

static void attempt_fill(struct sending *s, const struct fax_news *news)
{
	struct fax_attempt *a = &s->attempt;

	a->pages = news->pages;
	a->rate = news->rate;
	a->ecm = news->ecm;
	a->t38 = news->t38;
	text_printf(a->ident, sizeof(a->ident), "%s", news->ident);
	s->fax.pages_sent = a->first_page + news->pages;
}

static void line_lost(struct sending *s);

static void on_end(const struct fax_news *news, enum cause cause, void *arg)
{
	struct sending *s = arg;

	if (!news && cause == CAUSE_LIMIT && s->run && !s->cancelled) {
		line_lost(s);
		return;
	}
	if (!news) {
		finish_failed(s, permanent(cause), cause_text(cause));
		return;
	}
	attempt_fill(s, news);
	log_info("fax.sent", "fax=%s pages=%u ok=%d t38=%d rate=%u code=%d reason=\"%s\"", s->id,
		 news->pages, news->ok, news->t38, news->rate, news->code, news->reason);
	if (s->fax.pages_sent < s->fax.pages) {
		finish_failed(s, news->permanent, news->reason);
		return;
	}
	/* every page is there, whatever was said at the end */
	s->attempt.ok = true;
	s->attempt.ended_at = s->fax.ended_at = clock_wall_ms();
	s->fax.state = FAX_SENT;
	s->fax.reason[0] = '\0';
	finish(s, JOB_OK);
}

/* --- during a call -----------------------------------------------------------------------------
 */

static int confirm_fn(struct db *db, void *obj)
{
	const struct confirmed *c = obj;

	return fax_confirm(db, c->tenant, c->id, c->pages);
}

static void on_confirmed(int err, void *obj)
{
	if (err)
		log_error("fax.unwritten", "fax=%s err=%s", ((struct confirmed *)obj)->id,
			  strerror(err));
}

static void on_news(const struct fax_news *news, void *arg)
{
	struct sending *s = arg;
	struct confirmed *c;

	if (news->kind != FAX_PAGE && news->kind != FAX_NEGOTIATED)
		return;
	attempt_fill(s, news);
	publish(s, s->fax.pages_sent + 1 > s->fax.pages ? s->fax.pages : s->fax.pages_sent + 1);
	c = news->kind == FAX_PAGE ? mem_zalloc(sizeof(*c), NULL) : NULL;
	if (!c)
		return;
	c->tenant = s->tenant;
	c->pages = s->fax.pages_sent;
	str_ncpy(c->id, s->id, sizeof(c->id));
	(void)store_write(s->house->store, confirm_fn, c, s->house->core, on_confirmed);
}

static const struct fax_out_handlers handlers = {.news_h = on_news, .end_h = on_end};

static const char *blob_of(const struct sending *s)
{
	return s->fax.blob[0] ? s->fax.blob : s->document.blob;
}

/* How it is sent after what former tries met, told in the story where that is not as usual */
static void manner_put(struct fax_out_conf *c, const struct sending *s)
{
	const struct fax_manner limit = {.t38 = true, .ecm = s->box.ecm, .rate = s->box.rate};
	struct fax_manner m = fax_manner_next(&limit, &s->faults);

	c->line.ecm = m.ecm;
	c->line.rate = (unsigned)m.rate;
	c->line.sound = !m.t38;
	if (!m.t38 || m.rate != limit.rate || m.ecm != limit.ecm)
		text_printf(c->why, sizeof(c->why),
			    "After tries that broke off it is sent %sat most %u bit/s%s",
			    m.t38 ? "with " : "as sound, with ", (unsigned)m.rate,
			    m.ecm == limit.ecm ? "" : ", without error correction");
}

static void call_start(struct sending *s)
{
	struct fax_out_conf c = {.tenant = s->tenant, .line = {.sends = true}};

	str_ncpy(c.to, s->fax.to, sizeof(c.to));
	str_ncpy(c.from, s->fax.from, sizeof(c.from));
	text_printf(c.name, sizeof(c.name), "%s", s->name);
	str_ncpy(c.extension, s->extension, sizeof(c.extension));
	text_printf(c.line.ident, sizeof(c.line.ident), "%.20s", s->fax.from);
	manner_put(&c, s);
	c.line.confirmed = (unsigned)s->attempt.first_page;
	c.line.sheets = fax_paper_sheets(&s->paper);
	text_printf(c.line.proof, sizeof(c.line.proof), "%s", s->proof);
	fax_wait_dial(&s->wait);
	if (!text_printf(c.line.file, sizeof(c.line.file), "%s", s->paper.file) ||
	    fax_out_start(s->call, s->house->exchange, &c, &handlers, s))
		finish_failed(s, false, "The call could not be begun");
}

static int price_fn(struct db *db, void *obj)
{
	const struct sending *s = obj;

	return fax_price(db, s->tenant, s->id, &s->price);
}

static void on_priced(int err, void *obj)
{
	struct sending *s = obj;

	if (!s->run)
		return; /* given back meanwhile */
	if (err)
		finish(s, JOB_BACK);
	else if (s->cancelled)
		finish_failed(s, true, CANCELLED);
	else
		call_start(s);
}

/* What its pages cost is on the disk before one of them can be confirmed. */
static void dial(struct sending *s)
{
	const struct tenant *t = exchange_tenant(s->house->exchange, s->tenant);

	if (t)
		(void)outside_price(&s->price, s->house->exchange, t, s->fax.to);
	if (store_write(s->house->store, price_fn, mem_ref(s), s->house->core, on_priced))
		finish(s, JOB_BACK);
}

static const char UNREADY[] = "The pages could not be made ready";

static int keep_fn(struct db *db, void *obj)
{
	struct sending *s = obj;

	return fax_paper_keep(&s->paper, db, s->house->blobs, &s->drawn);
}

static void on_kept(int err, void *obj)
{
	struct sending *s = obj;

	if (!s->run)
		return;
	if (s->cancelled)
		finish_failed(s, true, CANCELLED);
	else if (err)
		finish_failed(s, false, UNREADY);
	else
		dial(s);
}

static void on_paper(int err, const struct doc_result *result, void *arg)
{
	struct sending *s = arg;

	s->drawn = *result;
	if (s->cancelled)
		finish_failed(s, true, CANCELLED);
	else if (err || !result->ok ||
		 store_write(s->house->store, keep_fn, mem_ref(s), s->house->core, on_kept))
		finish_failed(s, false, UNREADY);
}

/* Under its line, by a file of its own */
static void pages_ready(struct sending *s)
{
	if (fax_paper_draw(&s->paper, s->house, s->id, blob_of(s), on_paper, s))
		finish_failed(s, false, UNREADY);
}

/* --- before the call ---------------------------------------------------------------------------
 */

static void decide(struct sending *s, enum fax_state state, enum job_result result,
		   const char *reason)
{
	s->decided = true;
	s->result = result;
	s->fax.state = state;
	s->fax.ended_at = clock_wall_ms();
	text_printf(s->fax.reason, sizeof(s->fax.reason), "%s", reason);
}

static void extension_read(struct sending *s, struct db *db)
{
	s->box.ecm = s->box.header = true;
	s->box.rate = FAX_FASTEST;
	if (!s->fax.extension_id[0] || fax_box_get(&s->box, db, s->tenant, s->fax.extension_id))
		return;
	text_printf(s->extension, sizeof(s->extension), "%s", s->box.number);
	text_printf(s->name, sizeof(s->name), "%s", s->box.name);
}

/* Should it be sent, as far as the store knows? */
static int look_fn(struct db *db, void *obj)
{
	struct sending *s = obj;
	bool may = false;
	int err = fax_get(&s->fax, db, s->tenant, s->id);

	if (!err)
		err = fax_document_get(&s->document, db, s->tenant, s->fax.document_id);
	if (!err)
		err = extension_may(&may, db, s->tenant, s->fax.extension_id, "send_fax");
	err = err ? err : proof_take(s, db);
	if (err)
		return err;
	extension_read(s, db);
	if (s->fax.state == FAX_CANCELLING && s->fax.pages_sent < s->fax.pages)
		decide(s, FAX_CANCELLED, JOB_OK, CANCELLED);
	else if (s->fax.state == FAX_CANCELLED || s->fax.state == FAX_SENT)
		decide(s, s->fax.state, JOB_OK, s->fax.reason);
	else if (s->document.state == DOCUMENT_REFUSED)
		decide(s, FAX_FAILED, JOB_NEVER, s->document.reason);
	else if (s->fax.pages_sent >= s->fax.pages)
		decide(s, FAX_SENT, JOB_OK, "");
	else if (!may)
		decide(s, FAX_FAILED, JOB_NEVER, "Whoever sent it may not send faxes any more");
	else if (dnc_has(db, s->tenant, s->fax.to))
		decide(s, FAX_FAILED, JOB_NEVER, "The number is on the do-not-contact list");
	return s->decided ? fax_attempt_cut(db, &s->fax) : 0;
}

static int fault_h(const struct fax_attempt *a, void *arg)
{
	fax_faults_add(arg, a);
	return 0;
}

static int begin_fn(struct db *db, void *obj)
{
	struct sending *s = obj;
	int err = look_fn(db, s);

	if (err || s->decided)
		return err;
	s->paper.fine = s->document.fine;
	s->faults = (struct fax_faults){0};
	err = fax_attempts(db, s->tenant, s->id, fault_h, &s->faults);
	err = err ? err : fax_attempt_begin(db, &s->fax, &s->attempt);
	return err ? err : fax_paper_read(&s->paper, db, &s->fax, &s->box, &s->attempt);
}

/* The fax is gone, the store cannot be read now, or there is nothing to send; false: go on */
static bool settled(struct sending *s, int err)
{
	struct job_run *run = s->run;

	if (!run)
		return true; /* given back meanwhile */
	if (err == ENOENT) {
		s->run = NULL;
		list_unlink(&s->le);
		job_run_finish(run, JOB_NEVER);
		mem_deref(s);
	} else if (err) {
		finish(s, JOB_BACK);
	} else if (s->decided) {
		finish(s, s->result);
	} else if (s->cancelled) {
		finish_failed(s, true, CANCELLED);
	} else {
		return false;
	}
	return true;
}

static void on_begun(int err, void *obj)
{
	struct sending *s = obj;

	if (settled(s, err))
		return;
	publish(s, s->fax.pages_sent);
	pages_ready(s);
}

/* There is room for its call, or nothing to wait for */
static void on_room(void *arg)
{
	struct sending *s = arg;

	if (store_write(s->house->store, begin_fn, mem_ref(s), s->house->core, on_begun))
		finish(s, JOB_BACK);
}

static int waits_fn(struct db *db, void *obj)
{
	const struct sending *s = obj;

	return fax_wait(db, s->tenant, s->id, WAITS);
}

static void on_waits(int err, void *obj)
{
	const struct sending *s = obj;

	if (s->wait.le.list)
		publish(s, s->fax.pages_sent);
}

static void room_ask(struct sending *s, bool again)
{
	switch (fax_wait_ask(&s->wait, again)) {
	case FAX_ROOM:
		on_room(s);
		break;
	case FAX_WAITS:
		log_info("fax.waits", "fax=%s to=%s", s->id, s->fax.to);
		(void)store_write(s->house->store, waits_fn, mem_ref(s), s->house->core, on_waits);
		break;
	case FAX_CROWDED:
		finish_later(s);
		break;
	}
}

static void on_looked(int err, void *obj)
{
	struct sending *s = obj;

	if (settled(s, err))
		return;
	s->wait = (struct fax_wait){.house = s->house, .tenant = s->tenant, .h = on_room, .arg = s};
	str_ncpy(s->wait.to, s->fax.to, sizeof(s->wait.to));
	room_ask(s, false);
}

static int undo_fn(struct db *db, void *obj)
{
	struct sending *s = obj;
	int err = fax_attempt_undo(db, &s->fax, &s->attempt);

	s->attempt.number = 0;
	return err;
}

static void on_undone(int err, void *obj)
{
	struct sending *s = obj;

	if (!settled(s, err))
		room_ask(s, true);
}

/* Another call was faster than the room that was kept: it waits anew, before the others */
static void line_lost(struct sending *s)
{
	fax_paper_drop(&s->paper);
	waits(s);
	if (store_write(s->house->store, undo_fn, mem_ref(s), s->house->core, on_undone))
		finish(s, JOB_BACK);
}

static void on_machine(void *arg)
{
	struct sending *s = arg;

	if (fax_proof_busy(s->proof))
		tmr_start(&s->machine, MACHINE_MS, on_machine, s);
	else if (store_write(s->house->store, look_fn, mem_ref(s), s->house->core, on_looked))
		finish(s, JOB_BACK);
}

static void on_start(struct job_run *run, void *arg)
{
	struct house *h = arg;
	struct sending *s = mem_zalloc(sizeof(*s), sending_destructor);

	if (!s) {
		job_run_finish(run, JOB_BACK);
		return;
	}
	s->house = h;
	s->run = run;
	s->tenant = run->row.tenant;
	str_ncpy(s->id, run->row.object_id, sizeof(s->id));
	list_append(&h->faxes, &s->le, s);
	(void)fax_proof_path(s->proof, sizeof(s->proof), h->fax_folder, s->id);
	on_machine(s);
}

/**
 * Ends the call of a fax that was taken back; core thread
 *
 * @return 0, or ENOENT when nothing of it is on its way here
 */
int faxes_cancel(struct house *h, int64_t tenant, const char *id)
{
	struct call *call;
	struct le *le;

	LIST_FOREACH (&h->faxes, le) {
		struct sending *s = le->data;

		if (s->tenant != tenant || strcmp(s->id, id))
			continue;
		s->cancelled = true;
		if (s->wait.le.list) {
			finish_failed(s, true, CANCELLED);
			return 0;
		}
		call = exchange_call_find(h->exchange, tenant, s->call);
		if (call) {
			story_add(call_story(call), "fax", "The fax was cancelled");
			call_end(call, CAUSE_NORMAL);
		}
		return 0;
	}
	return ENOENT;
}

/* The program ends: what was confirmed is written, the rest is tried by the next process */
static void on_stop(struct job_run *run, void *arg)
{
	struct house *h = arg;
	struct le *le;

	LIST_FOREACH (&h->faxes, le) {
		struct sending *s = le->data;

		if (s->run == run) {
			finish(s, JOB_BACK);
			return;
		}
	}
	job_run_finish(run, JOB_BACK);
}

/* --- the start ---------------------------------------------------------------------------------
 */

static int cut_h(const struct fax_received *f, void *arg)
{
	struct fax_received cut = *f;
	struct job_row job = {.tenant = f->tenant, .kind = JOB_fax_in};
	struct db *db = arg;
	int err;

	cut.state = RECEIVED_CONVERTING;
	text_printf(cut.reason, sizeof(cut.reason), "The system was restarted during the call");
	str_ncpy(job.object_id, f->id, sizeof(job.object_id));
	err = fax_received_change(db, &cut);
	return err ? err : job_add(db, &job);
}

static int repair_fn(struct db *db, void *obj)
{
	int err = fax_received_cut(db, cut_h, db);

	return err ? err : fax_received_again(db);
}

/**
 * Makes the jobs of faxes known, and files what was coming in when the last process ended, or could
 * not be filed; before the timetable starts
 *
 * @return 0 or errno
 */
int faxes_open(struct house *h)
{
	static const struct job_ops fax = {.start_h = on_start, .stop_h = on_stop};

	timetable_kind(h->timetable, JOB_fax, &fax, h);
	return store_write_wait(h->store, repair_fn, NULL);
}

static void program_beside(char *path, size_t size, const char *name)
{
	static const char *const beside[] = {"", "../lib/carillon/"};
	char exe[CONF_TEXT];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	exe[n > 0 ? n : 0] = '\0';
	slash = strrchr(exe, '/');
	if (slash)
		*slash = '\0';
	for (size_t i = 0; i < COUNT(beside); i++) {
		if (text_printf(path, size, "%s/%s%s", exe, beside[i], name) && !access(path, X_OK))
			return;
	}
}

/** Finds the programs beside ours, and makes the folder; 0 or errno */
int faxes_prepare(struct house *h)
{
	program_beside(h->fax_worker, sizeof(h->fax_worker), "fax-worker");
	program_beside(h->doc_convert, sizeof(h->doc_convert), "doc-convert");
	if (access(h->fax_worker, X_OK) || access(h->doc_convert, X_OK))
		log_warn("fax.missing",
			 "text=\"fax-worker or doc-convert is not beside the program: "
			 "faxes will fail\"");
	text_printf(h->fax_folder, sizeof(h->fax_folder), "%s/fax", h->conf.data);
	return mkdir(h->fax_folder, 0700) && errno != EEXIST ? errno : 0;
}
