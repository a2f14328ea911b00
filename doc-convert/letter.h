/**
 * @file letter.h  An e-mail that asks for a fax: taken apart in a confined child
 *
 * Anybody may have written it. What comes out are the documents attached to it, as files part-1,
 * part-2, ... of a folder, and mail.json beside them: subject, from, messageId, auth (the topmost
 * Authentication-Results), text, names, those of the files in their order, and to: each
 * address of To and Cc that has a name, a blank, and that name.
 */
#ifndef DOC_LETTER_H
#define DOC_LETTER_H

#include "convert.h"

enum { LETTER_PARTS = 200, LETTER_RECIPIENTS = 50, LETTER_FIELD = 2000, LETTER_OCTETS = 64 << 20 };

enum refusal letter_open(struct converted *done, const struct convert *c);

#endif
