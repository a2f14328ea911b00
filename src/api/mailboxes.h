/* Whose mailbox somebody may open; inside src/api */
#ifndef CARILLON_API_MAILBOXES_H
#define CARILLON_API_MAILBOXES_H

#include "inside.h"
#include "mailbox.h"
#include "voicemail.h"

int mailbox_of(struct mailbox *m, struct db *db, const struct request *rq, const char *id);
void mailbox_counted(const struct request *rq, const struct mailbox *m,
		     const struct voicemail_counts *c);

#endif
