/**
 * @file output.h  What is written: the TIFF that is sent, a picture of each of its pages, and a
 * small one of the first (thumb.png)
 */
#ifndef DOC_OUTPUT_H
#define DOC_OUTPUT_H

#include "bits.h"

struct output;

/** A page of a fax.tif; `page` counts from 0, `pages` is how many the file has. 0 or errno */
typedef int(output_page_h)(struct bits *b, unsigned page, unsigned pages, void *arg);

int output_open(struct output **op, const char *folder, unsigned dpi);
int output_open_file(struct output **op, const char *file, unsigned dpi);
int output_read(const char *fax, unsigned first, output_page_h *h, void *arg);
int output_copy(struct output *o, const char *fax);
int output_page(struct output *o, const struct bits *b);
enum { OUTPUT_SETUP_SECONDS = 12 }; /* dialling, identification, training, good-bye */

int output_close(struct output *o, unsigned *pages, unsigned *seconds);
void output_discard(struct output *o);

#endif
