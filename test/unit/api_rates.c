/**
 * @file api_rates.c  Rate plans by the API: whose they are, files out and in, and what it would
 * cost
 */
#include "api_people.h"
#include "csv.h"
#include "rate.h"

static struct person root;
static char plan[ID_SIZE];

static void id_of(char id[ID_SIZE], const char *body)
{
	const char *p = strstr(body, "\"id\":\"");

	assert_non_null(p);
	str_ncpy(id, p + 6, ID_SIZE);
}

static int open_house(void **state)
{
	struct http_response *r;
	int err = people_open(state, NULL);

	if (err)
		return err;
	root = sign_in("admin@localhost");
	r = ask(&root, "POST", "/api/v1/rate-plans",
		"{\"name\":\"Standard\",\"currency\":\"USD\"}");
	assert_int_equal(r->status, 201);
	id_of(plan, r->body);
	http_free(r);
	return 0;
}

static int close_house(void **state)
{
	free(root.me);
	return people_close(state);
}

static const char *at(const char *form)
{
	static char path[2][256];
	static unsigned turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), form, plan);
	return path[turn];
}

static void they_are_the_platforms(void **state)
{
	static const char *const paths[] = {"/api/v1/rate-plans", "/api/v1/rate-plans/%s",
					    "/api/v1/rates?planId=%s",
					    "/api/v1/rate-plans/%s/rates.csv"};

	for (size_t i = 0; i < COUNT(paths); i++) {
		expect(&admin, "GET", at(paths[i]), NULL, 403, "");
		expect(&maya, "GET", at(paths[i]), NULL, 403, "");
	}
	expect(&admin, "POST", at("/api/v1/rate-plans/%s/rates"), "1,a,1", 403, "");
	expect(&admin, "PATCH", at("/api/v1/rate-plans/%s"), "{\"name\":\"Mine\"}", 403, "");
}

static void a_plan_and_its_rates(void **state)
{
	char body[256], id[ID_SIZE], path[128];
	struct http_response *r;

	snprintf(body, sizeof(body),
		 "{\"planId\":\"%s\",\"prefix\":\"+44 20\",\"perMinute\":21500,\"perPage\":55000,"
		 "\"minimumSeconds\":30,\"incrementSeconds\":6}",
		 plan);
	r = ask(&root, "POST", "/api/v1/rates", body);
	assert_int_equal(r->status, 201);
	assert_non_null(strstr(r->body, "\"prefix\":\"4420\""));
	id_of(id, r->body);
	http_free(r);
	expect(&root, "POST", "/api/v1/rates", body, 422, "has a rate in this plan already");
	snprintf(path, sizeof(path), "/api/v1/rates/%s", id);
	expect(&root, "PATCH", path, "{\"perMinute\":30000,\"description\":\"London\"}", 200,
	       "\"perMinute\":30000");
	expect(&root, "PATCH", path, "{\"perMinute\":-1}", 422, "perMinute");
	expect(&root, "PATCH", path, "{\"prefix\":\"44x\"}", 422, "prefix");
	expect(&root, "GET", at("/api/v1/rates?planId=%s&q=lond"), NULL, 200, "\"London\"");
	expect(&root, "GET", at("/api/v1/rate-plans/%s"), NULL, 200, "\"rates\":1,\"tenants\":0");
	expect(&root, "DELETE", path, NULL, 204, "");
	expect(&root, "GET", path, NULL, 404, "");
}

static void a_file_comes_in_whole_or_not_at_all(void **state)
{
	struct http_response *r;
	const char *path = at("/api/v1/rate-plans/%s/rates");

	expect(&root, "POST", path,
	       "Prefix;Destination;Rate;Page\n+44;=cmd|'/c "
	       "calc'!A0;0,0215;0.055\n49;Germany;0.02;\n",
	       200, "{\"added\":2,\"changed\":0,\"known\":0,\"refused\":0,\"rows\":[]}");
	expect(&root, "POST", path,
	       "44,UK,0.03\n4x,bad,1\n33,France,-1\n33,France,1.1234567\n52,Mexico,1,0,4000\n"
	       "61,Twice,1\n61,Twice,2\n1,\"open,1\n",
	       200,
	       "{\"added\":0,\"changed\":0,\"known\":0,\"refused\":6,\"rows\":["
	       "{\"line\":2,\"prefix\":\"4x\",\"field\":\"prefix\",\"reason\":\"must be the first "
	       "digits of a number, such as 44\"},"
	       "{\"line\":3,\"prefix\":\"33\",\"field\":\"perMinute\",\"reason\":\"must be between "
	       "0 and a million\"},"
	       "{\"line\":4,");
	r = ask(&root, "GET", at("/api/v1/rate-plans/%s/rates.csv"), NULL);
	assert_int_equal(r->status, 200);
	assert_non_null(strstr(r->body, CSV_BOM "\"prefix\",\"description\",\"per_minute\""));
	assert_non_null(strstr(r->body, "\"44\",\"'=cmd|'/c calc'!A0\",\"0.0215\",\"0.00\",\"0\","
					"\"1\",\"0.055\"\r\n"));
	expect(&root, "POST", path, strstr(r->body, "\"prefix\""), 200,
	       "{\"added\":0,\"changed\":0,\"known\":2,\"refused\":0");
	http_free(r);
	expect(&root, "POST", path, "44,UK,0.03\n1,US,0.01\n", 200,
	       "{\"added\":1,\"changed\":1,\"known\":0");
	expect(&root, "POST", at("/api/v1/rate-plans/%s/rates?replace=1"),
	       "44,UK,0.0215,,30,6,0.055\n", 200, "{\"added\":1,\"changed\":0,\"known\":0");
	expect(&root, "GET", at("/api/v1/rate-plans/%s"), NULL, 200, "\"rates\":1");
	expect(&root, "POST", path, "44,\xe4,1\n", 422, "UTF-8");
	expect(&root, "POST", "/api/v1/rate-plans/x/rates", "44,UK,1\n", 404, "");
}

