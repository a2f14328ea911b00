/**
 * @file report.h  The delivery report of a fax: facts in rows, and a small picture of each page as
 * it was sent, as PDF
 */
#ifndef DOC_REPORT_H
#define DOC_REPORT_H

enum { REPORT_ROWS = 400, REPORT_PAGES = 500 };

/** A row without a value is a heading */
struct report_row {
	const char *label, *value;
};

struct report {
	const char *title, *footer, *fax; /* fax: path of a TIFF of ours                      */
	const char *taken, *missing;	  /* below a page the far side confirmed, or did not */
	struct report_row rows[REPORT_ROWS];
	unsigned count, confirmed; /* pages, from the first                            */
};

int report_write(const struct report *r, const char *path);

#endif
