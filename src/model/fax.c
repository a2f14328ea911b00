/**
 * @file fax.c  Faxes to be sent, and each try of sending one
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "fax.h"
#include "own.h"
#include "row.h"

#define COLUMNS                                                                                    \
	"tenant_id, id, extension_id, document_id, to_number, from_number, subject, state, "       \
	"pages, "                                                                                  \
	"pages_sent, tries, tries_max, reason, due_at, created_at, ended_at, "                     \
	"cover_id, to_name, note, blob, sender_email, cost, currency"
#define ATTEMPT "number, started_at, ended_at, first_page, pages, ok, reason, rate, ecm, t38, ident"

static const char *const states[] = {"queued",	  "sending",	"sent",	     "failed",
				     "cancelled", "cancelling", "converting"};

struct each {
	fax_h *h;
	fax_attempt_h *attempt_h;
	void *arg;
};

/** As stored, and as the API says it */
const char *fax_state_name(enum fax_state s)
{
	return states[s];
}

/** Adds a fax that waits for its time; gives it an id */
int fax_add(struct db *db, struct fax *f)
{
	str_ncpy(f->id, id_new().s, sizeof(f->id));
	f->created_at = clock_wall_ms();
	return db_exec(db,
		       "INSERT INTO fax (" COLUMNS
		       ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, "
		       "0, $10, '', $11, $12, 0, $13, $14, $15, '', $16, 0, '')",
		       "isssssssiiiissss", f->tenant, f->id, f->extension_id, f->document_id, f->to,
		       f->from, f->subject, states[f->state], f->pages, f->tries_max, f->due_at,
		       f->created_at, f->cover_id, f->to_name, f->note, f->sender_email);
}

static void fax_read(struct fax *f, const struct db_row *row)
{
	memset(f, 0, sizeof(*f));
	f->tenant = db_int(row, 0);
	db_copy(f->id, sizeof(f->id), row, 1);
	db_copy(f->extension_id, sizeof(f->extension_id), row, 2);
	db_copy(f->document_id, sizeof(f->document_id), row, 3);
	db_copy(f->to, sizeof(f->to), row, 4);
	db_copy(f->from, sizeof(f->from), row, 5);
	db_copy(f->subject, sizeof(f->subject), row, 6);
	for (size_t i = 0; i < COUNT(states); i++) {
		if (!strcmp(states[i], db_text(row, 7)))
			f->state = (enum fax_state)i;
	}
	f->pages = db_int(row, 8);
	f->pages_sent = db_int(row, 9);
	f->tries = db_int(row, 10);
	f->tries_max = db_int(row, 11);
	db_copy(f->reason, sizeof(f->reason), row, 12);
	f->due_at = db_int(row, 13);
	f->created_at = db_int(row, 14);
	f->ended_at = db_int(row, 15);
	db_copy(f->cover_id, sizeof(f->cover_id), row, 16);
	db_copy(f->to_name, sizeof(f->to_name), row, 17);
	db_copy(f->note, sizeof(f->note), row, 18);
	db_copy(f->blob, sizeof(f->blob), row, 19);
	db_copy(f->sender_email, sizeof(f->sender_email), row, 20);
	f->cost = db_int(row, 21);
	db_copy(f->currency, sizeof(f->currency), row, 22);
}

static int one_h(const struct db_row *row, void *arg)
{
	fax_read(arg, row);
	return 0;
}

/** One fax of the tenant; ENOENT */
int fax_get(struct fax *f, struct db *db, int64_t tenant, const char *id)
{
	return db_find(db, one_h, f, "SELECT " COLUMNS " FROM fax WHERE tenant_id = $1 AND id = $2",
		       "is", tenant, id);
}

static int each_h(const struct db_row *row, void *arg)
{
	const struct each *e = arg;
	struct fax f;

	fax_read(&f, row);
	return e->h(&f, e->arg);
}

/** Shows the faxes of an extension ("": of all), newest first, from before an id on */
int fax_list(struct db *db, int64_t tenant, const char *extension_id, const char *before,
	     unsigned limit, fax_h *h, void *arg)
{
	struct each e = {.h = h, .arg = arg};

	return db_query(db, each_h, &e,
			"SELECT " COLUMNS " FROM fax WHERE tenant_id = $1 AND "
			"($2 = '' OR extension_id = $2) AND ($3 = '' OR id < $3) "
			"ORDER BY id DESC LIMIT $4",
			"issi", tenant, extension_id, before ? before : "", row_limit(limit));
}

