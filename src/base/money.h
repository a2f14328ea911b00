/**
 * @file money.h  Money as integer micro-units of the tenant's currency
 *
 * 1.25 USD is 1250000. No floating point, ever. Any floor may call this, on any thread.
 */
#ifndef CARILLON_MONEY_H
#define CARILLON_MONEY_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

typedef int64_t money_t;

int money_parse(money_t *out, const char *text);
bool money_print(char *buf, size_t size, money_t m);
int64_t money_billed_ms(int64_t ms, int64_t minimum_ms, int64_t increment_ms);
money_t money_per_minute(money_t rate, int64_t ms, int64_t minimum_ms, int64_t increment_ms);

#endif
