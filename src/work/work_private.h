/**
 * @file work_private.h  What the files of this folder share
 */
#ifndef CARILLON_WORK_PRIVATE_H
#define CARILLON_WORK_PRIVATE_H

#include "doc.h"
#include "mail.h"
#include "work.h"

/* mail_file.c */
int mail_file_open(struct smtp_file *f, struct blobs *blobs, const struct mail *m);

/* doc.c, convert.c */
int file_keep(char key[BLOB_KEY], struct blobs *blobs, int64_t tenant, const char *path);
int pages_keep(char (**pages)[BLOB_KEY], unsigned count, const struct work *w, int64_t tenant,
	       const char *folder);
void folder_remove(const char *folder);

/* kinds */
extern const struct job_ops work_mail, work_purge, work_convert, work_cover, work_fax_in;

#endif
