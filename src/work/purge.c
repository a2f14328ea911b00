/**
 * @file purge.c  Job kind: each night, forgets what is older than its keeper wants it
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "clock.h"
#include "event.h"
#include "fax_forget.h"
#include "fax_send.h"
#include "log.h"
#include "own.h"
#include "purge.h"
#include "reset.h"
#include "settings.h"
#include "text.h"
#include "work_private.h"

enum {
	PIECE = 200,
	FAXES = 10,
	/* each has files */ TENANTS = 100,
	KEEP_DAYS = 30,
	DAY_MS = 24 * 3600 * 1000
};

/* One night */
struct night {
	struct work *work;
	struct job_run *run;
	int64_t now;
	/* NULL: faxes, whose files go too */
	int (*fn)(unsigned *n, struct db *db, int64_t tenant, int64_t before, unsigned limit);
	int64_t tenant, before;
	unsigned n;
	uint64_t calls, lines, faxes;
	unsigned count; /* of the tenants below */
	struct {
		int64_t id;
		char domain[MODEL_DOMAIN], settings[MODEL_SETTINGS];
	} v[TENANTS];
};

static int piece_fn(struct db *db, void *obj)
{
	struct night *x = obj;

	if (x->fn)
		return x->fn(&x->n, db, x->tenant, x->before, PIECE);
	return fax_forget_old(&x->n, db, x->work->blobs, x->tenant, x->before, FAXES);
}

/* Piece by piece, so that the writer has time for others in between */
static int tenant_forget(struct night *x, const char *settings, const char *name, uint64_t *sum)
{
	int64_t days = settings_number(settings, name, 0);
	int err = 0;

	if (days <= 0)
		return 0;
	x->before = x->now - days * DAY_MS;
	do {
		if (job_run_stopping(x->run))
			return ECANCELED;
		err = store_write_wait(x->work->store, piece_fn, x);
		*sum += err ? 0 : x->n;
	} while (!err && (x->fn ? x->n == PIECE : x->n > 0));
	return err;
}

static int tenant_add_h(const struct tenant_row *t, void *arg)
{
	struct night *x = arg;

	x->v[x->count].id = t->id;
	text_printf(x->v[x->count].domain, MODEL_DOMAIN, "%s", t->domain);
	text_printf(x->v[x->count].settings, MODEL_SETTINGS, "%s", t->settings);
	return ++x->count < TENANTS ? 0 : DB_STOP;
}

static int tenants_fn(struct db *db, void *obj)
{
	struct night *x = obj;
	char after[MODEL_DOMAIN];

	text_printf(after, sizeof(after), "%s", x->count ? x->v[x->count - 1].domain : "");
	x->count = 0;
	return tenant_list(db, "", after, TENANTS, tenant_add_h, x);
}

static int faxes_forget(struct night *x, const char *settings)
{
	const struct event event = {.tenant = x->tenant, .name = "fax", .data = "{}"};
	uint64_t n = 0;
	int err;

	x->fn = NULL;
	err = tenant_forget(x, settings, PURGE_FAXES, &n);
	x->faxes += n;
	if (n)
		event_publish(&event); /* no page goes on showing them */
	return err;
}

static int tenants_forget(struct night *x)
{
	int err;

	do {
		err = store_read(x->work->store, tenants_fn, x);
		for (unsigned i = 0; i < x->count && !err; i++) {
			x->tenant = x->v[i].id;
			x->fn = purge_calls;
			err = tenant_forget(x, x->v[i].settings, PURGE_CALLS, &x->calls);
			x->fn = purge_audit;
			if (!err)
				err = tenant_forget(x, x->v[i].settings, PURGE_AUDIT, &x->lines);
			if (!err)
				err = faxes_forget(x, x->v[i].settings);
		}
	} while (!err && x->count == TENANTS);
	return err;
}

/* What has served its purpose; a night's rest is taken the next night */
static int rest_fn(struct db *db, void *obj)
{
	struct night *x = obj;
	int64_t before = x->now - (int64_t)KEEP_DAYS * DAY_MS;
	int err = reset_purge(db, x->now);

	if (!err)
		err = fax_mail_purge(db, before, 50 * PIECE);
	if (!err)
		err = mail_purge(db, before, 50 * PIECE);
	if (!err)
		err = fax_received_again(db);
	return err ? err : job_purge(db, before, 50 * PIECE);
}

static enum job_result purge_run(struct job_run *run, void *arg)
{
	AUTO struct night *x = mem_zalloc(sizeof(*x), NULL);
	int err = x ? 0 : ENOMEM;

	if (!err) {
		x->work = arg;
		x->run = run;
		x->now = clock_wall_ms();
		err = tenants_forget(x);
	}
	if (!err)
		err = store_write_wait(x->work->store, rest_fn, x);
	if (!err)
		faxes_sweep(x->work);
	if (err == ECANCELED)
		return JOB_BACK;
	if (err) {
		text_printf(run->row.error, JOB_TEXT, "The database failed: %s.", strerror(err));
		return JOB_AGAIN;
	}
	text_printf(run->row.result, JOB_TEXT,
		    "%" PRIu64 " calls, %" PRIu64 " faxes and %" PRIu64
		    " lines of the audit log were forgotten.",
		    x->calls, x->faxes, x->lines);
	return JOB_OK;
}

/* Whatever came of it, the next night has its own. */
static int purge_ended(struct db *db, const struct job_row *row, void *arg)
{
	return row->state == JOB_WAIT ? 0 : purge_schedule(db, clock_wall_ms());
}

const struct job_ops work_purge = {.run_h = purge_run, .ended_h = purge_ended};
