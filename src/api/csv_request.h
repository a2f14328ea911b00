/* A list as a CSV file, out and in: what the do-not-contact list and the rates of a plan share */
#ifndef CARILLON_API_CSV_REQUEST_H
#define CARILLON_API_CSV_REQUEST_H

#include "csv.h"
#include "inside.h"

enum { CSV_EXPORT_ROWS = 1000, CSV_AFTER = 64 }; /* read at once; a key of a row */

/** A list on its way out */
struct csv_export {
	struct request *rq;
	struct mbuf *mb;
	char after[CSV_AFTER]; /* key of the last row written */
	unsigned rows;	       /* of those read at once */
};

/** Reads and writes at most CSV_EXPORT_ROWS rows from behind `after` on, each by csv_export_row()
 */
typedef store_fn csv_export_fn;

int csv_export_row(struct csv_export *x, const char *key, const char *const *cells, size_t n);
void csv_export(struct request *rq, struct reply *rp, const char *file, const char *const *heads,
		size_t n, csv_export_fn *fn);

/** Lines of a file that were not taken */
struct csv_refused {
	unsigned count;
	json_t *rows; /* the first of them, told */
};

bool csv_body(struct csv_reader *in, const struct request *rq, struct reply *rp);
bool csv_whole(struct field_errors *fe, const struct csv_line *l);
void csv_refuse(struct csv_refused *r, unsigned line, const char *column, const char *value,
		const struct field_errors *fe);

#endif
