/**
 * @file mail_in.h  An e-mail becomes a fax: for the local mail server, through `carillon mail-in`
 *
 * Runs in a process of its own, beside the one that serves; the store is what both have in common.
 * The fax is on the disk when mail_in() says MAIL_TAKEN. Blocks while documents are converted.
 */
#ifndef CARILLON_MAIL_IN_H
#define CARILLON_MAIL_IN_H

#include "work.h"

enum { MAIL_SAY = 400 };

/** What the mail server is told, as its exit code (sysexits.h) */
enum mail_in_result {
	MAIL_TAKEN = 0,	  /* also when the same mail came before          */
	MAIL_DATA = 65,	  /* EX_DATAERR: this message can never be faxed  */
	MAIL_NOUSER = 67, /* EX_NOUSER: the recipient is no number        */
	MAIL_LATER = 75,  /* EX_TEMPFAIL: our fault, to be tried again    */
	MAIL_NOPERM = 77, /* EX_NOPERM: the sender may not                */
};

enum mail_in_result mail_in(char say[MAIL_SAY], const struct work *w, const char *auth,
			    const char *from, const char *to, int fd);

/* mail_trust.c */
bool mail_trusted(const char *results, const char *server, const char *from, const char *header);

#endif
