/**
 * @file health.c  For machines: whether it works, and how much it does; and the brand before
 * sign-in
 */
#include <errno.h>
#include <malloc.h>
#include "inside.h"
#include "log.h"

/** GET /brand */
void brand_get(struct request *rq, struct reply *rp)
{
	json_t *o = json_object();

	put_text(o, "title", "Carillon");
	json_object_set_new(o, "logoUrl", json_null());
	put_text(o, "supportEmail", "");
	put_text(o, "product", "Carillon");
	put_text(o, "version", CARILLON_VERSION);
	reply_json(rp, 200, o);
}

/** GET /healthz: 503 when the core does not answer or the store cannot write */
void healthz_get(struct request *rq, struct reply *rp)
{
	const struct api *api = api_of(rq);
	struct live_counts c = {0};
	int err = api->live.counts_h(&c, api->live.arg);
	json_t *o;

	if (err || !store_healthy(api->conf.store)) {
		reply_problem(rp, 503,
			      err ? "The core does not answer."
				  : "The database cannot be written.");
		return;
	}
	o = json_object();
	put_text(o, "status", "ok");
	put_int(o, "calls", c.calls);
	put_int(o, "registrations", c.registrations);
	reply_json(rp, 200, o);
}

static int gauge(struct mbuf *mb, const char *name, const char *help, uint64_t v)
{
	return mbuf_printf(mb,
			   "# HELP carillon_%s %s\n# TYPE carillon_%s gauge\ncarillon_%s %llu\n",
			   name, help, name, name, (unsigned long long)v);
}

static int counter(struct mbuf *mb, const char *name, const char *help, uint64_t v)
{
	return mbuf_printf(mb,
			   "# HELP carillon_%s %s\n# TYPE carillon_%s counter\ncarillon_%s %llu\n",
			   name, help, name, name, (unsigned long long)v);
}

/* What was asked for and not given back; not what the allocator keeps beside it */
static uint64_t memory_in_use(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

static int memory_print(struct mbuf *mb, const struct store *store)
{
	uint64_t all = memory_in_use(), database = store_memory(store);
	int err = gauge(mb, "memory_bytes", "Memory in use, but for the database's",
			all > database ? all - database : 0);

	return err | gauge(mb, "store_memory_bytes", "Memory in use by the database", database);
}

static int metrics_print(struct mbuf *mb, const struct request *rq)
{
	const struct api *api = api_of(rq);
	struct live_counts c = {0};
	size_t clients, streams;
	int err = api->live.counts_h(&c, api->live.arg);

	web_count(rq->web, &clients, &streams);
	err |= gauge(mb, "calls", "Calls at present", c.calls);
	err |= gauge(mb, "registrations", "Phones that are registered", c.registrations);
	err |= gauge(mb, "timers", "Timers of calls, registrations and transactions", c.timers);
	err |= gauge(mb, "websockets", "Browsers connected for SIP", clients);
	err |= gauge(mb, "live_streams", "Streams of live events", streams);
	err |= gauge(mb, "store_healthy", "1 when the database can be written",
		     store_healthy(api->conf.store));
	err |= memory_print(mb, api->conf.store);
	err |= counter(mb, "store_commits_total", "Commits of the database",
		       store_commits(api->conf.store));
	err |= counter(mb, "log_warnings_total", "Warnings logged", log_count(LOG_WARN));
	err |= counter(mb, "log_errors_total", "Errors logged", log_count(LOG_ERROR));
	if (api->live.metrics_h)
		err |= api->live.metrics_h(mb, api->live.arg);
	return err;
}

/** GET /metrics, in Prometheus' text form; for this machine only */
void metrics_get(struct request *rq, struct reply *rp)
{
	struct mbuf *mb;

	/* a proxy on this machine asks for somebody who need not be on it */
	if (!sa_is_loopback(&rq->client) || request_header(rq, "X-Forwarded-For")) {
		reply_problem(rp, 404, "There is no such page.");
		return;
	}
	mb = mbuf_alloc(4096);
	if (mb && !metrics_print(mb, rq)) {
		reply_text(rp, "text/plain; version=0.0.4; charset=utf-8", mb);
		return;
	}
	mem_deref(mb);
	reply_problem(rp, 503, "The core does not answer.");
}
