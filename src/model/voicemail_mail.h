/**
 * @file voicemail_mail.h  The mail that tells of a message; only for voicemail.c
 */
#ifndef CARILLON_VOICEMAIL_MAIL_H
#define CARILLON_VOICEMAIL_MAIL_H

#include "voicemail.h"

int voicemail_mail(struct db *db, const struct voicemail *v);

#endif