/** Writes what may change: state, tries, reason, times. The confirmed pages are fax_confirm()'s */
int fax_change(struct db *db, const struct fax *f)
{
	return db_change(db,
			 "UPDATE fax SET state = $3, tries = $4, reason = $5, due_at = $6, "
			 "ended_at = $7, tries_max = $8 WHERE tenant_id = $1 AND id = $2",
			 "issisiii", f->tenant, f->id, states[f->state], f->tries, f->reason,
			 f->due_at, f->ended_at, f->tries_max);
}

/** Shows the faxes that wait for a document to be converted */
int fax_waiting(struct db *db, int64_t tenant, const char *document_id, fax_h *h, void *arg)
{
	struct each e = {.h = h, .arg = arg};

	return db_query(db, each_h, &e,
			"SELECT " COLUMNS " FROM fax WHERE tenant_id = $1 AND document_id = $2 AND "
			"state = 'converting'",
			"is", tenant, document_id);
}

/** Shows the youngest faxes to the same number that were given since a time and did not fail */
int fax_lookalikes(struct db *db, const struct fax *f, int64_t since, fax_h *h, void *arg)
{
	struct each e = {.h = h, .arg = arg};

	return db_query(db, each_h, &e,
			"SELECT " COLUMNS " FROM fax WHERE tenant_id = $1 AND created_at >= $2 AND "
			"to_number = $3 AND state NOT IN ('failed', 'cancelled', 'cancelling') "
			"ORDER BY id DESC LIMIT 20",
			"iis", f->tenant, since, f->to);
}

/** Its document is converted: how many pages there are */
int fax_pages(struct db *db, const struct fax *f)
{
	return db_change(db, "UPDATE fax SET pages = $3 WHERE tenant_id = $1 AND id = $2", "isi",
			 f->tenant, f->id, f->pages);
}

/** The fax has its cover page: more pages, and a file of its own; it waits for its time now */
int fax_cover(struct db *db, const struct fax *f)
{
	return db_change(
		db,
		"UPDATE fax SET blob = $3, pages = $4, state = CASE WHEN state = "
		"'converting' THEN 'queued' ELSE state END WHERE tenant_id = $1 AND id = $2",
		"issi", f->tenant, f->id, f->blob, f->pages);
}

/**
 * It is dialled now: so much will each page cost that is confirmed from here on, until the next
 * dialling
 *
 * @param db     The writer's connection
 * @param tenant Whose
 * @param id     Fax
 * @param p      Price; unknown: the pages cost nothing. So do those in another currency than the
 *               earlier ones, as a sum has one
 *
 * @return 0, ENOENT
 */
int fax_price(struct db *db, int64_t tenant, const char *id, const struct price *p)
{
	return db_change(
		db,
		"UPDATE fax SET page_price = CASE WHEN currency IN ('', $4) THEN $3 ELSE 0 "
		"END, currency = CASE WHEN currency = '' THEN $4 ELSE currency END "
		"WHERE tenant_id = $1 AND id = $2",
		"isis", tenant, id, p->per_page, p->currency);
}

/** The far side has these pages, counted from the first of the document; never fewer than before.
 * Those that it did not have yet are charged, in the same statement */
int fax_confirm(struct db *db, int64_t tenant, const char *id, int64_t pages_sent)
{
	return db_change(db,
			 "UPDATE fax SET cost = cost + ($3 - pages_sent) * page_price, "
			 "pages_sent = $3 WHERE tenant_id = $1 AND id = $2 AND "
			 "pages_sent <= $3",
			 "isi", tenant, id, pages_sent);
}

/** Ends the try that a process left behind: it sent what was confirmed since. 0 or errno */
int fax_attempt_cut(struct db *db, const struct fax *f)
{
	bool ok = f->pages_sent >= f->pages;

	return db_exec(db,
		       "UPDATE fax_attempt SET ended_at = $3, pages = $4 - first_page, ok = $5, "
		       "reason = $6 WHERE tenant_id = $1 AND fax_id = $2 AND ended_at = 0",
		       "isiids", f->tenant, f->id, clock_wall_ms(), f->pages_sent, ok,
		       ok ? "" : "The system was restarted during the call");
}

/** A fax waits for something that comes by itself, such as a free line; not once it is taken back
 */
int fax_wait(struct db *db, int64_t tenant, const char *id, const char *reason)
{
	return db_exec(db,
		       "UPDATE fax SET reason = $3, due_at = 0 WHERE tenant_id = $1 AND id = $2 "
		       "AND state = 'queued'",
		       "iss", tenant, id, reason);
}

