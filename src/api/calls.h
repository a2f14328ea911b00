/**
 * @file calls.h  What the call history and its CSV share
 */
#ifndef CARILLON_API_CALLS_H
#define CARILLON_API_CALLS_H

#include "cdr.h"
#include "inside.h"

bool calls_filter(struct cdr_filter *f, bool *none, const struct request *rq, struct reply *rp);

#endif
