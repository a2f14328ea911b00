/**
 * @file waiting.h  Messages that wait: the lamps of the phones
 *
 * The exchange knows how many messages each mailbox has, so that a subscription is answered without
 * the database; whoever changes a mailbox hands the new counts over after the commit. Core thread
 * only.
 */
#ifndef CARILLON_WAITING_H
#define CARILLON_WAITING_H

#include <re.h>
#include "voicemail.h"

struct exchange;
struct waiting;

int waiting_alloc(struct waiting **wp);
void waiting_get(struct voicemail_counts *c, struct exchange *x, int64_t tenant,
		 const char *extension);
void waiting_set(struct exchange *x, int64_t tenant, const char *extension,
		 const struct voicemail_counts *c);
void waiting_tell(struct exchange *x, int64_t tenant, const char *extension);
int waiting_print(struct mbuf *body, const struct voicemail_counts *c, const char *extension,
		  const char *domain);

#endif
