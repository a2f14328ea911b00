/**
 * @file api_account.c  My account, the SIP password, the browser's phone
 */
#include "api_house.h"
#include "inside.h"
#include "push.h"

static struct person maya;

static int setup(void **state)
{
	house_open(state);
	maya = sign_in("maya@northwind.localhost");
	return 0;
}

static int teardown(void **state)
{
	free(maya.me);
	return house_close(state);
}

static void account_tells_what_a_phone_needs(void **state)
{
	struct http_response *r = ask(&maya, "GET", "/api/v1/me/account", NULL);
	char v[128], url[64];

	assert_int_equal(r->status, 200);
	assert_string_equal(member(v, sizeof(v), r->body, "extension.number"), "1001");
	assert_string_equal(member(v, sizeof(v), r->body, "domain"), "northwind.localhost");
	assert_string_equal(member(v, sizeof(v), r->body, "username"), "1001");
	assert_string_equal(member(v, sizeof(v), r->body, "sipServer"), "127.0.0.1");
	assert_string_equal(member(v, sizeof(v), r->body, "ports.tls"), "5061");
	snprintf(url, sizeof(url), "ws://127.0.0.1:%u/ws/", house.port);
	assert_string_equal(member(v, sizeof(v), r->body, "wsUrl"), url);
	assert_string_equal(member(v, sizeof(v), r->body, "devices.0.name"), "Desk");
	assert_null(strstr(r->body, "sip-secret"));
	http_free(r);
}

static void password_is_revealed_for_the_portals(void **state)
{
	struct person admin = sign_in("admin@northwind.localhost");

	expect(&maya, "POST", "/api/v1/me/account/reveal", "{\"password\":\"guess\"}", 422,
	       "\"password\":\"is wrong\"");
	expect(&maya, "POST", "/api/v1/me/account/reveal", "{\"password\":\"" HOUSE_PASSWORD "\"}",
	       200, "\"sipPassword\":\"sip-secret\"");
	expect(&admin, "POST", "/api/v1/me/account/reveal", "{\"password\":\"" HOUSE_PASSWORD "\"}",
	       404, NULL); /* has no extension */
	expect(&admin, "GET", "/api/v1/me/account", NULL, 404, "no extension");
	free(admin.me);
}

static int audited_fn(struct db *db, void *obj)
{
	return db_number(db, obj,
			 "SELECT count(*) FROM audit WHERE tenant_id = $1 AND "
			 "action = 'password.reveal' AND who = 'maya@northwind.localhost'",
			 "i", house.northwind.row.id);
}

static void the_look_is_audited(void **state)
{
	int64_t n = 0;

	assert_int_equal(store_read(house.store, audited_fn, &n), 0);
	assert_int_equal(n, 1);
}

static void guessing_locks(void **state)
{
	for (int i = 0; i < 3; i++)
		expect(&maya, "POST", "/api/v1/me/account/reveal", "{\"password\":\"guess\"}", 422,
		       NULL);
	expect(&maya, "POST", "/api/v1/me/account/reveal", "{\"password\":\"guess\"}", 429,
	       "retryAfterMs");
	expect(&maya, "POST", "/api/v1/me/account/reveal", "{\"password\":\"" HOUSE_PASSWORD "\"}",
	       429, NULL);
	clock_advance(16 * 60 * 1000);
}

static struct http_response *session(const char *phone)
{
	char heads[512];

	snprintf(heads, sizeof(heads), "Cookie: %s%s\r\nX-CSRF-Token: %s\r\n", maya.cookie, phone,
		 maya.csrf);
	return http_ask(house.port, "POST", "/api/v1/phone/session", heads,
			"{\"deviceName\":\"Firefox\"}");
}

