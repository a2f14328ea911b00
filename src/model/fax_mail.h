/**
 * @file fax_mail.h  The mails about faxes: one that came in, and how one ended that was sent
 *
 * Called in the transaction in which it becomes so: there are both, or neither. On the store's
 * writer.
 */
#ifndef CARILLON_FAX_MAIL_H
#define CARILLON_FAX_MAIL_H

#include "fax.h"
#include "fax_received.h"

int fax_mail_received(struct db *db, const struct fax_received *f);
int fax_mail_forward(struct db *db, const struct fax_received *f, const char *address);
int fax_mail_result(struct db *db, const struct fax *f);

#endif
