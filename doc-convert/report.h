/**
 * @file report.h  The delivery report of a fax: facts in rows, and a small picture of each page as
 * it was sent in each call, as PDF
 */
#ifndef DOC_REPORT_H
#define DOC_REPORT_H

#include "convert.h"

enum { REPORT_ROWS = 400, REPORT_PAGES = 500 };

/** A row without a value is a heading */
struct report_row {
	const char *label, *value;
};

/** A TIFF of ours: what was sent in one call */
struct report_file {
	const char *path, *title;
	unsigned sheets;    /* its first pages that are none of the fax                    */
	unsigned first;	    /* page of the fax behind them, counted from 0                 */
	unsigned confirmed; /* pages of the fax, from its first                            */
};

struct report {
	const char *title, *footer;
	const char *taken, *missing, *sheet; /* below a page the far side confirmed, or did not;
						a sheet that is none */
	struct report_row rows[REPORT_ROWS];
	struct report_file files[INPUTS];
	unsigned count, file_count;
};

int report_write(const struct report *r, const char *path);

#endif
