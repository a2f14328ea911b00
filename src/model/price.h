/**
 * @file price.h  What calling or faxing a number costs: a value that is copied when it is dialled
 *
 * A change of the rate plan afterwards does not touch what is under way. Pure functions, any
 * thread; money is in micro-units, rounded once and upwards, and never wraps (money.h).
 */
#ifndef CARILLON_PRICE_H
#define CARILLON_PRICE_H

#include "money.h"

enum { CURRENCY_SIZE = 4 }; /* ISO 4217 */

/** Zeros: nothing is known of it */
struct price {
	char currency[CURRENCY_SIZE]; /* "": nothing is known        */
	money_t per_minute, connect;  /* connect: once when answered */
	money_t per_page;	      /* of a fax, once confirmed    */
	int64_t minimum_ms, increment_ms;
};

bool price_known(const struct price *p);
int64_t price_billed_ms(const struct price *p, int64_t ms);
money_t price_call(const struct price *p, int64_t ms);
money_t price_pages(const struct price *p, int64_t pages);

#endif
