/**
 * @file test_call.c  "Call me": a real call to the phones of an extension
 */
#include <errno.h>
#include <string.h>
#include "cdr.h"
#include "clock.h"
#include "inside.h"

enum { TESTS = 5, TESTS_MS = 600000 }; /* so many in ten minutes */

struct test_work {
	const struct request *rq;
	struct extension e;
	int64_t tests, oldest;
};

static int tests_fn(struct db *db, void *obj)
{
	struct test_work *x = obj;
	int64_t tenant = who_of(x->rq)->tenant, since = clock_wall_ms() - TESTS_MS;
	int err = extension_get(&x->e, db, tenant, x->rq->ids[0]);

	return err ? err : cdr_tests(&x->tests, &x->oldest, db, tenant, x->e.id, since);
}

static int audit_fn(struct db *db, void *obj)
{
	const struct test_work *x = obj;

	audit_note(db, x->rq, "call.test", x->e.id, x->e.number);
	return 0;
}

static bool from_good(const char *from)
{
	return !strcmp(from, "anonymous") || strspn(from, "+0123456789") == strlen(from);
}

static bool too_often(const struct test_work *x, struct reply *rp)
{
	if (x->tests < TESTS)
		return false;
	answer_later(rp, x->oldest + TESTS_MS - clock_wall_ms(),
		     "There were %d test calls in ten minutes. Try again later.", TESTS);
	return true;
}

static void call(struct test_work *x, struct reply *rp, const char *from)
{
	const struct api *api = api_of(x->rq);
	char id[ID_SIZE];
	int err =
		api->live.test_call_h(id, who_of(x->rq)->tenant, x->e.number, from, api->live.arg);

	if (err == EALREADY) {
		reply_problem(rp, 409, "A test call is under way. Answer it, or let it end.");
	} else if (err == EBUSY) {
		reply_problem(rp, 503, "The system takes no more calls now. Try again later.");
	} else if (err) {
		answer_error(rp, err);
	} else {
		(void)store_write_wait(api->conf.store, audit_fn, x);
		reply_json(rp, 201, json_pack("{s:s}", "callId", id));
	}
}

/** POST /extensions/{id}/test-call: its phones ring, as a call would ring them */
void test_call_post(struct request *rq, struct reply *rp)
{
	struct test_work x = {.rq = rq};
	const char *from = request_text(rq, "from");
	int err;

	if (!extension_allowed(rq, rp, rq->ids[0]))
		return;
	if (from && !from_good(from)) {
		reply_field(rp, "from", "must be a number, or \"anonymous\"");
		return;
	}
	err = store_read(api_of(rq)->conf.store, tests_fn, &x);
	if (err)
		answer_error(rp, err);
	else if (!too_often(&x, rp))
		call(&x, rp, from ? from : "");
}
