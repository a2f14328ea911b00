/**
 * @file house.c  Opens the floors bottom-up, runs, closes top-down
 */
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cdr.h"
#include "clock.h"
#include "dests.h"
#include "house.h"
#include "log.h"
#include "purge.h"
#include "text.h"
#include "timer.h"

enum { CORE_INBOX = 100000, DRAIN_MS = 300000, LOOK_MS = 200 };

static int fail(int err, char *error, size_t size, const char *what)
{
	if (!error[0])
		text_printf(error, size, "%s: %s", what, strerror(err));
	return err;
}

static int folder_look(const char *data, bool create, char *error, size_t size)
{
	if (!create && access(data, F_OK)) {
		text_printf(error, size,
			    "%s: there is no such data folder; name the server's with "
			    "data = ... or CARILLON_DATA, or make one with carillon migrate",
			    data);
		return ENOENT;
	}
	if (create && mkdir(data, 0700) && errno != EEXIST) {
		int err = errno;

		text_printf(error, size,
			    "%s: the data folder cannot be made: %s; choose another "
			    "with data = ... or CARILLON_DATA",
			    data, strerror(err));
		return err;
	}
	if (access(data, R_OK | W_OK | X_OK)) {
		int err = errno;

		text_printf(error, size,
			    "%s: the data folder cannot be written: %s; choose "
			    "another with data = ... or CARILLON_DATA",
			    data, strerror(err));
		return err;
	}
	return 0;
}

/**
 * Opens the data folder, the key and the database; for every sub-command that needs them
 *
 * @param h      House with its configuration
 * @param create Whether the data folder may be made
 * @param error  One sentence when it fails
 * @param size   Its size
 *
 * @return 0 or errno
 */
int house_open_store(struct house *h, bool create, char *error, size_t size)
{
	char file[CONF_TEXT + 32];
	int err = folder_look(h->conf.data, create, error, size);

	error[0] = err ? error[0] : '\0';
	if (err)
		return err;
	text_printf(file, sizeof(file), "%s/secret.key", h->conf.data);
	err = secret_load(&h->secret, file);
	if (err)
		return fail(err, error, size, file);
	text_printf(file, sizeof(file), "%s/carillon.db", h->conf.data);
	err = store_alloc(&h->store, &db_sqlite, file, error, size);
	if (err)
		return fail(err, error, size, file);
	text_printf(file, sizeof(file), "%s/blobs", h->conf.data);
	err = blobs_alloc(&h->blobs, file);
	return err ? fail(err, error, size, file) : 0;
}

static int tenants_read(struct db *db, void *obj)
{
	return tenants_load(obj, db, clock_wall_ms());
}

static int orphans_close(struct db *db, void *obj)
{
	return cdr_close_orphans(db, obj);
}

/* Calls that the last process left behind are marked as cut before anything new begins. */
static int house_load(struct house *h, char *error, size_t size)
{
	unsigned cut = 0;
	int err = tenants_alloc(&h->tenants);

	if (!err)
		err = store_read(h->store, tenants_read, h->tenants);
	if (!err)
		err = store_write_wait(h->store, orphans_close, &cut);
	if (!err)
		err = messages_repair(h);
	if (err)
		return fail(err, error, size, "the database cannot be read");
	if (cut)
		log_warn("cdr.cut", "calls=%u", cut);
	return 0;
}

/* The core actor hears first of a browser's connection, so the edge's table is always ahead. */
static bool on_edge(struct sa *client, bool *tls, uint16_t port, void *arg)
{
	struct house *h = arg;

	return h->web && web_edge_lookup(h->web, client, tls, port);
}

static void on_edge_closed(uint16_t port, void *arg)
{
	struct house *h = arg;

	stack_edge_closed(exchange_stack(h->exchange), port);
}

static const char *shown_address(const struct conf *c)
{
	return c->advertise[0] ? c->advertise : c->bind;
}

