/**
 * @file live_wire.c  What web threads ask of the core, and the news the core tells the portal
 *
 * Each question is a mem object with its answer; it is posted to the core actor and waited for, so
 * that no other thread ever touches a call or a binding.
 */
#include <errno.h>
#include "json.h"
#include <string.h>
#include "both.h"
#include "clock.h"
#include "desk_call.h"
#include "dests.h"
#include "house.h"
#include "log.h"
#include "question.h"
#include "rates.h"
#include "roll.h"
#include "story.h"
#include "test_call.h"
#include "text.h"
#include "timer.h"
#include "trunk_line.h"
#include "waiting.h"

enum { ASK_MS = 5000, ROWS_MAX = 10000 };

static void question_destructor(void *arg)
{
	struct question *q = arg;

	mem_deref(q->rows);
	shared_unref(q->snapshot);
	shared_unref(q->old);
	shared_unref(q->trunks);
	shared_unref(q->rates);
}

/** A question for the core; NULL without memory */
struct question *question_make(void *house, int64_t tenant)
{
	struct question *q = mem_zalloc(sizeof(*q), question_destructor);

	if (!q)
		return NULL;
	q->house = house;
	q->tenant = tenant;
	return q;
}

/** Asks, and gives the rows away; the question is released; 0 or errno */
int question_ask(struct question *q, actor_h *h, void **rows, size_t *count)
{
	void *obj = q;
	int err = q ? actor_ask(q->house->core, h, &obj, ASK_MS) : ENOMEM;

	if (err) {
		mem_deref(obj);
		return err;
	}
	err = q->err;
	if (!err && rows) {
		*rows = TAKE(q->rows);
		*count = q->count;
	}
	mem_deref(q);
	return err;
}

/** Room for one more row; NULL beyond ROWS_MAX or without memory. */
void *question_add(struct question *q, size_t row)
{
	if (q->count == q->size) {
		size_t size = q->size ? q->size * 2 : 64;
		void *rows;

		if (size > ROWS_MAX || !(rows = mem_zalloc(size * row, NULL)))
			return NULL;
		if (q->count)
			memcpy(rows, q->rows, q->count * row);
		mem_deref(q->rows);
		q->rows = rows;
		q->size = size;
	}
	return (char *)q->rows + q->count++ * row;
}

/** Asks for one row, which is copied out. */
int question_row(struct question *q, actor_h *h, void *row, size_t size)
{
	void *found = NULL;
	size_t n;
	int err = question_ask(q, h, &found, &n);

	if (!err)
		memcpy(row, found, size);
	mem_deref(found);
	return err;
}

/* --- registrations and presence ------------------------------------------------------------------
 */

static const char *transport_name(const struct binding *b)
{
	if (b->flow.ws)
		return b->tls ? "wss" : "ws";
	return b->flow.tp == SIP_TRANSP_TLS ? "tls" : b->flow.tp == SIP_TRANSP_TCP ? "tcp" : "udp";
}

static bool registration_visit(const struct binding *b, void *arg)
{
	struct question *q = arg;
	struct live_registration *r;
	uint64_t now = clock_mono_ms();

	if (b->tenant != q->tenant || (q->name[0] && strcmp(q->name, b->user)))
		return false;
	r = question_add(q, sizeof(*r));
	if (!r)
		return true;
	text_printf(r->extension, sizeof(r->extension), "%s", b->user);
	text_printf(r->device, sizeof(r->device), "%s", b->device);
	text_printf(r->contact, sizeof(r->contact), "%s", b->contact);
	text_printf(r->transport, sizeof(r->transport), "%s", transport_name(b));
	text_printf(r->user_agent, sizeof(r->user_agent), "%s", b->user_agent);
	(void)re_snprintf(r->remote, sizeof(r->remote), "%J", &b->client);
	r->registered_at = b->registered_at;
	r->expires_at = clock_wall_ms() + (int64_t)(b->expires > now ? b->expires - now : 0);
	r->rtt_ms = b->rtt_ms;
	return false;
}

