/**
 * @file fax_news.h  What is said between a fax line and its fax-worker: JSON lines
 *
 * Pure functions; any thread.
 */
#ifndef CARILLON_FAX_NEWS_H
#define CARILLON_FAX_NEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FAX_IDENT = 64, FAX_REASON = 160, FAX_ORDER = 4000 };

/** FAX_HERE: it goes on, as it was asked */
enum fax_news_kind { FAX_READY, FAX_HERE, FAX_NEGOTIATED, FAX_PAGE, FAX_RESULT, FAX_FAULT };

struct fax_news {
	enum fax_news_kind kind;
	unsigned pages; /* of the file; confirmed, or received whole */
	unsigned rate, seconds;
	int code;
	bool ecm, t38, ok, permanent;
	char ident[FAX_IDENT], reason[FAX_REASON];
};

/** The first order; `t38` false: no socket for T.38 was handed over */
struct fax_start {
	bool sends, ecm, t38;
	const char *file, *proof, *ident;
	unsigned sheets;	  /* first pages of the file that count as none */
	unsigned confirmed, rate; /* pages in earlier calls; the fastest, 0: any */
};

int fax_news_parse(struct fax_news *n, const char *line);
/** Where a machine's T.38 goes */
struct fax_t38 {
	const char *address; /* as their description says                       */
	const char *source;  /* host that signals                               */
	bool vouched;	     /* address is believed, also of another host       */
	bool fec;	     /* it takes parity, not copies of earlier packets  */
	unsigned port, max_datagram, rate;
};

int fax_start_print(char *line, size_t size, const struct fax_start *s);
int fax_t38_print(char *line, size_t size, const struct fax_t38 *t);

#endif