static void browser_gets_credentials_once(void **state)
{
	struct http_response *r = session(""), *again;
	char id[64], ha1[64], v[128], cookie[256], had[128], path[128];
	int added = house.browsers_added, removed = house.browsers_removed;

	assert_int_equal(r->status, 200);
	member(id, sizeof(id), r->body, "deviceId");
	member(ha1, sizeof(ha1), r->body, "ha1");
	assert_int_equal(strlen(ha1), 32);
	assert_string_equal(member(v, sizeof(v), r->body, "uri"), "sip:1001@northwind.localhost");
	assert_string_equal(member(v, sizeof(v), r->body, "realm"), "northwind.localhost");
	assert_string_not_equal(member(v, sizeof(v), r->body, "authUser"), "1001");
	assert_in_range(strtoll(member(v, sizeof(v), r->body, "expiresAt"), NULL, 10) -
				clock_wall_ms(),
			11 * 3600 * 1000, 12 * 3600 * 1000);
	http_head(r, "Set-Cookie", cookie, sizeof(cookie));
	assert_non_null(strstr(cookie, "HttpOnly; SameSite=Strict"));
	snprintf(had, sizeof(had), "; %.*s", (int)strcspn(cookie, ";"), cookie);
	again = session(had); /* the page was loaded anew */
	assert_string_equal(member(v, sizeof(v), again->body, "deviceId"), id);
	assert_string_not_equal(member(v, sizeof(v), again->body, "ha1"), ha1);
	assert_int_equal(house.browsers_added, added + 1);
	snprintf(path, sizeof(path), "/api/v1/phone/session/%s", id);
	expect(&maya, "DELETE", path, NULL, 204, NULL);
	expect(&maya, "DELETE", path, NULL, 404, NULL);
	assert_int_equal(house.browsers_removed, removed + 1);
	http_free(again);
	again = session(had); /* the record is gone: a new one */
	assert_int_equal(again->status, 200);
	assert_string_not_equal(member(v, sizeof(v), again->body, "deviceId"), id);
	http_free(again);
	http_free(r);
}

static void signing_out_ends_the_browsers_phone(void **state)
{
	struct person tab = sign_in("maya@northwind.localhost");
	struct http_response *r;
	char heads[768], cookie[256];
	int removed = house.browsers_removed, revoked = house.revoked;

	snprintf(heads, sizeof(heads), "Cookie: %s\r\nX-CSRF-Token: %s\r\n", tab.cookie, tab.csrf);
	r = http_ask(house.port, "POST", "/api/v1/phone/session", heads, "{\"deviceName\":\"A\"}");
	http_head(r, "Set-Cookie", cookie, sizeof(cookie));
	http_free(r);
	snprintf(heads, sizeof(heads), "Cookie: %s; %.*s\r\nX-CSRF-Token: %s\r\n", tab.cookie,
		 (int)strcspn(cookie, ";"), cookie, tab.csrf);
	r = http_ask(house.port, "POST", "/api/v1/logout", heads, NULL);
	assert_int_equal(r->status, 204);
	assert_int_equal(house.browsers_removed, removed + 1);
	assert_int_equal(house.revoked, revoked + 1);
	assert_string_equal(house.revoked_extension, "1001");
	http_free(r);
	free(tab.me);
}

static const char bell[] =
	"{\"endpoint\":\"https://push.example.net/x\",\"key\":\"BCVxsr7N_eNgVRqvHt"
	"D0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4\","
	"\"auth\":\"BTBZMqHH6r4Tts7J_aSIgg\"}";

/* Asks of a bell as somebody, with the cookie of a browser's phone */
static unsigned bell_ask(const struct person *p, const char *phone, const char *method,
			 const char *part)
{
	struct http_response *r;
	char heads[768];
	unsigned status;

	snprintf(heads, sizeof(heads), "Cookie: %s%s\r\nX-CSRF-Token: %s\r\n", p->cookie, phone,
		 p->csrf);
	r = http_ask(house.port, method, "/api/v1/phone/bell", heads,
		     strcmp(method, "PUT") ? NULL : bell);
	if (part && !strstr(r->body, part))
		fail_msg("%s is not in %s", part, r->body);
	status = r->status;
	http_free(r);
	return status;
}

static void on_gone(const char *id, void *arg)
{
}

