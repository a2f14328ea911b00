/**
 * @file rates.h  All rate plans as one immutable object, for calls and faxes to ask
 *
 * Loaded on any reader's thread, shared, and swapped whole on the core thread as the trunks are
 * (snapshot.h): plans are shared by tenants and may be long, so that they are in none's snapshot; a
 * tenant names its own. A pure look-up, any thread that holds it.
 */
#ifndef CARILLON_RATES_H
#define CARILLON_RATES_H

#include "db.h"
#include "price.h"

struct rates;
struct tenant; /* snapshot.h */

int rates_load(struct rates **rp, struct db *db);
int64_t rates_version(const struct rates *r);
bool rates_find(struct price *p, const struct rates *r, const char *plan_id, const char *e164);
bool rates_price(struct price *p, const struct rates *r, const struct tenant *t,
		 const char *dialled);

#endif