static void registrations_h(void *obj)
{
	struct question *q = obj;

	registrar_each(exchange_stack(q->house->exchange), registration_visit, q);
}

static int live_registrations(struct live_registration **v, size_t *n, int64_t tenant,
			      const char *extension, void *arg)
{
	struct question *q = question_make(arg, tenant);

	if (q && extension)
		text_printf(q->name, sizeof(q->name), "%s", extension);
	return question_ask(q, registrations_h, (void **)v, n);
}

static void presence_h(void *obj)
{
	struct question *q = obj;
	struct exchange *x = q->house->exchange;
	const struct tenant *t = exchange_tenant(x, q->tenant);
	const struct binding *b[BINDINGS_MAX];

	for (uint32_t i = 0; t && i < t->extension_count; i++) {
		const char *number = t->extensions[i].number;
		enum presence p = exchange_presence(x, q->tenant, number);
		struct live_extension *row;

		if (p == PRESENCE_OFFLINE || !(row = question_add(q, sizeof(*row))))
			continue;
		text_printf(row->number, sizeof(row->number), "%s", number);
		row->presence = (enum live_presence)p;
		row->registered =
			registrar_find(exchange_stack(x), q->tenant, number, b, BINDINGS_MAX);
	}
}

static int live_presence(struct live_extension **v, size_t *n, int64_t tenant, void *arg)
{
	return question_ask(question_make(arg, tenant), presence_h, (void **)v, n);
}

/* --- calls
 * ---------------------------------------------------------------------------------------- */

static void call_row(struct live_call *row, struct call *c)
{
	const struct call_facts *f = call_facts(c);
	bool paused;

	text_printf(row->id, sizeof(row->id), "%s", f->id.s);
	str_ncpy(row->from_number, f->from.number, sizeof(row->from_number));
	str_ncpy(row->from_name, f->from.name, sizeof(row->from_name));
	str_ncpy(row->to_number, f->to.number, sizeof(row->to_number));
	str_ncpy(row->to_name, f->to.name, sizeof(row->to_name));
	str_ncpy(row->from_extension, f->from_extension, sizeof(row->from_extension));
	str_ncpy(row->to_extension, f->to_extension, sizeof(row->to_extension));
	str_ncpy(row->state, f->answered_at ? "up" : "ringing", sizeof(row->state));
	str_ncpy(row->recording, both_running(c, &paused) ? paused ? "paused" : "on" : "off",
		 sizeof(row->recording));
	row->started_at = f->started_at;
	row->answered_at = f->answered_at;
}

/* What was called, where that says more than that it rings here. */
static void leg_line(struct live_leg *row, struct call *c, const char *extension)
{
	const struct call_facts *f = call_facts(c);
	const struct tenant *t = call_tenant(c);
	const struct tenant_did *did = tenant_did(t, f->to.number);
	const struct step *s = call_step(c);
	const struct tenant_group *group = NULL;
	const struct tenant_queue *queue = NULL;
	const char *name = did ? did->title : f->to.name;

	if (s->ops && s->dest.kind == DEST_group)
		group = tenant_group(t, s->dest.target);
	if (s->ops && s->dest.kind == DEST_queue)
		queue = tenant_queue(t, s->dest.target);
	if (!group && !queue && !strcmp(f->to.number, extension))
		return;
	str_ncpy(row->line, group || queue ? s->dest.target : f->to.number, sizeof(row->line));
	str_ncpy(row->line_name,
		 group	 ? group->name
		 : queue ? queue->name
			 : name,
		 sizeof(row->line_name));
}

static void leg_row(struct leg *leg, void *arg)
{
	struct question *q = arg;
	struct live_leg *row = leg->dialog ? question_add(q, sizeof(*row)) : NULL;
	struct call *c = leg->call;
	bool paused;

	if (!row)
		return;
	str_ncpy(row->call, call_id(c), sizeof(row->call));
	str_ncpy(row->call_id, dialog_call_id(leg->dialog), sizeof(row->call_id));
	str_ncpy(row->recording, both_running(c, &paused) ? paused ? "paused" : "on" : "off",
		 sizeof(row->recording));
	row->by_rule = both_by_rule(c);
	row->mailbox = leg_rings(leg) && extension_takes_message(c, q->name);
	if (leg->role == LEG_CALLED)
		leg_line(row, c, q->name);
}