/* A bell is the browser's own: whoever has the cookie of another one's phone sets none. */
static void bell_of_a_browser(void **state)
{
	struct push_conf conf = {.contact = "", .ca = "", .inside = "", .gone_h = on_gone};
	struct person admin = sign_in("admin@northwind.localhost");
	struct http_response *r = session("");
	char cookie[256], had[128];
	int told = house.bells_told;
	struct pusher *pusher;

	http_head(r, "Set-Cookie", cookie, sizeof(cookie));
	snprintf(had, sizeof(had), "; %.*s", (int)strcspn(cookie, ";"), cookie);
	http_free(r);
	assert_int_equal(bell_ask(&maya, had, "GET", "{\"key\":null,\"on\":false}"), 200);
	assert_int_equal(bell_ask(&maya, had, "PUT", NULL), 404); /* push = no */
	assert_int_equal(push_key_make(conf.key), 0);
	assert_int_equal(pusher_alloc(&pusher, &conf), 0);
	house.api->conf.pusher = pusher;
	assert_int_equal(bell_ask(&maya, had, "PUT", NULL), 204);
	assert_int_equal(house.bells_told, told + 1);
	assert_int_equal(bell_ask(&maya, had, "GET", "\"on\":true"), 200);
	assert_int_equal(bell_ask(&maya, "", "GET", "\"on\":false"), 200);
	assert_int_equal(bell_ask(&maya, "", "PUT", NULL), 404);
	assert_int_equal(bell_ask(&admin, had, "PUT", NULL), 404);
	assert_int_equal(bell_ask(&admin, had, "DELETE", NULL), 404);
	assert_int_equal(bell_ask(&admin, had, "GET", "\"on\":false"), 200);
	assert_int_equal(bell_ask(&maya, had, "DELETE", NULL), 204);
	assert_int_equal(bell_ask(&maya, had, "GET", "\"on\":false"), 200);
	house.api->conf.pusher = NULL;
	mem_deref(pusher);
	free(admin.me);
}

/* The own desk phone is no browser: this address must not remove it */
static void desk_phone_is_no_session(void **state)
{
	char path[128];

	snprintf(path, sizeof(path), "/api/v1/phone/session/%s", house.northwind.desk.id);
	expect(&maya, "DELETE", path, NULL, 404, NULL);
}

static int read_until(int fd, char *buf, size_t size, const char *text)
{
	size_t n = 0;

	while (n + 1 < size && http_byte(fd, buf + n)) {
		buf[++n] = '\0';
		if (strstr(buf, text))
			return 1;
	}
	return 0;
}

static int stream_at(const struct person *p, const char *path, const char *last, char *buf,
		     size_t size)
{
	int fd = http_connect(house.port);
	char text[512];

	snprintf(text, sizeof(text),
		 "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: %s\r\n%s%s%s\r\n", path, p->cookie,
		 last ? "Last-Event-ID: " : "", last ? last : "", last ? "\r\n" : "");
	http_write(fd, text, strlen(text));
	assert_true(read_until(fd, buf, size, "data: {}\n\n"));
	assert_non_null(strstr(buf, "text/event-stream"));
	return fd;
}

static int stream_open(const struct person *p, const char *last, char *buf, size_t size)
{
	return stream_at(p, "/api/v1/events", last, buf, size);
}

static void publish(int64_t tenant, const char *extension, const char *data)
{
	struct event e = {tenant, extension, "call.started", data};

	event_publish(&e);
}

static void events_reach_whom_they_concern(void **state)
{
	struct person admin = sign_in("admin@northwind.localhost");
	struct person other = sign_in("admin@harbor.localhost");
	char buf[4096];
	int own = stream_open(&maya, NULL, buf, sizeof(buf));
	int boss = stream_open(&admin, NULL, buf, sizeof(buf));
	int foreign = stream_open(&other, NULL, buf, sizeof(buf));

	publish(house.northwind.row.id, "1002", "{\"n\":1}"); /* Tom's */
	publish(house.northwind.row.id, "1001", "{\"n\":2}");
	publish(house.northwind.row.id, NULL, "{\"n\":3}");
	publish(house.harbor.row.id, NULL, "{\"n\":4}");
	assert_true(read_until(own, buf, sizeof(buf), "{\"n\":3}\n\n"));
	assert_null(strstr(buf, "{\"n\":1}"));
	assert_non_null(strstr(buf, "event: call.started\ndata: {\"n\":2}"));
	assert_true(read_until(boss, buf, sizeof(buf), "{\"n\":3}\n\n"));
	assert_non_null(strstr(buf, "{\"n\":1}"));
	assert_true(read_until(foreign, buf, sizeof(buf), "{\"n\":4}\n\n"));
	assert_null(strstr(buf, "{\"n\":3}"));
	close(own);
	close(boss);
	close(foreign);
	free(admin.me);
	free(other.me);
}

