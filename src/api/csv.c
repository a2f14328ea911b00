/**
 * @file csv.c  CSV (RFC 4180), written for spreadsheets and read from them
 *
 * Written: UTF-8 with a byte order mark, ISO times, and no cell that a spreadsheet would take for a
 * formula: what a caller names himself must not run on the reader's machine. Read: with commas,
 * semicolons or tabs, whichever the first line has.
 */
#include <string.h>
#include <time.h>
#include "csv.h"
#include "own.h"
#include "text.h"

#define FORMULA "=+-@\t\r\n"

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

	if (!err && text[0] && strchr(FORMULA, text[0]))
		err = mbuf_write_u8(mb, '\'');
	for (; !err && *text; text++) {
		if (*text == '"')
			err = mbuf_write_u8(mb, '"');
		if (!err)
			err = mbuf_write_u8(mb, (uint8_t)*text);
	}
	return err ? err : mbuf_write_u8(mb, '"');
}

/**
 * Writes one line
 *
 * @param mb    Result
 * @param cells Its values
 * @param n     How many
 *
 * @return 0 or ENOMEM
 */
int csv_row(struct mbuf *mb, const char *const *cells, size_t n)
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

/** Prints a time, ms since 1970, as CSV has it: 2026-11-25T09:12:33Z; "" for 0 */
void csv_time(char *text, size_t size, int64_t at)
{
	time_t t = (time_t)(at / 1000);
	struct tm tm;

	text[0] = '\0';
	if (at && gmtime_r(&t, &tm))
		strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/** Begins to read a file of that many bytes, which stays while it is read */
void csv_open(struct csv_reader *in, const char *text, size_t size)
{
	static const char separators[] = ",;\t";
	const char *end;

	*in = (struct csv_reader){.p = text, .end = text + size, .line = 1, .separator = ','};
	if (size >= 3 && !memcmp(text, CSV_BOM, 3))
		in->p += 3;
	end = memchr(in->p, '\n', (size_t)(in->end - in->p));
	for (const char *p = in->p; p < (end ? end : in->end); p++) {
		if (*p && strchr(separators, *p)) {
			in->separator = *p;
			return;
		}
	}
}

/* Blanks around a value are nobody's, and an apostrophe before what looks like a formula is ours.
 */
static void cell_close(struct csv_line *l, size_t n)
{
	char *cell = l->cell[l->count];

	while (n && (cell[n - 1] == ' ' || cell[n - 1] == '\t'))
		--n;
	cell[n] = '\0';
	n = strspn(cell, " \t");
	if (cell[n] == '\'' && cell[n + 1] && strchr(FORMULA, cell[n + 1]))
		++n;
	memmove(cell, cell + n, strlen(cell + n) + 1);
	++l->count;
}

struct cell {
	size_t n;
	bool quoted;
};

/* One octet of a line; false after its last one. */
static bool octet(struct csv_line *l, struct cell *c, struct csv_reader *in)
{
	char ch = *in->p++;

	if (ch == '"' && c->quoted && in->p < in->end && *in->p == '"') {
		++in->p;
	} else if (ch == '"' && (c->quoted || !c->n)) {
		c->quoted = !c->quoted;
		return true;
	} else if (!c->quoted && (ch == in->separator || ch == '\n')) {
		if (l->count < CSV_CELLS)
			cell_close(l, c->n);
		c->n = 0;
		return ch != '\n';
	}
	if (ch == '\n')
		++in->line;
	if (ch == '\r' && !c->quoted)
		return true;
	if (c->n + 1 < CSV_CELL && l->count < CSV_CELLS)
		l->cell[l->count][c->n++] = ch;
	else
		l->cut = true;
	return true;
}

static bool line_read(struct csv_line *l, struct csv_reader *in)
{
	const char *begin = in->p, *end;
	struct cell c = {0};
	bool more = true;

	memset(l, 0, sizeof(*l));
	l->line = in->line;
	while (more && in->p < in->end)
		more = octet(l, &c, in);
	if (c.quoted) { /* only this line is damaged, what stands behind it is not */
		l->open = true;
		end = memchr(begin, '\n', (size_t)(in->end - begin));
		in->p = end ? end + 1 : in->end;
		in->line = l->line;
	} else if (more && l->count < CSV_CELLS) {
		cell_close(l, c.n);
	}
	++in->line;
	return in->p > begin;
}

/**
 * Reads the next line that is not empty
 *
 * @param l  The line; of more than CSV_CELLS cells the first ones
 * @param in File
 *
 * @return False at the end
 */
bool csv_read(struct csv_line *l, struct csv_reader *in)
{
	while (in->p < in->end && line_read(l, in)) {
		if (l->open)
			return true;
		for (unsigned i = 0; i < l->count; i++) {
			if (l->cell[i][0])
				return true;
		}
	}
	return false;
}

/**
 * Reads a first line that names its columns
 *
 * @param at      Filled in, when the first column is among them: which cell is which column, -1 for
 *                none
 * @param l       Line
 * @param names   Of each column, the names it may have, in lower case, each between blanks
 * @param columns How many
 *
 * @return false for a line that does not name the first column
 */
bool csv_named(int *at, const struct csv_line *l, const char *const *names, size_t columns)
{
	int found[CSV_CELLS];

	CHECK(columns <= CSV_CELLS);
	for (size_t c = 0; c < columns; c++)
		found[c] = -1;
	for (unsigned i = 0; i < l->count; i++) {
		char name[CSV_CELL + 2];

		(void)text_printf(name, sizeof(name), " %s ", l->cell[i]);
		text_lower(name);
		for (size_t c = 0; c < columns; c++) {
			if (found[c] < 0 && name[2] && strstr(names[c], name))
				found[c] = (int)i;
		}
	}
	if (found[0] < 0)
		return false;
	memcpy(at, found, columns * sizeof(*at));
	return true;
}

/** The cell of a column; "" for one that the line does not have */
const char *csv_at(const struct csv_line *l, int at)
{
	return at >= 0 && at < (int)l->count ? l->cell[at] : "";
}
