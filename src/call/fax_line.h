/**
 * @file fax_line.h  Fax lines: a leg whose party is a fax machine
 *
 * Beside the leg runs one process, fax-worker, which is the machine: it hears and speaks the leg's
 * audio, and when both sides agree on T.38 it gets their packets by a socket of its own. The line
 * makes and answers that offer. It outlives its leg until the process has told the result, and the
 * exchange owns it; releasing it ends the process at once. Core thread only.
 */
#ifndef CARILLON_FAX_LINE_H
#define CARILLON_FAX_LINE_H

#include "fax_news.h"
#include "leg.h"

struct exchange;
struct fax_line;

struct fax_line_conf {
	bool sends;
	char file[512];
	char proof[512];    /* see fax_proof.h                                */
	unsigned confirmed; /* sending: pages before the file, in earlier calls */
	unsigned sheets;    /* sending: first pages of the file that are none of the fax */
	char ident[FAX_IDENT];
	bool ecm;
	unsigned rate; /* the fastest, bit/s; 0: any                         */
	bool sound;    /* without T.38, neither offered nor taken            */
};

/**
 * Hears the news. FAX_RESULT is the last, and comes unless the line is released before; the leg
 * ends a moment after it, when the last packets are through.
 */
typedef void(fax_line_h)(struct fax_line *f, const struct fax_news *news, void *arg);

int fax_line_alloc(struct fax_line **fp, struct exchange *x, struct leg *leg,
		   const struct fax_line_conf *conf, fax_line_h *h, void *arg);
void fax_line_hangup(struct fax_line *f);

/* for the leg */
void fax_line_forget(struct fax_line *f);
bool fax_line_offered(struct fax_line *f, const struct sdp_desc *offer);
bool fax_line_agreed(struct fax_line *f, uint16_t scode, const char *sdp, size_t len);
bool fax_line_silent(const struct fax_line *f);

#endif
