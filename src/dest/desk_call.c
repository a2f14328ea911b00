/**
 * @file desk_call.c  Calling by one's desk phone: it rings first, then the number is called
 *
 * The own phones are rung without a look at the extension's door: forwards and Do Not Disturb are
 * for callers, and this is the owner's own call.
 */
#include <errno.h>
#include <string.h>
#include "desk_call.h"
#include "dests_private.h"
#include "text.h"
#include "way.h"

/* While the own phones ring the step keeps where the call goes then. */
static void desk_leave(struct step *s)
{
	s->state = mem_deref(s->state);
}

/* Rows of kinds are for what can be dialled; this step comes before. */
static const struct dest_ops desk_ops = {.kind = DEST_external, .leave = desk_leave};

/* Nobody has answered at a desk yet. */
static bool rings_first(struct call *c, const char *extension)
{
	return call_step(c)->ops == &desk_ops && !strcmp(call_facts(c)->from_extension, extension);
}

static bool under_way(struct exchange *x, int64_t tenant, const char *extension)
{
	struct le *le;

	LIST_FOREACH (exchange_calls(x), le) {
		struct call *c = le->data;

		if (call_tenant_id(c) == tenant && rings_first(c, extension))
			return true;
	}
	return false;
}

/* A browser has a line of its own: it is not what one asks for here. */
static unsigned desk_phones(struct hunt_target *targets, const struct step *s,
			    const struct tenant_extension *e)
{
	unsigned n = phones_find(targets, BINDINGS_MAX, s, e), desks = 0;

	for (unsigned i = 0; i < n; i++) {
		if (targets[i].webrtc)
			continue;
		targets[desks] = targets[i];
		targets[desks++].ring_ms = DESK_RING_MS;
	}
	/* Of several each would be the first; a phone obeys only when it is set to. */
	if (desks == 1)
		targets[0].to.answer_at_once = true;
	return desks;
}

static void on_ring(struct hunt *h, struct leg *leg, bool early_media, void *arg)
{
	const struct step *s = arg;

	call_changed(s->call, "call.updated");
}

/* From here on it is the call of the phone that answered. */
static void answered(struct step *s, struct leg *phone)
{
	struct leg *nobody = call_caller(s->call);
	struct call_facts *f = call_facts(s->call);
	struct call *c = s->call;
	struct dest to = *(const struct dest *)s->state;

	if (to.kind == DEST_extension)
		str_ncpy(f->to_extension, to.target, sizeof(f->to_extension));
	story_add(call_story(c), "desk", "Answered on %s: now %s is called",
		  phone->device_name[0] ? phone->device_name : party_label(&phone->party),
		  party_label(&f->to));
	phone->role = LEG_CALLER;
	phone->party = f->from;
	call_watch_leg(c, phone);
	call_set_caller(c, phone);
	leg_watch(nobody, NULL, NULL);
	leg_end(nobody, CAUSE_NORMAL);
	mem_deref(nobody); /* the record tells of phones */
	call_changed(c, "call.updated");
	flow_goto(c, &to);
}

static void on_hunt_end(struct hunt *h, struct leg *winner, enum exit_id exit, void *arg)
{
	struct step *s = arg;
	struct call *c = s->call;

	if (winner) {
		answered(s, winner);
		return;
	}
	story_add(call_story(c), "desk", "The own phone did not take the call: %s was not called",
		  party_label(&call_facts(c)->to));
	call_end(c, CAUSE_CANCELLED);
}

static const struct hunt_handlers handlers = {.ring_h = on_ring, .end_h = on_hunt_end};

/* The caller until somebody answers; the phones show whom it is to be. */
static int nobody_calls(struct call *c, const struct party *shown)
{
	struct leg *nobody;
	int err = leg_nobody(&nobody, c, exchange_engine(call_exchange(c)));

	if (err)
		return err;
	nobody->party = *shown;
	call_set_caller(c, nobody);
	call_watch_leg(c, nobody);
	return 0;
}

