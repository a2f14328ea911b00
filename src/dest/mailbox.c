/**
 * @file mailbox.c  Dest: the owner of a mailbox listens to messages
 *
 * The target is an extension's number; "" is the caller's own, "any" asks for it. What a key does
 * in which state stands in one table; a state that collects digits ends them with '#'. The store is
 * asked without waiting: keys that come meanwhile are kept and take effect afterwards.
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "dests_private.h"
#include "log.h"
#include "mailbox_menu.h"
#include "text.h"

enum {
	KEY_MS = 8000, /* without a key the prompt comes again   */
	REPEATS = 3,   /* then the call ends                     */
	PIN_TRIES = 3, /* in one call                            */
};

static void menu_destructor(void *arg)
{
	struct menu *m = arg;

	if (m->take)
		m->take->step = NULL;
	mem_deref(m->take);
	mem_deref(m->list);
	memset(m->pin, 0, sizeof(m->pin));
	memset(m->keys, 0, sizeof(m->keys));
}

/** Which menu a step runs, so that replies for an older one are dropped */
uint64_t menu_serial(const struct step *s)
{
	return ((const struct menu *)s->state)->serial;
}

/** Where the sounds of messages and greetings are */
struct blobs *menu_blobs(const struct step *s)
{
	return exchange_conf(call_exchange(s->call))->blobs;
}

/* --- saying -------------------------------------------------------------------------------------
 */

void menu_lead(struct menu *m, const char *prompts)
{
	size_t n = strlen(m->lead);

	if (!text_printf(m->lead + n, sizeof(m->lead) - n, "%s%s", n ? "&" : "", prompts))
		m->lead[n] = '\0';
}

static void say_main(struct step *s, struct say *say)
{
	say_press(say, '1', "vm-for&vm-INBOX&vm-messages");
	say_press(say, '2', "vm-for&vm-Old&vm-messages");
	say_press(say, '3', "to-rerecord-it&hello");
	say_press(say, '4', "vm-changeto&vm-password");
	if (((const struct menu *)s->state)->deleted)
		say_press(say, '5', "vm-for&vm-deleted&vm-messages");
	say_press(say, '#', "goodbye");
}

static void say_box(struct step *s, struct say *say)
{
	say_add(say, "vm-login");
}

static void say_pin(struct step *s, struct say *say)
{
	say_add(say, "vm-password");
}

static void say_pin_new(struct step *s, struct say *say)
{
	say_add(say, "vm-newpassword");
}

static void say_pin_again(struct step *s, struct say *say)
{
	say_add(say, "vm-reenterpassword");
}

static void say_forward(struct step *s, struct say *say)
{
	say_add(say, "vm-extension&vm-then-pound");
}

static void say_goodbye(struct step *s, struct say *say)
{
	say_add(say, "vm-goodbye");
}

/* --- states -------------------------------------------------------------------------------------
 */

static void box_entered(struct step *s);
static void pin_entered(struct step *s);
static void new_pin_entered(struct step *s);
static void again_entered(struct step *s);

static const struct state_row {
	void (*say)(struct step *s, struct say *say);
	void (*entered)(struct step *s); /* what the digits before '#' are for */
} states[STATES] = {
	[BOX] = {say_box, box_entered},
	[PIN] = {say_pin, pin_entered},
	[MAIN] = {say_main, NULL},
	[MESSAGE] = {say_message, NULL},
	[GREETINGS] = {say_greetings, NULL},
	[RECORDING] = {say_recording, NULL},
	[PIN_NEW] = {say_pin_new, new_pin_entered},
	[PIN_AGAIN] = {say_pin_again, again_entered},
	[FORWARD] = {say_forward, forward_entered},
	[LEAVING] = {say_goodbye, NULL},
};

static void menu_press(struct step *s, char key);

