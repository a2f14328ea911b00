/**
 * @file records.c  From the live floor to the store: calls and bindings, written behind
 *
 * The call path never waits: a record is posted and forgotten, and posted again while the store
 * cannot take it (disk full), so that no call is lost once there is room. A phone hears that it is
 * registered when that is on disk; while the disk is full it hears 503, but can be called, and what
 * it asked for is written once there is room.
 */
#include <errno.h>
#include <string.h>
#include "bells.h"
#include "cdr.h"
#include "clock.h"
#include "device.h"
#include "emergency_mail.h"
#include "house.h"
#include "log.h"
#include "login.h"
#include "user.h"
#include "record.h"
#include "story.h"
#include "text.h"

enum {
	BEAT_MS = 30000,   /* pause between heartbeats of running calls */
	FLUSH_MS = 5,	   /* bindings are collected for so long       */
	RETRY_MAX = 10000, /* records kept while the store fails        */
};

/** A record on its way to the store */
struct unwritten {
	struct le le;
	struct house *house;
	struct cdr *cdr;	     /* NULL: a line for the story of one that is written */
	struct emergency_call *help; /* NULL, or a call for help of which mails are to tell */
	bool ended;
	int64_t tenant;
	char call_id[ID_SIZE];
	struct cdr_line line;
	bool again;
};

static void unwritten_destructor(void *arg)
{
	struct unwritten *u = arg;

	list_unlink(&u->le);
	mem_deref(u->cdr);
	mem_deref(u->help);
}

static int record_store(struct db *db, void *obj)
{
	const struct unwritten *u = obj;

	if (u->help)
		return emergency_mail(db, u->help);
	if (!u->cdr)
		return cdr_line_add(db, u->tenant, u->call_id, &u->line);
	return u->ended ? cdr_write(db, u->cdr) : cdr_open(db, u->cdr);
}

static void on_recorded(int err, void *obj)
{
	struct unwritten *u = obj;

	if (!err || (err == ENOENT && u->again))
		return;
	u->again = err == ENOENT;	/* its record may wait here, too */
	if (err != ENOSPC && !u->again) /* of which the store has told */
		log_error("cdr.unwritten", "call=%s err=%s", u->call_id, strerror(err));
	if (u->ended && list_count(&u->house->unwritten) < RETRY_MAX)
		list_append(&u->house->unwritten, &u->le, mem_ref(u));
}

static void record_post(struct house *h, struct unwritten *u)
{
	(void)store_write(h->store, record_store, u, h->core, on_recorded);
}

/** A call began or ended: its record goes to the store */
void records_call(struct call *call, void *arg)
{
	struct house *h = arg;
	struct unwritten *u = mem_zalloc(sizeof(*u), unwritten_destructor);

	if (!u)
		return;
	u->house = h;
	u->ended = call_facts(call)->ended_at != 0;
	if (record_make(&u->cdr, call)) {
		mem_deref(u);
		return;
	}
	str_ncpy(u->call_id, u->cdr->id, sizeof(u->call_id));
	record_post(h, u);
}

/** Something became known of a call that is over: it goes to the story in the store */
void records_afterword(int64_t tenant, const char *call_id, const struct story_line *line,
		       void *arg)
{
	struct house *h = arg;
	struct unwritten *u = mem_zalloc(sizeof(*u), unwritten_destructor);

	if (!u)
		return;
	u->house = h;
	u->ended = true;
	u->tenant = tenant;
	u->line.at = line->at;
	str_ncpy(u->call_id, call_id, sizeof(u->call_id));
	str_ncpy(u->line.kind, line->kind, sizeof(u->line.kind));
	str_ncpy(u->line.text, line->text, sizeof(u->line.text));
	record_post(h, u);
}

/** Somebody calls for help: the mails that tell of it go to the store; the call waits for nothing
 */
void records_emergency(const struct emergency_call *c, void *arg)
{
	struct house *h = arg;
	struct unwritten *u = mem_zalloc(sizeof(*u), unwritten_destructor);
	struct emergency_call *help = u ? mem_alloc(sizeof(*help), NULL) : NULL;

	if (!help) {
		mem_deref(u);
		return;
	}
	*help = *c;
	u->house = h;
	u->ended = true;
	u->help = help;
	str_ncpy(u->call_id, c->call_id, sizeof(u->call_id));
	record_post(h, u);
}

static void records_retry(struct house *h)
{
	struct le *le;

	while ((le = list_head(&h->unwritten))) {
		struct unwritten *u = le->data;

		list_unlink(&u->le);
		record_post(h, u);
	}
}

/** Bindings on their way to the store, and who waits for that */
struct batch {
	struct binding_batch rows;
	struct house *house;
	struct list waiters;
};