static void facts_fill(struct call_facts *f, const struct tenant_extension *e,
		       const struct party *to)
{
	text_printf(f->from.number, sizeof(f->from.number), "%s", e->number);
	text_printf(f->from.name, sizeof(f->from.name), "%s",
		    e->caller_id_name[0] ? e->caller_id_name : e->name);
	text_printf(f->from_extension, sizeof(f->from_extension), "%s", e->number);
	f->to = *to;
}

static int phones_ring(struct call *c, const struct tenant_extension *e, const struct dest *to)
{
	struct step *s = call_step(c);
	struct hunt_target targets[BINDINGS_MAX];
	struct dest *then = mem_zalloc(sizeof(*then), NULL);
	unsigned n;

	if (!then)
		return ENOMEM;
	*then = *to;
	*s = (struct step){
		.call = c, .dest = {.kind = desk_ops.kind}, .ops = &desk_ops, .state = then};
	n = desk_phones(targets, s, e);
	call_caller(c)->party = call_facts(c)->from;
	return n ? hunt_alloc(&s->hunt, c, targets, n, &handlers, s) : ENOTCONN;
}

static int begin(struct call *c, const struct tenant_extension *e, const struct dest *to,
		 const struct party *shown)
{
	const struct exchange_conf *conf = exchange_conf(call_exchange(c));
	int err;

	facts_fill(call_facts(c), e, shown);
	err = nobody_calls(c, shown);
	if (!err)
		err = phones_ring(c, e, to);
	if (err)
		return err;
	story_add(call_story(c), "start", "%s called %s by the desk phone, which rings first",
		  e->name, party_label(shown));
	if (conf->record_h)
		conf->record_h(c, conf->arg);
	call_changed(c, "call.started");
	return 0;
}

/* Where a dialled number leads; 0, EINVAL when it leads nowhere, ENETUNREACH without a route. */
static int leads(struct dest *to, struct party *shown, struct exchange *x, const struct tenant *t,
		 const char *number)
{
	if (!exchange_dest(x, to, t, number))
		return EINVAL;
	if (to->kind == DEST_external && !way_leads(t, to->target))
		return ENETUNREACH;
	exchange_party(shown, t, to, number);
	return 0;
}

/**
 * Rings the desk phones of an extension, and calls a number once somebody answers there
 *
 * @param id        Result: the call's id
 * @param x         Exchange
 * @param tenant    Whose
 * @param extension Its number
 * @param number    What would be dialled at the phone
 *
 * @return 0; ENOENT when there is no such extension, EINVAL when the number leads nowhere,
 * ENETUNREACH when no route leads there, ENOTCONN when no desk phone is registered, EALREADY while
 * they ring for such a call, EBUSY when the system takes no more calls, ENOMEM
 */
int desk_call_start(char id[ID_SIZE], struct exchange *x, int64_t tenant, const char *extension,
		    const char *number)
{
	const struct tenant *t = exchange_tenant(x, tenant);
	const struct tenant_extension *e = t ? tenant_extension(t, extension) : NULL;
	struct party shown = {.number = ""};
	struct dest to;
	struct call *c;
	int err = e ? leads(&to, &shown, x, t, number) : ENOENT;

	if (err)
		return err;
	if (under_way(x, tenant, extension))
		return EALREADY;
	if (exchange_full(x))
		return EBUSY;
	err = call_alloc(&c, x, t, to.kind == DEST_external ? CALL_OUT : CALL_INTERNAL);
	if (err)
		return err;
	err = begin(c, e, &to, &shown);
	if (err)
		exchange_call_drop(x, c);
	else
		str_ncpy(id, call_id(c), ID_SIZE);
	return err;
}

/**
 * Takes a call back while the desk phones still ring for it: they stop, and nobody is called
 *
 * @param x         Exchange
 * @param tenant    Whose
 * @param extension The number of the extension whose call it is
 * @param id        The call's
 *
 * @return 0, or ENOENT when none of its desk phones rings for such a call
 */
int desk_call_cancel(struct exchange *x, int64_t tenant, const char *extension, const char *id)
{
	struct call *c = exchange_call_find(x, tenant, id);

	if (!c || !rings_first(c, extension))
		return ENOENT;
	story_add(call_story(c), "end", "Taken back in the portal: %s was not called",
		  party_label(&call_facts(c)->to));
	call_end(c, CAUSE_CANCELLED);
	return 0;
}
