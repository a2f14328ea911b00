/**
 * @file expand.h  What a dialled string means for a tenant
 *
 * Any thread; reads only the snapshot.
 */
#ifndef CARILLON_EXPAND_H
#define CARILLON_EXPAND_H

#include "snapshot.h"

int dest_resolve(struct dest *out, const struct tenant *t, const char *dialled);

#endif
