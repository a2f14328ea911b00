/**
 * @file refuse.c  Why a document cannot be faxed: a word for programs and a sentence for people
 */
#include "refuse.h"

static const struct {
	const char *word, *sentence;
} rows[] = {
	[REFUSE_NOTHING] = {"", ""},
	[REFUSE_UNKNOWN] = {"unknown", "This is not a PDF, TIFF, PNG or JPEG file."},
	[REFUSE_LOCKED] = {"locked",
			   "The document is locked with a password. Save it without one and "
			   "upload it again."},
	[REFUSE_DAMAGED] = {"damaged", "The document is damaged and cannot be opened."},
	[REFUSE_EMPTY] = {"empty", "The document has no pages."},
	[REFUSE_PAGES] = {"too-many-pages", "The document has too many pages."},
	[REFUSE_SLOW] = {"too-slow", "The document is too complicated: drawing it takes too long. "
				     "Print it to a simpler PDF and upload that."},
	[REFUSE_COMPLEX] = {"too-complex",
			    "The document is too complicated: drawing it takes too much "
			    "memory. Print it to a simpler PDF and upload that."},
	[REFUSE_LARGE] = {"too-large",
			  "The picture has too many dots for a fax. Save it smaller and upload it "
			  "again."},
	[REFUSE_PART] = {"part", "Some pages cannot be converted."},
	[REFUSE_TEMPLATE] = {"template", "The cover page cannot be read."},
	[REFUSE_SYSTEM] = {"system", "The document cannot be converted at the moment."},
};

/** For programs */
const char *refusal_word(enum refusal r)
{
	return rows[r].word;
}

/** For people */
const char *refusal_sentence(enum refusal r)
{
	return rows[r].sentence;
}
