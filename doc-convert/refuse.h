/**
 * @file refuse.h  Why a document cannot be faxed: a word for programs and a sentence for people
 */
#ifndef DOC_REFUSE_H
#define DOC_REFUSE_H

enum refusal {
	REFUSE_NOTHING,
	REFUSE_UNKNOWN, /* neither PDF, TIFF, PNG nor JPEG                              */
	REFUSE_LOCKED,	/* a password is needed                                         */
	REFUSE_DAMAGED,
	REFUSE_EMPTY,
	REFUSE_PAGES,	 /* too many                                                     */
	REFUSE_SLOW,	 /* took longer than allowed                                     */
	REFUSE_COMPLEX,	 /* needed more memory than allowed                              */
	REFUSE_LARGE,	 /* a picture of too many dots                                   */
	REFUSE_PART,	 /* some pages only: not of a document, but of a received fax    */
	REFUSE_TEMPLATE, /* of a cover page: its markup is wrong                        */
	REFUSE_SYSTEM,	 /* our own fault: disk full, program missing                    */
};

const char *refusal_word(enum refusal r);
const char *refusal_sentence(enum refusal r);

#endif
