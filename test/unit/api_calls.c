/**
 * @file api_calls.c  Call history: who sees what, filters, pages, the story, CSV, home, people
 */
#include "api_house.h"
#include "cdr.h"
#include "csv.h"

static struct person maya, admin;
static char first_id[ID_SIZE];

static void party(struct cdr_party *p, const char *number, const char *name, const char *extension)
{
	str_ncpy(p->number, number, sizeof(p->number));
	str_ncpy(p->name, name, sizeof(p->name));
	str_ncpy(p->extension, extension, sizeof(p->extension));
}

enum { MANY = 10050 };

static void leg(struct cdr *c, unsigned i, enum cdr_role role, const struct cdr_party *p)
{
	struct cdr_leg *l = &c->legs[i];

	str_ncpy(l->id, id_new().s, sizeof(l->id));
	l->role = role;
	l->party = *p;
	l->started_at = c->started_at;
	l->cause = c->cause;
	str_ncpy(l->codec, "opus", sizeof(l->codec));
	l->jitter_us = 1500;
	l->mos_milli = 4310;
	l->packets_in = 50;
	l->lost = i;
	str_ncpy(l->call_id, i ? "=2@desk" : "1@carrier", sizeof(l->call_id));
}

static int call_add(struct db *db, const struct cdr_party *from, const struct cdr_party *to, int n,
		    bool answered)
{
	struct cdr *c;
	int err = cdr_alloc(&c, 2, 1);

	if (err)
		return err;
	c->tenant = house.northwind.row.id;
	str_ncpy(c->id, id_new().s, sizeof(c->id));
	if (!n)
		str_ncpy(first_id, c->id, sizeof(first_id));
	c->dir = CDR_IN;
	c->from = *from;
	c->to = *to;
	c->started_at = clock_wall_ms() - 1000 * (int64_t)(100 - n);
	c->ended_at = c->started_at + 30000;
	c->duration_ms = 30000;
	c->cause = answered ? CAUSE_NORMAL : CAUSE_NOANSWER;
	c->result = answered ? CDR_answered : CDR_noanswer;
	if (answered) {
		c->answered_at = c->started_at + 9000;
		c->answered_by = *to;
		c->billed_ms = 21000;
	}
	leg(c, 0, CDR_CALLER, from);
	leg(c, 1, CDR_CALLED, to);
	c->lines[0].at = c->started_at;
	str_ncpy(c->lines[0].kind, "step", CDR_KIND);
	str_ncpy(c->lines[0].text, "Rang the desk phone", CDR_TEXT);
	c->leg_count = 2;
	c->line_count = 1;
	err = cdr_write(db, c);
	mem_deref(c);
	return err;
}

static int calls_fn(struct db *db, void *obj)
{
	struct cdr_party outside, own, colleague;
	int err = 0;

	memset(&outside, 0, sizeof(outside));
	memset(&own, 0, sizeof(own));
	memset(&colleague, 0, sizeof(colleague));
	party(&outside, "+12125550100", "=HYPERLINK(\"http://evil\")", "");
	party(&own, "1001", "Maya Chen", "1001");
	party(&colleague, "1002", "Tom, \"the\" Becker", "1002");
	for (int n = 0; n < 7 && !err; n++)
		err = call_add(db, &outside, n < 3 ? &own : &colleague, n, n % 2);
	return err;
}

static int setup(void **state)
{
	house_open(state);
	/* a day must not begin between the calls */
	if (clock_wall_ms() / 1000 % 3600 < 200)
		clock_advance(300000);
	assert_int_equal(store_write_wait(house.store, calls_fn, NULL), 0);
	maya = sign_in("maya@northwind.localhost");
	admin = sign_in("admin@northwind.localhost");
	return 0;
}

static int teardown(void **state)
{
	free(maya.me);
	free(admin.me);
	return house_close(state);
}

static size_t rows(const struct person *p, const char *path)
{
	struct http_response *r = ask(p, "GET", path, NULL);
	json_t *root = json_loads(r->body, 0, NULL);
	size_t n = json_array_size(json_object_get(root, "rows"));

	if (r->status != 200)
		fail_msg("%s: %d %s", path, r->status, r->body);
	json_decref(root);
	http_free(r);
	return n;
}

