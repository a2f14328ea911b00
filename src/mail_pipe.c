/**
 * @file mail_pipe.c  carillon mail-in: the local mail server hands over a message to be faxed
 */
#include <stdio.h>
#include <unistd.h>
#include "house.h"
#include "log.h"
#include "mail_in.h"

/** Our own fault: the mail server keeps the message and tries again */
int mail_pipe_later(const char *error)
{
	fprintf(stderr, "carillon: %s\n", error);
	return MAIL_LATER;
}

/**
 * Runs the sub-command; the message is on the standard input
 *
 * @param h    House with its configuration
 * @param argc Words after "carillon"
 * @param argv mail-in, sender and recipient of the envelope
 *
 * @return exit code of sysexits.h; the sentence for the sender is on the standard output
 */
int mail_pipe_run(struct house *h, int argc, char **argv)
{
	char error[CONF_ERROR] = "", say[MAIL_SAY] = "";
	enum mail_in_result result = MAIL_LATER;

	if (argc != 3) {
		fputs("carillon mail-in SENDER RECIPIENT < MESSAGE\n", stderr);
		return MAIL_LATER;
	}
	log_set_level(LOG_ERROR); /* what is printed is read by the sender */
	if (!house_open_store(h, false, error, sizeof(error)) && !faxes_prepare(h)) {
		struct work w = {.store = h->store,
				 .blobs = h->blobs,
				 .doc_convert = h->doc_convert,
				 .fax_pages = (unsigned)h->conf.fax_pages,
				 .fax_folder = h->fax_folder};

		result = mail_in(say, &w, h->conf.mail_in_auth, argv[1], argv[2], STDIN_FILENO);
	}
	if (error[0])
		fprintf(stderr, "carillon: %s\n", error);
	if (say[0])
		printf("%s\n", say);
	house_close(h);
	return result;
}
