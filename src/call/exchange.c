/**
 * @file exchange.c  Answers the stack's questions and turns INVITEs into calls
 */
#include <errno.h>
#include <string.h>
#include "bells.h"
#include "clock.h"
#include "exchange.h"
#include "expand.h"
#include "log.h"
#include "queue_line.h"
#include "recording.h"
#include "roll.h"
#include "story.h"
#include "text.h"
#include "trunk_line.h"
#include "waiting.h"

enum { HOPS_MAX = 70 };

struct exchange {
	struct exchange_conf conf;
	struct tenants *tenants; /* not ours */
	struct stack *stack;
	struct engine *engine;
	struct roll *roll;
	struct list recordings;
	struct list faxes;
	struct list undisturbed;
	struct waiting *waiting;
	struct bells *bells;
	struct queue_lines *queue_lines;
	struct trunk_lines *trunk_lines;
	bool draining;
};

static void exchange_destructor(void *arg)
{
	struct exchange *x = arg;

	if (x->roll)
		list_flush(exchange_calls(x));
	list_flush(&x->faxes);
	list_flush(&x->undisturbed);
	mem_deref(x->trunk_lines);
	mem_deref(x->stack);
	mem_deref(x->engine);
	list_flush(&x->recordings);
	mem_deref(x->waiting);
	mem_deref(x->bells);
	mem_deref(x->queue_lines);
	mem_deref(x->roll);
}

struct stack *exchange_stack(const struct exchange *x)
{
	return x->stack;
}

struct engine *exchange_engine(const struct exchange *x)
{
	return x->engine;
}

const struct exchange_conf *exchange_conf(const struct exchange *x)
{
	return &x->conf;
}

/** The current snapshot of a tenant; NULL if it is not here */
const struct tenant *exchange_tenant(const struct exchange *x, int64_t id)
{
	return tenants_by_id(x->tenants, id);
}

struct tenants *exchange_tenants(const struct exchange *x)
{
	return x->tenants;
}

/** Every live call, and who is in it */
struct roll *exchange_roll(const struct exchange *x)
{
	return x->roll;
}

struct list *exchange_calls(struct exchange *x)
{
	return roll_calls(x->roll);
}

/** Recordings whose files are not complete yet */
struct list *exchange_recordings(struct exchange *x)
{
	return &x->recordings;
}

/** Fax lines whose result is not known yet */
struct list *exchange_faxes(struct exchange *x)
{
	return &x->faxes;
}

/** Whose Do Not Disturb has an end that somebody waits for (disturb.c) */
struct list *exchange_undisturbed(struct exchange *x)
{
	return &x->undisturbed;
}

struct trunk_lines *exchange_trunk_lines(const struct exchange *x)
{
	return x->trunk_lines;
}

/** Who waits in queues, and what their agents do */
struct queue_lines *exchange_queue_lines(const struct exchange *x)
{
	return x->queue_lines;
}

/** Messages that wait, by mailbox */
struct waiting *exchange_waiting(const struct exchange *x)
{
	return x->waiting;
}

/** Browsers that can be rung while their portal is closed */
struct bells *exchange_bells(const struct exchange *x)
{
	return x->bells;
}

/** What a dialled string means for a tenant; false: nothing */
bool exchange_dest(struct exchange *x, struct dest *dest, const struct tenant *t,
		   const char *dialled)
{
	return !dest_resolve(dest, t, dialled);
}

/* --- what the stack asks ------------------------------------------------------------------------
 */

static int64_t on_domain(const struct pl *domain, void *arg)
{
	const struct exchange *x = arg;
	const struct tenant *t = tenants_by_domain(x->tenants, domain);

	return t ? t->id : 0;
}

static bool on_account(struct sip_account *acc, const struct pl *domain, const struct pl *user,
		       void *arg)
{
	const struct exchange *x = arg;
	struct tenants_account a;

	if (!tenants_account(&a, x->tenants, domain, user))
		return false;
	memset(acc, 0, sizeof(*acc));
	acc->tenant = a.tenant->id;
	acc->md5_allowed = a.tenant->md5_allowed || a.browser;
	acc->sdes = a.sdes;
	text_printf(acc->domain, sizeof(acc->domain), "%s", a.tenant->domain);
	text_printf(acc->aor_user, sizeof(acc->aor_user), "%s", a.extension->number);
	text_printf(acc->auth_user, sizeof(acc->auth_user), "%s", a.auth_user);
	text_printf(acc->device, sizeof(acc->device), "%s", a.device);
	text_printf(acc->name, sizeof(acc->name), "%s",
		    a.extension->caller_id_name[0] ? a.extension->caller_id_name
						   : a.extension->name);
	text_printf(acc->ha1_md5, sizeof(acc->ha1_md5), "%s", a.ha1_md5);
	text_printf(acc->ha1_sha256, sizeof(acc->ha1_sha256), "%s", a.ha1_sha256);
	return true;
}

