/**
 * @file record.h  The record of a call: what the history keeps of it
 *
 * Core thread only; the record itself is a value that may be handed to the store's thread.
 */
#ifndef CARILLON_RECORD_H
#define CARILLON_RECORD_H

#include "call.h"
#include "cdr.h"

int record_make(struct cdr **cp, struct call *c);

#endif
