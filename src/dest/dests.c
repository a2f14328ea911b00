/**
 * @file dests.c  Makes every kind of dest known to the flow
 */
#include "dests.h"
#include "dests_private.h"

/** Registers every kind of model/tbl/dest_kinds.h; once, at start */
void dests_register(void)
{
#define X(name, ...) flow_register(&dest_##name);
#include "tbl/dest_kinds.h"
#undef X
}