/** A try begins: the fax is being sent, behind the pages that are there */
int fax_attempt_begin(struct db *db, struct fax *f, struct fax_attempt *a)
{
	int err;

	f->state = FAX_SENDING;
	f->reason[0] = '\0';
	f->tries++;
	memset(a, 0, sizeof(*a));
	a->number = f->tries;
	a->started_at = clock_wall_ms();
	a->first_page = f->pages_sent;
	err = fax_change(db, f);
	err = err ? err : fax_attempt_cut(db, f);
	if (err)
		return err;
	return db_exec(db,
		       "INSERT INTO fax_attempt (tenant_id, fax_id, " ATTEMPT ") VALUES ($1, $2, "
		       "$3, $4, 0, $5, 0, 0, '', 0, 0, 0, '')",
		       "isiii", f->tenant, f->id, a->number, a->started_at, a->first_page);
}

/** A try has ended */
int fax_attempt_end(struct db *db, const struct fax *f, const struct fax_attempt *a)
{
	return db_change(db,
			 "UPDATE fax_attempt SET ended_at = $4, pages = $5, ok = $6, reason = $7, "
			 "rate = $8, ecm = $9, t38 = $10, ident = $11 "
			 "WHERE tenant_id = $1 AND fax_id = $2 AND number = $3",
			 "isiiidsidds", f->tenant, f->id, a->number, a->ended_at, a->pages, a->ok,
			 a->reason, a->rate, a->ecm, a->t38, a->ident);
}

/** A try that called nobody is as if it had not been begun */
int fax_attempt_undo(struct db *db, struct fax *f, const struct fax_attempt *a)
{
	int err;

	f->tries = a->number - 1;
	err = fax_change(db, f);
	return err ? err
		   : db_exec(db,
			     "DELETE FROM fax_attempt WHERE tenant_id = $1 AND fax_id = $2 AND "
			     "number = $3",
			     "isi", f->tenant, f->id, a->number);
}

static int attempt_h(const struct db_row *row, void *arg)
{
	const struct each *e = arg;
	struct fax_attempt a = {.number = db_int(row, 0),
				.started_at = db_int(row, 1),
				.ended_at = db_int(row, 2),
				.first_page = db_int(row, 3),
				.pages = db_int(row, 4),
				.ok = db_int(row, 5),
				.rate = db_int(row, 7),
				.ecm = db_int(row, 8),
				.t38 = db_int(row, 9)};

	db_copy(a.reason, sizeof(a.reason), row, 6);
	db_copy(a.ident, sizeof(a.ident), row, 10);
	return e->attempt_h(&a, e->arg);
}

/** Shows the tries of a fax, in order */
int fax_attempts(struct db *db, int64_t tenant, const char *id, fax_attempt_h *h, void *arg)
{
	struct each e = {.attempt_h = h, .arg = arg};

	return db_query(db, attempt_h, &e,
			"SELECT " ATTEMPT " FROM fax_attempt WHERE tenant_id = $1 AND fax_id = $2 "
			"ORDER BY number",
			"is", tenant, id);
}

static int counts_h(const struct db_row *row, void *arg)
{
	struct fax_counts *c = arg;

	c->sent = db_int(row, 0);
	c->failed = db_int(row, 1);
	c->received = db_int(row, 2);
	c->unread = db_int(row, 3);
	return 0;
}

/** Counts what Home shows: sent, failed and received ones since a time, and what nobody has read */
int fax_counts(struct fax_counts *c, struct db *db, int64_t tenant, const char *extension_id,
	       int64_t since)
{
	return db_find(db, counts_h, c,
		       "SELECT (SELECT count(*) FROM fax WHERE tenant_id = $1 AND "
		       "(extension_id = $2 OR $2 = '') AND state = 'sent' AND ended_at >= $3), "
		       "(SELECT count(*) FROM fax WHERE tenant_id = $1 AND "
		       "(extension_id = $2 OR $2 = '') AND state = 'failed' AND ended_at >= $3), "
		       "(SELECT count(*) FROM fax_received WHERE tenant_id = $1 AND "
		       "(extension_id = $2 OR $2 = '') AND state IN ('complete', 'incomplete', "
		       "'failed') AND "
		       "received_at >= $3), "
		       "(SELECT count(*) FROM fax_received WHERE tenant_id = $1 AND "
		       "(extension_id = $2 OR $2 = '') AND state IN ('complete', 'incomplete', "
		       "'failed') AND "
		       "read_at = 0)",
		       "isi", tenant, extension_id, since);
}
