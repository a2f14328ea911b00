/**
 * @file outside.h  Whether an outside number can be called now
 *
 * What a call would find at the trunks of its routes, asked without a call. Core thread.
 */
#ifndef CARILLON_OUTSIDE_H
#define CARILLON_OUTSIDE_H

#include "exchange.h"

enum { OUTSIDE_WHY = 200 };

bool outside_open(char *why, size_t size, struct exchange *x, const struct tenant *t,
		  const char *e164);

#endif
