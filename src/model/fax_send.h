/**
 * @file fax_send.h  A fax is given to the timetable, by whatever way it came
 *
 * On the store's writer, in the transaction of whoever was told that it is taken.
 */
#ifndef CARILLON_FAX_SEND_H
#define CARILLON_FAX_SEND_H

#include "extension.h"
#include "fax.h"
#include "fax_document.h"

enum { FAX_TRIES = 3 };

int fax_from_find(char from[PHONE_SIZE], struct db *db, int64_t tenant, const char *extension);
int fax_send(struct db *db, struct fax *f);
int fax_send_again(struct db *db, struct fax *f);
int fax_document_done(struct db *db, const struct fax_document *d);
int fax_mail_fax(char id[ID_SIZE], struct db *db, int64_t tenant, const char *hash);
int fax_mail_seen(bool *seen, struct db *db, int64_t tenant, const char *hash);
int fax_mail_note(struct db *db, const struct fax *f, const char *hash);
int fax_mail_purge(struct db *db, int64_t before, unsigned limit);

#endif
