/**
 * @file fax_box.h  What an extension has done with its faxes: who gets them by mail, who is told,
 * how they are sent, whether a fax machine that calls its voice number is taken for one
 *
 * Without a row it is as fax_box_get() gives it: no addresses, the sender is always told, error
 * correction, 14400 bit/s, fax machines are known by their tone, a line over each page.
 * Functions with a struct db run on the store's writer or in store_read().
 */
#ifndef CARILLON_FAX_BOX_H
#define CARILLON_FAX_BOX_H

#include <stdbool.h>
#include <stdint.h>
#include "db.h"
#include "emails.h"
#include "id.h"
#include "phone.h"

/** When the sender of a fax is mailed how it ended */
enum fax_result_mail { RESULT_ALWAYS, RESULT_FAILURES, RESULT_NEVER };

struct fax_box {
	int64_t tenant;
	char extension_id[ID_SIZE];
	char number[PHONE_SIZE], name[MODEL_NAME]; /* of the extension, only read        */
	char emails[EMAILS];			   /* whom a received fax is mailed to   */
	enum fax_result_mail result;
	bool ecm;		  /* sending: errors are corrected (T.30 annex A)             */
	int64_t rate;		  /* sending: the fastest, 4800, 9600 or 14400 bit/s          */
	bool detect;		  /* a fax machine that calls is moved to the received faxes */
	bool fine;		  /* quality of its documents unless one is chosen            */
	bool header;		  /* sending: a line over each page says who sends, and when  */
	char station[MODEL_NAME]; /* the name in it; "": the tenant's             */
	int64_t version;
};

const char *fax_result_mail_name(enum fax_result_mail r);
int fax_result_mail_parse(enum fax_result_mail *r, const char *name);
int fax_box_get(struct fax_box *b, struct db *db, int64_t tenant, const char *extension_id);
int fax_box_fine(bool *fine, struct db *db, int64_t tenant, const char *extension_id);
void fax_box_check(struct field_errors *fe, const struct fax_box *b);
int fax_box_change(struct db *db, struct fax_box *b);

#endif
