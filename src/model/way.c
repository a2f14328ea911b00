/**
 * @file way.c  Which ways an outside number of a tenant may leave by
 */
#include <string.h>
#include "text.h"
#include "way.h"

/* What the trunk is asked for: with or without the plus */
static bool way_number(struct way *w, const struct tenant_route *r, const char *e164)
{
	char number[PHONE_SIZE];

	if (!tenant_route_number(number, sizeof(number), r, e164))
		return false;
	return text_printf(w->number, sizeof(w->number), "%s",
			   number + (!w->trunk->plus && number[0] == '+'));
}

static bool listed(const struct way *ways, unsigned n, const struct trunk *trunk)
{
	for (unsigned i = 0; i < n; i++) {
		if (ways[i].trunk == trunk)
			return true;
	}
	return false;
}

/* Whoever calls for help is heard by any carrier of the tenant's, whatever its route is for. */
static unsigned ways_left(struct way *ways, unsigned n, const struct tenant *t,
			  const struct trunks *trunks, const char *number)
{
	for (uint32_t i = 0; i < t->route_count && n < WAYS_MAX; i++) {
		const struct trunk *trunk = trunks_by_id(trunks, t->routes[i].trunk);

		if (!trunk || listed(ways, n, trunk))
			continue;
		ways[n].trunk = trunk;
		if (text_printf(ways[n].number, sizeof(ways[n].number), "%s", number))
			++n;
	}
	return n;
}

/**
 * Lists the ways in the order in which they are tried: the routes of the longest prefix that fits,
 * by priority; trunks that are switched off among them. For an emergency number then every other
 * trunk of the tenant, which is sent the number as it is.
 *
 * @param ways   Filled in
 * @param t      Tenant
 * @param trunks All trunks; NULL for none
 * @param e164   Number, in E.164 form or a short code
 *
 * @return How many, at most WAYS_MAX
 */
unsigned way_find(struct way ways[WAYS_MAX], const struct tenant *t, const struct trunks *trunks,
		  const char *e164)
{
	const struct tenant_route *best = trunks ? tenant_route(t, e164) : NULL;
	unsigned n = 0;

	for (uint32_t i = 0; best && i < t->route_count && n < WAYS_MAX; i++) {
		const struct tenant_route *r = &t->routes[i];

		ways[n].trunk = trunks_by_id(trunks, r->trunk);
		if (ways[n].trunk && !strcmp(r->prefix, best->prefix) &&
		    way_number(&ways[n], r, e164))
			++n;
	}
	return trunks && phone_listed(t->emergency, e164) ? ways_left(ways, n, t, trunks, e164) : n;
}

/** Whether any route of a tenant leads to a number; an emergency number takes whichever there is */
bool way_leads(const struct tenant *t, const char *e164)
{
	return tenant_route(t, e164) || (t->route_count && phone_listed(t->emergency, e164));
}
