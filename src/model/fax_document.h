/**
 * @file fax_document.h  Documents that can be faxed: what was uploaded, and the pages it became
 *
 * A document is made of parts, the files that were uploaded or came by mail, in the order in which
 * they are sent. It is converted once and never changes: its pages as pictures are what will be
 * sent, dot by dot. Another order, or a file less, is another document.
 * Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_FAX_DOCUMENT_H
#define CARILLON_FAX_DOCUMENT_H

#include "blob.h"
#include "db.h"
#include "field.h"
#include "id.h"

enum { DOCUMENT_PARTS = 20, DOCUMENT_OCTETS = 64 << 20 /* of all its parts */ };

enum { PAGE_THUMB = 0 }; /* in place of the number of a page: a small picture of the first    */

enum fax_document_state { DOCUMENT_CONVERTING, DOCUMENT_READY, DOCUMENT_REFUSED };

struct fax_document {
	int64_t tenant;
	char id[ID_SIZE], extension_id[ID_SIZE];
	char name[MODEL_NAME];
	char blob[BLOB_KEY]; /* as sent (TIFF)                                            */
	bool fine;
	char picture[8]; /* auto, text, photo                                             */
	enum fax_document_state state;
	int64_t pages, seconds; /* on the line, about                                     */
	char reason[FIELD_SENTENCE * 2];
	int64_t created_at;
};

/** A file of a document, as it was handed over */
struct fax_part {
	char name[MODEL_NAME];
	char source[BLOB_KEY];
};

struct fax_parts {
	unsigned count;
	struct fax_part v[DOCUMENT_PARTS];
};

const char *fax_document_state_name(enum fax_document_state s);
int fax_document_add(struct db *db, struct fax_document *d, const struct fax_parts *parts);
int fax_document_get(struct fax_document *d, struct db *db, int64_t tenant, const char *id);
int fax_parts_get(struct fax_parts *parts, struct db *db, int64_t tenant, const char *id);
int fax_parts_remove(struct db *db, int64_t tenant, const char *id);
int fax_page_add(struct db *db, int64_t tenant, const char *id, unsigned number, const char *blob);
int fax_page_get(char blob[BLOB_KEY], struct db *db, int64_t tenant, const char *id,
		 int64_t number);
int fax_pages_remove(struct db *db, int64_t tenant, const char *id);
int fax_document_end(struct db *db, const struct fax_document *d);

#endif
