/**
 * @file output.h  What is written: the TIFF that is sent, and a picture of each of its pages
 */
#ifndef DOC_OUTPUT_H
#define DOC_OUTPUT_H

#include "bits.h"

struct output;

int output_open(struct output **op, const char *folder, unsigned dpi);
int output_copy(struct output *o, const char *fax);
int output_page(struct output *o, const struct bits *b);
int output_close(struct output *o, unsigned *pages, unsigned *seconds);
void output_discard(struct output *o);

#endif
