/* Recordings on the page of a call; inside src/api */
#ifndef CARILLON_API_RECORDINGS_H
#define CARILLON_API_RECORDINGS_H

#include "db.h"
#include "json.h"

int recordings_of_call(json_t *rows, struct db *db, int64_t tenant, const char *call_id);

#endif
