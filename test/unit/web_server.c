/**
 * @file web_server.c  Requests over loopback: routes, bodies, files, headers, slow clients
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <cmocka.h>
#include "http_client.h"
#include "clock.h"
#include "own.h"
#include "text.h"
#include "web.h"

static struct actor *core;
static struct web *web;
static char folder[] = "/tmp/carillon-web-XXXXXX";
static uint16_t port;

static void echo(struct request *rq, struct reply *rp)
{
	json_t *o = json_deep_copy(rq->body);

	json_object_set_new(o, "id", json_string(rq->ids[0]));
	json_object_set_new(o, "client", json_string(""));
	reply_header(rp, "ETag", "\"1\"");
	reply_json(rp, 200, o);
}

static void read_thing(struct request *rq, struct reply *rp)
{
	const char *q = request_query(rq, "q");
	char cookie[32] = "", ip[64];
	json_t *o = json_object();

	request_cookie(rq, "b", cookie, sizeof(cookie));
	sa_ntop(&rq->client, ip, sizeof(ip));
	json_object_set_new(o, "q", q ? json_string(q) : json_null());
	json_object_set_new(o, "cookie", json_string(cookie));
	json_object_set_new(o, "ip", json_string(ip));
	reply_header(rp, "ETag", "\"7\"");
	reply_json(rp, 200, o);
}

static void read_sound(struct request *rq, struct reply *rp)
{
	struct mbuf *mb = mbuf_alloc(16);
	char path[64];

	if (!strcmp(rq->ids[0], "file")) {
		snprintf(path, sizeof(path), "%s/.secret", folder);
		reply_file(rp, "audio/wav", open(path, O_RDONLY), 6);
		mem_deref(mb);
		return;
	}
	mbuf_write_str(mb, "0123456789");
	reply_sound(rp, "audio/ogg", mb);
}

static void take_sound(struct request *rq, struct reply *rp)
{
	json_t *o = json_object();

	json_object_set_new(o, "size", json_integer((json_int_t)rq->file->end));
	reply_json(rp, 200, o);
}

static bool auth(struct request *rq, struct reply *rp)
{
	const char *who = request_header(rq, "X-Who");

	text_printf(rq->whose, sizeof(rq->whose), "%s", who ? who : "");
	if (!rq->route->permission || who)
		return true;
	reply_problem(rp, 401, "Sign in first.");
	return false;
}

static const struct field fields[] = {
	{.name = "name", .type = FIELD_TEXT, .required = true, .min = 1, .max = 5},
	{.name = "age", .type = FIELD_INT, .min = 1, .max = 150},
	{.name = "kind", .type = FIELD_CHOICE, .choices = "red green"},
	{.name = "on", .type = FIELD_BOOL},
	{.name = "boss", .type = FIELD_ID, .nullable = true},
	{.name = "tags", .type = FIELD_WORDS, .max = 2},
};

static const struct field file_fields[] = {{.name = "file", .type = FIELD_FILE, .max = 2000000}};

static const struct route routes[] = {
	{"GET", "/api/v1/sounds/{id}", NULL, NULL, 0, RUNS_WEB, read_sound, "Reads a sound"},
	{"PUT", "/api/v1/sounds/{id}", "", file_fields, 1, RUNS_WEB, take_sound, "Takes a sound"},
	{"GET", "/api/v1/things/{id}", NULL, NULL, 0, RUNS_WEB, read_thing, "Reads a thing"},
	{"POST", "/api/v1/things/{id}", NULL, fields, COUNT(fields), RUNS_WEB, echo, "Adds"},
	{"PATCH", "/api/v1/things/{id}", "", fields, COUNT(fields), RUNS_SLOW, echo, "Changes"},
};

static void file_write(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
}

static int setup(void **state)
{
	struct web_conf conf = {.http = true,
				.portal = folder,
				.threads = 2,
				.trusted_proxies = "127.0.0.1",
				.phone_servers = "wss://pbx.example.com",
				.routes = routes,
				.route_count = COUNT(routes)};
	struct web_handlers h = {.auth_h = auth};
	char path[64];

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/assets", folder);
	mkdir(path, 0700);
	file_write("index.html", "<!doctype html>portal");
	file_write("assets/app-1.js", "plain");
	file_write("assets/app-1.js.br", "brotli");
	file_write("assets/app-1.js.gz", "gzip");
	file_write(".secret", "hidden");
	snprintf(path, sizeof(path), "%s/link.txt", folder);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	sa_set_str(&conf.bind, "127.0.0.1", 0);
	assert_int_equal(actor_alloc(&core, "core", 1000), 0);
	assert_int_equal(actor_start(core), 0);
	assert_int_equal(web_alloc(&web, &conf, &h, core), 0);
	port = web_port(web, false);
	assert_int_not_equal(port, 0);
	return 0;
}

static int teardown(void **state)
{
	char command[64];

	event_forget_all();
	web = mem_deref(web);
	core = mem_deref(core);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static void expect(const char *method, const char *path, const char *heads, const char *body,
		   int status, const char *part)
{
	struct http_response *r = http_ask(port, method, path, heads, body);

	if (r->status != status || (part && !strstr(r->body, part)))
		fail_msg("%s %s %s: %d %s", method, path, body ? body : "", r->status, r->body);
	http_free(r);
}

static void routes_are_found(void **state)
{
	expect("GET", "/api/v1/things/a1?q=x%20y", "Cookie: a=1; b=two\r\n", NULL, 200,
	       "{\"q\":\"x y\",\"cookie\":\"two\"");
	expect("GET", "/api/v1/things/", "", NULL, 404, "There is no such address");
	expect("GET", "/api/v1/things/a%2fb", "", NULL, 404, NULL);
	expect("GET", "/api/v1/things/a/b", "", NULL, 404, NULL);
	expect("GET", "/api/v1/nothing", "", NULL, 404, "\"requestId\":\"");
	expect("DELETE", "/api/v1/things/a", "", NULL, 405, "GET, POST, PATCH");
	expect("HEAD", "/api/v1/things/a", "", NULL, 200, NULL);
	expect("GET", "/api/v1/things/a?q=%00x", "", NULL, 200, "\"q\":null");
	expect("GET", "/api/v1/things/a?q=%ff", "", NULL, 200, "\"q\":null");
}

static void bodies_are_checked(void **state)
{
	static const struct {
		const char *body;
		int status;
		const char *part;
	} v[] = {
		{"{\"name\":\"Ana\",\"age\":3,\"kind\":\"red\",\"on\":true,\"boss\":null,"
		 "\"tags\":[\"a\"]}",
		 200, "\"id\":\"x\""},
		{"{\"name\":\"J\xc3\xbcrg\xc3\xa9\"}", 200, NULL}, /* five characters */
		{"{}", 422, "\"fields\":{\"name\":\"is missing\"}"},
		{"{\"name\":\"\"}", 422, "must not be empty"},
		{"{\"name\":\"toolong\"}", 422, "at most 5 characters"},
		{"{\"name\":7}", 422, "must be a text"},
		{"{\"name\":\"a\\u0007\"}", 422, "control characters"},
		{"{\"name\":\"a\",\"age\":0}", 422, "from 1 to 150"},
		{"{\"name\":\"a\",\"age\":1.5}", 422, "whole number"},
		{"{\"name\":\"a\",\"kind\":\"re\"}", 422, "must be one of: red green"},
		{"{\"name\":\"a\",\"kind\":\"red green\"}", 422, "must be one of"},
		{"{\"name\":\"a\",\"on\":1}", 422, "true or false"},
		{"{\"name\":\"a\",\"boss\":\"../x\"}", 422, "must be an id"},
		{"{\"name\":null}", 422, "must not be empty"},
		{"{\"name\":\"a\",\"tags\":[\"a\",\"b\",\"c\"]}", 422, "at most 2 words"},
		{"{\"name\":\"a\",\"tags\":[1]}", 422, "list of words"},
		{"{\"name\":\"a\",\"role\":\"admin\"}", 422, "\"role\":\"is not known here\""},
		{"{\"name\":\"a\",\"name\":\"b\"}", 400, "not JSON"},
		{"[1]", 400, "must be a JSON object"},
		{"{\"name\":", 400, "line 1"},
		{"\xff", 400, NULL},
		{"", 422, "is missing"},
	};

	for (size_t i = 0; i < COUNT(v); i++)
		expect("POST", "/api/v1/things/x", "", v[i].body, v[i].status, v[i].part);
	expect("POST", "/api/v1/things/x", "Content-Type: text/plain\r\n", "{\"name\":\"a\"}", 415,
	       NULL);
}

