/**
 * @file doc.h  Running doc-convert: documents to faxes, faxes to PDF, cover pages
 *
 * doc_run() blocks until the program has ended, about half a minute or what it is given: not on the
 * core thread. doc_start() is for the core thread, and tells its handler.
 */
#ifndef CARILLON_DOC_H
#define CARILLON_DOC_H

#include <stdbool.h>

enum { DOC_TEXT = 320, DOC_PATHS = 20 };

/** Of a received fax: what a machine takes, and the page at which it sees that there are more */
enum { DOC_PAGES = 501, DOC_PAGES_SECONDS = 300 };

/** What doc-convert said */
struct doc_result {
	bool ok;
	bool part; /* op "pdf": some pages could not be converted */
	unsigned pages, seconds,
		page_seconds; /* of a whole call, and without its beginning and end */
	unsigned input;	      /* which one was refused */
	char reason[24], message[DOC_TEXT];
	char sha256[68]; /* of what op "headed" made, in hex */
};

/** The line over each page that is sent */
struct doc_line {
	const char *time, *name, *numbers;
};

/** Pages of a file, from one on, counted from 0 */
struct doc_piece {
	unsigned first, count;
};

struct doc_request {
	const char *op; /* "fax", "pdf", "cover", "report", "headed", "join" */
	const char *inputs[DOC_PATHS];
	unsigned count;
	const char *out;
	bool fine;
	const char *picture;
	unsigned max_pages, seconds; /* 0: those of a document that is uploaded */
	/* op "cover": what it is, and pairs of names and values, ended by NULL */
	const char *template, *logo;
	const char *const *fields;
	/* op "report": what stands in it, as JSON */
	const char *report;
	/* op "headed": the first page that is sent, counted from 0; `lines`: over each page */
	unsigned first;
	bool lines;
	const struct doc_line *line;
	/* op "join": what is taken of each input */
	const struct doc_piece *pieces;
};

struct doc;

/** What doc_run() returns, and said; the doc may be released */
typedef void(doc_h)(int err, const struct doc_result *result, void *arg);

int doc_run(struct doc_result *result, const char *program, const struct doc_request *request);
int doc_start(struct doc **dp, const char *program, const struct doc_request *request, doc_h *h,
	      void *arg);

#endif
