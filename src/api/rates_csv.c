/**
 * @file rates_csv.c  The rates of a plan as a file, out and in
 *
 * A price list that came in by half would be worse than none: when one line is wrong, nothing is
 * changed, and every wrong line is told with the reason.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "csv_request.h"
#include "own.h"
#include "rate.h"
#include "text.h"

/* In the order in which they are written; perMinute is how the API calls it */
#define COLUMNS_X                                                                                  \
	X(PREFIX, "prefix", "prefix", " prefix code destination_code ")                            \
	X(DESCRIPTION, "description", "description", " description destination name country ")     \
	X(PER_MINUTE, "per_minute", "perMinute", " per_minute rate price ")                        \
	X(CONNECT, "connect_fee", "connectFee", " connect_fee connect connection_fee ")            \
	X(MINIMUM, "minimum_seconds", "minimumSeconds", " minimum_seconds minimum ")               \
	X(INCREMENT, "increment_seconds", "incrementSeconds", " increment_seconds increment ")     \
	X(PER_PAGE, "per_page", "perPage", " per_page page fax_page ")

enum column {
#define X(id, head, field, names) COLUMN_##id,
	COLUMNS_X
#undef X
		COLUMNS
};

static const struct column_name {
	const char *head, *field;
} columns[] = {
#define X(id, head, field, names) {head, field},
	COLUMNS_X
#undef X
};

/* --- out ---------------------------------------------------------------------------------------
 */

static int export_row_h(const struct rate *r, void *arg)
{
	char minute[32], connect[32], page[32], minimum[24], increment[24];
	const char *cells[] = {r->prefix, r->description, minute, connect,
			       minimum,	  increment,	  page};

	money_print(minute, sizeof(minute), r->per_minute);
	money_print(connect, sizeof(connect), r->connect);
	money_print(page, sizeof(page), r->per_page);
	text_printf(minimum, sizeof(minimum), "%lld", (long long)r->minimum_s);
	text_printf(increment, sizeof(increment), "%lld", (long long)r->increment_s);
	return csv_export_row(arg, r->prefix, cells, COUNT(cells));
}

static int export_fn(struct db *db, void *obj)
{
	struct csv_export *x = obj;
	struct rate_plan p;
	int err = rate_plan_get(&p, db, 0, x->rq->ids[0]);

	return err ? err : rate_list(db, 0, p.id, NULL, x->after, CSV_EXPORT_ROWS, export_row_h, x);
}

/** GET /rate-plans/{id}/rates.csv: all of them */
void rates_csv_get(struct request *rq, struct reply *rp)
{
	const char *heads[COLUMNS];

	for (size_t i = 0; i < COLUMNS; i++)
		heads[i] = columns[i].head;
	csv_export(rq, rp, "rates.csv", heads, COLUMNS, export_fn);
}

/* --- in ----------------------------------------------------------------------------------------
 */

struct import {
	struct request *rq;
	const char *plan;
	bool replace;
	struct csv_reader in;
	struct csv_line line;
	int at[COLUMNS]; /* which cell; -1: there is none */
	struct rate *v;	 /* the good lines */
	unsigned *lines; /* where each of them stands in the file */
	unsigned count;
	struct csv_refused refused;
	unsigned brought[RATE_KNOWN + 1];
	bool full; /* the plan would have too many */
};

static void import_drop(struct import *x)
{
	mem_deref(x->v);
	mem_deref(x->lines);
	json_decref(x->refused.rows);
}

/* A first line that names its columns; without one they stand as they are written. */
static bool header(struct import *x)
{
	static const char *const names[] = {
#define X(id, head, field, names) names,
		COLUMNS_X
#undef X
	};

	return csv_named(x->at, &x->line, names, COLUMNS);
}

static const char *cell(const struct import *x, enum column c)
{
	return csv_at(&x->line, x->at[c]);
}

/* An empty cell is nothing: no fee, no minimum. Where cells end by another mark, a comma is what
 * many countries write for the point. */
static void money_take(money_t *m, const struct import *x, enum column c, struct field_errors *fe)
{
	char text[32], *comma;
	bool fits = text_printf(text, sizeof(text), "%s", cell(x, c));

	comma = fits ? strchr(text, ',') : NULL;
	if (comma)
		*comma = '.';
	if (!fits || (text[0] && money_parse(m, text)))
		field_error(fe, columns[c].field, "must be an amount such as 0.0125");
}

static void seconds_take(int64_t *s, const struct import *x, enum column c, struct field_errors *fe)
{
	const char *text = cell(x, c);

	if (strlen(text) > 4 || strspn(text, "0123456789") != strlen(text))
		field_error(fe, columns[c].field, "must be between 0 and %d", RATE_SECONDS_MAX);
	else if (text[0])
		*s = atoi(text);
}