static void deep_nesting_is_refused(void **state)
{
	char *body = malloc(200001);

	memset(body, '[', 200000);
	body[200000] = '\0';
	expect("PATCH", "/api/v1/things/x", "X-Who: me\r\n", body, 400, NULL);
	free(body);
}

static void large_bodies_are_refused(void **state)
{
	char *body = malloc(WEB_BODY + 2);
	int fd = http_connect(port);
	struct http_response *r;
	static const char head[] =
		"POST /api/v1/things/x HTTP/1.1\r\nHost: a\r\n"
		"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
	char chunk[32];

	memset(body, ' ', WEB_BODY + 1);
	body[WEB_BODY + 1] = '\0';
	expect("POST", "/api/v1/things/x", "", body, 413, "16384 bytes");
	expect("PATCH", "/api/v1/things/x", "", body, 401, NULL);
	expect("PATCH", "/api/v1/things/x", "X-Who: me\r\n", body, 413, "1048576 bytes");
	expect("POST", "/api/v1/nothing", "", body, 404, NULL);
	/* without a length it is found out on the way */
	snprintf(chunk, sizeof(chunk), "%x\r\n", WEB_BODY + 1);
	http_write(fd, head, strlen(head));
	http_write(fd, chunk, strlen(chunk));
	http_write(fd, body, WEB_BODY + 1);
	http_write(fd, "\r\n0\r\n\r\n", 7);
	r = http_receive(fd, false);
	assert_int_equal(r->status, 413);
	http_free(r);
	close(fd);
	free(body);
}

