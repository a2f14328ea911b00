/**
 * @file model_rate.c  Rate plans: who uses them, which rate counts, what it makes of time and pages
 */
#include "model_test.h"
#include "rate.h"
#include "rates.h"
#include "snapshot.h"

static struct rate_plan plan_make(const char *name, const char *currency)
{
	struct rate_plan p = {.tenant = 0};

	str_ncpy(p.name, name, sizeof(p.name));
	str_ncpy(p.currency, currency, sizeof(p.currency));
	assert_int_equal(rate_plan_add(db, &p), 0);
	return p;
}

static struct rate rate_make(const struct rate_plan *p, const char *prefix, money_t per_minute)
{
	struct rate r = {.per_minute = per_minute,
			 .connect = 1000,
			 .per_page = per_minute * 2,
			 .minimum_s = 30,
			 .increment_s = 6};

	str_ncpy(r.plan_id, p->id, sizeof(r.plan_id));
	str_ncpy(r.prefix, prefix, sizeof(r.prefix));
	assert_int_equal(rate_add(db, &r), 0);
	return r;
}

static void what_a_call_and_a_page_cost(void **state)
{
	const struct price p = {.currency = "USD",
				.per_minute = 60000,
				.connect = 5000,
				.per_page = 30000,
				.minimum_ms = 30000,
				.increment_ms = 6000},
			   dear = {.currency = "USD",
				   .per_minute = INT64_MAX,
				   .connect = INT64_MAX,
				   .per_page = INT64_MAX,
				   .increment_ms = 1},
			   none = {.currency = ""};

	assert_int_equal(price_call(&p, 0), 0);
	assert_int_equal(price_call(&p, 1), 35000);
	assert_int_equal(price_call(&p, 30001), 41000);
	assert_int_equal(price_billed_ms(&p, 0), 0);
	assert_int_equal(price_billed_ms(&p, 30001), 36000);
	assert_int_equal(price_pages(&p, 0), 0);
	assert_int_equal(price_pages(&p, 3), 90000); /* no fee for the connection */
	assert_int_equal(price_call(&dear, 60000), INT64_MAX);
	assert_int_equal(price_pages(&dear, 2), INT64_MAX);
	assert_true(price_known(&p));
	assert_false(price_known(&none));
}

static void the_longest_prefix_wins(void **state)
{
	struct rate_plan a = plan_make("A", "USD"), b = plan_make("B", "EUR");
	struct rates *r;
	struct price p;

	(void)rate_make(&a, "4", 10);
	(void)rate_make(&a, "44", 20);
	(void)rate_make(&a, "442079", 30);
	(void)rate_make(&a, "41", 40);
	(void)rate_make(&b, "44", 50);
	assert_int_equal(rates_load(&r, db), 0);
	assert_true(rates_find(&p, r, a.id, "+442079460177"));
	assert_int_equal(p.per_minute, 30);
	assert_int_equal(p.per_page, 60);
	assert_int_equal(p.connect, 1000);
	assert_int_equal(p.minimum_ms, 30000);
	assert_int_equal(p.increment_ms, 6000);
	assert_string_equal(p.currency, "USD");
	assert_true(rates_find(&p, r, a.id, "+442078"));
	assert_int_equal(p.per_minute, 20);
	assert_true(rates_find(&p, r, a.id, "+45"));
	assert_int_equal(p.per_minute, 10);
	assert_true(rates_find(&p, r, b.id, "+441"));
	assert_int_equal(p.per_minute, 50);
	assert_string_equal(p.currency, "EUR");
	assert_false(rates_find(&p, r, b.id, "+4"));
	assert_false(rates_find(&p, r, a.id, "+1"));
	assert_false(price_known(&p));
	assert_false(rates_find(&p, r, a.id, "44")); /* a short code */
	assert_false(rates_find(&p, r, a.id, "+"));
	assert_false(rates_find(&p, r, a.id, ""));
	assert_false(rates_find(&p, r, "", "+44"));
	assert_false(rates_find(&p, r, "x", "+44"));
	assert_false(rates_find(&p, NULL, a.id, "+44"));
	assert_true(rates_find(&p, r, a.id, "+44207946017799999999999"));
	shared_unref(r);
}

static void younger_plans_stay(void **state)
{
	struct rate_plan a = plan_make("Old and young", "USD");
	struct rate rate = rate_make(&a, "44", 20);
	struct rates *old, *young;
	struct tenants *ts;
	struct price p;

	assert_int_equal(tenants_alloc(&ts), 0);
	assert_int_equal(rates_load(&old, db), 0);
	rate.per_minute = 21;
	assert_int_equal(rate_change(db, &rate), 0);
	assert_int_equal(rates_load(&young, db), 0);
	assert_true(rates_version(young) > rates_version(old));
	tenants_put_rates(ts, young);
	tenants_put_rates(ts, old);
	assert_true(rates_find(&p, tenants_rates(ts), a.id, "+44"));
	assert_int_equal(p.per_minute, 21);
	assert_int_equal(rate_remove(db, 0, rate.id), 0);
	assert_int_equal(rates_load(&young, db), 0);
	tenants_put_rates(ts, young);
	assert_false(rates_find(&p, tenants_rates(ts), a.id, "+44"));
	mem_deref(ts);
}

