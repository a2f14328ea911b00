/**
 * @file doc.h  Running doc-convert: documents to faxes, faxes to PDF, cover pages
 *
 * Blocks until the program has ended, at most about half a minute. Not on the core thread.
 */
#ifndef CARILLON_DOC_H
#define CARILLON_DOC_H

#include <stdbool.h>

enum { DOC_TEXT = 320, DOC_PATHS = 20, DOC_PAGES = 500 };

/** What doc-convert said */
struct doc_result {
	bool ok;
	unsigned pages, seconds;
	char reason[24], message[DOC_TEXT];
};

struct doc_request {
	const char *op; /* "fax" or "pdf" */
	const char *inputs[DOC_PATHS];
	unsigned count;
	const char *out;
	bool fine;
	const char *picture;
	/* op "cover": what it is, and pairs of names and values, ended by NULL */
	const char *template, *logo;
	const char *const *fields;
};

int doc_run(struct doc_result *result, const char *program, const struct doc_request *request);

#endif
