/**
 * @file fuzz_web_http.c  Mutated requests and JSON bodies against a live server
 *
 * From a seed: requests are flipped, cut, spliced and sent in pieces; every few of them a good one
 * must be answered. Bodies are JSON that was damaged, so that parser, schema and replies are all
 * reached.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "http_client.h"
#include "own.h"
#include "web.h"

enum { ROUNDS = 4000, BATCH = 50, SIZE = 4096 };

static uint64_t seed = 1;
static struct actor *core;
static struct web *web;
static uint16_t port;
static _Atomic unsigned handled;

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return below ? (uint32_t)(seed >> 11) % below : 0;
}

static void echo(struct request *rq, struct reply *rp)
{
	const char *q = request_query(rq, "q");
	char cookie[64] = "";
	json_t *o = json_deep_copy(rq->body);

	++handled;
	request_cookie(rq, "c", cookie, sizeof(cookie));
	json_object_set_new(o, "q", q ? json_string(q) : json_null());
	json_object_set_new(o, "id", json_string(rq->ids[0]));
	reply_json(rp, 200, o);
}

static bool auth(struct request *rq, struct reply *rp)
{
	return true;
}

static const struct field fields[] = {
	{.name = "name", .type = FIELD_TEXT, .required = true, .min = 1, .max = 9},
	{.name = "n", .type = FIELD_INT, .min = -5, .max = 5},
	{.name = "kind", .type = FIELD_CHOICE, .choices = "red green"},
	{.name = "on", .type = FIELD_BOOL},
	{.name = "boss", .type = FIELD_ID, .nullable = true},
	{.name = "tags", .type = FIELD_WORDS, .max = 3},
};

static const struct route routes[] = {
	{"POST", "/api/v1/things/{id}", "", fields, COUNT(fields), RUNS_WEB, echo, "Fuzz"},
	{"PATCH", "/api/v1/things/{id}/{part}", "", fields, COUNT(fields), RUNS_SLOW, echo, "Fuzz"},
};

static int setup(void **state)
{
	struct web_conf conf = {.http = true,
				.threads = 2,
				.trusted_proxies = "127.0.0.1",
				.routes = routes,
				.route_count = COUNT(routes)};
	struct web_handlers h = {.auth_h = auth};

	sa_set_str(&conf.bind, "127.0.0.1", 0);
	assert_int_equal(actor_alloc(&core, "core", 1000), 0);
	assert_int_equal(web_alloc(&web, &conf, &h, core), 0);
	port = web_port(web, false);
	return 0;
}

static int teardown(void **state)
{
	event_forget_all();
	web = mem_deref(web);
	core = mem_deref(core);
	return 0;
}

static const char *const bodies[] = {
	"{\"name\":\"a\",\"n\":3,\"kind\":\"red\",\"on\":true,\"boss\":null,\"tags\":[\"x\",\"y\"]"
	"}",
	"{\"name\":\"\\u00fc\\ud83d\\ude00\",\"boss\":\"0192f0c1-0000\"}",
	"{\"name\":\"a\",\"n\":1e400,\"tags\":[[[[[]]]]]}",
	"[{},{}]",
	"{}",
};

static const char *const words[] = {
	"Content-Length: 3\r\n",
	"Transfer-Encoding: chunked\r\n",
	"\r\n",
	"\"",
	"\\",
	"%00",
	"%2e%2e/",
	"X-Forwarded-For: 1.2.3.4,,::1, \r\n",
	"Cookie: c=;;c==1\r\n",
	"Host: x\r\n",
	"{",
	"[",
	"null",
	"Expect: 100-continue\r\n",
	"Upgrade: websocket\r\n",
	"Connection: Upgrade\r\n",
	"9999999999",
	"If-None-Match: *\r\n",
	"Range: bytes=0-\r\n",
	"\xff",
	"?q=%ff&q&=",
	"HTTP/1.0",
};

static size_t splice(char *buf, size_t n)
{
	const char *w = words[rnd(COUNT(words))];
	size_t len = strlen(w), at = rnd((uint32_t)n + 1);

	if (n + len >= SIZE)
		return n;
	memmove(buf + at + len, buf + at, n - at);
	memcpy(buf + at, w, len);
	return n + len;
}

static size_t mutate(char *buf, size_t n)
{
	for (uint32_t i = rnd(4); i && n; i--) {
		switch (rnd(3)) {
		case 0:
			buf[rnd((uint32_t)n)] ^= (char)(1 << rnd(8));
			break;
		case 1:
			n = splice(buf, n);
			break;
		default:
			if (!rnd(3))
				n = rnd((uint32_t)n);
		}
	}
	return n;
}

static size_t request_make(char *buf)
{
	static const char *const paths[] = {"POST /api/v1/things/a?q=1", "PATCH /api/v1/things/a/b",
					    "GET /", "GET /ws/", "HEAD /api/v1/things/a"};
	char body[SIZE / 2];
	size_t n;

	n = (size_t)snprintf(body, sizeof(body), "%s", bodies[rnd(COUNT(bodies))]);
	if (rnd(2))
		n = mutate(body, n);
	n = n < sizeof(body) ? n : sizeof(body) - 1;
	body[n] = '\0';
	n = (size_t)snprintf(buf, SIZE,
			     "%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nCookie: a=b; c=d\r\n"
			     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
			     paths[rnd(COUNT(paths))], port, n, body);
	return rnd(2) ? mutate(buf, n) : n;
}

static void alive(void)
{
	struct http_response *r = http_ask(port, "POST", "/api/v1/things/a", "", bodies[0]);

	assert_int_equal(r->status, 200);
	http_free(r);
}

static void mutated_requests_are_survived(void **state)
{
	static char buf[SIZE + 16], answer[512];
	struct timeval tv = {.tv_usec = 5000};

	for (int i = 0; i < ROUNDS; i++) {
		int fd = http_connect(port);
		size_t n = request_make(buf), cut = rnd(3) ? n : rnd((uint32_t)n + 1);

		http_write(fd, buf, cut);
		http_write(fd, buf + cut, n - cut);
		/* an answer comes at once, or never: then the request is not whole */
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
		(void)recv(fd, answer, sizeof(answer), 0);
		close(fd);
		if (i % BATCH == 0)
			alive();
	}
	alive();
	print_message("%u requests reached a handler\n", (unsigned)handled);
	assert_true(handled > ROUNDS / 20);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(mutated_requests_are_survived)};

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 10) | 1;
	return cmocka_run_group_tests(tests, setup, teardown);
}