static void exchange_conf_fill(struct exchange_conf *x, struct house *h, const char *pem)
{
	const struct conf *c = &h->conf;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	memset(x, 0, sizeof(*x));
	sa_set_str(&x->stack.bind, c->bind, (uint16_t)c->sip_port);
	x->stack.sip_port = (uint16_t)c->sip_port;
	x->stack.sips_port = (uint16_t)c->sips_port;
	text_printf(x->stack.advertise, sizeof(x->stack.advertise), "%s", shown_address(c));
	x->stack.cert = pem;
	x->stack.trunk_ca = c->trunk_ca;
	x->stack.dns = c->dns;
	x->stack.software = "Carillon/" CARILLON_VERSION;
	x->stack.register_min_s = (uint32_t)c->register_min_s;
	x->stack.register_max_s = (uint32_t)c->register_max_s;
	x->stack.session_expires_s = (uint32_t)c->session_expires_s;
	x->stack.udp_keepalive_s = (uint32_t)c->udp_keepalive_s;
	x->stack.conns_per_source = (unsigned)c->sip_conns_per_source;
	sa_set_str(&x->engine.bind, c->bind, 0);
	x->engine.port_min = c->rtp_min;
	x->engine.port_max = c->rtp_max;
	x->engine.workers = c->media_threads ? (unsigned)c->media_threads
			    : cores > 1	     ? (unsigned)cores - 1
					     : 1;
	x->engine.silence_ms = (uint64_t)c->silence_ms;
	x->engine.sounds = c->sounds;
	x->engine.music = c->music;
	x->engine.core = h->core;
	text_printf(x->media_address, sizeof(x->media_address), "%s", shown_address(c));
	x->call_max_ms = (uint64_t)c->call_max_ms;
	x->reclaim_ms = (uint64_t)c->reclaim_ms;
	x->park_ms = (uint64_t)c->park_ms;
	x->max_calls = (unsigned)c->max_calls;
	x->max_calls_per_extension = (unsigned)c->max_calls_per_extension;
	x->fax_worker = h->fax_worker;
	x->fax_folder = h->fax_folder;
	x->fax_t38 = c->fax_t38;
	x->secret = h->secret;
	x->store = h->store;
	x->blobs = h->blobs;
	x->pusher = h->pusher;
	x->waiting_h = messages_changed;
	x->record_h = records_call;
	x->afterword_h = records_afterword;
	x->emergency_h = records_emergency;
	x->changed_h = live_changed;
	x->disturb_h = live_disturb_changed;
	x->queue_h = live_queue_changed;
	x->binding_h = records_binding;
	x->durable_h = records_durable;
	x->edge_h = on_edge;
	x->arg = h;
}

static int exchange_open(struct house *h, const char *pem, char *error, size_t size)
{
	struct exchange_conf x;
	int err;

	exchange_conf_fill(&x, h, pem);
	err = exchange_alloc(&h->exchange, &x, h->tenants);
	if (err == EADDRINUSE)
		text_printf(error, size,
			    "SIP port %d or %d on %s is in use by another program; "
			    "choose others with sip_port and sips_port (CARILLON_SIP_PORT, "
			    "CARILLON_SIPS_PORT)",
			    (int)h->conf.sip_port, (int)h->conf.sips_port, h->conf.bind);
	return err ? fail(err, error, size, "SIP cannot be started") : 0;
}

/* The portal: what the configuration names, or what was built or installed beside the program. */
static void portal_folder(char *folder, size_t size, const struct conf *c)
{
	static const char *const beside[] = {"../web/dist", "../share/carillon/portal"};
	char exe[CONF_TEXT];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	text_printf(folder, size, "%s", c->portal);
	exe[n > 0 ? n : 0] = '\0';
	slash = strrchr(exe, '/');
	if (folder[0] || !slash)
		return;
	*slash = '\0';
	for (size_t i = 0; i < COUNT(beside); i++) {
		if (text_printf(folder, size, "%s/%s", exe, beside[i]) && !access(folder, R_OK))
			return;
	}
	folder[0] = '\0';
}

