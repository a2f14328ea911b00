/**
 * @file mailbox_greeting.c  The menu of a mailbox: the greeting that callers hear, the owner's name
 */
#include <string.h>
#include "dests_private.h"
#include "greeting.h"
#include "mailbox_menu.h"
#include "recording.h"
#include "text.h"

enum { SILENCE_MS = 5000, LONGEST_MS = 120000, NAME_SILENCE_MS = 1500 };

/** Says what can be done with the greeting */
void say_greetings(struct step *s, struct say *say)
{
	say_press(say, '1', "to-rerecord-it");
	say_press(say, '2', "to-listen-to-it");
	say_press(say, '3', "vm-for&removed");
	say_press(say, '4', "vm-rec-name");
	say_press(say, '*', "vm-for&vm-options");
}

/** Asks for what is to be recorded */
void say_recording(struct step *s, struct say *say)
{
	const struct menu *m = s->state;

	say_add(say, m->naming ? "vm-rec-name&beep" : "vm-rec-unv&beep");
}

static void on_greeting(struct step *s, struct ask *a, int err)
{
	menu_lead(s->state, err ? SAY_FAILED : "vm-saved");
	menu_go(s, GREETINGS);
}

static bool take_good(const struct take *t, const struct taped *taped)
{
	return taped->duration_ms >= VOICEMAIL_MIN_MS && taped->end != RECORD_ERROR &&
	       (taped->end != RECORD_STOPPED || t->finished);
}

static bool party_there(const struct step *s)
{
	return flow_party(s) && leg_live(flow_party(s));
}

static void on_taped(const char *key, const struct taped *taped, void *obj)
{
	struct take *t = obj;
	struct step *s = t->step;
	struct menu *m = s ? s->state : NULL;
	struct ask *a;

	if (m && m->take == t)
		m->take = mem_deref(m->take);
	if (!s || !m || m->state != RECORDING || !take_good(t, taped)) {
		litter_drop(t->x, key);
		if (s && m && m->state == RECORDING && party_there(s)) {
			menu_lead(m, "vm-tooshort");
			menu_go(s, GREETINGS);
		}
		return;
	}
	a = menu_question(s, m->naming ? ask_name_set : ask_greeting_set, on_greeting);
	if (a) {
		str_ncpy(a->blob, key, sizeof(a->blob));
		a->ms = taped->duration_ms;
	}
	menu_ask(s, a);
}

static void record_as(struct step *s, bool name)
{
	struct menu *m = s->state;

	m->naming = name;
	menu_go(s, RECORDING);
}

/** Asks for a greeting */
void act_record(struct step *s)
{
	record_as(s, false);
}

/** Asks for the owner's name, which the directory speaks */
void act_record_name(struct step *s)
{
	record_as(s, true);
}

/** After the tone */
void greeting_record(struct step *s)
{
	struct menu *m = s->state;
	const struct recording_conf conf = {.max_ms = m->naming ? SPOKEN_NAME_MS_MAX : LONGEST_MS,
					    .silence_ms = m->naming ? NAME_SILENCE_MS : SILENCE_MS,
					    .keys = "#"};
	char key[BLOB_KEY];

	m->take = mem_zalloc(sizeof(*m->take), NULL);
	if (m->take) {
		m->take->x = call_exchange(s->call);
		m->take->step = s;
	}
	if (!m->take || recording_begin(&m->record, key, m->take->x, flow_party(s)->stream,
					call_tenant_id(s->call), &conf, on_taped, m->take))
		menu_leave(s, SAY_FAILED);
}

/** The greeting is finished */
void act_recorded(struct step *s)
{
	struct menu *m = s->state;

	if (m->take)
		m->take->finished = true;
	stream_stop_record(flow_party(s)->stream);
}

/** Plays what callers hear */
void act_hear_greeting(struct step *s)
{
	struct menu *m = s->state;
	const struct tenant_extension *now = tenant_extension(
		exchange_tenant(call_exchange(s->call), call_tenant_id(s->call)), m->to->number);
	struct say say;

	say_begin(&say);
	if (now && now->mailbox && now->mailbox->greeting[0])
		say_blob(&say, menu_blobs(s), now->mailbox->greeting);
	else
		say_unavailable(&say, menu_blobs(s), now ? now : m->to);
	menu_lead(m, say.what);
	menu_go(s, GREETINGS);
}

/** Callers hear the spoken greeting again */
void act_spoken_greeting(struct step *s)
{
	menu_ask(s, menu_question(s, ask_greeting_drop, on_greeting));
}
