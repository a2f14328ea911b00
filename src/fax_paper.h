/**
 * @file fax_paper.h  What is sent in one call: the rest of a fax, each page under its line
 */
#ifndef CARILLON_FAX_PAPER_H
#define CARILLON_FAX_PAPER_H

#include "conf.h"
#include "doc.h"
#include "fax.h"
#include "fax_box.h"
#include "fax_sent.h"

struct house;

/** Read before the call by the store's writer, drawn by doc-convert, kept by the writer
 * (fax_sent.h); the file that the machine reads is gone after the call */
struct fax_paper {
	bool lines, fine;
	struct fax_sent sent;
	unsigned first; /* page, counted from 0                                          */
	char time[32], name[MODEL_NAME], numbers[2 * PHONE_SIZE + 16];
	char file[CONF_TEXT + 96];
	struct doc *doc;
};

int fax_paper_read(struct fax_paper *p, struct db *db, const struct fax *f, const struct fax_box *b,
		   const struct fax_attempt *a);
unsigned fax_paper_sheets(const struct fax_paper *p);
int fax_paper_draw(struct fax_paper *p, const struct house *h, const char *id, const char *blob,
		   doc_h *done, void *arg);
int fax_paper_keep(struct fax_paper *p, struct db *db, struct blobs *blobs,
		   const struct doc_result *drawn);
void fax_paper_drop(struct fax_paper *p);

#endif
