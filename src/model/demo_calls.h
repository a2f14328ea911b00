/**
 * @file demo_calls.h  Past calls for the demo; only for demo.c
 */
#ifndef CARILLON_DEMO_CALLS_H
#define CARILLON_DEMO_CALLS_H

#include <stdint.h>
#include "db.h"

int demo_calls(struct db *db, int64_t tenant, int64_t now);

#endif