/* The beginning of an upload; true when the rest of it is awaited */
static bool upload_begins(int *fd, const char *who)
{
	char head[256], answer[13] = "";

	snprintf(head, sizeof(head),
		 "PUT /api/v1/sounds/x HTTP/1.1\r\nHost: a\r\nX-Who: %s\r\n"
		 "Expect: 100-continue\r\nContent-Length: 2000000\r\n\r\n",
		 who);
	*fd = http_connect(port);
	http_write(*fd, head, strlen(head));
	assert_int_equal(recv(*fd, answer, 12, MSG_WAITALL), 12);
	return !strcmp(answer, "HTTP/1.1 100");
}

/* Nobody fills the memory with what is on its way, nor takes the room of others */
static void who_sends_has_a_share_of_the_room(void **state)
{
	enum { FIT = (128 << 20) / 2000000 };
	int fd[FIT], more;

	for (size_t i = 0; i < FIT; i++)
		assert_true(upload_begins(&fd[i], "me"));
	assert_false(upload_begins(&more, "me"));
	close(more);
	assert_true(upload_begins(&more, "you"));
	close(more);
	expect("PATCH", "/api/v1/things/x", "X-Who: me\r\n", "{\"name\":\"a\"}", 200, NULL);
	for (size_t i = 0; i < FIT; i++)
		close(fd[i]);
	/* what was never finished gives its room back */
	while (!upload_begins(&more, "me"))
		close(more);
	close(more);
}

static void part(const char *id, const char *range, int status, const char *body, const char *of)
{
	char path[64], heads[64], value[64] = "";
	struct http_response *r;

	snprintf(path, sizeof(path), "/api/v1/sounds/%s", id);
	snprintf(heads, sizeof(heads), "%s%s%s", range ? "Range: " : "", range ? range : "",
		 range ? "\r\n" : "");
	r = http_ask(port, "GET", path, heads, NULL);
	if (r->status != status || r->size != strlen(body) || memcmp(r->body, body, r->size))
		fail_msg("%s %s: %d %s", id, range ? range : "", r->status, r->body);
	if (of) {
		assert_non_null(http_head(r, "Content-Range", value, sizeof(value)));
		assert_string_equal(value, of);
	}
	http_free(r);
}

/* A player moves within a sound. */
static void parts_are_served(void **state)
{
	part("x", NULL, 200, "0123456789", NULL);
	part("x", "bytes=2-4", 206, "234", "bytes 2-4/10");
	part("x", "bytes=7-", 206, "789", "bytes 7-9/10");
	part("x", "bytes=-3", 206, "789", "bytes 7-9/10");
	part("x", "bytes=-300", 206, "0123456789", "bytes 0-9/10");
	part("x", "bytes=8-99", 206, "89", "bytes 8-9/10");
	part("x", "bytes=10-", 416, "", "bytes */10");
	part("x", "bytes=4-2", 416, "", "bytes */10");
	part("x", "bytes=x-2", 416, "", "bytes */10");
	part("x", "bytes=0-1,4-5", 200, "0123456789", NULL);
	part("x", "lines=1-2", 200, "0123456789", NULL);
	part("file", NULL, 200, "hidden", NULL);
	part("file", "bytes=1-3", 206, "idd", "bytes 1-3/6");
}