static void a_tenant_without_a_plan_has_no_prices(void **state)
{
	expect(&maya, "GET", "/api/v1/price?to=%2B442079460177", NULL, 200,
	       "{\"to\":\"+442079460177\",\"outside\":true,\"price\":null}");
	expect(&admin, "POST", "/api/v1/faxes/price",
	       "{\"to\":[{\"number\":\"+442079460177\"}],\"pages\":3}", 200,
	       "{\"plan\":false,\"pages\":3,\"cost\":null");
}

static void a_tenant_is_given_a_plan(void **state)
{
	char path[128], body[128];

	snprintf(path, sizeof(path), "/api/v1/tenants/%s/rate-plan", house.northwind.row.uuid);
	snprintf(body, sizeof(body), "{\"ratePlanId\":\"%s\"}", plan);
	expect(&admin, "PUT", path, body, 403, "");
	expect(&root, "PUT", path, "{\"ratePlanId\":\"0192f0c1-0000-7000-8000-000000000009\"}", 422,
	       "does not exist");
	expect(&root, "PUT", path, body, 204, "");
	expect(&root, "GET", "/api/v1/tenants?q=northwind", NULL, 200, plan);
	expect(&root, "DELETE", at("/api/v1/rate-plans/%s"), NULL, 409, "tenants use it");
	expect(&root, "PATCH", at("/api/v1/rate-plans/%s"), "{\"currency\":\"EUR\"}", 422,
	       "must stay that of the tenants");
	expect(&maya, "GET", "/api/v1/price?to=%2B442079460177", NULL, 200,
	       "\"price\":{\"perMinute\":{\"micros\":21500,\"currency\":\"USD\"},"
	       "\"connectFee\":{\"micros\":0,\"currency\":\"USD\"},\"minimumSeconds\":30,"
	       "\"incrementSeconds\":6,\"perPage\":{\"micros\":55000,");
	expect(&maya, "GET", "/api/v1/price?to=1002", NULL, 200,
	       "{\"to\":\"1002\",\"outside\":false,\"price\":null}");
	expect(&maya, "GET", "/api/v1/price?to=", NULL, 422, "");
	expect(&admin, "POST", "/api/v1/faxes/price",
	       "{\"to\":[{\"number\":\"+44 20 7946 "
	       "0177\"},{\"number\":\"+81312345678\"}],\"pages\":3}",
	       200,
	       "{\"plan\":true,\"pages\":3,\"cost\":{\"micros\":165000,\"currency\":\"USD\"},"
	       "\"rows\":[{\"to\":\"+442079460177\",\"outside\":true,\"perPage\":{\"micros\":55000,"
	       "\"currency\":\"USD\"},\"cost\":{\"micros\":165000,\"currency\":\"USD\"}},"
	       "{\"to\":\"+81312345678\",\"outside\":true,\"perPage\":null,\"cost\":null}]}");
	expect(&admin, "POST", "/api/v1/faxes/price",
	       "{\"to\":[{\"number\":\"rubbish\"}],\"pages\":3}", 422, "telephone numbers");
	expect(&admin, "POST", "/api/v1/faxes/price", "{\"to\":[],\"pages\":1}", 200,
	       "\"cost\":null,\"rows\":[]");
	expect(&root, "PUT", path, "{\"ratePlanId\":null}", 204, "");
	expect(&root, "DELETE", at("/api/v1/rate-plans/%s"), NULL, 204, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_are_the_platforms),
		cmocka_unit_test(a_plan_and_its_rates),
		cmocka_unit_test(a_file_comes_in_whole_or_not_at_all),
		cmocka_unit_test(a_tenant_without_a_plan_has_no_prices),
		cmocka_unit_test(a_tenant_is_given_a_plan),
	};

	return cmocka_run_group_tests(tests, open_house, close_house);
}
