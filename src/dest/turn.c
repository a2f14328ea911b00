/**
 * @file turn.c  Dest: a phone switches a call flow between day and night; the target is its number
 *
 * A PIN, when the flow has one, is keyed and ends with '#'; three wrong ones end the call, and more
 * of them lock the code for a while. The lamp of the code is lit at night.
 */
#include <string.h>
#include "change.h"
#include "clock.h"
#include "dests_private.h"
#include "log.h"

enum { KEYS_MS = 10000, WRONG_MAX = 3 };

struct turn {
	char pin[PIN_MAX + 1];
	unsigned wrong;
	bool asking;
	uint32_t play; /* after which it is over */
};

struct turn_change {
	struct change change;
	const struct secret *secret;
	char number[CALL_FLOW_NUMBER], pin[PIN_MAX + 1];
	struct call_flow flow;
	enum pin_result result;
};

static void say_last(struct step *s, const char *what)
{
	struct turn *t = s->state;

	tmr_cancel(&s->tmr);
	t->asking = false;
	t->play = stream_play(flow_party(s)->stream, what, false);
	if (!t->play)
		flow_exit(s, EXIT_failed);
}

static void on_keys_over(void *arg);

static void pin_ask(struct step *s, const char *prompt)
{
	struct turn *t = s->state;

	memset(t->pin, 0, sizeof(t->pin));
	t->asking = true;
	stream_play(flow_party(s)->stream, prompt, false);
	tmr_start(&s->tmr, KEYS_MS, on_keys_over, s);
}

static int turn_fn(struct db *db, struct change *c)
{
	struct turn_change *x = (struct turn_change *)c;
	int err = call_flow_turn(&x->result, &x->flow, db, x->secret, c->tenant, x->number, x->pin,
				 clock_wall_ms());

	c->publish = !err && (x->result == PIN_GOOD || x->result == PIN_NONE);
	return err;
}

static void on_refused(struct step *s, const struct turn_change *x)
{
	struct call *c = s->call;
	struct turn *t = s->state;
	bool locked = x->result == PIN_LOCKED;

	story_add(call_story(c), "callflow",
		  locked ? "%s may not switch %s: too many wrong PINs lock it for a while"
			 : "%s keyed a wrong PIN for %s",
		  party_label(&flow_party(s)->party), x->flow.name);
	if (locked)
		log_warn("callflow.locked", "tenant=%lld call=%s callflow=%s by=%s",
			 (long long)x->flow.tenant, call_id(c), x->number,
			 flow_party(s)->extension);
	if (!locked && ++t->wrong < WRONG_MAX)
		pin_ask(s, "vm-incorrect&vm-password");
	else
		say_last(s, "vm-incorrect&vm-goodbye");
}

static void on_turned(struct step *s, struct change *c, int err)
{
	struct turn_change *x = (struct turn_change *)c;

	if (err) {
		say_last(s, "something-terribly-wrong");
	} else if (x->result == PIN_WRONG || x->result == PIN_LOCKED) {
		on_refused(s, x);
	} else {
		story_add(call_story(s->call), "callflow", "%s switched %s to %s",
			  party_label(&flow_party(s)->party), x->flow.name,
			  x->flow.night ? "night" : "day");
		say_last(s, x->flow.night ? "activated" : "de-activated");
	}
}

static void turn_ask(struct step *s)
{
	struct turn *t = s->state;
	struct turn_change *x = change_alloc(sizeof(*x), s, turn_fn, on_turned);

	t->asking = false;
	tmr_cancel(&s->tmr);
	if (x) {
		x->secret = exchange_conf(call_exchange(s->call))->secret;
		str_ncpy(x->number, s->dest.target, sizeof(x->number));
		str_ncpy(x->pin, t->pin, sizeof(x->pin));
	}
	if (!x || change_post(&x->change))
		say_last(s, "something-terribly-wrong");
}

static void on_keys_over(void *arg)
{
	turn_ask(arg);
}

static void turn_enter(struct step *s)
{
	const struct tenant_call_flow *f =
		tenant_call_flow_number(call_tenant(s->call), s->dest.target);

	s->state = mem_zalloc(sizeof(struct turn), NULL);
	if (!s->state || !f || !flow_party(s)->extension[0])
		flow_exit(s, EXIT_invalid);
	else if (!flow_answer(s))
		return;
	else if (f->pin)
		pin_ask(s, "vm-password");
	else
		turn_ask(s);
}

static void turn_key(struct step *s, char digit)
{
	struct turn *t = s->state;
	size_t n = t ? strlen(t->pin) : 0;

	if (!t || !t->asking)
		return;
	if (digit == '#') {
		turn_ask(s);
		return;
	}
	stream_stop_play(flow_party(s)->stream);
	if (n + 1 < sizeof(t->pin))
		t->pin[n] = digit;
	tmr_start(&s->tmr, KEYS_MS, on_keys_over, s);
}

static void turn_played(struct step *s, uint32_t play)
{
	const struct turn *t = s->state;

	if (t && t->play && play == t->play)
		flow_exit(s, EXIT_done);
}

static void turn_leave(struct step *s)
{
	struct leg *party = flow_party(s);

	if (party && party->stream)
		stream_stop_play(party->stream);
}

static bool turn_lit(struct exchange *x, const struct tenant *t, const char *target)
{
	const struct tenant_call_flow *f = tenant_call_flow_number(t, target);

	return f && f->night;
}

const struct dest_ops dest_turn = {
	.kind = DEST_turn,
	.own = true,
	.needs = NEEDS_NOTHING,
	.enter = turn_enter,
	.key = turn_key,
	.played = turn_played,
	.leave = turn_leave,
	.lit = turn_lit,
};