static void own_calls_and_the_tenants(void **state)
{
	assert_int_equal(rows(&maya, "/api/v1/calls"), 3);
	assert_int_equal(rows(&maya, "/api/v1/calls?scope=mine"), 3);
	assert_int_equal(rows(&admin, "/api/v1/calls"), 0); /* has no extension */
	assert_int_equal(rows(&admin, "/api/v1/calls?scope=tenant"), 7);
	expect(&maya, "GET", "/api/v1/calls?scope=tenant", NULL, 403, "pbx_cdr");
}

/* "calls of mine" with what a technician asks, for whoever has no permission to see others' */
static void technical_facts_are_in_the_list(void **state)
{
	struct http_response *r = ask(&maya, "GET", "/api/v1/calls?technical=true", NULL);
	char v[64];

	assert_int_equal(r->status, 200);
	assert_string_equal(member(v, sizeof(v), r->body, "rows.0.technical.caller.callId"),
			    "1@carrier");
	assert_string_equal(member(v, sizeof(v), r->body, "rows.0.technical.called.callId"),
			    "=2@desk");
	assert_string_equal(member(v, sizeof(v), r->body, "rows.0.technical.called.codec"), "opus");
	assert_non_null(strstr(r->body, "\"recorded\":false"));
	http_free(r);
	r = ask(&maya, "GET", "/api/v1/calls", NULL);
	assert_null(strstr(r->body, "technical"));
	http_free(r);
}

static void filters_narrow(void **state)
{
	char path[128];

	assert_int_equal(rows(&admin, "/api/v1/calls?scope=tenant&result=answered"), 3);
	assert_int_equal(rows(&admin, "/api/v1/calls?scope=tenant&result=missed"), 4);
	assert_int_equal(rows(&admin, "/api/v1/calls?scope=tenant&dir=out"), 0);
	assert_int_equal(rows(&admin, "/api/v1/calls?scope=tenant&q=becker"), 4);
	assert_int_equal(rows(&admin, "/api/v1/calls?scope=tenant&q=%25%27--"), 0);
	snprintf(path, sizeof(path), "/api/v1/calls?scope=tenant&from=%lld",
		 (long long)clock_wall_ms() + 1000);
	assert_int_equal(rows(&admin, path), 0);
	expect(&admin, "GET", "/api/v1/calls?scope=all", NULL, 422, "\"scope\"");
	expect(&admin, "GET", "/api/v1/calls?dir=up", NULL, 422, "\"dir\"");
	expect(&admin, "GET", "/api/v1/calls?result=x", NULL, 422, "\"result\"");
	expect(&admin, "GET", "/api/v1/calls?from=x", NULL, 422, "\"from\"");
}

static void pages_are_newest_first(void **state)
{
	char path[512], next[400] = "", v[64];
	long long last = INT64_MAX, at;
	int n = 0;

	do {
		struct http_response *r;
		json_t *root, *row;
		size_t i;

		snprintf(path, sizeof(path), "/api/v1/calls?scope=tenant&limit=3%s%s",
			 next[0] ? "&cursor=" : "", next);
		r = ask(&admin, "GET", path, NULL);
		assert_int_equal(r->status, 200);
		root = json_loads(r->body, 0, NULL);
		json_array_foreach(json_object_get(root, "rows"), i, row)
		{
			at = json_integer_value(json_object_get(row, "startedAt"));
			assert_true(at < last);
			last = at;
			++n;
		}
		json_decref(root);
		member(next, sizeof(next), r->body, "next");
		http_free(r);
	} while (strcmp(next, "null") && n < 20);
	assert_int_equal(n, 7);
	(void)v;
}

static void call_tells_its_story(void **state)
{
	struct person other = sign_in("maya@harbor.localhost");
	struct http_response *r;
	char path[128], v[256];

	snprintf(path, sizeof(path), "/api/v1/calls/%s", first_id);
	r = ask(&maya, "GET", path, NULL);
	assert_int_equal(r->status, 200);
	assert_string_equal(member(v, sizeof(v), r->body, "story.0.text"), "Rang the desk phone");
	assert_string_equal(member(v, sizeof(v), r->body, "legs.1.role"), "called");
	assert_string_equal(member(v, sizeof(v), r->body, "legs.0.codec"), "opus");
	assert_string_equal(member(v, sizeof(v), r->body, "cause.code"), "NOANSWER");
	assert_string_equal(member(v, sizeof(v), r->body, "answeredBy"), "null");
	http_free(r);
	expect(&other, "GET", path, NULL, 404, NULL);
	free(other.me);
}