static bool on_trunk(struct sip_trunk *trunk, const struct sa *src, enum sip_transp tp, void *arg)
{
	const struct exchange *x = arg;
	const struct trunks *ts = tenants_trunks(x->tenants);
	const struct trunk *t = ts ? trunks_by_address(ts, src) : NULL;

	if (!t && ts)
		t = trunks_by_id(ts, trunk_line_at(x->trunk_lines, src));
	if (!t)
		return false;
	memset(trunk, 0, sizeof(*trunk));
	trunk->id = t->id;
	trunk->tenant = t->tenant;
	text_printf(trunk->name, sizeof(trunk->name), "%s", t->name);
	return true;
}

static bool on_edge(struct sa *client, bool *tls, uint16_t port, void *arg)
{
	const struct exchange *x = arg;

	return x->conf.edge_h && x->conf.edge_h(client, tls, port, x->conf.arg);
}

/* A phone that has registered, and what there is for it once it is told so */
struct newcomer {
	struct exchange *x;
	int64_t tenant;
	char extension[SIP_NAME], contact[SIP_URI];
	bool lamp;
};

static void on_durable(durable_done_h *done, void *obj, void *arg)
{
	const struct exchange *x = arg;

	x->conf.durable_h(done, obj, x->conf.arg);
}

static void newcomer_h(void *obj)
{
	struct newcomer *n = obj;

	if (n->lamp)
		waiting_tell(n->x, n->tenant, n->extension);
	bells_came(n->x->bells, n->tenant, n->extension, n->contact);
}

static void newcomer_post(int err, void *obj)
{
	struct newcomer *n = obj;

	(void)actor_post(n->x->conf.engine.core, newcomer_h, mem_ref(n));
}

/* A phone that comes while messages or a call wait for it learns of them, after it is told that it
 * is in. */
static void newcomer_set(struct exchange *x, const struct binding *b, int change)
{
	struct voicemail_counts c = {0};
	struct newcomer *n;

	if (change == BINDING_ADDED)
		waiting_get(&c, x, b->tenant, b->user);
	n = c.fresh || bells_awaited(x->bells, b->tenant, b->user) ? mem_zalloc(sizeof(*n), NULL)
								   : NULL;
	if (!n)
		return;
	n->x = x;
	n->tenant = b->tenant;
	n->lamp = c.fresh != 0;
	str_ncpy(n->extension, b->user, sizeof(n->extension));
	str_ncpy(n->contact, b->contact, sizeof(n->contact));
	if (x->conf.durable_h)
		on_durable(newcomer_post, n, x);
	else
		(void)actor_post(x->conf.engine.core, newcomer_h, n);
}

static void on_binding(const struct binding *b, int change, void *arg)
{
	struct exchange *x = arg;

	if (x->conf.binding_h)
		x->conf.binding_h(b, change, x->conf.arg);
	if (change == BINDING_ADDED || change == BINDING_REFRESHED)
		newcomer_set(x, b, change);
	if (change == BINDING_ADDED)
		queue_lines_wake(x->queue_lines, b->tenant);
	if (change != BINDING_REFRESHED)
		stack_notify(x->stack, "presence", b->tenant, b->user);
}

static void on_throttle(const struct sa *client, const char *domain, const char *user, void *arg)
{
	char ip[64];

	(void)re_snprintf(ip, sizeof(ip), "%j", client);
	log_warn("sip.throttle", "client=%s domain=%s user=%s", ip, domain, user);
}

/* A tenant's own music and prompts. */
static bool on_sound(char *what, size_t size, uint32_t affinity, const char *name, void *arg)
{
	const struct exchange *x = arg;
	const struct tenant *t = tenants_by_id(x->tenants, affinity);
	const char *key = t && name[0] ? tenant_sound(t, name) : NULL;
	char path[BLOB_PATH];

	if (!key)
		return false;
	blob_path(path, x->conf.blobs, key);
	return text_printf(what, size, "file:%s", path);
}

