/**
 * @file dest_use.h  What leads to a dest, so that nothing in use is removed
 *
 * On the store's writer or in store_read().
 */
#ifndef CARILLON_DEST_USE_H
#define CARILLON_DEST_USE_H

#include "dest.h"

enum { DEST_USE = 160 };

int dest_used(char where[DEST_USE], struct db *db, int64_t tenant, const struct dest *d);
int dest_extension_used(char where[DEST_USE], struct db *db, int64_t tenant, const char *number);
int dest_extension_renamed(struct db *db, int64_t tenant, const char *old, const char *number);
int dest_renamed(struct db *db, int64_t tenant, const struct dest *d, const char *target);

#endif