static void a_call_is_noted_and_rated(void **state)
{
	struct person other = sign_in("maya@harbor.localhost");
	char path[128];

	snprintf(path, sizeof(path), "/api/v1/calls/%s", first_id);
	expect(&maya, "GET", path, NULL, 200, "\"note\":\"\",\"rating\":null");
	expect(&maya, "PATCH", path, "{\"note\":\"=Wants an offer\"}", 200,
	       "\"note\":\"=Wants an offer\",\"rating\":null");
	expect(&maya, "PATCH", path, "{\"rating\":\"poor\"}", 200,
	       "\"note\":\"=Wants an offer\",\"rating\":\"poor\"");
	expect(&admin, "GET", path, NULL, 200, "\"rating\":\"poor\"");
	expect(&maya, "GET", "/api/v1/calls.csv", NULL, 200, ",\"'=Wants an offer\",\"poor\"\r\n");
	expect(&maya, "PATCH", path, "{\"rating\":\"loud\"}", 422, "\"rating\"");
	expect(&other, "PATCH", path, "{\"note\":\"mine\"}", 404, NULL);
	expect(&maya, "PATCH", path, "{\"note\":\"Two\\nlines\"}", 200, "\"note\":\"Two\\nlines\"");
	expect(&maya, "PATCH", path, "{\"note\":\"a\\tb\"}", 422, "control characters");
	expect(&maya, "PATCH", path, "{\"rating\":null,\"note\":\"\"}", 200,
	       "\"note\":\"\",\"rating\":null");
	free(other.me);
}

static int last_id_fn(const struct cdr *c, void *arg)
{
	str_ncpy(arg, c->id, ID_SIZE);
	return DB_STOP;
}

static int newest_fn(struct db *db, void *obj)
{
	struct cdr_filter f = {.tenant = house.northwind.row.id, .limit = 1};
	struct cdr_cursor next;

	return cdr_list(&next, db, &f, last_id_fn, obj);
}

static void colleagues_call_is_not_shown(void **state)
{
	char id[ID_SIZE] = "", path[128];

	assert_int_equal(store_read(house.store, newest_fn, id), 0);
	snprintf(path, sizeof(path), "/api/v1/calls/%s", id);
	expect(&admin, "GET", path, NULL, 200, "Tom, \\\"the\\\" Becker");
	expect(&maya, "GET", path, NULL, 404, NULL);
}

/* By characters: under ASan each strstr() measures all that is left */
static int lines_of(const char *text)
{
	int lines = 0;

	for (; *text; text++)
		lines += text[0] == '\r' && text[1] == '\n';
	return lines;
}

static void csv_runs_no_formula(void **state)
{
	struct http_response *r = ask(&admin, "GET", "/api/v1/calls.csv?scope=tenant", NULL);

	assert_int_equal(r->status, 200);
	assert_memory_equal(r->body, "\xef\xbb\xbf\"id\",\"started\"", 16);
	assert_int_equal(lines_of(r->body), 8);
	assert_non_null(strstr(r->body, ",\"'=HYPERLINK(\"\"http://evil\"\")\","));
	assert_non_null(strstr(r->body, ",\"'+12125550100\","));
	assert_non_null(strstr(r->body, ",\"Tom, \"\"the\"\" Becker\","));
	assert_null(strstr(r->body, ",\"=HYPER"));
	assert_non_null(strstr(r->body, ",\"Nobody answered\",\"NOANSWER\",\"19\",\"opus\","
					"\"1@carrier\",\"0\",\"1.5\",\"4.31\",\"opus\","
					"\"'=2@desk\",\"1\",\"1.5\",\"4.31\",\"Nobody"));
	http_free(r);
	expect(&admin, "GET", "/api/v1/calls.csv", NULL, 200,
	       "\"summary\",\"note\",\"rating\"\r\n");
}