static bool on_md5(const struct pl *domain, void *arg)
{
	const struct exchange *x = arg;
	const struct tenant *t = tenants_by_domain(x->tenants, domain);

	return !t || t->md5_allowed;
}

/** True while no new call is taken: there are too many, or the program is about to end */
bool exchange_full(const struct exchange *x)
{
	return x->draining || roll_count(x->roll) >= x->conf.max_calls;
}

static bool calls_for_help(const struct exchange *x, const struct sip_sender *from,
			   const struct sip_msg *msg)
{
	const struct tenant *t =
		from->is_trunk ? NULL : tenants_by_id(x->tenants, from->account.tenant);
	char dialled[PHONE_SIZE];

	return t && text_copy_pl(dialled, sizeof(dialled), &msg->uri.user) &&
	       phone_listed(t->emergency, dialled);
}

/* Whoever has a phone's password may not take all calls there are, nor make any number outside. */
static bool extension_full(const struct exchange *x, const struct sip_sender *from)
{
	unsigned max = x->conf.max_calls_per_extension;

	return !from->is_trunk && roll_extension_count(x->roll, from->account.tenant,
						       from->account.aor_user, max) >= max;
}

static uint16_t on_admit(const struct sip_sender *from, const struct sip_msg *msg, void *arg)
{
	const struct exchange *x = arg;

	if (!exchange_full(x) && !stack_crowded(x->stack) && !extension_full(x, from))
		return 0;
	return x->draining || !calls_for_help(x, from, msg) ? 503 : 0;
}

/* --- new calls ----------------------------------------------------------------------------------
 */

/** Where a new call comes from and goes to */
struct arrival {
	const struct tenant *tenant;
	enum call_dir dir;
	struct party from, to;
	char from_extension[SIP_NAME];
	struct dest dest;
	enum cause refused; /* CAUSE_NORMAL: it may go on */
	uint8_t max_forwards;
	const struct trunk *trunk; /* by which it came, or NULL */
};

static bool other_tenants_domain(const struct exchange *x, const struct tenant *t,
				 const struct pl *host)
{
	const struct tenant *named = tenants_by_domain(x->tenants, host);

	return named && named != t;
}

/**
 * Whom a dialled number names, as people read it
 *
 * @param to      Filled in; its name is "" where there is none
 * @param t       Whose number
 * @param dest    Where it leads
 * @param dialled What was dialled
 */
void exchange_party(struct party *to, const struct tenant *t, const struct dest *dest,
		    const char *dialled)
{
	const struct tenant_extension *ext = NULL;
	const struct tenant_group *group = NULL;
	const struct tenant_queue *queue = NULL;

	text_printf(to->number, sizeof(to->number), "%s", dialled);
	if (dest->kind == DEST_extension)
		ext = tenant_extension(t, dest->target);
	if (dest->kind == DEST_group)
		group = tenant_group(t, dest->target);
	if (dest->kind == DEST_queue)
		queue = tenant_queue(t, dest->target);
	if (ext || group || queue)
		text_printf(to->name, sizeof(to->name), "%s",
			    ext	    ? ext->name
			    : group ? group->name
				    : queue->name);
	if (dest->kind == DEST_external)
		text_printf(to->number, sizeof(to->number), "%s", dest->target);
}

/* A phone of our own: it is who its credentials say, whatever its From claims. */
static void arrival_account(struct arrival *a, struct exchange *x, const struct dialog *d,
			    const struct sip_account *acc, const struct sip_msg *msg)
{
	const char *dialled = dialog_request_user(d);

	a->tenant = tenants_by_id(x->tenants, acc->tenant);
	if (!a->tenant) {
		a->refused = CAUSE_FORBIDDEN;
		return;
	}
	text_printf(a->from.number, sizeof(a->from.number), "%s", acc->aor_user);
	text_printf(a->from.name, sizeof(a->from.name), "%s", acc->name);
	text_printf(a->from_extension, sizeof(a->from_extension), "%s", acc->aor_user);
	a->dir = CALL_INTERNAL;
	if (other_tenants_domain(x, a->tenant, &msg->uri.host) ||
	    !exchange_dest(x, &a->dest, a->tenant, dialled))
		a->refused = CAUSE_NOT_FOUND;
	else if (a->dest.kind == DEST_external)
		a->dir = CALL_OUT;
	exchange_party(&a->to, a->tenant, &a->dest, dialled);
}

