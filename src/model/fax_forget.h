/**
 * @file fax_forget.h  Faxes that are deleted, by somebody or by age, with everything that is theirs
 *
 * Files go first: a row without them can be deleted again, files without a row never. On the
 * store's writer.
 */
#ifndef CARILLON_FAX_FORGET_H
#define CARILLON_FAX_FORGET_H

#include "fax.h"
#include "fax_received.h"

int fax_received_forget(struct db *db, struct blobs *blobs, const struct fax_received *f);
int fax_forget_old(unsigned *n, struct db *db, struct blobs *blobs, int64_t tenant, int64_t before,
		   unsigned limit);
int fax_file_needed(bool *needed, struct db *db, const char *id);

#endif
