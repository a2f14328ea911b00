/**
 * @file main.c  doc-convert: what people upload becomes a fax, what was received becomes a PDF
 *
 * One JSON request on the standard input, one JSON line on the standard output:
 * {"op":"fax","inputs":["a.pdf"],"out":"/folder","fine":true} -> {"ok":true,"pages":2,"seconds":58,
 * "pageSeconds":46}
 * {"op":"pdf","inputs":["got.tif"],"out":"got.pdf"} -> {"ok":true,"part":false}; refused:
 * {"ok":false,"reason": "locked","message":"...","input":0}.
 * {"op":"cover","template":"...","fields":{"to_number":"..."},
 * "logo":"x.png","inputs":["fax.tif"],"out":"/folder"} puts a cover before it. {"op":"mail",
 * "inputs":["message"],"out":"/folder"} takes an e-mail apart (letter.h). {"op":"report",
 * "inputs":["try1.tif"],"out":"report.pdf","report":{"title":"...","rows":[["To","+1..."],...],
 * "files":[{"title":"Try 1","sheets":0,"first":0,"confirmed":2}]}} tells how a fax was delivered.
 * {"op":"headed","inputs":["fax.tif"],"out":"call.tif","first":2,
 * "line":{"time":"...","name":"...","numbers":"..."}} is what goes in one call (headed.h), told
 * with its "sha256".
 * {"op":"join","inputs":["a.tif","b.tif"],"pieces":[[0,2],[1,3]],"out":"all.tif"} makes one file of
 * two pages of the first and three of the second. Documents are opened in confined children only
 * (child.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <jansson.h>
#include "convert.h"
#include "headed.h"
#include "letter.h"
#include "output.h"
#include "report.h"

enum { MOST_PAGES = 501, MOST_SECONDS = 300, MOST_MIB = 4096 };

static unsigned number(const json_t *o, const char *key, unsigned low, unsigned high,
		       unsigned otherwise)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n >= low && n <= high ? (unsigned)n : otherwise;
}

static enum bits_mode mode_of(const char *word)
{
	if (word && !strcmp(word, "text"))
		return BITS_TEXT;
	return word && !strcmp(word, "photo") ? BITS_PHOTO : BITS_AUTO;
}

static int request_read(struct convert *c, const json_t *o)
{
	const json_t *inputs = json_object_get(o, "inputs"), *one;
	size_t i;

	json_array_foreach(inputs, i, one)
	{
		if (i >= INPUTS || !json_is_string(one))
			return -1;
		c->inputs[c->count++] = json_string_value(one);
	}
	c->out = json_string_value(json_object_get(o, "out"));
	c->fine = !json_is_false(json_object_get(o, "fine"));
	c->mode = mode_of(json_string_value(json_object_get(o, "picture")));
	c->max_pages = number(o, "maxPages", 1, MOST_PAGES, 100);
	c->seconds = number(o, "seconds", 1, MOST_SECONDS, 30);
	c->memory_mib = number(o, "memory", 32, MOST_MIB, 256);
	c->bwrap = json_string_value(json_object_get(o, "bwrap"));
	if (!c->bwrap)
		c->bwrap = "/usr/bin/bwrap";
	return c->out ? 0 : -1;
}

static int cover_read(struct cover *c, const json_t *o)
{
	json_t *fields = json_object_get(o, "fields"), *value;
	const char *name;

	c->template = json_string_value(json_object_get(o, "template"));
	c->logo = json_string_value(json_object_get(o, "logo"));
	json_object_foreach(fields, name, value)
	{
		const char *text = json_string_value(value);

		if (c->count == COVER_FIELDS || !text || strlen(text) >= COVER_VALUE)
			return -1;
		c->fields[c->count++] = (struct cover_field){name, text};
	}
	return c->template && strlen(c->template) < COVER_TEMPLATE ? 0 : -1;
}

static int files_read(struct report *r, const struct convert *c, const json_t *files)
{
	for (unsigned i = 0; i < c->count; i++) {
		const json_t *o = json_array_get(files, i);
		struct report_file *f = &r->files[r->file_count++];

		f->path = c->inputs[i];
		f->title = json_string_value(json_object_get(o, "title"));
		f->sheets = number(o, "sheets", 0, 1, 0);
		f->first = number(o, "first", 0, REPORT_PAGES, 0);
		f->confirmed = number(o, "confirmed", 0, REPORT_PAGES, 0);
		if (!f->title)
			return -1;
	}
	return 0;
}

static int report_read(struct report *r, const json_t *o)
{
	const json_t *rows = json_object_get(o, "rows"), *row;
	size_t i;

	r->title = json_string_value(json_object_get(o, "title"));
	r->footer = json_string_value(json_object_get(o, "footer"));
	r->taken = json_string_value(json_object_get(o, "taken"));
	r->missing = json_string_value(json_object_get(o, "missing"));
	r->sheet = json_string_value(json_object_get(o, "sheet"));
	json_array_foreach(rows, i, row)
	{
		if (r->count == REPORT_ROWS)
			break;
		r->rows[r->count].label = json_string_value(json_array_get(row, 0));
		r->rows[r->count].value = json_string_value(json_array_get(row, 1));
		if (!r->rows[r->count++].label)
			return -1;
	}
	return r->title && r->footer && r->taken && r->missing && r->sheet ? 0 : -1;
}

static int headed_read(struct convert *c, const json_t *o)
{
	const json_t *line = json_object_get(o, "line");
	struct page_line *l = &c->line;

	c->first = number(o, "first", 0, MOST_PAGES, 0);
	l->time = json_string_value(json_object_get(line, "time"));
	l->name = json_string_value(json_object_get(line, "name"));
	l->numbers = json_string_value(json_object_get(line, "numbers"));
	c->lines = !json_is_false(json_object_get(o, "lines"));
	return c->count == 1 && l->time && l->name && l->numbers ? 0 : -1;
}

static int pieces_read(struct convert *c, const json_t *o)
{
	const json_t *pieces = json_object_get(o, "pieces");

	for (unsigned i = 0; i < c->count; i++) {
		const json_t *p = json_array_get(pieces, i);

		c->pieces[i].first = (unsigned)json_integer_value(json_array_get(p, 0));
		c->pieces[i].count = (unsigned)json_integer_value(json_array_get(p, 1));
		if (c->pieces[i].first > MOST_PAGES || c->pieces[i].count > MOST_PAGES)
			return -1;
	}
	return c->count && json_array_size(pieces) == c->count ? 0 : -1;
}

static void say(json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);

	printf("%s\n", text ? text : "{\"ok\":false}");
	free(text);
	json_decref(o);
}

static int run(const char *op, const struct convert *c)
{
	struct converted done = {0};
	enum refusal r;

	if (!strcmp(op, "fax"))
		r = convert_documents(&done, c);
	else if (!strcmp(op, "mail"))
		r = letter_open(&done, c);
	else if (!strcmp(op, "cover"))
		r = convert_cover(&done, c);
	else if (!strcmp(op, "headed"))
		r = headed_write(&done, c);
	else if (!strcmp(op, "join"))
		r = pieces_write(&done, c);
	else
		r = convert_received(&done, c);
	if (r)
		say(json_pack("{s:b,s:s,s:s,s:i}", "ok", 0, "reason", refusal_word(r), "message",
			      done.fault[0] ? done.fault : refusal_sentence(r), "input",
			      (int)done.input));
	else
		say(json_pack("{s:b,s:i,s:i,s:i,s:s,s:b}", "ok", 1, "pages", (int)done.pages,
			      "seconds", (int)done.seconds, "pageSeconds",
			      (int)done.seconds - OUTPUT_SETUP_SECONDS, "sha256", done.sha256,
			      "part", done.part));
	return r ? 1 : 0;
}

static int report(const struct convert *c, const json_t *o)
{
	static struct report r;

	if (!c->count || report_read(&r, o) || files_read(&r, c, json_object_get(o, "files")))
		return 2;
	if (report_write(&r, c->out)) {
		say(json_pack("{s:b,s:s,s:s}", "ok", 0, "reason", "system", "message", ""));
		return 1;
	}
	say(json_pack("{s:b}", "ok", 1));
	return 0;
}

static bool understood(const char *op, struct convert *c, const json_t *o)
{
	if (!strcmp(op, "cover"))
		return !cover_read(&c->cover, o);
	if (!strcmp(op, "headed"))
		return !headed_read(c, o);
	if (!strcmp(op, "join"))
		return !pieces_read(c, o);
	return c->count && (!strcmp(op, "fax") || !strcmp(op, "pdf") || !strcmp(op, "mail"));
}

int main(void)
{
	json_t *request = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, NULL);
	const char *op = json_string_value(json_object_get(request, "op"));
	struct convert c = {.count = 0};
	int rc = 2;

	(void)close_range(3, ~0U, 0); /* what else the parent had open */

	if (op && !strcmp(op, "report") && !request_read(&c, request))
		rc = report(&c, json_object_get(request, "report"));
	else if (op && !request_read(&c, request) && understood(op, &c, request))
		rc = run(op, &c);
	else
		fprintf(stderr, "op, inputs, out: needed\n");
	json_decref(request);
	return rc;
}