/* Says what the state says, after what there is to say before. */
static void speak(struct step *s)
{
	struct menu *m = s->state;
	struct say say;

	say_begin(&say);
	if (m->lead[0])
		say_add(&say, m->lead);
	m->lead[0] = '\0';
	states[m->state].say(s, &say);
	tmr_cancel(&s->tmr);
	m->play = stream_play(flow_party(s)->stream, say.what, false);
	if (!m->play)
		flow_exit(s, EXIT_failed);
}

/* Keys that came while the store was asked. */
static void ahead_run(struct step *s)
{
	const struct call *c = s->call;
	uint64_t serial = menu_serial(s);
	char ahead[MENU_KEYS + 1];
	struct menu *m = s->state;

	memcpy(ahead, m->ahead, sizeof(ahead));
	m->ahead[0] = '\0';
	for (const char *k = ahead; *k; k++) {
		if (call_over(c) || s->ops != &dest_mailbox || menu_serial(s) != serial)
			return;
		menu_press(s, *k);
	}
}

/** Enters a state: says what it says, then lets keys act that came too early */
void menu_go(struct step *s, enum state state)
{
	struct menu *m = s->state;
	bool asked = m->state == ASKING;

	m->state = state;
	m->keys[0] = '\0';
	m->repeats = 0;
	speak(s);
	if (asked && s->ops == &dest_mailbox)
		ahead_run(s);
}

/** Says good-bye, after `lead` if there is one */
void menu_leave(struct step *s, const char *lead)
{
	if (lead)
		menu_lead(s->state, lead);
	menu_go(s, LEAVING);
}

/** A question about the mailbox; NULL without memory */
struct ask *menu_question(struct step *s, ask_fn *fn, ask_reply_h *reply)
{
	struct menu *m = s->state;

	return ask_make(s, m->serial, m->to, fn, reply);
}

/** Asks, and waits for the reply without holding anybody up; takes the question over */
void menu_ask(struct step *s, struct ask *a)
{
	struct menu *m = s->state;

	tmr_cancel(&s->tmr);
	m->state = ASKING;
	if (ask_post(a))
		menu_leave(s, SAY_FAILED);
}

/* --- signing in ---------------------------------------------------------------------------------
 */

static void counts_say(struct menu *m)
{
	struct say say;

	say_begin(&say);
	say_add(&say, "vm-youhave");
	if (m->counts.fresh)
		say_number(&say, (unsigned)m->counts.fresh);
	else
		say_add(&say, "vm-no");
	say_add(&say, "vm-INBOX");
	say_add(&say, m->counts.fresh == 1 ? "vm-message" : "vm-messages");
	if (m->counts.old) {
		say_add(&say, "vm-and");
		say_number(&say, (unsigned)m->counts.old);
		say_add(&say, "vm-Old");
		say_add(&say, m->counts.old == 1 ? "vm-message" : "vm-messages");
	}
	menu_lead(m, say.what);
}

static void welcome(struct step *s, const struct ask *a)
{
	struct menu *m = s->state;

	m->counts = a->counts;
	story_add(call_story(s->call), "mailbox", "%s opened the mailbox of %s",
		  party_label(&flow_party(s)->party), m->to->name);
	counts_say(m);
	menu_go(s, MAIN);
}

static void on_counts(struct step *s, struct ask *a, int err)
{
	if (err)
		menu_leave(s, SAY_FAILED);
	else
		welcome(s, a);
}

static void on_pin(struct step *s, struct ask *a, int err)
{
	struct menu *m = s->state;

	if (!err && a->result == PIN_GOOD) {
		welcome(s, a);
		return;
	}
	if (!err && a->result == PIN_LOCKED)
		log_warn("mailbox.locked", "tenant=%lld call=%s mailbox=%s by=%s",
			 (long long)a->tenant, a->call, m->to->number, flow_party(s)->extension);
	story_add(call_story(s->call), "mailbox", "%s %s%s", party_label(&flow_party(s)->party),
		  a->result == PIN_LOCKED ? "may not open the mailbox of " : "keyed a wrong PIN",
		  a->result == PIN_LOCKED ? m->to->name : "");
	if (a->result == PIN_LOCKED)
		story_add(call_story(s->call), "mailbox",
			  "It is locked for a while: too many wrong PINs");
	if (err || ++m->tries >= PIN_TRIES || a->result == PIN_LOCKED) {
		menu_leave(s, err ? SAY_FAILED : "vm-invalid-password");
		return;
	}
	menu_lead(m, "vm-incorrect");
	menu_go(s, PIN);
}

