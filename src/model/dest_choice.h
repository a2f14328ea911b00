/**
 * @file dest_choice.h  What a dest of one kind may lead to, for whoever chooses one from a list
 *
 * Where the store is read: store_read() or the writer.
 */
#ifndef CARILLON_DEST_CHOICE_H
#define CARILLON_DEST_CHOICE_H

#include "dest.h"

enum { DEST_CHOICES = 500 };

/** Sees a target and how people read it; anything but 0 ends the list */
typedef int(dest_choice_h)(const struct dest *d, const char *label, void *arg);

int dest_choice_list(struct db *db, int64_t tenant, enum dest_kind kind, const char *q,
		     dest_choice_h *h, void *arg);

#endif
