/**
 * @file calls_csv.c  Call history for a spreadsheet
 */
#include <errno.h>
#include <inttypes.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "calls.h"
#include "csv.h"
#include "own.h"
#include "text.h"

enum { ROWS = 100000, LOOK = 100 };

struct csv {
	struct request *rq;
	struct db *db;
	struct cdr_filter filter;
	struct cdr_cursor next;
	struct mbuf *mb; /* what is not in the file yet */
	int fd;
	int64_t size;
	unsigned rows;
	bool none; /* nobody's calls */
};

/** What the line of one party says, for whoever looks for a fault */
struct line {
	char lost[24], jitter[24], mos[24];
};

static void line_print(struct line *t, const struct cdr_leg *l)
{
	memset(t, 0, sizeof(*t));
	if (!l->packets_in && !l->packets_out)
		return;
	text_printf(t->lost, sizeof(t->lost), "%" PRId64, l->lost);
	text_printf(t->jitter, sizeof(t->jitter), "%.1f", (double)l->jitter_us / 1000);
	if (l->mos_milli)
		text_printf(t->mos, sizeof(t->mos), "%.2f", (double)l->mos_milli / 1000);
}

static int call_row_h(const struct cdr *c, void *arg)
{
	struct csv *x = arg;
	char started[32], duration[24], billed[24], cost[32] = "", code[12], summary[CDR_TEXT] = "";
	struct cdr_leg ends[2];
	struct line from, to;
	const char *cells[] = {c->id,
			       started,
			       cdr_dir_name(c->dir),
			       cdr_type_name(c->type),
			       c->from.number,
			       c->from.name,
			       c->to.number,
			       c->to.name,
			       cdr_result_name(c->result),
			       c->answered_by.name,
			       duration,
			       billed,
			       cost,
			       c->currency,
			       cause_text(c->cause),
			       cause_name(c->cause),
			       code,
			       ends[0].codec,
			       ends[0].call_id,
			       from.lost,
			       from.jitter,
			       from.mos,
			       ends[1].codec,
			       ends[1].call_id,
			       to.lost,
			       to.jitter,
			       to.mos,
			       summary,
			       c->note,
			       cdr_rating_name(c->rating)};
	int err = cdr_ends(ends, x->db, c);

	if (err)
		return err;
	line_print(&from, &ends[0]);
	line_print(&to, &ends[1]);
	csv_time(started, sizeof(started), c->started_at);
	text_printf(duration, sizeof(duration), "%" PRId64, c->duration_ms / 1000);
	text_printf(billed, sizeof(billed), "%" PRId64, c->billed_ms / 1000);
	if (c->currency[0])
		money_print(cost, sizeof(cost), c->cost);
	text_printf(code, sizeof(code), "%d", (int)cause_q850(c->cause));
	cdr_summary(summary, sizeof(summary), c);
	++x->rows;
	return csv_row(x->mb, cells, COUNT(cells));
}

static int list_fn(struct db *db, void *obj)
{
	struct csv *x = obj;

	x->db = db;
	return cdr_list(&x->next, db, &x->filter, call_row_h, x);
}

/* However many there are, they wait in a file and not in memory. */
static int spill(struct csv *x)
{
	for (size_t at = 0; at < x->mb->end;) {
		ssize_t n = write(x->fd, x->mb->buf + at, x->mb->end - at);

		if (n < 0 && errno != EINTR)
			return errno;
		at += n > 0 ? (size_t)n : 0;
	}
	x->size += (int64_t)x->mb->end;
	mbuf_rewind(x->mb);
	return 0;
}

static int csv_fill(struct csv *x)
{
	static const char *const head[] = {"id",
					   "started",
					   "direction",
					   "type",
					   "from",
					   "from name",
					   "to",
					   "to name",
					   "result",
					   "answered by",
					   "seconds",
					   "billed seconds",
					   "cost",
					   "currency",
					   "cause",
					   "cause code",
					   "Q.850",
					   "caller codec",
					   "caller Call-ID",
					   "caller lost",
					   "caller jitter ms",
					   "caller MOS",
					   "called codec",
					   "called Call-ID",
					   "called lost",
					   "called jitter ms",
					   "called MOS",
					   "summary",
					   "note",
					   "rating"};
	int err = mbuf_write_str(x->mb, CSV_BOM);

	if (!err)
		err = csv_row(x->mb, head, COUNT(head));
	if (x->none || err)
		return err ? err : spill(x);
	x->filter.limit = LOOK;
	do {
		x->next.more = false;
		err = store_read(api_of(x->rq)->conf.store, list_fn, x);
		err = err ? err : spill(x);
		x->filter.before_at = x->next.at;
		memcpy(x->filter.before_id, x->next.id, sizeof(x->filter.before_id));
	} while (!err && x->next.more && x->rows < ROWS);
	return err;
}

/** GET /calls.csv: the newest 100,000 of what the filters ask for */
void calls_csv_get(struct request *rq, struct reply *rp)
{
	AUTO struct mbuf *mb = mbuf_alloc(65536);
	struct csv x = {.rq = rq, .mb = mb};
	int err = mb ? 0 : ENOMEM;

	if (!calls_filter(&x.filter, &x.none, rq, rp))
		return;
	x.fd = open(api_of(rq)->conf.fax_folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (!err)
		err = x.fd < 0 ? errno : csv_fill(&x);
	if (!err && lseek(x.fd, 0, SEEK_SET))
		err = errno;
	if (err) {
		if (x.fd >= 0)
			close(x.fd);
		answer_error(rp, err);
		return;
	}
	reply_header(rp, "Content-Disposition", "attachment; filename=\"calls.csv\"");
	reply_file(rp, "text/csv; charset=utf-8", x.fd, x.size);
}