static void pin_entered(struct step *s)
{
	struct menu *m = s->state;
	struct ask *a = menu_question(s, ask_pin, on_pin);

	if (a)
		str_ncpy(a->pin, m->keys, sizeof(a->pin));
	menu_ask(s, a);
}

static bool let_in(const struct step *s, const struct menu *m)
{
	return m->own && m->to->mailbox &&
	       (!m->to->mailbox->has_pin || call_tenant(s->call)->mailbox_own_device);
}

static void box_open(struct step *s, const char *number)
{
	struct menu *m = s->state;
	const char *caller = flow_party(s)->extension;

	m->to = tenant_extension(call_tenant(s->call), number);
	if (m->to && !m->to->mailbox)
		m->to = NULL;
	m->own = m->to && !strcmp(caller, m->to->number);
	if (m->own && let_in(s, m))
		menu_ask(s, menu_question(s, ask_counts, on_counts));
	else
		menu_go(s, PIN); /* also where there is no mailbox: nobody learns which there are */
}

static void box_entered(struct step *s)
{
	struct menu *m = s->state;

	box_open(s, m->keys);
}

/* --- PIN ----------------------------------------------------------------------------------------
 */

static void new_pin_entered(struct step *s)
{
	struct menu *m = s->state;

	if (!pin_good(m->keys, m->to->number)) {
		menu_lead(m, "vm-invalid-password");
		menu_go(s, PIN_NEW);
		return;
	}
	str_ncpy(m->pin, m->keys, sizeof(m->pin));
	menu_go(s, PIN_AGAIN);
}

static void on_pin_set(struct step *s, struct ask *a, int err)
{
	if (!err)
		story_add(call_story(s->call), "mailbox", "The PIN was changed");
	menu_lead(s->state, err ? SAY_FAILED : "vm-passchanged");
	menu_go(s, MAIN);
}

static void again_entered(struct step *s)
{
	struct menu *m = s->state;
	struct ask *a;

	if (strcmp(m->pin, m->keys)) {
		menu_lead(m, "vm-mismatch");
		menu_go(s, PIN_NEW);
		return;
	}
	a = menu_question(s, ask_pin_set, on_pin_set);
	if (a)
		str_ncpy(a->pin, m->pin, sizeof(a->pin));
	menu_ask(s, a);
}

