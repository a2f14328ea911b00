/**
 * @file dests.h  Every kind of dest, one file each
 *
 * A kind is a row of functions (call/flow.h). The floors above only make them known. At start, core
 * thread.
 */
#ifndef CARILLON_DESTS_H
#define CARILLON_DESTS_H

#include "call.h"

void dests_register(void);

/* extension.c */
bool extension_takes_message(struct call *c, const char *extension);
int extension_to_mailbox(struct call *c, const char *extension);

#endif
