/**
 * @file csv_request.c  A list as a CSV file, out and in
 */
#include <errno.h>
#include <string.h>
#include "csv_request.h"
#include "text.h"

enum { TOLD = 500 };

/** Writes one row, whose key is where the next piece goes on; 0 or ENOMEM */
int csv_export_row(struct csv_export *x, const char *key, const char *const *cells, size_t n)
{
	str_ncpy(x->after, key, sizeof(x->after));
	++x->rows;
	return csv_row(x->mb, cells, n);
}

/**
 * Answers with a whole list, read in pieces so that nobody waits for it
 *
 * @param rq    Request
 * @param rp    Its reply
 * @param file  Name of the file
 * @param heads Names of the columns
 * @param n     How many
 * @param fn    Reads a piece into the struct csv_export that it is given
 */
void csv_export(struct request *rq, struct reply *rp, const char *file, const char *const *heads,
		size_t n, csv_export_fn *fn)
{
	struct csv_export x = {.rq = rq, .mb = mbuf_alloc(65536)};
	int err = x.mb ? mbuf_write_str(x.mb, CSV_BOM) : ENOMEM;

	if (!err)
		err = csv_row(x.mb, heads, n);
	do {
		x.rows = 0;
		if (!err)
			err = store_read(api_of(rq)->conf.store, fn, &x);
	} while (!err && x.rows == CSV_EXPORT_ROWS);
	if (err) {
		mem_deref(x.mb);
		answer_error(rp, err);
		return;
	}
	reply_header(rp, "Content-Disposition", "attachment; filename=\"%s\"", file);
	reply_text(rp, "text/csv; charset=utf-8", x.mb);
}

/** Opens the file that is the body; false: answered that it is no text */
bool csv_body(struct csv_reader *in, const struct request *rq, struct reply *rp)
{
	const char *text = (const char *)rq->file->buf;

	if (!text_utf8(text, rq->file->end) || memchr(text, '\0', rq->file->end)) {
		reply_field(rp, "file", "must be text in UTF-8: save it as \"CSV UTF-8\"");
		return false;
	}
	csv_open(in, text, rq->file->end);
	return true;
}

/** Whether a line could be read to its end; else says why not */
bool csv_whole(struct field_errors *fe, const struct csv_line *l)
{
	if (l->open)
		field_error(fe, "line", "has a quotation mark that is not closed");
	else if (l->cut)
		field_error(fe, "line", "is too long");
	return !l->open && !l->cut;
}

/** Counts a line that is not taken, and tells why, as long as there are not too many */
void csv_refuse(struct csv_refused *r, unsigned line, const char *column, const char *value,
		const struct field_errors *fe)
{
	json_t *o;

	if (r->count++ >= TOLD)
		return;
	o = json_object();
	put_int(o, "line", line);
	put_text(o, column, value);
	put_text(o, "field", fe->v[0].name);
	put_text(o, "reason", fe->v[0].text);
	json_array_append_new(r->rows, o);
}
