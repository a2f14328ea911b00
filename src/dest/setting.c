/**
 * @file setting.c  Dest: a phone changes a setting of its own extension, and hears that it is done
 *
 * The target says which (setting_code.h). A number that is missing is asked for and ends with '#'.
 */
#include <errno.h>
#include <string.h>
#include "change.h"
#include "dests_private.h"
#include "follow.h"
#include "queue.h"
#include "queue_line.h"
#include "say.h"
#include "setting_code.h"
#include "text.h"

enum { KEYS_MS = 10000 };

struct setting {
	struct setting_code code;
	char digits[PHONE_SIZE];
	bool asking;
	uint32_t play; /* after which it is over */
};

/** What is asked of the store, and what came of it */
struct setting_change {
	struct change change;
	char extension_id[ID_SIZE], by[MODEL_NAME];
	struct setting_code code;
	bool on;
};

static const char *const forward_prompts[FORWARD_MAX] = {
	[FORWARD_all] = "call-fwd-unconditional",
	[FORWARD_busy] = "call-fwd-on-busy",
	[FORWARD_noanswer] = "call-fwd-no-ans",
	[FORWARD_unregistered] = "call-forwarding",
};

static void setting_say(struct step *s, const char *what)
{
	struct setting *st = s->state;

	tmr_cancel(&s->tmr);
	st->asking = false;
	st->play = stream_play(flow_party(s)->stream, what, false);
	if (!st->play)
		flow_exit(s, EXIT_failed);
}

/* What is heard once a switch is on, or off */
static const struct {
	const char *name, *on, *off;
	const char *idle; /* why it would have nothing to act on */
} switches[SETTING_FORWARD] = {
	[SETTING_DND] = {"Do Not Disturb", "do-not-disturb&activated",
			 "do-not-disturb&de-activated"},
	[SETTING_FOLLOW] = {"follow me", "call-forwarding&activated",
			    "call-forwarding&de-activated", "Follow me names nobody to ring"},
	[SETTING_AGENT] = {"work for the queues", "agent-loginok", "agent-loggedoff",
			   "This extension is in no queue"},
	[SETTING_PAUSE] = {"the pause from the queues", "spy-agent&de-activated",
			   "spy-agent&activated", "Not logged in at any queue"},
};

static void confirm(struct step *s, const struct setting_code *code, bool on)
{
	struct say say;

	if (code->id != SETTING_FORWARD) {
		setting_say(s, on ? switches[code->id].on : switches[code->id].off);
		return;
	}
	say_begin(&say);
	say_add(&say, forward_prompts[code->forward]);
	say_add(&say, on ? "activated" : "de-activated");
	if (on) {
		say_add(&say, "for");
		say_digits(&say, code->number);
	}
	setting_say(s, say.what);
}

static void story_tell(struct step *s, const struct setting_code *code, bool on)
{
	bool forward = code->id == SETTING_FORWARD;

	story_add(call_story(s->call), "setting", "%s switched %s%s %s%s%s",
		  party_label(&flow_party(s)->party),
		  forward ? "forwarding of " : switches[code->id].name,
		  forward ? forward_kind_label(code->forward) : "", on ? "on" : "off",
		  on && code->number[0] ? ", to " : "", on ? code->number : "");
}

/* Follow me without anybody to ring would be none. */
static int follow_there(struct db *db, int64_t tenant, const char *extension_id)
{
	struct follow f;
	int err = follow_get(&f, db, tenant, extension_id);

	return err ? err : f.count ? 0 : ENODATA;
}

/* Whether a switch has anything to act on; else ENODATA. Who is not logged in makes no pause. */
static int switch_check(struct db *db, const struct setting_change *x,
			const struct extension_settings *s)
{
	int64_t queues = 0;
	int err;

	if (x->code.id == SETTING_FOLLOW && x->on)
		return follow_there(db, x->change.tenant, x->extension_id);
	if (x->code.id == SETTING_PAUSE)
		return s->agent ? 0 : ENODATA;
	if (x->code.id != SETTING_AGENT)
		return 0;
	err = queue_count_of(&queues, db, x->change.tenant, x->change.extension);
	return err ? err : queues ? 0 : ENODATA;
}