static void legs_h(void *obj)
{
	struct question *q = obj;

	roll_extension(exchange_roll(q->house->exchange), q->tenant, q->name, leg_row, q);
}

static int live_legs(struct live_leg **v, size_t *n, int64_t tenant, const char *extension,
		     void *arg)
{
	struct question *q = question_make(arg, tenant);

	if (q)
		text_printf(q->name, sizeof(q->name), "%s", extension);
	return question_ask(q, legs_h, (void **)v, n);
}

static void to_mailbox_h(void *obj)
{
	struct question *q = obj;
	struct call *c = exchange_call_find(q->house->exchange, q->tenant, q->name);
	bool ringing = false;

	q->err = c && call_uses(c, q->device, &ringing) ? extension_to_mailbox(c, q->device)
							: ENOENT;
}

/* About a call and an extension that has to do with it */
static int call_of_ask(void *house, int64_t tenant, const char *call, const char *extension,
		       actor_h *h)
{
	struct question *q = question_make(house, tenant);

	if (q) {
		text_printf(q->name, sizeof(q->name), "%s", call);
		text_printf(q->device, sizeof(q->device), "%s", extension);
	}
	return question_ask(q, h, NULL, NULL);
}

static int live_to_mailbox(int64_t tenant, const char *call, const char *extension, void *arg)
{
	return call_of_ask(arg, tenant, call, extension, to_mailbox_h);
}

static void desk_cancel_h(void *obj)
{
	struct question *q = obj;

	q->err = desk_call_cancel(q->house->exchange, q->tenant, q->device, q->name);
}

static int live_desk_cancel(int64_t tenant, const char *call, const char *extension, void *arg)
{
	return call_of_ask(arg, tenant, call, extension, desk_cancel_h);
}

static void calls_h(void *obj)
{
	struct question *q = obj;
	struct le *le;

	LIST_FOREACH (exchange_calls(q->house->exchange), le) {
		struct call *c = le->data;
		struct live_call *row = NULL;

		if (call_tenant_id(c) == q->tenant)
			row = question_add(q, sizeof(*row));
		if (row)
			call_row(row, c);
	}
}

static int live_calls(struct live_call **v, size_t *n, int64_t tenant, void *arg)
{
	return question_ask(question_make(arg, tenant), calls_h, (void **)v, n);
}

static void hangup_h(void *obj)
{
	struct question *q = obj;
	struct call *c = exchange_call_find(q->house->exchange, q->tenant, q->name);

	if (!c) {
		q->err = ENOENT;
		return;
	}
	story_add(call_story(c), "end", "An administrator ended the call");
	call_end(c, CAUSE_NORMAL);
}

static void test_call_h(void *obj)
{
	struct question *q = obj;

	q->err = test_call_start(q->device, q->house->exchange, q->tenant, q->name, q->text);
}

static void desk_call_h(void *obj)
{
	struct question *q = obj;

	q->err = desk_call_start(q->device, q->house->exchange, q->tenant, q->name, q->text);
}

/* One that makes a call, and its id */
static int call_ask(char id[ID_SIZE], int64_t tenant, const char *extension, const char *text,
		    actor_h *h, void *house)
{
	struct question *q = question_make(house, tenant);
	int err;

	if (!q)
		return ENOMEM;
	text_printf(q->name, sizeof(q->name), "%s", extension);
	text_printf(q->text, sizeof(q->text), "%s", text);
	mem_ref(q);
	err = question_ask(q, h, NULL, NULL);
	if (!err)
		str_ncpy(id, q->device, ID_SIZE);
	mem_deref(q);
	return err;
}

static int live_test_call(char id[ID_SIZE], int64_t tenant, const char *extension, const char *from,
			  void *arg)
{
	return call_ask(id, tenant, extension, from, test_call_h, arg);
}