/* To a registration of ours the carrier sends our own user name; whom it is for stands in To. */
static void dialled_at_trunk(char *dialled, size_t size, const struct dialog *d,
			     const struct trunk *t, const struct sip_msg *msg)
{
	text_printf(dialled, size, "%s", dialog_request_user(d));
	if (t && t->registers && !strcmp(dialled, t->username))
		(void)text_copy_pl(dialled, size, &msg->to.uri.user);
}

/* Whose national numbers a trunk brings: a shared one's without a country are American. */
static const char *trunk_country(const struct exchange *x, const struct trunk *t)
{
	const struct tenant *owner = t && t->tenant ? tenants_by_id(x->tenants, t->tenant) : NULL;

	if (t && t->country[0])
		return t->country;
	return owner ? owner->country : "US";
}

/* From outside: the DID names the tenant; the carrier names the caller. */
static void arrival_trunk(struct arrival *a, struct exchange *x, const struct dialog *d,
			  const struct sip_trunk *trunk, const struct sip_msg *msg)
{
	const struct tenant_did *did = NULL;
	char e164[PHONE_SIZE], dialled[SIP_NAME];

	a->dir = CALL_IN;
	a->trunk = trunks_by_id(tenants_trunks(x->tenants), trunk->id);
	dialled_at_trunk(dialled, sizeof(dialled), d, a->trunk, msg);
	if (!phone_e164(e164, sizeof(e164), dialled, trunk_country(x, a->trunk)))
		text_printf(e164, sizeof(e164), "+%.30s", dialled);
	a->tenant = tenants_by_did(x->tenants, e164, &did);
	if (!a->tenant || !did->active || (trunk->tenant && trunk->tenant != a->tenant->id)) {
		a->refused = CAUSE_NOT_FOUND;
		return;
	}
	a->dest = did->dest;
	text_copy_pl(a->from.number, sizeof(a->from.number), &msg->from.uri.user);
	text_copy_pl(a->from.name, sizeof(a->from.name), &msg->from.dname);
	/* who is called back by a click must be no code that this would dial */
	if (!text_printable(a->from.name) || !text_printable(a->from.number) ||
	    a->from.number[0] == '*')
		a->from.name[0] = a->from.number[0] = '\0';
	if (!a->from.number[0])
		text_printf(a->from.number, sizeof(a->from.number), "anonymous");
	exchange_party(&a->to, a->tenant, &a->dest, e164);
}

/* An extension looks at its door, where its own rules come first. */
static bool held_back(struct call *c, const struct arrival *a)
{
	const struct tenant_block *b = caller_blocked(a->tenant, NULL, a->from.number);

	if (!b)
		return false;
	story_add(call_story(c), "door", "Blocked by a rule of %s", a->tenant->name);
	flow_use(c, b->id, "block");
	call_fail(c, b->action == BLOCK_BUSY ? CAUSE_BUSY : CAUSE_DECLINED);
	return true;
}

static void call_begin(struct exchange *x, struct dialog *d, const struct arrival *a)
{
	struct call *c;

	if (call_alloc(&c, x, a->tenant, a->dir)) {
		dialog_reject(d, 503, "Too many calls", CAUSE_OVERLOAD);
		mem_deref(d);
		return;
	}
	call_facts(c)->from = a->from;
	call_facts(c)->to = a->to;
	str_ncpy(call_facts(c)->from_extension, a->from_extension,
		 sizeof(call_facts(c)->from_extension));
	call_facts(c)->max_forwards = a->max_forwards;
	if (a->dest.kind == DEST_extension)
		str_ncpy(call_facts(c)->to_extension, a->dest.target,
			 sizeof(call_facts(c)->to_extension));
	story_add(call_story(c), "start", "%s called %s", party_label(&a->from),
		  party_label(&a->to));
	if (call_incoming(c, d, &a->from, a->trunk))
		return;
	if (x->conf.record_h)
		x->conf.record_h(c, x->conf.arg);
	call_changed(c, "call.started");
	if (a->refused != CAUSE_NORMAL)
		call_fail(c, a->refused);
	else if (a->dir == CALL_IN && a->dest.kind != DEST_extension && held_back(c, a))
		return;
	else
		flow_goto(c, &a->dest);
}

/* Handed down, so that a circle through a trunk ends; 70 when the message does not say. */
static uint8_t max_forwards(const struct sip_msg *msg)
{
	uint32_t n = pl_isset(&msg->maxfwd) ? pl_u32(&msg->maxfwd) : HOPS_MAX;

	return (uint8_t)(n < HOPS_MAX ? n : HOPS_MAX);
}

