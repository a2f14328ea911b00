/**
 * @file calls.h  What the call history and its CSV share
 */
#ifndef CARILLON_API_CALLS_H
#define CARILLON_API_CALLS_H

#include "cdr.h"
#include "inside.h"

json_t *party_of(const struct cdr_party *p);
void time_read(const struct request *rq, struct reply *rp, const char *name, int64_t *at);
bool calls_filter(struct cdr_filter *f, bool *none, const struct request *rq, struct reply *rp);

#endif
