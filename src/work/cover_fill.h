/**
 * @file cover_fill.h  A cover page filled in for one fax: before it is sent and when it is
 *
 * What is previewed is drawn by the very order that draws what is sent.
 */
#ifndef CARILLON_COVER_FILL_H
#define CARILLON_COVER_FILL_H

#include "doc.h"
#include "extension.h"
#include "fax.h"
#include "fax_document.h"
#include "tenant.h"

enum { COVER_WORDS = 20 };

/** Read from the store, then made a request, which points into it */
struct cover_fill {
	struct fax fax;
	struct fax_document document;
	struct cover_page cover;
	struct tenant_row tenant;
	struct extension from;
	char pages[12], date[32], logo[BLOB_PATH];
	const char *fields[COVER_WORDS];
};

int cover_fill_read(struct cover_fill *c, struct db *db);
void cover_fill_request(struct doc_request *r, struct cover_fill *c, const struct blobs *blobs);

#endif
