/* What the files about faxes share */
#ifndef CARILLON_API_FAXES_H
#define CARILLON_API_FAXES_H

#include "fax_document.h"
#include "fax_received.h"
#include "inside.h"

struct mbuf *file_read(const char *path);
json_t *document_json(const struct fax_document *d, const struct fax_parts *parts);
void document_one(struct fax_parts *parts, const struct fax_document *d);
int document_take(struct fax_document *d, const struct fax_parts *parts, struct db *db);
int received_find(struct fax_received *f, struct db *db, const struct request *rq, const char *id);
void blob_answer(const struct request *rq, struct reply *rp, const char *blob, const char *type);

#endif