static void files_are_taken(void **state)
{
	size_t n = 2000000;
	char *body = malloc(n + 2);

	memset(body, 'x', n + 1);
	body[n + 1] = '\0';
	expect("PUT", "/api/v1/sounds/x", "X-Who: me\r\nContent-Type: audio/wav\r\n", body, 413,
	       "2000000 bytes");
	body[n] = '\0';
	expect("PUT", "/api/v1/sounds/x", "X-Who: me\r\nContent-Type: audio/wav\r\n", body, 200,
	       "{\"size\":2000000}");
	expect("PUT", "/api/v1/sounds/x", "X-Who: me\r\n", NULL, 422, "empty");
	expect("PUT", "/api/v1/sounds/x", "Content-Type: audio/wav\r\n", "x", 401, NULL);
	free(body);
}

static void sign_in_and_origin_are_asked(void **state)
{
	static const char body[] = "{\"name\":\"a\"}";
	char own[128];

	expect("PATCH", "/api/v1/things/x", "", body, 401, "Sign in first");
	expect("PATCH", "/api/v1/things/x", "X-Who: me\r\n", body, 200, "\"id\":\"x\"");
	snprintf(own, sizeof(own), "Origin: http://127.0.0.1:%u\r\n", port);
	expect("POST", "/api/v1/things/x", own, body, 200, NULL);
	expect("POST", "/api/v1/things/x", "Origin: http://evil.example\r\n", body, 403, NULL);
	expect("POST", "/api/v1/things/x", "Origin: null\r\n", body, 403, NULL);
	expect("POST", "/api/v1/things/x", "Sec-Fetch-Site: cross-site\r\n", body, 403, NULL);
	expect("POST", "/api/v1/things/x", "Sec-Fetch-Site: same-origin\r\n", body, 200, NULL);
}

static void proxies_are_believed_if_trusted(void **state)
{
	expect("GET", "/api/v1/things/a", "X-Forwarded-For: 203.0.113.9, 198.51.100.7\r\n", NULL,
	       200, "\"ip\":\"198.51.100.7\"");
	expect("GET", "/api/v1/things/a", "X-Forwarded-For: 203.0.113.9, 127.0.0.1\r\n", NULL, 200,
	       "\"ip\":\"203.0.113.9\"");
	expect("GET", "/api/v1/things/a", "X-Forwarded-For: nonsense\r\n", NULL, 200,
	       "\"ip\":\"127.0.0.1\"");
}

static void smuggling_is_refused(void **state)
{
	static const char *const bad[] = {
		"POST /api/v1/things/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"POST /api/v1/things/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
		"Content-Length: 3\r\n\r\n{}",
		"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\"b\r\n\r\n",
		"GET / HTTP/1.1\r\n\r\n",
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		int fd = http_connect(port);
		struct http_response *r;

		http_write(fd, bad[i], strlen(bad[i]));
		r = http_receive(fd, false);
		if (r->status != 400)
			fail_msg("%s: %d", bad[i], r->status);
		http_free(r);
		close(fd);
	}
}

static void files_are_served(void **state)
{
	struct http_response *r = http_ask(port, "GET", "/", "", NULL);
	char value[1024], etag[64], heads[128];

	assert_int_equal(r->status, 200);
	assert_string_equal(r->body, "<!doctype html>portal");
	assert_string_equal(http_head(r, "Cache-Control", value, sizeof(value)), "no-cache");
	assert_non_null(strstr(http_head(r, "Content-Security-Policy", value, sizeof(value)),
			       "require-trusted-types-for 'script'"));
	assert_non_null(strstr(value, "frame-ancestors 'none'"));
	assert_non_null(strstr(value, "; connect-src 'self' wss://pbx.example.com; "));
	assert_string_equal(http_head(r, "X-Content-Type-Options", value, sizeof(value)),
			    "nosniff");
	assert_non_null(http_head(r, "ETag", etag, sizeof(etag)));
	http_free(r);
	snprintf(heads, sizeof(heads), "If-None-Match: %s\r\n", etag);
	expect("GET", "/", heads, NULL, 304, NULL);
	expect("GET", "/calls/90412", "", NULL, 200, "portal"); /* the portal's own router */
	expect("GET", "/assets/app-1.js", "", NULL, 200, "plain");
	expect("GET", "/assets/app-1.js", "Accept-Encoding: gzip, deflate, br\r\n", NULL, 200,
	       "brotli");
	expect("GET", "/assets/app-1.js", "Accept-Encoding: gzip, br;q=0\r\n", NULL, 200, "gzip");
	expect("GET", "/assets/gone.js", "", NULL, 404, NULL);
	expect("GET", "/.secret", "", NULL, 404, NULL);
	expect("GET", "/link.txt", "", NULL, 404, NULL);
	expect("GET", "/../../etc/passwd", "", NULL, 200, "portal");
	expect("GET", "/%2e%2e/%2e%2e/etc/hosts.conf", "", NULL, 404, NULL);
	expect("POST", "/", "", "{}", 405, NULL);
	expect("GET", "/ws/", "", NULL, 503, "not available");
}