static int hidden_fn(struct db *db, void *obj)
{
	struct cdr_party hidden, to;

	memset(&hidden, 0, sizeof(hidden));
	memset(&to, 0, sizeof(to));
	party(&hidden, "anonymous", "Anonymous", "1001");
	party(&to, "1004", "Lucas", "1004");
	return call_add(db, &hidden, &to, 90, false);
}

static void hidden_caller_stays_hidden_in_the_file(void **state)
{
	struct http_response *r;

	assert_int_equal(store_write_wait(house.store, hidden_fn, NULL), 0);
	expect(&maya, "GET", "/api/v1/calls?limit=1", NULL, 200, "\"from\":{\"number\":\"1001\"");
	r = ask(&maya, "GET", "/api/v1/calls.csv?q=Lucas", NULL);
	assert_non_null(strstr(r->body, "\"anonymous\",\"Anonymous\",\"1004\",\"Lucas\""));
	assert_null(strstr(r->body, "\"1001\""));
	http_free(r);
}

static void one_line_only(void **state)
{
	expect(&maya, "GET", "/api/v1/calls?line=%2B14155550999", NULL, 200, "\"rows\":[]");
	expect(&maya, "GET", "/api/v1/calls?line=1004&limit=1", NULL, 200,
	       "\"to\":{\"number\":\"1004\"");
	expect(&admin, "GET", "/api/v1/calls?scope=tenant&line=1009", NULL, 200, "\"rows\":[]");
	expect(&admin, "GET", "/api/v1/calls?line=123456789012345678901234567890123", NULL, 422,
	       "\"line\":\"is too long\"");
}

static int many_fn(struct db *db, void *obj)
{
	struct cdr_party from, to;
	int err = 0;

	memset(&from, 0, sizeof(from));
	memset(&to, 0, sizeof(to));
	party(&from, "1002", "Tom", "1002");
	party(&to, "1003", "Priya", "1003");
	for (int i = 0; i < MANY && !err; i++)
		err = call_add(db, &from, &to, i, false);
	return err;
}

static void long_history_is_one_file(void **state)
{
	struct http_response *r;

	assert_int_equal(store_write_wait(house.store, many_fn, NULL), 0);
	r = ask(&admin, "GET", "/api/v1/calls.csv?scope=tenant", NULL);
	assert_int_equal(r->status, 200);
	assert_true(lines_of(r->body) > MANY);
	http_free(r);
}

static void cells_are_guarded(void **state)
{
	static const char *const v[][2] = {
		{"=1+1", "\"'=1+1\""}, {"+1", "\"'+1\""},   {"-1", "\"'-1\""},
		{"@x", "\"'@x\""},     {"\tx", "\"'\tx\""}, {"\rx", "\"'\rx\""},
		{"a=b", "\"a=b\""},    {"", "\"\""},	    {"a\"b", "\"a\"\"b\""}};

	for (size_t i = 0; i < COUNT(v); i++) {
		AUTO struct mbuf *mb = mbuf_alloc(32);

		assert_int_equal(csv_cell(mb, v[i][0]), 0);
		assert_int_equal(mb->end, strlen(v[i][1]));
		assert_memory_equal(mb->buf, v[i][1], mb->end);
	}
}

static void home_and_people(void **state)
{
	struct http_response *r = ask(&maya, "GET", "/api/v1/home", NULL);
	char v[128];

	assert_int_equal(r->status, 200);
	assert_string_equal(member(v, sizeof(v), r->body, "missed.0.number"), "+12125550100");
	assert_string_equal(member(v, sizeof(v), r->body, "missed.0.count"), "2");
	assert_string_equal(member(v, sizeof(v), r->body, "reach.devices.0.registered"), "true");
	assert_string_equal(member(v, sizeof(v), r->body, "counters.extensions"), "2");
	assert_string_equal(member(v, sizeof(v), r->body, "counters.callsToday"), "3"); /* own */
	assert_string_equal(member(v, sizeof(v), r->body, "week.7.day"), "");
	assert_int_equal(strlen(member(v, sizeof(v), r->body, "week.6.day")), 10);
	http_free(r);
	expect(&admin, "GET", "/api/v1/home", NULL, 200, "\"callsToday\":7"); /* the tenant's */
	r = ask(&maya, "GET", "/api/v1/people", NULL);
	assert_string_equal(member(v, sizeof(v), r->body, "rows.0.number"), "1002");
	assert_string_equal(member(v, sizeof(v), r->body, "rows.1.kind"), "recent");
	assert_string_equal(member(v, sizeof(v), r->body, "rows.2.kind"), "");
	http_free(r);
	expect(&maya, "GET", "/api/v1/people?q=tom", NULL, 200, "\"1002\"");
	expect(&admin, "GET", "/api/v1/people?q=1002", NULL, 200,
	       "{\"rows\":[{\"number\":\"1002\"");
	expect(&maya, "GET", "/api/v1/people?limit=1", NULL, 200, "\"rows\":[{");
	expect(&maya, "GET", "/api/v1/dids", NULL, 200, "\"label\":");
}

