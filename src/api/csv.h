/**
 * @file csv.h  CSV, written so that no spreadsheet takes a cell for a formula, and read; any thread
 */
#ifndef CARILLON_API_CSV_H
#define CARILLON_API_CSV_H

#include <re.h>

#define CSV_BOM "\xef\xbb\xbf"

enum { CSV_CELLS = 8, CSV_CELL = 512 };

/** A file that is read; csv_open() fills it in */
struct csv_reader {
	const char *p, *end;
	unsigned line; /* that comes next */
	char separator;
};

struct csv_line {
	unsigned line, count;
	char cell[CSV_CELLS][CSV_CELL];
	bool cut;  /* a cell was longer, or there were more of them */
	bool open; /* a quotation mark is not closed; cells are as far as they were read */
};

int csv_cell(struct mbuf *mb, const char *text);
int csv_row(struct mbuf *mb, const char *const *cells, size_t n);
void csv_time(char *text, size_t size, int64_t at);
void csv_open(struct csv_reader *in, const char *text, size_t size);
bool csv_read(struct csv_line *l, struct csv_reader *in);
bool csv_named(int *at, const struct csv_line *l, const char *const *names, size_t columns);
const char *csv_at(const struct csv_line *l, int at);

#endif
