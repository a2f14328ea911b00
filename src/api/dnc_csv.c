/**
 * @file dnc_csv.c  The do-not-contact list as a file, out and in
 *
 * Whoever brings a list in wants those numbers to be safe from faxes now: every good line is added,
 * and the others are told with the reason. A line that is there already is passed over, so that the
 * same file may be sent again once its bad lines are mended.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include "clock.h"
#include "csv_request.h"
#include "dnc.h"
#include "own.h"
#include "text.h"

enum { PIECE = 500, LINES = 2 * DNC_NUMBERS };

/* --- out ---------------------------------------------------------------------------------------
 */

static int export_row_h(const struct dnc *d, void *arg)
{
	char added[32];
	const char *cells[] = {d->number, d->note, added, d->added_by};

	csv_time(added, sizeof(added), d->created_at);
	return csv_export_row(arg, d->number, cells, COUNT(cells));
}

static int export_fn(struct db *db, void *obj)
{
	struct csv_export *x = obj;

	return dnc_list(db, who_of(x->rq)->tenant, NULL, x->after, CSV_EXPORT_ROWS, export_row_h,
			x);
}

/** GET /dnc.csv: the whole list */
void dnc_csv_get(struct request *rq, struct reply *rp)
{
	static const char *const head[] = {"number", "note", "added", "added by"};

	csv_export(rq, rp, "do-not-contact.csv", head, COUNT(head), export_fn);
}

/* --- in ----------------------------------------------------------------------------------------
 */

enum column { COLUMN_NUMBER, COLUMN_NOTE, COLUMN_ADDED, COLUMNS };

struct import {
	struct request *rq;
	struct csv_reader in;
	struct csv_line line;
	int at[COLUMNS]; /* which cell; -1: there is none */
	bool waits;	 /* the line is read but not dealt with */
	unsigned lines, added, known;
	int64_t count; /* of the list */
	struct csv_refused refused;
};

/* A first line that names its columns; without one they are number, note, day. */
static bool header(struct import *x)
{
	static const char *const names[COLUMNS] = {
		" number phone telephone fax phone_number fax_number ", " note reason comment ",
		" added date since "};

	return csv_named(x->at, &x->line, names, COLUMNS);
}

static const char *cell(const struct import *x, enum column c)
{
	return csv_at(&x->line, x->at[c]);
}

/* 2026-11-25, alone or with the time of dnc_csv_get(), in UTC */
static bool day_read(int64_t *at, const char *text)
{
	struct tm tm = {0};
	const char *end = strptime(text, "%Y-%m-%d", &tm);

	if (end && *end == 'T')
		end = strptime(end, "T%H:%M:%SZ", &tm);
	if (!end || *end || tm.tm_year < 70)
		return false;
	*at = (int64_t)timegm(&tm) * 1000;
	return *at <= clock_wall_ms();
}

static bool line_take(struct dnc *d, const struct import *x, struct field_errors *fe)
{
	const char *added = cell(x, COLUMN_ADDED);

	memset(d, 0, sizeof(*d));
	d->tenant = who_of(x->rq)->tenant;
	str_ncpy(d->added_by, who_of(x->rq)->user.name, sizeof(d->added_by));
	if (!csv_whole(fe, &x->line))
		return false;
	if (!text_printf(d->number, sizeof(d->number), "%s", cell(x, COLUMN_NUMBER)))
		field_error(fe, "number", "must be a number such as +12125550100");
	else if (!text_printf(d->note, sizeof(d->note), "%s", cell(x, COLUMN_NOTE)))
		field_error(fe, "note", "must have at most %zu characters", sizeof(d->note) - 1);
	else if (added[0] && !day_read(&d->created_at, added))
		field_error(fe, "added", "must be a day that was, such as 2026-11-25");
	return !fe->count;
}

static int line_bring(struct import *x, struct db *db)
{
	enum dnc_brought what = DNC_REFUSED;
	struct field_errors fe = {0};
	struct dnc d;
	int err = 0;

	if (line_take(&d, x, &fe))
		err = dnc_bring(&what, &fe, db, &d, who_of(x->rq)->row.country, &x->count);
	if (err)
		return err;
	if (what == DNC_ADDED)
		++x->added;
	else if (what == DNC_KNOWN)
		++x->known;
	else
		csv_refuse(&x->refused, x->line.line, "number", cell(x, COLUMN_NUMBER), &fe);
	return 0;
}

/* Some lines, so that others can write between them. */
static int piece_fn(struct db *db, void *obj)
{
	struct import *x = obj;
	unsigned before = x->added;
	char object[32];
	int err = dnc_count(&x->count, db, who_of(x->rq)->tenant);

	for (unsigned i = 0; i < PIECE && x->waits && !err; i++) {
		err = line_bring(x, db);
		x->waits = ++x->lines < LINES && csv_read(&x->line, &x->in);
	}
	text_printf(object, sizeof(object), "%u", x->added - before);
	if (!err && x->added > before)
		audit_note(db, x->rq, "dnc.import", "", object);
	return err;
}

static int import_run(struct import *x)
{
	int err = 0;

	x->waits = csv_read(&x->line, &x->in);
	if (x->waits && header(x))
		x->waits = csv_read(&x->line, &x->in);
	while (x->waits && !err)
		err = store_write_wait(api_of(x->rq)->conf.store, piece_fn, x);
	return err;
}

/** POST /dnc/import: the body is a CSV file; good lines are added, the others told */
void dnc_import_post(struct request *rq, struct reply *rp)
{
	struct import x = {.rq = rq, .at = {0, 1, 2}};
	int err;

	if (!csv_body(&x.in, rq, rp))
		return;
	x.refused.rows = json_array();
	err = import_run(&x);
	if (x.added)
		tell(who_of(rq)->tenant, NULL, "settings.changed",
		     json_pack("{s:s}", "what", "dnc"));
	if (err) {
		json_decref(x.refused.rows);
		answer_error(rp, err);
		return;
	}
	reply_json(rp, 200,
		   json_pack("{s:i, s:i, s:i, s:o}", "added", (int)x.added, "known", (int)x.known,
			     "refused", (int)x.refused.count, "rows", x.refused.rows));
}
