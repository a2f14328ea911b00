/**
 * @file fax_document.h  Documents that can be faxed: what was uploaded, and the pages it became
 *
 * A document is converted once, by a job; its pages as pictures are what will be sent, dot by dot.
 * Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_FAX_DOCUMENT_H
#define CARILLON_FAX_DOCUMENT_H

#include "blob.h"
#include "db.h"
#include "field.h"
#include "id.h"

enum fax_document_state { DOCUMENT_CONVERTING, DOCUMENT_READY, DOCUMENT_REFUSED };

struct fax_document {
	int64_t tenant;
	char id[ID_SIZE], extension_id[ID_SIZE];
	char name[MODEL_NAME];
	char source[BLOB_KEY], blob[BLOB_KEY]; /* as uploaded; as sent (TIFF)              */
	bool fine;
	char picture[8]; /* auto, text, photo                                             */
	enum fax_document_state state;
	int64_t pages, seconds; /* on the line, about                                     */
	char reason[FIELD_SENTENCE * 2];
	int64_t created_at;
};

const char *fax_document_state_name(enum fax_document_state s);
int fax_document_add(struct db *db, struct fax_document *d);
int fax_document_get(struct fax_document *d, struct db *db, int64_t tenant, const char *id);
int fax_page_add(struct db *db, int64_t tenant, const char *id, unsigned number, const char *blob);
int fax_page_get(char blob[BLOB_KEY], struct db *db, int64_t tenant, const char *id,
		 int64_t number);
int fax_pages_remove(struct db *db, int64_t tenant, const char *id);
int fax_document_end(struct db *db, const struct fax_document *d);

#endif
