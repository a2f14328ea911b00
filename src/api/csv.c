/**
 * @file csv.c  Call history as CSV (RFC 4180), for spreadsheets
 *
 * UTF-8 with a byte order mark, ISO times, and no cell that a spreadsheet would take for a formula:
 * what a caller names himself must not run on the reader's machine.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include "calls.h"
#include "csv.h"
#include "own.h"
#include "text.h"

enum { ROWS = 10000, LOOK = 100 };

/**
 * Writes one cell
 *
 * @param mb   Result
 * @param text Value; the first characters = + - @ tab and return get an apostrophe before them
 *
 * @return 0 or ENOMEM
 */
int csv_cell(struct mbuf *mb, const char *text)
{
	int err = mbuf_write_u8(mb, '"');

	if (!err && text[0] && strchr("=+-@\t\r\n", text[0]))
		err = mbuf_write_u8(mb, '\'');
	for (; !err && *text; text++) {
		if (*text == '"')
			err = mbuf_write_u8(mb, '"');
		if (!err)
			err = mbuf_write_u8(mb, (uint8_t)*text);
	}
	return err ? err : mbuf_write_u8(mb, '"');
}

static int row(struct mbuf *mb, const char *const *cells, size_t n)
{
	int err = 0;

	for (size_t i = 0; !err && i < n; i++) {
		if (i)
			err = mbuf_write_u8(mb, ',');
		if (!err)
			err = csv_cell(mb, cells[i]);
	}
	return err ? err : mbuf_write_str(mb, "\r\n");
}

static void iso(char *text, size_t size, int64_t at)
{
	time_t t = (time_t)(at / 1000);
	struct tm tm;

	text[0] = '\0';
	if (at && gmtime_r(&t, &tm))
		strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

struct csv {
	struct request *rq;
	struct cdr_filter filter;
	struct cdr_cursor next;
	struct mbuf *mb;
	unsigned rows;
	bool none; /* nobody's calls */
};

static int call_row_h(const struct cdr *c, void *arg)
{
	struct csv *x = arg;
	char started[32], duration[24], billed[24], code[12], summary[CDR_TEXT] = "";
	const char *cells[] = {c->id,
			       started,
			       cdr_dir_name(c->dir),
			       c->from.number,
			       c->from.name,
			       c->to.number,
			       c->to.name,
			       cdr_result_name(c->result),
			       c->answered_by.name,
			       duration,
			       billed,
			       cause_text(c->cause),
			       code,
			       summary};

	iso(started, sizeof(started), c->started_at);
	text_printf(duration, sizeof(duration), "%" PRId64, c->duration_ms / 1000);
	text_printf(billed, sizeof(billed), "%" PRId64, c->billed_ms / 1000);
	text_printf(code, sizeof(code), "%d", (int)cause_q850(c->cause));
	cdr_summary(summary, sizeof(summary), c);
	++x->rows;
	return row(x->mb, cells, COUNT(cells));
}

static int list_fn(struct db *db, void *obj)
{
	struct csv *x = obj;

	return cdr_list(&x->next, db, &x->filter, call_row_h, x);
}

static int csv_fill(struct csv *x)
{
	static const char *const head[] = {"id",	  "started", "direction",      "from",
					   "from name",	  "to",	     "to name",	       "result",
					   "answered by", "seconds", "billed seconds", "cause",
					   "cause code",  "summary"};
	int err = mbuf_write_str(x->mb, "\xef\xbb\xbf");

	if (!err)
		err = row(x->mb, head, COUNT(head));
	if (x->none)
		return err;
	x->filter.limit = LOOK;
	do {
		x->next.more = false;
		if (!err)
			err = store_read(api_of(x->rq)->conf.store, list_fn, x);
		x->filter.before_at = x->next.at;
		memcpy(x->filter.before_id, x->next.id, sizeof(x->filter.before_id));
	} while (!err && x->next.more && x->rows < ROWS);
	return err;
}

/** GET /calls.csv: the newest 10,000 of what the filters ask for */
void calls_csv_get(struct request *rq, struct reply *rp)
{
	struct csv x = {.rq = rq};
	int err;

	if (!calls_filter(&x.filter, &x.none, rq, rp))
		return;
	x.mb = mbuf_alloc(65536);
	err = x.mb ? 0 : ENOMEM;
	if (!err)
		err = csv_fill(&x);
	if (err) {
		mem_deref(x.mb);
		answer_error(rp, err);
		return;
	}
	reply_header(rp, "Content-Disposition", "attachment; filename=\"calls.csv\"");
	reply_text(rp, "text/csv; charset=utf-8", x.mb);
}
