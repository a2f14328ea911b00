/**
 * @file voicemail.c  Dest: the caller leaves a message in the mailbox of the extension that the
 * target names
 *
 * Greeting, tone, message. '#' ends the message, then 1 plays it, 2 keeps it, 3 begins anew, 4
 * marks it as urgent. Whoever hangs up has left what was said; whoever stays hears that it is saved
 * when it is on the disk, or that it could not be.
 */
#include <errno.h>
#include <string.h>
#include "clock.h"
#include "dests_private.h"
#include "letter.h"
#include "say.h"
#include "text.h"
#include "waiting.h"

enum { REVIEW_MS = 10000, REVIEWS_MAX = 3 };

enum stage { GREETING, RECORDING, REVIEW, LISTEN, MARKED, KEEPING, LEAVING };

struct visit {
	enum stage stage;
	const struct tenant_extension *to;
	struct letter *letter;
	uint32_t play, record; /* what runs: others' ends are old news */
	uint64_t began_ms;
	unsigned reviews;
	int err; /* why not all of the letter was kept; ENODATA: there was nothing to keep */
};

static void visit_destructor(void *arg)
{
	struct visit *v = arg;

	mem_deref(v->letter);
}

static void play(struct step *s, enum stage stage, const char *what)
{
	struct visit *v = s->state;

	v->stage = stage;
	tmr_cancel(&s->tmr);
	v->play = stream_play(flow_party(s)->stream, what, false);
	if (!v->play)
		flow_exit(s, EXIT_failed);
}

static void leave(struct step *s, const char *what)
{
	play(s, LEAVING, what);
}

static void greet(struct step *s)
{
	const struct visit *v = s->state;
	struct say say;

	say_begin(&say);
	if (v->to->mailbox->greeting[0]) {
		say_blob(&say, exchange_conf(call_exchange(s->call))->blobs,
			 v->to->mailbox->greeting);
	} else {
		say_unavailable(&say, exchange_conf(call_exchange(s->call))->blobs, v->to);
		say_add(&say, "vm-intro");
	}
	say_add(&say, "beep");
	play(s, GREETING, say.what);
}

static void record(struct step *s)
{
	struct visit *v = s->state;

	v->letter = mem_deref(v->letter);
	if (letter_begin(&v->letter, &v->record, s, v->to)) {
		flow_exit(s, EXIT_failed);
		return;
	}
	v->began_ms = clock_mono_ms();
	v->stage = RECORDING;
}

static bool full(struct step *s)
{
	const struct visit *v = s->state;
	struct voicemail_counts c;

	waiting_get(&c, call_exchange(s->call), call_tenant_id(s->call), v->to->number);
	return c.fresh + c.old >= v->to->mailbox->max_messages;
}

static void voicemail_enter(struct step *s)
{
	struct visit *v = s->state = mem_zalloc(sizeof(*v), visit_destructor);
	const struct tenant_extension *to = tenant_extension(call_tenant(s->call), s->dest.target);

	if (!v || !to) {
		flow_exit(s, v ? EXIT_invalid : EXIT_failed);
		return;
	}
	v->to = to;
	if (!to->mailbox) {
		story_add(call_story(s->call), "dest", "%s takes no messages", to->name);
		leave(s, "vm-nobox");
	} else if (full(s)) {
		story_add(call_story(s->call), "dest", "The mailbox of %s is full", to->name);
		leave(s, "vm-mailboxfull");
	} else {
		call_facts(s->call)->voicemail = true;
		story_add(call_story(s->call), "dest", "The mailbox of %s answered", to->name);
		greet(s);
	}
}

static void on_review(void *arg);

static void review(struct step *s)
{
	const struct visit *v = s->state;
	struct say say;

	say_begin(&say);
	say_press(&say, '1', "to-listen-to-it");
	say_add(&say, "if-correct-press&digits/2");
	say_press(&say, '3', "to-rerecord-it");
	say_add(&say, letter_urgent(v->letter) ? "vm-review-nonurgent" : "vm-review-urgent");
	play(s, REVIEW, say.what);
}

static void on_kept(struct step *s, int err)
{
	struct visit *v = s->state;

	v->err = err;
	if (!err)
		leave(s, "vm-msgsaved&vm-goodbye");
	else if (err == ENODATA)
		leave(s, "vm-goodbye");
	else
		leave(s, "im-sorry&please-try-call-later&vm-goodbye");
}

static void keep(struct step *s)
{
	struct visit *v = s->state;

	tmr_cancel(&s->tmr);
	stream_stop_play(flow_party(s)->stream);
	v->stage = KEEPING;
	v->play = 0;
	letter_keep(v->letter, s, on_kept);
}

