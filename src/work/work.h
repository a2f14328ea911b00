/**
 * @file work.h  What the jobs do: one file per kind
 *
 * work_register() gives the timetable the kinds that block; their handlers run on its work threads
 * and wait for the store, the mail server or the disk.
 */
#ifndef CARILLON_WORK_H
#define CARILLON_WORK_H

#include "blob.h"
#include "smtp.h"
#include "timetable.h"

/** What the handlers need; outlives the timetable */
struct work {
	struct store *store;
	struct blobs *blobs;
	struct smtp_conf smtp;	 /* host "": mails are not sent          */
	int64_t mail_file;	 /* octets of the largest file that is attached */
	const char *doc_convert; /* path of the program */
	unsigned fax_pages;	 /* most of a document that is faxed; 0: as doc-convert has it */
	const char *fax_folder;	 /* files of faxes that come in, and of conversions */
	const char *portal;	 /* "https://pbx.example.com", without / */
};

void work_register(struct timetable *t, struct work *w);

#endif