static int made_fn(struct db *db, void *obj)
{
	int err = 0;

	for (int i = 0; i < 20 && !err; i++) {
		struct cdr *c;

		err = cdr_alloc(&c, 0, 0);
		if (err)
			break;
		c->tenant = house.northwind.row.id;
		str_ncpy(c->id, id_new().s, sizeof(c->id));
		party(&c->from, "1001", "", "1001");
		party(&c->to, "1002", "", "1002");
		c->started_at = clock_wall_ms() - 30000;
		c->ended_at = c->started_at + 1;
		err = cdr_write(db, c);
		mem_deref(c);
	}
	return err;
}

static void by_the_desk_phone(void **state)
{
	static const char path[] = "/api/v1/phone/desk-call";
	static const char call[] = "/api/v1/phone/desk-call/0192f0c1-0000-7000-8000-000000000001";

	clock_advance(3600 * 1000);
	expect(&maya, "GET", "/api/v1/phone/desk", NULL, 200, "{\"rows\":[{\"name\":\"");
	expect(&admin, "GET", "/api/v1/phone/desk", NULL, 200, "\"rows\":[]");
	expect(&maya, "POST", path, "{\"to\":\"+16285550177\"}", 201, "-1001-+16285550177\"");
	expect(&maya, "POST", path, "{}", 422, "\"to\"");
	expect(&maya, "POST", path, "{\"to\":\"sip:a@b\"}", 422, "must be a number");
	expect(&maya, "POST", path, "{\"to\":\"4711\"}", 422, "leads nowhere");
	expect(&maya, "POST", path, "{\"to\":\"+882123456\"}", 422, "no route leads to");
	expect(&maya, "POST", path, "{\"to\":\"1003\"}", 409, "No desk phone of yours");
	expect(&maya, "POST", path, "{\"to\":\"1004\"}", 409, "rings for another call");
	expect(&maya, "POST", path, "{\"to\":\"1005\"}", 503, "no more calls");
	expect(&admin, "POST", path, "{\"to\":\"1002\"}", 409, "No extension");
	expect(&admin, "DELETE", call, NULL, 404, NULL);
	expect(&maya, "DELETE", call, NULL, 204, NULL);
	expect(&maya, "DELETE", "/api/v1/phone/desk-call/0192f0c1-0000-7000-8000-000000000002",
	       NULL, 404, NULL);
	assert_int_equal(store_write_wait(house.store, made_fn, NULL), 0);
	expect(&maya, "POST", path, "{\"to\":\"1002\"}", 429, "retryAfterMs");
	clock_advance(31000);
	expect(&maya, "POST", path, "{\"to\":\"1002\"}", 201, "-1001-1002\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_calls_and_the_tenants),
		cmocka_unit_test(technical_facts_are_in_the_list),
		cmocka_unit_test(filters_narrow),
		cmocka_unit_test(pages_are_newest_first),
		cmocka_unit_test(call_tells_its_story),
		cmocka_unit_test(a_call_is_noted_and_rated),
		cmocka_unit_test(colleagues_call_is_not_shown),
		cmocka_unit_test(csv_runs_no_formula),
		cmocka_unit_test(cells_are_guarded),
		cmocka_unit_test(home_and_people),
		cmocka_unit_test(hidden_caller_stays_hidden_in_the_file),
		cmocka_unit_test(one_line_only),
		cmocka_unit_test(long_history_is_one_file),
		cmocka_unit_test(by_the_desk_phone),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
