/**
 * @file row.h  What the entity files of this folder share
 *
 * Every entity is read by a SELECT of its columns and a function that copies one row into its
 * struct; lists show each row to a handler. On the store's writer.
 */
#ifndef CARILLON_MODEL_ROW_H
#define CARILLON_MODEL_ROW_H

#include "db.h"

int counter_next(int64_t *id, struct db *db, const char *name);
int64_t row_limit(unsigned limit);

#endif
