/**
 * @file work_private.h  What the files of this folder share
 */
#ifndef CARILLON_WORK_PRIVATE_H
#define CARILLON_WORK_PRIVATE_H

#include "doc.h"
#include "fax_document.h"
#include "mail.h"
#include "work.h"

/* mail_file.c */
int mail_file_open(struct smtp_file *f, struct blobs *blobs, const struct mail *m);

/* sweep.c */
void faxes_sweep(const struct work *w);

/* doc.c, convert.c */
int file_keep(char key[BLOB_KEY], struct blobs *blobs, int64_t tenant, const char *path);
int pages_keep(char (**pages)[BLOB_KEY], unsigned count, const struct work *w, int64_t tenant,
	       const char *folder);
void folder_remove(const char *folder);

/* document.c */
int document_draw(struct fax_document *d, char (**pages)[BLOB_KEY], const struct work *w,
		  const struct fax_parts *parts, const char *folder);

/* kinds */
extern const struct job_ops work_mail, work_purge, work_convert, work_cover, work_fax_in;

#endif