static int live_desk_call(char id[ID_SIZE], int64_t tenant, const char *extension,
			  const char *number, void *arg)
{
	return call_ask(id, tenant, extension, number, desk_call_h, arg);
}

static void fax_cancel_h(void *obj)
{
	struct question *q = obj;

	q->err = faxes_cancel(q->house, q->tenant, q->name);
}

static int named_ask(void *house, int64_t tenant, const char *name, actor_h *h)
{
	struct question *q = question_make(house, tenant);

	if (q)
		text_printf(q->name, sizeof(q->name), "%s", name);
	return question_ask(q, h, NULL, NULL);
}

static int live_hangup(int64_t tenant, const char *call, void *arg)
{
	return named_ask(arg, tenant, call, hangup_h);
}

static int live_fax_cancel(int64_t tenant, const char *fax, void *arg)
{
	return named_ask(arg, tenant, fax, fax_cancel_h);
}

static int record_do(struct call *c, const struct question *q, const char *who)
{
	bool paused;

	if (!strcmp(q->text, "start"))
		return both_start(c, BY_API, q->device[0] ? q->device : who);
	if (!both_running(c, &paused))
		return 0;
	if (!strcmp(q->text, "stop") && !q->any && both_by_rule(c))
		return EACCES;
	if (!strcmp(q->text, "stop"))
		both_stop(c, who);
	else
		both_pause(c, !strcmp(q->text, "pause"), who);
	return 0;
}

static void record_h(void *obj)
{
	struct question *q = obj;
	struct call *c = exchange_call_find(q->house->exchange, q->tenant, q->name);
	const struct tenant_extension *e = NULL;
	bool ringing, takes_part = false;

	if (c && q->device[0]) {
		e = tenant_extension(call_tenant(c), q->device);
		takes_part = call_uses(c, q->device, &ringing);
	}
	if (!c || (!q->any && !takes_part))
		q->err = ENOENT;
	else
		q->err = record_do(c, q, takes_part && e ? e->name : "An administrator");
}

static int live_record(int64_t tenant, const char *call, const char *extension, bool any,
		       const char *action, void *arg)
{
	struct question *q = question_make(arg, tenant);

	if (q) {
		text_printf(q->name, sizeof(q->name), "%s", call);
		text_printf(q->device, sizeof(q->device), "%s", extension);
		text_printf(q->text, sizeof(q->text), "%s", action);
		q->any = any;
	}
	return question_ask(q, record_h, NULL, NULL);
}

/* --- devices and tenants
 * --------------------------------------------------------------------------- */

static void revoke_h(void *obj)
{
	struct question *q = obj;

	stack_revoke(exchange_stack(q->house->exchange), q->tenant, q->name,
		     q->device[0] ? q->device : NULL);
}

static int live_revoke(int64_t tenant, const char *extension, const char *device, void *arg)
{
	struct question *q = question_make(arg, tenant);

	if (q) {
		text_printf(q->name, sizeof(q->name), "%s", extension);
		text_printf(q->device, sizeof(q->device), "%s", device ? device : "");
	}
	return question_ask(q, revoke_h, NULL, NULL);
}

static void snapshot_old_h(void *obj)
{
	struct question *q = obj;

	q->old = shared_ref(tenants_by_id(q->house->tenants, q->tenant));
}

static int snapshot_read(struct db *db, void *obj)
{
	struct question *q = obj;

	int err;

	if (q->tenant)
		return tenant_renew(&q->snapshot, db, q->tenant, q->old);
	err = trunks_load(&q->trunks, db);
	return err ? err : rates_load(&q->rates, db);
}

static void snapshot_put_h(void *obj)
{
	struct question *q = obj;

	if (q->trunks) {
		exchange_publish_trunks(q->house->exchange, TAKE(q->trunks));
		exchange_publish_rates(q->house->exchange, TAKE(q->rates));
	} else if (q->snapshot) {
		q->err = exchange_publish(q->house->exchange, TAKE(q->snapshot));
	} else {
		tenants_drop(q->house->tenants, q->tenant);
	}
}

