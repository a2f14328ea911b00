/**
 * @file way.h  Which ways an outside number of a tenant may leave by
 *
 * A pure function over the snapshots: calls and faxes ask it, and so does whoever wants to know
 * without calling. Whether a trunk has a channel free is the caller's to ask. Core thread.
 */
#ifndef CARILLON_WAY_H
#define CARILLON_WAY_H

#include "snapshot.h"

enum { WAYS_MAX = 16 };

struct way {
	const struct trunk *trunk;
	char number[PHONE_SIZE]; /* as it is sent there */
};

unsigned way_find(struct way ways[WAYS_MAX], const struct tenant *t, const struct trunks *trunks,
		  const char *e164);
bool way_leads(const struct tenant *t, const char *e164);

#endif