static void on_invite(struct dialog *d, const struct sip_sender *from, const struct sip_msg *msg,
		      void *arg)
{
	struct exchange *x = arg;
	struct arrival a = {.refused = CAUSE_NORMAL, .max_forwards = max_forwards(msg)};

	if (transfer_take(x, d, from))
		return;
	if (from->is_trunk)
		arrival_trunk(&a, x, d, &from->trunk, msg);
	else
		arrival_account(&a, x, d, &from->account, msg);
	if (!a.tenant) {
		dialog_reject(d, cause_sip(a.refused), cause_sip_reason(a.refused), a.refused);
		mem_deref(d);
		return;
	}
	call_begin(x, d, &a);
}

/* --- news ----------------------------------------------------------------------------------------
 */

/** Tells whoever watches an extension what it does now */
void exchange_extension_changed(struct exchange *x, int64_t tenant, const char *extension)
{
	if (!extension[0])
		return;
	stack_notify(x->stack, "dialog", tenant, extension);
	stack_notify(x->stack, "presence", tenant, extension);
}

/** Tells subscribers and the portal that a call changed */
void exchange_call_changed(struct exchange *x, struct call *c, const char *event)
{
	struct le *le;

	LIST_FOREACH (call_legs(c), le) {
		const struct leg *leg = le->data;

		exchange_extension_changed(x, call_tenant_id(c), leg->extension);
	}
	queue_lines_call(x->queue_lines, c);
	if (x->conf.changed_h)
		x->conf.changed_h(c, event, x->conf.arg);
}

/** Hands the record of an ended call over, and takes it off the list */
void exchange_call_ended(struct exchange *x, struct call *c)
{
	call_unlist(c);
	exchange_call_changed(x, c, "call.ended");
	if (x->conf.record_h)
		x->conf.record_h(c, x->conf.arg);
}

/** Forgets a call that only carried a leg to another one; it has no record */
void exchange_call_drop(struct exchange *x, struct call *c)
{
	call_unlist(c);
	mem_deref(c);
}

/* --- life ----------------------------------------------------------------------------------------
 */

/**
 * Opens the SIP stack and the media engine
 *
 * @param xp      Result
 * @param conf    Configuration; copied
 * @param tenants Registry; must outlive the exchange
 *
 * @return 0 or errno, EADDRINUSE when a port is taken
 */
int exchange_alloc(struct exchange **xp, const struct exchange_conf *conf, struct tenants *tenants)
{
	struct exchange *x = mem_zalloc(sizeof(*x), exchange_destructor);
	struct stack_handlers h = {
		.domain_h = on_domain,
		.account_h = on_account,
		.trunk_h = on_trunk,
		.edge_h = on_edge,
		.invite_h = on_invite,
		.binding_h = on_binding,
		.durable_h = conf->durable_h ? on_durable : NULL,
		.subscribe_h = live_subscribe,
		.throttle_h = on_throttle,
		.md5_h = on_md5,
		.admit_h = on_admit,
		.arg = x,
	};
	int err;

	if (!x)
		return ENOMEM;
	x->conf = *conf;
	x->conf.engine.taped_h = recording_taped;
	x->conf.engine.taped_arg = x;
	x->conf.engine.sound_h = on_sound;
	x->conf.engine.sound_arg = x;
	x->tenants = tenants;
	err = roll_alloc(&x->roll);
	if (!err)
		err = waiting_alloc(&x->waiting);
	if (!err)
		err = bells_alloc(&x->bells, conf->pusher);
	if (!err)
		err = queue_lines_alloc(&x->queue_lines, x);
	if (!err)
		err = engine_alloc(&x->engine, &x->conf.engine);
	if (!err)
		err = stack_alloc(&x->stack, &conf->stack, &h);
	if (!err)
		err = trunk_lines_alloc(&x->trunk_lines, x);
	if (err) {
		mem_deref(x);
		return err;
	}
	trunk_lines_put(x->trunk_lines, tenants_trunks(tenants));
	*xp = x;
	return 0;
}

/** Takes no new calls; what runs goes on */
void exchange_drain(struct exchange *x)
{
	x->draining = true;
}

/** Ends every call; their records are handed over, and their recordings are complete once the core
 * has run its inbox */
void exchange_close(struct exchange *x)
{
	x->draining = true;
	while (exchange_calls(x)->head) /* the end of one call may end others */
		call_end(exchange_calls(x)->head->data, CAUSE_SHUTDOWN);
	engine_stop(x->engine);
	stack_close(x->stack);
}
