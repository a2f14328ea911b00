/**
 * @file fax_sent.h  The files that went over the line, one for each try that reached a fax machine
 *
 * A file is kept before its call, with the SHA-256 it had when it was drawn; a try that reached no
 * machine gives it back. Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_FAX_SENT_H
#define CARILLON_FAX_SENT_H

#include "blob.h"
#include "db.h"
#include "id.h"
#include "text.h"

struct fax_sent {
	int64_t tenant;
	char fax_id[ID_SIZE];
	int64_t number; /* of the try */
	int64_t sheets; /* first pages of the file that are none of the fax */
	char sha256[TEXT_SHA256], blob[BLOB_KEY];
	/* of the try, only read */
	int64_t first_page, confirmed;
};

typedef int(fax_sent_h)(const struct fax_sent *s, void *arg);

int fax_sent_keep(struct db *db, struct blobs *blobs, struct fax_sent *s, const char *file);
int fax_sent_get(struct fax_sent *s, struct db *db, int64_t tenant, const char *fax_id,
		 int64_t number);
int fax_sent_list(struct db *db, int64_t tenant, const char *fax_id, fax_sent_h *h, void *arg);
int fax_sent_drop(struct db *db, struct blobs *blobs, int64_t tenant, const char *fax_id,
		  int64_t number);

#endif