static int web_open(struct house *h, const char *pem, char *error, size_t size)
{
	const struct conf *c = &h->conf;
	struct api_conf a = {.store = h->store,
			     .doc_convert = h->doc_convert,
			     .fax_folder = h->fax_folder,
			     .secret = h->secret,
			     .blobs = h->blobs,
			     .public_url = c->public_url,
			     .sip_host = c->advertise,
			     .sip_port = (uint16_t)c->sip_port,
			     .sips_port = (uint16_t)c->sips_port,
			     .pusher = h->pusher,
			     .turn_urls = c->turn_urls,
			     .turn_secret = c->turn_secret,
			     .turn_lifetime_s = c->turn_lifetime_s};
	struct api_live live = api_live_wire;
	struct web_conf w = {0};
	struct web_handlers handlers = {.auth_h = api_auth, .closed_h = on_edge_closed};
	char portal[2 * CONF_TEXT];
	int err;

	live.arg = h;
	err = api_alloc(&h->api, &a, &live);
	if (err)
		return fail(err, error, size, "the API cannot be started");
	portal_folder(portal, sizeof(portal), c);
	sa_set_str(&w.bind, c->bind, 0);
	w.http = c->http_port && sa_is_loopback(&w.bind);
	w.https = c->https_port;
	w.http_port = (uint16_t)c->http_port;
	w.https_port = (uint16_t)c->https_port;
	w.cert = w.key = pem;
	w.portal = portal;
	w.public_url = c->public_url;
	w.trusted_proxies = c->trusted_proxies;
	w.phone_servers = c->phone_servers;
	w.threads = (unsigned)c->web_threads;
	w.edge_port = stack_edge_port(exchange_stack(h->exchange));
	w.routes = api_routes(&w.route_count);
	handlers.arg = h->api;
	handlers.edge_arg = h;
	err = web_alloc(&h->web, &w, &handlers, h->core);
	if (err == EADDRINUSE)
		text_printf(error, size,
			    "Port %d or %d on %s is in use by another program; choose "
			    "others with http_port and https_port (CARILLON_HTTP_PORT, "
			    "CARILLON_HTTPS_PORT)",
			    (int)c->http_port, (int)c->https_port, c->bind);
	return err ? fail(err, error, size, "the web server cannot be started") : 0;
}

/* Never taken from a request: whoever asks could have the link lead to a server of their own. */
static void portal_url_make(struct house *h)
{
	const struct conf *c = &h->conf;
	const char *host = shown_address(c);
	size_t n = strlen(c->public_url);

	if (n)
		text_printf(h->portal_url, sizeof(h->portal_url), "%.*s",
			    (int)(n - (c->public_url[n - 1] == '/')), c->public_url);
	else if (c->http_port && !strcmp(host, "127.0.0.1"))
		text_printf(h->portal_url, sizeof(h->portal_url), "http://localhost:%d",
			    (int)c->http_port); /* where no certificate of ours is doubted */
	else if (c->https_port)
		text_printf(h->portal_url, sizeof(h->portal_url), "https://%s:%d", host,
			    (int)c->https_port);
	else
		text_printf(h->portal_url, sizeof(h->portal_url), "http://%s:%d", host,
			    (int)c->http_port);
}

static void work_fill(struct house *h)
{
	const struct conf *c = &h->conf;
	struct smtp_conf *s = &h->work.smtp;

	h->work.store = h->store;
	h->work.blobs = h->blobs;
	h->work.mail_file = c->mail_file_kb * 1024;
	h->work.fax_pages = (unsigned)c->fax_pages;
	h->work.portal = h->portal_url;
	h->work.doc_convert = h->doc_convert;
	h->work.fax_folder = h->fax_folder;
	s->host = c->mail_host;
	s->port = (uint16_t)c->mail_port;
	s->tls = !strcmp(c->mail_tls, "none")  ? SMTP_PLAIN
		 : !strcmp(c->mail_tls, "tls") ? SMTP_TLS
					       : SMTP_STARTTLS;
	s->user = c->mail_user;
	s->password = c->mail_password;
	s->from = c->mail_from;
	s->ca = c->mail_ca;
}

static int night_schedule(struct db *db, void *obj)
{
	return purge_schedule(db, clock_wall_ms());
}

