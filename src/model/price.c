/**
 * @file price.c  What calling or faxing a number costs
 */
#include "price.h"

static money_t capped(__int128 m)
{
	return m > INT64_MAX ? INT64_MAX : (money_t)m;
}

/** Whether a rate plan knows what it costs */
bool price_known(const struct price *p)
{
	return p->currency[0] != '\0';
}

/** What is counted of a call that lasted so long since it was answered: the minimum, then whole
 * increments; 0 for one that was not answered */
int64_t price_billed_ms(const struct price *p, int64_t ms)
{
	return money_billed_ms(ms, p->minimum_ms, p->increment_ms);
}

/** The price of a call that lasted so long since it was answered; 0 for one that was not */
money_t price_call(const struct price *p, int64_t ms)
{
	if (ms <= 0)
		return 0;
	return capped((__int128)p->connect +
		      money_per_minute(p->per_minute, ms, p->minimum_ms, p->increment_ms));
}

/** The price of so many pages that the far side confirmed. The fee for the connection is for calls
 * only: a fax that is cut and tried again costs no more than one that came through at once */
money_t price_pages(const struct price *p, int64_t pages)
{
	return pages > 0 ? capped((__int128)p->per_page * pages) : 0;
}