static void rate_take(struct rate *r, const struct import *x, struct field_errors *fe)
{
	memset(r, 0, sizeof(*r));
	r->increment_s = 1;
	str_ncpy(r->plan_id, x->plan, sizeof(r->plan_id));
	if (!rate_prefix_read(r->prefix, cell(x, COLUMN_PREFIX)))
		field_error(fe, "prefix", "must be the first digits of a number, such as 44");
	if (!text_printf(r->description, sizeof(r->description), "%s", cell(x, COLUMN_DESCRIPTION)))
		field_error(fe, "description", "must have at most %zu characters",
			    sizeof(r->description) - 1);
	money_take(&r->per_minute, x, COLUMN_PER_MINUTE, fe);
	money_take(&r->connect, x, COLUMN_CONNECT, fe);
	money_take(&r->per_page, x, COLUMN_PER_PAGE, fe);
	seconds_take(&r->minimum_s, x, COLUMN_MINIMUM, fe);
	seconds_take(&r->increment_s, x, COLUMN_INCREMENT, fe);
	if (!fe->count)
		rate_fields_check(fe, r);
}

static void line_read(struct import *x)
{
	struct field_errors fe = {0};

	if (csv_whole(&fe, &x->line) && x->count == RATES_MAX)
		field_error(&fe, "line", "is one too many: a plan has at most %d rates", RATES_MAX);
	if (!fe.count)
		rate_take(&x->v[x->count], x, &fe);
	if (fe.count)
		csv_refuse(&x->refused, x->line.line, "prefix", cell(x, COLUMN_PREFIX), &fe);
	else
		x->lines[x->count++] = x->line.line;
}

static int by_prefix(const void *a, const void *b)
{
	const struct rate *x = *(const struct rate *const *)a, *y = *(const struct rate *const *)b;
	int order = strcmp(x->prefix, y->prefix);

	return order ? order : (x > y) - (x < y);
}

/* Two lines for the same numbers: which of them was meant is for the sender to say. */
static int twice_find(struct import *x)
{
	const struct rate **v = mem_zalloc((x->count + 1) * sizeof(*v), NULL);

	if (!v)
		return ENOMEM;
	for (unsigned i = 0; i < x->count; i++)
		v[i] = &x->v[i];
	qsort(v, x->count, sizeof(*v), by_prefix);
	for (unsigned i = 1; i < x->count; i++) {
		struct field_errors fe = {0};

		if (strcmp(v[i - 1]->prefix, v[i]->prefix))
			continue;
		field_error(&fe, "prefix", "stands in line %u already", x->lines[v[i - 1] - x->v]);
		csv_refuse(&x->refused, x->lines[v[i] - x->v], "prefix", v[i]->prefix, &fe);
	}
	mem_deref(v);
	return 0;
}

static int file_read(struct import *x)
{
	bool more = csv_read(&x->line, &x->in);

	x->v = mem_zalloc((RATES_MAX + 1) * sizeof(*x->v), NULL);
	x->lines = mem_zalloc((RATES_MAX + 1) * sizeof(*x->lines), NULL);
	if (!x->v || !x->lines)
		return ENOMEM;
	if (more && header(x))
		more = csv_read(&x->line, &x->in);
	while (more) {
		line_read(x);
		more = csv_read(&x->line, &x->in);
	}
	return twice_find(x);
}

static int bring_fn(struct db *db, void *obj)
{
	struct import *x = obj;
	struct rate_plan p;
	int64_t rates = 0, tenants;
	int err = rate_plan_get(&p, db, 0, x->plan);

	memset(x->brought, 0, sizeof(x->brought));
	if (!err && x->replace)
		err = rate_remove_all(db, 0, x->plan);
	for (unsigned i = 0; i < x->count && !err; i++) {
		enum rate_brought what;

		err = rate_bring(&what, db, &x->v[i]);
		x->brought[err ? RATE_KNOWN : what] += !err;
	}
	if (!err)
		err = rate_plan_counts(db, &p, &rates, &tenants);
	x->full = rates > RATES_MAX;
	if (!err && !x->full)
		audit_as(db, x->rq, 0, &who_of(x->rq)->user, "rate.import", p.id, p.name);
	return !err && x->full ? EINVAL : err;
}

static void brought_answer(struct import *x, struct reply *rp)
{
	reply_json(rp, 200,
		   json_pack("{s:i, s:i, s:i, s:i, s:O}", "added", (int)x->brought[RATE_ADDED],
			     "changed", (int)x->brought[RATE_CHANGED], "known",
			     (int)x->brought[RATE_KNOWN], "refused", (int)x->refused.count, "rows",
			     x->refused.rows));
}

static void import(struct import *x, struct reply *rp)
{
	int err = file_read(x);

	if (!err && x->refused.count) {
		brought_answer(x, rp);
		return;
	}
	if (!err)
		err = store_write_wait(api_of(x->rq)->conf.store, bring_fn, x);
	if (x->full) {
		reply_field(rp, "file", "would make it more than %d rates", RATES_MAX);
	} else if (err) {
		answer_error(rp, err);
	} else {
		tenant_changed(x->rq, 0);
		tell(0, NULL, "settings.changed", json_pack("{s:s}", "what", "rate"));
		brought_answer(x, rp);
	}
}

/** POST /rate-plans/{id}/rates: the body is a CSV file; with `?replace=1` the plan has its rates
 * only, afterwards */
void rates_import_post(struct request *rq, struct reply *rp)
{
	struct import x = {.rq = rq, .plan = rq->ids[0]};
	const char *replace = request_query(rq, "replace");

	if (!csv_body(&x.in, rq, rp))
		return;
	for (int c = 0; c < COLUMNS; c++)
		x.at[c] = c;
	x.replace = replace && !strcmp(replace, "1");
	x.refused.rows = json_array();
	import(&x, rp);
	import_drop(&x);
}
