/**
 * @file fax_report.c  The delivery report of a fax, as PDF: what was sent to whom, and what the far
 * side said
 */
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "clock.h"
#include "doc.h"
#include "fax.h"
#include "fax_document.h"
#include "faxes.h"
#include "own.h"
#include "text.h"
#include "zone.h"

enum { CELL = 256, PIECE = 65536 };

struct report_work {
	struct request *rq;
	struct fax f;
	struct fax_document d;
	struct fax_parts parts;
	struct fax_papers papers;
	char zone[MODEL_WORD];
	json_t *rows, *files;
};

static const char *const results[] = {
	[FAX_QUEUED] = "Not sent yet",	   [FAX_SENDING] = "Being sent",
	[FAX_SENT] = "Delivered",	   [FAX_FAILED] = "Not delivered",
	[FAX_CANCELLED] = "Cancelled",	   [FAX_CANCELLING] = "Being cancelled",
	[FAX_CONVERTING] = "Not sent yet",
};

/* A row without a value is a heading. */
static void row(struct report_work *x, const char *label, const char *value)
{
	json_t *cells = json_array();

	json_array_append_new(cells, json_string(label));
	if (value)
		json_array_append_new(cells, json_string(value));
	json_array_append_new(x->rows, cells);
}

static void row_time(struct report_work *x, const char *label, int64_t at)
{
	char local[64], utc[64], text[CELL];

	if (!at)
		return;
	zone_text(local, sizeof(local), x->zone, at);
	zone_text(utc, sizeof(utc), "UTC", at);
	text_printf(text, sizeof(text), "%s %s (%s UTC)", local, x->zone, utc);
	row(x, label, text);
}

static int attempt_h(const struct fax_attempt *a, void *arg)
{
	struct report_work *x = arg;
	char text[CELL];

	text_printf(text, sizeof(text), "Try %" PRId64, a->number);
	row(x, text, NULL);
	row_time(x, "Began", a->started_at);
	row_time(x, "Ended", a->ended_at);
	row(x, "Result", a->ok ? "Delivered" : a->reason[0] ? a->reason : "Not delivered");
	if (a->pages)
		text_printf(text, sizeof(text), "%" PRId64 " from page %" PRId64, a->pages,
			    a->first_page + 1);
	else
		text_printf(text, sizeof(text), "none");
	row(x, "Pages confirmed", text);
	if (a->ident[0])
		row(x, "Receiving station", a->ident);
	if (!a->rate)
		return 0;
	text_printf(text, sizeof(text), "%s, %" PRId64 " bit/s, %s",
		    a->t38 ? "T.38" : "sound (G.711)", a->rate,
		    a->ecm ? "error correction (ECM)" : "no error correction");
	row(x, "Line", text);
	return 0;
}

static void head(struct report_work *x)
{
	const struct fax *f = &x->f;
	char text[CELL];

	row(x, "Result", results[f->state]);
	if (f->reason[0] && f->state != FAX_SENT)
		row(x, "Reason", f->reason);
	text_printf(text, sizeof(text), "%" PRId64 " of %" PRId64, f->pages_sent, f->pages);
	row(x, "Pages confirmed", text);
	if (f->currency[0]) {
		char cost[32];

		money_print(cost, sizeof(cost), f->cost);
		text_printf(text, sizeof(text), "%s %s", f->currency, cost);
		row(x, "Cost", text);
	}
	text_printf(text, sizeof(text), "%s%s%s", f->to, f->to_name[0] ? ", " : "", f->to_name);
	row(x, "To", text);
	text_printf(text, sizeof(text), "%s, %s", f->from, who_of(x->rq)->row.name);
	row(x, "From", text);
	if (f->subject[0])
		row(x, "Subject", f->subject);
	row(x, "Document", x->d.name);
	row_time(x, "Handed over", f->created_at);
	row_time(x, "Ended", f->ended_at);
	text_printf(text, sizeof(text), "%" PRId64 " of at most %" PRId64, f->tries, f->tries_max);
	row(x, "Tries", text);
}

static int read_fn(struct db *db, void *obj)
{
	struct report_work *x = obj;
	int err = fax_and_document(&x->f, &x->d, db, x->rq);

	if (!err)
		err = fax_parts_get(&x->parts, db, x->f.tenant, x->d.id);
	if (err)
		return err;
	head(x);
	err = fax_papers_read(&x->papers, db, &x->f);
	return err ? err : fax_attempts(db, x->f.tenant, x->f.id, attempt_h, x);
}

/* SHA-256 of a file, in hex; "" when it is not there */
static void checksum(char hex[2 * crypto_hash_sha256_BYTES + 1], const char *path)
{
	unsigned char sum[crypto_hash_sha256_BYTES], piece[PIECE];
	crypto_hash_sha256_state st;
	FILE *f = fopen(path, "rbe");
	size_t n;

	hex[0] = '\0';
	if (!f)
		return;
	crypto_hash_sha256_init(&st);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		crypto_hash_sha256_update(&st, piece, n);
	fclose(f);
	crypto_hash_sha256_final(&st, sum);
	text_hex(hex, (const char *)sum, sizeof(sum));
}