static void tenants_use_a_plan_of_their_currency(void **state)
{
	struct rate_plan usd = plan_make("Dollars", "USD"), eur = plan_make("Euros", "EUR");
	struct field_errors fe = {0}, currency = {0}, dear = {0};
	struct tenant_row t;
	struct tenant *snapshot;
	struct rates *r;
	struct price p;

	(void)rate_make(&usd, "1", 12000);
	assert_int_equal(rate_plan_use(&fe, db, mine.id, usd.id), 0);
	assert_int_equal(fe.count, 0);
	assert_int_equal(tenant_load(&snapshot, db, mine.id), 0);
	assert_int_equal(rates_load(&r, db), 0);
	assert_true(rates_price(&p, r, snapshot, "+14155550100"));
	assert_int_equal(p.per_minute, 12000);
	assert_false(rates_price(&p, r, snapshot, "911")); /* never costs */
	shared_unref(r);
	shared_unref(snapshot);
	assert_int_equal(rate_plan_use(&fe, db, mine.id, eur.id), 0);
	assert_field(&fe, "ratePlanId", "is in EUR, and the tenant counts in USD");
	assert_int_equal(rate_plan_use(&dear, db, mine.id, "nothing"), 0);
	assert_field(&dear, "ratePlanId", "does not exist");
	assert_int_equal(rate_plan_use(&fe, db, 4711, usd.id), ENOENT);
	assert_int_equal(tenant_get(&t, db, mine.id), 0);
	assert_string_equal(t.rate_plan, usd.id);
	str_ncpy(t.currency, "GBP", sizeof(t.currency));
	assert_int_equal(tenant_check(&currency, db, &t), 0);
	assert_field(&currency, "currency", "cannot be changed while the tenant has a rate plan");
	memset(&currency, 0, sizeof(currency));
	str_ncpy(usd.currency, "GBP", sizeof(usd.currency));
	assert_int_equal(rate_plan_check(&currency, db, &usd), 0);
	assert_field(&currency, "currency", "must stay that of the tenants that use the plan");
	assert_int_equal(rate_plan_remove(db, 0, usd.id), EBUSY);
	memset(&fe, 0, sizeof(fe));
	assert_int_equal(rate_plan_use(&fe, db, mine.id, ""), 0);
	assert_int_equal(rate_plan_remove(db, 0, usd.id), 0);
	assert_int_equal(rate_plan_remove(db, 0, usd.id), ENOENT);
}

static void what_a_rate_may_be(void **state)
{
	struct rate_plan a = plan_make("Checks", "USD");
	struct rate good = rate_make(&a, "44", 20), bad = good;
	struct field_errors fe = {0};
	char prefix[RATE_PREFIX];

	assert_int_equal(rate_check(&fe, db, &good), 0);
	assert_int_equal(fe.count, 0);
	bad.id[0] = '\0';
	bad.per_minute = -1;
	bad.connect = RATE_MONEY_MAX + 1;
	bad.minimum_s = RATE_SECONDS_MAX + 1;
	bad.increment_s = 0;
	assert_int_equal(rate_check(&fe, db, &bad), 0);
	assert_field(&fe, "prefix", "has a rate in this plan already");
	assert_field(&fe, "perMinute", "must be between 0 and a million");
	assert_field(&fe, "connectFee", "must be between 0 and a million");
	assert_field(&fe, "minimumSeconds", "must be between 0 and 3600");
	assert_field(&fe, "incrementSeconds", "must be between 1 and 3600");
	assert_true(rate_prefix_read(prefix, "+44 20"));
	assert_string_equal(prefix, "4420");
	assert_true(rate_prefix_read(prefix, "123456789012345"));
	assert_false(rate_prefix_read(prefix, "1234567890123456"));
	assert_false(rate_prefix_read(prefix, ""));
	assert_false(rate_prefix_read(prefix, "+"));
	assert_false(rate_prefix_read(prefix, "4a"));
	assert_false(rate_prefix_read(prefix, "++4"));
}

static int count_h(const struct rate *r, void *arg)
{
	++*(int *)arg;
	return 0;
}

static int found(const char *plan, const char *q)
{
	int n = 0;

	assert_int_equal(rate_list(db, 0, plan, q, NULL, 0, count_h, &n), 0);
	return n;
}

static void a_file_is_brought_in(void **state)
{
	struct rate_plan a = plan_make("Brought", "USD");
	struct rate r = rate_make(&a, "44", 20), same = r, other_rate = r, f;
	enum rate_brought what;

	assert_int_equal(rate_bring(&what, db, &same), 0);
	assert_int_equal(what, RATE_KNOWN);
	same.per_page = 77;
	strcpy(same.description, "100% Kingdom");
	assert_int_equal(rate_bring(&what, db, &same), 0);
	assert_int_equal(what, RATE_CHANGED);
	assert_int_equal(rate_get(&f, db, 0, r.id), 0);
	assert_int_equal(f.per_page, 77);
	strcpy(other_rate.prefix, "49");
	assert_int_equal(rate_bring(&what, db, &other_rate), 0);
	assert_int_equal(what, RATE_ADDED);
	assert_int_equal(rate_change(db, &r), ESTALE);
	assert_int_equal(found(a.id, NULL), 2);
	assert_int_equal(found(a.id, "+4"), 2);
	assert_int_equal(found(a.id, "49"), 1);
	assert_int_equal(found(a.id, "0% king"), 1);
	assert_int_equal(found(a.id, "%"), 1);
	assert_int_equal(found(a.id, "_"), 0);
	assert_int_equal(rate_remove_all(db, 0, a.id), 0);
	assert_int_equal(found(a.id, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_call_and_a_page_cost),
		cmocka_unit_test(the_longest_prefix_wins),
		cmocka_unit_test(younger_plans_stay),
		cmocka_unit_test(tenants_use_a_plan_of_their_currency),
		cmocka_unit_test(what_a_rate_may_be),
		cmocka_unit_test(a_file_is_brought_in),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