static void missed_events_are_replayed(void **state)
{
	char buf[8192], id[64] = "";
	int fd = stream_open(&maya, NULL, buf, sizeof(buf));

	assert_int_equal(sscanf(strstr(buf, "\nid: "), "\nid: %63s", id), 1);
	close(fd);
	publish(house.northwind.row.id, "1001", "{\"n\":11}");
	publish(house.northwind.row.id, "1002", "{\"n\":12}");
	publish(house.northwind.row.id, "1001", "{\"n\":13}");
	usleep(50000);
	fd = stream_open(&maya, id, buf, sizeof(buf));
	assert_non_null(strstr(buf, "{\"n\":11}"));
	assert_null(strstr(buf, "{\"n\":12}"));
	assert_non_null(strstr(buf, "{\"n\":13}"));
	assert_null(strstr(buf, "event: resync"));
	close(fd);
	fd = stream_open(&maya, "otherrun-7", buf, sizeof(buf));
	assert_non_null(strstr(buf, "event: resync"));
	close(fd);
	clock_advance(301000); /* longer ago than what is kept */
	fd = stream_open(&maya, id, buf, sizeof(buf));
	assert_non_null(strstr(buf, "event: resync"));
	close(fd);
}

static void a_page_misses_nothing_between_its_first_answer_and_its_stream(void **state)
{
	char buf[8192], after[64], path[128];
	struct person tab = sign_in("maya@northwind.localhost");
	int fd;

	member(after, sizeof(after), tab.me, "eventsAfter");
	publish(house.northwind.row.id, "1001", "{\"n\":21}");
	usleep(50000);
	snprintf(path, sizeof(path), "/api/v1/events?after=%s", after);
	fd = stream_at(&tab, path, NULL, buf, sizeof(buf));
	assert_non_null(strstr(buf, "{\"n\":21}"));
	assert_null(strstr(buf, "event: resync"));
	close(fd);
	free(tab.me);
}

static void stream_pings_and_ends_with_the_sign_in(void **state)
{
	struct person tab = sign_in("maya@northwind.localhost");
	char buf[4096];
	int fd = stream_open(&tab, NULL, buf, sizeof(buf));

	clock_advance(16000);
	assert_true(read_until(fd, buf, sizeof(buf), "event: ping\ndata: {}\n\n"));
	expect(&tab, "POST", "/api/v1/logout", NULL, 204, NULL);
	assert_true(read_until(fd, buf, sizeof(buf), "event: session.revoked\n"));
	assert_true(read_until(fd, buf, sizeof(buf), "\r\n0\r\n")); /* and the stream ends */
	close(fd);
	free(tab.me);
}

/* Two threads serve everything: forty streams that sleep must leave them free */
static void streams_hold_no_thread(void **state)
{
	char buf[4096];
	struct person people[8];
	int fd[40];

	for (size_t i = 0; i < COUNT(people); i++)
		people[i] = sign_in("maya@northwind.localhost");
	for (size_t i = 0; i < COUNT(fd); i++)
		fd[i] = stream_open(&people[i % COUNT(people)], NULL, buf, sizeof(buf));
	expect(&maya, "GET", "/api/v1/me", NULL, 200, NULL);
	publish(house.northwind.row.id, NULL, "{\"n\":40}");
	for (size_t i = 0; i < COUNT(fd); i++) {
		assert_true(read_until(fd[i], buf, sizeof(buf), "{\"n\":40}"));
		close(fd[i]);
	}
	for (size_t i = 0; i < COUNT(people); i++)
		free(people[i].me);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(account_tells_what_a_phone_needs),
		cmocka_unit_test(password_is_revealed_for_the_portals),
		cmocka_unit_test(the_look_is_audited),
		cmocka_unit_test(guessing_locks),
		cmocka_unit_test(browser_gets_credentials_once),
		cmocka_unit_test(bell_of_a_browser),
		cmocka_unit_test(signing_out_ends_the_browsers_phone),
		cmocka_unit_test(desk_phone_is_no_session),
		cmocka_unit_test(events_reach_whom_they_concern),
		cmocka_unit_test(missed_events_are_replayed),
		cmocka_unit_test(a_page_misses_nothing_between_its_first_answer_and_its_stream),
		cmocka_unit_test(stream_pings_and_ends_with_the_sign_in),
		cmocka_unit_test(streams_hold_no_thread),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