/* The files that went over the line, or what is still to go; their sums as they were drawn */
static void sent_rows(struct report_work *x)
{
	char title[CELL];

	x->files = json_array();
	for (unsigned i = 0; i < x->papers.count; i++) {
		const struct fax_sent *s = &x->papers.v[i];

		text_printf(title, sizeof(title), "SHA-256, TIFF of try %" PRId64, s->number);
		row(x, title, s->sha256);
		text_printf(title, sizeof(title), "As sent in try %" PRId64, s->number);
		json_array_append_new(x->files,
				      json_pack("{s:s,s:I,s:I,s:I}", "title", title, "sheets",
						(json_int_t)s->sheets, "first",
						(json_int_t)s->first_page, "confirmed",
						(json_int_t)(s->first_page + s->confirmed)));
	}
	if (!x->papers.count)
		json_array_append_new(x->files,
				      json_pack("{s:s,s:i,s:i,s:I}", "title",
						x->f.pages_sent
							? "The pages, without their lines"
							: "The pages, which no machine was sent",
						"sheets", 0, "first", 0, "confirmed",
						(json_int_t)x->f.pages_sent));
}

static void proof(struct report_work *x)
{
	const struct api_conf *conf = &api_of(x->rq)->conf;
	char hex[2 * crypto_hash_sha256_BYTES + 1], path[BLOB_PATH], label[CELL];

	row(x, "Proof", NULL);
	row(x, "Fax", x->f.id);
	sent_rows(x);
	for (unsigned i = 0; i < x->parts.count; i++) {
		blob_path(path, conf->blobs, x->parts.v[i].source);
		checksum(hex, path);
		text_printf(label, sizeof(label), "SHA-256 of %.20s",
			    x->parts.count > 1 ? x->parts.v[i].name : "the document");
		row(x, label, hex[0] ? hex : "no longer kept");
	}
	row(x, "What confirmed means",
	    "The receiving station acknowledged the page (MCF, ITU-T Recommendation T.30). It says "
	    "that the "
	    "machine has taken the page, not that somebody has read it.");
}

static char *report_text(struct report_work *x)
{
	char footer[CELL], now[64];
	json_t *o = json_object();
	char *text;

	zone_text(now, sizeof(now), x->zone, clock_wall_ms());
	text_printf(footer, sizeof(footer), "%s - fax %s - made %s", who_of(x->rq)->row.name,
		    x->f.id, now);
	put_text(o, "title", "Fax delivery report");
	put_text(o, "footer", footer);
	put_text(o, "taken", "confirmed");
	put_text(o, "missing", "not confirmed");
	put_text(o, "sheet", "continuation sheet");
	json_object_set(o, "rows", x->rows);
	json_object_set_new(o, "files", x->files);
	text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	return text;
}

static int make(struct mbuf **pdf, struct report_work *x)
{
	const struct api_conf *conf = &api_of(x->rq)->conf;
	char paths[DOC_PATHS][BLOB_PATH], out[BLOB_PATH], *text;
	struct doc_request r = {.op = "report", .out = out};
	struct doc_result result;
	int err;

	if (!x->f.blob[0] && !x->d.blob[0])
		return ENODATA;
	for (; r.count < x->papers.count; r.count++) {
		blob_path(paths[r.count], conf->blobs, x->papers.v[r.count].blob);
		r.inputs[r.count] = paths[r.count];
	}
	if (!r.count) {
		blob_path(paths[0], conf->blobs, x->f.blob[0] ? x->f.blob : x->d.blob);
		r.inputs[r.count++] = paths[0];
	}
	text_printf(out, sizeof(out), "%s/%s.report", conf->fax_folder, id_new().s);
	proof(x);
	text = report_text(x);
	r.report = text;
	err = text ? doc_run(&result, conf->doc_convert, &r) : ENOMEM;
	free(text);
	if (!err && !result.ok)
		err = EIO;
	if (!err) {
		*pdf = file_read(out);
		err = *pdf ? 0 : EIO;
	}
	(void)unlink(out);
	return err;
}

/** GET /faxes/{id}/report: PDF */
void fax_report_get(struct request *rq, struct reply *rp)
{
	AUTO struct report_work *x = mem_zalloc(sizeof(*x), NULL);
	const struct who *w = who_of(rq);
	struct mbuf *pdf = NULL;
	int err;

	if (!x) {
		answer_error(rp, ENOMEM);
		return;
	}
	x->rq = rq;
	x->rows = json_array();
	text_printf(x->zone, sizeof(x->zone), "%s",
		    w->user.timezone[0] ? w->user.timezone : w->row.timezone);
	err = store_read(api_of(rq)->conf.store, read_fn, x);
	if (!err)
		err = make(&pdf, x);
	json_decref(x->rows);
	if (err == ENODATA) {
		reply_problem(rp, 409,
			      "The document is not ready yet: there is nothing to report.");
	} else if (err) {
		answer_error(rp, err);
	} else {
		reply_text(rp, "application/pdf", pdf);
		reply_header(rp, "Content-Disposition", "%s; filename=\"fax-report-%.8s.pdf\"",
			     request_query(rq, "download") ? "attachment" : "inline", x->f.id);
	}
}
