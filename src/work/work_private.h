/**
 * @file work_private.h  What the files of this folder share
 */
#ifndef CARILLON_WORK_PRIVATE_H
#define CARILLON_WORK_PRIVATE_H

#include "mail.h"
#include "work.h"

/* mail_file.c */
int mail_file_open(struct smtp_file *f, struct blobs *blobs, const struct mail *m);

/* kinds */
extern const struct job_ops work_mail, work_purge;

#endif
