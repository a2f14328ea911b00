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

/** What people call a party: its name, or its number */
const char *party_label(const struct party *p)
{
	return p->name[0] ? p->name : p->number;
}
