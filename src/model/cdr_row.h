/**
 * @file cdr_row.h  What the files of call detail records share: one row of `call`
 */
#ifndef CARILLON_CDR_ROW_H
#define CARILLON_CDR_ROW_H

#include "cdr.h"

/** The columns of a row, with their table's alias "c." */
#define CDR_COLUMNS                                                                                \
	"c.tenant_id, c.id, c.dir, c.result, c.from_number, c.from_name, c.from_extension, "       \
	"c.to_number, c.to_name, c.to_extension, c.by_number, c.by_name, c.by_extension, "         \
	"c.started_at, c.answered_at, c.ended_at, c.duration_ms, c.billed_ms, c.cause, c.cut, "    \
	"c.type, c.cost, c.currency, c.note, c.rating"

/** Where some of them stand */
enum {
	CDR_COL_DIR = 2,
	CDR_COL_RESULT = 3,
	CDR_COL_FROM = 4,
	CDR_COL_TO = 7,
	CDR_COL_STARTED = 13,
	CDR_COL_TYPE = 20,
	CDR_COL_COST = 21,
	CDR_COL_NOTE = 23,
	CDR_COLS = 25
};

int cdr_read(struct cdr *c, const struct db_row *row);
void cdr_party_read(struct cdr_party *p, const struct db_row *row, int i);

#endif