/* Who speaks with servers outside, by libcurl */
static int pusher_open(struct house *h, char *error, size_t size)
{
	int err = smtp_init();

	portal_url_make(h);
	if (!err)
		err = bells_open(h);
	return err ? fail(err, error, size, "web push cannot be started") : 0;
}

static int timetable_open(struct house *h, char *error, size_t size)
{
	int err = timetable_alloc(&h->timetable, h->store, h->core, (unsigned)h->conf.work_threads);

	if (!err)
		err = store_write_wait(h->store, night_schedule, NULL);
	if (!err) {
		work_fill(h);
		work_register(h->timetable, &h->work);
		err = faxes_open(h);
	}
	if (!err)
		err = timetable_start(h->timetable);
	return err ? fail(err, error, size, "the timetable cannot be started") : 0;
}

/**
 * Opens every floor above the store
 *
 * @param h     House with store and configuration
 * @param error One sentence when it fails
 * @param size  Its size
 *
 * @return 0 or errno
 */
int house_open(struct house *h, char *error, size_t size)
{
	char pem[CONF_TEXT + 32];
	int err = actor_alloc(&h->core, "core", CORE_INBOX);

	if (!err)
		err = actor_attach(h->core);
	if (err)
		return fail(err, error, size, "core");
	dests_register();
	err = house_load(h, error, size);
	if (!err)
		err = faxes_prepare(h);
	if (!err)
		err = cert_prepare(pem, sizeof(pem), &h->conf, error, size);
	if (!err)
		err = pusher_open(h, error, size);
	if (!err)
		err = exchange_open(h, pem, error, size);
	if (!err)
		err = timetable_open(h, error, size);
	if (!err)
		err = web_open(h, pem, error, size);
	if (!err && records_restore(h))
		log_warn("bindings.lost", "%s", "the registrations could not be restored");
	if (!err && bells_restore(h))
		log_warn("bells.lost", "%s", "closed browsers are not told of calls");
	if (!err && messages_restore(h))
		log_warn("messages.uncounted", "%s", "the lamps could not be set");
	if (!err) {
		records_start(h);
		messages_start(h);
		cert_watch(h);
	}
	return err;
}

static void on_drained(void *arg)
{
	struct house *h = arg;

	if (list_isempty(exchange_calls(h->exchange)) || clock_mono_ms() > h->drain_until)
		re_cancel();
	else
		tmr_start(&h->stop, LOOK_MS, on_drained, h);
}

static struct house *signalled;

/* SIGTERM drains: no new calls, running ones may end within five minutes. A second one, or Ctrl-C,
 * stops at once. */
static void on_signal(int sig)
{
	struct house *h = signalled;

	if (!h || h->signals++ || sig == SIGINT) {
		re_cancel();
		return;
	}
	log_info("carillon.draining", "calls=%u", list_count(exchange_calls(h->exchange)));
	exchange_drain(h->exchange);
	timetable_drain(h->timetable);
	h->drain_until = clock_mono_ms() + DRAIN_MS;
	on_drained(h);
}

/** Runs the core thread's loop until a signal ends it */
void house_run(struct house *h)
{
	signalled = h;
	signal(SIGPIPE, SIG_IGN);
	re_main(on_signal);
	signalled = NULL;
}

/** Ends every call, writes what is left, and closes the floors top-down */
void house_close(struct house *h)
{
	tmr_cancel(&h->stop);
	tmr_cancel(&h->cert.tmr);
	tmr_cancel(&h->purge);
	tmr_cancel(&h->fax_look);
	if (h->exchange)
		exchange_close(h->exchange);
	h->web = mem_deref(h->web);
	h->api = mem_deref(h->api);
	timetable_stop(h->timetable);
	if (h->store)
		records_stop(h);
	if (h->core)
		actor_run(h->core);
	h->exchange = mem_deref(h->exchange);
	h->pusher = mem_deref(h->pusher);
	h->store = mem_deref(h->store);
	h->timetable = mem_deref(h->timetable);
	h->blobs = mem_deref(h->blobs);
	h->tenants = mem_deref(h->tenants);
	h->core = mem_deref(h->core);
	h->secret = mem_deref(h->secret);
	event_forget_all();
}