static void act_pin(struct step *s)
{
	menu_go(s, PIN_NEW);
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static void act_greetings(struct step *s)
{
	menu_go(s, GREETINGS);
}

static void act_main(struct step *s)
{
	menu_go(s, MAIN);
}

static void act_leave(struct step *s)
{
	menu_leave(s, NULL);
}

static void act_help(struct step *s)
{
	struct menu *m = s->state;

	menu_go(s, m->state);
}

static const struct key_row {
	enum state state;
	char key;
	void (*act)(struct step *s);
} keys[] = {
	{MAIN, '1', act_new},
	{MAIN, '2', act_old},
	{MAIN, '3', act_greetings},
	{MAIN, '4', act_pin},
	{MAIN, '5', act_deleted},
	{MAIN, '0', act_help},
	{MAIN, '*', act_help},
	{MAIN, '#', act_leave},
	{MESSAGE, '1', act_again},
	{MESSAGE, '2', act_save},
	{MESSAGE, '3', act_delete},
	{MESSAGE, '4', act_call_back},
	{MESSAGE, '5', act_forward},
	{MESSAGE, '6', act_next},
	{MESSAGE, '7', act_facts},
	{MESSAGE, '8', act_previous},
	{MESSAGE, '*', act_main},
	{MESSAGE, '#', act_main},
	{GREETINGS, '1', act_record},
	{GREETINGS, '2', act_hear_greeting},
	{GREETINGS, '3', act_spoken_greeting},
	{GREETINGS, '4', act_record_name},
	{GREETINGS, '0', act_help},
	{GREETINGS, '*', act_main},
	{GREETINGS, '#', act_main},
	{RECORDING, '#', act_recorded},
};

static void append(char *list, char key)
{
	size_t n = strlen(list);

	if (n < MENU_KEYS) {
		list[n] = key;
		list[n + 1] = '\0';
	}
}

static void on_quiet(void *arg);

/* A digit of a number: the prompt stops, '*' begins anew. */
static void collect(struct step *s, char key)
{
	struct menu *m = s->state;

	m->play = 0;
	stream_stop_play(flow_party(s)->stream);
	if (key == '#') {
		tmr_cancel(&s->tmr);
		states[m->state].entered(s);
		return;
	}
	if (key == '*')
		m->keys[0] = '\0';
	else
		append(m->keys, key);
	tmr_start(&s->tmr, KEY_MS, on_quiet, s);
}

static void menu_press(struct step *s, char key)
{
	struct menu *m = s->state;

	if (m->state == ASKING) {
		append(m->ahead, key);
		return;
	}
	if (states[m->state].entered) {
		collect(s, key);
		return;
	}
	for (size_t i = 0; i < COUNT(keys); i++) {
		if (keys[i].state == m->state && keys[i].key == key) {
			keys[i].act(s);
			return;
		}
	}
}

/* Nothing was keyed: what was collected counts, else the prompt comes again. */
static void on_quiet(void *arg)
{
	struct step *s = arg;
	struct menu *m = s->state;

	if (states[m->state].entered && m->keys[0]) {
		states[m->state].entered(s);
		return;
	}
	if (++m->repeats < REPEATS)
		speak(s);
	else
		menu_leave(s, NULL);
}

/* --- the step -----------------------------------------------------------------------------------
 */

static void mailbox_played(struct step *s, uint32_t id)
{
	struct menu *m = s->state;

	if (!m || id != m->play)
		return;
	if (m->state == LEAVING) {
		flow_exit(s, EXIT_done);
	} else if (m->state == RECORDING) {
		greeting_record(s);
	} else if (m->state == MESSAGE && m->sounding) {
		message_heard(s);
		m->sounding = false;
		speak(s);
	} else if (m->state != ASKING) {
		tmr_start(&s->tmr, KEY_MS, on_quiet, s);
	}
}

static void mailbox_enter(struct step *s)
{
	static uint64_t serial;
	struct menu *m = s->state = mem_zalloc(sizeof(*m), menu_destructor);
	const char *target = s->dest.target, *own = flow_party(s)->extension;

	if (!m) {
		flow_exit(s, EXIT_failed);
		return;
	}
	call_facts(s->call)->type = CALL_VOICEMAIL;
	m->serial = ++serial;
	m->state = BOX;
	if (!strcmp(target, "any") || (!target[0] && !own[0]))
		menu_go(s, BOX);
	else
		box_open(s, target[0] ? target : own);
}

static void mailbox_leave(struct step *s)
{
	struct leg *party = flow_party(s);
	struct menu *m = s->state;

	if (m && m->take)
		m->take->step = NULL;
	if (!party || !party->stream)
		return;
	stream_stop_play(party->stream);
	stream_stop_record(party->stream);
}

const struct dest_ops dest_mailbox = {
	.kind = DEST_mailbox,
	.needs = NEEDS_ANSWER,
	.enter = mailbox_enter,
	.key = menu_press,
	.played = mailbox_played,
	.leave = mailbox_leave,
};
