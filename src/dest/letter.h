/* A message being left: its recording, its row, and what becomes of it */
#ifndef CARILLON_LETTER_H
#define CARILLON_LETTER_H

#include "call.h"
#include "exchange.h"

struct letter;

/**
 * What became of a letter that was to be kept: 0 when it is in the mailbox, on the disk; ENODATA
 * when there was next to nothing to hear; else why not all of it could be kept. Not called once the
 * step was left
 */
typedef void(letter_kept_h)(struct step *s, int err);

int letter_begin(struct letter **lp, uint32_t *record, struct step *s,
		 const struct tenant_extension *to);
const char *letter_blob(const struct letter *l);
bool letter_failed(const struct letter *l);
bool letter_urgent(const struct letter *l);
void letter_turn_urgent(struct letter *l);
void letter_keep(struct letter *l, struct step *s, letter_kept_h *h);
void letter_close(struct letter *l, bool keep);

#endif