/* Built on the asker's thread, swapped on the core: running calls keep the one they began with. */
static int live_tenant_changed(int64_t tenant, void *arg)
{
	struct house *h = arg;
	struct question *q = question_make(h, tenant);
	void *obj = q;
	int err = q ? actor_ask(h->core, snapshot_old_h, &obj, ASK_MS) : ENOMEM;

	if (!err)
		err = store_read(h->store, snapshot_read, q);
	if (err && err != ENOENT) {
		mem_deref(obj);
		return err;
	}
	return question_ask(q, snapshot_put_h, NULL, NULL);
}

static void browser_added_h(void *obj)
{
	struct question *q = obj;

	q->err = tenants_browser_add(q->house->tenants, &q->browser);
}

static int live_browser_added(const struct device *d, void *arg)
{
	struct question *q = question_make(arg, d->tenant);

	if (q)
		q->browser = *d;
	return question_ask(q, browser_added_h, NULL, NULL);
}

static void browser_removed_h(void *obj)
{
	struct question *q = obj;

	tenants_browser_remove(q->house->tenants, q->tenant, q->device);
}

static int live_browser_removed(int64_t tenant, const char *device, void *arg)
{
	struct question *q = question_make(arg, tenant);

	if (q)
		text_printf(q->device, sizeof(q->device), "%s", device);
	return question_ask(q, browser_removed_h, NULL, NULL);
}

static void mailbox_h(void *obj)
{
	struct question *q = obj;

	waiting_set(q->house->exchange, q->tenant, q->name, &q->waiting);
}

static int live_mailbox(int64_t tenant, const char *extension, const struct voicemail_counts *c,
			void *arg)
{
	struct question *q = question_make(arg, tenant);

	if (q) {
		text_printf(q->name, sizeof(q->name), "%s", extension);
		q->waiting = *c;
	}
	return question_ask(q, mailbox_h, NULL, NULL);
}
static void trunk_state_h(void *obj)
{
	struct question *q = obj;
	struct carrier_state s;
	struct live_trunk *t;

	if (!trunk_line_state(&s, exchange_trunk_lines(q->house->exchange), q->at)) {
		q->err = ENOENT;
		return;
	}
	t = question_add(q, sizeof(*t));
	if (!t) {
		q->err = ENOMEM;
		return;
	}
	text_printf(t->health, sizeof(t->health), "%s", trunk_health_names[s.health]);
	text_printf(t->registration, sizeof(t->registration), "%s",
		    trunk_registration_names[s.registration]);
	t->code = s.scode;
	text_printf(t->reason, sizeof(t->reason), "%s", s.reason);
	t->since = s.since;
	t->next_at = s.next_at;
}

static int live_trunk_state(struct live_trunk *t, int64_t trunk, void *arg)
{
	struct question *q = question_make(arg, 0);

	if (q)
		q->at = trunk;
	return question_row(q, trunk_state_h, t, sizeof(*t));
}

static void counts_h(void *obj)
{
	struct question *q = obj;
	struct live_counts *c = question_add(q, sizeof(*c));

	if (!c) {
		q->err = ENOMEM;
		return;
	}
	c->calls = list_count(exchange_calls(q->house->exchange));
	c->registrations = registrar_count(exchange_stack(q->house->exchange));
	c->timers = timer_count();
}

static int live_counts(struct live_counts *c, void *arg)
{
	return question_row(question_make(arg, 0), counts_h, c, sizeof(*c));
}

