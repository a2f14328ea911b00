/**
 * @file price.c  What it would cost: before dialling, and before a fax is sent
 */
#include <errno.h>
#include <string.h>
#include "inside.h"
#include "text.h"

enum { FAX_PRICES = 100 };

static json_t *price_json(const struct price *p)
{
	json_t *o;

	if (!price_known(p))
		return json_null();
	o = json_object();
	put_money(o, "perMinute", p->per_minute, p->currency);
	put_money(o, "connectFee", p->connect, p->currency);
	put_int(o, "minimumSeconds", p->minimum_ms / 1000);
	put_int(o, "incrementSeconds", p->increment_ms / 1000);
	put_money(o, "perPage", p->per_page, p->currency);
	return o;
}

/** GET /price?to=: of a call to what somebody dials */
void price_get(struct request *rq, struct reply *rp)
{
	const struct api_live *live = &api_of(rq)->live;
	const char *to = request_query(rq, "to");
	struct live_price p = {.outside = false};
	json_t *o;
	int err;

	if (!to || !to[0] || !text_printf(p.number, sizeof(p.number), "%s", to)) {
		reply_field(rp, "to", "must be what somebody dials, at most 32 characters");
		return;
	}
	err = live->prices_h(&p, 1, who_of(rq)->tenant, false, live->arg);
	if (err) {
		answer_error(rp, err);
		return;
	}
	o = json_object();
	put_text(o, "to", to);
	put_bool(o, "outside", p.outside);
	json_object_set_new(o, "price", price_json(&p.price));
	reply_json(rp, 200, o);
}

/* --- faxes -------------------------------------------------------------------------------------
 */

/** The sum of what is known */
struct sum {
	money_t cost;
	char currency[CURRENCY_SIZE];
};

static json_t *fax_row(struct sum *sum, const struct live_price *p, int64_t pages)
{
	money_t cost = price_pages(&p->price, pages);
	json_t *o = json_object();

	put_text(o, "to", p->number);
	put_bool(o, "outside", p->outside);
	put_money(o, "perPage", p->price.per_page, p->price.currency);
	put_money(o, "cost", cost, p->price.currency);
	if (!price_known(&p->price))
		return o;
	str_ncpy(sum->currency, p->price.currency, sizeof(sum->currency));
	if (__builtin_add_overflow(sum->cost, cost, &sum->cost))
		sum->cost = INT64_MAX;
	return o;
}

static bool numbers_take(struct live_price *v, size_t *n, const struct request *rq,
			 struct reply *rp)
{
	const json_t *list = json_object_get(rq->body, "to"), *row;
	size_t i;

	*n = 0;
	json_array_foreach(list, i, row)
	{
		const char *number = json_string_value(json_object_get(row, "number"));

		if (*n < FAX_PRICES &&
		    phone_e164(v[*n].number, sizeof(v[*n].number), number, who_of(rq)->row.country))
			++*n;
		else
			reply_field(rp, "to", "must be telephone numbers, at most %d", FAX_PRICES);
	}
	return !reply_status(rp);
}

static json_t *fax_price_json(const struct who *w, const struct live_price *v, size_t n,
			      int64_t pages)
{
	json_t *o = json_object(), *rows = json_array();
	struct sum sum = {.cost = 0};

	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows, fax_row(&sum, &v[i], pages));
	put_bool(o, "plan", w->row.rate_plan[0]);
	put_int(o, "pages", pages);
	put_money(o, "cost", sum.cost, sum.currency);
	json_object_set_new(o, "rows", rows);
	return o;
}

/** POST /faxes/price: what so many pages to these numbers would cost */
void fax_price_post(struct request *rq, struct reply *rp)
{
	const struct api_live *live = &api_of(rq)->live;
	struct live_price *v = mem_zalloc(FAX_PRICES * sizeof(*v), NULL);
	size_t n = 0;
	int err = v ? 0 : ENOMEM;

	if (!err && !numbers_take(v, &n, rq, rp)) {
		mem_deref(v);
		return;
	}
	if (!err && n)
		err = live->prices_h(v, n, who_of(rq)->tenant, true, live->arg);
	if (err)
		answer_error(rp, err);
	else
		reply_json(rp, 200, fax_price_json(who_of(rq), v, n, request_int(rq, "pages", 1)));
	mem_deref(v);
}
