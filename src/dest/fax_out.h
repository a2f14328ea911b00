/**
 * @file fax_out.h  A call of ours to a fax machine outside
 *
 * Through the tenant's routes and trunks, like any other outside call; it is in the history and
 * among the live calls, and ends by the machine's result, by the far side, or by hand. Core thread.
 */
#ifndef CARILLON_FAX_OUT_H
#define CARILLON_FAX_OUT_H

#include "exchange.h"
#include "fax_line.h"

struct fax_out;

struct fax_out_conf {
	int64_t tenant;
	char to[PHONE_SIZE], from[PHONE_SIZE], name[SIP_NAME], extension[SIP_NAME];
	char why[FAX_REASON]; /* it is sent in another manner than usual, for the story; "" */
	struct fax_line_conf line;
};

struct fax_out_handlers {
	/** Pages, rate, who is there; not the result */
	void (*news_h)(const struct fax_news *news, void *arg);
	/** Last: how the machine ended, or (news NULL) why it never came to a machine; CAUSE_LIMIT:
	 * nobody was called, for the trunks have as many calls as they may */
	void (*end_h)(const struct fax_news *news, enum cause cause, void *arg);
};

int fax_out_start(char call[ID_SIZE], struct exchange *x, const struct fax_out_conf *conf,
		  const struct fax_out_handlers *h, void *arg);

#endif