struct waiter {
	struct le le;
	durable_done_h *done;
	void *obj;
};

static void batch_destructor(void *arg)
{
	struct batch *b = arg;

	list_flush(&b->waiters);
}

static void waiter_destructor(void *arg)
{
	struct waiter *w = arg;

	list_unlink(&w->le);
	mem_deref(w->obj);
}

static struct batch *batch_get(struct house *h)
{
	if (!h->batch)
		h->batch = mem_zalloc(sizeof(*h->batch), batch_destructor);
	if (h->batch)
		h->batch->house = h;
	return h->batch;
}

/* With the bindings goes when each device was last seen; one that was revoked since is passed over.
 */
static int batch_store(struct db *db, void *obj)
{
	const struct binding_batch *batch = &((struct batch *)obj)->rows;
	int err = binding_batch_write(db, batch);

	for (unsigned i = 0; i < batch->count && !err; i++) {
		const struct binding_row *r = &batch->rows[i];

		if (r->removed)
			continue;
		err = device_seen(db, r->tenant, r->device, r->user_agent, clock_wall_ms());
		if (err == ENOENT)
			err = 0;
	}
	return err;
}

/** A binding that is gone, and still on the disk */
struct remnant {
	struct le le;
	struct binding_row row;
};

static void remnant_destructor(void *arg)
{
	list_unlink(&((struct remnant *)arg)->le);
}

/* Else it would be there again after a restart. */
static void remnants_keep(struct house *h, const struct binding_batch *batch)
{
	for (unsigned i = 0; i < batch->count; i++) {
		struct remnant *r = batch->rows[i].removed && list_count(&h->remnants) < RETRY_MAX
					    ? mem_zalloc(sizeof(*r), remnant_destructor)
					    : NULL;

		if (!r)
			continue;
		r->row = batch->rows[i];
		list_append(&h->remnants, &r->le, r);
	}
}

static void on_batch_stored(int err, void *obj)
{
	struct batch *b = obj;

	--b->house->batches;
	if (err) {
		b->house->unbound = true;
		remnants_keep(b->house, &b->rows);
	}
	for (struct le *le = b->waiters.head; le; le = le->next) {
		struct waiter *w = le->data;

		w->done(err, w->obj);
	}
}

static void batch_flush(struct house *h)
{
	tmr_cancel(&h->flush);
	if (!h->batch)
		return;
	if (store_write(h->store, batch_store, TAKE(h->batch), h->core, on_batch_stored))
		h->unbound = true;
	else
		++h->batches;
}

static void on_flush(void *arg)
{
	batch_flush(arg);
}

static void row_fill(struct binding_row *r, const struct binding *b)
{
	uint64_t now = clock_mono_ms();

	memset(r, 0, sizeof(*r));
	r->tenant = b->tenant;
	text_printf(r->extension, sizeof(r->extension), "%s", b->user);
	text_printf(r->contact, sizeof(r->contact), "%s", b->contact);
	text_printf(r->domain, sizeof(r->domain), "%s", b->domain);
	text_printf(r->device, sizeof(r->device), "%s", b->device);
	text_printf(r->path, sizeof(r->path), "%s", b->path);
	text_printf(r->instance, sizeof(r->instance), "%s", b->instance);
	text_printf(r->user_agent, sizeof(r->user_agent), "%s", b->user_agent);
	text_printf(r->transport, sizeof(r->transport), "%s",
		    sip_transp_param(b->flow.tp)[0] ? strrchr(sip_transp_param(b->flow.tp), '=') + 1
						    : "udp");
	(void)re_snprintf(r->peer, sizeof(r->peer), "%J", &b->flow.peer);
	(void)re_snprintf(r->client, sizeof(r->client), "%J", &b->client);
	r->reg_id = b->reg_id;
	r->ws = b->flow.ws;
	r->tls = b->tls;
	r->nat = b->nat;
	r->sdes = b->sdes;
	r->registered_at = b->registered_at;
	r->expires_at = clock_wall_ms() + (b->expires > now ? (int64_t)(b->expires - now) : 0);
}

static void flush_soon(struct house *h)
{
	if (!tmr_isrunning(&h->flush))
		tmr_start(&h->flush, FLUSH_MS, on_flush, h);
}

static void row_put(struct house *h, const struct binding_row *row)
{
	if (h->batch && !binding_batch_add(&h->batch->rows, row))
		batch_flush(h);
	else if (h->batch)
		return;
	if (batch_get(h))
		(void)binding_batch_add(&h->batch->rows, row);
	flush_soon(h);
}

