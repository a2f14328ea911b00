/* What the files about faxes share */
#ifndef CARILLON_API_FAXES_H
#define CARILLON_API_FAXES_H

#include "doc.h"
#include "fax.h"
#include "fax_document.h"
#include "fax_received.h"
#include "fax_sent.h"
#include "inside.h"
#include "phone.h"

/** What went over the line in the tries of a fax, the last of them when there were more */
struct fax_papers {
	unsigned count;
	struct fax_sent v[DOC_PATHS - 2];
};

int fax_twice(int64_t *ago, const struct request *rq, const struct fax *f);
int fax_and_document(struct fax *f, struct fax_document *d, struct db *db,
		     const struct request *rq);
int fax_papers_read(struct fax_papers *p, struct db *db, const struct fax *f);
int fax_from_take(char from[PHONE_SIZE], struct db *db, const struct request *rq,
		  struct field_errors *fe);
struct mbuf *file_read(const char *path);
json_t *document_json(const struct fax_document *d, const struct fax_parts *parts);
void document_one(struct fax_parts *parts, const struct fax_document *d);
int document_take(struct fax_document *d, const struct fax_parts *parts, struct db *db);
int received_find(struct fax_received *f, struct db *db, const struct request *rq, const char *id);
int page_draw(struct mbuf **png, struct doc_result *result, struct doc_request *r,
	      const struct api_conf *conf);
void blob_answer(const struct request *rq, struct reply *rp, const char *blob, const char *type);

#endif