static int change_settings(struct db *db, struct change *c)
{
	struct setting_change *x = (struct setting_change *)c;
	struct field_errors fe = {0};
	struct extension_settings s;
	int err = extension_settings_get(&s, db, c->tenant, x->extension_id);

	if (err)
		return err;
	x->on = setting_code_apply(&s, &x->code);
	err = switch_check(db, x, &s);
	if (!err)
		err = extension_settings_check(&fe, db, &s);
	if (err || fe.count)
		return err ? err : EINVAL;
	if (x->on && x->code.id == SETTING_FORWARD)
		str_ncpy(x->code.number, s.forward[x->code.forward].number, sizeof(x->code.number));
	s.version = 0;
	return extension_settings_change(db, &s, x->by);
}

static void on_changed(struct step *s, struct change *c, int err)
{
	struct setting_change *x = (struct setting_change *)c;

	if (err == ENODATA) {
		story_add(call_story(s->call), "setting", "%s", switches[x->code.id].idle);
		setting_say(s, x->code.id == SETTING_PAUSE ? "agent-loggedoff"
							   : "feature-not-avail-line");
	} else if (err == EINVAL) {
		story_add(call_story(s->call), "setting", "\"%s\" is no number to forward to",
			  x->code.number);
		setting_say(s, "check-number-dial-again");
	} else if (err) {
		setting_say(s, "something-terribly-wrong");
	} else {
		story_tell(s, &x->code, x->on);
		if (x->code.id == SETTING_AGENT && x->on)
			queue_agent_ready(exchange_queue_lines(call_exchange(s->call)),
					  x->change.tenant, x->extension_id);
		confirm(s, &x->code, x->on);
	}
}

static void change_ask(struct step *s)
{
	const struct setting *st = s->state;
	const struct leg *party = flow_party(s);
	const struct tenant_extension *e = tenant_extension(call_tenant(s->call), party->extension);
	struct setting_change *x =
		e ? change_alloc(sizeof(*x), s, change_settings, on_changed) : NULL;

	if (x) {
		x->change.publish = true;
		x->code = st->code;
		str_ncpy(x->change.extension, e->number, sizeof(x->change.extension));
		str_ncpy(x->extension_id, e->id, sizeof(x->extension_id));
		(void)text_printf(x->by, sizeof(x->by), "%.100s by phone", e->name);
	}
	if (!x || change_post(&x->change))
		setting_say(s, "something-terribly-wrong");
}

static void number_end(struct step *s)
{
	struct setting *st = s->state;

	st->asking = false;
	tmr_cancel(&s->tmr);
	stream_stop_play(flow_party(s)->stream);
	if (!st->digits[0]) {
		setting_say(s, "goodbye");
		return;
	}
	st->code.action = SETTING_ON;
	str_ncpy(st->code.number, st->digits, sizeof(st->code.number));
	change_ask(s);
}

static void on_keys_over(void *arg)
{
	number_end(arg);
}

static void setting_enter(struct step *s)
{
	struct setting *st = mem_zalloc(sizeof(*st), NULL);

	s->state = st;
	if (!st || !flow_party(s)->extension[0] || setting_code_parse(&st->code, s->dest.target)) {
		flow_exit(s, EXIT_invalid);
		return;
	}
	if (st->code.action != SETTING_ASK) {
		change_ask(s);
		return;
	}
	st->asking = true;
	stream_play(flow_party(s)->stream, "vm-enter-num-to-call", false);
	tmr_start(&s->tmr, KEYS_MS, on_keys_over, s);
}

static void setting_key(struct step *s, char digit)
{
	struct setting *st = s->state;
	size_t n = strlen(st->digits);

	if (!st->asking)
		return;
	if (digit == '#') {
		number_end(s);
		return;
	}
	stream_stop_play(flow_party(s)->stream);
	if (n + 1 < sizeof(st->digits))
		st->digits[n] = digit;
	tmr_start(&s->tmr, KEYS_MS, on_keys_over, s);
}

static void setting_played(struct step *s, uint32_t play)
{
	const struct setting *st = s->state;

	if (st->play && play == st->play)
		flow_exit(s, EXIT_done);
}

static void setting_leave(struct step *s)
{
	struct leg *party = flow_party(s);

	if (party && party->stream)
		stream_stop_play(party->stream);
}

const struct dest_ops dest_setting = {
	.kind = DEST_setting,
	.own = true,
	.needs = NEEDS_ANSWER,
	.enter = setting_enter,
	.key = setting_key,
	.played = setting_played,
	.leave = setting_leave,
};
