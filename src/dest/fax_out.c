/**
 * @file fax_out.c  A call of ours to a fax machine outside
 */
#include <errno.h>
#include <string.h>
#include "dests_private.h"
#include "fax_out.h"
#include "log.h"
#include "outside.h"
#include "text.h"

enum { TRUNKS = 8, RING_MS = 60000, CALL_MS = 2 * 3600 * 1000 };

struct fax_out {
	struct exchange *x;
	struct fax_out_conf conf;
	const struct fax_out_handlers *h;
	void *arg;
	struct call *call;
	struct fax_line *line; /* once somebody answered */
	bool told;
};

static void end(struct fax_out *o, const struct fax_news *news, enum cause cause)
{
	if (o->told)
		return;
	o->told = true;
	o->h->end_h(news, cause, o->arg);
}

static void on_news(struct fax_line *f, const struct fax_news *news, void *arg)
{
	struct fax_out *o = arg;

	if (news->kind == FAX_RESULT)
		end(o, news, CAUSE_NORMAL);
	else
		o->h->news_h(news, o->arg);
}

static void on_leg_down(struct leg *leg, void *arg)
{
	struct fax_out *o = mem_ref(arg);

	call_end(leg->call, leg->cause);
	mem_deref(o);
}

static const struct leg_watch leg_watcher = {.down_h = on_leg_down};

static void answered(struct fax_out *o, struct leg *leg)
{
	struct call_facts *facts = call_facts(o->call);

	leg_watch(leg, &leg_watcher, o);
	call_answered(o->call);
	facts->answered_by = leg->party;
	story_add(call_story(o->call), "answer", "%s answered", party_label(&leg->party));
	if (fax_line_alloc(&o->line, o->x, leg, &o->conf.line, on_news, o))
		call_end(o->call, CAUSE_SERVER_ERROR);
	else
		call_changed(o->call, "call.updated");
}

static void on_ring(struct hunt *h, struct leg *leg, bool early_media, void *arg)
{
	struct fax_out *o = arg;

	call_changed(o->call, "call.updated");
}

static void on_hunt_end(struct hunt *h, struct leg *winner, enum exit_id exit, void *arg)
{
	struct fax_out *o = arg;
	const struct dialog_end *last = hunt_last_end(h);

	if (winner)
		answered(o, winner);
	else
		call_end(o->call,
			 last->scode >= 400 ? cause_from_sip(last->scode) : exit_cause(exit));
}

static const struct hunt_handlers hunt_handlers = {.ring_h = on_ring, .end_h = on_hunt_end};

/* The call has ended: without a machine that is all there is to tell */
static void on_leave(struct step *s)
{
	struct fax_out *o = s->state;

	if (!o->line)
		end(o, NULL, call_facts(s->call)->cause);
}

static const struct dest_ops out_ops = {.kind = DEST_external, .leave = on_leave};

static unsigned targets_find(struct hunt_target *targets, struct fax_out *o)
{
	unsigned n = outside_targets(targets, TRUNKS, o->call, o->conf.to);

	for (unsigned i = 0; i < n; i++) {
		struct hunt_target *t = &targets[i];
		struct dialog_identity *from = &t->to.from;

		text_printf(from->user, sizeof(from->user), "%s", o->conf.from);
		text_printf(from->name, sizeof(from->name), "%s", o->conf.name);
		text_printf(from->domain, sizeof(from->domain), "%s", call_tenant(o->call)->domain);
		from->asserted = true;
		t->to.max_forwards = 70;
		t->plain = true;
		t->price = (struct price){.per_minute = 0}; /* a fax is paid by the page */
		t->ring_ms = RING_MS;
	}
	return n;
}

/* Why no trunk takes the call: CAUSE_LIMIT will pass by itself */
static enum cause held_back(struct fax_out *o)
{
	int64_t trunk;
	enum outside_room room = outside_room(&trunk, o->x, call_tenant(o->call), o->conf.to);

	return room == ROOM_NONE ? CAUSE_TRUNK_DOWN : CAUSE_LIMIT;
}

static void dial(struct fax_out *o)
{
	struct hunt_target targets[TRUNKS];
	struct step *s = call_step(o->call);
	bool route = tenant_route(call_tenant(o->call), o->conf.to) != NULL;
	unsigned n = route ? targets_find(targets, o) : 0;

	*s = (struct step){.call = o->call, .dest = {.kind = DEST_external}, .ops = &out_ops};
	text_printf(s->dest.target, sizeof(s->dest.target), "%s", o->conf.to);
	s->state = mem_ref(o);
	if (!n) {
		call_end(o->call, route ? held_back(o) : CAUSE_NO_ROUTE);
		return;
	}
	story_add(call_story(o->call), "fax", "Faxing to %s by %s", o->conf.to,
		  targets[0].device_name);
	if (o->conf.why[0])
		story_add(call_story(o->call), "fax", "%s", o->conf.why);
	if (hunt_alloc(&s->hunt, o->call, targets, n, &hunt_handlers, o))
		call_end(o->call, CAUSE_SERVER_ERROR);
}

/**
 * Calls a fax machine and sends it a file
 *
 * @param call Result: the id of the call, there before the first handler is called
 * @param x    Exchange
 * @param conf Whom, for whom, what
 * @param h    Hears how it goes; end_h once, and nothing after, unless this fails
 * @param arg  Its argument
 *
 * @return 0, ENOENT when the tenant is not here, ENOMEM
 */
int fax_out_start(char call[ID_SIZE], struct exchange *x, const struct fax_out_conf *conf,
		  const struct fax_out_handlers *h, void *arg)
{
	const struct tenant *t = exchange_tenant(x, conf->tenant);
	struct fax_out *o = t ? mem_zalloc(sizeof(*o), NULL) : NULL;
	struct call_facts *facts;
	int err;

	if (!o)
		return t ? ENOMEM : ENOENT;
	o->x = x;
	o->conf = *conf;
	o->h = h;
	o->arg = arg;
	err = call_alloc(&o->call, x, t, CALL_OUT);
	if (!err) {
		facts = call_facts(o->call);
		facts->type = CALL_FAX;
		str_ncpy(call, call_id(o->call), ID_SIZE);
		text_printf(facts->from.number, sizeof(facts->from.number), "%s", conf->from);
		text_printf(facts->from.name, sizeof(facts->from.name), "%s", conf->name);
		text_printf(facts->to.number, sizeof(facts->to.number), "%s", conf->to);
		str_ncpy(facts->from_extension, conf->extension, sizeof(facts->from_extension));
		exchange_conf(x)->record_h(o->call, exchange_conf(x)->arg);
		dial(o);
	}
	mem_deref(o);
	return err;
}
