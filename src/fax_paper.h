/**
 * @file fax_paper.h  What is sent in one call: the rest of a fax, each page under its line
 */
#ifndef CARILLON_FAX_PAPER_H
#define CARILLON_FAX_PAPER_H

#include "conf.h"
#include "doc.h"
#include "fax.h"
#include "fax_box.h"

struct house;

/** Made before the call by the store's writer, drawn by doc-convert, gone after the call */
struct fax_paper {
	bool lines, fine;
	unsigned first; /* page, counted from 0                                          */
	char time[32], name[MODEL_NAME], numbers[2 * PHONE_SIZE + 16];
	char file[CONF_TEXT + 96];
	struct doc *doc;
};

int fax_paper_read(struct fax_paper *p, struct db *db, const struct fax *f, const struct fax_box *b,
		   const struct fax_attempt *a);
unsigned fax_paper_sheets(const struct fax_paper *p);
bool fax_paper_needed(const struct fax_paper *p);
int fax_paper_draw(struct fax_paper *p, const struct house *h, const char *id, const char *blob,
		   doc_h *done, void *arg);
void fax_paper_drop(struct fax_paper *p);

#endif
