/**
 * @file convert.h  Documents to a fax, and a fax to a PDF
 */
#ifndef DOC_CONVERT_H
#define DOC_CONVERT_H

#include "bits.h"
#include "cover.h"
#include "line.h"
#include "refuse.h"

enum { INPUTS = 20 };

/** Pages of a file, from one on, counted from 0 */
struct piece {
	unsigned first, count;
};

struct convert {
	const char *inputs[INPUTS]; /* joined in this order                              */
	unsigned count;
	const char *out; /* folder for the fax, file for the PDF                         */
	bool fine;
	enum bits_mode mode;
	unsigned max_pages, seconds, memory_mib;
	const char *bwrap;
	struct cover cover; /* template NULL: none */
	struct page_line line;
	bool lines;	/* it stands over the pages                                     */
	unsigned first; /* page of a fax that is sent, counted from 0 */
	struct piece pieces[INPUTS]; /* what is taken of each input                       */
};

struct converted {
	unsigned pages, seconds;
	char fault[COVER_FAULT]; /* what is said in place of the refusal's own sentence */
	unsigned input;		 /* which one was refused                                         */
	char sha256[68];	 /* of the file of a call, in hex                                 */
	bool part;		 /* of a received fax: some pages could not be converted          */
};

enum refusal convert_documents(struct converted *done, const struct convert *c);
enum refusal convert_cover(struct converted *done, const struct convert *c);
enum refusal convert_received(struct converted *done, const struct convert *c);

#endif
