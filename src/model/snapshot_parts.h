/* Parts of a snapshot that are built by files of their own, after the extensions */
#ifndef CARILLON_SNAPSHOT_PARTS_H
#define CARILLON_SNAPSHOT_PARTS_H

#include "snapshot.h"

int mailboxes_build(struct tenant *t, struct db *db);

#endif
