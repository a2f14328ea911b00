/**
 * @file bits.h  From grey to black and white: a threshold for text, clustered dots for pictures
 *
 * Scattered dots (as screens use them) cost six times the time on the telephone line that dots in
 * clusters cost, and text in dots is hard to read. So each part of a page is judged by itself.
 */
#ifndef DOC_BITS_H
#define DOC_BITS_H

#include <stdint.h>
#include "gray.h"

enum bits_mode { BITS_AUTO, BITS_TEXT, BITS_PHOTO };
enum { BITS_ROW = FAX_WIDTH / 8 };

struct bits {
	unsigned height;
	uint8_t *rows; /* BITS_ROW octets each; a 1 is black                              */
};

int bits_make(struct bits *b, const struct gray *g, enum bits_mode mode);
void bits_free(struct bits *b);

#endif