static void assets_never_change(void **state)
{
	struct http_response *r = http_ask(port, "GET", "/assets/app-1.js", "", NULL);
	char value[128];

	assert_string_equal(http_head(r, "Cache-Control", value, sizeof(value)),
			    "public, max-age=31536000, immutable");
	assert_string_equal(http_head(r, "Vary", value, sizeof(value)), "Accept-Encoding");
	http_free(r);
	r = http_ask(port, "GET", "/api/v1/things/a", "", NULL);
	assert_string_equal(http_head(r, "Cache-Control", value, sizeof(value)), "no-store");
	assert_string_equal(http_head(r, "ETag", value, sizeof(value)), "\"7\"");
	http_free(r);
	expect("GET", "/api/v1/things/a", "If-None-Match: \"7\"\r\n", NULL, 304, NULL);
}

/* The connection stays open for the next request */
static void connection_is_kept(void **state)
{
	int fd = http_connect(port);
	static const char text[] = "GET /api/v1/things/a HTTP/1.1\r\nHost: a\r\n\r\n";

	for (int i = 0; i < 3; i++) {
		struct http_response *r;

		http_write(fd, text, strlen(text));
		r = http_receive(fd, false);
		assert_int_equal(r->status, 200);
		http_free(r);
	}
	close(fd);
}

static bool ended(int fd)
{
	char c;

	return recv(fd, &c, 1, 0) <= 0;
}

static void slow_clients_are_cut(void **state)
{
	int silent = http_connect(port), slow = http_connect(port), body = http_connect(port);
	static const char head[] = "GET / HTTP/1.1\r\nHost: a\r\nX-A: ";
	static const char post[] = "POST /api/v1/things/x HTTP/1.1\r\nHost: a\r\n"
				   "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
	struct timeval tv = {.tv_sec = 5};

	setsockopt(silent, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	http_write(slow, head, strlen(head));
	http_write(body, post, strlen(post));
	usleep(400000);
	clock_advance(29000);
	usleep(400000);
	assert_true(http_write(slow, "b", 1));
	assert_int_equal(recv(slow, &(char){0}, 1, MSG_DONTWAIT), -1); /* still open */
	clock_advance(2000);
	assert_true(ended(silent));
	assert_true(ended(slow));
	assert_true(ended(body));
	close(silent);
	close(slow);
	close(body);
	expect("GET", "/", "", NULL, 200, NULL);
}

/* Hundreds that say nothing, or little, leave the others their place */
static void idle_crowd_leaves_room(void **state)
{
	static const char part[] = "GET / HTTP/1.1\r\nHost: a\r\nX-";
	int fd[500];

	for (size_t i = 0; i < COUNT(fd); i++) {
		fd[i] = http_connect(port);
		assert_true(fd[i] >= 0);
		if (i % 2)
			http_write(fd[i], part, strlen(part));
	}
	for (int i = 0; i < 50; i++)
		expect("GET", "/", "", NULL, 200, "portal");
	clock_advance(31000);
	for (size_t i = 0; i < COUNT(fd); i++) {
		assert_true(ended(fd[i]));
		close(fd[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes_are_found),
		cmocka_unit_test(bodies_are_checked),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(large_bodies_are_refused),
		cmocka_unit_test(who_sends_has_a_share_of_the_room),
		cmocka_unit_test(parts_are_served),
		cmocka_unit_test(files_are_taken),
		cmocka_unit_test(sign_in_and_origin_are_asked),
		cmocka_unit_test(proxies_are_believed_if_trusted),
		cmocka_unit_test(smuggling_is_refused),
		cmocka_unit_test(files_are_served),
		cmocka_unit_test(assets_never_change),
		cmocka_unit_test(connection_is_kept),
		cmocka_unit_test(slow_clients_are_cut),
		cmocka_unit_test(idle_crowd_leaves_room),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