static void row_collect(struct house *h, const struct binding *b, bool removed)
{
	struct binding_row row;

	row_fill(&row, b);
	row.removed = removed;
	row_put(h, &row);
}

/** A binding changed: collected, and written with its neighbours */
void records_binding(const struct binding *b, int change, void *arg)
{
	struct house *h = arg;

	live_binding_changed(h, b, change);
	row_collect(h, b, change == BINDING_REMOVED || change == BINDING_EXPIRED);
}

/** Calls `done` once every change told so far is on disk, or with an error when the disk refused it
 */
void records_durable(durable_done_h *done, void *obj, void *arg)
{
	struct house *h = arg;
	struct waiter *w;

	if (!h->batch && !h->batches) {
		done(0, obj);
		mem_deref(obj);
		return;
	}
	w = batch_get(h) ? mem_zalloc(sizeof(*w), waiter_destructor) : NULL;
	if (!w) {
		mem_deref(obj);
		return;
	}
	w->done = done;
	w->obj = obj;
	list_append(&h->batch->waiters, &w->le, w);
	flush_soon(h);
}

static bool rebind(const struct binding *b, void *arg)
{
	row_collect(arg, b, false);
	return false;
}

/* Whoever registered while the store could take nothing is written once it can again, and whoever
 * went is deleted before that: it may be back. */
static void bindings_retry(struct house *h)
{
	if (!h->unbound)
		return;
	h->unbound = false;
	while (h->remnants.head) {
		struct remnant *r = h->remnants.head->data;

		row_put(h, &r->row);
		mem_deref(r);
	}
	registrar_each(exchange_stack(h->exchange), rebind, h);
}

static int binding_restore(const struct binding_row *r, void *arg)
{
	struct house *h = arg;
	struct binding b = {0};

	/* A connection does not outlive the process: its phone comes back by itself. */
	if (r->ws || strcmp(r->transport, "udp") || r->expires_at <= clock_wall_ms())
		return 0;
	b.tenant = r->tenant;
	text_printf(b.domain, sizeof(b.domain), "%s", r->domain);
	text_printf(b.user, sizeof(b.user), "%s", r->extension);
	text_printf(b.contact, sizeof(b.contact), "%s", r->contact);
	text_printf(b.device, sizeof(b.device), "%s", r->device);
	text_printf(b.path, sizeof(b.path), "%s", r->path);
	text_printf(b.instance, sizeof(b.instance), "%s", r->instance);
	text_printf(b.user_agent, sizeof(b.user_agent), "%s", r->user_agent);
	b.reg_id = (uint32_t)r->reg_id;
	b.flow.tp = SIP_TRANSP_UDP;
	b.nat = r->nat;
	b.sdes = r->sdes;
	b.registered_at = r->registered_at;
	b.expires = clock_mono_ms() + (uint64_t)(r->expires_at - clock_wall_ms());
	if (sa_decode(&b.flow.peer, r->peer, strlen(r->peer)) ||
	    sa_decode(&b.client, r->client, strlen(r->client)))
		return 0;
	return registrar_restore(exchange_stack(h->exchange), &b);
}

static int bindings_read(struct db *db, void *obj)
{
	return binding_row_each(db, clock_wall_ms(), binding_restore, obj);
}

/** Gives the registrar the phones that were registered before the restart; at start */
int records_restore(struct house *h)
{
	return store_read(h->store, bindings_read, h);
}

static int beat(struct db *db, void *obj)
{
	int64_t now = clock_wall_ms();
	int err = cdr_beat(db, now);

	if (!err)
		err = binding_row_purge(db, now);
	if (!err)
		err = login_purge(db, now);
	if (!err)
		err = lock_purge(db, now);
	return err ? err : device_purge(db, now);
}

static void on_beaten(int err, void *obj)
{
	if (err && err != ENOSPC) /* of which the store has told */
		log_error("store.failed", "err=%s", strerror(err));
}

static void on_beat(void *arg)
{
	struct house *h = arg;

	(void)store_write(h->store, beat, NULL, h->core, on_beaten);
	tenants_browser_expire(h->tenants, clock_wall_ms());
	bells_expire(exchange_bells(h->exchange), clock_wall_ms());
	records_retry(h);
	bindings_retry(h);
	tmr_start(&h->beat, BEAT_MS, on_beat, h);
}

/** Starts the heartbeat that tells running calls from cut ones */
void records_start(struct house *h)
{
	tmr_start(&h->beat, BEAT_MS, on_beat, h);
}

/** Writes what is still collected */
void records_stop(struct house *h)
{
	tmr_cancel(&h->beat);
	batch_flush(h);
	records_retry(h);
	list_flush(&h->unwritten);
	list_flush(&h->remnants);
}