const struct api_live api_live_wire = {
	.registrations_h = live_registrations,
	.presence_h = live_presence,
	.calls_h = live_calls,
	.legs_h = live_legs,
	.to_mailbox_h = live_to_mailbox,
	.test_call_h = live_test_call,
	.desk_call_h = live_desk_call,
	.desk_cancel_h = live_desk_cancel,
	.hangup_h = live_hangup,
	.fax_cancel_h = live_fax_cancel,
	.record_h = live_record,
	.revoke_h = live_revoke,
	.changed_h = live_tenant_changed,
	.browser_added_h = live_browser_added,
	.browser_removed_h = live_browser_removed,
	.bells_h = live_bells,
	.mailbox_h = live_mailbox,
	.reach_h = live_reach,
	.follow_h = live_follow,
	.way_h = live_way,
	.prices_h = live_prices,
	.queue_h = live_queue,
	.agent_ready_h = live_agent_ready,
	.trunk_h = live_trunk_state,
	.counts_h = live_counts,
};

/* --- news
 * ------------------------------------------------------------------------------------------- */

/** Tells the portal; takes over the object */
void live_publish(int64_t tenant, const char *extension, const char *name, json_t *data)
{
	char *text = data ? json_dumps(data, JSON_COMPACT) : NULL;
	struct event e = {.tenant = tenant, .extension = extension, .name = name, .data = text};

	if (text)
		event_publish(&e);
	free(text);
	json_decref(data);
}

static json_t *party_json(const struct party *p)
{
	return json_pack("{s:s, s:s}", "number", p->number, "name", p->name);
}

/** A call changed: whose it is hears of it, and all of the presence of everybody in it. Of one from
 * outside only who may see all calls is told who calls */
void live_changed(struct call *call, const char *event, void *arg)
{
	const struct call_facts *f = call_facts(call);
	struct le *le;

	live_publish(call_tenant_id(call), f->from_extension[0] ? f->from_extension : EVENT_NOBODYS,
		     event,
		     json_pack("{s:s, s:o, s:o, s:s, s:I, s:I}", "id", f->id.s, "from",
			       party_json(&f->from), "to", party_json(&f->to), "state",
			       f->ended_at	? "ended"
			       : f->answered_at ? "up"
						: "ringing",
			       "startedAt", (json_int_t)f->started_at, "answeredAt",
			       (json_int_t)f->answered_at));
	if (f->to_extension[0])
		live_publish(call_tenant_id(call), f->to_extension, event,
			     json_pack("{s:s}", "id", f->id.s));
	LIST_FOREACH (call_legs(call), le) {
		const struct leg *leg = le->data;
		struct house *h = arg;

		if (!leg->extension[0])
			continue;
		/* whoever was told by a group, a forward or a transfer is in it as well */
		if (strcmp(leg->extension, f->from_extension) &&
		    strcmp(leg->extension, f->to_extension))
			live_publish(call_tenant_id(call), leg->extension, event,
				     json_pack("{s:s}", "id", f->id.s));
		live_publish(
			call_tenant_id(call), NULL, "presence",
			json_pack("{s:s, s:s}", "number", leg->extension, "presence",
				  presence_name(exchange_presence(h->exchange, call_tenant_id(call),
								  leg->extension))));
	}
}

/** Do Not Disturb began or ended: the portal hears of it */
void live_disturb_changed(int64_t tenant, const char *extension, enum presence p, void *arg)
{
	live_publish(tenant, NULL, "presence",
		     json_pack("{s:s, s:s}", "number", extension, "presence", presence_name(p)));
}

/** Somebody waits in a queue, or an agent does something else: the portal hears of it */
void live_queue_changed(int64_t tenant, const char *queue_id, void *arg)
{
	live_publish(tenant, NULL, "queue", json_pack("{s:s}", "id", queue_id));
}

/** A binding changed: the portal hears of it */
void live_binding_changed(struct house *h, const struct binding *b, int change)
{
	static const char *const changes[] = {"added", "refreshed", "removed", "expired"};

	if (change == BINDING_REFRESHED)
		return;
	live_publish(b->tenant, NULL, "registration",
		     json_pack("{s:s, s:s, s:s}", "extension", b->user, "device", b->device,
			       "change", changes[change]));
	live_publish(b->tenant, NULL, "presence",
		     json_pack("{s:s, s:s}", "number", b->user, "presence",
			       presence_name(exchange_presence(h->exchange, b->tenant, b->user))));
}
