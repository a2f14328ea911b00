/**
 * @file emergency_mail.h  The mail that tells of a call for help, to whom the tenant named for it
 *
 * A front desk can then send somebody to the door. Runs on the store's writer.
 */
#ifndef CARILLON_EMERGENCY_MAIL_H
#define CARILLON_EMERGENCY_MAIL_H

#include "db.h"
#include "emergency_address.h"
#include "id.h"
#include "phone.h"

/** A call for help, as it is placed; texts are "" when there is nothing to say */
struct emergency_call {
	int64_t tenant, at; /* wall ms */
	char call_id[ID_SIZE];
	char number[PHONE_SIZE];			/* that was called              */
	char caller[MODEL_NAME], extension[PHONE_SIZE]; /* whose call it is             */
	char address[EMERGENCY_ADDRESS_LINE];		/* that was on file             */
};

int emergency_mail(struct db *db, const struct emergency_call *c);

#endif
