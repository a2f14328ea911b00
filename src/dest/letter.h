/* A message being left: its recording, its row, and what becomes of it */
#ifndef CARILLON_LETTER_H
#define CARILLON_LETTER_H

#include "call.h"
#include "exchange.h"

struct letter;

int letter_begin(struct letter **lp, uint32_t *record, struct step *s,
		 const struct tenant_extension *to);
const char *letter_blob(const struct letter *l);
bool letter_failed(const struct letter *l);
bool letter_urgent(const struct letter *l);
void letter_turn_urgent(struct letter *l);
void letter_close(struct letter *l, bool keep);

#endif