/* Nobody decides: then it is kept, as if the caller had hung up. */
static void on_review(void *arg)
{
	struct step *s = arg;
	struct visit *v = s->state;

	if (++v->reviews < REVIEWS_MAX)
		review(s);
	else
		keep(s);
}

static void voicemail_played(struct step *s, uint32_t id)
{
	const struct visit *v = s->state;

	if (id != v->play)
		return;
	switch (v->stage) {
	case GREETING:
		record(s);
		break;
	case REVIEW:
		tmr_start(&s->tmr, REVIEW_MS, on_review, s);
		break;
	case LISTEN:
	case MARKED:
		review(s);
		break;
	case LEAVING:
		flow_exit(s, v->to && v->to->mailbox ? (v->letter ? EXIT_done : EXIT_full)
						     : EXIT_unavail);
		break;
	case RECORDING:
	case KEEPING:
		break;
	}
}

static void again(struct step *s)
{
	struct visit *v = s->state;

	letter_close(v->letter, false);
	v->reviews = 0;
	play(s, GREETING, "beep");
}

static void play_back(struct step *s)
{
	const struct visit *v = s->state;
	struct say say;

	say_begin(&say);
	say_blob(&say, exchange_conf(call_exchange(s->call))->blobs, letter_blob(v->letter));
	play(s, LISTEN, say.what);
}

static void mark(struct step *s)
{
	const struct visit *v = s->state;

	letter_turn_urgent(v->letter);
	play(s, MARKED, letter_urgent(v->letter) ? "vm-marked-urgent" : "vm-marked-nonurgent");
}

static void review_key(struct step *s, char digit)
{
	switch (digit) {
	case '1':
		play_back(s);
		break;
	case '2':
	case '#':
		keep(s);
		break;
	case '3':
		again(s);
		break;
	case '4':
		mark(s);
		break;
	default:
		break;
	}
}

static void voicemail_key(struct step *s, char digit)
{
	const struct visit *v = s->state;

	if (v->stage == GREETING && digit == '#')
		play(s, GREETING, "beep");
	else if (v->stage == RECORDING && digit == '#')
		stream_stop_record(flow_party(s)->stream); /* also by INFO */
	else if (v->stage == REVIEW || v->stage == LISTEN || v->stage == MARKED)
		review_key(s, digit);
}

static void voicemail_recorded(struct step *s, uint32_t id, enum record_end end)
{
	struct visit *v = s->state;

	if (v->stage != RECORDING || id != v->record)
		return;
	if (end == RECORD_SILENCE || end == RECORD_LIMIT || end == RECORD_ERROR) {
		keep(s);
	} else if (clock_mono_ms() - v->began_ms < VOICEMAIL_MIN_MS) {
		letter_close(v->letter, false);
		play(s, GREETING, "vm-tooshort&beep");
	} else {
		review(s);
	}
}

static void story_tell(struct step *s, const struct visit *v)
{
	uint64_t ms = clock_mono_ms() - v->began_ms;
	const char *who = party_label(&flow_party(s)->party);

	if (!v->letter)
		story_add(call_story(s->call), "voicemail", "%s left no message", who);
	else if (letter_failed(v->letter) || (v->err && v->err != ENODATA))
		return; /* told when it failed */
	else if (v->err == ENODATA)
		story_add(call_story(s->call), "voicemail", "%s said nothing", who);
	else if (v->stage == RECORDING && ms < VOICEMAIL_MIN_MS)
		story_add(call_story(s->call), "voicemail", "%s hung up before the message", who);
	else
		story_add(call_story(s->call), "voicemail", "%s left a message%s", who,
			  letter_urgent(v->letter) ? ", urgent" : "");
}

static void voicemail_leave(struct step *s)
{
	struct leg *party = flow_party(s);
	struct visit *v = s->state;

	if (v && v->to && v->to->mailbox && party && call_facts(s->call)->voicemail)
		story_tell(s, v);
	if (party && party->stream) {
		stream_stop_play(party->stream);
		stream_stop_record(party->stream);
	}
	if (v && v->letter)
		letter_close(v->letter, !s->unwanted);
}

const struct dest_ops dest_voicemail = {
	.kind = DEST_voicemail,
	.needs = NEEDS_ANSWER,
	.enter = voicemail_enter,
	.key = voicemail_key,
	.played = voicemail_played,
	.recorded = voicemail_recorded,
	.leave = voicemail_leave,
};
