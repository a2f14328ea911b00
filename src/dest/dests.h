/**
 * @file dests.h  Every kind of dest, one file each
 *
 * A kind is a row of functions (call/flow.h). The floors above only make them known. At start, core
 * thread.
 */
#ifndef CARILLON_DESTS_H
#define CARILLON_DESTS_H

void dests_register(void);

#endif
