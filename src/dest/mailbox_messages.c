/**
 * @file mailbox_messages.c  The menu of a mailbox: messages
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "dests_private.h"
#include "mailbox_menu.h"
#include "text.h"

/** Plays the message, or says what can be done with it */
void say_message(struct step *s, struct say *say)
{
	struct menu *m = s->state;

	if (m->sounding) {
		say_blob(say, menu_blobs(s), m->list[m->at].blob);
		return;
	}
	say_press(say, '1', "to-listen-to-it");
	say_press(say, '2', "vm-for&vm-saved");
	say_press(say, '3', m->list[m->at].deleted_at ? "vm-undelete" : "vm-for&removed");
	say_press(say, '4', "vm-for&calling");
	say_press(say, '5', "vm-for&call-forwarding");
	say_press(say, '6', "vm-for&vm-next&vm-message");
	say_press(say, '7', "vm-for&time");
	if (m->at)
		say_press(say, '8', "vm-for&vm-prev&vm-message");
}

static struct voicemail *current(struct menu *m)
{
	return &m->list[m->at];
}

static void message_play(struct step *s)
{
	struct menu *m = s->state;

	m->sounding = true;
	if (current(m)->urgent)
		menu_lead(m, "vm-Urgent&vm-message");
	menu_go(s, MESSAGE);
}

static void on_list(struct step *s, struct ask *a, int err)
{
	struct menu *m = s->state;

	if (err) {
		menu_leave(s, SAY_FAILED);
		return;
	}
	mem_deref(m->list);
	m->list = TAKE(a->list);
	m->count = a->count;
	m->at = 0;
	m->offset_ms = a->offset_ms;
	if (m->count) {
		message_play(s);
	} else {
		menu_lead(m, "vm-youhave&vm-no&vm-messages");
		menu_go(s, MAIN);
	}
}

static void folder_open(struct step *s, const char *folder)
{
	struct ask *a = menu_question(s, ask_list, on_list);

	if (a)
		a->folder = folder;
	menu_ask(s, a);
}

/** Opens the new messages */
void act_new(struct step *s)
{
	folder_open(s, "new");
}

/** Opens those that were deleted and may still be taken back, in the order in which they came */
void act_deleted(struct step *s)
{
	folder_open(s, "deleted");
}

/** Opens those that were heard */
void act_old(struct step *s)
{
	folder_open(s, "old");
}

static void next_or_main(struct step *s)
{
	struct menu *m = s->state;

	if (m->at + 1 < m->count) {
		++m->at;
		message_play(s);
	} else {
		menu_lead(m, "vm-nomore");
		menu_go(s, MAIN);
	}
}

/** Goes back to the one before, also when it was deleted: that can be taken back */
void act_previous(struct step *s)
{
	struct menu *m = s->state;

	message_heard(s);
	if (m->at)
		--m->at;
	message_play(s);
}

/* A message that was message_heard is not new any more; nobody is told of it on this call. */
static void on_heard(struct step *s, struct ask *a, int err)
{
}

/** The message was heard: it is not new any more */
void message_heard(struct step *s)
{
	struct menu *m = s->state;
	struct voicemail *v = current(m);
	struct ask *a;

	if (v->state != VOICEMAIL_NEW)
		return;
	a = menu_question(s, ask_mark, on_heard);
	if (!a)
		return;
	a->message = *v;
	a->mark = VOICEMAIL_READ;
	v->state = VOICEMAIL_READ;
	(void)ask_post(a);
}

/** Plays it again */
void act_again(struct step *s)
{
	message_play(s);
}

/** Goes on to the next one */
void act_next(struct step *s)
{
	message_heard(s);
	next_or_main(s);
}

static void on_saved(struct step *s, struct ask *a, int err)
{
	struct menu *m = s->state;

	if (!err)
		*current(m) = a->message;
	menu_lead(m, err ? SAY_FAILED : "vm-message&vm-saved");
	next_or_main(s);
}

static void message_ask(struct step *s, ask_fn *fn, ask_reply_h *reply)
{
	struct menu *m = s->state;
	struct ask *a = menu_question(s, fn, reply);

	if (a) {
		a->message = *current(m);
		a->mark = VOICEMAIL_SAVED;
	}
	menu_ask(s, a);
}

/** Saves it, and goes on */
void act_save(struct step *s)
{
	message_ask(s, ask_mark, on_saved);
}

static void on_deleted(struct step *s, struct ask *a, int err)
{
	struct menu *m = s->state;

	if (!err)
		*current(m) = a->message;
	m->deleted |= current(m)->deleted_at > 0;
	menu_lead(m, err ? SAY_FAILED : current(m)->deleted_at ? "vm-deleted" : "vm-undeleted");
	m->sounding = false;
	menu_go(s, MESSAGE);
}

/** Deletes it, or takes that back */
void act_delete(struct step *s)
{
	struct menu *m = s->state;

	message_ask(s, current(m)->deleted_at ? ask_undelete : ask_delete, on_deleted);
}

/* Whoever calls from outside is connected inside only: a PIN is no licence to spend money. */
void act_call_back(struct step *s)
{
	struct menu *m = s->state;
	struct voicemail *v = current(m);
	struct dest dest;

	message_heard(s);
	if (!exchange_dest(call_exchange(s->call), &dest, call_tenant(s->call), v->from_number) ||
	    (dest.kind != DEST_extension &&
	     (dest.kind != DEST_external || !flow_party(s)->extension[0]))) {
		menu_lead(m, "vm-nonumber");
		m->sounding = false;
		menu_go(s, MESSAGE);
		return;
	}
	story_add(call_story(s->call), "mailbox", "%s calls back %s",
		  party_label(&flow_party(s)->party), v->from_number);
	flow_goto(s->call, &dest);
}

/** Asks for the extension that shall get a copy */
void act_forward(struct step *s)
{
	message_heard(s);
	menu_go(s, FORWARD);
}

static void on_forwarded(struct step *s, struct ask *a, int err)
{
	struct menu *m = s->state;

	if (!err)
		story_add(call_story(s->call), "mailbox", "A message was forwarded to %s", a->to);
	menu_lead(m, !err ? "vm-msgforwarded" : err == ENOSPC ? "vm-mailboxfull" : "pbx-invalid");
	m->sounding = false;
	menu_go(s, MESSAGE);
}

/** The extension was keyed */
void forward_entered(struct step *s)
{
	struct menu *m = s->state;
	struct ask *a = menu_question(s, ask_forward, on_forwarded);

	if (a) {
		a->message = *current(m);
		str_ncpy(a->to, m->keys, sizeof(a->to));
		str_ncpy(a->by, m->to->name, sizeof(a->by));
	}
	menu_ask(s, a);
}

/** Says when it was left, and by whom */
void act_facts(struct step *s)
{
	struct menu *m = s->state;
	const struct voicemail *v = current(m);
	struct say say;

	say_begin(&say);
	say_add(&say, "vm-received");
	say_time(&say, v->created_at + m->offset_ms, clock_wall_ms() + m->offset_ms);
	say_add(&say, tenant_extension(call_tenant(s->call), v->from_number)
			      ? "vm-from-extension"
			      : "vm-from-phonenumber");
	say_digits(&say, v->from_number);
	menu_lead(m, say.what);
	m->sounding = false;
	menu_go(s, MESSAGE);
}
